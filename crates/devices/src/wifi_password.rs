//! Judges a Wi-Fi password that a person typed, at the printer or at the router.

use crate::action::Refusal;
use keyway_wsc::{NetworkKey, NetworkKeyError, Pin};

/// A Wi-Fi password that looked like a PIN, until it is typed a second time.
#[derive(Debug, Default)]
pub(crate) struct Question(Option<NetworkKey>);

impl Question {
    /// Forgets it.
    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}

/// What is said where it is typed.
pub(crate) struct Advice {
    /// What to do with a PIN that cannot be a password.
    pub(crate) short_pin: &'static str,
    /// What to do with what cannot be a password.
    pub(crate) bad: &'static str,
    /// What is wrong with a password that has the form of a PIN.
    pub(crate) like_pin: &'static str,
    /// How to insist on it.
    pub(crate) insist: &'static str,
}

/// A Wi-Fi password. What has the form of a PIN is asked for once more (N8): people take one for the other, and as a
/// password it is weak.
pub(crate) fn judge(text: &str, question: &mut Question, advice: &Advice) -> Result<NetworkKey, Refusal> {
    let is_pin = text.parse::<Pin>().is_ok();
    let key = NetworkKey::new(text.as_bytes()).map_err(|error| match error {
        NetworkKeyError::Length { .. } if is_pin => Refusal::new(
            "looks-like-pin",
            "This looks like a PIN and is too short for a Wi-Fi password.",
            advice.short_pin,
        ),
        error => Refusal::new(
            if matches!(error, NetworkKeyError::Length { found: 64.. }) { "too-long" } else { "bad-value" },
            format!("This cannot be the Wi-Fi password: {error}."),
            advice.bad,
        ),
    })?;
    if is_pin && question.0.as_ref() != Some(&key) {
        question.0 = Some(key);
        return Err(Refusal::new("looks-like-pin", advice.like_pin, advice.insist));
    }
    question.forget();
    Ok(key)
}
