//! All of them on one simulated radio.
//!
//! [`Home`] is the whole: the radio, a router, printers and a computer, each with its own state machines. Its owner
//! brings it what people do ([`Home::perform`]) and the time ([`Home::handle_timeout`]), looks at it
//! ([`Home::view`]), and keeps what must last ([`Home::poll_change`]). It runs as fast as it is called: in real time for
//! pages, as fast as it can be computed for plays and tests.
//!
//! ```
//! use keyway_devices::durable::Saved;
//! use keyway_devices::home::{Home, HomeConfig};
//! use keyway_devices::Random;
//! use keyway_eap::Timestamp;
//!
//! let mut now = Timestamp::ZERO;
//! let mut home = Home::new(HomeConfig::demo(1, 0), Saved::default(), Random::seeded(1), now);
//! // Ten events of the home: beacons, probes, the computer joining.
//! for _ in 0..10 {
//!     now = home.poll_timeout().unwrap();
//!     home.handle_timeout(now);
//! }
//! assert_eq!(home.view(now).printers.len(), 4);
//! ```

mod computer;
mod config;
mod papers;
mod people;
mod places;
mod printer;
mod radio;
mod router;
mod schedule;
#[cfg(test)]
mod tests;
mod views;

pub use config::{HomeConfig, PrinterPlace, TestPageWords};
pub use papers::{Paper, PaperContent};

use crate::durable::{Change, Saved};
use crate::printer::{ConfigurationData, PrinterConfig};
use crate::random::Random;
use crate::router::RouterUnit;
use crate::secret::SecretText;
use crate::view::{HomeView, Model, RouterAdminView};
use computer::ComputerNode;
use config::address;
use keyway_air::{Air, AirConfig, AirEvent, Capture, RadioId, Tap};
use keyway_eap::Timestamp;
use keyway_wsc::session::Device;
use keyway_wsc::{ConfigMethods, DeviceDescription, DeviceType, NetworkKey, Passphrase};
use printer::{PrinterNode, Step};
use router::RouterNode;
use schedule::Schedule;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// A home.
pub struct Home {
    config: HomeConfig,
    air: Air,
    random: Random,
    schedule: Schedule<Party>,
    parties: BTreeMap<RadioId, Party>,
    router: RouterNode,
    printers: Vec<PrinterNode>,
    computer: Option<ComputerNode>,
    /// Somebody waits for what the ear hears.
    waits: Waits,
    capture: Option<Capture>,
    captured: VecDeque<Vec<u8>>,
    changes: VecDeque<Change>,
    revision: u64,
    now: Timestamp,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Party {
    Router(usize),
    Printer(usize),
    Computer,
}

/// Who waits for what the ear hears.
#[derive(Clone, Copy, Debug, Default)]
struct Waits {
    networks: bool,
    computer_verdict: bool,
    router_verdict: bool,
}

impl Home {
    /// A home with what was kept of it, at the moment `now`.
    pub fn new(config: HomeConfig, saved: Saved, mut random: Random, now: Timestamp) -> Home {
        let mut air =
            Air::new(AirConfig { collisions: config.collisions, ..AirConfig::with_seed(config.seed) });
        let capture = config.capture.then(|| Capture::new(Duration::from_millis(config.date)));
        if config.capture {
            air.set_tap(Some(Tap { acknowledgements: true, ..Tap::default() }));
        }
        let Saved { values, ledger, devices } = saved;
        let places = places::of(&config, &values);
        let of = |owner: &str| -> Vec<(String, SecretText)> {
            let own = values.iter().filter(|(known, _, _)| known == owner);
            own.map(|(_, key, value)| (key.clone(), value.clone())).collect()
        };
        let router_config = people::router_config(config.seed, config.ssid);
        let unit = RouterUnit::new(router_config, &of("router"), ledger, devices, now, &mut random);
        let guest_key = guest_key(&mut random).filter(|_| config.guest_network);
        let router = RouterNode::new(unit, config.seed, guest_key, &mut air, now);
        let mut home = Home {
            air,
            random,
            schedule: Schedule::default(),
            parties: BTreeMap::new(),
            router,
            printers: Vec::new(),
            computer: None,
            waits: Waits::default(),
            captured: capture.iter().map(Capture::header).collect(),
            capture,
            changes: VecDeque::new(),
            revision: 1,
            now,
            config,
        };
        let cells = home.router.radios().enumerate();
        home.parties.extend(cells.map(|(number, radio)| (radio, Party::Router(number))));
        for place in places {
            let saved = of(&format!("printer-{}", place.id));
            home.add_printer(&place, &saved);
        }
        if home.config.computer {
            home.add_computer();
        }
        home.touch(Party::Router(0));
        home.settle();
        home
    }

