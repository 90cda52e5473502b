//! What parsers and encoders promise, for any values and any octets.

mod common;

use common::source::{Make, Source, attributes, changed};
use common::*;
use keyway_wsc::attribute::{AttributeValue, Attributes};
use keyway_wsc::crypto::{EncryptedSettings, SessionKeys};
use keyway_wsc::message::messages::*;
use keyway_wsc::message::settings::*;
use keyway_wsc::message::{AttributeList, Authenticated, CredentialAttributes, Open, deviations};
use keyway_wsc::*;
use proptest::prelude::*;
use std::fmt::Debug;
use std::sync::LazyLock;

/// The keys of some registration.
static KEYS: LazyLock<SessionKeys> = LazyLock::new(|| {
    let transcript = machine::STATION.transcript();
    derive(&transcript[0].bytes, &transcript[1].bytes).1
});

const PREVIOUS: &[u8] = b"the message before";

/// What was encoded parses to the same value, and that encodes to the same octets. It gives the octets.
fn open<M: Open + Make + PartialEq + Debug>(octets: &[u8]) -> Vec<u8> {
    let message = M::make(&mut Source(octets.to_vec()));
    let encoded = message.encode();
    let parsed = M::parse(&encoded).unwrap();
    assert_eq!(parsed, message);
    assert_eq!(parsed.encode(), encoded);
    encoded
}

fn authenticated<M: Authenticated + Make + PartialEq + Debug>(octets: &[u8]) -> Vec<u8> {
    let message = M::make(&mut Source(octets.to_vec()));
    let encoded = message.sign(&KEYS.auth, PREVIOUS);
    let (parsed, bytes) = M::parse(&encoded).unwrap().verify(&KEYS.auth, PREVIOUS).unwrap();
    assert_eq!(parsed, message);
    assert_eq!(bytes, encoded);
    assert_eq!(parsed.sign(&KEYS.auth, PREVIOUS), encoded);
    assert!(M::parse(&encoded).unwrap().verify(&KEYS.auth, b"another").is_err());
    encoded
}

fn sealed<S: AttributeList + Make + PartialEq + Debug>(octets: &[u8]) -> Vec<u8> {
    let settings = S::make(&mut Source(octets.to_vec()));
    let sealed = EncryptedSettings::seal(&settings, &KEYS, &[7; 16]);
    assert_eq!(sealed.open::<S>(&KEYS).as_ref(), Ok(&settings));
    let mut plain = Vec::new();
    settings.write_list(&mut plain);
    plain
}

/// Parses octets that may be anything; what is accepted is stable from then on.
fn stable_open<M: Open + PartialEq + Debug>(octets: &[u8]) -> bool {
    let Ok(first) = M::parse(octets) else { return false };
    assert_eq!(M::parse(&first.encode()).as_ref(), Ok(&first));
    true
}

fn stable_authenticated<M: Authenticated + PartialEq + Debug>(octets: &[u8]) -> bool {
    let Ok(first) = M::parse(octets) else { return false };
    let again = M::parse(&first.peek().sign(&KEYS.auth, PREVIOUS)).unwrap();
    assert_eq!(again.peek(), first.peek());
    again.verify(&KEYS.auth, PREVIOUS).unwrap();
    assert!(first.verify(&KEYS.auth, b"another").is_err());
    true
}

fn stable_list<S: AttributeList + PartialEq + Debug>(octets: &[u8]) -> bool {
    let Ok(first) = S::parse_list(octets, None) else { return false };
    let mut encoded = Vec::new();
    first.write_list(&mut encoded);
    assert_eq!(S::parse_list(&encoded, None).as_ref(), Ok(&first));
    true
}

