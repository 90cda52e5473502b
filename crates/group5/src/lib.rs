//! Diffie-Hellman over the 1536-bit MODP group of RFC 3526 ("group 5", generator 2), as Wi-Fi Protected Setup uses it.
#![no_std]
#![forbid(unsafe_code)]

mod comb;
mod error;
mod jacobi;
mod keys;
mod limb;
mod montgomery;
mod window;

pub use error::{InvalidPrivateKey, InvalidPublicKey};
pub use keys::{PrivateKey, PublicKey, SharedSecret};

/// Octets of a public key and of a shared secret.
pub const LENGTH: usize = limb::OCTETS;
