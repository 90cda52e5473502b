//! The public keys as messages carry them.

use crate::attribute::{AttributeValue, ValueError, bounded};
use crate::session::Misbehaviour;
use crate::{Draw, Entropy, EntropyError};
use alloc::vec::Vec;
use core::fmt;
use keyway_group5::{InvalidPrivateKey, PrivateKey, PublicKey, SharedSecret};
use zeroize::Zeroizing;

/// A public key as it stands in M1 or M2: 192 octets, most significant first. A peer may leave out up to two leading
/// zero octets (observed: hostapd reads 190 to 192); the hashes cover the octets as they came.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKeyOctets(Vec<u8>);

impl PublicKeyOctets {
    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The public key, checked: in range, and in the subgroup of prime order.
    ///
    /// # Errors
    /// [`Misbehaviour::BadPublicKey`].
    pub fn validate(&self) -> Result<PublicKey, Misbehaviour> {
        PublicKey::from_bytes(&self.0).map_err(|_| Misbehaviour::BadPublicKey)
    }
}

impl From<&PublicKey> for PublicKeyOctets {
    fn from(key: &PublicKey) -> Self {
        PublicKeyOctets(key.to_bytes().to_vec())
    }
}

impl fmt::Debug for PublicKeyOctets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} octets)", self.0.len())
    }
}

impl AttributeValue for PublicKeyOctets {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        Ok(PublicKeyOctets(bounded(value, 190, 192)?.to_vec()))
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// Octets of a private exponent: 200 bits, as OpenSSL, and with it hostapd, draws them for this group.
///
/// To find one takes 2^100 steps (Pollard's kangaroos), more than the 2^90 that breaking the group itself is put at
/// (RFC 3526, section 8, which asks 180 bits for that strength): a longer one would protect nothing, since the group
/// gives way first. Each registration draws a new one, and what it protects is worth attacking for minutes.
pub const PRIVATE_OCTETS: usize = 25;

/// One side's own Diffie-Hellman keys, for one registration.
pub struct KeyPair {
    private: PrivateKey,
    public: PublicKeyOctets,
}

impl KeyPair {
    /// Draws a private exponent of [`PRIVATE_OCTETS`] octets and derives the public key.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness does not deliver, or delivers zeros.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<KeyPair, EntropyError> {
        let mut octets = Zeroizing::new([0; PRIVATE_OCTETS]);
        entropy.fill(Draw::DhPrivateKey, &mut *octets)?;
        KeyPair::from_private(&*octets).map_err(|_| EntropyError)
    }

    /// Takes a private exponent that was made before, 1 to 192 octets, most significant first.
    ///
    /// # Errors
    /// [`InvalidPrivateKey`] when the length is another one, or when the number is a multiple of the group's order.
    pub fn from_private(octets: &[u8]) -> Result<KeyPair, InvalidPrivateKey> {
        let private = PrivateKey::from_bytes(octets)?;
        let public = PublicKeyOctets::from(&private.public_key());
        Ok(KeyPair { private, public })
    }

    /// The public key.
    pub fn public(&self) -> &PublicKeyOctets {
        &self.public
    }

    /// The secret shared with the owner of `peer`.
    ///
    /// # Errors
    /// [`Misbehaviour::BadPublicKey`] when the peer's key is not one.
    pub fn agree(&self, peer: &PublicKeyOctets) -> Result<SharedSecret, Misbehaviour> {
        Ok(self.shared_secret(&peer.validate()?))
    }

    /// The secret shared with the owner of `peer`, a key that was checked before.
    pub fn shared_secret(&self, peer: &PublicKey) -> SharedSecret {
        self.private.shared_secret(peer)
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(hidden)")
    }
}
