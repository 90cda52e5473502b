//! A registration that other people recorded: iwd with an AirPort Extreme. See `vectors/iwd-push-button`.

mod common;

use common::vector::Vector;
use common::{octets, op_code_of};
use keyway_wsc::attribute::{AttributeId, AttributeValue, Attributes, write_attribute};
use keyway_wsc::crypto::{Commitments, EncryptedSettings, KeyPair, PublicKeyOctets, SessionKeys};
use keyway_wsc::message::messages::*;
use keyway_wsc::message::settings::*;
use keyway_wsc::message::{
    AttributeList, Authenticated, Deviation, Open, VendorExtension, WfaExtension, deviations, message_type,
};
use keyway_wsc::session::*;
use keyway_wsc::*;

/// M1 to M8 in their order.
const NAMES: [&str; 8] = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"];

fn handshake() -> Vector {
    Vector::read("iwd-push-button/handshake.txt")
}

/// The enrollee's keys, and what both sides derive: with the enrollee's private key, everything is known.
fn derive(vector: &Vector) -> (KeyPair, SessionKeys, Commitments) {
    let own = KeyPair::from_private(vector.get("enrollee.private-key")).unwrap();
    let m1 = M1::parse(vector.get("m1")).unwrap();
    let m2 = M2::parse(vector.get("m2")).unwrap();
    let m2 = m2.peek();
    let secret = own.agree(&m2.public_key).unwrap();
    let keys = SessionKeys::derive(&secret, &m1.enrollee_nonce, &m1.mac, &m2.registrar_nonce);
    let password = DevicePassword::push_button();
    let commitments =
        Commitments::new(keys.auth.clone(), &password, m1.public_key.clone(), m2.public_key.clone());
    (own, keys, commitments)
}

/// Checks the Authenticator, and that signing the same message again gives the same octets.
fn authentic<M: Authenticated>(vector: &Vector, name: &str, keys: &SessionKeys) -> M {
    let at = NAMES.iter().position(|known| *known == name).unwrap();
    let previous = vector.get(NAMES[at - 1]);
    let (message, octets) = M::parse(vector.get(name)).unwrap().verify(&keys.auth, previous).unwrap();
    assert_eq!(octets, vector.get(name), "{name}");
    assert_eq!(message.sign(&keys.auth, previous), octets, "{name}");
    message
}

/// Decrypts settings, checks them against the vector, and that encrypting them again gives the same octets.
fn settings<S: AttributeList + PartialEq>(
    vector: &Vector,
    name: &str,
    keys: &SessionKeys,
    sealed: &EncryptedSettings,
) -> S {
    let opened: S = sealed.open(keys).unwrap();
    let iv = octets(sealed)[..16].try_into().unwrap();
    assert!(EncryptedSettings::seal(&opened, keys, &iv) == *sealed, "{name}");
    if let Some(expected) = vector.find(&format!("{name}.settings")) {
        let mut plain = Vec::new();
        opened.write_list(&mut plain);
        let authenticator = keys.auth.key_wrap_authenticator(&plain);
        write_attribute(&mut plain, AttributeId::KeyWrapAuthenticator, &authenticator);
        assert_eq!(plain, expected, "{name}");
    }
    opened
}

#[test]
fn every_number_recomputes() {
    let vector = handshake();
    let (own, keys, commitments) = derive(&vector);
    assert_eq!(own.public().as_bytes(), vector.get("enrollee.public-key"));

    let m1 = M1::parse(vector.get("m1")).unwrap();
    assert_eq!(m1.encode(), vector.get("m1"));
    assert_eq!(&m1.public_key, own.public());
    let done = Done::parse(vector.get("done")).unwrap();
    assert_eq!(done.encode(), vector.get("done"));

    let m2: M2 = authentic(&vector, "m2", &keys);
    assert_eq!(m2.extensions.wfa, WfaExtension::default());
    let foreign = VendorExtension { vendor: [0, 0, 0x3f], data: vec![0, 4, 0, 4, 0, 0, 0, 0] };
    assert_eq!(m2.extensions.others, [foreign]);
    let m3: M3 = authentic(&vector, "m3", &keys);
    let m4: M4 = authentic(&vector, "m4", &keys);
    let m5: M5 = authentic(&vector, "m5", &keys);
    let m6: M6 = authentic(&vector, "m6", &keys);
    let m7: M7 = authentic(&vector, "m7", &keys);
    let m8: M8 = authentic(&vector, "m8", &keys);

    let M4Settings { r_s1 } = settings(&vector, "m4", &keys, &m4.settings);
    let M5Settings { e_s1 } = settings(&vector, "m5", &keys, &m5.settings);
    let M6Settings { r_s2 } = settings(&vector, "m6", &keys, &m6.settings);
    let M7Settings { e_s2, .. } = settings(&vector, "m7", &keys, &m7.settings);
    assert_eq!(e_s1, SecretNonce::new(vector.array("enrollee.secret-nonce-1")));
    assert_eq!(e_s2, SecretNonce::new(vector.array("enrollee.secret-nonce-2")));
    assert_eq!(commitments.hash(Half::First, &e_s1), m3.e_hash1);
    assert_eq!(commitments.hash(Half::Second, &e_s2), m3.e_hash2);
    assert_eq!(commitments.hash(Half::First, &r_s1), m4.r_hash1);
    assert_eq!(commitments.hash(Half::Second, &r_s2), m4.r_hash2);

    let granted: M8Settings = settings(&vector, "m8", &keys, &m8.settings);
    assert_eq!(granted.credentials.len(), 1);
    assert_eq!(Credential::try_from(&granted.credentials[0]).as_ref(), Ok(&credential()));
}

