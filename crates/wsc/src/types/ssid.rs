//! The network name.

use crate::attribute::{AttributeValue, ValueError};
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
    pub const fn new(bytes: &[u8]) -> Result<Ssid, SsidError> {
        if bytes.len() > 32 {
            return Err(SsidError { length: bytes.len() });
        }
        let mut ssid = Ssid { bytes: [0; 32], length: bytes.len() as u8 };
        let (start, _) = ssid.bytes.split_at_mut(bytes.len());
        start.copy_from_slice(bytes);
        Ok(ssid)
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The name without zero octets at its end.
    pub(crate) fn without_padding(self) -> Ssid {
        let length = self.as_bytes().iter().rposition(|&octet| octet != 0).map_or(0, |last| last as u8 + 1);
        Ssid { length, ..self }
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
        // Of 33 octets, the last can only be the zero that ends a string.
        let name = if value.len() == 33 { value.strip_suffix(&[0]).unwrap_or(value) } else { value };
        Ssid::new(name).map_err(|error| ValueError::Length { least: 0, most: 32, found: error.length })
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
