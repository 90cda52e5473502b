//! A second process that gives an interface back at once when the first is killed.
//!
//! The first process starts a copy of its own program with a pipe to its standard input ([`Guardian::start`]) and
//! never writes to it. When the first ends, however it ends, the kernel closes the pipe; the copy, which waited for that
//! in [`run`], then gives back whatever is still taken.
//!
//! ```no_run
//! use std::path::Path;
//! use std::process::Command;
//! use keyway_manager::guardian::{self, Guardian};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let in_the_copy = false;
//! let folder = Path::new("/run/keyway");
//! if in_the_copy {
//!     guardian::run(std::io::stdin(), "wlan0", folder)?;
//!     return Ok(());
//! }
//! let mut copy = Command::new(std::env::current_exe()?);
//! copy.args(["guardian", "wlan0"]);
//! let guardian = Guardian::start(copy)?;
//! let taken = keyway_manager::take("wlan0", folder, keyway_manager::NEVER)?;
//! // … register …
//! taken.give_back()?;
//! guardian.dismiss()?;
//! # Ok(())
//! # }
//! ```
//!
//! systemd kills the whole control group of a service, the guardian too: there, `ExecStopPost=` is its place.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::error::Error;
use crate::taken::{Restored, restore};

/// Waits for the end of the pipe, whatever comes out of it, and gives back what is still taken.
///
/// # Errors
/// As [`restore`]. That the pipe cannot be read counts as its end.
pub fn run(mut pipe: impl Read, interface: &str, state_folder: &Path) -> Result<Restored, Error> {
    let mut ignored = [0; 64];
    loop {
        match pipe.read(&mut ignored) {
            Ok(1..) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => break,
        }
    }
    restore(interface, state_folder)
}

/// The first process's side: a running guardian.
#[derive(Debug)]
pub struct Guardian {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Guardian {
    /// Starts the command, which is to call [`run`] with its standard input.
    ///
    /// It gets a process group of its own, so that Ctrl-C at the terminal does not reach it, and no standard output.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(mut command: Command) -> io::Result<Guardian> {
        command.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
        let mut child = command.spawn()?;
        let pipe = child.stdin.take();
        Ok(Guardian { child, pipe })
    }

    /// Lets it end, after [`give_back`](crate::Taken::give_back), and waits for that.
    ///
    /// # Errors
    /// When it failed: the interface may not be given back.
    pub fn dismiss(mut self) -> io::Result<()> {
        self.pipe = None;
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("the guardian ended with {status}")))
        }
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        self.pipe = None;
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_for_the_end_of_the_pipe() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(run(&b"ignored"[..], "wlan0", folder.path()).unwrap(), Restored::Nothing);
    }

    #[test]
    fn it_is_dismissed_by_closing_the_pipe() {
        Guardian::start(Command::new("cat")).unwrap().dismiss().unwrap();
        assert!(Guardian::start(Command::new("false")).unwrap().dismiss().is_err());
        drop(Guardian::start(Command::new("cat")).unwrap());
    }
}
