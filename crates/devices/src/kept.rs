//! How values are written that must last, and texts that came from outside.

use crate::secret::SecretText;
use keyway_wsc::SecretBytes;
use serde::Serialize;

/// Writes a value. What is written here has text keys and no numbers but integers, which always goes well.
pub(crate) fn json(value: &impl Serialize) -> SecretText {
    SecretText::new(serde_json::to_string(value).unwrap_or_default())
}

/// A text from the air for a screen: without control characters.
pub(crate) fn readable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Octets as lower-case hexadecimal digits, for names and keys that can be any octets.
pub(crate) fn hex(octets: &[u8]) -> String {
    let mut out = String::with_capacity(2 * octets.len());
    for octet in octets {
        for digit in [octet >> 4, octet & 15] {
            out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    out
}

/// The octets that such digits stand for; `None` for anything else.
pub(crate) fn unhex(digits: &str) -> Option<SecretBytes> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = digits.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let mut octets = Vec::with_capacity(digits.len() / 2);
    for pair in pairs {
        octets.push(digit(pair[0])? << 4 | digit(pair[1])?);
    }
    Some(SecretBytes::new(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_come_back() {
        for octets in [&b""[..], b"Home", &[0xff, 0, 0x7f]] {
            assert_eq!(unhex(&hex(octets)).unwrap().expose(), octets);
        }
        for bad in ["4", "zz", "48é"] {
            assert!(unhex(bad).is_none(), "{bad}");
        }
        assert_eq!(readable("a\u{7}b\nc"), "a\u{fffd}b\u{fffd}c");
    }
}
