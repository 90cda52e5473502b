//! NetworkManager, over D-Bus.
//!
//! Observed with 1.42: `Managed=false` on a device takes down its connection, has wpa_supplicant forget the interface, and
//! lasts until it is set again or NetworkManager restarts. It leaves the addresses on the interface; `Disconnect` before
//! takes them along. The interface stays up.

mod hand_over;
mod profile;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use zbus::{OwnedObjectPath, Variant};

use crate::bus::{Bus, BusError, Object};
use crate::choice::Manager;
use crate::error::Error;
use crate::hand_over::wait_for;
use crate::owner::{Look, Reach};
use crate::stop::{NEVER, Stop};
use crate::supplicant;

pub(crate) use hand_over::hand_over;

/// What it held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// The UUID of the profile that was active; one that it does not activate by itself would otherwise stay out.
    pub(crate) profile: Option<String>,
}

const PROGRAM: &str = "org.freedesktop.NetworkManager";
const ROOT: Object<'static> =
    Object { program: PROGRAM, path: "/org/freedesktop/NetworkManager", interface: PROGRAM };
const SETTINGS: Object<'static> = Object {
    program: PROGRAM,
    path: "/org/freedesktop/NetworkManager/Settings",
    interface: "org.freedesktop.NetworkManager.Settings",
};
const DEVICE: &str = "org.freedesktop.NetworkManager.Device";
const ACTIVE: &str = "org.freedesktop.NetworkManager.Connection.Active";
const PROFILE: &str = "org.freedesktop.NetworkManager.Settings.Connection";

/// The path that stands for no object.
const NOTHING: &str = "/";

/// States of a device, `NMDeviceState`.
mod state {
    pub(super) const UNMANAGED: u32 = 10;
    pub(super) const DISCONNECTED: u32 = 30;
    pub(super) const CONFIG: u32 = 50;
    pub(super) const NEED_AUTH: u32 = 60;
    pub(super) const IP_CONFIG: u32 = 70;
    pub(super) const FAILED: u32 = 120;
}

/// What it has to do with the interface.
pub(crate) fn look(bus: &Bus, interface: &str) -> Look {
    if !bus.has(PROGRAM).unwrap_or(false) {
        return Look::Absent;
    }
    let Ok(Some(device)) = device(bus, interface) else { return Look::Idle };
    let device = object(&device, DEVICE);
    if !bus.get(device, "Managed").unwrap_or(false) {
        return Look::Idle;
    }
    let state = bus.get(device, "State").map_or("", state_name);
    Look::Owns { reach: Reach::Bus, state: state.to_owned() }
}

/// What is to be given back later; nothing if it does not manage the interface.
pub(crate) fn held(bus: &Bus, interface: &str) -> Result<Option<Hold>, Error> {
    if !matches!(look(bus, interface), Look::Owns { .. }) {
        return Ok(None);
    }
    let refused = Error::from_bus(Manager::NetworkManager, "tell what it does with the interface");
    let Some(device) = device(bus, interface).map_err(&refused)? else { return Ok(None) };
    let active: OwnedObjectPath = bus.get(object(&device, DEVICE), "ActiveConnection").map_err(&refused)?;
    // It may end between the two questions.
    let profile = bus.get(object(&active, ACTIVE), "Uuid").ok().filter(|_| active.as_str() != NOTHING);
    Ok(Some(Hold { profile }))
}

/// Whether a network could be handed to it for the interface.
pub(crate) fn check(interface: &str, stop: Stop<'_>) -> Result<(), Error> {
    const DOING: &str = "take the network";
    let manager = Manager::NetworkManager;
    let refused = Error::from_bus(manager, DOING);
    let bus = Bus::system().map_err(&refused)?;
    let path = wireless_device(&bus, interface, DOING)?;
    // What this user may do, by polkit's names.
    let rights: HashMap<String, String> = bus.ask(ROOT, "GetPermissions", &()).map_err(&refused)?;
    // "auth" would need somebody to type a password.
    if RIGHTS.iter().any(|right| rights.get(*right).is_some_and(|answer| answer != "yes")) {
        return Err(Error::NotPermitted { manager, doing: DOING });
    }
    let device = object(&path, DEVICE);
    // One that it does not manage becomes ready only when it does.
    if bus.get(device, "Managed").map_err(&refused)? {
        expect_ready(&bus, device, Instant::now() + SETTLING, stop)?;
    }
    Ok(())
}

/// Has it let go, and waits until its helper has as well.
pub(crate) fn release(bus: &Bus, interface: &str, stop: Stop<'_>) -> Result<(), Error> {
    const DOING: &str = "let go of the interface";
    let manager = Manager::NetworkManager;
    let device = known_device(bus, interface, DOING)?;
    let device = object(&device, DEVICE);
    let refused = Error::from_bus(manager, DOING);
    let wait_until_at_most = |most: u32| {
        let down = wait_for(Instant::now() + SETTLING, stop, || {
            let state: u32 = bus.get(device, "State").map_err(&refused)?;
            Ok((state <= most).then_some(()))
        })?;
        down.ok_or(Error::Late { manager, doing: DOING, after: SETTLING })
    };
    match bus.call(device, "Disconnect", &()) {
        Ok(_) => wait_until_at_most(state::DISCONNECTED)?,
        // There was nothing to disconnect.
        Err(BusError::Answer { .. }) => {}
        Err(error) => return Err(refused(error)),
    }
    bus.set(device, "Managed", Variant::from(false)).map_err(&refused)?;
    wait_until_at_most(state::UNMANAGED)?;
    // One that keeps it will be asked itself.
    wait_for(Instant::now() + HELPER, stop, || Ok((!supplicant::has(bus, interface)).then_some(())))?;
    Ok(())
}

