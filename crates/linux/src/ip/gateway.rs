//! A router's own host on the kernel's IP stack.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::VecDeque;
use std::fmt;

use keyway_eap::Timestamp;
use keyway_lan::GatewayEvent;
use keyway_lan::dhcp::{SERVER_PORT, Server};
use keyway_lan::gateway::{GatewayConfig, Lease};
use rustix::fd::{AsFd, BorrowedFd};

use super::claim::{Claim, clean_up_index, is_neighbour};
use super::error::IpError;
use super::links::Links;
use super::ready::Ready;
use super::wire::{AT_ONCE, Wire, look_up};

/// How long the kernel keeps the address when nobody renews it, and when that is done.
const LIFETIME: Duration = Duration::from_secs(3600);
const RENEWAL: Duration = Duration::from_secs(1200);

/// How many addresses are lent at most.
const POOL: u32 = 200;

/// What a router's host is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelGatewayConfig {
    /// The interface's name.
    pub interface: String,
    /// Its address and the length of the network's prefix, 8 to 30. Without, it takes 192.168.1.1/24 or, where this
    /// machine is on that network or has a route to it, the next private network that is free.
    pub network: Option<(Ipv4Addr, u8)>,
    /// How long addresses are lent; ten seconds at least.
    pub lease: Duration,
    /// What its random numbers are made from.
    pub seed: u64,
}

/// A router's own host on the kernel's IP stack: its address, and a DHCP server for everybody else.
///
/// The address is on the interface from [`link_up`](Self::link_up) to [`link_down`](Self::link_down), or until this is
/// dropped. The kernel answers ARP and echo requests; packets are not forwarded and nothing is translated: that is the
/// administrator's affair. Nobody answers questions for names, though the clients are told to ask here.
///
/// It needs `CAP_NET_RAW` and `CAP_NET_ADMIN`, and the interface switched on. What goes wrong later is an [`IpError`] of
/// [`poll_problem`](Self::poll_problem).
pub struct KernelGateway {
    name: String,
    network: (Ipv4Addr, u8),
    ready: Ready,
    server: Server,
    serving: bool,
    link: Option<Link>,
    problems: VecDeque<IpError>,
}

/// What there is while there is a link.
struct Link {
    wire: Wire,
    claim: Claim,
    /// When the address is to be renewed.
    renewal: Timestamp,
}

impl KernelGateway {
    /// A gateway without link, that lends addresses. What an earlier run left on the interface is
    /// [cleaned up](super::clean_up).
    ///
    /// # Errors
    /// When there is no such interface, a privilege is missing to clean it up, or the network cannot be used.
    pub fn open(config: KernelGatewayConfig) -> Result<Self, IpError> {
        let KernelGatewayConfig { interface: name, network, lease, seed } = config;
        let interface = look_up(&name)?;
        clean_up_index(interface.index)?;
        let network = match network {
            Some(network) => network,
            None => free_network(&mut Links::open()?, interface.index)?,
        };
        let (address, prefix) = network;
        let (first, pool) = pool(address, prefix).ok_or(IpError::UnusableNetwork { address, prefix })?;
        let mac = interface.address.unwrap_or_default();
        let server = Server::new(&GatewayConfig { mac, address, prefix, first, pool, lease, seed });
        let (ready, problems) = (Ready::new()?, VecDeque::new());
        Ok(Self { name, network, ready, server, serving: true, link: None, problems })
    }

    /// What is to be waited for: while it is readable, [`handle_ready`](Self::handle_ready) has something to do. It is
    /// one descriptor and always the same.
    pub fn sources(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        std::iter::once(self.ready.as_fd())
    }

    /// Its own address.
    pub fn address(&self) -> Ipv4Addr {
        self.network.0
    }

    /// The length of the network's prefix.
    pub fn prefix(&self) -> u8 {
        self.network.1
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

    /// The link is there (the access point is on): the interface gets the address.
    pub fn link_up(&mut self, now: Timestamp) {
        if self.link.is_none() {
            match self.open_link(now) {
                Ok(link) => self.link = Some(link),
                Err(problem) => self.problems.push_back(problem),
            }
        }
    }

    /// The link is gone, and the address with it. Leases stay.
    pub fn link_down(&mut self, _now: Timestamp) {
        self.link = None;
    }

    /// Reads what came in and answers.
    pub fn handle_ready(&mut self, now: Timestamp) {
        self.read_frames(now);
    }

    /// Time has passed. It reads what came in as well, so a program may call only this after each wait.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.server.handle_timeout(now);
        if let Some(link) = self.link.as_mut().filter(|link| now >= link.renewal) {
            link.renewal = now + RENEWAL;
            if let Err(problem) = link.claim.renew(LIFETIME) {
                self.problems.push_back(problem);
            }
        }
        self.handle_ready(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let renewal = self.link.as_ref().map(|link| link.renewal);
        [self.server.poll_timeout(), renewal].into_iter().flatten().min()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<GatewayEvent> {
        self.server.poll_event()
    }

    /// What went wrong, oldest first. After [`IpError::Link`] the link is down; it can be tried again with
    /// [`link_up`](Self::link_up).
    pub fn poll_problem(&mut self) -> Option<IpError> {
        self.problems.pop_front()
    }

    fn open_link(&mut self, now: Timestamp) -> Result<Link, IpError> {
        let wire = Wire::open(&self.name, SERVER_PORT, false, &self.ready)?;
        self.server.set_mac(wire.mac());
        let claim = Claim::put(wire.interface().index, self.network, None, LIFETIME)?;
        Ok(Link { wire, claim, renewal: now + RENEWAL })
    }

    fn read_frames(&mut self, now: Timestamp) {
        let Some(link) = &mut self.link else { return };
        let mut read = || {
            link.wire.check()?;
            for _ in 0..AT_ONCE {
                let Some(frame) = link.wire.receive()? else { break };
                if self.serving
                    && let Some(answer) = self.server.handle_ethernet(frame, now)
                {
                    link.wire.send(&answer)?;
                }
            }
            Ok(())
        };
        if let Err(error) = read() {
            self.link_down(now);
            self.problems.push_back(IpError::Link(error));
        }
    }
}

impl fmt::Debug for KernelGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KernelGateway")
            .field("interface", &self.name)
            .field("network", &self.network)
            .field("link", &self.link.is_some())
            .finish_non_exhaustive()
    }
}

