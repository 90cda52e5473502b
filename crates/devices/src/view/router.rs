//! What a person sees of the router.

use crate::action::{Bands, Security};
use crate::durable::LedgerEntry;
use crate::secret::SecretText;
use crate::session::{Countdown, Reason, SessionView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The router, as anybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouterView {
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub power: bool,
    /// The network's name.
    pub ssid: String,
    /// The state of WPS in one line.
    pub banner: Banner,
    /// Whether the administrator's password is set.
    pub has_password: bool,
    /// How many devices are on the network.
    pub joined: usize,
}

/// The state of WPS, as a banner says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Banner {
    /// WPS is off.
    Off {
        /// Whether that was seen on the air.
        verified: Option<AirVerdict>,
    },
    /// WPS is on, and nobody can be added at this moment.
    Ready,
    /// Open for the device with this PIN.
    OpenForPin {
        /// Its nickname; `None` is any, or one whose UUID alone is known.
        nickname: Option<String>,
        /// How long.
        countdown: Countdown,
    },
    /// The button is pressed.
    OpenForButton {
        /// How long.
        countdown: Countdown,
    },
    /// Being talked to.
    Talking {
        /// The device's nickname.
        nickname: String,
        /// The last step that is done, 0 to 7.
        step: u8,
    },
}

/// What was seen on the air about WPS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AirVerdict {
    /// Whether beacons and probe responses were seen to have no WPS.
    pub off: bool,
    /// When, in milliseconds since 1970, UTC.
    pub at: u64,
    /// By whom and how, in words.
    pub words: String,
}

/// The router's page, for those who are logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouterAdminView {
    /// What anybody sees.
    pub public: RouterView,
    /// The network's passphrase.
    pub passphrase: SecretText,
    /// Whether the network's name is hidden.
    pub hidden: bool,
    /// The security.
    pub security: Security,
    /// The bands.
    pub bands: Bands,
    /// The bands that its owner can choose from: those that it has radios for.
    pub bands_on_offer: Vec<Bands>,
    /// The channels in use.
    pub channels: Vec<u8>,
    /// Whether WPS is on.
    pub wps: bool,
    /// Why WPS cannot be on with these settings, if it cannot.
    pub wps_impossible: Option<Reason>,
    /// Whether WPS switches itself off after a successful set-up.
    pub off_after_success: bool,
    /// Whether addresses are given out.
    pub dhcp: bool,
    /// Devices that want to be added.
    pub waiting: Vec<WaitingView>,
    /// PINs that were entered and wait for their device.
    pub pins: Vec<PendingPin>,
    /// The set-ups that run, and the last one.
    pub sessions: Vec<SessionView>,
    /// The router's own PIN.
    pub router_pin: RouterPinView,
    /// The newest attempts, newest first.
    pub ledger: Vec<LedgerEntry>,
    /// Unusual activity.
    pub alert: Option<AlertView>,
    /// Devices on the network, and ones that were.
    pub joined: Vec<JoinedView>,
}

/// A device that wants to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingView {
    /// Its nickname: the same on its own screen.
    pub nickname: String,
    /// Its address.
    pub mac: String,
    /// Its own name, if it says so.
    pub name: Option<String>,
    /// What it is, such as `Printer`.
    pub kind: Option<String>,
    /// Whether it asks by button; else by PIN.
    pub by_button: bool,
    /// Signal in dBm; -128 while that is not known.
    pub signal: i8,
    /// Seconds since it was last heard.
    pub heard: u64,
}

/// A PIN that waits for its device. The digits are not shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingPin {
    /// The device's nickname; `None` is any, or one whose UUID alone is known.
    pub nickname: Option<String>,
    /// How long it is good.
    pub countdown: Countdown,
}

/// The router's own PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouterPinView {
    /// The PIN, as `1234 5670`, while it is on.
    pub pin: Option<SecretText>,
    /// How long it is on.
    pub countdown: Option<Countdown>,
    /// The lock.
    pub lock: Option<LockView>,
}

/// A lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LockView {
    /// Why, in words.
    pub why: String,
    /// Since when, in milliseconds since 1970, UTC.
    pub since: u64,
    /// Until when; `None` is until the owner unlocks.
    pub until: Option<u64>,
    /// The time that is left.
    pub countdown: Option<Countdown>,
    /// How many failures.
    pub failures: u32,
}

/// Unusual activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertView {
    /// What happened, in words.
    pub what: String,
    /// What to do.
    pub next: String,
    /// Since when, in milliseconds since 1970, UTC.
    pub since: u64,
    /// How many failures.
    pub failures: u32,
}

/// A device on the network, or one that was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinedView {
    /// Its nickname.
    pub nickname: String,
    /// Its address.
    pub mac: String,
    /// Its name.
    pub name: Option<String>,
    /// How it was added; `None` when it knew the passphrase.
    pub method: Option<crate::session::Method>,
    /// Its IPv4 address.
    pub address: Option<String>,
    /// Whether it is on the network at this moment.
    pub online: bool,
    /// Signal in dBm.
    pub signal: Option<i8>,
    /// When it was first added, in milliseconds since 1970, UTC.
    pub first: u64,
}
