//! A wpa_supplicant that nobody else runs.
//!
//! Observed with 2.10: after `DISCONNECT` it neither scans nor connects by itself, and ignores what others do on the
//! interface (`Ignore unexpected EVENT_ASSOC in disconnected state`), until `RECONNECT` or a network is selected.
//! So it need not be made to forget the interface, which it could not be told to take again without its global
//! socket.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use zbus::OwnedObjectPath;
use zeroize::Zeroizing;

use crate::bus::{Bus, BusError, Object};
use crate::choice::Manager;
use crate::control::{Control, Event, listed, read_ssid, value};
use crate::error::Error;
use crate::hand_over::{Kept, Progress, Task, wait_for};
use crate::key::{Security, hex};
use crate::network_manager;
use crate::owner::{Look, Reach};
use crate::stop::Stop;

/// What it held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// Its control socket; none if it is reached only over the bus.
    pub(crate) socket: Option<PathBuf>,
}

/// Where control sockets are, unless a configuration says otherwise; the socket has the interface's name.
const SOCKETS: &str = "/run/wpa_supplicant";

const PROGRAM: &str = "fi.w1.wpa_supplicant1";
const ROOT: Object<'static> = Object { program: PROGRAM, path: "/fi/w1/wpa_supplicant1", interface: PROGRAM };

/// What it has to do with the interface.
pub(crate) fn look(bus: Option<&Bus>, interface: &str) -> Look {
    let path = socket(interface);
    match Control::open(&path) {
        Ok(control) => {
            let status = control.ask("STATUS").unwrap_or_default();
            let state = value(&status, "wpa_state").unwrap_or_default().to_owned();
            return Look::Owns { reach: Reach::Socket(path), state };
        }
        // It is there; taking it will say what right is missing.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Look::Owns { reach: Reach::Socket(path), state: "this user may not ask it".to_owned() };
        }
        Err(_) => {}
    }
    match bus.map(|bus| on_bus(bus, interface)) {
        Some(Ok(Some(path))) => {
            let object = Object { path: path.as_str(), interface: INTERFACE, ..ROOT };
            let state = bus.and_then(|bus| bus.get(object, "State").ok()).unwrap_or_default();
            Look::Owns { reach: Reach::Bus, state }
        }
        Some(Ok(None)) => Look::Idle,
        Some(Err(_)) | None => Look::Absent,
    }
}

/// What is to be given back later; nothing if it has nothing to do with the interface.
pub(crate) fn held(bus: Option<&Bus>, interface: &str) -> Result<Option<Hold>, Error> {
    match look(bus, interface) {
        Look::Owns { reach: Reach::Socket(path), .. } => Ok(Some(Hold { socket: Some(path) })),
        Look::Owns { reach: Reach::Bus, .. } => Ok(Some(Hold { socket: None })),
        Look::Absent | Look::Idle => Ok(None),
    }
}

/// Has it let go.
pub(crate) fn release(bus: Option<&Bus>, interface: &str, hold: &Hold, stop: Stop<'_>) -> Result<(), Error> {
    const DOING: &str = "let go of the interface";
    let Some(path) = &hold.socket else { return over_bus(bus, interface, "Disconnect", DOING) };
    let control = open(path, DOING)?;
    expect(&control, "DISCONNECT", DOING)?;
    // Without a scan under way it fails, which is as good.
    control.ask("ABORT_SCAN").map_err(broken(DOING))?;
    let quiet = wait_for(Instant::now() + SETTLING, stop, || {
        let status = control.ask("STATUS").map_err(broken(DOING))?;
        let state = value(&status, "wpa_state").unwrap_or_default();
        Ok(matches!(state, "DISCONNECTED" | "INACTIVE" | "INTERFACE_DISABLED").then_some(()))
    })?;
    quiet.ok_or(Error::Late { manager: Manager::WpaSupplicant, doing: DOING, after: SETTLING })
}

/// Lets it join again what it knows.
pub(crate) fn restore(bus: Option<&Bus>, interface: &str, hold: &Hold) -> Result<(), Error> {
    const DOING: &str = "take the interface back";
    let Some(path) = &hold.socket else { return over_bus(bus, interface, "Reconnect", DOING) };
    let control = open(path, DOING)?;
    expect(&control, "RECONNECT", DOING)
}

