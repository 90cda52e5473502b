//! A computer's host: finds printers and prints.

mod printing;
mod reach;

use core::net::Ipv4Addr;
use std::collections::VecDeque;

use core::time::Duration;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;
use smoltcp::iface::SocketHandle;

use self::printing::{Printing, ephemeral_port, is_closed, is_host};
use self::reach::Reach;
use crate::address::Address;
use crate::dhcp::ClientEvent;
use crate::dns_sd::{Browser, BrowserEvent};
use crate::seeded::Seeded;
use crate::station::Station;

/// How long a connection may take to close.
const CLOSING: Duration = Duration::from_secs(5);

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
///
/// It looks for printers of type `_ipp._tcp` as long as it has an address and no VPN takes its traffic. Documents are
/// printed one after the other.
#[derive(Debug)]
pub struct ComputerHost {
    station: Station,
    user: String,
    random: Seeded,
    browser: Browser,
    reach: Reach,
    printing: Option<Printing>,
    /// Connections that are being closed, and when to do so without the other side.
    closing: Vec<(SocketHandle, Timestamp)>,
    waiting: VecDeque<(PrintTask, PrinterService, Document)>,
    last_task: u32,
    events: VecDeque<ComputerEvent>,
}

impl ComputerHost {
    /// A computer without link.
    pub fn new(config: ComputerConfig, now: Timestamp) -> ComputerHost {
        let ComputerConfig { mac, host_name, user, seed } = config;
        let mut station = Station::new(mac, &host_name, seed, now);
        let mut random = Seeded::new(seed.rotate_left(47));
        let [ident, ..] = random.number().to_be_bytes();
        let reach = Reach::new(&mut station.stack, u16::from(ident) + 1);
        ComputerHost {
            station,
            user,
            random,
            browser: Browser::new("_ipp._tcp"),
            reach,
            printing: None,
            closing: Vec::new(),
            waiting: VecDeque::new(),
            last_task: 0,
            events: VecDeque::new(),
        }
    }

    /// Its address, when it has one.
    pub fn address(&self) -> Option<&Address> {
        self.station.address()
    }

    /// The printers known now, by name.
    pub fn printers(&self) -> Vec<PrinterService> {
        self.browser.found().cloned().collect()
    }

    /// Looks for printers anew: asks at once, and again after growing pauses. It does so by itself with each new
    /// address.
    pub fn browse(&mut self, now: Timestamp) {
        if self.address().is_some() && !self.is_tunnelled() {
            self.browser.start(now);
            self.work(now);
        }
    }

    /// A VPN takes all traffic, or stops doing so. While it does, nothing goes to the local network, as with a real
    /// one that allows no "split tunnel": names are looked up elsewhere, so the printers known are forgotten, and none
    /// is found. Only DHCP, and what the way to the gateway needs, goes on.
    pub fn set_tunnelled(&mut self, tunnelled: bool, now: Timestamp) {
        if tunnelled == self.is_tunnelled() {
            return;
        }
        self.station.set_tunnelled(tunnelled);
        if tunnelled {
            self.browser.stop();
        }
        self.browse(now);
        self.work(now);
    }

    /// Whether a VPN takes all traffic.
    pub fn is_tunnelled(&self) -> bool {
        self.station.is_tunnelled()
    }

    /// Prints a document at a printer. [`ComputerEvent::Printed`] or [`ComputerEvent::PrintFailed`] follows.
    pub fn print(&mut self, printer: &PrinterService, document: Document, now: Timestamp) -> PrintTask {
        self.last_task = self.last_task.wrapping_add(1);
        let task = PrintTask(self.last_task);
        self.waiting.push_back((task, printer.clone(), document));
        self.work(now);
        task
    }

    /// Asks whether somebody answers at an address (an ICMP echo). [`ComputerEvent::Reached`] follows within 4 s.
    pub fn can_reach(&mut self, address: Ipv4Addr, now: Timestamp) {
        if self.address().is_some() && is_host(address) {
            self.reach.ask(address, now);
        } else {
            self.reach.answers.push_back((address, false));
        }
        self.work(now);
    }

    /// The link is there: it asks for an address.
    pub fn link_up(&mut self, now: Timestamp) {
        self.station.link_up(now);
        self.work(now);
    }

    /// The link is gone. Printings that go on fail.
    pub fn link_down(&mut self, now: Timestamp) {
        if self.station.stack.has_link() {
            self.lose_address(now);
            self.station.link_down(now);
            self.events.push_back(ComputerEvent::LinkLost);
            self.work(now);
        }
    }

