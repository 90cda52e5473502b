//! Handing a network to iwd.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use zbus::message::Type;
use zbus::{Message, ObjectPath, OwnedObjectPath};

use super::file::{self, Written};
use super::{Hold, MANAGER, PROGRAM, STATION, known_device, object, profile, release, restore, station};
use crate::bus::{Bus, BusError, Ear, Object, Objects, heard, property, refusal};
use crate::error::Error;
use crate::hand_over::{Kept, Progress, Task, wait_for};
use crate::key::Security;
use crate::stop::NEVER;

const NETWORK: &str = "net.connman.iwd.Network";
const KNOWN: &str = "net.connman.iwd.KnownNetwork";
const AGENTS: Object<'static> =
    Object { program: PROGRAM, path: "/net/connman/iwd", interface: "net.connman.iwd.AgentManager" };
/// Where iwd asks for the passphrase.
const AGENT: &str = "/net/keyway/agent";
/// iwd says the same of a wrong key and of an access point that was too slow to answer: what fails as often as this is the
/// key.
const TRIES: u32 = 3;
const DOING: &str = "take the network";

/// Has it join, and keep what it has joined.
///
/// What it knows of the network already is in a file. The key there is replaced before it joins: with one that it knows
/// it would not ask. Of a network that it does not know it asks for the passphrase when it connects. A key of which the
/// passphrase is not known it takes only from a file; and so is the word that a network is hidden, which 2.3 forgets when
/// such a network was joined by `ConnectHiddenNetwork`.
pub(crate) fn hand_over(task: &mut Task<'_, '_>) -> Result<Kept, Error> {
    let refused = Error::from_bus(MANAGER, DOING);
    let Ok(ssid) = std::str::from_utf8(task.ssid) else {
        return Err(Error::UnsupportedName(
            "iwd joins only networks whose names are UTF-8, and this one's is not",
        ));
    };
    let kind = if matches!(task.security, Security::Open) { "open" } else { "psk" };
    let ear = Ear::open(PROGRAM).map_err(&refused)?;
    let device = known_device(ear.bus(), task.interface, DOING)?;
    device.expect_station(task.interface)?;
    let mut begun = Begun { was_powered: device.powered, ..Begun::default() };
    match join(&ear, ssid, kind, task, &mut begun) {
        Ok(()) => begun.file.into_iter().for_each(Written::keep),
        Err(error) => {
            undo(ear.bus(), task.interface, begun)?;
            return Err(error);
        }
    }
    task.teller.tell(Progress::Joined);
    Ok(Kept {
        manager: MANAGER,
        ssid: ssid.to_owned(),
        address: None,
        across_restarts: kept(ear.bus(), ssid, kind).map_err(&refused)?,
    })
}

/// What has to be undone if it does not join.
#[derive(Default)]
struct Begun {
    was_powered: bool,
    file: Option<Written>,
    has_tried: bool,
}

fn join(ear: &Ear, ssid: &str, kind: &str, task: &mut Task<'_, '_>, begun: &mut Begun) -> Result<(), Error> {
    let refused = Error::from_bus(MANAGER, DOING);
    let bus = ear.bus();
    let station = station(bus, task.interface, task.deadline, task.stop, DOING)?;
    let is_known = known(&bus.objects(PROGRAM, "/").map_err(&refused)?, ssid, kind).is_some();
    begun.file = told_by_file(profile::path(ssid, kind), is_known, task)?;
    if begun.file.is_some() {
        let read = wait_for(Instant::now() + READING, task.stop, || {
            let objects = bus.objects(PROGRAM, "/").map_err(&refused)?;
            Ok(known(&objects, ssid, kind))
        })?;
        if read.is_none() {
            let reason = format!("it does not read the files in {}", profile::FOLDER);
            return Err(Error::Refused { manager: MANAGER, doing: DOING, reason });
        }
    }
    let agent = ObjectPath::try_from(AGENT).map_err(|error| refused(error.into()))?;
    ear.itself().call(AGENTS, "RegisterAgent", &(agent,)).map_err(&refused)?;
    task.teller.tell(Progress::Looking);
    // With a key that could not be replaced it tries once before it asks.
    let mut tries = TRIES + u32::from(is_known && begun.file.is_none());
    loop {
        let network = find(ear, &station, ssid, kind, task)?;
        task.teller.tell(Progress::Joining);
        begun.has_tried = true;
        // By itself it may have begun already, with the key that it had.
        let joined = bus.get::<OwnedObjectPath>(object(&station, STATION), "ConnectedNetwork");
        if joined.is_ok_and(|joined| joined == network) {
            release(bus, task.interface, task.stop)?;
        }
        tries -= 1;
        match connect(ear, &network, task) {
            Err(Error::WrongKey { .. }) if tries > 0 => {}
            ended => return ended,
        }
        // After a key that failed it asks, until it starts afresh.
        if !matches!(task.security, Security::Passphrase(_)) {
            release(bus, task.interface, task.stop)?;
            restore(bus, task.interface, &Hold { powered: true })?;
        }
    }
}

