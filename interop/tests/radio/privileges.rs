//! Keyway on a radio with two capabilities, and with fewer.

use std::fs::{File, read_to_string};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::PathBuf;
use std::process::Command;

use keyway_interop::address_server::AddressServer;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask, binary};
use keyway_interop::process::{Process, Signal, Stream};
use keyway_interop::radio::Radios;
use keyway_interop::scratch::Scratch;
use keyway_interop::topology::End;
use keyway_interop::{machine, requirements};

use crate::support::{SSID, assert_given_back, home};

#[allow(dead_code, unreachable_pub, reason = "the tests of the command line share it")]
#[path = "../../../crates/keyway/tests/support/schema.rs"]
mod schema;

/// The number of `nobody` on Debian.
const NOBODY: u32 = 65534;
const BOTH: &str = "+net_admin,+net_raw";

/// The program as `nobody` with these capabilities and a folder of its own.
///
/// The folders on the way to it may be shut for others, so it stands in a second place that is open.
fn as_nobody(end: &End, capabilities: &str, arguments: &[&str]) -> Command {
    let folder = PathBuf::from("/tmp/keyway-of-nobody");
    for name in ["", "run", "data"] {
        let path = folder.join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        chown(&path, Some(NOBODY), Some(NOBODY)).expect("this is root");
    }
    let place = folder.join("keyway");
    std::fs::write(&place, "").expect("a file");
    let mut command = end.command(requirements::program("sh"));
    command.arg("-c").arg("mount --bind \"$0\" \"$1\" && shift && exec setpriv \"$@\"");
    command.arg(binary()).arg(&place).args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    command.arg(format!("--inh-caps=-all,{capabilities}")).arg(format!("--ambient-caps=-all,{capabilities}"));
    command.arg("--").arg(&place).args(arguments);
    command.env("RUNTIME_DIRECTORY", folder.join("run")).env("STATE_DIRECTORY", folder.join("data"));
    command
}

/// What `/proc` says of a process's effective capabilities.
fn effective(process: u32) -> String {
    let status = read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:\t"));
    line.expect("a line of that name").to_owned()
}

#[test]
fn two_capabilities_are_enough() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        // One look around has to hear it.
        let config =
            HostapdConfig { extra: vec!["beacon_int=25".to_owned()], ..HostapdConfig::on_channel(1, home()) };
        let hostapd = Hostapd::start(radios.end(0), &config);
        let _addresses = AddressServer::start(radios.end(0));
        let end = radios.without_address(1);
        let interface = end.interface();

        let mut scan =
            Process::spawn("keyway scan", as_nobody(end, BOTH, &["scan", "--json", "-i", interface]));
        assert_eq!(scan.wait().code(), Some(0), "{}", scan.output());
        let told = scan.stream(Stream::Out);
        schema::check(&told);
        assert!(told.contains(&format!("\"ssid\":\"{SSID}\"")), "{told}");

        hostapd.push_button();
        let button = ["printer", "--json", "-i", interface, "--method", "button", "--join", "builtin"];
        let mut printer = Process::spawn("keyway printer", as_nobody(end, BOTH, &button));
        printer.wait_for("\"event\":\"joined\"");
        printer.wait_for("\"event\":\"online\"");
        assert_eq!(effective(printer.id()), "0000000000003000");
        assert_eq!(printer.stop(Signal::TERM).code(), Some(0), "{}", printer.output());
        schema::check(&printer.stream(Stream::Out));

        // It returns, by what it kept.
        let again = ["printer", "--json", "-i", interface, "--join", "builtin"];
        let mut printer = Process::spawn("keyway printer", as_nobody(end, BOTH, &again));
        printer.wait_for("\"event\":\"ip-address\"");
        printer.stop(Signal::TERM);
        assert!(printer.output().contains("\"method\":\"known\""), "{}", printer.output());
    });
}

#[test]
fn a_missing_capability_is_named() {
    machine::scenario(|| {
        let radios = Radios::take(1);
        let end = radios.end(0);
        let interface = end.interface();
        for (capabilities, missing, command) in [
            ("+net_raw", "CAP_NET_ADMIN", &["scan"][..]),
            ("+net_raw", "CAP_NET_ADMIN", &["printer"]),
            ("+net_admin", "CAP_NET_RAW", &["printer"]),
            ("+net_raw", "CAP_NET_ADMIN", &["router"]),
            ("+net_admin", "CAP_NET_RAW", &["router"]),
        ] {
            let arguments = [command, &["-i", interface]].concat();
            let mut process = Process::spawn("keyway", as_nobody(end, capabilities, &arguments));
            let status = process.wait();
            let told = process.stream(Stream::Err);
            assert_eq!(status.code(), Some(4), "{arguments:?}: {told}");
            assert!(told.contains(&format!("{missing} is missing")), "{arguments:?}: {told}");
        }
    });
}

#[test]
fn root_keeps_three() {
    machine::scenario(|| {
        let radios = Radios::take(1);
        let printer = Keyway::printer_on_radio(radios.end(0), &RadioTask::OwnPin, &[]);
        assert_eq!(effective(printer.process().id()), "0000000000003400");
    });
}

/// systemd's journal keeps what a unit says, for everybody who may read it.
#[test]
fn no_pin_goes_to_the_journal() {
    machine::scenario(|| {
        let radios = Radios::take(1);
        let end = radios.without_address(0);
        let scratch = Scratch::new("journal");
        for arguments in [&["printer"][..], &["router", "--ssid", SSID, "--new-router-pin"]] {
            let journal = File::create(scratch.file("journal")).expect("a file");
            let metadata = journal.metadata().expect("it is open");
            let mut command = end.command(binary());
            command.args(arguments).args(["--interface", end.interface()]);
            command.env("JOURNAL_STREAM", format!("{}:{}", metadata.dev(), metadata.ino())).stdout(journal);
            let output = command.output().expect("it starts");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
            assert!(said.contains("the journal, which would keep the PIN"), "{arguments:?}: {said}");
            let kept = read_to_string(scratch.file("journal")).expect("it is there");
            assert!(!kept.contains("PIN"), "{arguments:?}: {kept}");
        }
        assert_given_back(end);
    });
}
