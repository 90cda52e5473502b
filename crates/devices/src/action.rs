//! Everything that a person can do, as data: what pages, the JSON API and a play without a browser have in common.

use crate::secret::SecretText;
use crate::session::Method;
use crate::view::Model;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Something that a person does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "at")]
pub enum Action {
    /// At a printer.
    Printer {
        /// Which.
        printer: String,
        /// What.
        action: PrinterAction,
    },
    /// At the router's page, logged in.
    Router {
        /// What.
        action: RouterAction,
    },
    /// At the computer.
    Computer {
        /// What.
        action: ComputerAction,
    },
    /// In the home itself: carrying things about, pulling plugs.
    Home {
        /// What.
        action: HomeAction,
    },
}

/// What can be done at a printer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum PrinterAction {
    /// Touch an item of the screen: its identifier is in the view.
    Choose {
        /// The item's identifier.
        item: String,
    },
    /// Type into the screen's input and confirm.
    Type {
        /// The text.
        text: SecretText,
    },
    /// One menu up.
    Back,
    /// Press a key of the panel.
    Press {
        /// The key.
        key: Key,
    },
    /// Hold keys of the panel together for three seconds.
    Hold {
        /// The keys.
        keys: Vec<Key>,
    },
    /// On the printer's own page, its software or its app: start a set-up by this method.
    Start {
        /// The method.
        method: Method,
        /// For [`Method::Passphrase`] and [`Method::Usb`]: the network's name.
        ssid: Option<String>,
        /// For [`Method::Passphrase`] and [`Method::Usb`]: its passphrase. For [`Method::RouterPin`]: the PIN. For
        /// [`Method::Pin`]: the PIN to show, in place of one that the printer makes.
        secret: Option<SecretText>,
    },
    /// Cancel the set-up that runs.
    Cancel,
    /// Forget all network settings.
    NetworkReset,
    /// Print the network configuration page.
    PrintConfigurationPage,
    /// How long a PIN is good, in seconds: 120 to 600.
    PinLifetime {
        /// Seconds.
        seconds: u64,
    },
    /// Take the paper with this number out of the tray.
    TakePaper {
        /// Its number.
        paper: u32,
    },
}

/// A key or button on a printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// Power.
    Power,
    /// Wireless.
    Wireless,
    /// Information.
    Information,
    /// WPS.
    Wps,
    /// Cancel.
    Cancel,
    /// Left.
    Left,
    /// Right.
    Right,
    /// OK.
    Ok,
    /// Back.
    Back,
    /// Setup: the menu.
    Setup,
}

/// What can be done on the router's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum RouterAction {
    /// Switch WPS on or off.
    Wps {
        /// On.
        on: bool,
    },
    /// Add a device by its PIN. Spaces and dashes are fine.
    AddPin {
        /// The PIN as typed.
        pin: SecretText,
        /// The address or UUID of the device that it belongs to; `None` is any.
        device: Option<String>,
    },
    /// Press the button.
    Button,
    /// Take back what waits: PINs and the button.
    CancelAdding,
    /// Switch the router's own PIN on, with a new random PIN, for some minutes.
    RouterPinOn {
        /// Minutes: 2 to 10; 5 without.
        minutes: Option<u64>,
    },
    /// Switch it off.
    RouterPinOff,
    /// Unlock.
    Unlock,
    /// Switch WPS off, and look on the air whether it is.
    OffAndVerify,
    /// Whether WPS switches itself off after a successful set-up.
    OffAfterSuccess {
        /// On.
        on: bool,
    },
    /// Change the network.
    Network {
        /// The new name.
        ssid: Option<String>,
        /// The new passphrase.
        passphrase: Option<SecretText>,
        /// Whether the name is hidden.
        hidden: Option<bool>,
        /// The security.
        security: Option<Security>,
        /// The bands.
        bands: Option<Bands>,
    },
    /// Make a new random passphrase.
    NewPassphrase,
    /// Whether the router gives out addresses.
    Dhcp {
        /// On.
        on: bool,
    },
    /// Take note of the alert.
    DismissAlert,
    /// Remove a device from the list, and from the network until it joins again.
    RemoveDevice {
        /// Its address.
        device: String,
    },
    /// Change the administrator's password.
    ChangePassword {
        /// The present one.
        old: SecretText,
        /// The new one: at least 8 characters.
        new: SecretText,
    },
}

