//! The keys, and the secret that two of them make.

use crate::comb::power_of_two;
use crate::error::{InvalidPrivateKey, InvalidPublicKey};
use crate::jacobi::is_residue;
use crate::limb::{Number, OCTETS, P, PRIME, from_octets, is_less, to_octets};
use crate::montgomery::least_residue;
use crate::window::power;
use core::fmt;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// q = (p − 1) / 2, the prime order of the group that 2 generates, big endian.
const ORDER: [u8; OCTETS] = {
    let mut order = PRIME;
    let mut i = 0;
    while i < OCTETS {
        let above = if i > 0 { PRIME[i - 1] } else { 0 };
        order[i] = PRIME[i] >> 1 | above << 7;
        i += 1;
    }
    order
};

/// 2q = p − 1, big endian.
const TWICE_ORDER: [u8; OCTETS] = {
    let mut twice = PRIME;
    twice[OCTETS - 1] -= 1;
    twice
};

/// A secret exponent x.
///
/// It is erased when it is dropped.
#[derive(Clone)]
pub struct PrivateKey {
    /// Big endian, padded with zeros on the left.
    octets: [u8; OCTETS],
    /// Octets given. The time of everything done with the key depends on it.
    length: usize,
}

impl PrivateKey {
    /// Takes a big-endian number of 1 to 192 octets. Let a good random generator make 32 of them.
    ///
    /// The time depends on the number of octets, never on their value.
    ///
    /// # Errors
    ///
    /// [`InvalidPrivateKey::Length`] for no octets or more than 192; [`InvalidPrivateKey::Zero`] for zero and for the
    /// two other multiples of the group order that fit. Random octets are never one of these in practice.
    pub fn from_bytes(bytes: &[u8]) -> Result<PrivateKey, InvalidPrivateKey> {
        if bytes.is_empty() || bytes.len() > OCTETS {
            return Err(InvalidPrivateKey::Length);
        }
        let mut key = PrivateKey { octets: [0; OCTETS], length: bytes.len() };
        key.octets[OCTETS - bytes.len()..].copy_from_slice(bytes);
        if bool::from(key.is_multiple_of_order()) {
            return Err(InvalidPrivateKey::Zero);
        }
        Ok(key)
    }

    /// 2^x mod p, in constant time.
    pub fn public_key(&self) -> PublicKey {
        PublicKey { number: least_residue(&power_of_two(self.exponent())) }
    }

    /// y^x mod p for the `peer`'s y, in constant time.
    pub fn shared_secret(&self, peer: &PublicKey) -> SharedSecret {
        let mut number = power(&peer.number, self.exponent());
        let mut residue = least_residue(&number);
        let secret = SharedSecret { octets: to_octets(&residue) };
        number.zeroize();
        residue.zeroize();
        secret
    }

    fn exponent(&self) -> &[u8] {
        &self.octets[OCTETS - self.length..]
    }

    fn is_multiple_of_order(&self) -> Choice {
        self.octets.ct_eq(&[0; OCTETS]) | self.octets.ct_eq(&ORDER) | self.octets.ct_eq(&TWICE_ORDER)
    }
}

impl Drop for PrivateKey {
    fn drop(&mut self) {
        self.octets.zeroize();
    }
}

impl ZeroizeOnDrop for PrivateKey {}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").finish_non_exhaustive()
    }
}

/// A power of 2 mod p, other than 1: an element y of the subgroup of prime order q = (p − 1) / 2.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    /// Below p.
    number: Number,
}

impl PublicKey {
    /// Takes a big-endian number of at most 192 octets; fewer stand for leading zeros.
    ///
    /// This is the full validation of a public key for a group with known prime order (RFC 2631, section 2.1.5, with
    /// the power y^q mod p replaced by the Legendre symbol, which is the same number for a safe prime). It takes
    /// variable time: a public key is no secret.
    ///
    /// # Errors
    ///
    /// [`InvalidPublicKey::Length`] for more than 192 octets, [`InvalidPublicKey::Range`] unless 1 < y < p − 1,
    /// [`InvalidPublicKey::Subgroup`] for a number that is not a power of 2 mod p.
    pub fn from_bytes(bytes: &[u8]) -> Result<PublicKey, InvalidPublicKey> {
        let mut octets = [0; OCTETS];
        let start = OCTETS.checked_sub(bytes.len()).ok_or(InvalidPublicKey::Length)?;
        octets[start..].copy_from_slice(bytes);
        let number = from_octets(&octets);

        let (mut two, mut last) = ([0; _], P);
        two[0] = 2;
        last[0] -= 1;
        if is_less(&number, &two) || !is_less(&number, &last) {
            return Err(InvalidPublicKey::Range);
        }
        if !is_residue(&number) {
            return Err(InvalidPublicKey::Subgroup);
        }
        Ok(PublicKey { number })
    }

    /// The number, big endian, padded with zeros on the left to 192 octets.
    pub fn to_bytes(&self) -> [u8; OCTETS] {
        to_octets(&self.number)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        for octet in self.to_bytes() {
            write!(f, "{octet:02x}")?;
        }
        f.write_str(")")
    }
}

/// 2^(x·x′) mod p: what both sides compute, and nobody else can.
///
/// It is erased when it is dropped. Comparing two takes constant time.
#[derive(Clone)]
pub struct SharedSecret {
    octets: [u8; OCTETS],
}

impl SharedSecret {
    /// The number, big endian, padded with zeros on the left to 192 octets.
    pub fn as_bytes(&self) -> &[u8; OCTETS] {
        &self.octets
    }
}

impl ConstantTimeEq for SharedSecret {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.octets.ct_eq(&other.octets)
    }
}

impl PartialEq for SharedSecret {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for SharedSecret {}

impl Drop for SharedSecret {
    fn drop(&mut self) {
        self.octets.zeroize();
    }
}

impl ZeroizeOnDrop for SharedSecret {}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSecret").finish_non_exhaustive()
    }
}
