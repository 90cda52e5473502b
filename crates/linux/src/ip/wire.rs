//! Whole frames of DHCP and ARP on one interface, beside the kernel's own stack.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use keyway_wsc::MacAddr;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags};
use socket2::{Domain, Protocol, SockFilter, SockRef, Socket, Type};

use super::error::IpError;
use super::ready::{Interest, Ready};
use crate::eapol_socket::ETHERNET_HEADER_LENGTH;
use crate::interface::{Interface, LinkChange, LinkMonitor};
use crate::link_error::{LinkError, OpenError};
use crate::packet;

/// Packet sockets that hear IPv4 datagrams to one UDP port, and ARP on demand. They never block.
///
/// A filter in the kernel keeps everything else away. The frames go to the kernel's stack as well; so that it does
/// not answer "port unreachable" for an address of its own, a UDP socket is bound to the port that takes nothing.
#[derive(Debug)]
pub(super) struct Wire {
    interface: Interface,
    monitor: LinkMonitor,
    datagrams: OwnedFd,
    arp: Option<OwnedFd>,
    _sink: Option<Socket>,
    buffer: Vec<u8>,
}

impl Wire {
    /// Opens the interface of this name, which has to be on, for datagrams to this port; for ARP too, if `hears_arp`.
    pub(super) fn open(name: &str, port: u16, hears_arp: bool, ready: &Ready) -> Result<Wire, IpError> {
        let interface = look_up(name)?;
        if !interface.is_ethernet() {
            let Interface { name, hardware_type, .. } = interface;
            return Err(OpenError::NotEthernet { name, hardware_type }.into());
        }
        if !interface.is_up() {
            return Err(OpenError::Down { name: interface.name }.into());
        }
        let monitor = LinkMonitor::open(interface.index)
            .map_err(|error| IpError::system("listen for changes of the interface", error))?;
        let opened = |error| OpenError::from_socket(error, &interface.name);
        let index = interface.index as i32;
        let datagrams = packet::deaf().map_err(opened)?;
        SockRef::from(&datagrams).attach_filter(&to_port(port)).map_err(opened)?;
        packet::bind(&datagrams, IPV4, index).map_err(opened)?;
        let arp = hears_arp.then(|| packet::open(ARP, index)).transpose().map_err(opened)?;
        ready.add(&monitor, Interest::Read)?;
        for source in [Some(&datagrams), arp.as_ref()].into_iter().flatten() {
            ready.add(source, Interest::Read)?;
        }
        Ok(Wire {
            monitor,
            datagrams,
            arp,
            // Another program may have the port for itself: then that program is the sink.
            _sink: sink(&interface.name, port).ok(),
            buffer: vec![0; ETHERNET_HEADER_LENGTH + interface.mtu.max(1500) as usize],
            interface,
        })
    }

    /// The interface as it was when it was opened.
    pub(super) fn interface(&self) -> &Interface {
        &self.interface
    }

    /// Its hardware address.
    pub(super) fn mac(&self) -> MacAddr {
        self.interface.address.unwrap_or_default()
    }

    /// Reads what the kernel says of the interface.
    pub(super) fn check(&mut self) -> Result<(), LinkError> {
        for _ in 0..AT_ONCE {
            match self.monitor.receive().map_err(LinkError::System)? {
                Some(LinkChange::State(state)) if state.is_up() => {}
                // Before it goes it goes down.
                Some(_) => return Err(link_error(&self.interface, Errno::NETDOWN)),
                None => break,
            }
        }
        Ok(())
    }

    /// The next frame. Those that are longer than the link carries are left out.
    pub(super) fn receive(&mut self) -> Result<Option<&[u8]>, LinkError> {
        for fd in [Some(&self.datagrams), self.arp.as_ref()].into_iter().flatten() {
            loop {
                let received = rustix::io::retry_on_intr(|| {
                    rustix::net::recv(fd, &mut self.buffer[..], RecvFlags::TRUNC)
                });
                match received {
                    Ok((_, length)) if length > self.buffer.len() => {}
                    Ok((_, length)) => {
                        let frame = &mut self.buffer[..length];
                        complete_checksum(frame);
                        return Ok(Some(frame));
                    }
                    Err(Errno::AGAIN) => break,
                    Err(error) => return Err(link_error(&self.interface, error)),
                }
            }
        }
        Ok(None)
    }

    /// Sends a frame. With a full queue it is lost, as any frame may be.
    pub(super) fn send(&self, frame: &[u8]) -> Result<(), LinkError> {
        let is_arp = frame.get(12..14) == Some(&ARP.to_be_bytes());
        // The kernel takes the ethertype from the socket.
        let fd = self.arp.as_ref().filter(|_| is_arp).unwrap_or(&self.datagrams);
        match rustix::io::retry_on_intr(|| rustix::net::send(fd, frame, SendFlags::empty())) {
            Ok(_) | Err(Errno::AGAIN | Errno::NOBUFS) => Ok(()),
            Err(error) => Err(link_error(&self.interface, error)),
        }
    }
}

/// How many frames, messages or news a host reads from one socket until the others have their turn.
pub(super) const AT_ONCE: usize = 32;

/// The interface of this name.
pub(super) fn look_up(name: &str) -> Result<Interface, IpError> {
    let found = Interface::by_name(name).map_err(OpenError::system("ask for the interface"))?;
    Ok(found.ok_or_else(|| OpenError::no_such_interface(name))?)
}

