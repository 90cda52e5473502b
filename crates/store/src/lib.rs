//! What must last: settings, the label PINs, the ledger and the devices, in one SQLite file in a data folder.
//!
//! ```
//! use keyway_store::{Change, Store, Value};
//!
//! let mut store = Store::temporary()?;
//! store.commit(&[
//!     Change::SetSetting { owner: "router".into(), key: "wps".into(), value: Value::plain(&true)? },
//!     Change::SetSetting { owner: "router".into(), key: "passphrase".into(), value: Value::secret("correct horse")? },
//! ])?;
//! let wps = store.setting("router", "wps")?;
//! assert_eq!(wps.map(|value| value.read::<bool>()).transpose()?, Some(true));
//! # Ok::<(), keyway_store::StoreError>(())
//! ```
//!
//! # What holds
//!
//! - [`Store::commit`] applies all its changes or none. When it returns `Ok`, they are on the disk: neither `kill -9`
//!   nor a power cut takes them away (as far as the disk does what it says). When it returns an error, nothing changed
//!   and the store can be used on.
//! - One process at a time. A second one is told so.
//! - Only the owner can read the files (mode 0600, in a folder of mode 0700 when the store makes it).
//! - A value that is marked secret is redacted in `Debug`. When it is replaced or removed, it is overwritten in the
//!   file as well.
//! - The ledger only grows at its end, and keeps the newest [`LEDGER_LIMIT`] entries.
//! - A file of a newer version, of another program, or one that is damaged is refused and left as it is.
//!
//! A PIN that a device makes for one session has no place here and must never be put into a setting: it lives in
//! memory, and dies with its session. The only PINs with a place here are label PINs, which are printed on the device
//! and last as long as it does.
#![forbid(unsafe_code)]

mod content;
mod error;
mod folder;
mod read;
mod schema;
mod store;

pub use content::{Change, Device, LedgerEntry, LedgerId, LedgerPage, LedgerQuery, Value};
pub use error::StoreError;
pub use store::Store;

/// How many entries the ledger keeps.
pub const LEDGER_LIMIT: u32 = 10_000;
