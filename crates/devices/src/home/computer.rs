//! The computer in the home: the unit, its station, its host, and an ear on the air.

use super::config::TestPageWords;
use super::printer::Step;
use super::radio::SimRadio;
use crate::client::Client;
use crate::computer::{Around, ComputerNews, ComputerOrder, ComputerUnit};
use crate::terms;
use crate::view::{AirVerdict, FoundPrinter};
use keyway_air::{Air, Position, RadioConfig, RadioId};
use keyway_eap::Timestamp;
use keyway_home::Cause;
use keyway_lan::computer::{ComputerConfig, Document, PrintFailure, PrinterService};
use keyway_lan::{ComputerEvent, ComputerHost};
use keyway_wifi::driver::{ScanRequest, StationCommand, StationEvent, StationRadio};
use keyway_wifi::element::Elements;
use keyway_wifi::mac::StationMac;
use keyway_wifi::network::ScanResults;
use keyway_wifi::station::{Event, StationConfig};
use keyway_wifi::{Band, Channel};
use keyway_wsc::session::Device;
use keyway_wsc::{MacAddr, NetworkKey, Ssid};
use std::time::Duration;

/// The computer in the home.
pub(super) struct ComputerNode {
    pub(super) unit: ComputerUnit,
    pub(super) client: Client<SimRadio<StationMac>>,
    pub(super) host: ComputerHost,
    pub(super) ear: Ear,
    news: Vec<ComputerNews>,
    /// Orders that concern more than the computer.
    pub(super) orders: Vec<ComputerOrder>,
    pub(super) name: String,
    ssid: Option<String>,
}

/// A second receiver that only listens and asks: networks in range, and whether WPS is off. A computer does this with
/// its one radio between other frames.
pub(super) struct Ear {
    pub(super) radio: SimRadio<StationMac>,
    results: ScanResults,
    listening: bool,
}

/// Where the computer stands, in metres from the router.
const PLACE: Position = Position::new(-5.0, -3.0);

impl ComputerNode {
    pub(super) fn new(
        device: &Device,
        ear: MacAddr,
        seed: u64,
        now: Timestamp,
        air: &mut Air,
    ) -> ComputerNode {
        let mac = device.mac;
        let station = StationConfig {
            mac,
            bands: vec![Band::Ghz5, Band::Ghz2],
            probe: terms::probe_request(device),
            protects_management: true,
        };
        let name = "Computer".to_owned();
        let host_name = "computer".to_owned();
        let config = ComputerConfig { mac, host_name, user: "me".to_owned(), seed };
        ComputerNode {
            unit: ComputerUnit::new(name.clone()),
            client: Client::new(
                station,
                SimRadio::new(StationMac::new(mac), RadioConfig::station(PLACE, mac), air),
            ),
            host: ComputerHost::new(config, now),
            ear: Ear::new(ear, air),
            news: Vec::new(),
            orders: Vec::new(),
            name,
            ssid: None,
        }
    }

    /// Joins a network whose key its owner knows.
    pub(super) fn join(&mut self, ssid: Ssid, key: &NetworkKey, step: &mut Step<'_>) {
        self.lost(step.now);
        self.client.station.join(ssid, key, step.now);
    }

    /// One of its two radios.
    pub(super) fn radio(&mut self, id: RadioId) -> &mut SimRadio<StationMac> {
        if id == self.ear.radio.id { &mut self.ear.radio } else { &mut self.client.radio }
    }

    pub(super) fn handle_timeout(&mut self, step: &mut Step<'_>) {
        self.client.handle_timeout(step.now, step.random);
        self.ear.radio.handle_timeout(step.now);
        self.host.handle_timeout(step.now);
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let all = [self.client.poll_timeout(), self.ear.radio.poll_timeout(), self.host.poll_timeout()];
        all.into_iter().flatten().min()
    }

    /// Carries everything between its parts until nothing moves; what the unit is to hear waits in
    /// [`poll_news`](Self::poll_news). True if a person could see a change.
    pub(super) fn run(&mut self, step: &mut Step<'_>) -> bool {
        let mut seen = false;
        loop {
            let mut moved = self.client.carry(step.now, step.random) | self.ear.carry(step.now);
            while let Some(event) = self.client.station.poll_event() {
                self.station_event(event, step);
                (moved, seen) = (true, true);
            }
            while let Some(frame) = self.client.radio.poll_ethernet() {
                self.host.handle_ethernet(&frame, step.now);
                moved = true;
            }
            while let Some(frame) = self.host.poll_transmit() {
                self.client.radio.send_ethernet(&frame, step.now);
                moved = true;
            }
            while let Some(event) = self.host.poll_event() {
                self.host_event(event);
                (moved, seen) = (true, true);
            }
            if !moved {
                break;
            }
        }
        self.client.radio.flush(step.air, step.now);
        self.ear.radio.flush(step.air, step.now);
        seen
    }

    /// What the unit is to hear next.
    pub(super) fn poll_news(&mut self) -> Option<ComputerNews> {
        if self.news.is_empty() { None } else { Some(self.news.remove(0)) }
    }

    pub(super) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// Something that the unit is to hear.
    pub(super) fn tell(&mut self, news: ComputerNews) {
        self.news.push(news);
    }

