//! The data folder and its files: who may read them, and which are refused.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use keyway_store::{Change, Store, StoreError, Value};

#[test]
fn only_the_owner_can_read_what_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("a/b");
    let mut store = Store::open(&data).unwrap();
    store.commit(&[large(1, 100_000)]).unwrap();
    assert_eq!(mode(&data), 0o700);
    let names = modes(&data);
    assert_eq!(names, [("keyway.db".into(), 0o600), ("keyway.db-wal".into(), 0o600)]);
    let backup = folder.path().join("backup");
    store.backup(&backup).unwrap();
    assert_eq!(mode(&backup), 0o600);
    drop(store);
    // An orderly end leaves one file.
    assert_eq!(modes(&data), [("keyway.db".into(), 0o600)]);
}

#[test]
fn files_that_others_could_read_become_private() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    drop(Store::open(folder.path()).unwrap());
    let file = folder.path().join("keyway.db");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    store.commit(&[large(1, 10)]).unwrap();
    assert!(modes(folder.path()).iter().all(|(_, mode)| *mode == 0o600), "{:?}", modes(folder.path()));
    // The folder is the owner's business, as long as nobody else may write into it.
    assert_eq!(mode(folder.path()), 0o755);
}

#[test]
fn what_cannot_be_a_store_is_refused_and_left_as_it_is() {
    type Make = fn(&Path);
    let database = |sql: &'static str| {
        move |file: &Path| rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap()
    };
    let of_another = database("CREATE TABLE recipes (name TEXT)");
    let newer =
        database("PRAGMA application_id = 1262836055; PRAGMA user_version = 99; CREATE TABLE future (x)");
    let strange = database("PRAGMA application_id = 1262836055; PRAGMA user_version = -5");
    let text: Make = |file| fs::write(file, "these are not the pages you are looking for").unwrap();
    let folder: Make = |file| fs::create_dir(file).unwrap();
    let link: Make = |file| {
        let target = file.with_file_name("target");
        fs::write(&target, "").unwrap();
        symlink(target, file).unwrap();
    };
    type Case<'a> = (&'a str, &'a dyn Fn(&Path), &'a str);
    let cases: [Case<'_>; 6] = [
        ("of another program", &of_another, "belongs to another program"),
        ("newer", &newer, "format is 99, this version knows 1"),
        ("strange", &strange, "format is 5"),
        ("text", &text, "is damaged"),
        ("a folder", &folder, "is no file"),
        ("a link", &link, "is no file"),
    ];
    for (name, make, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keyway.db");
        make(&file);
        let before = fs::read(&file).ok();
        let error = Store::open(folder.path()).unwrap_err();
        let words = error.to_string();
        assert!(
            words.contains(expected) && words.contains(folder.path().to_str().unwrap()),
            "{name}: {words}"
        );
        assert_eq!(fs::read(&file).ok(), before, "{name}");
    }
}

#[test]
fn folders_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let open = folder.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
    // Nobody can make a folder in /proc, not even root.
    let cases = [
        (file.clone(), "cannot be used"),
        (file.join("below"), "cannot be used"),
        (open, "chmod o-w"),
        ("/proc/keyway".into(), "cannot be used"),
    ];
    for (path, expected) in cases {
        let words = Store::open(&path).unwrap_err().to_string();
        assert!(words.contains(expected) && words.contains(path.to_str().unwrap()), "{words}");
    }
}

#[test]
fn a_second_opening_is_refused_while_the_first_lasts() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    for _ in 0..3 {
        let error = Store::open(folder.path()).unwrap_err();
        assert!(matches!(&error, StoreError::InUse { .. }), "{error}");
        // The one that is open does not suffer.
        store.commit(&[large(1, 10)]).unwrap();
    }
    drop(store);
    Store::open(folder.path()).unwrap();
}

#[test]
fn a_temporary_store_leaves_nothing() {
    let mut store = Store::temporary().unwrap();
    store.commit(&[large(1, 10)]).unwrap();
    let folder = store.file().parent().unwrap().to_owned();
    assert_eq!(mode(&folder), 0o700);
    drop(store);
    assert!(!folder.exists());
}

fn large(number: u32, length: usize) -> Change {
    let value = Value::plain(&"x".repeat(length)).unwrap();
    Change::SetSetting { owner: "router".into(), key: number.to_string(), value }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The files of a folder with their modes, in order.
fn modes(folder: &Path) -> Vec<(String, u32)> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), mode(&entry.path())))
        .collect();
    names.sort();
    names
}
