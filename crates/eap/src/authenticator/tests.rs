use alloc::vec;
use core::time::Duration;

use keyway_wsc::ConfigError;
use proptest::prelude::*;

use super::*;
use crate::config::Limits;
use crate::fragment::{FragmentError, FragmentSize, Progress};
use crate::scripted::{
    NoEntropy, Scripted, enrolment, message, other, request, response, transport_events, wsc,
};

const NOW: Timestamp = Timestamp::from_secs(1000);
const START: &[u8] = &[1, 0];

struct Bench {
    side: Authenticator<Scripted>,
    now: Timestamp,
}

impl Bench {
    /// An authenticator whose Identity request, number 41, is out.
    fn with(config: Config) -> Bench {
        let mut bench = Bench { side: Authenticator::new(config, 40), now: NOW };
        bench.side.start(NOW);
        let asked = request(41, Body::new(MethodId::IDENTITY, b""));
        assert_eq!(bench.side.poll_transmit(), Some(asked));
        bench
    }

    /// One that serves its peer with this script; request 42 is out.
    fn serving(config: Config, role: Role, steps: Vec<Step>) -> Bench {
        let mut bench = Bench::with(config);
        let identity = Body::new(MethodId::IDENTITY, Identity::ENROLLEE.as_bytes());
        assert_eq!(bench.answer(41, identity), None);
        assert_eq!(bench.events(), [Event::IdentityReceived(Identity::Enrollee)]);
        let served = bench.side.serve(Scripted::new(role, steps), bench.now, &mut NoEntropy);
        assert_eq!(served.map_err(|_| "unserved"), Ok(()));
        bench
    }

    /// A registrar whose WSC_Start is out.
    fn registrar(steps: Vec<Step>) -> Bench {
        let mut bench = Bench::serving(Config::default(), Role::Registrar, steps);
        assert_eq!(bench.side.poll_transmit(), Some(request(42, wsc(START))));
        bench
    }

    fn give(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        self.side.handle_packet(packet, self.now, &mut NoEntropy);
        self.side.poll_transmit()
    }

    fn answer(&mut self, identifier: u8, body: Body<'_>) -> Option<Vec<u8>> {
        self.give(&response(identifier, body))
    }

    fn pass(&mut self, seconds: u64) -> Vec<Event> {
        self.now = self.now + Duration::from_secs(seconds);
        self.side.handle_timeout(self.now);
        self.events()
    }

    fn events(&mut self) -> Vec<Event> {
        transport_events(|| self.side.poll_event())
    }

    fn timer(&self) -> Option<u64> {
        self.side.poll_timeout().map(|end| end.saturating_since(self.now).as_secs())
    }

    fn failure(&self) -> Option<Failure> {
        self.side.conversation().and_then(Scripted::failure)
    }
}

fn failure(identifier: u8) -> Option<Vec<u8>> {
    Some(vec![4, identifier, 0, 4])
}

fn discarded(reason: Discarded) -> Vec<Event> {
    vec![Event::Discarded(reason)]
}

const FAILED: Event = Event::Finished(Ending::FailureSent);

#[test]
fn a_registration_from_identity_to_failure() {
    let mut bench = Bench::registrar(vec![Step::Send(message(b"M2")), Step::End(None)]);
    assert_eq!(bench.timer(), Some(5));
    assert_eq!(bench.answer(42, wsc(b"\x04\0M1")), Some(request(43, wsc(b"\x04\0M2"))));
    assert_eq!(bench.events(), []);
    assert_eq!(bench.answer(43, wsc(b"\x05\0bye")), failure(43), "always EAP-Failure");
    assert_eq!(bench.events(), [FAILED]);
    assert_eq!(bench.timer(), None);
    let conversation = bench.side.into_conversation().unwrap();
    assert!(conversation.succeeded());
    assert_eq!(conversation.handled, [(OpCode::Message, b"M1".to_vec()), (OpCode::Done, b"bye".to_vec())]);
}

#[test]
fn an_access_point_as_enrollee_begins_itself() {
    let steps = vec![Step::Send(message(b"M1")), Step::Send(other(OpCode::Done, b"")), Step::End(None)];
    let mut bench = Bench::serving(Config::default(), Role::Enrollee, steps);
    assert_eq!(bench.side.poll_transmit(), Some(request(42, wsc(b"\x04\0M1"))), "M1 without Start");
    assert_eq!(bench.answer(42, wsc(b"\x04\0M2")), Some(request(43, wsc(&[5, 0]))));
    assert_eq!(bench.timer(), Some(5), "Done is a request like others");
    assert_eq!(bench.answer(43, wsc(&[2, 0])), failure(43));
}

#[test]
fn identities_are_told() {
    for (bytes, identity) in [
        (Identity::ENROLLEE.as_bytes(), Identity::Enrollee),
        (Identity::REGISTRAR.as_bytes(), Identity::Registrar),
        (b"anna@example.org", Identity::Other(b"anna@example.org".to_vec())),
    ] {
        let mut bench = Bench::with(Config::default());
        assert_eq!(bench.answer(41, Body::new(MethodId::IDENTITY, bytes)), None);
        assert_eq!(bench.events(), [Event::IdentityReceived(identity)]);
    }
}

