//! A printer in the home: the unit, its station, its host, its tray.

use super::client::Client;
use super::papers::{PaperContent, Tray};
use super::terms;
use crate::printer::{PrinterConfig, PrinterNews, PrinterOrder, PrinterUnit};
use crate::random::Random;
use crate::secret::SecretText;
use keyway_air::{Air, Position, Received};
use keyway_eap::{Config, Timestamp};
use keyway_home::{Cause, PrinterEvent, PrinterOutcome, Task};
use keyway_lan::ipp_printer::{IppEvent, PrinterIdentity};
use keyway_lan::{PrinterEvent as HostEvent, PrinterHost};
use keyway_wifi::Band;
use keyway_wifi::network::Wanted;
use keyway_wifi::station::{Event, StationConfig};
use std::sync::Arc;

/// A printer in the home.
pub(super) struct PrinterNode {
    pub(super) unit: PrinterUnit,
    pub(super) client: Client,
    pub(super) host: PrinterHost,
    pub(super) tray: Tray,
    pub(super) metres: u32,
    /// The direction in which it stands from the router, so that printers do not stand on one another.
    angle: f64,
    registration: Option<keyway_home::Printer>,
    /// It is on a network.
    pub(super) joined: bool,
    pub(super) printing: bool,
}

/// What surrounds a step of a node.
pub(super) struct Step<'a> {
    pub(super) air: &'a mut Air,
    pub(super) random: &'a mut Random,
    pub(super) now: Timestamp,
    pub(super) date: u64,
}

impl PrinterNode {
    pub(super) fn new(
        config: PrinterConfig,
        saved: &[(String, SecretText)],
        metres: u32,
        number: usize,
        seed: u64,
        now: Timestamp,
        air: &mut Air,
    ) -> PrinterNode {
        let mac = config.mac;
        let unit = PrinterUnit::new(config, saved, now);
        let device = unit.device();
        let station = StationConfig {
            mac,
            bands: vec![Band::Ghz2],
            probe: terms::probe_request(&device),
            protects_management: true,
        };
        let identity = PrinterIdentity {
            name: format!("{} ({})", unit.name(), unit.nickname()),
            make: "Keyway".to_owned(),
            model: unit.model_name().to_owned(),
            uuid: device.uuid,
            location: unit.name().to_owned(),
            color: true,
            duplex: false,
        };
        let host_name = format!("keyway-{}", unit.nickname()).to_lowercase();
        let host =
            PrinterHost::new(keyway_lan::printer::PrinterConfig { mac, host_name, identity, seed }, now);
        // The golden angle spreads any number of them.
        let angle = number as f64 * 2.399_963;
        let client = Client::new(station, mac, place(metres, angle), air);
        PrinterNode {
            unit,
            client,
            host,
            tray: Tray::default(),
            metres,
            angle,
            registration: None,
            joined: false,
            printing: false,
        }
    }

    pub(super) fn move_to(&mut self, metres: u32, air: &mut Air) {
        self.metres = metres;
        air.move_to(self.client.radio, place(metres, self.angle));
    }

    /// The plug is put in or pulled.
    pub(super) fn power(&mut self, on: bool, step: &mut Step<'_>) {
        if !on {
            self.leave(step);
            self.registration = None;
        }
        self.unit.power(on, step.now);
    }

    pub(super) fn receive(&mut self, received: &Received, now: Timestamp) {
        self.client.receive(received, now);
    }

    pub(super) fn handle_timeout(&mut self, step: &mut Step<'_>) {
        let Step { now, date, .. } = *step;
        self.client.handle_timeout(now, step.random);
        self.host.handle_timeout(now);
        if let Some(registration) = &mut self.registration {
            registration.handle_timeout(now, step.random);
        }
        self.unit.handle_timeout(now, date, step.random);
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let registration = self.registration.as_ref().and_then(keyway_home::Printer::poll_timeout);
        let others = [self.client.poll_timeout(), self.host.poll_timeout(), self.unit.poll_timeout()];
        others.into_iter().flatten().chain(registration).min()
    }

