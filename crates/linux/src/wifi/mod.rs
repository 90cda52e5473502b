//! Wi-Fi by the kernel's own stack: nl80211.
//!
//! [`KernelStation`] and [`KernelAccessPoint`] carry out what the state machines of `keyway-wifi` decide
//! ([`StationRadio`](keyway_wifi::driver::StationRadio), [`AccessPointRadio`](keyway_wifi::driver::AccessPointRadio)).
//! Their owner waits for their sources and calls `receive`; what cannot go on is told by `take_failure`, and
//! what is being tried again by `poll_news`.
//!
//! The kernel ends the association, or takes the network off the air, when the process ends, however it ends: both are
//! bound to a socket of the process.

mod access_point;
mod borrowed;
mod card;
mod doubt;
mod eapol;
mod error;
mod news;
mod scanning;
#[cfg(test)]
mod script;
mod socket;
mod station;
#[cfg(test)]
mod tests;

pub use access_point::KernelAccessPoint;
pub use borrowed::Borrowed;
pub use card::{Card, country, set_country, set_kind};
pub use error::{ChannelTrouble, WifiError};
pub use keyway_nl80211::request::InterfaceKind;
pub use news::RadioNews;
pub use station::KernelStation;
