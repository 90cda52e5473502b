//! The little of rtnetlink that this crate needs: what interfaces are there, and which of them change.
//!
//! Netlink rather than `ioctl` or `/sys`: one answer holds everything about an interface at one moment, no
//! `unsafe` is needed, and it speaks of the network namespace that the process is in (`/sys` speaks of the
//! one in which it was mounted). All integers are in the machine's own byte order (rtnetlink(7)).

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

use keyway_wsc::MacAddr;

use crate::interface::Interface;

/// A question about links, or a membership in the group that is told of their changes.
pub(crate) struct Socket(OwnedFd);

/// One message of the kernel, as far as it is of use here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// The interface exists and is like this.
    Link(Interface),
    /// The interface with this index is gone.
    Gone(u32),
    /// The end of a list.
    Done,
    /// The kernel refused, or acknowledged (then the code is zero).
    Error(i32),
    /// Anything else.
    Other,
}

impl Socket {
    /// A socket for questions.
    pub(crate) fn open() -> Result<Self, Errno> {
        Self::with(SocketFlags::CLOEXEC, 0)
    }

    /// A socket that is told of every change of a link of this namespace, and never blocks.
    pub(crate) fn subscribe() -> Result<Self, Errno> {
        Self::with(SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, GROUP_LINK)
    }

    fn with(flags: SocketFlags, groups: u32) -> Result<Self, Errno> {
        // No protocol is protocol zero: NETLINK_ROUTE.
        let fd = rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        rustix::net::bind(&fd, &SocketAddrNetlink::new(0, groups))?;
        Ok(Self(fd))
    }

    /// The interface of this name (or alternative name), if there is one.
    pub(crate) fn by_name(&self, name: &str) -> Result<Option<Interface>, Errno> {
        // A plain name has at most 15 octets; a longer one can only be an alternative name (Linux 5.5).
        let attribute = if name.len() < NAME_SIZE { IFLA_IFNAME } else { IFLA_ALT_IFNAME };
        let mut request = get_link(NLM_F_REQUEST, 0);
        push_attribute(&mut request, attribute, &[name.as_bytes(), b"\0"].concat());
        self.one(request)
    }

    /// The interface of this index, if there is one.
    pub(crate) fn by_index(&self, index: u32) -> Result<Option<Interface>, Errno> {
        self.one(get_link(NLM_F_REQUEST, index))
    }

    /// Every interface of this namespace.
    pub(crate) fn all(&self) -> Result<Vec<Interface>, Errno> {
        let mut found = Vec::new();
        self.ask(get_link(NLM_F_REQUEST | NLM_F_DUMP, 0))?;
        let mut buffer = vec![0; ANSWER_SIZE];
        loop {
            let datagram = self.receive(&mut buffer)?;
            for message in messages(datagram) {
                match message {
                    Message::Link(interface) => found.push(interface),
                    Message::Done => return Ok(found),
                    Message::Error(code) => return Err(Errno::from_raw_os_error(code)),
                    Message::Gone(_) | Message::Other => {}
                }
            }
        }
    }

    /// Receives one datagram. `NOBUFS` when messages were lost, also when this one is larger than the buffer.
    pub(crate) fn receive<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], Errno> {
        let received =
            rustix::io::retry_on_intr(|| rustix::net::recv(&self.0, &mut *buffer, RecvFlags::TRUNC));
        let (_, length) = received?;
        buffer.get(..length).ok_or(Errno::NOBUFS)
    }

    fn one(&self, request: Vec<u8>) -> Result<Option<Interface>, Errno> {
        self.ask(request)?;
        let mut buffer = vec![0; ANSWER_SIZE];
        loop {
            let datagram = self.receive(&mut buffer)?;
            for message in messages(datagram) {
                match message {
                    Message::Link(interface) => return Ok(Some(interface)),
                    // A name that the kernel finds too long or empty is the name of no interface.
                    Message::Error(libc::ENODEV | libc::ERANGE | libc::EINVAL) => return Ok(None),
                    Message::Error(code) => return Err(Errno::from_raw_os_error(code)),
                    Message::Gone(_) | Message::Done | Message::Other => {}
                }
            }
        }
    }

    fn ask(&self, mut request: Vec<u8>) -> Result<(), Errno> {
        push_attribute(&mut request, IFLA_EXT_MASK, &RTEXT_FILTER_SKIP_STATS.to_ne_bytes());
        let length = u32::try_from(request.len()).map_err(|_| Errno::MSGSIZE)?;
        request[..4].copy_from_slice(&length.to_ne_bytes());
        rustix::io::retry_on_intr(|| rustix::net::send(&self.0, &request, SendFlags::empty()))?;
        Ok(())
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The messages of one datagram; it stops at the first that is cut short.
pub(crate) fn messages(mut datagram: &[u8]) -> impl Iterator<Item = Message> {
    std::iter::from_fn(move || {
        let length = u32_at(datagram, 0)? as usize;
        let body = datagram.get(HEADER_SIZE..length)?;
        let kind = u16_at(datagram, 4)?;
        datagram = datagram.get(align(length)..).unwrap_or_default();
        Some(message(kind, body))
    })
}

const GROUP_LINK: u32 = 1;
const NAME_SIZE: usize = 16;
const HEADER_SIZE: usize = 16;
const LINK_HEADER_SIZE: usize = 16;
/// The kernel builds lists in pieces of at most this size.
const ANSWER_SIZE: usize = 32 * 1024;

const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
const RTM_GETLINK: u16 = 18;
const NLM_F_REQUEST: u16 = 0x1;
const NLM_F_DUMP: u16 = 0x300;

const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_MASTER: u16 = 10;
const IFLA_EXT_MASK: u16 = 29;
const IFLA_ALT_IFNAME: u16 = 53;
const RTEXT_FILTER_SKIP_STATS: u32 = 8;
/// A bridge sends link messages of its own family about its ports; they do not speak of the link itself.
const AF_UNSPEC: u8 = 0;

/// A question for links, its total length still to be filled in.
fn get_link(flags: u16, index: u32) -> Vec<u8> {
    let mut request = vec![0; HEADER_SIZE + LINK_HEADER_SIZE];
    request[4..6].copy_from_slice(&RTM_GETLINK.to_ne_bytes());
    request[6..8].copy_from_slice(&flags.to_ne_bytes());
    request[HEADER_SIZE + 4..HEADER_SIZE + 8].copy_from_slice(&index.to_ne_bytes());
    request
}

fn push_attribute(request: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = 4 + value.len();
    // Names are limited by the caller, so the length always fits; a wrong one would be refused by the kernel.
    request.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_ne_bytes());
    request.extend_from_slice(&kind.to_ne_bytes());
    request.extend_from_slice(value);
    request.resize(align(request.len()), 0);
}

