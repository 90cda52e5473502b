//! A router on Wi-Fi: access point, registrar, addresses, and pages for its owner.

use super::tell::Teller;
use crate::args::{Country, Protection, RouterArgs};
use crate::exit::Error;
use crate::hold::Hold;
use crate::keeper::{StoreKeeper, folder, values_of};
use crate::pages::Pages;
use crate::report::Report;
use crate::screen;
use crate::secrets;
use crate::wifi::{Time, ip_error, operating_system, seed, serial, tell_radio, wifi_error};
use keyway_devices::action::RouterAction;
use keyway_devices::router::{
    CellConfig, CellNetwork, ManagementProtection, RouterChannels, RouterDevice, RouterUnit,
    RouterUnitConfig, RouterWorld,
};
use keyway_devices::{Action, Refusal, SecretText, World};
use keyway_eap::{FragmentSize, Timestamp};
use keyway_home::Whose;
use keyway_linux::ip::{KernelGateway, KernelGatewayConfig};
use keyway_linux::wifi::{Card, InterfaceKind, KernelAccessPoint, WifiError, country, set_country};
use keyway_linux::{Clock, Line, Lines, Poller, Stop};
use keyway_web::LiveHome;
use keyway_web::live::Desk;
use keyway_wifi::{Band, Channel};
use keyway_wsc::{DeviceDescription, DeviceType, MacAddr, NetworkKey, Pin, Ssid};
use rustix::event::{EventfdFlags, eventfd};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Secrets and PINs that were given at the command line.
struct Given {
    key: Option<NetworkKey>,
    password: Option<SecretText>,
    pins: Vec<(Pin, Whose)>,
    /// PINs are typed while it runs.
    typed: bool,
}

pub(super) fn run(args: RouterArgs, interface: String) -> Result<(), Error> {
    let channel = args.wifi.channel.unwrap_or(USUAL_CHANNEL);
    let channel = Channel::new(channel)
        .ok_or_else(|| Error::usage(format_args!("there is no channel {channel} at 2.4 or 5 GHz")))?;
    let mut poller = Poller::new(Clock::start()).map_err(Error::interface)?;
    let given = Given::read(&args, &mut poller)?;
    let folder = folder(args.wifi.data.as_deref());
    let (keeper, saved) = StoreKeeper::open(folder.as_deref())?;
    let hold = Hold::take(&interface, InterfaceKind::AccessPoint, &mut poller)?;
    let obeys = args.wifi.country.map_or(Ok(true), obey).map_err(wifi_error)?;
    Card::find(&interface).and_then(|card| card.check_channel(channel)).map_err(wifi_error)?;
    let radio = KernelAccessPoint::open(&interface).map_err(wifi_error)?;
    let mac = radio.card().address();
    let protection = protection(args.wifi.protection, radio.card())?;
    let unprotected =
        protection == ManagementProtection::Off && args.wifi.protection != Some(Protection::Off);
    let mut random = operating_system();
    let gateway = KernelGatewayConfig {
        interface: interface.clone(),
        network: args.wifi.address,
        lease: LEASE,
        seed: seed(&mut random)?,
    };
    let gateway = KernelGateway::open(gateway).map_err(ip_error)?;
    let time = Time::of(&poller);
    let kept = values_of(&saved, "router");
    let has_network = kept.iter().any(|(key, _)| key == "network");
    let config = unit_config(&args, &given, mac, channel)?;
    let mut unit = RouterUnit::new(config, &kept, saved.ledger, saved.devices, time.now, &mut random)
        .with_pin_lifetime(args.pin_expires);
    if args.wifi.keep_wps {
        unit = unit.keeping_wps();
    }
    let cell = CellConfig { radio, bssid: mac, channel, network: CellNetwork::Home };
    let mut device = RouterDevice::new(unit, vec![cell], gateway).with_protection(protection);
    device.follow();
    let refused = |refusal: Refusal| Error::usage(format_args!("{} {}", refusal.what, refusal.next));
    let mut report = Report::new(args.common.json);
    if opens_wps(&args, &given) {
        device.unit_mut().open_wps_once(time.now, time.date, &mut random).map_err(refused)?;
    }
    for action in begin(&args) {
        device.perform(action, time.now, time.date, &mut random).map_err(refused)?;
    }
    if let Some(password) = &given.password
        && !device.unit().view(time.now, time.date).has_password
    {
        device.set_first_password(password, &mut random).map_err(refused)?;
    }
    device.unit_mut().set_answer_time(ANSWER_TIME);
    let named = args.ssid.is_some() || args.ssid_hex.is_some() || given.key.is_some() || args.wifi.hidden;
    if has_network && named {
        let words = "The network is as it was kept; change it on the router's page.";
        report.event("kept", json!({ "words": words }), words);
    }
    let bell =
        Arc::new(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC).map_err(Error::interface)?);
    let mut world = RouterWorld::new(device, random, time.date, time.now);
    if let Some(failure) = world.device_mut().cells_mut()[0].radio_mut().take_failure() {
        return Err(wifi_error(failure));
    }
    let ring = Arc::clone(&bell);
    // A bell that rings already is not rung twice.
    let wake = Box::new(move || _ = rustix::io::write(&ring, &1u64.to_ne_bytes()));
    let (live, desk) = LiveHome::channel(&world, time.now, Box::new(keeper), wake);
    let own = world.device().gateway().address();
    let pages = Pages::serve(live, args.wifi.listen, own)?;
    let lines = given.typed.then(Lines::stdin);
    let teller = Teller::new(world.admin_view(time.now));
    let mut shop = Shop { args, interface, world, desk, bell, poller, report, lines, teller, pages };
    shop.started(channel, mac);
    if !obeys {
        shop.problem(OTHER_COUNTRY);
    }
    if unprotected {
        shop.problem("The card cannot protect management frames, so they are not protected on this network");
    }
    for (pin, whose) in given.pins {
        shop.add_pin(&pin, whose);
    }
    let result = shop.run();
    // The network goes off the air first; then whoever had the interface has it again.
    drop(shop);
    result.and(hold.give_back())
}