    /// Takes the unit's orders; those that concern others are kept for the home.
    pub(super) fn obey(
        &mut self,
        order: ComputerOrder,
        step: &mut Step<'_>,
        page: fn(&TestPageWords) -> (String, Vec<u8>),
    ) {
        match order {
            ComputerOrder::Vpn(on) => {
                self.host.set_tunnelled(on, step.now);
                if on {
                    let known = self.host.printers();
                    self.news.extend(known.iter().map(found).map(ComputerNews::Gone));
                }
            }
            ComputerOrder::Browse => self.host.browse(step.now),
            ComputerOrder::TestPage { address } => self.print(&address, step, page),
            ComputerOrder::Scan
            | ComputerOrder::VerifyOff
            | ComputerOrder::Guest(_)
            | ComputerOrder::AtPrinter { .. } => self.orders.push(order),
        }
    }

    fn print(&mut self, address: &str, step: &Step<'_>, page: fn(&TestPageWords) -> (String, Vec<u8>)) {
        let known = self.host.printers();
        let Some(service) = known.iter().find(|service| service.address.to_string() == address) else {
            self.news.push(ComputerNews::PrintFailed(Cause::Unreachable));
            return;
        };
        let words = TestPageWords {
            printer: service.instance.clone(),
            ssid: self.ssid.clone().unwrap_or_default(),
            address: address.to_owned(),
            computer: self.name.clone(),
            at: step.date,
        };
        let (format, bytes) = page(&words);
        self.host.print(service, Document { name: "Test page".to_owned(), format, bytes }, step.now);
    }

    fn lost(&mut self, now: Timestamp) {
        if self.ssid.take().is_some() {
            self.host.link_down(now);
            self.news.push(ComputerNews::Lost);
        }
    }

    fn station_event(&mut self, event: Event, step: &mut Step<'_>) {
        match event {
            Event::Joined(network) => {
                let ssid = network.ssid.map(|ssid| ssid.to_text().into_owned()).unwrap_or_default();
                self.ssid = Some(ssid.clone());
                self.host.link_up(step.now);
                let is_5_ghz = network.channel.band() == Band::Ghz5;
                self.news.push(ComputerNews::Joined { ssid, is_5_ghz });
            }
            Event::Lost(_) => self.lost(step.now),
            _ => {}
        }
    }

    fn host_event(&mut self, event: ComputerEvent) {
        self.news.push(match event {
            ComputerEvent::Address(address) => ComputerNews::Address(address.address.to_string()),
            ComputerEvent::Found(service) => ComputerNews::Found(found(&service)),
            ComputerEvent::Gone(service) => ComputerNews::Gone(found(&service)),
            ComputerEvent::Printed { .. } => ComputerNews::Printed,
            ComputerEvent::PrintFailed { reason, .. } => ComputerNews::PrintFailed(match reason {
                PrintFailure::NoAddress
                | PrintFailure::Unreachable
                | PrintFailure::Refused
                | PrintFailure::TimedOut => Cause::Unreachable,
                _ => Cause::PrintRefused,
            }),
            _ => return,
        });
    }
}

impl Ear {
    fn new(address: MacAddr, air: &mut Air) -> Ear {
        let radio = SimRadio::new(StationMac::new(address), RadioConfig::station(PLACE, address), air);
        Ear { radio, results: ScanResults::default(), listening: false }
    }

    /// Listens on every likely channel; [`take_results`](Self::take_results) has what was heard.
    pub(super) fn listen(&mut self, now: Timestamp) {
        if self.listening {
            return;
        }
        self.listening = true;
        self.results.clear();
        let request = ScanRequest {
            channels: Channel::LIKELY_2_GHZ.into_iter().chain(Channel::LIKELY_5_GHZ).collect(),
            dwell: Duration::from_millis(110),
            ssid: None,
            elements: Elements::new(),
        };
        self.radio.handle_command(StationCommand::Scan(Box::new(request)), now);
    }

    fn carry(&mut self, now: Timestamp) -> bool {
        let mut moved = false;
        while let Some(event) = self.radio.poll_event() {
            match event {
                StationEvent::Found(sighting) => self.results.take(&sighting, now),
                StationEvent::ScanDone(_) => self.listening = false,
                _ => {}
            }
            moved = true;
        }
        moved
    }

    /// What was heard, once listening is over.
    pub(super) fn take_results(&mut self) -> Option<ScanResults> {
        (!self.listening && !self.results.is_empty()).then(|| std::mem::take(&mut self.results))
    }

    pub(super) const fn is_listening(&self) -> bool {
        self.listening
    }
}

/// What the air says about the WPS of these access points.
pub(super) fn verdict(results: &ScanResults, own: &[MacAddr], date: u64) -> AirVerdict {
    let heard: Vec<_> = own.iter().filter_map(|bssid| results.find(*bssid)).collect();
    let with_wps = heard.iter().filter(|network| network.wps.is_some()).count();
    let channels: Vec<String> = heard.iter().map(|network| network.channel.to_string()).collect();
    let words = match (heard.len(), with_wps) {
        (0, _) => "The computer's radio does not hear the router.".to_owned(),
        (_, 0) => {
            format!("The computer's radio heard the router on channel {}: no WPS.", channels.join(" and "))
        }
        _ => {
            format!("The computer's radio heard the router on channel {}: WPS is on.", channels.join(" and "))
        }
    };
    AirVerdict { off: !heard.is_empty() && with_wps == 0, at: date, words }
}

fn found(service: &PrinterService) -> FoundPrinter {
    FoundPrinter { name: service.instance.clone(), address: service.address.to_string(), uri: service.uri() }
}

/// Lets the unit look around.
pub(super) fn around<'a>(
    printers: &'a [crate::view::PrinterView],
    router: &'a crate::view::RouterView,
    links: &'a [crate::view::LinkView],
) -> Around<'a> {
    Around { printers, router, links }
}
