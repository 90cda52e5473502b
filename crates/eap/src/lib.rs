//! EAP, EAP-WSC and EAPOL without I/O.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod authenticator;
mod config;
mod conversation;
pub mod eapol;
mod event;
pub mod fragment;
mod identity;
mod method;
pub mod packet;
mod peer;
mod port;
#[cfg(test)]
mod scripted;
mod supplicant;
mod time;
mod timer;
mod wire;
pub mod wsc_frame;

pub use authenticator::{Authenticator, Unserved};
pub use config::{Config, Limits};
pub use conversation::{Conversation, Role};
pub use event::{Discarded, Ending, Event, NotAsked};
pub use fragment::FragmentSize;
pub use identity::Identity;
pub use method::{MethodId, VENDOR_WFA};
pub use peer::Peer;
pub use port::Port;
pub use supplicant::{Destination, Supplicant, Transmit};
pub use time::Timestamp;
pub use timer::{Timer, Timers};
pub use wire::{TooLong, Truncated};
