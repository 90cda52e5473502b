//! Where a PIN can be shown.

use crate::exit::Error;
use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::{env, io};

/// Where the journal listens for what units say, whatever the environment says of it (systemd-journald.service(8)).
const JOURNAL: &str = "/run/systemd/journal/stdout";

/// Refuses to make a PIN whose only screen would be systemd's journal: that keeps it, for everybody who may read the journal.
/// `instead` says what else can be done.
///
/// # Errors
/// When standard output is the journal. Status 2, so that a unit is not begun again and again.
pub(crate) fn check(instead: &str) -> Result<(), Error> {
    let journal = env::var("JOURNAL_STREAM").unwrap_or_default();
    if is_named(io::stdout(), &journal) || leads_to(io::stdout(), Path::new(JOURNAL)) {
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

/// Whether a stream is connected to the socket with this name.
fn leads_to(stream: impl AsFd, socket: &Path) -> bool {
    let Ok(stream) = stream.as_fd().try_clone_to_owned() else { return false };
    // What is no such socket has no peer.
    UnixStream::from(stream).peer_addr().is_ok_and(|peer| peer.as_pathname() == Some(socket))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_stream_is_known_by_where_it_leads() {
        let socket = env::temp_dir().join(format!("keyway-screen-{}", std::process::id()));
        let listener = UnixListener::bind(&socket).unwrap();
        let stream = UnixStream::connect(&socket).unwrap();
        assert!(leads_to(&stream, &socket));
        assert!(!leads_to(&stream, Path::new(JOURNAL)));
        assert!(!leads_to(&listener, &socket));
        assert!(!leads_to(File::open("/dev/null").unwrap(), &socket));
        std::fs::remove_file(&socket).unwrap();
    }
}
