//! What can go wrong, in words, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why something could not be stored or read. Its words name the file and end in what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be made or used.
    #[error("the data folder {} cannot be used: {source}. Choose another folder, or change its permissions", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Everybody on the machine may write into the data folder, and so exchange the files in it.
    #[error("everybody may write into the data folder {path}. Choose another folder, or run: chmod o-w '{path}'", path = path.display())]
    FolderOpenToAll {
        /// The folder.
        path: PathBuf,
    },
    /// Another process has the file open.
    #[error("{} is in use by another process. End that one, or choose another data folder", file.display())]
    InUse {
        /// The file.
        file: PathBuf,
    },
    /// A newer version of this program wrote the file.
    #[error(
        "{} was written by a newer version (its format is {found}, this version knows {known}). Use the newer version, \
         or another data folder", file.display()
    )]
    Newer {
        /// The file.
        file: PathBuf,
        /// The number of its format.
        found: u32,
        /// The newest format that this version knows.
        known: u32,
    },
    /// The file is a database of another program.
    #[error("{} belongs to another program. Choose another data folder", file.display())]
    NotOurs {
        /// The file.
        file: PathBuf,
    },
    /// The file does not have the content that it should have.
    #[error(
        "{} is damaged ({detail}). Nothing was changed in it. Move it away and start anew, or put a backup in its \
         place", file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// There is no room.
    #[error("there is no room left for {}. Nothing was changed. Make room on that disk and try again", file.display())]
    Full {
        /// The file.
        file: PathBuf,
    },
    /// The file or its folder cannot be written.
    #[error("{} cannot be written. Nothing was changed. Check the permissions of the file and of its folder, and \
        whether the disk is mounted read-only", file.display())]
    ReadOnly {
        /// The file.
        file: PathBuf,
    },
    /// Something is at the place of the backup already.
    #[error("{} exists already. Choose another name for the backup", file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// The system could not read or write.
    #[error("{} cannot be read or written ({detail}). Check the disk", file.display())]
    Disk {
        /// The file.
        file: PathBuf,
        /// What the system or SQLite says.
        detail: String,
    },
    /// A value has no form in JSON, or is of another type than asked for. Its content is not told.
    #[error("a value is of another kind than expected ({kind}). Set it again")]
    Value {
        /// What JSON has to say about it, without the value.
        kind: &'static str,
    },
    /// One value is larger than a file can hold.
    #[error("a value is too large to be stored. Nothing was changed. Shorten it")]
    TooLarge,
}

impl StoreError {
    /// What JSON says can repeat the value; only its kind is kept.
    pub(crate) fn value(error: serde_json::Error) -> StoreError {
        let kind = match error.classify() {
            serde_json::error::Category::Io => "it cannot be written",
            serde_json::error::Category::Syntax | serde_json::error::Category::Eof => "it is not JSON",
            serde_json::error::Category::Data => "its type is another one",
        };
        StoreError::Value { kind }
    }

    /// What SQLite says about a file.
    pub(crate) fn sqlite(file: &Path, error: rusqlite::Error) -> StoreError {
        let file = file.to_owned();
        let rusqlite::Error::SqliteFailure(failure, words) = &error else {
            // The types in the file are declared and checked: anything else than asked for is damage.
            return StoreError::Damaged { file, detail: error.to_string() };
        };
        let detail = words.clone().unwrap_or_else(|| failure.to_string());
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::InUse { file },
            ErrorCode::DiskFull => StoreError::Full { file },
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly { file },
            ErrorCode::TooBig => StoreError::TooLarge,
            ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory => {
                StoreError::Disk { file, detail }
            }
            // Our own statements are right: what does not understand them is not the file that we wrote.
            _ => StoreError::Damaged { file, detail },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi::{self, Error};

    #[test]
    fn what_sqlite_says_becomes_words_with_advice() {
        let cases = [
            (ffi::SQLITE_BUSY, "End that one"),
            (ffi::SQLITE_LOCKED, "End that one"),
            (ffi::SQLITE_CORRUPT, "put a backup in its place"),
            (ffi::SQLITE_ERROR, "put a backup in its place"),
            (ffi::SQLITE_NOTADB, "put a backup in its place"),
            (ffi::SQLITE_FULL, "Make room"),
            (ffi::SQLITE_READONLY, "Check the permissions"),
            (ffi::SQLITE_READONLY_DBMOVED, "Check the permissions"),
            (ffi::SQLITE_PERM, "Check the permissions"),
            (ffi::SQLITE_IOERR_FSYNC, "Check the disk"),
            (ffi::SQLITE_CANTOPEN, "Check the disk"),
        ];
        for (code, advice) in cases {
            let error = rusqlite::Error::SqliteFailure(Error::new(code), None);
            let words = StoreError::sqlite(Path::new("/data/keyway.db"), error).to_string();
            assert!(words.starts_with("/data/keyway.db ") || code == ffi::SQLITE_FULL, "{words}");
            assert!(words.contains("/data/keyway.db") && words.contains(advice), "{code}: {words}");
        }
    }
}