/// Has the kernel hold to the rules of a country; says whether it does.
fn obey(wanted: Country) -> Result<bool, WifiError> {
    set_country(wanted)?;
    Ok(country()?.as_bytes() == wanted)
}

const OTHER_COUNTRY: &str = "The kernel does not hold to the rules of that country: its card has rules of its own, or the \
                             package wireless-regdb is missing. `iw reg get` shows which rules hold";

const USUAL_CHANNEL: u8 = 6;
const USUAL_NAME: &[u8] = b"Keyway";

/// How long the network goes on when somebody changes it on the pages, who may be on it: an answer and the page after it.
const ANSWER_TIME: Duration = Duration::from_secs(1);

/// How long addresses are lent.
const LEASE: Duration = Duration::from_secs(86_400);

impl Given {
    fn read(args: &RouterArgs, poller: &mut Poller) -> Result<Given, Error> {
        if args.router_pin.is_some() || args.router_pin_file.is_some() {
            return Err(Error::usage("on Wi-Fi the router makes its own PIN: use --new-router-pin"));
        }
        if args.credentials.is_some() {
            return Err(Error::usage(
                "--credentials is for a cable: on Wi-Fi, nobody gives settings to the router",
            ));
        }
        if args.common.fragment_size != FragmentSize::default() {
            return Err(Error::usage("--fragment-size is for a cable and for printers"));
        }
        if args.wifi.new_router_pin {
            screen::check("leave out --new-router-pin, and switch that PIN on on the router's pages")?;
        }
        let stdin = |path: &Option<std::path::PathBuf>| path.as_deref() == Some(Path::new("-"));
        let readers = [&args.pin_file, &args.passphrase_file, &args.wifi.password_file];
        if readers.into_iter().filter(|path| stdin(path)).count() > 1 {
            return Err(Error::usage("only one of the files can be standard input (-)"));
        }
        let typed = stdin(&args.pin_file);
        let key =
            args.passphrase_file.as_deref().map(|path| secrets::network_key(path, poller)).transpose()?;
        let password =
            args.wifi.password_file.as_deref().map(|path| secrets::text(path, poller)).transpose()?;
        let pins = match (&args.pin, &args.pin_file) {
            (Some(text), _) => vec![(secrets::pin(text)?, Whose::Anyone)],
            (None, Some(path)) if !typed => secrets::pins_from(path, poller)?,
            _ => Vec::new(),
        };
        Ok(Given { key, password, pins, typed })
    }
}

fn unit_config(
    args: &RouterArgs,
    given: &Given,
    mac: MacAddr,
    channel: Channel,
) -> Result<RouterUnitConfig, Error> {
    let ssid = args.ssid.or(args.ssid_hex).map_or_else(|| Ssid::new(USUAL_NAME).map_err(Error::usage), Ok)?;
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Router".into(),
        model_number: env!("CARGO_PKG_VERSION").into(),
        serial_number: serial(mac).as_str().into(),
        device_type: DeviceType::ROUTER,
        device_name: "Router".into(),
    };
    Ok(RouterUnitConfig {
        name: "Router".to_owned(),
        mac,
        description,
        ssid,
        key: given.key.clone(),
        hidden: args.wifi.hidden,
        channels: match channel.band() {
            Band::Ghz2 => RouterChannels::Ghz2(channel.number()),
            Band::Ghz5 => RouterChannels::Ghz5(channel.number()),
        },
    })
}