/// The private networks in the order in which they are tried: 192.168.1.0/24 and the others of its kind, then some
/// that few use.
fn private_networks() -> impl Iterator<Item = Ipv4Addr> {
    let home = (1..=254).map(|network| Ipv4Addr::new(192, 168, network, 1));
    let rare = (64..=254).map(|network| Ipv4Addr::new(10, 107, network, 1));
    let middle = (64..=254).map(|network| Ipv4Addr::new(172, 27, network, 1));
    home.chain(rare).chain(middle)
}

/// The first private network of 24 bits that overlaps with none that this machine knows by another interface.
fn free_network(links: &mut Links, index: u32) -> Result<(Ipv4Addr, u8), IpError> {
    let addresses = links.addresses(None)?.into_iter().filter(|found| found.index != index);
    let mut taken: Vec<_> = addresses.map(|found| (found.address, found.prefix)).collect();
    let routes = links.routes()?;
    let others = routes.iter().filter(|route| route.prefix > 0 && route.index != index);
    taken.extend(others.map(|route| (route.destination, route.prefix)));
    choose(&taken).ok_or(IpError::NoFreeNetwork)
}

fn choose(taken: &[(Ipv4Addr, u8)]) -> Option<(Ipv4Addr, u8)> {
    let overlaps = |own| taken.iter().any(|(other, prefix)| is_neighbour(own, (*prefix).min(24), *other));
    private_networks().find(|own| !overlaps(*own)).map(|own| (own, 24))
}

/// The first address to lend and how many: what follows the router's own address or lies before it, whichever is more.
/// In a large network the first 18 are left for what is given an address by hand.
fn pool(own: Ipv4Addr, prefix: u8) -> Option<(Ipv4Addr, u16)> {
    if !(8..=30).contains(&prefix) {
        return None;
    }
    let host = u32::MAX >> prefix;
    let (lowest, highest) = (own.to_bits() & !host, own.to_bits() | host);
    let before = own.to_bits().checked_sub(lowest)?.checked_sub(1)?;
    let after = highest.checked_sub(own.to_bits())?.checked_sub(1)?;
    let (first, count) = if after >= before { (own.to_bits() + 1, after) } else { (lowest + 1, before) };
    let by_hand = if count > POOL { 18.min(count - POOL) } else { 0 };
    let size = u16::try_from((count - by_hand).min(POOL)).ok()?;
    Some((Ipv4Addr::from_bits(first + by_hand), size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Ipv4Addr {
        text.parse().expect("an address")
    }

    #[test]
    fn the_pool_is_never_the_router_itself_nor_outside() {
        for (own, prefix, first, size) in [
            ("192.168.1.1", 24, "192.168.1.20", 200),
            ("192.168.1.254", 24, "192.168.1.19", 200),
            ("192.168.1.128", 24, "192.168.1.1", 127),
            ("10.0.0.1", 8, "10.0.0.20", 200),
            ("192.168.1.1", 30, "192.168.1.2", 1),
            ("192.168.1.2", 30, "192.168.1.1", 1),
            ("192.168.1.129", 25, "192.168.1.130", 125),
        ] {
            assert_eq!(pool(ip(own), prefix), Some((ip(first), size)), "{own}/{prefix}");
        }
        for (own, prefix) in [
            ("192.168.1.0", 24),
            ("192.168.1.255", 24),
            ("192.168.1.1", 31),
            ("192.168.1.1", 7),
            ("0.0.0.0", 8),
            ("255.255.255.255", 8),
        ] {
            assert_eq!(pool(ip(own), prefix), None, "{own}/{prefix}");
        }
    }

    #[test]
    fn the_first_free_network_is_chosen() {
        let taken = |list: &[(&str, u8)]| {
            let list: Vec<_> = list.iter().map(|(address, prefix)| (ip(address), *prefix)).collect();
            choose(&list).map(|(address, _)| address.to_string())
        };
        for (list, chosen) in [
            (&[][..], "192.168.1.1"),
            (&[("192.168.1.77", 24)], "192.168.2.1"),
            (&[("192.168.1.77", 32)], "192.168.2.1"),
            (&[("192.168.0.10", 22), ("192.168.4.1", 24)], "192.168.5.1"),
            (&[("192.168.0.0", 16)], "10.107.64.1"),
            (&[("192.168.0.0", 16), ("10.0.0.0", 8)], "172.27.64.1"),
            (&[("127.0.0.1", 8), ("10.1.2.3", 8)], "192.168.1.1"),
        ] {
            assert_eq!(taken(list).as_deref(), Some(chosen), "{list:?}");
        }
        assert_eq!(taken(&[("192.168.0.0", 16), ("10.0.0.0", 8), ("172.16.0.0", 12)]), None);
        assert_eq!(taken(&[("0.0.0.0", 1), ("128.0.0.0", 1)]), None, "a tunnel for everything");
    }
}