    /// A frame came in.
    pub fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        self.station.handle_ethernet(frame, now);
        self.work(now);
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.station.poll_transmit()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<ComputerEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](ComputerHost::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let printing = self.printing.as_ref().map(Printing::poll_timeout);
        let all =
            [self.station.poll_timeout(), self.browser.poll_timeout(), self.reach.poll_timeout(), printing];
        all.into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.station.handle_timeout(now);
        self.browser.handle_timeout(now);
        self.work(now);
    }

    /// Lets everything that has something to do do it.
    fn work(&mut self, now: Timestamp) {
        while let Some(event) = self.station.poll_address() {
            self.handle_address(event, now);
        }
        while let Some((message, from)) = self.station.poll_multicast() {
            self.browser.handle(&message, from, now);
        }
        while let Some((to, message)) = self.browser.poll_transmit() {
            self.station.send_multicast(to, &message);
        }
        while let Some(event) = self.browser.poll_event() {
            self.events.push_back(match event {
                BrowserEvent::Found(service) => ComputerEvent::Found(service),
                BrowserEvent::Gone(service) => ComputerEvent::Gone(service),
            });
        }
        self.reach.work(&mut self.station.stack, now);
        while let Some((address, reached)) = self.reach.answers.pop_front() {
            self.events.push_back(ComputerEvent::Reached { address, reached });
        }
        self.station.stack.run(now);
        self.work_on_printing(now);
        self.station.stack.run(now);
        let stack = &mut self.station.stack;
        self.closing.retain(|(socket, end)| {
            let keep = now < *end && !is_closed(stack, *socket);
            if !keep {
                stack.remove(*socket);
            }
            keep
        });
    }

    fn work_on_printing(&mut self, now: Timestamp) {
        loop {
            if self.printing.is_none() && !self.begin_printing(now) {
                return;
            }
            let ComputerHost { printing, station, random, events, .. } = self;
            let Some(current) = printing else { continue };
            let mut port = || ephemeral_port(random.number());
            let mut tell = |event| events.push_back(event);
            let Some(last) = current.work(&mut station.stack, &mut port, &mut tell, now) else { return };
            self.events.push_back(last);
            self.stop_printing(now);
        }
    }

    fn stop_printing(&mut self, now: Timestamp) {
        if let Some(ended) = self.printing.take() {
            let socket = ended.stop(&mut self.station.stack, now);
            self.closing.push((socket, now + CLOSING));
        }
    }

    /// Begins the next printing, or says why not. False when there is none.
    fn begin_printing(&mut self, now: Timestamp) -> bool {
        let Some((task, service, document)) = self.waiting.pop_front() else { return false };
        if self.address().is_none() {
            self.events.push_back(ComputerEvent::PrintFailed { task, reason: PrintFailure::NoAddress });
        } else if !is_host(service.address) || service.port == 0 {
            self.events.push_back(ComputerEvent::PrintFailed { task, reason: PrintFailure::Unreachable });
        } else {
            self.events.push_back(ComputerEvent::PrintProgress { task, step: PrintStep::Connecting });
            let port = ephemeral_port(self.random.number());
            let at = (&mut self.station.stack, port, now);
            self.printing = Some(Printing::start(task, service, document, self.user.clone(), at));
            self.station.stack.run(now);
        }
        true
    }

    fn handle_address(&mut self, event: ClientEvent, now: Timestamp) {
        let event = match event {
            ClientEvent::Asking => ComputerEvent::AskingForAddress,
            ClientEvent::NoAddress => ComputerEvent::NoAddress,
            ClientEvent::Conflict { address, other } => ComputerEvent::AddressConflict { address, other },
            ClientEvent::Lost => return self.lose_address(now),
            ClientEvent::Bound(address) => {
                if !self.is_tunnelled() {
                    self.browser.start(now);
                }
                ComputerEvent::Address(address)
            }
        };
        self.events.push_back(event);
    }

    fn lose_address(&mut self, now: Timestamp) {
        self.browser.stop();
        self.reach.give_up();
        if let Some(task) = self.printing.as_ref().map(Printing::task) {
            self.stop_printing(now);
            self.events.push_back(ComputerEvent::PrintFailed { task, reason: PrintFailure::NoAddress });
        }
        for (socket, _) in self.closing.drain(..) {
            self.station.stack.remove(socket);
        }
    }
}
