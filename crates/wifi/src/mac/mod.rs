//! The soft MAC: what a kernel does for a station and an access point, for any medium that carries frames.
//!
//! [`StationMac`] and [`AccessPointMac`] carry out the commands and give the events of [`driver`](crate::driver). Both
//! have the same shape:
//!
//! - in: `handle_command`, `handle_frame` for what is heard on the tuned channel, `handle_sent` for the fate of a frame to
//!   one receiver, `send_ethernet` for data from the local IP stack, `handle_timeout`;
//! - out, each until it gives `None`, after every call: `poll_transmit`, `poll_tune`, `poll_event`, `poll_ethernet`; and
//!   `poll_timeout`, the moment at which `handle_timeout` is to be called.
//!
//! The medium does what the hardware of a radio does: it carries a frame to all who are tuned to its channel, and it knows
//! whether the receiver of a unicast frame got it (on the air: whether an acknowledgement came). [`Transmission::ticket`]
//! is how it says so. Frames are octets without the frame check sequence.
//!
//! A station hears an access point's beacon, over a medium that carries everything at once:
//!
//! ```
//! use keyway_eap::Timestamp;
//! use keyway_wifi::Channel;
//! use keyway_wifi::driver::{AccessPointCommand, ScanRequest, StationCommand, StationEvent};
//! use keyway_wifi::element::Elements;
//! use keyway_wifi::frame::{Beacon, Capabilities};
//! use keyway_wifi::mac::{AccessPointMac, Reception, StationMac, Tune};
//! use keyway_wsc::{MacAddr, Ssid};
//!
//! let (router, printer) = (MacAddr([2, 0, 0, 0, 0, 1]), MacAddr([2, 0, 0, 0, 0, 2]));
//! let channel = Channel::new(6).unwrap();
//! let mut elements = Elements::new();
//! let ssid = Ssid::new(b"Home").unwrap();
//! elements.push(&ssid);
//! let beacon = Beacon { timestamp: 0, interval: 100, capabilities: Capabilities::ESS, elements };
//! let (mut access_point, mut station) = (AccessPointMac::new(), StationMac::new(printer));
//!
//! let now = Timestamp::ZERO;
//! let dwell = std::time::Duration::from_millis(100);
//! let scan = ScanRequest { channels: vec![channel], dwell, ssid: None, elements: Elements::new() };
//! station.handle_command(StationCommand::Scan(Box::new(scan)), now);
//! assert_eq!(station.poll_tune(), Some(Tune::To(channel)));
//! let start = AccessPointCommand::Start { bssid: router, channel, ssid, beacon: Box::new(beacon) };
//! access_point.handle_command(start, now);
//!
//! while let Some(sent) = access_point.poll_transmit() {
//!     station.handle_frame(Reception { channel: sent.channel, signal: -40, frame: &sent.frame }, now);
//!     if let Some(ticket) = sent.ticket {
//!         access_point.handle_sent(ticket, true, now); // a frame to one receiver, who got it
//!     }
//! }
//! let Some(StationEvent::Found(sighting)) = station.poll_event() else { panic!() };
//! assert_eq!((sighting.bssid, sighting.signal), (router, -40));
//! ```

mod access_point;
mod duplicates;
mod ethernet;
mod group;
mod link;
mod outbox;
mod radio;
mod rate;
mod station;

pub use access_point::AccessPointMac;
pub use station::StationMac;

use crate::channel::Channel;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use keyway_wsc::MacAddr;

/// A frame that was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reception<'a> {
    /// The channel.
    pub channel: Channel,
    /// How strong, in dBm.
    pub signal: i8,
    /// The frame, without the frame check sequence.
    pub frame: &'a [u8],
}

/// A frame to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmission {
    /// The channel, the one to which the radio is tuned.
    pub channel: Channel,
    /// How fast, in units of 500 kbit/s: 2 is 1 Mbit/s, 108 is 54 Mbit/s.
    pub rate: u8,
    /// The frame, without the frame check sequence.
    pub frame: Vec<u8>,
    /// There when the frame has one receiver: `handle_sent` is to be called with it when the frame's fate is known. No
    /// other frame to one receiver is given out before.
    pub ticket: Option<Ticket>,
}

/// Which transmission is meant. Each has a number of its own, repetitions too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What the radio is to listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tune {
    /// Nothing: it is off. So it is in the beginning.
    Off,
    /// This channel.
    To(Channel),
}

impl Tune {
    /// The channel, if there is one.
    pub const fn channel(self) -> Option<Channel> {
        match self {
            Tune::Off => None,
            Tune::To(channel) => Some(channel),
        }
    }
}

/// How many outputs of one kind wait for the owner. One that polls after each call never lets them get so many; for
/// another, the newest are dropped.
const MAX_WAITING: usize = 4096;

/// Appends an output if there is room.
fn put<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() < MAX_WAITING {
        queue.push_back(item);
    }
}

/// Whether an address is that of a group, everybody's included.
const fn is_group(address: MacAddr) -> bool {
    address.0[0] & 1 == 1
}

#[cfg(test)]
mod tests;
