//! Peers of version 1.0 and with the faults that known peers have are served, on every side.

mod common;

use common::old_peer::{Habits, MAC, OldPeer, Side, Texts};
use common::*;
use keyway_wsc::attribute::{AttributeId, Attributes};
use keyway_wsc::message::messages::{Ack, M1, Nack};
use keyway_wsc::message::{Open, VendorExtensions};
use keyway_wsc::session::*;
use keyway_wsc::*;

const OLD: Habits = Habits { version2: false, ..Habits::NONE };

const HABITS: &[(&str, Habits)] = &[
    ("no habits", Habits::NONE),
    ("no Version2", OLD),
    ("no capabilities", Habits { incapable: true, ..OLD }),
    ("nothing that can be missed", Habits { terse: true, ..OLD }),
    ("the opposite order", Habits { reversed: true, ..OLD }),
    ("attributes that nobody knows", Habits { foreign: true, ..OLD }),
    ("one octet after M1", Habits { padding: 1, ..OLD }),
    ("many octets after M1", Habits { padding: 60, ..OLD }),
    ("a public key of 191 octets", Habits { key_length: 191, ..OLD }),
    ("a public key of 190 octets", Habits { key_length: 190, ..OLD }),
    ("texts that end with a zero octet", Habits { texts: Texts::ZeroAtTheEnd, ..OLD }),
    ("a name of 32 octets whatever it is", Habits { texts: Texts::Padded, ..OLD }),
    ("an octet after the key", Habits { texts: Texts::StrayOctet, ..OLD }),
    (
        "all at once",
        Habits {
            version2: false,
            incapable: true,
            terse: true,
            reversed: true,
            foreign: true,
            padding: 3,
            key_length: 191,
            texts: Texts::ZeroAtTheEnd,
            password_id: None,
        },
    ),
];

/// Lets a session and a peer talk until the session's outcome is there and the peer has nothing to say.
fn talk(session: &mut Session, decision: Option<&Decision>, peer: &mut OldPeer) {
    let mut entropy = Named(7);
    let mut step = match decision {
        None => session.begin(&mut entropy),
        Some(_) => {
            let m1 = peer.begin();
            session.handle(m1.op_code, &m1.bytes, &mut entropy)
        }
    };
    loop {
        step = match step {
            Step::Decide(_) => session.decide(decision.unwrap().clone(), &mut entropy),
            Step::Send(out) | Step::End(Some(out)) => match peer.answer(&out.bytes) {
                Some(answer) => session.handle(answer.op_code, &answer.bytes, &mut entropy),
                None => return,
            },
            Step::End(None) | Step::Ignore => return,
        };
    }
}

fn network() -> Credential {
    Credential::wpa2(Ssid::new(b"Home").unwrap(), NetworkKey::new(b"correct horse").unwrap()).for_station(MAC)
}

const NETWORK: (&[u8], &[u8]) = (b"Home", b"correct horse");

#[test]
fn a_station_is_registered_by_an_old_registrar() {
    for (name, habits) in HABITS {
        for password in [pin("12345670"), DevicePassword::push_button()] {
            let mut peer = OldPeer::new(*habits, Side::Registrar, password.clone(), NETWORK);
            let mut session = station(password);
            talk(&mut session, None, &mut peer);
            let received = Outcome::Success(Success::Received(vec![network()]));
            assert_eq!(session.outcome(), Some(&received), "{name}");
        }
    }
}

#[test]
fn an_old_station_is_registered() {
    for (name, habits) in HABITS {
        for password in [pin("12345670"), pin("1234"), DevicePassword::push_button()] {
            let mut peer = OldPeer::new(*habits, Side::Station, password.clone(), NETWORK);
            let mut session = registrar();
            let decision = Decision::Register { password, credentials: vec![home()] };
            talk(&mut session, Some(&decision), &mut peer);
            assert_eq!(session.outcome(), Some(&Outcome::Success(Success::Granted)), "{name}");
            let credential = Attributes::new(&peer.settings).find(AttributeId::Credential).unwrap();
            assert_eq!(Attributes::new(credential).find(AttributeId::Ssid), Some(&b"Home"[..]), "{name}");
        }
    }
}

#[test]
fn an_access_point_is_configured_by_an_old_registrar() {
    for (name, habits) in HABITS {
        let mut peer = OldPeer::new(*habits, Side::Configurer, pin("12345670"), NETWORK);
        let mut session = access_point(ApAccess::Full(pin("12345670")));
        talk(&mut session, None, &mut peer);
        let changed = Outcome::Success(Success::Reconfigured(network()));
        assert_eq!(session.outcome(), Some(&changed), "{name}");
        let shown = Attributes::new(&peer.settings);
        assert_eq!(shown.find(AttributeId::NetworkKey), Some(&b"correct horse battery"[..]), "{name}");
    }
}