/// Whether a network could be handed to it for the interface.
pub(crate) fn check(interface: &str) -> Result<(), Error> {
    open_its(Path::new(SOCKETS), interface)?;
    expect_own(Bus::system().ok().as_ref(), interface)
}

/// Adds a network, has it joined, and has it written to its configuration file.
pub(crate) fn hand_over(task: &mut Task<'_, '_>) -> Result<Kept, Error> {
    check(task.interface)?;
    hand_over_in(Path::new(SOCKETS), task)
}

/// As [`hand_over`], with the sockets in this folder.
fn hand_over_in(sockets: &Path, task: &mut Task<'_, '_>) -> Result<Kept, Error> {
    const DOING: &str = "take the network";
    let control = open_its(sockets, task.interface)?;
    let events = open(&sockets.join(task.interface), DOING)?;
    expect(&events, "ATTACH", DOING)?;
    let before = listed(&control.ask("LIST_NETWORKS").map_err(broken(DOING))?);
    let answer = control.ask("ADD_NETWORK").map_err(broken(DOING))?;
    let id: u32 = answer.parse().map_err(|_| refused(DOING, &answer))?;
    let joined = set_up(&control, id, task).and_then(|()| {
        // It joins this one now, whatever else it could; that forbids it the others.
        expect(&control, &format!("SELECT_NETWORK {id}"), DOING)?;
        task.teller.tell(Progress::Looking);
        follow(&events, id, task)
    });
    if joined.is_err() {
        let _ = control.ask(&format!("REMOVE_NETWORK {id}"));
    }
    for other in before.iter().filter(|other| !other.disabled) {
        let _ = control.ask(&format!("ENABLE_NETWORK {}", other.id));
    }
    joined?;
    let same = before.iter().filter(|other| is_same(&control, other.id, task).unwrap_or(false));
    for other in same {
        let _ = control.ask(&format!("REMOVE_NETWORK {}", other.id));
    }
    task.teller.tell(Progress::Joined);
    let across_restarts = save(&control).map_err(broken(DOING))?;
    Ok(Kept { manager: Manager::WpaSupplicant, ssid: task.ssid_text(), address: None, across_restarts })
}

/// Refuses an interface that it has as NetworkManager's helper: Debian's has a control socket then too.
fn expect_own(bus: Option<&Bus>, interface: &str) -> Result<(), Error> {
    match bus.map(|bus| network_manager::look(bus, interface)) {
        Some(Look::Owns { .. }) => Err(Error::Helper { interface: interface.to_owned() }),
        Some(Look::Absent | Look::Idle) | None => Ok(()),
    }
}

/// Its control socket for the interface.
fn open_its(sockets: &Path, interface: &str) -> Result<Control, Error> {
    open(&sockets.join(interface), "take the network").map_err(|error| match error {
        // That it runs, another interface's socket tells, or the bus.
        Error::NotRunning { manager }
            if sockets.read_dir().is_ok_and(|mut all| all.next().is_some())
                || Bus::system().is_ok_and(|bus| bus.has(PROGRAM).unwrap_or(false)) =>
        {
            Error::NotItsInterface { manager, interface: interface.to_owned() }
        }
        other => other,
    })
}

/// What is set in a new network.
fn set_up(control: &Control, id: u32, task: &Task<'_, '_>) -> Result<(), Error> {
    const DOING: &str = "take the network";
    let set = |variable: &str, value: &[u8]| -> Result<bool, Error> {
        let mut command = Zeroizing::new(Vec::with_capacity(64 + variable.len() + value.len()));
        command.extend_from_slice(format!("SET_NETWORK {id} {variable} ").as_bytes());
        command.extend_from_slice(value);
        control.order(&command).map_err(broken(DOING))
    };
    let must = |variable: &'static str, value: &[u8]| {
        if set(variable, value)? {
            Ok(())
        } else {
            Err(refused(DOING, &format!("it does not accept the {variable}")))
        }
    };
    must("ssid", hex(task.ssid).as_bytes())?;
    if task.hidden {
        must("scan_ssid", b"1")?;
    }
    match task.security {
        Security::Open => return must("key_mgmt", b"NONE"),
        Security::Passphrase(text) => must("psk", &quoted(text))?,
        Security::PreSharedKey(digits) => must("psk", digits.as_bytes())?,
    }
    // With management frame protection where the network has it; a build without it refuses that.
    if !(set("key_mgmt", b"WPA-PSK WPA-PSK-SHA256")? && set("ieee80211w", b"1")?) {
        must("key_mgmt", b"WPA-PSK")?;
    }
    Ok(())
}

