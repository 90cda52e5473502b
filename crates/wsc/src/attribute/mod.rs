//! Attributes: the type-length-value lists of which every message is made.
//!
//! An attribute is a two-octet type, a two-octet length, both most significant octet first, and a value.
//! [`Attributes`] reads a list of them; [`AttributeValue`] is implemented by each type that a value can have;
//! [`Field`] says how often an attribute may stand in a message.

mod field;
mod id;

pub use field::{Expected, Field, Presence};
pub use id::AttributeId;

use alloc::vec::Vec;
use core::fmt;

/// Octets of an attribute's header: its type and its length.
pub const HEADER_LENGTH: usize = 4;

/// One attribute as it stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its type.
    pub id: AttributeId,
    /// Its value, without the header.
    pub value: &'a [u8],
    /// Where its header begins, in octets from the start of the list.
    pub offset: usize,
}

/// Reads a list of attributes, one after the other. It ends at the end of the octets or at the first error.
///
/// Two faults of known peers are passed over: zero octets after the last attribute, when nothing but zero octets
/// follow (observed: Mac OS X 10.6 pads M1), and one zero octet after a Network Key that its length does not count
/// (observed: hostapd skips it for the sake of such peers).
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    bytes: &'a [u8],
    /// Where the zero octets at the end begin. It is looked for once: a list can be made of zeros almost.
    content: usize,
    offset: usize,
    after_key: bool,
}

impl<'a> Attributes<'a> {
    /// Reads the list in `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        let content = bytes.iter().rposition(|&octet| octet != 0).map_or(0, |last| last + 1);
        Attributes { bytes, content, offset: 0, after_key: false }
    }

    /// The value of the first attribute of type `id`; `None` if there is none before the first error.
    pub fn find(&self, id: AttributeId) -> Option<&'a [u8]> {
        self.clone().map_while(Result::ok).find(|attribute| attribute.id == id).map(|a| a.value)
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<Attribute<'a>, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut offset = self.offset;
        let mut rest = self.bytes.get(offset..).unwrap_or_default();
        if let (true, [0, after @ ..]) = (self.after_key, rest) {
            rest = after;
            offset += 1;
        }
        self.offset = self.bytes.len();
        if offset >= self.content {
            return None;
        }
        let Some((&[t1, t0, l1, l0], body)) = rest.split_first_chunk::<HEADER_LENGTH>() else {
            return Some(Err(ParseError::Truncated { offset, missing: HEADER_LENGTH - rest.len() }));
        };
        let length = usize::from(u16::from_be_bytes([l1, l0]));
        let id = AttributeId(u16::from_be_bytes([t1, t0]));
        let Some(value) = body.get(..length) else {
            return Some(Err(ParseError::Truncated { offset, missing: length - body.len() }));
        };
        self.offset = offset + HEADER_LENGTH + length;
        self.after_key = id == AttributeId::NetworkKey;
        Some(Ok(Attribute { id, value, offset }))
    }
}

/// Appends one attribute to `out`.
///
/// A value longer than 65,535 octets has no encoding; no type of this crate can hold one. It would be cut.
pub fn write_attribute(out: &mut Vec<u8>, id: AttributeId, value: &impl AttributeValue) {
    let start = out.len();
    out.extend_from_slice(&id.0.to_be_bytes());
    out.extend_from_slice(&[0, 0]);
    value.write(out);
    let length = u16::try_from(out.len() - start - HEADER_LENGTH).unwrap_or(u16::MAX);
    out.truncate(start + HEADER_LENGTH + usize::from(length));
    out[start + 2..start + HEADER_LENGTH].copy_from_slice(&length.to_be_bytes());
}

/// A type that can be the value of an attribute.
pub trait AttributeValue: Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// [`ValueError`] when the octets are not a value of this type.
    fn parse(value: &[u8]) -> Result<Self, ValueError>;

    /// Appends the value, without the attribute's header, to `out`.
    fn write(&self, out: &mut Vec<u8>);
}

/// Why the octets of an attribute are not a value of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueError {
    /// The length is outside the bounds of the type, in octets.
    Length {
        /// The shortest that is accepted.
        least: usize,
        /// The longest that is accepted.
        most: usize,
        /// What was found.
        found: usize,
    },
    /// The length is right and the content is not.
    Content(&'static str),
    /// The value is a list of attributes, and one of those is wrong, at this offset within the value.
    Inner(usize),
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueError::Length { least, most, found } if least == most => {
                write!(f, "{found} octets instead of {least}")
            }
            ValueError::Length { least, most, found } => {
                write!(f, "{found} octets instead of {least} to {most}")
            }
            ValueError::Content(what) => f.write_str(what),
            ValueError::Inner(offset) => write!(f, "an inner attribute is wrong at offset {offset}"),
        }
    }
}

impl core::error::Error for ValueError {}

