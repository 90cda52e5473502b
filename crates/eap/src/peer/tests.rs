use alloc::string::ToString;
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
use crate::wsc_frame::WscFrameError;

const NOW: Timestamp = Timestamp::from_secs(1000);
const START: &[u8] = &[1, 0];

struct Bench {
    peer: Peer<Scripted>,
    now: Timestamp,
}

impl Bench {
    fn with(config: Config, role: Role, steps: Vec<Step>) -> Bench {
        Bench { peer: Peer::new(Scripted::new(role, steps), config, NOW), now: NOW }
    }

    fn new(role: Role, steps: Vec<Step>) -> Bench {
        Bench::with(Config::default(), role, steps)
    }

    /// An enrollee whose M1 is out, in answer to request 1.
    fn opened(steps: Vec<Step>) -> Bench {
        let steps = [vec![Step::Send(message(b"M1"))], steps].concat_steps();
        let mut bench = Bench::new(Role::Enrollee, steps);
        assert_eq!(bench.ask(1, wsc(START)), Some(response(1, wsc(b"\x04\0M1"))));
        assert_eq!(bench.events(), []);
        bench
    }

    fn give(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        self.peer.handle_packet(packet, self.now, &mut NoEntropy);
        self.peer.poll_transmit()
    }

    fn ask(&mut self, identifier: u8, body: Body<'_>) -> Option<Vec<u8>> {
        self.give(&request(identifier, body))
    }

    fn end(&mut self, packet: Packet<'_>) -> Vec<Event> {
        assert_eq!(self.give(&packet.encode().unwrap()), None);
        self.events()
    }

    fn pass(&mut self, seconds: u64) -> Vec<Event> {
        self.now = self.now + Duration::from_secs(seconds);
        self.peer.handle_timeout(self.now);
        self.events()
    }

    fn events(&mut self) -> Vec<Event> {
        transport_events(|| self.peer.poll_event())
    }

    /// In how many seconds the next timer ends.
    fn timer(&self) -> Option<u64> {
        self.peer.poll_timeout().map(|end| end.saturating_since(self.now).as_secs())
    }
}

trait ConcatSteps {
    fn concat_steps(self) -> Vec<Step>;
}

impl ConcatSteps for [Vec<Step>; 2] {
    fn concat_steps(self) -> Vec<Step> {
        self.into_iter().flatten().collect()
    }
}

fn discarded(reason: Discarded) -> Vec<Event> {
    vec![Event::Discarded(reason)]
}

#[test]
fn a_registration_from_identity_to_failure() {
    let mut bench =
        Bench::new(Role::Enrollee, vec![Step::Send(message(b"M1")), Step::Send(other(OpCode::Done, b"bye"))]);
    assert_eq!(bench.timer(), Some(120));
    let identity = Body::new(MethodId::IDENTITY, Identity::ENROLLEE.as_bytes());
    assert_eq!(bench.ask(7, Body::new(MethodId::IDENTITY, b"hello")), Some(response(7, identity)));
    assert_eq!(bench.events(), [Event::IdentitySent]);
    assert_eq!(bench.timer(), Some(30));
    assert_eq!(bench.ask(8, wsc(START)), Some(response(8, wsc(b"\x04\0M1"))));
    assert_eq!(bench.ask(9, wsc(b"\x04\0M2")), Some(response(9, wsc(b"\x05\0bye"))));
    assert_eq!(bench.timer(), Some(6));
    assert_eq!(
        bench.end(Packet::Failure { identifier: 9 }),
        [Event::Finished(Ending::FailureReceived)],
        "EAP-Failure after Done is success"
    );
    assert!(bench.peer.conversation().succeeded());
    assert_eq!(bench.peer.conversation().handled, [(OpCode::Message, b"M2".to_vec())]);
    assert_eq!(bench.timer(), None);
}

#[test]
fn a_registrar_waits_for_m1_without_start() {
    let mut bench = Bench::new(Role::Registrar, vec![Step::Send(message(b"M2"))]);
    let identity = Body::new(MethodId::IDENTITY, Identity::REGISTRAR.as_bytes());
    assert_eq!(bench.ask(1, Body::new(MethodId::IDENTITY, b"")), Some(response(1, identity)));
    assert_eq!(bench.events(), [Event::IdentitySent]);
    assert_eq!(bench.ask(2, wsc(START)), None, "Start is for enrollees");
    assert_eq!(bench.events(), discarded(Discarded::OutOfTurn));
    assert_eq!(bench.ask(3, wsc(b"\x04\0M1")), Some(response(3, wsc(b"\x04\0M2"))));
}

#[test]
fn an_enrollee_waits_for_start() {
    let mut bench = Bench::new(Role::Enrollee, vec![]);
    assert_eq!(bench.ask(3, wsc(b"\x04\0M2")), None);
    assert_eq!(bench.events(), discarded(Discarded::OutOfTurn));
}

