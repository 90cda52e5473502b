//! A printer's host: asks for an address, announces itself, answers.

mod announcement;
mod server;
mod services;

use core::net::Ipv4Addr;
use std::collections::VecDeque;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

use self::server::Server;
pub use self::services::PrinterServices;
use crate::address::Address;
use crate::dhcp::ClientEvent;
use crate::http::Request;
use crate::ipp_printer::{IppEvent, IppPrinter, PrinterIdentity};
use crate::station::Station;

/// The port of its web server, IPP included (RFC 8010, section 4).
pub const PORT: u16 = 631;

/// A picture of a printer: PNG, 128 by 128 dots. The web server has it as `/icon.png`.
pub const ICON: &[u8] = include_bytes!("icon.png");

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
///
/// With each new address it announces `_ipp._tcp`, `_ipps._tcp`, `_http._tcp` and the flagship `_printer._tcp`, and
/// serves HTTP/1.1 on port 631: `POST /ipp/print` for IPP, `GET /` for people. **TLS is not served on the simulated
/// network**: `_ipps._tcp` is there with all its keys and port 0, which says that the name is taken and the service is
/// not there (RFC 6763, section 8). A server on the host may offer TLS, and announce that by its own means.
#[derive(Debug)]
pub struct PrinterHost {
    station: Station,
    services: PrinterServices,
    server: Option<Server>,
    events: VecDeque<PrinterEvent>,
}

impl PrinterHost {
    /// A printer without link.
    pub fn new(config: PrinterConfig, now: Timestamp) -> PrinterHost {
        let PrinterConfig { mac, host_name, identity, seed } = config;
        let services = PrinterServices::new(&host_name, identity, seed.rotate_left(31), now);
        PrinterHost {
            station: Station::new(mac, services.host_label(), seed, now),
            services,
            server: None,
            events: VecDeque::new(),
        }
    }

    /// Its address, when it has one.
    pub fn address(&self) -> Option<&Address> {
        self.station.address()
    }

    /// The address of its IPP service, when it has an address: `ipp://192.168.1.23:631/ipp/print`.
    pub fn uri(&self) -> Option<String> {
        self.services.uri()
    }

    /// The IPP side, to set troubles and the clock.
    pub fn ipp(&mut self) -> &mut IppPrinter {
        self.services.ipp()
    }

    /// Answers an IPP request that came another way than over this network. `uri` is the printer's address there.
    pub fn respond(&mut self, request: &[u8], uri: &str, now: Timestamp) -> Vec<u8> {
        let response = self.services.respond(request, uri, now);
        self.work(now);
        response
    }

    /// What `GET /` shows; until it is set, a line of text.
    pub fn set_page(&mut self, page: Page) {
        self.services.set_page(page);
    }

    /// The printer is about to leave (switched off, network reset): says good-bye and gives its address back.
    /// Frames to send follow; then the link may go.
    pub fn leave(&mut self, now: Timestamp) {
        self.services.leave();
        self.send_multicast();
        self.station.stack.run(now);
        self.stop_serving();
        self.station.release();
    }

    /// The link is there: it asks for an address.
    pub fn link_up(&mut self, now: Timestamp) {
        self.station.link_up(now);
        self.work(now);
    }

    /// The link is gone.
    pub fn link_down(&mut self, now: Timestamp) {
        if self.station.stack.has_link() {
            self.stop_serving();
            self.services.stop();
            self.station.link_down(now);
            self.events.push_back(PrinterEvent::LinkLost);
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
    pub fn poll_event(&mut self) -> Option<PrinterEvent> {
        self.collect_events();
        self.events.pop_front()
    }

    /// When [`handle_timeout`](PrinterHost::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let server = self.server.as_ref().and_then(Server::poll_timeout);
        [self.station.poll_timeout(), self.services.poll_timeout(), server].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.station.handle_timeout(now);
        self.services.handle_timeout(now);
        self.work(now);
    }

    /// Lets everything that has something to do do it.
    fn work(&mut self, now: Timestamp) {
        while let Some(event) = self.station.poll_address() {
            self.handle_address(event, now);
        }
        while let Some((message, from)) = self.station.poll_multicast() {
            self.services.handle_multicast(&message, from, now);
        }
        self.send_multicast();
        self.collect_events();
        let PrinterHost { server, station, services, .. } = self;
        if let Some(server) = server {
            let mut answer = |request: &Request| services.answer(request, now);
            while server.work(&mut station.stack, now, &mut answer) {
                station.stack.run(now);
            }
        }
        station.stack.run(now);
    }

    fn handle_address(&mut self, event: ClientEvent, now: Timestamp) {
        let event = match event {
            ClientEvent::Asking => PrinterEvent::AskingForAddress,
            ClientEvent::NoAddress => PrinterEvent::NoAddress,
            ClientEvent::Conflict { address, other } => PrinterEvent::AddressConflict { address, other },
            ClientEvent::Lost => {
                self.services.stop();
                self.stop_serving();
                return;
            }
            ClientEvent::Bound(address) => {
                self.services.start(address.address, PORT, now);
                if self.server.is_none() {
                    self.server = Some(Server::start(&mut self.station.stack, now));
                }
                PrinterEvent::Address(address)
            }
        };
        self.events.push_back(event);
    }

    fn send_multicast(&mut self) {
        while let Some((to, message)) = self.services.poll_multicast() {
            self.station.send_multicast(to, &message);
        }
    }

    fn collect_events(&mut self) {
        self.events.extend(std::iter::from_fn(|| self.services.poll_event()));
    }

    fn stop_serving(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop(&mut self.station.stack);
        }
    }
}
