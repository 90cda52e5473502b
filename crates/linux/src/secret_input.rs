//! Secrets that come in: from a file, from standard input, or typed unseen.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, Termios};
use zeroize::Zeroizing;

use crate::wait::{Poller, Stop};

/// A secret as it was read, wiped from memory when it is dropped.
pub struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    exposure: Exposure,
}

/// Who besides its owner could read the file that a secret came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    /// Nobody; or it was no file.
    Private,
    /// The file's group.
    Group,
    /// Everybody on this machine.
    Everyone,
}

impl Secret {
    /// The secret, without the end of its line.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Who else could read it. Worth a warning rather than a refusal: the secrets that container and service
    /// managers hand out are often readable by everybody who can get to them.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        self.exposure
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("exposure", &self.exposure).finish_non_exhaustive()
    }
}

/// Reads a secret as a command line names it: a file, or `-` for standard input, where a terminal is asked
/// with `prompt` and does not show what is typed.
///
/// `limit` is the most octets that it may have, one end of line (`\n` or `\r\n`) not counted and not kept.
///
/// # Errors
/// [`ReadError`], which says what to do.
pub fn read_secret(
    path: &Path,
    limit: usize,
    prompt: &str,
    poller: &mut Poller,
) -> Result<Secret, ReadError> {
    let stdin = rustix::stdio::stdin();
    if path != Path::new("-") {
        read_secret_file(path, limit)
    } else if rustix::termios::isatty(stdin) {
        prompt_secret(prompt, limit, poller)
    } else {
        read_secret_line(stdin, limit, poller)
    }
}

/// Reads a secret from a file. It can also be a pipe, such as a shell's `<(command)`.
///
/// # Errors
/// [`ReadError`].
pub fn read_secret_file(path: &Path, limit: usize) -> Result<Secret, ReadError> {
    let place = || path.display().to_string();
    let system = |source| ReadError::System { place: place(), source };
    let file = File::open(path).map_err(system)?;
    let metadata = file.metadata().map_err(system)?;
    if metadata.is_dir() {
        return Err(ReadError::Folder { place: place() });
    }
    let exposure = if metadata.is_file() { Exposure::of(metadata.mode()) } else { Exposure::Private };
    let mut buffer = Buffer::new(limit);
    while !buffer.is_full() {
        if buffer.read(&file, usize::MAX).map_err(system)? == 0 {
            break;
        }
    }
    buffer.finish(limit, exposure, place)
}

/// Reads one line from a pipe such as standard input, and not an octet more: what follows is for others to read.
///
/// # Errors
/// [`ReadError`]; [`ReadError::Stopped`] when SIGINT or SIGTERM comes first.
pub fn read_secret_line(fd: impl AsFd, limit: usize, poller: &mut Poller) -> Result<Secret, ReadError> {
    let fd = fd.as_fd();
    let place = || "standard input".to_owned();
    let system = |source| ReadError::System { place: place(), source };
    let mut buffer = Buffer::new(limit);
    while !buffer.is_full() && !buffer.ends_line() {
        wait_for(fd, poller).map_err(|error| error.at("standard input"))?;
        if buffer.read(fd, 1).map_err(system)? == 0 {
            break;
        }
    }
    buffer.finish(limit, Exposure::Private, place)
}

/// Asks for a secret on the terminal of the process, which does not show what is typed.
///
/// The terminal is set back whatever happens, SIGINT (Ctrl-C) and SIGTERM included.
///
/// # Errors
/// [`ReadError`]; [`ReadError::NoTerminal`] when the process has none.
pub fn prompt_secret(prompt: &str, limit: usize, poller: &mut Poller) -> Result<Secret, ReadError> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let terminal = rustix::fs::open("/dev/tty", flags, Mode::empty()).map_err(|_| ReadError::NoTerminal)?;
    ask(terminal.as_fd(), prompt, limit, poller)
}

