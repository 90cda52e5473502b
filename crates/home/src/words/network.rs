//! The words for what goes wrong around a registration: finding the network, joining it, being found on it.

use super::{Words, words};
use crate::{Cause, Side};

impl Cause {
    /// Words that are the same on every screen but for who reads them.
    pub(super) const fn on_the_network(&self, side: Side) -> Words {
        let at_printer = matches!(side, Side::Printer);
        let at_router = matches!(side, Side::Router);
        match self {
            Cause::NothingHeard => words(
                "No Wi-Fi network can be heard here.",
                "Check that the router is on, with its 2.4 GHz band, and bring the printer closer to it.",
            ),
            Cause::TooFar => words(
                "The router is too far away: its signal is too weak.",
                "Move the printer closer to the router, then try again.",
            ),
            Cause::WpsOff if at_router => {
                words("WPS is off.", "Switch WPS on here, or give the printer the Wi-Fi password.")
            }
            Cause::WpsOff => words(
                "The router has WPS switched off.",
                "Use the Wi-Fi password, or switch WPS on at the router's page under WPS.",
            ),
            Cause::Hidden if at_router => words(
                "WPS cannot be used while the network's name is hidden.",
                "Show the network's name, or give the printer the name and the Wi-Fi password.",
            ),
            Cause::Hidden => words(
                "The network's name is hidden, and a hidden network has no WPS.",
                "Type the network's name and its Wi-Fi password, or let the router show the name.",
            ),
            Cause::Wpa3Only if at_router => words(
                "WPS cannot be used with WPA3 alone.",
                "Switch the security to WPA2, for as long as it takes or for good.",
            ),
            Cause::Wpa3Only => words(
                "The network is WPA3 alone, which the printer cannot join.",
                "Let the router use WPA2 as well, or a second network with WPA2.",
            ),
            Cause::OtherBand if at_router => words(
                "The network is at 5 GHz alone; most printers need 2.4 GHz.",
                "Switch 2.4 GHz on, under the same name.",
            ),
            Cause::OtherBand => words(
                "The network is at 5 GHz alone, and the printer has 2.4 GHz.",
                "Switch 2.4 GHz on at the router: the same router, the same name.",
            ),
            Cause::SecurityUnsupported => words(
                "The network's security is not one that the printer joins.",
                "Switch the router to WPA2 with a password.",
            ),
            Cause::NetworkGone => words(
                "The network that the printer knows is not here any more.",
                "Switch its router on, or wait until it is back; if it is gone for good, reset the printer's network \
                 settings, then set it up for the network that is here.",
            ),
            Cause::WrongPassphrase if at_router => words(
                "A device tried to join with a wrong Wi-Fi password.",
                "Nothing to do, unless it is yours: then type the password there anew.",
            ),
            Cause::WrongPassphrase => words(
                "The Wi-Fi password is wrong.",
                "Type it again, upper and lower case as it is written; if it was changed, set the printer up anew.",
            ),
            Cause::JoinRefused => words(
                "The router did not let the printer join.",
                "Restart the router, then try again; if it happens again, look whether it keeps a list of devices.",
            ),
            Cause::NoAddress if at_router => words(
                "A device is on the network and has no address.",
                "Switch on giving out addresses (DHCP).",
            ),
            Cause::NoAddress => words(
                "On the network, but the router gave no address.",
                "Restart the router and check that it gives out addresses (DHCP); the printer goes on asking.",
            ),
            Cause::AddressConflict => words(
                "Another device has the printer's address.",
                "Restart the printer and the other device; let the router give out all addresses.",
            ),
            Cause::NoPinOnModel if at_printer => {
                words("This printer has no PIN.", "Use the push button, the Wi-Fi password or a USB cable.")
            }
            Cause::NoPinOnModel => words(
                "This model of printer has no PIN.",
                "Use the push button, the Wi-Fi password or a USB cable.",
            ),
            Cause::DifferentNetworks => words(
                "The computer and the printer are on different networks.",
                "Let the computer join the network that the printer is on; a guest network keeps devices apart.",
            ),
            Cause::Vpn => {
                words("A VPN on this computer hides the printer.", "Pause the VPN, then look again.")
            }
            Cause::Unreachable => words(
                "This computer does not reach the printer.",
                "Check that the printer is on and on the same network, then look again.",
            ),
            Cause::PrintRefused => words(
                "The printer did not take the page.",
                "Look at the printer: paper, cover, another job; then print again.",
            ),
            // These have words of their own at each side.
            Cause::Failure(_) | Cause::PinExpired(_) | Cause::WalkTimeOver(_) | Cause::NoRouter(_) => {
                words("The set-up did not work.", "Start again.")
            }
        }
    }
}
