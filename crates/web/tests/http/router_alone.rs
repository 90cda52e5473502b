//! The pages of a router on its own radio, which another loop runs: with a printer that is no part of them.

use crate::house::{Caller, House, PASSWORD};
use crate::html::Element;
use keyway_devices::action::PrinterAction;
use keyway_devices::durable::Change;
use keyway_devices::printer::{PrinterConfig, PrinterDevice, PrinterDeviceConfig, PrinterUnit};
use keyway_devices::router::{
    CellConfig, CellNetwork, RouterChannels, RouterDevice, RouterUnit, RouterUnitConfig, RouterWorld,
};
use keyway_devices::session::Method;
use keyway_devices::view::{Display, HomeKind, Model};
use keyway_devices::{Random, Refusal};
use keyway_eap::Timestamp;
use keyway_lan::gateway::GatewayConfig;
use keyway_lan::{GatewayHost, PrinterHost};
use keyway_web::live::{Desk, Keeper, LiveHome};
use keyway_wifi::Channel;
use keyway_wifi::mac::{AccessPointMac, Reception, StationMac};
use keyway_wsc::{DeviceDescription, DeviceType, MacAddr, Ssid};
use serde_json::{Value, json};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);
/// 2026-01-01, in milliseconds since 1970.
const DATE: u64 = 1_767_225_600_000;

/// What the loop is woken for.
enum Call {
    /// A request waits.
    Bell,
    /// Let so much time pass.
    Pass(Duration, Sender<()>),
    /// Let the printer make a PIN.
    Begin(Sender<String>),
}

/// What the loop runs: a router, and a printer whose radio hears the router's at once and without loss.
struct Air {
    router: RouterWorld<AccessPointMac, GatewayHost>,
    printer: PrinterDevice<StationMac, PrinterHost>,
    tuned: Option<Channel>,
    random: Random,
    now: Timestamp,
    problems: Problems,
}

impl Air {
    fn new(problems: Problems) -> Air {
        let (now, mut random) = (Timestamp::ZERO, Random::seeded(3));
        let config = RouterUnitConfig {
            name: "Workshop router".to_owned(),
            mac: ROUTER,
            description: DeviceDescription {
                manufacturer: "Keyway".into(),
                model_name: "Router".into(),
                model_number: "1".into(),
                serial_number: "1".into(),
                device_type: DeviceType::ROUTER,
                device_name: "Router".into(),
            },
            ssid: Ssid::new(b"Workshop").unwrap(),
            key: None,
            hidden: false,
            channels: RouterChannels::Ghz2(6),
        };
        let unit = RouterUnit::new(config, &[], Vec::new(), Vec::new(), now, &mut random);
        let (radio, channel) = (AccessPointMac::new(), Channel::new(6).unwrap());
        let cell = CellConfig { radio, bssid: ROUTER, channel, network: CellNetwork::Home };
        let gateway = GatewayHost::new(GatewayConfig::home(ROUTER, 1), now);
        let router = RouterDevice::new(unit, vec![cell], gateway);
        let config = PrinterConfig {
            id: "study".to_owned(),
            name: "Study".to_owned(),
            model: Model::Touch,
            mac: PRINTER,
            serial: "1".to_owned(),
            label_pin: None,
        };
        let unit = PrinterUnit::new(config, &[], now);
        let (mac, host_name, identity) = (PRINTER, unit.host_name(), unit.identity());
        let host =
            PrinterHost::new(keyway_lan::printer::PrinterConfig { mac, host_name, identity, seed: 1 }, now);
        let printer = PrinterDevice::new(unit, PrinterDeviceConfig::default(), StationMac::new(mac), host);
        let router = RouterWorld::new(router, Random::seeded(4), DATE, now);
        Air { router, printer, tuned: None, random, now, problems }
    }

