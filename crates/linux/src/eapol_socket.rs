//! EAPOL frames on one Ethernet-like interface, over a raw packet socket.

use std::io::IoSlice;

use keyway_wsc::MacAddr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags};

use crate::interface::Interface;
use crate::link_error::{LinkError, OpenError, SendError};
use crate::packet;

/// The PAE group address, to which EAPOL frames go on a wire: IEEE 802.1X-2010, table 11-1.
///
/// Bridges do not forward it, so it reaches exactly whoever is at the other end.
pub const PAE_GROUP_ADDRESS: MacAddr = MacAddr([0x01, 0x80, 0xc2, 0x00, 0x00, 0x03]);

/// The ethertype of EAPOL: IEEE 802.1X-2010, section 11.1.4.
pub const EAPOL_ETHERTYPE: u16 = 0x888e;

/// The octets before the EAPOL packet in a frame: destination, source, ethertype.
pub const ETHERNET_HEADER_LENGTH: usize = 14;

/// A socket that sends and receives the EAPOL frames of one interface. It never blocks.
///
/// It is a raw packet socket (`SOCK_RAW`) like that of hostapd's wired driver, rather than the cooked kind,
/// because only whole frames tell which address they were sent to. The kernel hands it frames of the EAPOL
/// ethertype alone, and none that this machine sent on the interface.
///
/// The link can go down and come back: the socket then works again, group membership included. It costs one
/// system call a frame in each direction, copies nothing besides, and allocates nothing after it is open.
#[derive(Debug)]
pub struct EapolSocket {
    fd: OwnedFd,
    interface: Interface,
}

/// What one call of [`EapolSocket::receive`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received<'b> {
    /// A frame for this interface.
    Frame(Frame<'b>),
    /// A frame that was taken from the queue and is not to be answered.
    Skipped(Skip),
    /// No frame was waiting.
    Nothing,
}

/// An EAPOL frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'b> {
    /// The address of this interface, or a group address.
    pub destination: MacAddr,
    /// The sender: never a group address, all zero, or our own.
    pub source: MacAddr,
    /// The EAPOL packet and what padding the link added (Ethernet fills frames up to 60 octets): at least four
    /// octets, at most the MTU. The packet's own length field says where it ends.
    pub payload: &'b [u8],
}

impl Frame<'_> {
    /// Whether it was sent to a group of stations rather than to this one.
    #[must_use]
    pub fn is_to_group(&self) -> bool {
        is_group(self.destination)
    }
}

/// Why a frame was not handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Too short to hold an EAPOL header.
    Runt {
        /// The octets received, with the Ethernet header.
        length: usize,
    },
    /// Longer than the caller's buffer; the rest of it is lost.
    Oversized {
        /// The octets of the whole frame, with the Ethernet header.
        length: usize,
    },
    /// It bears our own address as its sender: our own frame, thrown back at us, or somebody's forgery.
    OwnAddress,
    /// Its sender is a group or all zero: there is nobody to answer.
    NoSender,
    /// It is for another station, and came because the interface is promiscuous (a packet capture runs).
    OtherStation,
}

impl EapolSocket {
    /// Opens the interface of this name and joins the [PAE group](PAE_GROUP_ADDRESS) on it.
    ///
    /// # Errors
    /// [`OpenError`], which says what to do. That there is no carrier is no error: it can come later.
    pub fn open(name: &str) -> Result<Self, OpenError> {
        let found = Interface::by_name(name).map_err(OpenError::system("ask for the interface"))?;
        let Some(interface) = found else { return Err(OpenError::no_such_interface(name)) };
        if !interface.is_ethernet() {
            return Err(OpenError::NotEthernet {
                name: interface.name,
                hardware_type: interface.hardware_type,
            });
        }
        let index = interface.index as i32;
        let fd = packet::open(EAPOL_ETHERTYPE, index).map_err(|error| OpenError::from_socket(error, name))?;
        packet::join_group(&fd, index, PAE_GROUP_ADDRESS)
            .map_err(|error| OpenError::from_socket(error, name))?;
        // Look again: what happened between the first look and the binding was told to nobody.
        let now = Interface::by_index(interface.index).map_err(OpenError::system("ask for the interface"))?;
        match now {
            None => Err(OpenError::no_such_interface(name)),
            Some(interface) if !interface.is_up() => Err(OpenError::Down { name: interface.name }),
            Some(interface) => Ok(Self { fd, interface }),
        }
    }