/// How management frames are protected, as far as the card can.
fn protection(wanted: Option<Protection>, card: &Card) -> Result<ManagementProtection, Error> {
    match wanted {
        Some(Protection::Off) => Ok(ManagementProtection::Off),
        Some(Protection::Required) if card.protects_management() => Ok(ManagementProtection::Required),
        Some(Protection::Required) => {
            let what = "protect management frames; leave --protection required out";
            Err(wifi_error(WifiError::Unable { name: card.name().to_owned(), what }))
        }
        Some(Protection::Optional) | None if card.protects_management() => Ok(ManagementProtection::Optional),
        Some(Protection::Optional) | None => Ok(ManagementProtection::Off),
    }
}

/// Whether the command line needs WPS.
fn opens_wps(args: &RouterArgs, given: &Given) -> bool {
    args.button || given.typed || !given.pins.is_empty() || args.wifi.new_router_pin
}

/// What the command line asks for, as its owner would do it on the pages.
fn begin(args: &RouterArgs) -> impl Iterator<Item = RouterAction> {
    let pin = args
        .wifi
        .new_router_pin
        .then(|| RouterAction::RouterPinOn { minutes: Some(router_pin_minutes(args)) });
    pin.into_iter().chain(args.button.then_some(RouterAction::Button))
}

/// How long the router's own PIN is good: whole minutes.
fn router_pin_minutes(args: &RouterArgs) -> u64 {
    args.pin_expires.duration().as_secs() / 60
}

/// A router at work.
struct Shop {
    args: RouterArgs,
    interface: String,
    world: RouterWorld<KernelAccessPoint, KernelGateway>,
    desk: Desk,
    /// Rings when somebody at the pages wants something.
    bell: Arc<OwnedFd>,
    poller: Poller,
    report: Report,
    lines: Option<Lines<BorrowedFd<'static>>>,
    teller: Teller,
    pages: Pages,
}

impl Shop {
    fn started(&mut self, channel: Channel, mac: MacAddr) {
        let now = Time::of(&self.poller).now;
        let view = self.world.view(now);
        let name = view.router.ssid;
        let gateway = self.world.device().gateway();
        let own = format!("{}/{}", gateway.address(), gateway.prefix());
        let fields = json!({
            "role": "router", "interface": self.interface, "address": mac.to_string(), "ssid": name,
            "channel": channel.number(), "ip": own, "url": self.pages.url(),
        });
        let owner =
            if view.router.has_password { "" } else { "\n  Whoever opens them first chooses the password." };
        let words = format!(
            "Router for \u{201c}{name}\u{201d} on {}: channel {}, {own}\n\n  Its pages: {}{owner}\n",
            self.interface,
            channel.number(),
            self.pages.url()
        );
        self.report.event("started", fields, &words);
        if self.args.button {
            let words = "Button pressed: press the printer's within two minutes.";
            self.report.event("button", json!({ "expires_in": 120 }), words);
        }
        if self.args.wifi.new_router_pin {
            let admin = self.world.admin_view(now);
            if let Some(pin) = &admin.router_pin.pin {
                let digits: String = pin.expose().chars().filter(char::is_ascii_digit).collect();
                let seconds = 60 * router_pin_minutes(&self.args);
                let words = format!("\n    Router's PIN  {}\n", pin.expose());
                self.report.event("router-pin", json!({ "pin": digits, "expires_in": seconds }), &words);
            }
        }
        if self.lines.is_some() {
            eprintln!("Type a printer's PIN to add it (or: button). Ctrl-C ends the network.");
        }
    }

    fn run(&mut self) -> Result<(), Error> {
        keyway_linux::forget_starting();
        let end = self.until_the_end();
        let now = Time::of(&self.poller).now;
        self.world.leave(now);
        self.desk.serve(&mut self.world, now);
        self.report.clear();
        self.report.event("stopped", json!({ "added": self.teller.added() }), "Stopped.");
        match end? {
            // Its work ends by being stopped.
            Some(stop) if self.teller.added() == 0 && self.args.once => Err(Error::stopped(stop)),
            _ => self.teller.result(self.args.once),
        }
    }