/// Why there is no secret. The text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The system refused.
    System {
        /// Where the secret was to come from.
        place: String,
        /// The system's reason.
        source: io::Error,
    },
    /// It is a folder.
    Folder {
        /// Where the secret was to come from.
        place: String,
    },
    /// There is nothing in it, or an end of line only.
    Empty {
        /// Where the secret was to come from.
        place: String,
    },
    /// There is more in it than a secret may have.
    TooLong {
        /// Where the secret was to come from.
        place: String,
        /// The most octets allowed.
        limit: usize,
    },
    /// There is no terminal to ask on.
    NoTerminal,
    /// A signal came before the secret.
    Stopped(Stop),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System { place, source } => write!(f, "cannot read {place}: {source}"),
            Self::Folder { place } => write!(f, "{place} is a folder; give the name of a file"),
            Self::Empty { place } => write!(f, "nothing was given: {place} is empty"),
            Self::TooLong { place, limit } => {
                write!(f, "{place} holds more than {limit} octets; give one line with the secret alone")
            }
            Self::NoTerminal => f.write_str("there is no terminal to ask on; give the secret in a file"),
            Self::Stopped(_) => f.write_str("stopped before the secret was given"),
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::System { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl Exposure {
    fn of(mode: u32) -> Self {
        match mode {
            mode if mode & 0o004 != 0 => Self::Everyone,
            mode if mode & 0o040 != 0 => Self::Group,
            _ => Self::Private,
        }
    }
}

/// Octets read so far, in memory that never moves (moving would leave a copy) and is wiped at the end.
struct Buffer {
    bytes: Zeroizing<Vec<u8>>,
    length: usize,
}

impl Buffer {
    /// Room for the limit, a line's end, and one octet more, which shows that it is too long.
    fn new(limit: usize) -> Self {
        Self { bytes: Zeroizing::new(vec![0; limit.saturating_add(3)]), length: 0 }
    }

    fn is_full(&self) -> bool {
        self.length == self.bytes.len()
    }

    fn ends_line(&self) -> bool {
        self.bytes[..self.length].last() == Some(&b'\n')
    }

    /// Reads once, `most` octets at the most.
    fn read(&mut self, fd: impl AsFd, most: usize) -> io::Result<usize> {
        let end = self.bytes.len().min(self.length.saturating_add(most));
        let room = &mut self.bytes[self.length..end];
        let count = rustix::io::retry_on_intr(|| rustix::io::read(&fd, &mut *room))?;
        self.length += count;
        Ok(count)
    }

    fn finish(
        mut self,
        limit: usize,
        exposure: Exposure,
        place: impl Fn() -> String,
    ) -> Result<Secret, ReadError> {
        let bytes = &self.bytes[..self.length];
        let bytes = match bytes.strip_suffix(b"\n") {
            Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
            None => bytes,
        };
        match bytes.len() {
            0 => Err(ReadError::Empty { place: place() }),
            length if length > limit => Err(ReadError::TooLong { place: place(), limit }),
            length => {
                self.bytes.truncate(length);
                Ok(Secret { bytes: self.bytes, exposure })
            }
        }
    }
}

/// Why a wait for input ended without any.
enum Interrupted {
    Stop(Stop),
    System(io::Error),
}

impl Interrupted {
    fn at(self, place: &str) -> ReadError {
        match self {
            Self::Stop(stop) => ReadError::Stopped(stop),
            Self::System(source) => ReadError::System { place: place.to_owned(), source },
        }
    }
}

fn wait_for(fd: BorrowedFd<'_>, poller: &mut Poller) -> Result<(), Interrupted> {
    loop {
        let wake = poller.wait(&[Some(fd)], None).map_err(Interrupted::System)?;
        if let Some(stop) = wake.stop {
            return Err(Interrupted::Stop(stop));
        }
        if wake.is_ready(0) {
            return Ok(());
        }
    }
}

/// The modes of a terminal, to be set again at the end.
struct Modes<'t> {
    terminal: BorrowedFd<'t>,
    before: Termios,
}

impl<'t> Modes<'t> {
    /// Has the terminal show nothing but the end of the line, and forget what was typed ahead.
    fn unseen(terminal: BorrowedFd<'t>) -> Result<Self, Errno> {
        let before = rustix::termios::tcgetattr(terminal)?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        modes.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        rustix::termios::tcsetattr(terminal, OptionalActions::Flush, &modes)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Modes<'_> {
    fn drop(&mut self) {
        // What is left of too long a line is thrown away with it, so that no shell runs it as a command.
        let _ = rustix::termios::tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

fn ask(
    terminal: BorrowedFd<'_>,
    prompt: &str,
    limit: usize,
    poller: &mut Poller,
) -> Result<Secret, ReadError> {
    let place = || "the terminal".to_owned();
    let system = |error: Errno| ReadError::System { place: place(), source: error.into() };
    let _modes = Modes::unseen(terminal).map_err(system)?;
    write_all(terminal, prompt.as_bytes()).map_err(system)?;
    let mut buffer = Buffer::new(limit);
    while !buffer.is_full() && !buffer.ends_line() {
        let waited = wait_for(terminal, poller);
        if matches!(waited, Err(Interrupted::Stop(_))) {
            // The cursor still stands behind the prompt.
            write_all(terminal, b"\n").map_err(system)?;
        }
        waited.map_err(|error| error.at("the terminal"))?;
        let count = buffer.read(terminal, usize::MAX);
        if count.map_err(|source| ReadError::System { place: place(), source })? == 0 {
            break;
        }
    }
    buffer.finish(limit, Exposure::Private, place)
}

fn write_all(fd: BorrowedFd<'_>, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let count = rustix::io::retry_on_intr(|| rustix::io::write(fd, bytes))?;
        bytes = bytes.get(count..).unwrap_or_default();
    }
    Ok(())
}
