//! Links, IPv4 addresses and routes of this network namespace: asked for and changed, each in one synchronous step.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::fmt;
use std::io;

use keyway_nl80211::netlink::{Body, Messages};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};

use super::error::IpError;
use super::message;
use crate::interface::Interface;

/// The number by which everything is known that Keyway puts on an interface: `proto 107` in what `ip address` and
/// `ip route` show. Numbers up to 4 belong to the kernel and the administrator; this one stands in nobody's
/// `rt_protos`.
///
/// The kernel keeps it with routes always, and with addresses since Linux 5.18.
pub const PROTOCOL: u8 = 107;

/// Asks the kernel, and tells it. A question costs a message in each direction and waits for the answer, which the
/// kernel makes at once.
pub struct Links {
    socket: Socket,
    sequence: u32,
}

/// What the kernel thinks of a link, besides what [`Interface`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkState {
    /// Whether it can be used.
    pub state: OperState,
    /// Who says so.
    pub mode: LinkMode,
}

/// Whether a link can be used: RFC 2863, `IF_OPER_…` of `linux/if.h`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OperState(
    /// The kernel's number.
    pub u8,
);

impl OperState {
    /// The driver does not say; as good as [`UP`](Self::UP).
    pub const UNKNOWN: Self = Self(0);
    /// It is off, or without carrier.
    pub const DOWN: Self = Self(2);
    /// There is a carrier, and something is still missing: on Wi-Fi, keys.
    pub const DORMANT: Self = Self(5);
    /// It can be used.
    pub const UP: Self = Self(6);
}

/// What becomes of a link when its carrier comes: `IF_LINK_MODE_…` of `linux/if.h`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkMode(
    /// The kernel's number.
    pub u8,
);

impl LinkMode {
    /// It is up at once.
    pub const DEFAULT: Self = Self(0);
    /// It is dormant, until a program says that it is up.
    pub const DORMANT: Self = Self(1);
}

/// An IPv4 address to be given to a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAddress {
    /// The link's index.
    pub index: u32,
    /// The address.
    pub address: Ipv4Addr,
    /// The length of its network's prefix, 0 to 32.
    pub prefix: u8,
    /// After how long the kernel takes it away by itself, rounded up to a second; never without.
    pub lifetime: Option<Duration>,
    /// Who put it there: [`PROTOCOL`].
    pub protocol: u8,
}

/// An IPv4 address that a link has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetAddress {
    /// The link's index.
    pub index: u32,
    /// The address.
    pub address: Ipv4Addr,
    /// The length of its network's prefix.
    pub prefix: u8,
    /// Who put it there; zero when that is not known.
    pub protocol: u8,
    /// How long it still lasts.
    pub lifetime: Option<Duration>,
}

/// An IPv4 route of the main table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The index of the link that it leads through; zero when it leads through several.
    pub index: u32,
    /// The network that it leads to.
    pub destination: Ipv4Addr,
    /// The length of that network's prefix; zero is the default route.
    pub prefix: u8,
    /// To whom packets are handed.
    pub gateway: Option<Ipv4Addr>,
    /// The address that packets without one are sent from. The route ends with that address.
    pub source: Option<Ipv4Addr>,
    /// The smaller, the better.
    pub metric: u32,
    /// Who put it there.
    pub protocol: u8,
    /// How far its destination is: `RT_SCOPE_…`; zero is anywhere.
    pub scope: u8,
}

impl Links {
    /// A socket for questions and orders, in the network namespace of this thread. It needs no privilege; orders do.
    ///
    /// # Errors
    /// When the system gives no socket.
    pub fn open() -> Result<Self, IpError> {
        let open = || {
            let mut socket = Socket::new(NETLINK_ROUTE)?;
            socket.bind_auto()?;
            // Both only make answers better; a kernel before 4.12 or 4.20 has them not.
            let _ = socket.set_ext_ack(true);
            let _ = socket.set_netlink_get_strict_chk(true);
            Ok(socket)
        };
        let socket = open().map_err(|error| IpError::system("open a netlink socket", error))?;
        Ok(Self { socket, sequence: 0 })
    }

    /// The interface of this name with its state; `None` when there is none.
    ///
    /// # Errors
    /// When the kernel cannot be asked.
    pub fn find(&mut self, name: &str) -> Result<Option<(Interface, LinkState)>, IpError> {
        let found =
            Interface::by_name(name).map_err(|error| IpError::system("look for the interface", error))?;
        let Some(interface) = found else { return Ok(None) };
        let mut state = None;
        let request = message::get_link(interface.index);
        let asked = self.ask("look at the interface", request, |kind, payload| {
            if kind == message::NEW_LINK {
                state = message::read_link(payload).filter(|(index, _)| *index == interface.index);
            }
            kind == message::NEW_LINK
        });
        match asked {
            Err(error) if error.code() == Some(libc::ENODEV) => return Ok(None),
            asked => asked?,
        }
        Ok(state.map(|(_, state)| (interface, state)))
    }

    /// Switches a link on or off, as `ip link set … up` does.
    ///
    /// # Errors
    /// When the kernel refuses: without `CAP_NET_ADMIN`, for a link that is gone, or while rfkill blocks its radio.
    pub fn set_up(&mut self, index: u32, up: bool) -> Result<(), IpError> {
        let doing = if up { "switch the interface on" } else { "switch the interface off" };
        self.order(doing, message::set_up(index, up))
    }

