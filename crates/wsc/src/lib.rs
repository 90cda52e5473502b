//! Wi-Fi Simple Configuration, the protocol behind Wi-Fi Protected Setup (WPS), without I/O.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod attribute;
pub mod crypto;
pub mod entropy;
pub mod message;
mod open_enum;
pub mod session;
mod types;

pub use entropy::{Draw, Entropy, EntropyError};
pub use message::{Credential, VendorExtension, WfaExtension};
pub use types::*;
