//! 802.11 frames (MPDUs), without the frame check sequence: IEEE 802.11-2020, section 9.
//!
//! What is not read here is kept: [`Frame::encode`] of what [`Frame::parse`] gave has the same octets, but for the two
//! bits of an association identifier that the standard sets in every one.

mod codes;
mod control;
mod data;
mod management;

pub use codes::{ActionCategory, AuthAlgorithm, Capabilities, ReasonCode, StatusCode};
pub use control::{Flags, FrameControl, FrameKind, QosControl, SequenceControl, Subtype};
pub use data::{Data, Snap};
pub use management::{
    Action, AssociationRequest, AssociationResponse, Authentication, Beacon, Farewell, Management,
    ManagementBody, SaQuery,
};

use crate::wire::{ParseError, Reader};
use alloc::vec::Vec;

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A management frame.
    Management(Management),
    /// A data frame.
    Data(Data),
    /// A frame of another kind (control, extension): its octets, the frame control included.
    Other(Vec<u8>),
}

impl Frame {
    /// Reads a frame without its frame check sequence.
    ///
    /// A protected frame parses as well: its content is [`ManagementBody::Sealed`] or the payload of [`Data`], as it
    /// stands on the air.
    ///
    /// # Errors
    /// [`ParseError`] when the frame is cut short, when its elements do not add up, or when it is of another protocol
    /// version than 0.
    pub fn parse(bytes: &[u8]) -> Result<Frame, ParseError> {
        let mut reader = Reader::new(bytes);
        let control = FrameControl(reader.u16("frame control")?);
        if control.version() != 0 {
            return Err(ParseError::value("frame control", 0, "names a protocol version other than 0"));
        }
        match control.kind() {
            FrameKind::MANAGEMENT => Management::read(control, reader).map(Frame::Management),
            FrameKind::DATA => Data::read(control, reader).map(Frame::Data),
            _ => Ok(Frame::Other(bytes.to_vec())),
        }
    }

    /// The octets of the frame, without a frame check sequence.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Frame::Management(frame) => frame.encode(),
            Frame::Data(frame) => frame.encode(),
            Frame::Other(bytes) => bytes.clone(),
        }
    }
}

impl From<Management> for Frame {
    fn from(frame: Management) -> Frame {
        Frame::Management(frame)
    }
}

impl From<Data> for Frame {
    fn from(frame: Data) -> Frame {
        Frame::Data(frame)
    }
}

#[cfg(test)]
mod tests;
