//! A printer's host on the kernel's IP stack.

use core::time::Duration;
use std::collections::VecDeque;
use std::fmt;

use keyway_eap::Timestamp;
use keyway_lan::dhcp::{CLIENT_PORT, Client, ClientEvent};
use keyway_lan::ipp_printer::{IppPrinter, PrinterIdentity};
use keyway_lan::printer::Page;
use keyway_lan::{Address, PrinterEvent, PrinterServices};
use keyway_wsc::MacAddr;
use rustix::fd::{AsFd, BorrowedFd};

use super::claim::{Claim, clean_up_index};
use super::error::IpError;
use super::multicast::Multicast;
use super::ready::{Interest, Ready};
use super::server::Server;
use super::wire::{AT_ONCE, Wire, look_up};
use crate::link_error::LinkError;

/// What a printer's host is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelPrinterConfig {
    /// The interface's name.
    pub interface: String,
    /// Its name on the network: `keyway-blue-42`. What is no letter, digit or hyphen becomes a hyphen.
    pub host_name: String,
    /// What it is.
    pub identity: PrinterIdentity,
    /// What its random numbers (delays, transaction numbers; no secrets) are made from.
    pub seed: u64,
}

/// A printer's host on the kernel's IP stack: asks for an address, announces itself, answers.
///
/// With the link it begins to ask by DHCP; the address and the default route (metric 700, behind those of cables and
/// Wi-Fi that the machine's own network manager sets) are put on the interface for as long as they are lent. Name
/// servers are reported, and `/etc/resolv.conf` is left alone. With the address it serves HTTP on port 631 or, when
/// that is taken or forbidden, on [`OTHER_PORT`](super::OTHER_PORT) or any other; what it announces has the real one.
/// TLS is not served.
///
/// It needs `CAP_NET_RAW` and `CAP_NET_ADMIN`, and the interface switched on. What goes wrong later is an
/// [`IpError`] of [`poll_problem`](Self::poll_problem); it goes on as well as it can. When it is dropped, its address and
/// route are gone; without [`leave`](Self::leave) the server and the neighbours are not told.
pub struct KernelPrinterNetwork {
    name: String,
    seed: u64,
    ready: Ready,
    client: Client,
    mac: MacAddr,
    services: PrinterServices,
    link: Option<Link>,
    events: VecDeque<PrinterEvent>,
    problems: VecDeque<IpError>,
}

/// What there is while there is a link.
struct Link {
    wire: Wire,
    online: Option<Online>,
}

/// What there is while there is an address. The fields are closed in this order, the address last.
struct Online {
    server: Option<Server>,
    multicast: Option<Multicast>,
    address: Address,
    /// Until when the kernel was told that it lasts.
    until: Option<Timestamp>,
    claim: Claim,
}

impl KernelPrinterNetwork {
    /// A printer without link. What an earlier run left on the interface is [cleaned up](super::clean_up).
    ///
    /// # Errors
    /// When there is no such interface, or a privilege is missing to clean it up.
    pub fn open(config: KernelPrinterConfig, now: Timestamp) -> Result<Self, IpError> {
        let KernelPrinterConfig { interface: name, host_name, identity, seed } = config;
        let interface = look_up(&name)?;
        clean_up_index(interface.index)?;
        let mac = interface.address.unwrap_or_default();
        let services = PrinterServices::new(&host_name, identity, seed.rotate_left(31), now);
        Ok(Self {
            client: Client::new(mac, services.host_label(), seed),
            name,
            seed,
            ready: Ready::new()?,
            mac,
            services,
            link: None,
            events: VecDeque::new(),
            problems: VecDeque::new(),
        })
    }

    /// What is to be waited for: while it is readable, [`handle_ready`](Self::handle_ready) has something to do. It is
    /// one descriptor and always the same, whatever sockets come and go behind it.
    pub fn sources(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        std::iter::once(self.ready.as_fd())
    }

    /// The address that it has, while it has one.
    pub fn address(&self) -> Option<&Address> {
        Some(&self.online()?.address)
    }

    /// The port of its web server, while there is one.
    pub fn port(&self) -> Option<u16> {
        Some(self.online()?.server.as_ref()?.port())
    }

