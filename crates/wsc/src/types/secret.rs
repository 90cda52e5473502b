//! Octets that nobody may see: redacted in Debug, wiped on drop, compared in constant time.

use crate::attribute::{AttributeValue, ValueError, array};
use crate::{DevicePasswordId, Pin};
use alloc::vec::Vec;
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Secret octets of any length.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes the octets. The vector's spare capacity may hold copies from earlier growth; give one that never grew.
    pub fn new(bytes: Vec<u8>) -> Self {
        SecretBytes(bytes)
    }

    /// The octets, for use in the protocol or in the one place where a person must see them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretBytes {}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(hidden)")
    }
}

impl AttributeValue for SecretBytes {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        Ok(SecretBytes(value.to_vec()))
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// A secret nonce (E-S1, E-S2, R-S1, R-S2), 16 octets: what a hash committed to, revealed as proof.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub struct SecretNonce([u8; 16]);

impl SecretNonce {
    /// Takes the octets.
    pub fn new(bytes: [u8; 16]) -> Self {
        SecretNonce(bytes)
    }

    /// The octets.
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for SecretNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretNonce(hidden)")
    }
}

impl PartialEq for SecretNonce {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretNonce {}

impl AttributeValue for SecretNonce {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        array(value).map(SecretNonce)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// A device password with its identifier: what both sides of a registration must know.
#[derive(Clone, PartialEq, Eq)]
pub struct DevicePassword {
    id: DevicePasswordId,
    secret: SecretBytes,
}

impl DevicePassword {
    /// A PIN of the enrollee's (identifier 0, Default).
    pub fn pin(pin: &Pin) -> Self {
        DevicePassword { id: DevicePasswordId::Default, secret: SecretBytes::new(pin.digits().to_vec()) }
    }

    /// Push button: identifier 4, and the eight zeros that everybody knows. WSC specification, section 11.
    pub fn push_button() -> Self {
        DevicePassword { id: DevicePasswordId::PushButton, secret: SecretBytes::new(b"00000000".to_vec()) }
    }

    /// Another identifier, with its password as the octets that enter the key derivation.
    pub fn other(id: DevicePasswordId, secret: SecretBytes) -> Self {
        DevicePassword { id, secret }
    }

    /// The identifier.
    pub fn id(&self) -> DevicePasswordId {
        self.id
    }

    /// The first half and the second half; of an odd number of octets, the first half has one more.
    /// WSC specification, section 7.4; the odd case observed: hostapd.
    pub(crate) fn halves(&self) -> (&[u8], &[u8]) {
        let secret = self.secret.expose();
        secret.split_at(secret.len().div_ceil(2))
    }
}

impl fmt::Debug for DevicePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DevicePassword({:?}, hidden)", self.id)
    }
}
