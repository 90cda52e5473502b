//! The cryptography of a registration: WSC specification, section 7.
//!
//! Diffie-Hellman over group 5 gives a shared secret; from it and the two nonces come [`SessionKeys`]. Each side
//! commits to the halves of the device password ([`Commitments`]) before either reveals anything, and every message
//! from M2 on carries an [`Authenticator`]. The password does not enter the keys: what proves it is the opening of
//! the commitments alone, half by half.

mod authenticator;
mod commitment;
mod encrypted_settings;
mod keys;
mod public_key;

pub use authenticator::{AUTHENTICATOR_LENGTH, Authenticator};
pub(crate) use commitment::OwnNonces;
pub use commitment::{CommitmentHash, Commitments};
pub use encrypted_settings::EncryptedSettings;
pub use keys::{AuthKey, KeyWrapKey, SessionKeys};
pub use public_key::{KeyPair, PublicKeyOctets};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA-256 over the parts in their order, as if they were one.
fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is a key for HMAC; the error cannot occur, and a zero key would open nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
