//! Multicast DNS on one interface, beside other programs that speak it (RFC 6762, section 15.1).

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use keyway_lan::dns_sd::{Destination, GROUP, PORT};
use rustix::fd::{AsFd, BorrowedFd};
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};

use super::claim::is_neighbour;
use super::error::IpError;
use crate::interface::Interface;

/// The longest message taken, in octets (RFC 6762, section 17).
const LONGEST: usize = 9000;

/// A socket for Multicast DNS. It never blocks.
///
/// It shares the port with avahi-daemon and whoever else is there: what goes to the group, all of them get. Bound to
/// its interface, it hears no other and is sent from no other; what is sent to the port at this interface alone comes
/// to this socket.
#[derive(Debug)]
pub(super) struct Multicast {
    socket: UdpSocket,
    own: (Ipv4Addr, u8),
    buffer: Vec<u8>,
}

impl Multicast {
    /// Joins the group on this interface, with this address and prefix.
    pub(super) fn open(interface: &Interface, own: (Ipv4Addr, u8)) -> Result<Multicast, IpError> {
        let socket = open(interface, own.0)
            .map_err(|error| IpError::system("listen for Multicast DNS (UDP port 5353)", error))?;
        Ok(Multicast { socket, own, buffer: vec![0; LONGEST] })
    }

    /// The next message and where it came from. What does not come from this network is none (RFC 6762, section 11).
    pub(super) fn receive(&mut self) -> Option<(&[u8], (Ipv4Addr, u16))> {
        loop {
            match self.socket.recv_from(&mut self.buffer) {
                Ok((length, SocketAddr::V4(from))) if is_neighbour(self.own.0, self.own.1, *from.ip()) => {
                    return Some((&self.buffer[..length], (*from.ip(), from.port())));
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Nothing, or what became of an earlier message.
                Err(_) => return None,
            }
        }
    }

    /// Sends a message. It may be lost, as any datagram may be.
    pub(super) fn send(&self, to: Destination, message: &[u8]) {
        let to = match to {
            Destination::Everybody => SocketAddrV4::new(GROUP, PORT),
            Destination::One(address, port) => SocketAddrV4::new(address, port),
        };
        let _ = self.socket.send_to(message, to);
    }
}

impl AsFd for Multicast {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn open(interface: &Interface, own: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    // avahi-daemon has set both on its socket, and the kernel wants the same of whoever shares the port.
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind_device(Some(interface.name.as_bytes()))?;
    socket.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, PORT).into())?;
    socket.set_multicast_all_v4(false)?;
    socket.set_multicast_if_v4(&own)?;
    // RFC 6762, section 11.
    socket.set_multicast_ttl_v4(255)?;
    socket.set_ttl_v4(255)?;
    socket.join_multicast_v4_n(&GROUP, &InterfaceIndexOrAddress::Index(interface.index))?;
    Ok(socket.into())
}
