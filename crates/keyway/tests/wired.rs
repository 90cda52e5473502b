//! Printer and router on a cable, both ours, each a process of its own: what is said, written and returned.
//!
//! Each test runs itself again under `unshare` (util-linux) in a network namespace with a veth pair. This needs root.

mod support;

use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use support::{Folder, Running, keyway, run, shown, text};

const INSIDE: &str = "KEYWAY_TEST_CABLE";
const PASSPHRASE: &str = "correct horse battery";
/// The two ends of the cable, and the printer's address.
const ROUTER: &str = "kwrouter";
const PRINTER: &str = "kwprinter";
const PRINTER_MAC: &str = "02:00:00:00:00:01";

fn ip(arguments: &str) {
    let status = Command::new("ip").args(arguments.split_whitespace()).status().expect("ip runs (iproute2)");
    assert!(status.success(), "ip {arguments}");
}

/// Runs `body` where a cable lies between [`ROUTER`] and [`PRINTER`].
fn on_a_cable(name: &str, body: impl FnOnce(&Folder)) {
    if std::env::var_os(INSIDE).is_some() {
        ip(&format!("link add {ROUTER} type veth peer name {PRINTER} address {PRINTER_MAC}"));
        ip(&format!("link set {ROUTER} up"));
        ip(&format!("link set {PRINTER} up"));
        return body(&Folder::new(name));
    }
    let program = std::env::current_exe().expect("a test program has a path");
    let mut command = Command::new("unshare");
    command.args(["--net", "--"]).arg(program).args(["--exact", name, "--nocapture"]).env(INSIDE, "1");
    let output = command.output().expect("unshare runs (util-linux)");
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "it needs root, and this failed:\n{told}");
    assert!(told.contains("1 passed"), "the test did not find itself:\n{told}");
}

fn router(folder: &Folder, more: &[&str]) -> Running {
    let passphrase = folder.secret("passphrase", &format!("{PASSPHRASE}\n"));
    let mut arguments = vec!["router", "-i", ROUTER, "--ssid", "Home", "--passphrase-file", &passphrase];
    arguments.extend(more);
    let mut router = Running::start(&arguments);
    router.wait_for("started");
    router
}

fn printer(more: &[&str]) -> Running {
    let mut arguments = vec!["printer", "-i", PRINTER];
    arguments.extend(more);
    Running::start(&arguments)
}

