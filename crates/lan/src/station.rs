//! What printer and computer have in common: a stack, an address from somebody else, and Multicast DNS.

use core::net::Ipv4Addr;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;
use smoltcp::iface::SocketHandle;
use smoltcp::socket::udp;
use smoltcp::wire::IpAddress;

use crate::address::Address;
use crate::dhcp::{Client, ClientEvent};
use crate::dns_sd::{Destination, GROUP, PORT};
use crate::stack::Stack;
use crate::stack::frame::is_local_traffic;

/// How much of Multicast DNS waits at most, in messages and octets.
const MESSAGES: usize = 16;
const OCTETS: usize = 16 << 10;

/// A host that asks for its address.
#[derive(Debug)]
pub(crate) struct Station {
    pub(crate) stack: Stack,
    client: Client,
    multicast: SocketHandle,
    address: Option<Address>,
    tunnelled: bool,
}

/// A message of Multicast DNS, and where it comes from.
pub(crate) type Datagram = (Vec<u8>, (Ipv4Addr, u16));

impl Station {
    pub(crate) fn new(mac: MacAddr, host_name: &str, seed: u64, now: Timestamp) -> Station {
        let mut stack = Stack::new(mac, seed, now);
        let buffer = || udp::PacketBuffer::new(vec![udp::PacketMetadata::EMPTY; MESSAGES], vec![0; OCTETS]);
        let mut socket = udp::Socket::new(buffer(), buffer());
        // RFC 6762, section 11.
        socket.set_hop_limit(Some(255));
        // Fails for port 0 and for a socket in use.
        let _ = socket.bind(PORT);
        let multicast = stack.add(socket);
        let client = Client::new(mac, host_name, seed.rotate_left(17));
        Station { stack, client, multicast, address: None, tunnelled: false }
    }

    pub(crate) fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    pub(crate) fn is_tunnelled(&self) -> bool {
        self.tunnelled
    }

    pub(crate) fn set_tunnelled(&mut self, tunnelled: bool) {
        self.tunnelled = tunnelled;
    }

    pub(crate) fn link_up(&mut self, now: Timestamp) {
        if !self.stack.has_link() {
            self.stack.link_up(now);
            self.client.start(now);
        }
    }

    pub(crate) fn link_down(&mut self, now: Timestamp) {
        self.client.stop();
        self.set_address(None);
        self.stack.link_down(now);
    }

    /// Gives the address back; the frame that says so follows.
    pub(crate) fn release(&mut self) {
        self.client.release();
        self.set_address(None);
    }

    /// A frame came in.
    pub(crate) fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        // An access point sends what is for everybody back to its sender too.
        let own = frame.get(6..12) == Some(&self.stack.mac().0);
        if own || !self.stack.has_link() {
            return;
        }
        if self.client.handle_ethernet(frame, now) {
            return;
        }
        if !(self.tunnelled && is_local_traffic(frame, self.gateway())) {
            self.stack.handle_ethernet(frame, now);
        }
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        if !self.stack.has_link() {
            return None;
        }
        while let Some(frame) = self.stack.poll_transmit() {
            if !(self.tunnelled && is_local_traffic(&frame, self.gateway())) {
                return Some(frame);
            }
        }
        self.client.poll_transmit()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        [self.stack.poll_timeout(), self.client.poll_timeout()].into_iter().flatten().min()
    }

    pub(crate) fn handle_timeout(&mut self, now: Timestamp) {
        self.client.handle_timeout(now);
        self.stack.handle_timeout(now);
    }

    /// What happened to the address, after the stack has been told.
    pub(crate) fn poll_address(&mut self) -> Option<ClientEvent> {
        let event = self.client.poll_event()?;
        match &event {
            ClientEvent::Bound(address) => self.set_address(Some(address.clone())),
            ClientEvent::Lost => self.set_address(None),
            ClientEvent::Asking | ClientEvent::NoAddress | ClientEvent::Conflict { .. } => {}
        }
        Some(event)
    }

    /// The next message of Multicast DNS. What does not come from this network is none (RFC 6762, section 11).
    pub(crate) fn poll_multicast(&mut self) -> Option<Datagram> {
        loop {
            let socket: &mut udp::Socket<'_> = self.stack.socket(self.multicast);
            let (payload, from) = socket.recv().ok()?;
            let IpAddress::Ipv4(address) = from.endpoint.addr;
            let message = (payload.to_vec(), (address, from.endpoint.port));
            if self.address.as_ref().is_some_and(|own| own.is_neighbour(address)) {
                return Some(message);
            }
        }
    }

    pub(crate) fn send_multicast(&mut self, to: Destination, message: &[u8]) {
        if self.address.is_none() {
            return;
        }
        let (address, port) = match to {
            Destination::Everybody => (GROUP, PORT),
            Destination::One(address, port) => (address, port),
        };
        let socket: &mut udp::Socket<'_> = self.stack.socket(self.multicast);
        // With a full buffer it is lost, as any datagram may be.
        let _ = socket.send_slice(message, (IpAddress::Ipv4(address), port));
    }

    fn gateway(&self) -> Option<Ipv4Addr> {
        self.address.as_ref().and_then(|address| address.gateway)
    }

    fn set_address(&mut self, address: Option<Address>) {
        let own = address.as_ref().map(|address| (address.address, address.prefix));
        self.stack.set_address(own, address.as_ref().and_then(|address| address.gateway));
        match address {
            Some(_) => self.stack.join(GROUP),
            None => self.stack.leave(GROUP),
        }
        self.address = address;
    }
}
