//! A router and a printer whose radios hear each other at once and without loss.

use keyway_devices::action::{PrinterAction, RouterAction};
use keyway_devices::printer::{
    PrinterConfig, PrinterDevice, PrinterDeviceConfig, PrinterNetwork, PrinterNews, PrinterUnit,
};
use keyway_devices::router::{
    CellConfig, CellNetwork, ManagementProtection, RouterChannels, RouterDevice, RouterUnit, RouterUnitConfig,
};
use keyway_devices::session::Method;
use keyway_devices::view::{Display, Model, PrinterView};
use keyway_devices::{Random, SecretText};
use keyway_eap::Timestamp;
use keyway_lan::GatewayHost;
use keyway_lan::gateway::GatewayConfig;
use keyway_wifi::Channel;
use keyway_wifi::driver::{StationCommand, StationEvent, StationRadio};
use keyway_wifi::mac::{AccessPointMac, Reception, StationMac, Transmission};
use keyway_wsc::{DeviceDescription, DeviceType, MacAddr, Ssid};
use std::time::Duration;

pub(crate) const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
pub(crate) const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

/// A soft MAC that writes down what it is told, and takes out what it sends after each command.
pub(crate) struct Noting {
    mac: StationMac,
    sent: Vec<Transmission>,
    tuned: Option<Channel>,
    pub(crate) told: Vec<StationCommand>,
}

impl Noting {
    fn drain(&mut self) {
        if let Some(tune) = self.mac.poll_tune() {
            self.tuned = tune.channel();
        }
        self.sent.extend(std::iter::from_fn(|| self.mac.poll_transmit()));
    }
}

impl StationRadio for Noting {
    fn handle_command(&mut self, command: StationCommand, now: Timestamp) {
        self.told.push(command.clone());
        self.mac.handle_command(command, now);
        self.drain();
    }
    fn poll_event(&mut self) -> Option<StationEvent> {
        self.mac.poll_event()
    }
    fn send_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        self.mac.send_ethernet(frame, now);
    }
    fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
        self.mac.poll_ethernet()
    }
    fn handle_timeout(&mut self, now: Timestamp) {
        self.mac.handle_timeout(now);
    }
    fn poll_timeout(&self) -> Option<Timestamp> {
        self.mac.poll_timeout()
    }
}

pub(crate) struct Bench<N> {
    pub(crate) router: RouterDevice<AccessPointMac, GatewayHost>,
    pub(crate) printer: PrinterDevice<Noting, N>,
    pub(crate) random: Random,
    pub(crate) now: Timestamp,
    pub(crate) news: Vec<PrinterNews>,
}

/// What a router with one radio on this channel is.
pub(crate) fn router_unit(channel: Channel) -> RouterUnitConfig {
    let number = channel.number();
    RouterUnitConfig {
        name: "Router".to_owned(),
        mac: ROUTER,
        description: DeviceDescription {
            manufacturer: "Keyway".into(),
            model_name: "Router".into(),
            model_number: "1".into(),
            serial_number: "1".into(),
            device_type: DeviceType::ROUTER,
            device_name: "Router".into(),
        },
        ssid: Ssid::new(b"Home").unwrap(),
        key: None,
        hidden: false,
        channels: if number <= 14 { RouterChannels::Ghz2(number) } else { RouterChannels::Ghz5(number) },
    }
}

impl<N: PrinterNetwork> Bench<N> {
    /// A router with one radio on this channel, whose WPS is on, and a printer that was never set up.
    pub(crate) fn new(
        channel: u8,
        protection: ManagementProtection,
        host: impl FnOnce(&PrinterUnit) -> N,
    ) -> Self {
        let (now, mut random) = (Timestamp::ZERO, Random::seeded(u64::from(channel)));
        let channel = Channel::new(channel).unwrap();
        let unit = RouterUnit::new(router_unit(channel), &[], Vec::new(), Vec::new(), now, &mut random);
        let cell =
            CellConfig { radio: AccessPointMac::new(), bssid: ROUTER, channel, network: CellNetwork::Home };
        let gateway = GatewayHost::new(GatewayConfig::home(ROUTER, 1), now);
        let router = RouterDevice::new(unit, vec![cell], gateway).with_protection(protection);
        let config = PrinterConfig {
            id: "study".to_owned(),
            name: "Study".to_owned(),
            model: Model::Touch,
            mac: PRINTER,
            serial: "1".to_owned(),
            label_pin: None,
        };
        let unit = PrinterUnit::new(config, &[], now);
        let host = host(&unit);
        let radio = Noting { mac: StationMac::new(PRINTER), sent: Vec::new(), tuned: None, told: Vec::new() };
        let bands = PrinterDeviceConfig { bands: vec![channel.band()], ..PrinterDeviceConfig::default() };
        let mut printer = PrinterDevice::new(unit, bands, radio, host);
        printer.follow();
        let mut bench = Bench { router, printer, random, now, news: Vec::new() };
        bench.at_router(RouterAction::Wps { on: true });
        bench
    }

