//! Opening, changing, backing up.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, MAIN_DB, OpenFlags, Transaction, TransactionBehavior, params};
use tempfile::TempDir;

use crate::schema::{self, Unfit};
use crate::{Change, Device, LEDGER_LIMIT, LedgerEntry, StoreError, Value, folder};

/// The store. One process has it open at a time.
#[derive(Debug)]
pub struct Store {
    // Closed before the folder under it goes.
    pub(crate) connection: Connection,
    file: PathBuf,
    _temporary: Option<TempDir>,
}

impl Store {
    /// Opens the store in a data folder, and makes both if they are not there.
    ///
    /// A store that was not closed, because its process or the machine stopped, is put in order. Its whole content is
    /// checked; that takes milliseconds.
    ///
    /// # Errors
    /// [`StoreError`]: the folder cannot be used, the file is in use, damaged, of another program or a newer version,
    /// or there is no room.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        let file = folder::prepare(folder)?;
        // Without SQLITE_OPEN_URI, and not through a symbolic link: the path means this file.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        Store::start(Connection::open_with_flags(&file, flags), file)
    }

    /// A store that lasts as long as the value, in memory alone.
    ///
    /// # Errors
    /// [`StoreError`] when there is no memory.
    pub fn in_memory() -> Result<Store, StoreError> {
        Store::start(Connection::open_in_memory(), PathBuf::from("the store in memory"))
    }

    /// A store in a folder of its own among the system's temporary files. Folder and files go with the value.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn temporary() -> Result<Store, StoreError> {
        let private = Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix("keyway-").permissions(private).tempdir();
        let folder = folder.map_err(|source| StoreError::Folder { path: std::env::temp_dir(), source })?;
        let mut store = Store::open(folder.path())?;
        store._temporary = Some(folder);
        Ok(store)
    }

    /// The file, for messages.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Applies all changes, in this order, or none of them. After `Ok` they last.
    ///
    /// # Errors
    /// [`StoreError`]: no room, not writable, a failing disk. Nothing changed then, and the store can be used on. (One
    /// exception is beyond any program: when the disk fails in the very moment that the changes are written and the
    /// machine stops before anything else is, they may be there after the next start.)
    pub fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let erased = self.apply(changes).map_err(|error| StoreError::sqlite(&self.file, error))?;
        if erased {
            // The old secret still stands in the log beside the file. The change itself is safe, so a failure here is
            // none: the next checkpoint does the same.
            let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
        Ok(())
    }

    /// Bounds the size of the file in octets; what would exceed it is refused with [`StoreError::Full`]. It never
    /// becomes smaller than it is, and the bound holds as long as the store is open.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read.
    pub fn set_size_limit(&mut self, octets: u64) -> Result<(), StoreError> {
        let page = || -> rusqlite::Result<u64> {
            let size: u32 = self.connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
            let pages = (octets / u64::from(size)).clamp(1, 0xffff_fffe);
            self.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(pages))
        };
        page().map(drop).map_err(|error| StoreError::sqlite(&self.file, error))
    }

    /// Writes everything into a new file that only its owner can read. It has the secrets in it.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when something is there already; [`StoreError`] when it cannot be written. No half of a
    /// backup stays behind.
    pub fn backup(&self, path: &Path) -> Result<(), StoreError> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(StoreError::Exists { file: path.to_owned() });
        }
        let mut name = path.as_os_str().to_owned();
        name.push(".partial");
        let partial = PathBuf::from(name);
        let result = self.write_backup(&partial, path);
        if result.is_err() {
            let _ = fs::remove_file(&partial);
        }
        result
    }

    /// Replaces everything with what is in a backup: undo. A backup of an older version is brought to this one.
    ///
    /// # Errors
    /// [`StoreError`]: the backup cannot be read, is damaged, of another program or a newer version, or there is no
    /// room. Nothing changed then.
    pub fn restore(&mut self, path: &Path) -> Result<(), StoreError> {
        let of_backup = |error| StoreError::sqlite(path, error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let source = Connection::open_with_flags(path, flags).map_err(of_backup)?;
        check(&source, path)?;
        if schema::version(&source, schema::STEPS).map_err(|unfit| refuse(path, unfit))? == 0 {
            return Err(StoreError::NotOurs { file: path.to_owned() });
        }
        // Brought to this version beside the store, so that the store changes in one step or not at all.
        let mut content = Connection::open_in_memory().map_err(of_backup)?;
        copy(&source, &mut content).map_err(of_backup)?;
        schema::migrate(&mut content, schema::STEPS).map_err(|unfit| refuse(path, unfit))?;
        copy(&content, &mut self.connection).map_err(|error| StoreError::sqlite(&self.file, error))
    }

    fn start(connection: rusqlite::Result<Connection>, file: PathBuf) -> Result<Store, StoreError> {
        let mut connection = connection.map_err(|error| StoreError::sqlite(&file, error))?;
        // SQLite opens what it cannot write for reading, and says no clear word about it later.
        if connection.is_readonly(MAIN_DB).map_err(|error| StoreError::sqlite(&file, error))? {
            return Err(StoreError::ReadOnly { file });
        }
        configure(&connection).map_err(|error| StoreError::sqlite(&file, error))?;
        schema::version(&connection, schema::STEPS).map_err(|unfit| refuse(&file, unfit))?;
        check(&connection, &file)?;
        // Only now is anything written.
        log_ahead(&connection).map_err(|error| StoreError::sqlite(&file, error))?;
        schema::migrate(&mut connection, schema::STEPS).map_err(|unfit| refuse(&file, unfit))?;
        Ok(Store { connection, file, _temporary: None })
    }

    /// Whether a secret was replaced or removed.
    fn apply(&mut self, changes: &[Change]) -> rusqlite::Result<bool> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut erased = false;
        for change in changes {
            erased |= apply(&transaction, change)?;
        }
        transaction.commit()?;
        Ok(erased)
    }

    fn write_backup(&self, partial: &Path, path: &Path) -> Result<(), StoreError> {
        let broken =
            |error: std::io::Error| StoreError::Disk { file: path.to_owned(), detail: error.to_string() };
        // What is left of one that was interrupted.
        match fs::remove_file(partial) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(broken(error)),
            _ => (),
        }
        let file = folder::create_private(partial).map_err(broken)?;
        let name = partial.to_str().ok_or_else(|| broken(std::io::Error::other("its name is not UTF-8")))?;
        let written = self.connection.execute("VACUUM INTO ?1", [name]);
        written.map_err(|error| StoreError::sqlite(path, error))?;
        file.sync_all().map_err(broken)?;
        fs::rename(partial, path).map_err(broken)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder::sync_folder(folder.unwrap_or(Path::new("."))).map_err(broken)
    }
}

