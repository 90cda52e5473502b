//! What the kernel says about a network interface, and news of its changes.

use std::io;

use keyway_wsc::MacAddr;
use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::Errno;

use crate::netlink::{self, Message};

/// A network interface at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The name, such as `eth0`: 1 to 15 octets. It can change while the index stays.
    pub name: String,
    /// The kernel's number for it, unique in its network namespace for as long as the interface lives.
    pub index: u32,
    /// The kind of link: `ARPHRD_…` in the kernel's headers; 1 is Ethernet and everything that looks like it (Wi-Fi too).
    pub hardware_type: u16,
    /// The state: `IFF_…` in netdevice(7). See [`is_up`](Self::is_up) and [`has_carrier`](Self::has_carrier).
    pub flags: u32,
    /// The hardware address, in the order in which it is sent. `None` when it has none of six octets.
    pub address: Option<MacAddr>,
    /// The largest payload of a frame in octets, without the Ethernet header.
    pub mtu: u32,
    /// The index of the bridge, bond or similar that this interface is a part of.
    ///
    /// Frames for a port of a bridge are the bridge's: the port itself still hears the PAE group address,
    /// but not frames sent to its own address (seen on Linux 6.18). Whoever needs those opens the bridge.
    pub master: Option<u32>,
}

impl Interface {
    /// The interface of this name, or of this alternative name.
    ///
    /// # Errors
    /// When the kernel cannot be asked. That there is no such interface is `Ok(None)`.
    pub fn by_name(name: &str) -> io::Result<Option<Self>> {
        if !is_possible_name(name) {
            return Ok(None);
        }
        Ok(netlink::Socket::open()?.by_name(name)?)
    }

    /// The interface of this index.
    ///
    /// # Errors
    /// When the kernel cannot be asked. That there is no such interface is `Ok(None)`.
    pub fn by_index(index: u32) -> io::Result<Option<Self>> {
        if index == 0 {
            return Ok(None);
        }
        Ok(netlink::Socket::open()?.by_index(index)?)
    }

    /// Every interface of the network namespace, in the order of the kernel.
    ///
    /// # Errors
    /// When the kernel cannot be asked.
    pub fn all() -> io::Result<Vec<Self>> {
        Ok(netlink::Socket::open()?.all()?)
    }

    /// Whether it is switched on (`ip link set … up`).
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.flags & IFF_UP != 0
    }

    /// Whether the link is there: a cable with somebody at its other end, or an association.
    #[must_use]
    pub fn has_carrier(&self) -> bool {
        self.flags & IFF_LOWER_UP != 0
    }

    /// Whether its frames are Ethernet frames with addresses of six octets, as EAPOL needs.
    #[must_use]
    pub fn is_ethernet(&self) -> bool {
        self.hardware_type == ARPHRD_ETHER && self.address.is_some()
    }
}

/// News of one interface: a second file descriptor to wait for, beside its socket.
///
/// A packet socket tells once that its interface went down and never that it was then removed, came back,
/// lost its cable or changed its address; this does.
pub struct LinkMonitor {
    socket: netlink::Socket,
    index: u32,
    buffer: Box<[u8; EVENT_SIZE]>,
}

/// What became of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkChange {
    /// It is now like this. Compare with what was known; the kernel also tells of things of no interest.
    State(Interface),
    /// It was removed, or moved to another network namespace. No more news will come.
    Vanished,
}

impl LinkMonitor {
    /// Listens for changes of the interface with this index. It needs no privilege.
    ///
    /// To miss nothing, look at the interface once more after this.
    ///
    /// # Errors
    /// When the kernel gives no netlink socket.
    pub fn open(index: u32) -> io::Result<Self> {
        Ok(Self { socket: netlink::Socket::subscribe()?, index, buffer: Box::new([0; EVENT_SIZE]) })
    }

    /// Takes one message from the kernel; never blocks. Call it when the descriptor is readable.
    ///
    /// `None` when there was none, or none about this interface.
    ///
    /// # Errors
    /// When the socket fails, which no state of the interface makes it do.
    pub fn receive(&mut self) -> io::Result<Option<LinkChange>> {
        let datagram = match self.socket.receive(&mut self.buffer[..]) {
            Ok(datagram) => datagram,
            Err(Errno::AGAIN) => return Ok(None),
            Err(Errno::NOBUFS) => return self.ask().map(Some),
            Err(error) => return Err(error.into()),
        };
        let ours = netlink::messages(datagram).filter_map(|message| match message {
            Message::Link(interface) if interface.index == self.index => Some(LinkChange::State(interface)),
            Message::Gone(index) if index == self.index => Some(LinkChange::Vanished),
            _ => None,
        });
        Ok(ours.last())
    }

    /// Messages were lost: the present state stands for all of them.
    fn ask(&self) -> io::Result<LinkChange> {
        Ok(Interface::by_index(self.index)?.map_or(LinkChange::Vanished, LinkChange::State))
    }
}

impl AsFd for LinkMonitor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl std::fmt::Debug for LinkMonitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkMonitor").field("index", &self.index).finish_non_exhaustive()
    }
}

const IFF_UP: u32 = 1;
const IFF_LOWER_UP: u32 = 1 << 16;
const ARPHRD_ETHER: u16 = 1;
/// Enough for the kernel's message about one link; a larger one is answered by asking.
const EVENT_SIZE: usize = 8 * 1024;
/// `ALTIFNAMSIZ` of the kernel, the final NUL octet included.
const LONGEST_NAME: usize = 128;

fn is_possible_name(name: &str) -> bool {
    (1..LONGEST_NAME).contains(&name.len())
        && !name.contains(['/', '\0'])
        && !name.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_interface_can_have_are_not_asked_for() {
        for name in ["", "a/b", "a b", "a\0b", &"x".repeat(128)] {
            assert_eq!(Interface::by_name(name).unwrap(), None, "{name:?}");
        }
    }

    #[test]
    fn an_unknown_name_and_index_are_nothing() {
        for name in ["keyway-none", &"x".repeat(15), &"x".repeat(16), &"x".repeat(127)] {
            assert_eq!(Interface::by_name(name).unwrap(), None, "{name:?}");
        }
        assert_eq!(Interface::by_index(0).unwrap(), None);
        assert_eq!(Interface::by_index(0x7fff_fff0).unwrap(), None);
        assert_eq!(Interface::by_index(u32::MAX).unwrap(), None);
    }

    #[test]
    fn the_loopback_is_no_ethernet() {
        let all = Interface::all().unwrap();
        let loopback = all.iter().find(|interface| interface.name == "lo").expect("every namespace has lo");
        assert!(!loopback.is_ethernet());
        assert_eq!(Interface::by_name("lo").unwrap().as_ref(), Some(loopback));
        assert_eq!(Interface::by_index(loopback.index).unwrap().as_ref(), Some(loopback));
    }
}