fn json_file(folder: &Folder, name: &str) -> Value {
    let path = folder.path(name);
    let mode = std::fs::metadata(&path).expect("it was written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    serde_json::from_slice(&std::fs::read(&path).unwrap()).expect("JSON")
}

#[test]
fn a_pin_from_screen_to_keypad() {
    on_a_cable("a_pin_from_screen_to_keypad", |folder| {
        let file = shown(&folder.path("wifi.json"));
        let mut printer = printer(&["--credentials", &file]);
        let pin = printer.wait_for("pin")["pin"].as_str().expect("a PIN").to_owned();
        let mut router = router(folder, &["--pin-file", "-"]);
        router.type_line("1234");
        router.wait_for("pin-added");
        router.type_line("12345678");
        router.wait_for("pin-rejected");
        let waiting = router.wait_for("failed");
        assert_eq!(waiting["cause"], "wrong-pin-first-half", "the four digits were tried");
        assert_eq!(printer.wait_for("failed")["exit_status"], 10);
        // The printer shows a new one.
        let next = printer.wait_for("pin")["pin"].as_str().expect("a PIN").to_owned();
        assert_ne!(pin, next);
        router.type_line(&format!("{} {PRINTER_MAC}", next));
        let done = router.wait_for("succeeded");
        assert_eq!(done["station"], PRINTER_MAC);
        let (router, printer) = (router.finish(), printer.finish());
        assert_eq!((router.status, printer.status), (0, 0), "{router:#?} {printer:#?}");
        router.hides(&[PASSPHRASE, &pin, &next]);
        printer.hides(&[PASSPHRASE]);
        let settings = json_file(folder, "wifi.json");
        assert_eq!(settings["network_key"], PASSPHRASE);
        assert_eq!(settings["ssid_hex"], "486f6d65");
    });
}

#[test]
fn wrong_halves_have_their_own_statuses() {
    on_a_cable("wrong_halves_have_their_own_statuses", |folder| {
        for (typed, cause, status) in
            [("00005678", "wrong-pin-first-half", 10), ("12340002", "wrong-pin-second-half", 11)]
        {
            let router = router(folder, &["--pin", typed, "--once"]);
            let printer = printer(&["--pin", "12345670"]).finish();
            let router = router.finish();
            for side in [&router, &printer] {
                assert_eq!(side.status, status, "{side:#?}");
                assert_eq!(side.last("failed")["cause"], cause);
                side.hides(&["12345670", typed, PASSPHRASE]);
            }
        }
    });
}

#[test]
fn by_button() {
    on_a_cable("by_button", |folder| {
        let router = router(folder, &["--button", "--once"]);
        let printer = printer(&["--method", "button"]).finish();
        assert_eq!((printer.status, router.finish().status), (0, 0));
        assert_eq!(printer.last("succeeded")["networks"][0]["ssid"], "Home");
    });
}

#[test]
fn the_router_is_read_and_configured_with_its_pin() {
    on_a_cable("the_router_is_read_and_configured_with_its_pin", |folder| {
        let (read, new) = (shown(&folder.path("read.json")), shown(&folder.path("new.json")));
        let pin = folder.secret("pin", "12345670\n");
        let words = folder.secret("words", "a new passphrase\n");
        let router =
            router(folder, &["--router-pin-file", &pin, "--credentials", &new, "--fragment-size", "100"]);
        let by_pin = ["--method", "router-pin", "--pin-file", &pin];
        let first = printer(&[&by_pin[..], &["--credentials", &read]].concat()).finish();
        assert_eq!(first.last("succeeded")["result"], "learned", "{first:#?}");
        let change = ["--new-ssid", "New", "--new-passphrase-file", &words, "--fragment-size", "64"];
        let second = printer(&[&by_pin[..], &change].concat()).finish();
        assert_eq!(second.last("succeeded")["result"], "configured", "{second:#?}");
        router.interrupt();
        let router = router.finish();
        assert_eq!(router.status, 130);
        router.hides(&["12345670", PASSPHRASE, "a new passphrase"]);
        assert_eq!(router.last("network-changed")["network"]["ssid"], "New");
        assert_eq!(json_file(folder, "read.json")["network_key"], PASSPHRASE);
        assert_eq!(json_file(folder, "new.json")["network_key"], "a new passphrase");
    });
}

#[test]
fn three_wrong_router_pins_lock() {
    on_a_cable("three_wrong_router_pins_lock", |folder| {
        let mut router = router(folder, &["--router-pin", "12345670"]);
        for _ in 0..3 {
            assert_eq!(printer(&["--method", "router-pin", "--pin", "00005678"]).finish().status, 10);
        }
        assert_eq!(router.wait_for("locked")["seconds"], 60);
        let right = printer(&["--method", "router-pin", "--pin", "12345670"]).finish();
        assert_eq!((right.status, &right.last("failed")["cause"]), (17, &Value::from("setup-locked")));
        router.interrupt();
        assert_eq!(router.finish().status, 130);
    });
}

#[test]
fn a_device_that_waits_is_told_of_once() {
    on_a_cable("a_device_that_waits_is_told_of_once", |folder| {
        let mut router = router(folder, &["--pin-file", "-", "--once"]);
        let mut printer = printer(&["--pin", "12345670"]);
        let waiting = router.wait_for("device-waiting");
        assert_eq!(waiting["peer"]["device_type"], "3-0050F204-1");
        printer.wait_for("trying-again");
        printer.wait_for("trying-again");
        router.type_line("1234-5670");
        assert_eq!(
            (printer.finish().status, router.wait_for("succeeded")["result"].as_str()),
            (0, Some("granted"))
        );
        let router = router.finish();
        assert_eq!((router.status, router.events("device-waiting").len()), (0, 1));
    });
}

#[test]
fn stopped_by_a_signal() {
    on_a_cable("stopped_by_a_signal", |folder| {
        let mut printer = printer(&[]);
        printer.wait_for("trying");
        printer.interrupt();
        let printer = printer.finish();
        assert_eq!((printer.status, &printer.last("failed")["cause"]), (130, &Value::from("cancelled")));
        let router = router(folder, &["--button"]);
        router.interrupt();
        assert_eq!(router.finish().status, 130);
    });
}

#[test]
fn an_interface_that_is_down_or_vanishes() {
    on_a_cable("an_interface_that_is_down_or_vanishes", |folder| {
        let mut printer = printer(&["--pin", "12345670"]);
        let router = router(folder, &["--button"]);
        printer.wait_for("trying");
        ip(&format!("link set {ROUTER} down"));
        assert!(printer.wait_for("link")["words"].as_str().is_some_and(|words| words.contains("no link")));
        let down =
            run(&["router", "-i", ROUTER, "--ssid", "H", "--passphrase-file", "-", "--button"], "12345678\n");
        assert_eq!(down.status.code(), Some(3));
        assert!(text(&down.stderr).contains("ip link set kwrouter up"), "{}", text(&down.stderr));
        ip(&format!("link del {ROUTER}"));
        for side in [printer.finish(), router.finish()] {
            assert_eq!(side.status, 3, "{side:#?}");
            assert_eq!(side.last("error")["exit_status"], 3);
        }
    });
}

#[test]
fn without_the_capability() {
    on_a_cable("without_the_capability", |_| {
        // The program lies where another user may not reach it; root without capabilities may.
        let program = keyway().get_program().to_owned();
        let output = Command::new("setpriv")
            .args(["--bounding-set=-net_raw", "--inh-caps=-net_raw", "--ambient-caps=-all"])
            .arg(program)
            .args(["printer", "-i", PRINTER])
            .output()
            .expect("setpriv runs (util-linux)");
        assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("CAP_NET_RAW"));
    });
}

