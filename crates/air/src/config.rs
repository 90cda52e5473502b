//! What an air and its radios are made from.

use core::fmt;

use keyway_wsc::MacAddr;

/// What an [`Air`](crate::Air) is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AirConfig {
    /// From which every random choice follows.
    pub seed: u64,
    /// Which frames are lost on their way.
    pub loss: LossModel,
    /// Whether frames that overlap at a receiver destroy each other. Default: no.
    pub collisions: bool,
    /// How much the signal of a pair of radios differs from what their distance says: the standard deviation in tenths
    /// of a dB. It is constant for the pair, and at most 3.5 times this. Default: 20, that is 2 dB.
    pub shadowing: u8,
}

impl AirConfig {
    /// The default air with this seed.
    pub fn with_seed(seed: u64) -> AirConfig {
        AirConfig { seed, ..AirConfig::default() }
    }
}

impl Default for AirConfig {
    fn default() -> AirConfig {
        AirConfig { seed: 0, loss: LossModel::default(), collisions: false, shadowing: 20 }
    }
}

/// Which frames are lost on their way to a receiver that is in range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossModel {
    /// Whether weak signals lose frames with a probability: none 10 dB above what the rate needs, half of them just
    /// there, all of them 4 dB below. Otherwise everything arrives that is as strong as the rate needs. Default: yes.
    pub weak_signals: bool,
    /// How many frames of a thousand are lost at each receiver, however strong. Default: 0.
    pub frames: u16,
    /// How many acknowledgements of a thousand are lost, so that the sender takes a frame for lost that was received.
    /// Default: 0.
    pub acknowledgements: u16,
}

impl LossModel {
    /// Nothing is lost that is in range.
    pub const NONE: LossModel = LossModel { weak_signals: false, frames: 0, acknowledgements: 0 };
}

impl Default for LossModel {
    fn default() -> LossModel {
        LossModel { weak_signals: true, ..LossModel::NONE }
    }
}

/// A place in the plane, in metres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Position {
    /// To the east.
    pub x: f64,
    /// To the north.
    pub y: f64,
}

impl Position {
    /// The place with these coordinates. One that is not finite is out of range of every other.
    pub const fn new(x: f64, y: f64) -> Position {
        Position { x, y }
    }

    /// The distance to another place, in metres.
    pub fn distance(self, other: Position) -> f64 {
        libm::sqrt(self.squared_distance(other))
    }

    pub(crate) fn squared_distance(self, other: Position) -> f64 {
        let (x, y) = (self.x - other.x, self.y - other.y);
        x * x + y * y
    }
}

/// A radio of an [`Air`](crate::Air). It is not used again after the radio was removed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RadioId(pub(crate) u32);

impl fmt::Debug for RadioId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RadioId({})", self.0)
    }
}

impl fmt::Display for RadioId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "radio {}", self.0)
    }
}

/// What a radio is made from. It is off until [`Air::tune`](crate::Air::tune) gives it a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct RadioConfig {
    /// Where it stands.
    pub position: Position,
    /// With which power it sends, in dBm.
    pub power_dbm: i8,
    /// Whose frames it receives and acknowledges, beside those to groups.
    pub addresses: Vec<MacAddr>,
    /// Whether it receives probe requests that are sent to a group. Access points do; for all others they would only
    /// be work.
    pub probe_requests: bool,
    /// Whether it receives everything on its channel. It acknowledges its own addresses only.
    pub monitor: bool,
}

impl RadioConfig {
    /// The radio of a station, with 15 dBm: a printer's or a computer's.
    pub fn station(position: Position, address: MacAddr) -> RadioConfig {
        RadioConfig {
            position,
            power_dbm: 15,
            addresses: vec![address],
            probe_requests: false,
            monitor: false,
        }
    }

    /// The radio of an access point, with 20 dBm, which hears probe requests.
    pub fn access_point(position: Position, address: MacAddr) -> RadioConfig {
        RadioConfig { power_dbm: 20, probe_requests: true, ..RadioConfig::station(position, address) }
    }

    /// A radio without address that hears everything on its channel.
    pub fn monitor(position: Position) -> RadioConfig {
        RadioConfig { position, power_dbm: 15, addresses: Vec::new(), probe_requests: true, monitor: true }
    }
}
