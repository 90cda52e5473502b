//! What the access point answers to the management frames of stations.

use super::keys::Agreement;
use super::query::comeback;
use super::station::{Station, StationState};
use super::{AccessPoint, BssSecurity, Event, LOITER, REGISTRATION};
use crate::channel::Band;
use crate::driver::AccessPointCommand;
use crate::element::{CipherSuite, ElementId, Elements, ExtendedRates, Rates, Rsn, RsnCapabilities};
use crate::frame::{
    AssociationRequest, AssociationResponse, AuthAlgorithm, Authentication, Management, ManagementBody,
    ReasonCode, StatusCode,
};
use crate::rsn::{Entropy, KeyManagement};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::message::elements::{AssociationRequestElement, ProbeRequestElement};
use keyway_wsc::{MacAddr, Ssid};

/// What a station that asks to associate wants.
enum Wish {
    Register,
    Join(Agreement),
    /// To be on a network without encryption.
    JoinOpen,
}

/// Why a station may not associate.
struct Refusal {
    status: StatusCode,
    /// How long it has to wait before it asks again.
    wait: Option<Duration>,
}

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Refusal {
        Refusal { status, wait: None }
    }
}

impl AccessPoint {
    pub(super) fn management(
        &mut self,
        frame: &Management,
        signal: i8,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) {
        let station = frame.source;
        let ours = frame.bssid == self.config.bssid;
        match &frame.body {
            ManagementBody::ProbeRequest(elements) => self.probe(station, elements, signal),
            ManagementBody::Authentication(request) if ours => {
                self.authenticate(station, request, signal, now)
            }
            ManagementBody::AssociationRequest(request) | ManagementBody::ReassociationRequest(request)
                if ours =>
            {
                let again = matches!(frame.body, ManagementBody::ReassociationRequest(_));
                self.associate(station, request, again, now, entropy);
            }
            ManagementBody::Action(action) if ours => self.action(station, action),
            ManagementBody::Disassociation(_) | ManagementBody::Deauthentication(_) if ours => {
                self.forget(station);
            }
            _ => {}
        }
    }

    fn probe(&mut self, station: MacAddr, elements: &Elements, signal: i8) {
        let Ok(asked) = elements.find::<Ssid>() else { return };
        let asked = asked.filter(|ssid| !ssid.as_bytes().is_empty());
        let answers = match &asked {
            Some(ssid) => *ssid == self.config.ssid,
            None => !self.config.hidden,
        };
        if answers {
            let response = self.probe_response(station);
            self.commands.push_back(AccessPointCommand::Send(Box::new(response)));
        }
        let request = elements.wps::<ProbeRequestElement>().ok().flatten().map(Box::new);
        self.events.push_back(Event::ProbeHeard { station, signal, request });
    }

    fn authenticate(&mut self, mac: MacAddr, request: &Authentication, signal: i8, now: Timestamp) {
        if request.transaction != 1 {
            return;
        }
        let status = if request.algorithm != AuthAlgorithm::OPEN {
            StatusCode::UNSUPPORTED_ALGORITHM
        } else if !self.has_room_for(mac) {
            StatusCode::NO_MORE_STATIONS
        } else {
            StatusCode::SUCCESS
        };
        let mut answer = Authentication::open_response(status);
        answer.algorithm = request.algorithm;
        self.send(mac, ManagementBody::Authentication(answer));
        if status != StatusCode::SUCCESS {
            self.events.push_back(Event::Refused { station: mac, status });
            return;
        }
        if self.is_protected(mac) {
            // Anybody can send this frame; the station's association stands until its own request is judged.
            return;
        }
        self.forget(mac);
        self.stations.insert(mac, Station::authenticated(signal, now.saturating_add(LOITER)));
    }

    /// Whether there is room for this station. One that authenticated and has not associated since makes room for it:
    /// such frames cost their sender nothing, and must not keep others out.
    fn has_room_for(&mut self, mac: MacAddr) -> bool {
        if self.stations.get(mac).is_some() || self.stations.len() < self.config.most_stations() {
            return true;
        }
        let Some(idlest) = self.stations.idlest() else { return false };
        self.forget(idlest);
        true
    }

