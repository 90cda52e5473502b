//! `kill -9` at any moment loses no acknowledged change, tears none, and corrupts nothing.
//!
//! A writer, which is a process of its own, commits numbered changes and acknowledges each. It is killed again and
//! again, always in the same data folder, and each time the state must be one that it had: the last acknowledged
//! change, or the one after it, which it had begun.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use keyway_store::{Change, Device, LedgerEntry, LedgerQuery, Store, StoreError, Value};
use keyway_wsc::MacAddr;

/// Tells the writer its data folder and the length of its large value.
const FOLDER: &str = "KEYWAY_TEST_STORE_FOLDER";
const LENGTH: &str = "KEYWAY_TEST_STORE_LENGTH";
/// The test that is the writer when it is told a folder.
const WRITER: &str = "the_writer_writes_what_is_looked_for";

/// Small changes: the kill falls anywhere between and within commits.
#[test]
fn no_acknowledged_change_is_lost() {
    kill_again_and_again(40, 0);
}

/// Changes of many pages: the kill falls into the writing of the log, and into its being copied into the file, which
/// SQLite does whenever the log has a thousand pages: with these, at every fourth commit.
#[test]
fn no_large_change_is_torn() {
    kill_again_and_again(25, 1_000_000);
}

#[test]
fn while_the_writer_lives_nobody_else_opens_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::start(folder.path(), 0);
    writer.read_acknowledgement().expect("it writes");
    assert!(matches!(Store::open(folder.path()), Err(StoreError::InUse { .. })));
    writer.kill();
    assert!(check(folder.path()) > 0);
}

