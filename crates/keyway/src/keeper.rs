//! What must last, in a folder.

use crate::exit::Error;
use keyway_devices::durable::{Change, Saved};
use keyway_devices::{Refusal, SecretText};
use keyway_store::{Store, StoreError};
use keyway_web::live::Keeper;
use std::path::{Path, PathBuf};

/// Keeps what must last in the store.
pub(crate) struct StoreKeeper {
    store: Store,
}

impl StoreKeeper {
    /// The store in this folder, or one that is gone when the program ends, with what was kept in it.
    pub(crate) fn open(folder: Option<&Path>) -> Result<(StoreKeeper, Saved), Error> {
        let store = match folder {
            Some(folder) => Store::open(folder),
            None => Store::temporary(),
        };
        let store = store.map_err(Error::file)?;
        let saved = keyway_web::kept::read(&store).map_err(Error::file)?;
        Ok((StoreKeeper { store }, saved))
    }

    /// The number from which a home's addresses were made, if it was kept.
    pub(crate) fn kept_seed(&self) -> Option<u64> {
        keyway_web::kept::seed(&self.store)
    }

    /// Keeps that number.
    pub(crate) fn keep_seed(&mut self, seed: u64) -> Result<(), StoreError> {
        keyway_web::kept::keep_seed(&mut self.store, seed)
    }
}

impl Keeper for StoreKeeper {
    fn keep(&mut self, changes: &[Change]) -> Result<(), Refusal> {
        keyway_web::kept::write(&mut self.store, changes).map_err(|error| {
            Refusal::new(
                "store",
                format!("This could not be kept: {error}"),
                "It holds until the program ends.",
            )
        })
    }
}

/// The folder that was named, or the one that systemd gives to a unit with `StateDirectory=`.
pub(crate) fn folder(named: Option<&Path>) -> Option<PathBuf> {
    let given = || std::env::var_os("STATE_DIRECTORY").filter(|folder| !folder.is_empty());
    named.map(Path::to_owned).or_else(|| given().map(PathBuf::from))
}

/// The values of one owner.
pub(crate) fn values_of(saved: &Saved, owner: &str) -> Vec<(String, SecretText)> {
    let own = saved.values.iter().filter(|(known, _, _)| known == owner);
    own.map(|(_, key, value)| (key.clone(), value.clone())).collect()
}
