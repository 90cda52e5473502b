//! An access point: beacons, probe responses, association of many stations, the keys of each.
//!
//! The registrar is not here: the EAPOL frames of stations that came to register go through [`Event::Eapol`] and
//! [`AccessPoint::send_eapol`] to whoever owns it. What the registrar wants everybody to know, such as that it waits for
//! a device, is said by [`AccessPoint::set_wps`].
//!
//! WPA3 personal (SAE) is not implemented. A network of WPA3 alone can be announced, as
//! [`BssSecurity::Wpa3Only`], for those who want to see what that does to devices: nobody can join it.
//!
//! Bring it the driver's events and the time; after each call poll [`AccessPoint::poll_command`] and
//! [`AccessPoint::poll_event`] until they are empty.

mod answers;
mod config;
mod says;
mod station;

pub use config::{BssConfig, BssSecurity, Selected, WpsConfig};

use crate::driver::{AccessPointCommand, AccessPointEvent};
use crate::frame::{Beacon, Farewell, Management, ManagementBody, ReasonCode, StatusCode};
use crate::rsn::{Entropy, GroupKeys};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::{EntropyError, MacAddr};
use station::{Station, StationState};

/// What happened at an access point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A station asked which networks there are.
    ProbeHeard {
        /// The station.
        station: MacAddr,
        /// Signal in dBm.
        signal: i8,
        /// Its WPS element.
        request: Option<Box<ProbeRequestElement>>,
    },
    /// A station associated.
    Associated {
        /// The station.
        station: MacAddr,
        /// To register; else for good, and the handshake begins.
        for_wps: bool,
    },
    /// An EAPOL frame (what follows the Ethernet type) of a station that registers.
    Eapol {
        /// The station.
        station: MacAddr,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A station is on the network: its data may pass.
    Joined {
        /// The station.
        station: MacAddr,
        /// Signal in dBm, when it associated.
        signal: i8,
    },
    /// A station does not have the network's passphrase.
    WrongPassphrase(MacAddr),
    /// A station left, or was sent away.
    Left(MacAddr),
    /// A station may not come in, and was told so.
    Refused {
        /// The station.
        station: MacAddr,
        /// What it was told.
        status: StatusCode,
    },
}

/// An access point with one network (BSS).
#[derive(Debug)]
pub struct AccessPoint {
    config: BssConfig,
    wps: WpsConfig,
    groups: GroupKeys,
    rekey: Option<Timestamp>,
    running: bool,
    stations: BTreeMap<MacAddr, Box<Station>>,
    commands: VecDeque<AccessPointCommand>,
    events: VecDeque<Event>,
}

/// How long after the end of a registration the station is sent away (observed: hostapd, 10 ms).
const FAREWELL: Duration = Duration::from_millis(10);
/// How long a station may take from authentication to association, and a registration to begin.
const LOITER: Duration = Duration::from_secs(30);

impl AccessPoint {
    /// An access point that is not on the air yet.
    ///
    /// # Errors
    /// [`EntropyError`] when no group keys can be drawn.
    pub fn new(config: BssConfig, entropy: &mut dyn Entropy) -> Result<AccessPoint, EntropyError> {
        let groups = GroupKeys::generate(config.protects_management(), entropy)?;
        Ok(AccessPoint {
            config,
            wps: WpsConfig::default(),
            groups,
            rekey: None,
            running: false,
            stations: BTreeMap::new(),
            commands: VecDeque::new(),
            events: VecDeque::new(),
        })
    }

    /// Goes on the air.
    pub fn start(&mut self, now: Timestamp) {
        self.running = true;
        self.rekey = self.config.rekey.map(|every| now.saturating_add(every));
        let beacon = Box::new(self.beacon());
        let (bssid, channel) = (self.config.bssid, self.config.channel);
        self.commands.push_back(AccessPointCommand::Start { bssid, channel, beacon });
        self.commands.push_back(AccessPointCommand::InstallGroup(self.groups.data.clone()));
        self.commands.extend(self.groups.management.clone().map(AccessPointCommand::InstallManagementGroup));
    }

    /// Goes off the air. Stations are sent away.
    pub fn stop(&mut self) {
        let all: Vec<MacAddr> = self.stations.keys().copied().collect();
        for station in all {
            self.send_away(station, ReasonCode::LEAVING);
        }
        if core::mem::take(&mut self.running) {
            self.commands.push_back(AccessPointCommand::Stop);
        }
    }

