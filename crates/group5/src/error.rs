//! Why octets are not a key.

use core::fmt;

/// Octets that cannot be a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidPrivateKey {
    /// There are none, or more than 192 of them.
    Length,
    /// The number is zero or a multiple of the group order (p − 1) / 2: its public key would be 1.
    Zero,
}

/// Octets that cannot be a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidPublicKey {
    /// There are more than 192 of them.
    Length,
    /// The number is 0 or 1, or it is p − 1 or more.
    Range,
    /// The number is not a power of 2: a peer that follows the rules never sends it, and answering it tells whether
    /// the private key is odd.
    Subgroup,
}

impl fmt::Display for InvalidPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a private key has 1 to 192 octets",
            Self::Zero => "the private key is a multiple of the group order",
        })
    }
}

impl fmt::Display for InvalidPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a public key has at most 192 octets",
            Self::Range => "the public key is not between 1 and p - 1",
            Self::Subgroup => "the public key is not a power of the generator",
        })
    }
}

impl core::error::Error for InvalidPrivateKey {}
impl core::error::Error for InvalidPublicKey {}
