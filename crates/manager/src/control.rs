//! The control socket of wpa_supplicant: a datagram with a command, a datagram with the answer, and events for whoever
//! asks for them.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// A connection to a control socket.
#[derive(Debug)]
pub(crate) struct Control {
    socket: UnixDatagram,
}

/// What wpa_supplicant tells about a network it is to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It has found an access point and turns to it.
    Trying,
    /// It has joined; the number of the network.
    Connected(u32),
    /// The handshake failed, most likely because of the key; the number of the network.
    WrongKey(u32),
    /// It turns away from a network for some time; its number, and why.
    Disabled(u32, String),
    /// An access point does not want it; the status code of IEEE 802.11-2020, table 9-50.
    Rejected(u16),
    /// A scan ended without an access point of a network that it may join.
    NotFound,
    /// It ends.
    Terminating,
}

/// A line of the answer to `LIST_NETWORKS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The number.
    pub(crate) id: u32,
    /// Whether it may not be joined.
    pub(crate) disabled: bool,
}

/// The longest answer, of which the list of networks is one: wpa_supplicant cuts it at 4096 octets.
const LONGEST: usize = 8192;

/// It answers most commands at once, in its one thread.
const PATIENCE: Duration = Duration::from_secs(10);

impl Control {
    /// Connects, and finds out whether somebody answers.
    ///
    /// # Errors
    /// `NotFound` and `ConnectionRefused` when nobody listens, `PermissionDenied`, `TimedOut`.
    pub(crate) fn open(path: &Path) -> io::Result<Control> {
        // A name without a file: nothing is left behind, and no folder is asked for. A random number that no one knows in
        // advance; the standard library has no plainer one.
        let name = format!("keyway-{}-{:016x}", std::process::id(), RandomState::new().hash_one(()));
        let socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name)?)?;
        socket.connect(path)?;
        let control = Control { socket };
        match control.request(b"PING")?.as_slice() {
            b"PONG" => Ok(control),
            _ => Err(io::Error::new(ErrorKind::InvalidData, "no wpa_supplicant listens there")),
        }
    }

    /// Sends a command and waits for the answer, without its line end.
    pub(crate) fn request(&self, command: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
        self.socket.send(command)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let Some(answer) = self.receive(deadline)? else {
                return Err(io::Error::new(ErrorKind::TimedOut, "no answer"));
            };
            // Events have a level in front, answers never.
            if !answer.starts_with(b"<") {
                // Only that: a list ends in an empty field.
                return Ok(Zeroizing::new(answer.strip_suffix(b"\n").unwrap_or(&answer).to_vec()));
            }
        }
    }

    /// As [`Control::request`], for commands that are answered with text.
    pub(crate) fn ask(&self, command: &str) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.request(command.as_bytes())?).into_owned())
    }

    /// Whether a command is answered with `OK`.
    pub(crate) fn order(&self, command: &[u8]) -> io::Result<bool> {
        Ok(self.request(command)?.as_slice() == b"OK")
    }

    /// The next event, on a connection that has asked for them (`ATTACH`); `None` when the time is over.
    pub(crate) fn event(&self, deadline: Instant) -> io::Result<Option<Event>> {
        while let Some(message) = self.receive(deadline)? {
            if let Some(event) = Event::read(&String::from_utf8_lossy(&message)) {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    fn receive(&self, deadline: Instant) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        self.socket.set_read_timeout(Some(left))?;
        let mut buffer = Zeroizing::new(vec![0; LONGEST]);
        loop {
            match self.socket.recv(&mut buffer) {
                Ok(length) => {
                    buffer.truncate(length);
                    return Ok(Some(buffer));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Ok(None);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Event {
    /// Reads `<3>CTRL-EVENT-CONNECTED - …`; nothing for events that say nothing here.
    fn read(message: &str) -> Option<Event> {
        let (_level, text) = message.strip_prefix('<')?.split_once('>')?;
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        match name {
            "CTRL-EVENT-CONNECTED" => Some(Event::Connected(number(rest.rsplit_once("[id=")?.1)?)),
            "CTRL-EVENT-SSID-TEMP-DISABLED" => {
                // The name of the network stands between, and may say anything.
                let id = number(rest.strip_prefix("id=")?)?;
                let reason = rest.rsplit_once(" reason=")?.1;
                Some(match reason {
                    "WRONG_KEY" => Event::WrongKey(id),
                    _ => Event::Disabled(id, reason.to_owned()),
                })
            }
            "CTRL-EVENT-ASSOC-REJECT" | "CTRL-EVENT-AUTH-REJECT" => {
                let status = rest.split(' ').find_map(|word| word.strip_prefix("status_code="))?;
                Some(Event::Rejected(status.parse().ok()?))
            }
            "CTRL-EVENT-NETWORK-NOT-FOUND" => Some(Event::NotFound),
            "CTRL-EVENT-TERMINATING" => Some(Event::Terminating),
            "Trying" => Some(Event::Trying),
            "SME:" if rest.starts_with("Trying ") => Some(Event::Trying),
            _ => None,
        }
    }
}

/// The value of a line `name=value` in the answer to `STATUS`.
pub(crate) fn value<'s>(status: &'s str, name: &str) -> Option<&'s str> {
    status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

/// Reads the answer to `LIST_NETWORKS`: a line of titles, then number, name, BSSID and flags, with tabulators between.
pub(crate) fn listed(answer: &str) -> Vec<Listed> {
    let line = |line: &str| {
        // A tabulator in a name is written as \t.
        let mut fields = line.split('\t');
        let id = fields.next()?.parse().ok()?;
        Some(Listed { id, disabled: fields.nth(2)?.contains("[DISABLED]") })
    };
    answer.lines().skip(1).filter_map(line).collect()
}

/// Reads a network's name as `GET_NETWORK` gives it: in quotation marks if all of it is printable, otherwise in
/// hexadecimal.
pub(crate) fn read_ssid(value: &[u8]) -> Option<Vec<u8>> {
    if let Some(text) = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) {
        return Some(text.to_vec());
    }
    if value.is_empty() || !value.len().is_multiple_of(2) {
        return None;
    }
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    value.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// The digits in front.
fn number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn events_are_read() {
        let cases = [
            (
                "<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:00:00 completed [id=7 id_str=]",
                Some(Event::Connected(7)),
            ),
            ("<3>CTRL-EVENT-CONNECTED - Connection", None),
            (
                "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"a\" auth_failures=1 duration=10 reason=WRONG_KEY",
                Some(Event::WrongKey(0)),
            ),
            (
                "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=1 ssid=\"id=9 reason=WRONG_KEY\" auth_failures=1 duration=10 \
                 reason=CONN_FAILED",
                Some(Event::Disabled(1, "CONN_FAILED".into())),
            ),
            (
                "<3>CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:00:00 status_code=17 timeout",
                Some(Event::Rejected(17)),
            ),
            ("<3>CTRL-EVENT-ASSOC-REJECT status_code=70000", None),
            ("<3>CTRL-EVENT-NETWORK-NOT-FOUND ", Some(Event::NotFound)),
            ("<3>CTRL-EVENT-TERMINATING ", Some(Event::Terminating)),
            ("<3>SME: Trying to authenticate with 02:00:00:00:00:00", Some(Event::Trying)),
            ("<3>Trying to associate with 02:00:00:00:00:00 (SSID='a' freq=2437 MHz)", Some(Event::Trying)),
            ("<3>SME: Deauthentication", None),
            ("<2>CTRL-EVENT-SCAN-STARTED ", None),
            ("OK", None),
            ("<", None),
            ("", None),
        ];
        for (message, expected) in cases {
            assert_eq!(Event::read(message), expected, "{message}");
        }
    }

    #[test]
    fn lists_are_read() {
        let answer = "network id / ssid / bssid / flags\n0\tHomeNet\tany\t[CURRENT]\n1\ta\\tb\tany\t[DISABLED]\n\
                      2\t\tany\t\nx\ty\n3\tz\tany\t[TEMP-DISABLED]\n";
        let item = |id, disabled| Listed { id, disabled };
        assert_eq!(listed(answer), [item(0, false), item(1, true), item(2, false), item(3, false)]);
        assert_eq!(listed(""), []);
    }

    #[test]
    fn names_are_read_in_both_forms() {
        let cases: [(&[u8], Option<&[u8]>); 8] = [
            (b"\"HomeNet\"", Some(b"HomeNet")),
            (b"\"a\"b\"", Some(b"a\"b")),
            (b"\"\"", Some(b"")),
            (b"00fF", Some(&[0, 0xff])),
            (b"0", None),
            (b"", None),
            (b"FAIL", None),
            (b"\"", None),
        ];
        for (value, expected) in cases {
            assert_eq!(read_ssid(value).as_deref(), expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn a_value_is_found_by_its_whole_name() {
        let status = "bssid=02:00:00:00:00:00\nssid=id=5\nid=3\nwpa_state=COMPLETED\n";
        assert_eq!(value(status, "id"), Some("3"));
        assert_eq!(value(status, "wpa_state"), Some("COMPLETED"));
        assert_eq!(value(status, "state"), None);
    }

    #[test]
    fn events_between_command_and_answer_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wlan0");
        let server = UnixDatagram::bind(&path).unwrap();
        let serving = thread::spawn(move || {
            let mut buffer = [0; 64];
            let list: &[&[u8]] = &[b"titles\n4\tz\tany\t\n"];
            for answers in
                [&[&b"PONG\n"[..]][..], &[b"<3>CTRL-EVENT-SCAN-STARTED ", b"OK\n"], &[b"FAIL\n"], list]
            {
                let (_, from) = server.recv_from(&mut buffer).unwrap();
                for answer in answers {
                    server.send_to_addr(answer, &from).unwrap();
                }
            }
        });
        let control = Control::open(&path).unwrap();
        assert!(control.order(b"DISCONNECT").unwrap());
        assert!(!control.order(b"SAVE_CONFIG").unwrap());
        // The last field of the last line may be empty.
        let list = listed(&control.ask("LIST_NETWORKS").unwrap());
        assert_eq!(list, [Listed { id: 4, disabled: false }]);
        serving.join().unwrap();
        assert_eq!(Control::open(&folder.path().join("wlan1")).unwrap_err().kind(), ErrorKind::NotFound);
        // A file that nobody listens at. The socket of above would not do: a child that another test starts just now
        // has it as well until it has become its program, and takes the command without an answer.
        let nobody = folder.path().join("wlan2");
        std::fs::write(&nobody, "").unwrap();
        assert_eq!(Control::open(&nobody).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
}
