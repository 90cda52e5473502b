//! tshark on what is on the air of a whole home, for each way onto the network: nothing malformed, and with the
//! passphrase the data frames decrypt. Needs no root.

use std::path::Path;

use keyway_devices::Random;
use keyway_devices::durable::Saved;
use keyway_devices::home::{Home, HomeConfig};
use keyway_devices::play::{Part, Person, Teller};
use keyway_devices::session::Step;
use keyway_eap::Timestamp;
use keyway_interop::scratch::Scratch;
use keyway_interop::tshark::{WifiKey, file_complaints, file_fields};

#[derive(Default)]
struct Recorder(Vec<u8>);

impl Teller for Recorder {
    fn person(&mut self, _: &str, _: u64) {}
    fn progress(&mut self, _: Step, _: u64) {}
    fn captured(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }
}

/// Plays a part and writes what was on the air; the network's passphrase.
fn record(part: Part, file: &Path) -> String {
    let mut config = HomeConfig::demo(7, 1_700_000_000_000);
    config.capture = true;
    let home = Home::new(config, Saved::default(), Random::seeded(7), Timestamp::ZERO);
    let mut recorder = Recorder::default();
    let mut person = Person::new(home, &mut recorder);
    part.play(&mut person).unwrap_or_else(|stuck| panic!("{part:?}: {stuck:?}"));
    let passphrase = person.home.admin_view(person.now).passphrase.expose().to_owned();
    std::fs::write(file, recorder.0).expect("a file");
    passphrase
}

/// What tshark warns of and is as it should be: an access point repeats what it hears for a group, on each of its bands,
/// and multicast DNS repeats by design (RFC 6762); a frame that was not acknowledged is sent again; a document fills a
/// small receiver's window.
fn is_of_the_medium(line: &str) -> bool {
    [
        "DNS query retransmission",
        "DNS response retransmission",
        "TCP window specified",
        "window is full",
        "window full",
    ]
    .iter()
    .any(|known| line.contains(known))
        || line.contains("(suspected) retransmission")
}

#[test]
fn nothing_on_the_air_is_malformed_and_data_frames_decrypt() {
    for part in Part::ALL {
        let scratch = Scratch::new("home");
        let file = scratch.file("air.pcapng");
        let passphrase = record(part, &file);
        let key = WifiKey { ssid: "Home", passphrase: &passphrase };
        assert_eq!(file_complaints(&file), [], "{part:?}");
        let complaints = key.file_complaints(&file);
        let serious: Vec<_> = complaints.iter().filter(|found| !is_of_the_medium(&found.line)).collect();
        assert!(serious.is_empty(), "{part:?}, decrypted: {serious:#?}");
        let count = |filter: &str| key.file_fields(&file, filter, &["frame.number"]).len();
        for filter in ["wlan.fc.type_subtype == 8", "dhcp.option.dhcp == 5", "mdns"] {
            assert!(count(filter) > 0, "{part:?}: no frame is {filter}");
        }
        // Every data frame with content is encrypted, but for EAPOL.
        let plain = "wlan.fc.type == 2 && !wlan.fc.protected && !eapol && wlan.fc.subtype != 4";
        assert_eq!(file_fields(&file, plain, &["frame.number"]), [], "{part:?}");
        // The passphrase is nowhere on the air.
        let octets = std::fs::read(&file).expect("the capture");
        let found = octets.windows(passphrase.len()).any(|window| window == passphrase.as_bytes());
        assert!(!found, "{part:?}: the passphrase is on the air");
        if part == Part::Assistant {
            assert!(count("ipp") > 0 && count("http.request.method == \"POST\"") > 0, "the test page");
        }
    }
}

#[test]
fn a_wrong_passphrase_decrypts_nothing() {
    let scratch = Scratch::new("home");
    let file = scratch.file("air.pcapng");
    record(Part::Passphrase, &file);
    let key = WifiKey { ssid: "Home", passphrase: "not the passphrase" };
    assert_eq!(key.file_fields(&file, "dhcp", &["frame.number"]), []);
}
