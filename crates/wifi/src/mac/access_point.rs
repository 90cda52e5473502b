//! An access point's soft MAC.

use super::{Reception, Ticket, Transmission, Tune};
use crate::driver::{AccessPointCommand, AccessPointEvent};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use keyway_eap::Timestamp;

/// An access point's soft MAC: it sends beacons, encrypts, and carries data between stations and the local IP stack.
#[derive(Debug, Default)]
pub struct AccessPointMac {
    isolated: bool,
    events: VecDeque<AccessPointEvent>,
}

impl AccessPointMac {
    /// A radio that is off. Its address comes with [`AccessPointCommand::Start`].
    pub fn new() -> AccessPointMac {
        AccessPointMac::default()
    }

    /// Whether stations are kept from each other, as in a guest network. They are not in the beginning.
    pub fn set_isolated(&mut self, isolated: bool) {
        self.isolated = isolated;
    }

    /// Carries out a command.
    pub fn handle_command(&mut self, _command: AccessPointCommand, _now: Timestamp) {}

    /// Takes a frame that was heard on the tuned channel.
    pub fn handle_frame(&mut self, _reception: Reception<'_>, _now: Timestamp) {}

    /// Takes the fate of a transmission: whether its receiver got it.
    pub fn handle_sent(&mut self, _ticket: Ticket, _acknowledged: bool, _now: Timestamp) {}

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, _now: Timestamp) {}

    /// Takes an Ethernet II frame from the local IP stack or the wire, from its destination address to the end of its
    /// packet. It goes to a station or to all; it is dropped when it is for neither, or when too many wait.
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
    pub fn poll_event(&mut self) -> Option<AccessPointEvent> {
        self.events.pop_front()
    }

    /// The next Ethernet II frame for the local IP stack or the wire: from a station to a group, or to an address that is
    /// not a station's.
    pub fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }
}