    fn add_printer(&mut self, place: &PrinterPlace, saved: &[(String, SecretText)]) {
        let number = self.printers.len();
        let seed = self.config.seed;
        let mac = address(seed, 2, u16::try_from(number).unwrap_or(u16::MAX));
        let config = PrinterConfig {
            id: place.id.clone(),
            name: place.name.clone(),
            model: place.model,
            mac,
            serial: people::serial(mac),
            label_pin: (place.model == Model::Label).then(|| config::label_pin(mac, seed)).flatten(),
        };
        let seed = seed.wrapping_add(1000 + number as u64);
        let node = PrinterNode::new(config, saved, place.metres, number, seed, self.now, &mut self.air);
        self.parties.insert(node.device.radio().id, Party::Printer(number));
        self.printers.push(node);
        self.touch(Party::Printer(number));
    }

    fn add_computer(&mut self) {
        let seed = self.config.seed;
        let description = DeviceDescription {
            manufacturer: "Keyway".into(),
            model_name: "Computer".into(),
            model_number: "1".into(),
            serial_number: "1".into(),
            device_type: DeviceType::COMPUTER,
            device_name: "Computer".into(),
        };
        let device = Device::new(address(seed, 3, 0), description, ConfigMethods::NONE);
        let node =
            ComputerNode::new(&device, address(seed, 3, 1), seed.wrapping_add(3), self.now, &mut self.air);
        self.parties.insert(node.client.radio.id, Party::Computer);
        self.parties.insert(node.ear.radio.id, Party::Computer);
        self.computer = Some(node);
        self.router.network_changed = true;
    }

    /// Does what is due up to `now`, event by event.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        while let Some(at) = self.poll_timeout().filter(|at| *at <= now) {
            self.now = self.now.max(at);
            self.air.handle_timeout(self.now);
            self.drain_air();
            while let Some(party) = self.schedule.take_due(self.now) {
                self.time_for(party);
                self.drain_air();
            }
            self.settle();
        }
        self.now = self.now.max(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        [self.air.poll_timeout(), self.schedule.next()].into_iter().flatten().min()
    }

    /// The next change of what must last. Take them all after each action, and keep them before it is acknowledged.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// The next octets of the capture, when the home captures.
    pub fn poll_capture(&mut self) -> Option<Vec<u8>> {
        self.captured.pop_front()
    }

    /// Grows whenever a person could see a change; a countdown alone is none.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What anybody sees.
    pub fn view(&self, now: Timestamp) -> HomeView {
        views::home(self, now.max(self.now))
    }

    /// What the router's owner sees.
    pub fn admin_view(&self, now: Timestamp) -> RouterAdminView {
        let now = now.max(self.now);
        self.router.device.unit().admin_view(now, self.date(now))
    }

    /// A sheet in a printer's tray.
    pub fn paper(&self, printer: &str, number: u32) -> Option<&Paper> {
        self.printers.iter().find(|node| node.device.unit().id() == printer)?.tray.find(number)
    }

    /// A printer's network configuration page, as it would be printed now.
    pub fn configuration(&self, printer: &str, now: Timestamp) -> Option<ConfigurationData> {
        let node = self.printers.iter().find(|node| node.device.unit().id() == printer)?;
        let now = now.max(self.now);
        Some(node.device.unit().configuration(now, self.date(now), node.metres))
    }