    /// The interface as it was when it was opened or last [refreshed](Self::refresh).
    #[must_use]
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// This interface's hardware address, the source of every frame sent.
    #[must_use]
    pub fn address(&self) -> MacAddr {
        self.interface.address.unwrap_or_default()
    }

    /// A length of buffer that holds every frame of this link: the MTU (1500 at least) and the header.
    #[must_use]
    pub fn buffer_length(&self) -> usize {
        ETHERNET_HEADER_LENGTH + self.interface.mtu.max(1500) as usize
    }

    /// Asks the kernel for the interface's present name, address, MTU and state.
    ///
    /// Call it when the link changed ([`LinkMonitor`](crate::LinkMonitor) tells): after a change of the hardware
    /// address, frames are sent from the new one and frames to it are accepted.
    ///
    /// # Errors
    /// [`LinkError::Vanished`], or [`LinkError::System`].
    pub fn refresh(&mut self) -> Result<&Interface, LinkError> {
        match Interface::by_index(self.interface.index) {
            Ok(Some(interface)) => {
                // An address that is not six octets long would mean another kind of link; keep the old one.
                let address = interface.address.or(self.interface.address);
                self.interface = Interface { address, ..interface };
                Ok(&self.interface)
            }
            Ok(None) => Err(LinkError::Vanished { name: self.interface.name.clone() }),
            Err(error) => Err(LinkError::System(error)),
        }
    }

    /// Takes at most one frame from the queue, with one system call. The frame lies in `buffer`.
    ///
    /// Call it once each time the descriptor is readable and then wait again; the wait returns at once while
    /// more frames are there, and other sources get their turn.
    ///
    /// # Errors
    /// [`LinkError::Down`] once when the interface goes down; it may come back, and nothing needs to be opened
    /// anew. [`LinkError::Vanished`] when it was removed: nothing will come from this socket any more.
    pub fn receive<'b>(&mut self, buffer: &'b mut [u8]) -> Result<Received<'b>, LinkError> {
        // With TRUNC the kernel tells the frame's own length, however short the buffer is.
        let received =
            rustix::io::retry_on_intr(|| rustix::net::recv(&self.fd, &mut *buffer, RecvFlags::TRUNC));
        match received {
            Ok((_, length)) => Ok(sort(buffer, length, self.address())),
            Err(Errno::AGAIN) => Ok(Received::Nothing),
            Err(error) => Err(self.link_error(error)),
        }
    }

    /// Sends one EAPOL packet, with one system call, to [the group](PAE_GROUP_ADDRESS) or to one station.
    ///
    /// The kernel or the hardware fills it up to Ethernet's smallest frame.
    ///
    /// # Errors
    /// [`SendError`]: the frame was not sent. After [`SendError::Busy`] it may be sent again later, as if it had
    /// been lost on the way.
    pub fn send(&self, destination: MacAddr, eapol: &[u8]) -> Result<(), SendError> {
        let mut header = [0; ETHERNET_HEADER_LENGTH];
        header[..6].copy_from_slice(&destination.0);
        header[6..12].copy_from_slice(&self.address().0);
        header[12..].copy_from_slice(&EAPOL_ETHERTYPE.to_be_bytes());
        let frame = [IoSlice::new(&header), IoSlice::new(eapol)];
        let sent = rustix::io::retry_on_intr(|| {
            rustix::net::sendmsg(&self.fd, &frame, &mut SendAncillaryBuffer::default(), SendFlags::empty())
        });
        match sent {
            Ok(_) => Ok(()),
            Err(Errno::AGAIN | Errno::NOBUFS) => Err(SendError::Busy),
            Err(Errno::MSGSIZE) => Err(SendError::TooLong { length: eapol.len(), mtu: self.interface.mtu }),
            Err(error) => Err(SendError::Link(self.link_error(error))),
        }
    }

    /// What is wrong with the link, when a call failed with this.
    fn link_error(&self, error: Errno) -> LinkError {
        let name = self.interface.name.clone();
        if !matches!(error, Errno::NETDOWN | Errno::NODEV | Errno::NXIO) {
            return LinkError::System(error.into());
        }
        match Interface::by_index(self.interface.index) {
            Ok(None) => LinkError::Vanished { name },
            Ok(Some(_)) => LinkError::Down { name },
            Err(error) => LinkError::System(error),
        }
    }
}

