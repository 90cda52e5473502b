//! pixiewps on transcripts made in memory, where the other side is an attacker who chooses his own keys: with a small
//! exponent he needs no AuthKey. Controls show that each attack works when there is something to find.
//!
//! The attack with the AuthKey is run on what crossed a cable, in `peers/pixie_dust.rs`.

use keyway_interop::network::to_hex;
use keyway_interop::pixiewps::{self, Transcript};
use keyway_wsc::attribute::{AttributeId, AttributeValue, Attributes};
use keyway_wsc::crypto::{KeyPair, SessionKeys};
use keyway_wsc::message::Open;
use keyway_wsc::message::messages::M1;
use keyway_wsc::session::{
    ApAccess, Decision, Device, Enrollee, EnrolleeRole, OpCode, Registrar, Session, Step,
};
use keyway_wsc::{
    ConfigMethods, Credential, DeviceDescription, DevicePassword, DeviceType, Draw, Entropy, EntropyError,
    MacAddr, NetworkKey, Nonce, Ssid,
};

const PIN: &str = "12345670";

/// How the enrollee draws.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Randomness {
    /// As the product does.
    Good,
    /// Its secret nonces are zero, as those of some access points were.
    NoSecretNonces,
}

impl Entropy for Randomness {
    fn fill(&mut self, draw: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        if *self == Randomness::NoSecretNonces && matches!(draw, Draw::SecretNonce1 | Draw::SecretNonce2) {
            out.fill(0);
            return Ok(());
        }
        getrandom::fill(out).map_err(|_| EntropyError)
    }
}

/// What an enrollee is.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Station,
    AccessPoint,
}

fn device() -> Device {
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Test device".into(),
        model_number: "1".into(),
        serial_number: "0001".into(),
        device_type: DeviceType::PRINTER,
        device_name: "BLUE-42".into(),
    };
    Device::new(MacAddr([2, 0, 0, 0, 0, 1]), description, ConfigMethods::PhysicalDisplay)
}

fn enrollee(kind: Kind) -> Session {
    let password = DevicePassword::pin(&PIN.parse().expect("a PIN"));
    let role = match kind {
        Kind::Station => EnrolleeRole::Station { password },
        Kind::AccessPoint => {
            let key = NetworkKey::new(b"correct horse battery").expect("a key");
            let settings = Credential::wpa2(Ssid::new(b"HomeNet").expect("a name"), key);
            EnrolleeRole::AccessPoint { settings, access: ApAccess::Full(password) }
        }
    };
    Enrollee::new(device(), role).into()
}

/// Lets an attacker with this private exponent be the registrar up to M3, and writes down what he knows then.
fn transcript(kind: Kind, mut randomness: Randomness, exponent: &[u8]) -> Transcript {
    let attacker = || KeyPair::from_private(exponent).expect("an exponent");
    let mut enrollee = enrollee(kind);
    let mut registrar = Session::from(Registrar::new(device()).with_key_pair(attacker()));
    let message = |step: Step| match step {
        Step::Send(out) if out.op_code == OpCode::Message => out.bytes,
        other => panic!("{other:?}"),
    };

    let m1 = message(enrollee.begin(&mut randomness));
    let asked = registrar.handle(OpCode::Message, &m1, &mut Randomness::Good);
    assert!(matches!(asked, Step::Decide(_)), "{asked:?}");
    let guess = Decision::Learn { password: DevicePassword::pin(&"0000".parse().expect("a PIN")) };
    let m2 = message(registrar.decide(guess, &mut Randomness::Good));
    let m3 = message(enrollee.handle(OpCode::Message, &m2, &mut randomness));

    let introduction = M1::parse(&m1).expect("M1");
    let value = |message: &[u8], id| Attributes::new(message).find(id).expect("an attribute").to_vec();
    let registrar_nonce = value(&m2, AttributeId::RegistrarNonce);
    let keys = SessionKeys::derive(
        &attacker().agree(&introduction.public_key).expect("a public key"),
        &introduction.enrollee_nonce,
        &introduction.mac,
        &Nonce::parse(&registrar_nonce).expect("a nonce"),
    );
    Transcript {
        enrollee: introduction.mac.to_string(),
        enrollee_nonce: to_hex(&introduction.enrollee_nonce.0),
        enrollee_key: to_hex(introduction.public_key.as_bytes()),
        registrar_nonce: to_hex(&registrar_nonce),
        registrar_key: to_hex(attacker().public().as_bytes()),
        hash1: to_hex(&value(&m3, AttributeId::EHash1)),
        hash2: to_hex(&value(&m3, AttributeId::EHash2)),
        auth_key: to_hex(keys.auth.expose()),
    }
}

/// An exponent as people draw it.
fn random() -> [u8; 32] {
    let mut exponent = [0; 32];
    getrandom::fill(&mut exponent).expect("randomness");
    exponent
}

#[test]
fn nothing_is_found_by_small_keys_and_without_the_auth_key() {
    for kind in [Kind::Station, Kind::AccessPoint] {
        let transcript = transcript(kind, Randomness::Good, &[1]);
        assert_eq!(pixiewps::attack_small_keys(&transcript), None, "{kind:?} {transcript:?}");
    }
}

#[test]
fn secret_nonces_of_zero_are_found_with_the_auth_key() {
    for kind in [Kind::Station, Kind::AccessPoint] {
        let transcript = transcript(kind, Randomness::NoSecretNonces, &random());
        assert_eq!(pixiewps::attack(&transcript), Some(PIN.to_owned()), "{kind:?} {transcript:?}");
    }
}

#[test]
fn secret_nonces_of_zero_are_found_by_small_keys_and_without_the_auth_key() {
    // With an exponent of one, the shared secret is the enrollee's public key.
    let transcript = transcript(Kind::Station, Randomness::NoSecretNonces, &[1]);
    assert_eq!(pixiewps::attack_small_keys(&transcript), Some(PIN.to_owned()), "{transcript:?}");
}