/// Replaces all of one database with another; all pages in one step are one transaction.
fn copy(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)),
    }
}

/// How the connection behaves. Nothing is written.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    // Who finds the file in use is told at once.
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.set_prepared_statement_cache_capacity(32);
    // Set before the first look at the file, so that the lock is held from then until it is closed.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    // Each commit waits until the disk has it.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten with zeros.
    connection.pragma_update(None, "secure_delete", true)?;
    // Tables and triggers in a damaged or foreign file can call nothing of consequence.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)
}

/// Changes go into a log beside the file first, and from there into the file: a stop at any moment tears nothing.
fn log_ahead(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // A log that was copied into the file shrinks to this size, in octets.
    connection.pragma_update_and_check(None, "journal_size_limit", 1 << 20, |_| Ok(()))
}

/// Reads the whole file.
fn check(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match found.map_err(|error| StoreError::sqlite(file, error))? {
        words if words == "ok" => Ok(()),
        detail => Err(StoreError::Damaged { file: file.to_owned(), detail }),
    }
}

fn refuse(file: &Path, unfit: Unfit) -> StoreError {
    let known = schema::STEPS.len() as u32;
    match unfit {
        Unfit::NotOurs => StoreError::NotOurs { file: file.to_owned() },
        Unfit::Newer(found) => StoreError::Newer { file: file.to_owned(), found, known },
        Unfit::Sqlite(error) => StoreError::sqlite(file, error),
    }
}

