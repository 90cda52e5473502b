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
pub use public_key::{KeyPair, PRIVATE_OCTETS, PublicKeyOctets};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA-256 under one key, which is taken in once.
#[derive(Clone)]
struct KeyedHmac(Hmac<Sha256>);

impl KeyedHmac {
    fn new(key: &[u8; 32]) -> KeyedHmac {
        KeyedHmac(<Hmac<Sha256> as KeyInit>::new(&hmac_key(key)))
    }

    /// Over the parts in their order, as if they were one.
    fn over(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

/// A key as long as a block of SHA-256: HMAC fills a shorter one up with zeros (RFC 2104).
fn hmac_key(key: &[u8; 32]) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..32].copy_from_slice(key);
    block
}