#[test]
fn the_writer_writes_what_is_looked_for() {
    if let Some(folder) = env::var_os(FOLDER) {
        let length = env::var(LENGTH).unwrap().parse().unwrap();
        write(Path::new(&folder), length, u32::MAX);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for last in [3, 5] {
        write(folder.path(), 1000, last);
        assert_eq!(check(folder.path()), last);
    }
}

fn kill_again_and_again(rounds: u32, length: usize) {
    let folder = tempfile::tempdir().unwrap();
    let (mut last, mut begun) = (0, 0);
    let mut random = Random(u64::from(rounds));
    for round in 0..rounds {
        let mut writer = Writer::start(folder.path(), length);
        // Between none and a dozen acknowledgements, then a bit further on: the writer runs meanwhile.
        for _ in 0..random.below(12) {
            let acknowledged = writer.read_acknowledgement().expect("the writer lives");
            assert_eq!(acknowledged, last + 1, "round {round}");
            last = acknowledged;
        }
        for _ in 0..random.below(20_000) {
            std::hint::spin_loop();
            std::thread::yield_now();
        }
        // What it acknowledged before it was killed counts, whether it was read by then or not.
        for acknowledged in writer.kill() {
            assert_eq!(acknowledged, last + 1, "round {round}");
            last = acknowledged;
        }
        let found = check(folder.path());
        assert!(found == last || found == last + 1, "round {round}: acknowledged {last}, found {found}");
        begun += found - last;
        last = found;
    }
    assert!(
        last > rounds,
        "only {last} changes in {rounds} rounds: the kills come too early to prove anything"
    );
    println!("{last} changes, {rounds} kills, {begun} of them between a commit and its acknowledgement");
}

/// Commits changes up to number `last`, each of all kinds, and acknowledges each.
fn write(folder: &Path, length: usize, last: u32) {
    let mut store = Store::open(folder).unwrap();
    let first = number(&store, "first").unwrap_or(0) + 1;
    // Not by way of `println`, which a test harness may collect.
    let mut out = std::io::stdout();
    for n in first..=last {
        let set = |key: &str, value: &str| Change::SetSetting {
            owner: "test".into(),
            key: key.into(),
            value: Value::plain(value).unwrap(),
        };
        let changes = [
            set("first", &n.to_string()),
            Change::AppendLedger(LedgerEntry {
                at: u64::from(n),
                mac: MacAddr([2, 0, 0, 0, 0, n as u8]),
                nickname: "BLUE-42".into(),
                name: None,
                method: None,
                step: None,
                result: "success".into(),
                words: Some("w".repeat(n as usize % 3000)),
                actor: None,
            }),
            set("large", &large(n, length)),
            Change::PutDevice(Device {
                mac: MacAddr([2, 0, 0, 0, 0, 1]),
                name: None,
                nickname: "BLUE-42".into(),
                uuid: None,
                first_enrolled: 1,
                last_enrolled: u64::from(n),
                address: None,
                method: None,
            }),
            // Every other one is a secret, so that the log is emptied now and then.
            Change::SetSetting {
                owner: "test".into(),
                key: format!("secret {}", n % 7),
                value: if n % 2 == 0 { Value::secret(&n) } else { Value::plain(&n) }.unwrap(),
            },
            set("second", &n.to_string()),
        ];
        store.commit(&changes).unwrap();
        writeln!(out, "committed {n}").and_then(|()| out.flush()).unwrap();
    }
}

/// Opens the store, which checks the whole file, and compares all its parts. The number of the last change.
fn check(folder: &Path) -> u32 {
    let store = Store::open(folder).unwrap();
    let n = number(&store, "first").unwrap_or(0);
    assert_eq!(number(&store, "second").unwrap_or(0), n);
    let page = store.ledger(&LedgerQuery { device: None, before: None, limit: u32::MAX }).unwrap();
    assert!(
        page.entries.iter().map(|(_, entry)| entry.at).eq((1..=u64::from(n)).rev()),
        "the ledger has gaps"
    );
    assert!(page.entries.iter().all(|(id, entry)| id.0 == entry.at));
    let device = store.device(MacAddr([2, 0, 0, 0, 0, 1])).unwrap();
    assert_eq!(device.map_or(0, |device| device.last_enrolled), u64::from(n));
    if let Some(value) = store.setting("test", "large").unwrap() {
        let value: String = value.read().unwrap();
        assert!(value == large(n, value.len()), "the large value is torn");
    }
    for k in n.saturating_sub(6).max(1)..=n {
        let value = store.setting("test", &format!("secret {}", k % 7)).unwrap().expect("a value for each");
        assert_eq!((value.read::<u32>().unwrap(), value.is_secret()), (k, k % 2 == 0));
    }
    n
}

fn number(store: &Store, key: &str) -> Option<u32> {
    let value = store.setting("test", key).unwrap()?;
    Some(value.read::<String>().unwrap().parse().unwrap())
}

/// A text of this length in which every part names the change.
fn large(n: u32, length: usize) -> String {
    format!("{n:08} ").repeat(length / 9 + 1)[..length].to_owned()
}

/// The writer as a process.
struct Writer {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Writer {
    fn start(folder: &Path, length: usize) -> Writer {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", WRITER, "--nocapture", "--test-threads=1"]);
        command.env(FOLDER, folder).env(LENGTH, length.to_string());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Writer { child, lines }
    }

    /// The next number that it acknowledges; `None` when it ended.
    fn read_acknowledgement(&mut self) -> Option<u32> {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(n) = acknowledgement(&line) {
                return Some(n);
            }
        }
    }

    /// Kills it with SIGKILL; the numbers that it acknowledged and that were not read yet.
    fn kill(mut self) -> Vec<u32> {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), None, "the writer ended by itself: {status}");
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).unwrap();
        // A line that was cut off is no acknowledgement.
        rest.split_inclusive('\n').filter(|line| line.ends_with('\n')).filter_map(acknowledgement).collect()
    }
}

/// The harness writes the name of the test before the first one, on the same line.
fn acknowledgement(line: &str) -> Option<u32> {
    line.split_once("committed ").and_then(|(_, number)| number.trim_end().parse().ok())
}

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