#[test]
fn a_repeated_request_gets_the_same_answer_unprocessed() {
    let mut bench = Bench::opened(vec![Step::Send(message(b"M3")), Step::Send(message(b"M5"))]);
    let m3 = bench.ask(2, wsc(b"\x04\0M2"));
    assert_eq!(m3, Some(response(2, wsc(b"\x04\0M3"))));
    for _ in 0..3 {
        assert_eq!(bench.ask(2, wsc(b"\x04\0M2")), m3);
        assert_eq!(bench.events(), [Event::AnsweredAgain]);
    }
    assert_eq!(bench.peer.conversation().handled.len(), 1);
    assert_eq!(bench.ask(1, wsc(START)), None, "an old request is not answered");
    assert_eq!(bench.events(), discarded(Discarded::Stale));
    assert_eq!(
        bench.ask(2, wsc(b"\x04\0M4")),
        Some(response(2, wsc(b"\x04\0M5"))),
        "another request with the same identifier is a new one"
    );
}

#[test]
fn start_again_before_any_answer_begins_anew() {
    let mut bench = Bench::opened(vec![Step::Send(message(b"M3"))]);
    assert!(bench.ask(5, Body::new(MethodId::IDENTITY, b"")).is_some());
    assert_eq!(bench.ask(6, wsc(START)), Some(response(6, wsc(b"\x04\0M1"))));
    assert!(bench.ask(7, wsc(b"\x04\0M2")).is_some());
    bench.events();
    for body in [Body::new(MethodId::IDENTITY, b""), wsc(START)] {
        assert_eq!(bench.ask(8, body), None, "too late now");
        assert!(matches!(bench.events()[..], [Event::Discarded(_)]));
    }
}

#[test]
fn other_methods_are_refused_in_their_own_spelling() {
    let tls = MethodId::ietf(13);
    for (asked, refusal) in [
        (Body::new(tls, b"x"), Body::new(MethodId::NAK, &[254])),
        (Body::expanded(tls, b"x"), Body::expanded(MethodId::NAK, &MethodId::WSC.to_expanded())),
    ] {
        let mut bench = Bench::new(Role::Enrollee, vec![]);
        assert_eq!(bench.ask(4, asked), Some(response(4, refusal)));
        assert_eq!(bench.events(), [Event::MethodRefused(tls)]);
    }
    let mut bench = Bench::opened(vec![]);
    assert_eq!(bench.ask(4, Body::new(tls, b"x")), None, "not once EAP-WSC runs");
    assert_eq!(bench.events(), discarded(Discarded::Method(tls)));
}

#[test]
fn notifications_are_answered_and_shown_safely() {
    let mut bench = Bench::opened(vec![]);
    let text = b"Press\nthe \x1bbutton\xff\0not this";
    let answer = response(2, Body::new(MethodId::NOTIFICATION, b""));
    assert_eq!(bench.ask(2, Body::new(MethodId::NOTIFICATION, text)), Some(answer));
    assert_eq!(bench.events(), [Event::Notification("Press the  button\u{fffd}".to_string())]);
    assert_eq!(displayable(&[b'a'; 1000]).len(), 200);
}

#[test]
fn what_has_no_place_is_left_alone() {
    let truncated = |what, offset, needed, available| crate::Truncated { what, offset, needed, available };
    for (packet, reason) in [
        (vec![1, 2], Discarded::Packet(truncated("EAP header", 0, 4, 2).into())),
        (response(2, wsc(START)), Discarded::Code),
        (vec![10, 2, 0, 4], Discarded::Code),
        (request(2, Body::new(MethodId::NAK, b"")), Discarded::Method(MethodId::NAK)),
        (request(2, wsc(&[4])), Discarded::Payload(truncated("EAP-WSC header", 0, 2, 1).into())),
        (request(2, wsc(&[9, 0])), Discarded::Payload(WscFrameError::OpCode(9))),
        (request(2, wsc(&[4, 1, b'x'])), Discarded::Fragment(FragmentError::NoLength)),
        (request(2, wsc(b"\x04\0M2")), Discarded::NotOfThisRegistration),
        (vec![4, 3, 0, 4], Discarded::Identifier { expected: 1, found: 3 }),
        (vec![4, 0, 0, 4], Discarded::Identifier { expected: 1, found: 0 }),
    ] {
        let mut bench = Bench::opened(vec![Step::Ignore]);
        assert_eq!(bench.give(&packet), None);
        assert_eq!(bench.events(), discarded(reason), "{packet:02x?}");
        assert!(!bench.peer.is_finished());
    }
}