    fn associate(
        &mut self,
        mac: MacAddr,
        request: &AssociationRequest,
        again: bool,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) {
        if self.stations.get(mac).is_none() {
            let body = ManagementBody::Deauthentication(ReasonCode::NOT_AUTHENTICATED.into());
            return self.send(mac, body);
        }
        match self.admit(mac, request, now, entropy) {
            Ok((id, for_wps, protects_management)) => {
                self.respond(mac, StatusCode::SUCCESS, id, again, |elements| {
                    if for_wps {
                        elements.push_wps(&AccessPoint::wps_in_association_response());
                    }
                });
                self.commands.push_back(AccessPointCommand::AddStation {
                    station: mac,
                    association_id: id,
                    rates: self.rates(&request.elements),
                    listen_interval: request.listen_interval,
                    protects_management,
                });
                self.events.push_back(Event::Associated { station: mac, for_wps });
                self.let_in(mac);
            }
            Err(Refusal { status, wait }) => {
                self.respond(mac, status, 0, again, |elements| {
                    if let Some(wait) = wait {
                        comeback(elements, wait);
                    }
                });
                self.events.push_back(Event::Refused { station: mac, status });
            }
        }
    }

    /// Lets a station associate if it may. Gives its association identifier, whether it comes to register, and whether
    /// its management frames will be protected.
    fn admit(
        &mut self,
        mac: MacAddr,
        request: &AssociationRequest,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(u16, bool, bool), Refusal> {
        if self.is_protected(mac)
            && let Some(wait) = self.doubt(mac, now)
        {
            return Err(Refusal { status: StatusCode::TRY_LATER, wait: Some(wait) });
        }
        let (state, for_wps, protects_management) = match self.judge(&request.elements)? {
            Wish::Register => {
                (StationState::Registering { until: now.saturating_add(REGISTRATION) }, true, false)
            }
            Wish::Join(agreement) => {
                let protects_management = agreement.protects_management;
                let authenticator = self
                    .authenticator(mac, agreement, now, entropy)
                    .map(Box::new)
                    .ok_or(StatusCode::UNSPECIFIED)?;
                (StationState::Joining { authenticator, protects_management }, false, protects_management)
            }
            Wish::JoinOpen => (StationState::Open, false, false),
        };
        let id = self.stations.associate(mac, || state).ok_or(StatusCode::NO_MORE_STATIONS)?;
        Ok((id, for_wps, protects_management))
    }

    /// The station is associated: it gets message 1, or on a network without encryption it is on it.
    fn let_in(&mut self, mac: MacAddr) {
        let Some(station) = self.stations.get(mac) else { return };
        if let StationState::Open = station.state {
            let signal = station.signal;
            self.commands.push_back(AccessPointCommand::OpenPort(mac));
            self.events.push_back(Event::Joined { station: mac, signal });
        }
        self.carry_out(mac);
    }

    /// What a station wants by these elements.
    fn judge(&self, elements: &Elements) -> Result<Wish, StatusCode> {
        match elements.find::<Ssid>() {
            Ok(Some(ssid)) if ssid == self.config.ssid => {}
            _ => return Err(StatusCode::UNSPECIFIED),
        }
        if self.lacks_a_basic_rate(elements) {
            return Err(StatusCode::RATES);
        }
        let rsn = elements.find::<Rsn>().map_err(|_| StatusCode::INVALID_ELEMENT)?;
        let Some(rsn) = rsn else {
            // Without RSN one comes to register, and says so. (Version 1.0 devices may say it without attributes that
            // can be read.)
            let says_so = elements.has_wps() && elements.wps::<AssociationRequestElement>().is_ok();
            return match &self.config.security {
                _ if says_so && self.wps.description.is_some() => Ok(Wish::Register),
                BssSecurity::Open => Ok(Wish::JoinOpen),
                BssSecurity::Wpa2 { .. } | BssSecurity::Wpa3Only => Err(StatusCode::DENIED),
            };
        };
        let BssSecurity::Wpa2 { key_managements, .. } = &self.config.security else {
            return Err(StatusCode::INVALID_AKM);
        };
        if rsn.group != CipherSuite::CCMP {
            return Err(StatusCode::INVALID_GROUP_CIPHER);
        }
        if rsn.pairwise != [CipherSuite::CCMP] {
            return Err(StatusCode::INVALID_PAIRWISE_CIPHER);
        }
        let akm = match rsn.akms[..] {
            [suite] => KeyManagement::from_suite(suite).filter(|akm| key_managements.contains(akm)),
            _ => None,
        };
        let akm = akm.ok_or(StatusCode::INVALID_AKM)?;
        let can = rsn.capabilities.contains(RsnCapabilities::MFP_CAPABLE);
        let must = rsn.capabilities.contains(RsnCapabilities::MFP_REQUIRED);
        if self.config.must_protect_management() && !can || must && !self.config.protects_management() {
            return Err(StatusCode::MFP_POLICY);
        }
        let protects_management = can && self.config.protects_management();
        let cipher = rsn.group_management.unwrap_or(CipherSuite::BIP_CMAC_128);
        if protects_management && cipher != CipherSuite::BIP_CMAC_128 {
            return Err(StatusCode::CIPHER_REJECTED);
        }
        let rsn = elements.whole(ElementId::RSN).unwrap_or_default().to_vec();
        Ok(Wish::Join(Agreement { akm, rsn, protects_management }))
    }

    /// Whether a station says what its rates are, and one that every station has to have is not among them. IEEE
    /// 802.11-2020, section 11.3.5.3.
    fn lacks_a_basic_rate(&self, elements: &Elements) -> bool {
        named_rates(elements).is_some_and(|named| !self.basic_rates().all(|rate| named.contains(&rate)))
    }

    /// The rates of a station, in units of 500 kbit/s.
    fn rates(&self, elements: &Elements) -> Vec<u8> {
        named_rates(elements).unwrap_or_else(|| self.basic_rates().collect())
    }

    /// The rates that every station has to have.
    fn basic_rates(&self) -> impl Iterator<Item = u8> {
        let Rates(ours) = match self.config.channel.band() {
            Band::Ghz2 => Rates::for_2_4_ghz().0,
            Band::Ghz5 => Rates::for_5_ghz(),
        };
        ours.into_iter().filter(|rate| rate & BASIC != 0).map(|rate| rate & !BASIC)
    }

    fn respond(
        &mut self,
        mac: MacAddr,
        status: StatusCode,
        association_id: u16,
        again: bool,
        more: impl FnOnce(&mut Elements),
    ) {
        let mut elements = Elements::new();
        match self.config.channel.band() {
            Band::Ghz2 => {
                let (rates, more) = Rates::for_2_4_ghz();
                elements.push(&rates).push(&more);
            }
            Band::Ghz5 => {
                elements.push(&Rates::for_5_ghz());
            }
        }
        more(&mut elements);
        let response =
            AssociationResponse { capabilities: self.capabilities(), status, association_id, elements };
        let body = if again {
            ManagementBody::ReassociationResponse(response)
        } else {
            ManagementBody::AssociationResponse(response)
        };
        self.send(mac, body);
    }

    pub(super) fn send(&mut self, to: MacAddr, body: ManagementBody) {
        let frame = Management::new(to, self.config.bssid, self.config.bssid, body);
        self.commands.push_back(AccessPointCommand::Send(Box::new(frame)));
    }
}

/// The bit of a rate that every station has to have: IEEE 802.11-2020, section 9.4.2.3.
const BASIC: u8 = 0x80;

/// The rates that a station names, in units of 500 kbit/s; `None` when it names none.
fn named_rates(elements: &Elements) -> Option<Vec<u8>> {
    let Rates(mut rates) = elements.find::<Rates>().ok().flatten()?;
    if let Ok(Some(ExtendedRates(more))) = elements.find::<ExtendedRates>() {
        rates.extend(more);
    }
    rates.iter_mut().for_each(|rate| *rate &= !BASIC);
    Some(rates)
}
