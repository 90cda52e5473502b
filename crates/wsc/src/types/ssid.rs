//! The network name.

use crate::attribute::{AttributeValue, ValueError, bounded};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A network name: any 0 to 32 octets. Often UTF-8, never certainly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ssid {
    bytes: [u8; 32],
    length: u8,
}

impl Ssid {
    /// Takes 0 to 32 octets.
    ///
    /// # Errors
    /// [`SsidError`] for more.
    pub fn new(bytes: &[u8]) -> Result<Ssid, SsidError> {
        let mut ssid = Ssid { bytes: [0; 32], length: bytes.len().min(32) as u8 };
        ssid.bytes.get_mut(..bytes.len()).ok_or(SsidError { length: bytes.len() })?.copy_from_slice(bytes);
        Ok(ssid)
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The name as text; what is not UTF-8 in it shows as replacement characters.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }
}

impl fmt::Debug for Ssid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ssid(\"{}\")", self.as_bytes().escape_ascii())
    }
}

impl AttributeValue for Ssid {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        let ssid = Ssid::new(bounded(value, 0, 33)?);
        // A zero octet after the name, counted as part of it, is dropped (observed: hostapd accepts such peers).
        let trimmed = value.strip_suffix(&[0]).map(Ssid::new);
        match (ssid, trimmed) {
            (_, Some(Ok(name))) => Ok(name),
            (Ok(name), _) => Ok(name),
            (Err(error), _) => Err(ValueError::Length { least: 0, most: 32, found: error.length }),
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

/// A network name is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SsidError {
    /// How many octets it has.
    pub length: usize,
}

impl fmt::Display for SsidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a network name has at most 32 octets, this one has {}", self.length)
    }
}

impl core::error::Error for SsidError {}
