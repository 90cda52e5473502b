//! Stock wpa_supplicant as a machine's only manager of networks: `wpa_supplicant@.service` of Debian.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::PATIENCE;
use crate::process::{Process, Signal};
use crate::requirements;
use crate::scratch::Scratch;
use crate::topology::End;

/// A running wpa_supplicant with its control socket where everybody looks for it.
#[derive(Debug)]
pub struct MachineSupplicant {
    process: Process,
    scratch: Scratch,
    end: End,
}

impl MachineSupplicant {
    /// Starts it. With `update` it may write what it learns to its configuration file.
    pub fn start(end: &End, update: bool) -> MachineSupplicant {
        let scratch = Scratch::new("machine-supplicant");
        let text = format!("ctrl_interface={SOCKETS}\nupdate_config={}\n", u8::from(update));
        scratch.write("wpa_supplicant.conf", text);
        let process = spawn(end, &scratch);
        MachineSupplicant { process, scratch, end: end.clone() }
    }

    /// Ends it and starts it again.
    pub fn restart(&mut self) {
        self.process.stop(Signal::TERM);
        self.process = spawn(&self.end, &self.scratch);
    }

    /// What stands in its configuration file.
    pub fn configuration(&self) -> String {
        fs::read_to_string(self.scratch.file("wpa_supplicant.conf")).expect("the file was written")
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }
}

impl Drop for MachineSupplicant {
    fn drop(&mut self) {
        // Killed, it would leave its socket, and somebody without root might take it for a program that runs.
        if !std::thread::panicking() {
            self.process.stop(Signal::TERM);
        }
        let _ = fs::remove_dir_all(SOCKETS);
    }
}

fn spawn(end: &End, scratch: &Scratch) -> Process {
    let mut command = end.command(requirements::program("wpa_supplicant"));
    command.args(["-D", "nl80211", "-i", end.interface(), "-c"]).arg(scratch.file("wpa_supplicant.conf"));
    let process = Process::spawn("wpa_supplicant", command);
    let socket = Path::new(SOCKETS).join(end.interface());
    let deadline = Instant::now() + PATIENCE;
    // It says that it is ready before it listens.
    while UnixDatagram::unbound().and_then(|client| client.connect(&socket)).is_err() {
        assert!(Instant::now() < deadline, "wpa_supplicant does not listen at {}", socket.display());
        std::thread::sleep(POLL);
    }
    process
}

/// Where everybody looks for control sockets.
const SOCKETS: &str = "/run/wpa_supplicant";
const POLL: Duration = Duration::from_millis(10);
