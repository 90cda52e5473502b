//! Messages with an Authenticator.

use super::{Message, check_type};
use crate::attribute::{AttributeId, HEADER_LENGTH, ParseError, write_attribute};
use crate::crypto::{AUTHENTICATOR_LENGTH, AuthKey, Authenticator};
use crate::session::Misbehaviour;
use alloc::vec::Vec;

/// A message that ends with an Authenticator: M2 to M8.
pub trait Authenticated: Message {
    /// Reads the message, whose Authenticator is still to be checked.
    ///
    /// # Errors
    /// [`ParseError`] when it is not a message of this type, or when the Authenticator is not its last attribute.
    fn parse(bytes: &[u8]) -> Result<Unverified<Self>, ParseError> {
        check_type::<Self>(bytes)?;
        let message = Self::parse_list(bytes, Some(AttributeId::Authenticator))?;
        let bytes = bytes.to_vec();
        Ok(Unverified { bytes, message })
    }

    /// The message as octets, with the Authenticator over the message before it and itself.
    fn sign(&self, key: &AuthKey, previous: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(768);
        self.write_unsigned(&mut out);
        let authenticator = key.authenticator(previous, &out);
        write_attribute(&mut out, AttributeId::Authenticator, &authenticator);
        out
    }
}

/// A message whose Authenticator has not been checked.
#[derive(Clone, Debug)]
pub struct Unverified<M> {
    bytes: Vec<u8>,
    message: M,
}

impl<M> Unverified<M> {
    /// The message as it came, for what must be read before the Authenticator can be checked: nonces and, in M2,
    /// the public key.
    pub fn peek(&self) -> &M {
        &self.message
    }

    /// Checks the Authenticator over the message before (`previous`) and this one. It gives the message and its
    /// octets, which the next Authenticator covers.
    ///
    /// # Errors
    /// [`Misbehaviour::BadAuthenticator`].
    pub fn verify(self, key: &AuthKey, previous: &[u8]) -> Result<(M, Vec<u8>), Misbehaviour> {
        // Parsing made sure that the Authenticator is the last attribute; only its length is still open.
        let end = self.bytes.len().checked_sub(HEADER_LENGTH + AUTHENTICATOR_LENGTH);
        let (covered, attribute) =
            end.and_then(|end| self.bytes.split_at_checked(end)).ok_or(Misbehaviour::BadAuthenticator)?;
        let sent = Authenticator::from_attribute(attribute).ok_or(Misbehaviour::BadAuthenticator)?;
        if key.authenticator(previous, covered) != sent {
            return Err(Misbehaviour::BadAuthenticator);
        }
        Ok((self.message, self.bytes))
    }
}
