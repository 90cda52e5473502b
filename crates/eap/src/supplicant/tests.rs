use alloc::vec;
use core::time::Duration;

use keyway_wsc::session::Step;

use super::*;
use crate::conversation::Role;
use crate::event::Ending;
use crate::identity::Identity;
use crate::method::MethodId;
use crate::packet::Body;
use crate::scripted::{NoEntropy, Scripted, message, request, response, transport_events, wsc};

const NOW: Timestamp = Timestamp::from_secs(1000);
const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const OTHER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);
const START: &[u8] = &[1, 1, 0, 0];

struct Bench {
    side: Supplicant<Scripted>,
    now: Timestamp,
}

impl Bench {
    fn with(authenticator: Destination, config: Config) -> Bench {
        let script = Scripted::new(Role::Enrollee, [Step::Send(message(b"M1"))]);
        Bench { side: Supplicant::new(script, authenticator, config, NOW), now: NOW }
    }

    fn new() -> Bench {
        Bench::with(Destination::Group, Config::default())
    }

    fn give(&mut self, source: MacAddr, packet: &[u8]) -> Option<Transmit> {
        self.side.handle_frame(source, &eap(packet), self.now, &mut NoEntropy);
        self.side.poll_transmit()
    }

    fn pass(&mut self, time: Duration) -> Option<Transmit> {
        self.now = self.now + time;
        self.side.handle_timeout(self.now);
        self.side.poll_transmit()
    }

    fn events(&mut self) -> Vec<Event> {
        transport_events(|| self.side.poll_event())
    }
}

fn eap(packet: &[u8]) -> Vec<u8> {
    Frame { version: Version::V2, kind: FrameType::EAP, body: packet }.encode().unwrap()
}

fn to(destination: Destination, frame: &[u8]) -> Option<Transmit> {
    Some(Transmit { destination, frame: frame.to_vec() })
}

fn answer(station: MacAddr, packet: &[u8]) -> Option<Transmit> {
    let frame = Frame { version: Version::V1, kind: FrameType::EAP, body: packet }.encode().unwrap();
    to(Destination::Station(station), &frame)
}

fn identity_request(identifier: u8) -> Vec<u8> {
    request(identifier, Body::new(MethodId::IDENTITY, b""))
}

fn identity(identifier: u8) -> Vec<u8> {
    response(identifier, Body::new(MethodId::IDENTITY, Identity::ENROLLEE.as_bytes()))
}

#[test]
fn it_asks_to_be_asked_until_somebody_does() {
    let mut bench = Bench::new();
    assert_eq!(bench.side.poll_timeout(), Some(NOW), "at once");
    assert_eq!(bench.pass(Duration::ZERO), to(Destination::Group, START));
    assert_eq!(bench.pass(Duration::from_millis(2999)), None);
    assert_eq!(bench.pass(Duration::from_millis(1)), to(Destination::Group, START));
    assert_eq!(bench.events(), [Event::StartSent(1), Event::StartSent(2)]);
    assert_eq!(bench.give(ROUTER, &identity_request(1)), answer(ROUTER, &identity(1)));
    assert_eq!(bench.events(), [Event::IdentitySent]);
    assert_eq!(bench.pass(Duration::from_secs(29)), None);
    assert_eq!(bench.events(), []);
}

#[test]
fn it_gives_up_after_the_last_start() {
    let mut config = Config::default();
    config.timers.start_tries = 2;
    config.timers.start_delay = Duration::from_secs(1);
    let mut bench = Bench::with(Destination::Station(ROUTER), config);
    assert_eq!(bench.pass(Duration::ZERO), None);
    assert_eq!(bench.pass(Duration::from_secs(1)), to(Destination::Station(ROUTER), START));
    assert_eq!(bench.pass(Duration::from_secs(3)), to(Destination::Station(ROUTER), START));
    bench.events();
    assert_eq!(bench.pass(Duration::from_secs(3)), None);
    let expected = [Event::TimerEnded(Timer::Start), Event::Finished(Ending::Silent)];
    assert_eq!(bench.events(), expected);
    assert_eq!(bench.side.conversation().failure(), Some(Failure::TimedOut));
    assert_eq!(bench.side.poll_timeout(), None);
}

