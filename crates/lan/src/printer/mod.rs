//! A printer's host: asks for an address, announces itself, answers.

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

use core::net::Ipv4Addr;

use crate::address::Address;
use crate::ipp_printer::{IppEvent, IppPrinter, PrinterIdentity};
use crate::stack::Stack;

/// What a printer's host is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterConfig {
    /// Its hardware address.
    pub mac: MacAddr,
    /// Its name on the network: `keyway-blue-42`. What is no letter, digit or hyphen becomes a hyphen.
    pub host_name: String,
    /// What it is.
    pub identity: PrinterIdentity,
    /// What its random numbers are made from.
    pub seed: u64,
}

/// What happened at a printer's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterEvent {
    /// It asks for an address.
    AskingForAddress,
    /// It has an address.
    Address(Address),
    /// Nobody has given it an address for 15 s. It keeps asking.
    NoAddress,
    /// Somebody else uses the address that it was given. It gives it back and asks for another.
    AddressConflict {
        /// The address.
        address: Ipv4Addr,
        /// The hardware address of the other.
        other: MacAddr,
    },
    /// The link is gone.
    LinkLost,
    /// It has announced itself: computers find it now.
    Announced {
        /// The name they find. It differs from the one configured when another printer has that.
        instance: String,
        /// Its host name, ending in `.local`.
        host: String,
    },
    /// Something about printing.
    Ipp(IppEvent),
}

/// What the printer's web server shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The media type, `text/html; charset=utf-8` for instance.
    pub media_type: String,
    /// The page.
    pub body: Vec<u8>,
}

/// A printer's host.
#[derive(Debug)]
pub struct PrinterHost {
    stack: Stack,
    ipp: IppPrinter,
}

impl PrinterHost {
    /// A printer without link.
    pub fn new(config: PrinterConfig, now: Timestamp) -> PrinterHost {
        let stack = Stack::new(config.mac, config.seed, now);
        PrinterHost { stack, ipp: IppPrinter::new(config.identity, now) }
    }

    /// Its address, when it has one.
    pub fn address(&self) -> Option<&Address> {
        None
    }

    /// The address of its IPP service, when it has an address: `ipp://192.168.1.23:631/ipp/print`.
    pub fn uri(&self) -> Option<String> {
        None
    }

    /// The IPP side, to set troubles.
    pub fn ipp(&mut self) -> &mut IppPrinter {
        &mut self.ipp
    }

    /// Answers an IPP request that came another way than over this network. `uri` is the printer's address there.
    pub fn respond(&mut self, request: &[u8], uri: &str, now: Timestamp) -> Vec<u8> {
        self.ipp.respond(request, crate::ipp_printer::IppContext { printer_uri: uri, now })
    }

    /// What `GET /` shows; until it is set, a line of text.
    pub fn set_page(&mut self, _page: Page) {}

    /// The printer is about to leave (switched off, network reset): says good-bye and gives its address back.
    /// Frames to send follow; then the link may go.
    pub fn leave(&mut self, _now: Timestamp) {}

    /// The link is there: it asks for an address.
    pub fn link_up(&mut self, now: Timestamp) {
        self.stack.link_up(now);
    }

    /// The link is gone.
    pub fn link_down(&mut self, now: Timestamp) {
        self.stack.link_down(now);
    }

    /// A frame came in.
    pub fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        self.stack.handle_ethernet(frame, now);
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.stack.poll_transmit()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<PrinterEvent> {
        None
    }

    /// When [`handle_timeout`](PrinterHost::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.stack.poll_timeout()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.stack.handle_timeout(now);
    }
}
