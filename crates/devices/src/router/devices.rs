//! The devices on the network, and those that were.

use crate::durable::DeviceEntry;
use crate::session::Method;
use crate::view::JoinedView;
use core::net::Ipv4Addr;
use keyway_home::Nickname;
use keyway_wsc::MacAddr;
use std::collections::BTreeMap;

/// Devices that are kept. When there are more, the one that was not on the network for longest has to go.
const MOST: usize = 256;

/// The devices.
#[derive(Debug, Default)]
pub(super) struct Devices {
    devices: BTreeMap<MacAddr, Device>,
}

#[derive(Debug)]
struct Device {
    entry: DeviceEntry,
    online: bool,
    signal: Option<i8>,
}

impl Devices {
    /// What was kept. None of them is on the network yet.
    pub(super) fn kept(entries: Vec<DeviceEntry>) -> Devices {
        let device = |entry: DeviceEntry| {
            let mac = entry.mac.parse().ok()?;
            Some((mac, Device { entry, online: false, signal: None }))
        };
        Devices { devices: entries.into_iter().filter_map(device).collect() }
    }

    /// It was added by this method.
    pub(super) fn added(
        &mut self,
        mac: MacAddr,
        name: Option<String>,
        method: Method,
        date: u64,
    ) -> DeviceEntry {
        let device = self.device(mac, date);
        device.entry.method = Some(method);
        device.entry.name = name.or(device.entry.name.take());
        device.entry.last = date;
        device.entry.clone()
    }

    /// It is on the network. Also whether it was never there before.
    pub(super) fn joined(&mut self, mac: MacAddr, signal: i8, date: u64) -> (DeviceEntry, bool) {
        let is_new = !self.devices.contains_key(&mac);
        let device = self.device(mac, date);
        (device.online, device.signal) = (true, Some(signal));
        device.entry.last = date;
        (device.entry.clone(), is_new)
    }

    /// It has an address. `None` if it is none of ours, or nothing changed.
    pub(super) fn leased(
        &mut self,
        mac: MacAddr,
        address: Ipv4Addr,
        name: Option<String>,
    ) -> Option<DeviceEntry> {
        let device = self.devices.get_mut(&mac)?;
        let before = device.entry.clone();
        device.entry.address = Some(address.to_string());
        // What it says in a registration comes from its own settings; what it says to DHCP is often shortened.
        device.entry.name = device.entry.name.take().or(name);
        (device.entry != before).then(|| device.entry.clone())
    }

    /// It was heard, so strongly.
    pub(super) fn heard(&mut self, mac: MacAddr, signal: i8) {
        if let Some(device) = self.devices.get_mut(&mac).filter(|device| device.online) {
            device.signal = Some(signal);
        }
    }

    /// It is off the network.
    pub(super) fn left(&mut self, mac: MacAddr) {
        if let Some(device) = self.devices.get_mut(&mac) {
            (device.online, device.signal) = (false, None);
        }
    }

    /// All are off the network.
    pub(super) fn all_left(&mut self) {
        for device in self.devices.values_mut() {
            (device.online, device.signal) = (false, None);
        }
    }

    /// Forgets it. Whether it was on the network; `None` if it is none of ours.
    pub(super) fn remove(&mut self, mac: MacAddr) -> Option<bool> {
        self.devices.remove(&mac).map(|device| device.online)
    }

    /// Forgets one when there are too many, and names it.
    pub(super) fn trim(&mut self) -> Option<String> {
        if self.devices.len() <= MOST {
            return None;
        }
        let oldest = self.devices.iter().min_by_key(|(_, device)| (device.online, device.entry.last));
        let mac = *oldest?.0;
        self.devices.remove(&mac).map(|device| device.entry.mac)
    }

    /// How many are on the network.
    pub(super) fn online(&self) -> usize {
        self.devices.values().filter(|device| device.online).count()
    }

    /// What the owner sees: those on the network first, then as they were added.
    pub(super) fn view(&self) -> Vec<JoinedView> {
        let mut devices: Vec<&Device> = self.devices.values().collect();
        devices.sort_by_key(|device| (!device.online, device.entry.first));
        let view = |Device { entry, online, signal }: &Device| JoinedView {
            nickname: entry.nickname.clone(),
            mac: entry.mac.clone(),
            name: entry.name.clone(),
            method: entry.method,
            address: entry.address.clone(),
            online: *online,
            signal: *signal,
            first: entry.first,
        };
        devices.into_iter().map(view).collect()
    }

    fn device(&mut self, mac: MacAddr, date: u64) -> &mut Device {
        let new = || Device {
            entry: DeviceEntry {
                mac: mac.to_string(),
                nickname: Nickname::of(mac).to_string(),
                name: None,
                method: None,
                first: date,
                last: date,
                address: None,
            },
            online: false,
            signal: None,
        };
        self.devices.entry(mac).or_insert_with(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mac(number: u16) -> MacAddr {
        let [high, low] = number.to_be_bytes();
        MacAddr([2, 0, 0, 0, high, low])
    }

    #[test]
    fn a_device_comes_gets_an_address_and_goes() {
        let mut devices = Devices::default();
        let entry = devices.added(mac(1), Some("Study".into()), Method::Pin, 10);
        assert_eq!((entry.first, entry.last, entry.method), (10, 10, Some(Method::Pin)));
        assert!(!devices.joined(mac(1), -40, 20).1);
        assert!(devices.joined(mac(2), -50, 30).1, "it knew the passphrase");
        let address = [192, 168, 1, 23].into();
        let entry = devices.leased(mac(1), address, Some("host".into())).unwrap();
        assert_eq!((entry.name.as_deref(), entry.address.as_deref()), (Some("Study"), Some("192.168.1.23")));
        assert_eq!(devices.leased(mac(1), address, None), None, "nothing new");
        assert_eq!(devices.leased(mac(9), address, None), None);
        assert_eq!(devices.online(), 2);
        devices.left(mac(1));
        let view = devices.view();
        assert_eq!((view[0].mac.as_str(), view[0].online), (mac(2).to_string().as_str(), true));
        assert_eq!((view[1].online, view[1].signal, view[1].method), (false, None, Some(Method::Pin)));
        let again = Devices::kept(vec![entry]);
        assert_eq!(again.view()[0], view[1]);
        assert_eq!((devices.remove(mac(2)), devices.remove(mac(2))), (Some(true), None));
    }

    #[test]
    fn who_was_away_for_longest_has_to_go() {
        let mut devices = Devices::default();
        for number in 0..300 {
            devices.joined(mac(number), -40, u64::from(number));
            devices.left(mac(number));
            if number == 0 {
                devices.joined(mac(0), -40, 0);
            }
            let gone = devices.trim();
            assert_eq!(gone, (number >= 256).then(|| mac(number - 255).to_string()));
        }
        assert_eq!(devices.view().len(), MOST);
        assert!(devices.view()[0].online, "who is on the network stays");
    }
}
