//! Whole registrations: EAPOL, EAP and EAP-WSC around the real protocol, on a wire in simulated time.

mod common;

use std::time::Duration;

use common::{PRINTER, ROUTER, Wire, access_point, home, pin, registrar, station};
use keyway_eap::eapol::{Frame, FrameType};
use keyway_eap::packet::Packet;
use keyway_eap::wsc_frame::WscFrame;
use keyway_eap::{Config, Ending, Event, FragmentSize, MethodId};
use keyway_wsc::session::{self, ApAccess, Decision, Failure, Half, OpCode, Outcome, Success};
use keyway_wsc::{ConfigError, MessageType};

const PIN: &str = "12345670";

fn register() -> Decision {
    Decision::Register { password: pin(PIN), credentials: vec![home()] }
}

fn config(fragment_size: u16) -> Config {
    Config { fragment_size: FragmentSize::new(fragment_size).unwrap(), ..Config::default() }
}

fn printer(typed: &str, config: Config) -> Wire {
    Wire::new(config, station(pin(typed)), registrar(ROUTER), register())
}

#[test]
fn a_printer_gets_its_credentials() {
    for size in [32, 50, 100, 299, 1400, 50_002] {
        let mut wire = printer(PIN, config(size));
        wire.run(|_| false);
        assert_eq!(wire.elapsed(), Duration::ZERO, "no timer was needed");
        let finished = Event::Finished(Ending::FailureReceived);
        assert_eq!(wire.supplicant_events.last(), Some(&finished), "EAP-Failure after Done is success");
        assert_eq!(wire.port_events.last(), Some(&Event::Finished(Ending::FailureSent)));
        let fragmented = wire.port_events.iter().any(|event| matches!(event, Event::FragmentSent(_)));
        assert_eq!(fragmented, size < 1400, "{size}");
        let (enrollee, registrar) = wire.outcomes();
        assert!(matches!(&enrollee, Outcome::Success(Success::Received(list)) if list.len() == 1));
        assert_eq!(registrar, Outcome::Success(Success::Granted));
    }
}

#[test]
fn the_frames_are_the_ones_of_the_specification() {
    let mut wire = printer(PIN, Config::default());
    wire.run(|_| false);
    let mut said = Vec::new();
    for (source, frame) in &wire.frames {
        let who = if *source == PRINTER { "printer" } else { "router" };
        let frame = Frame::parse(frame).unwrap();
        let what = match frame.kind {
            FrameType::EAP => describe(frame.body),
            other => other.to_string(),
        };
        said.push(format!("{who}: {what}"));
    }
    let expected = [
        "printer: EAPOL-Start",
        "router: request 1 Identity",
        "printer: response 1 Identity",
        "router: request 2 Start",
        "printer: response 2 M1",
        "router: request 3 M2",
        "printer: response 3 M3",
        "router: request 4 M4",
        "printer: response 4 M5",
        "router: request 5 M6",
        "printer: response 5 M7",
        "router: request 6 M8",
        "printer: response 6 WSC_Done",
        "router: failure 6",
    ];
    assert_eq!(said, expected);
}

