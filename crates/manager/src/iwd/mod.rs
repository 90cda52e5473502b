//! iwd, over D-Bus.
//!
//! Observed with 2.3 and read in its sources: `Station.Disconnect` also ends connecting and scanning by itself, until
//! somebody connects or the interface goes down and up; and events of a connection that it did not make are ignored
//! (`Unexpected connection related event -- is another supplicant running?`). `Device.Powered=false` alone would not do:
//! with the interface up again iwd makes a new station, which connects. It is what gives iwd its interface back.
//!
//! A device's `Mode` is the kernel's type of the interface, also when somebody else changed that
//! (`netdev_set_interface_event`). In mode `ap` iwd has no station, and does nothing until it is asked to.

mod file;
mod hand_over;
mod profile;

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use zbus::{OwnedObjectPath, Variant};

use crate::bus::{Bus, BusError, Object, Objects, property};
use crate::choice::Manager;
use crate::error::Error;
use crate::hand_over::wait_for;
use crate::owner::{Look, Reach};
use crate::stop::{NEVER, Stop};

pub(crate) use hand_over::hand_over;

/// What it held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// Whether it had the device switched on.
    pub(crate) powered: bool,
}

const PROGRAM: &str = "net.connman.iwd";
const DEVICE: &str = "net.connman.iwd.Device";
const STATION: &str = "net.connman.iwd.Station";
const MANAGER: Manager = Manager::Iwd;

/// A device as iwd tells it.
#[derive(Debug)]
struct Device {
    path: OwnedObjectPath,
    powered: bool,
    mode: String,
    /// The state of its station; none unless it is switched on and a station.
    station: Option<String>,
}

/// What it has to do with the interface.
pub(crate) fn look(bus: &Bus, interface: &str) -> Look {
    if !bus.has(PROGRAM).unwrap_or(false) {
        return Look::Absent;
    }
    match device(bus, interface) {
        Ok(Some(device)) if device.powered => {
            Look::Owns { reach: Reach::Bus, state: device.station.unwrap_or(device.mode) }
        }
        Ok(Some(_)) => Look::Owns { reach: Reach::Bus, state: "switched off".to_owned() },
        Ok(None) | Err(_) => Look::Idle,
    }
}

/// What is to be given back later; nothing if it has nothing to do with the interface. If an earlier hold is noted,
/// it is Keyway that runs the interface in another mode, and iwd does nothing with it.
pub(crate) fn held(bus: &Bus, interface: &str, is_noted: bool) -> Result<Option<Hold>, Error> {
    const DOING: &str = "tell what it does with the interface";
    if !bus.has(PROGRAM).map_err(Error::from_bus(MANAGER, DOING))? {
        return Ok(None);
    }
    match device(bus, interface).map_err(Error::from_bus(MANAGER, DOING))? {
        None => Ok(None),
        Some(device) => hold_of(device, interface, is_noted),
    }
}

