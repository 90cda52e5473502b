//! What was stored comes back, after the store was closed too.

use std::net::IpAddr;

use keyway_store::{
    Change, Device, LEDGER_LIMIT, LedgerEntry, LedgerId, LedgerQuery, Store, StoreError, Value,
};
use keyway_wsc::{MacAddr, Uuid};

#[test]
fn settings_belong_to_their_owner() {
    let mut store = Store::in_memory().unwrap();
    store
        .commit(&[
            set("router", "ssid", "Home"),
            set("router", "channel", "6"),
            set("printer", "ssid", "Дом"),
            Change::SetSetting {
                owner: "router".into(),
                key: "hash".into(),
                value: Value::secret("$argon2id$").unwrap(),
            },
        ])
        .unwrap();
    assert_eq!(text(&store, "router", "ssid").as_deref(), Some("Home"));
    assert_eq!(text(&store, "printer", "ssid").as_deref(), Some("Дом"));
    assert_eq!(text(&store, "nobody", "ssid"), None);
    assert_eq!(store.owners().unwrap(), ["printer", "router"]);
    let settings = store.settings("router").unwrap();
    let found: Vec<_> = settings.iter().map(|(key, value)| (key.as_str(), value.is_secret())).collect();
    assert_eq!(found, [("channel", false), ("hash", true), ("ssid", false)]);

    store
        .commit(&[set("router", "ssid", "New"), remove("router", "channel"), remove("router", "none")])
        .unwrap();
    assert_eq!(text(&store, "router", "ssid").as_deref(), Some("New"));
    assert_eq!(text(&store, "router", "channel"), None);
    store.commit(&[Change::RemoveSettings { owner: "router".into() }]).unwrap();
    assert_eq!(store.owners().unwrap(), ["printer"]);
}

#[test]
fn a_label_pin_survives_a_reset() {
    let mut store = Store::in_memory().unwrap();
    let device = mac(1);
    let label = |digits: &str| Change::SetLabelPin { device, pin: digits.parse().unwrap() };
    store.commit(&[label("12345670"), Change::RemoveSettings { owner: device.to_string() }]).unwrap();
    let digits = |store: &Store| store.label_pin(device).unwrap().map(|pin| pin.digits().to_vec());
    assert_eq!(digits(&store).as_deref(), Some(&b"12345670"[..]));
    // Leading zeros stay.
    store.commit(&[label("00000000")]).unwrap();
    assert_eq!(digits(&store).as_deref(), Some(&b"00000000"[..]));
    store.commit(&[Change::RemoveLabelPin { device }]).unwrap();
    assert_eq!(digits(&store), None);
}

#[test]
fn the_ledger_is_read_page_by_page() {
    let mut store = Store::in_memory().unwrap();
    let changes: Vec<Change> = (1..=25).map(|n| Change::AppendLedger(entry(n, n as u8 % 3))).collect();
    store.commit(&changes).unwrap();

    let read = |device: Option<MacAddr>, limit| {
        let (mut pages, mut before) = (Vec::new(), None);
        loop {
            let page = store.ledger(&LedgerQuery { device, before, limit }).unwrap();
            pages.push(page.entries.iter().map(|(LedgerId(id), entry)| (*id, entry.at)).collect::<Vec<_>>());
            before = page.next;
            if before.is_none() {
                return pages;
            }
        }
    };
    for limit in [1, 7, 24, 25, 26, u32::MAX] {
        let pages = read(None, limit);
        assert!(pages.iter().all(|page| !page.is_empty() && page.len() <= limit as usize), "{limit}");
        let all: Vec<_> = pages.concat();
        assert_eq!(all, (1..=25).rev().map(|n| (n, n)).collect::<Vec<_>>(), "{limit}");
    }
    let of_one = read(Some(mac(1)), 4).concat();
    assert_eq!(of_one, (1..=25).rev().filter(|n| n % 3 == 1).map(|n| (n, n)).collect::<Vec<_>>());
    assert_eq!(read(Some(mac(9)), 4), [[]]);
    let first = store.ledger(&LedgerQuery { device: None, before: None, limit: 1 }).unwrap();
    assert_eq!(first.entries[0].1, entry(25, 1));
}

