//! Where a PIN can be shown.

use crate::exit::Error;
use std::env;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

/// Refuses to make a PIN whose only screen would be systemd's journal: that keeps it, for everybody who may read the journal.
/// `instead` says what else can be done.
///
/// # Errors
/// When standard output is the journal. Status 2, so that a unit is not begun again and again.
pub(crate) fn check(instead: &str) -> Result<(), Error> {
    let journal = env::var("JOURNAL_STREAM").unwrap_or_default();
    if is_named(io::stdout(), &journal) {
        let words = "standard output is the journal, which would keep the PIN";
        return Err(Error::usage(format_args!("{words}: {instead}")));
    }
    Ok(())
}

/// Whether a stream is the one that `$JOURNAL_STREAM` names: its device and inode, decimal, with a colon between
/// (systemd.exec(5)).
fn is_named(stream: impl AsFd, journal: &str) -> bool {
    let Ok(stream) = stream.as_fd().try_clone_to_owned() else { return false };
    File::from(stream)
        .metadata()
        .is_ok_and(|metadata| journal == format!("{}:{}", metadata.dev(), metadata.ino()))
}
