//! What comes out of an air.

use std::sync::Arc;

use keyway_eap::Timestamp;
use keyway_wifi::Channel;

use crate::config::{Position, RadioId};

/// What happened to a radio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AirEvent {
    /// It received a frame.
    Received(Received),
    /// A frame that it was to transmit with a ticket is done with: sent, or dropped because the radio is not tuned to the
    /// frame's channel, or has too many frames waiting.
    Sent {
        /// The radio.
        radio: RadioId,
        /// The ticket that [`Air::transmit`](crate::Air::transmit) was given.
        ticket: u64,
        /// Whether a radio with the frame's address acknowledged it; false for frames that ask for no acknowledgement.
        acknowledged: bool,
    },
}

/// A frame as a radio received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The radio that received it.
    pub radio: RadioId,
    /// The channel on which it came.
    pub channel: Channel,
    /// How strong, in dBm; -30 is next to it, -90 hardly there.
    pub signal: i8,
    /// How fast it was sent, in units of 500 kbit/s.
    pub rate: u8,
    /// The frame without its frame check sequence; all its receivers share it.
    pub frame: Arc<[u8]>,
}

/// A listener that hears every channel and misses nothing: what [`Air::set_tap`](crate::Air::set_tap) puts up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tap {
    /// Where it stands; this decides about the signals it notes, and about nothing else. Default: the origin.
    pub position: Position,
    /// Whether it notes acknowledgements as well. Default: no.
    pub acknowledgements: bool,
}

/// A frame as it was sent, lost or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tapped {
    /// When its first octet was sent.
    pub at: Timestamp,
    /// On which channel.
    pub channel: Channel,
    /// How fast, in units of 500 kbit/s.
    pub rate: u8,
    /// How strong it was at the tap, in dBm.
    pub signal: i8,
    /// The frame without its frame check sequence.
    pub frame: Arc<[u8]>,
}

/// What an air has counted since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that were sent.
    pub sent: u64,
    /// Frames that were dropped before they were sent: not tuned, or too many waiting.
    pub dropped: u64,
    /// Receptions: a frame to a group may count many times.
    pub received: u64,
    /// Frames lost at a receiver in range, because of a weak signal or by [`LossModel::frames`](crate::LossModel::frames).
    pub lost: u64,
    /// Frames lost at a receiver in range, because of another frame.
    pub collided: u64,
    /// Times that a radio wanted to send and heard another.
    pub deferred: u64,
    /// Frames that were noted at the tap, acknowledgements included.
    pub tapped: u64,
    /// Signals that were computed: the measure of how much work the air does.
    pub signals: u64,
}
