//! How often an attribute stands in a message.

use super::{Attribute, AttributeId, AttributeValue, ParseError, write_attribute};
use alloc::vec::Vec;

/// How often an attribute stands in a message, as the message's declaration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Once. Without it the message is refused.
    Required,
    /// Once, says the specification; peers are known that leave it out, and they are served.
    Expected,
    /// At most once.
    Optional,
    /// Any number of times.
    Repeated,
}

/// A field of a message: the Rust type says how often the attribute may stand there. A plain value stands once,
/// an `Option` at most once, an [`Expected`] should stand once, a `Vec` stands any number of times.
pub trait Field: Sized {
    /// How often the attribute may stand.
    const PRESENCE: Presence;

    /// What has been read so far.
    type Slot: Default;

    /// Takes one attribute of the field's type.
    ///
    /// # Errors
    /// [`ParseError::Value`] or [`ParseError::Repeated`].
    fn take(slot: &mut Self::Slot, attribute: &Attribute<'_>) -> Result<(), ParseError>;

    /// The field, when the message has been read.
    ///
    /// # Errors
    /// [`ParseError::Missing`].
    fn finish(slot: Self::Slot, id: AttributeId) -> Result<Self, ParseError>;

    /// Appends the field's attributes to `out`.
    fn write(&self, id: AttributeId, out: &mut Vec<u8>);
}

impl<T: AttributeValue> Field for T {
    const PRESENCE: Presence = Presence::Required;
    type Slot = Option<T>;

    fn take(slot: &mut Option<T>, attribute: &Attribute<'_>) -> Result<(), ParseError> {
        take_once(slot, attribute)
    }

    fn finish(slot: Option<T>, id: AttributeId) -> Result<T, ParseError> {
        slot.ok_or(ParseError::Missing(id))
    }

    fn write(&self, id: AttributeId, out: &mut Vec<u8>) {
        write_attribute(out, id, self);
    }
}

impl<T: AttributeValue> Field for Option<T> {
    const PRESENCE: Presence = Presence::Optional;
    type Slot = Option<T>;

    fn take(slot: &mut Option<T>, attribute: &Attribute<'_>) -> Result<(), ParseError> {
        take_once(slot, attribute)
    }

    fn finish(slot: Option<T>, _: AttributeId) -> Result<Self, ParseError> {
        Ok(slot)
    }

    fn write(&self, id: AttributeId, out: &mut Vec<u8>) {
        if let Some(value) = self {
            write_attribute(out, id, value);
        }
    }
}

/// An attribute that the specification requires and that known peers leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected<T>(
    /// The value, if the peer sent it.
    pub Option<T>,
);

impl<T> From<T> for Expected<T> {
    fn from(value: T) -> Self {
        Expected(Some(value))
    }
}

impl<T: AttributeValue> Field for Expected<T> {
    const PRESENCE: Presence = Presence::Expected;
    type Slot = Option<T>;

    fn take(slot: &mut Option<T>, attribute: &Attribute<'_>) -> Result<(), ParseError> {
        take_once(slot, attribute)
    }

    fn finish(slot: Option<T>, _: AttributeId) -> Result<Self, ParseError> {
        Ok(Expected(slot))
    }

    fn write(&self, id: AttributeId, out: &mut Vec<u8>) {
        self.0.write(id, out);
    }
}

impl<T: AttributeValue> Field for Vec<T> {
    const PRESENCE: Presence = Presence::Repeated;
    type Slot = Vec<T>;

    fn take(slot: &mut Vec<T>, attribute: &Attribute<'_>) -> Result<(), ParseError> {
        slot.push(value(attribute)?);
        Ok(())
    }

    fn finish(slot: Vec<T>, _: AttributeId) -> Result<Self, ParseError> {
        Ok(slot)
    }

    fn write(&self, id: AttributeId, out: &mut Vec<u8>) {
        for value in self {
            write_attribute(out, id, value);
        }
    }
}

fn take_once<T: AttributeValue>(slot: &mut Option<T>, attribute: &Attribute<'_>) -> Result<(), ParseError> {
    if slot.is_some() {
        return Err(ParseError::Repeated { offset: attribute.offset, id: attribute.id });
    }
    *slot = Some(value(attribute)?);
    Ok(())
}

fn value<T: AttributeValue>(attribute: &Attribute<'_>) -> Result<T, ParseError> {
    let &Attribute { id, value, offset } = attribute;
    T::parse(value).map_err(|error| ParseError::Value { offset, id, error })
}