    pub(crate) fn at_router(&mut self, action: RouterAction) {
        self.router.perform(action, self.now, 0, &mut self.random).unwrap();
        self.carry();
    }

    pub(crate) fn at_printer(&mut self, action: PrinterAction) {
        self.printer.perform(action, self.now, 0, &mut self.random).unwrap();
        self.carry();
    }

    /// The printer begins a set-up by PIN, and the router is told the PIN that it shows.
    pub(crate) fn register_by_pin(&mut self) {
        self.at_printer(PrinterAction::Start { method: Method::Pin, ssid: None, secret: None });
        let Display::Touch(screen) = self.view().panel.display else { panic!("no screen") };
        let pin = SecretText::new(screen.pin.unwrap().expose());
        let action = RouterAction::AddPin { pin, device: None };
        self.router.perform(action, self.now, 0, &mut self.random).unwrap();
    }

    pub(crate) fn view(&self) -> PrinterView {
        self.printer.unit().view(self.now, &Default::default())
    }

    /// Lets frames go to and fro and time pass until something is so.
    ///
    /// # Panics
    /// After two minutes in which it never was.
    pub(crate) fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = self.now + Duration::from_secs(120);
        while !is_so(self) {
            if self.round() {
                continue;
            }
            let due = self.router.poll_timeout().into_iter().chain(self.printer.poll_timeout()).min();
            self.now = due.unwrap().max(self.now);
            assert!(self.now < end, "{what}: {:?}", self.news);
            self.router.handle_timeout(self.now, 0, &mut self.random);
            self.printer.handle_timeout(self.now, 0, &mut self.random);
        }
    }

    /// Carries frames until nothing moves.
    pub(crate) fn carry(&mut self) {
        while self.round() {}
    }

    /// What each has to say, once.
    fn round(&mut self) -> bool {
        self.router.run(self.now, 0, &mut self.random);
        self.printer.run(self.now, 0, &mut self.random);
        self.news.extend(std::iter::from_fn(|| self.printer.poll_news()));
        self.printer.radio_mut().drain();
        self.frames_of_router() | self.frames_of_printer()
    }

    fn frames_of_router(&mut self) -> bool {
        let mut moved = false;
        let (radio, printer) = (self.router.cells_mut()[0].radio_mut(), self.printer.radio_mut());
        while let Some(sent) = radio.poll_transmit() {
            let heard = printer.tuned == Some(sent.channel);
            if heard {
                let frame = Reception { channel: sent.channel, signal: -40, frame: &sent.frame };
                printer.mac.handle_frame(frame, self.now);
            }
            if let Some(ticket) = sent.ticket {
                radio.handle_sent(ticket, heard, self.now);
            }
            moved = true;
        }
        moved
    }

    fn frames_of_printer(&mut self) -> bool {
        let (cell, printer) = (&mut self.router.cells_mut()[0], self.printer.radio_mut());
        let sent = std::mem::take(&mut printer.sent);
        for sent in &sent {
            let heard = cell.is_on() && cell.channel() == sent.channel;
            if heard {
                let frame = Reception { channel: sent.channel, signal: -40, frame: &sent.frame };
                cell.radio_mut().handle_frame(frame, self.now);
            }
            if let Some(ticket) = sent.ticket {
                printer.mac.handle_sent(ticket, heard, self.now);
            }
        }
        !sent.is_empty()
    }
}