    /// Carries everything between its parts until nothing moves. True if a person could see a change.
    pub(super) fn run(&mut self, step: &mut Step<'_>) -> bool {
        let mut seen = false;
        loop {
            let mut moved = self.client.carry(step.air, step.now, step.random);
            while let Some(event) = self.client.station.poll_event() {
                self.station_event(event, step);
                (moved, seen) = (true, true);
            }
            moved |= self.carry_data(step);
            while let Some(event) = self.host.poll_event() {
                self.host_event(event, step);
                (moved, seen) = (true, true);
            }
            if self.carry_registration(step) {
                (moved, seen) = (true, true);
            }
            while let Some(order) = self.unit.poll_order() {
                self.obey(order, step);
                (moved, seen) = (true, true);
            }
            if !moved {
                return seen;
            }
        }
    }

    fn hear(&mut self, news: PrinterNews, step: &mut Step<'_>) {
        self.unit.hear(news, step.now, step.date, step.random);
    }

    fn station_event(&mut self, event: Event, step: &mut Step<'_>) {
        match event {
            Event::Scanned(results) => self.hear(PrinterNews::Networks(terms::summaries(&results)), step),
            Event::NotFound(why) if self.registration.is_some() => {
                self.hear(PrinterNews::NotFound(terms::no_choice(why)), step);
            }
            Event::NotFound(why) => self.hear(PrinterNews::JoinFailed(terms::no_choice(why)), step),
            Event::Chose(chosen) => {
                let ssid = chosen.network.ssid.map(|ssid| ssid.to_text().into_owned()).unwrap_or_default();
                self.hear(PrinterNews::Chose { ssid, signal: chosen.network.signal }, step);
            }
            Event::Associated(_) => {
                if let Some(registration) = &mut self.registration {
                    registration.link_up(step.now);
                }
            }
            Event::Eapol { source, frame } => {
                if let Some(registration) = &mut self.registration {
                    registration.handle_frame(source, &frame, step.now, step.random);
                }
            }
            Event::Unassociated => {
                if let Some(registration) = &mut self.registration {
                    registration.link_down(step.now, step.random);
                }
            }
            Event::Joining(_) => self.hear(PrinterNews::Joining, step),
            Event::Joined(network) => {
                self.joined = true;
                self.host.link_up(step.now);
                let Some(ssid) = network.ssid else { return };
                let news = PrinterNews::Joined {
                    ssid,
                    bssid: network.bssid,
                    channel: network.channel.number(),
                    signal: network.signal,
                    security: network.security_words().to_owned(),
                };
                self.hear(news, step);
            }
            Event::JoinFailed(failure) => {
                self.hear(PrinterNews::JoinFailed(terms::join_failure(failure)), step);
            }
            Event::Lost(_) => {
                self.joined = false;
                self.host.link_down(step.now);
                self.hear(PrinterNews::Lost, step);
            }
        }
    }

    /// Frames between the host and the radio.
    fn carry_data(&mut self, step: &mut Step<'_>) -> bool {
        let mut moved = false;
        while let Some(frame) = self.client.mac.poll_ethernet() {
            self.host.handle_ethernet(&frame, step.now);
            moved = true;
        }
        while let Some(frame) = self.host.poll_transmit() {
            self.client.mac.send_ethernet(&frame, step.now);
            moved = true;
        }
        moved
    }

    fn host_event(&mut self, event: HostEvent, step: &mut Step<'_>) {
        match event {
            HostEvent::Address(address) => {
                let news = PrinterNews::Address {
                    address: address.address,
                    prefix: address.prefix,
                    gateway: address.gateway,
                    dns: address.dns.first().copied(),
                };
                self.hear(news, step);
            }
            HostEvent::NoAddress => self.hear(PrinterNews::NoAddress(Cause::NoAddress), step),
            HostEvent::AddressConflict { .. } => {
                self.hear(PrinterNews::NoAddress(Cause::AddressConflict), step);
            }
            HostEvent::Announced { .. } => self.hear(PrinterNews::Announced, step),
            HostEvent::Ipp(IppEvent::Printing { .. }) => self.printing = true,
            HostEvent::Ipp(IppEvent::Job(job)) => {
                self.printing = false;
                let title = if job.name.is_empty() { format!("Job {}", job.id) } else { job.name };
                let content = PaperContent::Job { format: job.format, bytes: Arc::from(job.bytes) };
                self.tray.put(title.clone(), step.date, content);
                self.hear(PrinterNews::JobPrinted { name: title }, step);
            }
            HostEvent::Ipp(IppEvent::Canceled { .. }) => self.printing = false,
            HostEvent::AskingForAddress | HostEvent::LinkLost | HostEvent::Ipp(IppEvent::Identify) => {}
        }
    }

