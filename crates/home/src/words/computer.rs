//! The words at the computer, which looks on.

use super::{Words, words};
use crate::{Cause, Side};
use keyway_wsc::session::{Failure, Half};

impl Cause {
    pub(super) const fn at_the_computer(&self) -> Words {
        let failure = match self {
            Cause::Failure(failure) => failure,
            Cause::PinExpired(_) => {
                return words(
                    "The PIN expired before it was entered at the router.",
                    "Ask the printer for a new PIN, and enter it while the countdown runs.",
                );
            }
            Cause::WalkTimeOver(_) => {
                return words(
                    "The second button was not pressed within two minutes.",
                    "Press the button on the printer again, then the router's within two minutes.",
                );
            }
            Cause::NoRouter(_) => {
                return words(
                    "The router did not take its PIN in time.",
                    "Switch on the router's PIN on its WPS page, then type it at the printer.",
                );
            }
            other => return other.on_the_network(Side::Computer),
        };
        match failure {
            Failure::WrongPassword(Half::First) => words(
                "The PIN does not match: its first half is wrong.",
                "Ask the printer for a new PIN and compare the first four digits on both screens.",
            ),
            Failure::WrongPassword(Half::Second) => words(
                "The PIN does not match: its second half is wrong.",
                "Ask the printer for a new PIN and compare the last four digits on both screens.",
            ),
            Failure::PasswordRefused => words(
                "The router says that the PIN is wrong.",
                "Ask the printer for a new PIN and enter it digit by digit.",
            ),
            Failure::SessionOverlap => words(
                "Two devices are in push-button mode at the same time.",
                "Wait two minutes, press only the one printer's button, then the router's; or use a PIN.",
            ),
            Failure::SetupLocked => words(
                "The router has locked its set-up.",
                "Unlock it on the router's WPS page or wait until the lock ends, then try again.",
            ),
            Failure::NoRegistrarReady(_) | Failure::Declined(_) => words(
                "The router does not know the printer's PIN yet.",
                "Enter the PIN at the router under Add device by PIN.",
            ),
            Failure::Misbehaved(_) => words(
                "The printer and the router do not understand each other.",
                "Update the printer's and the router's firmware, or use the Wi-Fi password.",
            ),
            Failure::NoUsableCredential(_) => words(
                "The router sent no network settings that the printer can use.",
                "Check that the router's network uses WPA2 with a password, then start again.",
            ),
            Failure::TimedOut | Failure::LinkLost | Failure::EndedEarly => words(
                "The printer and the router lost each other.",
                "Move the printer closer to the router, then start again.",
            ),
            Failure::Cancelled => words("The set-up was cancelled.", "Start again when you are ready."),
            _ => words(
                "The set-up ended without success.",
                "Start again; if it happens again, restart the router or use the Wi-Fi password.",
            ),
        }
    }
}
