//! What is stored.

use std::fmt;
use std::net::IpAddr;

use keyway_wsc::{MacAddr, Pin, Uuid};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use zeroize::Zeroizing;

use crate::StoreError;

/// A change. [`Store::commit`](crate::Store::commit) applies several at once, or none of them.
#[derive(Clone, Debug)]
pub enum Change {
    /// Keep a value, in place of an older one.
    SetSetting {
        /// Whose setting it is: `router`, or a name of the printer.
        owner: String,
        /// Its name, unique for its owner.
        key: String,
        /// What to keep.
        value: Value,
    },
    /// Forget a value, if there is one.
    RemoveSetting {
        /// Whose setting it is.
        owner: String,
        /// Its name.
        key: String,
    },
    /// Forget all values of an owner: a reset.
    RemoveSettings {
        /// Whose settings they are.
        owner: String,
    },
    /// Keep the PIN that is printed on a device, in place of an older one. It survives a reset.
    SetLabelPin {
        /// The device.
        device: MacAddr,
        /// The PIN on its label; never one that was made for a session.
        pin: Pin,
    },
    /// Forget the PIN that is printed on a device.
    RemoveLabelPin {
        /// The device.
        device: MacAddr,
    },
    /// Write an entry at the end of the ledger.
    AppendLedger(LedgerEntry),
    /// Keep a device, in place of an older entry with the same address. The earlier of the two first enrolments stays.
    PutDevice(Device),
    /// Forget a device, if it is there. The ledger keeps what it says about it.
    RemoveDevice(MacAddr),
}

/// A setting's value: JSON. Its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Value {
    json: Zeroizing<String>,
    secret: bool,
}

impl Value {
    /// A value that everybody may see.
    ///
    /// # Errors
    /// [`StoreError::Value`] when it has no form in JSON.
    pub fn plain<T: Serialize + ?Sized>(value: &T) -> Result<Value, StoreError> {
        Value::new(value, false)
    }

    /// A key, a passphrase, the hash of a password and the like.
    ///
    /// # Errors
    /// [`StoreError::Value`] when it has no form in JSON.
    pub fn secret<T: Serialize + ?Sized>(value: &T) -> Result<Value, StoreError> {
        Value::new(value, true)
    }

    /// A value that is JSON already.
    ///
    /// # Errors
    /// [`StoreError::Value`] when it is not.
    pub fn from_json(json: &str, secret: bool) -> Result<Value, StoreError> {
        let _: IgnoredAny = serde_json::from_str(json).map_err(StoreError::value)?;
        Ok(Value { json: Zeroizing::new(json.to_owned()), secret })
    }

    /// The value in the caller's type.
    ///
    /// # Errors
    /// [`StoreError::Value`] when it is of another type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.json).map_err(StoreError::value)
    }

    /// The value as JSON. It may be the secret itself.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Whether it is a secret.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    pub(crate) fn stored(json: String, secret: bool) -> Value {
        Value { json: Zeroizing::new(json), secret }
    }

    fn new<T: Serialize + ?Sized>(value: &T, secret: bool) -> Result<Value, StoreError> {
        let json = serde_json::to_string(value).map_err(StoreError::value)?;
        Ok(Value { json: Zeroizing::new(json), secret })
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secret { "Value(secret, hidden)" } else { "Value(" })?;
        if self.secret { Ok(()) } else { write!(f, "{})", *self.json) }
    }
}

/// One attempt to add a device, as the ledger keeps it. It has no secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// When it ended: milliseconds since 1970, UTC.
    pub at: u64,
    /// The device.
    pub mac: MacAddr,
    /// The name that a person compares on two screens.
    pub nickname: String,
    /// What the device calls itself.
    pub name: Option<String>,
    /// The method, as a code.
    pub method: Option<String>,
    /// The last step that it reached, as a code.
    pub step: Option<String>,
    /// How it ended, as a code.
    pub result: String,
    /// What happened, in words.
    pub words: Option<String>,
    /// Who started it, such as the owner at the admin page.
    pub actor: Option<String>,
}

/// The place of an entry in the ledger. A later entry has a greater one, and none is used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerId(pub u64);

/// Which entries to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerQuery {
    /// Only those about this device.
    pub device: Option<MacAddr>,
    /// Only those before this one; `None` starts at the newest.
    pub before: Option<LedgerId>,
    /// At most this many.
    pub limit: u32,
}

/// Entries of the ledger, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerPage {
    /// The entries, each with its place.
    pub entries: Vec<(LedgerId, LedgerEntry)>,
    /// What to put into [`LedgerQuery::before`] for the next page; `None` when this is the last.
    pub next: Option<LedgerId>,
}

/// A device that was enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its address: there is one entry for each.
    pub mac: MacAddr,
    /// What it calls itself.
    pub name: Option<String>,
    /// The name that a person compares on two screens.
    pub nickname: String,
    /// Its identity in Wi-Fi Protected Setup.
    pub uuid: Option<Uuid>,
    /// When it was enrolled first: milliseconds since 1970, UTC.
    pub first_enrolled: u64,
    /// When it was enrolled last: milliseconds since 1970, UTC.
    pub last_enrolled: u64,
    /// The last address it had on the network.
    pub address: Option<IpAddr>,
    /// How it was enrolled last, as a code.
    pub method: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_the_type_they_were_written_in() {
        let value = Value::plain(&("text", 7)).unwrap();
        assert_eq!(value.json(), r#"["text",7]"#);
        assert_eq!(value.read::<(String, u8)>().unwrap(), ("text".into(), 7));
        assert!(matches!(value.read::<bool>(), Err(StoreError::Value { .. })));
        assert!(matches!(Value::from_json("{", false), Err(StoreError::Value { .. })));
        assert_eq!(Value::from_json(" null", true).unwrap().json(), " null");
    }

    #[test]
    fn debug_and_errors_do_not_tell_secrets() {
        let value = Value::secret("correct horse").unwrap();
        let set = Change::SetSetting { owner: "router".into(), key: "passphrase".into(), value };
        let debug = format!("{set:?}");
        assert!(debug.contains("passphrase") && !debug.contains("horse"), "{debug}");

        let pin = Change::SetLabelPin { device: MacAddr::default(), pin: "12345670".parse().unwrap() };
        assert!(!format!("{pin:?}").contains("1234"));

        let error = Value::secret("correct horse").unwrap().read::<u8>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("horse"), "{error}");
        assert_eq!(format!("{:?}", Value::plain(&[1, 2]).unwrap()), "Value([1,2])");
    }
}
