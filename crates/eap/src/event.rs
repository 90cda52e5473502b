//! What can be seen of a conversation while it runs. No event carries a secret.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use keyway_wsc::MacAddr;
use keyway_wsc::session::{self, Enrolment};

use crate::eapol::FrameType;
use crate::fragment::{FragmentError, Progress};
use crate::identity::Identity;
use crate::method::MethodId;
use crate::packet::PacketError;
use crate::timer::Timer;
use crate::wire::{TooLong, Truncated};
use crate::wsc_frame::WscFrameError;

/// Something that happened in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Something happened in the registration that is carried.
    Registration(session::Event),
    /// Authenticator: the peer said who it is. The owner is to call `serve` or `refuse`.
    IdentityReceived(Identity),
    /// A registrar met an enrollee. The owner is to call `decide`.
    Decide(Box<Enrolment>),
    /// Peer: the authenticator asked who this is, and was told.
    IdentitySent,
    /// Peer: the authenticator sent a text to show: at most 200 characters, none of them a control character.
    Notification(String),
    /// Peer: the authenticator proposed this method and was asked for EAP-WSC instead.
    MethodRefused(MethodId),
    /// Authenticator: the peer does not want EAP-WSC, but one of these methods.
    PeerRefused(Vec<MethodId>),
    /// Supplicant: an EAPOL-Start was sent, the first with number 1.
    StartSent(u32),
    /// Supplicant: an EAPOL-Logoff was sent.
    LogoffSent,
    /// Authenticator: a request was sent again; the number says how many times it was sent by now.
    Retransmitted(u32),
    /// Peer: a request came again and was answered with the same response.
    AnsweredAgain,
    /// A fragment was sent.
    FragmentSent(Progress),
    /// A fragment came and was acknowledged.
    FragmentReceived(Progress),
    /// A timer ended.
    TimerEnded(Timer),
    /// Something came and was left alone.
    Discarded(Discarded),
    /// Port: the supplicant began anew (EAPOL-Start).
    Restarted,
    /// Port: the supplicant left (EAPOL-Logoff).
    LoggedOff,
    /// The conversation is over. How the registration ended is the [outcome](crate::Conversation::outcome).
    Finished(Ending),
}

/// What the last thing was that happened on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Peer: EAP-Failure came, as it does at the end of every registration, good or bad.
    FailureReceived,
    /// Peer: EAP-Success came, which has no place in EAP-WSC.
    SuccessReceived,
    /// Authenticator: EAP-Failure was sent.
    FailureSent,
    /// Nothing more came, or the owner ended it.
    Silent,
}

/// Why something that came was left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discarded {
    /// An EAPOL frame is cut short.
    Frame(Truncated),
    /// An EAPOL frame of a type that is none of ours here.
    FrameType(FrameType),
    /// A frame from a station other than the one that this conversation is with.
    OtherSource(MacAddr),
    /// Octets that are no EAP packet.
    Packet(PacketError),
    /// An EAP code that does not come this way: a peer gets no responses, an authenticator no requests.
    Code,
    /// A packet whose identifier belongs to no open request.
    Identifier {
        /// The identifier of the current request.
        expected: u8,
        /// The one that came.
        found: u8,
    },
    /// A request that was answered some rounds ago.
    Stale,
    /// A method that has no place at this point.
    Method(MethodId),
    /// A payload that is not EAP-WSC.
    Payload(WscFrameError),
    /// A payload that breaks the rules of fragmentation.
    Fragment(FragmentError),
    /// A packet that is good, but not at this point.
    OutOfTurn,
    /// A message that the registration does not take for its own.
    NotOfThisRegistration,
    /// A message of ours: it is too long to be sent. The conversation ends.
    TooLong(TooLong),
}

impl fmt::Display for Discarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Discarded::Frame(error) => error.fmt(f),
            Discarded::FrameType(kind) => write!(f, "{kind} is none of this conversation's frames"),
            Discarded::OtherSource(source) => write!(f, "a frame came from another station, {source}"),
            Discarded::Packet(error) => error.fmt(f),
            Discarded::Code => f.write_str("an EAP packet came that this side does not take"),
            Discarded::Identifier { expected, found } => {
                write!(f, "identifier {found} came where {expected} is open")
            }
            Discarded::Stale => f.write_str("an old request came again"),
            Discarded::Method(method) => write!(f, "{method} has no place here"),
            Discarded::Payload(error) => error.fmt(f),
            Discarded::Fragment(error) => error.fmt(f),
            Discarded::OutOfTurn => f.write_str("a packet came out of turn"),
            Discarded::NotOfThisRegistration => f.write_str("a message of another registration came"),
            Discarded::TooLong(error) => error.fmt(f),
        }
    }
}

/// The owner answered a question that was not asked, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAsked;

impl fmt::Display for NotAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing is to be decided at this point")
    }
}

impl core::error::Error for NotAsked {}

/// Events that wait for the owner, in order.
#[derive(Debug, Default)]
pub(crate) struct Events(VecDeque<Event>);

/// With this many events waiting, nothing more is said about what was discarded: whoever sends rubbish
/// to an owner that does not listen must not fill the memory.
const MANY: usize = 128;

impl Events {
    pub(crate) fn push(&mut self, event: Event) {
        if self.0.len() < MANY || !matches!(event, Event::Discarded(_) | Event::AnsweredAgain) {
            self.0.push_back(event);
        }
    }

    pub(crate) fn discard(&mut self, reason: Discarded) {
        self.push(Event::Discarded(reason));
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        self.0.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rubbish_does_not_fill_the_memory() {
        let mut events = Events::default();
        for _ in 0..1000 {
            events.discard(Discarded::Code);
        }
        events.push(Event::Finished(Ending::Silent));
        assert_eq!(events.0.len(), MANY + 1);
        assert_eq!(events.pop(), Some(Event::Discarded(Discarded::Code)));
    }
}
