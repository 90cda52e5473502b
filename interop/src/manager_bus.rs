//! The guest's message bus, for programs that run a machine's Wi-Fi and for whoever asks them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::Process;
use crate::requirements;
use crate::scratch::Scratch;

/// A running system bus at the place where everybody looks for it. On it everything is allowed, and nothing is
/// started on demand: the Debian one would start a second iwd as soon as somebody asks for it.
#[derive(Debug)]
pub struct SystemBus {
    _daemon: Process,
    _scratch: Scratch,
}

impl SystemBus {
    /// Starts it. For guests only: on a host there is one.
    pub fn start() -> SystemBus {
        assert!(!Path::new(SOCKET).exists(), "there is a system bus already");
        let scratch = Scratch::new("bus");
        fs::create_dir_all(Path::new(SOCKET).parent().expect("a path with a folder"))
            .expect("a folder in /run");
        let text = format!(
            "<busconfig><type>system</type><listen>unix:path={SOCKET}</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\"><allow own=\"*\"/><allow send_destination=\"*\"/>\
             <allow receive_sender=\"*\"/><allow user=\"*\"/></policy></busconfig>\n"
        );
        let configuration = scratch.write("bus.conf", text);
        let mut command = Command::new(requirements::program("dbus-daemon"));
        command.args(["--nofork", "--nopidfile", "--print-address", "--config-file"]).arg(configuration);
        let daemon = Process::spawn("dbus-daemon", command);
        daemon.wait_for("unix:path=");
        SystemBus { _daemon: daemon, _scratch: scratch }
    }
}

impl Drop for SystemBus {
    fn drop(&mut self) {
        let _ = fs::remove_file(SOCKET);
    }
}

const SOCKET: &str = "/run/dbus/system_bus_socket";