#[test]
fn the_owner_may_refuse_or_be_late() {
    let identified = || {
        let mut bench = Bench::with(Config::default());
        bench.answer(41, Body::new(MethodId::IDENTITY, b"x"));
        bench.events();
        bench
    };
    let mut bench = identified();
    assert_eq!(bench.side.refuse(), Ok(()));
    assert_eq!(bench.side.poll_transmit(), failure(41));
    assert_eq!(bench.events(), [FAILED]);
    assert_eq!(bench.side.refuse(), Err(NotAsked));
    let script = Scripted::new(Role::Registrar, []);
    assert!(bench.side.serve(script, NOW, &mut NoEntropy).is_err());

    let mut bench = identified();
    assert_eq!(bench.answer(41, Body::new(MethodId::IDENTITY, b"x")), None, "repeated meanwhile");
    assert_eq!(bench.events(), discarded(Discarded::OutOfTurn));
    assert_eq!(bench.pass(19), []);
    assert_eq!(bench.pass(1), [Event::TimerEnded(Timer::Decision), FAILED]);
    assert_eq!(bench.side.poll_transmit(), failure(41));
}

#[test]
fn the_owner_decides_about_an_enrollee() {
    let decline = || Decision::Decline(ConfigError::NoError);
    let mut bench = Bench::registrar(vec![Step::Decide(enrolment()), Step::Send(message(b"M2D"))]);
    assert_eq!(bench.side.decide(decline(), NOW, &mut NoEntropy), Err(NotAsked));
    assert_eq!(bench.answer(42, wsc(b"\x04\0M1")), None);
    assert_eq!(bench.events(), [Event::Decide(enrolment())]);
    assert_eq!(bench.timer(), Some(20), "no request is repeated meanwhile");
    assert_eq!(bench.side.decide(decline(), NOW, &mut NoEntropy), Ok(()));
    assert_eq!(bench.side.poll_transmit(), Some(request(43, wsc(b"\x04\0M2D"))));
    assert_eq!(bench.timer(), Some(5));
}

#[test]
fn requests_are_sent_three_times_in_all() {
    let mut bench = Bench::registrar(vec![]);
    for time in 2..=3 {
        assert_eq!(bench.pass(4), []);
        assert_eq!(bench.pass(1), [Event::TimerEnded(Timer::Retransmit), Event::Retransmitted(time)]);
        assert_eq!(bench.side.poll_transmit(), Some(request(42, wsc(START))), "the same octets");
    }
    assert_eq!(bench.pass(5), [Event::TimerEnded(Timer::Retransmit), Event::Finished(Ending::Silent)]);
    assert_eq!(bench.side.poll_transmit(), None, "nothing more to a peer that is gone");
    assert_eq!(bench.failure(), Some(Failure::TimedOut));
}

#[test]
fn an_answer_in_time_stops_the_repeating() {
    let mut bench = Bench::registrar(vec![Step::Send(message(b"M2"))]);
    bench.pass(14);
    bench.side.poll_transmit();
    assert!(bench.answer(42, wsc(b"\x04\0M1")).is_some());
    assert_eq!(bench.timer(), Some(5), "and the next request has its own three tries");
}

#[test]
fn the_whole_takes_two_minutes_at_most() {
    let steps = (0..60).map(|_| Step::Send(message(b"M"))).collect();
    let mut bench = Bench::registrar(steps);
    for round in 42..71 {
        bench.pass(4);
        assert!(bench.answer(round, wsc(b"\x04\0x")).is_some());
    }
    assert_eq!(bench.pass(4), [Event::TimerEnded(Timer::Overall), FAILED]);
    assert_eq!(bench.side.poll_transmit(), failure(71));
    assert_eq!(bench.failure(), Some(Failure::TimedOut));
}

#[test]
fn what_answers_nothing_is_left_alone() {
    let truncated = |what, offset, needed, available| crate::Truncated { what, offset, needed, available };
    for (packet, reason) in [
        (vec![2], Discarded::Packet(truncated("EAP header", 0, 4, 1).into())),
        (request(42, wsc(START)), Discarded::Code),
        (vec![3, 42, 0, 4], Discarded::Code),
        (response(41, wsc(b"\x04\0M1")), Discarded::Identifier { expected: 42, found: 41 }),
        (response(42, Body::new(MethodId::IDENTITY, b"x")), Discarded::Method(MethodId::IDENTITY)),
        (response(42, wsc(b"\x04")), Discarded::Payload(truncated("EAP-WSC header", 0, 2, 1).into())),
        (response(42, wsc(b"\x04\0M1")), Discarded::NotOfThisRegistration),
    ] {
        let mut bench = Bench::registrar(vec![Step::Ignore]);
        assert_eq!(bench.give(&packet), None);
        assert_eq!(bench.events(), discarded(reason), "{packet:02x?}");
        assert_eq!(bench.timer(), Some(5), "still waiting");
    }
}

