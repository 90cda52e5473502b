//! Reading.

use std::str::FromStr;

use keyway_wsc::{MacAddr, Pin};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Params, Row, params};

use crate::{Device, LedgerEntry, LedgerId, LedgerPage, LedgerQuery, Store, StoreError, Value};

impl Store {
    /// A setting, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read or is damaged.
    pub fn setting(&self, owner: &str, key: &str) -> Result<Option<Value>, StoreError> {
        let sql = "SELECT value, secret FROM setting WHERE owner = ?1 AND key = ?2";
        self.one(sql, [owner, key], |row| Ok(Value::stored(row.get(0)?, row.get(1)?)))
    }

    /// All settings of an owner, each with its key, in the order of the keys.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read or is damaged.
    pub fn settings(&self, owner: &str) -> Result<Vec<(String, Value)>, StoreError> {
        let sql = "SELECT key, value, secret FROM setting WHERE owner = ?1 ORDER BY key";
        self.all(sql, [owner], |row| Ok((row.get(0)?, Value::stored(row.get(1)?, row.get(2)?))))
    }

    /// Everybody who has settings, in order.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read or is damaged.
    pub fn owners(&self) -> Result<Vec<String>, StoreError> {
        self.all("SELECT DISTINCT owner FROM setting ORDER BY owner", [], |row| row.get(0))
    }

    /// The PIN that is printed on a device, if it is known.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read or is damaged.
    pub fn label_pin(&self, device: MacAddr) -> Result<Option<Pin>, StoreError> {
        let sql = "SELECT pin FROM label_pin WHERE mac = ?1";
        self.one(sql, [device.to_string()], |row| {
            let digits = zeroize::Zeroizing::new(row.get::<_, String>(0)?);
            // The reason never repeats the digits.
            digits
                .parse()
                .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
        })
    }

    /// A page of the ledger, newest first. A device's entries stay after the device was removed.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read or is damaged.
    pub fn ledger(&self, query: &LedgerQuery) -> Result<LedgerPage, StoreError> {
        let before = query.before.map_or(i64::MAX, |LedgerId(id)| i64::try_from(id).unwrap_or(i64::MAX));
        // One more than asked for tells whether there is another page.
        let limit = i64::from(query.limit) + 1;
        let fields = "id, at, mac, nickname, name, method, step, result, words, actor";
        let mut entries = match query.device {
            Some(mac) => {
                let sql = format!(
                    "SELECT {fields} FROM ledger WHERE mac = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"
                );
                self.all(&sql, params![mac.to_string(), before, limit], entry)?
            }
            None => {
                let sql = format!("SELECT {fields} FROM ledger WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
                self.all(&sql, params![before, limit], entry)?
            }
        };
        let more = entries.len() as i64 == limit;
        if more {
            entries.pop();
        }
        let next = entries.last().filter(|_| more).map(|(id, _)| *id);
        Ok(LedgerPage { entries, next })
    }

    /// A device, if it is known.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read or is damaged.
    pub fn device(&self, mac: MacAddr) -> Result<Option<Device>, StoreError> {
        self.one(&format!("SELECT {DEVICE} FROM device WHERE mac = ?1"), [mac.to_string()], device)
    }

    /// All devices, the latest enrolled first.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read or is damaged.
    pub fn devices(&self) -> Result<Vec<Device>, StoreError> {
        self.all(&format!("SELECT {DEVICE} FROM device ORDER BY last_enrolled DESC, mac"), [], device)
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let found = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_row(params, read).optional());
        found.map_err(|error| StoreError::sqlite(self.file(), error))
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let found = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map(params, read)?.collect());
        found.map_err(|error| StoreError::sqlite(self.file(), error))
    }
}

const DEVICE: &str = "mac, name, nickname, uuid, first_enrolled, last_enrolled, address, method";

fn device(row: &Row<'_>) -> rusqlite::Result<Device> {
    let text = |index| row.get::<_, Option<String>>(index);
    Ok(Device {
        mac: parsed(0, row.get(0)?)?,
        name: row.get(1)?,
        nickname: row.get(2)?,
        uuid: text(3)?.map(|uuid| parsed(3, uuid)).transpose()?,
        first_enrolled: time(row, 4)?,
        last_enrolled: time(row, 5)?,
        address: text(6)?.map(|address| parsed(6, address)).transpose()?,
        method: row.get(7)?,
    })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(LedgerId, LedgerEntry)> {
    let entry = LedgerEntry {
        at: time(row, 1)?,
        mac: parsed(2, row.get(2)?)?,
        nickname: row.get(3)?,
        name: row.get(4)?,
        method: row.get(5)?,
        step: row.get(6)?,
        result: row.get(7)?,
        words: row.get(8)?,
        actor: row.get(9)?,
    };
    Ok((LedgerId(time(row, 0)?), entry))
}

/// A number that is never negative.
fn time(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(index)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, number))
}

fn parsed<T>(index: usize, text: String) -> rusqlite::Result<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let wrong = |error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error));
    text.parse().map_err(wrong)
}
