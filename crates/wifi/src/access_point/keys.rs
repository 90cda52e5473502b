//! The keys of stations, and of the group.

use super::station::{Station, StationState};
use super::{AccessPoint, BssSecurity, Event};
use crate::driver::AccessPointCommand;
use crate::frame::ReasonCode;
use crate::rsn::{Association, Authenticator, Cause, Entropy, KeyManagement, Output};
use alloc::vec::Vec;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// What a station and the access point have agreed on.
pub(super) struct Agreement {
    pub(super) akm: KeyManagement,
    /// The whole RSN element of the station.
    pub(super) rsn: Vec<u8>,
    pub(super) protects_management: bool,
}

impl AccessPoint {
    /// The handshake with a station; `None` when there is no key, or no randomness.
    pub(super) fn authenticator(
        &self,
        supplicant: MacAddr,
        agreement: Agreement,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Option<Authenticator> {
        let BssSecurity::Wpa2 { pmk, .. } = &self.config.security else { return None };
        let association = Association {
            akm: agreement.akm,
            pmk: pmk.clone(),
            authenticator: self.config.bssid,
            supplicant,
            authenticator_rsn: self.config.rsn()?.to_element(),
            supplicant_rsn: agreement.rsn,
            protects_management: agreement.protects_management,
        };
        Authenticator::new(association, self.config.timers, now, entropy).ok()
    }

    pub(super) fn eapol(&mut self, mac: MacAddr, frame: Vec<u8>, now: Timestamp) {
        match self.stations.get(mac).map(|station| &station.state) {
            Some(StationState::Registering { .. }) => {
                self.events.push_back(Event::Eapol { station: mac, frame });
            }
            Some(StationState::Joining { .. }) => {
                let groups = &self.groups;
                self.stations.change(mac, |station| {
                    if let StationState::Joining { authenticator, .. } = &mut station.state {
                        authenticator.handle_frame(&frame, groups, now);
                    }
                });
                self.carry_out(mac);
            }
            Some(StationState::Authenticated { .. } | StationState::Open) | None => {}
        }
    }

    pub(super) fn handshake_timeout(&mut self, mac: MacAddr, now: Timestamp) {
        let groups = &self.groups;
        self.stations.change(mac, |station| {
            if let StationState::Joining { authenticator, .. } = &mut station.state {
                authenticator.handle_timeout(groups, now);
            }
        });
        self.carry_out(mac);
    }

    /// New group keys for all stations; those that do not take them are sent away by their handshake. Nothing is sent with
    /// them before (observed: hostapd): who has not got them could not read it.
    pub(super) fn renew_groups(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        self.rekey = self.config.rekey.map(|every| now.saturating_add(every));
        let Ok(groups) = self.groups.renewed(entropy) else { return };
        self.groups = groups;
        self.renewing = true;
        for mac in self.stations.addresses() {
            let groups = &self.groups;
            self.stations.change(mac, |station| {
                if let StationState::Joining { authenticator, .. } = &mut station.state {
                    authenticator.start_group_handshake(groups, now);
                }
            });
            self.carry_out(mac);
        }
    }

    /// Sends with the group's new keys as soon as every station has them.
    pub(super) fn use_renewed_groups(&mut self) {
        let waits = |station: &Station| matches!(&station.state, StationState::Joining { authenticator, .. } if authenticator.awaits_group_answer());
        if self.renewing && !self.stations.iter().any(|(_, station)| waits(station)) {
            self.renewing = false;
            self.install_groups();
        }
    }

    pub(super) fn install_groups(&mut self) {
        if self.config.has_keys() {
            self.commands.push_back(AccessPointCommand::InstallGroup(self.groups.data.clone()));
            let management = self.groups.management.clone();
            self.commands.extend(management.map(AccessPointCommand::InstallManagementGroup));
        }
    }

    /// Carries out what a station's handshake wants.
    pub(super) fn carry_out(&mut self, mac: MacAddr) {
        while let Some((output, signal)) = self.next_output(mac) {
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

    /// The radio does not take a station's key: nothing can pass to it encrypted, and nothing is to pass otherwise.
    pub(super) fn key_refused(&mut self, mac: MacAddr) {
        self.events.retain(|event| !matches!(event, Event::Joined { station, .. } if *station == mac));
        self.send_away(mac, ReasonCode::UNSPECIFIED);
    }

    fn next_output(&mut self, mac: MacAddr) -> Option<(Output, i8)> {
        let next = self.stations.change(mac, |station| match &mut station.state {
            StationState::Joining { authenticator, .. } => {
                authenticator.poll_output().map(|output| (output, station.signal))
            }
            _ => None,
        });
        next.flatten()
    }
}
