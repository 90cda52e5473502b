//! No room, damaged files, and logs that were cut off: an error with words, or a state that once was.

use std::fs;

use keyway_store::{Change, LedgerEntry, LedgerQuery, Store, StoreError, Value};
use keyway_wsc::MacAddr;

#[test]
fn when_there_is_no_room_nothing_changes_and_later_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    for mut store in [Store::open(folder.path()).unwrap(), Store::in_memory().unwrap()] {
        store.set_size_limit(1 << 20).unwrap();
        let mut kept = 0;
        let error = loop {
            match store.commit(&[numbered(kept + 1), blob(kept + 1, 50_000)]) {
                Ok(()) => kept += 1,
                Err(error) => break error,
            }
            assert!(kept < 100, "the limit has no effect");
        };
        assert!(matches!(&error, StoreError::Full { .. }), "{error}");
        assert!(error.to_string().contains("Make room"), "{error}");
        assert!(kept >= 10, "{kept}");

        // Both are there or none; what has room still works; what has none is refused again.
        assert_eq!((number(&store), blobs(&store)), (kept, kept));
        store.commit(&[numbered(1)]).unwrap();
        assert!(store.commit(&[blob(0, 500_000)]).is_err());
        assert_eq!((number(&store), blobs(&store)), (1, kept));

        // Something is taken away: its room can be used.
        let forget = |n: u32| Change::RemoveSetting { owner: "blob".into(), key: n.to_string() };
        store.commit(&[forget(1), forget(2)]).unwrap();
        store.commit(&[blob(1, 50_000)]).unwrap();
        // The disk has grown.
        store.set_size_limit(1 << 30).unwrap();
        store.commit(&[blob(0, 500_000), numbered(99)]).unwrap();
        assert_eq!((number(&store), blobs(&store)), (99, kept - 1));
    }
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(number(&store), 99);
}

#[test]
fn a_failed_change_takes_its_neighbours_back() {
    let mut store = Store::in_memory().unwrap();
    store.set_size_limit(200_000).unwrap();
    store.commit(&[numbered(1), entry(1)]).unwrap();
    let error = store.commit(&[numbered(2), entry(2), blob(1, 400_000), entry(3)]).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert_eq!((number(&store), entries(&store)), (1, vec![1]));
    // The places of the ledger follow each other all the same.
    store.commit(&[entry(2)]).unwrap();
    let page = store.ledger(&LedgerQuery { device: None, before: None, limit: 9 }).unwrap();
    assert_eq!(page.entries.iter().map(|(id, _)| id.0).collect::<Vec<_>>(), [2, 1]);
}

/// Whatever octet of the file is wrong: the file is refused as damaged, or everything can be read or is refused as
/// damaged when it is read.
#[test]
fn every_damage_has_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    for n in 1..=50 {
        store.commit(&[numbered(n), entry(n), blob(n, 300)]).unwrap();
    }
    drop(store);
    let file = folder.path().join("keyway.db");
    let good = fs::read(&file).unwrap();
    let (mut refused, mut tried) = (0, 0);
    // Each octet of the header and the first table, and samples of the others.
    for at in (0..200).chain((200..good.len()).step_by(211)) {
        let mut octets = good.clone();
        octets[at] ^= 0xff;
        fs::write(&file, &octets).unwrap();
        let result = Store::open(folder.path()).and_then(|store| read_everything(&store));
        tried += 1;
        match result {
            Ok(()) => (),
            Err(StoreError::Damaged { .. } | StoreError::NotOurs { .. } | StoreError::Newer { .. }) => {
                refused += 1
            }
            Err(error) => panic!("octet {at}: {error}"),
        }
        for left in ["keyway.db-wal", "keyway.db-journal"] {
            let _ = fs::remove_file(folder.path().join(left));
        }
    }
    assert!(refused * 3 > tried, "{refused} of {tried}");

    for length in (0..good.len()).step_by(1000) {
        fs::write(&file, &good[..length]).unwrap();
        match Store::open(folder.path()) {
            // Nothing at all is a new file.
            Ok(_) if length == 0 => (),
            Err(error @ StoreError::Damaged { .. }) => {
                assert!(error.to_string().contains("put a backup in its place"), "{error}");
            }
            other => panic!("{length} octets: {other:?}"),
        }
    }
}

