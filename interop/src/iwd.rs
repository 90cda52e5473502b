//! Stock iwd: a station that shares no code with hostapd and wpa_supplicant.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::PATIENCE;
use crate::manager_bus::SystemBus;
use crate::process::{Process, Signal, output_of, run};
use crate::requirements;
use crate::scratch::Scratch;
use crate::topology::End;

/// A running iwd. What it knows of networks is where iwd always keeps it, and goes with this value.
#[derive(Debug)]
pub struct Iwd {
    process: Process,
    scratch: Scratch,
    end: End,
}

/// Not in the path: it is meant for systemd.
const PROGRAM: &str = "/usr/libexec/iwd";

/// Where it keeps what it knows.
const STATE: &str = "/var/lib/iwd";

/// It is not to put an interface of its own in the place of the radio's, nor to avoid for a minute an access point that
/// was too slow for it once.
const SETTINGS: &str = "[General]\nUseDefaultInterface=true\n\
                        [Blacklist]\nInitialTimeout=1\nMultiplier=1\nMaximumTimeout=1\n";

impl Iwd {
    /// Starts it and waits until it has the radio.
    pub fn start(end: &End, _bus: &SystemBus) -> Iwd {
        let scratch = Scratch::new("iwd");
        scratch.write("main.conf", SETTINGS);
        let _ = fs::remove_dir_all(STATE);
        let iwd = Iwd { process: spawn(end, &scratch), scratch, end: end.clone() };
        iwd.wait_for_radio();
        iwd
    }

    /// Ends it, starts it again, and waits until it has the radio.
    pub fn restart(&mut self) {
        self.process.stop(Signal::TERM);
        self.process = spawn(&self.end, &self.scratch);
        self.wait_for_radio();
    }

    /// Looks for an access point that has its PIN, enrols and joins. Before each try, `arm` sees to it that the access
    /// point waits for that PIN.
    ///
    /// # Panics
    ///
    /// If it does not come to that.
    pub fn enrol(&self, pin: &str, arm: impl Fn()) {
        self.register(&["wsc", self.end.interface(), "start-user-pin", pin], arm);
    }

    /// As [`Iwd::enrol`], by a PIN that is not its access point's: it does not come to that.
    ///
    /// # Panics
    ///
    /// If it joins.
    pub fn enrol_in_vain(&self, pin: &str) {
        let output = output_of(&mut iwctl(&["wsc", self.end.interface(), "start-user-pin", pin]));
        assert!(!output.status.success(), "it joined by {pin}");
    }

    /// Presses its button, enrols and joins. Before each try, `arm` presses that of the access point.
    ///
    /// # Panics
    ///
    /// If it does not come to that.
    pub fn push_button(&self, arm: impl Fn()) {
        self.register(&["wsc", self.end.interface(), "push-button"], arm);
    }

    /// It has the kernel compute its keys, and nothing else runs in a guest with one processor for that time: the
    /// kernel gives up an association meanwhile, after a registration too. So it may try again.
    fn register(&self, arguments: &[&str], arm: impl Fn()) {
        for _ in 1..TRIES {
            arm();
            if output_of(&mut iwctl(arguments)).status.success() {
                return;
            }
        }
        arm();
        run(iwctl(arguments));
    }

    /// What it has stored about a network with a password, in its own format. The network's name is to consist of
    /// letters and digits.
    pub fn profile(&self, ssid: &str) -> Option<String> {
        fs::read_to_string(path(ssid)).ok()
    }

    /// Puts in the place of that what somebody else has written.
    pub fn set_profile(&self, ssid: &str, text: &str) {
        fs::write(path(ssid), text).expect("its folder is there");
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    fn wait_for_radio(&self) {
        let deadline = Instant::now() + PATIENCE;
        let has_radio = || {
            let output = output_of(&mut iwctl(&["station", "list"]));
            String::from_utf8_lossy(&output.stdout).contains(self.end.interface())
        };
        while !has_radio() {
            assert!(Instant::now() < deadline, "iwd does not take the radio");
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Iwd {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.process.stop(Signal::TERM);
        }
        let _ = fs::remove_dir_all(STATE);
    }
}

fn spawn(end: &End, scratch: &Scratch) -> Process {
    let mut command = end.command(Path::new(PROGRAM));
    command.env("CONFIGURATION_DIRECTORY", scratch.path());
    Process::spawn("iwd", command)
}

fn path(ssid: &str) -> PathBuf {
    Path::new(STATE).join(format!("{ssid}.psk"))
}

fn iwctl(arguments: &[&str]) -> Command {
    let mut command = Command::new(requirements::program("iwctl"));
    command.args(arguments);
    command
}

/// How often it may try to register.
pub const TRIES: u32 = 3;

/// Each question starts a program.
const POLL: Duration = Duration::from_millis(100);
