//! What the scenarios share.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use keyway_interop::keyway::Keyway;
use keyway_interop::network::Network;
use keyway_interop::process::{Process, Signal, run};
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::requirements;
use keyway_interop::topology::End;
use keyway_interop::tshark::{WifiKey, file_complaints, file_fields};
use serde_json::Value;

pub(crate) const PIN: &str = "12345670";
/// Shares no half with it.
pub(crate) const OTHER_PIN: &str = "98765430";
/// Shares its first four digits with [`PIN`].
pub(crate) const WRONG_SECOND_HALF: &str = "12340002";

/// A PIN whose first half is another one.
pub(crate) fn wrong_first_half(pin: &str) -> &'static str {
    if pin.starts_with(&PIN[..4]) { OTHER_PIN } else { PIN }
}

pub(crate) const SSID: &str = "HomeNet";
pub(crate) const PASSPHRASE: &str = "correct horse battery";

/// So many wrong PINs lock the router's own.
pub(crate) const TRIES: u32 = 3;

/// The messages of a registration that goes well.
pub(crate) const MESSAGES: [&str; 9] = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"];

pub(crate) fn home() -> Network {
    Network::wpa2(SSID, PASSPHRASE)
}

/// tshark finds nothing malformed in what was on the air, and sees these WSC messages, those sent again once.
pub(crate) fn assert_clean_air(folder: &Path, wsc: &[&str]) {
    let file = AirCapture::file(folder);
    let mut complaints = file_complaints(&file);
    // The kernel's scans tell what it can do of 802.11be, in an element that tshark 4.0 has no name for.
    complaints
        .retain(|complaint| !(complaint.line.starts_with("Ext Tag") && complaint.line.contains("(108)")));
    assert!(complaints.is_empty(), "tshark about {}: {complaints:#?}", file.display());
    // A message that was sent again has the nonces of the first; one of another registration has not.
    let identity = ["wps.message_type", "wps.enrollee_nonce", "wps.registrar_nonce"];
    let mut seen = BTreeSet::new();
    let mut messages = file_fields(&file, "wps.message_type", &identity);
    messages.retain(|fields| seen.insert(fields.clone()));
    let names: Vec<&str> = messages.iter().map(|fields| message_name(&fields["wps.message_type"])).collect();
    assert_eq!(names, wsc);
}

/// The pings in the capture were encrypted with the home's key: tshark can read them with it and not without.
pub(crate) fn assert_encrypted_pings(folder: &Path) {
    let file = AirCapture::file(folder);
    let key = WifiKey { ssid: SSID, passphrase: PASSPHRASE };
    let decrypted = key.file_fields(&file, "icmp", &["icmp.type", "wlan.fc.protected", "wlan.ccmp.extiv"]);
    for kind in ["8", "0"] {
        let found = decrypted.iter().filter(|fields| fields["icmp.type"] == kind).count();
        assert!(found >= 2, "type {kind}, one in each direction: {decrypted:?}");
    }
    for fields in &decrypted {
        assert_eq!(fields["wlan.fc.protected"], "1", "{fields:?}");
        assert!(!fields["wlan.ccmp.extiv"].is_empty(), "{fields:?}");
    }
    let plain = file_fields(&file, "icmp", &["icmp.type"]);
    assert!(plain.is_empty(), "{} pings were sent in the clear", plain.len());
}

/// What the kernel has to say of a radio's interface: `iw dev info`, and `ip address`.
pub(crate) fn interface(end: &End) -> (String, String) {
    let mut iw = end.command(requirements::program("iw"));
    iw.args(["dev", end.interface(), "info"]);
    let mut ip = end.command(requirements::program("ip"));
    ip.args(["address", "show", "dev", end.interface()]);
    (run(iw), run(ip))
}

/// Runs `ip` for a radio.
pub(crate) fn ip(end: &End, arguments: &str) {
    let mut command = end.command(requirements::program("ip"));
    command.args(arguments.split(' '));
    run(command);
}

