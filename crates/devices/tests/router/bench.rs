//! A router on a bench: its orders are collected, what it wants to be kept is kept, printers talk to it over a link
//! without delay.

use keyway_devices::action::{Refusal, RouterAction};
use keyway_devices::durable::{Change, DeviceEntry, LedgerEntry};
use keyway_devices::router::{
    RouterChannels, RouterNews, RouterOrder, RouterUnit, RouterUnitConfig, WpsOnAir,
};
use keyway_devices::view::RouterAdminView;
use keyway_devices::{Random, SecretText};
use keyway_eap::{Config, Timestamp};
use keyway_home::{Printer, PrinterOutcome, Task};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{ProbeRequestElement, WpsElement};
use keyway_wsc::session::Device;
use keyway_wsc::{
    ConfigMethods, DeviceDescription, DevicePasswordId, DeviceType, MacAddr, Pin, RequestType, Ssid, Uuid,
};
use std::time::Duration;

/// The date at the start.
pub(crate) const DATE: u64 = 1_700_000_000_000;
/// The PIN of a printer.
pub(crate) const PIN: &str = "1234 5670";
/// Another PIN, whose first half differs.
pub(crate) const OTHER_PIN: &str = "0000 5678";
/// A PIN whose second half differs from [`PIN`].
pub(crate) const SECOND_HALF_DIFFERS: &str = "1234 0002";

pub(crate) fn mac(number: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 1, number])
}

pub(crate) fn pin(text: &str) -> Pin {
    text.parse().unwrap()
}

/// What is kept, as a store would have it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    pub(crate) values: Vec<(String, SecretText)>,
    pub(crate) ledger: Vec<LedgerEntry>,
    pub(crate) devices: Vec<DeviceEntry>,
}

impl Store {
    fn keep(&mut self, change: Change) {
        match change {
            Change::Set { owner, key, value } => {
                assert_eq!(owner, "router");
                serde_json::from_str::<serde_json::Value>(value.expose()).expect("a kept value is JSON");
                self.values.retain(|(k, _)| *k != key);
                self.values.push((key, value));
            }
            Change::Remove { owner, key } => {
                assert_eq!(owner, "router");
                self.values.retain(|(k, _)| *k != key);
            }
            Change::Ledger(entry) => self.ledger.push(entry),
            Change::Device(entry) => {
                self.devices.retain(|device| device.mac != entry.mac);
                self.devices.push(entry);
            }
            Change::RemoveDevice(mac) => self.devices.retain(|device| device.mac != mac),
        }
    }
}

pub(crate) struct Bench {
    pub(crate) unit: RouterUnit,
    pub(crate) now: Timestamp,
    pub(crate) random: Random,
    /// Orders that no test has taken yet, frames aside.
    pub(crate) orders: Vec<RouterOrder>,
    /// Frames that no printer has taken yet.
    frames: Vec<(MacAddr, Vec<u8>)>,
    /// What beacons say.
    pub(crate) on_air: WpsOnAir,
    /// Whether that was said since the network began.
    said: bool,
    pub(crate) store: Store,
    /// `Debug` of all changes.
    pub(crate) shown: String,
}

pub(crate) fn config() -> RouterUnitConfig {
    RouterUnitConfig {
        name: "Router".to_owned(),
        mac: MacAddr([2, 0, 0, 0, 0, 1]),
        description: description("Router", DeviceType::ROUTER),
        ssid: Ssid::new(b"Home").unwrap(),
        key: None,
        hidden: false,
        channels: RouterChannels::Both { ghz2: 6, ghz5: 36 },
    }
}

fn description(name: &str, device_type: DeviceType) -> DeviceDescription {
    DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Test".into(),
        model_number: "1".into(),
        serial_number: "1".into(),
        device_type,
        device_name: name.into(),
    }
}

impl Bench {
    /// A router that was never started.
    pub(crate) fn new() -> Bench {
        Bench::with(Store::default(), Random::seeded(7), Timestamp::ZERO)
    }

    /// One whose WPS is on.
    pub(crate) fn open() -> Bench {
        let mut bench = Bench::new();
        bench.act(RouterAction::Wps { on: true }).unwrap();
        bench.take_orders();
        bench
    }

    pub(crate) fn with(store: Store, random: Random, now: Timestamp) -> Bench {
        Bench::made_as(config(), store, random, now)
    }

    pub(crate) fn made_as(
        config: RouterUnitConfig,
        store: Store,
        mut random: Random,
        now: Timestamp,
    ) -> Bench {
        let Store { values, ledger, devices } = store.clone();
        let unit = RouterUnit::new(config, &values, ledger, devices, now, &mut random);
        let (orders, frames) = (Vec::new(), Vec::new());
        let (on_air, shown) = (WpsOnAir::default(), String::new());
        let mut bench = Bench { unit, now, random, orders, frames, on_air, said: false, store, shown };
        bench.collect();
        bench
    }

    /// The same router made anew from what was kept, as after a restart of the program.
    pub(crate) fn restart(self) -> Bench {
        Bench::with(self.store, Random::seeded(8), self.now)
    }

    pub(crate) fn date(&self) -> u64 {
        DATE + u64::try_from(self.now.since_epoch().as_millis()).unwrap()
    }

    pub(crate) fn act(&mut self, action: RouterAction) -> Result<(), Refusal> {
        let done = self.unit.perform(action, self.now, self.date(), &mut self.random);
        self.collect();
        done
    }

    /// The code of the refusal, or nothing.
    pub(crate) fn code(&mut self, action: RouterAction) -> String {
        match self.act(action) {
            Ok(()) => String::new(),
            Err(refusal) => {
                for sentence in [&refusal.what, &refusal.next] {
                    assert!(sentence.ends_with('.'), "{refusal:?}");
                }
                refusal.code
            }
        }
    }