/// What the registrar gave.
fn credential() -> Credential {
    let key = NetworkKey::new(b"4604D01FFDB0B292E37732DD4E11C2401154289A09A33AD704177AB0D1B758D0").unwrap();
    Credential::wpa2(Ssid::new(b"TestWPA").unwrap(), key)
        .for_station(MacAddr([0xa0, 0xa8, 0xcd, 0x1c, 0x7e, 0xc9]))
}

/// The enrollee of the vector as a device of ours.
fn iwd(vector: &Vector) -> Device {
    let blank = || " ".into();
    let description = DeviceDescription {
        manufacturer: blank(),
        model_name: " ".into(),
        model_number: " ".into(),
        serial_number: " ".into(),
        device_type: "0-00000000-0".parse().unwrap(),
        device_name: " ".into(),
    };
    let methods = ConfigMethods::VirtualDisplay | ConfigMethods::Keypad | ConfigMethods::NfcInterface;
    Device::new(MacAddr(vector.array("enrollee.mac")), description, methods)
}

#[test]
fn our_enrollee_sends_what_iwd_sent() {
    let vector = handshake();
    let (own, ..) = derive(&vector);
    let role = EnrolleeRole::Station { password: DevicePassword::push_button() };
    let mut session = Session::from(Enrollee::new(iwd(&vector), role).with_key_pair(own));
    let mut draws = vector.draws("enrollee");

    let mut step = session.begin(&mut draws);
    for (ours, answer) in
        [("m1", Some("m2")), ("m3", Some("m4")), ("m5", Some("m6")), ("m7", Some("m8")), ("done", None)]
    {
        let Step::Send(Outgoing { op_code, bytes }) = step else { panic!("{step:?} in place of {ours}") };
        assert_eq!(bytes, vector.get(ours), "{ours}");
        assert_eq!(op_code, if ours == "done" { OpCode::Done } else { OpCode::Message });
        step = match answer {
            Some(answer) => session.handle(OpCode::Message, vector.get(answer), &mut draws),
            None => Step::Ignore,
        };
    }
    assert_eq!(session.outcome(), Some(&Outcome::Success(Success::Received(vec![credential()]))));
}

#[test]
fn another_registrar_began_in_the_same_way() {
    let vector = Vector::read("iwd-push-button/first-messages.txt");
    let (own, keys, _) = derive(&vector);
    assert_eq!(own.public().as_bytes(), vector.get("enrollee.public-key"));
    assert_eq!(M1::parse(vector.get("m1")).unwrap().encode(), vector.get("m1"));
    let m2: M2 = authentic(&vector, "m2", &keys);
    assert_eq!(m2.extensions.wfa.version2, Some(Version::V2_0));
    assert_eq!(m2.description().device_name.to_text(), "RT-AC68U");
    assert_eq!(m2.description().serial_number.to_text(), "10:c3:7b:54:74:d0");
    assert_eq!(m2.description().device_type, DeviceType::ACCESS_POINT);
    assert_eq!(m2.rf_bands.0, Some(RfBands::Band5GHz));
    for name in ["m1", "m2"] {
        assert_eq!(deviations(vector.get(name)), Ok(vec![]), "{name}");
    }
}

#[test]
fn the_old_registrar_is_told_from_a_new_one() {
    let vector = handshake();
    for name in ["m1", "m3", "m5", "m7", "done"] {
        assert_eq!(deviations(vector.get(name)), Ok(vec![]), "{name}");
    }
    for name in ["m2", "m4", "m6", "m8"] {
        assert_eq!(deviations(vector.get(name)), Ok(vec![Deviation::Version1]), "{name}");
    }
}

