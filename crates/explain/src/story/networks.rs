//! Networks, from their beacons and probe responses.

use crate::link::Radio;
use crate::report::{Method, Network, Opening, Wps};
use core::time::Duration;
use keyway_wifi::Channel;
use keyway_wifi::element::{AkmSuite, DsParameter, Elements, HtOperation, Rsn, VendorType};
use keyway_wifi::frame::{Beacon, Capabilities};
use keyway_wsc::message::elements::{BeaconElement, ProbeResponseElement};
use keyway_wsc::{ConfigMethods, DevicePasswordId, MacAddr, Ssid, Text};
use std::collections::HashMap;

/// The most networks that are told.
const MOST: usize = 256;
/// The most openings of one network that are told.
const MOST_OPENINGS: usize = 16;

/// The networks that were heard.
#[derive(Debug, Default)]
pub(super) struct Networks {
    heard: Vec<Heard>,
    by_bssid: HashMap<MacAddr, usize>,
    pub(super) left_out: u64,
}

/// One network.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) bssid: MacAddr,
    pub(super) ssid: Option<Ssid>,
    channel: Option<Channel>,
    security: &'static str,
    signal: Option<i8>,
    pub(super) wps: Option<Wps>,
    /// Whether the last opening is still so.
    is_open: bool,
}

impl Networks {
    /// Takes a beacon or a probe response.
    pub(super) fn hear(
        &mut self,
        bssid: MacAddr,
        beacon: &Beacon,
        is_response: bool,
        radio: Radio,
        at: Duration,
    ) {
        let count = self.heard.len();
        let index = *self.by_bssid.entry(bssid).or_insert(count);
        if index == count {
            if count == MOST {
                self.by_bssid.remove(&bssid);
                self.left_out += 1;
                return;
            }
            self.heard.push(Heard {
                bssid,
                ssid: None,
                channel: None,
                security: "open",
                signal: None,
                wps: None,
                is_open: false,
            });
        }
        let Some(heard) = self.heard.get_mut(index) else { return };
        let elements = &beacon.elements;
        // A hidden network's name is empty, or zeros.
        if let Ok(Some(ssid)) = elements.find::<Ssid>()
            && ssid.as_bytes().iter().any(|octet| *octet != 0)
        {
            heard.ssid = Some(ssid);
        }
        heard.channel = channel(elements).or(radio.channel).or(heard.channel);
        heard.security = security(beacon);
        heard.signal = heard.signal.max(radio.signal);
        heard.hear_wps(elements, is_response, at);
    }

    pub(super) fn get(&self, bssid: MacAddr) -> Option<&Heard> {
        self.by_bssid.get(&bssid).and_then(|index| self.heard.get(*index))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Heard> {
        self.heard.iter()
    }

    /// As they are told: those with WPS first.
    pub(super) fn told(&self) -> Vec<Network> {
        let mut told: Vec<Network> = self.heard.iter().map(Heard::told).collect();
        told.sort_by_key(|network| network.wps.is_none());
        told
    }
}

impl Heard {
    /// Why no device can be set up with it, as the code of a cause.
    pub(super) fn obstacle(&self) -> Option<&'static str> {
        match (&self.ssid, self.security, &self.wps) {
            (None, ..) => Some("hidden"),
            (_, "wpa3", _) => Some("wpa3-only"),
            (.., None) => Some("wps-off"),
            _ => None,
        }
    }

    fn hear_wps(&mut self, elements: &Elements, is_response: bool, at: Duration) {
        if !elements.has_wps() {
            // Access points leave nothing out of beacons that have WPS on: it was switched off.
            self.is_open = false;
            if let Some(wps) = &mut self.wps {
                wps.locked = false;
            }
            return;
        }
        let Ok(Some(element)) = elements.wps::<BeaconElement>() else { return };
        let wps = self.wps.get_or_insert_default();
        wps.version = if element.extensions.wfa.version2.is_some() { "2.0" } else { "1.0" };
        wps.locked = element.setup_locked == Some(true);
        if is_response && let Ok(Some(response)) = elements.wps::<ProbeResponseElement>() {
            let text = |text: Option<String>, known: Option<String>| text.filter(|t| !t.is_empty()).or(known);
            wps.name = text(response.device_name.0.as_ref().map(words), wps.name.take());
            wps.manufacturer = text(response.manufacturer.0.as_ref().map(words), wps.manufacturer.take());
            wps.model = text(response.model_name.0.as_ref().map(words), wps.model.take());
        }
        let method = method(&element);
        let ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
        let devices = element.extensions.wfa.authorized_macs.iter().filter(|mac| **mac != MacAddr::BROADCAST);
        let devices: Vec<String> = devices.map(MacAddr::to_string).collect();
        let Some(method) = method else {
            self.is_open = false;
            return;
        };
        let has_room = wps.open.len() < MOST_OPENINGS;
        let last = wps.open.last_mut().filter(|_| self.is_open);
        match last.filter(|open| open.method == method && open.devices == devices) {
            Some(open) => open.to_ms = open.to_ms.max(ms),
            None if has_room => {
                wps.open.push(Opening { method, from_ms: ms, to_ms: ms, devices });
            }
            None => {}
        }
        self.is_open = true;
    }

    fn told(&self) -> Network {
        Network {
            bssid: self.bssid.to_string(),
            ssid: self.ssid.map(super::name_of),
            ssid_hex: self
                .ssid
                .map(|ssid| ssid.as_bytes().iter().map(|octet| format!("{octet:02x}")).collect()),
            channel: self.channel.map(Channel::number),
            band: self.channel.map(|channel| channel.band().to_string()),
            security: self.security,
            signal_dbm: self.signal,
            wps: self.wps.clone(),
            obstacle: self.obstacle(),
        }
    }
}

/// For whom a registrar waits: with which method.
fn method(element: &BeaconElement) -> Option<Method> {
    if element.selected_registrar != Some(true) {
        return None;
    }
    Some(match (element.password_id, element.selected_methods) {
        (Some(DevicePasswordId::PushButton), _) => Method::Button,
        // One that names no password tells it by its methods.
        (None, Some(methods)) if methods.contains(ConfigMethods::PushButton) => Method::Button,
        _ => Method::Pin,
    })
}

fn words<const MAX: usize>(text: &Text<MAX>) -> String {
    text.to_text().into_owned()
}

fn channel(elements: &Elements) -> Option<Channel> {
    let ds = elements.find::<DsParameter>().ok().flatten().map(|ds| ds.0);
    let ht = || elements.find::<HtOperation>().ok().flatten().map(|ht| ht.primary_channel());
    ds.or_else(ht).and_then(Channel::new)
}

fn security(beacon: &Beacon) -> &'static str {
    let wpa = beacon.elements.vendor(VendorType::WPA).next().is_some();
    match beacon.elements.find::<Rsn>() {
        Ok(Some(rsn)) => {
            let any = |is: fn(AkmSuite) -> bool| rsn.akms.iter().any(|akm| is(*akm));
            match (any(AkmSuite::is_psk), any(AkmSuite::is_sae)) {
                (true, true) => "wpa2-wpa3",
                (true, false) => "wpa2",
                (false, true) => "wpa3",
                (false, false) if any(|akm| akm == AkmSuite::OWE) => "owe",
                (false, false) if any(AkmSuite::is_enterprise) => "enterprise",
                (false, false) => "wpa2",
            }
        }
        _ if wpa => "wpa",
        _ if beacon.capabilities.contains(Capabilities::PRIVACY) => "wep",
        _ => "open",
    }
}
