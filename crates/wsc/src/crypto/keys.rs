//! Key derivation: WSC specification, section 7.3.

use super::KeyedHmac;
use crate::{MacAddr, Nonce};
use core::fmt;
use keyway_group5::SharedSecret;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Authenticates messages and commitments; 32 octets.
#[derive(Clone)]
pub struct AuthKey {
    octets: Zeroizing<[u8; 32]>,
    keyed: KeyedHmac,
}

impl AuthKey {
    /// Takes the octets. A registration derives them; only a test vector brings its own.
    pub fn new(octets: [u8; 32]) -> AuthKey {
        let octets = Zeroizing::new(octets);
        AuthKey { keyed: KeyedHmac::new(&octets), octets }
    }

    /// The octets.
    pub fn expose(&self) -> &[u8; 32] {
        &self.octets
    }

    /// HMAC-SHA-256 of the parts in their order, as if they were one.
    pub(super) fn hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.keyed.over(parts)
    }
}

/// Encrypts settings with AES-128; 16 octets.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct KeyWrapKey([u8; 16]);

impl KeyWrapKey {
    /// The octets.
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The keys of one registration.
#[derive(Clone)]
pub struct SessionKeys {
    /// AuthKey.
    pub auth: AuthKey,
    /// KeyWrapKey.
    pub key_wrap: KeyWrapKey,
    /// EMSK, 32 octets, for uses beyond the registration.
    pub emsk: Zeroizing<[u8; 32]>,
}

impl SessionKeys {
    /// Derives the keys: DHKey is SHA-256 of the shared secret (192 octets, zeros on the left), KDK is the HMAC of
    /// N1, the enrollee's MAC address and N2 under DHKey, and the keys are the first 80 octets of the key derivation
    /// function over KDK.
    pub fn derive(secret: &SharedSecret, n1: &Nonce, enrollee: &MacAddr, n2: &Nonce) -> SessionKeys {
        let dh_key = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(secret.as_bytes())));
        let kdk = Zeroizing::new(KeyedHmac::new(&dh_key).over(&[&n1.0, &enrollee.0, &n2.0]));
        let stream = key_derivation(&kdk);
        let (mut auth, mut key_wrap, mut emsk) = ([0; 32], [0; 16], Zeroizing::new([0; 32]));
        auth.copy_from_slice(&stream[..32]);
        key_wrap.copy_from_slice(&stream[32..48]);
        emsk.copy_from_slice(&stream[48..80]);
        let keys = SessionKeys { auth: AuthKey::new(auth), key_wrap: KeyWrapKey(key_wrap), emsk };
        auth.zeroize();
        key_wrap.zeroize();
        keys
    }
}

/// The key derivation function: HMACs of a counter, the label and the length in bits (640), one after the other.
fn key_derivation(key: &[u8; 32]) -> Zeroizing<[u8; 96]> {
    const LABEL: &[u8] = b"Wi-Fi Easy and Secure Key Derivation";
    const BITS: u32 = 640;
    let keyed = KeyedHmac::new(key);
    let mut stream = Zeroizing::new([0; 96]);
    for (counter, block) in (1u32..).zip(stream.chunks_exact_mut(32)) {
        let mut octets = keyed.over(&[&counter.to_be_bytes(), LABEL, &BITS.to_be_bytes()]);
        block.copy_from_slice(&octets);
        octets.zeroize();
    }
    stream
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKeys(hidden)")
    }
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthKey(hidden)")
    }
}

impl fmt::Debug for KeyWrapKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyWrapKey(hidden)")
    }
}
