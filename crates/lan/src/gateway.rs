//! The router's own host: a fixed address, and a DHCP server for everybody else.

use core::net::Ipv4Addr;
use core::time::Duration;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

use crate::dhcp::{SERVER_PORT, Server};
use crate::stack::Stack;
use crate::stack::frame::read_udp;

/// What a gateway is given. A guest network is a second gateway with another network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayConfig {
    /// Its hardware address.
    pub mac: MacAddr,
    /// Its address, 192.168.1.1 for instance.
    pub address: Ipv4Addr,
    /// The length of the network's prefix, 8 to 30.
    pub prefix: u8,
    /// The first address that it lends.
    pub first: Ipv4Addr,
    /// How many addresses it lends, counted from the first; 1024 at most.
    pub pool: u16,
    /// How long it lends them.
    pub lease: Duration,
    /// What its random numbers are made from.
    pub seed: u64,
}

impl GatewayConfig {
    /// 192.168.1.1/24, lending 192.168.1.20 to 192.168.1.219 for a day.
    pub fn home(mac: MacAddr, seed: u64) -> GatewayConfig {
        GatewayConfig::network(mac, 1, seed)
    }

    /// 192.168.`network`.1/24, lending 20 to 219 of it for a day.
    pub fn network(mac: MacAddr, network: u8, seed: u64) -> GatewayConfig {
        GatewayConfig {
            mac,
            address: Ipv4Addr::new(192, 168, network, 1),
            prefix: 24,
            first: Ipv4Addr::new(192, 168, network, 20),
            pool: 200,
            lease: Duration::from_secs(86_400),
            seed,
        }
    }
}

/// An address that a device has for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose it is.
    pub mac: MacAddr,
    /// The address.
    pub address: Ipv4Addr,
    /// The name the device gave itself, 255 octets at most, possibly empty. A stranger chose it.
    pub host_name: String,
    /// Until when it is lent.
    pub until: Timestamp,
}

/// What happened at a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayEvent {
    /// A device has an address, or keeps it.
    Leased(Lease),
    /// A device gave its address back, or did not ask for it in time.
    Released {
        /// Whose it was.
        mac: MacAddr,
        /// The address, free again.
        address: Ipv4Addr,
    },
    /// A device found that somebody else uses the address it was given. It is not lent for ten minutes.
    Conflict {
        /// Who found out.
        mac: MacAddr,
        /// The address.
        address: Ipv4Addr,
    },
}

/// The router's own host.
///
/// It answers ARP, echo requests and DHCP, and nothing else: the name server whose address it hands out (its own, as
/// routers do) is not there, because nothing in the home asks one.
#[derive(Debug)]
pub struct GatewayHost {
    stack: Stack,
    address: Ipv4Addr,
    server: Server,
    serving: bool,
}

impl GatewayHost {
    /// A gateway without link, that lends addresses.
    pub fn new(config: GatewayConfig, now: Timestamp) -> GatewayHost {
        let mut stack = Stack::new(config.mac, config.seed, now);
        stack.set_address(Some((config.address, config.prefix)), None);
        GatewayHost { stack, address: config.address, server: Server::new(&config), serving: true }
    }

    /// Its own address.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// Whether it lends addresses: a router whose DHCP server is off stays silent. Leases go on until they end.
    pub fn set_serving(&mut self, serving: bool) {
        self.serving = serving;
    }

    /// Whether it lends addresses.
    pub fn is_serving(&self) -> bool {
        self.serving
    }

    /// The addresses lent, lowest first.
    pub fn leases(&self) -> Vec<Lease> {
        self.server.leases()
    }

    /// The link is there.
    pub fn link_up(&mut self, now: Timestamp) {
        self.stack.link_up(now);
    }

    /// The link is gone. Leases stay.
    pub fn link_down(&mut self, now: Timestamp) {
        self.stack.link_down(now);
    }

    /// A frame came in.
    pub fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        if read_udp(frame).is_none_or(|datagram| datagram.to.port != SERVER_PORT) {
            return self.stack.handle_ethernet(frame, now);
        }
        if self.serving
            && self.stack.has_link()
            && let Some(answer) = self.server.handle_ethernet(frame, now)
        {
            self.stack.send_frame(answer);
        }
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.stack.poll_transmit()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<GatewayEvent> {
        self.server.poll_event()
    }

    /// When [`handle_timeout`](GatewayHost::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        [self.stack.poll_timeout(), self.server.poll_timeout()].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.stack.handle_timeout(now);
        self.server.handle_timeout(now);
    }
}
