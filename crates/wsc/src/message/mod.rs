//! Messages: M1 to M8, M2D, WSC_ACK, WSC_NACK and WSC_Done, and what is encrypted inside them.
//!
//! Each is declared once, in [`messages`] and [`settings`]. The declaration yields the struct, the parser, the
//! encoder and the table that [`deviations`] judges by.
//!
//! An authenticated message parses to [`Unverified`]: it cannot be used as the message before its Authenticator
//! has been checked against the message before it.

mod authenticated;
mod conformance;
mod credential;
pub(crate) mod declare;
pub mod elements;
mod extension;
pub mod messages;
pub mod settings;

pub use authenticated::{Authenticated, Unverified};
pub use conformance::{Deviation, deviations};
pub use credential::Credential;
pub use extension::{VendorExtension, VendorExtensions, WfaExtension};
pub use settings::CredentialAttributes;

use crate::attribute::{AttributeId, AttributeValue, Attributes, ParseError, Presence, write_attribute};
use crate::{MessageType, Version};
use alloc::vec::Vec;

/// A declared list of attributes.
pub trait AttributeList: Sized {
    /// The attributes in the order on the wire, with how often each may stand there.
    const TABLE: &'static [(AttributeId, Presence)];

    /// Reads the list. Attributes that it does not declare are passed over. With `last`, that attribute must be
    /// there and be the last.
    ///
    /// # Errors
    /// [`ParseError`], which names what is wrong and where.
    fn parse_list(bytes: &[u8], last: Option<AttributeId>) -> Result<Self, ParseError>;

    /// Appends the list to `out`.
    fn write_list(&self, out: &mut Vec<u8>);
}

/// A message.
pub trait Message: AttributeList {
    /// Its Message Type.
    const TYPE: MessageType;

    /// What its octets parse to: the message itself, or [`Unverified`] when it has an Authenticator.
    type Parsed;

    /// Appends the message up to its Authenticator, if it has one: Version, Message Type, the declared list.
    fn write_unsigned(&self, out: &mut Vec<u8>) {
        write_attribute(out, AttributeId::Version, &Version::V1_0);
        write_attribute(out, AttributeId::MessageType, &Self::TYPE);
        self.write_list(out);
    }
}

/// A message without an Authenticator.
pub trait Open: Message {
    /// Reads the message.
    ///
    /// # Errors
    /// [`ParseError`] when it is not a message of this type.
    fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        check_type::<Self>(bytes)?;
        Self::parse_list(bytes, None)
    }

    /// The message as octets.
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        self.write_unsigned(&mut out);
        out
    }
}

/// The Message Type of some octets.
///
/// # Errors
/// [`ParseError`] when there is none, or when the octets before it are not attributes.
pub fn message_type(bytes: &[u8]) -> Result<MessageType, ParseError> {
    for attribute in Attributes::new(bytes) {
        let attribute = attribute?;
        if attribute.id == AttributeId::MessageType {
            return MessageType::parse(attribute.value).map_err(|error| ParseError::Value {
                offset: attribute.offset,
                id: attribute.id,
                error,
            });
        }
    }
    Err(ParseError::Missing(AttributeId::MessageType))
}

fn check_type<M: Message>(bytes: &[u8]) -> Result<(), ParseError> {
    match message_type(bytes)? {
        found if found == M::TYPE => Ok(()),
        found => Err(ParseError::WrongType { expected: M::TYPE, found }),
    }
}