#[test]
fn an_end_before_the_end_has_a_cause() {
    let misbehaved = Failure::Misbehaved(Misbehaviour::BadTransport);
    for (packet, failure, ending) in [
        (Packet::Failure { identifier: 1 }, Failure::EndedEarly, Ending::FailureReceived),
        (Packet::Failure { identifier: 2 }, Failure::EndedEarly, Ending::FailureReceived),
        (Packet::Success { identifier: 1 }, misbehaved, Ending::SuccessReceived),
    ] {
        let mut bench = Bench::opened(vec![]);
        assert_eq!(bench.end(packet), [Event::Finished(ending)]);
        assert_eq!(bench.peer.conversation().failure(), Some(failure));
    }
}

#[test]
fn nothing_ends_before_a_request_was_answered() {
    let mut bench = Bench::new(Role::Enrollee, vec![]);
    assert_eq!(bench.end(Packet::Failure { identifier: 0 }), discarded(Discarded::OutOfTurn));
}

#[test]
fn after_the_last_word_six_seconds_remain() {
    for last in [
        Step::Send(other(OpCode::Done, b"x")),
        Step::Send(other(OpCode::Nack, b"x")),
        Step::End(Some(other(OpCode::Ack, b"x"))),
    ] {
        let mut bench = Bench::opened(vec![last]);
        let word = bench.ask(2, wsc(b"\x04\0M8"));
        assert!(word.is_some());
        assert_eq!(bench.timer(), Some(6));
        bench.pass(1);
        assert_eq!(bench.ask(2, wsc(b"\x04\0M8")), word, "repeated");
        assert_eq!(bench.timer(), Some(5), "a repeated request does not prolong it");
        assert_eq!(bench.events(), [Event::AnsweredAgain]);
        assert_eq!(bench.ask(3, wsc(b"\x04\0M4")), None);
        assert_eq!(bench.events(), discarded(Discarded::OutOfTurn));
        assert_eq!(bench.pass(5), [Event::TimerEnded(Timer::Final), Event::Finished(Ending::Silent)]);
        assert_eq!(bench.ask(2, wsc(b"\x04\0M8")), word, "even after the end");
        assert_eq!(bench.timer(), None);
        assert_eq!(bench.ask(5, wsc(b"\x04\0M4")), None);
    }
}

#[test]
fn an_end_without_a_word_is_immediate() {
    let mut bench = Bench::opened(vec![Step::End(None)]);
    assert_eq!(bench.ask(2, wsc(b"\x03\0NACK")), None);
    assert_eq!(bench.events(), [Event::Finished(Ending::Silent)]);
}

#[test]
fn silence_ends_it() {
    let mut bench = Bench::opened(vec![]);
    assert_eq!(bench.pass(29), []);
    assert_eq!(bench.pass(1), [Event::TimerEnded(Timer::Answer), Event::Finished(Ending::Silent)]);
    assert_eq!(bench.peer.conversation().failure(), Some(Failure::TimedOut));

    let mut bench = Bench::new(Role::Enrollee, vec![]);
    assert_eq!(bench.pass(119), []);
    assert_eq!(bench.pass(1), [Event::TimerEnded(Timer::Overall), Event::Finished(Ending::Silent)]);
    assert_eq!(bench.peer.conversation().failure(), Some(Failure::TimedOut));
}

#[test]
fn the_owner_decides_about_an_enrollee() {
    let steps = || vec![Step::Decide(enrolment()), Step::Send(message(b"M2"))];
    let decline = || Decision::Decline(ConfigError::NoError);
    let mut bench = Bench::new(Role::Registrar, steps());
    assert_eq!(bench.peer.decide(decline(), NOW, &mut NoEntropy), Err(NotAsked));
    assert_eq!(bench.ask(1, wsc(b"\x04\0M1")), None);
    assert_eq!(bench.events(), [Event::Decide(enrolment())]);
    assert_eq!(bench.ask(1, wsc(b"\x04\0M1")), None, "repeated while the owner thinks");
    assert_eq!(bench.events(), discarded(Discarded::OutOfTurn));
    assert_eq!(bench.timer(), Some(20));
    assert_eq!(bench.peer.decide(decline(), NOW, &mut NoEntropy), Ok(()));
    assert_eq!(bench.peer.poll_transmit(), Some(response(1, wsc(b"\x04\0M2"))));
    assert_eq!(bench.timer(), Some(30));
    assert_eq!(bench.ask(1, wsc(b"\x04\0M1")), Some(response(1, wsc(b"\x04\0M2"))));

    let mut bench = Bench::new(Role::Registrar, steps());
    bench.ask(1, wsc(b"\x04\0M1"));
    bench.events();
    assert_eq!(bench.pass(20), [Event::TimerEnded(Timer::Decision), Event::Finished(Ending::Silent)]);
    assert_eq!(bench.peer.decide(decline(), NOW, &mut NoEntropy), Err(NotAsked));

    let mut bench = Bench::new(Role::Registrar, steps());
    bench.ask(1, wsc(b"\x04\0M1"));
    bench.events();
    let failure = Packet::Failure { identifier: 1 };
    assert_eq!(bench.end(failure), [Event::Finished(Ending::FailureReceived)]);
}

