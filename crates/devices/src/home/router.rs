//! The router in the home: the unit, its cells, its host, and a guest network beside it.

use super::client::tune_to;
use super::config::address;
use super::printer::Step;
use super::terms;
use crate::action::{Bands, Security};
use crate::router::{NetworkSettings, RouterNews, RouterOrder, RouterUnit, WpsOnAir};
use keyway_air::{Air, Position, RadioConfig, RadioId, Received};
use keyway_eap::Timestamp;
use keyway_lan::gateway::GatewayConfig;
use keyway_lan::{GatewayEvent, GatewayHost};
use keyway_wifi::access_point::{AccessPoint, BssConfig, BssSecurity, Event};
use keyway_wifi::mac::{AccessPointMac, Reception, Ticket};
use keyway_wifi::rsn::{HandshakeTimers, KeyManagement, Pmk};
use keyway_wifi::{Band, Channel};
use keyway_wsc::{MacAddr, NetworkKey, Ssid};
use std::collections::BTreeMap;
use std::time::Duration;

/// The name of the guest network.
pub(super) const GUEST: &str = "Guest";

/// A radio of the router with its access point.
pub(super) struct Cell {
    pub(super) radio: RadioId,
    pub(super) bssid: MacAddr,
    pub(super) channel: Channel,
    pub(super) is_guest: bool,
    mac: AccessPointMac,
    access_point: Option<AccessPoint>,
    ticket: Option<Ticket>,
}

/// The router in the home.
pub(super) struct RouterNode {
    pub(super) unit: RouterUnit,
    pub(super) power: bool,
    pub(super) cells: Vec<Cell>,
    pub(super) gateway: GatewayHost,
    guest_gateway: GatewayHost,
    network: Option<NetworkSettings>,
    guest_key: Option<NetworkKey>,
    wps: WpsOnAir,
    /// On which cell a station is.
    places: BTreeMap<MacAddr, usize>,
    /// The unit wants to know what is on the air.
    pub(super) verify: bool,
    /// The network changed: whoever knows the new key may join anew.
    pub(super) network_changed: bool,
}

impl RouterNode {
    pub(super) fn new(
        unit: RouterUnit,
        seed: u64,
        has_guests: bool,
        guest_key: Option<NetworkKey>,
        air: &mut Air,
        now: Timestamp,
    ) -> RouterNode {
        let kinds = [(0, 6, false), (1, 36, false), (2, 44, true)];
        let wanted = kinds.into_iter().filter(|(_, _, is_guest)| has_guests || !is_guest);
        let cells = wanted.filter_map(|(number, channel, is_guest)| {
            let bssid = address(seed, 1, number);
            let radio = air.add(RadioConfig::access_point(Position::new(0.0, 0.0), bssid));
            let channel = Channel::new(channel)?;
            let mut mac = AccessPointMac::new();
            mac.set_isolated(is_guest);
            Some(Cell { radio, bssid, channel, is_guest, mac, access_point: None, ticket: None })
        });
        let own = address(seed, 1, 0);
        RouterNode {
            unit,
            power: true,
            cells: cells.collect(),
            gateway: GatewayHost::new(GatewayConfig::home(own, seed), now),
            guest_gateway: GatewayHost::new(GatewayConfig::network(address(seed, 1, 2), 2, seed), now),
            network: None,
            guest_key,
            wps: WpsOnAir::default(),
            places: BTreeMap::new(),
            verify: false,
            network_changed: false,
        }
    }

    /// The network's name and key, as its owner knows them.
    pub(super) fn network(&self) -> Option<&NetworkSettings> {
        self.network.as_ref()
    }

    pub(super) fn guest_key(&self) -> Option<&NetworkKey> {
        self.guest_key.as_ref()
    }