fn hold_of(device: Device, interface: &str, is_noted: bool) -> Result<Option<Hold>, Error> {
    match device.expect_station(interface) {
        Ok(()) => Ok(Some(Hold { powered: device.powered })),
        Err(_) if is_noted => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a network could be handed to it for the interface.
pub(crate) fn check(interface: &str) -> Result<(), Error> {
    const DOING: &str = "take the network";
    let bus = Bus::system().map_err(Error::from_bus(MANAGER, DOING))?;
    known_device(&bus, interface, DOING)?.expect_station(interface)
}

/// Has it let go.
pub(crate) fn release(bus: &Bus, interface: &str, stop: Stop<'_>) -> Result<(), Error> {
    const DOING: &str = "let go of the interface";
    let refused = Error::from_bus(MANAGER, DOING);
    // One that is switched off makes a station as soon as anybody brings the interface up.
    let station = match station(bus, interface, Instant::now() + SETTLING, stop, DOING) {
        Ok(station) => station,
        // It has heard only now that the interface is something else.
        Err(Error::IwdMode { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    match bus.call(object(&station, STATION), "Disconnect", &()) {
        Ok(_) => {}
        // It has made a note not to connect by itself before it says so.
        Err(BusError::Answer { name, .. }) if name == "net.connman.iwd.NotConnected" => {}
        Err(error) => return Err(refused(error)),
    }
    let quiet = wait_for(Instant::now() + SETTLING, stop, || {
        let state: String = bus.get(object(&station, STATION), "State").map_err(&refused)?;
        Ok((state == "disconnected").then_some(()))
    })?;
    quiet.ok_or(Error::Late { manager: MANAGER, doing: DOING, after: SETTLING })
}

/// Lets it have the interface as when it started.
pub(crate) fn restore(bus: &Bus, interface: &str, hold: &Hold) -> Result<(), Error> {
    const DOING: &str = "take the interface back";
    let refused = Error::from_bus(MANAGER, DOING);
    let device = known_device(bus, interface, DOING)?;
    bus.set(object(&device.path, DEVICE), "Powered", Variant::from(false)).map_err(&refused)?;
    if hold.powered {
        let deadline = Instant::now() + SETTLING;
        // That the interface is a station again, it may hear a moment later.
        wait_for(deadline, NEVER, || {
            Ok(known_device(bus, interface, DOING)?.expect_station(interface).ok())
        })?;
        station(bus, interface, deadline, NEVER, DOING)?;
    }
    Ok(())
}

/// The station of the interface, which is switched on for that.
fn station(
    bus: &Bus,
    interface: &str,
    deadline: Instant,
    stop: Stop<'_>,
    doing: &'static str,
) -> Result<OwnedObjectPath, Error> {
    let refused = Error::from_bus(MANAGER, doing);
    let device = known_device(bus, interface, doing)?;
    if !device.powered {
        bus.set(object(&device.path, DEVICE), "Powered", Variant::from(true)).map_err(&refused)?;
    }
    let found = wait_for(deadline, stop, || {
        let device = known_device(bus, interface, doing)?;
        device.expect_station(interface)?;
        Ok(device.station.map(|_| device.path))
    })?;
    found.ok_or(Error::Late { manager: MANAGER, doing, after: SETTLING })
}

impl Device {
    /// Refuses one that is an access point or in an ad-hoc network.
    fn expect_station(&self, interface: &str) -> Result<(), Error> {
        if self.mode == "station" {
            return Ok(());
        }
        Err(Error::IwdMode { interface: interface.to_owned(), mode: self.mode.clone() })
    }
}

fn device(bus: &Bus, interface: &str) -> Result<Option<Device>, BusError> {
    Ok(find_device(&bus.objects(PROGRAM, "/")?, interface))
}

fn find_device(objects: &Objects, interface: &str) -> Option<Device> {
    objects.iter().find_map(|(path, interfaces)| {
        let device = interfaces.get(DEVICE)?;
        let name: String = property(device, "Name")?;
        (name == interface).then(|| Device {
            path: path.clone(),
            powered: property(device, "Powered").unwrap_or(false),
            mode: property(device, "Mode").unwrap_or_default(),
            station: interfaces.get(STATION).and_then(|station| property(station, "State")),
        })
    })
}

fn known_device(bus: &Bus, interface: &str, doing: &'static str) -> Result<Device, Error> {
    let refused = Error::from_bus(MANAGER, doing);
    if !bus.has(PROGRAM).map_err(&refused)? {
        return Err(Error::NotRunning { manager: MANAGER });
    }
    let device = device(bus, interface).map_err(&refused)?;
    device.ok_or_else(|| Error::NotItsInterface { manager: MANAGER, interface: interface.to_owned() })
}

fn object<'a>(path: &'a OwnedObjectPath, interface: &'a str) -> Object<'a> {
    Object { program: PROGRAM, path: path.as_str(), interface }
}

/// It disconnects, and switches a device on and off, within a second.
const SETTLING: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use zbus::OwnedVariant;

    use super::*;

    /// What iwd tells of a device: its name, whether it is on, its mode, and its station's state.
    type Told<'t> = (&'t str, &'t str, bool, &'t str, Option<&'t str>);

    fn objects(devices: &[Told<'_>]) -> Objects {
        let value = |value: Variant<'_>| OwnedVariant::try_from(value).unwrap();
        let one = |(path, name, powered, mode, station): &Told<'_>| {
            let device = HashMap::from([
                ("Name".to_owned(), value(Variant::from(*name))),
                ("Powered".to_owned(), value(Variant::from(*powered))),
                ("Mode".to_owned(), value(Variant::from(*mode))),
            ]);
            let mut interfaces = HashMap::from([(DEVICE.to_owned(), device)]);
            if let Some(state) = station {
                let station = HashMap::from([("State".to_owned(), value(Variant::from(*state)))]);
                interfaces.insert(STATION.to_owned(), station);
            }
            (OwnedObjectPath::try_from(*path).unwrap(), interfaces)
        };
        devices.iter().map(one).collect()
    }

    #[test]
    fn the_device_is_found_by_its_whole_name() {
        let all = objects(&[
            ("/phy0/1", "wlan0", true, "station", Some("connected")),
            ("/phy1/2", "wlan", false, "station", None),
            ("/phy2/3", "wlan2", true, "ap", None),
        ]);
        let cases = [
            ("wlan0", Some(("/phy0/1", true, "station", Some("connected")))),
            ("wlan", Some(("/phy1/2", false, "station", None))),
            ("wlan2", Some(("/phy2/3", true, "ap", None))),
            ("wlan1", None),
        ];
        for (interface, expected) in cases {
            let found = find_device(&all, interface);
            let found = found.as_ref().map(|device| {
                (device.path.as_str(), device.powered, device.mode.as_str(), device.station.as_deref())
            });
            assert_eq!(found, expected, "{interface}");
        }
    }

    #[test]
    fn an_access_point_is_not_taken_unless_it_is_our_own() {
        let all = objects(&[
            ("/phy0/1", "wlan0", true, "station", Some("connected")),
            ("/phy0/2", "wlan1", true, "ap", None),
            ("/phy0/3", "wlan2", false, "station", None),
        ]);
        let hold = |interface, is_noted| hold_of(find_device(&all, interface).unwrap(), interface, is_noted);
        for is_noted in [false, true] {
            assert_eq!(hold("wlan0", is_noted).unwrap(), Some(Hold { powered: true }));
            assert_eq!(hold("wlan2", is_noted).unwrap(), Some(Hold { powered: false }));
        }
        assert!(matches!(hold("wlan1", false), Err(Error::IwdMode { mode, .. }) if mode == "ap"));
        assert_eq!(hold("wlan1", true).unwrap(), None);
    }

    #[test]
    fn a_device_without_a_name_is_none() {
        let mut all = objects(&[("/phy0/1", "wlan0", true, "station", None)]);
        for interfaces in all.values_mut() {
            interfaces.get_mut(DEVICE).unwrap().remove("Name");
        }
        assert!(find_device(&all, "wlan0").is_none());
    }
}
