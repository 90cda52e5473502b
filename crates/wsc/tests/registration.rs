//! Whole registrations between our own two sides, message by message.

mod common;

use common::*;
use keyway_wsc::message::messages::M1;
use keyway_wsc::message::{Credential, Open};
use keyway_wsc::session::*;
use keyway_wsc::{ConfigError, ConfigMethods, DevicePassword, MessageType, NetworkKey, Ssid};

const FULL: [MessageType; 9] = [
    MessageType::M1,
    MessageType::M2,
    MessageType::M3,
    MessageType::M4,
    MessageType::M5,
    MessageType::M6,
    MessageType::M7,
    MessageType::M8,
    MessageType::Done,
];

fn register(password: DevicePassword) -> Decision {
    Decision::Register { password, credentials: vec![home()] }
}

#[test]
fn a_station_by_pin_and_by_button() {
    for password in [pin("12345670"), pin("0042"), DevicePassword::push_button()] {
        let mut pair = Pair::new(station(password.clone()), register(password));
        pair.run(20);
        assert_eq!(pair.outcomes().0, Some(&Outcome::Success(Success::Received(vec![home()]))));
        assert_eq!(pair.outcomes().1, Some(&Outcome::Success(Success::Granted)));
        assert_eq!(pair.kinds()[..9], FULL);
        let proved = |events: Vec<Event>| -> Vec<Event> {
            events.into_iter().filter(|e| matches!(e, Event::HalfProved(_))).collect()
        };
        let both = [Event::HalfProved(Half::First), Event::HalfProved(Half::Second)];
        assert_eq!(proved(events(&mut pair.enrollee)), both);
        assert_eq!(proved(events(&mut pair.registrar)), both);
    }
}

#[test]
fn a_wrong_half_is_told_on_both_sides() {
    for (typed, half) in [("99995678", Half::First), ("12349999", Half::Second)] {
        let password = DevicePassword::other(
            keyway_wsc::DevicePasswordId::Default,
            keyway_wsc::SecretBytes::new(typed.as_bytes().to_vec()),
        );
        let mut pair = Pair::new(station(pin("12345670")), register(password));
        pair.run(20);
        let failure = Outcome::Failure(Failure::WrongPassword(half));
        assert_eq!(pair.outcomes(), (Some(&failure), Some(&failure)), "{typed}");
    }
}

#[test]
fn several_credentials_in_one_m8() {
    let other = Credential::open(Ssid::new(&[0xff; 32]).unwrap());
    let psk = Credential::wpa2(Ssid::new(b"Raw").unwrap(), NetworkKey::new(&[b'a'; 64]).unwrap());
    let credentials = vec![home(), other, psk];
    let decision = Decision::Register { password: pin("12345670"), credentials: credentials.clone() };
    let mut pair = Pair::new(station(pin("12345670")), decision);
    pair.run(20);
    assert_eq!(pair.outcomes().0, Some(&Outcome::Success(Success::Received(credentials))));
}

#[test]
fn no_password_for_this_enrollee() {
    let cases = [
        (
            ConfigError::NoError,
            Failure::NoRegistrarReady(ConfigError::NoError),
            Failure::Declined(ConfigError::NoError),
        ),
        (ConfigError::MultiplePbcDetected, Failure::SessionOverlap, Failure::SessionOverlap),
    ];
    for (reason, enrollee, registrar) in cases {
        let mut pair = Pair::new(station(pin("12345670")), Decision::Decline(reason));
        pair.run(20);
        assert_eq!(pair.kinds(), [MessageType::M1, MessageType::M2D, MessageType::Ack]);
        assert_eq!(pair.outcomes(), (None, Some(&Outcome::Failure(registrar))));
        pair.enrollee.abandon(Failure::EndedEarly);
        assert_eq!(pair.outcomes().0, Some(&Outcome::Failure(enrollee)));
    }
}

#[test]
fn another_registrar_after_m2d() {
    let mut pair = Pair::new(station(pin("12345670")), Decision::Decline(ConfigError::NoError));
    pair.run(20);
    let m1 = pair.messages[0].1.clone();
    pair.registrar = registrar();
    pair.decision = register(pin("12345670"));
    let mut step = pair.deliver(true, &m1);
    let mut from_enrollee = false;
    while let Step::Send(out) = step {
        step = pair.deliver(from_enrollee, &out);
        from_enrollee = !from_enrollee;
    }
    assert!(matches!(pair.outcomes().0, Some(Outcome::Success(Success::Received(_)))));
}

#[test]
fn an_access_point_is_read_configured_or_locked() {
    let new = Credential::wpa2(Ssid::new(b"New").unwrap(), NetworkKey::new(b"new passphrase").unwrap());
    let learn = || Decision::Learn { password: pin("12345670") };
    let configure = || Decision::Configure { password: pin("12345670"), settings: new.clone() };
    let full = ApAccess::Full(pin("12345670"));
    let read_only = ApAccess::ReadOnly(pin("12345670"));
    let shown = (Outcome::Success(Success::Shown), Outcome::Success(Success::Learned(home())));
    let locked = (Outcome::Failure(Failure::SetupLocked), Outcome::Failure(Failure::SetupLocked));
    let here = new.for_station(home().mac);
    let changed =
        (Outcome::Success(Success::Reconfigured(here.clone())), Outcome::Success(Success::Configured(here)));
    let cases = [
        (full.clone(), learn(), &shown),
        (full, configure(), &changed),
        (read_only.clone(), learn(), &shown),
        (read_only, configure(), &locked),
        (ApAccess::Locked, learn(), &locked),
    ];
    for (access, decision, expected) in cases {
        let mut pair = Pair::new(access_point(access), decision);
        pair.run(20);
        assert_eq!(pair.outcomes(), (Some(&expected.0), Some(&expected.1)));
    }
}

#[test]
fn push_button_is_no_way_to_an_access_point_with_a_pin() {
    let buttons = ConfigMethods::VirtualPushButton | ConfigMethods::PhysicalPushButton;
    let cases = [
        (station(DevicePassword::push_button()), true),
        (station(pin("12345670")), true),
        (access_point(ApAccess::Full(pin("12345670"))), false),
        (access_point(ApAccess::ReadOnly(pin("12345670"))), false),
        (access_point(ApAccess::Locked), true),
    ];
    for (mut session, named) in cases {
        let Step::Send(m1) = session.begin(&mut Named(1)) else { panic!() };
        let methods = M1::parse(&m1.bytes).unwrap().config_methods.0.unwrap();
        assert_eq!(methods.intersects(buttons), named);
        assert!(!methods.is_empty());
    }
}