    /// The address of its IPP service, while there is one: `ipp://192.168.1.23:631/ipp/print`.
    pub fn uri(&self) -> Option<String> {
        self.services.uri()
    }

    /// The IPP side, to set troubles and the clock.
    pub fn ipp(&mut self) -> &mut IppPrinter {
        self.services.ipp()
    }

    /// Answers an IPP request that came another way than over this network. `uri` is the printer's address there.
    pub fn respond(&mut self, request: &[u8], uri: &str, now: Timestamp) -> Vec<u8> {
        self.services.respond(request, uri, now)
    }

    /// What `GET /` shows; until it is set, a line of text.
    pub fn set_page(&mut self, page: Page) {
        self.services.set_page(page);
    }

    /// The link is there (on Wi-Fi: associated, with keys): it asks for an address.
    pub fn link_up(&mut self, now: Timestamp) {
        if self.link.is_some() {
            return;
        }
        match self.open_link() {
            Ok(link) => {
                self.link = Some(link);
                self.client.start(now);
                self.work(now);
            }
            Err(problem) => self.problems.push_back(problem),
        }
    }

    /// The link is gone, and the address with it.
    pub fn link_down(&mut self, _now: Timestamp) {
        if self.link.is_some() {
            self.client.stop();
            self.services.stop();
            self.link = None;
            self.events.push_back(PrinterEvent::LinkLost);
        }
    }

    /// The printer is about to leave (switched off, network reset): says good-bye and gives its address back. When this
    /// returns, everything was sent, and the interface is as it was.
    pub fn leave(&mut self, now: Timestamp) {
        self.services.leave();
        self.send_multicast();
        self.go_offline();
        self.client.release();
        self.work(now);
    }

    /// Reads what came in, answers, and sends.
    pub fn handle_ready(&mut self, now: Timestamp) {
        self.read_frames(now);
        self.read_multicast(now);
        self.work(now);
    }

