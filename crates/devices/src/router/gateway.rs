//! What a router has on a network of its own: its host there, with the DHCP server.

use keyway_eap::Timestamp;
use keyway_lan::{GatewayEvent, GatewayHost};

/// The router's host on one of its networks: a fixed address, and addresses for everybody else.
///
/// There are two kinds: one with an IP stack of its own, which takes and gives Ethernet frames ([`GatewayHost`]), and one on
/// the kernel's stack, which does neither. After each call poll [`poll_transmit`](Self::poll_transmit) and
/// [`poll_event`](Self::poll_event) until they are empty.
pub trait Gateway {
    /// The network is on the air.
    fn link_up(&mut self, now: Timestamp);

    /// It is off the air. Leases stay.
    fn link_down(&mut self, now: Timestamp);

    /// Whether it lends addresses.
    fn set_serving(&mut self, serving: bool);

    /// An Ethernet frame came.
    fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp);

    /// The next Ethernet frame to be sent. A host on the kernel's stack gives none.
    fn poll_transmit(&mut self) -> Option<Vec<u8>>;

    /// What happened, oldest first.
    fn poll_event(&mut self) -> Option<GatewayEvent>;

    /// Does what is due at `now`.
    fn handle_timeout(&mut self, now: Timestamp);

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    fn poll_timeout(&self) -> Option<Timestamp>;
}

impl Gateway for GatewayHost {
    fn link_up(&mut self, now: Timestamp) {
        GatewayHost::link_up(self, now);
    }

    fn link_down(&mut self, now: Timestamp) {
        GatewayHost::link_down(self, now);
    }

    fn set_serving(&mut self, serving: bool) {
        GatewayHost::set_serving(self, serving);
    }

    fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        GatewayHost::handle_ethernet(self, frame, now);
    }

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        GatewayHost::poll_transmit(self)
    }

    fn poll_event(&mut self) -> Option<GatewayEvent> {
        GatewayHost::poll_event(self)
    }

    fn handle_timeout(&mut self, now: Timestamp) {
        GatewayHost::handle_timeout(self, now);
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        GatewayHost::poll_timeout(self)
    }
}
