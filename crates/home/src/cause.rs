//! Why something did not work, with a code for programs.

use core::fmt;
use keyway_wsc::ConfigError;
use keyway_wsc::session::{CredentialProblem, Failure, Half, Misbehaviour};

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
    /// No network can be heard at all.
    NothingHeard,
    /// The network is heard too weakly to be used.
    TooFar,
    /// The network is there, and WPS is off.
    WpsOff,
    /// The network's name is hidden, which switches WPS off.
    Hidden,
    /// The network is WPA3 alone, which a device of WPS cannot join.
    Wpa3Only,
    /// The network is on a band that this device does not have.
    OtherBand,
    /// The network's security is not one that this device joins.
    SecurityUnsupported,
    /// The network that the device had settings for is not there any more.
    NetworkGone,
    /// The Wi-Fi password is wrong, or was changed.
    WrongPassphrase,
    /// The router refused the device, or never answered it.
    JoinRefused,
    /// On the network, and nobody gave an address.
    NoAddress,
    /// Another device has the address.
    AddressConflict,
    /// The device's model has no PIN.
    NoPinOnModel,
    /// The computer and the printer are on different networks.
    DifferentNetworks,
    /// A VPN on the computer hides the printer.
    Vpn,
    /// The computer does not reach the printer.
    Unreachable,
    /// The printer refused the document.
    PrintRefused,
}

/// Whose screen the words are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The device that is set up.
    Printer,
    /// The router that sets it up.
    Router,
    /// The computer that is to print on it.
    Computer,
}

impl Cause {
    /// The code: stable, in lower case, for programs.
    pub const fn code(&self) -> &'static str {
        let failure = match self {
            Cause::PinExpired(_) => return "pin-expired",
            Cause::WalkTimeOver(_) => return "walk-time-over",
            Cause::NoRouter(_) => return "no-router",
            Cause::NothingHeard => return "nothing-heard",
            Cause::TooFar => return "too-far",
            Cause::WpsOff => return "wps-off",
            Cause::Hidden => return "hidden",
            Cause::Wpa3Only => return "wpa3-only",
            Cause::OtherBand => return "other-band",
            Cause::SecurityUnsupported => return "security-unsupported",
            Cause::NetworkGone => return "network-gone",
            Cause::WrongPassphrase => return "wrong-passphrase",
            Cause::JoinRefused => return "join-refused",
            Cause::NoAddress => return "no-address",
            Cause::AddressConflict => return "address-conflict",
            Cause::NoPinOnModel => return "no-pin-on-model",
            Cause::DifferentNetworks => return "different-networks",
            Cause::Vpn => return "vpn",
            Cause::Unreachable => return "unreachable",
            Cause::PrintRefused => return "print-refused",
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

    /// A cause with this code, for words where only the code is known; what else belongs to it is left out.
    pub fn from_code(code: &str) -> Option<Cause> {
        let last = None;
        let failures = [
            Failure::WrongPassword(Half::First),
            Failure::WrongPassword(Half::Second),
            Failure::PasswordRefused,
            Failure::SessionOverlap,
            Failure::SetupLocked,
            Failure::NoRegistrarReady(ConfigError::NoError),
            Failure::Declined(ConfigError::NoError),
            Failure::RefusedByPeer(ConfigError::NoError),
            Failure::Misbehaved(Misbehaviour::BadTransport),
            Failure::NoUsableCredential(CredentialProblem::Missing),
            Failure::TimedOut,
            Failure::Unconfirmed,
            Failure::LinkLost,
            Failure::Cancelled,
            Failure::EndedEarly,
            Failure::NoEntropy,
        ];
        let others = [
            Cause::PinExpired(last),
            Cause::WalkTimeOver(last),
            Cause::NoRouter(last),
            Cause::NothingHeard,
            Cause::TooFar,
            Cause::WpsOff,
            Cause::Hidden,
            Cause::Wpa3Only,
            Cause::OtherBand,
            Cause::SecurityUnsupported,
            Cause::NetworkGone,
            Cause::WrongPassphrase,
            Cause::JoinRefused,
            Cause::NoAddress,
            Cause::AddressConflict,
            Cause::NoPinOnModel,
            Cause::DifferentNetworks,
            Cause::Vpn,
            Cause::Unreachable,
            Cause::PrintRefused,
        ];
        failures.into_iter().map(Cause::Failure).chain(others).find(|cause| cause.code() == code)
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
        "nothing-heard",
        "too-far",
        "wps-off",
        "hidden",
        "wpa3-only",
        "other-band",
        "security-unsupported",
        "network-gone",
        "wrong-passphrase",
        "join-refused",
        "no-address",
        "address-conflict",
        "no-pin-on-model",
        "different-networks",
        "vpn",
        "unreachable",
        "print-refused",
    ];

    /// The Configuration Error that goes with it in the protocol.
    pub const fn config_error(&self) -> ConfigError {
        match self {
            Cause::Failure(failure) => failure.config_error(),
            Cause::PinExpired(_) | Cause::WalkTimeOver(_) | Cause::NoRouter(_) => {
                ConfigError::RegistrationSessionTimeout
            }
            Cause::TooFar => ConfigError::SignalTooWeak,
            Cause::WrongPassphrase => ConfigError::NetworkAuthFailure,
            Cause::JoinRefused => ConfigError::NetworkAssociationFailure,
            Cause::NoAddress => ConfigError::NoDhcpResponse,
            Cause::AddressConflict => ConfigError::IpAddressConflict,
            _ => ConfigError::NoError,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_cause_and_words_for_everybody() {
        for code in Cause::CODES {
            let cause = Cause::from_code(code).unwrap();
            assert_eq!(cause.code(), *code);
            for side in [Side::Printer, Side::Router, Side::Computer] {
                let words = cause.words(side);
                assert!(words.what.ends_with('.') && words.next.ends_with('.'), "{code} {side:?}");
            }
        }
        assert_eq!(Cause::from_code("success"), None);
    }
}
