//! Judges what a person typed, before anything is sent.

use super::saved::Known;
use crate::action::Refusal;
use crate::session::Method;
use crate::wifi_password::{self, Advice, Question};
use keyway_wsc::{Credential, NetworkKey, Pin, PinError, Ssid};

/// The router's PIN. A Wi-Fi password in its place is recognised (N8).
pub(super) fn router_pin(text: &str) -> Result<Pin, Refusal> {
    const WHERE: &str = "The router shows its PIN on its WPS page, eight digits; type it as it stands there.";
    text.parse().map_err(|error| {
        let password = NetworkKey::new(text.as_bytes()).is_ok();
        match error {
            PinError::NotADigit | PinError::Length { .. } if password => Refusal::new(
                "looks-like-password",
                "This looks like a Wi-Fi password and not like the router's PIN.",
                "Type the PIN from the router's WPS page; or go back and choose Wi-Fi password.",
            ),
            error => Refusal::new("bad-pin", format!("This is no PIN: {error}."), WHERE),
        }
    })
}

/// A PIN for the printer to show.
pub(super) fn pin(text: &str) -> Result<Pin, Refusal> {
    text.parse().map_err(|error| {
        let next = "Give one with a check digit, as `keyway pin` makes it, or let the printer make one.";
        Refusal::new("bad-pin", format!("This is no PIN: {error}."), next)
    })
}

/// A network's name, as it was typed.
pub(super) fn network_name(text: &str) -> Result<Ssid, Refusal> {
    if text.is_empty() {
        let what = "The network's name is missing.";
        return Err(Refusal::new("bad-value", what, "Type it as the router's page or its label has it."));
    }
    Ssid::new(text.as_bytes()).map_err(|error| {
        Refusal::new("too-long", format!("This is no network's name: {error}."), "Type the name alone.")
    })
}

/// A Wi-Fi password. A PIN in its place is recognised (N8).
pub(super) fn password(text: &str, question: &mut Question) -> Result<NetworkKey, Refusal> {
    let advice = Advice {
        short_pin: "Type the Wi-Fi password, 8 to 63 characters: it often stands on the router's label.",
        bad: "Type it as it is written, upper and lower case: it often stands on the router's label.",
        like_pin: "These eight digits look like a WPS PIN, which is not the Wi-Fi password.",
        insist: "If it is the Wi-Fi password all the same, type it once more.",
    };
    wifi_password::judge(text, question, &advice)
}

/// A network with its password, from a page or a program.
pub(super) fn network(
    method: Method,
    ssid: Option<&str>,
    secret: Option<&str>,
    question: &mut Question,
) -> Result<Known, Refusal> {
    let ssid = network_name(ssid.unwrap_or_default())?;
    let key = password(secret.unwrap_or_default(), question)?;
    Ok(Known { credential: Credential::wpa2(ssid, key), method })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_no_router_pin() {
        for (text, code) in [
            ("1234 5670", None),
            ("0042", None),
            ("12345671", Some("bad-pin")),
            ("", Some("bad-pin")),
            ("12345", Some("bad-pin")),
            ("abc", Some("bad-pin")),
            ("correct horse", Some("looks-like-password")),
            ("123456789", Some("looks-like-password")),
        ] {
            assert_eq!(router_pin(text).err().map(|r| r.code), code.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_password_like_a_pin_is_asked_for_twice() {
        let mut question = Question::default();
        let mut code = |text: &str| password(text, &mut question).err().map(|refusal| refusal.code);
        let like_pin = Some("looks-like-pin".to_owned());
        assert_eq!(code("12345671"), None, "no PIN: its check digit is wrong");
        assert_eq!(code("1234"), like_pin);
        assert_eq!(code("12345670"), like_pin);
        assert_eq!(code("00000000"), like_pin, "another one is another question");
        assert_eq!(code("12345670"), like_pin);
        assert_eq!(code("12345670"), None);
        assert_eq!(code("12345670"), like_pin, "the next set-up asks again");
        assert_eq!(code("short"), Some("bad-value".to_owned()));
        assert_eq!(code(&"x".repeat(65)), Some("too-long".to_owned()));
    }

    #[test]
    fn a_network_needs_a_name_that_fits() {
        assert_eq!(network_name("").unwrap_err().code, "bad-value");
        assert_eq!(network_name(&"x".repeat(33)).unwrap_err().code, "too-long");
        assert_eq!(network_name("家").unwrap().as_bytes(), "家".as_bytes());
    }
}
