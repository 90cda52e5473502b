//! The file in which iwd keeps what it knows of a network, while the network is handed over.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::Error;

/// Longer than any such file.
const LONGEST: u64 = 1 << 20;

/// Reads a file; nothing if there is none.
pub(super) fn read(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    if length > LONGEST {
        return Err(ErrorKind::FileTooLarge.into());
    }
    // All room at once, and some to see the end in: a buffer that grows leaves copies behind.
    let room = usize::try_from(length).map_err(|_| ErrorKind::FileTooLarge)? + 64;
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    file.take(LONGEST).read_to_end(&mut text)?;
    Ok(Some(text))
}

/// A file that was written, and is again what it was unless it is kept.
pub(super) struct Written {
    path: PathBuf,
    /// What stood there; nothing if there was no file.
    before: Option<Zeroizing<Vec<u8>>>,
    is_settled: bool,
}

impl Written {
    /// Writes the file, for its owner alone.
    pub(super) fn write(
        path: PathBuf,
        content: &[u8],
        before: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Written, Error> {
        // It may be in place even when this fails.
        let written = Written { path, before, is_settled: false };
        write(&written.path, content, "write")?;
        Ok(written)
    }

    /// Leaves it as it is now.
    pub(super) fn keep(mut self) {
        self.is_settled = true;
    }

    /// Makes it what it was.
    ///
    /// # Errors
    /// When that fails; then the other groups of the file are as they were, and the key is the new one.
    pub(super) fn undo(mut self) -> Result<(), Error> {
        self.is_settled = true;
        self.put_back()
    }

    fn put_back(&self) -> Result<(), Error> {
        if let Some(before) = &self.before {
            return write(&self.path, before, "write back");
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Error::file("remove", &self.path)(error))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if !self.is_settled {
            let _ = self.put_back();
        }
    }
}

fn write(path: &Path, content: &[u8], doing: &'static str) -> Result<(), Error> {
    keyway_linux::write_secret_file(path, content)
        .map_err(|error| Error::file(doing, path)(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Writes over a file with this in it (or none), does something with it, and gives what is there then.
    fn after(before: Option<&[u8]>, end: impl FnOnce(Written)) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("HomeNet.psk");
        if let Some(text) = before {
            fs::write(&path, text).unwrap();
        }
        let was = read(&path).unwrap();
        assert_eq!(was.as_deref().map(Vec::as_slice), before);
        let written = Written::write(path.clone(), b"new", was).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        end(written);
        read(&path).unwrap().map(|text| text.to_vec())
    }

    #[test]
    fn a_file_that_is_not_kept_is_what_it_was() {
        let old: &[u8] = b"[Security]\nPassphrase=old \xff password\n[IPv4]\nAddress=192.168.1.7\n";
        for before in [None, Some(old), Some(b"")] {
            assert_eq!(after(before, Written::keep).as_deref(), Some(&b"new"[..]));
            assert_eq!(after(before, |written| written.undo().unwrap()).as_deref(), before);
            assert_eq!(after(before, drop).as_deref(), before);
            // Somebody else has removed it.
            let removed = |written: Written| {
                fs::remove_file(&written.path).unwrap();
                written.undo().unwrap();
            };
            assert_eq!(after(before, removed).as_deref(), before);
        }
    }

    #[test]
    fn a_file_that_cannot_be_put_back_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gone").join("HomeNet.psk");
        fs::create_dir(path.parent().unwrap()).unwrap();
        let written = Written::write(path.clone(), b"new", Some(Zeroizing::new(b"secret".to_vec()))).unwrap();
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
        let text = written.undo().unwrap_err().to_string();
        assert!(text.contains("cannot write back") && !text.contains("secret"), "{text}");
    }

    #[test]
    fn what_is_no_such_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(&folder.path().join("HomeNet.psk")).unwrap().is_none());
        assert!(read(folder.path()).is_err());
        let long = folder.path().join("long");
        fs::File::create(&long).unwrap().set_len(LONGEST + 1).unwrap();
        assert_eq!(read(&long).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }
}