    /// EAPOL frames out, and what came of the registration.
    fn carry_registration(&mut self, step: &mut Step<'_>) -> bool {
        let Some(registration) = &mut self.registration else { return false };
        let mut moved = false;
        while let Some(transmit) = registration.poll_transmit() {
            self.client.station.send_eapol(transmit.frame);
            moved = true;
        }
        let mut ended = None;
        let mut told = Vec::new();
        while let Some(event) = registration.poll_event() {
            if let PrinterEvent::Ended(outcome) = &event {
                ended = Some(matches!(outcome, PrinterOutcome::Success(_)));
            }
            told.push(event);
        }
        moved |= !told.is_empty();
        match ended {
            Some(true) => self.registration = None,
            Some(false) => {
                self.registration = None;
                // The last word still goes out on the association.
                self.client.carry(step.air, step.now, step.random);
                self.client.station.stop(step.now);
            }
            None => {}
        }
        for event in told {
            self.hear(PrinterNews::Registration(Box::new(event)), step);
        }
        moved
    }

    fn obey(&mut self, order: PrinterOrder, step: &mut Step<'_>) {
        match order {
            PrinterOrder::Scan => self.client.station.scan(step.now),
            PrinterOrder::Register { task, until } => {
                self.leave(step);
                let wanted = match &task {
                    Task::Pin(_) => Wanted::Pin,
                    Task::Button => Wanted::Button,
                    Task::ReadRouter(_) | Task::ConfigureRouter(..) => Wanted::RouterPin(None),
                };
                let device = self.unit.device();
                let printer = keyway_home::Printer::new(device, task, Config::default(), step.now, until);
                self.registration = Some(printer.without_link());
                self.client.station.register(wanted, step.now);
            }
            PrinterOrder::CancelRegistration => {
                if let Some(mut registration) = self.registration.take() {
                    registration.abandon(keyway_wsc::session::Failure::Cancelled, step.now, step.random);
                    while let Some(transmit) = registration.poll_transmit() {
                        self.client.station.send_eapol(transmit.frame);
                    }
                    self.client.carry(step.air, step.now, step.random);
                    self.client.station.stop(step.now);
                }
            }
            PrinterOrder::Join(credential) => {
                self.lose_link(step);
                match &credential.key {
                    Some(key) => self.client.station.join(credential.ssid, key, step.now),
                    None => self.hear(PrinterNews::JoinFailed(Cause::SecurityUnsupported), step),
                }
            }
            PrinterOrder::Leave | PrinterOrder::Radio(false) => {
                self.registration = None;
                self.leave(step);
            }
            PrinterOrder::Radio(true) => {}
            PrinterOrder::Print(page) => {
                let content = PaperContent::Configuration(page);
                self.tray.put("Network configuration page".to_owned(), step.date, content);
            }
        }
    }

    /// Leaves the network: says good-bye there, then to the access point.
    fn leave(&mut self, step: &mut Step<'_>) {
        if self.joined {
            self.host.leave(step.now);
            self.carry_data(step);
            self.client.carry(step.air, step.now, step.random);
        }
        self.lose_link(step);
        self.client.station.stop(step.now);
        self.client.carry(step.air, step.now, step.random);
    }

    fn lose_link(&mut self, step: &Step<'_>) {
        if std::mem::take(&mut self.joined) {
            self.host.link_down(step.now);
        }
    }
}

fn place(metres: u32, angle: f64) -> Position {
    let metres = f64::from(metres);
    Position::new(metres * angle.cos(), metres * angle.sin())
}
