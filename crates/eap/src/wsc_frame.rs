//! The EAP-WSC header: the data of a packet whose method is [`MethodId::WSC`](crate::MethodId::WSC)
//! (WSC specification, "EAP Messages").
//!
//! One octet of op-code, one of flags, two of message length (big-endian) if a flag says so, then a
//! message or a fragment of one.

use alloc::vec::Vec;
use core::fmt;

use keyway_wsc::session::OpCode;

use crate::wire::{Reader, Truncated};

/// Flag: more fragments of this message follow.
const MORE_FRAGMENTS: u8 = 0x01;
/// Flag: the message length field is there.
const LENGTH_FIELD: u8 = 0x02;

/// The length of op-code and flags.
pub const HEADER_LEN: usize = 2;
/// The length of the message length field.
pub const LENGTH_LEN: usize = 2;

/// One EAP-WSC payload.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WscFrame<'a> {
    /// What kind of message it is, or is a fragment of.
    pub op_code: OpCode,
    /// Whether more fragments of the message follow.
    pub more: bool,
    /// The length of the whole message in octets, as the sender announces it.
    pub message_length: Option<u16>,
    /// The message, or this fragment of it.
    pub data: &'a [u8],
}

impl<'a> WscFrame<'a> {
    /// A whole message in one frame.
    pub const fn whole(op_code: OpCode, data: &'a [u8]) -> WscFrame<'a> {
        WscFrame { op_code, more: false, message_length: None, data }
    }

    /// Parses all of `bytes`. The six flags without a meaning are ignored.
    ///
    /// # Errors
    /// [`WscFrameError`] when the header is cut short or the op-code has no meaning.
    pub fn parse(bytes: &'a [u8]) -> Result<WscFrame<'a>, WscFrameError> {
        let mut reader = Reader::new(bytes);
        let [op_code, flags] = reader.array("EAP-WSC header")?;
        let op_code = OpCode::from_u8(op_code).ok_or(WscFrameError::OpCode(op_code))?;
        let message_length = match flags & LENGTH_FIELD {
            0 => None,
            _ => Some(u16::from_be_bytes(reader.array("EAP-WSC message length")?)),
        };
        Ok(WscFrame { op_code, more: flags & MORE_FRAGMENTS != 0, message_length, data: reader.rest() })
    }

    /// The octets of the frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LEN + LENGTH_LEN + self.data.len());
        let more = if self.more { MORE_FRAGMENTS } else { 0 };
        let length = if self.message_length.is_some() { LENGTH_FIELD } else { 0 };
        bytes.extend([self.op_code as u8, more | length]);
        if let Some(length) = self.message_length {
            bytes.extend(length.to_be_bytes());
        }
        bytes.extend(self.data);
        bytes
    }
}

impl fmt::Debug for WscFrame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} octets", self.op_code, self.data.len())?;
        if let Some(length) = self.message_length {
            write!(f, " of {length}")?;
        }
        if self.more { f.write_str(", more to follow") } else { Ok(()) }
    }
}

/// Why octets are no EAP-WSC payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WscFrameError {
    /// The header is cut short.
    Truncated(Truncated),
    /// An op-code without a meaning.
    OpCode(u8),
}

impl From<Truncated> for WscFrameError {
    fn from(error: Truncated) -> WscFrameError {
        WscFrameError::Truncated(error)
    }
}

impl fmt::Display for WscFrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WscFrameError::Truncated(error) => error.fmt(f),
            WscFrameError::OpCode(code) => write!(f, "the EAP-WSC op-code {code:#04x} has no meaning"),
        }
    }
}

impl core::error::Error for WscFrameError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn octets_and_frames() {
        for (bytes, frame) in [
            (vec![1, 0], WscFrame::whole(OpCode::Start, b"")),
            (vec![6, 0], WscFrame::whole(OpCode::FragmentAck, b"")),
            (vec![4, 0, b'm'], WscFrame::whole(OpCode::Message, b"m")),
            (
                vec![4, 3, 1, 2, b'm'],
                WscFrame { op_code: OpCode::Message, more: true, message_length: Some(0x102), data: b"m" },
            ),
            (
                vec![3, 1, b'm'],
                WscFrame { op_code: OpCode::Nack, more: true, message_length: None, data: b"m" },
            ),
        ] {
            assert_eq!(WscFrame::parse(&bytes), Ok(frame));
            assert_eq!(frame.encode(), bytes);
        }
    }

    #[test]
    fn refused_octets() {
        let cut = |what, offset, needed, available| {
            WscFrameError::Truncated(Truncated { what, offset, needed, available })
        };
        for (bytes, error) in [
            (&[][..], cut("EAP-WSC header", 0, 2, 0)),
            (&[4], cut("EAP-WSC header", 0, 2, 1)),
            (&[4, 2, 1], cut("EAP-WSC message length", 2, 2, 1)),
            (&[0, 0], WscFrameError::OpCode(0)),
            (&[7, 0], WscFrameError::OpCode(7)),
        ] {
            assert_eq!(WscFrame::parse(bytes), Err(error), "{bytes:02x?}");
        }
    }

    #[test]
    fn flags_without_a_meaning_are_ignored() {
        assert_eq!(WscFrame::parse(&[4, 0xfc, b'm']), Ok(WscFrame::whole(OpCode::Message, b"m")));
    }
    proptest! {
        #[test]
        fn encode_then_parse_is_the_identity(
            op_code in 1u8..=6,
            more in any::<bool>(),
            message_length in any::<Option<u16>>(),
            data in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let op_code = OpCode::from_u8(op_code).unwrap();
            let frame = WscFrame { op_code, more, message_length, data: &data };
            let bytes = frame.encode();
            prop_assert_eq!(WscFrame::parse(&bytes), Ok(frame));
        }

        #[test]
        fn no_octets_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = WscFrame::parse(&bytes);
        }
    }
}
