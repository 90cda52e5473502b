//! The messages with which a program is a station or an access point on Linux: netlink, generic netlink, nl80211.
//!
//! Bytes in, bytes out; the socket belongs to the caller. Requests are built by [`request`]; what the kernel says is taken
//! apart by [`netlink::Messages`], [`generic::Generic`] and the types of [`answer`] and [`event`]. All integers are in the
//! byte order of the machine (netlink(7)). Numbers are those of `linux/netlink.h`, `linux/genetlink.h` and
//! `linux/nl80211.h`.
//!
//! A conversation: ask the controller for the family ([`generic::Family::request`]), subscribe to its groups `scan` and
//! `mlme`, ask for a scan ([`request::trigger_scan`]), wait for its end ([`event::Told`]), fetch what was heard
//! ([`request::scan_results`], [`answer::ScanResult`]), and associate ([`request::connect`]).
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod answer;
pub mod event;
pub mod generic;
pub mod netlink;
pub mod number;
pub mod request;
