//! Text that must not leak.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A PIN, a Wi-Fi password or an administrator's password, as it was typed or is to be shown: wiped when dropped, and
/// redacted in `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct SecretText(String);

impl SecretText {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> SecretText {
        SecretText(text.into())
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(hidden)")
    }
}
