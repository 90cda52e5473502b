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
mod keys;
mod query;
mod says;
mod station;
mod stations;

pub use config::{BssConfig, BssSecurity, Selected, WpsConfig};

use crate::driver::{AccessPointCommand, AccessPointEvent};
use crate::frame::{Beacon, Farewell, Management, ManagementBody, ReasonCode, StatusCode};
use crate::rsn::{Entropy, GroupKeys};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::{EntropyError, MacAddr};
use station::{Station, StationState};
use stations::Stations;

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
    /// The network is off the air, by nobody's wish; told once. It is begun again, with new group keys, as soon as that
    /// goes.
    Stopped,
    /// After [`Stopped`](Self::Stopped) it is on the air again.
    Resumed,
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
    /// Whether stations are being told the group's keys, which are not used yet.
    renewing: bool,
    running: bool,
    /// The radio took the network off the air, and has not told yet that it is there again.
    is_interrupted: bool,
    /// When to begin it again.
    resume: Option<Timestamp>,
    stations: Stations,
    /// The transaction identifier of the next SA Query.
    queries: u16,
    commands: VecDeque<AccessPointCommand>,
    events: VecDeque<Event>,
}

/// From one try to the next to begin a network again that the radio took off the air.
const AGAIN: Duration = Duration::from_secs(5);
/// How long after the end of a registration the station is sent away (observed: hostapd, 10 ms).
const FAREWELL: Duration = Duration::from_millis(10);
/// How long a station may take from authentication to association.
const LOITER: Duration = Duration::from_secs(30);
/// How long a registration may take: the walk time.
const REGISTRATION: Duration = Duration::from_secs(120);

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
            renewing: false,
            running: false,
            is_interrupted: false,
            resume: None,
            stations: Stations::default(),
            queries: 0,
            commands: VecDeque::new(),
            events: VecDeque::new(),
        })
    }

    /// Goes on the air.
    pub fn start(&mut self, now: Timestamp) {
        self.running = true;
        self.resume = None;
        self.rekey = self.config.rekey.map(|every| now.saturating_add(every));
        let beacon = Box::new(self.beacon());
        let BssConfig { bssid, channel, ssid, .. } = self.config;
        self.commands.push_back(AccessPointCommand::Start { bssid, channel, ssid, beacon });
        // Stations that were here before a moment without power do not know that they are not any more, and keys to protect
        // this they share no more: those who protect management frames ask (SA Query), the others leave. (Observed: hostapd
        // says so too, with another reason, about which nobody asks.)
        self.say_farewell(MacAddr::BROADCAST, ReasonCode::CLASS3_FROM_UNASSOCIATED);
        self.install_groups();
    }

    /// Goes off the air. Stations are sent away.
    pub fn stop(&mut self) {
        for station in self.stations.addresses() {
            self.send_away(station, ReasonCode::LEAVING);
        }
        self.rekey = None;
        self.renewing = false;
        self.resume = None;
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
        let registers = |known: &Station| matches!(known.state, StationState::Registering { .. });
        if self.stations.get(station).is_some_and(registers) {
            self.commands.push_back(AccessPointCommand::SendEapol { station, frame, protected: false });
        }
    }

    /// The conversation with a station that registers is over: it is sent away in a moment.
    pub fn registration_over(&mut self, station: MacAddr, now: Timestamp) {
        self.stations.change(station, |known| {
            if let StationState::Registering { until } = &mut known.state {
                *until = now.saturating_add(FAREWELL);
            }
        });
    }

    /// Sends a station away.
    pub fn disconnect(&mut self, station: MacAddr) {
        self.send_away(station, ReasonCode::LEAVING);
        self.use_renewed_groups();
    }

    /// The stations that are on the network.
    pub fn joined(&self) -> impl Iterator<Item = MacAddr> {
        self.stations.iter().filter(|(_, station)| station.is_on()).map(|(mac, _)| mac)
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
            AccessPointEvent::KeyRefused(station) => self.key_refused(station),
            AccessPointEvent::Stopped => self.interrupted(now),
            AccessPointEvent::Resumed if core::mem::take(&mut self.is_interrupted) => {
                self.events.push_back(Event::Resumed);
            }
            AccessPointEvent::Resumed => {}
            // That is the key in use, not the one that stations are being told.
            AccessPointEvent::GroupPacketNumber(_) if self.renewing => {}
            AccessPointEvent::GroupPacketNumber(number) => self.groups.data.packet_number = number,
        }
        self.use_renewed_groups();
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        if self.resume.is_some_and(|at| at <= now) {
            self.begin_again(now, entropy);
        }
        if self.rekey.is_some_and(|at| at <= now) {
            self.renew_groups(now, entropy);
        }
        for mac in self.stations.late(now) {
            self.station_timeout(mac, now);
        }
        self.use_renewed_groups();
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.stations.poll_timeout().into_iter().chain(self.rekey).chain(self.resume).min()
    }

    /// The next command to the driver.
    pub fn poll_command(&mut self) -> Option<AccessPointCommand> {
        self.commands.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The radio has taken the network off the air, and has forgotten its stations.
    fn interrupted(&mut self, now: Timestamp) {
        for mac in self.stations.addresses() {
            if self.stations.remove(mac).is_some_and(|station| station.association_id.is_some()) {
                self.events.push_back(Event::Left(mac));
            }
        }
        (self.running, self.renewing, self.rekey) = (false, false, None);
        self.resume = Some(now.saturating_add(AGAIN));
        if !core::mem::replace(&mut self.is_interrupted, true) {
            self.events.push_back(Event::Stopped);
        }
    }

    /// With new group keys: the packet numbers of the old ones begin anew.
    fn begin_again(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        match GroupKeys::generate(self.config.protects_management(), entropy) {
            Ok(groups) => {
                self.groups = groups;
                self.start(now);
            }
            Err(_) => self.resume = Some(now.saturating_add(AGAIN)),
        }
    }

    fn station_timeout(&mut self, mac: MacAddr, now: Timestamp) {
        match self.stations.get(mac).map(|station| &station.state) {
            Some(StationState::Joining { .. }) => {
                self.ask(mac, now);
                self.handshake_timeout(mac, now);
            }
            Some(StationState::Authenticated { .. }) => self.forget(mac),
            Some(StationState::Registering { .. }) => self.send_away(mac, ReasonCode::IEEE_8021X_FAILED),
            Some(StationState::Open) | None => {}
        }
    }

    fn send_away(&mut self, station: MacAddr, reason: ReasonCode) {
        if self.stations.get(station).is_some() {
            self.say_farewell(station, reason);
            self.forget(station);
        }
    }

    fn say_farewell(&mut self, destination: MacAddr, reason: ReasonCode) {
        let body = ManagementBody::Deauthentication(Farewell::from(reason));
        let frame = Management::new(destination, self.config.bssid, self.config.bssid, body);
        self.commands.push_back(AccessPointCommand::Send(Box::new(frame)));
    }

    /// Forgets a station; the driver too.
    fn forget(&mut self, mac: MacAddr) {
        let Some(station) = self.stations.remove(mac) else { return };
        if station.association_id.is_some() {
            self.commands.push_back(AccessPointCommand::RemoveStation(mac));
            self.events.push_back(Event::Left(mac));
        }
    }
}
