//! What can go wrong with a Wi-Fi interface, and what to do about it.

use crate::ip::IpError;
use keyway_nl80211::netlink::Refusal;
use std::error::Error;
use std::{fmt, io};

/// Why a Wi-Fi interface cannot be used, or not any more. The text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum WifiError {
    /// The kernel knows nothing of Wi-Fi: no card was ever found, or it has no drivers.
    NoWifi,
    /// There is no Wi-Fi interface of this name.
    NoSuchInterface {
        /// The name asked for.
        name: String,
        /// Whether there is an interface of this name that has no Wi-Fi.
        exists: bool,
        /// The Wi-Fi interfaces that there are.
        usable: Vec<String>,
    },
    /// The interface was removed, or taken to another network namespace.
    Vanished {
        /// Its name.
        name: String,
    },
    /// The process lacks the capability `CAP_NET_ADMIN`.
    NotPermitted {
        /// What was tried, to stand after "may not".
        doing: &'static str,
    },
    /// A switch or a setting of the machine keeps Wi-Fi off.
    SwitchedOff {
        /// The interface's name.
        name: String,
    },
    /// The kernel has taken the network off the air: the interface was switched off, or the regulations changed.
    OffAir {
        /// The interface's name.
        name: String,
    },
    /// The card cannot do it.
    Unable {
        /// Its interface.
        name: String,
        /// What it cannot, to stand after "cannot".
        what: &'static str,
    },
    /// A channel may not be used here.
    Channel {
        /// Its number.
        number: u8,
        /// Why not.
        why: ChannelTrouble,
        /// The country whose rules hold; `00` where none is set.
        country: String,
    },
    /// The interface cannot be switched on or off.
    Link(IpError),
    /// The kernel refused.
    Refused {
        /// What was tried, to stand after "cannot".
        doing: &'static str,
        /// Its reason.
        reason: Refusal,
    },
    /// The system refused to talk at all.
    System {
        /// What was tried, to stand after "cannot".
        doing: &'static str,
        /// The reason.
        source: io::Error,
    },
}

/// Why a channel may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelTrouble {
    /// The card does not know it.
    Unknown,
    /// The regulations forbid it.
    Forbidden,
    /// The regulations forbid to begin a network on it.
    OnlyListening,
    /// Radar must be looked for first, and Keyway does not.
    Radar,
}

impl WifiError {
    /// The error for what the kernel answered.
    pub(crate) fn refused(doing: &'static str, reason: Refusal) -> Self {
        match reason.code {
            libc::EPERM | libc::EACCES => Self::NotPermitted { doing },
            _ => Self::Refused { doing, reason },
        }
    }

    /// The kernel's error number, if it is the kernel that refused.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        match self {
            Self::Refused { reason, .. } => Some(reason.code),
            Self::NotPermitted { .. } => Some(libc::EPERM),
            _ => None,
        }
    }
}

impl fmt::Display for WifiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWifi => f.write_str(
                "the kernel knows of no Wi-Fi; is the card in, and its driver loaded? `iw dev` lists what there is",
            ),
            Self::NoSuchInterface { name, exists, usable } => {
                if *exists {
                    write!(f, "{name} is no Wi-Fi interface")?;
                } else {
                    write!(f, "there is no interface {name:?}")?;
                }
                match &usable[..] {
                    [] => f.write_str("; there is no Wi-Fi interface here at all"),
                    names => write!(f, "; these have Wi-Fi: {}", names.join(", ")),
                }
            }
            Self::Vanished { name } => write!(f, "the interface {name} is gone"),
            Self::NotPermitted { doing } => write!(
                f,
                "this program may not {doing}: it needs the capability CAP_NET_ADMIN; run it as root, or from a unit \
                 with AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW"
            ),
            Self::SwitchedOff { name } => write!(
                f,
                "the Wi-Fi of {name} is switched off; switch it on with the machine's own switch, or with: rfkill unblock wifi"
            ),
            Self::OffAir { name } => {
                write!(f, "the network of {name} was taken off the air; it is begun again as soon as that goes")
            }
            Self::Unable { name, what } => write!(f, "the card of {name} cannot {what}"),
            Self::Channel { number, why, country } => {
                write!(f, "channel {number} cannot be used: ")?;
                match why {
                    ChannelTrouble::Unknown => f.write_str("the card does not know it"),
                    ChannelTrouble::Forbidden => write!(f, "the rules for the country {country} forbid it"),
                    ChannelTrouble::OnlyListening => {
                        write!(f, "the rules for the country {country} let nobody begin a network on it")
                    }
                    ChannelTrouble::Radar => f.write_str("radar would have to be looked for first"),
                }?;
                f.write_str("; choose another channel, or say in which country this is")
            }
            Self::Refused { doing, reason } => {
                write!(f, "cannot {doing}: {}", io::Error::from_raw_os_error(reason.code))?;
                match &reason.message {
                    Some(words) => write!(f, " ({words})"),
                    None => Ok(()),
                }
            }
            Self::Link(error) => error.fmt(f),
            Self::System { doing, source } => write!(f, "cannot {doing}: {source}"),
        }
    }
}

impl Error for WifiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::System { source, .. } => Some(source),
            Self::Link(error) => error.source(),
            _ => None,
        }
    }
}
