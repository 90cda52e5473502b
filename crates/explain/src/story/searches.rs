//! Devices that look for a router with WPS, from their probe requests.

use super::networks::Networks;
use crate::link::Radio;
use crate::report::{Advice, Method, Party, Search};
use core::time::Duration;
use keyway_home::{Cause, Nickname, Side, WALK_TIME};
use keyway_wifi::element::Elements;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::session::Failure;
use keyway_wsc::{ConfigError, DevicePasswordId, MacAddr, RequestType, Text, Uuid};

/// The most devices that are told.
const MOST: usize = 64;

/// A device that asked by button for so long has waited in vain: the walk time, but for the last scan.
const NEARLY_THE_WALK_TIME: Duration = WALK_TIME.saturating_sub(Duration::from_secs(15));

/// The devices that look.
#[derive(Debug, Default)]
pub(super) struct Searches {
    seekers: Vec<Seeker>,
    pub(super) left_out: u64,
}

/// A device that looks.
#[derive(Debug)]
pub(super) struct Seeker {
    pub(super) mac: MacAddr,
    pub(super) uuid: Option<Uuid>,
    pub(super) method: Method,
    pub(super) from: Duration,
    pub(super) to: Duration,
    requests: u32,
    device: Party,
}

impl Searches {
    /// Takes a probe request. It counts when the device says that it wants to register now: many devices carry a WPS
    /// element at all times.
    pub(super) fn hear(&mut self, mac: MacAddr, elements: &Elements, radio: Radio, at: Duration) {
        let Ok(Some(element)) = elements.wps::<ProbeRequestElement>() else { return };
        let wants = element.request_type.0 == Some(RequestType::Enrollee)
            && element.extensions.wfa.request_to_enroll == Some(true);
        let method = match element.password_id.0 {
            Some(DevicePasswordId::PushButton) => Method::Button,
            _ if wants => Method::Pin,
            _ => return,
        };
        let known = self.seekers.iter().position(|seeker| seeker.mac == mac && seeker.method == method);
        let index = match known {
            Some(index) => index,
            None if self.seekers.len() == MOST => {
                self.left_out += 1;
                return;
            }
            None => {
                let seeker = Seeker {
                    mac,
                    uuid: element.uuid_e.0,
                    method,
                    from: at,
                    to: at,
                    requests: 0,
                    device: describe(mac, &element),
                };
                self.seekers.push(seeker);
                self.seekers.len() - 1
            }
        };
        let Some(seeker) = self.seekers.get_mut(index) else { return };
        seeker.to = seeker.to.max(at);
        seeker.requests = seeker.requests.saturating_add(1);
        seeker.device.signal_dbm = match (seeker.device.signal_dbm, radio.signal) {
            (Some(known), Some(now)) => Some(known.min(now)),
            (known, now) => known.or(now),
        };
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Seeker> {
        self.seekers.iter()
    }

    /// Those that did not register with anybody.
    pub(super) fn told(&self, networks: &Networks, has_registered: impl Fn(MacAddr) -> bool) -> Vec<Search> {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let lost = self.seekers.iter().filter(|seeker| !has_registered(seeker.mac));
        lost.map(|seeker| {
            let cause = why_nothing_was_found(networks).or_else(|| seeker.why_nobody_was_ready(networks));
            let words = cause.map(|cause| cause.words(Side::Printer));
            Search {
                device: seeker.device.clone(),
                method: seeker.method,
                from_ms: ms(seeker.from),
                to_ms: ms(seeker.to),
                requests: seeker.requests,
                cause: cause.as_ref().map(Cause::code),
                advice: words.map(|words| Advice { what: words.what, next: words.next }),
            }
        })
        .collect()
    }
}

impl Seeker {
    /// Why nobody registers it, where networks have WPS on: no registrar waits for a device.
    fn why_nobody_was_ready(&self, networks: &Networks) -> Option<Cause> {
        let mut wps = networks.iter().filter_map(|network| network.wps.as_ref());
        if wps.any(|wps| !wps.open.is_empty()) {
            return None;
        }
        match self.method {
            Method::Button if self.to.saturating_sub(self.from) < NEARLY_THE_WALK_TIME => None,
            Method::Button => Some(Cause::WalkTimeOver(Some(Failure::EndedEarly))),
            _ => Some(Failure::NoRegistrarReady(ConfigError::NoError).into()),
        }
    }
}

/// Why a device finds nothing to register with, if all networks that were heard have the same obstacle.
fn why_nothing_was_found(networks: &Networks) -> Option<Cause> {
    let mut obstacles: Vec<Option<&str>> = networks.iter().map(|network| network.obstacle()).collect();
    obstacles.sort_unstable();
    obstacles.dedup();
    match obstacles.as_slice() {
        [] => Some(Cause::NothingHeard),
        [only] => only.and_then(Cause::from_code),
        [None, ..] => None,
        _ => Some(Cause::WpsOff),
    }
}

fn describe(mac: MacAddr, element: &ProbeRequestElement) -> Party {
    fn words<const MAX: usize>(text: &Option<Text<MAX>>) -> Option<String> {
        text.as_ref().map(|text| text.to_text().into_owned()).filter(|text| !text.is_empty())
    }
    Party {
        mac: Some(mac.to_string()),
        nickname: Some(Nickname::of(mac).to_string()),
        name: words(&element.device_name),
        manufacturer: words(&element.manufacturer),
        model: words(&element.model_name),
        kind: element.device_type.0.and_then(|kind| kind.category_name()),
        uuid: element.uuid_e.0.map(|uuid| uuid.to_string()),
        wps_version: Some(if element.extensions.wfa.version2.is_some() { "2.0" } else { "1.0" }),
        signal_dbm: None,
    }
}
