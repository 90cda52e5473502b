//! What can go wrong with the kernel's addresses and sockets, and what to do about it.

use core::net::Ipv4Addr;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::link_error::{LinkError, OpenError};

/// Why a host on the kernel's IP stack cannot do its work. The text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum IpError {
    /// The interface cannot be opened.
    Open(OpenError),
    /// Something happened to the interface.
    Link(LinkError),
    /// The process lacks a capability.
    NotPermitted {
        /// What was tried, to stand after "not permitted to".
        doing: &'static str,
        /// What it lacks: `CAP_NET_ADMIN`.
        capability: &'static str,
        /// The running program, when the system tells.
        program: Option<PathBuf>,
    },
    /// The system refused for another reason.
    Refused {
        /// What was tried, to stand after "cannot".
        doing: &'static str,
        /// The kernel's own words about it, when it has any.
        said: Option<String>,
        /// The system's reason.
        source: io::Error,
    },
    /// Such a network cannot be served.
    UnusableNetwork {
        /// The address that the gateway was to have.
        address: Ipv4Addr,
        /// The length of the network's prefix.
        prefix: u8,
    },
    /// Every private network that could be chosen overlaps with one that this machine is on or has a route to.
    NoFreeNetwork,
}

impl IpError {
    pub(super) fn system(doing: &'static str, source: io::Error) -> Self {
        Self::with(doing, source, None)
    }

    pub(super) fn refused(doing: &'static str, code: i32, said: Option<String>) -> Self {
        Self::with(doing, io::Error::from_raw_os_error(code), said)
    }

    fn with(doing: &'static str, source: io::Error, said: Option<String>) -> Self {
        match source.raw_os_error() {
            Some(libc::EPERM) => Self::NotPermitted {
                doing,
                capability: "CAP_NET_ADMIN",
                program: std::env::current_exe().ok(),
            },
            _ => Self::Refused { doing, said, source },
        }
    }

    /// The system's number for the reason.
    pub(super) fn code(&self) -> Option<i32> {
        match self {
            Self::Refused { source, .. } => source.raw_os_error(),
            _ => None,
        }
    }

    /// What was to be taken away is not there: no such interface, address or route.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.code(), Some(libc::ENODEV | libc::EADDRNOTAVAIL | libc::ESRCH))
    }
}

impl From<OpenError> for IpError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<LinkError> for IpError {
    fn from(error: LinkError) -> Self {
        Self::Link(error)
    }
}

impl fmt::Display for IpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Link(error) => error.fmt(f),
            Self::NotPermitted { doing, capability, program } => {
                let flag = capability.to_ascii_lowercase();
                write!(
                    f,
                    "not permitted to {doing}: this needs the capability {capability}; run it with sudo, or grant \
                     it once with: sudo setcap cap_net_raw,{flag}+ep "
                )?;
                match program {
                    Some(program) => write!(f, "{}", program.display()),
                    None => f.write_str("PROGRAM"),
                }
            }
            Self::Refused { doing, source, .. } if self.code() == Some(libc::ERFKILL) => {
                write!(f, "cannot {doing}: {source}; its radio is switched off, on with: rfkill unblock wifi")
            }
            Self::Refused { doing, said: Some(said), source } => {
                write!(f, "cannot {doing}: {source} (the kernel says: {said})")
            }
            Self::Refused { doing, said: None, source } => write!(f, "cannot {doing}: {source}"),
            Self::UnusableNetwork { address, prefix } => write!(
                f,
                "{address}/{prefix} is no address for a router: it takes a prefix of 8 to 30 and an address that is \
                 neither the network's first nor its last, such as 192.168.1.1/24"
            ),
            Self::NoFreeNetwork => f.write_str(
                "every private network overlaps with one that this machine already knows; name one that is free",
            ),
        }
    }
}

impl Error for IpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Open(error) => error.source(),
            Self::Link(error) => error.source(),
            Self::Refused { source, .. } => Some(source),
            Self::NotPermitted { .. } | Self::UnusableNetwork { .. } | Self::NoFreeNetwork => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_says_what_to_do() {
        let permission = IpError::NotPermitted {
            doing: "give the interface its address",
            capability: "CAP_NET_ADMIN",
            program: Some("/usr/bin/keyway".into()),
        };
        let address = Ipv4Addr::new(192, 168, 1, 0);
        for (error, text) in [
            (
                permission,
                "not permitted to give the interface its address: this needs the capability CAP_NET_ADMIN; run it \
                 with sudo, or grant it once with: sudo setcap cap_net_raw,cap_net_admin+ep /usr/bin/keyway",
            ),
            (
                IpError::refused("switch the interface on", libc::ERFKILL, None),
                "cannot switch the interface on: Operation not possible due to RF-kill (os error 132); its radio is \
                 switched off, on with: rfkill unblock wifi",
            ),
            (
                IpError::refused("list the routes", libc::EINVAL, Some("Invalid header".into())),
                "cannot list the routes: Invalid argument (os error 22) (the kernel says: Invalid header)",
            ),
            (
                IpError::UnusableNetwork { address, prefix: 24 },
                "192.168.1.0/24 is no address for a router: it takes a prefix of 8 to 30 and an address that is \
                 neither the network's first nor its last, such as 192.168.1.1/24",
            ),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