impl AsFd for EapolSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The shortest frame with an EAPOL header in it: version, type, length.
const SHORTEST: usize = ETHERNET_HEADER_LENGTH + 4;

/// What the frame of `length` octets is, of which `buffer` holds as many as it can.
fn sort(buffer: &[u8], length: usize, own: MacAddr) -> Received<'_> {
    let Some(frame) = buffer.get(..length) else { return Received::Skipped(Skip::Oversized { length }) };
    let (Some(destination), Some(source)) = (address_at(frame, 0), address_at(frame, 6)) else {
        return Received::Skipped(Skip::Runt { length });
    };
    if length < SHORTEST {
        Received::Skipped(Skip::Runt { length })
    } else if source == own {
        Received::Skipped(Skip::OwnAddress)
    } else if is_group(source) || source.0 == [0; 6] {
        Received::Skipped(Skip::NoSender)
    } else if destination != own && !is_group(destination) {
        Received::Skipped(Skip::OtherStation)
    } else {
        Received::Frame(Frame { destination, source, payload: &frame[ETHERNET_HEADER_LENGTH..] })
    }
}

/// The lowest bit of the first octet marks a group: IEEE 802-2014, section 8.2.2.
fn is_group(address: MacAddr) -> bool {
    address.0[0] & 1 != 0
}

fn address_at(frame: &[u8], at: usize) -> Option<MacAddr> {
    frame.get(at..)?.first_chunk().copied().map(MacAddr)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
    const PEER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

    fn frame(destination: MacAddr, source: MacAddr, payload: &[u8]) -> Vec<u8> {
        [&destination.0[..], &source.0, &[0x88, 0x8e], payload].concat()
    }

    #[track_caller]
    fn check_skip(bytes: &[u8], length: usize, expected: Skip) {
        assert_eq!(sort(bytes, length, OWN), Received::Skipped(expected));
    }

    #[test]
    fn frames_for_us_and_for_a_group_are_taken() {
        for destination in [OWN, PAE_GROUP_ADDRESS, MacAddr::BROADCAST] {
            let bytes = frame(destination, PEER, &[2, 1, 0, 0]);
            let Received::Frame(found) = sort(&bytes, bytes.len(), OWN) else { panic!("not a frame") };
            assert_eq!(
                (found.destination, found.source, found.payload),
                (destination, PEER, &[2, 1, 0, 0][..])
            );
            assert_eq!(found.is_to_group(), destination != OWN);
        }
    }

    #[test]
    fn frames_of_nobody_or_for_others_are_skipped() {
        let start = [1, 1, 0, 0];
        check_skip(&frame(PAE_GROUP_ADDRESS, OWN, &start), 18, Skip::OwnAddress);
        check_skip(&frame(OWN, MacAddr([0; 6]), &start), 18, Skip::NoSender);
        check_skip(&frame(OWN, MacAddr([3, 0, 0, 0, 0, 2]), &start), 18, Skip::NoSender);
        check_skip(&frame(MacAddr([2, 0, 0, 0, 0, 3]), PEER, &start), 18, Skip::OtherStation);
    }

    #[test]
    fn every_shorter_frame_is_a_runt() {
        let whole = frame(OWN, PEER, &[1, 1, 0, 0]);
        for length in 0..whole.len() {
            check_skip(&whole, length, Skip::Runt { length });
        }
    }

    #[test]
    fn a_frame_longer_than_the_buffer_is_told_with_its_length() {
        check_skip(&[0; 20], 21, Skip::Oversized { length: 21 });
        check_skip(&[], 1, Skip::Oversized { length: 1 });
    }
}
