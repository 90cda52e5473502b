//! The words for each cause, and the one next step. They live here alone, ready to be translated.

mod computer;
mod network;

use crate::{Cause, Side};
use keyway_wsc::ConfigError;
use keyway_wsc::session::{CredentialProblem, Failure, Half};

/// What happened and what to do next, for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// What happened, one sentence.
    pub what: &'static str,
    /// What to do next, one sentence.
    pub next: &'static str,
}

const fn words(what: &'static str, next: &'static str) -> Words {
    Words { what, next }
}

impl Cause {
    /// The words for the screen of this side.
    pub const fn words(&self, side: Side) -> Words {
        match side {
            Side::Printer => self.at_the_printer(),
            Side::Router => self.at_the_router(),
            Side::Computer => self.at_the_computer(),
        }
    }

    const fn at_the_printer(&self) -> Words {
        let failure = match self {
            Cause::Failure(failure) => failure,
            Cause::PinExpired(last) | Cause::WalkTimeOver(last) | Cause::NoRouter(last)
                if matches!(last, None | Some(Failure::TimedOut)) =>
            {
                return words(
                    "No router answered in time.",
                    "Check that the router is on and near, and that WPS is switched on there; then start again.",
                );
            }
            Cause::PinExpired(_) => {
                return words(
                    "The PIN expired before it was entered at the router.",
                    "Start again for a new PIN, and enter it at the router under Add device by PIN.",
                );
            }
            Cause::WalkTimeOver(_) => {
                return words(
                    "The router's button was not pressed within two minutes.",
                    "Start again, then press the router's WPS button within two minutes.",
                );
            }
            Cause::NoRouter(_) => {
                return words(
                    "The router did not take its PIN in time.",
                    "Switch on the router's PIN on its WPS page, then start again.",
                );
            }
            other => return other.on_the_network(Side::Printer),
        };
        match failure {
            Failure::WrongPassword(Half::First) => words(
                "The PIN does not match: its first half is wrong.",
                "Start again for a new PIN and compare the first four digits on both screens.",
            ),
            Failure::WrongPassword(Half::Second) => words(
                "The PIN does not match: its second half is wrong.",
                "Start again for a new PIN and compare the last four digits on both screens.",
            ),
            Failure::PasswordRefused => words(
                "The router says that the PIN is wrong.",
                "Start again for a new PIN and enter it at the router digit by digit.",
            ),
            Failure::SessionOverlap => words(
                "Two devices are in push-button mode at the same time.",
                "Wait two minutes, press only this device's button, then the router's; or use a PIN.",
            ),
            Failure::SetupLocked => words(
                "The router has locked its set-up.",
                "Unlock it on the router's WPS page or wait until the lock ends, then try again.",
            ),
            Failure::NoRegistrarReady(_) | Failure::Declined(_) => words(
                "The router does not know this device's PIN yet.",
                "Enter the PIN at the router under Add device by PIN.",
            ),
            Failure::RefusedByPeer(ConfigError::DeviceBusy) => {
                words("The router is busy with another device.", "Try again in a minute.")
            }
            Failure::RefusedByPeer(_) => words(
                "The router ended the set-up without success.",
                "Try again; if it happens again, restart the router or use the Wi-Fi password.",
            ),
            Failure::Misbehaved(_) => words(
                "The router sent something that does not follow the protocol.",
                "Try again near the router; if it happens again, update its firmware or use the Wi-Fi password.",
            ),
            Failure::NoUsableCredential(CredentialProblem::Wep) => words(
                "The network uses WEP, which is not secure; this device does not join it.",
                "Switch the router to WPA2, then start again.",
            ),
            Failure::NoUsableCredential(_) => words(
                "The router sent no network settings that this device can use.",
                "Check that the router's network uses WPA2 with a password, then start again.",
            ),
            Failure::TimedOut => words(
                "The router stopped answering.",
                "Move this device closer to the router, then start again.",
            ),
            Failure::Unconfirmed => words(
                "The router got its new settings and did not confirm them.",
                "Look whether the router's network has its new name; if not, start again.",
            ),
            Failure::LinkLost => {
                words("The link to the router went down.", "Check the link, then start again.")
            }
            Failure::Cancelled => words("The set-up was cancelled.", "Start again when you are ready."),
            Failure::EndedEarly => words(
                "The router ended the set-up before it was complete.",
                "Check that WPS is switched on at the router, then start again.",
            ),
            _ => words("Something went wrong inside this device.", "Restart this device, then start again."),
        }
    }

    const fn at_the_router(&self) -> Words {
        let failure = match self {
            Cause::Failure(failure) => failure,
            Cause::PinExpired(_) => {
                return words(
                    "The PIN expired; no device used it in time.",
                    "Ask the device for a new PIN and enter it here.",
                );
            }
            Cause::WalkTimeOver(_) => {
                return words(
                    "No device asked within two minutes of the button.",
                    "Press the button here again, then the device's within two minutes.",
                );
            }
            Cause::NoRouter(_) => {
                return words(
                    "Nobody used the router's PIN in time.",
                    "Switch it on again when you need it.",
                );
            }
            other => return other.on_the_network(Side::Router),
        };
        match failure {
            Failure::WrongPassword(Half::First) => words(
                "Wrong PIN: its first half does not match the device's.",
                "Ask the device for a new PIN and compare the first four digits.",
            ),
            Failure::WrongPassword(Half::Second) => words(
                "Wrong PIN: its second half does not match the device's.",
                "Ask the device for a new PIN and compare the last four digits.",
            ),
            Failure::PasswordRefused => words(
                "The device says that the PIN is wrong.",
                "Ask the device for a new PIN and enter it digit by digit.",
            ),
            Failure::SessionOverlap => words(
                "Two devices asked by button at the same time.",
                "Wait two minutes, press only one device's button, then the button here; or use a PIN.",
            ),
            Failure::SetupLocked => words(
                "The router's own PIN is off or locked; somebody tried to use it.",
                "Nothing to do, unless it was you: then switch the PIN on, or unlock it.",
            ),
            Failure::Declined(_) | Failure::NoRegistrarReady(_) => words(
                "A device asks to be added and no PIN was entered for it.",
                "Enter the PIN that the device shows.",
            ),
            Failure::RefusedByPeer(_) => words(
                "The device ended the set-up.",
                "Look at the device's screen, then ask it for a new PIN.",
            ),
            Failure::Misbehaved(_) => words(
                "The device sent something that does not follow the protocol.",
                "Try again; if it happens again, update the device's firmware.",
            ),
            Failure::NoUsableCredential(_) => words(
                "The settings that came cannot be used.",
                "Check the network name and password, then try again.",
            ),
            Failure::TimedOut => words(
                "The device stopped answering.",
                "Move the device closer, ask it for a new PIN, and try again.",
            ),
            Failure::Unconfirmed => words(
                "The device got the network's settings and did not confirm them.",
                "Look whether it is on the network; if not, ask it for a new PIN and try again.",
            ),
            Failure::LinkLost => words("The device went away.", "Check that it is on, then try again."),
            Failure::Cancelled => words("The set-up was cancelled.", "Start again when you are ready."),
            Failure::EndedEarly => words(
                "The device left before the set-up was complete.",
                "Ask the device for a new PIN, and try again.",
            ),
            _ => words("Something went wrong inside the router.", "Restart the router, then try again."),
        }
    }
}
