//! Stock wpa_supplicant on a cable or a radio: an enrollee, or a registrar that configures an access point.

use std::fmt::Write;

use std::time::{Duration, Instant};

use crate::PATIENCE;
use crate::control::{self, Control};
use crate::network::{Key, Network, from_hex, to_hex, unquoted};
use crate::process::{Process, Signal};
use crate::requirements;
use crate::scratch::Scratch;
use crate::topology::{End, Mac};
use crate::wps::{self, Ending};

/// What a [`Supplicant`] is to do.
#[derive(Clone, Debug)]
pub enum Task {
    /// Enrol with a PIN: 8 or 4 digits.
    EnrolPin(String),
    /// Enrol by push button.
    EnrolButton,
    /// Read an access point's settings by the access point's PIN.
    Learn {
        /// The access point's PIN.
        pin: String,
    },
    /// Change an access point's settings by the access point's PIN.
    Configure {
        /// The access point's PIN.
        pin: String,
        /// The settings it is given.
        network: Network,
    },
}

impl Task {
    /// Enrol with a PIN.
    pub fn enrol(pin: &str) -> Task {
        Task::EnrolPin(pin.to_owned())
    }

    fn identity(&self) -> &'static str {
        match self {
            Task::EnrolPin(_) | Task::EnrolButton => "WFA-SimpleConfig-Enrollee-1-0",
            Task::Learn { .. } | Task::Configure { .. } => "WFA-SimpleConfig-Registrar-1-0",
        }
    }

    fn phase1(&self) -> String {
        match self {
            Task::EnrolPin(pin) | Task::Learn { pin } => format!("pin={pin}"),
            Task::EnrolButton => "pbc=1".to_owned(),
            Task::Configure { pin, network } => format!(
                "pin={pin} new_ssid={} new_auth=WPA2PSK new_encr=CCMP new_key={}",
                network.ssid_hex(),
                to_hex(network.key_text().as_bytes()),
            ),
        }
    }
}

/// What a [`Supplicant`] is started with.
#[derive(Clone, Debug)]
pub struct SupplicantConfig {
    /// What it is to do.
    pub task: Task,
    /// The most bytes of EAP-WSC payload in one EAPOL frame; its own default is 1398.
    pub fragment_size: Option<u16>,
    /// Its UUID; otherwise it derives one from its address.
    pub uuid: Option<String>,
    /// Whether it writes everything it does, keys included, to its output. Off when it is measured.
    pub verbose: bool,
    /// More lines for the global part of its configuration file.
    pub extra: Vec<String>,
}

impl SupplicantConfig {
    /// The settings most scenarios share.
    pub fn new(task: Task) -> SupplicantConfig {
        SupplicantConfig { task, fragment_size: None, uuid: None, verbose: true, extra: Vec::new() }
    }

    fn text(&self, scratch: &Scratch) -> String {
        let mut text = global_text(scratch) + "ap_scan=0\n";
        if let Some(uuid) = &self.uuid {
            let _ = writeln!(text, "uuid={uuid}");
        }
        text.extend(self.extra.iter().map(|extra| format!("{extra}\n")));
        let _ = write!(
            text,
            "network={{\n ssid=\"wired\"\n key_mgmt=IEEE8021X\n eap=WSC\n eapol_flags=0\n identity=\"{}\"\n \
             phase1=\"{}\"\n",
            self.task.identity(),
            self.task.phase1()
        );
        if let Some(size) = self.fragment_size {
            let _ = writeln!(text, " fragment_size={size}");
        }
        text.push_str("}\n");
        text
    }
}

/// A running wpa_supplicant. It sends EAPOL-Start two seconds after it is started, unless it is asked before.
#[derive(Debug)]
pub struct Supplicant {
    process: Process,
    control: Control,
    scratch: Scratch,
}

impl Supplicant {
    /// Starts it and waits until it listens on the cable.
    pub fn start(end: &End, config: &SupplicantConfig) -> Supplicant {
        let scratch = Scratch::new("supplicant");
        let path = scratch.write("supplicant.conf", config.text(&scratch));
        let mut command = end.command(requirements::program("wpa_supplicant"));
        if config.verbose {
            command.args(["-dd", "-K", "-t"]);
        }
        command.args(["-D", "wired", "-i", end.interface(), "-c"]).arg(path);
        let process = Process::spawn("wpa_supplicant", command);
        process.wait_for("Associated with 01:80:c2:00:00:03");
        let control = Control::connect(&scratch, end.interface());
        Supplicant { process, control, scratch }
    }

    /// Starts it on a radio, with no network and nothing to do, and waits until it takes commands. It writes little: a
    /// busy log takes time in a guest.
    pub fn on_radio(end: &End) -> Supplicant {
        let scratch = Scratch::new("supplicant");
        scratch.write("supplicant.conf", global_text(&scratch));
        let (process, control) = spawn_on_radio(end, &scratch);
        Supplicant { process, control, scratch }
    }

    /// On a radio: kills it, so that it has no time to say good-bye, and starts it again with the networks that it has
    /// learnt.
    pub fn kill_and_restart(self, end: &End) -> Supplicant {
        let Supplicant { mut process, control, scratch } = self;
        process.stop(Signal::KILL);
        drop(control);
        // A socket's file outlives a program that is killed, and keeps the next from listening.
        let _ = std::fs::remove_dir_all(control::directory(&scratch));
        let (process, control) = spawn_on_radio(end, &scratch);
        Supplicant { process, control, scratch }
    }