/// Asserts that it is as it was found: a station's, switched off, without an address.
#[track_caller]
pub(crate) fn assert_given_back(end: &End) {
    let (iw, ip) = interface(end);
    assert!(iw.contains("type managed") && !iw.contains("channel"), "{iw}");
    assert!(!ip.contains("UP") && !ip.contains("inet "), "{ip}");
}

/// The name of a WSC message, from its number in tshark's spelling.
fn message_name(number: &str) -> &'static str {
    match number {
        "0x04" => "M1",
        "0x05" => "M2",
        "0x07" => "M3",
        "0x08" => "M4",
        "0x09" => "M5",
        "0x0a" => "M6",
        "0x0b" => "M7",
        "0x0c" => "M8",
        "0x0e" => "WSC_NACK",
        "0x0f" => "WSC_Done",
        _ => "other",
    }
}

/// Keyway's router on the first radio.
pub(crate) struct Router {
    pub(crate) keyway: Keyway,
}

impl Router {
    /// Of the home's network.
    pub(crate) fn start(radios: &Radios, extra: &[&str]) -> Router {
        Router { keyway: Keyway::router_on_radio(radios.without_address(0), &home(), extra) }
    }

    /// Types something at its terminal, and waits until it has taken that.
    pub(crate) fn type_in(&self, text: &str, event: &str) {
        let mark = self.keyway.process().mark();
        self.keyway.process().say(text);
        self.keyway.wait_for_after(mark, event);
    }

    /// The PIN that it has made for itself.
    pub(crate) fn own_pin(&self) -> String {
        self.keyway.wait_for("router-pin")["pin"].as_str().expect("a PIN").to_owned()
    }

    /// Ends it as its owner does. Gives all that it has told.
    #[track_caller]
    pub(crate) fn end(mut self) -> Vec<Value> {
        let finish = self.keyway.interrupt();
        assert_eq!(finish.status, 0);
        finish.events
    }
}

/// Asserts that a printer on that radio has joined since a mark, has got an address, and that it and the router on the first
/// radio, 10.0.0.1, reach each other. Gives its word of joining.
#[track_caller]
pub(crate) fn assert_on_network(radios: &Radios, printer: &Keyway, radio: usize, mark: usize) -> Value {
    let joined = printer.wait_for_after(mark, "joined");
    let address = printer.wait_for_after(mark, "ip-address");
    let address = address["ip"].as_str().expect("an address");
    radios.assert_reach_at((0, "10.0.0.1"), (radio, address));
    joined
}

/// Lets a router work for a moment at a time, until the printer has received this message: so it stands still right
/// after it has sent it, or at the latest one or two messages later.
pub(crate) fn stop_at(router: &Process, printer: &Keyway, message: &str) {
    // On a fast machine a whole registration takes some milliseconds.
    const RUN: Duration = Duration::from_millis(2);
    const STAND: Duration = Duration::from_millis(5);
    printer.wait_until(0, "M1", |event| event["message"] == "M1");
    loop {
        router.signal(Signal::STOP);
        std::thread::sleep(STAND);
        let events = printer.events();
        if events.iter().any(|event| event["direction"] == "received" && event["message"] == message) {
            return;
        }
        router.signal(Signal::CONT);
        std::thread::sleep(RUN);
    }
}

/// The rules of one country in the guest's kernel, and of none when this is dropped.
pub(crate) struct Country;

impl Country {
    pub(crate) fn set(country: &str) -> Country {
        run(Country::command(country));
        Country
    }

    /// No country's rules until somebody else sets some.
    pub(crate) fn none() -> Country {
        Country::set("00")
    }

    fn command(country: &str) -> Command {
        let mut command = Command::new(requirements::program("iw"));
        command.args(["reg", "set", country]);
        command
    }
}

impl Drop for Country {
    fn drop(&mut self) {
        let _ = Country::command("00").output();
    }
}