/// Lets it manage the interface again, and activate what was active.
pub(crate) fn restore(bus: &Bus, interface: &str, hold: &Hold) -> Result<(), Error> {
    const DOING: &str = "take the interface back";
    let refused = Error::from_bus(Manager::NetworkManager, DOING);
    let path = known_device(bus, interface, DOING)?;
    let device = object(&path, DEVICE);
    bus.set(device, "Managed", Variant::from(true)).map_err(&refused)?;
    let Some(uuid) = &hold.profile else { return Ok(()) };
    // It refuses a device that its helper does not have yet.
    if !wait_until_ready(bus, device, Instant::now() + SETTLING, NEVER).map_err(&refused)? {
        return Err(Error::Late { manager: Manager::NetworkManager, doing: DOING, after: SETTLING });
    }
    let active: OwnedObjectPath = bus.get(device, "ActiveConnection").map_err(&refused)?;
    if active.as_str() != NOTHING {
        return Ok(());
    }
    // A profile that was deleted meanwhile is not activated.
    if let Ok(profile) = bus.ask::<OwnedObjectPath, _>(SETTINGS, "GetConnectionByUuid", &(uuid.as_str(),)) {
        let nothing = zbus::ObjectPath::try_from(NOTHING).map_err(|error| refused(error.into()))?;
        let _ = bus.call(ROOT, "ActivateConnection", &(profile, &path, nothing));
    }
    Ok(())
}

/// Waits until a device can be activated; false when the time is over.
fn wait_until_ready(
    bus: &Bus,
    device: Object<'_>,
    deadline: Instant,
    stop: Stop<'_>,
) -> Result<bool, BusError> {
    loop {
        if stop() {
            return Err(BusError::Stopped);
        }
        let state: u32 = bus.get(device, "State")?;
        if state >= state::DISCONNECTED {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        std::thread::sleep(POLL);
    }
}

/// Waits until a device can be activated.
fn expect_ready(bus: &Bus, device: Object<'_>, deadline: Instant, stop: Stop<'_>) -> Result<(), Error> {
    const DOING: &str = "take the network";
    let manager = Manager::NetworkManager;
    if wait_until_ready(bus, device, deadline, stop).map_err(Error::from_bus(manager, DOING))? {
        return Ok(());
    }
    let reason =
        "it has no use of the device; is wpa_supplicant (or iwd) installed, and the radio switched on?";
    Err(Error::Refused { manager, doing: DOING, reason: reason.to_owned() })
}

/// Its device for the interface.
fn device(bus: &Bus, interface: &str) -> Result<Option<OwnedObjectPath>, BusError> {
    match bus.ask(ROOT, "GetDeviceByIpIface", &(interface,)) {
        Ok(path) => Ok(Some(path)),
        Err(BusError::Answer { name, .. }) if name.ends_with(".UnknownDevice") => Ok(None),
        Err(error) => Err(error),
    }
}

fn known_device(bus: &Bus, interface: &str, doing: &'static str) -> Result<OwnedObjectPath, Error> {
    let manager = Manager::NetworkManager;
    let device = device(bus, interface).map_err(Error::from_bus(manager, doing))?;
    device.ok_or_else(|| Error::NotItsInterface { manager, interface: interface.to_owned() })
}

/// Its device for an interface of Wi-Fi.
fn wireless_device(bus: &Bus, interface: &str, doing: &'static str) -> Result<OwnedObjectPath, Error> {
    let manager = Manager::NetworkManager;
    let refused = Error::from_bus(manager, doing);
    if !bus.has(PROGRAM).map_err(&refused)? {
        return Err(Error::NotRunning { manager });
    }
    let path = known_device(bus, interface, doing)?;
    match bus.get::<u32>(object(&path, DEVICE), "DeviceType").map_err(&refused)? {
        WIFI => Ok(path),
        _ => Err(Error::NotItsInterface { manager, interface: interface.to_owned() }),
    }
}

fn object<'a>(path: &'a OwnedObjectPath, interface: &'a str) -> Object<'a> {
    Object { program: PROGRAM, path: path.as_str(), interface }
}

/// `nmcli`'s words for the states of a device.
fn state_name(state: u32) -> &'static str {
    match state {
        10 => "unmanaged",
        20 => "unavailable",
        30 => "disconnected",
        40..=90 => "connecting",
        100 => "connected",
        110 => "disconnecting",
        120 => "connection failed",
        _ => "",
    }
}

/// `NM_DEVICE_TYPE_WIFI`
const WIFI: u32 = 2;
/// What a hand-over needs: to add a profile for everybody, and to activate it.
const RIGHTS: [&str; 2] = [
    "org.freedesktop.NetworkManager.network-control",
    "org.freedesktop.NetworkManager.settings.modify.system",
];
/// It takes a connection down within a second, and has its helper ready within two.
const SETTLING: Duration = Duration::from_secs(15);
/// Its helper hears of it a moment later.
const HELPER: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(50);