#[test]
fn the_defaults_fill_the_walk_time_with_starts() {
    let mut bench = Bench::new();
    let mut starts = 0;
    while let Some(end) = bench.side.poll_timeout() {
        bench.now = end;
        starts += usize::from(bench.pass(Duration::ZERO).is_some());
    }
    assert_eq!(starts, 40);
    assert!(bench.side.is_finished());
    assert_eq!(bench.now, NOW + Duration::from_secs(120));
}

#[test]
fn it_stays_with_the_authenticator_that_began() {
    let mut bench = Bench::new();
    assert_eq!(bench.give(OTHER, &identity_request(1)), answer(OTHER, &identity(1)));
    assert_eq!(bench.give(ROUTER, &identity_request(1)), answer(ROUTER, &identity(1)), "asked alike");
    let m1 = response(2, wsc(b"\x04\0M1"));
    assert_eq!(bench.give(ROUTER, &request(2, wsc(&[1, 0]))), answer(ROUTER, &m1));
    bench.events();
    assert_eq!(bench.give(OTHER, &request(3, wsc(&[1, 0]))), None);
    assert_eq!(bench.events(), [Event::Discarded(Discarded::OtherSource(OTHER))]);
    assert_eq!(bench.side.authenticator(), Some(ROUTER));
}

#[test]
fn it_listens_to_the_authenticator_it_was_told_only() {
    let mut bench = Bench::with(Destination::Station(ROUTER), Config::default());
    assert_eq!(bench.give(OTHER, &identity_request(1)), None);
    assert_eq!(bench.events(), [Event::Discarded(Discarded::OtherSource(OTHER))]);
    assert!(bench.give(ROUTER, &identity_request(1)).is_some());
}

#[test]
fn a_stray_packet_does_not_stop_the_starts() {
    let mut bench = Bench::new();
    bench.pass(Duration::ZERO);
    assert_eq!(bench.give(OTHER, &[4, 0, 0, 4]), None);
    assert_eq!(bench.pass(Duration::from_secs(3)), to(Destination::Group, START));
    assert_eq!(bench.side.authenticator(), None);
}

#[test]
fn frames_of_other_kinds_are_left_alone() {
    let cut = crate::Truncated { what: "EAPOL header", offset: 0, needed: 4, available: 2 };
    for (frame, reason) in [
        (&[2, 3, 0, 1, 0][..], Discarded::FrameType(FrameType::KEY)),
        (&[2, 1, 0, 0], Discarded::FrameType(FrameType::START)),
        (&[2, 0], Discarded::Frame(cut)),
    ] {
        let mut bench = Bench::new();
        bench.side.handle_frame(ROUTER, frame, NOW, &mut NoEntropy);
        assert_eq!(bench.events(), [Event::Discarded(reason)]);
    }
}

#[test]
fn the_end_from_this_side_is_a_logoff() {
    const LOGOFF: &[u8] = &[1, 2, 0, 0];
    let mut bench = Bench::new();
    bench.side.abandon(Failure::Cancelled);
    assert_eq!(bench.side.poll_transmit(), to(Destination::Group, LOGOFF));
    assert_eq!(bench.events(), [Event::LogoffSent, Event::Finished(Ending::Silent)]);
    assert_eq!(bench.side.poll_timeout(), None);
    bench.side.abandon(Failure::Cancelled);
    assert_eq!(bench.side.poll_transmit(), None);

    let mut bench = Bench::new();
    bench.give(ROUTER, &identity_request(1));
    bench.side.abandon(Failure::Cancelled);
    assert_eq!(bench.side.poll_transmit(), to(Destination::Station(ROUTER), LOGOFF));
    assert_eq!(bench.side.into_conversation().failure(), Some(Failure::Cancelled));

    let mut bench = Bench::new();
    bench.side.abandon(Failure::LinkLost);
    assert_eq!(bench.side.poll_transmit(), None, "there is no link to send it on");
}

#[test]
fn the_first_packet_of_a_real_registration() {
    let mut bench = Bench::new();
    let packet = vec![1, 9, 0, 14, 0xfe, 0, 0x37, 0x2a, 0, 0, 0, 1, 1, 0];
    let mut m1 = vec![1, 0, 0, 16, 2, 9, 0, 16, 0xfe, 0, 0x37, 0x2a, 0, 0, 0, 1, 4, 0];
    m1.extend(b"M1");
    assert_eq!(bench.give(ROUTER, &packet), to(Destination::Station(ROUTER), &m1));
}
