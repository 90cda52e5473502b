//! Messages longer than a packet: fragmentation and reassembly, the same for both roles.
//!
//! Of a message that does not fit, the first fragment carries the length of the whole and the flag
//! "more", the middle ones that flag, the last one neither. The receiver answers each fragment but the
//! last with an acknowledgement (op-code 6), in the lock-step of request and response.
//!
//! What hostap leaves open is decided here:
//! * A message is whole only if as many octets came as were announced. One that ends early is refused.
//! * A length that is announced again must be the same.
//! * A fragment without data is refused while more are to follow: it makes no progress.
//! * An error leaves a message that is being put together as it was; the owner decides whether to go on.
//! * Nothing is reserved for an announced length: memory grows only with octets received, to at most
//!   [`MAX_MESSAGE`].

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use keyway_wsc::session::{OpCode, Outgoing};

use crate::wire::TooLong;
use crate::wsc_frame::{HEADER_LEN, LENGTH_LEN, WscFrame};

/// The longest message that is sent or taken, in octets (observed: hostap).
pub const MAX_MESSAGE: usize = 50_000;

/// The most octets one EAP-WSC payload may have, its header included.
///
/// Counted as hostap's `fragment_size`: op-code, flags, message length and data, without the 12 octets
/// of EAP header and expanded type in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FragmentSize(u16);

impl FragmentSize {
    /// The smallest: with less a registration (about 1 900 octets, a round for each fragment) comes too near
    /// to the limit of 100 rounds.
    pub const MIN: FragmentSize = FragmentSize(32);
    /// The usual one (observed: hostap); with all headers it fits an Ethernet frame.
    pub const DEFAULT: FragmentSize = FragmentSize(1400);
    /// The largest: no message needs more.
    pub const MAX: FragmentSize = FragmentSize((MAX_MESSAGE + HEADER_LEN) as u16);

    /// A size of `octets`, if it lies between [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    pub const fn new(octets: u16) -> Option<FragmentSize> {
        if octets >= Self::MIN.0 && octets <= Self::MAX.0 { Some(FragmentSize(octets)) } else { None }
    }

    /// The size in octets.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for FragmentSize {
    fn default() -> FragmentSize {
        FragmentSize::DEFAULT
    }
}

/// How far a message has come that travels in fragments, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// Octets sent or received up to now.
    pub done: usize,
    /// Octets of the whole message.
    pub total: usize,
}

/// What to do about a frame that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival<'a> {
    /// A whole message is there.
    Message {
        /// Its op-code.
        op_code: OpCode,
        /// Its octets.
        bytes: Cow<'a, [u8]>,
        /// Whether it came in fragments.
        fragmented: bool,
    },
    /// A fragment came: acknowledge it with this payload.
    Acknowledge {
        /// The payload to send.
        payload: Vec<u8>,
        /// How much of the message is there.
        progress: Progress,
    },
    /// Our fragment was acknowledged: send the next one.
    Next(Piece),
}

/// A payload that carries a message or a fragment of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The payload to send.
    pub payload: Vec<u8>,
    /// How much of the message is sent with it; `done == total` for the last one.
    pub progress: Progress,
}

impl Piece {
    /// Whether this is the end of the message.
    pub const fn is_last(&self) -> bool {
        self.progress.done == self.progress.total
    }

    /// Whether the message went out whole, in this one piece.
    pub(crate) fn is_only(&self) -> bool {
        self.is_last() && self.payload.len() == HEADER_LEN + self.progress.total
    }
}

/// One side's end of the lock-step: what is being sent and what is being received.
#[derive(Debug)]
pub struct Channel {
    size: FragmentSize,
    sending: Option<Sending>,
    receiving: Option<Receiving>,
}

impl Channel {
    /// A channel that sends payloads of at most `size` octets; it receives any.
    pub const fn new(size: FragmentSize) -> Channel {
        Channel { size, sending: None, receiving: None }
    }

    /// Begins to send `message`; gives the payload to send first. What was being sent or received before is
    /// dropped.
    ///
    /// # Errors
    /// [`TooLong`] when the message has more than [`MAX_MESSAGE`] octets.
    pub fn send(&mut self, message: Outgoing) -> Result<Piece, TooLong> {
        self.receiving = None;
        let total = message.bytes.len();
        match u16::try_from(total) {
            Ok(announced) if total <= MAX_MESSAGE => {
                let sending = self.sending.insert(Sending { message, announced, done: 0 });
                let piece = sending.next(self.size);
                if piece.is_last() {
                    self.sending = None;
                }
                Ok(piece)
            }
            _ => Err(TooLong { length: total, limit: MAX_MESSAGE }),
        }
    }

