//! What can go wrong with an interface, and what to do about it.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::interface::Interface;

/// Why an interface could not be opened. The text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no interface of this name.
    NoSuchInterface {
        /// The name asked for.
        name: String,
        /// The names of those that could be opened: every Ethernet-like interface here, in the kernel's order.
        usable: Vec<String>,
    },
    /// The interface carries no Ethernet frames.
    NotEthernet {
        /// Its name.
        name: String,
        /// Its kind, as in [`Interface::hardware_type`].
        hardware_type: u16,
    },
    /// The interface is switched off.
    Down {
        /// Its name.
        name: String,
    },
    /// The process lacks the capability `CAP_NET_RAW`.
    NotPermitted {
        /// The running program, when the system tells.
        program: Option<PathBuf>,
    },
    /// The kernel has no packet sockets (`CONFIG_PACKET`).
    NoPacketSockets,
    /// The system refused for another reason.
    System {
        /// What was tried, to stand after "cannot".
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
}

/// What happened to an open interface.
#[derive(Debug)]
#[non_exhaustive]
pub enum LinkError {
    /// It was switched off. It works again when it is switched on.
    Down {
        /// Its name.
        name: String,
    },
    /// It was removed or moved to another network namespace.
    Vanished {
        /// Its name.
        name: String,
    },
    /// The system refused for another reason.
    System(io::Error),
}

/// Why a frame was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// The link cannot.
    Link(LinkError),
    /// The frame is longer than the link carries.
    TooLong {
        /// The octets of the EAPOL packet.
        length: usize,
        /// The octets that the link carries, as last known.
        mtu: u32,
    },
    /// The queue to the link is full.
    Busy,
}

impl OpenError {
    pub(crate) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { doing, source }
    }

    pub(crate) fn no_such_interface(name: &str) -> Self {
        // If the list cannot be had, the error is still the right one.
        let all = Interface::all().unwrap_or_default();
        let usable = all.into_iter().filter(Interface::is_ethernet).map(|interface| interface.name).collect();
        Self::NoSuchInterface { name: name.to_owned(), usable }
    }

    /// The reason for which a packet socket could not be had on the interface of this name.
    pub(crate) fn from_socket(error: io::Error, name: &str) -> Self {
        match error.raw_os_error() {
            Some(libc::EPERM | libc::EACCES) => Self::NotPermitted { program: std::env::current_exe().ok() },
            Some(libc::EAFNOSUPPORT | libc::EPROTONOSUPPORT) => Self::NoPacketSockets,
            Some(libc::ENODEV | libc::ENXIO) => Self::no_such_interface(name),
            _ => Self::System { doing: "open a raw Ethernet socket", source: error },
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchInterface { name, usable } if usable.is_empty() => {
                write!(f, "there is no interface {name:?}, nor any other that carries Ethernet frames")
            }
            Self::NoSuchInterface { name, usable } => {
                write!(f, "there is no interface {name:?}; these could be used: {}", usable.join(", "))
            }
            Self::NotEthernet { name, hardware_type } => {
                write!(f, "{name} is no Ethernet or Wi-Fi interface but {}", HardwareType(*hardware_type))
            }
            Self::Down { name } => {
                write!(f, "the interface {name} is down; bring it up with: ip link set {name} up")
            }
            Self::NotPermitted { program } => {
                f.write_str(
                    "not permitted to open a raw Ethernet socket: this needs the capability CAP_NET_RAW; \
                     run it with sudo, or grant it once with: sudo setcap cap_net_raw+ep ",
                )?;
                match program {
                    Some(program) => write!(f, "{}", program.display()),
                    None => f.write_str("PROGRAM"),
                }
            }
            Self::NoPacketSockets => {
                f.write_str("this kernel has no packet sockets; load them with: modprobe af_packet")
            }
            Self::System { doing, source } => write!(f, "cannot {doing}: {source}"),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::System { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Down { name } => {
                write!(f, "the interface {name} went down; bring it up with: ip link set {name} up")
            }
            Self::Vanished { name } => {
                write!(f, "the interface {name} is gone: it was removed or moved away")
            }
            Self::System(error) => write!(f, "the interface failed: {error}"),
        }
    }
}

impl Error for LinkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::System(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(error) => error.fmt(f),
            Self::TooLong { length, mtu } => {
                write!(f, "a packet of {length} octets is too long for a link that carries {mtu}")
            }
            Self::Busy => f.write_str("the queue to the link is full"),
        }
    }
}

impl Error for SendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Link(error) => error.source(),
            _ => None,
        }
    }
}

/// The kind of a link in words: `ARPHRD_…` of the kernel's `if_arp.h`.
struct HardwareType(u16);

impl fmt::Display for HardwareType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("one without a hardware address of six octets"),
            512 => f.write_str("a point-to-point link"),
            768 | 769 | 776 | 778 | 823 => f.write_str("a tunnel"),
            772 => f.write_str("the loopback"),
            801..=803 => f.write_str("a Wi-Fi monitor"),
            0xfffe => f.write_str("a link without Ethernet headers"),
            other => write!(f, "a link of kind {other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &OpenError, text: &str) {
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn each_error_says_what_to_do() {
        let name = || "eth9".to_owned();
        let usable = vec!["eth0".to_owned(), "wlan0".to_owned()];
        check(
            &OpenError::NoSuchInterface { name: name(), usable },
            "there is no interface \"eth9\"; these could be used: eth0, wlan0",
        );
        check(
            &OpenError::NoSuchInterface { name: name(), usable: vec![] },
            "there is no interface \"eth9\", nor any other that carries Ethernet frames",
        );
        check(
            &OpenError::Down { name: name() },
            "the interface eth9 is down; bring it up with: ip link set eth9 up",
        );
        check(
            &OpenError::NotEthernet { name: "lo".into(), hardware_type: 772 },
            "lo is no Ethernet or Wi-Fi interface but the loopback",
        );
        check(
            &OpenError::NotPermitted { program: Some("/usr/bin/keyway".into()) },
            "not permitted to open a raw Ethernet socket: this needs the capability CAP_NET_RAW; \
             run it with sudo, or grant it once with: sudo setcap cap_net_raw+ep /usr/bin/keyway",
        );
    }

    #[test]
    fn the_systems_codes_become_causes() {
        let of = |code| OpenError::from_socket(io::Error::from_raw_os_error(code), "keyway-none");
        assert!(matches!(of(libc::EPERM), OpenError::NotPermitted { program: Some(_) }));
        assert!(matches!(of(libc::EACCES), OpenError::NotPermitted { .. }));
        assert!(matches!(of(libc::EAFNOSUPPORT), OpenError::NoPacketSockets));
        assert!(matches!(of(libc::ENODEV), OpenError::NoSuchInterface { .. }));
        assert!(matches!(of(libc::ENOMEM), OpenError::System { .. }));
    }
}