#[test]
fn the_ledger_keeps_the_newest() {
    let limit = u64::from(LEDGER_LIMIT);
    let mut store = Store::in_memory().unwrap();
    let all: Vec<Change> = (1..=limit + 50).map(|n| Change::AppendLedger(entry(n, 1))).collect();
    for some in all.chunks(1000) {
        store.commit(some).unwrap();
    }
    let page = store.ledger(&LedgerQuery { device: None, before: None, limit: u32::MAX }).unwrap();
    let times: Vec<u64> = page.entries.iter().map(|(_, entry)| entry.at).collect();
    assert_eq!(times, (51..=limit + 50).rev().collect::<Vec<_>>());
    assert_eq!(page.next, None);
}

#[test]
fn a_device_keeps_its_first_enrolment() {
    let mut store = Store::in_memory().unwrap();
    let first = Device {
        mac: mac(1),
        name: Some("Study".into()),
        nickname: "BLUE-42".into(),
        uuid: Some(Uuid::from_mac(mac(1))),
        first_enrolled: 1000,
        last_enrolled: 1000,
        address: Some(IpAddr::from([192, 168, 1, 23])),
        method: Some("printer-pin".into()),
    };
    let other = Device { mac: mac(2), name: None, uuid: None, address: None, method: None, ..first.clone() };
    store.commit(&[Change::PutDevice(first.clone()), Change::PutDevice(other.clone())]).unwrap();
    assert_eq!(store.device(mac(1)).unwrap(), Some(first.clone()));
    assert_eq!(store.device(mac(2)).unwrap(), Some(other.clone()));

    let address = "fe80::1".parse().ok();
    let again = Device { first_enrolled: 2000, last_enrolled: 2000, address, ..first.clone() };
    store.commit(&[Change::PutDevice(again.clone())]).unwrap();
    let kept = Device { first_enrolled: 1000, ..again };
    assert_eq!(store.devices().unwrap(), [kept, other]);
    store.commit(&[Change::RemoveDevice(mac(1)), Change::RemoveDevice(mac(7))]).unwrap();
    assert_eq!(store.device(mac(1)).unwrap(), None);
    assert_eq!(store.devices().unwrap().len(), 1);
}

#[test]
fn numbers_beyond_every_date_are_kept_in_order() {
    let mut store = Store::in_memory().unwrap();
    store.commit(&[Change::AppendLedger(entry(u64::MAX, 1))]).unwrap();
    let page =
        store.ledger(&LedgerQuery { device: None, before: Some(LedgerId(u64::MAX)), limit: 5 }).unwrap();
    assert_eq!(page.entries[0].1.at, i64::MAX as u64);
}

#[test]
fn what_was_stored_is_there_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    store.commit(&[set("router", "ssid", "Home"), Change::AppendLedger(entry(1, 1))]).unwrap();
    store.commit(&[]).unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(text(&store, "router", "ssid").as_deref(), Some("Home"));
    assert_eq!(store.ledger(&LedgerQuery { device: None, before: None, limit: 5 }).unwrap().entries.len(), 1);
}

#[test]
fn a_replaced_secret_is_in_no_file() {
    type Gone = fn(&mut Store);
    let ways: [(&str, Gone); 3] = [
        ("replaced", |store| store.commit(&[secret("another passphrase")]).unwrap()),
        ("removed", |store| store.commit(&[remove("router", "passphrase")]).unwrap()),
        ("reset", |store| store.commit(&[Change::RemoveSettings { owner: "router".into() }]).unwrap()),
    ];
    for (name, forget) in ways {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let is_there = || {
            std::fs::read_dir(folder.path()).unwrap().any(|entry| {
                let octets = std::fs::read(entry.unwrap().path()).unwrap();
                octets.windows(13).any(|window| window == b"correct horse")
            })
        };
        store.commit(&[secret("correct horse"), set("router", "ssid", "Home")]).unwrap();
        assert!(is_there(), "{name}: the test would not see it");
        forget(&mut store);
        assert!(!is_there(), "{name}");
    }
}