    /// Time has passed. It reads what came in as well, so a program may call only this after each wait.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.client.handle_timeout(now);
        self.services.handle_timeout(now);
        self.handle_ready(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let server = self.online().and_then(|online| online.server.as_ref()?.poll_timeout());
        [self.client.poll_timeout(), self.services.poll_timeout(), server].into_iter().flatten().min()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<PrinterEvent> {
        self.collect_events();
        self.events.pop_front()
    }

    /// What went wrong, oldest first. After [`IpError::Link`] the link is down, as [`PrinterEvent::LinkLost`] says; it can
    /// be tried again with [`link_up`](Self::link_up).
    pub fn poll_problem(&mut self) -> Option<IpError> {
        self.problems.pop_front()
    }

    fn online(&self) -> Option<&Online> {
        self.link.as_ref()?.online.as_ref()
    }

    fn open_link(&mut self) -> Result<Link, IpError> {
        let wire = Wire::open(&self.name, CLIENT_PORT, true, &self.ready)?;
        let mac = wire.mac();
        if mac != self.mac {
            // Another address is another client to the server.
            self.mac = mac;
            self.client = Client::new(mac, self.services.host_label(), self.seed);
        }
        Ok(Link { wire, online: None })
    }

    fn read_frames(&mut self, now: Timestamp) {
        let Some(link) = &mut self.link else { return };
        let mut read = || {
            link.wire.check()?;
            for _ in 0..AT_ONCE {
                let Some(frame) = link.wire.receive()? else { break };
                self.client.handle_ethernet(frame, now);
            }
            Ok(())
        };
        if let Err(error) = read() {
            self.fail(error, now);
        }
    }

    fn read_multicast(&mut self, now: Timestamp) {
        let Some(online) = self.link.as_mut().and_then(|link| link.online.as_mut()) else { return };
        let Some(multicast) = &mut online.multicast else { return };
        for _ in 0..AT_ONCE {
            let Some((message, from)) = multicast.receive() else { return };
            self.services.handle_multicast(message, from, now);
        }
    }

    /// Lets everything that has something to do do it.
    fn work(&mut self, now: Timestamp) {
        while let Some(event) = self.client.poll_event() {
            self.handle_address(event, now);
        }
        if let Err(problem) = self.renew_claim(now) {
            self.problems.push_back(problem);
        }
        while let Some(frame) = self.client.poll_transmit() {
            let Some(link) = &self.link else { continue };
            if let Err(error) = link.wire.send(&frame) {
                return self.fail(error, now);
            }
        }
        self.serve(now);
        self.send_multicast();
        self.collect_events();
    }

    fn serve(&mut self, now: Timestamp) {
        let Self { link, ready, services, .. } = self;
        let online = link.as_mut().and_then(|link| link.online.as_mut());
        if let Some(server) = online.and_then(|online| online.server.as_mut()) {
            server.work(ready, now, &mut |request| services.answer(request, now));
        }
    }

    fn handle_address(&mut self, event: ClientEvent, now: Timestamp) {
        let event = match event {
            ClientEvent::Asking => PrinterEvent::AskingForAddress,
            ClientEvent::NoAddress => PrinterEvent::NoAddress,
            ClientEvent::Conflict { address, other } => PrinterEvent::AddressConflict { address, other },
            ClientEvent::Lost => {
                self.services.stop();
                return self.go_offline();
            }
            ClientEvent::Bound(address) => match self.go_online(&address, now) {
                Ok(()) => PrinterEvent::Address(address),
                Err(problem) => {
                    // An address that cannot be used is given back.
                    self.problems.push_back(problem);
                    self.services.stop();
                    self.go_offline();
                    return self.client.release();
                }
            },
        };
        self.events.push_back(event);
    }

    /// The address is lent: the kernel has it, and the services are there.
    fn go_online(&mut self, address: &Address, now: Timestamp) -> Result<(), IpError> {
        let Some(link) = &mut self.link else { return Ok(()) };
        let own = (address.address, address.prefix);
        if let Some(online) = link.online.as_mut().filter(|online| online.claim.is(own, address.gateway)) {
            online.address = address.clone();
            return Ok(());
        }
        link.online = None;
        let until = self.client.lease_end();
        let lifetime = until.map_or(address.lease, |end| end.saturating_since(now));
        let interface = link.wire.interface();
        let claim = Claim::put(interface.index, own, address.gateway, lifetime)?;
        let mut or_tell = |problem| self.problems.push_back(problem);
        let server = Server::listen(address.address, &self.ready).map_err(&mut or_tell).ok();
        let multicast = Multicast::open(interface, own).and_then(|multicast| {
            self.ready.add(&multicast, Interest::Read)?;
            Ok(multicast)
        });
        let multicast = multicast.map_err(&mut or_tell).ok();
        if let Some(server) = &server {
            self.services.start(address.address, server.port(), now);
        }
        link.online = Some(Online { server, multicast, address: address.clone(), until, claim });
        Ok(())
    }

    fn go_offline(&mut self) {
        if let Some(link) = &mut self.link {
            link.online = None;
        }
    }

    /// Tells the kernel when the lease was prolonged.
    fn renew_claim(&mut self, now: Timestamp) -> Result<(), IpError> {
        let until = self.client.lease_end();
        let Some(online) = self.link.as_mut().and_then(|link| link.online.as_mut()) else { return Ok(()) };
        if online.until == until {
            return Ok(());
        }
        online.until = until;
        let left = until.map_or(Duration::ZERO, |until| until.saturating_since(now));
        online.claim.renew(left)
    }

    fn send_multicast(&mut self) {
        while let Some((to, message)) = self.services.poll_multicast() {
            if let Some(multicast) = self.online().and_then(|online| online.multicast.as_ref()) {
                multicast.send(to, &message);
            }
        }
    }

    fn collect_events(&mut self) {
        self.events.extend(std::iter::from_fn(|| self.services.poll_event()));
    }

    fn fail(&mut self, error: LinkError, now: Timestamp) {
        self.link_down(now);
        self.problems.push_back(error.into());
    }
}

impl fmt::Debug for KernelPrinterNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KernelPrinterNetwork")
            .field("interface", &self.name)
            .field("link", &self.link.is_some())
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}
