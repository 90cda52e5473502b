//! Stock hostapd on a cable or a radio: the registrar of a home, or an access point to be configured by one.

use std::fmt::Write;

use crate::control::{self, Control};
use crate::network::{Key, Network, from_hex};
use crate::process::Process;
use crate::requirements;
use crate::scratch::Scratch;
use crate::topology::End;
use crate::wps::{self, Ending};

/// What a [`Hostapd`] is started with.
#[derive(Clone, Debug)]
pub struct HostapdConfig {
    /// The network it hands out.
    pub home: Network,
    /// The PIN that lets a registrar read or change its settings.
    pub ap_pin: Option<String>,
    /// The most bytes of EAP-WSC payload in one EAPOL frame; hostapd's own default is 1398.
    pub fragment_size: Option<u16>,
    /// Whether it answers to the EAPOL group address. Without it, it answers to the station's own address: needed
    /// when several stations hear each other.
    pub group_address: bool,
    /// Its channel on a radio, 1 to 11 or 36 and up; none on a cable.
    pub channel: Option<u8>,
    /// Whether it writes everything it does, keys included, to its output. Off when it is measured.
    pub verbose: bool,
    /// More lines for its configuration file.
    pub extra: Vec<String>,
}

impl HostapdConfig {
    /// The settings most scenarios share.
    pub fn new(home: Network) -> HostapdConfig {
        HostapdConfig {
            home,
            ap_pin: None,
            fragment_size: None,
            group_address: true,
            channel: None,
            verbose: true,
            extra: Vec::new(),
        }
    }

    /// The settings most scenarios on a radio share. It writes little: a busy log takes time in a guest.
    pub fn on_channel(channel: u8, home: Network) -> HostapdConfig {
        HostapdConfig {
            group_address: false,
            channel: Some(channel),
            verbose: false,
            ..HostapdConfig::new(home)
        }
    }

    fn text(&self, scratch: &Scratch, interface: &str) -> String {
        let mut text = format!(
            "interface={interface}\nctrl_interface={control}\neap_server=1\n\
             eap_user_file={users}\nuse_pae_group_addr={group}\nwps_state=2\nssid2={ssid}\nwpa=2\n\
             wpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nconfig_methods=label display push_button keypad\n\
             device_name=Stock router\nmanufacturer=Debian\nmodel_name=hostapd\nmodel_number=2\n\
             serial_number=1\ndevice_type=6-0050F204-1\nuuid=87654321-9abc-def0-1234-56789abc0000\n",
            control = control::directory(scratch).display(),
            users = scratch.file("users").display(),
            group = u8::from(self.group_address),
            ssid = self.home.ssid_hex(),
        );
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(text, "{name}={value}");
        };
        match self.channel {
            None => {
                line("driver", "wired");
                line("ieee8021x", "1");
            }
            Some(channel) => {
                line("driver", "nl80211");
                line("hw_mode", if channel <= 14 { "g" } else { "a" });
                line("channel", &channel.to_string());
            }
        }
        match &self.home.key {
            Key::Passphrase(passphrase) => line("wpa_passphrase", passphrase),
            Key::Psk(digits) => line("wpa_psk", digits),
        }
        if let Some(pin) = &self.ap_pin {
            line("ap_pin", pin);
        }
        if let Some(size) = self.fragment_size {
            line("fragment_size", &size.to_string());
        }
        text.extend(self.extra.iter().map(|extra| format!("{extra}\n")));
        text
    }
}

/// A running hostapd.
#[derive(Debug)]
pub struct Hostapd {
    process: Process,
    control: Control,
    scratch: Scratch,
}

impl Hostapd {
    /// Starts it and waits until it serves.
    pub fn start(end: &End, config: &HostapdConfig) -> Hostapd {
        let scratch = Scratch::new("hostapd");
        scratch.write("users", USERS);
        let path = scratch.write("hostapd.conf", config.text(&scratch, end.interface()));
        let mut command = end.command(requirements::program("hostapd"));
        if config.verbose {
            command.args(["-dd", "-K", "-t"]);
        }
        command.arg(path);
        let process = Process::spawn("hostapd", command);
        process.wait_for("AP-ENABLED");
        let control = Control::connect(&scratch, end.interface());
        Hostapd { process, control, scratch }
    }

    /// Accepts a PIN once: from the enrollee with this UUID, or from `any`.
    pub fn pin(&self, uuid: &str, pin: &str) {
        self.control.expect(&format!("WPS_PIN {uuid} {pin}"));
    }

    /// Presses its button.
    pub fn push_button(&self) {
        self.control.expect("WPS_PBC");
    }

    /// Lets its button go, and forgets the PINs that it accepts.
    pub fn cancel(&self) {
        self.control.expect("WPS_CANCEL");
    }

    /// The first ending it reported.
    pub fn outcome(&self) -> Ending {
        self.outcome_after(0)
    }

    /// The first ending it reported after a [`Process::mark`].
    pub fn outcome_after(&self, mark: usize) -> Ending {
        Ending::wait(&self.process, mark)
    }

    /// The network it was last configured with by a registrar, as it wrote it to its configuration file.
    ///
    /// # Panics
    ///
    /// If it was not.
    pub fn new_settings(&self) -> Network {
        self.process.wait_for("WPS-NEW-AP-SETTINGS");
        let path = self.scratch.file("hostapd.conf");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("no configuration: {error}"));
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let ssid = match value("ssid2") {
            Some(hex) => from_hex(hex),
            None => value("ssid").expect("an ssid").as_bytes().to_vec(),
        };
        let key = value("wpa_passphrase").or_else(|| value("wpa_psk")).expect("a key");
        Network::from_file(ssid, key)
    }

    /// The AuthKey of each registration so far; empty unless it is verbose.
    pub fn auth_keys(&self) -> Vec<Vec<u8>> {
        wps::auth_keys(&self.process.output())
    }

    /// The plain text of each Encrypted Settings attribute it received; empty unless it is verbose.
    pub fn decrypted_settings(&self) -> Vec<Vec<u8>> {
        wps::decrypted_settings(&self.process.output())
    }

    /// Its control socket, for commands without a method here.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Its process, to end it.
    pub fn process_mut(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }
}

/// Both WSC identities get EAP-WSC.
const USERS: &str = "\"WFA-SimpleConfig-Enrollee-1-0\" WSC\n\"WFA-SimpleConfig-Registrar-1-0\" WSC\n";