    pub(crate) fn add_pin(&mut self, pin: &str, device: Option<MacAddr>) -> Result<(), Refusal> {
        let device = device.map(|mac| mac.to_string());
        self.act(RouterAction::AddPin { pin: SecretText::new(pin), device })
    }

    pub(crate) fn hear(&mut self, news: RouterNews) {
        self.unit.hear(news, self.now, self.date(), &mut self.random);
        self.collect();
    }

    pub(crate) fn power(&mut self, on: bool) {
        self.unit.power(on, self.now, self.date(), &mut self.random);
        self.collect();
    }

    /// Lets time pass, with everything that is due on the way.
    pub(crate) fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let due = self.unit.poll_timeout().unwrap_or(end).clamp(self.now, end);
            let (again, before) = (due == self.now && due < end, self.unit.poll_timeout());
            self.now = due;
            self.unit.handle_timeout(self.now, self.date(), &mut self.random);
            self.collect();
            assert!(!again || self.unit.poll_timeout() != before, "it is due for ever: {before:?}");
            if due == end {
                return;
            }
        }
    }

    pub(crate) fn wait_seconds(&mut self, seconds: u64) {
        self.wait(Duration::from_secs(seconds));
    }

    pub(crate) fn admin(&self) -> RouterAdminView {
        self.unit.admin_view(self.now, self.date())
    }

    pub(crate) fn take_orders(&mut self) -> Vec<RouterOrder> {
        std::mem::take(&mut self.orders)
    }

    /// The results in the ledger, newest first.
    pub(crate) fn results(&self) -> Vec<String> {
        self.admin().ledger.into_iter().map(|entry| entry.result).collect()
    }

    pub(crate) fn collect(&mut self) {
        while let Some(order) = self.unit.poll_order() {
            match order {
                RouterOrder::Eapol { station, frame } => self.frames.push((station, frame)),
                order => {
                    match &order {
                        RouterOrder::Wps(on_air) => {
                            assert!(!self.said || *on_air != self.on_air, "said twice: {on_air:?}");
                            self.on_air = on_air.clone();
                            self.said = true;
                        }
                        // A network that begins anew has to be told anew.
                        RouterOrder::Network(_) => self.said = false,
                        _ => {}
                    }
                    self.orders.push(order);
                }
            }
        }
        while let Some(change) = self.unit.poll_change() {
            self.shown += &format!("{change:?}\n");
            self.store.keep(change);
        }
    }

    /// A printer that begins now and has two minutes.
    pub(crate) fn printer(&self, number: u8, task: Task) -> (MacAddr, Printer) {
        let methods = ConfigMethods::PhysicalDisplay | ConfigMethods::PhysicalPushButton;
        let device = Device::new(mac(number), description("Study", DeviceType::PRINTER), methods);
        let until = self.now + Duration::from_secs(120);
        (mac(number), Printer::new(device, task, Config::default(), self.now, until))
    }

    /// One round for each printer: it says what it has to say and hears the answers.
    pub(crate) fn round(&mut self, printers: &mut [(MacAddr, Printer)]) -> bool {
        let mut moved = false;
        for (station, printer) in printers.iter_mut() {
            printer.handle_timeout(self.now, &mut self.random);
            while let Some(transmit) = printer.poll_transmit() {
                self.hear(RouterNews::Eapol { station: *station, frame: transmit.frame });
                moved = true;
            }
        }
        for (station, frame) in std::mem::take(&mut self.frames) {
            for (_, printer) in printers.iter_mut().filter(|(mac, _)| *mac == station) {
                printer.handle_frame(config().mac, &frame, self.now, &mut self.random);
            }
            moved = true;
        }
        moved
    }

    /// Runs printers for as long as anything moves.
    pub(crate) fn run_all(&mut self, printers: &mut [(MacAddr, Printer)]) {
        for (station, _) in printers.iter() {
            self.hear(RouterNews::Associated { station: *station, for_wps: true });
        }
        // In the first round they only begin.
        self.round(printers);
        while self.round(printers) {}
    }

    /// Runs one printer for as long as anything moves; how it saw it end.
    pub(crate) fn run(&mut self, number: u8, task: Task) -> Option<PrinterOutcome> {
        let mut printers = [self.printer(number, task)];
        self.run_all(&mut printers);
        printers[0].1.outcome().cloned()
    }

    /// A device that has the key comes onto the network and gets an address.
    pub(crate) fn join(&mut self, number: u8) {
        let station = mac(number);
        self.hear(RouterNews::Left(station));
        self.hear(RouterNews::Associated { station, for_wps: false });
        self.hear(RouterNews::Joined { station, signal: -50 });
        let address = [192, 168, 1, number].into();
        self.hear(RouterNews::Leased { station, address, name: Some("host".to_owned()) });
    }

    /// A device asks on the air to be added.
    pub(crate) fn probe(&mut self, number: u8, password_id: DevicePasswordId) {
        let request = Some(Box::new(request(number, password_id)));
        self.hear(RouterNews::Probe { station: mac(number), signal: -60, request });
    }
}

/// The WPS element of a printer that asks to be added.
pub(crate) fn request(number: u8, password_id: DevicePasswordId) -> ProbeRequestElement {
    let mut request = ProbeRequestElement::parse(&[]).unwrap();
    request.request_type = RequestType::Enrollee.into();
    request.uuid_e = Uuid::from_mac(mac(number)).into();
    request.device_type = DeviceType::PRINTER.into();
    request.password_id = password_id.into();
    request.device_name = Some("Study".into());
    request.extensions = VendorExtensions::version2();
    request.extensions.wfa.request_to_enroll = Some(true);
    request
}