/// A passphrase in the quotation marks that tell it from a key. It ends at the last one, so those within stay as they
/// are.
fn quoted(text: &str) -> Zeroizing<Vec<u8>> {
    let mut value = Zeroizing::new(Vec::with_capacity(text.len() + 2));
    value.push(b'"');
    value.extend_from_slice(text.as_bytes());
    value.push(b'"');
    value
}

/// Listens until it has joined.
fn follow(events: &Control, id: u32, task: &mut Task<'_, '_>) -> Result<(), Error> {
    const DOING: &str = "join the network";
    let mut reason = None;
    loop {
        if (task.stop)() {
            return Err(Error::Stopped);
        }
        let now = Instant::now();
        if now >= task.deadline {
            break;
        }
        let event = events.event(task.deadline.min(now + LOOK_UP)).map_err(broken(DOING))?;
        let Some(event) = event else { continue };
        match event {
            Event::Connected(which) if which == id => return Ok(()),
            Event::Trying => task.teller.tell(Progress::Joining),
            Event::WrongKey(which) if which == id => return Err(Error::WrongKey { ssid: task.ssid_text() }),
            Event::Disabled(which, why) if which == id => reason = Some(why),
            Event::Rejected(status) => {
                reason = Some(format!("the access point refuses it with status {status}"))
            }
            Event::Terminating => return Err(Error::NotRunning { manager: Manager::WpaSupplicant }),
            Event::Connected(_) | Event::WrongKey(_) | Event::Disabled(..) | Event::NotFound => {}
        }
    }
    Err(match reason {
        Some(reason) => Error::NotJoined { manager: Manager::WpaSupplicant, ssid: task.ssid_text(), reason },
        None => task.late(Manager::WpaSupplicant),
    })
}

/// Whether a network of its is an older entry for the one handed over: the same name, and at most a password.
fn is_same(control: &Control, id: u32, task: &Task<'_, '_>) -> io::Result<bool> {
    let ssid = control.request(format!("GET_NETWORK {id} ssid").as_bytes())?;
    let key_management = control.ask(&format!("GET_NETWORK {id} key_mgmt"))?;
    let personal =
        key_management.split(' ').all(|kind| matches!(kind, "NONE" | "WPA-PSK" | "WPA-PSK-SHA256"));
    Ok(personal && read_ssid(&ssid).as_deref() == Some(task.ssid))
}

/// Has it write its file, and says why it does not.
fn save(control: &Control) -> io::Result<Result<(), String>> {
    if control.order(b"SAVE_CONFIG")? {
        return Ok(Ok(()));
    }
    Ok(Err(match control.ask("GET update_config")?.as_str() {
        "0" => "wpa_supplicant may not write its configuration file; add the line update_config=1 to it, restart \
                wpa_supplicant and register again"
            .to_owned(),
        "1" => "wpa_supplicant could not write its configuration file; see that it may write to the file and its folder"
            .to_owned(),
        _ => "wpa_supplicant could not write its configuration file; start it with one (-c) that has the line \
              update_config=1, and register again"
            .to_owned(),
    }))
}