fn describe(packet: &[u8]) -> String {
    let message = |body: keyway_eap::packet::Body<'_>| match body.method() {
        MethodId::WSC => {
            let frame = WscFrame::parse(body.data()).unwrap();
            match frame.op_code {
                OpCode::Start => "Start".to_owned(),
                _ => keyway_wsc::message::message_type(frame.data).unwrap().to_string(),
            }
        }
        other => other.to_string(),
    };
    match Packet::parse(packet).unwrap() {
        Packet::Request { identifier, body } => format!("request {identifier} {}", message(body)),
        Packet::Response { identifier, body } => format!("response {identifier} {}", message(body)),
        Packet::Failure { identifier } => format!("failure {identifier}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn any_one_frame_may_be_lost() {
    let mut wire = printer(PIN, Config::default());
    wire.run(|_| false);
    let frames = wire.frames.len();
    for lost in 0..frames {
        let mut wire = printer(PIN, Config::default());
        wire.run(|frame| frame == lost);
        let elapsed = wire.elapsed();
        let retransmitted = wire.port_events.contains(&Event::Retransmitted(2));
        let (enrollee, registrar) = wire.outcomes();
        assert!(matches!(enrollee, Outcome::Success(_)), "{lost}: {enrollee:?}");
        assert_eq!(registrar, Outcome::Success(Success::Granted), "{lost}");
        match lost {
            0 | 1 => assert_eq!(elapsed, Duration::from_secs(3), "a second EAPOL-Start"),
            _ if lost + 1 == frames => assert_eq!(elapsed, Duration::from_secs(6), "no EAP-Failure"),
            _ => {
                assert!(retransmitted, "{lost}");
                assert_eq!(elapsed, Duration::from_secs(5), "{lost}: a second request");
            }
        }
    }
}

#[test]
fn a_peer_that_goes_silent_is_a_named_failure_on_both_sides() {
    let mut wire = printer(PIN, Config::default());
    wire.run(|frame| frame >= 7);
    assert_eq!(wire.elapsed(), Duration::from_secs(30));
    let (enrollee, registrar) = wire.outcomes();
    assert_eq!(enrollee, Outcome::Failure(Failure::TimedOut));
    assert_eq!(registrar, Outcome::Failure(Failure::TimedOut));
}

#[test]
fn a_wrong_pin_is_told_by_its_half() {
    for (typed, half) in [("00005678", Half::First), ("12340002", Half::Second)] {
        let mut wire = printer(typed, config(100));
        wire.run(|_| false);
        let finished = Event::Finished(Ending::FailureReceived);
        assert_eq!(wire.supplicant_events.last(), Some(&finished));
        let (enrollee, registrar) = wire.outcomes();
        let wrong = Outcome::Failure(Failure::WrongPassword(half));
        assert_eq!((enrollee, registrar), (wrong.clone(), wrong));
    }
}

#[test]
fn nobody_ready_is_a_named_failure_too() {
    let decision = Decision::Decline(ConfigError::NoError);
    let mut wire = Wire::new(Config::default(), station(pin(PIN)), registrar(ROUTER), decision);
    wire.run(|_| false);
    let (enrollee, registrar) = wire.outcomes();
    assert_eq!(enrollee, Outcome::Failure(Failure::NoRegistrarReady(ConfigError::NoError)));
    assert_eq!(registrar, Outcome::Failure(Failure::Declined(ConfigError::NoError)));
}

#[test]
fn a_registrar_learns_or_sets_an_access_points_settings() {
    let learn = Decision::Learn { password: pin(PIN) };
    let set = Decision::Configure { password: pin(PIN), settings: home() };
    for size in [64, 1400] {
        for decision in [learn.clone(), set.clone()] {
            let access = ApAccess::Full(pin(PIN));
            let mut wire =
                Wire::new(config(size), registrar(PRINTER), access_point(access), decision.clone());
            wire.run(|_| false);
            assert_eq!(wire.elapsed(), Duration::ZERO);
            assert!(wire.supplicant_events.iter().any(|event| matches!(event, Event::Decide(_))));
            let first = Frame::parse(&wire.frames[3].1).unwrap();
            if size == 1400 {
                assert_eq!(describe(first.body), "request 2 M1", "without Start");
            }
            let (registrar, access_point) = wire.outcomes();
            match decision {
                Decision::Learn { .. } => {
                    assert!(matches!(registrar, Outcome::Success(Success::Learned(_))), "{registrar:?}");
                    assert_eq!(access_point, Outcome::Success(Success::Shown));
                }
                _ => {
                    assert!(matches!(registrar, Outcome::Success(Success::Configured(_))), "{registrar:?}");
                    assert!(matches!(access_point, Outcome::Success(Success::Reconfigured(_))));
                }
            }
        }
    }
}

#[test]
fn events_tell_the_story_without_a_secret() {
    let mut wire = printer(PIN, config(100));
    wire.run(|frame| frame == 9);
    let story = format!("{:?}{:?}", wire.supplicant_events, wire.port_events);
    for word in ["IdentitySent", "FragmentReceived", "FragmentSent", "Retransmitted", "StartSent", "Second"] {
        assert!(story.contains(word), "{word}: {story}");
    }
    for secret in [PIN, "correct horse"] {
        assert!(!story.contains(secret), "{secret}");
    }
    let received = Event::Registration(session::Event::Received(MessageType::M8));
    assert!(wire.supplicant_events.contains(&received));
}