    fn until_the_end(&mut self) -> Result<Option<Stop>, Error> {
        loop {
            let now = Time::of(&self.poller).now;
            self.world.run(now);
            self.desk.serve(&mut self.world, now);
            while let Some(news) = self.world.device_mut().poll_news() {
                self.teller.news(&news, &mut self.report);
            }
            self.teller.look(&self.world.admin_view(now), &mut self.report);
            if let Some(failure) = self.radio().take_failure() {
                return Err(wifi_error(failure));
            }
            while let Some(news) = self.radio().poll_news() {
                tell_radio(&news, &self.interface, &mut self.report);
            }
            while let Some(problem) = self.world.device_mut().gateway_mut().poll_problem() {
                self.problem(&problem.to_string());
            }
            if let Some(refusal) = self.desk.poll_problem() {
                self.problem(&format!("{} {}", refusal.what, refusal.next.trim_end_matches('.')));
            }
            if self.args.once && self.teller.is_over() {
                return Ok(None);
            }
            self.report.flush();
            if let Some(stop) = self.wait()? {
                return Ok(Some(stop));
            }
        }
    }

    fn problem(&mut self, words: &str) {
        self.report.event("problem", json!({ "words": words }), &format!("{words}."));
    }

    fn radio(&mut self) -> &mut KernelAccessPoint {
        self.world.device_mut().cells_mut()[0].radio_mut()
    }

    fn wait(&mut self) -> Result<Option<Stop>, Error> {
        let deadline = self.world.poll_timeout().map(Timestamp::since_epoch);
        let device = self.world.device();
        let [first, second] = device.cells()[0].radio().sources();
        let mut sources = vec![first, second, Some(self.bell.as_fd())];
        sources.push(self.lines.as_ref().and_then(Lines::source));
        sources.extend(device.gateway().sources().map(Some));
        let wake = self.poller.wait(&sources, deadline).map_err(Error::interface)?;
        if wake.is_ready(2) {
            // What it counts does not matter.
            let _ = rustix::io::read(&*self.bell, &mut [0; 8]);
        }
        if wake.is_ready(3) {
            self.read_lines();
        }
        let Time { now, date } = Time::of(&self.poller);
        self.world.set_date(date, now);
        self.radio().receive();
        self.world.device_mut().gateway_mut().handle_ready(now);
        self.world.handle_timeout(now);
        Ok(wake.stop)
    }

    fn read_lines(&mut self) {
        let Some(lines) = &mut self.lines else { return };
        let (mut pins, mut button, mut bad) = (Vec::new(), false, Vec::new());
        let read = lines.read(|line| match line {
            Line::Text(text) if secrets::is_blank(text) => {}
            Line::Text(text) if text.trim() == "button" => button = true,
            Line::Text(text) => match secrets::pin_line(text) {
                Ok(pin) => pins.push(pin),
                Err(error) => bad.push(error),
            },
            Line::TooLong | Line::NotText => bad.push("not a PIN".to_owned()),
        });
        if read.is_err() {
            self.lines = None;
        }
        for error in bad {
            self.report.event("pin-rejected", json!({ "reason": error }), &format!("That is {error}."));
        }
        for (pin, whose) in pins {
            self.add_pin(&pin, whose);
        }
        if button && self.perform(RouterAction::Button) {
            let words = "Button pressed: press the printer's within two minutes.";
            self.report.event("button", json!({ "expires_in": 120 }), words);
        }
    }

    fn add_pin(&mut self, pin: &Pin, whose: Whose) {
        let device = match whose {
            Whose::Anyone => None,
            Whose::Mac(mac) => Some(mac.to_string()),
            Whose::Uuid(uuid) => Some(uuid.to_string()),
        };
        let pin = SecretText::new(String::from_utf8_lossy(pin.digits()).into_owned());
        let seconds = self.args.pin_expires.duration().as_secs();
        let action = RouterAction::AddPin { pin, device };
        let before = self.pins();
        if !self.perform(action) {
            return;
        }
        let replaces = self.pins() == before;
        let words = if replaces {
            "PIN taken in place of the one before. To add several printers at once, type each one's MAC address \
             after its PIN."
        } else {
            "PIN taken; waiting for its printer."
        };
        self.report.event("pin-added", json!({ "expires_in": seconds, "replaces": replaces }), words);
    }

    /// How many PINs wait for their devices.
    fn pins(&self) -> usize {
        self.world.admin_view(Time::of(&self.poller).now).pins.len()
    }

    /// Does what the owner asks for, or says why not.
    fn perform(&mut self, action: RouterAction) -> bool {
        let now = Time::of(&self.poller).now;
        match self.world.perform(Action::Router { action }, now) {
            Ok(()) => true,
            Err(refusal) => {
                let words = format!("{} {}", refusal.what, refusal.next);
                self.report.event("refused", json!({ "code": refusal.code, "words": words }), &words);
                false
            }
        }
    }
}
