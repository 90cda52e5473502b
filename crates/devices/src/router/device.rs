//! A router with its radios and its hosts: what happens between them.

use super::boundary::{NetworkSettings, RouterNews, RouterOrder, WpsOnAir};
use super::cell::{Cell, CellConfig, CellNetwork, ManagementProtection};
use super::gateway::Gateway;
use super::unit::RouterUnit;
use crate::action::{Refusal, RouterAction, Security};
use crate::durable::Change;
use crate::random::Random;
use crate::secret::SecretText;
use crate::tap::Tap;
use crate::terms;
use keyway_eap::Timestamp;
use keyway_lan::GatewayEvent;
use keyway_wifi::access_point::{AccessPoint, BssSecurity, Event};
use keyway_wifi::driver::AccessPointRadio;
use keyway_wifi::rsn::Pmk;
use keyway_wsc::{MacAddr, NetworkKey, Ssid};
use std::collections::BTreeMap;
use std::fmt;

/// A network for guests beside the home's own.
#[derive(Debug)]
pub struct GuestNetwork<G> {
    /// Its name.
    pub ssid: Ssid,
    /// Its key.
    pub key: NetworkKey,
    /// The router's host there.
    pub gateway: G,
}

/// What a router wants from its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouterOutput {
    /// Look on the air whether WPS is off, if there is somebody who can, and let the unit hear
    /// [`RouterNews::AirSeen`].
    VerifyOff,
    /// The home's network changed; see [`RouterDevice::network`]. Whoever knows its key may join anew.
    NetworkChanged,
}

/// A router as a whole, on any radios and any hosts: what its owner meets ([`RouterUnit`]), its access points, and its host
/// on each network.
///
/// Bring it what its owner does and the time; its radios and hosts hear from their own media by way of
/// [`cells_mut`](Self::cells_mut) and [`gateway_mut`](Self::gateway_mut). After each of these, call [`run`](Self::run), then
/// poll [`poll_output`](Self::poll_output) and [`poll_change`](Self::poll_change) until they are empty. `date` is always in
/// milliseconds since 1970, UTC.
pub struct RouterDevice<R, G> {
    unit: RouterUnit,
    power: bool,
    cells: Vec<Cell<R>>,
    gateway: G,
    guests: Option<GuestNetwork<G>>,
    protection: ManagementProtection,
    network: Option<NetworkSettings>,
    wps: WpsOnAir,
    /// On which cell a station is.
    places: BTreeMap<MacAddr, usize>,
    verify: bool,
    network_changed: bool,
    tap: Tap<RouterNews>,
}

/// What surrounds a step.
struct Step<'a> {
    now: Timestamp,
    date: u64,
    random: &'a mut Random,
}

impl<R: AccessPointRadio, G: Gateway> RouterDevice<R, G> {
    /// A router that is plugged in, with these radios, at least one of them for the home's own network, and with `gateway`
    /// as its host there. It does nothing until the first [`run`](Self::run).
    pub fn new(unit: RouterUnit, cells: Vec<CellConfig<R>>, gateway: G) -> RouterDevice<R, G> {
        RouterDevice {
            unit,
            power: true,
            cells: cells.into_iter().map(Cell::new).collect(),
            gateway,
            guests: None,
            protection: ManagementProtection::default(),
            network: None,
            wps: WpsOnAir::default(),
            places: BTreeMap::new(),
            verify: false,
            network_changed: false,
            tap: Tap::default(),
        }
    }

    /// The same with a network for guests, on its cells of [`CellNetwork::Guests`].
    #[must_use]
    pub fn with_guests(mut self, guests: GuestNetwork<G>) -> Self {
        self.guests = Some(guests);
        self
    }

    /// The same with management frames protected in this way.
    #[must_use]
    pub fn with_protection(mut self, protection: ManagementProtection) -> Self {
        self.protection = protection;
        self
    }