    /// Runs another network from now on, with new group keys. Stations of the one before are sent away.
    ///
    /// # Errors
    /// [`EntropyError`] when no group keys can be drawn; the access point is off then.
    pub fn restart(
        &mut self,
        config: BssConfig,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), EntropyError> {
        self.stop();
        self.groups = GroupKeys::generate(config.protects_management(), entropy)?;
        self.config = config;
        self.start(now);
        Ok(())
    }

    /// The network as it is configured.
    pub fn config(&self) -> &BssConfig {
        &self.config
    }

    /// Whether it is on the air.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// What beacons and probe responses say about WPS from now on.
    pub fn set_wps(&mut self, wps: WpsConfig) {
        if self.wps != wps {
            self.wps = wps;
            if self.running {
                let beacon: Beacon = self.beacon();
                self.commands.push_back(AccessPointCommand::Update(Box::new(beacon)));
            }
        }
    }

    /// Sends an EAPOL frame to a station that registers.
    pub fn send_eapol(&mut self, station: MacAddr, frame: Vec<u8>) {
        if self
            .stations
            .get(&station)
            .is_some_and(|known| matches!(known.state, StationState::Registering { .. }))
        {
            self.commands.push_back(AccessPointCommand::SendEapol { station, frame, protected: false });
        }
    }

    /// The conversation with a station that registers is over: it is sent away in a moment.
    pub fn registration_over(&mut self, station: MacAddr, now: Timestamp) {
        if let Some(known) = self.stations.get_mut(&station)
            && let StationState::Registering { until } = &mut known.state
        {
            *until = now.saturating_add(FAREWELL);
        }
    }

    /// Sends a station away.
    pub fn disconnect(&mut self, station: MacAddr) {
        self.send_away(station, ReasonCode::LEAVING);
    }

    /// The stations that are on the network.
    pub fn joined(&self) -> impl Iterator<Item = MacAddr> {
        let open = |station: &Station| station.is_open();
        self.stations.iter().filter(move |(_, station)| open(station)).map(|(mac, _)| *mac)
    }

    /// Takes what the driver tells.
    pub fn handle_event(&mut self, event: AccessPointEvent, now: Timestamp, entropy: &mut dyn Entropy) {
        if !self.running {
            return;
        }
        match event {
            AccessPointEvent::Management { frame, signal } => self.management(&frame, signal, now, entropy),
            AccessPointEvent::Eapol { station, frame, .. } => self.eapol(station, frame, now),
            AccessPointEvent::StationLost(station) => self.forget(station),
            AccessPointEvent::GroupPacketNumber(number) => self.groups.data.packet_number = number,
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        if self.rekey.is_some_and(|at| at <= now) {
            self.renew_groups(now, entropy);
        }
        let due = |station: &Station| station.poll_timeout().is_some_and(|at| at <= now);
        let late: Vec<MacAddr> =
            self.stations.iter().filter(|(_, station)| due(station)).map(|(mac, _)| *mac).collect();
        for mac in late {
            self.station_timeout(mac, now);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.stations.values().filter_map(|station| station.poll_timeout()).chain(self.rekey).min()
    }

    /// The next command to the driver.
    pub fn poll_command(&mut self) -> Option<AccessPointCommand> {
        self.commands.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// New group keys for all stations; those that do not take them are sent away by their handshake.
    fn renew_groups(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        self.rekey = self.config.rekey.map(|every| now.saturating_add(every));
        let Ok(groups) = self.groups.renewed(entropy) else { return };
        self.groups = groups;
        self.commands.push_back(AccessPointCommand::InstallGroup(self.groups.data.clone()));
        self.commands.extend(self.groups.management.clone().map(AccessPointCommand::InstallManagementGroup));
        let all: Vec<MacAddr> = self.stations.keys().copied().collect();
        for mac in all {
            if let Some(Station { state: StationState::Joining(authenticator), .. }) =
                self.stations.get_mut(&mac).map(Box::as_mut)
            {
                authenticator.start_group_handshake(&self.groups, now);
            }
            self.carry_out(mac);
        }
    }

    fn send_away(&mut self, station: MacAddr, reason: ReasonCode) {
        if self.stations.contains_key(&station) {
            let body = ManagementBody::Deauthentication(Farewell::from(reason));
            let frame = Management::new(station, self.config.bssid, self.config.bssid, body);
            self.commands.push_back(AccessPointCommand::Send(Box::new(frame)));
            self.forget(station);
        }
    }

    /// Forgets a station; the driver too.
    fn forget(&mut self, mac: MacAddr) {
        let Some(station) = self.stations.remove(&mac) else { return };
        self.commands.push_back(AccessPointCommand::RemoveStation(mac));
        if station.association_id.is_some() {
            self.events.push_back(Event::Left(mac));
        }
    }
}
