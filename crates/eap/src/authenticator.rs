//! The EAP authenticator: the side that asks, and decides when it is over.

#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use keyway_wsc::Entropy;
use keyway_wsc::session::{Decision, Failure, Misbehaviour, OpCode, Outgoing, Session, Step};

use crate::config::{Config, Rounds};
use crate::conversation::{Conversation, Role};
use crate::event::{Discarded, Ending, Event, Events, NotAsked};
use crate::fragment::{Arrival, Channel, Piece};
use crate::identity::Identity;
use crate::method::MethodId;
use crate::packet::{Body, HEADER_LEN, Packet};
use crate::time::Timestamp;
use crate::timer::{Deadlines, Timer};
use crate::wsc_frame::WscFrame;

/// An EAP authenticator that carries one registration with one peer.
///
/// It asks who the peer is ([`start`](Self::start)) and tells its owner ([`Event::IdentityReceived`]). The owner gives it the
/// right side of a registration ([`serve`](Self::serve)) or sends the peer away ([`refuse`](Self::refuse)). From there on
/// it asks and the peer answers, until the registration is over, and then it sends EAP-Failure: always,
/// because EAP-WSC grants no access. Only to a peer that stopped answering nothing more is sent (RFC 3748 §4.1).
///
/// A request without an answer is sent again, three times in all by default. A response counts only if it has the
/// identifier of the open request.
#[derive(Debug)]
pub struct Authenticator<C = Session> {
    conversation: Option<C>,
    config: Config,
    state: State,
    channel: Channel,
    /// The request that was sent last.
    request: Request,
    rounds: Rounds,
    deadlines: Deadlines,
    transmit: Option<Vec<u8>>,
    events: Events,
}

/// A request as it was sent.
#[derive(Debug)]
struct Request {
    identifier: u8,
    packet: Vec<u8>,
    /// How many times it was sent.
    sent: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was sent yet.
    Idle,
    /// Who is it?
    Identifying,
    /// The owner is to say who serves this peer.
    Choosing,
    /// The first request of EAP-WSC is out: the peer may still refuse the method.
    Proposing,
    /// Requests and responses of EAP-WSC pass.
    Running,
    /// The owner is to say what to do with the enrollee.
    Deciding,
    /// It is over.
    Finished,
}

impl<C: Conversation> Authenticator<C> {
    /// An authenticator that has not begun. Its first request will have the identifier after `identifier`:
    /// one that follows another on the same link is given the last one that was used.
    pub fn new(config: Config, identifier: u8) -> Authenticator<C> {
        Authenticator {
            conversation: None,
            config,
            state: State::Idle,
            channel: Channel::new(config.fragment_size),
            request: Request { identifier, packet: Vec::new(), sent: 0 },
            rounds: Rounds::new(config.limits),
            deadlines: Deadlines::default(),
            transmit: None,
            events: Events::default(),
        }
    }

    /// Asks the peer who it is, and starts the overall time-out. Once begun, this does nothing.
    pub fn start(&mut self, now: Timestamp) {
        if self.state == State::Idle {
            self.state = State::Identifying;
            self.deadlines.set(Timer::Overall, now + self.config.timers.overall);
            self.ask(Body::new(MethodId::IDENTITY, b""), now);
        }
    }

    /// Takes an EAP packet from the peer; padding may follow it.
    ///
    /// What is malformed or answers no open request is left alone, with an [`Event::Discarded`]. A response
    /// that breaks the rules of fragmentation ends the conversation (observed: hostap does the same).
    pub fn handle_packet(&mut self, packet: &[u8], now: Timestamp, entropy: &mut dyn Entropy) {
        let (identifier, body) = match Packet::parse(packet) {
            Ok(Packet::Response { identifier, body }) => (identifier, body),
            Ok(_) => return self.events.discard(Discarded::Code),
            Err(error) => return self.events.discard(Discarded::Packet(error)),
        };
        let expected = self.request.identifier;
        match (self.state, body.method()) {
            (State::Idle | State::Choosing | State::Deciding | State::Finished, _) => {
                self.events.discard(Discarded::OutOfTurn);
            }
            _ if identifier != expected => {
                self.events.discard(Discarded::Identifier { expected, found: identifier });
            }
            (State::Identifying, MethodId::IDENTITY) => {
                self.state = State::Choosing;
                self.wait_for_owner(now);
                self.events.push(Event::IdentityReceived(Identity::from_bytes(body.data())));
            }
            (State::Proposing | State::Running, MethodId::WSC) => self.handle_payload(body, now, entropy),
            (State::Proposing, MethodId::NAK) => {
                self.events.push(Event::PeerRefused(body.alternatives().collect()));
                self.fail(Failure::EndedEarly);
            }
            (_, method) => self.events.discard(Discarded::Method(method)),
        }
    }

