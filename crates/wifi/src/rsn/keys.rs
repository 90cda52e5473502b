//! The keys, and what is done with them.

use super::derive::{kdf_sha256, keyed, prf_sha1, psk};
use crate::element::AkmSuite;
use aes::Aes128;
use alloc::vec::Vec;
use cmac::Cmac;
use core::fmt;
use hmac::{Hmac, Mac};
use keyway_wsc::{MacAddr, NetworkKey, SecretBytes, Ssid};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A key management that this crate can do: it decides about hash and message authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyManagement {
    /// [`AkmSuite::PSK`]: HMAC-SHA1.
    Psk,
    /// [`AkmSuite::PSK_SHA256`]: HMAC-SHA256 and AES-CMAC.
    PskSha256,
}

impl KeyManagement {
    /// The key management of a suite; `None` for one that takes more than a pre-shared key.
    pub fn from_suite(suite: AkmSuite) -> Option<KeyManagement> {
        match suite {
            AkmSuite::PSK => Some(KeyManagement::Psk),
            AkmSuite::PSK_SHA256 => Some(KeyManagement::PskSha256),
            _ => None,
        }
    }

    /// Its suite.
    pub const fn suite(self) -> AkmSuite {
        match self {
            KeyManagement::Psk => AkmSuite::PSK,
            KeyManagement::PskSha256 => AkmSuite::PSK_SHA256,
        }
    }

    /// The version in EAPOL-Key frames: IEEE 802.11-2020, table 12-10.
    pub(super) const fn descriptor_version(self) -> u8 {
        match self {
            KeyManagement::Psk => 2,
            KeyManagement::PskSha256 => 3,
        }
    }
}

/// The pairwise master key of a personal network: its pre-shared key, 32 octets.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pmk([u8; 32]);

impl Pmk {
    /// Takes the octets.
    pub const fn new(octets: [u8; 32]) -> Pmk {
        Pmk(octets)
    }

    /// The key of a network. From a passphrase it takes 8192 rounds of HMAC-SHA1: make it once and keep it.
    /// IEEE 802.11-2020, section J.4.
    pub fn derive(key: &NetworkKey, ssid: &Ssid) -> Pmk {
        match key {
            NetworkKey::PreSharedKey(octets) => Pmk(*octets),
            NetworkKey::Passphrase(passphrase) => {
                let mut octets = [0; 32];
                psk(passphrase.expose(), ssid.as_bytes(), &mut octets);
                Pmk(octets)
            }
        }
    }

    /// The octets.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Pmk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pmk(hidden)")
    }
}

/// A key for CCMP-128, 16 octets.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TemporalKey([u8; 16]);

impl TemporalKey {
    /// Takes the octets.
    pub const fn new(octets: [u8; 16]) -> TemporalKey {
        TemporalKey(octets)
    }

    /// The octets, for the radio.
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}

impl PartialEq for TemporalKey {
    fn eq(&self, other: &TemporalKey) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TemporalKey {}

impl fmt::Debug for TemporalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TemporalKey(hidden)")
    }
}

/// A key for frames to a group, as it is handed to the radio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupKey {
    /// Its identifier: 1 or 2 for data (GTK), 4 or 5 for management frames (IGTK).
    pub id: u8,
    /// The key; 16 octets for CCMP and BIP-CMAC-128, 32 in networks that still use TKIP for groups.
    pub key: SecretBytes,
    /// The last packet number that the access point has used with it; only greater ones are to be accepted.
    pub packet_number: u64,
}

/// The pairwise transient key: three keys of 16 octets.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct Ptk {
    /// Confirms: authenticates EAPOL-Key frames.
    kck: [u8; 16],
    /// Encrypts what is in EAPOL-Key frames.
    kek: [u8; 16],
    /// Encrypts frames.
    tk: TemporalKey,
    #[zeroize(skip)]
    akm: KeyManagement,
}

impl Ptk {
    /// IEEE 802.11-2020, section 12.7.1.3.
    pub(super) fn derive(akm: KeyManagement, pmk: &Pmk, [a, b]: [MacAddr; 2], [m, n]: [&[u8; 32]; 2]) -> Ptk {
        const LABEL: &[u8] = b"Pairwise key expansion";
        let data = [&a.min(b).0[..], &a.max(b).0, m.min(n), m.max(n)];
        let mut octets = Zeroizing::new([0; 48]);
        match akm {
            KeyManagement::Psk => prf_sha1(&pmk.0, LABEL, &data, &mut *octets),
            KeyManagement::PskSha256 => kdf_sha256(&pmk.0, LABEL, &data, &mut *octets),
        }
        let mut ptk = Ptk { kck: [0; 16], kek: [0; 16], tk: TemporalKey([0; 16]), akm };
        ptk.kck.copy_from_slice(&octets[..16]);
        ptk.kek.copy_from_slice(&octets[16..32]);
        ptk.tk.0.copy_from_slice(&octets[32..]);
        ptk
    }

    pub(super) fn temporal_key(&self) -> &TemporalKey {
        &self.tk
    }

    /// The message integrity code of a frame whose own one is zero, 16 octets.
    pub(super) fn mic(&self, frame: [&[u8]; 3]) -> [u8; 16] {
        let mut mic = [0; 16];
        match self.akm {
            KeyManagement::Psk => {
                let mut mac = keyed::<Hmac<Sha1>>(&self.kck);
                frame.iter().for_each(|part| mac.update(part));
                mic.copy_from_slice(&mac.finalize().into_bytes()[..16]);
            }
            KeyManagement::PskSha256 => {
                let mut mac = keyed::<Cmac<Aes128>>(&self.kck);
                frame.iter().for_each(|part| mac.update(part));
                mic.copy_from_slice(&mac.finalize().into_bytes());
            }
        }
        mic
    }

    /// AES key wrap (RFC 3394). `data` has at least 16 octets and a multiple of 8.
    pub(super) fn wrap(&self, data: &[u8]) -> Vec<u8> {
        let mut out = alloc::vec![0; data.len() + aes_kw::IV_LEN];
        let wrapped = keyed::<aes_kw::KwAes128>(&self.kek).wrap_key(data, &mut out).is_ok();
        if !wrapped {
            out.clear();
        }
        out
    }

    /// What [`wrap`](Self::wrap) took; `None` when the octets were not wrapped with this key.
    pub(super) fn unwrap(&self, data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if data.len() < 24 || !data.len().is_multiple_of(8) {
            return None;
        }
        let mut out = Zeroizing::new(alloc::vec![0; data.len() - aes_kw::IV_LEN]);
        keyed::<aes_kw::KwAes128>(&self.kek).unwrap_key(data, &mut out).ok()?;
        Some(out)
    }
}

impl fmt::Debug for Ptk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ptk(hidden)")
    }
}
