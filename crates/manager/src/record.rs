//! What was taken, on the disk before it is taken: so that it is given back whatever ends Keyway.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::choice::Manager;
use crate::error::Error;
use crate::{iwd, network_manager, supplicant};

/// What one program held, and what is needed to give it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "manager", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Hold {
    /// NetworkManager managed the interface.
    NetworkManager(network_manager::Hold),
    /// iwd had it as a station.
    Iwd(iwd::Hold),
    /// wpa_supplicant had it.
    WpaSupplicant(supplicant::Hold),
}

impl Hold {
    pub(crate) fn manager(&self) -> Manager {
        match self {
            Hold::NetworkManager(_) => Manager::NetworkManager,
            Hold::Iwd(_) => Manager::Iwd,
            Hold::WpaSupplicant(_) => Manager::WpaSupplicant,
        }
    }
}

/// The right to take one interface, and the file about it. The right ends with the process, however it ends.
#[derive(Debug)]
pub(crate) struct Record {
    path: PathBuf,
    _lock: File,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    interface: String,
    /// In the order in which they were taken.
    holds: Vec<Hold>,
}

impl Record {
    /// The record of an interface in a folder, which is made (mode 0700) if it is not there.
    ///
    /// # Errors
    /// [`Error::InUse`] while another process has it; a process that is being killed is waited for.
    pub(crate) fn open(interface: &str, folder: &Path) -> Result<Record, Error> {
        check_name(interface)?;
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(Error::file("make the folder", folder))?;
        let path = folder.join(format!("{interface}.lock"));
        let opened = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(&path);
        let lock = opened.map_err(Error::file("open", &path))?;
        let deadline = Instant::now() + DYING;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(POLL),
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::InUse { interface: interface.to_owned() });
                }
                Err(TryLockError::Error(error)) => return Err(Error::file("lock", path)(error)),
            }
        }
        Ok(Record { path: folder.join(format!("{interface}.json")), _lock: lock })
    }

    /// What was taken and not given back.
    pub(crate) fn read(&self) -> Result<Vec<Hold>, Error> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::file("read", &self.path)(error)),
        };
        let content: Result<Content, _> = serde_json::from_slice(&text);
        content.map(|content| content.holds).map_err(|_| Error::Damaged { path: self.path.clone() })
    }

    /// Writes what is taken, to the disk; without anything taken there is no file.
    pub(crate) fn write(&self, interface: &str, holds: &[Hold]) -> Result<(), Error> {
        if holds.is_empty() {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(Error::file("remove", &self.path)(error))
                }
                _ => Ok(()),
            };
        }
        let content = Content { interface: interface.to_owned(), holds: holds.to_vec() };
        let text = serde_json::to_vec_pretty(&content)
            .map_err(|error| Error::file("write", &self.path)(std::io::Error::other(error)))?;
        keyway_linux::write_secret_file(&self.path, &text)
            .map_err(|error| Error::file("write", &self.path)(std::io::Error::other(error)))
    }
}

/// Names become parts of paths. The rule is the kernel's (`dev_valid_name`).
pub(crate) fn check_name(interface: &str) -> Result<(), Error> {
    let fine = (1..16).contains(&interface.len())
        && interface != "."
        && interface != ".."
        && !interface.contains(|c: char| c == '/' || c == ':' || c.is_whitespace() || c.is_control());
    if fine { Ok(()) } else { Err(Error::InterfaceName(interface.to_owned())) }
}

/// A killed process may hold its lock for a moment after its pipes are closed, and its guardian until all is given back.
const DYING: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn holds() -> Vec<Hold> {
        vec![
            Hold::NetworkManager(network_manager::Hold { profile: Some("0b0b".into()) }),
            Hold::Iwd(iwd::Hold { powered: true }),
            Hold::WpaSupplicant(supplicant::Hold { socket: Some("/run/wpa_supplicant/wlan0".into()) }),
        ]
    }

    #[test]
    fn what_was_written_is_read_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("keyway");
        let record = Record::open("wlan0", &inner).unwrap();
        assert_eq!(record.read().unwrap(), []);
        record.write("wlan0", &holds()).unwrap();
        assert_eq!(record.read().unwrap(), holds());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inner), 0o700);
        assert_eq!(mode(&inner.join("wlan0.json")), 0o600);
        record.write("wlan0", &[]).unwrap();
        assert_eq!(record.read().unwrap(), []);
        assert!(!inner.join("wlan0.json").exists());
        record.write("wlan0", &[]).unwrap();
    }

    #[test]
    fn only_one_process_has_an_interface() {
        let folder = tempfile::tempdir().unwrap();
        let first = Record::open("wlan0", folder.path()).unwrap();
        Record::open("wlan1", folder.path()).unwrap();
        assert!(matches!(Record::open("wlan0", folder.path()), Err(Error::InUse { .. })));
        drop(first);
        Record::open("wlan0", folder.path()).unwrap();
    }

    #[test]
    fn a_damaged_file_is_said_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let record = Record::open("wlan0", folder.path()).unwrap();
        let path = folder.path().join("wlan0.json");
        let texts: [&[u8]; 5] =
            [b"", b"{", b"\xff", b"{\"interface\":\"wlan0\",\"holds\":[{\"manager\":\"x\"}]}", b"[]"];
        for text in texts {
            fs::write(&path, text).unwrap();
            assert!(matches!(record.read(), Err(Error::Damaged { .. })), "{}", text.escape_ascii());
            assert_eq!(fs::read(&path).unwrap(), text);
        }
    }

    #[test]
    fn names_that_are_no_names_are_refused() {
        for name in ["", ".", "..", "../x", "a/b", "wlan 0", "sixteen-letters-", "a:b", "a\0"] {
            assert!(matches!(check_name(name), Err(Error::InterfaceName(_))), "{name:?}");
        }
        for name in ["wlan0", "wlp0s20f3", "wlx0123456789ab", "ä", "..."] {
            check_name(name).unwrap();
        }
    }
}
