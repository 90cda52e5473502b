//! Handing a network to NetworkManager.

use std::collections::HashMap;
use std::net::IpAddr;

use zbus::message::Type;
use zbus::{Message, ObjectPath, OwnedObjectPath, OwnedVariant, Variant};

use super::profile::{self, Told};
use super::{
    ACTIVE, DEVICE, NOTHING, PROFILE, PROGRAM, ROOT, SETTINGS, expect_ready, object, state, wireless_device,
};
use crate::bus::{Bus, BusError, Ear, Properties, heard, property};
use crate::choice::Manager;
use crate::error::Error;
use crate::hand_over::{Kept, Progress, Task};

const MANAGER: Manager = Manager::NetworkManager;
const DOING: &str = "take the network";

/// Adds a profile, activates it, and waits until it is active. A profile that could not be activated is deleted.
pub(crate) fn hand_over(task: &mut Task<'_, '_>) -> Result<Kept, Error> {
    let refused = Error::from_bus(MANAGER, DOING);
    let ear = Ear::open(PROGRAM).map_err(&refused)?;
    let bus = ear.bus();
    let path = wireless_device(bus, task.interface, DOING)?;
    let device = object(&path, DEVICE);
    let is_managed: bool = bus.get(device, "Managed").map_err(&refused)?;
    if !is_managed {
        bus.set(device, "Managed", Variant::from(true)).map_err(&refused)?;
    }
    let activated = expect_ready(bus, device, task.deadline, task.stop).and_then(|()| {
        task.teller.tell(Progress::Looking);
        let (profile, active) = add(bus, &path, task).map_err(&refused)?;
        match follow(&ear, &path, &active, task) {
            Ok(()) => Ok((profile, active)),
            Err(error) => {
                let _ = bus.call(object(&profile, PROFILE), "Delete", &());
                Err(error)
            }
        }
    });
    if activated.is_err() && !is_managed {
        let _ = bus.set(device, "Managed", Variant::from(false));
    }
    let (profile, active) = activated?;
    forget_older(bus, &profile, task.ssid);
    task.teller.tell(Progress::Joined);
    // With flags or without: what counts is whether the profile is on the disk.
    let unsaved = bus.get::<bool>(object(&profile, PROFILE), "Unsaved").map_err(&refused)?;
    let across_restarts = if unsaved {
        Err("NetworkManager keeps the profile in memory only; see that it may write to \
             /etc/NetworkManager/system-connections, then: nmcli connection modify … connection.autoconnect yes"
            .to_owned())
    } else {
        Ok(())
    };
    let address = address(bus, &active);
    Ok(Kept { manager: MANAGER, ssid: task.ssid_text(), address, across_restarts })
}

/// Adds the profile to the disk and begins to activate it. Returns its path and that of the activation.
fn add(
    bus: &Bus,
    device: &OwnedObjectPath,
    task: &Task<'_, '_>,
) -> Result<(OwnedObjectPath, OwnedObjectPath), BusError> {
    let name = task.ssid_text();
    let settings = profile::profile(task.ssid, &name, task.hidden, task.security);
    let any_access_point = ObjectPath::try_from(NOTHING)?;
    let options = HashMap::from([("persist", Variant::from("disk"))]);
    let body = (&settings, device, &any_access_point, options);
    match bus.ask::<(OwnedObjectPath, OwnedObjectPath, HashMap<String, OwnedVariant>), _>(
        ROOT,
        "AddAndActivateConnection2",
        &body,
    ) {
        Ok((profile, active, _)) => Ok((profile, active)),
        // Before 1.16.
        Err(BusError::Answer { name, .. }) if name.ends_with(".UnknownMethod") => {
            bus.ask(ROOT, "AddAndActivateConnection", &(&settings, device, &any_access_point))
        }
        Err(error) => Err(error),
    }
}

