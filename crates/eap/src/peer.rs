//! The EAP peer: the side that is asked and answers.

mod request;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use keyway_wsc::Entropy;
use keyway_wsc::session::{Decision, Failure, Misbehaviour, OpCode, Outgoing, Session, Step};

use crate::config::{Config, Rounds};
use crate::conversation::{Conversation, Role};
use crate::event::{Discarded, Ending, Event, Events, NotAsked};
use crate::fragment::{Arrival, Channel, Piece};
use crate::identity::Identity;
use crate::method::MethodId;
use crate::packet::{Body, Packet};
use crate::time::Timestamp;
use crate::timer::{Deadlines, Timer};
use crate::wsc_frame::WscFrame;

use request::{History, Recall, Request};

/// An EAP peer that carries one registration.
///
/// It answers every request once, in lock-step: bring packets with [`handle_packet`](Self::handle_packet) and time
/// with [`handle_timeout`](Self::handle_timeout), then poll until nothing is left. A request that comes
/// again is answered with the same octets and not processed again (RFC 3748 §4.1). Two requests are the same if
/// identifier and content are: servers exist that use one identifier for all (observed: hostap tells
/// them apart in the same way).
///
/// EAP-WSC ends with EAP-Failure in every case; whether the registration succeeded is the
/// [outcome](Self::conversation) of the conversation that it carries.
#[derive(Debug)]
pub struct Peer<C = Session> {
    conversation: C,
    config: Config,
    state: State,
    channel: Channel,
    history: History,
    rounds: Rounds,
    /// How many requests were taken, repeated ones included.
    taken: u64,
    deadlines: Deadlines,
    transmit: Option<Vec<u8>>,
    events: Events,
}

#[derive(Debug)]
enum State {
    /// No message of the registration has passed.
    Introducing,
    /// An enrollee's first message is out. It is kept for a server that begins anew before it answers.
    Opened(Outgoing),
    /// Messages pass.
    Running,
    /// This request is not answered before the owner has decided.
    Deciding(Request),
    /// Our last message is out, or fragments of it are.
    Closing,
    /// It is over.
    Finished,
}

impl<C: Conversation> Peer<C> {
    /// A peer that waits to be asked. The overall time-out starts at `now`.
    pub fn new(conversation: C, config: Config, now: Timestamp) -> Peer<C> {
        let mut deadlines = Deadlines::default();
        deadlines.set(Timer::Overall, now + config.timers.overall);
        Peer {
            conversation,
            config,
            state: State::Introducing,
            channel: Channel::new(config.fragment_size),
            history: History::default(),
            rounds: Rounds::new(config.limits),
            taken: 0,
            deadlines,
            transmit: None,
            events: Events::default(),
        }
    }

    /// Takes an EAP packet from the authenticator; padding may follow it.
    ///
    /// Nothing in it can do worse than end the conversation. What is malformed or out of turn is left
    /// alone, with an [`Event::Discarded`]. Packets may still be brought after the end: a repeated request then still gets
    /// its answer, which helps an authenticator that did not hear our last message.
    pub fn handle_packet(&mut self, packet: &[u8], now: Timestamp, entropy: &mut dyn Entropy) {
        match Packet::parse(packet) {
            Err(error) => self.events.discard(Discarded::Packet(error)),
            Ok(Packet::Request { identifier, body }) => {
                self.handle_request(Request::new(identifier, &body), body, now, entropy);
            }
            Ok(Packet::Failure { identifier }) => {
                self.handle_end(identifier, Failure::EndedEarly, Ending::FailureReceived);
            }
            Ok(Packet::Success { identifier }) => {
                let failure = Failure::Misbehaved(Misbehaviour::BadTransport);
                self.handle_end(identifier, failure, Ending::SuccessReceived);
            }
            Ok(Packet::Response { .. } | Packet::Other { .. }) => self.events.discard(Discarded::Code),
        }
    }

    /// Takes the owner's answer to [`Event::Decide`].
    ///
    /// # Errors
    /// [`NotAsked`] when nothing is to be decided (any more).
    pub fn decide(
        &mut self,
        decision: Decision,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), NotAsked> {
        let State::Deciding(request) = self.state else { return Err(NotAsked) };
        self.state = State::Running;
        self.deadlines.stop(Timer::Decision);
        let step = self.conversation.decide(decision, entropy);
        self.follow(step, request, now);
        Ok(())
    }

