//! What must last, on a disk that is really full, and on one that is really read-only.

use std::fs;
use std::path::Path;
use std::process::Command;

use keyway_interop::process::run;
use keyway_interop::requirements;
use keyway_interop::scratch::Scratch;
use keyway_store::{Change, Store, StoreError, Value};

#[test]
fn a_full_disk_loses_nothing_and_later_it_goes_on() {
    let disk = Disk::new("full", "2m");
    // Something else takes most of the room.
    let other = disk.path().join("other");
    fs::write(&other, vec![1; 1_500_000]).unwrap();
    let mut store = Store::open(&disk.path().join("data")).unwrap();
    let mut kept = 0;
    let error = loop {
        match store.commit(&[set("number", kept + 1), set("large", "x".repeat(20_000 + kept))]) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1000, "the disk has no end");
    };
    assert!(matches!(&error, StoreError::Full { .. }), "{error}");
    assert!(kept > 2, "{kept}");
    let number = |store: &Store| store.setting("test", "number").unwrap().unwrap().read::<usize>().unwrap();
    assert_eq!(number(&store), kept);
    assert!(store.backup(&disk.path().join("backup")).is_err());
    assert!(!disk.path().join("backup").exists() && !disk.path().join("backup.partial").exists());

    fs::remove_file(&other).unwrap();
    store.commit(&[set("number", kept + 1), set("large", "x".repeat(100_000))]).unwrap();
    drop(store);
    let store = Store::open(&disk.path().join("data")).unwrap();
    assert_eq!(number(&store), kept + 1);
}

#[test]
fn a_read_only_disk_is_named() {
    let disk = Disk::new("read-only", "4m");
    let data = disk.path().join("data");
    let mut store = Store::open(&data).unwrap();
    store.commit(&[set("number", 1)]).unwrap();
    drop(store);
    disk.remount("ro");
    let error = Store::open(&data).unwrap_err();
    assert!(matches!(&error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.to_string().contains("mounted read-only"), "{error}");
    let error = Store::open(&disk.path().join("new")).unwrap_err();
    assert!(matches!(&error, StoreError::Folder { .. }), "{error}");

    disk.remount("rw");
    let store = Store::open(&data).unwrap();
    assert_eq!(store.setting("test", "number").unwrap().unwrap().read::<u8>().unwrap(), 1);
}

fn set(key: &str, value: impl Into<serde_json::Value>) -> Change {
    Change::SetSetting { owner: "test".into(), key: key.into(), value: Value::plain(&value.into()).unwrap() }
}

/// A disk in memory, mounted while the value lives.
struct Disk {
    scratch: Scratch,
}

impl Disk {
    fn new(name: &str, size: &str) -> Disk {
        requirements::check();
        let scratch = Scratch::new(name);
        let mut mount = Command::new(requirements::program("mount"));
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(scratch.path());
        run(mount);
        Disk { scratch }
    }

    fn path(&self) -> &Path {
        self.scratch.path()
    }

    fn remount(&self, mode: &str) {
        let mut mount = Command::new(requirements::program("mount"));
        mount.args(["-o", &format!("remount,{mode}")]).arg(self.path());
        run(mount);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, so that it goes while a failing test still has a file open.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