    /// Takes a frame that came.
    ///
    /// # Errors
    /// [`FragmentError`] when the frame breaks a rule of fragmentation. The channel is then as it was before.
    pub fn receive<'a>(&mut self, frame: &WscFrame<'a>) -> Result<Arrival<'a>, FragmentError> {
        match (&mut self.sending, frame.op_code) {
            (Some(sending), OpCode::FragmentAck) => {
                let piece = sending.next(self.size);
                if piece.is_last() {
                    self.sending = None;
                }
                Ok(Arrival::Next(piece))
            }
            (Some(_), other) => Err(FragmentError::AckExpected(other)),
            (None, OpCode::FragmentAck) => Err(FragmentError::UnexpectedAck),
            (None, _) => self.reassemble(frame),
        }
    }

    /// Whether fragments of a message are still to be sent.
    pub const fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    fn reassemble<'a>(&mut self, frame: &WscFrame<'a>) -> Result<Arrival<'a>, FragmentError> {
        let total = check(frame, self.receiving.as_ref())?;
        if frame.more {
            let fresh = || Receiving { op_code: frame.op_code, total, bytes: Vec::new() };
            let receiving = self.receiving.get_or_insert_with(fresh);
            receiving.bytes.extend(frame.data);
            let payload = WscFrame::whole(OpCode::FragmentAck, b"").encode();
            let progress = Progress { done: receiving.bytes.len(), total };
            return Ok(Arrival::Acknowledge { payload, progress });
        }
        let (bytes, fragmented) = match self.receiving.take() {
            None => (Cow::Borrowed(frame.data), false),
            Some(mut receiving) => {
                receiving.bytes.extend(frame.data);
                (Cow::Owned(receiving.bytes), true)
            }
        };
        Ok(Arrival::Message { op_code: frame.op_code, bytes, fragmented })
    }
}

/// Why a frame breaks the rules of fragmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FragmentError {
    /// A first fragment that does not announce the length of the message.
    NoLength,
    /// A message longer than [`MAX_MESSAGE`] is announced, or came whole.
    OverLimit {
        /// Its length in octets.
        length: usize,
    },
    /// More octets came than were announced.
    Overflow {
        /// Octets received, this frame included.
        received: usize,
        /// Octets announced.
        total: usize,
    },
    /// The last fragment came, but not all of the message.
    Incomplete {
        /// Octets received, this frame included.
        received: usize,
        /// Octets announced.
        total: usize,
    },
    /// A later fragment announces another length than the first one.
    LengthChanged {
        /// What the first fragment announced.
        first: usize,
        /// What this one announces.
        now: usize,
    },
    /// A later fragment belongs to another kind of message than the first one.
    OpCodeChanged {
        /// The op-code of the first fragment.
        first: OpCode,
        /// The op-code of this one.
        now: OpCode,
    },
    /// A fragment without data, with more to follow.
    Empty,
    /// Start travels in one piece.
    FragmentedStart,
    /// Our fragment was not acknowledged: this came instead.
    AckExpected(OpCode),
    /// An acknowledgement came, but no fragment of ours was waiting for one.
    UnexpectedAck,
}

impl fmt::Display for FragmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FragmentError::NoLength => f.write_str("a first fragment does not announce the message's length"),
            FragmentError::OverLimit { length } => {
                write!(f, "a message of {length} octets is over the limit of {MAX_MESSAGE}")
            }
            FragmentError::Overflow { received, total } => {
                write!(f, "{received} octets came of a message of {total}")
            }
            FragmentError::Incomplete { received, total } => {
                write!(f, "a message of {total} octets ended after {received}")
            }
            FragmentError::LengthChanged { first, now } => {
                write!(f, "a message of {first} octets was later announced with {now}")
            }
            FragmentError::OpCodeChanged { first, now } => {
                write!(f, "a fragment of {now:?} came in the middle of {first:?}")
            }
            FragmentError::Empty => f.write_str("a fragment is empty and more are to follow"),
            FragmentError::FragmentedStart => f.write_str("Start came as a fragment"),
            FragmentError::AckExpected(op_code) => {
                write!(f, "{op_code:?} came where a fragment had to be acknowledged")
            }
            FragmentError::UnexpectedAck => f.write_str("an acknowledgement came, but nothing waits for one"),
        }
    }
}

impl core::error::Error for FragmentError {}

/// A message of ours on its way.
#[derive(Debug)]
struct Sending {
    message: Outgoing,
    /// The length of the message as its field.
    announced: u16,
    done: usize,
}

impl Sending {
    /// The next payload. The last one tells by `done == total`.
    fn next(&mut self, size: FragmentSize) -> Piece {
        let (total, size) = (self.message.bytes.len(), usize::from(size.0));
        let rest = self.message.bytes.get(self.done..).unwrap_or_default();
        let more = HEADER_LEN + rest.len() > size;
        let message_length = (more && self.done == 0).then_some(self.announced);
        let header = HEADER_LEN + if message_length.is_some() { LENGTH_LEN } else { 0 };
        let data = if more { rest.get(..size - header).unwrap_or(rest) } else { rest };
        self.done += data.len();
        let payload = WscFrame { op_code: self.message.op_code, more, message_length, data }.encode();
        Piece { payload, progress: Progress { done: self.done, total } }
    }
}

