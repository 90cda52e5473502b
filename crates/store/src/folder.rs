//! The data folder: who may read it, and that its files are really there.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The name of the file in the data folder.
const FILE: &str = "keyway.db";

/// Makes the folder if it is not there (mode 0700) and an empty file in it (mode 0600). The path of the file, without
/// symbolic links up to its folder.
pub(crate) fn prepare(folder: &Path) -> Result<PathBuf, StoreError> {
    let refused = |source| StoreError::Folder { path: folder.to_owned(), source };
    match DirBuilder::new().mode(0o700).recursive(true).create(folder) {
        Ok(()) => (),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(refused(io::Error::new(ErrorKind::NotADirectory, "it is a file")));
        }
        Err(error) => return Err(refused(error)),
    }
    let folder = folder.canonicalize().map_err(refused)?;
    let mode = folder.metadata().map_err(refused)?.permissions().mode();
    if mode & 0o002 != 0 {
        return Err(StoreError::FolderOpenToAll { path: folder });
    }
    let file = folder.join(FILE);
    match create_private(&file) {
        Ok(_) => sync_folder(&folder).map_err(refused)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => make_private(&file).map_err(refused)?,
        Err(error) => return Err(refused(error)),
    }
    // SQLite gives its own files the mode of the first one. One left over by another hand may differ.
    for ending in ["-wal", "-shm", "-journal"] {
        make_private(&file.with_file_name(format!("{FILE}{ending}"))).map_err(refused)?;
    }
    Ok(file)
}

/// Creates a file that only its owner can read; it must not be there yet.
///
/// An existing file is never opened here: closing it again would end the locks that this process has on it.
pub(crate) fn create_private(file: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)
}

/// Makes the entries of a folder last.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()?;
    // A folder that was just made is an entry of the one above.
    folder.parent().map_or(Ok(()), |above| File::open(above).and_then(|above| above.sync_all()).or(Ok(())))
}

/// Takes from everybody but the owner what they may do with a file, if it is there.
fn make_private(file: &Path) -> io::Result<()> {
    let mode = match fs::symlink_metadata(file) {
        Ok(metadata) if metadata.is_file() => metadata.permissions().mode(),
        Ok(_) => return Err(io::Error::other(format!("{} is no file", file.display()))),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if mode & 0o077 != 0 { fs::set_permissions(file, Permissions::from_mode(0o600)) } else { Ok(()) }
}
