//! A printer with its radio and its host: what happens between them.

use super::boundary::{ConfigurationData, PrinterNews, PrinterOrder};
use super::network::PrinterNetwork;
use super::unit::PrinterUnit;
use crate::action::{PrinterAction, Refusal};
use crate::client::Client;
use crate::durable::Change;
use crate::random::Random;
use crate::tap::Tap;
use crate::terms;
use core::time::Duration;
use keyway_eap::{Config, Timestamp};
use keyway_home::{Cause, PrinterEvent, PrinterOutcome, Task};
use keyway_lan::PrinterEvent as HostEvent;
use keyway_lan::ipp_printer::IppEvent;
use keyway_wifi::Band;
use keyway_wifi::driver::StationRadio;
use keyway_wifi::network::Wanted;
use keyway_wifi::station::{Event, Station, StationConfig};
use keyway_wsc::Credential;
use keyway_wsc::session::Failure;
use std::collections::VecDeque;
use std::fmt;

/// How a printer uses its radio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterDeviceConfig {
    /// The bands of its radio, those to look at first in front; at least one.
    pub bands: Vec<Band>,
    /// Whether it can protect management frames.
    pub protects_management: bool,
    /// How it speaks EAP.
    pub eap: Config,
    /// Who joins the network once its settings are there.
    pub joining: Joining,
}

/// Who joins a network whose settings a printer has received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Joining {
    /// The printer's own station.
    #[default]
    Itself,
    /// Somebody else on this machine, who is given them: [`PrinterOutput::Join`].
    Another,
}

impl Default for PrinterDeviceConfig {
    /// 2.4 GHz, as most printers; it can protect management frames.
    fn default() -> Self {
        PrinterDeviceConfig {
            bands: vec![Band::Ghz2],
            protects_management: true,
            eap: Config::default(),
            joining: Joining::Itself,
        }
    }
}

/// What comes out of a printer.
#[derive(Clone, PartialEq, Eq)]
pub enum PrinterOutput {
    /// The settings of a network that somebody else is to join ([`Joining::Another`]).
    Join(Box<Credential>),
    /// A network configuration page.
    Configuration(Box<ConfigurationData>),
    /// A document that came over the network.
    Job {
        /// Its name; `Job` and a number for one without.
        name: String,
        /// Its media type.
        format: String,
        /// Its octets.
        bytes: Vec<u8>,
    },
}

/// A printer as a whole, on any radio and any host: what a person meets ([`PrinterUnit`]), its station, the registration
/// that runs, its host.
///
/// Bring it what a person does and the time; its radio and its host hear from their own media by way of
/// [`radio_mut`](Self::radio_mut) and [`host_mut`](Self::host_mut). After each of these, call [`run`](Self::run), then poll
/// [`poll_output`](Self::poll_output) and [`poll_change`](Self::poll_change) until they are empty. `date` is always in
/// milliseconds since 1970, UTC.
pub struct PrinterDevice<R, N> {
    unit: PrinterUnit,
    client: Client<R>,
    host: N,
    eap: Config,
    joining: Joining,
    registration: Option<keyway_home::Printer>,
    /// It is on a network.
    joined: bool,
    printing: bool,
    outputs: VecDeque<PrinterOutput>,
    tap: Tap<PrinterNews>,
}

/// How long an access point is left in peace after a PIN was used up there: a person reads the next one, goes to the router
/// and enters it.
const ENTERING: Duration = Duration::from_secs(30);

/// What surrounds a step.
struct Step<'a> {
    now: Timestamp,
    date: u64,
    random: &'a mut Random,
}

impl<R: StationRadio, N: PrinterNetwork> PrinterDevice<R, N> {
    /// A printer on this radio, whose address is the unit's, and with this host, which has no link yet. It does nothing
    /// until the first [`run`](Self::run).
    pub fn new(unit: PrinterUnit, config: PrinterDeviceConfig, radio: R, host: N) -> PrinterDevice<R, N> {
        let PrinterDeviceConfig { bands, protects_management, eap, joining } = config;
        let probe = terms::probe_request(&unit.device());
        let station = StationConfig { mac: unit.mac(), bands, probe, protects_management };
        PrinterDevice {
            client: Client::new(station, radio),
            unit,
            host,
            eap,
            joining,
            registration: None,
            joined: false,
            printing: false,
            outputs: VecDeque::new(),
            tap: Tap::default(),
        }
    }

    /// Takes what a person does.
    ///
    /// # Errors
    /// [`Refusal`] as of [`PrinterUnit::perform`].
    pub fn perform(
        &mut self,
        action: PrinterAction,
        now: Timestamp,
        date: u64,
        random: &mut Random,
    ) -> Result<(), Refusal> {
        self.unit.perform(action, now, date, random)
    }

    /// The plug is put in or pulled. Before it is without power it leaves its network, as it does when somebody switches it
    /// off: a program that ends does this too.
    pub fn power(&mut self, on: bool, now: Timestamp, date: u64, random: &mut Random) {
        if !on {
            self.leave(&mut Step { now, date, random });
            self.registration = None;
        }
        self.unit.power(on, now);
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp, date: u64, random: &mut Random) {
        self.client.handle_timeout(now, random);
        self.host.handle_timeout(now);
        if let Some(registration) = &mut self.registration {
            registration.handle_timeout(now, random);
        }
        self.unit.handle_timeout(now, date, random);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let registration = self.registration.as_ref().and_then(keyway_home::Printer::poll_timeout);
        let others = [self.client.poll_timeout(), self.host.poll_timeout(), self.unit.poll_timeout()];
        others.into_iter().flatten().chain(registration).min()
    }

