//! What the two devices of a fuzzed registration are and know.

use keyway_wsc::session::{ApAccess, Decision, Device, Enrollee, EnrolleeRole, Registrar, Session, Success};
use keyway_wsc::{
    ConfigError, ConfigMethods, Credential, DeviceDescription, DevicePassword, DeviceType, MacAddr,
    NetworkKey, Ssid, WpsState,
};

/// The digits that the enrollee has.
pub(crate) const PIN: &str = "12345670";

/// The passphrase of the network that is given away.
pub(crate) const PASSPHRASE: &[u8] = b"correct horse battery";

/// The passphrase that an access point has before a registrar changes it.
pub(crate) const OLD_PASSPHRASE: &[u8] = b"staple of the old network";

/// The enrollee's MAC address.
pub(crate) const ENROLLEE: MacAddr = MacAddr([0x02, 0, 0, 0, 0, 0x0e]);

/// One constellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) password: Password,
    pub(crate) task: Task,
}

/// What the registrar knows of the enrollee's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Password {
    Right,
    FirstHalfWrong,
    SecondHalfWrong,
    Button,
}

/// What the registrar is about, and what the enrollee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    Register,
    Decline,
    Learn,
    Configure,
    LearnReadOnly,
    ConfigureReadOnly,
    ConfigureLocked,
}

impl Scenario {
    const PASSWORDS: [Password; 4] =
        [Password::Right, Password::FirstHalfWrong, Password::SecondHalfWrong, Password::Button];
    const TASKS: [Task; 7] = [
        Task::Register,
        Task::Decline,
        Task::Learn,
        Task::Configure,
        Task::LearnReadOnly,
        Task::ConfigureReadOnly,
        Task::ConfigureLocked,
    ];

    /// How many there are.
    pub(crate) const COUNT: u8 = 28;

    /// The scenario of that number; every number has one.
    pub(crate) fn numbered(number: u8) -> Scenario {
        let number = usize::from(number);
        Scenario {
            password: Scenario::PASSWORDS[number % Scenario::PASSWORDS.len()],
            task: Scenario::TASKS[number / Scenario::PASSWORDS.len() % Scenario::TASKS.len()],
        }
    }

    pub(crate) fn enrollee(self) -> Session {
        let password = match self.password {
            Password::Button => DevicePassword::push_button(),
            _ => pin(PIN),
        };
        let settings = credential(OLD_PASSPHRASE);
        let access_point = |access| EnrolleeRole::AccessPoint { settings, access };
        let role = match self.task {
            Task::Register | Task::Decline => EnrolleeRole::Station { password },
            Task::Learn | Task::Configure => access_point(ApAccess::Full(password)),
            Task::LearnReadOnly | Task::ConfigureReadOnly => access_point(ApAccess::ReadOnly(password)),
            Task::ConfigureLocked => access_point(ApAccess::Locked),
        };
        let mut device = Device::new(ENROLLEE, description(DeviceType::PRINTER), ConfigMethods::Display);
        device.state = WpsState::NotConfigured;
        Enrollee::new(device, role).into()
    }

    pub(crate) fn registrar(self) -> Session {
        let mac = MacAddr([0x02, 0, 0, 0, 0, 0x0a]);
        Registrar::new(Device::new(mac, description(DeviceType::ROUTER), ConfigMethods::Keypad)).into()
    }

    pub(crate) fn decision(self) -> Decision {
        let password = match self.password {
            Password::Right => pin(PIN),
            Password::FirstHalfWrong => pin("14325670"),
            Password::SecondHalfWrong => pin("12345762"),
            Password::Button => DevicePassword::push_button(),
        };
        match self.task {
            Task::Register => Decision::Register { password, credentials: vec![credential(PASSPHRASE)] },
            Task::Decline => Decision::Decline(ConfigError::NoError),
            Task::Learn | Task::LearnReadOnly => Decision::Learn { password },
            Task::Configure | Task::ConfigureReadOnly | Task::ConfigureLocked => {
                Decision::Configure { password, settings: credential(PASSPHRASE) }
            }
        }
    }

    /// Whether a registration may succeed at all.
    pub(crate) fn may_succeed(self) -> bool {
        let shared = matches!(self.password, Password::Right | Password::Button);
        shared && !matches!(self.task, Task::Decline | Task::ConfigureLocked)
    }

    /// Whether it does succeed when nobody disturbs it.
    #[cfg(test)]
    pub(crate) fn succeeds(self) -> bool {
        self.may_succeed() && self.task != Task::ConfigureReadOnly
    }

    /// Whether `success` is one that belongs to this task, with the settings that the peer really sent.
    pub(crate) fn is_genuine(self, success: &Success) -> bool {
        let same = |found: &Credential, key| {
            let expected = credential(key);
            found.ssid == expected.ssid && found.key == expected.key
        };
        match success {
            Success::Received(list) => {
                self.task == Task::Register && list.len() == 1 && same(&list[0], PASSPHRASE)
            }
            Success::Granted => self.task == Task::Register,
            Success::Learned(found) => {
                matches!(self.task, Task::Learn | Task::LearnReadOnly) && same(found, OLD_PASSPHRASE)
            }
            Success::Configured(found) => {
                matches!(self.task, Task::Configure | Task::ConfigureReadOnly) && same(found, PASSPHRASE)
            }
            Success::Reconfigured(found) => self.task == Task::Configure && same(found, PASSPHRASE),
            Success::Shown => !matches!(self.task, Task::Register | Task::Decline | Task::ConfigureLocked),
        }
    }
}

pub(crate) fn credential(passphrase: &[u8]) -> Credential {
    let ssid = Ssid::new(b"Home").expect("a short name");
    Credential::wpa2(ssid, NetworkKey::new(passphrase).expect("a good passphrase"))
}

fn pin(digits: &str) -> DevicePassword {
    DevicePassword::pin(&digits.parse().expect("a good PIN"))
}

fn description(device_type: DeviceType) -> DeviceDescription {
    DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Fuzz".into(),
        model_number: "1".into(),
        serial_number: "0001".into(),
        device_type,
        device_name: "BLUE-42".into(),
    }
}
