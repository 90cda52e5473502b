//! Handing a network to iwd.

use std::fs;
use std::time::{Duration, Instant};

use zbus::message::Type;
use zbus::{Message, ObjectPath, OwnedObjectPath};

use super::{MANAGER, PROGRAM, STATION, object, profile, station};
use crate::bus::{Bus, BusError, Ear, Object, Objects, heard, property, refusal};
use crate::error::Error;
use crate::hand_over::{Kept, Progress, Task, wait_for};
use crate::key::Security;

const NETWORK: &str = "net.connman.iwd.Network";
const KNOWN: &str = "net.connman.iwd.KnownNetwork";
const AGENTS: Object<'static> =
    Object { program: PROGRAM, path: "/net/connman/iwd", interface: "net.connman.iwd.AgentManager" };
/// Where iwd asks for the passphrase.
const AGENT: &str = "/net/keyway/agent";
/// iwd says the same of a wrong key and of an access point that was too slow to answer: what fails as often as this is the
/// key.
const TRIES: usize = 3;
const DOING: &str = "take the network";

/// Has it join, and keep what it has joined.
///
/// A passphrase it asks for when it connects. A key of which the passphrase is not known it takes only from a file;
/// and so is the word that a network is hidden, which 2.3 forgets when such a network was joined by
/// `ConnectHiddenNetwork`.
pub(crate) fn hand_over(task: &mut Task<'_, '_>) -> Result<Kept, Error> {
    let refused = Error::from_bus(MANAGER, DOING);
    let Ok(ssid) = std::str::from_utf8(task.ssid) else {
        return Err(Error::Unsupported(
            "iwd joins only networks whose names are UTF-8, and this one's is not",
        ));
    };
    let kind = if matches!(task.security, Security::Open) { "open" } else { "psk" };
    let ear = Ear::open(PROGRAM).map_err(&refused)?;
    let bus = ear.bus();
    let station = station(bus, task.interface, task.deadline, DOING)?;
    // With what it knew it would not ask; and the registration knows better.
    if let Some(known) = known(&bus.objects(PROGRAM, "/").map_err(&refused)?, ssid, kind) {
        bus.call(object(&known, KNOWN), "Forget", &()).map_err(&refused)?;
    }
    let file = match task.security {
        Security::Passphrase(_) | Security::Open if !task.hidden => None,
        _ => Some(File::write(
            bus,
            ssid,
            kind,
            &profile::content(task.credential, task.security, task.hidden),
        )?),
    };
    let agent = ObjectPath::try_from(AGENT).map_err(|error| refused(error.into()))?;
    ear.itself().call(AGENTS, "RegisterAgent", &(agent,)).map_err(&refused)?;
    task.teller.tell(Progress::Looking);
    let mut network = find(&ear, &station, ssid, kind, task)?;
    task.teller.tell(Progress::Joining);
    let mut tries = 1;
    while let Err(error) = connect(&ear, &network, task) {
        if !matches!(error, Error::WrongKey { .. }) || tries == TRIES {
            return Err(error);
        }
        tries += 1;
        network = find(&ear, &station, ssid, kind, task)?;
    }
    if let Some(file) = file {
        file.keep();
    }
    task.teller.tell(Progress::Joined);
    Ok(Kept {
        manager: MANAGER,
        ssid: ssid.to_owned(),
        address: None,
        across_restarts: kept(bus, ssid, kind).map_err(&refused)?,
    })
}

/// Looks for the network until it is there. One that iwd knows to be hidden is asked for by its name.
fn find(
    ear: &Ear,
    station: &OwnedObjectPath,
    ssid: &str,
    kind: &str,
    task: &mut Task<'_, '_>,
) -> Result<OwnedObjectPath, Error> {
    let refused = Error::from_bus(MANAGER, "look for the network");
    loop {
        let objects = ear.bus().objects(PROGRAM, "/").map_err(&refused)?;
        if let Some(network) = visible(&objects, station, ssid, kind) {
            return Ok(network);
        }
        if Instant::now() >= task.deadline {
            return Err(task.late(MANAGER));
        }
        let scanning =
            objects.get(station).and_then(|all| property(all.get(STATION)?, "Scanning")).unwrap_or(false);
        if !scanning {
            match ear.bus().call(object(station, STATION), "Scan", &()) {
                Ok(_) => {}
                // Busy: it scans or connects by itself just now.
                Err(BusError::Answer { .. }) => {}
                Err(error) => return Err(refused(error)),
            }
        }
        // Whatever it tells may be the end of the scan.
        ear.next(task.deadline.min(Instant::now() + LOOKING)).map_err(&refused)?;
    }
}

