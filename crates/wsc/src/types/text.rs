//! Short texts in which a device describes itself.

use crate::attribute::{AttributeValue, ValueError};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A text of at most `MAX` octets, UTF-8 by the specification; what a peer sends may be anything.
/// A longer one is cut (observed: hostapd does the same with over-long texts of peers).
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text<const MAX: usize>(Vec<u8>);

impl<const MAX: usize> Text<MAX> {
    /// Takes a text, cut to `MAX` octets at a character's boundary.
    pub fn new(text: &str) -> Self {
        let end = (0..=text.len().min(MAX)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        Text(text.as_bytes()[..end].to_vec())
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text for a person: white space and zero octets around it are left out, control characters and what is not UTF-8 show as replacement characters.
    pub fn to_text(&self) -> Cow<'_, str> {
        let text = String::from_utf8_lossy(&self.0);
        let trimmed = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        if trimmed.chars().any(char::is_control) {
            Cow::Owned(trimmed.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect())
        } else if trimmed.len() < text.len() {
            Cow::Owned(String::from(trimmed))
        } else {
            text
        }
    }
}

impl<const MAX: usize> From<&str> for Text<MAX> {
    fn from(text: &str) -> Self {
        Text::new(text)
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_text())
    }
}

impl<const MAX: usize> AttributeValue for Text<MAX> {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        Ok(Text(value[..value.len().min(MAX)].to_vec()))
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_at_a_character_and_safe_to_show() {
        assert_eq!(Text::<4>::new("Caf\u{e9}").as_bytes(), b"Caf");
        assert_eq!(Text::<32>::parse(b"A\x1b[2J\0").unwrap().to_text(), "A\u{fffd}[2J");
        assert_eq!(Text::<32>::parse(b"Printer\0\0").unwrap().to_text(), "Printer");
        assert_eq!(Text::<2>::parse(b"abc").unwrap().as_bytes(), b"ab");
    }
}
