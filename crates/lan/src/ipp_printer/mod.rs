//! What a printer answers to IPP requests, over whatever carries them.

mod capabilities;
mod jobs;
mod operations;
mod state;
#[cfg(test)]
mod tests;

use keyway_eap::Timestamp;
use keyway_wsc::Uuid;

pub(crate) use self::capabilities::urf;
use self::jobs::Queue;

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
    /// Somebody wants to know which printer it is: it shows that.
    Identify,
}

/// The document formats taken, the best first. Documents are kept as they come: nothing is rendered here.
pub const FORMATS: [&str; 5] =
    ["application/pdf", "image/pwg-raster", "image/urf", "image/jpeg", "text/plain"];

/// The longest document, in octets.
pub const DOCUMENT_LIMIT: usize = 16 << 20;

/// The longest request, in octets: a document and what stands before it.
pub const REQUEST_LIMIT: usize = DOCUMENT_LIMIT + (64 << 10);

/// "Whatever it is": its first octets tell which of [`FORMATS`].
const OCTET_STREAM: &str = "application/octet-stream";

/// A printer's IPP side: requests in, responses out.
///
/// Versions 1.0, 1.1 and 2.0; all that IPP/2.0 and IPP Everywhere require of a printer's attributes. At most eight jobs
/// wait, with 32 MiB together; the last 32 are remembered. Each takes a second to print, and one more for each megabyte.
#[derive(Debug)]
pub struct IppPrinter {
    identity: PrinterIdentity,
    switched_on: Timestamp,
    /// When the state last changed.
    changed: Timestamp,
    /// Seconds from 1970 to the epoch of the timestamps.
    clock: Option<u64>,
    troubles: Vec<Trouble>,
    queue: Queue,
}

impl IppPrinter {
    /// A printer that is idle. `now` is when it was switched on.
    pub fn new(identity: PrinterIdentity, now: Timestamp) -> IppPrinter {
        IppPrinter {
            identity,
            switched_on: now,
            changed: now,
            clock: None,
            troubles: Vec::new(),
            queue: Queue::default(),
        }
    }

    /// What the printer is.
    pub fn identity(&self) -> &PrinterIdentity {
        &self.identity
    }

    /// Sets the printer's clock: how many seconds passed from 1970, in UTC, to the epoch of the timestamps. Until then
    /// it does not know the date.
    pub fn set_clock(&mut self, epoch: u64) {
        self.clock = Some(epoch);
    }

    /// The printer goes by this name on the network, because another has its own.
    pub(crate) fn set_announced_name(&mut self, name: &str) {
        name.clone_into(&mut self.identity.name);
    }

    /// Answers a request: the body of an HTTP POST, document included. Whatever comes, an IPP response goes back.
    pub fn respond(&mut self, request: &[u8], context: IppContext<'_>) -> Vec<u8> {
        self.handle_timeout(context.now);
        let before = self.queue.is_printing();
        let response = operations::respond(self, request, context);
        self.note_change(before, context.now);
        response
    }

    /// What keeps it from printing now; nothing when empty. Jobs wait meanwhile.
    pub fn set_troubles(&mut self, troubles: &[Trouble], now: Timestamp) {
        if self.troubles != troubles {
            self.troubles = troubles.to_vec();
            self.changed = now;
            self.queue.set_stopped(!troubles.is_empty(), now);
        }
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<IppEvent> {
        self.queue.events.pop_front()
    }

    /// When [`handle_timeout`](IppPrinter::handle_timeout) wants to be called next: when a page comes out.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.queue.poll_timeout()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let before = self.queue.is_printing();
        self.queue.handle_timeout(now);
        self.note_change(before, now);
    }

    fn note_change(&mut self, was_printing: bool, now: Timestamp) {
        if self.queue.is_printing() != was_printing {
            self.changed = now;
        }
    }
}

impl Trouble {
    fn keyword(self) -> &'static str {
        match self {
            Trouble::MediaEmpty => "media-empty-error",
            Trouble::MediaJam => "media-jam-error",
            Trouble::CoverOpen => "cover-open-error",
            Trouble::MarkerSupplyEmpty => "marker-supply-empty-error",
        }
    }
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