/// Has it join, and answers what it asks until it has joined or given up.
fn connect(ear: &Ear, network: &OwnedObjectPath, task: &Task<'_, '_>) -> Result<(), Error> {
    let refused = Error::from_bus(MANAGER, "join the network");
    let iwd = ear.bus().owner_of(PROGRAM).map_err(&refused)?;
    let call = ear.send(object(network, NETWORK), "Connect", &()).map_err(&refused)?;
    while let Some(message) = ear.next(task.deadline).map_err(&refused)? {
        let turn = heard(&message, |heard| match heard.kind {
            Type::MethodReturn if heard.answers == Some(call) => Turn::Joined,
            Type::Error if heard.answers == Some(call) => Turn::Failed,
            // Anybody on the bus can call; only iwd is answered.
            Type::MethodCall
                if heard.path == AGENT && heard.member == "RequestPassphrase" && heard.sender == iwd =>
            {
                Turn::Passphrase
            }
            Type::MethodCall => Turn::OtherCall,
            _ => Turn::Other,
        });
        match (turn, task.security) {
            (Turn::Joined, _) => return Ok(()),
            (Turn::Failed, _) => return Err(failed(&message, task)),
            (Turn::Passphrase, Security::Passphrase(text)) => {
                ear.reply(&message, &(text.as_str(),)).map_err(&refused)?;
            }
            (Turn::Passphrase | Turn::OtherCall, _) => {
                ear.refuse(&message, "net.connman.iwd.Agent.Error.Canceled").map_err(&refused)?;
            }
            (Turn::Other, _) => {}
        }
    }
    Err(task.late(MANAGER))
}

/// What a message means while iwd joins.
enum Turn {
    Joined,
    Failed,
    Passphrase,
    OtherCall,
    Other,
}

/// Why it did not join.
fn failed(message: &Message, task: &Task<'_, '_>) -> Error {
    match refusal(message) {
        BusError::Answer { name, text } => match name.as_str() {
            "net.connman.iwd.NotFound" => Error::NotHeard { manager: MANAGER, ssid: task.ssid_text() },
            "net.connman.iwd.Failed" if !matches!(task.security, Security::Open) => {
                Error::WrongKey { ssid: task.ssid_text() }
            }
            _ => Error::NotJoined {
                manager: MANAGER,
                ssid: task.ssid_text(),
                reason: format!("{text} ({name})"),
            },
        },
        other => Error::from_bus(MANAGER, "join the network")(other),
    }
}

/// Whether it will join again: it knows the network, and joins it by itself.
fn kept(bus: &Bus, ssid: &str, kind: &str) -> Result<Result<(), String>, BusError> {
    let objects = bus.objects(PROGRAM, "/")?;
    let by_itself = known(&objects, ssid, kind)
        .and_then(|path| property::<bool>(objects.get(&path)?.get(KNOWN)?, "AutoConnect"));
    Ok(match by_itself {
        Some(true) => Ok(()),
        Some(false) => Err(format!(
            "iwd does not join it by itself; to change that: iwctl known-networks {ssid:?} set-property AutoConnect yes"
        )),
        None => Err(format!(
            "iwd could not write to its folder, mostly {}; give it the right to",
            profile::FOLDER
        )),
    })
}

/// The network as the station hears it.
fn visible(objects: &Objects, station: &OwnedObjectPath, ssid: &str, kind: &str) -> Option<OwnedObjectPath> {
    objects.iter().find_map(|(path, interfaces)| {
        let network = interfaces.get(NETWORK)?;
        let same = property::<String>(network, "Name")? == ssid
            && property::<String>(network, "Type")? == kind
            && property::<OwnedObjectPath>(network, "Device")? == *station;
        same.then(|| path.clone())
    })
}

/// The network as iwd remembers it.
fn known(objects: &Objects, ssid: &str, kind: &str) -> Option<OwnedObjectPath> {
    objects.iter().find_map(|(path, interfaces)| {
        let network = interfaces.get(KNOWN)?;
        let same =
            property::<String>(network, "Name")? == ssid && property::<String>(network, "Type")? == kind;
        same.then(|| path.clone())
    })
}

/// A file for iwd, removed unless it is kept.
struct File(Option<std::path::PathBuf>);

impl File {
    /// Writes it and waits until iwd has read it.
    fn write(bus: &Bus, ssid: &str, kind: &str, content: &str) -> Result<File, Error> {
        let path = profile::path(ssid, kind);
        let written = keyway_linux::write_secret_file(&path, content.as_bytes());
        written.map_err(|error| Error::file("write", &path)(std::io::Error::other(error)))?;
        let file = File(Some(path));
        let read = wait_for(Instant::now() + READING, || {
            let objects = bus.objects(PROGRAM, "/").map_err(Error::from_bus(MANAGER, DOING))?;
            Ok(known(&objects, ssid, kind))
        })?;
        match read {
            Some(_) => Ok(file),
            None => Err(Error::Refused {
                manager: MANAGER,
                doing: DOING,
                reason: format!("it does not read the files in {}", profile::FOLDER),
            }),
        }
    }

    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for File {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

/// It is told of new files by the kernel.
const READING: Duration = Duration::from_secs(5);
/// The longest between two looks; mostly a signal comes before.
const LOOKING: Duration = Duration::from_millis(500);
