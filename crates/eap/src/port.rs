//! An authenticator on an EAPOL link: one supplicant's conversations, one after the other.

#[cfg(test)]
mod tests;

use keyway_wsc::session::{Decision, Failure, Session};
use keyway_wsc::{Entropy, MacAddr};

use crate::authenticator::{Authenticator, Unserved};
use crate::config::Config;
use crate::conversation::Conversation;
use crate::eapol::{Frame, FrameType};
use crate::event::{Discarded, Event, Events, NotAsked};
use crate::supplicant::{Destination, Transmit};
use crate::time::Timestamp;

/// The authenticator's end of an EAPOL link with one supplicant.
///
/// The owner keeps one for each station that it hears, and drops it when it likes: nothing is reserved while no
/// conversation runs. EAPOL-Start begins a conversation and ends the one before; only while nobody has said yet who it
/// is does it repeat the question instead, since then nothing is lost. EAPOL-Logoff ends the conversation.
///
/// What an ended conversation came to is kept for [`take_ended`](Self::take_ended) until the next one ends.
#[derive(Debug)]
pub struct Port<C = Session> {
    supplicant: MacAddr,
    destination: Destination,
    config: Config,
    authenticator: Authenticator<C>,
    ended: Option<C>,
    events: Events,
}

impl<C: Conversation> Port<C> {
    /// A port for the station `supplicant` that waits for its EAPOL-Start.
    pub fn new(supplicant: MacAddr, config: Config) -> Port<C> {
        Port {
            supplicant,
            destination: Destination::Station(supplicant),
            config,
            authenticator: Authenticator::new(config, 0),
            ended: None,
            events: Events::default(),
        }
    }

    /// Sends to the group address from now on, for a supplicant that takes nothing else.
    pub fn answer_to_group(&mut self) {
        self.destination = Destination::Group;
    }

    /// Begins a conversation without being asked to, as an access point does when a station has associated. Does
    /// nothing while one runs.
    pub fn start(&mut self, now: Timestamp) {
        if self.authenticator.is_finished() {
            self.renew();
        }
        self.authenticator.start(now);
        self.settle();
    }

    /// Takes an EAPOL frame (what follows the Ethernet type) that came from the supplicant; padding may follow it.
    pub fn handle_frame(&mut self, frame: &[u8], now: Timestamp, entropy: &mut dyn Entropy) {
        let frame = match Frame::parse(frame) {
            Ok(frame) => frame,
            Err(error) => return self.events.discard(Discarded::Frame(error)),
        };
        match frame.kind {
            FrameType::EAP => self.authenticator.handle_packet(frame.body, now, entropy),
            FrameType::START => self.handle_start(now),
            FrameType::LOGOFF if self.authenticator.is_idle() => {
                self.events.discard(Discarded::OutOfTurn);
            }
            FrameType::LOGOFF => {
                self.events.push(Event::LoggedOff);
                self.authenticator.peer_left();
            }
            other => self.events.discard(Discarded::FrameType(other)),
        }
        self.settle();
    }

    /// Takes the owner's answer to [`Event::IdentityReceived`]: this side of the registration.
    ///
    /// # Errors
    /// `conversation` comes back when no identity waits for an answer (any more).
    pub fn serve(
        &mut self,
        conversation: C,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Unserved<C>> {
        self.authenticator.serve(conversation, now, entropy)?;
        self.settle();
        Ok(())
    }

    /// Takes the owner's other answer to [`Event::IdentityReceived`]: nobody serves this supplicant.
    ///
    /// # Errors
    /// [`NotAsked`] when no identity waits for an answer (any more).
    pub fn refuse(&mut self) -> Result<(), NotAsked> {
        self.authenticator.refuse()?;
        self.settle();
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
        self.authenticator.decide(decision, now, entropy)?;
        self.settle();
        Ok(())
    }

    /// Ends the conversation from this side, with [`Failure::Cancelled`] or [`Failure::LinkLost`] for its outcome.
    pub fn abandon(&mut self, failure: Failure) {
        self.authenticator.abandon(failure);
        self.settle();
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.authenticator.handle_timeout(now);
        self.settle();
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.authenticator.poll_timeout()
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        let packet = self.authenticator.poll_transmit()?;
        let frame = Frame { version: self.config.eapol_version, kind: FrameType::EAP, body: &packet };
        Some(Transmit { destination: self.destination, frame: frame.encode().ok()? })
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// The registration that ended last, once.
    pub fn take_ended(&mut self) -> Option<C> {
        self.ended.take()
    }

    /// The registration that runs, or has ended and was not replaced by a new one.
    pub const fn conversation(&self) -> Option<&C> {
        self.authenticator.conversation()
    }

    /// The registration that runs, to tell it something.
    pub const fn conversation_mut(&mut self) -> Option<&mut C> {
        self.authenticator.conversation_mut()
    }

    /// Whether a conversation runs.
    pub fn is_busy(&self) -> bool {
        !self.authenticator.is_idle() && !self.authenticator.is_finished()
    }

    /// The station at the other end.
    pub const fn supplicant(&self) -> MacAddr {
        self.supplicant
    }

    fn handle_start(&mut self, now: Timestamp) {
        if self.authenticator.repeat_identity_request() {
            return;
        }
        if self.is_busy() {
            self.events.push(Event::Restarted);
            self.authenticator.peer_left();
        }
        self.settle();
        if self.authenticator.is_finished() {
            self.renew();
        }
        self.authenticator.start(now);
    }

    /// Puts a new authenticator in the place of one that has ended. Its identifiers go on from the old one's,
    /// so that a late response to that one answers nothing.
    fn renew(&mut self) {
        self.authenticator = Authenticator::new(self.config, self.authenticator.identifier());
    }

    /// Passes events on, and puts aside the registration if it has ended.
    fn settle(&mut self) {
        while let Some(event) = self.authenticator.poll_event() {
            self.events.push(event);
        }
        if self.authenticator.is_finished()
            && let Some(conversation) = self.authenticator.take_conversation()
        {
            self.ended = Some(conversation);
        }
    }
}
