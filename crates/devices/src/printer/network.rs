//! What a printer has on the network that it joins: a host of its own.

use keyway_eap::Timestamp;
use keyway_lan::printer::Page;
use keyway_lan::{PrinterEvent, PrinterHost};

/// The printer's host: it asks for an address, announces itself, and answers IPP and HTTP.
///
/// There are two kinds: one with an IP stack of its own, which takes and gives Ethernet frames ([`PrinterHost`]), and one on
/// the kernel's stack, which does neither. After each call poll [`poll_transmit`](Self::poll_transmit) and
/// [`poll_event`](Self::poll_event) until they are empty.
pub trait PrinterNetwork {
    /// The printer is on a network: the host asks for an address.
    fn link_up(&mut self, now: Timestamp);

    /// It is on none any more.
    fn link_down(&mut self, now: Timestamp);

    /// It is about to leave: the host says good-bye and gives its address back, while it still can.
    fn leave(&mut self, now: Timestamp);

    /// An Ethernet frame came.
    fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp);

    /// The next Ethernet frame to be sent. A host on the kernel's stack gives none.
    fn poll_transmit(&mut self) -> Option<Vec<u8>>;

    /// What happened, oldest first.
    fn poll_event(&mut self) -> Option<PrinterEvent>;

    /// Does what is due at `now`.
    fn handle_timeout(&mut self, now: Timestamp);

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    fn poll_timeout(&self) -> Option<Timestamp>;

    /// What its web server shows to people.
    fn set_page(&mut self, page: Page);
}

impl PrinterNetwork for PrinterHost {
    fn link_up(&mut self, now: Timestamp) {
        PrinterHost::link_up(self, now);
    }

    fn link_down(&mut self, now: Timestamp) {
        PrinterHost::link_down(self, now);
    }

    fn leave(&mut self, now: Timestamp) {
        PrinterHost::leave(self, now);
    }

    fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        PrinterHost::handle_ethernet(self, frame, now);
    }

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        PrinterHost::poll_transmit(self)
    }

    fn poll_event(&mut self) -> Option<PrinterEvent> {
        PrinterHost::poll_event(self)
    }

    fn handle_timeout(&mut self, now: Timestamp) {
        PrinterHost::handle_timeout(self, now);
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        PrinterHost::poll_timeout(self)
    }

    fn set_page(&mut self, page: Page) {
        PrinterHost::set_page(self, page);
    }
}