    /// Ends the conversation from this side, with [`Failure::Cancelled`] or [`Failure::LinkLost`] for its outcome. A peer has
    /// nothing to say when it is not asked, so nothing is sent.
    pub fn abandon(&mut self, failure: Failure) {
        if !self.is_finished() {
            self.give_up(failure);
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        while let Some(timer) = self.deadlines.take_expired(now) {
            self.events.push(Event::TimerEnded(timer));
            // After the last message the outcome stands, and this changes nothing about it.
            self.give_up(Failure::TimedOut);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.deadlines.next()
    }

    /// The packet to send to the authenticator, if there is one. Only the newest is kept.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.take()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// Whether the conversation is over.
    pub const fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished)
    }

    /// Whether messages of the registration have passed: from here on this is a conversation with
    /// one authenticator.
    pub const fn is_engaged(&self) -> bool {
        !matches!(self.state, State::Introducing)
    }

    /// How many requests were taken, repeated ones included: it grows with a packet that was one.
    pub(crate) const fn requests_taken(&self) -> u64 {
        self.taken
    }

    /// The registration that this peer carries.
    pub const fn conversation(&self) -> &C {
        &self.conversation
    }

    /// Gives the registration back.
    pub fn into_conversation(self) -> C {
        self.conversation
    }

    fn handle_request(
        &mut self,
        request: Request,
        body: Body<'_>,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) {
        match self.history.recall(request) {
            Recall::Last(response) => {
                self.transmit = Some(response.to_vec());
                self.taken += 1;
                self.events.push(Event::AnsweredAgain);
                return self.restart_answer_timer(now);
            }
            Recall::Older => return self.events.discard(Discarded::Stale),
            Recall::New => {}
        }
        let (introducing, opened) = match &self.state {
            State::Introducing => (true, false),
            State::Opened(_) => (false, true),
            State::Running => (false, false),
            State::Closing if body.method() == MethodId::WSC => (false, false),
            State::Deciding(_) | State::Closing | State::Finished => {
                return self.events.discard(Discarded::OutOfTurn);
            }
        };
        match body.method() {
            MethodId::WSC => self.handle_payload(request, body.data(), now, entropy),
            MethodId::NOTIFICATION => {
                self.events.push(Event::Notification(displayable(body.data())));
                let _sent = self.respond(request, Body::new(MethodId::NOTIFICATION, b""), now);
            }
            MethodId::IDENTITY if introducing || opened => {
                let identity = Identity::of(self.conversation.role());
                if self.respond(request, Body::new(MethodId::IDENTITY, identity.as_bytes()), now) {
                    self.events.push(Event::IdentitySent);
                }
            }
            MethodId::IDENTITY | MethodId::NAK => {
                self.events.discard(Discarded::Method(body.method()));
            }
            method if introducing => {
                let refusal = body.refusal(MethodId::WSC);
                if self.respond(request, refusal.body(), now) {
                    self.events.push(Event::MethodRefused(method));
                }
            }
            method => self.events.discard(Discarded::Method(method)),
        }
    }
}

/// What a step of the registration needs.
impl<C: Conversation> Peer<C> {
    fn handle_payload(
        &mut self,
        request: Request,
        payload: &[u8],
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) {
        let frame = match WscFrame::parse(payload) {
            Ok(frame) => frame,
            Err(error) => return self.events.discard(Discarded::Payload(error)),
        };
        match (&self.state, self.conversation.role(), frame.op_code) {
            (State::Introducing, Role::Enrollee, OpCode::Start) => {
                let step = self.conversation.begin(entropy);
                self.state = match &step {
                    Step::Send(message) => State::Opened(message.clone()),
                    _ => State::Running,
                };
                return self.follow(step, request, now);
            }
            (State::Opened(message), _, OpCode::Start) => {
                let message = message.clone();
                return self.send(message, request, now);
            }
            (_, _, OpCode::Start) | (State::Introducing, Role::Enrollee, _) => {
                return self.events.discard(Discarded::OutOfTurn);
            }
            (State::Introducing, Role::Registrar, _) => {
                // A registrar has no first message of its own.
                let _ignore = self.conversation.begin(entropy);
                self.state = State::Running;
            }
            (State::Closing, _, _) if !self.channel.is_sending() => {
                return self.events.discard(Discarded::OutOfTurn);
            }
            _ => {}
        }
        match self.channel.receive(&frame) {
            Err(error) => self.events.discard(Discarded::Fragment(error)),
            Ok(Arrival::Next(piece)) => self.send_piece(piece, request, now),
            Ok(Arrival::Acknowledge { payload, progress }) => {
                if self.respond(request, Body::new(MethodId::WSC, &payload), now) {
                    self.events.push(Event::FragmentReceived(progress));
                }
            }
            Ok(Arrival::Message { op_code, bytes, .. }) => {
                let step = self.conversation.handle(op_code, &bytes, entropy);
                if step != Step::Ignore {
                    self.state = State::Running;
                }
                self.follow(step, request, now);
            }
        }
    }