/// Its object for the interface; nothing if it has none.
///
/// # Errors
/// When it is not on the bus.
fn on_bus(bus: &Bus, interface: &str) -> Result<Option<OwnedObjectPath>, BusError> {
    if !bus.has(PROGRAM)? {
        return Err(BusError::Gone);
    }
    match bus.ask::<OwnedObjectPath, _>(ROOT, "GetInterface", &(interface,)) {
        Ok(path) => Ok(Some(path)),
        Err(BusError::Answer { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether it is on the bus and has the interface.
pub(crate) fn has(bus: &Bus, interface: &str) -> bool {
    matches!(on_bus(bus, interface), Ok(Some(_)))
}

const INTERFACE: &str = "fi.w1.wpa_supplicant1.Interface";

fn over_bus(bus: Option<&Bus>, interface: &str, method: &str, doing: &'static str) -> Result<(), Error> {
    let manager = Manager::WpaSupplicant;
    let bus = bus.ok_or(Error::NotRunning { manager })?;
    let path = on_bus(bus, interface).map_err(Error::from_bus(manager, doing))?;
    let path = path.ok_or_else(|| Error::NotItsInterface { manager, interface: interface.to_owned() })?;
    match bus.call(Object { path: path.as_str(), interface: INTERFACE, ..ROOT }, method, &()) {
        Ok(_) => Ok(()),
        // It was not connected, or it is already connecting: as wanted.
        Err(BusError::Answer { name, .. }) if name == "fi.w1.wpa_supplicant1.NotConnected" => Ok(()),
        Err(error) => Err(Error::from_bus(manager, doing)(error)),
    }
}

fn socket(interface: &str) -> PathBuf {
    Path::new(SOCKETS).join(interface)
}

fn open(path: &Path, doing: &'static str) -> Result<Control, Error> {
    Control::open(path).map_err(broken(doing))
}

fn expect(control: &Control, command: &str, doing: &'static str) -> Result<(), Error> {
    match control.ask(command).map_err(broken(doing))?.as_str() {
        "OK" => Ok(()),
        answer => Err(refused(doing, answer)),
    }
}

fn refused(doing: &'static str, reason: &str) -> Error {
    Error::Refused { manager: Manager::WpaSupplicant, doing, reason: reason.to_owned() }
}

/// A failure of the control socket.
fn broken(doing: &'static str) -> impl Fn(io::Error) -> Error {
    let manager = Manager::WpaSupplicant;
    move |error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => {
            Error::NotRunning { manager }
        }
        ErrorKind::PermissionDenied => Error::NotPermitted { manager, doing },
        _ => refused(doing, &error.to_string()),
    }
}

/// The longest that nobody asks whether to stop.
const LOOK_UP: Duration = Duration::from_millis(200);
/// It deauthenticates and stops its scan within milliseconds.
const SETTLING: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use keyway_wsc::{Credential, NetworkKey, Ssid};

    use super::*;
    use crate::hand_over::Teller;

    #[test]
    fn a_passphrase_keeps_its_own_quotation_marks() {
        for (text, expected) in
            [("12345678", "\"12345678\""), ("a \"b\" # c\\", "\"a \"b\" # c\\\""), ("ö", "\"ö\"")]
        {
            assert_eq!(quoted(text).as_slice(), expected.as_bytes());
        }
    }

    #[test]
    fn failures_of_the_socket_say_what_to_do() {
        let cases = [
            (ErrorKind::NotFound, "start it with"),
            (ErrorKind::ConnectionRefused, "start it with"),
            (ErrorKind::PermissionDenied, "group of the control socket"),
            (ErrorKind::TimedOut, "wpa_supplicant did not take the network"),
        ];
        for (kind, expected) in cases {
            let text = broken("take the network")(kind.into()).to_string();
            assert!(text.contains(expected), "{text}");
        }
    }

    /// What a wpa_supplicant was told while a network was handed to it, which is the sixth that it has; once told to
    /// join, it says this.
    fn told(event: &str, stops: bool) -> (Vec<String>, Result<Kept, Error>) {
        let folder = tempfile::tempdir().unwrap();
        let server = UnixDatagram::bind(folder.path().join("wlan0")).unwrap();
        let (serving, is_selected) = (AtomicBool::new(true), AtomicBool::new(false));
        let credential =
            Credential::wpa2(Ssid::new(b"HomeNet").unwrap(), NetworkKey::new(b"12345678").unwrap());
        let security = Security::of(&credential).unwrap();
        thread::scope(|scope| {
            let commands = scope.spawn(|| {
                let (mut commands, mut listener) = (Vec::new(), None);
                let mut buffer = [0; 256];
                while serving.load(Ordering::SeqCst) {
                    let (length, from) = server.recv_from(&mut buffer).unwrap();
                    let command = String::from_utf8_lossy(&buffer[..length]).into_owned();
                    let answer = match command.split(' ').next().unwrap() {
                        "" => continue,
                        "PING" => "PONG\n",
                        "LIST_NETWORKS" => {
                            "titles\n0\tHomeNet\tany\t[CURRENT]\n1\tx\tany\t[DISABLED]\n2\ty\tany\t\n"
                        }
                        "ADD_NETWORK" => "5\n",
                        "GET_NETWORK" if command.ends_with("0 ssid") => "\"HomeNet\"\n",
                        "GET_NETWORK" if command.ends_with("key_mgmt") => "WPA-PSK\n",
                        "GET_NETWORK" => "\"other\"\n",
                        _ => "OK\n",
                    };
                    server.send_to_addr(answer.as_bytes(), &from).unwrap();
                    if command == "ATTACH" {
                        listener = Some(from);
                    } else if command.starts_with("SELECT_NETWORK") {
                        server.send_to_addr(event.as_bytes(), listener.as_ref().unwrap()).unwrap();
                        is_selected.store(true, Ordering::SeqCst);
                    }
                    commands.push(command);
                }
                commands
            });
            let stop = || stops && is_selected.load(Ordering::SeqCst);
            let patience = Duration::from_secs(60);
            let mut task = Task {
                interface: "wlan0",
                credential: &credential,
                ssid: b"HomeNet",
                hidden: false,
                security: &security,
                deadline: Instant::now() + patience,
                patience,
                stop: &stop,
                teller: &mut Teller { told: None, tell: &mut |_| {} },
            };
            let result = hand_over_in(folder.path(), &mut task);
            serving.store(false, Ordering::SeqCst);
            UnixDatagram::unbound().unwrap().send_to(b"", folder.path().join("wlan0")).unwrap();
            let mut commands = commands.join().unwrap();
            commands.retain(|command| {
                ["SELECT_", "ENABLE_", "REMOVE_", "SAVE_"].iter().any(|begin| command.starts_with(begin))
            });
            (commands, result)
        })
    }

    #[test]
    fn what_it_may_not_join_meanwhile_it_may_again_however_it_ends() {
        let undone = ["SELECT_NETWORK 5", "REMOVE_NETWORK 5", "ENABLE_NETWORK 0", "ENABLE_NETWORK 2"];
        let (commands, result) = told("<3>Trying to associate with 02:00:00:00:00:00", true);
        assert!(matches!(result, Err(Error::Stopped)), "{result:?}");
        assert_eq!(commands, undone);
        let event = "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=5 ssid=\"HomeNet\" reason=WRONG_KEY";
        let (commands, result) = told(event, false);
        assert!(matches!(result, Err(Error::WrongKey { .. })), "{result:?}");
        assert_eq!(commands, undone);
        let event = "<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:00:00 completed [id=5 id_str=]";
        let (commands, result) = told(event, false);
        assert!(matches!(result, Ok(Kept { across_restarts: Ok(()), .. })), "{result:?}");
        let joined =
            ["SELECT_NETWORK 5", "ENABLE_NETWORK 0", "ENABLE_NETWORK 2", "REMOVE_NETWORK 0", "SAVE_CONFIG"];
        assert_eq!(commands, joined);
    }

    #[test]
    fn one_that_has_not_this_interface_is_told_from_one_that_does_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let of_another = UnixDatagram::bind(folder.path().join("wlan1")).unwrap();
        let error = open_its(folder.path(), "wlan0").unwrap_err();
        assert!(matches!(error, Error::NotItsInterface { .. }), "{error}");
        assert!(error.to_string().contains("wpa_supplicant@wlan0"), "{error}");
        drop(of_another);
    }
}