/// Listens until the activation is over.
fn follow(
    ear: &Ear,
    device: &OwnedObjectPath,
    active: &OwnedObjectPath,
    task: &mut Task<'_, '_>,
) -> Result<(), Error> {
    let refused = Error::from_bus(MANAGER, "join the network");
    let mut course = Course::default();
    // What it did before it was listened to.
    let now = ear.bus().get::<u32>(object(active, ACTIVE), "State");
    if now == Ok(ACTIVATED) {
        return Ok(());
    }
    while let Some(message) = ear.next(task.deadline, task.stop).map_err(&refused)? {
        match News::read(&message, device.as_str(), active.as_str()) {
            Some(News::Device { state, reason }) => course.pass(state, reason),
            Some(News::Active { state: ACTIVATED, .. }) => return Ok(()),
            Some(News::Active { state: DEACTIVATED, reason }) => return Err(course.error(reason, task)),
            Some(News::Active { .. }) | None => {}
        }
        if course.failed {
            return Err(course.error(0, task));
        }
        if course.furthest >= state::IP_CONFIG {
            task.teller.tell(Progress::GettingAddress);
        } else if course.furthest >= state::CONFIG
            && task.teller.told() != Some(Progress::Joining)
            && is_heard(ear.bus(), device, task.ssid)
        {
            task.teller.tell(Progress::Joining);
        }
    }
    Err(task.late(MANAGER))
}

/// What a signal says.
#[derive(Debug, PartialEq, Eq)]
enum News {
    /// The device changed to this state, for this reason (`NMDeviceStateReason`).
    Device { state: u32, reason: u32 },
    /// The activation changed to this state, for this reason (`NMActiveConnectionStateReason`).
    Active { state: u32, reason: u32 },
}

impl News {
    fn read(message: &Message, device: &str, active: &str) -> Option<News> {
        heard(message, |heard| {
            if heard.kind != Type::Signal || heard.member != "StateChanged" {
                return None;
            }
            let body = message.body();
            if heard.path == device {
                let (state, _before, reason) = body.deserialize::<(u32, u32, u32)>().ok()?;
                Some(News::Device { state, reason })
            } else if heard.path == active {
                let (state, reason) = body.deserialize::<(u32, u32)>().ok()?;
                Some(News::Active { state, reason })
            } else {
                None
            }
        })
    }
}

/// How far an activation came, from the states of the device.
#[derive(Debug, Default)]
struct Course {
    /// The furthest state.
    furthest: u32,
    /// It wanted a key after it had tried the one it has.
    asked_again: bool,
    failed: bool,
    reason: u32,
}

impl Course {
    fn pass(&mut self, state: u32, reason: u32) {
        // It comes by there with every key, without a reason; with one when it has tried the key.
        self.asked_again |= state == state::NEED_AUTH && reason != 0 && self.furthest >= state::CONFIG;
        // Until it begins with ours, it may still end another.
        self.failed |= state == state::FAILED && self.furthest >= PREPARE;
        if self.failed && self.reason == 0 {
            self.reason = reason;
        }
        if (PREPARE..state::FAILED).contains(&state) && state != DEACTIVATING {
            self.furthest = self.furthest.max(state);
        }
    }

    fn error(&self, why_deactivated: u32, task: &Task<'_, '_>) -> Error {
        self.cause(why_deactivated, task.ssid_text())
    }

    fn cause(&self, why_deactivated: u32, ssid: String) -> Error {
        let not_joined = |reason: String| Error::NotJoined { manager: MANAGER, ssid: ssid.clone(), reason };
        match self.reason {
            // NO_SECRETS: nobody is there to be asked for another key.
            7 => Error::WrongKey { ssid },
            _ if self.asked_again => Error::WrongKey { ssid },
            // IP_CONFIG_UNAVAILABLE, IP_CONFIG_EXPIRED, DHCP_START_FAILED, DHCP_ERROR, DHCP_FAILED
            5 | 6 | 15..=17 => Error::NoAddress { ssid },
            // SSID_NOT_FOUND
            53 => Error::NotHeard { manager: MANAGER, ssid },
            8..=11 => not_joined("wpa_supplicant lost the connection or did not come to one".to_owned()),
            0 if why_deactivated == LOGIN_FAILED => Error::WrongKey { ssid },
            0 => not_joined(format!("it was deactivated (NMActiveConnectionStateReason {why_deactivated})")),
            reason => not_joined(format!("NMDeviceStateReason {reason}")),
        }
    }
}