    /// Takes what the owner does, logged in.
    ///
    /// # Errors
    /// [`Refusal`] as of [`RouterUnit::perform`], or the router is off.
    pub fn perform(
        &mut self,
        action: RouterAction,
        now: Timestamp,
        date: u64,
        random: &mut Random,
    ) -> Result<(), Refusal> {
        self.is_reachable()?;
        self.unit.perform(action, now, date, random)
    }

    /// Sets the administrator's password, while there is none.
    ///
    /// # Errors
    /// [`Refusal`] as of [`RouterUnit::set_first_password`].
    pub fn set_first_password(&mut self, password: &SecretText, random: &mut Random) -> Result<(), Refusal> {
        self.unit.set_first_password(password, random)
    }

    /// Checks the administrator's password.
    ///
    /// # Errors
    /// [`Refusal`] as of [`RouterUnit::check_password`], or the router is off.
    pub fn check_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        self.is_reachable()?;
        self.unit.check_password(password, now)
    }

    /// The plug is put in or pulled. Before it is without power it sends its stations away and goes off the air, as it does
    /// when a program ends.
    pub fn power(&mut self, on: bool, now: Timestamp, date: u64, random: &mut Random) {
        self.power = on;
        if on {
            self.gateway.link_up(now);
        } else {
            for cell in &mut self.cells {
                cell.stop();
                cell.carry(now, random);
            }
            self.places.clear();
            self.gateway.link_down(now);
        }
        if let Some(guests) = &mut self.guests {
            if on { guests.gateway.link_up(now) } else { guests.gateway.link_down(now) }
        }
        self.unit.power(on, now, date, random);
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp, date: u64, random: &mut Random) {
        for cell in &mut self.cells {
            cell.handle_timeout(now, random);
        }
        self.gateway.handle_timeout(now);
        if let Some(guests) = &mut self.guests {
            guests.gateway.handle_timeout(now);
        }
        self.unit.handle_timeout(now, date, random);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let guests = self.guests.as_ref().and_then(|guests| guests.gateway.poll_timeout());
        let others = [self.gateway.poll_timeout(), guests, self.unit.poll_timeout()];
        self.cells.iter().map(Cell::poll_timeout).chain(others).flatten().min()
    }

    /// Carries everything between its parts until nothing moves. True if a person could see a change.
    pub fn run(&mut self, now: Timestamp, date: u64, random: &mut Random) -> bool {
        let step = &mut Step { now, date, random };
        let mut seen = false;
        loop {
            let mut moved = false;
            for number in 0..self.cells.len() {
                moved |= self.cells[number].carry(step.now, step.random);
                seen |= self.cell_events(number, step);
                moved |= self.bridge(number, step.now);
            }
            moved |= self.serve(CellNetwork::Home, step) | self.serve(CellNetwork::Guests, step);
            while let Some(order) = self.unit.poll_order() {
                self.obey(order, step);
                (moved, seen) = (true, true);
            }
            if !moved {
                return seen;
            }
        }
    }

    /// What it wants next from its owner.
    pub fn poll_output(&mut self) -> Option<RouterOutput> {
        if std::mem::take(&mut self.network_changed) {
            return Some(RouterOutput::NetworkChanged);
        }
        std::mem::take(&mut self.verify).then_some(RouterOutput::VerifyOff)
    }

    /// What it wants next to be kept, under the owner `router`.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.unit.poll_change()
    }

    /// From now on [`poll_news`](Self::poll_news) gives what the unit hears. Whoever does not ask loses the oldest of more
    /// than a thousand.
    pub fn follow(&mut self) {
        self.tap.follow();
    }

    /// What the unit heard, oldest first; nothing before [`follow`](Self::follow).
    pub fn poll_news(&mut self) -> Option<RouterNews> {
        self.tap.poll()
    }

    /// The unit hears this, from somebody who looked on the air for instance.
    pub fn hear(&mut self, news: RouterNews, now: Timestamp, date: u64, random: &mut Random) {
        self.tap.pass(&news);
        self.unit.hear(news, now, date, random);
    }

    /// What its owner meets.
    pub fn unit(&self) -> &RouterUnit {
        &self.unit
    }

    /// What its owner meets, to change it.
    pub fn unit_mut(&mut self) -> &mut RouterUnit {
        &mut self.unit
    }

    /// Whether it has power.
    pub fn has_power(&self) -> bool {
        self.power
    }

    /// Its radios with their access points, in the order in which they were given.
    pub fn cells(&self) -> &[Cell<R>] {
        &self.cells
    }

    /// Its radios, to bring them what their medium has.
    pub fn cells_mut(&mut self) -> &mut [Cell<R>] {
        &mut self.cells
    }

    /// Its host on the home's own network.
    pub fn gateway(&self) -> &G {
        &self.gateway
    }

    /// Its host on the home's own network, to bring it what that has.
    pub fn gateway_mut(&mut self) -> &mut G {
        &mut self.gateway
    }

    /// The network for guests.
    pub fn guests(&self) -> Option<&GuestNetwork<G>> {
        self.guests.as_ref()
    }

    /// The home's network with its key, as the owner knows it; `None` before the first [`run`](Self::run).
    pub fn network(&self) -> Option<&NetworkSettings> {
        self.network.as_ref()
    }

    fn is_reachable(&self) -> Result<(), Refusal> {
        if self.power {
            return Ok(());
        }
        Err(Refusal::new("not-now", "The router is off.", "Plug it in first."))
    }

    fn tell(&mut self, news: RouterNews, step: &mut Step<'_>) {
        self.hear(news, step.now, step.date, step.random);
    }

    fn cell_events(&mut self, number: usize, step: &mut Step<'_>) -> bool {
        let mut seen = false;
        loop {
            let cell = &mut self.cells[number];
            let network = cell.network();
            let event = cell.access_point.as_mut().and_then(AccessPoint::poll_event);
            let Some(event) = event else { return seen };
            let news = match event {
                // A probe without WPS is nothing that the owner wants to know.
                Event::ProbeHeard { request: None, .. } | Event::Refused { .. } => continue,
                Event::ProbeHeard { station, signal, request } => {
                    RouterNews::Probe { station, signal, request }
                }
                Event::Associated { station, for_wps } => {
                    self.places.insert(station, number);
                    RouterNews::Associated { station, for_wps }
                }
                Event::Eapol { station, frame } => RouterNews::Eapol { station, frame },
                Event::Joined { station, signal } => RouterNews::Joined { station, signal },
                Event::Stopped | Event::Resumed => {
                    self.follow_air(network, step.now);
                    seen = true;
                    continue;
                }
                Event::WrongPassphrase(station) => RouterNews::WrongPassphrase(station),
                Event::Left(station) => {
                    // It may be on the other cell already.
                    if self.places.get(&station) != Some(&number) {
                        continue;
                    }
                    self.places.remove(&station);
                    RouterNews::Left(station)
                }
            };
            if network == CellNetwork::Home {
                self.tell(news, step);
                seen = true;
            }
        }
    }

    /// A radio lost its network, or has it again: the router's host there has a link while any radio has it.
    fn follow_air(&mut self, network: CellNetwork, now: Timestamp) {
        let is_on = self.cells.iter().any(|cell| cell.network() == network && cell.is_on());
        let Some(gateway) = self.gateway_on(network) else { return };
        if is_on { gateway.link_up(now) } else { gateway.link_down(now) }
    }

    /// Data from a cell to the other cells of its network and to the router's host there.
    fn bridge(&mut self, number: usize, now: Timestamp) -> bool {
        let mut moved = false;
        let network = self.cells[number].network();
        while let Some(frame) = self.cells[number].radio_mut().poll_ethernet() {
            moved = true;
            for (other, cell) in self.cells.iter_mut().enumerate() {
                if other != number && cell.network() == network && cell.is_on() {
                    cell.radio_mut().send_ethernet(&frame, now);
                }
            }
            if let Some(gateway) = self.gateway_on(network) {
                gateway.handle_ethernet(&frame, now);
            }
        }
        moved
    }

    /// What the router's host on a network has to send, and what happened to it.
    fn serve(&mut self, network: CellNetwork, step: &mut Step<'_>) -> bool {
        let mut moved = false;
        let Some(gateway) = self.gateway_on(network) else { return false };
        let frames: Vec<Vec<u8>> = std::iter::from_fn(|| gateway.poll_transmit()).collect();
        let events: Vec<GatewayEvent> = std::iter::from_fn(|| gateway.poll_event()).collect();
        moved |= !frames.is_empty();
        for cell in self.cells.iter_mut().filter(|cell| cell.network() == network && cell.is_on()) {
            for frame in &frames {
                cell.radio_mut().send_ethernet(frame, step.now);
            }
        }
        for event in events {
            if let (GatewayEvent::Leased(lease), CellNetwork::Home) = (event, network) {
                let name = (!lease.host_name.is_empty()).then_some(lease.host_name);
                self.tell(RouterNews::Leased { station: lease.mac, address: lease.address, name }, step);
                moved = true;
            }
        }
        moved
    }

    fn gateway_on(&mut self, network: CellNetwork) -> Option<&mut G> {
        match network {
            CellNetwork::Home => Some(&mut self.gateway),
            CellNetwork::Guests => self.guests.as_mut().map(|guests| &mut guests.gateway),
        }
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

    /// Runs this network, as if the owner had chosen it.
    #[cfg(test)]
    pub(crate) fn run_network(&mut self, settings: NetworkSettings, now: Timestamp, random: &mut Random) {
        self.obey(RouterOrder::Network(Box::new(settings)), &mut Step { now, date: 0, random });
    }

    fn access_point_of(&mut self, station: MacAddr) -> Option<&mut AccessPoint> {
        let number = *self.places.get(&station)?;
        self.cells.get_mut(number)?.access_point.as_mut()
    }

    /// Puts the networks on the air as they are configured.
    fn start(&mut self, step: &mut Step<'_>) {
        let Some(network) = self.network.clone() else { return };
        let pmk = Pmk::derive(&network.key, &network.ssid);
        let guests = self.guests.as_ref().map(|guests| (Pmk::derive(&guests.key, &guests.ssid), guests.ssid));
        for cell in &mut self.cells {
            let config = match cell.network() {
                CellNetwork::Guests => {
                    // It has nothing to do with the home's own network, and goes on as it is.
                    let Some((pmk, ssid)) = guests.clone().filter(|_| cell.access_point.is_none()) else {
                        continue;
                    };
                    cell.config(ssid, false, self.protection.wpa2(pmk))
                }
                CellNetwork::Home if network.bands.has(cell.channel().band()) => {
                    let security = match network.security {
                        Security::Wpa2 => self.protection.wpa2(pmk.clone()),
                        Security::Wpa3Only => BssSecurity::Wpa3Only,
                    };
                    cell.config(network.ssid, network.hidden, security)
                }
                CellNetwork::Home => {
                    cell.stop();
                    continue;
                }
            };
            cell.run_network(config, step.now, step.random);
        }
        self.gateway.link_up(step.now);
        if let Some(guests) = &mut self.guests {
            guests.gateway.link_up(step.now);
        }
        self.announce();
    }

    /// Lets beacons and probe responses say what is to be said about WPS.
    fn announce(&mut self) {
        let mut own = self.cells.iter().filter(|cell| cell.network() == CellNetwork::Home && cell.is_on());
        let first = own.next().map(|cell| cell.channel().band());
        let has_two_bands = own.any(|cell| Some(cell.channel().band()) != first);
        let wps = terms::wps(&self.wps, self.unit.device(), has_two_bands);
        for cell in self.cells.iter_mut().filter(|cell| cell.network() == CellNetwork::Home) {
            if let Some(access_point) = &mut cell.access_point {
                access_point.set_wps(wps.clone());
            }
        }
    }
}

impl<R, G> fmt::Debug for RouterDevice<R, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouterDevice")
            .field("unit", &self.unit)
            .field("power", &self.power)
            .field("protection", &self.protection)
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}
