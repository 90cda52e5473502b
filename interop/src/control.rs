//! The control socket of hostapd and wpa_supplicant: a datagram with a command, a datagram with the answer.

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::PATIENCE;
use crate::scratch::Scratch;

/// A connection to a control socket.
#[derive(Debug)]
pub struct Control {
    socket: UnixDatagram,
    own: PathBuf,
}

impl Control {
    /// Connects to the socket of the program whose files are in `scratch`.
    ///
    /// # Panics
    ///
    /// If it does not listen there.
    pub fn connect(scratch: &Scratch, interface: &str) -> Control {
        Control::connect_until(scratch, interface, Instant::now())
    }

    /// As [`Control::connect`], to a program that has yet to listen.
    ///
    /// # Panics
    ///
    /// If it does not within [`PATIENCE`].
    pub fn wait(scratch: &Scratch, interface: &str) -> Control {
        Control::connect_until(scratch, interface, Instant::now() + PATIENCE)
    }

    fn connect_until(scratch: &Scratch, interface: &str, deadline: Instant) -> Control {
        let own = scratch.file("control-client");
        let theirs = directory(scratch).join(interface);
        let open = || {
            let socket = UnixDatagram::bind(&own)?;
            // Linux makes the file first and listens a moment later: until then it refuses.
            while let Err(error) = socket.connect(&theirs) {
                if Instant::now() >= deadline {
                    return Err(error);
                }
                std::thread::sleep(POLL);
            }
            socket.set_read_timeout(Some(PATIENCE))?;
            Ok::<_, std::io::Error>(socket)
        };
        let socket = open().unwrap_or_else(|error| panic!("cannot connect to {}: {error}", theirs.display()));
        Control { socket, own }
    }

    /// Sends a command and returns the answer without its line end.
    pub fn request(&self, command: &str) -> String {
        let mut answer = [0; 8192];
        let mut exchange = || {
            self.socket.send(command.as_bytes())?;
            self.socket.recv(&mut answer)
        };
        let length = exchange().unwrap_or_else(|error| panic!("no answer to {command:?}: {error}"));
        String::from_utf8_lossy(&answer[..length]).trim_end().to_owned()
    }

    /// Sends a command that has to be answered with `OK`, or with the value it set.
    ///
    /// # Panics
    ///
    /// If the answer is a failure.
    pub fn expect(&self, command: &str) {
        let answer = self.request(command);
        let refused = answer.starts_with("FAIL") || answer == "UNKNOWN COMMAND";
        assert!(!refused, "{command:?} was answered {answer:?}");
    }
}

const POLL: Duration = Duration::from_millis(2);

impl Drop for Control {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.own);
    }
}

/// Where a program with its files in `scratch` is told to put its control socket.
pub(crate) fn directory(scratch: &Scratch) -> PathBuf {
    scratch.file("control")
}
