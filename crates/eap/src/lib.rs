//! EAP, EAP-WSC and EAPOL without I/O.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod eapol;
mod method;
pub mod packet;
mod time;
mod wire;
pub mod wsc_frame;

pub use method::{MethodId, VENDOR_WFA};
pub use time::Timestamp;
pub use wire::{TooLong, Truncated};