/// Why octets are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// The octets end inside an attribute.
    Truncated {
        /// Where that attribute begins.
        offset: usize,
        /// How many octets are missing.
        missing: usize,
    },
    /// An attribute's value is wrong.
    Value {
        /// Where the attribute begins.
        offset: usize,
        /// Its type.
        id: AttributeId,
        /// What is wrong with it.
        error: ValueError,
    },
    /// An attribute that may stand once stands twice.
    Repeated {
        /// Where the second one begins.
        offset: usize,
        /// Its type.
        id: AttributeId,
    },
    /// An attribute that the message cannot do without is missing.
    Missing(AttributeId),
    /// The message is of another type than the one asked for.
    WrongType {
        /// The type asked for.
        expected: crate::MessageType,
        /// The type found.
        found: crate::MessageType,
    },
    /// The Authenticator or the Key Wrap Authenticator is not the last attribute.
    NotLast(AttributeId),
}

impl ParseError {
    /// The offset at which the error was found, where there is one: octets from the start of the message.
    pub const fn offset(&self) -> Option<usize> {
        match *self {
            ParseError::Truncated { offset, .. }
            | ParseError::Value { offset, .. }
            | ParseError::Repeated { offset, .. } => Some(offset),
            _ => None,
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseError::Truncated { offset, missing } => {
                write!(
                    f,
                    "the message ends inside the attribute at offset {offset}: {missing} octets missing"
                )
            }
            ParseError::Value { offset, id, error } => write!(f, "{id} at offset {offset}: {error}"),
            ParseError::Repeated { offset, id } => write!(f, "{id} stands a second time at offset {offset}"),
            ParseError::Missing(id) => write!(f, "{id} is missing"),
            ParseError::WrongType { expected, found } => write!(f, "{found} where {expected} was expected"),
            ParseError::NotLast(id) => write!(f, "{id} is not the last attribute"),
        }
    }
}

impl core::error::Error for ParseError {}

/// Fixed-size big-endian integers and the newtypes over them.
macro_rules! integer_value {
    ($($int:ty: $($name:ty),*;)*) => { $($(
        impl AttributeValue for $name {
            fn parse(value: &[u8]) -> Result<Self, ValueError> {
                Ok(Self(<$int>::from_be_bytes(array(value)?)))
            }
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.0.to_be_bytes());
            }
        }
    )*)* };
}

integer_value! {
    u8: crate::MessageType, crate::WpsState, crate::ConnectionTypes, crate::RfBands, crate::RequestType,
        crate::ResponseType, crate::Version;
    u16: crate::ConfigError, crate::DevicePasswordId, crate::AssociationState, crate::ConfigMethods,
        crate::AuthTypes, crate::EncrTypes;
    u32: crate::OsVersion;
}

impl AttributeValue for u8 {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        array::<1>(value).map(|[octet]| octet)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }
}

impl AttributeValue for bool {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        array::<1>(value).map(|[octet]| octet != 0)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
}

/// The octets as an array of exactly `N`.
pub(crate) fn array<const N: usize>(value: &[u8]) -> Result<[u8; N], ValueError> {
    value.try_into().map_err(|_| ValueError::Length { least: N, most: N, found: value.len() })
}

/// Checks that a value's length lies within bounds.
pub(crate) fn bounded(value: &[u8], least: usize, most: usize) -> Result<&[u8], ValueError> {
    if (least..=most).contains(&value.len()) {
        Ok(value)
    } else {
        Err(ValueError::Length { least, most, found: value.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn lists_end_at_padding_and_name_where_they_are_cut() {
        let cases: &[(&[u8], usize, Option<ParseError>)] = &[
            (&[], 0, None),
            (&[0x10, 0x22, 0, 1, 4], 1, None),
            (&[0x10, 0x22, 0, 1, 4, 0, 0, 0], 1, None),
            (&[0x10, 0x27, 0, 1, b'k', 0, 0x10, 0x22, 0, 1, 4], 2, None),
            (
                &[0x10, 0x22, 0, 1, 4, 0, 0x10, 0x22, 0, 1, 4],
                1,
                Some(ParseError::Truncated { offset: 5, missing: 8702 }),
            ),
            (&[0x10, 0x22, 0, 1], 0, Some(ParseError::Truncated { offset: 0, missing: 1 })),
            (&[0x10, 0x22, 0, 1, 4, 0x10], 1, Some(ParseError::Truncated { offset: 5, missing: 3 })),
            (&[0x10, 0x22, 0xff, 0xff, 4], 0, Some(ParseError::Truncated { offset: 0, missing: 65534 })),
        ];
        for (bytes, good, error) in cases {
            let mut read = Attributes::new(bytes);
            let ok = read.by_ref().take(*good).all(|a| a.is_ok());
            assert!(ok, "{bytes:02x?}");
            assert_eq!(read.next().and_then(Result::err), *error, "{bytes:02x?}");
            assert!(read.next().is_none(), "ends after an error: {bytes:02x?}");
        }
    }

    #[test]
    fn writes_header_and_value() {
        let mut out = vec![9];
        write_attribute(&mut out, AttributeId::ConfigurationError, &crate::ConfigError::SetupLocked);
        assert_eq!(out, [9, 0x10, 0x09, 0, 2, 0, 15]);
    }
}