    /// Runs until nobody can call any more.
    fn run(mut self, mut desk: Desk, calls: &Receiver<Call>) {
        while let Ok(call) = calls.recv() {
            match call {
                Call::Bell => {}
                Call::Pass(time, done) => {
                    self.pass(time);
                    desk.serve(&mut self.router, self.now);
                    let _ = done.send(());
                }
                Call::Begin(pin) => {
                    let start = PrinterAction::Start { method: Method::Pin, ssid: None, secret: None };
                    self.printer.perform(start, self.now, DATE, &mut self.random).unwrap();
                    let view = self.printer.unit().view(self.now, &Default::default());
                    let Display::Touch(screen) = view.panel.display else { panic!("no screen") };
                    let _ = pin.send(screen.pin.unwrap().expose().to_owned());
                }
            }
            desk.serve(&mut self.router, self.now);
            self.problems.lock().unwrap().extend(desk.poll_problem());
            self.carry();
        }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            let due = self.router.poll_timeout().into_iter().chain(self.printer.poll_timeout()).min();
            self.now = due.unwrap_or(end).clamp(self.now, end);
            self.router.handle_timeout(self.now);
            self.printer.handle_timeout(self.now, DATE, &mut self.random);
            self.carry();
        }
    }

    /// Carries frames until nothing moves.
    fn carry(&mut self) {
        loop {
            self.router.run(self.now);
            self.printer.run(self.now, DATE, &mut self.random);
            let (cell, station) = (&mut self.router.device_mut().cells_mut()[0], self.printer.radio_mut());
            let (is_on, channel) = (cell.is_on(), cell.channel());
            let access_point = cell.radio_mut();
            if let Some(tune) = station.poll_tune() {
                self.tuned = tune.channel();
            }
            let mut moved = false;
            while let Some(sent) = access_point.poll_transmit() {
                let heard = self.tuned == Some(sent.channel);
                if heard {
                    let frame = Reception { channel: sent.channel, signal: -47, frame: &sent.frame };
                    station.handle_frame(frame, self.now);
                }
                sent.ticket.into_iter().for_each(|ticket| access_point.handle_sent(ticket, heard, self.now));
                moved = true;
            }
            while let Some(sent) = station.poll_transmit() {
                let heard = is_on && channel == sent.channel;
                if heard {
                    let frame = Reception { channel: sent.channel, signal: -47, frame: &sent.frame };
                    access_point.handle_frame(frame, self.now);
                }
                sent.ticket.into_iter().for_each(|ticket| station.handle_sent(ticket, heard, self.now));
                moved = true;
            }
            if !moved {
                return;
            }
        }
    }
}

/// A disk that a test can fill.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<(Vec<Change>, bool)>>, Problems);

/// What the desk told of changes that nobody asked for and that could not be kept.
type Problems = Arc<Mutex<Vec<Refusal>>>;

impl Keeper for Disk {
    fn keep(&mut self, changes: &[Change]) -> Result<(), Refusal> {
        let mut disk = self.0.lock().unwrap();
        if disk.1 {
            return Err(Refusal::new("store", "The disk is full.", "Make room."));
        }
        disk.0.extend_from_slice(changes);
        Ok(())
    }
}

/// A router whose pages are served.
struct Alone {
    house: House,
    calls: Sender<Call>,
    disk: Disk,
}

impl Alone {
    fn open() -> Alone {
        let disk = Disk::default();
        let air = Air::new(disk.1.clone());
        let (calls, inbox) = mpsc::channel();
        let bell = calls.clone();
        let wake = Box::new(move || bell.send(Call::Bell).expect("the loop"));
        let (live, desk) = LiveHome::channel(&air.router, air.now, Box::new(disk.clone()), wake);
        std::thread::spawn(move || air.run(desk, &inbox));
        Alone { house: House::serve(live), calls, disk }
    }

    fn pass(&self, seconds: u64) {
        let (done, ended) = mpsc::channel();
        self.calls.send(Call::Pass(Duration::from_secs(seconds), done)).expect("the loop");
        ended.recv().expect("the loop");
    }

    /// The PIN that the printer makes.
    fn begin(&self) -> String {
        let (pin, shown) = mpsc::channel();
        self.calls.send(Call::Begin(pin)).expect("the loop");
        shown.recv().expect("the loop")
    }

    fn owner(&self) -> Caller {
        let mut owner = self.house.caller();
        let form = owner.page("/").form("Set the password");
        owner.submit(&form.fill("password", PASSWORD).fill("again", PASSWORD));
        owner
    }
}

/// What a part of a page says.
fn says(page: &Element, id: &str) -> String {
    page.by_id(id).unwrap_or_else(|| panic!("no {id}")).text()
}

#[test]
fn a_device_is_added_by_pin_and_seen() {
    let alone = Alone::open();
    let mut owner = alone.house.caller();
    let status = says(&owner.page("/"), "status");
    assert!(status.contains("Workshop") && status.contains("WPS is off"), "{status}");
    let mut owner = alone.owner();
    let page = owner.page("/router");
    owner.submit(&page.form("Switch WPS on"));

    let pin = alone.begin();
    assert!(says(&owner.page("/router"), "waiting").contains("No device asks"));
    alone.pass(2);
    let page = owner.page("/router");
    let waiting = owner.router()["waiting"][0].clone();
    assert_eq!((&waiting["mac"], &waiting["signal"]), (&json!(PRINTER.to_string()), &json!(-47)));
    let nickname = waiting["nickname"].as_str().unwrap();
    assert!(says(&page, "waiting").contains(nickname), "it is seen waiting");

    let form = page.form("Add device").fill("+pin", &pin).fill("+device", &PRINTER.to_string());
    owner.submit(&form);
    assert!(says(&owner.page("/"), "status").contains(&format!("Open for {nickname}")));
    alone.pass(30);
    let page = owner.page("/router");
    let devices = says(&page, "devices");
    assert!(devices.contains(nickname) && devices.contains("on the network"), "{devices}");
    assert!(devices.contains("192.168.1."), "it has an address: {devices}");
    assert!(says(&page, "ledger").contains("success"));
    assert!(says(&owner.page("/"), "status").ends_with("Devices on the network 1"));
    alone.house.close();
}

