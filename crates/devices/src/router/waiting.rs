//! The devices that want to be added: those that ask on the air, and those that came and had to be sent away.

use crate::view::WaitingView;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_home::Nickname;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::session::Enrolment;
use keyway_wsc::{DevicePasswordId, DeviceType, MacAddr, RequestType, Uuid};

/// A device that was not heard for so long is gone.
const GONE: Duration = Duration::from_secs(30);
/// A device that was just added may go on asking for a moment. Observed: hostapd, 5 s.
const SERVED: Duration = Duration::from_secs(5);
/// Devices that are remembered; more at once are a crowd, and the one that was not heard for longest has to go.
const MOST: usize = 32;
/// The category of printers and scanners among device types.
const PRINTERS: u16 = 3;

/// Devices that want to be added.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// In the order in which they came.
    devices: Vec<Device>,
    /// Devices that were just added, and until when they are ignored.
    served: Vec<(MacAddr, Timestamp)>,
}

#[derive(Debug)]
struct Device {
    mac: MacAddr,
    name: Option<String>,
    kind: Option<DeviceType>,
    by_button: bool,
    signal: Option<i8>,
    heard: Timestamp,
    /// That it was sent away is in the ledger.
    noted: bool,
}

impl Waiting {
    /// A probe request with a WPS element. If the station asks by button, its UUID-E comes back.
    pub(super) fn hear(
        &mut self,
        station: MacAddr,
        signal: i8,
        request: &ProbeRequestElement,
        now: Timestamp,
    ) -> Option<Uuid> {
        self.forget_gone(now);
        let asks = request.request_type.0 == Some(RequestType::Enrollee);
        // Request to Enroll is new with version 2.0; a device of version 1.0 asks without it.
        let wfa = &request.extensions.wfa;
        let wants = wfa.request_to_enroll.unwrap_or(wfa.version2.is_none());
        if !asks || !wants || self.served.iter().any(|(mac, _)| *mac == station) {
            return None;
        }
        let by_button = request.password_id.0 == Some(DevicePasswordId::PushButton);
        let name = request.device_name.as_ref().map(|name| name.to_text().into_owned());
        let device = self.device(station, now);
        device.signal = Some(signal);
        device.by_button = by_button;
        device.kind = request.device_type.0.or(device.kind);
        device.name = name.filter(|name| !name.is_empty()).or(device.name.take());
        request.uuid_e.0.filter(|_| by_button)
    }

    /// A station introduced itself to the registrar.
    pub(super) fn meet(&mut self, station: MacAddr, enrolment: &Enrolment, now: Timestamp) {
        self.forget_gone(now);
        let device = self.device(station, now);
        let name = enrolment.peer.device.device_name.to_text();
        device.by_button = enrolment.password_id == DevicePasswordId::PushButton;
        device.kind = Some(enrolment.peer.device.device_type);
        if !name.is_empty() {
            device.name = Some(name.into_owned());
        }
    }

    /// It was sent away. True the first time, as long as it waits.
    pub(super) fn note(&mut self, station: MacAddr) -> bool {
        let device = self.devices.iter_mut().find(|device| device.mac == station);
        device.is_some_and(|device| !std::mem::replace(&mut device.noted, true))
    }

    /// It was added: it waits no more.
    pub(super) fn served(&mut self, station: MacAddr, now: Timestamp) {
        self.devices.retain(|device| device.mac != station);
        self.served.retain(|(mac, _)| *mac != station);
        self.served.push((station, now.saturating_add(SERVED)));
    }

    /// Forgets those that are gone.
    pub(super) fn forget_gone(&mut self, now: Timestamp) {
        self.devices.retain(|device| now.saturating_since(device.heard) < GONE);
        self.served.retain(|(_, until)| now < *until);
    }

    /// When the next one is gone.
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.devices.iter().map(|device| device.heard.saturating_add(GONE)).min()
    }

    /// Its own name, if it said so.
    pub(super) fn name(&self, station: MacAddr) -> Option<String> {
        self.devices.iter().find(|device| device.mac == station)?.name.clone()
    }

    /// What the owner sees: printers first, then as they came. `hides` says which ones not to show.
    pub(super) fn view(&self, now: Timestamp, hides: impl Fn(MacAddr) -> bool) -> Vec<WaitingView> {
        let is_printer = |device: &Device| device.kind.is_some_and(|kind| kind.category == PRINTERS);
        let mut shown: Vec<&Device> = self
            .devices
            .iter()
            .filter(|device| now.saturating_since(device.heard) < GONE && !hides(device.mac))
            .collect();
        shown.sort_by_key(|device| !is_printer(device));
        let view = |device: &Device| WaitingView {
            nickname: Nickname::of(device.mac).to_string(),
            mac: device.mac.to_string(),
            name: device.name.clone(),
            kind: device.kind.and_then(kind_words),
            by_button: device.by_button,
            signal: device.signal.unwrap_or(i8::MIN),
            heard: now.saturating_since(device.heard).as_secs(),
        };
        shown.into_iter().map(view).collect()
    }

    fn device(&mut self, mac: MacAddr, now: Timestamp) -> &mut Device {
        let index = match self.devices.iter().position(|device| device.mac == mac) {
            Some(index) => index,
            None => {
                if self.devices.len() >= MOST {
                    let oldest = (0..self.devices.len()).min_by_key(|&index| self.devices[index].heard);
                    oldest.map(|index| self.devices.remove(index));
                }
                self.devices.push(Device {
                    mac,
                    name: None,
                    kind: None,
                    by_button: false,
                    signal: None,
                    heard: now,
                    noted: false,
                });
                self.devices.len() - 1
            }
        };
        let device = &mut self.devices[index];
        device.heard = now;
        device
    }
}

