//! What the access point does with the frames of stations.

use super::station::{Station, StationState};
use super::{AccessPoint, BssSecurity, Event, LOITER};
use crate::channel::Band;
use crate::driver::AccessPointCommand;
use crate::element::{CipherSuite, ElementId, Elements, Rates, Rsn, RsnCapabilities};
use crate::frame::{
    Action, AssociationRequest, AssociationResponse, AuthAlgorithm, Authentication, Management,
    ManagementBody, ReasonCode, SaQuery, StatusCode,
};
use crate::rsn::{Association, Authenticator, Cause, Entropy, KeyManagement, Output};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::message::elements::{AssociationRequestElement, ProbeRequestElement};
use keyway_wsc::{MacAddr, Ssid};

/// How long a station may take to say that it still has its keys (observed: hostapd, 1 s).
const QUERY: Duration = Duration::from_secs(1);

/// What a station that asks to associate wants.
enum Wish {
    Register,
    Join { akm: KeyManagement, rsn: Vec<u8>, protects_management: bool },
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
        } else if !self.stations.contains_key(&mac) && self.stations.len() >= self.config.max_stations {
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
        let state = StationState::Authenticated { until: now.saturating_add(LOITER) };
        self.stations.insert(mac, Box::new(Station { association_id: None, signal, state, query: None }));
    }

    fn associate(
        &mut self,
        mac: MacAddr,
        request: &AssociationRequest,
        again: bool,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) {
        if !self.stations.contains_key(&mac) {
            let body = ManagementBody::Deauthentication(ReasonCode::NOT_AUTHENTICATED.into());
            return self.send(mac, body);
        }
        if self.is_protected(mac) && !self.has_lost_its_keys(mac, now) {
            return self.refuse(mac, StatusCode::TRY_LATER, again);
        }
        let wish = match self.judge(&request.elements) {
            Ok(wish) => wish,
            Err(status) => return self.refuse(mac, status, again),
        };
        let Some(id) = self.free_id(mac) else {
            return self.refuse(mac, StatusCode::NO_MORE_STATIONS, again);
        };
        let (state, for_wps, protects_management) = match wish {
            Wish::Register => {
                (StationState::Registering { until: now.saturating_add(LOITER * 4) }, true, false)
            }
            Wish::Join { akm, rsn, protects_management } => {
                match self.authenticator(mac, akm, rsn, protects_management, now, entropy) {
                    Some(authenticator) => {
                        (StationState::Joining(Box::new(authenticator)), false, protects_management)
                    }
                    None => return self.refuse(mac, StatusCode::UNSPECIFIED, again),
                }
            }
        };
        self.respond(mac, StatusCode::SUCCESS, id, for_wps, again);
        self.commands.push_back(AccessPointCommand::AddStation {
            station: mac,
            association_id: id,
            protects_management,
        });
        if let Some(station) = self.stations.get_mut(&mac) {
            station.association_id = Some(id);
            station.state = state;
            station.query = None;
        }
        self.events.push_back(Event::Associated { station: mac, for_wps });
        self.carry_out(mac);
    }

    /// What a station wants by these elements.
    fn judge(&self, elements: &Elements) -> Result<Wish, StatusCode> {
        match elements.find::<Ssid>() {
            Ok(Some(ssid)) if ssid == self.config.ssid => {}
            _ => return Err(StatusCode::UNSPECIFIED),
        }
        let rsn = elements.find::<Rsn>().map_err(|_| StatusCode::INVALID_ELEMENT)?;
        let Some(rsn) = rsn else {
            // Without RSN one comes to register, and says so. (Version 1.0 devices may say it without attributes that
            // can be read.)
            let says_so = elements.has_wps() && elements.wps::<AssociationRequestElement>().is_ok();
            let is_on = self.wps.description.is_some();
            return if says_so && is_on { Ok(Wish::Register) } else { Err(StatusCode::DENIED) };
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
        let element = elements.whole(ElementId::RSN).unwrap_or_default().to_vec();
        Ok(Wish::Join { akm, rsn: element, protects_management: can && self.config.protects_management() })
    }

    fn authenticator(
        &self,
        supplicant: MacAddr,
        akm: KeyManagement,
        supplicant_rsn: Vec<u8>,
        protects_management: bool,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Option<Authenticator> {
        let BssSecurity::Wpa2 { pmk, .. } = &self.config.security else { return None };
        let association = Association {
            akm,
            pmk: pmk.clone(),
            authenticator: self.config.bssid,
            supplicant,
            authenticator_rsn: self.config.rsn().to_element(),
            supplicant_rsn,
            protects_management,
        };
        Authenticator::new(association, self.config.timers, now, entropy).ok()
    }

    pub(super) fn eapol(&mut self, mac: MacAddr, frame: Vec<u8>, now: Timestamp) {
        let Some(station) = self.stations.get_mut(&mac) else { return };
        match &mut station.state {
            StationState::Registering { .. } => self.events.push_back(Event::Eapol { station: mac, frame }),
            StationState::Joining(authenticator) => {
                authenticator.handle_frame(&frame, &self.groups, now);
                self.carry_out(mac);
            }
            StationState::Authenticated { .. } => {}
        }
    }

    pub(super) fn station_timeout(&mut self, mac: MacAddr, now: Timestamp) {
        let Some(station) = self.stations.get_mut(&mac) else { return };
        match &mut station.state {
            StationState::Joining(authenticator) => {
                authenticator.handle_timeout(&self.groups, now);
                self.carry_out(mac);
            }
            StationState::Authenticated { .. } => self.forget(mac),
            StationState::Registering { .. } => self.send_away(mac, ReasonCode::IEEE_8021X_FAILED),
        }
    }

    /// Carries out what a station's handshake wants.
    pub(super) fn carry_out(&mut self, mac: MacAddr) {
        loop {
            let Some(station) = self.stations.get_mut(&mac) else { return };
            let signal = station.signal;
            let StationState::Joining(authenticator) = &mut station.state else { return };
            let Some(output) = authenticator.poll_output() else { return };
            match output {
                Output::Send { frame, protected } => {
                    self.commands.push_back(AccessPointCommand::SendEapol { station: mac, frame, protected });
                }
                Output::InstallPairwise(key) => {
                    self.commands.push_back(AccessPointCommand::InstallPairwise(mac, key));
                }
                Output::Opened => {
                    self.commands.push_back(AccessPointCommand::OpenPort(mac));
                    self.events.push_back(Event::Joined { station: mac, signal });
                }
                Output::Ended(cause) => {
                    if cause == Cause::WrongPassphrase {
                        self.events.push_back(Event::WrongPassphrase(mac));
                    }
                    self.send_away(mac, cause.reason());
                }
                Output::InstallGroup(_)
                | Output::InstallManagementGroup(_)
                | Output::GroupKeyConfirmed
                | Output::Discarded(_) => {}
            }
        }
    }

    /// Management frames of this station are protected, and this one is not: it may be somebody else's. The station is
    /// asked whether it still has its keys (SA Query, IEEE 802.11-2020, section 11.13); one that does not answer has
    /// lost them.
    fn has_lost_its_keys(&mut self, mac: MacAddr, now: Timestamp) -> bool {
        let Some(station) = self.stations.get_mut(&mac) else { return true };
        if let Some((_, until)) = station.query {
            return until <= now;
        }
        let until = now.saturating_add(QUERY);
        let [.., a, b] = until.since_epoch().subsec_micros().to_be_bytes();
        station.query = Some(([a, b], until));
        let query = SaQuery { is_response: false, transaction: [a, b] };
        self.send(mac, ManagementBody::Action(query.to_action()));
        false
    }

    /// An action frame: the answer to a question, or a question.
    fn action(&mut self, mac: MacAddr, action: &Action) {
        let Some(query) = SaQuery::from_action(action) else { return };
        let Some(station) = self.stations.get_mut(&mac) else { return };
        if !query.is_response {
            let answer = SaQuery { is_response: true, ..query };
            self.send(mac, ManagementBody::Action(answer.to_action()));
        } else if station.query.is_some_and(|(asked, _)| asked == query.transaction) {
            station.query = None;
        }
    }

    /// Whether the station is on the network and its management frames are protected.
    fn is_protected(&self, mac: MacAddr) -> bool {
        self.config.protects_management() && self.stations.get(&mac).is_some_and(|station| station.is_open())
    }

    /// The identifier that the station has, or the lowest that is free.
    fn free_id(&self, mac: MacAddr) -> Option<u16> {
        let known = self.stations.get(&mac).and_then(|station| station.association_id);
        let is_free = |id: &u16| !self.stations.values().any(|station| station.association_id == Some(*id));
        known.or_else(|| (1..=2007).find(is_free))
    }

    fn refuse(&mut self, mac: MacAddr, status: StatusCode, again: bool) {
        self.respond(mac, status, 0, false, again);
        self.events.push_back(Event::Refused { station: mac, status });
    }

    fn respond(&mut self, mac: MacAddr, status: StatusCode, association_id: u16, for_wps: bool, again: bool) {
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
        if for_wps {
            elements.push_wps(&AccessPoint::wps_in_association_response());
        }
        let response =
            AssociationResponse { capabilities: self.capabilities(), status, association_id, elements };
        self.send(
            mac,
            if again {
                ManagementBody::ReassociationResponse(response)
            } else {
                ManagementBody::AssociationResponse(response)
            },
        );
    }

    fn send(&mut self, to: MacAddr, body: ManagementBody) {
        let frame = Management::new(to, self.config.bssid, self.config.bssid, body);
        self.commands.push_back(AccessPointCommand::Send(Box::new(frame)));
    }
}