/// Writes the file of the network, if it has to be told by one: with what stands there already.
fn told_by_file(path: PathBuf, is_known: bool, task: &Task<'_, '_>) -> Result<Option<Written>, Error> {
    let must = task.hidden || matches!(task.security, Security::PreSharedKey(_));
    if !must && matches!(task.security, Security::Open) {
        return Ok(None);
    }
    let before = match file::read(&path) {
        Ok(None) if is_known && must => {
            let reason = format!(
                "it knows the network already, and from no file in {}; have it forget the network: iwctl \
                 known-networks {:?} forget",
                profile::FOLDER,
                task.ssid_text()
            );
            return Err(Error::Refused { manager: MANAGER, doing: DOING, reason });
        }
        Ok(None) if !must => return Ok(None),
        Ok(before) => before,
        // Not root. What it knows stays in place, and it asks when that has failed.
        Err(_) if !must => return Ok(None),
        Err(error) => return Err(Error::file("read", path)(error)),
    };
    let old = before.as_deref().map_or(&[][..], Vec::as_slice);
    let content = profile::content(task.credential, task.security, task.hidden, old);
    Written::write(path, &content, before).map(Some)
}

/// Leaves nothing of it with iwd, which may then join again what it knew before.
fn undo(bus: &Bus, interface: &str, begun: Begun) -> Result<(), Error> {
    let undone = begun.file.map_or(Ok(()), Written::undo);
    // Afresh: a key that failed would be asked for, in the place of the one that it knows. If that fails, iwd has gone.
    if begun.has_tried {
        let _ = release(bus, interface, NEVER);
    }
    if begun.has_tried || !begun.was_powered {
        let _ = restore(bus, interface, &Hold { powered: begun.was_powered });
    }
    undone
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
        ear.next(task.deadline.min(Instant::now() + LOOKING), task.stop).map_err(&refused)?;
    }
}

/// Has it join, and answers what it asks until it has joined or given up.
fn connect(ear: &Ear, network: &OwnedObjectPath, task: &Task<'_, '_>) -> Result<(), Error> {
    let refused = Error::from_bus(MANAGER, "join the network");
    let iwd = ear.bus().owner_of(PROGRAM).map_err(&refused)?;
    let call = ear.send(object(network, NETWORK), "Connect", &()).map_err(&refused)?;
    while let Some(message) = ear.next(task.deadline, task.stop).map_err(&refused)? {
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
                // It asks for a passphrase when the key in its file has failed.
                if matches!((turn, task.security), (Turn::Passphrase, Security::PreSharedKey(_))) {
                    return Err(Error::WrongKey { ssid: task.ssid_text() });
                }
            }
            (Turn::Other, _) => {}
        }
    }
    Err(task.late(MANAGER))
}

/// What a message means while iwd joins.
#[derive(Clone, Copy)]
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

/// It is told of new files by the kernel.
const READING: Duration = Duration::from_secs(5);
/// The longest between two looks; mostly a signal comes before.
const LOOKING: Duration = Duration::from_millis(500);
