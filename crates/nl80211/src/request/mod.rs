//! What a program asks of nl80211.
//!
//! `family` is the number of nl80211 ([`Family`](crate::generic::Family)), `sequence` a number of the caller's by which the
//! answer is known, `interface` the interface's number. All give a whole message, or [`TooLong`].

mod access_point;
mod frame;
mod key;
mod scan;
mod station;

pub use access_point::{
    Beacon, NewStation, Start, del_station, new_station, open_port, probe_client, set_beacon, start, stop,
};
pub use frame::{ControlPortFrame, control_port_frame, register_frame, send_frame};
pub use key::{DefaultKey, Key, default_key, group_sequence, new_key};
pub use scan::{Scan, abort_scan, scan_results, trigger_scan};
pub use station::{Connect, Suites, connect, disconnect};

use crate::netlink::{ACK, DUMP, REQUEST, TooLong, Writer};
use crate::number::{attribute, command};
use alloc::vec::Vec;

type Request = Result<Vec<u8>, TooLong>;

/// All radios, each told in several messages; [`Wiphy::absorb`](crate::answer::Wiphy::absorb) reads them.
///
/// # Errors
/// [`TooLong`].
pub fn radios(family: u16, sequence: u32) -> Request {
    let mut writer = Writer::new(family, REQUEST | DUMP, sequence, command::GET_WIPHY, 0);
    writer.flag(attribute::SPLIT_WIPHY_DUMP);
    writer.finish()
}

/// All interfaces; [`Interface`](crate::answer::Interface) reads the answers.
///
/// # Errors
/// [`TooLong`].
pub fn interfaces(family: u16, sequence: u32) -> Request {
    Writer::new(family, REQUEST | DUMP, sequence, command::GET_INTERFACE, 0).finish()
}

/// What an interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum InterfaceKind {
    /// A station (`NL80211_IFTYPE_STATION`).
    Station = 2,
    /// An access point (`NL80211_IFTYPE_AP`).
    AccessPoint = 3,
}

/// Make an interface a station or an access point. Many drivers want it down for that.
///
/// # Errors
/// [`TooLong`].
pub fn set_kind(family: u16, sequence: u32, interface: u32, kind: u32) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::SET_INTERFACE, 0);
    writer.u32(attribute::IFINDEX, interface).u32(attribute::IFTYPE, kind);
    writer.finish()
}

/// Ask for the regulations of a country, by its two letters (ISO 3166-1). The kernel tells when they hold, and may hold
/// to stricter ones.
///
/// # Errors
/// [`TooLong`].
pub fn set_country(family: u16, sequence: u32, country: [u8; 2]) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::REQ_SET_REG, 0);
    let [first, second] = country;
    writer.put(attribute::REG_ALPHA2, &[first, second, 0]);
    writer.finish()
}

/// The regulations that hold; [`Regulations`](crate::answer::Regulations) reads the answer.
///
/// # Errors
/// [`TooLong`].
pub fn regulations(family: u16, sequence: u32) -> Request {
    Writer::new(family, REQUEST, sequence, command::GET_REG, 0).finish()
}

/// The stations of an access point; [`StationInfo`](crate::answer::StationInfo) reads the answers.
///
/// # Errors
/// [`TooLong`].
pub fn stations(family: u16, sequence: u32, interface: u32) -> Request {
    let mut writer = Writer::new(family, REQUEST | DUMP, sequence, command::GET_STATION, 0);
    writer.u32(attribute::IFINDEX, interface);
    writer.finish()
}
