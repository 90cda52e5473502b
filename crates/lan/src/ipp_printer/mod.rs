//! What a printer answers to IPP requests, over whatever carries them.

use std::collections::VecDeque;

use keyway_eap::Timestamp;
use keyway_wsc::Uuid;

/// What a printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterIdentity {
    /// Its name, as a person reads it in a list: `Keyway P3 (BLUE-42)`. 63 octets at most; what is longer is cut.
    pub name: String,
    /// Who made it.
    pub make: String,
    /// What it is called, without the maker.
    pub model: String,
    /// Its identity.
    pub uuid: Uuid,
    /// Where it stands; possibly empty.
    pub location: String,
    /// Prints in colour.
    pub color: bool,
    /// Prints on both sides.
    pub duplex: bool,
}

/// What keeps a printer from printing, in the words of IPP (RFC 8011, section 5.4.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// No paper.
    MediaEmpty,
    /// Paper is stuck.
    MediaJam,
    /// A cover is open.
    CoverOpen,
    /// No ink or toner.
    MarkerSupplyEmpty,
}

/// What surrounds a request.
#[derive(Clone, Copy, Debug)]
pub struct IppContext<'a> {
    /// The printer's address as the client has to use it: `ipp://192.168.1.23:631/ipp/print`. 1023 octets at most.
    pub printer_uri: &'a str,
    /// The moment of the request.
    pub now: Timestamp,
}

/// A document that was printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PrintedJob {
    /// Its number at this printer, from 1.
    pub id: u32,
    /// What the client called it, possibly empty. A stranger chose it.
    pub name: String,
    /// Who sent it, in his own words.
    pub user: String,
    /// Its media type: one of [`FORMATS`].
    pub format: String,
    /// The document, exactly as it came.
    pub bytes: Vec<u8>,
}

/// What happened at a printer's IPP side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IppEvent {
    /// A document is being printed.
    Printing {
        /// The job's number.
        id: u32,
        /// The job's name.
        name: String,
    },
    /// A document was printed: it lies in the tray.
    Job(PrintedJob),
    /// A job was cancelled before it was printed.
    Canceled {
        /// The job's number.
        id: u32,
    },
}

/// The document formats taken, the default first.
pub const FORMATS: [&str; 4] = ["application/pdf", "image/pwg-raster", "image/jpeg", "text/plain"];

/// A printer's IPP side: requests in, responses out.
#[derive(Debug)]
pub struct IppPrinter {
    identity: PrinterIdentity,
    events: VecDeque<IppEvent>,
}

impl IppPrinter {
    /// A printer that is idle. `now` is when it was switched on.
    pub fn new(identity: PrinterIdentity, _now: Timestamp) -> IppPrinter {
        IppPrinter { identity, events: VecDeque::new() }
    }

    /// What the printer is.
    pub fn identity(&self) -> &PrinterIdentity {
        &self.identity
    }

    /// Answers a request: the body of an HTTP POST, document included. Whatever comes, an IPP response goes back.
    pub fn respond(&mut self, _request: &[u8], _context: IppContext<'_>) -> Vec<u8> {
        Vec::new()
    }

    /// What keeps it from printing now; nothing when empty. Jobs wait meanwhile.
    pub fn set_troubles(&mut self, _troubles: &[Trouble], _now: Timestamp) {}

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<IppEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](IppPrinter::handle_timeout) wants to be called next: when a page comes out.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, _now: Timestamp) {}
}

impl core::fmt::Debug for PrintedJob {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let PrintedJob { id, name, user, format, bytes } = self;
        let length = bytes.len();
        write!(
            f,
            "PrintedJob {{ id: {id}, name: {name:?}, user: {user:?}, format: {format:?}, bytes: {length} }}"
        )
    }
}
