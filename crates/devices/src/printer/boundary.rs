//! What the printer tells the home that it is in, and what it hears from it.

use crate::network::NetworkSummary;
use crate::secret::SecretText;
use crate::session::Method;
use crate::view::Model;
use core::net::Ipv4Addr;
use keyway_eap::Timestamp;
use keyway_home::{Cause, PrinterEvent, Task};
use keyway_wsc::{Credential, MacAddr, Pin, Ssid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a printer is.
#[derive(Clone, Debug)]
pub struct PrinterConfig {
    /// Its identifier in addresses of pages.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its model.
    pub model: Model,
    /// Its address.
    pub mac: MacAddr,
    /// Its serial number.
    pub serial: String,
    /// The PIN on its label, for [`Model::Label`].
    pub label_pin: Option<Pin>,
}

/// What the printer wants from its radio and its paper path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterOrder {
    /// Look which networks are in range; [`PrinterNews::Networks`] follows.
    Scan,
    /// Register by WPS: look for the right access point until `until`, and go through with it. News follow up to
    /// [`PrinterEvent::Ended`].
    Register {
        /// By which method and PIN.
        task: Task,
        /// When the PIN expires or the walk time ends.
        until: Timestamp,
    },
    /// Give up the registration that runs.
    CancelRegistration,
    /// Join this network, stay on it, and come back to it. Replaces the one before.
    Join(Box<Credential>),
    /// Leave the network and join it no more.
    Leave,
    /// Switch the radio on or off.
    Radio(bool),
    /// Print this network configuration page.
    Print(Box<ConfigurationData>),
}

/// What the printer hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterNews {
    /// The networks in range, after [`PrinterOrder::Scan`].
    Networks(Vec<NetworkSummary>),
    /// The registration has looked for an access point and not found the right one. It goes on looking.
    NotFound(Cause),
    /// The registration has chosen this access point.
    Chose {
        /// The network's name.
        ssid: String,
        /// Signal in dBm.
        signal: i8,
    },
    /// Something happened in the registration.
    Registration(Box<PrinterEvent>),
    /// It begins to join.
    Joining,
    /// It is on the network, without an address yet.
    Joined {
        /// The network's name.
        ssid: Ssid,
        /// The access point.
        bssid: MacAddr,
        /// The channel.
        channel: u8,
        /// Signal in dBm.
        signal: i8,
        /// The security, such as `WPA2`.
        security: String,
    },
    /// It cannot join, for this reason. It goes on trying now and then, unless the reason is a wrong passphrase.
    JoinFailed(Cause),
    /// It lost the network, and tries to come back.
    Lost,
    /// It has an address.
    Address {
        /// The address.
        address: Ipv4Addr,
        /// Length of the network's prefix in bits.
        prefix: u8,
        /// The router.
        gateway: Option<Ipv4Addr>,
        /// The name server.
        dns: Option<Ipv4Addr>,
    },
    /// It has no address, for this reason. It goes on asking.
    NoAddress(Cause),
    /// It has announced itself on the network: it can be found.
    Announced,
    /// The signal of its access point changed, in dBm.
    Signal(i8),
    /// A document came over the network and was printed.
    JobPrinted {
        /// The document's name.
        name: String,
    },
}

/// What the home knows of the printer's place, for its view.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings {
    /// Metres to the router.
    pub metres: u32,
    /// Milliseconds since 1970, UTC.
    pub date: u64,
}

/// The network configuration page, as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfigurationData {
    /// The verdict, one or two sentences.
    pub verdict: String,
    /// The printer's name.
    pub name: String,
    /// Its nickname.
    pub nickname: String,
    /// Its model's name.
    pub model: String,
    /// When it was printed: milliseconds since 1970, UTC.
    pub at: u64,
    /// The checks.
    pub rows: Vec<ConfigurationRow>,
    /// The PIN or how to get one; never an expired PIN.
    pub pin: SecretText,
    /// The last five attempts, newest first.
    pub attempts: Vec<AttemptRow>,
    /// What to do next.
    pub next: Vec<String>,
}

/// A line of the network configuration page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfigurationRow {
    /// What is checked or told.
    pub name: String,
    /// The result.
    pub result: RowResult,
    /// The evidence.
    pub evidence: String,
}

/// The result of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowResult {
    /// Good.
    Pass,
    /// Not good.
    Fail,
    /// Could not be checked.
    NotRun,
    /// Only told.
    Info,
}

/// An attempt at a set-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttemptRow {
    /// When it ended: milliseconds since 1970, UTC.
    pub at: u64,
    /// The method.
    pub method: Method,
    /// `success`, or the code of the cause.
    pub result: String,
    /// What happened, in words.
    pub words: String,
}