/// What a device is, for a person.
fn kind_words(kind: DeviceType) -> Option<String> {
    if kind == DeviceType::PRINTER {
        return Some("Printer".to_owned());
    }
    let mut name = kind.category_name()?.to_owned();
    name[..1].make_ascii_uppercase();
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_wsc::message::VendorExtensions;
    use keyway_wsc::message::elements::WpsElement;

    fn mac(number: u8) -> MacAddr {
        MacAddr([2, 0, 0, 0, 0, number])
    }
    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    fn request(kind: DeviceType, password: DevicePasswordId) -> ProbeRequestElement {
        let mut request = ProbeRequestElement::parse(&[]).unwrap();
        request.request_type = RequestType::Enrollee.into();
        request.uuid_e = Uuid([1; 16]).into();
        request.device_type = kind.into();
        request.password_id = password.into();
        request.device_name = Some("Study".into());
        request.extensions = VendorExtensions::version2();
        request.extensions.wfa.request_to_enroll = Some(true);
        request
    }

    fn shown(waiting: &Waiting, now: Timestamp) -> Vec<String> {
        waiting.view(now, |_| false).into_iter().map(|device| device.mac).collect()
    }

    #[test]
    fn printers_come_first_and_go_when_they_fall_silent() {
        let mut waiting = Waiting::default();
        let by_pin = DevicePasswordId::Default;
        assert_eq!(waiting.hear(mac(1), -40, &request(DeviceType::COMPUTER, by_pin), at(0)), None);
        let button = request(DeviceType::PRINTER, DevicePasswordId::PushButton);
        assert_eq!(waiting.hear(mac(2), -60, &button, at(10)), Some(Uuid([1; 16])));
        assert_eq!(shown(&waiting, at(12)), [mac(2).to_string(), mac(1).to_string()]);
        let view = waiting.view(at(12), |mac| mac == self::mac(1)).remove(0);
        assert_eq!((view.kind.as_deref(), view.name.as_deref()), (Some("Printer"), Some("Study")));
        assert_eq!((view.by_button, view.signal, view.heard), (true, -60, 2));
        assert_eq!(view.nickname, Nickname::of(mac(2)).to_string());
        assert_eq!(waiting.poll_timeout(), Some(at(30)));
        assert_eq!(shown(&waiting, at(30)), [mac(2).to_string()]);
        waiting.forget_gone(at(40));
        assert_eq!((shown(&waiting, at(40)), waiting.poll_timeout()), (vec![], None));
    }

    #[test]
    fn only_who_asks_to_be_added_waits() {
        let mut waiting = Waiting::default();
        let good = request(DeviceType::PRINTER, DevicePasswordId::Default);
        let mut registrar = good.clone();
        registrar.request_type = RequestType::Registrar.into();
        let mut idle = good.clone();
        idle.extensions.wfa.request_to_enroll = Some(false);
        let mut silent = good.clone();
        silent.extensions.wfa.request_to_enroll = None;
        for other in [registrar, idle, silent, ProbeRequestElement::parse(&[]).unwrap()] {
            waiting.hear(mac(1), -40, &other, at(0));
            assert_eq!(shown(&waiting, at(0)), [""; 0]);
        }
        let mut version_1 = good.clone();
        version_1.extensions = VendorExtensions::default();
        waiting.hear(mac(1), -40, &version_1, at(0));
        assert_eq!(shown(&waiting, at(0)).len(), 1);
        waiting.served(mac(1), at(1));
        waiting.hear(mac(1), -40, &good, at(5));
        assert_eq!(shown(&waiting, at(5)), [""; 0], "it was just added");
        waiting.hear(mac(1), -40, &good, at(6));
        assert_eq!(shown(&waiting, at(6)).len(), 1);
        assert!(waiting.note(mac(1)));
        assert!(!waiting.note(mac(1)) && !waiting.note(mac(9)));
    }

    #[test]
    fn a_crowd_does_not_fill_the_memory() {
        let mut waiting = Waiting::default();
        let request = request(DeviceType::PRINTER, DevicePasswordId::Default);
        for number in 0..=255 {
            waiting.hear(mac(number), -40, &request, Timestamp::from_millis(u64::from(number)));
        }
        let shown = shown(&waiting, at(1));
        assert_eq!(shown.len(), MOST);
        assert_eq!(shown.last(), Some(&mac(255).to_string()), "who was heard last is remembered");
    }
}
