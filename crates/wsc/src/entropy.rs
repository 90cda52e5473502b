//! Randomness by name: each random value of a registration is drawn under the name of its use.
//!
//! A device gives an [`Entropy`] over its random number generator and never looks at the name. A test gives
//! one that answers each name with a fixed value, and so reproduces a whole registration byte for byte,
//! whatever the order in which the values are drawn.

use core::fmt;

/// What a random value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Draw {
    /// The enrollee's nonce N1, 16 octets, sent in M1.
    EnrolleeNonce,
    /// The registrar's nonce N2, 16 octets, sent in M2 or M2D.
    RegistrarNonce,
    /// The private Diffie-Hellman exponent, [`PRIVATE_OCTETS`](crate::crypto::PRIVATE_OCTETS) octets.
    DhPrivateKey,
    /// The secret nonce E-S1 or R-S1, 16 octets, that commits to the first half of the device password.
    SecretNonce1,
    /// The secret nonce E-S2 or R-S2, 16 octets, that commits to the second half of the device password.
    SecretNonce2,
    /// The AES-CBC initialisation vector, 16 octets, of the Encrypted Settings in M4 to M8.
    Iv(crate::MessageType),
    /// A device password; the octets are used as an unbiased number below ten million.
    DevicePassword,
}

/// A source of randomness, fit for keys.
pub trait Entropy {
    /// Fills `out` with unpredictable octets for the use named by `draw`.
    ///
    /// # Errors
    /// [`EntropyError`] when the source cannot deliver. The registration then fails; nothing is sent.
    fn fill(&mut self, draw: Draw, out: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of randomness could not deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntropyError;

impl fmt::Display for EntropyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of randomness did not deliver")
    }
}

impl core::error::Error for EntropyError {}