/// The security of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// WPA2 personal.
    Wpa2,
    /// WPA3 personal alone, which no WPS device can join.
    Wpa3Only,
}

/// The bands that the router uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bands {
    /// 2.4 GHz alone.
    Ghz2,
    /// 5 GHz alone.
    Ghz5,
    /// Both, under one name.
    Both,
}

/// What can be done at the computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum ComputerAction {
    /// Begin the assistant anew.
    Begin,
    /// Choose the printer to be added.
    ChoosePrinter {
        /// Its identifier; it is chosen by its nickname.
        printer: String,
    },
    /// Say what is on the printer.
    PrinterHas {
        /// What.
        what: OnThePrinter,
    },
    /// Choose among the methods that are left.
    ChooseMethod {
        /// The method.
        method: Method,
    },
    /// Type what the assistant asks for: a PIN or a passphrase. What belongs elsewhere is recognised.
    Enter {
        /// The text.
        text: SecretText,
    },
    /// Go on after the checks, whatever they say.
    GoOn,
    /// One step back.
    Back,
    /// Check again.
    CheckAgain,
    /// Print the test page.
    TestPage,
    /// Print a test page at a printer that the computer sees, outside the assistant.
    PrintAt {
        /// The printer's IPv4 address, as the list of those found has it.
        address: String,
    },
    /// Switch the VPN on or off.
    Vpn {
        /// On.
        on: bool,
    },
    /// Join the guest network, or the home's.
    Guest {
        /// The guest network.
        on: bool,
    },
    /// Leave the assistant.
    Finish,
}

/// What a person sees on the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnThePrinter {
    /// A screen, touch or not.
    Screen,
    /// A sticker with a PIN.
    Sticker,
    /// Buttons and lights only.
    Buttons,
    /// Only a USB socket.
    UsbOnly,
}

/// What can be done in the home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum HomeAction {
    /// Carry a printer to this distance from the router.
    Move {
        /// The printer.
        printer: String,
        /// Metres: 1 to 500.
        metres: u32,
    },
    /// Plug a printer in, or pull its plug.
    PrinterPower {
        /// The printer.
        printer: String,
        /// On.
        on: bool,
    },
    /// Connect a printer to the computer by USB cable, or disconnect it.
    Usb {
        /// The printer.
        printer: String,
        /// Connected.
        on: bool,
    },
    /// Plug the router in, or pull its plug.
    RouterPower {
        /// On.
        on: bool,
    },
    /// Bring another printer into the home.
    AddPrinter {
        /// Its model.
        model: Model,
    },
    /// Let time pass at once: everything that happens in it happens now.
    Wait {
        /// Seconds.
        seconds: u64,
    },
}

/// Why an action was not taken. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    /// A code for programs: `not-found`, `bad-pin`, `looks-like-password`, `looks-like-pin`, `not-now`, `not-on-this-model`,
    /// `wps-off`, `locked`, `too-long`, `bad-value`, `overlap`, `unauthorised`, `throttled`, `store`; and `hidden` and
    /// `wpa3-only`, when the network is such that WPS cannot be used.
    pub code: String,
    /// What is wrong, one sentence.
    pub what: String,
    /// What to do, one sentence.
    pub next: String,
}

impl Refusal {
    /// Makes one.
    pub fn new(code: &str, what: impl Into<String>, next: impl Into<String>) -> Refusal {
        Refusal { code: code.to_owned(), what: what.into(), next: next.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.next)
    }
}

impl std::error::Error for Refusal {}
