//! The tables, and how a file of an older version becomes one of this.

use rusqlite::{Connection, TransactionBehavior};

/// Stands in the header of every file of ours: "KEYW".
pub(crate) const APPLICATION: i32 = 0x4b45_5957;

/// The step from each version to the next; the first starts with an empty file. A step that was released is never
/// changed.
pub(crate) const STEPS: &[&str] = &["
    CREATE TABLE setting (
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        secret INTEGER NOT NULL CHECK (secret IN (0, 1)),
        PRIMARY KEY (owner, key)
    ) STRICT;

    CREATE TABLE label_pin (
        mac TEXT NOT NULL PRIMARY KEY,
        pin TEXT NOT NULL
    ) STRICT;

    CREATE TABLE ledger (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        mac TEXT NOT NULL,
        nickname TEXT NOT NULL,
        name TEXT,
        method TEXT,
        step TEXT,
        result TEXT NOT NULL,
        words TEXT,
        actor TEXT
    ) STRICT;

    CREATE INDEX ledger_of_device ON ledger (mac, id);

    CREATE TRIGGER ledger_is_not_rewritten BEFORE UPDATE ON ledger
    BEGIN
        SELECT raise(ABORT, 'the ledger only grows');
    END;

    CREATE TABLE device (
        mac TEXT NOT NULL PRIMARY KEY,
        name TEXT,
        nickname TEXT NOT NULL,
        uuid TEXT,
        first_enrolled INTEGER NOT NULL,
        last_enrolled INTEGER NOT NULL,
        address TEXT,
        method TEXT
    ) STRICT;
"];

/// Why a file cannot be used.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// It belongs to another program.
    NotOurs,
    /// Its version is this one.
    Newer(u32),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Unfit {
    fn from(error: rusqlite::Error) -> Unfit {
        Unfit::Sqlite(error)
    }
}

/// The version of a file, 0 for an empty one.
pub(crate) fn version(connection: &Connection, steps: &[&str]) -> Result<usize, Unfit> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i32>(0));
    let version = number("PRAGMA user_version")?;
    if number("PRAGMA application_id")? != APPLICATION {
        // An empty one has no owner yet: it was just made, or the machine stopped while it was made.
        let empty = version == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0;
        return if empty { Ok(0) } else { Err(Unfit::NotOurs) };
    }
    match usize::try_from(version) {
        Ok(version) if version <= steps.len() => Ok(version),
        _ => Err(Unfit::Newer(version.unsigned_abs())),
    }
}

/// Brings a file to the newest version, all steps at once or none.
pub(crate) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<(), Unfit> {
    let version = version(connection, steps)?;
    if version == steps.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in &steps[version..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", steps.len() as u32)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[&str] = &["CREATE TABLE a (x TEXT); INSERT INTO a VALUES ('kept')"];
    const NEW: &[&str] = &[OLD[0], "ALTER TABLE a ADD COLUMN y TEXT DEFAULT 'new'"];

    fn content(connection: &Connection) -> (String, String) {
        connection.query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }

    #[test]
    fn a_file_goes_forward_and_keeps_its_content() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert_eq!(version(&connection, NEW).unwrap(), 0);
        migrate(&mut connection, OLD).unwrap();
        assert_eq!(version(&connection, NEW).unwrap(), 1);
        migrate(&mut connection, NEW).unwrap();
        assert_eq!(version(&connection, NEW).unwrap(), 2);
        assert_eq!(content(&connection), ("kept".into(), "new".into()));
        // A second time changes nothing; an older program refuses it.
        migrate(&mut connection, NEW).unwrap();
        assert!(matches!(migrate(&mut connection, OLD), Err(Unfit::Newer(2))));
        assert_eq!(content(&connection), ("kept".into(), "new".into()));
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, OLD).unwrap();
        let broken = [OLD[0], NEW[1], "CREATE TABLE a (x TEXT)"];
        assert!(matches!(migrate(&mut connection, &broken), Err(Unfit::Sqlite(_))));
        assert_eq!(version(&connection, NEW).unwrap(), 1);
        migrate(&mut connection, NEW).unwrap();
        assert_eq!(content(&connection), ("kept".into(), "new".into()));
    }

    #[test]
    fn a_file_of_another_program_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
        assert!(matches!(migrate(&mut connection, STEPS), Err(Unfit::NotOurs)));
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA user_version = 1").unwrap();
        assert!(matches!(migrate(&mut connection, STEPS), Err(Unfit::NotOurs)));
    }
}