#[test]
fn fragments_go_both_ways() {
    let config = Config { fragment_size: FragmentSize::MIN, ..Config::default() };
    let done = [b'd'; 60];
    let steps = vec![Step::Send(message(&[b'1'; 50])), Step::Send(other(OpCode::Done, &done))];
    let mut bench = Bench::with(config, Role::Enrollee, steps);
    let ack = wsc(&[6, 0]);
    let piece = |header: &[u8], text: &[u8]| [header, text].concat();
    let progress = |done, total| Progress { done, total };

    let first = piece(&[4, 3, 0, 50], &[b'1'; 28]);
    assert_eq!(bench.ask(1, wsc(START)), Some(response(1, wsc(&first))));
    assert_eq!(bench.events(), [Event::FragmentSent(progress(28, 50))]);
    assert_eq!(bench.ask(2, wsc(b"\x04\0M2")), None, "not before our message is sent");
    let expected = Discarded::Fragment(FragmentError::AckExpected(OpCode::Message));
    assert_eq!(bench.events(), discarded(expected));
    assert_eq!(bench.ask(3, ack), Some(response(3, wsc(&piece(&[4, 0], &[b'1'; 22])))));
    assert_eq!(bench.events(), [Event::FragmentSent(progress(50, 50))]);

    assert_eq!(bench.ask(4, wsc(b"\x04\x03\0\x04M2")), Some(response(4, ack)));
    assert_eq!(bench.events(), [Event::FragmentReceived(progress(2, 4))]);
    let first = piece(&[5, 3, 0, 60], &[b'd'; 28]);
    assert_eq!(bench.ask(5, wsc(b"\x04\0..")), Some(response(5, wsc(&first))));
    assert_eq!(bench.timer(), Some(30), "the last word is not out yet");
    assert!(bench.ask(6, ack).is_some());
    assert_eq!(bench.timer(), Some(30));
    assert!(bench.ask(7, ack).is_some());
    assert_eq!(bench.timer(), Some(6));
    assert_eq!(bench.peer.conversation().handled, [(OpCode::Message, b"M2..".to_vec())]);
    assert_eq!(bench.ask(8, ack), None);
}

#[test]
fn rounds_have_a_limit() {
    let limits = Limits { rounds: 3, short_rounds: 50 };
    let config = Config { limits, ..Config::default() };
    let mut bench = Bench::with(config, Role::Enrollee, vec![]);
    for round in 0..3 {
        assert!(bench.ask(round, Body::new(MethodId::IDENTITY, b"")).is_some());
    }
    bench.events();
    assert_eq!(bench.ask(3, Body::new(MethodId::IDENTITY, b"")), None);
    assert_eq!(bench.events(), [Event::Finished(Ending::Silent)]);
    let failure = Failure::Misbehaved(Misbehaviour::BadTransport);
    assert_eq!(bench.peer.conversation().failure(), Some(failure));
}

#[test]
fn the_owner_can_end_it() {
    for failure in [Failure::Cancelled, Failure::LinkLost] {
        let mut bench = Bench::opened(vec![]);
        bench.peer.abandon(failure);
        assert_eq!(bench.events(), [Event::Finished(Ending::Silent)]);
        bench.peer.abandon(Failure::TimedOut);
        assert_eq!(bench.events(), []);
        assert_eq!(bench.peer.into_conversation().failure(), Some(failure));
    }
}

#[test]
fn a_message_too_long_to_send_ends_it() {
    let mut bench = Bench::new(Role::Enrollee, vec![Step::Send(message(&[0; 50_001]))]);
    assert_eq!(bench.ask(1, wsc(START)), None);
    let too_long = crate::TooLong { length: 50_001, limit: 50_000 };
    let expected = [Event::Discarded(Discarded::TooLong(too_long)), Event::Finished(Ending::Silent)];
    assert_eq!(bench.events(), expected);
}

proptest! {
    #[test]
    fn no_packet_is_too_much(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 0..32)) {
        let mut bench = Bench::opened(vec![Step::Send(message(b"M3")), Step::Ignore, Step::End(None)]);
        for packet in packets {
            bench.give(&packet);
            // The same as the data of a request of EAP-WSC, which random octets seldom are.
            bench.ask(packet.first().copied().unwrap_or_default(), wsc(&packet));
        }
        bench.pass(120);
        prop_assert!(bench.peer.is_finished());
    }
}