#[test]
fn there_is_a_router_and_nothing_else() {
    let alone = Alone::open();
    let mut owner = alone.owner();
    let home = owner.home();
    assert_eq!((home.kind, home.date), (HomeKind::Router, DATE));
    assert!(home.printers.is_empty() && home.links.is_empty());
    for path in ["/", "/router", "/help"] {
        for caller in [&mut owner, &mut alone.house.caller()] {
            let page = caller.page(path);
            let links = page.named("a").into_iter().filter_map(|link| link.attribute("href"));
            for link in links.filter(|link| link.starts_with('/')) {
                assert_eq!(caller.get(link).status, 200, "{path} leads to {link}");
            }
            for form in page.forms() {
                let at = form.fields.iter().find(|(name, _)| name == "action");
                let at = at.map(|(_, action)| serde_json::from_str::<Value>(action).unwrap()["at"].clone());
                assert!(at.is_none_or(|at| at == "router"), "{path}: {}", form.label);
            }
            let words = page.text();
            for other in ["Verify", "verify", "plug", "simulated", "pass at once"] {
                assert!(!words.contains(other), "{path}: {other}");
            }
        }
    }
    for path in ["/computer", "/printer/study", "/printer/study/web", "/printer/study/configuration"] {
        owner.get(path).ok(404);
    }
    for action in [
        json!({ "at": "home", "action": { "do": "wait", "seconds": 60 } }),
        json!({ "at": "home", "action": { "do": "router-power", "on": false } }),
        json!({ "at": "home", "action": { "do": "add-printer", "model": "touch" } }),
        json!({ "at": "printer", "printer": "study", "action": { "do": "cancel" } }),
        json!({ "at": "computer", "action": { "do": "begin" } }),
    ] {
        owner.act(action).ok(404);
    }
    let page = owner.page("/router");
    let bands = page.all().into_iter().filter(|(input, _)| input.attribute("name") == Some("+bands"));
    let bands: Vec<_> = bands.map(|(input, _)| input.attribute("value").unwrap().to_owned()).collect();
    assert_eq!(bands, ["ghz2"], "it has one radio");
    owner.act(json!({ "at": "router", "action": { "do": "network", "bands": "both" } })).ok(422);
    let still = owner.still();
    alone.pass(0);
    assert_eq!(owner.still(), still);
}

#[test]
fn what_must_last_is_kept_before_the_answer() {
    let alone = Alone::open();
    let mut owner = alone.owner();
    let kept = |wanted: &str| {
        let disk = alone.disk.0.lock().unwrap();
        disk.0.iter().any(
            |change| matches!(change, Change::Set { owner, key, .. } if owner == "router" && key == wanted),
        )
    };
    assert!(kept("network") && kept("password") && !kept("wps"));
    owner.at_router(json!({ "do": "wps", "on": true }));
    assert!(kept("wps"));
    alone.disk.0.lock().unwrap().1 = true;
    owner.act(json!({ "at": "router", "action": { "do": "dhcp", "on": false } })).ok(507);
    alone.disk.0.lock().unwrap().1 = false;
    owner.at_router(json!({ "do": "router-pin-off" }));
    assert!(kept("dhcp"), "it was tried again");
}

#[test]
fn what_happens_by_itself_and_cannot_be_kept_is_told_once_and_tried_again() {
    let alone = Alone::open();
    let mut owner = alone.owner();
    owner.at_router(json!({ "do": "wps", "on": true }));
    let expire = |owner: &mut Caller| {
        owner.at_router(json!({ "do": "add-pin", "pin": "12345670" }));
        alone.disk.0.lock().unwrap().1 = true;
        alone.pass(600);
        alone.pass(1);
    };
    let told = || alone.disk.1.lock().unwrap().len();
    let in_ledger = || {
        let disk = alone.disk.0.lock().unwrap();
        disk.0.iter().filter(|change| matches!(change, Change::Ledger(_))).count()
    };
    expire(&mut owner);
    assert_eq!((told(), in_ledger()), (1, 0));
    alone.pass(60);
    assert_eq!(told(), 1, "it is told once");
    alone.disk.0.lock().unwrap().1 = false;
    alone.pass(60);
    assert_eq!((told(), in_ledger()), (1, 1), "nothing is lost");
    expire(&mut owner);
    assert_eq!((told(), in_ledger()), (2, 1), "it is told again");
}
