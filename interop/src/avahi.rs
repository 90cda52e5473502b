//! avahi-daemon: what finds printers on most Linux machines. With a message bus of its own.

use std::path::Path;
use std::process::Command;

use crate::process::Process;
use crate::requirements;
use crate::scratch::Scratch;

/// A running avahi-daemon that listens on one interface and publishes nothing, and the message bus that it needs.
#[derive(Debug)]
pub struct Avahi {
    bus: String,
    _processes: [Process; 2],
    _scratch: Scratch,
}

impl Avahi {
    /// Starts it in a network namespace: `command` makes commands that run there.
    pub fn start(command: impl Fn(&Path) -> Command, interface: &str) -> Avahi {
        let scratch = Scratch::new("avahi");
        let socket = scratch.file("bus");
        let bus = format!("unix:path={}", socket.display());
        let bus_config = scratch.file("bus.conf");
        let policy = "<policy context='default'><allow send_destination='*'/><allow receive_sender='*'/>\
            <allow send_type='method_return'/><allow send_type='signal'/><allow send_type='error'/>\
            <allow receive_type='method_call'/><allow receive_type='method_return'/><allow receive_type='signal'/>\
            <allow receive_type='error'/><allow own='*'/><allow user='*'/></policy>";
        let text = format!(
            "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN' \
             'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\
             <busconfig><type>system</type><listen>{bus}</listen><auth>EXTERNAL</auth>{policy}</busconfig>"
        );
        std::fs::write(&bus_config, text).expect("a file");
        let mut daemon = command(&requirements::program("dbus-daemon"));
        daemon.arg("--config-file").arg(&bus_config).args(["--nofork", "--print-address"]);
        let daemon = Process::spawn("dbus-daemon", daemon);
        daemon.wait_for("unix:path");

        let config = scratch.file("avahi.conf");
        let text = format!(
            "[server]\nhost-name=judge\nuse-ipv4=yes\nuse-ipv6=no\nallow-interfaces={interface}\n\
            [wide-area]\nenable-wide-area=no\n[publish]\ndisable-publishing=yes\n"
        );
        std::fs::write(&config, text).expect("a file");
        let mut avahi = command(Path::new("unshare"));
        let script = "mount -t tmpfs none /run && mkdir /run/avahi-daemon && exec \"$@\"";
        avahi.args(["--mount", "sh", "-c", script, "sh"]).arg(requirements::program("avahi-daemon"));
        avahi.arg("-f").arg(&config).args(["--no-drop-root", "--no-chroot", "--no-rlimits"]);
        avahi.env("DBUS_SYSTEM_BUS_ADDRESS", &bus);
        let avahi = Process::spawn("avahi-daemon", avahi);
        avahi.wait_for("Server startup complete");
        Avahi { bus, _processes: [avahi, daemon], _scratch: scratch }
    }

    /// Has a command ask this one: the address of its bus goes into the environment.
    pub fn serve<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("DBUS_SYSTEM_BUS_ADDRESS", &self.bus)
    }
}
