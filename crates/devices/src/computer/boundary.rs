//! What the computer tells its radio and its programs, and what it hears.

use crate::action::PrinterAction;
use crate::network::NetworkSummary;
use crate::view::{AirVerdict, FoundPrinter, LinkView, PrinterView, RouterView};
use keyway_home::Cause;

/// What the computer wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComputerOrder {
    /// Look which networks are in range; [`ComputerNews::Networks`] follows.
    Scan,
    /// Switch the VPN.
    Vpn(bool),
    /// Join the guest network, or the home's.
    Guest(bool),
    /// The printer's software does this at the printer: over USB, or over the printer's set-up link.
    AtPrinter {
        /// The printer's identifier.
        printer: String,
        /// What.
        action: PrinterAction,
    },
    /// Look for printers on the network anew.
    Browse,
    /// Print a test page at the printer with this IPv4 address.
    TestPage {
        /// The address, one of those found.
        address: String,
    },
    /// Look on the air whether the router's WPS is off; [`ComputerNews::AirSeen`] follows.
    VerifyOff,
}

/// What the computer hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComputerNews {
    /// The networks in range.
    Networks(Vec<NetworkSummary>),
    /// It is on this network, at 5 GHz or not.
    Joined {
        /// The network's name.
        ssid: String,
        /// At 5 GHz.
        is_5_ghz: bool,
    },
    /// It is on no network.
    Lost,
    /// It has this address.
    Address(String),
    /// A printer was found on the network.
    Found(FoundPrinter),
    /// A printer is not on the network any more.
    Gone(FoundPrinter),
    /// The test page: the printer took it and printed it.
    Printed,
    /// The test page could not be printed.
    PrintFailed(Cause),
    /// The printer's software could not do at the printer what was asked: the reason in words.
    AtPrinterRefused(crate::action::Refusal),
    /// What was seen of the router's WPS.
    AirSeen(AirVerdict),
}

/// What the assistant can look at: the same that a person at the computer sees by turning the head.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The printers.
    pub printers: &'a [PrinterView],
    /// The router, as anybody sees it.
    pub router: &'a RouterView,
    /// What goes on between the devices and the router.
    pub links: &'a [LinkView],
}
