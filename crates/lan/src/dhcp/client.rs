//! A client (RFC 2131, section 4.4), which makes sure that nobody else uses the address (RFC 5227).

use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::VecDeque;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

use super::{CLIENT_PORT, Kind, Message, SERVER_PORT};
use crate::address::{Address, prefix_of};
use crate::seeded::Seeded;
use crate::stack::frame::{Arp, Datagram, End, read_arp, read_udp, write_arp_request, write_udp};

/// After how long without an address its owner is told.
const PATIENCE: Duration = Duration::from_secs(15);

/// The pause after the first message; it doubles up to the longest. Shorter than the four seconds of RFC 2131, as in
/// the clients of phones: what is lost on the air is to be sent again while the person still watches.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// How often a client asks for what it was offered, or had before, until it begins anew.
const MOST_REQUESTS: u32 = 3;

/// Probes for an address, and the pause after each. RFC 5227 has three probes and six seconds; printers that a person
/// waits for have less.
const PROBES: u32 = 2;
const PROBE_PAUSE: Duration = Duration::from_millis(250);

/// How long it waits after a conflict (RFC 2131, section 3.1).
const CONFLICT_PAUSE: Duration = Duration::from_secs(10);

/// The shortest pause between attempts to renew (RFC 2131, section 4.4.5).
const SHORTEST_RENEWAL: Duration = Duration::from_secs(60);

/// What happened to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// It asks for an address.
    Asking,
    /// To be used from now on; again with each renewal that changes something.
    Bound(Address),
    /// Not to be used any more.
    Lost,
    /// Nobody has given it an address for 15 s. It keeps asking.
    NoAddress,
    /// Somebody else uses the address that it was given. It gives it back and asks for another.
    Conflict {
        /// The address.
        address: Ipv4Addr,
        /// The hardware address of the other.
        other: MacAddr,
    },
}

/// A client: whole Ethernet frames in and out, no address needed for it to speak.
#[derive(Debug)]
pub struct Client {
    mac: MacAddr,
    host_name: String,
    random: Seeded,
    state: State,
    /// Since when there is no address, until its owner was told.
    asking: Option<Asking>,
    /// What it had last: it asks for the same again.
    known: Option<Ipv4Addr>,
    to_send: VecDeque<Vec<u8>>,
    events: VecDeque<ClientEvent>,
}

#[derive(Clone, Copy, Debug)]
struct Asking {
    since: Timestamp,
    told: bool,
}

#[derive(Clone, Debug)]
enum State {
    Off,
    /// Asks for what it had before.
    Rebooting(Attempt, Ipv4Addr),
    /// Asks who has an address for it.
    Selecting(Attempt),
    /// Asks for what it was offered.
    Requesting(Attempt, Offer),
    /// Asks whether somebody uses the address already.
    Probing(Attempt, Lease),
    Bound(Attempt, Lease),
    /// There was a conflict.
    Resting(Timestamp),
}

/// A message, and when it is sent again.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    transaction: u32,
    sent: u32,
    next: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Offer {
    address: Ipv4Addr,
    server: Ipv4Addr,
}

#[derive(Clone, Debug)]
struct Lease {
    address: Address,
    server: End,
    rebind: Timestamp,
    end: Timestamp,
}