/// What `/proc` says of a process.
fn privileges(process: u32) -> [String; 4] {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let value =
        |name| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    ["CapEff:", "CapPrm:", "CapBnd:", "NoNewPrivs:"].map(value)
}

#[test]
fn root_keeps_what_is_needed() {
    on_a_cable("root_keeps_what_is_needed", |folder| {
        // CAP_NET_RAW is number 13, CAP_DAC_OVERRIDE number 1.
        let (raw, raw_and_files) = ("0000000000002000", "0000000000002002");
        let home = folder.path("home");
        std::fs::create_dir(&home).unwrap();
        let own = shown(&folder.path("own.json"));
        let theirs = shown(&home.join("theirs.json"));
        std::os::unix::fs::chown(&home, Some(65534), Some(65534)).unwrap();
        for (file, kept) in [(&own, raw), (&theirs, raw_and_files)] {
            let mut printer = printer(&["--pin", "12345670", "--credentials", file]);
            printer.wait_for("waiting");
            assert_eq!(privileges(printer.id()), [kept, kept, kept, "1"], "{file}");
            let router = router(folder, &["--pin", "12345670", "--once"]);
            assert_eq!(privileges(router.id()), [raw, raw, raw, "1"]);
            assert_eq!((printer.finish().status, router.finish().status), (0, 0));
            assert!(std::path::Path::new(file).is_file());
        }
    });
}

/// A capture is what strangers sent. It needs no cable, but root.
#[test]
fn a_capture_is_read_without_any_privilege() {
    on_a_cable("a_capture_is_read_without_any_privilege", |folder| {
        let pipe = folder.path("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs (coreutils)");
        assert!(made.success());
        let mut child = keyway()
            .args(["explain", &shown(&pipe)])
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        let writer = std::fs::File::options().write(true).open(&pipe).unwrap();
        // It has opened the pipe by now, and gives up its privileges before it reads.
        let none = "0000000000000000";
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while privileges(child.id())[0] != none {
            assert!(child.try_wait().unwrap().is_none(), "it ended before");
            assert!(std::time::Instant::now() < patience, "{:?}", privileges(child.id()));
            std::thread::yield_now();
        }
        assert_eq!(privileges(child.id()), [none, none, none, "1"]);
        drop(writer);
        assert_eq!(child.wait().unwrap().code(), Some(5), "an empty file is no capture");
    });
}

#[test]
fn another_user_needs_one_capability() {
    on_a_cable("another_user_needs_one_capability", |folder| {
        let router = router(folder, &["--pin", "12345670", "--once"]);
        // The program lies where this user may not reach it, but may be handed over open.
        let program = std::fs::File::open(keyway().get_program()).unwrap();
        let output = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .args(["--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw"])
            .args(["/proc/self/fd/0", "printer", "-i", PRINTER, "--pin", "12345670"])
            .stdin(program)
            .output()
            .expect("setpriv runs (util-linux)");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(router.finish().status, 0);
    });
}

#[test]
fn nobody_reads_the_output() {
    on_a_cable("nobody_reads_the_output", |folder| {
        let router = router(folder, &["--pin", "12345670", "--once"]);
        let mut child = keyway()
            .args(["printer", "-i", PRINTER, "--pin", "12345670"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "a closed pipe is no reason to break off");
        assert_eq!(router.finish().status, 0);
    });
}
