//! 802.11 for a station and an access point that use WPS, without I/O.
//!
//! | module | what it has |
//! |---|---|
//! | [`frame`] | management and data frames, EAPOL inside them |
//! | [`element`] | the elements of management frames: network name, rates, RSN, WPS |
//! | [`driver`] | commands to a radio and events from it, the same for a simulated one and for a kernel's |
//! | [`ccmp`] | the cipher of data frames and of protected management frames |
//! | [`mac`] | the soft MAC, which carries out these commands over any medium that carries frames |
//! | [`network`] | what a scan result means, and which network to choose |
//! | [`station`] | a station: looks, registers, joins, comes back |
//! | [`access_point`] | an access point: announces, lets in, keeps keys |
//! | [`rsn`] | the keys of WPA2 personal: derivation, 4-way handshake, group handshake, both sides |
//!
//! Frames are octets without the frame check sequence, which the radio adds and checks. Numbers in 802.11 frames
//! are little-endian; inside EAPOL-Key frames they are big-endian. Frames, time and randomness are arguments.
//!
//! Sections cited are those of IEEE 802.11-2020.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod access_point;
pub mod ccmp;
mod channel;
pub mod driver;
pub mod element;
pub mod frame;
pub mod mac;
pub mod network;
mod numbers;
pub mod rsn;
pub mod station;
#[cfg(test)]
mod testing;
mod wire;

pub use channel::{Band, Channel};
pub use wire::{ParseError, Problem};