type Check<T> = (&'static str, fn(&[u8]) -> T);

/// Makes a value from octets, checks that it survives encoding and parsing, and gives what it encodes to.
const ROUND_TRIPS: &[Check<Vec<u8>>] = &[
    ("M1", open::<M1>),
    ("M2", authenticated::<M2>),
    ("M2D", open::<M2D>),
    ("M3", authenticated::<M3>),
    ("M4", authenticated::<M4>),
    ("M5", authenticated::<M5>),
    ("M6", authenticated::<M6>),
    ("M7", authenticated::<M7>),
    ("M8", authenticated::<M8>),
    ("Ack", open::<Ack>),
    ("Nack", open::<Nack>),
    ("Done", open::<Done>),
    ("M4Settings", sealed::<M4Settings>),
    ("M5Settings", sealed::<M5Settings>),
    ("M6Settings", sealed::<M6Settings>),
    ("M7Settings", sealed::<M7Settings>),
    ("M8Settings", sealed::<M8Settings>),
    ("CredentialAttributes", sealed::<CredentialAttributes>),
];

/// The same types, for octets that may be anything.
const STABLE: &[Check<bool>] = &[
    ("M1", stable_open::<M1>),
    ("M2", stable_authenticated::<M2>),
    ("M2D", stable_open::<M2D>),
    ("M3", stable_authenticated::<M3>),
    ("M4", stable_authenticated::<M4>),
    ("M5", stable_authenticated::<M5>),
    ("M6", stable_authenticated::<M6>),
    ("M7", stable_authenticated::<M7>),
    ("M8", stable_authenticated::<M8>),
    ("Ack", stable_open::<Ack>),
    ("Nack", stable_open::<Nack>),
    ("Done", stable_open::<Done>),
    ("M4Settings", stable_list::<M4Settings>),
    ("M5Settings", stable_list::<M5Settings>),
    ("M6Settings", stable_list::<M6Settings>),
    ("M7Settings", stable_list::<M7Settings>),
    ("M8Settings", stable_list::<M8Settings>),
    ("CredentialAttributes", stable_list::<CredentialAttributes>),
];

proptest! {
    #[test]
    fn what_is_encoded_parses_to_the_same(octets in Source::any()) {
        for (_, round_trip) in ROUND_TRIPS {
            round_trip(&octets);
        }
    }

    #[test]
    fn what_is_accepted_is_stable(octets in Source::any(), changes in Source::any()) {
        for (at, (_, round_trip)) in ROUND_TRIPS.iter().enumerate() {
            let mut source = Source(changes.clone());
            let octets = changed(round_trip(&octets), &mut source);
            (STABLE[at].1)(&octets);
            let _ = deviations(&octets);
        }
    }

    #[test]
    fn anything_can_be_read(octets in Source::any()) {
        let list = attributes(&mut Source(octets.clone()));
        for octets in [&octets, &list] {
            STABLE.iter().for_each(|(_, read)| _ = read(octets));
            let _ = deviations(octets);
            if let Ok(forged) = EncryptedSettings::parse(octets) {
                prop_assert!(forged.open::<Raw>(&KEYS).is_err(), "opened without having been sealed");
            }
        }
    }

    #[test]
    fn attributes_cover_the_list(octets in Source::any()) {
        let list = attributes(&mut Source(octets));
        let mut end = 0;
        for attribute in Attributes::new(&list) {
            let Ok(attribute) = attribute else { break };
            // One octet after a Network Key may be passed over.
            prop_assert!(attribute.offset == end || attribute.offset == end + 1 && list[end] == 0);
            end = attribute.offset + attribute::HEADER_LENGTH + attribute.value.len();
            prop_assert_eq!(attribute.value, &list[end - attribute.value.len()..end]);
        }
    }

    #[test]
    fn a_pin_is_one_or_is_refused(text in "[0-9 -]{0,12}") {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        match text.parse::<Pin>() {
            Ok(pin) => {
                prop_assert_eq!(pin.digits(), digits.as_bytes());
                prop_assert_eq!(pin.grouped().to_string().parse::<Pin>(), Ok(pin));
            }
            Err(PinError::CheckDigit) => {
                let right = (0..10).filter(|last| format!("{}{last}", &digits[..7]).parse::<Pin>().is_ok());
                prop_assert_eq!(right.count(), 1, "exactly one check digit is right");
            }
            Err(PinError::Length { digits: count }) => prop_assert_eq!(count, digits.len()),
            Err(error) => prop_assert!(digits.is_empty(), "{}", error),
        }
    }

    #[test]
    fn texts_of_addresses_come_back(octets in Source::any(), text in "\\PC{0,40}") {
        let mut source = Source(octets);
        let (mac, uuid, device) = (MacAddr::make(&mut source), Uuid::make(&mut source), DeviceType::make(&mut source));
        prop_assert_eq!(mac.to_string().parse(), Ok(mac));
        prop_assert_eq!(uuid.to_string().parse(), Ok(uuid));
        prop_assert_eq!(device.to_string().parse(), Ok(device));
        let _ = (text.parse::<MacAddr>(), text.parse::<Uuid>(), text.parse::<DeviceType>(), text.parse::<Pin>());
    }
}

/// The changes leave enough messages readable for the properties above to mean something.
#[test]
fn changed_messages_are_still_accepted_now_and_then() {
    for (at, (name, round_trip)) in ROUND_TRIPS.iter().enumerate() {
        let accepted = (0..400u32).filter(|seed| {
            let octets: Vec<u8> =
                (0..40).flat_map(|part| seed.wrapping_mul(2_654_435_761 + part).to_be_bytes()).collect();
            let mut source = Source(octets.iter().rev().copied().collect());
            (STABLE[at].1)(&changed(round_trip(&octets), &mut source))
        });
        assert!(accepted.count() > 40, "{name}");
    }
}