impl Client {
    /// A client that does not ask yet. It tells the server `host_name` (63 octets at most; nothing when empty);
    /// `seed` decides its transaction numbers and pauses.
    pub fn new(mac: MacAddr, host_name: &str, seed: u64) -> Client {
        Client {
            mac,
            host_name: host_name.to_owned(),
            random: Seeded::new(seed),
            state: State::Off,
            asking: None,
            known: None,
            to_send: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Begins to ask.
    pub fn start(&mut self, now: Timestamp) {
        self.begin_asking(now);
        let attempt = self.attempt(now);
        self.state = match self.known {
            Some(address) => State::Rebooting(attempt, address),
            None => State::Selecting(attempt),
        };
        self.handle_timeout(now);
    }

    /// Ends without a word, as when the link is gone. What it had is remembered.
    pub fn stop(&mut self) {
        self.state = State::Off;
        self.asking = None;
        self.to_send.clear();
    }

    /// Gives the address back and forgets it. The frame that says so follows.
    pub fn release(&mut self) {
        if let State::Bound(_, lease) = &self.state {
            let message = Message {
                client: lease.address.address,
                server: Some(lease.address.server),
                ..Message::new(Kind::Release, self.random.word(), self.mac)
            };
            let from = End { mac: self.mac, address: lease.address.address, port: CLIENT_PORT };
            let frame = write_udp(from, lease.server, &message.write());
            self.stop();
            self.to_send.push_back(frame);
        }
        self.state = State::Off;
        self.known = None;
    }

    /// Until when the address is lent, while there is one. It moves with each renewal.
    pub fn lease_end(&self) -> Option<Timestamp> {
        match &self.state {
            State::Bound(_, lease) => Some(lease.end),
            _ => None,
        }
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.to_send.pop_front()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Client::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let next = match &self.state {
            State::Off => return None,
            State::Rebooting(attempt, _)
            | State::Selecting(attempt)
            | State::Requesting(attempt, _)
            | State::Probing(attempt, _) => attempt.next,
            State::Bound(attempt, lease) => attempt.next.min(lease.end),
            State::Resting(until) => *until,
        };
        let tell = self.asking.filter(|asking| !asking.told).map(|asking| asking.since + PATIENCE);
        Some(tell.map_or(next, |tell| tell.min(next)))
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if let Some(asking) = &mut self.asking
            && !asking.told
            && now >= asking.since + PATIENCE
        {
            asking.told = true;
            self.events.push_back(ClientEvent::NoAddress);
        }
        match self.state.clone() {
            State::Off => {}
            State::Rebooting(attempt, address) if now >= attempt.next => {
                if attempt.sent >= MOST_REQUESTS {
                    self.known = None;
                    return self.select(now);
                }
                self.broadcast(Message {
                    requested: Some(address),
                    ..self.message(Kind::Request, attempt, now)
                });
                self.state = State::Rebooting(self.again(attempt, now), address);
            }
            State::Selecting(attempt) if now >= attempt.next => {
                self.broadcast(self.message(Kind::Discover, attempt, now));
                self.state = State::Selecting(self.again(attempt, now));
            }
            State::Requesting(attempt, offer) if now >= attempt.next => {
                if attempt.sent >= MOST_REQUESTS {
                    return self.select(now);
                }
                let (requested, server) = (Some(offer.address), Some(offer.server));
                self.broadcast(Message { requested, server, ..self.message(Kind::Request, attempt, now) });
                self.state = State::Requesting(self.again(attempt, now), offer);
            }
            State::Probing(attempt, lease) if now >= attempt.next => self.probe(attempt, lease, now),
            State::Bound(_, lease) if now >= lease.end => {
                self.events.push_back(ClientEvent::Lost);
                self.begin_asking(now);
                self.select(now);
            }
            State::Bound(attempt, lease) if now >= attempt.next => self.renew(attempt, lease, now),
            State::Resting(until) if now >= until => self.select(now),
            _ => {}
        }
    }

    /// A frame came in. True when it was one for DHCP clients, which nobody else on the host wants; ARP is everybody's.
    pub fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) -> bool {
        if let Some(datagram) = read_udp(frame).filter(|datagram| datagram.to.port == CLIENT_PORT) {
            let to = datagram.to.mac;
            if to == self.mac || to == MacAddr::BROADCAST {
                self.handle(&datagram, now);
            }
            return true;
        }
        if let Some(arp) = read_arp(frame) {
            self.handle_arp(&arp, now);
        }
        false
    }

    /// A datagram for the port of clients came in.
    fn handle(&mut self, datagram: &Datagram<'_>, now: Timestamp) {
        let Some(message) = Message::read(datagram.payload).filter(|message| message.mac == self.mac) else {
            return;
        };
        let attempt = match &self.state {
            State::Rebooting(attempt, _)
            | State::Selecting(attempt)
            | State::Requesting(attempt, _)
            | State::Bound(attempt, _) => *attempt,
            State::Off | State::Probing(..) | State::Resting(_) => return,
        };
        if attempt.sent == 0 || message.transaction != attempt.transaction {
            return;
        }
        match (&self.state, message.kind) {
            (State::Selecting(_), Kind::Offer) => {
                let Some(server) = message.server.filter(|_| is_usable(message.yours)) else { return };
                // The same transaction goes on (RFC 2131, section 3.1).
                let attempt = Attempt { sent: 0, next: now, ..attempt };
                self.state = State::Requesting(attempt, Offer { address: message.yours, server });
                self.handle_timeout(now);
            }
            (State::Selecting(_), _) => {}
            (State::Requesting(_, offer), Kind::Ack | Kind::Nak) if message.server != Some(offer.server) => {}
            (State::Bound(_, lease), Kind::Ack) => {
                let old = lease.address.clone();
                if let Some(lease) = lease_from(&message, datagram.from, now) {
                    if lease.address != old {
                        self.events.push_back(ClientEvent::Bound(lease.address.clone()));
                    }
                    self.bind(lease, renewal(&message), now);
                }
            }
            (_, Kind::Ack) => {
                if let Some(lease) = lease_from(&message, datagram.from, now) {
                    let attempt = Attempt { sent: 0, next: now, ..attempt };
                    self.state = State::Probing(attempt, lease);
                    self.handle_timeout(now);
                }
            }
            (state, Kind::Nak) => {
                if matches!(state, State::Bound(..)) {
                    self.events.push_back(ClientEvent::Lost);
                    self.begin_asking(now);
                }
                self.known = None;
                self.select(now);
            }
            _ => {}
        }
    }

    /// An ARP packet came in.
    fn handle_arp(&mut self, arp: &Arp, now: Timestamp) {
        let (lease, bound) = match &self.state {
            State::Probing(_, lease) => (lease, false),
            State::Bound(_, lease) => (lease, true),
            _ => return,
        };
        let own = lease.address.address;
        let probes_too = !bound && arp.sender_address.is_unspecified() && arp.target_address == own;
        if arp.sender == self.mac || (arp.sender_address != own && !probes_too) {
            return;
        }
        let server = Some(lease.address.server);
        if bound {
            self.events.push_back(ClientEvent::Lost);
            self.begin_asking(now);
        }
        self.events.push_back(ClientEvent::Conflict { address: own, other: arp.sender });
        let transaction = self.random.word();
        let message = Message::new(Kind::Decline, transaction, self.mac);
        self.broadcast(Message { requested: Some(own), server, ..message });
        self.known = None;
        self.state = State::Resting(now + CONFLICT_PAUSE);
    }

    fn begin_asking(&mut self, now: Timestamp) {
        self.asking = Some(Asking { since: now, told: false });
        self.events.push_back(ClientEvent::Asking);
    }

    fn select(&mut self, now: Timestamp) {
        self.state = State::Selecting(self.attempt(now));
        self.handle_timeout(now);
    }

    fn probe(&mut self, attempt: Attempt, lease: Lease, now: Timestamp) {
        let own = lease.address.address;
        if attempt.sent < PROBES {
            self.to_send.push_back(write_arp_request(self.mac, Ipv4Addr::UNSPECIFIED, own));
            let attempt = Attempt { sent: attempt.sent + 1, next: now + PROBE_PAUSE, ..attempt };
            self.state = State::Probing(attempt, lease);
            return;
        }
        self.to_send.push_back(write_arp_request(self.mac, own, own));
        self.events.push_back(ClientEvent::Bound(lease.address.clone()));
        self.asking = None;
        let renewal = lease.address.lease / 2;
        self.bind(lease, renewal, now);
    }

    fn bind(&mut self, lease: Lease, renewal: Duration, now: Timestamp) {
        self.known = Some(lease.address.address);
        let attempt = Attempt { next: now + renewal, ..self.attempt(now) };
        self.state = State::Bound(attempt, lease);
    }

    /// Asks whom it has the address from, and near the end everybody.
    fn renew(&mut self, attempt: Attempt, lease: Lease, now: Timestamp) {
        let own = lease.address.address;
        let message = Message { client: own, ..self.message(Kind::Request, attempt, now) };
        let everybody = End { mac: MacAddr::BROADCAST, address: Ipv4Addr::BROADCAST, port: SERVER_PORT };
        let (to, limit) =
            if now < lease.rebind { (lease.server, lease.rebind) } else { (everybody, lease.end) };
        let from = End { mac: self.mac, address: own, port: CLIENT_PORT };
        self.to_send.push_back(write_udp(from, to, &message.write()));
        let pause = (limit.saturating_since(now) / 2).max(SHORTEST_RENEWAL);
        let attempt = Attempt { sent: attempt.sent.saturating_add(1), next: now + pause, ..attempt };
        self.state = State::Bound(attempt, lease);
    }

    fn message(&self, kind: Kind, attempt: Attempt, now: Timestamp) -> Message {
        let since = self.asking.map_or(now, |asking| asking.since);
        Message {
            seconds: u16::try_from(now.saturating_since(since).as_secs()).unwrap_or(u16::MAX),
            host_name: (!self.host_name.is_empty()).then(|| self.host_name.clone()),
            ..Message::new(kind, attempt.transaction, self.mac)
        }
    }

    fn broadcast(&mut self, message: Message) {
        let from = End { mac: self.mac, address: Ipv4Addr::UNSPECIFIED, port: CLIENT_PORT };
        let to = End { mac: MacAddr::BROADCAST, address: Ipv4Addr::BROADCAST, port: SERVER_PORT };
        self.to_send.push_back(write_udp(from, to, &message.write()));
    }

    fn attempt(&mut self, now: Timestamp) -> Attempt {
        Attempt { transaction: self.random.word(), sent: 0, next: now }
    }

    /// The same, after a pause that grows and is never quite the same for two clients.
    fn again(&mut self, attempt: Attempt, now: Timestamp) -> Attempt {
        let pause = FIRST_PAUSE.saturating_mul(1 << attempt.sent.min(8)).min(LONGEST_PAUSE);
        let jitter = Duration::from_millis(self.random.between(0, 300));
        Attempt { sent: attempt.sent.saturating_add(1), next: now + pause + jitter, ..attempt }
    }
}

fn lease_from(message: &Message, from: End, now: Timestamp) -> Option<Lease> {
    if !is_usable(message.yours) {
        return None;
    }
    // For no time at all it is not lent.
    let length = Duration::from_secs(message.lease.filter(|seconds| *seconds > 0)?.into());
    let server = message.server?;
    let rebinding =
        message.rebinding.map_or(length - length / 8, |seconds| Duration::from_secs(seconds.into()));
    let address = Address {
        address: message.yours,
        prefix: message.mask.and_then(prefix_of).unwrap_or(24),
        gateway: message.router,
        dns: message.dns.clone(),
        server,
        lease: length,
    };
    Some(Lease {
        address,
        server: End { mac: from.mac, address: server, port: SERVER_PORT },
        rebind: now + rebinding.min(length),
        end: now + length,
    })
}

fn renewal(message: &Message) -> Duration {
    let half = message.lease.unwrap_or_default() / 2;
    Duration::from_secs(message.renewal.map_or(half, |renewal| renewal.min(half)).max(1).into())
}

fn is_usable(address: Ipv4Addr) -> bool {
    !(address.is_unspecified() || address.is_broadcast() || address.is_multicast() || address.is_loopback())
}
