//! Files that hold credentials: written whole or not at all, for their owner alone.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

/// Writes a file that only its owner can read (mode 0600), replacing what was there.
///
/// The contents go to a new file in the same folder, to the disk, and only then under the name. Whoever looks
/// sees the old file or the whole new one, whatever happens in between: a full disk, a crash, a power cut. The
/// mode is 0600 from the first octet on, whatever the umask and whatever the mode of the old file. A symbolic
/// link of that name is replaced, not followed. On failure the new file is removed; only a process killed in the
/// middle leaves one behind, named `.keyway-` and 16 hex digits.
///
/// # Errors
/// [`WriteError`]; unless it is [`WriteError::NotDurable`], nothing was changed.
pub fn write_secret_file(path: &Path, contents: &[u8]) -> Result<(), WriteError> {
    let folder = Folder::of(path)?;
    let mut temporary = folder.temporary()?;
    temporary.write(contents).map_err(folder.error("write"))?;
    temporary.put_in_place()?;
    rustix::fs::fsync(&folder.fd)
        .map_err(|error| WriteError::NotDurable { path: path.into(), source: error.into() })
}

/// Whether [`write_secret_file`] could write there now, found out by making and removing a file.
///
/// Ask before a registration begins: credentials that cannot be kept afterwards cost the user a PIN.
///
/// # Errors
/// [`WriteError`], as the writing itself would give.
pub fn check_secret_file(path: &Path) -> Result<(), WriteError> {
    Folder::of(path)?.temporary().map(drop)
}

/// Why a secret file was not written. The text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// The path names no file: it is empty, or ends in `..` or `/`.
    NoName {
        /// The path given.
        path: PathBuf,
    },
    /// There is something of this name that is no file, and must not be replaced by one: a folder, a device.
    NotAFile {
        /// The path given.
        path: PathBuf,
    },
    /// The system refused.
    System {
        /// The path given.
        path: PathBuf,
        /// What was tried, to stand after "cannot".
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is written and in place, but the system could not say that it will survive a power cut.
    NotDurable {
        /// The path given.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName { path } => write!(f, "{:?} names no file", path.as_os_str()),
            Self::NotAFile { path } => {
                write!(f, "{} is there and is no ordinary file; give the name of a file", path.display())
            }
            Self::System { path, doing, source } => {
                write!(f, "cannot {doing} {}: {source}", path.display())?;
                f.write_str(match source.raw_os_error() {
                    Some(libc::ENOSPC | libc::EDQUOT) => "; nothing was changed; make room and try again",
                    Some(libc::ENOENT) => "; make its folder first, with: mkdir -p",
                    _ => "",
                })
            }
            Self::NotDurable { path, source } => {
                write!(f, "{} is written, but may not survive a power cut: {source}", path.display())
            }
        }
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::System { source, .. } | Self::NotDurable { source, .. } => Some(source),
            Self::NoName { .. } | Self::NotAFile { .. } => None,
        }
    }
}

/// The folder of a file to be written, held open: its path may meanwhile come to mean another one.
struct Folder<'p> {
    path: &'p Path,
    name: &'p OsStr,
    fd: OwnedFd,
}

/// A new file in the folder, removed when it is dropped.
struct Temporary<'f, 'p> {
    folder: &'f Folder<'p>,
    name: String,
    file: File,
}

const OWNER_ONLY: u32 = 0o600;
/// Random names tried; a second try is needed once in 2^64.
const TRIES: usize = 4;

impl<'p> Folder<'p> {
    fn of(path: &'p Path) -> Result<Self, WriteError> {
        let ends_in_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        let Some(name) = path.file_name().filter(|_| !ends_in_slash) else {
            return Err(WriteError::NoName { path: path.into() });
        };
        let parent = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(CWD, parent, flags, Mode::empty());
        let fd = opened.map_err(|error| system(path, "open the folder of")(error.into()))?;
        let folder = Self { path, name, fd };
        if folder.has_other_than_a_file().map_err(folder.error("look at"))? {
            return Err(WriteError::NotAFile { path: path.into() });
        }
        Ok(folder)
    }

    /// Whether the name belongs to something that a file must not replace.
    ///
    /// A link is replaced, but not one that stands for something else than a file. `/dev/stdout` is such a one
    /// even while it leads to a file, by way of /proc.
    fn has_other_than_a_file(&self) -> io::Result<bool> {
        let kind = |flags| match rustix::fs::statat(&self.fd, self.name, flags) {
            Ok(found) => Ok(Some(FileType::from_raw_mode(found.st_mode))),
            Err(Errno::NOENT | Errno::LOOP | Errno::NOTDIR | Errno::ACCESS) => Ok(None),
            Err(error) => Err(error),
        };
        let is_other = |kind: Option<FileType>| kind.is_some_and(|kind| kind != FileType::RegularFile);
        let own = kind(AtFlags::SYMLINK_NOFOLLOW)?;
        if own != Some(FileType::Symlink) {
            return Ok(is_other(own));
        }
        let target = rustix::fs::readlinkat(&self.fd, self.name, Vec::new())?;
        Ok(target.to_bytes().starts_with(b"/proc/") || is_other(kind(AtFlags::empty())?))
    }

    fn temporary(&self) -> Result<Temporary<'_, 'p>, WriteError> {
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut result = Err(Errno::EXIST);
        for _ in 0..TRIES {
            let random = getrandom::u64().map_err(io::Error::from).map_err(self.error("make a name for"))?;
            let name = format!(".keyway-{random:016x}");
            result = rustix::fs::openat(&self.fd, &name, flags, Mode::from_raw_mode(OWNER_ONLY))
                .map(|fd| (name, fd));
            if !matches!(result, Err(Errno::EXIST)) {
                break;
            }
        }
        let (name, fd) = result.map_err(|error| self.error("make a file for")(error.into()))?;
        Ok(Temporary { folder: self, name, file: fd.into() })
    }

    fn error(&self, doing: &'static str) -> impl FnOnce(io::Error) -> WriteError {
        system(self.path, doing)
    }
}

impl Temporary<'_, '_> {
    fn write(&mut self, contents: &[u8]) -> io::Result<()> {
        // A umask can only have taken bits away; this gives the owner's back.
        self.file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
        self.file.write_all(contents)?;
        self.file.sync_all()
    }

    /// Gives it its final name. After that there is nothing of the temporary name to remove.
    fn put_in_place(self) -> Result<(), WriteError> {
        let Folder { fd, name, .. } = self.folder;
        let renamed = rustix::fs::renameat(fd, &self.name, fd, *name);
        renamed.map_err(|error| self.folder.error("put in place")(error.into()))
    }
}

impl Drop for Temporary<'_, '_> {
    fn drop(&mut self) {
        // After the renaming nothing has this name, and no other process picks it: it is random.
        let _ = rustix::fs::unlinkat(&self.folder.fd, &self.name, AtFlags::empty());
    }
}

fn system(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> WriteError + use<> {
    let path = path.to_owned();
    move |source| WriteError::System { path, doing, source }
}
