use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use keyway_wsc::session::Step;

use super::*;
use crate::conversation::Role;
use crate::event::Ending;
use crate::identity::Identity;
use crate::method::MethodId;
use crate::packet::Body;
use crate::scripted::{NoEntropy, Scripted, request, response, transport_events, wsc};

const NOW: Timestamp = Timestamp::from_secs(1000);
const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 9]);
const START: &[u8] = &[1, 1, 0, 0];
const LOGOFF: &[u8] = &[1, 2, 0, 0];

struct Bench {
    port: Port<Scripted>,
    now: Timestamp,
}

impl Bench {
    fn new() -> Bench {
        Bench { port: Port::new(PRINTER, Config::default()), now: NOW }
    }

    /// A port that serves its supplicant; request 2, WSC_Start, is out.
    fn serving() -> Bench {
        let mut bench = Bench::new();
        bench.give(START);
        bench.serve(1);
        bench.events();
        bench
    }

    fn serve(&mut self, identifier: u8) {
        let identity = Body::new(MethodId::IDENTITY, Identity::ENROLLEE.as_bytes());
        assert_eq!(self.give(&eap(&response(identifier, identity))), None);
        let script = Scripted::new(Role::Registrar, [Step::End(None)]);
        assert!(self.port.serve(script, self.now, &mut NoEntropy).is_ok());
        assert_eq!(self.port.poll_transmit(), sent(&request(identifier + 1, wsc(&[1, 0]))));
    }

    fn give(&mut self, frame: &[u8]) -> Option<Transmit> {
        self.port.handle_frame(frame, self.now, &mut NoEntropy);
        self.port.poll_transmit()
    }

    fn events(&mut self) -> Vec<Event> {
        transport_events(|| self.port.poll_event())
    }
}

fn eap(packet: &[u8]) -> Vec<u8> {
    let version = crate::eapol::Version::V1;
    Frame { version, kind: FrameType::EAP, body: packet }.encode().unwrap()
}

fn sent(packet: &[u8]) -> Option<Transmit> {
    Some(Transmit { destination: Destination::Station(PRINTER), frame: eap(packet) })
}

fn identity_request(identifier: u8) -> Option<Transmit> {
    sent(&request(identifier, Body::new(MethodId::IDENTITY, b"")))
}

#[test]
fn start_begins_and_failure_ends() {
    let mut bench = Bench::new();
    assert_eq!(bench.port.poll_timeout(), None);
    assert_eq!(bench.give(START), identity_request(1));
    assert!(bench.port.is_busy());
    bench.serve(1);
    assert_eq!(bench.events(), [Event::IdentityReceived(Identity::Enrollee)]);
    assert_eq!(bench.port.take_ended().map(|_| ()), None);
    assert_eq!(bench.give(&eap(&response(2, wsc(&[5, 0])))), sent(&[4, 2, 0, 4]));
    assert_eq!(bench.events(), [Event::Finished(Ending::FailureSent)]);
    assert!(!bench.port.is_busy());
    assert!(bench.port.take_ended().unwrap().succeeded());
    assert!(bench.port.take_ended().is_none());

    assert_eq!(bench.give(START), identity_request(3), "the next one, with identifiers that go on");
}

#[test]
fn start_while_identifying_repeats_the_question() {
    let mut bench = Bench::new();
    for _ in 0..5 {
        assert_eq!(bench.give(START), identity_request(1));
    }
    assert_eq!(bench.events(), []);
    let end = bench.port.poll_timeout();
    assert_eq!(end, Some(NOW + Duration::from_secs(5)), "which does not prolong the wait");
}

#[test]
fn start_in_the_middle_begins_anew() {
    let mut bench = Bench::serving();
    assert_eq!(bench.give(START), identity_request(3));
    assert_eq!(bench.events(), [Event::Restarted, Event::Finished(Ending::Silent)]);
    assert_eq!(bench.port.take_ended().unwrap().failure(), Some(Failure::EndedEarly));
    let late = eap(&response(2, wsc(b"\x04\0M1")));
    assert_eq!(bench.give(&late), None);
    let reason = Discarded::Identifier { expected: 3, found: 2 };
    assert_eq!(bench.events(), [Event::Discarded(reason)], "an answer to the old one answers nothing");
    bench.serve(3);
}

#[test]
fn logoff_ends_it() {
    let mut bench = Bench::serving();
    assert_eq!(bench.give(LOGOFF), None);
    assert_eq!(bench.events(), [Event::LoggedOff, Event::Finished(Ending::Silent)]);
    assert_eq!(bench.port.take_ended().unwrap().failure(), Some(Failure::EndedEarly));
    let mut bench = Bench::new();
    assert_eq!(bench.give(LOGOFF), None);
    assert_eq!(bench.events(), [Event::Discarded(Discarded::OutOfTurn)]);
}

#[test]
fn an_access_point_begins_by_itself() {
    let mut bench = Bench::new();
    bench.port.start(NOW);
    assert_eq!(bench.port.poll_transmit(), identity_request(1));
    bench.port.start(NOW);
    assert_eq!(bench.port.poll_transmit(), None, "one is running");
    bench.port.abandon(Failure::Cancelled);
    assert_eq!(bench.port.poll_transmit(), sent(&[4, 1, 0, 4]));
    bench.port.start(NOW);
    assert_eq!(bench.port.poll_transmit(), identity_request(2));
}

#[test]
fn nothing_is_answered_before_start() {
    let mut bench = Bench::new();
    for (frame, reason) in [
        (eap(&response(0, wsc(&[5, 0]))), Discarded::OutOfTurn),
        (vec![1, 3, 0, 0], Discarded::FrameType(FrameType::KEY)),
        (
            vec![1, 0, 0, 9],
            Discarded::Frame(crate::Truncated { what: "EAPOL body", offset: 4, needed: 9, available: 0 }),
        ),
    ] {
        assert_eq!(bench.give(&frame), None);
        assert_eq!(bench.events(), [Event::Discarded(reason)]);
        assert_eq!(bench.port.poll_timeout(), None);
    }
}

#[test]
fn a_refused_supplicant_hears_failure_and_may_come_again() {
    let mut bench = Bench::new();
    bench.give(START);
    bench.give(&eap(&response(1, Body::new(MethodId::IDENTITY, b"anna"))));
    assert_eq!(bench.port.refuse(), Ok(()));
    assert_eq!(bench.port.poll_transmit(), sent(&[4, 1, 0, 4]));
    assert!(bench.port.take_ended().is_none(), "there was no registration");
    assert_eq!(bench.give(START), identity_request(2));
}

#[test]
fn requests_are_repeated_on_time() {
    let mut bench = Bench::serving();
    let mut repeated = 0;
    while let Some(end) = bench.port.poll_timeout() {
        bench.now = end;
        bench.port.handle_timeout(end);
        repeated += usize::from(bench.port.poll_transmit().is_some());
    }
    assert_eq!((repeated, bench.now), (2, NOW + Duration::from_secs(15)));
    assert_eq!(bench.port.take_ended().unwrap().failure(), Some(Failure::TimedOut));
}

#[test]
fn the_group_address_can_be_used_for_answers() {
    let mut bench = Bench::new();
    bench.port.answer_to_group();
    assert_eq!(bench.give(START).unwrap().destination.address(), crate::eapol::GROUP_ADDRESS);
}