    /// The cells of the home's own network that are on the air.
    pub(super) fn own_cells(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| !cell.is_guest && cell.is_on())
    }

    pub(super) fn power(&mut self, on: bool, step: &mut Step<'_>) {
        self.power = on;
        if on {
            self.gateway.link_up(step.now);
            self.guest_gateway.link_up(step.now);
        } else {
            for cell in &mut self.cells {
                cell.stop();
                cell.carry(step);
            }
            self.places.clear();
            self.gateway.link_down(step.now);
            self.guest_gateway.link_down(step.now);
        }
        self.unit.power(on, step.now, step.date, step.random);
    }

    pub(super) fn receive(&mut self, cell: usize, received: &Received, now: Timestamp) {
        if let Some(cell) = self.cells.get_mut(cell) {
            let Received { channel, signal, frame, .. } = received;
            cell.mac.handle_frame(Reception { channel: *channel, signal: *signal, frame }, now);
        }
    }

    pub(super) fn sent(&mut self, cell: usize, acknowledged: bool, now: Timestamp) {
        if let Some(cell) = self.cells.get_mut(cell)
            && let Some(ticket) = cell.ticket.take()
        {
            cell.mac.handle_sent(ticket, acknowledged, now);
        }
    }

    pub(super) fn handle_timeout(&mut self, step: &mut Step<'_>) {
        for cell in &mut self.cells {
            cell.mac.handle_timeout(step.now);
            if let Some(access_point) = &mut cell.access_point {
                access_point.handle_timeout(step.now, step.random);
            }
        }
        self.gateway.handle_timeout(step.now);
        self.guest_gateway.handle_timeout(step.now);
        self.unit.handle_timeout(step.now, step.date, step.random);
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let cells = self.cells.iter().flat_map(|cell| {
            [cell.mac.poll_timeout(), cell.access_point.as_ref().and_then(AccessPoint::poll_timeout)]
        });
        let others =
            [self.gateway.poll_timeout(), self.guest_gateway.poll_timeout(), self.unit.poll_timeout()];
        cells.chain(others).flatten().min()
    }

    /// Carries everything between its parts until nothing moves. True if a person could see a change.
    pub(super) fn run(&mut self, step: &mut Step<'_>) -> bool {
        let mut seen = false;
        loop {
            let mut moved = false;
            for number in 0..self.cells.len() {
                moved |= self.cells[number].carry(step);
                seen |= self.cell_events(number, step);
                moved |= self.bridge(number, step.now);
            }
            moved |= self.gateways(step);
            while let Some(order) = self.unit.poll_order() {
                self.obey(order, step);
                (moved, seen) = (true, true);
            }
            if !moved {
                return seen;
            }
        }
    }

    fn hear(&mut self, news: RouterNews, step: &mut Step<'_>) {
        self.unit.hear(news, step.now, step.date, step.random);
    }

    fn cell_events(&mut self, number: usize, step: &mut Step<'_>) -> bool {
        let mut seen = false;
        loop {
            let cell = &mut self.cells[number];
            let is_guest = cell.is_guest;
            let event = cell.access_point.as_mut().and_then(AccessPoint::poll_event);
            let Some(event) = event else { return seen };
            let news = match event {
                Event::ProbeHeard { station, signal, request } => {
                    // A probe without WPS is nothing that the owner wants to know.
                    if request.is_none() || is_guest {
                        continue;
                    }
                    RouterNews::Probe { station, signal, request }
                }
                Event::Associated { station, for_wps } => {
                    self.places.insert(station, number);
                    RouterNews::Associated { station, for_wps }
                }
                Event::Eapol { station, frame } => RouterNews::Eapol { station, frame },
                Event::Joined { station, signal } => RouterNews::Joined { station, signal },
                Event::WrongPassphrase(station) => RouterNews::WrongPassphrase(station),
                Event::Left(station) => {
                    // It may be on the other cell already.
                    if self.places.get(&station) != Some(&number) {
                        continue;
                    }
                    self.places.remove(&station);
                    RouterNews::Left(station)
                }
                Event::Refused { .. } => continue,
            };
            if !is_guest {
                self.hear(news, step);
                seen = true;
            }
        }
    }

    /// Data between a cell, the other cells of its network, and the gateway.
    fn bridge(&mut self, number: usize, now: Timestamp) -> bool {
        let mut moved = false;
        let is_guest = self.cells[number].is_guest;
        while let Some(frame) = self.cells[number].mac.poll_ethernet() {
            moved = true;
            for (other, cell) in self.cells.iter_mut().enumerate() {
                if other != number && cell.is_guest == is_guest && cell.is_on() {
                    cell.mac.send_ethernet(&frame, now);
                }
            }
            if is_guest {
                self.guest_gateway.handle_ethernet(&frame, now);
            } else {
                self.gateway.handle_ethernet(&frame, now);
            }
        }
        moved
    }

    fn gateways(&mut self, step: &mut Step<'_>) -> bool {
        let mut moved = false;
        for is_guest in [false, true] {
            let gateway = if is_guest { &mut self.guest_gateway } else { &mut self.gateway };
            let frames: Vec<Vec<u8>> = std::iter::from_fn(|| gateway.poll_transmit()).collect();
            let events: Vec<GatewayEvent> = std::iter::from_fn(|| gateway.poll_event()).collect();
            moved |= !frames.is_empty();
            for cell in self.cells.iter_mut().filter(|cell| cell.is_guest == is_guest && cell.is_on()) {
                for frame in &frames {
                    cell.mac.send_ethernet(frame, step.now);
                }
            }
            for event in events {
                if let (GatewayEvent::Leased(lease), false) = (event, is_guest) {
                    let name = (!lease.host_name.is_empty()).then_some(lease.host_name);
                    let news = RouterNews::Leased { station: lease.mac, address: lease.address, name };
                    self.hear(news, step);
                    moved = true;
                }
            }
        }
        moved
    }

    #[cfg(test)]
    pub(super) fn order(&mut self, order: RouterOrder, step: &mut Step<'_>) {
        self.obey(order, step);
    }

    fn obey(&mut self, order: RouterOrder, step: &mut Step<'_>) {
        match order {
            RouterOrder::Eapol { station, frame } => {
                if let Some(access_point) = self.access_point_of(station) {
                    access_point.send_eapol(station, frame);
                }
            }
            RouterOrder::RegistrationOver(station) => {
                if let Some(access_point) = self.access_point_of(station) {
                    access_point.registration_over(station, step.now);
                }
            }
            RouterOrder::Wps(wps) => {
                self.wps = wps;
                self.announce();
            }
            RouterOrder::Network(settings) => {
                self.network = Some(*settings);
                self.network_changed = true;
                self.start(step);
            }
            RouterOrder::Dhcp(on) => self.gateway.set_serving(on),
            RouterOrder::Disconnect(station) => {
                if let Some(access_point) = self.access_point_of(station) {
                    access_point.disconnect(station);
                }
            }
            RouterOrder::VerifyOff => self.verify = true,
        }
    }

    fn access_point_of(&mut self, station: MacAddr) -> Option<&mut AccessPoint> {
        let number = *self.places.get(&station)?;
        self.cells.get_mut(number)?.access_point.as_mut()
    }

    /// Puts the networks on the air as they are configured.
    fn start(&mut self, step: &mut Step<'_>) {
        let Some(network) = self.network.clone() else { return };
        let pmk = Pmk::derive(&network.key, &network.ssid);
        let guest = self.guest_key.as_ref().zip(Ssid::new(GUEST.as_bytes()).ok());
        let guest = guest.map(|(key, ssid)| (Pmk::derive(key, &ssid), ssid));
        for cell in &mut self.cells {
            let has_band = match network.bands {
                Bands::Both => true,
                Bands::Ghz2 => cell.channel.band() == Band::Ghz2,
                Bands::Ghz5 => cell.channel.band() == Band::Ghz5,
            };
            let config = if cell.is_guest {
                // It has nothing to do with the home's own network, and goes on as it is.
                let Some((pmk, ssid)) = guest.clone().filter(|_| cell.access_point.is_none()) else {
                    continue;
                };
                cell.config(ssid, false, wpa2(pmk))
            } else if has_band {
                let security = match network.security {
                    Security::Wpa2 => wpa2(pmk.clone()),
                    Security::Wpa3Only => BssSecurity::Wpa3Only,
                };
                cell.config(network.ssid, network.hidden, security)
            } else {
                cell.stop();
                continue;
            };
            cell.run_network(config, step);
        }
        self.gateway.link_up(step.now);
        self.guest_gateway.link_up(step.now);
        self.announce();
    }

    /// Lets beacons and probe responses say what is to be said about WPS.
    fn announce(&mut self) {
        let two_bands = self.network.as_ref().is_some_and(|network| network.bands == Bands::Both);
        let wps = terms::wps(&self.wps, self.unit.device(), two_bands);
        for cell in self.cells.iter_mut().filter(|cell| !cell.is_guest) {
            if let Some(access_point) = &mut cell.access_point {
                access_point.set_wps(wps.clone());
            }
        }
    }
}