    /// Sets what becomes of a link when its carrier comes, and what it is now.
    ///
    /// For a station on Wi-Fi: [`LinkMode::DORMANT`] before it associates, and [`OperState::UP`] once the keys are
    /// there, so that nobody (a DHCP client, `networkd`) begins to talk before; and [`LinkMode::DEFAULT`] when it goes.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn set_mode(&mut self, index: u32, mode: LinkMode, state: OperState) -> Result<(), IpError> {
        self.order("set the interface's state", message::set_mode(index, mode, state))
    }

    /// The IPv4 addresses of one link, or of all.
    ///
    /// # Errors
    /// When the kernel cannot be asked. A link that is gone has no addresses.
    pub fn addresses(&mut self, index: Option<u32>) -> Result<Vec<SetAddress>, IpError> {
        let mut found = Vec::new();
        let request = message::get_addresses(index.unwrap_or(0));
        let asked = self.ask("list the addresses", request, |kind, payload| {
            if kind == message::NEW_ADDRESS {
                found.extend(message::read_address(payload));
            }
            false
        });
        match asked {
            Err(error) if error.is_gone() => return Ok(Vec::new()),
            asked => asked?,
        }
        found.retain(|address| index.is_none_or(|index| address.index == index));
        Ok(found)
    }

    /// Gives a link an address. False when it had that already; nothing changed then.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn add_address(&mut self, new: &NewAddress) -> Result<bool, IpError> {
        match self.order("give the interface its address", message::new_address(new, false)) {
            Err(error) if error.code() == Some(libc::EEXIST) => Ok(false),
            added => added.map(|()| true),
        }
    }

    /// Makes an address last as long as this from now on. It is given anew if it was taken away meanwhile.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn renew_address(&mut self, new: &NewAddress) -> Result<(), IpError> {
        self.order("renew the interface's address", message::new_address(new, true))
    }

    /// Takes an address away. That it is not there, or the link is not, is no error.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn remove_address(&mut self, index: u32, address: Ipv4Addr, prefix: u8) -> Result<(), IpError> {
        let request = message::delete_address(index, address, prefix);
        gone_is_fine(self.order("take the interface's address away", request))
    }

    /// The IPv4 routes of the main table.
    ///
    /// # Errors
    /// When the kernel cannot be asked.
    pub fn routes(&mut self) -> Result<Vec<Route>, IpError> {
        let mut found = Vec::new();
        let asked = self.ask("list the routes", message::get_routes(), |kind, payload| {
            if kind == message::NEW_ROUTE {
                found.extend(message::read_route(payload));
            }
            false
        });
        match asked {
            // A namespace that never had a route has no table for them either.
            Err(error) if error.code() == Some(libc::ENOENT) => Ok(Vec::new()),
            asked => asked.map(|()| found),
        }
    }

    /// Adds a route, behind others of the same destination and metric. `on_link`: the gateway can be reached
    /// though it is in no network of the link's addresses. False when just this route was there already.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn add_route(&mut self, route: &Route, on_link: bool) -> Result<bool, IpError> {
        match self.order("set the way out of the network", message::new_route(route, on_link)) {
            Err(error) if error.code() == Some(libc::EEXIST) => Ok(false),
            added => added.map(|()| true),
        }
    }

    /// Takes a route away. That it is not there, or the link is not, is no error.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn remove_route(&mut self, route: &Route) -> Result<(), IpError> {
        gone_is_fine(self.order("take the way out of the network away", message::delete_route(route)))
    }

    fn order(&mut self, doing: &'static str, request: Vec<u8>) -> Result<(), IpError> {
        self.ask(doing, request, |_, _| false)
    }

    /// Sends a request and hands on what comes, until `each` says that it was enough or the kernel that it was all.
    fn ask(
        &mut self,
        doing: &'static str,
        mut request: Vec<u8>,
        mut each: impl FnMut(u16, &[u8]) -> bool,
    ) -> Result<(), IpError> {
        let system = |error| IpError::system(doing, error);
        self.sequence = self.sequence.wrapping_add(1);
        request[8..12].copy_from_slice(&self.sequence.to_ne_bytes());
        self.socket.send_to(&request, &SocketAddr::new(0, 0), 0).map_err(system)?;
        loop {
            let datagram = match self.socket.recv_from_full() {
                Ok((datagram, _)) => datagram,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(system(error)),
            };
            // What is left of an earlier question, broken off, has another number.
            for message in Messages::new(&datagram).filter(|message| message.sequence == self.sequence) {
                match message.body {
                    Body::Data { family, payload } if each(family, payload) => return Ok(()),
                    Body::Error(refusal) if refusal.code != 0 => {
                        return Err(IpError::refused(doing, refusal.code, refusal.message));
                    }
                    Body::Done(code) if code != 0 => return Err(IpError::refused(doing, code, None)),
                    Body::Error(_) | Body::Done(_) => return Ok(()),
                    Body::Data { .. } | Body::Other => {}
                }
            }
        }
    }
}

fn gone_is_fine(removed: Result<(), IpError>) -> Result<(), IpError> {
    match removed {
        Err(error) if error.is_gone() => Ok(()),
        removed => removed,
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").finish_non_exhaustive()
    }
}

impl fmt::Debug for OperState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = ["unknown", "not present", "down", "lower layer down", "testing", "dormant", "up"];
        match names.get(usize::from(self.0)) {
            Some(name) => f.write_str(name),
            None => write!(f, "state {}", self.0),
        }
    }
}

impl fmt::Debug for LinkMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            LinkMode::DEFAULT => f.write_str("default"),
            LinkMode::DORMANT => f.write_str("dormant"),
            LinkMode(other) => write!(f, "mode {other}"),
        }
    }
}