#[test]
fn an_old_access_point_is_read_and_configured() {
    let new = Credential::wpa2(Ssid::new(b"New").unwrap(), NetworkKey::new(b"new passphrase").unwrap());
    for (name, habits) in HABITS {
        let password = pin("12345670");
        let cases = [
            (Decision::Learn { password: password.clone() }, Success::Learned(network())),
            (
                Decision::Configure { password, settings: new.clone() },
                // The settings are addressed to the access point, whatever the caller wrote there.
                Success::Configured(new.for_station(MAC)),
            ),
        ];
        for (decision, success) in cases {
            let mut peer = OldPeer::new(*habits, Side::AccessPoint, pin("12345670"), NETWORK);
            let mut session = registrar();
            talk(&mut session, Some(&decision), &mut peer);
            let mac = Attributes::new(&peer.settings).find(AttributeId::MacAddress);
            assert_eq!(mac, matches!(decision, Decision::Configure { .. }).then_some(&MAC.0[..]), "{name}");
            assert_eq!(session.outcome(), Some(&Outcome::Success(success)), "{name}");
        }
    }
}

#[test]
fn an_open_network_without_a_key_attribute() {
    let open = Credential::open(Ssid::new(b"Guests").unwrap()).for_station(MAC);
    for terse in [false, true] {
        let habits = Habits { terse, ..OLD };
        let mut peer = OldPeer::new(habits, Side::Registrar, pin("12345670"), (b"Guests", b""));
        let mut session = station(pin("12345670"));
        talk(&mut session, None, &mut peer);
        let received = Outcome::Success(Success::Received(vec![open.clone()]));
        assert_eq!(session.outcome(), Some(&received), "{terse}");
    }
}

#[test]
fn a_registrar_may_name_another_password_only_where_known_ones_do() {
    use DevicePasswordId as Id;
    let secret = || SecretBytes::new(b"00000000".to_vec());
    let cases = [
        (Id::PushButton, Id::Default, true),
        (Id::Default, Id::RegistrarSpecified, true),
        (Id::RegistrarSpecified, Id::Default, true),
        (Id::Default, Id::PushButton, false),
        (Id::PushButton, Id::RegistrarSpecified, false),
        (Id::Default, Id::UserSpecified, false),
        (Id(0x10), Id::Default, false),
    ];
    for (asked, found, good) in cases {
        let habits = Habits { password_id: Some(found), ..OLD };
        let mut peer = OldPeer::new(habits, Side::Registrar, DevicePassword::other(asked, secret()), NETWORK);
        let mut session = station(DevicePassword::other(asked, secret()));
        let mut entropy = Named(7);
        let Step::Send(m1) = session.begin(&mut entropy) else { panic!() };
        let m2 = peer.answer(&m1.bytes).unwrap();
        session.handle(m2.op_code, &m2.bytes, &mut entropy);
        let refused = Outcome::Failure(Misbehaviour::WrongPasswordId.into());
        assert_eq!(session.outcome(), (!good).then_some(&refused), "{asked:?} {found:?}");
    }
}

#[test]
fn answers_of_one_who_does_not_know_the_registrar_nonce() {
    let extensions = VendorExtensions::version2;
    // wpa_supplicant answers M2D so, and hostapd as an enrollee.
    for nack in [false, true] {
        let mut pair = Pair::new(station(pin("12345670")), Decision::Decline(ConfigError::NoError));
        pair.run(2);
        let enrollee_nonce = M1::parse(&pair.messages[0].1.bytes).unwrap().enrollee_nonce;
        let registrar_nonce = Nonce::default();
        let (op_code, bytes) = if nack {
            let config_error = ConfigError::NoError;
            let nack = Nack { enrollee_nonce, registrar_nonce, config_error, extensions: extensions() };
            (OpCode::Nack, nack.encode())
        } else {
            (OpCode::Ack, Ack { enrollee_nonce, registrar_nonce, extensions: extensions() }.encode())
        };
        pair.registrar.handle(op_code, &bytes, &mut Named(2));
        let declined = Outcome::Failure(Failure::Declined(ConfigError::NoError));
        assert_eq!(pair.registrar.outcome(), Some(&declined), "{nack}");
    }
}

#[test]
fn a_registrar_that_refuses_m1() {
    let mut session = station(pin("12345670"));
    let Step::Send(m1) = session.begin(&mut Named(1)) else { panic!() };
    let refusal = Nack {
        enrollee_nonce: M1::parse(&m1.bytes).unwrap().enrollee_nonce,
        registrar_nonce: Nonce([5; 16]),
        config_error: ConfigError::DeviceBusy,
        extensions: VendorExtensions::version2(),
    };
    // The nonce that only the registrar knows comes back in the answer.
    let step = session.handle(OpCode::Nack, &refusal.encode(), &mut Named(1));
    assert_eq!(step, Step::End(Some(Outgoing { op_code: OpCode::Nack, bytes: refusal.encode() })));
    let refused = Outcome::Failure(Failure::RefusedByPeer(ConfigError::DeviceBusy));
    assert_eq!(session.outcome(), Some(&refused));
}