impl Cell {
    pub(super) fn is_on(&self) -> bool {
        self.access_point.as_ref().is_some_and(AccessPoint::is_running)
    }

    fn config(&self, ssid: Ssid, hidden: bool, security: BssSecurity) -> BssConfig {
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

    fn run_network(&mut self, config: BssConfig, step: &mut Step<'_>) {
        // Without randomness there is no network: it stays off.
        match &mut self.access_point {
            Some(access_point) => {
                let _ = access_point.restart(config, step.now, step.random);
            }
            None => {
                self.access_point = AccessPoint::new(config, step.random).ok();
                if let Some(access_point) = &mut self.access_point {
                    access_point.start(step.now);
                }
            }
        }
    }

    fn stop(&mut self) {
        if let Some(access_point) = &mut self.access_point {
            access_point.stop();
        }
    }

    fn carry(&mut self, step: &mut Step<'_>) -> bool {
        let mut moved = false;
        if let Some(access_point) = &mut self.access_point {
            while let Some(command) = access_point.poll_command() {
                self.mac.handle_command(command, step.now);
                moved = true;
            }
            while let Some(event) = self.mac.poll_event() {
                access_point.handle_event(event, step.now, step.random);
                moved = true;
            }
        }
        while let Some(tune) = self.mac.poll_tune() {
            step.air.tune(self.radio, tune_to(tune));
        }
        while let Some(frame) = self.mac.poll_transmit() {
            self.ticket = frame.ticket.or(self.ticket);
            let ticket = frame.ticket.map(|_| 0);
            step.air.transmit(self.radio, frame.channel, frame.rate, frame.frame, ticket, step.now);
            moved = true;
        }
        moved
    }
}

fn wpa2(pmk: Pmk) -> BssSecurity {
    BssSecurity::Wpa2 {
        pmk,
        key_managements: vec![KeyManagement::Psk, KeyManagement::PskSha256],
        can_protect_management: true,
        must_protect_management: false,
    }
}