    /// On a radio: looks for an access point that has its PIN, enrols and joins.
    pub fn enrol(&self, pin: &str) {
        self.control.expect(&format!("WPS_PIN any {pin}"));
    }

    /// On a radio: presses its button.
    pub fn push_button(&self) {
        self.control.expect("WPS_PBC");
    }

    /// On a radio: reads an access point's settings by the access point's PIN, and joins.
    pub fn learn(&self, bssid: Mac, pin: &str) {
        self.control.expect(&format!("WPS_REG {bssid} {pin}"));
    }

    /// On a radio: joins a network with the Wi-Fi password. `more` are further lines of the network's block, such as
    /// `key_mgmt=WPA-PSK-SHA256`.
    pub fn join(&self, network: &Network, more: &[&str]) {
        let number = self.control.request("ADD_NETWORK");
        let key = match &network.key {
            Key::Passphrase(passphrase) => format!("psk=\"{passphrase}\""),
            Key::Psk(digits) => format!("psk={digits}"),
        };
        for line in [format!("ssid={}", network.ssid_hex()).as_str(), &key].iter().chain(more) {
            let (name, value) = line.split_once('=').expect("a name and a value");
            self.control.expect(&format!("SET_NETWORK {number} {name} {value}"));
        }
        self.control.expect(&format!("SELECT_NETWORK {number}"));
    }

    /// On a radio: what it knows of an access point that it hears, a line for each thing, once `fits` is true of that.
    /// It looks around anew until then.
    ///
    /// # Panics
    ///
    /// If that does not come true within [`PATIENCE`].
    pub fn wait_for_bss(&self, bssid: Mac, fits: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let known = self.control.request(&format!("BSS {bssid}"));
            if fits(&known) {
                return known;
            }
            assert!(Instant::now() < deadline, "what it knows of {bssid} is:\n{known}");
            // Refused while it looks around already.
            self.control.request("SCAN");
            std::thread::sleep(POLL);
        }
    }

    /// Waits until it has joined a network and may send data there.
    pub fn wait_until_joined(&self) {
        self.wait_until_joined_after(0);
    }

    /// The same, after a [`Process::mark`].
    pub fn wait_until_joined_after(&self, mark: usize) {
        self.process.wait_for_after(mark, "CTRL-EVENT-CONNECTED");
    }

    /// The first ending it reported.
    pub fn outcome(&self) -> Ending {
        self.outcome_after(0)
    }

    /// The first ending it reported after a [`Process::mark`].
    pub fn outcome_after(&self, mark: usize) -> Ending {
        Ending::wait(&self.process, mark)
    }

    /// Waits until it has sent its last word and heard EAP-Failure. It reports an ending before that.
    pub fn wait_until_over(&self) {
        self.process.wait_for("CTRL-EVENT-EAP-FAILURE");
    }

    /// The networks it has written to its configuration file, in the order it got them. It writes each before
    /// it reports `WPS-SUCCESS`.
    pub fn learnt(&self) -> Vec<Network> {
        let path = self.scratch.file("supplicant.conf");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("no configuration: {error}"));
        networks(&text)
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

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }
}

fn spawn_on_radio(end: &End, scratch: &Scratch) -> (Process, Control) {
    let mut command = end.command(requirements::program("wpa_supplicant"));
    command.args(["-D", "nl80211", "-i", end.interface(), "-c"]).arg(scratch.file("supplicant.conf"));
    let process = Process::spawn("wpa_supplicant", command);
    process.wait_for("Successfully initialized wpa_supplicant");
    let control = Control::wait(scratch, end.interface());
    (process, control)
}

/// Looking around takes seconds.
const POLL: Duration = Duration::from_millis(100);

/// What it is told about itself.
fn global_text(scratch: &Scratch) -> String {
    format!(
        "ctrl_interface={}\nupdate_config=1\ndevice_name=Stock station\nmanufacturer=Debian\n\
         model_name=wpa_supplicant\nmodel_number=2\nserial_number=1\ndevice_type=1-0050F204-1\n\
         config_methods=display keypad virtual_push_button\n",
        control::directory(scratch).display()
    )
}

/// The networks with a key in a wpa_supplicant configuration file.
fn networks(text: &str) -> Vec<Network> {
    let blocks = text.split("network={").skip(1).map(|rest| rest.split("\n}").next().unwrap_or(rest));
    blocks
        .filter_map(|block| {
            let value = |name: &str| {
                block.lines().find_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix('='))
            };
            let ssid = value("ssid")?;
            let ssid = unquoted(ssid).map_or_else(|| from_hex(ssid), |text| text.as_bytes().to_vec());
            Some(Network::from_file(ssid, value("psk")?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learnt_networks_are_read_from_the_file() {
        let text = "update_config=1\n\nnetwork={\n\tssid=\"wired\"\n\tkey_mgmt=IEEE8021X\n}\n\n\
                    network={\n\tssid=\"a\"b\"\n\tpsk=\"secret}\"x\"\n}\n\nnetwork={\n\tssid=00ff\n\tpsk="
            .to_owned()
            + &"0A".repeat(32)
            + "\n\tkey_mgmt=WPA-PSK\n}\n";
        let expected =
            [Network::wpa2("a\"b", "secret}\"x"), Network::wpa2_psk([0x00, 0xff], &"0a".repeat(32))];
        assert_eq!(networks(&text), expected);
    }
}
