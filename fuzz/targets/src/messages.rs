//! Parsers of the protocol: attributes, messages, and what is encrypted inside them.

use std::fmt::Debug;
use std::sync::LazyLock;

use keyway_wsc::attribute::{AttributeValue, Attributes, HEADER_LENGTH};
use keyway_wsc::crypto::{EncryptedSettings, KeyPair, SessionKeys};
use keyway_wsc::message::messages::{Ack, Done, M1, M2, M2D, M3, M4, M5, M6, M7, M8, Nack};
use keyway_wsc::message::settings::{M4Settings, M5Settings, M6Settings, M7Settings, M8Settings};
use keyway_wsc::message::{AttributeList, Authenticated, Open, deviations, message_type};
use keyway_wsc::{MacAddr, Nonce};

use crate::entropy::Seeded;

/// Keys that one pair of devices might have agreed on.
static KEYS: LazyLock<SessionKeys> = LazyLock::new(|| {
    let ours = KeyPair::generate(&mut Seeded(1)).expect("seeded entropy delivers");
    let theirs = KeyPair::generate(&mut Seeded(2)).expect("seeded entropy delivers");
    let secret = ours.agree(theirs.public()).expect("a generated key is in the group");
    SessionKeys::derive(&secret, &Nonce([1; 16]), &MacAddr([2; 6]), &Nonce([3; 16]))
});

/// Attributes cover their input from the start and in order; the first error is the end. What no attribute covers is
/// zero: one octet after a Network Key, and padding at the end.
pub(crate) fn attributes(input: &[u8]) {
    let mut end = 0;
    let mut ended = false;
    for attribute in Attributes::new(input) {
        assert!(!ended, "an attribute behind an error");
        match attribute {
            Ok(attribute) => {
                let gap = &input[end..attribute.offset];
                assert!(gap.is_empty() || gap == [0], "skipped {gap:02x?}");
                end = attribute.offset + HEADER_LENGTH + attribute.value.len();
                assert_eq!(&input[end - attribute.value.len()..end], attribute.value);
            }
            Err(_) => ended = true,
        }
    }
    assert!(ended || input[end..].iter().all(|octet| *octet == 0), "{end} of {} octets", input.len());
}

/// A message that parses encodes to one that parses to the same.
pub(crate) fn messages(input: &[u8]) {
    let _ = message_type(input);
    let _ = deviations(input);
    open::<M1>(input);
    open::<M2D>(input);
    open::<Ack>(input);
    open::<Nack>(input);
    open::<Done>(input);
    authenticated::<M2>(input);
    authenticated::<M3>(input);
    authenticated::<M4>(input);
    authenticated::<M5>(input);
    authenticated::<M6>(input);
    authenticated::<M7>(input);
    authenticated::<M8>(input);
}

/// Read twice: as Encrypted Settings that came from somewhere, and as the list of attributes that is sealed.
pub(crate) fn encrypted_settings(input: &[u8]) {
    if let Ok(forged) = EncryptedSettings::parse(input) {
        assert!(forged.open::<M8Settings>(&KEYS).is_err(), "opened without having been sealed");
    }
    sealed::<M4Settings>(input);
    sealed::<M5Settings>(input);
    sealed::<M6Settings>(input);
    sealed::<M7Settings>(input);
    sealed::<M8Settings>(input);
}

fn open<M: Open + PartialEq + Debug>(input: &[u8]) {
    let Ok(message) = M::parse(input) else { return };
    assert_eq!(M::parse(&message.encode()), Ok(message));
}

fn authenticated<M: Authenticated + PartialEq + Debug>(input: &[u8]) {
    let Ok(message) = M::parse(input) else { return };
    let previous = b"the message before";
    let signed = message.peek().sign(&KEYS.auth, previous);
    let again = M::parse(&signed).expect("what we sign is a message");
    let (verified, octets) = again.verify(&KEYS.auth, previous).expect("what we sign is authentic");
    assert_eq!((&verified, octets), (message.peek(), signed));
    assert!(message.verify(&KEYS.auth, previous).is_err(), "authentic without having been signed");
}

fn sealed<S: AttributeList + PartialEq + Debug>(input: &[u8]) {
    let Ok(settings) = S::parse_list(input, None) else { return };
    let sealed = EncryptedSettings::seal(&settings, &KEYS, &[7; 16]);
    assert_eq!(sealed.open::<S>(&KEYS), Ok(settings));

    // A bit that flips in the initialisation vector flips in the first block and does nothing else.
    let mut octets = Vec::new();
    sealed.write(&mut octets);
    let at = input.iter().fold(0, |sum: usize, octet| sum.wrapping_mul(31) ^ usize::from(*octet));
    let (place, bit) = (at % octets.len(), at / octets.len() % 8);
    for place in [place, place % 16] {
        let mut tampered = octets.clone();
        tampered[place] ^= 1 << bit;
        let tampered = EncryptedSettings::parse(&tampered).expect("the length is the same");
        assert!(tampered.open::<S>(&KEYS).is_err(), "bit {bit} of octet {place} is not protected");
    }
}