    /// Takes the owner's answer to [`Event::IdentityReceived`]: `conversation` is this side of the registration. A registrar asks
    /// the peer to begin (WSC_Start); an access point as enrollee begins itself (M1).
    ///
    /// # Errors
    /// `conversation` comes back when no identity waits for an answer (any more).
    pub fn serve(
        &mut self,
        conversation: C,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Unserved<C>> {
        if self.state != State::Choosing {
            return Err(Unserved(conversation));
        }
        self.state = State::Proposing;
        self.deadlines.stop(Timer::Decision);
        let conversation = self.conversation.insert(conversation);
        match (conversation.role(), conversation.begin(entropy)) {
            (Role::Registrar, Step::Ignore) => {
                let start = WscFrame::whole(OpCode::Start, b"").encode();
                self.ask(Body::new(MethodId::WSC, &start), now);
            }
            (_, step) => self.follow(step, now),
        }
        Ok(())
    }

    /// Takes the owner's other answer to [`Event::IdentityReceived`]: nobody serves this peer. It is sent EAP-Failure.
    ///
    /// # Errors
    /// [`NotAsked`] when no identity waits for an answer (any more).
    pub fn refuse(&mut self) -> Result<(), NotAsked> {
        if self.state != State::Choosing {
            return Err(NotAsked);
        }
        self.fail(Failure::Cancelled);
        Ok(())
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
        let (State::Deciding, Some(conversation)) = (self.state, &mut self.conversation) else {
            return Err(NotAsked);
        };
        let step = conversation.decide(decision, entropy);
        self.state = State::Running;
        self.deadlines.stop(Timer::Decision);
        self.follow(step, now);
        Ok(())
    }

    /// Ends the conversation from this side, with [`Failure::Cancelled`] or [`Failure::LinkLost`] for its outcome. The peer is sent
    /// EAP-Failure, unless the link is lost or nothing was ever sent.
    pub fn abandon(&mut self, failure: Failure) {
        match self.state {
            State::Finished => {}
            State::Idle => self.finish(failure, Ending::Silent),
            _ if failure == Failure::LinkLost => self.finish(failure, Ending::Silent),
            _ => self.fail(failure),
        }
    }

    /// Ends the conversation because the peer left; nothing is sent to it.
    pub(crate) fn peer_left(&mut self) {
        if !self.is_finished() {
            self.finish(Failure::EndedEarly, Ending::Silent);
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        while let Some(timer) = self.deadlines.take_expired(now) {
            self.events.push(Event::TimerEnded(timer));
            match timer {
                Timer::Retransmit if self.request.sent < self.config.timers.tries => self.repeat(now),
                Timer::Retransmit => self.finish(Failure::TimedOut, Ending::Silent),
                _ => self.fail(Failure::TimedOut),
            }
        }
    }

    /// Sends the open request once more without waiting for the time to do so, and without counting it as
    /// a try; false if there is none.
    pub(crate) fn repeat_identity_request(&mut self) -> bool {
        let asking = self.state == State::Identifying;
        if asking {
            self.transmit = Some(self.request.packet.clone());
        }
        asking
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.deadlines.next()
    }

    /// The packet to send to the peer, if there is one. Only the newest is kept.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.take()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// Whether it has not begun.
    pub(crate) fn is_idle(&self) -> bool {
        self.state == State::Idle
    }

    /// Takes the registration out of a conversation that is over.
    pub(crate) fn take_conversation(&mut self) -> Option<C> {
        self.conversation.take()
    }

    /// Whether the conversation is over.
    pub fn is_finished(&self) -> bool {
        self.state == State::Finished
    }

    /// The identifier of the last request.
    pub const fn identifier(&self) -> u8 {
        self.request.identifier
    }

    /// The registration that is carried, once the peer is served.
    pub const fn conversation(&self) -> Option<&C> {
        self.conversation.as_ref()
    }

    /// The registration that is carried, to tell it something.
    pub const fn conversation_mut(&mut self) -> Option<&mut C> {
        self.conversation.as_mut()
    }

    /// Gives the registration back, if the peer was served.
    pub fn into_conversation(self) -> Option<C> {
        self.conversation
    }
}

/// A side of a registration that was not wanted, given back by [`Authenticator::serve`].
#[derive(Debug, PartialEq, Eq)]
pub struct Unserved<C>(pub C);

/// What a step of the registration needs.
impl<C: Conversation> Authenticator<C> {
    fn handle_payload(&mut self, body: Body<'_>, now: Timestamp, entropy: &mut dyn Entropy) {
        let frame = match WscFrame::parse(body.data()) {
            Ok(frame) if frame.op_code == OpCode::Start => return self.break_off(Discarded::OutOfTurn),
            Ok(frame) => frame,
            Err(error) => return self.events.discard(Discarded::Payload(error)),
        };
        if !self.rounds.count(self.request.packet.len(), HEADER_LEN + body.encoded_len()) {
            return self.fail(Failure::Misbehaved(Misbehaviour::BadTransport));
        }
        let arrival = match self.channel.receive(&frame) {
            Ok(arrival) => arrival,
            Err(error) => return self.break_off(Discarded::Fragment(error)),
        };
        self.state = State::Running;
        match arrival {
            Arrival::Next(piece) => self.send_piece(piece, now),
            Arrival::Acknowledge { payload, progress } => {
                self.events.push(Event::FragmentReceived(progress));
                self.ask(Body::new(MethodId::WSC, &payload), now);
            }
            Arrival::Message { op_code, bytes, .. } => {
                if let Some(conversation) = &mut self.conversation {
                    let step = conversation.handle(op_code, &bytes, entropy);
                    self.follow(step, now);
                }
            }
        }
    }

    /// Does what the registration asks for.
    fn follow(&mut self, step: Step, now: Timestamp) {
        self.pass_events_on();
        match step {
            Step::Send(message) => self.send(message, now),
            Step::End(_) => self.fail(Failure::EndedEarly),
            Step::Decide(enrolment) => {
                self.state = State::Deciding;
                self.wait_for_owner(now);
                self.events.push(Event::Decide(enrolment));
            }
            Step::Ignore => self.events.discard(Discarded::NotOfThisRegistration),
        }
    }

    fn send(&mut self, message: Outgoing, now: Timestamp) {
        match self.channel.send(message) {
            Ok(piece) => self.send_piece(piece, now),
            Err(error) => {
                self.events.discard(Discarded::TooLong(error));
                self.fail(Failure::Cancelled);
            }
        }
    }

    fn send_piece(&mut self, piece: Piece, now: Timestamp) {
        if !piece.is_only() {
            self.events.push(Event::FragmentSent(piece.progress));
        }
        self.ask(Body::new(MethodId::WSC, &piece.payload), now);
    }

    /// Sends a new request.
    fn ask(&mut self, body: Body<'_>, now: Timestamp) {
        let identifier = self.request.identifier.wrapping_add(1);
        match (Packet::Request { identifier, body }).encode() {
            Ok(packet) => {
                self.request = Request { identifier, packet: packet.clone(), sent: 1 };
                self.transmit = Some(packet);
                self.deadlines.set(Timer::Retransmit, now + self.config.timers.retransmit);
            }
            Err(error) => {
                self.events.discard(Discarded::TooLong(error));
                self.fail(Failure::Cancelled);
            }
        }
    }

    fn repeat(&mut self, now: Timestamp) {
        self.request.sent += 1;
        self.transmit = Some(self.request.packet.clone());
        self.deadlines.set(Timer::Retransmit, now + self.config.timers.retransmit);
        self.events.push(Event::Retransmitted(self.request.sent));
    }

    /// The peer answered; now it is the owner's turn.
    fn wait_for_owner(&mut self, now: Timestamp) {
        self.deadlines.stop(Timer::Retransmit);
        self.deadlines.set(Timer::Decision, now + self.config.timers.decision);
    }

    /// Ends the conversation because the peer broke the rules of EAP-WSC.
    fn break_off(&mut self, reason: Discarded) {
        self.events.discard(reason);
        self.fail(Failure::Misbehaved(Misbehaviour::BadTransport));
    }

    /// Ends the conversation with EAP-Failure. `failure` is its outcome if it has none yet.
    fn fail(&mut self, failure: Failure) {
        self.transmit = (Packet::Failure { identifier: self.request.identifier }).encode().ok();
        self.finish(failure, Ending::FailureSent);
    }

    fn finish(&mut self, failure: Failure, ending: Ending) {
        self.state = State::Finished;
        self.deadlines.stop_all();
        if let Some(conversation) = &mut self.conversation {
            conversation.abandon(failure);
        }
        self.pass_events_on();
        self.events.push(Event::Finished(ending));
    }

    fn pass_events_on(&mut self) {
        while let Some(event) = self.conversation.as_mut().and_then(Conversation::poll_event) {
            self.events.push(Event::Registration(event));
        }
    }
}
