//! The two system calls about packet sockets for which no safe wrapper exists: packet(7).
#![allow(unsafe_code)]

use std::io;
use std::mem::size_of;

use keyway_wsc::MacAddr;
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// A packet socket that hears one ethertype on one interface, whole Ethernet frames, without blocking.
///
/// The socket is made deaf and gets its ethertype only with its interface, so nothing from another interface
/// can be waiting in it.
pub(crate) fn open(ethertype: u16, index: i32) -> io::Result<OwnedFd> {
    let fd = deaf()?;
    bind(&fd, ethertype, index)?;
    Ok(fd)
}

/// A packet socket that hears nothing yet, so that a filter can be put on it first.
pub(crate) fn deaf() -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(rustix::net::socket_with(AddressFamily::PACKET, SocketType::RAW, flags, None)?)
}

/// Has the interface accept frames for a group address, for as long as the socket is open.
pub(crate) fn join_group(fd: impl AsFd, index: i32, group: MacAddr) -> io::Result<()> {
    let mut mr_address = [0; 8];
    mr_address[..6].copy_from_slice(&group.0);
    let request = libc::packet_mreq {
        mr_ifindex: index,
        mr_type: libc::PACKET_MR_MULTICAST as libc::c_ushort,
        mr_alen: 6,
        mr_address,
    };
    // SAFETY: the descriptor is open for the whole call (it is borrowed), and the kernel only reads the given
    // number of octets from `request`, a plain C structure that lives until the call has returned.
    let result = unsafe {
        libc::setsockopt(
            fd.as_fd().as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_ADD_MEMBERSHIP,
            (&raw const request).cast(),
            size_of::<libc::packet_mreq>() as libc::socklen_t,
        )
    };
    check(result)
}

/// From now on it hears this ethertype on this interface.
pub(crate) fn bind(fd: impl AsFd, ethertype: u16, index: i32) -> io::Result<()> {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as libc::c_ushort,
        sll_protocol: ethertype.to_be(),
        sll_ifindex: index,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    // SAFETY: as above: a borrowed descriptor, and a plain C structure that the kernel only reads.
    let result = unsafe {
        libc::bind(
            fd.as_fd().as_raw_fd(),
            (&raw const address).cast(),
            size_of::<libc::sockaddr_ll>() as libc::socklen_t,
        )
    };
    check(result)
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
