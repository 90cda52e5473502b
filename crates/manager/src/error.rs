//! What can go wrong between Keyway and the owner of an interface. Each text says what to do.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::bus::BusError;
use crate::choice::Manager;

/// Why an interface was not taken, given back, or a network not handed over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No interface can have this name.
    #[error("{0:?} cannot be the name of an interface: it has 1 to 15 characters, no / and no blank")]
    InterfaceName(String),
    /// The program does not run.
    #[error("{manager} does not run; start it with: {}", start(*.manager))]
    NotRunning {
        /// The program.
        manager: Manager,
    },
    /// The program runs, and has nothing to do with the interface.
    #[error("{manager} runs but does not know the Wi-Fi interface {interface}: {}", adopt(*.manager, .interface))]
    NotItsInterface {
        /// The program.
        manager: Manager,
        /// The interface.
        interface: String,
    },
    /// wpa_supplicant has the interface, and does there what NetworkManager says.
    #[error(
        "wpa_supplicant runs {interface} for NetworkManager, which would undo what others tell it; let NetworkManager join \
         (--join networkmanager)"
    )]
    Helper {
        /// The interface.
        interface: String,
    },
    /// iwd runs an access point or an ad-hoc network on the interface.
    #[error(
        "iwd runs {interface} in mode {mode}; free it with: iwctl device {interface} set-property Mode station"
    )]
    IwdMode {
        /// The interface.
        interface: String,
        /// `ap` or `ad-hoc`.
        mode: String,
    },
    /// The program does not let this user do it.
    #[error("{manager} does not allow this user to {doing}: run keyway as root, or {}", right(*.manager))]
    NotPermitted {
        /// The program.
        manager: Manager,
        /// What was tried.
        doing: &'static str,
    },
    /// The program refused for another reason, or answered what it should not.
    #[error("{manager} did not {doing}: {reason}")]
    Refused {
        /// The program.
        manager: Manager,
        /// What was tried.
        doing: &'static str,
        /// Its reason, in its own words.
        reason: String,
    },
    /// The program did not answer, or come to an end with it, in time.
    #[error("{manager} did not {doing} within {} s", .after.as_secs())]
    Late {
        /// The program.
        manager: Manager,
        /// What was waited for.
        doing: &'static str,
        /// How long.
        after: Duration,
    },
    /// The network does not accept the key.
    #[error(
        "the network {ssid:?} does not accept the key; register again: the router's password may have changed"
    )]
    WrongKey {
        /// The network's name.
        ssid: String,
    },
    /// No access point of the network was heard.
    #[error(
        "{manager} does not hear the network {ssid:?}; go nearer to the router, and if the router hides the network's \
         name, have it show it"
    )]
    NotHeard {
        /// The program.
        manager: Manager,
        /// The network's name.
        ssid: String,
    },
    /// The network was joined, and no address came.
    #[error("the network {ssid:?} was joined, but gives no address: is there a DHCP server?")]
    NoAddress {
        /// The network's name.
        ssid: String,
    },
    /// It did not come to joining.
    #[error("{manager} could not join {ssid:?}: {reason}")]
    NotJoined {
        /// The program.
        manager: Manager,
        /// The network's name.
        ssid: String,
        /// Its reason.
        reason: String,
    },
    /// The network is protected by what no program can be told here.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The program cannot be given a network of such a name.
    #[error("{0}")]
    UnsupportedName(&'static str),
    /// It was to stop, and what had been begun is undone.
    #[error("stopped before it was done; nothing of it is left")]
    Stopped,
    /// Another process has taken the interface.
    #[error("another keyway is using {interface}; end it first")]
    InUse {
        /// The interface.
        interface: String,
    },
    /// A file could not be read or written.
    #[error("cannot {doing} {}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The file that says what was taken cannot be understood.
    #[error("{} is damaged; look who owned the interface, give it back by hand, and remove the file", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl Error {
    /// What the bus says, as what `manager` did not do.
    pub(crate) fn from_bus(manager: Manager, doing: &'static str) -> impl Fn(BusError) -> Error {
        move |error| match error {
            BusError::Denied => Error::NotPermitted { manager, doing },
            BusError::Gone => Error::NotRunning { manager },
            BusError::Late(after) => Error::Late { manager, doing, after },
            BusError::Stopped => Error::Stopped,
            BusError::Answer { name, text } => {
                let short = name.rsplit('.').next().unwrap_or(&name);
                let reason = if text.is_empty() { short.to_owned() } else { format!("{text} ({short})") };
                Error::Refused { manager, doing, reason }
            }
            BusError::Other(reason) => Error::Refused { manager, doing, reason },
        }
    }

    pub(crate) fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
        let path = path.into();
        move |source| Error::File { path, doing, source }
    }
}

fn start(manager: Manager) -> &'static str {
    match manager {
        Manager::NetworkManager => "systemctl start NetworkManager",
        Manager::Iwd => "systemctl start iwd",
        Manager::WpaSupplicant => {
            "systemctl start wpa_supplicant@INTERFACE (with ctrl_interface=/run/wpa_supplicant in its configuration)"
        }
    }
}

fn adopt(manager: Manager, interface: &str) -> String {
    match manager {
        Manager::NetworkManager => {
            format!("see `nmcli device` and unmanaged-devices in its configuration, or `rfkill` for {interface}")
        }
        Manager::Iwd => {
            "see `iwctl device list`; iwd renames interfaces unless UseDefaultInterface=true is under [General] in \
             /etc/iwd/main.conf"
                .to_owned()
        }
        Manager::WpaSupplicant => format!(
            "it has no control socket for it; add ctrl_interface=/run/wpa_supplicant to its configuration and start \
             wpa_supplicant@{interface}"
        ),
    }
}

fn right(manager: Manager) -> &'static str {
    match manager {
        Manager::NetworkManager => {
            "allow it the polkit actions org.freedesktop.NetworkManager.network-control and \
             org.freedesktop.NetworkManager.settings.modify.system"
        }
        Manager::Iwd => {
            "put it into the group that /usr/share/dbus-1/system.d/iwd-dbus.conf names (netdev on Debian)"
        }
        Manager::WpaSupplicant => {
            "put it into the group of the control socket (GROUP= in ctrl_interface, mostly netdev)"
        }
    }
}
