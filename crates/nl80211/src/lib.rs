//! The messages with which a program looks for networks on Linux: netlink, generic netlink, nl80211.
//!
//! Bytes in, bytes out; the socket belongs to the caller. Requests are built by [`request`]; what the kernel says is taken
//! apart by [`netlink::Messages`], [`generic::Generic`] and the types of [`answer`]. All integers are in the byte order of
//! the machine (netlink(7)). Numbers are those of `linux/netlink.h`, `linux/genetlink.h` and `linux/nl80211.h`.
//!
//! A conversation: ask the controller for the family ([`generic::Family::request`]), subscribe to its group `scan`, ask
//! for a scan ([`request::trigger_scan`]), wait for its end ([`answer::ScanEnd`]), and fetch what was heard
//! ([`request::scan_results`], [`answer::ScanResult`]).
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod answer;
pub mod generic;
pub mod netlink;
pub mod number;
pub mod request;
