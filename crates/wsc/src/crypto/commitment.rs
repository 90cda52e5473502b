//! Commitments to the halves of the device password: E-Hash1, E-Hash2, R-Hash1, R-Hash2.

use super::{AuthKey, PublicKeyOctets};
use crate::attribute::{AttributeValue, ValueError, array};
use crate::session::Half;
use crate::{DevicePassword, Draw, Entropy, EntropyError, SecretNonce};
use alloc::vec::Vec;
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A commitment to one half of the device password, 32 octets. It is compared in constant time.
#[derive(Clone, Copy)]
pub struct CommitmentHash(pub [u8; 32]);

impl PartialEq for CommitmentHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for CommitmentHash {}

impl fmt::Debug for CommitmentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommitmentHash")
    }
}

impl AttributeValue for CommitmentHash {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        array(value).map(CommitmentHash)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// What both commitments of both sides are made from: the keys of the password's halves (PSK1, PSK2) and the
/// public keys. WSC specification, section 7.4.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Commitments {
    #[zeroize(skip)]
    auth_key: AuthKey,
    psk1: [u8; 16],
    psk2: [u8; 16],
    #[zeroize(skip)]
    pke: PublicKeyOctets,
    #[zeroize(skip)]
    pkr: PublicKeyOctets,
}

impl Commitments {
    /// Derives PSK1 and PSK2: the first 16 octets of the HMAC of each half under AuthKey. The public keys enter as
    /// they stand in M1 (`pke`) and in M2 (`pkr`).
    pub fn new(
        auth_key: AuthKey,
        password: &DevicePassword,
        pke: PublicKeyOctets,
        pkr: PublicKeyOctets,
    ) -> Self {
        let half_key = |half| {
            let full = Zeroizing::new(auth_key.hmac(&[half]));
            let mut key = [0; 16];
            key.copy_from_slice(&full[..16]);
            key
        };
        let (first, second) = password.halves();
        let (psk1, psk2) = (half_key(first), half_key(second));
        Commitments { auth_key, psk1, psk2, pke, pkr }
    }

    /// The commitment to a half under a secret nonce. The same function makes E-Hash1, E-Hash2, R-Hash1 and R-Hash2.
    pub fn hash(&self, half: Half, nonce: &SecretNonce) -> CommitmentHash {
        let psk = match half {
            Half::First => &self.psk1,
            Half::Second => &self.psk2,
        };
        let parts = [nonce.expose().as_slice(), psk, self.pke.as_bytes(), self.pkr.as_bytes()];
        CommitmentHash(self.auth_key.hmac(&parts))
    }
}

/// One side's own two secret nonces.
#[derive(Clone)]
pub(crate) struct OwnNonces {
    /// E-S1 or R-S1.
    pub(crate) first: SecretNonce,
    /// E-S2 or R-S2.
    pub(crate) second: SecretNonce,
}

impl OwnNonces {
    pub(crate) fn draw(entropy: &mut dyn Entropy) -> Result<OwnNonces, EntropyError> {
        let mut one = |draw| {
            let mut octets = [0; 16];
            entropy.fill(draw, &mut octets)?;
            let nonce = SecretNonce::new(octets);
            octets.zeroize();
            Ok(nonce)
        };
        Ok(OwnNonces { first: one(Draw::SecretNonce1)?, second: one(Draw::SecretNonce2)? })
    }
}
