//! Words for the display of two lines: at most 20 characters each.

use crate::session::Step;

/// The width of a line in characters.
pub(super) const WIDTH: usize = 20;

/// What happened and what to do next, by the code of a cause or of a refusal.
const REASONS: &[(&str, &str, &str)] = &[
    ("wrong-pin-first-half", "Wrong PIN: 1st half", "Ask for a new PIN"),
    ("wrong-pin-second-half", "Wrong PIN: 2nd half", "Ask for a new PIN"),
    ("wrong-pin", "Wrong PIN", "Ask for a new PIN"),
    ("session-overlap", "Two buttons pressed", "Wait 2 min, again"),
    ("setup-locked", "Router is locked", "Unlock it there"),
    ("not-ready", "PIN not entered yet", "Enter it at router"),
    ("no-pin-for-device", "PIN not entered yet", "Enter it at router"),
    ("refused", "Router refused", "Try again"),
    ("protocol-error", "Router: bad message", "Try the password"),
    ("no-usable-credential", "Settings not usable", "Set router to WPA2"),
    ("timed-out", "Router went silent", "Move closer"),
    ("unconfirmed", "Not confirmed", "Look at the router"),
    ("link-lost", "Link was lost", "Move closer"),
    ("cancelled", "Cancelled", "Start when ready"),
    ("ended-early", "Router ended early", "WPS on at router?"),
    ("internal-error", "Printer error", "Switch off and on"),
    ("pin-expired", "PIN has expired", "Ask for a new PIN"),
    ("walk-time-over", "2 minutes are over", "Start again"),
    ("no-router", "No router answered", "Its PIN on? Again"),
    ("nothing-heard", "No Wi-Fi heard", "Router on? Closer?"),
    ("too-far", "Router too far away", "Move closer"),
    ("wps-off", "WPS off at router", "Use the password"),
    ("hidden", "Network is hidden", "Use the password"),
    ("wpa3-only", "Network: WPA3 only", "Add WPA2 at router"),
    ("other-band", "Network: 5 GHz only", "2.4 GHz on at router"),
    ("security-unsupported", "Security unsuitable", "Set router to WPA2"),
    ("network-gone", "Old network is gone", "Reset, then set up"),
    ("wrong-passphrase", "Wrong password", "Type it again"),
    ("join-refused", "Router refused", "Restart router"),
    ("no-address", "No address (DHCP)", "Restart router"),
    ("address-conflict", "Address is taken", "Restart printer"),
    ("no-pin-on-model", "No PIN here", "Use push button"),
    ("different-networks", "Other network", "Join the same one"),
    ("vpn", "VPN on computer", "Pause the VPN"),
    ("unreachable", "Not reached", "Same network?"),
    ("print-refused", "Not printed", "Paper? Cover?"),
    ("bad-pin", "This is no PIN", "Compare the digits"),
    ("looks-like-password", "That is a password", "The PIN has 8 digits"),
    ("looks-like-pin", "Is this a PIN?", "If password: again"),
    ("bad-value", "This cannot be it", "Type it again"),
    ("too-long", "That is too long", "Type it again"),
];

/// The two lines for a code. A code that nobody knows has lines too.
pub(super) fn reason(code: &str) -> (&'static str, &'static str) {
    let found = REASONS.iter().find(|(of, ..)| *of == code);
    found.map_or(("It did not work", "Start again"), |&(_, what, next)| (what, next))
}

/// How far a set-up is, as `3/7 First half`.
pub(super) fn step(step: Step) -> String {
    let words = match step {
        Step::Found => "Router found",
        Step::Introduced => "Introduced",
        Step::FirstHalf => "1st half good",
        Step::SecondHalf => "2nd half good",
        Step::Key => "Got the key",
        Step::Joined => "Joined",
        Step::Address => "Address",
    };
    format!("{}/7 {words}", step.number())
}

/// At most so many characters of a text; what is cut shows as `…`.
pub(super) fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// A text in lines of at most [`WIDTH`] characters, broken between words where that goes.
pub(super) fn wrap(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        while word.len() > WIDTH {
            let rest = word.split_off(WIDTH);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        let word: String = word.into_iter().collect();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_home::Cause;

    #[test]
    fn every_cause_has_two_lines_that_fit() {
        for code in Cause::CODES {
            assert!(REASONS.iter().any(|(of, ..)| of == code), "{code}");
        }
        for (code, what, next) in REASONS {
            assert!(what.chars().count() <= WIDTH && next.chars().count() <= WIDTH, "{code}");
        }
        assert_eq!(reason("no such code"), ("It did not work", "Start again"));
        for s in Step::ALL {
            assert!(step(s).chars().count() <= WIDTH);
        }
    }

    #[test]
    fn texts_are_cut_and_wrapped() {
        assert_eq!(fit("Home", 4), "Home");
        assert_eq!(fit("Häuser", 4), "Häu…");
        assert_eq!(fit("abc", 0), "…");
        assert_eq!(wrap("Check that the router is on."), ["Check that the", "router is on."]);
        assert_eq!(wrap(&"x".repeat(45)), ["x".repeat(20), "x".repeat(20), "x".repeat(5)]);
        assert!(wrap("  ").is_empty());
    }
}
