//! Between what must last in a home and the store that keeps it.

use keyway_devices::SecretText;
use keyway_devices::durable::{Change, DeviceEntry, LedgerEntry, Saved};
use keyway_devices::session::{Method, Step};
use keyway_store::{Device, LedgerQuery, Store, StoreError, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Whose values those of the home itself are.
const HOME: &str = "home";
/// The number from which the home's addresses and label PINs are made.
const SEED: &str = "seed";
/// Entries of the ledger that a home begins with.
const LEDGER: u32 = 200;

/// Reads everything that was kept.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn read(store: &Store) -> Result<Saved, StoreError> {
    let mut saved = Saved::default();
    for owner in store.owners()? {
        for (key, value) in store.settings(&owner)? {
            saved.values.push((owner.clone(), key, SecretText::new(value.json())));
        }
    }
    let page = store.ledger(&LedgerQuery { device: None, before: None, limit: LEDGER })?;
    saved.ledger = page.entries.into_iter().rev().map(|(_, entry)| from_ledger(entry)).collect();
    saved.devices = store.devices()?.into_iter().map(from_device).collect();
    Ok(saved)
}

/// Keeps all of these changes, or none.
///
/// # Errors
/// [`StoreError`]: nothing has changed.
pub fn write(store: &mut Store, changes: &[Change]) -> Result<(), StoreError> {
    let changes: Result<Vec<_>, StoreError> =
        changes.iter().filter_map(|change| to_change(change).transpose()).collect();
    store.commit(&changes?)
}

/// The number from which the home's addresses and label PINs were made, if it was kept.
pub fn seed(store: &Store) -> Option<u64> {
    store.setting(HOME, SEED).ok().flatten()?.read().ok()
}

/// Keeps that number.
///
/// # Errors
/// [`StoreError`]: nothing has changed.
pub fn keep_seed(store: &mut Store, seed: u64) -> Result<(), StoreError> {
    let change = keyway_store::Change::SetSetting {
        owner: HOME.to_owned(),
        key: SEED.to_owned(),
        value: Value::plain(&seed)?,
    };
    store.commit(&[change])
}

/// `None` for an entry whose address is none: it says nothing of any device.
fn to_change(change: &Change) -> Result<Option<keyway_store::Change>, StoreError> {
    Ok(Some(match change {
        Change::Set { owner, key, value } => keyway_store::Change::SetSetting {
            owner: owner.clone(),
            key: key.clone(),
            value: Value::from_json(value.expose(), true)?,
        },
        Change::Remove { owner, key } => {
            keyway_store::Change::RemoveSetting { owner: owner.clone(), key: key.clone() }
        }
        Change::Ledger(entry) => keyway_store::Change::AppendLedger(keyway_store::LedgerEntry {
            at: entry.at,
            mac: entry.mac.parse().unwrap_or_default(),
            nickname: entry.nickname.clone(),
            name: entry.name.clone(),
            method: entry.method.as_ref().and_then(code),
            step: entry.step.as_ref().and_then(code),
            result: entry.result.clone(),
            words: Some(entry.words.clone()),
            actor: None,
        }),
        Change::Device(device) => {
            let Ok(mac) = device.mac.parse() else { return Ok(None) };
            keyway_store::Change::PutDevice(Device {
                mac,
                name: device.name.clone(),
                nickname: device.nickname.clone(),
                uuid: None,
                first_enrolled: device.first,
                last_enrolled: device.last,
                address: device.address.as_ref().and_then(|address| address.parse().ok()),
                method: device.method.as_ref().and_then(code),
            })
        }
        Change::RemoveDevice(mac) => match mac.parse() {
            Ok(mac) => keyway_store::Change::RemoveDevice(mac),
            Err(_) => return Ok(None),
        },
    }))
}

fn from_ledger(entry: keyway_store::LedgerEntry) -> LedgerEntry {
    // An entry about no device in particular has no address.
    let mac = if entry.mac == Default::default() { String::new() } else { entry.mac.to_string() };
    LedgerEntry {
        at: entry.at,
        mac,
        nickname: entry.nickname,
        name: entry.name,
        method: entry.method.and_then(from_code::<Method>),
        step: entry.step.and_then(from_code::<Step>),
        result: entry.result,
        words: entry.words.unwrap_or_default(),
    }
}

fn from_device(device: Device) -> DeviceEntry {
    DeviceEntry {
        mac: device.mac.to_string(),
        nickname: device.nickname,
        name: device.name,
        method: device.method.and_then(from_code::<Method>),
        first: device.first_enrolled,
        last: device.last_enrolled,
        address: device.address.map(|address| address.to_string()),
    }
}

/// A method or a step by its name in JSON.
fn code<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

fn from_code<T: DeserializeOwned>(code: String) -> Option<T> {
    serde_json::from_value(code.into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back() {
        let mut store = Store::in_memory().unwrap();
        let entry = LedgerEntry {
            at: 5,
            mac: "02:00:00:00:00:09".into(),
            nickname: "BLUE-42".into(),
            name: Some("Printer".into()),
            method: Some(Method::LabelPin),
            step: Some(Step::FirstHalf),
            result: "success".into(),
            words: "It is on the network.".into(),
        };
        let device = DeviceEntry {
            mac: entry.mac.clone(),
            nickname: entry.nickname.clone(),
            name: None,
            method: None,
            first: 1,
            last: 2,
            address: Some("192.168.1.20".into()),
        };
        let value = SecretText::new("{\"ssid\":\"Home\"}");
        let changes = [
            Change::Set { owner: "router".into(), key: "network".into(), value: value.clone() },
            Change::Ledger(entry.clone()),
            Change::Device(device.clone()),
        ];
        write(&mut store, &changes).unwrap();
        keep_seed(&mut store, u64::MAX).unwrap();
        assert_eq!(seed(&store), Some(u64::MAX));
        let saved = read(&store).unwrap();
        assert_eq!((saved.ledger, saved.devices), (vec![entry], vec![device.clone()]));
        assert!(saved.values.contains(&("router".into(), "network".into(), value)));
        write(
            &mut store,
            &[
                Change::RemoveDevice(device.mac),
                Change::Remove { owner: "router".into(), key: "network".into() },
            ],
        )
        .unwrap();
        let saved = read(&store).unwrap();
        assert!(saved.devices.is_empty() && saved.values.iter().all(|(owner, _, _)| owner == HOME));
    }
}
