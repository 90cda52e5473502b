//! What a server answers (RFC 2131, section 4.3).

use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::VecDeque;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

use super::leases::Leases;
use super::{CLIENT_PORT, Kind, Message, SERVER_PORT};
use crate::address::{in_network, mask_bits};
use crate::gateway::{GatewayConfig, GatewayEvent, Lease};
use crate::stack::frame::{End, read_udp, write_udp};

/// A server: the pool and who may have what of it. Whole Ethernet frames in and out.
#[derive(Debug)]
pub struct Server {
    own: End,
    prefix: u8,
    lease: Duration,
    leases: Leases,
    events: VecDeque<GatewayEvent>,
}

impl Server {
    /// A server that has lent nothing yet. A lease of less than ten seconds becomes one of ten.
    pub fn new(config: &GatewayConfig) -> Server {
        Server {
            own: End { mac: config.mac, address: config.address, port: SERVER_PORT },
            prefix: config.prefix,
            lease: config.lease.clamp(Duration::from_secs(10), Duration::from_secs(u32::MAX.into())),
            leases: Leases::new(config.first, config.pool),
            events: VecDeque::new(),
        }
    }

    /// Frames come from this hardware address from now on.
    pub fn set_mac(&mut self, mac: MacAddr) {
        self.own.mac = mac;
    }

    /// The addresses lent, lowest first.
    pub fn leases(&self) -> Vec<Lease> {
        self.leases.lent().collect()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<GatewayEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Server::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.leases.next_end()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        for (mac, address) in self.leases.expire(now) {
            self.events.push_back(GatewayEvent::Released { mac, address });
        }
    }

    /// A frame came in. Returns the frame to answer with, if it is for this server and answered at all.
    pub fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) -> Option<Vec<u8>> {
        let datagram = read_udp(frame).filter(|datagram| datagram.to.port == SERVER_PORT)?;
        let is_here = [self.own.address, Ipv4Addr::BROADCAST].contains(&datagram.to.address);
        let message = Message::read(datagram.payload).filter(|_| is_here)?;
        self.handle(&message, now)
    }

    fn handle(&mut self, message: &Message, now: Timestamp) -> Option<Vec<u8>> {
        // Relays do not occur in a home, and an address of many is nobody's.
        if !message.relay.is_unspecified() || message.mac.0[0] & 1 != 0 {
            return None;
        }
        self.handle_timeout(now);
        let answer = match message.kind {
            Kind::Discover => {
                let address = self.leases.offer(message.mac, message.requested, now)?;
                self.grant(Kind::Offer, message, address)
            }
            Kind::Request => self.request(message, now)?,
            Kind::Inform => Message {
                client: message.client,
                lease: None,
                renewal: None,
                rebinding: None,
                ..self.grant(Kind::Ack, message, Ipv4Addr::UNSPECIFIED)
            },
            Kind::Release => {
                self.release(message);
                return None;
            }
            Kind::Decline => {
                self.decline(message, now);
                return None;
            }
            _ => return None,
        };
        Some(self.frame(message, &answer))
    }

    fn request(&mut self, message: &Message, now: Timestamp) -> Option<Message> {
        if message.server.is_some_and(|server| server != self.own.address) {
            self.leases.withdraw(message.mac);
            return None;
        }
        // Selecting and rebooting name it in an option, renewing and rebinding have it.
        let address = message.requested.unwrap_or(message.client);
        let lease = self.leases.lend(message.mac, address, message.host_name.as_deref(), now + self.lease);
        match lease {
            Some(lease) => {
                self.events.push_back(GatewayEvent::Leased(lease));
                Some(self.grant(Kind::Ack, message, address))
            }
            None => Some(Message { broadcast: true, ..self.answer(Kind::Nak, message) }),
        }
    }

    fn release(&mut self, message: &Message) {
        if self.is_for_us(message) && self.leases.release(message.mac, message.client) {
            let (mac, address) = (message.mac, message.client);
            self.events.push_back(GatewayEvent::Released { mac, address });
        }
    }

    fn decline(&mut self, message: &Message, now: Timestamp) {
        let Some(address) = message.requested.filter(|_| self.is_for_us(message)) else { return };
        if self.leases.decline(message.mac, address, now) {
            self.events.push_back(GatewayEvent::Conflict { mac: message.mac, address });
        }
    }

    fn is_for_us(&self, message: &Message) -> bool {
        message.server == Some(self.own.address)
    }

    fn answer(&self, kind: Kind, to: &Message) -> Message {
        Message {
            broadcast: to.broadcast,
            server: Some(self.own.address),
            ..Message::new(kind, to.transaction, to.mac)
        }
    }

    fn grant(&self, kind: Kind, to: &Message, address: Ipv4Addr) -> Message {
        let lease = u32::try_from(self.lease.as_secs()).unwrap_or(u32::MAX);
        Message {
            client: if kind == Kind::Ack { to.client } else { Ipv4Addr::UNSPECIFIED },
            yours: address,
            mask: Some(Ipv4Addr::from_bits(mask_bits(self.prefix))),
            router: Some(self.own.address),
            dns: vec![self.own.address],
            lease: Some(lease),
            renewal: Some(lease / 2),
            rebinding: Some(lease - lease / 8),
            ..self.answer(kind, to)
        }
    }

    /// To whom has an address, there; to the others by their hardware address, or to everybody when they ask for that
    /// (RFC 2131, section 4.1).
    fn frame(&self, request: &Message, answer: &Message) -> Vec<u8> {
        let usable = in_network(self.own.address, self.prefix, request.client) && answer.kind != Kind::Nak;
        let (mac, address) = if usable {
            (request.mac, request.client)
        } else if answer.broadcast || answer.yours.is_unspecified() {
            (MacAddr::BROADCAST, Ipv4Addr::BROADCAST)
        } else {
            (request.mac, answer.yours)
        };
        write_udp(self.own, End { mac, address, port: CLIENT_PORT }, &answer.write())
    }
}