const IPV4: u16 = 0x0800;
const ARP: u16 = 0x0806;
const UDP: u8 = 17;

/// What is wrong with the link, when a call failed with this.
fn link_error(interface: &Interface, error: Errno) -> LinkError {
    let name = interface.name.clone();
    match Interface::by_index(interface.index) {
        Ok(None) => LinkError::Vanished { name },
        Ok(Some(now)) if !now.is_up() => LinkError::Down { name },
        Ok(Some(_)) if error == Errno::NETDOWN => LinkError::Down { name },
        _ => LinkError::System(error.into()),
    }
}

/// A program for the kernel's packet filter: whole UDP datagrams over IPv4 to this port.
fn to_port(port: u16) -> [SockFilter; 9] {
    // Operation codes are those of linux/bpf_common.h; places are counted from the Ethernet header.
    let step = |code, yes, no, value| SockFilter::new(code, yes, no, value);
    [
        step(0x30, 0, 0, 23), // the protocol
        step(0x15, 0, 6, UDP.into()),
        step(0x28, 0, 0, 20), // flags and offset of the fragment
        step(0x45, 4, 0, 0x3fff),
        step(0xb1, 0, 0, 14), // the length of the IP header
        step(0x48, 0, 0, 16), // the port
        step(0x15, 0, 1, port.into()),
        step(0x06, 0, 0, u32::MAX),
        step(0x06, 0, 0, 0),
    ]
}

/// A UDP socket on the port that receives nothing.
fn sink(interface: &str, port: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.attach_filter(&[SockFilter::new(0x06, 0, 0, 0)])?;
    socket.set_reuse_address(true)?;
    socket.bind_device(Some(interface.as_bytes()))?;
    socket.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port).into())?;
    Ok(socket)
}

/// Completes the UDP checksum of a frame from this very machine (over veth or a bridge): the sending kernel leaves it
/// to the hardware, which is not there, and the field holds the sum of the pseudo-header alone.
fn complete_checksum(frame: &mut [u8]) {
    let Some(header) = frame.get(14..34) else { return };
    let start = 14 + usize::from(header[0] & 0xf) * 4;
    if frame[12..14] != IPV4.to_be_bytes() || header[9] != UDP {
        return;
    }
    let addresses = sum(&header[12..20]);
    let Some(length) = frame.get(start + 4..start + 6).map(|at| usize::from(at[0]) << 8 | usize::from(at[1]))
    else {
        return;
    };
    let pseudo = addresses + u32::from(UDP) + length as u32;
    let Some(datagram) = frame.get_mut(start..start + length).filter(|_| length >= 8) else { return };
    if datagram[6..8] != fold(pseudo).to_be_bytes() {
        return;
    }
    datagram[6..8].fill(0);
    let checksum = match !fold(pseudo + sum(datagram)) {
        0 => 0xffff,
        checksum => checksum,
    };
    datagram[6..8].copy_from_slice(&checksum.to_be_bytes());
}

/// The sum of 16-bit words in network order; no frame is so long that it overflows.
fn sum(octets: &[u8]) -> u32 {
    octets.chunks(2).map(|word| u32::from(word[0]) << 8 | u32::from(*word.get(1).unwrap_or(&0))).sum()
}

/// The ones' complement sum in 16 bits (RFC 1071).
fn fold(sum: u32) -> u16 {
    let once = (sum & 0xffff) + (sum >> 16);
    ((once & 0xffff) + (once >> 16)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A datagram of 13 octets from 10.0.0.1:67 to 10.0.0.2:68, its checksum field set to this.
    fn frame(checksum: u16) -> Vec<u8> {
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00]);
        frame.extend([0x45, 0, 0, 33, 0, 0, 0, 0, 64, UDP, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend([0, 67, 0, 68, 0, 13]);
        frame.extend(checksum.to_be_bytes());
        frame.extend(b"hello");
        frame
    }

    fn checksum_of(frame: &[u8]) -> u16 {
        u16::from_be_bytes([frame[40], frame[41]])
    }

    #[test]
    fn a_checksum_left_to_the_hardware_is_completed() {
        // 10.0.0.1 + 10.0.0.2 + 17 + 13.
        let pseudo = 0x0a00 + 0x0001 + 0x0a00 + 0x0002 + 17 + 13;
        let mut left = frame(pseudo);
        complete_checksum(&mut left);
        // Whoever adds everything up, the checksum included, gets all ones (RFC 768).
        assert_eq!(fold(u32::from(pseudo) + sum(&left[34..])), 0xffff);
        assert_ne!(checksum_of(&left), pseudo);
    }

    #[test]
    fn any_other_checksum_stays_and_nothing_panics() {
        for checksum in [0, 1, 0xffff] {
            let mut other = frame(checksum);
            complete_checksum(&mut other);
            assert_eq!(other, frame(checksum));
        }
        let whole = frame(0);
        for cut in 0..whole.len() {
            complete_checksum(&mut whole[..cut].to_vec());
        }
        for at in 0..whole.len() {
            for value in [0, 0x4f, 0xff] {
                let mut changed = whole.clone();
                changed[at] = value;
                complete_checksum(&mut changed);
            }
        }
    }
}