#[test]
fn a_changed_octet_is_found_in_every_message() {
    let vector = handshake();
    let (_, keys, _) = derive(&vector);
    fn changed<M: Authenticated>(vector: &Vector, name: &str, previous: &str, keys: &SessionKeys) {
        for at in 0..vector.get(name).len() {
            let mut octets = vector.get(name).to_vec();
            octets[at] ^= 0x01;
            let verified = M::parse(&octets).map(|m| m.verify(&keys.auth, vector.get(previous)).is_ok());
            assert!(verified != Ok(true), "{name}, octet {at}");
        }
    }
    changed::<M2>(&vector, "m2", "m1", &keys);
    changed::<M4>(&vector, "m4", "m3", &keys);
    changed::<M8>(&vector, "m8", "m7", &keys);
}

#[test]
fn elements_of_beacons_and_probes() {
    let vector = Vector::read("iwd-push-button/elements.txt");
    fn value<T: AttributeValue>(list: &[u8], id: AttributeId) -> Option<T> {
        assert!(Attributes::new(list).all(|attribute| attribute.is_ok()));
        Attributes::new(list).find(id).map(|value| T::parse(value).unwrap())
    }
    let everybody = WfaExtension {
        version2: Some(Version::V2_0),
        authorized_macs: vec![MacAddr::BROADCAST],
        ..WfaExtension::default()
    };
    let asks = WfaExtension {
        version2: Some(Version::V2_0),
        request_to_enroll: Some(true),
        ..WfaExtension::default()
    };

    let beacon = vector.get("beacon");
    assert_eq!(value(beacon, AttributeId::WpsState), Some(WpsState::Configured));
    assert_eq!(value::<bool>(beacon, AttributeId::SelectedRegistrar), None);

    let response = vector.get("probe-response");
    assert_eq!(value(response, AttributeId::SelectedRegistrar), Some(true));
    assert_eq!(value(response, AttributeId::DevicePasswordId), Some(DevicePasswordId::PushButton));
    assert_eq!(
        value(response, AttributeId::SelectedRegistrarConfigMethods),
        Some(
            ConfigMethods::VirtualDisplay
                | ConfigMethods::VirtualPushButton
                | ConfigMethods::PhysicalPushButton
        )
    );
    assert_eq!(value(response, AttributeId::ResponseType), Some(ResponseType::AccessPoint));
    assert_eq!(value(response, AttributeId::Manufacturer), Some(Text::<64>::from("ASUSTeK Computer Inc.")));
    assert_eq!(value(response, AttributeId::RfBands), Some(RfBands::Band24GHz | RfBands::Band5GHz));
    assert_eq!(value(response, AttributeId::VendorExtension), Some(everybody));

    let request = vector.get("probe-request");
    assert_eq!(value(request, AttributeId::RequestType), Some(RequestType::Enrollee));
    assert_eq!(value(request, AttributeId::AssociationState), Some(AssociationState::NotAssociated));
    assert_eq!(value(request, AttributeId::ConfigurationError), Some(ConfigError::NoError));
    assert_eq!(value(request, AttributeId::VendorExtension), Some(asks));
    let uuid = Uuid(vector.array("uuid"));
    assert_eq!(value(request, AttributeId::UuidE), Some(uuid));
    assert_eq!(Uuid::from_mac(MacAddr(vector.array("mac"))), uuid);
}

#[test]
fn a_public_key_parses_only_at_its_length() {
    let vector = handshake();
    let key = vector.get("enrollee.public-key");
    for (length, good) in [(189, false), (190, true), (191, true), (192, true)] {
        assert_eq!(PublicKeyOctets::parse(&key[..length]).is_ok(), good, "{length}");
    }
}

#[test]
fn the_frames_fit_the_messages() {
    let (vector, frames) = (handshake(), Vector::read("iwd-push-button/eapol.txt"));
    for name in NAMES.iter().chain(&["done"]) {
        let header: [u8; 18] = frames.array(&format!("{name}.header"));
        let length = (header.len() - 4 + vector.get(name).len()) as u16;
        assert_eq!(header[2..4], length.to_be_bytes(), "{name}: EAPOL");
        assert_eq!(header[6..8], length.to_be_bytes(), "{name}: EAP");
        assert_eq!(header[8..16], [254, 0, 0x37, 0x2a, 0, 0, 0, 1], "{name}: EAP-WSC");
        let op_code = op_code_of(message_type(vector.get(name)).unwrap());
        assert_eq!(OpCode::from_u8(header[16]), Some(op_code), "{name}");
    }
}
