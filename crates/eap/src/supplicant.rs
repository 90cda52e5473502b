//! A peer on an EAPOL link: EAPOL-Start until somebody asks, then the EAP peer's answers in frames.

#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use keyway_wsc::session::{Decision, Failure, Session};
use keyway_wsc::{Entropy, MacAddr};

use crate::config::Config;
use crate::conversation::Conversation;
use crate::eapol::{Frame, FrameType, GROUP_ADDRESS, Version};
use crate::event::{Discarded, Event, Events, NotAsked};
use crate::peer::Peer;
use crate::time::Timestamp;
use crate::timer::{Deadlines, Timer};

/// A frame to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Where to.
    pub destination: Destination,
    /// An EAPOL frame: what follows the Ethernet type `0x888e`.
    pub frame: Vec<u8>,
}

/// Where a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// To whoever listens on the link: [`GROUP_ADDRESS`].
    Group,
    /// To this station.
    Station(MacAddr),
}

impl Destination {
    /// The address for the Ethernet header.
    pub const fn address(self) -> MacAddr {
        match self {
            Destination::Group => GROUP_ADDRESS,
            Destination::Station(address) => address,
        }
    }
}

/// The supplicant's end of an EAPOL link.
///
/// It sends EAPOL-Start, to the group address unless it was told the authenticator's, until a request comes. Requests
/// are answered to the station they came from. Once messages of the registration have passed, frames from other
/// stations are left alone.
#[derive(Debug)]
pub struct Supplicant<C = Session> {
    peer: Peer<C>,
    version: Version,
    config: Config,
    authenticator: Destination,
    /// Who sent the request that is being answered, or was answered last.
    asked_by: Option<MacAddr>,
    starts: u32,
    deadlines: Deadlines,
    start_or_logoff: Option<FrameType>,
    events: Events,
}

impl<C: Conversation> Supplicant<C> {
    /// A supplicant that begins at `now`: [`poll_timeout`](Self::poll_timeout) says when the first
    /// EAPOL-Start is due. `authenticator` is the station to register with, if it is known: on a radio the access
    /// point, on a cable usually [`Destination::Group`].
    pub fn new(conversation: C, authenticator: Destination, config: Config, now: Timestamp) -> Supplicant<C> {
        let mut deadlines = Deadlines::default();
        deadlines.set(Timer::Start, now + config.timers.start_delay);
        Supplicant {
            peer: Peer::new(conversation, config, now),
            version: config.eapol_version,
            config,
            authenticator,
            asked_by: None,
            starts: 0,
            deadlines,
            start_or_logoff: None,
            events: Events::default(),
        }
    }

    /// Takes an EAPOL frame (what follows the Ethernet type) that came from `source`; padding may follow it.
    pub fn handle_frame(&mut self, source: MacAddr, frame: &[u8], now: Timestamp, entropy: &mut dyn Entropy) {
        let frame = match Frame::parse(frame) {
            Ok(frame) if frame.kind == FrameType::EAP => frame,
            Ok(frame) => return self.events.discard(Discarded::FrameType(frame.kind)),
            Err(error) => return self.events.discard(Discarded::Frame(error)),
        };
        let stranger = match (self.authenticator, self.asked_by) {
            (Destination::Station(authenticator), _) => source != authenticator,
            (Destination::Group, Some(asked_by)) => self.peer.is_engaged() && source != asked_by,
            (Destination::Group, None) => false,
        };
        if stranger {
            return self.events.discard(Discarded::OtherSource(source));
        }
        let before = self.peer.requests_taken();
        self.peer.handle_packet(frame.body, now, entropy);
        if self.peer.requests_taken() > before {
            self.asked_by = Some(source);
            self.deadlines.stop(Timer::Start);
        }
        self.pass_events_on();
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
        self.peer.decide(decision, now, entropy)?;
        self.pass_events_on();
        Ok(())
    }

    /// Ends the conversation from this side, with [`Failure::Cancelled`] or [`Failure::LinkLost`] for its outcome. An
    /// EAPOL-Logoff tells the authenticator, unless the link is lost.
    pub fn abandon(&mut self, failure: Failure) {
        if self.peer.is_finished() {
            return;
        }
        self.deadlines.stop_all();
        if failure != Failure::LinkLost {
            self.start_or_logoff = Some(FrameType::LOGOFF);
            self.events.push(Event::LogoffSent);
        }
        self.peer.abandon(failure);
        self.pass_events_on();
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.peer.handle_timeout(now);
        self.pass_events_on();
        if self.deadlines.take_expired(now) == Some(Timer::Start) {
            self.send_start(now);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        [self.deadlines.next(), self.peer.poll_timeout()].into_iter().flatten().min()
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        if let Some(packet) = self.peer.poll_transmit() {
            let destination = self.asked_by.map_or(self.authenticator, Destination::Station);
            return self.transmit(destination, FrameType::EAP, &packet);
        }
        let kind = self.start_or_logoff.take()?;
        let destination = match self.asked_by {
            Some(authenticator) if kind == FrameType::LOGOFF => Destination::Station(authenticator),
            _ => self.authenticator,
        };
        self.transmit(destination, kind, b"")
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// Whether the conversation is over.
    pub const fn is_finished(&self) -> bool {
        self.peer.is_finished()
    }

    /// The authenticator that asked last, if any did.
    pub const fn authenticator(&self) -> Option<MacAddr> {
        self.asked_by
    }

    /// The registration that is carried.
    pub const fn conversation(&self) -> &C {
        self.peer.conversation()
    }

    /// Gives the registration back.
    pub fn into_conversation(self) -> C {
        self.peer.into_conversation()
    }

    fn send_start(&mut self, now: Timestamp) {
        if self.starts >= self.config.timers.start_tries {
            self.events.push(Event::TimerEnded(Timer::Start));
            self.peer.abandon(Failure::TimedOut);
            return self.pass_events_on();
        }
        self.starts += 1;
        self.start_or_logoff = Some(FrameType::START);
        self.events.push(Event::StartSent(self.starts));
        self.deadlines.set(Timer::Start, now + self.config.timers.start_period);
    }

    fn transmit(&self, destination: Destination, kind: FrameType, body: &[u8]) -> Option<Transmit> {
        let frame = Frame { version: self.version, kind, body }.encode().ok()?;
        Some(Transmit { destination, frame })
    }

    fn pass_events_on(&mut self) {
        while let Some(event) = self.peer.poll_event() {
            self.events.push(event);
        }
        if self.peer.is_finished() {
            self.deadlines.stop_all();
        }
    }
}