/// The log is cut off or garbled at any place, as by a power cut while the disk wrote it: the state is one that was
/// committed, whole, and the older the shorter the log is.
#[test]
fn a_log_cut_off_anywhere_gives_a_state_that_was() {
    const LAST: u32 = 6;
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    for n in 1..=LAST {
        store.commit(&[numbered(n), entry(n), blob(n, 3_000)]).unwrap();
    }
    // As they are while the store is open: most of it is in the log.
    let [db, log] = ["keyway.db", "keyway.db-wal"].map(|name| fs::read(folder.path().join(name)).unwrap());
    drop(store);
    assert!(log.len() > 60_000, "{}", log.len());

    let state = |log: &[u8]| -> u32 {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("keyway.db"), &db).unwrap();
        fs::write(folder.path().join("keyway.db-wal"), log).unwrap();
        let store = Store::open(folder.path()).unwrap();
        let n = if store.owners().unwrap().is_empty() { 0 } else { number(&store) };
        assert_eq!(entries(&store), (1..=n).rev().collect::<Vec<_>>());
        assert_eq!(blobs(&store), n);
        n
    };
    assert_eq!(state(&log), LAST);
    // At the edges of frames, which are 24 + 4096 octets behind a header of 32, and in the middle of them.
    let frames = (0..).map(|n| 32 + n * 4120).take_while(|at| *at < log.len());
    let mut cuts: Vec<usize> = frames.flat_map(|at| [at, at + 2000]).collect();
    cuts.retain(|at| *at <= log.len());
    let states: Vec<u32> = cuts.iter().map(|at| state(&log[..*at])).collect();
    assert!(states.is_sorted(), "{states:?}");
    assert!(states.first() == Some(&0) && *states.last().unwrap() >= LAST - 1, "{states:?}");

    for at in (0..log.len()).step_by(9001) {
        let mut octets = log.clone();
        octets[at] ^= 0x10;
        assert!(state(&octets) <= LAST, "{at}");
    }
}

fn read_everything(store: &Store) -> Result<(), StoreError> {
    for owner in store.owners()? {
        store.settings(&owner)?;
    }
    store.devices()?;
    store.label_pin(MacAddr::default())?;
    store.ledger(&LedgerQuery { device: None, before: None, limit: u32::MAX })?;
    store.ledger(&LedgerQuery { device: Some(MacAddr::default()), before: None, limit: u32::MAX }).map(drop)
}

fn numbered(n: u32) -> Change {
    Change::SetSetting { owner: "test".into(), key: "number".into(), value: Value::plain(&n).unwrap() }
}

fn number(store: &Store) -> u32 {
    store.setting("test", "number").unwrap().unwrap().read().unwrap()
}

fn blob(n: u32, length: usize) -> Change {
    let value = Value::plain(&"b".repeat(length)).unwrap();
    Change::SetSetting { owner: "blob".into(), key: n.to_string(), value }
}

/// How many blobs there are, the one with number 0 left out.
fn blobs(store: &Store) -> u32 {
    store.settings("blob").unwrap().iter().filter(|(key, _)| key != "0").count() as u32
}

fn entry(n: u32) -> Change {
    Change::AppendLedger(LedgerEntry {
        at: u64::from(n),
        mac: MacAddr::default(),
        nickname: "BLUE-42".into(),
        name: None,
        method: None,
        step: None,
        result: "success".into(),
        words: None,
        actor: None,
    })
}

/// The times in the ledger, newest first.
fn entries(store: &Store) -> Vec<u32> {
    let page = store.ledger(&LedgerQuery { device: None, before: None, limit: u32::MAX }).unwrap();
    page.entries.iter().map(|(_, entry)| entry.at as u32).collect()
}
