//! What carries a registration: fragments, and whole registrations over EAPOL whose frames are tampered with.

use std::collections::VecDeque;

use keyway_eap::eapol::Frame;
use keyway_eap::fragment::{Arrival, Channel, FragmentSize, MAX_MESSAGE};
use keyway_eap::packet::{Body, Packet};
use keyway_eap::wsc_frame::WscFrame;
use keyway_eap::{Config, Destination, Event, MethodId, Port, Supplicant, Timestamp};
use keyway_wsc::MacAddr;
use keyway_wsc::session::{OpCode, Outcome, Outgoing};

use crate::entropy::Seeded;
use crate::insider;
use crate::scenario::{Scenario, Task};
use crate::script::{Fate, Script};

/// More frames than this, and the two would talk for ever. The longest conversations here take about 200 frames,
/// and a port may be made to begin anew.
const PATIENCE: usize = 4_000;

const SUPPLICANT: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const PORT: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

/// Frames of a length that goes before each, one after the other into one channel; and all of the input as a message
/// from one channel to another.
pub(crate) fn fragments(input: &[u8]) {
    let size = FragmentSize::new(32 + u16::from(input.first().copied().unwrap_or(0))).expect("at least 32");
    arrivals(input, Channel::new(size));
    round_trip(input, size);
}

fn arrivals(input: &[u8], mut channel: Channel) {
    let mut rest = input;
    while let Some(length) = rest.split_off_first() {
        let payload = rest.split_off(..usize::from(*length).min(rest.len())).unwrap_or_default();
        let Ok(frame) = WscFrame::parse(payload) else { continue };
        assert_eq!(WscFrame::parse(&frame.encode()), Ok(frame));
        match channel.receive(&frame) {
            Ok(Arrival::Message { bytes, .. }) => assert!(bytes.len() <= MAX_MESSAGE),
            Ok(Arrival::Acknowledge { progress, .. }) => {
                assert!(progress.done <= progress.total && progress.total <= MAX_MESSAGE);
            }
            Ok(Arrival::Next(_)) => panic!("nothing was being sent"),
            Err(_) => {}
        }
    }
}

fn round_trip(message: &[u8], size: FragmentSize) {
    let (mut sender, mut receiver) = (Channel::new(size), Channel::new(size));
    let outgoing = Outgoing { op_code: OpCode::Message, bytes: message.to_vec() };
    let mut piece = sender.send(outgoing).expect("inputs are short");
    loop {
        assert!(piece.payload.len() <= usize::from(size.get()));
        let frame = WscFrame::parse(&piece.payload).expect("what is sent can be read");
        match receiver.receive(&frame).expect("what is sent keeps to the rules") {
            Arrival::Message { op_code, bytes, .. } => {
                assert_eq!((op_code, &*bytes), (OpCode::Message, message));
                return;
            }
            Arrival::Acknowledge { payload, .. } => {
                let frame = WscFrame::parse(&payload).expect("what is sent can be read");
                let Ok(Arrival::Next(next)) = sender.receive(&frame) else { panic!("not acknowledged") };
                piece = next;
            }
            Arrival::Next(_) => panic!("the receiver sends nothing"),
        }
    }
}

pub(crate) fn fragment_seeds() -> Vec<Vec<u8>> {
    let (first, second) = ([7; 40], [8; 20]);
    let begin = WscFrame { op_code: OpCode::Message, more: true, message_length: Some(60), data: &first };
    let end = WscFrame { op_code: OpCode::Message, more: false, message_length: None, data: &second };
    vec![
        frames(&[WscFrame::whole(OpCode::Start, b""), WscFrame::whole(OpCode::Message, b"one")]),
        frames(&[begin, end, begin, end]),
        frames(&[begin, WscFrame::whole(OpCode::FragmentAck, b""), end]),
        vec![0x5a; 700],
    ]
}

/// Frames one after the other, each behind its length.
fn frames(frames: &[WscFrame<'_>]) -> Vec<u8> {
    let payloads = frames.iter().map(WscFrame::encode);
    payloads
        .flat_map(|payload| [&[u8::try_from(payload.len()).unwrap_or(u8::MAX)], &payload[..]].concat())
        .collect()
}

/// The supplicant receives what the script makes of the port's frames.
pub(crate) fn supplicant(input: &[u8]) {
    Wire::new(input, SUPPLICANT).run();
}

/// The port receives what the script makes of the supplicant's frames.
pub(crate) fn port(input: &[u8]) {
    Wire::new(input, PORT).run();
}

/// Every scenario, whole and in small fragments, left alone and with one frame changed.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for scenario in 0..Scenario::COUNT {
        for size in [0xff, 0x40] {
            seeds.push(vec![scenario, size]);
            for untouched in 0..8 {
                let script = [&vec![0; untouched][..], &[14, 0, 20, 3, 4, 0, 9, 1]].concat();
                seeds.push([&[scenario, size], &script[..]].concat());
            }
        }
    }
    seeds
}

