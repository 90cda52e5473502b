//! A computer's host: finds printers and prints.

use core::net::Ipv4Addr;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

use crate::address::Address;
use crate::stack::Stack;

/// What a computer's host is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComputerConfig {
    /// Its hardware address.
    pub mac: MacAddr,
    /// Its name on the network.
    pub host_name: String,
    /// In whose name it prints.
    pub user: String,
    /// What its random numbers are made from.
    pub seed: u64,
}

/// A printer that was found on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterService {
    /// Its name, as a person reads it in a list. A stranger chose it, as everything here.
    pub instance: String,
    /// Its host name, `keyway-blue-42.local`.
    pub host: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// The port of its IPP service.
    pub port: u16,
    /// The path of its IPP service without the leading slash, `ipp/print`.
    pub rp: String,
    /// The UUID it gave, in its own spelling.
    pub uuid: Option<String>,
    /// Everything it said of itself, in its order; a key without a value has an empty one.
    pub txt: Vec<(String, String)>,
}

impl PrinterService {
    /// The service's address: `ipp://192.168.1.23:631/ipp/print`.
    pub fn uri(&self) -> String {
        format!("ipp://{}:{}/{}", self.address, self.port, self.rp)
    }
}

/// A document to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What to call it.
    pub name: String,
    /// Its media type.
    pub format: String,
    /// Its octets.
    pub bytes: Vec<u8>,
}

/// One printing, from [`ComputerHost::print`] on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrintTask(pub u32);

/// How far a printing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintStep {
    /// Opens a connection to the printer.
    Connecting,
    /// Asks what the printer can do (Get-Printer-Attributes).
    Asking,
    /// Asks whether the printer would take the document (Validate-Job).
    Validating,
    /// Sends the document (Print-Job).
    Sending,
    /// Waits until it is printed (Get-Job-Attributes).
    Waiting,
}

/// Why a printing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintFailure {
    /// This computer has no address.
    NoAddress,
    /// Nobody answers at the printer's address.
    Unreachable,
    /// The printer's host answers, and there is no service at that port.
    Refused,
    /// The printer stopped answering in the middle.
    TimedOut,
    /// The printer answered with what is no HTTP or IPP.
    Nonsense,
    /// The printer's web server refused with this HTTP status.
    Http(u16),
    /// The printer refused with this IPP status (RFC 8011, appendix B).
    Status(u16),
    /// The printer took the job and did not print it: this is the job's last state (RFC 8011, section 5.3.7).
    NotPrinted(i32),
}

/// What happened at a computer's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComputerEvent {
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
    /// A printer is on the network, or says something new of itself.
    Found(PrinterService),
    /// A printer said good-bye, or was not heard of for too long.
    Gone(PrinterService),
    /// A printing goes on.
    PrintProgress {
        /// Which.
        task: PrintTask,
        /// How far.
        step: PrintStep,
    },
    /// The printer has printed the document.
    Printed {
        /// Which.
        task: PrintTask,
        /// The job's number at the printer.
        job: i32,
    },
    /// A printing failed.
    PrintFailed {
        /// Which.
        task: PrintTask,
        /// Why.
        reason: PrintFailure,
    },
    /// What came of [`ComputerHost::can_reach`].
    Reached {
        /// The address asked for.
        address: Ipv4Addr,
        /// It answered.
        reached: bool,
    },
}

/// A computer's host.
#[derive(Debug)]
pub struct ComputerHost {
    stack: Stack,
}

impl ComputerHost {
    /// A computer without link.
    pub fn new(config: ComputerConfig, now: Timestamp) -> ComputerHost {
        ComputerHost { stack: Stack::new(config.mac, config.seed, now) }
    }

    /// Its address, when it has one.
    pub fn address(&self) -> Option<&Address> {
        None
    }

    /// The printers known now.
    pub fn printers(&self) -> Vec<PrinterService> {
        Vec::new()
    }

    /// Looks for printers anew: asks at once, and again after growing pauses. It does so by itself with each new
    /// address.
    pub fn browse(&mut self, _now: Timestamp) {}

    /// A VPN takes all traffic, or stops doing so. While it does, nothing goes to the local network, as with a real
    /// one that allows no "split tunnel": printers known are forgotten, and none is found.
    pub fn set_tunnelled(&mut self, _tunnelled: bool, _now: Timestamp) {}

    /// Whether a VPN takes all traffic.
    pub fn is_tunnelled(&self) -> bool {
        false
    }

    /// Prints a document at a printer. [`ComputerEvent::Printed`] or [`ComputerEvent::PrintFailed`] follows.
    pub fn print(&mut self, _printer: &PrinterService, _document: Document, _now: Timestamp) -> PrintTask {
        PrintTask(0)
    }

    /// Asks whether somebody answers at an address (an ICMP echo). [`ComputerEvent::Reached`] follows within 4 s.
    pub fn can_reach(&mut self, _address: Ipv4Addr, _now: Timestamp) {}

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
    pub fn poll_event(&mut self) -> Option<ComputerEvent> {
        None
    }

    /// When [`handle_timeout`](ComputerHost::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.stack.poll_timeout()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.stack.handle_timeout(now);
    }
}