/// A message of the other side that is being put together.
#[derive(Debug)]
struct Receiving {
    op_code: OpCode,
    total: usize,
    bytes: Vec<u8>,
}

/// Holds `frame` against the rules; gives the length of the whole message.
fn check(frame: &WscFrame<'_>, receiving: Option<&Receiving>) -> Result<usize, FragmentError> {
    let length = frame.message_length.map(usize::from);
    let total = match (receiving, length) {
        (Some(Receiving { op_code: first, .. }), _) if *first != frame.op_code => {
            return Err(FragmentError::OpCodeChanged { first: *first, now: frame.op_code });
        }
        (Some(Receiving { total: first, .. }), Some(now)) if *first != now => {
            return Err(FragmentError::LengthChanged { first: *first, now });
        }
        (Some(receiving), _) => receiving.total,
        (None, Some(length)) => length,
        (None, None) if frame.more => return Err(FragmentError::NoLength),
        (None, None) => frame.data.len(),
    };
    let received = receiving.map_or(0, |receiving| receiving.bytes.len()) + frame.data.len();
    if frame.more && frame.op_code == OpCode::Start {
        Err(FragmentError::FragmentedStart)
    } else if frame.more && frame.data.is_empty() {
        Err(FragmentError::Empty)
    } else if total > MAX_MESSAGE {
        Err(FragmentError::OverLimit { length: total })
    } else if received > total {
        Err(FragmentError::Overflow { received, total })
    } else if !frame.more && received < total {
        Err(FragmentError::Incomplete { received, total })
    } else {
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn message(length: usize) -> Outgoing {
        let bytes = (0..length).map(|at| (at % 251) as u8).collect();
        Outgoing { op_code: OpCode::Message, bytes }
    }

    /// Sends `message` through a pair of channels; gives what arrives and the payloads that carried it.
    fn travel(message: Outgoing, size: FragmentSize) -> (OpCode, Vec<u8>, Vec<Vec<u8>>) {
        let (mut sender, mut receiver) = (Channel::new(size), Channel::new(size));
        let mut piece = sender.send(message).unwrap();
        let mut payloads = vec![];
        loop {
            payloads.push(piece.payload.clone());
            assert_eq!(sender.is_sending(), !piece.is_last());
            assert_eq!(piece.is_only(), payloads.len() == 1 && piece.is_last());
            match receiver.receive(&WscFrame::parse(&piece.payload).unwrap()).unwrap() {
                Arrival::Message { op_code, bytes, fragmented } => {
                    assert_eq!(fragmented, payloads.len() > 1);
                    return (op_code, bytes.into_owned(), payloads);
                }
                Arrival::Acknowledge { payload, progress } => {
                    assert_eq!(progress, piece.progress);
                    match sender.receive(&WscFrame::parse(&payload).unwrap()) {
                        Ok(Arrival::Next(next)) => piece = next,
                        other => panic!("{other:?}"),
                    }
                }
                Arrival::Next(piece) => panic!("{piece:?}"),
            }
        }
    }

    #[test]
    fn the_pieces_are_cut_as_hostap_cuts_them() {
        let size = FragmentSize::new(50).unwrap();
        for (length, expected) in [
            (0, vec![0]),
            (48, vec![48]),
            (49, vec![46, 3]),
            (46 + 48, vec![46, 48]),
            (46 + 48 + 1, vec![46, 48, 1]),
        ] {
            let (_, _, payloads) = travel(message(length), size);
            let frames: Vec<WscFrame<'_>> = payloads.iter().map(|p| WscFrame::parse(p).unwrap()).collect();
            assert_eq!(frames.iter().map(|frame| frame.data.len()).collect::<Vec<_>>(), expected);
            for (at, frame) in frames.iter().enumerate() {
                let (first, last) = (at == 0, at + 1 == frames.len());
                assert_eq!(frame.more, !last);
                assert_eq!(frame.message_length, (first && !last).then_some(length as u16));
            }
        }
    }

    #[test]
    fn messages_over_the_limit_are_not_sent() {
        let mut channel = Channel::new(FragmentSize::MAX);
        assert!(channel.send(message(MAX_MESSAGE)).unwrap().is_only());
        for length in [MAX_MESSAGE + 1, 65_536] {
            assert_eq!(channel.send(message(length)), Err(TooLong { length, limit: MAX_MESSAGE }));
        }
    }

    #[test]
    fn sizes_have_limits() {
        for (octets, good) in
            [(0, false), (31, false), (32, true), (1400, true), (50_002, true), (50_003, false)]
        {
            assert_eq!(FragmentSize::new(octets).is_some(), good, "{octets}");
        }
    }

    const fn frame(op_code: OpCode, more: bool, length: Option<u16>, data: &[u8]) -> WscFrame<'_> {
        WscFrame { op_code, more, message_length: length, data }
    }

    #[test]
    fn broken_rules_are_named_and_change_nothing() {
        use FragmentError::*;
        use OpCode::{Ack, Done, FragmentAck, Message, Start};
        const FIRST: WscFrame<'static> = frame(Message, true, Some(6), b"abc");
        for (before, bad, error) in [
            (None, frame(Message, true, None, b"abc"), NoLength),
            (None, frame(Message, true, Some(50_001), b"abc"), OverLimit { length: 50_001 }),
            (None, frame(Message, false, None, &[0; 50_001]), OverLimit { length: 50_001 }),
            (None, frame(Message, true, Some(2), b"abc"), Overflow { received: 3, total: 2 }),
            (None, frame(Message, false, Some(2), b"abc"), Overflow { received: 3, total: 2 }),
            (None, frame(Message, false, Some(4), b"abc"), Incomplete { received: 3, total: 4 }),
            (None, frame(Message, true, Some(4), b""), Empty),
            (None, frame(Start, true, Some(4), b"a"), FragmentedStart),
            (None, frame(FragmentAck, false, None, b""), UnexpectedAck),
            (Some(FIRST), frame(FragmentAck, false, None, b""), UnexpectedAck),
            (Some(FIRST), frame(Done, false, None, b"def"), OpCodeChanged { first: Message, now: Done }),
            (Some(FIRST), frame(Ack, true, Some(6), b"def"), OpCodeChanged { first: Message, now: Ack }),
            (Some(FIRST), frame(Message, true, Some(7), b"def"), LengthChanged { first: 6, now: 7 }),
            (Some(FIRST), frame(Message, true, None, b"defg"), Overflow { received: 7, total: 6 }),
            (Some(FIRST), frame(Message, false, None, b"de"), Incomplete { received: 5, total: 6 }),
            (Some(FIRST), frame(Message, true, None, b""), Empty),
        ] {
            let mut channel = Channel::new(FragmentSize::DEFAULT);
            if let Some(before) = before {
                assert!(matches!(channel.receive(&before), Ok(Arrival::Acknowledge { .. })));
            }
            assert_eq!(channel.receive(&bad), Err(error), "{bad:?}");
            if before.is_some() {
                let last = frame(Message, false, None, b"def");
                let whole =
                    Arrival::Message { op_code: Message, bytes: Cow::Borrowed(b"abcdef"), fragmented: true };
                assert_eq!(channel.receive(&last), Ok(whole));
            }
        }
    }

    #[test]
    fn only_an_acknowledgement_moves_a_message_on() {
        let mut channel = Channel::new(FragmentSize::MIN);
        assert!(!channel.send(message(100)).unwrap().is_last());
        let nack = WscFrame::whole(OpCode::Nack, b"x");
        assert_eq!(channel.receive(&nack), Err(FragmentError::AckExpected(OpCode::Nack)));
        let ack = WscFrame::whole(OpCode::FragmentAck, b"");
        assert!(matches!(channel.receive(&ack), Ok(Arrival::Next(_))));
    }

    #[test]
    fn a_length_that_is_announced_again_is_taken() {
        let mut channel = Channel::new(FragmentSize::DEFAULT);
        let first = frame(OpCode::Message, true, Some(4), b"ab");
        let progress = Progress { done: 2, total: 4 };
        assert_eq!(channel.receive(&first), Ok(Arrival::Acknowledge { payload: vec![6, 0], progress }));
        let last = frame(OpCode::Message, false, Some(4), b"cd");
        assert!(matches!(channel.receive(&last), Ok(Arrival::Message { .. })));
    }

    proptest! {
        #[test]
        fn every_message_arrives(length in 0..=MAX_MESSAGE, size in FragmentSize::MIN.0..=FragmentSize::MAX.0) {
            let size = FragmentSize::new(size).unwrap();
            let sent = message(length);
            let (op_code, bytes, payloads) = travel(sent.clone(), size);
            prop_assert_eq!(op_code, sent.op_code);
            prop_assert_eq!(bytes, sent.bytes);
            prop_assert!(payloads.iter().all(|payload| payload.len() <= usize::from(size.0)));
        }

        #[test]
        fn no_frame_is_too_much(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..40)) {
            let mut channel = Channel::new(FragmentSize::MIN);
            for bytes in frames {
                if let Ok(frame) = WscFrame::parse(&bytes) {
                    let _ = channel.receive(&frame);
                }
            }
        }
    }
}