/// Whether the device hears an access point of the network. Its list may also hold one that NetworkManager only wishes
/// for; that one was never seen.
fn is_heard(bus: &Bus, device: &OwnedObjectPath, ssid: &[u8]) -> bool {
    let all = bus.ask::<Vec<OwnedObjectPath>, _>(object(device, WIRELESS), "GetAllAccessPoints", &());
    all.unwrap_or_default().iter().any(|path| {
        let access_point = object(path, ACCESS_POINT);
        bus.get::<Vec<u8>>(access_point, "Ssid").is_ok_and(|name| name == ssid)
            && bus.get::<i32>(access_point, "LastSeen").is_ok_and(|seconds| seconds >= 0)
    })
}

/// Deletes what earlier registrations left about the network.
fn forget_older(bus: &Bus, newest: &OwnedObjectPath, ssid: &[u8]) {
    let Ok(all) = bus.ask::<Vec<OwnedObjectPath>, _>(SETTINGS, "ListConnections", &()) else { return };
    for other in all.iter().filter(|other| *other != newest) {
        let told: Result<Told, _> = bus.ask(object(other, PROFILE), "GetSettings", &());
        if told.is_ok_and(|told| profile::is_ours(&told, ssid)) {
            // One that cannot be deleted does no harm: it was used less lately.
            let _ = bus.call(object(other, PROFILE), "Delete", &());
        }
    }
}

/// The first address that the network gave.
fn address(bus: &Bus, active: &OwnedObjectPath) -> Option<IpAddr> {
    let of = |property_name: &str, interface: &str| {
        let configuration: OwnedObjectPath = bus.get(object(active, ACTIVE), property_name).ok()?;
        let data: OwnedVariant = bus.get(object(&configuration, interface), "AddressData").ok()?;
        let all = Vec::<Properties>::try_from(data).ok()?;
        property::<String>(all.first()?, "address")?.parse().ok()
    };
    of("Ip4Config", "org.freedesktop.NetworkManager.IP4Config")
        .or_else(|| of("Ip6Config", "org.freedesktop.NetworkManager.IP6Config"))
}

const WIRELESS: &str = "org.freedesktop.NetworkManager.Device.Wireless";
const ACCESS_POINT: &str = "org.freedesktop.NetworkManager.AccessPoint";
/// `NM_DEVICE_STATE_PREPARE`
const PREPARE: u32 = 40;
/// `NM_DEVICE_STATE_DEACTIVATING`
const DEACTIVATING: u32 = 110;
/// `NM_ACTIVE_CONNECTION_STATE_ACTIVATED`
const ACTIVATED: u32 = 2;
/// `NM_ACTIVE_CONNECTION_STATE_DEACTIVATED`
const DEACTIVATED: u32 = 4;
/// `NM_ACTIVE_CONNECTION_STATE_REASON_LOGIN_FAILED`
const LOGIN_FAILED: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_named_by_the_way_that_led_to_them() {
        // States and reasons as 1.42 told them; the last ones are those of other failures.
        type Steps<'s> = &'s [(u32, u32)];
        let key: Steps<'_> = &[(40, 0), (50, 0), (60, 0), (40, 0), (50, 0)];
        let cases: [(Steps<'_>, u32, &str); 9] = [
            (&[(60, 8), (120, 7), (30, 0)], 0, "does not accept the key"),
            (&[(60, 8)], 3, "does not accept the key"),
            (&[(120, 7)], 0, "does not accept the key"),
            (&[], LOGIN_FAILED, "does not accept the key"),
            (&[(120, 53)], 0, "does not hear"),
            (&[(70, 0), (120, 5)], 0, "gives no address"),
            (&[(70, 0), (120, 16)], 0, "gives no address"),
            (&[(120, 11)], 0, "wpa_supplicant lost the connection"),
            (&[], 3, "NMActiveConnectionStateReason 3"),
        ];
        for (steps, why_deactivated, expected) in cases {
            let mut course = Course::default();
            // What it was joined to before ends first.
            for (state, reason) in [(110, 60), (30, 60)].iter().chain(key).chain(steps) {
                course.pass(*state, *reason);
            }
            let text = course.cause(why_deactivated, "HomeNet".into()).to_string();
            assert!(text.contains(expected), "{steps:?}: {text}");
            assert_eq!(course.failed, steps.iter().any(|(state, _)| *state == 120));
        }
    }

    #[test]
    fn the_failure_of_what_was_joined_before_is_not_ours() {
        let mut course = Course::default();
        course.pass(120, 7);
        assert!(!course.failed);
        assert!(course.cause(0, "HomeNet".into()).to_string().contains("deactivated"));
    }
}
