//! Stock NetworkManager with stock wpa_supplicant as its helper.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::PATIENCE;
use crate::manager_bus::SystemBus;
use crate::process::{Process, Signal};
use crate::requirements;
use crate::scratch::Scratch;
use crate::topology::End;

/// A running NetworkManager that manages one radio. Its profiles go with this value.
#[derive(Debug)]
pub struct NetworkManager {
    process: Process,
    _helper: Process,
    scratch: Scratch,
    end: End,
}

impl NetworkManager {
    /// Starts both and waits until the radio can be used.
    pub fn start(end: &End, _bus: &SystemBus) -> NetworkManager {
        let scratch = Scratch::new("network-manager");
        let profiles = scratch.file("profiles");
        fs::create_dir(&profiles).expect("the folder is new");
        // No polkit: there is no session to ask. No names are looked up here.
        let text = format!(
            "[main]\nplugins=keyfile\ndhcp=internal\nauth-polkit=false\ndns=none\nsystemd-resolved=false\n\
             [keyfile]\npath={}\n[connectivity]\nenabled=false\n[device]\nwifi.scan-rand-mac-address=no\n",
            profiles.display()
        );
        scratch.write("NetworkManager.conf", text);
        // As Debian's service starts it.
        let mut command = end.command(requirements::program("wpa_supplicant"));
        command.args(["-u", "-O", "DIR=/run/wpa_supplicant"]);
        let helper = Process::spawn("wpa_supplicant", command);
        helper.wait_for("Successfully initialized wpa_supplicant");
        let process = spawn(end, &scratch);
        let manager = NetworkManager { process, _helper: helper, scratch, end: end.clone() };
        manager.wait_until_ready();
        manager
    }

    /// Ends NetworkManager, but not its helper, and starts it again.
    pub fn restart(&mut self) {
        self.process.stop(Signal::TERM);
        self.process = spawn(&self.end, &self.scratch);
    }

    /// The files of its profiles.
    pub fn profiles(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.scratch.file("profiles")).expect("the folder was made");
        entries.flatten().map(|entry| entry.path()).collect()
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    fn wait_until_ready(&self) {
        let deadline = Instant::now() + PATIENCE;
        let ready = || {
            let mut command = Command::new(requirements::program("nmcli"));
            let output = command.args(["--terse", "--fields", "DEVICE,STATE", "device"]).output();
            let text = String::from_utf8_lossy(&output.expect("nmcli was found").stdout).into_owned();
            text.lines().any(|line| line == format!("{}:disconnected", self.end.interface()))
        };
        while !ready() {
            assert!(Instant::now() < deadline, "NetworkManager does not take the radio");
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for NetworkManager {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.process.stop(Signal::TERM);
        }
    }
}

fn spawn(end: &End, scratch: &Scratch) -> Process {
    // It waits for udev to be through with each interface, unless it cannot write to /sys, as in containers.
    let mut command = end.command(requirements::program("sh"));
    command.args(["-c", "mount -o remount,bind,ro /sys && exec \"$@\"", "sh"]);
    command
        .arg(requirements::program("NetworkManager"))
        .arg("--debug")
        .arg("--config")
        .arg(scratch.file("NetworkManager.conf"));
    command.arg("--config-dir").arg(scratch.file("no-other-settings"));
    command.arg("--state-file").arg(scratch.file("state"));
    command.arg("--pid-file").arg(scratch.file("pid"));
    Process::spawn("NetworkManager", command)
}

/// Each question starts a program.
const POLL: Duration = Duration::from_millis(200);
