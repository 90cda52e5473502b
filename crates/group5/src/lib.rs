//! Diffie-Hellman over the 1536-bit MODP group of RFC 3526 ("group 5", generator 2), as Wi-Fi Protected Setup uses it.
#![no_std]
#![forbid(unsafe_code)]

mod comb;
mod error;
mod jacobi;
mod keys;
mod limb;
mod montgomery;
mod school;
#[cfg(all(target_pointer_width = "64", not(feature = "small")))]
mod tiles;
mod window;

#[cfg(not(all(target_pointer_width = "64", not(feature = "small"))))]
use school as product;
#[cfg(all(target_pointer_width = "64", not(feature = "small")))]
use tiles as product;

pub use error::{InvalidPrivateKey, InvalidPublicKey};
pub use keys::{PrivateKey, PublicKey, SharedSecret};

/// Octets of a public key and of a shared secret.
pub const LENGTH: usize = limb::OCTETS;
