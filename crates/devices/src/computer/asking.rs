//! Judging what was typed: a PIN or a passphrase, and what belongs elsewhere.

use crate::session::Reason;
use keyway_wsc::{Passphrase, Pin};

/// Judges what was typed where a PIN belongs.
pub(super) fn pin(text: &str) -> Result<Pin, Reason> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    match digits.parse::<Pin>() {
        Ok(pin) => Ok(pin),
        Err(_) if looks_like_password(text) => Err(problem(
            "looks-like-password",
            "This looks like the Wi-Fi password; the PIN is the eight digits that the printer shows.",
            "Look at the printer's screen, or its label, and type the digits.",
        )),
        Err(_) if digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit()) => Err(problem(
            "bad-pin",
            "These eight digits are not a PIN: the last one does not fit the others.",
            "Compare them with the printer's screen, digit by digit.",
        )),
        Err(_) => Err(problem(
            "bad-pin",
            "A PIN has eight digits, or four.",
            "Type the digits as the printer shows them; spaces and dashes are fine.",
        )),
    }
}

/// Judges what was typed where the Wi-Fi password belongs. `insisted` says that the same question was asked before.
pub(super) fn passphrase(text: &str, insisted: bool) -> Result<(), Reason> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_pin = digits.len() == 8 && digits.parse::<Pin>().is_ok();
    if is_pin && !insisted {
        return Err(problem(
            "looks-like-pin",
            "This looks like a PIN; the Wi-Fi password is the one that your phone or laptop uses.",
            "Type the Wi-Fi password; if it really is this, type it once more.",
        ));
    }
    let is_hex_key = text.len() == 64 && text.bytes().all(|octet| octet.is_ascii_hexdigit());
    if is_hex_key || Passphrase::new(text.as_bytes()).is_ok() {
        return Ok(());
    }
    Err(problem(
        "bad-value",
        "A Wi-Fi password has 8 to 63 letters, digits and signs.",
        "Look on the router's label or its page, and type it as it is written there.",
    ))
}

/// Whether somebody typed a Wi-Fi password where a PIN belongs: long enough for one, and not digits alone.
fn looks_like_password(text: &str) -> bool {
    (8..=63).contains(&text.chars().count()) && text.chars().any(char::is_alphabetic)
}

fn problem(code: &str, what: &str, next: &str) -> Reason {
    Reason { code: code.to_owned(), what: what.to_owned(), next: next.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_and_what_is_typed_in_their_place() {
        for (text, code) in [
            ("1234 5670", None),
            ("1234-5670", None),
            ("0042", None),
            ("12345678", Some("bad-pin")),
            ("123456", Some("bad-pin")),
            ("", Some("bad-pin")),
            ("correct horse", Some("looks-like-password")),
            ("Sommer2024!", Some("looks-like-password")),
            ("abc", Some("bad-pin")),
        ] {
            assert_eq!(pin(text).err().map(|reason| reason.code).as_deref(), code, "{text}");
        }
    }

    #[test]
    fn passphrases_and_what_is_typed_in_their_place() {
        let hex = "0123456789abcdef".repeat(4);
        for (text, insisted, code) in [
            ("correct horse", false, None),
            (hex.as_str(), false, None),
            ("1234 5670", false, Some("looks-like-pin")),
            ("12345670", true, None),
            ("12345678", false, None),
            ("short", false, Some("bad-value")),
            ("", true, Some("bad-value")),
        ] {
            assert_eq!(passphrase(text, insisted).err().map(|reason| reason.code).as_deref(), code, "{text}");
        }
    }
}