#[test]
fn a_backup_undoes() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("before.db");
    for mut store in [Store::open(&folder.path().join("data")).unwrap(), Store::in_memory().unwrap()] {
        store.commit(&[set("router", "ssid", "Home"), Change::AppendLedger(entry(1, 1))]).unwrap();
        store.backup(&backup).unwrap();
        store.commit(&[set("router", "ssid", "Wrong"), set("router", "more", &"x".repeat(1 << 20))]).unwrap();
        store.commit(&[Change::AppendLedger(entry(2, 1))]).unwrap();

        store.restore(&backup).unwrap();
        assert_eq!(text(&store, "router", "ssid").as_deref(), Some("Home"));
        assert_eq!(store.settings("router").unwrap().len(), 1);
        assert_eq!(
            store.ledger(&LedgerQuery { device: None, before: None, limit: 5 }).unwrap().entries.len(),
            1
        );
        // It goes on from there, and the backup is left as it was.
        store.commit(&[set("router", "ssid", "On")]).unwrap();
        assert_eq!(text(&store, "router", "ssid").as_deref(), Some("On"));
        store.restore(&backup).unwrap();
        assert_eq!(text(&store, "router", "ssid").as_deref(), Some("Home"));
        std::fs::remove_file(&backup).unwrap();
    }
    let store = Store::open(&folder.path().join("data")).unwrap();
    assert_eq!(text(&store, "router", "ssid").as_deref(), Some("Home"));
}

#[test]
fn a_backup_replaces_nothing_and_only_a_good_one_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::in_memory().unwrap();
    store.commit(&[set("router", "ssid", "Home")]).unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("precious"), "text").unwrap();
    assert!(matches!(store.backup(&path("precious")), Err(StoreError::Exists { .. })));
    assert!(matches!(store.backup(&path("none/backup")), Err(StoreError::Disk { .. })));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    store.backup(&path("good")).unwrap();
    let mut octets = std::fs::read(path("good")).unwrap();
    // Half of it; another application's number; the number of a later format.
    std::fs::write(path("half"), &octets[..octets.len() / 2]).unwrap();
    octets[63] += 1;
    std::fs::write(path("newer"), &octets).unwrap();
    octets[68] += 1;
    std::fs::write(path("other"), &octets).unwrap();
    std::fs::write(path("empty"), "").unwrap();
    store.commit(&[set("router", "ssid", "Later")]).unwrap();
    for (name, expected) in [
        ("precious", "damaged"),
        ("half", "damaged"),
        ("newer", "newer version"),
        ("other", "another program"),
        ("empty", "another program"),
        ("missing", "cannot be read"),
    ] {
        let words = store.restore(&path(name)).unwrap_err().to_string();
        assert!(words.contains(expected) && words.contains(name), "{name}: {words}");
        assert_eq!(text(&store, "router", "ssid").as_deref(), Some("Later"), "{name}");
    }
}

fn set(owner: &str, key: &str, value: &str) -> Change {
    Change::SetSetting { owner: owner.into(), key: key.into(), value: Value::plain(value).unwrap() }
}

fn secret(value: &str) -> Change {
    Change::SetSetting {
        owner: "router".into(),
        key: "passphrase".into(),
        value: Value::secret(value).unwrap(),
    }
}

fn remove(owner: &str, key: &str) -> Change {
    Change::RemoveSetting { owner: owner.into(), key: key.into() }
}

fn text(store: &Store, owner: &str, key: &str) -> Option<String> {
    store.setting(owner, key).unwrap().map(|value| value.read().unwrap())
}

fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

fn entry(at: u64, device: u8) -> LedgerEntry {
    LedgerEntry {
        at,
        mac: mac(device),
        nickname: "BLUE-42".into(),
        name: Some("Study".into()),
        method: Some("printer-pin".into()),
        step: Some("m4".into()),
        result: "wrong-pin-second-half".into(),
        words: None,
        actor: Some("owner".into()),
    }
}
