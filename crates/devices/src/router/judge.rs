//! Judges what the owner typed, before anything changes or is sent.

use super::boundary::RouterChannels;
use crate::action::{Bands, Refusal};
use crate::wifi_password::{self, Advice, Question};
use keyway_wsc::{NetworkKey, Pin, PinError, Ssid};

/// A device's PIN, typed with or without spaces and dashes. A Wi-Fi password in its place is recognised (N8).
pub(super) fn pin(text: &str) -> Result<Pin, Refusal> {
    text.parse().map_err(|error: PinError| {
        // A letter that was taken for a digit does not make it a password.
        let misread = text.chars().all(|c| c.is_ascii_digit() || " -OoQIiLl|".contains(c));
        let is_password = NetworkKey::new(text.as_bytes()).is_ok() && text.chars().any(char::is_alphabetic);
        if error == PinError::NotADigit && is_password && !misread {
            return Refusal::new(
                "looks-like-password",
                "This looks like a Wi-Fi password and not like a PIN.",
                "Type the PIN that the device shows, eight digits; the Wi-Fi password is typed at the device.",
            );
        }
        let what = match error {
            PinError::Empty => "The PIN is missing.".to_owned(),
            PinError::NotADigit if misread => {
                "This is no PIN: a PIN has digits only, so an O in it is a zero and an l is a one.".to_owned()
            }
            PinError::NotADigit => "This is no PIN: a PIN has digits only; spaces and dashes are fine.".to_owned(),
            error => format!("This is no PIN: {error}."),
        };
        Refusal::new("bad-pin", what, "Compare it with the device's screen or label, digit by digit.")
    })
}

/// A name for the network.
pub(super) fn network_name(text: &str) -> Result<Ssid, Refusal> {
    let bad =
        |what| Refusal::new("bad-value", what, "Choose a name of 1 to 32 octets, such as your street's.");
    if text.is_empty() {
        return Err(bad("The network needs a name."));
    }
    if text.chars().any(char::is_control) {
        return Err(bad("The network's name has a character that nobody can type."));
    }
    Ssid::new(text.as_bytes()).map_err(|error| {
        let what = format!("The network's name is too long: {error}.");
        Refusal::new("too-long", what, "Choose a shorter one; letters beyond a to z count twice or more.")
    })
}

/// Other bands for the network: those that the router has radios for.
pub(super) fn bands(wished: Bands, channels: RouterChannels) -> Result<Bands, Refusal> {
    if channels.choices().contains(&wished) {
        return Ok(wished);
    }
    let (missing, own) = match channels {
        RouterChannels::Ghz2(_) => ("5", "2.4"),
        RouterChannels::Ghz5(_) | RouterChannels::Both { .. } => ("2.4", "5"),
    };
    let what = format!("This router has no radio at {missing} GHz.");
    Err(Refusal::new("bad-value", what, format!("Leave it at {own} GHz.")))
}

/// A new Wi-Fi password. A PIN in its place is recognised (N8).
pub(super) fn passphrase(text: &str, question: &mut Question) -> Result<NetworkKey, Refusal> {
    let advice = Advice {
        short_pin: "Choose a Wi-Fi password of 8 to 63 characters; a PIN belongs under Add device.",
        bad: "Choose one of 8 to 63 characters, or let the router make one.",
        like_pin: "These digits look like a WPS PIN, which belongs under Add device.",
        insist: "If it is to be the Wi-Fi password all the same, type it once more.",
    };
    wifi_password::judge(text, question, &advice)
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
            ("12345671", Some("bad-pin")),
            ("1234567", Some("bad-pin")),
            ("123456789", Some("bad-pin")),
            ("", Some("bad-pin")),
            ("1234567O", Some("bad-pin")),
            ("abc", Some("bad-pin")),
            ("1234/5670", Some("bad-pin")),
            ("correct horse battery", Some("looks-like-password")),
        ] {
            assert_eq!(pin(text).err().map(|refusal| refusal.code).as_deref(), code, "{text}");
        }
        for (text, words) in [
            ("12345671", "last digit"),
            ("1234567", "7 digits"),
            ("12x", "digits only"),
            ("1234567O", "zero"),
        ] {
            let what = pin(text).unwrap_err().what;
            assert!(what.contains(words), "{what}");
            assert!(!what.contains(text), "it repeats what was typed: {what}");
        }
    }

    #[test]
    fn names_of_networks() {
        for (text, code) in [
            ("Home", None),
            ("家", None),
            (" ", None),
            ("", Some("bad-value")),
            ("a\nb", Some("bad-value")),
            ("12345678901234567890123456789012", None),
            ("123456789012345678901234567890123", Some("too-long")),
            ("ééééééééééééééééé", Some("too-long")),
        ] {
            assert_eq!(network_name(text).err().map(|refusal| refusal.code).as_deref(), code, "{text}");
        }
    }

    #[test]
    fn passwords_that_look_like_pins_are_asked_for_twice() {
        let mut question = Question::default();
        let hex = "0123456789abcdef".repeat(4);
        let (long, not_hex) = ("x".repeat(65), "g".repeat(64));
        for (text, code) in [
            ("correct horse", None),
            (hex.as_str(), None),
            ("short", Some("bad-value")),
            ("with\tcontrol", Some("bad-value")),
            (&long, Some("too-long")),
            (&not_hex, Some("bad-value")),
            ("0042", Some("looks-like-pin")),
            ("12345671", None),
            ("12345670", Some("looks-like-pin")),
            ("00000000", Some("looks-like-pin")),
            ("12345670", Some("looks-like-pin")),
            ("12345670", None),
            ("12345670", Some("looks-like-pin")),
        ] {
            let refusal = passphrase(text, &mut question).err();
            assert_eq!(refusal.map(|refusal| refusal.code).as_deref(), code, "{text}");
        }
    }
}
