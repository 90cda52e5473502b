//! Exit statuses and errors: what went wrong and what to do.

use crate::report::Report;
use keyway_home::Cause;
use std::fmt::Display;
use std::fmt::Write as _;

/// The status of each cause of a registration that failed. The order is part of the interface; new ones go to the end.
const CAUSES: &[(&str, u8)] = &[
    ("wrong-pin-first-half", 10),
    ("wrong-pin-second-half", 11),
    ("wrong-pin", 12),
    ("pin-expired", 13),
    ("walk-time-over", 14),
    ("no-router", 15),
    ("session-overlap", 16),
    ("setup-locked", 17),
    ("not-ready", 18),
    ("no-pin-for-device", 19),
    ("refused", 20),
    ("protocol-error", 21),
    ("no-usable-credential", 22),
    ("timed-out", 23),
    ("link-lost", 24),
    ("ended-early", 25),
    ("internal-error", 26),
    ("unconfirmed", 27),
    ("nothing-heard", 30),
    ("too-far", 31),
    ("wps-off", 32),
    ("hidden", 33),
    ("wpa3-only", 34),
    ("other-band", 35),
    ("security-unsupported", 36),
    ("network-gone", 37),
    ("wrong-passphrase", 38),
    ("join-refused", 39),
    ("no-address", 40),
    ("address-conflict", 41),
    ("no-pin-on-model", 42),
    ("different-networks", 43),
    ("vpn", 44),
    ("unreachable", 45),
    ("print-refused", 46),
    ("cancelled", 130),
];

/// The statuses that are not of a cause.
const OTHERS: &[(u8, &str)] = &[
    (0, "success"),
    (1, "a PIN is wrong (pin check)"),
    (2, "the command line is wrong"),
    (3, "the network interface cannot be used"),
    (4, "a permission is missing"),
    (5, "a file cannot be read or written"),
    (6, "there is nothing of WPS in the capture (explain)"),
    (143, "stopped by SIGTERM"),
];

/// Every status, in numerical order, and what it means.
pub(crate) fn statuses() -> Vec<(u8, &'static str)> {
    let causes = CAUSES.iter().map(|(code, status)| (*status, *code));
    let mut statuses: Vec<_> = OTHERS.iter().copied().chain(causes).collect();
    statuses.sort_unstable();
    statuses
}

/// The end of a long help: its own words, and the statuses.
pub(crate) fn help(own: &str) -> String {
    let mut text = format!("{own}\n\nExit status:");
    for (status, meaning) in statuses() {
        // Writing to a string does not fail.
        let _ = write!(text, "\n  {status:>3}  {meaning}");
    }
    text
}

/// Why the program ends without success.
#[derive(Debug)]
pub(crate) struct Error {
    status: u8,
    /// What happened and what to do; empty when it was said already.
    message: String,
}

impl Error {
    /// The command line is wrong.
    pub(crate) fn usage(message: impl Display) -> Error {
        Error { status: 2, message: format!("{message}\n\nFor more information, try '--help'.") }
    }

    /// The network interface cannot be used.
    pub(crate) fn interface(message: impl Display) -> Error {
        Error { status: 3, message: message.to_string() }
    }

    /// A permission is missing.
    pub(crate) fn permission(message: impl Display) -> Error {
        Error { status: 4, message: message.to_string() }
    }

    /// A file cannot be read or written, or what it holds is wrong.
    pub(crate) fn file(message: impl Display) -> Error {
        Error { status: 5, message: message.to_string() }
    }

    /// The program was asked to stop.
    pub(crate) fn stopped(stop: keyway_linux::Stop) -> Error {
        let status = match stop {
            keyway_linux::Stop::Interrupt => 130,
            keyway_linux::Stop::Terminate => 143,
        };
        Error { status, message: String::new() }
    }

    /// There is nothing of WPS in a capture, and that was said.
    pub(crate) fn nothing() -> Error {
        Error { status: 6, message: String::new() }
    }

    /// The answer is no, and was said.
    pub(crate) fn no() -> Error {
        Error { status: 1, message: String::new() }
    }

    /// Something failed for the reason with this code, and that was said.
    pub(crate) fn said(code: &str) -> Error {
        let status = CAUSES.iter().find(|(known, _)| *known == code).map_or(26, |(_, status)| *status);
        Error { status, message: String::new() }
    }

    /// A registration failed, and that was said.
    pub(crate) fn cause(cause: &Cause) -> Error {
        Error { status: status_of(cause), message: String::new() }
    }

    pub(crate) fn status(&self) -> u8 {
        self.status
    }

    /// Says what happened, if it was not said already.
    pub(crate) fn print(&self, json: bool) {
        if self.message.is_empty() {
            return;
        }
        if json {
            let fields = serde_json::json!({ "message": self.message, "exit_status": self.status });
            Report::new(true).event("error", fields, "");
        }
        eprintln!("error: {}", self.message);
    }
}

/// The exit status of a cause.
pub(crate) fn status_of(cause: &Cause) -> u8 {
    CAUSES.iter().find(|(code, _)| *code == cause.code()).map_or(26, |(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_own_status() {
        for code in Cause::CODES {
            assert_eq!(CAUSES.iter().filter(|(known, _)| known == code).count(), 1, "{code}");
        }
        assert_eq!(CAUSES.len(), Cause::CODES.len());
        let statuses = statuses();
        assert!(statuses.windows(2).all(|pair| pair[0].0 < pair[1].0), "{statuses:?}");
    }
}
