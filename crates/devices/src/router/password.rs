//! The administrator's password: hashed, and guarded against guessing.

use crate::action::Refusal;
use crate::kept;
use crate::random::Random;
use crate::secret::SecretText;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use core::time::Duration;
use keyway_eap::Timestamp;

/// Characters that a password has at least.
const LEAST: usize = 8;
/// Octets that it has at most: more is no password, but work for the hash.
const MOST: usize = 256;
/// Wrong attempts that cost no waiting.
const FREE: u32 = 3;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);
/// Octets of salt, as the PHC string format recommends.
const SALT: usize = 16;

/// The password, as far as it is kept: its hash with Argon2id and the parameters that OWASP recommends (19 MiB, two
/// passes), as a PHC string.
#[derive(Default)]
pub(super) struct Password {
    hash: Option<SecretText>,
    /// Wrong attempts since the last right one.
    wrong: u32,
    /// Nobody is asked before then.
    until: Timestamp,
}

impl Password {
    /// The one that was kept, a JSON string. One that cannot be read lets nobody in.
    pub(super) fn kept(value: Option<&SecretText>) -> Password {
        let hash = |value: &SecretText| {
            SecretText::new(serde_json::from_str(value.expose()).unwrap_or(String::new()))
        };
        Password { hash: value.map(hash), ..Password::default() }
    }

    /// Whether there is one.
    pub(super) fn is_set(&self) -> bool {
        self.hash.is_some()
    }

    /// Sets it. What is to be kept comes back.
    pub(super) fn set(&mut self, password: &SecretText, random: &mut Random) -> Result<SecretText, Refusal> {
        let password = password.expose();
        if password.chars().count() < LEAST {
            return Err(Refusal::new(
                "bad-value",
                format!("The password is too short: it needs {LEAST} characters."),
                "Choose a longer one.",
            ));
        }
        if password.len() > MOST {
            return Err(Refusal::new("too-long", "The password is too long.", "Choose a shorter one."));
        }
        let broken = || {
            Refusal::new("not-now", "The password could not be kept.", "Restart the router, then try again.")
        };
        let mut salt = [0; SALT];
        random.fill(&mut salt).map_err(|_| broken())?;
        let hash: PasswordHash =
            Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| broken())?;
        let hash = SecretText::new(hash.to_string());
        let value = kept::json(&hash);
        self.hash = Some(hash);
        Ok(value)
    }

    /// Checks it. After three wrong attempts each further one has to wait: 1, 2, 4 seconds, up to a minute.
    pub(super) fn check(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        let Some(hash) = &self.hash else {
            return Err(Refusal::new("unauthorised", "There is no password yet.", "Choose one first."));
        };
        let left = self.until.saturating_since(now);
        if left > Duration::ZERO {
            let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
            return Err(Refusal::new(
                "throttled",
                "There were too many wrong passwords.",
                format!("Wait {seconds} second{}, then try again.", if seconds == 1 { "" } else { "s" }),
            ));
        }
        let right = password.expose().len() <= MOST
            && PasswordHash::new(hash.expose()).is_ok_and(|hash| {
                Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok()
            });
        if right {
            self.wrong = 0;
            return Ok(());
        }
        self.wrong = self.wrong.saturating_add(1);
        if let Some(doublings) = self.wrong.checked_sub(FREE) {
            let wait = Duration::from_secs(1 << doublings.min(6)).min(LONGEST);
            self.until = now.saturating_add(wait);
        }
        Err(Refusal::new(
            "unauthorised",
            "The password is wrong.",
            "Type it again; upper and lower case count.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> SecretText {
        SecretText::new(text)
    }

    #[test]
    fn only_the_right_one_and_only_its_hash_is_kept() {
        let mut password = Password::default();
        assert_eq!(password.check(&text("correct horse"), Timestamp::ZERO).unwrap_err().code, "unauthorised");
        for (bad, code) in [("seven77", "bad-value"), ("éééé", "bad-value"), (&*"x".repeat(257), "too-long")]
        {
            assert_eq!(password.set(&text(bad), &mut Random::seeded(1)).unwrap_err().code, code);
            assert!(!password.is_set());
        }
        assert_eq!(
            password.set(&text("correct horse"), &mut Random::new(|_| false)).unwrap_err().code,
            "not-now"
        );
        let value = password.set(&text("correct horse"), &mut Random::seeded(1)).unwrap();
        assert!(value.expose().starts_with("\"$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!value.expose().contains("horse"));
        let mut again = Password::kept(Some(&value));
        assert!(again.is_set());
        assert_eq!(again.check(&text("correct horse"), Timestamp::ZERO), Ok(()));
        assert_eq!(again.check(&text("correct horsf"), Timestamp::ZERO).unwrap_err().code, "unauthorised");
        for unreadable in ["", "\"\"", "\"$argon2id$x\"", "7"] {
            let mut broken = Password::kept(Some(&text(unreadable)));
            assert!(broken.is_set(), "nobody may choose a new one");
            assert!(broken.check(&text(""), Timestamp::ZERO).is_err());
        }
    }

    #[test]
    fn guessing_takes_longer_and_longer() {
        let mut password = Password::default();
        password.set(&text("correct horse"), &mut Random::seeded(1)).unwrap();
        let mut now = Timestamp::ZERO;
        for wait in [0, 0, 1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(password.check(&text("wrong guess"), now).unwrap_err().code, "unauthorised");
            if wait > 0 {
                let early = password.check(&text("correct horse"), now).unwrap_err();
                assert_eq!(early.code, "throttled");
                assert!(early.next.contains(&format!("{wait} second")), "{}", early.next);
            }
            now = now.saturating_add(Duration::from_secs(wait));
        }
        assert_eq!(password.check(&text("correct horse"), now), Ok(()));
        assert_eq!(password.check(&text("wrong guess"), now).unwrap_err().code, "unauthorised");
        assert_eq!(password.check(&text("correct horse"), now), Ok(()), "a success ends the row");
    }
}