/// A supplicant and a port on one cable, and somebody who holds it.
struct Wire<'a> {
    scenario: Scenario,
    script: Script<'a>,
    /// Who receives what the script makes of a frame.
    victim: MacAddr,
    now: Timestamp,
    supplicant: Supplicant,
    port: Port,
    entropy: [Seeded; 2],
    under_way: VecDeque<(MacAddr, Vec<u8>)>,
}

impl<'a> Wire<'a> {
    fn new(input: &'a [u8], victim: MacAddr) -> Wire<'a> {
        let mut script = Script::new(input);
        let scenario = Scenario::numbered(script.byte());
        let size = 32 + 5 * u16::from(script.byte());
        let fragment_size = FragmentSize::new(size).expect("at least 32");
        let config = Config { fragment_size, ..Config::default() };
        let now = Timestamp::from_secs(7);
        // Of an access point and the station that configures it, the station is the supplicant.
        let (session, entropy) = match scenario.task {
            Task::Register | Task::Decline => (scenario.enrollee(), [insider::ENROLLEE, insider::REGISTRAR]),
            _ => (scenario.registrar(), [insider::REGISTRAR, insider::ENROLLEE]),
        };
        Wire {
            scenario,
            script,
            victim,
            now,
            supplicant: Supplicant::new(session, Destination::Group, config, now),
            port: Port::new(SUPPLICANT, config),
            entropy,
            under_way: VecDeque::new(),
        }
    }

    /// Plays until nobody has anything left to do, and judges how it ended. Gives the supplicant's outcome.
    fn run(mut self) -> Outcome {
        for _ in 0..PATIENCE {
            self.poll();
            if let Some((to, frame)) = self.under_way.pop_front() {
                self.carry(to, frame);
            } else {
                let timeouts = [self.supplicant.poll_timeout(), self.port.poll_timeout()];
                let Some(next) = timeouts.into_iter().flatten().min() else { return self.judge() };
                self.now = self.now.max(next);
                self.supplicant.handle_timeout(self.now);
                self.port.handle_timeout(self.now);
            }
        }
        panic!("the two talk for ever");
    }

    /// Does what both sides ask for, until neither asks for anything.
    fn poll(&mut self) {
        while self.hear_supplicant() | self.hear_port() {}
        while let Some(transmit) = self.supplicant.poll_transmit() {
            self.under_way.push_back((PORT, transmit.frame));
        }
        while let Some(transmit) = self.port.poll_transmit() {
            self.under_way.push_back((SUPPLICANT, transmit.frame));
        }
    }

    /// Answers the supplicant's events; says whether there was one.
    fn hear_supplicant(&mut self) -> bool {
        let Some(event) = self.supplicant.poll_event() else { return false };
        if let Event::Decide(_) = event {
            // The conversation may have ended since it asked.
            let _ = self.supplicant.decide(self.scenario.decision(), self.now, &mut self.entropy[0]);
        }
        true
    }

    /// Answers the port's events, and judges the registrations that it ended; says whether there was one.
    fn hear_port(&mut self) -> bool {
        if let Some(session) = self.port.take_ended() {
            self.judge_one("port", session.outcome());
        }
        let Some(event) = self.port.poll_event() else { return false };
        let entropy = &mut self.entropy[1];
        match event {
            Event::IdentityReceived(_) => {
                let session = match self.scenario.task {
                    Task::Register | Task::Decline => self.scenario.registrar(),
                    _ => self.scenario.enrollee(),
                };
                // The peer may have begun anew since it was asked.
                let _ = self.port.serve(session, self.now, entropy);
            }
            Event::Decide(_) => {
                let _ = self.port.decide(self.scenario.decision(), self.now, entropy);
            }
            _ => {}
        }
        true
    }

    fn carry(&mut self, to: MacAddr, frame: Vec<u8>) {
        if to != self.victim {
            return self.deliver(to, &frame);
        }
        let depth = self.script.byte();
        let layers = Layers::of(&frame, depth);
        match self.script.fate(layers.innermost()) {
            Fate::Pass => self.deliver(to, &frame),
            Fate::Lose => {}
            Fate::Repeat => {
                self.deliver(to, &frame);
                self.deliver(to, &frame);
            }
            Fate::Change(changed) => self.deliver(to, &layers.around(&changed)),
            Fate::Relabel(number) => {
                let relabelled =
                    frame.iter().enumerate().map(|(at, octet)| if at == 1 { number } else { *octet });
                self.deliver(to, &relabelled.collect::<Vec<u8>>());
            }
        }
    }

    fn deliver(&mut self, to: MacAddr, frame: &[u8]) {
        let [ours, theirs] = &mut self.entropy;
        if to == SUPPLICANT {
            self.supplicant.handle_frame(PORT, frame, self.now, ours);
        } else {
            self.port.handle_frame(frame, self.now, theirs);
        }
    }

    fn judge(self) -> Outcome {
        let outcome = self.supplicant.conversation().outcome();
        self.judge_one("supplicant", outcome);
        outcome.cloned().expect("it was judged")
    }

    fn judge_one(&self, side: &str, outcome: Option<&Outcome>) {
        let scenario = self.scenario;
        match outcome.expect("every registration ends in an outcome") {
            Outcome::Success(success) => {
                assert!(scenario.may_succeed(), "{side}: {success:?} without the password, in {scenario:?}");
                assert!(scenario.is_genuine(success), "{side}: forged {success:?} in {scenario:?}");
            }
            Outcome::Failure(_) => {}
        }
    }
}

/// A frame taken apart, so that what lies deep in it can be changed and the lengths around it still be right.
enum Layers<'a> {
    /// The frame itself.
    Frame(&'a [u8]),
    /// The EAP-WSC payload of a packet.
    Payload(Frame<'a>, Packet<'a>, &'a [u8]),
    /// The message, or the fragment, in that payload.
    Message(Frame<'a>, Packet<'a>, WscFrame<'a>),
}

impl<'a> Layers<'a> {
    /// Takes `frame` apart, as deep as `depth` says and as it goes.
    fn of(frame: &'a [u8], depth: u8) -> Layers<'a> {
        let taken = || {
            let outer = Frame::parse(frame).ok()?;
            let packet = Packet::parse(outer.body).ok()?;
            let (Packet::Request { body, .. } | Packet::Response { body, .. }) = packet else { return None };
            (body.method() == MethodId::WSC).then_some((outer, packet, body.data()))
        };
        match (depth % 3, taken()) {
            (1, Some((outer, packet, data))) => Layers::Payload(outer, packet, data),
            (2, Some((outer, packet, data))) => match WscFrame::parse(data) {
                Ok(payload) => Layers::Message(outer, packet, payload),
                Err(_) => Layers::Payload(outer, packet, data),
            },
            _ => Layers::Frame(frame),
        }
    }

    fn innermost(&self) -> &'a [u8] {
        match self {
            Layers::Frame(octets) | Layers::Payload(_, _, octets) => octets,
            Layers::Message(_, _, payload) => payload.data,
        }
    }

    /// The frame with `changed` in the innermost place.
    fn around(&self, changed: &[u8]) -> Vec<u8> {
        match self {
            Layers::Frame(_) => changed.to_vec(),
            Layers::Payload(outer, packet, _) => wrap(outer, packet, changed),
            Layers::Message(outer, packet, payload) => {
                wrap(outer, packet, &WscFrame { data: changed, ..*payload }.encode())
            }
        }
    }
}

/// An EAP-WSC payload, in such a packet, in such a frame. One that is too long for them goes alone.
fn wrap(outer: &Frame<'_>, packet: &Packet<'_>, payload: &[u8]) -> Vec<u8> {
    let body = Body::new(MethodId::WSC, payload);
    let packet = match *packet {
        Packet::Request { identifier, .. } => Packet::Request { identifier, body },
        other => Packet::Response { identifier: other.identifier(), body },
    };
    let encoded = packet.encode().and_then(|octets| Frame { body: &octets, ..*outer }.encode());
    encoded.unwrap_or_else(|_| payload.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undisturbed_registration_succeeds_when_it_may() {
        for number in 0..Scenario::COUNT {
            for size in [0, 20, 255] {
                let outcome = Wire::new(&[number, size], PORT).run();
                let scenario = Scenario::numbered(number);
                let succeeded = matches!(outcome, Outcome::Success(_));
                assert_eq!(succeeded, scenario.succeeds(), "{scenario:?}, size {size}: {outcome:?}");
            }
        }
    }
}
