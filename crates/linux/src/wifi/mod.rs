//! Wi-Fi by the kernel's own stack: nl80211.
//!
//! [`KernelStation`] and [`KernelAccessPoint`] carry out what the state machines of `keyway-wifi` decide
//! ([`StationRadio`](keyway_wifi::driver::StationRadio), [`AccessPointRadio`](keyway_wifi::driver::AccessPointRadio)).
//! Their owner waits for their sources and calls `receive`; what cannot go on is told by `take_failure`.
//!
//! The kernel ends the association, or takes the network off the air, when the process ends, however it ends: both are
//! bound to a socket of the process.

mod access_point;
mod borrowed;
mod card;
mod doubt;
mod eapol;
mod error;
mod scanning;
mod socket;
mod station;

pub use access_point::KernelAccessPoint;
pub use borrowed::Borrowed;
pub use card::{Card, country, set_country, set_kind};
pub use error::{ChannelTrouble, WifiError};
pub use keyway_nl80211::request::InterfaceKind;
pub use station::KernelStation;
