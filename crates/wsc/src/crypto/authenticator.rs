//! The Authenticator and the Key Wrap Authenticator: the first eight octets of an HMAC.

use super::AuthKey;
use crate::attribute::{AttributeId, AttributeValue, Attributes, ValueError, array};
use alloc::vec::Vec;
use core::fmt;
use subtle::ConstantTimeEq;

/// Octets of an Authenticator.
pub const AUTHENTICATOR_LENGTH: usize = 8;

/// An Authenticator (attribute 0x1005) or a Key Wrap Authenticator (0x101e), eight octets.
/// It is compared in constant time.
#[derive(Clone, Copy)]
pub struct Authenticator([u8; AUTHENTICATOR_LENGTH]);

impl Authenticator {
    /// The Authenticator in an attribute with its header.
    pub(crate) fn from_attribute(attribute: &[u8]) -> Option<Authenticator> {
        let value = Attributes::new(attribute).find(AttributeId::Authenticator)?;
        Authenticator::parse(value).ok()
    }
}

impl AuthKey {
    /// The Authenticator of a message: over the message before it, whole, and this one up to its Authenticator.
    /// WSC specification, section 7.2.
    pub fn authenticator(&self, previous: &[u8], message: &[u8]) -> Authenticator {
        self.shortened(&[previous, message])
    }

    /// The Key Wrap Authenticator of the attributes before it.
    pub fn key_wrap_authenticator(&self, settings: &[u8]) -> Authenticator {
        self.shortened(&[settings])
    }

    fn shortened(&self, parts: &[&[u8]]) -> Authenticator {
        let [a, b, c, d, e, f, g, h, ..] = self.hmac(parts);
        Authenticator([a, b, c, d, e, f, g, h])
    }
}

impl PartialEq for Authenticator {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Authenticator {}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator")
    }
}

impl AttributeValue for Authenticator {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        array(value).map(Authenticator)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}
