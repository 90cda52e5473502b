//! A TCP/IP stack between Ethernet frames: smoltcp without a network card.

mod device;
pub(crate) mod frame;

use core::fmt;
use core::net::Ipv4Addr;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::socket::AnySocket;
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpAddress, IpCidr, Ipv4Cidr};

use self::device::{LONGEST_FRAME, Queues};

/// How many frames may wait to be looked at.
const MOST_RECEIVED: usize = 64;

/// One host's stack: Ethernet II frames without check sequence go in and out.
///
/// It answers ARP and echo requests by itself as soon as it has an address. The hosts of this crate
/// ([`GatewayHost`](crate::GatewayHost), [`PrinterHost`](crate::PrinterHost),
/// [`ComputerHost`](crate::ComputerHost)) are built on it.
pub struct Stack {
    mac: MacAddr,
    interface: Interface,
    sockets: SocketSet<'static>,
    queues: Queues,
    link: bool,
    wake: Option<Timestamp>,
}

impl Stack {
    /// A stack with neither link nor address. `seed` decides what TCP draws at random: one seed, one run.
    pub fn new(mac: MacAddr, seed: u64, now: Timestamp) -> Stack {
        let mut queues = Queues::default();
        let mut config = Config::new(HardwareAddress::Ethernet(EthernetAddress(mac.0)));
        config.random_seed = seed;
        let interface = Interface::new(config, &mut queues, instant(now));
        Stack { mac, interface, sockets: SocketSet::new(Vec::new()), queues, link: false, wake: None }
    }

    /// The host's own hardware address.
    pub fn mac(&self) -> MacAddr {
        self.mac
    }

    /// Whether frames can come and go.
    pub fn has_link(&self) -> bool {
        self.link
    }

    /// The link is there: frames are taken and given from now on.
    pub fn link_up(&mut self, now: Timestamp) {
        self.link = true;
        self.run(now);
    }

    /// The link is gone, and with it every frame that waited. Addresses stay until they are taken away.
    pub fn link_down(&mut self, _now: Timestamp) {
        self.link = false;
        self.queues = Queues::default();
        self.wake = None;
    }

    /// Gives the host's own address and the way out of the network; `None` takes both away.
    pub fn set_address(&mut self, address: Option<(Ipv4Addr, u8)>, gateway: Option<Ipv4Addr>) {
        self.interface.update_ip_addrs(|addresses| {
            addresses.clear();
            if let Some((address, prefix)) = address {
                // There is room: it was just cleared.
                let _ = addresses.push(IpCidr::Ipv4(Ipv4Cidr::new(address, prefix.min(32))));
            }
        });
        self.interface.routes_mut().remove_default_ipv4_route();
        if let (Some(_), Some(gateway)) = (address, gateway) {
            // There is room: it was just removed.
            let _ = self.interface.routes_mut().add_default_ipv4_route(gateway);
        }
    }

    /// A frame came in. Frames for others, malformed ones and those above 1514 octets are ignored.
    pub fn handle_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        if !self.link || frame.len() > LONGEST_FRAME || self.queues.received.len() >= MOST_RECEIVED {
            return;
        }
        self.queues.received.push_back(frame.to_vec());
        self.run(now);
    }

    /// The next frame to send. To be called until there is none, after each other call.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.queues.to_send.pop_front()
    }

    /// When [`handle_timeout`](Stack::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.wake
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.run(now);
    }

    /// Lets the protocols work, and finds out when they want to work again. To be called after sockets were touched.
    pub(crate) fn run(&mut self, now: Timestamp) {
        if !self.link {
            return;
        }
        let at = instant(now);
        self.interface.poll(at, &mut self.queues, &mut self.sockets);
        let wake = self.interface.poll_at(at, &self.sockets);
        // What is due already was just tried, and waits for something: a full queue, a neighbour's address.
        self.wake = wake.map(|wake| timestamp(wake).max(now + core::time::Duration::from_millis(1)));
    }

    /// Puts a frame into the queue that no socket made.
    pub(crate) fn send_frame(&mut self, frame: Vec<u8>) {
        if self.link {
            self.queues.to_send.push_back(frame);
        }
    }

    /// Listens to a multicast group, and says so to the network (IGMP), for which it needs an address.
    pub(crate) fn join(&mut self, group: Ipv4Addr) {
        // Fails for more than four groups and for what is no group: neither is asked for here.
        let _ = self.interface.join_multicast_group(IpAddress::Ipv4(group));
    }

    /// Listens to it no more.
    pub(crate) fn leave(&mut self, group: Ipv4Addr) {
        // Fails for what is no group.
        let _ = self.interface.leave_multicast_group(IpAddress::Ipv4(group));
    }

    pub(crate) fn add<T: AnySocket<'static>>(&mut self, socket: T) -> SocketHandle {
        self.sockets.add(socket)
    }

    pub(crate) fn socket<T: AnySocket<'static>>(&mut self, handle: SocketHandle) -> &mut T {
        self.sockets.get_mut(handle)
    }

    pub(crate) fn remove(&mut self, handle: SocketHandle) {
        self.sockets.remove(handle);
    }

    /// Begins a TCP connection with the socket; false when there is no way there or the socket is in use.
    pub(crate) fn connect(&mut self, handle: SocketHandle, to: (Ipv4Addr, u16), from_port: u16) -> bool {
        let socket = self.sockets.get_mut::<smoltcp::socket::tcp::Socket<'_>>(handle);
        socket.connect(self.interface.context(), (IpAddress::Ipv4(to.0), to.1), from_port).is_ok()
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stack { mac, link, wake, .. } = self;
        f.debug_struct("Stack")
            .field("mac", mac)
            .field("link", link)
            .field("wake", wake)
            .finish_non_exhaustive()
    }
}

fn instant(now: Timestamp) -> Instant {
    Instant::from_micros(i64::try_from(now.since_epoch().as_micros()).unwrap_or(i64::MAX / 2))
}

fn timestamp(at: Instant) -> Timestamp {
    let micros = u64::try_from(at.total_micros()).unwrap_or_default();
    Timestamp::from_epoch(core::time::Duration::from_micros(micros))
}