/// Applies one change. Whether a secret was replaced or removed.
fn apply(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<bool> {
    match change {
        Change::SetSetting { owner, key, value } => set(transaction, owner, key, value),
        Change::RemoveSetting { owner, key } => {
            let erased = has_secret(transaction, owner, Some(key))?;
            let sql = "DELETE FROM setting WHERE owner = ?1 AND key = ?2";
            transaction.prepare_cached(sql)?.execute([owner, key])?;
            Ok(erased)
        }
        Change::RemoveSettings { owner } => {
            let erased = has_secret(transaction, owner, None)?;
            transaction.prepare_cached("DELETE FROM setting WHERE owner = ?1")?.execute([owner])?;
            Ok(erased)
        }
        Change::SetLabelPin { device, pin } => {
            let sql = "INSERT INTO label_pin VALUES (?1, ?2) ON CONFLICT DO UPDATE SET pin = excluded.pin";
            let digits = zeroize::Zeroizing::new(String::from_utf8_lossy(pin.digits()).into_owned());
            transaction.prepare_cached(sql)?.execute([&device.to_string(), &*digits])?;
            Ok(true)
        }
        Change::RemoveLabelPin { device } => {
            let sql = "DELETE FROM label_pin WHERE mac = ?1";
            Ok(transaction.prepare_cached(sql)?.execute([device.to_string()])? > 0)
        }
        Change::AppendLedger(entry) => append(transaction, entry).map(|()| false),
        Change::PutDevice(device) => put(transaction, device).map(|()| false),
        Change::RemoveDevice(mac) => {
            transaction.prepare_cached("DELETE FROM device WHERE mac = ?1")?.execute([mac.to_string()])?;
            Ok(false)
        }
    }
}

fn set(transaction: &Transaction<'_>, owner: &str, key: &str, value: &Value) -> rusqlite::Result<bool> {
    let erased = has_secret(transaction, owner, Some(key))?;
    let sql = "INSERT INTO setting (owner, key, value, secret) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET value = excluded.value, secret = excluded.secret";
    transaction.prepare_cached(sql)?.execute(params![owner, key, value.json(), value.is_secret()])?;
    Ok(erased)
}

/// Whether the owner has a secret, under this key if there is one.
fn has_secret(transaction: &Transaction<'_>, owner: &str, key: Option<&str>) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM setting WHERE owner = ?1 AND key = coalesce(?2, key) AND secret";
    transaction.prepare_cached(sql)?.exists(params![owner, key])
}

fn append(transaction: &Transaction<'_>, entry: &LedgerEntry) -> rusqlite::Result<()> {
    let LedgerEntry { at, mac, nickname, name, method, step, result, words, actor } = entry;
    let sql = "INSERT INTO ledger (at, mac, nickname, name, method, step, result, words, actor)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    transaction.prepare_cached(sql)?.execute(params![
        time(*at),
        mac.to_string(),
        nickname,
        name,
        method,
        step,
        result,
        words,
        actor
    ])?;
    // Places follow each other without a gap.
    let oldest = transaction.last_insert_rowid() - i64::from(LEDGER_LIMIT);
    transaction.prepare_cached("DELETE FROM ledger WHERE id <= ?1")?.execute([oldest])?;
    Ok(())
}

fn put(transaction: &Transaction<'_>, device: &Device) -> rusqlite::Result<()> {
    let Device { mac, name, nickname, uuid, first_enrolled, last_enrolled, address, method } = device;
    let sql = "INSERT INTO device (mac, name, nickname, uuid, first_enrolled, last_enrolled, address, method)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT DO UPDATE SET name = excluded.name, nickname = excluded.nickname, uuid = excluded.uuid,
            first_enrolled = min(first_enrolled, excluded.first_enrolled),
            last_enrolled = excluded.last_enrolled, address = excluded.address, method = excluded.method";
    transaction.prepare_cached(sql)?.execute(params![
        mac.to_string(),
        name,
        nickname,
        uuid.map(|uuid| uuid.to_string()),
        time(*first_enrolled),
        time(*last_enrolled),
        address.map(|address| address.to_string()),
        method
    ])?;
    Ok(())
}

/// SQLite counts up to 2^63; in milliseconds that is beyond every date.
fn time(milliseconds: u64) -> i64 {
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_is_as_safe_as_promised() {
        let store = Store::temporary().unwrap();
        let cases = [
            ("synchronous", "2"),
            ("journal_mode", "wal"),
            ("locking_mode", "exclusive"),
            ("foreign_keys", "1"),
            ("secure_delete", "1"),
            ("trusted_schema", "0"),
            ("application_id", "1262836055"),
        ];
        for (name, expected) in cases {
            let found = store.connection.query_row(&format!("PRAGMA {name}"), [], |row| {
                row.get_ref(0).map(|value| match value {
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    other => other.as_str().unwrap_or_default().to_owned(),
                })
            });
            assert_eq!(found.unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn the_ledger_cannot_be_rewritten() {
        let store = Store::in_memory().unwrap();
        let sql = "INSERT INTO ledger (at, mac, nickname, result) VALUES (1, 'm', 'n', 'r')";
        store.connection.execute(sql, []).unwrap();
        let error = store.connection.execute("UPDATE ledger SET result = 'success'", []).unwrap_err();
        assert!(error.to_string().contains("only grows"), "{error}");
    }

    #[test]
    fn a_store_may_move_to_another_thread() {
        fn sent<T: Send>() {}
        sent::<Store>();
    }
}
