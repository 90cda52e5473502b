//! A station's soft MAC.

use super::{Reception, Ticket, Transmission, Tune};
use crate::driver::{StationCommand, StationEvent};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// A station's soft MAC: it scans, associates, encrypts, and carries data between the access point and the local IP stack.
#[derive(Debug)]
pub struct StationMac {
    address: MacAddr,
    events: VecDeque<StationEvent>,
}

impl StationMac {
    /// A radio with this address, which is off.
    pub const fn new(address: MacAddr) -> StationMac {
        StationMac { address, events: VecDeque::new() }
    }

    /// The station's address.
    pub const fn address(&self) -> MacAddr {
        self.address
    }

    /// Begins to carry out a command.
    pub fn handle_command(&mut self, _command: StationCommand, _now: Timestamp) {}

    /// Takes a frame that was heard on the tuned channel.
    pub fn handle_frame(&mut self, _reception: Reception<'_>, _now: Timestamp) {}

    /// Takes the fate of a transmission: whether its receiver got it.
    pub fn handle_sent(&mut self, _ticket: Ticket, _acknowledged: bool, _now: Timestamp) {}

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, _now: Timestamp) {}

    /// Takes an Ethernet II frame from the local IP stack, from its destination address to the end of its packet. It is
    /// dropped when no data may pass, or when too many wait.
    pub fn send_ethernet(&mut self, _frame: &[u8], _now: Timestamp) {}

    /// The next frame to be sent.
    pub fn poll_transmit(&mut self) -> Option<Transmission> {
        None
    }

    /// What the radio is to listen to from now on, when that has changed.
    pub fn poll_tune(&mut self) -> Option<Tune> {
        None
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<StationEvent> {
        self.events.pop_front()
    }

    /// The next Ethernet II frame for the local IP stack.
    pub fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }
}