#[test]
fn a_broken_rule_ends_it() {
    for (payload, reason) in [
        (&b"\x01\0"[..], Discarded::OutOfTurn),
        (b"\x06\0", Discarded::Fragment(FragmentError::UnexpectedAck)),
        (b"\x04\x01M1", Discarded::Fragment(FragmentError::NoLength)),
    ] {
        let mut bench = Bench::registrar(vec![]);
        assert_eq!(bench.answer(42, wsc(payload)), failure(42));
        assert_eq!(bench.events(), [Event::Discarded(reason), FAILED]);
        assert_eq!(bench.failure(), Some(Failure::Misbehaved(Misbehaviour::BadTransport)));
    }
}

#[test]
fn a_peer_may_refuse_the_method_at_first() {
    let tls = MethodId::ietf(13);
    for nak in [Body::new(MethodId::NAK, &[13]), Body::expanded(MethodId::NAK, &tls.to_expanded())] {
        let mut bench = Bench::registrar(vec![]);
        assert_eq!(bench.answer(42, nak), failure(42));
        assert_eq!(bench.events(), [Event::PeerRefused(vec![tls]), FAILED]);
        assert_eq!(bench.failure(), Some(Failure::EndedEarly));
    }
    let mut bench = Bench::registrar(vec![Step::Send(message(b"M2"))]);
    bench.answer(42, wsc(b"\x04\0M1"));
    assert_eq!(bench.answer(43, Body::new(MethodId::NAK, &[13])), None, "not later");
    assert_eq!(bench.events(), discarded(Discarded::Method(MethodId::NAK)));
}

#[test]
fn fragments_go_both_ways() {
    let config = Config { fragment_size: FragmentSize::MIN, ..Config::default() };
    let steps = vec![Step::Send(message(&[b'2'; 50])), Step::End(None)];
    let mut bench = Bench::serving(config, Role::Registrar, steps);
    bench.side.poll_transmit();
    let (ack, progress) = (wsc(&[6, 0]), |done, total| Progress { done, total });
    assert_eq!(bench.answer(42, wsc(b"\x04\x03\0\x04M1")), Some(request(43, ack)));
    assert_eq!(bench.events(), [Event::FragmentReceived(progress(2, 4))]);
    let first = [&[4, 3, 0, 50][..], &[b'2'; 28]].concat();
    assert_eq!(bench.answer(43, wsc(b"\x04\0..")), Some(request(44, wsc(&first))));
    assert_eq!(bench.events(), [Event::FragmentSent(progress(28, 50))]);
    let last = [&[4, 0][..], &[b'2'; 22]].concat();
    assert_eq!(bench.answer(44, ack), Some(request(45, wsc(&last))));
    assert_eq!(bench.answer(45, wsc(b"\x05\0")), failure(45));
}

#[test]
fn rounds_have_a_limit() {
    let limits = Limits { rounds: 2, short_rounds: 50 };
    let steps = (0..9).map(|_| Step::Send(message(b"M"))).collect();
    let mut bench = Bench::serving(Config { limits, ..Config::default() }, Role::Registrar, steps);
    bench.side.poll_transmit();
    for round in 42..44 {
        assert_eq!(bench.answer(round, wsc(b"\x04\0x")), Some(request(round + 1, wsc(b"\x04\0M"))));
    }
    assert_eq!(bench.answer(44, wsc(b"\x04\0x")), failure(44));
    assert_eq!(bench.failure(), Some(Failure::Misbehaved(Misbehaviour::BadTransport)));
}

#[test]
fn the_owner_can_end_it() {
    for (cause, packet, ending) in
        [(Failure::Cancelled, failure(42), Ending::FailureSent), (Failure::LinkLost, None, Ending::Silent)]
    {
        let mut bench = Bench::registrar(vec![]);
        bench.side.abandon(cause);
        assert_eq!(bench.side.poll_transmit(), packet);
        assert_eq!(bench.events(), [Event::Finished(ending)]);
        assert_eq!(bench.failure(), Some(cause));
        bench.side.abandon(cause);
        assert_eq!(bench.events(), []);
    }
    let mut side = Authenticator::<Scripted>::new(Config::default(), 0);
    side.abandon(Failure::Cancelled);
    assert_eq!((side.poll_transmit(), side.is_finished()), (None, true));
    side.start(NOW);
    assert_eq!(side.poll_transmit(), None);
}

#[test]
fn identifiers_wrap() {
    let mut side = Authenticator::<Scripted>::new(Config::default(), 255);
    side.start(NOW);
    assert_eq!(side.poll_transmit(), Some(request(0, Body::new(MethodId::IDENTITY, b""))));
    assert_eq!(side.identifier(), 0);
}

proptest! {
    #[test]
    fn no_packet_is_too_much(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 0..32)) {
        let mut bench = Bench::registrar(vec![Step::Send(message(b"M2")), Step::Ignore, Step::End(None)]);
        for packet in packets {
            bench.give(&packet);
            // The same as the data of a response that has the right identifier.
            let identifier = bench.side.identifier();
            bench.answer(identifier, wsc(&packet));
        }
        bench.pass(120);
        prop_assert!(bench.side.is_finished());
    }
}
