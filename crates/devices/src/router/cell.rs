//! A radio of the router with the access point that uses it.

use crate::random::Random;
use keyway_eap::Timestamp;
use keyway_wifi::Channel;
use keyway_wifi::access_point::{AccessPoint, BssConfig, BssSecurity};
use keyway_wifi::driver::AccessPointRadio;
use keyway_wifi::rsn::{HandshakeTimers, KeyManagement, Pmk};
use keyway_wsc::{MacAddr, Ssid};
use std::time::Duration;

/// A radio of the router, and what it is for.
#[derive(Clone, Debug)]
pub struct CellConfig<R> {
    /// The radio.
    pub radio: R,
    /// The access point's address.
    pub bssid: MacAddr,
    /// The channel that it keeps to.
    pub channel: Channel,
    /// The network that it carries.
    pub network: CellNetwork,
}

/// Which of the router's networks a radio carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellNetwork {
    /// The home's own, which devices are added to.
    Home,
    /// The guests'. It has nothing to do with the home's, and WPS is never on there.
    Guests,
}

/// Whether the management frames of a WPA2 network are protected (IEEE 802.11-2020, 9.4.2.24.4: MFPC and MFPR).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ManagementProtection {
    /// Never.
    Off,
    /// With stations that can.
    #[default]
    Optional,
    /// Stations that cannot may not join.
    Required,
}

/// A radio of the router with its access point.
#[derive(Debug)]
pub struct Cell<R> {
    radio: R,
    bssid: MacAddr,
    channel: Channel,
    network: CellNetwork,
    pub(super) access_point: Option<AccessPoint>,
}

impl ManagementProtection {
    pub(super) fn wpa2(self, pmk: Pmk) -> BssSecurity {
        BssSecurity::Wpa2 {
            pmk,
            key_managements: vec![KeyManagement::Psk, KeyManagement::PskSha256],
            can_protect_management: self != ManagementProtection::Off,
            must_protect_management: self == ManagementProtection::Required,
        }
    }
}

impl<R> Cell<R> {
    /// The radio.
    pub fn radio(&self) -> &R {
        &self.radio
    }

    /// The radio, to bring it what its medium has.
    pub fn radio_mut(&mut self) -> &mut R {
        &mut self.radio
    }

    /// The access point's address.
    pub fn bssid(&self) -> MacAddr {
        self.bssid
    }

    /// The channel.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The network that it carries.
    pub fn network(&self) -> CellNetwork {
        self.network
    }

    /// Whether it is on the air.
    pub fn is_on(&self) -> bool {
        self.access_point.as_ref().is_some_and(AccessPoint::is_running)
    }
}

impl<R: AccessPointRadio> Cell<R> {
    pub(super) fn new(config: CellConfig<R>) -> Cell<R> {
        let CellConfig { radio, bssid, channel, network } = config;
        Cell { radio, bssid, channel, network, access_point: None }
    }

    pub(super) fn config(&self, ssid: Ssid, hidden: bool, security: BssSecurity) -> BssConfig {
        BssConfig {
            bssid: self.bssid,
            channel: self.channel,
            ssid,
            hidden,
            security,
            max_stations: 2007,
            rekey: Some(Duration::from_secs(3600)),
            timers: HandshakeTimers::default(),
        }
    }

    /// Runs this network, in place of the one before. Without randomness there is no network: it stays off.
    pub(super) fn run_network(&mut self, config: BssConfig, now: Timestamp, random: &mut Random) {
        match &mut self.access_point {
            Some(access_point) => {
                let _ = access_point.restart(config, now, random);
            }
            None => {
                self.access_point = AccessPoint::new(config, random).ok();
                if let Some(access_point) = &mut self.access_point {
                    access_point.start(now);
                }
            }
        }
    }

    pub(super) fn stop(&mut self) {
        if let Some(access_point) = &mut self.access_point {
            access_point.stop();
        }
    }

    /// Carries what the access point wants to its radio and what the radio tells to the access point, until nothing moves:
    /// what the access point tells of itself then is what its radio has done. True if anything moved.
    pub(super) fn carry(&mut self, now: Timestamp, random: &mut Random) -> bool {
        let mut moved = false;
        let Some(access_point) = &mut self.access_point else { return moved };
        loop {
            while let Some(command) = access_point.poll_command() {
                self.radio.handle_command(command, now);
                moved = true;
            }
            let Some(event) = self.radio.poll_event() else { return moved };
            access_point.handle_event(event, now, random);
            moved = true;
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Timestamp, random: &mut Random) {
        self.radio.handle_timeout(now);
        if let Some(access_point) = &mut self.access_point {
            access_point.handle_timeout(now, random);
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let access_point = self.access_point.as_ref().and_then(AccessPoint::poll_timeout);
        self.radio.poll_timeout().into_iter().chain(access_point).min()
    }
}
