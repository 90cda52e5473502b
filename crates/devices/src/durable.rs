//! What must last, as data. The edge stores it; here is only what it is.

use crate::secret::SecretText;
use crate::session::{Method, Step};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A change of what must last. Those that one action makes are stored together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Keep this value under this owner and key. The value is JSON and may contain secrets.
    Set {
        /// `router`, or `printer-` and the printer's identifier.
        owner: String,
        /// The key.
        key: String,
        /// The value as JSON.
        value: SecretText,
    },
    /// Forget it.
    Remove {
        /// The owner.
        owner: String,
        /// The key.
        key: String,
    },
    /// Append to the ledger.
    Ledger(LedgerEntry),
    /// Keep this device, in place of an older entry with the same address.
    Device(DeviceEntry),
    /// Forget the device with this address (`aa:bb:cc:dd:ee:ff`).
    RemoveDevice(String),
}

/// Everything that was kept, for a home that starts again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Values by owner and key.
    pub values: Vec<(String, String, SecretText)>,
    /// The newest entries of the ledger, oldest first.
    pub ledger: Vec<LedgerEntry>,
    /// The devices.
    pub devices: Vec<DeviceEntry>,
}

/// One attempt, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerEntry {
    /// When it ended: milliseconds since 1970, UTC.
    pub at: u64,
    /// The device's address; empty when no device in particular is concerned, as when nobody came.
    pub mac: String,
    /// Its nickname; `any device` without an address.
    pub nickname: String,
    /// Its own name, if it said so.
    pub name: Option<String>,
    /// The method, if that was clear.
    pub method: Option<Method>,
    /// How far it came.
    pub step: Option<Step>,
    /// `success`, or the code of the cause.
    pub result: String,
    /// What happened, in words.
    pub words: String,
}

/// A device that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceEntry {
    /// Its address.
    pub mac: String,
    /// Its nickname.
    pub nickname: String,
    /// Its own name, if it said so.
    pub name: Option<String>,
    /// How it was added; `None` when it knew the passphrase.
    pub method: Option<Method>,
    /// When it was first added: milliseconds since 1970, UTC.
    pub first: u64,
    /// When it was last added or joined.
    pub last: u64,
    /// Its last IPv4 address.
    pub address: Option<String>,
}
