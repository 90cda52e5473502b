//! The menus, one table for both displays. Every path that people are told about leads to the PIN (N9).

use crate::session::Method;

/// An entry of a menu.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its identifier among its neighbours.
    pub(super) id: &'static str,
    /// What stands on it, on a touch screen and in instructions.
    pub(super) label: &'static str,
    /// The same in at most 18 characters, for the display of two lines.
    pub(super) short: &'static str,
    /// What stands below it on a touch screen.
    pub(super) hint: &'static str,
    /// Where it leads.
    pub(super) leads: Leads,
}

/// Where an entry leads.
#[derive(Debug)]
pub(super) enum Leads {
    /// To another menu.
    Menu(&'static [Entry]),
    /// To something that is done.
    To(Deed),
}

/// What choosing an item does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Start a set-up by this method, or ask for what it needs.
    Method(Method),
    /// Show the network's status.
    Status,
    /// Ask how long a PIN is to be good.
    Lifetime,
    /// Print the network configuration page.
    Page,
    /// Ask whether the network settings are to be forgotten.
    Reset,
    /// Switch the radio on or off.
    Radio,
    /// Go into the menu at this place of the one that is shown.
    Open(usize),
    /// Take this one of the networks that were found.
    Network(usize),
    /// Type the name of another network.
    OtherNetwork,
    /// Look for networks again.
    ScanAgain,
    /// A PIN is to be good for so many minutes.
    Minutes(u64),
    /// Yes, forget the network settings.
    ResetYes,
    /// One up.
    Up,
    /// The same set-up once more.
    Again,
    /// Choose another method.
    OtherWay,
    /// Cancel the set-up that runs.
    Cancel,
    /// Show the set-up that runs.
    ShowSetup,
    /// To the first screen.
    Home,
}

impl Deed {
    /// The method that a model must have for this to be offered.
    pub(super) fn needs(self) -> Option<Method> {
        match self {
            Deed::Method(method) => Some(method),
            Deed::Lifetime => Some(Method::Pin),
            _ => None,
        }
    }
}

const fn menu(
    id: &'static str,
    label: &'static str,
    short: &'static str,
    hint: &'static str,
    to: &'static [Entry],
) -> Entry {
    Entry { id, label, short, hint, leads: Leads::Menu(to) }
}

const fn to(
    id: &'static str,
    label: &'static str,
    short: &'static str,
    hint: &'static str,
    deed: Deed,
) -> Entry {
    Entry { id, label, short, hint, leads: Leads::To(deed) }
}

const PASSWORD: Entry = to(
    "password",
    "Wi-Fi password",
    "Wi-Fi password",
    "Choose the network, then type its password.",
    Deed::Method(Method::Passphrase),
);
const BUTTON: Entry = to(
    "push-button",
    "Push button",
    "Push button",
    "Press the WPS button on the router within two minutes.",
    Deed::Method(Method::Button),
);
const USB: Entry = to(
    "usb",
    "USB cable",
    "USB cable",
    "The computer hands over the network's settings.",
    Deed::Method(Method::Usb),
);
const PIN: Entry = to(
    "wps-pin",
    "WPS PIN",
    "WPS PIN",
    "The printer makes a number to be typed at the router.",
    Deed::Method(Method::Pin),
);
const ROUTER_PIN: Entry = to(
    "router-pin",
    "Router's PIN",
    "Router's PIN",
    "The number comes from the router's page and is typed here.",
    Deed::Method(Method::RouterPin),
);
const STATUS: Entry =
    to("status", "Network status", "Network status", "Network, address and signal.", Deed::Status);
const RESTORE: Entry = to(
    "restore",
    "Restore network settings",
    "Restore settings",
    "Forgets the network, so that the printer can be set up anew.",
    Deed::Reset,
);
const RADIO: Entry = to("radio", "Wi-Fi on or off", "Wi-Fi on/off", "Switches the radio.", Deed::Radio);

/// All ways onto a network, the safer first (N51).
pub(super) static SETUP: [Entry; 5] = [PASSWORD, BUTTON, USB, PIN, ROUTER_PIN];
/// The ways by WPS, the safer first.
static WPS: [Entry; 3] = [BUTTON, PIN, ROUTER_PIN];

const WIFI_SETUP: Entry =
    menu("wifi-setup", "Wi-Fi Setup", "Wi-Fi Setup", "All ways onto a network.", &SETUP);
const WIRELESS_SETUP: Entry =
    menu("wireless-setup", "Wireless Setup", "Wireless Setup", "The same as Wi-Fi Setup.", &SETUP);
const WPS_SETUP: Entry =
    menu("wps-setup", "WPS Setup", "WPS Setup", "Push button or PIN, without a password.", &WPS);
const PROTECTED_SETUP: Entry = menu(
    "wifi-protected-setup",
    "Wi-Fi Protected Setup",
    "Protected Setup",
    "WPS: push button or PIN, without a password.",
    &WPS,
);

static WIRELESS: [Entry; 5] = [WIFI_SETUP, WIRELESS_SETUP, WPS_SETUP, RADIO, STATUS];
static NETWORK: [Entry; 6] = [WIFI_SETUP, WIRELESS_SETUP, WPS_SETUP, PROTECTED_SETUP, STATUS, RESTORE];
static SETTINGS: [Entry; 2] = [
    menu("network", "Network", "Network", "Wi-Fi, status, restore.", &NETWORK),
    to(
        "pin-lifetime",
        "PIN lifetime",
        "PIN lifetime",
        "How long a PIN is good: 2 to 10 minutes.",
        Deed::Lifetime,
    ),
];
static REPORTS: [Entry; 1] = [to(
    "network-configuration-page",
    "Network Configuration Page",
    "Network page",
    "Prints whether the network works, and why not.",
    Deed::Page,
)];

/// The first menu.
pub(super) static ROOT: [Entry; 4] = [
    menu("wireless", "Wireless", "Wireless", "Set up Wi-Fi, or switch it.", &WIRELESS),
    menu("network", "Network", "Network", "Set up, status, restore.", &NETWORK),
    menu("settings", "Settings", "Settings", "Network, PIN lifetime.", &SETTINGS),
    menu("reports", "Reports", "Reports", "The network configuration page.", &REPORTS),
];

/// The place of an entry in a menu.
pub(super) fn position(menu: &[Entry], id: &str) -> Option<usize> {
    menu.iter().position(|entry| entry.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(menu: &'static [Entry], seen: &mut Vec<&'static Entry>) {
        for entry in menu {
            seen.push(entry);
            if let Leads::Menu(menu) = entry.leads {
                walk(menu, seen);
            }
        }
    }

    #[test]
    fn entries_fit_and_differ() {
        let mut entries = Vec::new();
        walk(&ROOT, &mut entries);
        for entry in &entries {
            assert!(entry.short.chars().count() <= 18, "{}", entry.short);
            if let Leads::Menu(menu) = entry.leads {
                for (place, entry) in menu.iter().enumerate() {
                    assert_eq!(position(menu, entry.id), Some(place), "{} stands there twice", entry.id);
                }
            }
        }
    }

    #[test]
    fn the_safer_way_stands_above_the_pin() {
        for menu in [&SETUP[..], &WPS[..]] {
            assert!(position(menu, "push-button") < position(menu, "wps-pin"));
        }
        assert_eq!(position(&SETUP, "password"), Some(0));
    }
}