fn message(kind: u16, body: &[u8]) -> Message {
    match kind {
        RTM_NEWLINK => link(body).map_or(Message::Other, Message::Link),
        RTM_DELLINK => gone(body).map_or(Message::Other, Message::Gone),
        NLMSG_DONE => Message::Done,
        NLMSG_ERROR => {
            u32_at(body, 0).map_or(Message::Other, |code| Message::Error(code.wrapping_neg() as i32))
        }
        _ => Message::Other,
    }
}

fn gone(body: &[u8]) -> Option<u32> {
    if *body.first()? != AF_UNSPEC {
        return None;
    }
    u32_at(body, 4)
}

fn link(body: &[u8]) -> Option<Interface> {
    if *body.first()? != AF_UNSPEC {
        return None;
    }
    let mut interface = Interface {
        name: String::new(),
        index: u32_at(body, 4)?,
        hardware_type: u16_at(body, 2)?,
        flags: u32_at(body, 8)?,
        address: None,
        mtu: 0,
        master: None,
    };
    for (kind, value) in attributes(body.get(LINK_HEADER_SIZE..)?) {
        match kind {
            IFLA_ADDRESS => interface.address = value.try_into().ok().map(MacAddr),
            IFLA_IFNAME => {
                let name = value.split(|&octet| octet == 0).next().unwrap_or_default();
                interface.name = String::from_utf8_lossy(name).into_owned();
            }
            IFLA_MTU => interface.mtu = u32_at(value, 0)?,
            IFLA_MASTER => interface.master = u32_at(value, 0),
            _ => {}
        }
    }
    (!interface.name.is_empty()).then_some(interface)
}

fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let length = usize::from(u16_at(bytes, 0)?);
        let kind = u16_at(bytes, 2)?;
        let value = bytes.get(4..length)?;
        bytes = bytes.get(align(length)..).unwrap_or_default();
        Some((kind, value))
    })
}

fn align(length: usize) -> usize {
    length.saturating_add(3) & !3
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message of the kernel about a link, as rtnetlink(7) lays it out.
    fn new_link(family: u8, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_SIZE + LINK_HEADER_SIZE];
        bytes[4..6].copy_from_slice(&RTM_NEWLINK.to_ne_bytes());
        bytes[16] = family;
        bytes[18..20].copy_from_slice(&1u16.to_ne_bytes());
        bytes[20..24].copy_from_slice(&7u32.to_ne_bytes());
        bytes[24..28].copy_from_slice(&0x1_0043u32.to_ne_bytes());
        for (kind, value) in attributes {
            push_attribute(&mut bytes, *kind, value);
        }
        let length = u32::try_from(bytes.len()).unwrap();
        bytes[..4].copy_from_slice(&length.to_ne_bytes());
        bytes
    }

    fn eth7() -> Vec<u8> {
        let mtu = 1500u32.to_ne_bytes();
        new_link(
            AF_UNSPEC,
            &[(IFLA_IFNAME, b"eth7\0"), (IFLA_MTU, &mtu), (IFLA_ADDRESS, &[2, 0, 0, 0, 0, 7])],
        )
    }

    #[test]
    fn a_link_is_read_whole() {
        let found: Vec<_> = messages(&eth7()).collect();
        let expected = Interface {
            name: "eth7".into(),
            index: 7,
            hardware_type: 1,
            flags: 0x1_0043,
            address: Some(MacAddr([2, 0, 0, 0, 0, 7])),
            mtu: 1500,
            master: None,
        };
        assert_eq!(found, [Message::Link(expected)]);
    }

    #[test]
    fn a_message_of_the_bridge_family_is_not_about_the_link() {
        let bytes = new_link(7, &[(IFLA_IFNAME, b"eth7\0")]);
        assert_eq!(messages(&bytes).collect::<Vec<_>>(), [Message::Other]);
    }

    #[test]
    fn no_cut_and_no_changed_octet_panics() {
        let whole = [eth7(), eth7()].concat();
        for cut in 0..whole.len() {
            let _ = messages(&whole[..cut]).count();
        }
        for at in 0..whole.len() {
            for value in [0, 1, 4, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[at] = value;
                assert!(messages(&changed).count() <= whole.len());
            }
        }
    }

    #[test]
    fn a_message_of_no_length_ends_the_list() {
        assert_eq!(messages(&[0; 64]).count(), 0);
    }
}