    /// The answer of a printer to an IPP request that came to `uri` on the host; `None` when there is no such printer, or
    /// it has no address.
    pub fn ipp(&mut self, printer: &str, request: &[u8], uri: &str, now: Timestamp) -> Option<Vec<u8>> {
        self.handle_timeout(now);
        let number = self.printers.iter().position(|node| node.device.unit().id() == printer)?;
        let host = self.printers[number].device.host_mut();
        host.address()?;
        let answer = host.respond(request, uri, now);
        self.touch(Party::Printer(number));
        self.settle();
        Some(answer)
    }

    /// The date at `now`: milliseconds since 1970, UTC.
    fn date(&self, now: Timestamp) -> u64 {
        let passed = now.saturating_since(Timestamp::ZERO).as_millis();
        self.config.date.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    /// Hands out what was heard on the air.
    fn drain_air(&mut self) {
        loop {
            let mut touched = Vec::new();
            while let Some(event) = self.air.poll_event() {
                let id = match &event {
                    AirEvent::Received(received) => received.radio,
                    AirEvent::Sent { radio, .. } => *radio,
                };
                let Some(party) = self.parties.get(&id).copied() else { continue };
                let now = self.now;
                match party {
                    Party::Router(cell) => {
                        self.router.radio(cell).into_iter().for_each(|radio| radio.hear(&event, now))
                    }
                    Party::Printer(number) => self.printers[number].device.radio_mut().hear(&event, now),
                    Party::Computer => {
                        self.computer.iter_mut().for_each(|computer| computer.radio(id).hear(&event, now));
                    }
                }
                let party = if let Party::Router(_) = party { Party::Router(0) } else { party };
                if !touched.contains(&party) {
                    touched.push(party);
                }
            }
            if touched.is_empty() {
                break;
            }
            for party in touched {
                self.touch(party);
            }
        }
        if let Some(capture) = &self.capture {
            while let Some(tapped) = self.air.poll_tap() {
                self.captured.push_back(capture.packet(&tapped));
            }
        }
    }

    /// A party's deadline has come.
    fn time_for(&mut self, party: Party) {
        let date = self.date(self.now);
        let mut step = Step { air: &mut self.air, random: &mut self.random, now: self.now, date };
        match party {
            Party::Router(_) => self.router.device.handle_timeout(step.now, date, step.random),
            Party::Printer(number) => {
                self.printers[number].device.handle_timeout(step.now, date, step.random);
            }
            Party::Computer => {
                if let Some(computer) = &mut self.computer {
                    computer.handle_timeout(&mut step);
                }
            }
        }
        self.touch(party);
    }

    /// Lets a party carry what moves inside it, and notes when it wants to be called again.
    fn touch(&mut self, party: Party) {
        let date = self.date(self.now);
        let mut step = Step { air: &mut self.air, random: &mut self.random, now: self.now, date };
        let (seen, deadline) = match party {
            Party::Router(_) => {
                let seen = self.router.run(&mut step);
                self.changes.extend(std::iter::from_fn(|| self.router.device.poll_change()));
                (seen, self.router.device.poll_timeout())
            }
            Party::Printer(number) => {
                let node = &mut self.printers[number];
                let seen = node.run(&mut step);
                self.changes.extend(std::iter::from_fn(|| node.device.poll_change()));
                (seen, node.device.poll_timeout())
            }
            Party::Computer => match &mut self.computer {
                Some(computer) => (computer.run(&mut step), computer.poll_timeout()),
                None => (false, None),
            },
        };
        self.revision += u64::from(seen);
        let party = if let Party::Router(_) = party { Party::Router(0) } else { party };
        self.schedule.set(party, deadline);
    }
}

impl std::fmt::Debug for Home {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Home({} printers, {:?})", self.printers.len(), self.now)
    }
}

/// The key of the guest network: sixteen letters, new at each start.
fn guest_key(random: &mut Random) -> Option<NetworkKey> {
    let mut octets = [0; 16];
    random.fill(&mut octets).ok()?;
    let letters: Vec<u8> = octets.iter().map(|octet| b'a' + octet % 26).collect();
    Passphrase::new(&letters).ok().map(NetworkKey::Passphrase)
}
