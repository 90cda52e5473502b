//! Why something did not work, with a code for programs.

use core::fmt;
use keyway_wsc::ConfigError;
use keyway_wsc::session::{Failure, Half};

/// Why a registration did not come about: one reason, with the same code on every screen and in every log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A registration failed.
    Failure(Failure),
    /// The PIN expired before anybody used it. The failure is how the last try in that time ended.
    PinExpired(Option<Failure>),
    /// Nobody pressed the other button within the walk time.
    WalkTimeOver(Option<Failure>),
    /// Nobody answered within the time that there is for the router's PIN.
    NoRouter(Option<Failure>),
}

/// Whose screen the words are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The device that is set up.
    Printer,
    /// The router that sets it up.
    Router,
}

impl Cause {
    /// The code: stable, in lower case, for programs.
    pub const fn code(&self) -> &'static str {
        let failure = match self {
            Cause::PinExpired(_) => return "pin-expired",
            Cause::WalkTimeOver(_) => return "walk-time-over",
            Cause::NoRouter(_) => return "no-router",
            Cause::Failure(failure) => failure,
        };
        match failure {
            Failure::WrongPassword(Half::First) => "wrong-pin-first-half",
            Failure::WrongPassword(Half::Second) => "wrong-pin-second-half",
            Failure::PasswordRefused => "wrong-pin",
            Failure::SessionOverlap => "session-overlap",
            Failure::SetupLocked => "setup-locked",
            Failure::NoRegistrarReady(_) => "not-ready",
            Failure::Declined(_) => "no-pin-for-device",
            Failure::RefusedByPeer(_) => "refused",
            Failure::Misbehaved(_) => "protocol-error",
            Failure::NoUsableCredential(_) => "no-usable-credential",
            Failure::TimedOut => "timed-out",
            Failure::Unconfirmed => "unconfirmed",
            Failure::LinkLost => "link-lost",
            Failure::Cancelled => "cancelled",
            Failure::EndedEarly => "ended-early",
            _ => "internal-error",
        }
    }

    /// All codes there are.
    pub const CODES: &'static [&'static str] = &[
        "wrong-pin-first-half",
        "wrong-pin-second-half",
        "wrong-pin",
        "session-overlap",
        "setup-locked",
        "not-ready",
        "no-pin-for-device",
        "refused",
        "protocol-error",
        "no-usable-credential",
        "timed-out",
        "unconfirmed",
        "link-lost",
        "cancelled",
        "ended-early",
        "internal-error",
        "pin-expired",
        "walk-time-over",
        "no-router",
    ];

    /// The Configuration Error that goes with it in the protocol.
    pub const fn config_error(&self) -> ConfigError {
        match self {
            Cause::Failure(failure) => failure.config_error(),
            Cause::PinExpired(_) | Cause::WalkTimeOver(_) | Cause::NoRouter(_) => {
                ConfigError::RegistrationSessionTimeout
            }
        }
    }
}

impl From<Failure> for Cause {
    fn from(failure: Failure) -> Self {
        Cause::Failure(failure)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