    /// Carries everything between its parts until nothing moves. True if a person could see a change.
    pub fn run(&mut self, now: Timestamp, date: u64, random: &mut Random) -> bool {
        let step = &mut Step { now, date, random };
        let mut seen = false;
        loop {
            let mut moved = self.client.carry(step.now, step.random);
            while let Some(event) = self.client.station.poll_event() {
                self.station_event(event, step);
                (moved, seen) = (true, true);
            }
            moved |= self.carry_data(step.now);
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

    /// What comes out of it next.
    pub fn poll_output(&mut self) -> Option<PrinterOutput> {
        self.outputs.pop_front()
    }

    /// What it wants next to be kept, under the owner `printer-` and its identifier.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.unit.poll_change()
    }

    /// From now on [`poll_news`](Self::poll_news) gives what the unit hears: the story of a registration. Whoever does not
    /// ask loses the oldest of more than a thousand.
    pub fn follow(&mut self) {
        self.tap.follow();
    }

    /// What the unit heard, oldest first; nothing before [`follow`](Self::follow).
    pub fn poll_news(&mut self) -> Option<PrinterNews> {
        self.tap.poll()
    }

    /// What a person meets.
    pub fn unit(&self) -> &PrinterUnit {
        &self.unit
    }

    /// What a person meets, to change it.
    pub fn unit_mut(&mut self) -> &mut PrinterUnit {
        &mut self.unit
    }

    /// The station.
    pub fn station(&self) -> &Station {
        &self.client.station
    }

    /// The radio.
    pub fn radio(&self) -> &R {
        &self.client.radio
    }

    /// The radio, to bring it what its medium has.
    pub fn radio_mut(&mut self) -> &mut R {
        &mut self.client.radio
    }

    /// The host.
    pub fn host(&self) -> &N {
        &self.host
    }

    /// The host, to bring it what its network has.
    pub fn host_mut(&mut self) -> &mut N {
        &mut self.host
    }

    /// Whether a document comes in at this moment.
    pub fn is_printing(&self) -> bool {
        self.printing
    }

    fn hear(&mut self, news: PrinterNews, step: &mut Step<'_>) {
        self.tap.pass(&news);
        self.unit.hear(news, step.now, step.date, step.random);
    }

    fn station_event(&mut self, event: Event, step: &mut Step<'_>) {
        match event {
            Event::Scanned { results, .. } => {
                self.hear(PrinterNews::Networks(terms::summaries(&results)), step);
            }
            // A radio that fails says so to its owner, and why.
            Event::CannotScan => {}
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
    fn carry_data(&mut self, now: Timestamp) -> bool {
        let mut moved = false;
        while let Some(frame) = self.client.radio.poll_ethernet() {
            self.host.handle_ethernet(&frame, now);
            moved = true;
        }
        while let Some(frame) = self.host.poll_transmit() {
            self.client.radio.send_ethernet(&frame, now);
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
                let name = if job.name.is_empty() { format!("Job {}", job.id) } else { job.name };
                self.hear(PrinterNews::JobPrinted { name: name.clone() }, step);
                self.outputs.push_back(PrinterOutput::Job { name, format: job.format, bytes: job.bytes });
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
                if let PrinterOutcome::Failure(Cause::Failure(_)) = outcome {
                    self.client.station.spare(ENTERING, step.now);
                }
                ended = Some(matches!(outcome, PrinterOutcome::Success(_)));
            }
            told.push(event);
        }
        moved |= !told.is_empty();
        match ended {
            Some(true) => self.registration = None,
            Some(false) => {
                self.registration = None;
                // Its last word goes out before: a radio does one command after the other.
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
                let (device, eap) = (self.unit.device(), self.eap);
                let printer = keyway_home::Printer::new(device, task, eap, step.now, until);
                self.registration = Some(printer.without_link());
                self.client.station.register(wanted, step.now);
            }
            PrinterOrder::CancelRegistration => {
                if let Some(mut registration) = self.registration.take() {
                    registration.abandon(Failure::Cancelled, step.now, step.random);
                    while let Some(transmit) = registration.poll_transmit() {
                        self.client.station.send_eapol(transmit.frame);
                    }
                    self.client.station.stop(step.now);
                }
            }
            PrinterOrder::Join(credential) if self.joining == Joining::Another => {
                self.leave(step);
                self.outputs.push_back(PrinterOutput::Join(credential));
            }
            PrinterOrder::Join(credential) => {
                self.lose_link(step.now);
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
            PrinterOrder::Print(page) => self.outputs.push_back(PrinterOutput::Configuration(page)),
        }
    }

    /// Leaves the network: says good-bye there, then to the access point.
    fn leave(&mut self, step: &mut Step<'_>) {
        if self.joined {
            self.host.leave(step.now);
            self.carry_data(step.now);
        }
        self.lose_link(step.now);
        self.client.station.stop(step.now);
        self.client.carry(step.now, step.random);
    }

    fn lose_link(&mut self, now: Timestamp) {
        if std::mem::take(&mut self.joined) {
            self.host.link_down(now);
        }
    }
}

impl<R, N> fmt::Debug for PrinterDevice<R, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrinterDevice")
            .field("unit", &self.unit)
            .field("joined", &self.joined)
            .field("registers", &self.registration.is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PrinterOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PrinterOutput::Join(_) => f.write_str("Join"),
            PrinterOutput::Configuration(_) => f.write_str("Configuration"),
            PrinterOutput::Job { name, format, bytes } => {
                write!(f, "Job({name:?}, {format}, {} octets)", bytes.len())
            }
        }
    }
}