    /// Does what the registration asks for in answer to `request`.
    fn follow(&mut self, step: Step, request: Request, now: Timestamp) {
        self.pass_events_on();
        match step {
            Step::Send(message) if !is_last_word(&message) => self.send(message, request, now),
            Step::Send(message) | Step::End(Some(message)) => {
                self.state = State::Closing;
                self.send(message, request, now);
            }
            Step::End(None) => self.finish(Ending::Silent),
            Step::Decide(enrolment) => {
                self.taken += 1;
                self.state = State::Deciding(request);
                self.deadlines.stop(Timer::Answer);
                self.deadlines.set(Timer::Decision, now + self.config.timers.decision);
                self.events.push(Event::Decide(enrolment));
            }
            Step::Ignore => {
                self.history.put_aside(request);
                self.events.discard(Discarded::NotOfThisRegistration);
            }
        }
    }

    fn send(&mut self, message: Outgoing, request: Request, now: Timestamp) {
        match self.channel.send(message) {
            Ok(piece) => self.send_piece(piece, request, now),
            Err(error) => {
                self.events.discard(Discarded::TooLong(error));
                self.give_up(Failure::Cancelled);
            }
        }
    }

    fn send_piece(&mut self, piece: Piece, request: Request, now: Timestamp) {
        if !self.respond(request, Body::new(MethodId::WSC, &piece.payload), now) {
            return;
        }
        if !piece.is_only() {
            self.events.push(Event::FragmentSent(piece.progress));
        }
        if piece.is_last() && matches!(self.state, State::Closing) {
            self.deadlines.stop(Timer::Answer);
            self.deadlines.set(Timer::Final, now + self.config.timers.last_word);
        }
    }

    /// Answers `request`; false if that was one round too many and ended the conversation.
    fn respond(&mut self, request: Request, body: Body<'_>, now: Timestamp) -> bool {
        let packet = Packet::Response { identifier: request.identifier, body };
        let packet = match packet.encode() {
            Ok(packet) => packet,
            Err(error) => {
                self.events.discard(Discarded::TooLong(error));
                self.give_up(Failure::Cancelled);
                return false;
            }
        };
        if !self.rounds.count(request.length, packet.len()) {
            self.give_up(Failure::Misbehaved(Misbehaviour::BadTransport));
            return false;
        }
        self.history.answered(request, packet.clone());
        self.transmit = Some(packet);
        self.taken += 1;
        self.restart_answer_timer(now);
        true
    }

    fn restart_answer_timer(&mut self, now: Timestamp) {
        if self.deadlines.is_running(Timer::Final) || self.is_finished() {
            return;
        }
        if !matches!(self.state, State::Deciding(_)) {
            self.deadlines.set(Timer::Answer, now + self.config.timers.answer);
        }
    }

    /// EAP-Failure or EAP-Success came.
    fn handle_end(&mut self, identifier: u8, failure: Failure, ending: Ending) {
        let expected = match &self.state {
            State::Finished => None,
            State::Deciding(request) => Some(request.identifier),
            _ => self.history.identifier(),
        };
        match expected {
            None => self.events.discard(Discarded::OutOfTurn),
            // The next identifier is taken, too (observed: servers that count on; hostap takes it).
            Some(expected) if identifier == expected || identifier == expected.wrapping_add(1) => {
                self.conversation.abandon(failure);
                self.finish(ending);
            }
            Some(expected) => self.events.discard(Discarded::Identifier { expected, found: identifier }),
        }
    }

    fn give_up(&mut self, failure: Failure) {
        self.conversation.abandon(failure);
        self.finish(Ending::Silent);
    }

    fn finish(&mut self, ending: Ending) {
        self.state = State::Finished;
        self.deadlines.stop_all();
        self.pass_events_on();
        self.events.push(Event::Finished(ending));
    }

    fn pass_events_on(&mut self) {
        while let Some(event) = self.conversation.poll_event() {
            self.events.push(Event::Registration(event));
        }
    }
}

/// Whether a peer that sends this has nothing to say after it.
const fn is_last_word(message: &Outgoing) -> bool {
    matches!(message.op_code, OpCode::Done | OpCode::Nack)
}

/// The text of a Notification as it may be shown (RFC 3748 §5.2: UTF-8, to be displayed).
fn displayable(data: &[u8]) -> String {
    let text = data.split(|octet| *octet == 0).next().unwrap_or_default();
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    String::from_utf8_lossy(text).chars().map(clean).take(200).collect()
}
