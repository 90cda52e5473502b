//! How far a message keeps to the specification, judged by its declaration.

use super::{AttributeList, messages};
use crate::MessageType;
use crate::attribute::{AttributeId, Attributes, ParseError, Presence};
use alloc::vec::Vec;

/// Where a message departs from its declaration and is accepted all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deviation {
    /// An attribute that should stand there is missing.
    Missing(AttributeId),
    /// An attribute does not belong in this message.
    Foreign(AttributeId),
    /// An attribute stands before one that it should follow.
    OutOfOrder(AttributeId),
    /// The message does not announce version 2.0.
    Version1,
}

/// Lists where a message departs from its declaration. None means that it keeps to it.
///
/// # Errors
/// [`ParseError`] when the octets are not a list of attributes with a Message Type that has a declaration.
pub fn deviations(bytes: &[u8]) -> Result<Vec<Deviation>, ParseError> {
    let found = super::message_type(bytes)?;
    let (table, authenticated) =
        declaration(found).ok_or(ParseError::WrongType { expected: MessageType::M1, found })?;
    let head =
        [AttributeId::Version, AttributeId::MessageType].into_iter().map(|id| (id, Presence::Required));
    let tail = authenticated.then_some((AttributeId::Authenticator, Presence::Required));
    let order: Vec<_> = head.chain(table.iter().copied()).chain(tail).collect();

    let mut deviations = Vec::new();
    let mut seen = Vec::new();
    let mut furthest = 0;
    for attribute in Attributes::new(bytes) {
        let id = attribute?.id;
        match order.iter().position(|(known, _)| *known == id) {
            None => deviations.push(Deviation::Foreign(id)),
            Some(place) if place < furthest => deviations.push(Deviation::OutOfOrder(id)),
            Some(place) => furthest = place,
        }
        seen.push(id);
    }
    let wanted = |presence| matches!(presence, Presence::Required | Presence::Expected);
    let missing = order.iter().filter(|(id, presence)| wanted(*presence) && !seen.contains(id));
    deviations.extend(missing.map(|(id, _)| Deviation::Missing(*id)));
    let version2 = messages::Extensions::parse_list(bytes, None)?.extensions.wfa.version2.is_some();
    if !version2 {
        deviations.push(Deviation::Version1);
    }
    Ok(deviations)
}

type Table = &'static [(AttributeId, Presence)];

/// The table of a message, and whether it ends with an Authenticator.
fn declaration(message: MessageType) -> Option<(Table, bool)> {
    use messages::*;
    Some(match message {
        MessageType::M1 => (M1::TABLE, false),
        MessageType::M2 => (M2::TABLE, true),
        MessageType::M2D => (M2D::TABLE, false),
        MessageType::M3 => (M3::TABLE, true),
        MessageType::M4 => (M4::TABLE, true),
        MessageType::M5 => (M5::TABLE, true),
        MessageType::M6 => (M6::TABLE, true),
        MessageType::M7 => (M7::TABLE, true),
        MessageType::M8 => (M8::TABLE, true),
        MessageType::Ack => (Ack::TABLE, false),
        MessageType::Nack => (Nack::TABLE, false),
        MessageType::Done => (Done::TABLE, false),
        _ => return None,
    })
}
