//! The registrar on a cable, and an access point that can be read and configured with its PIN.

use crate::args::RouterArgs;
use crate::credentials;
use crate::exit::Error;
use crate::link::Link;
use crate::report::Report;
use crate::secrets;
use crate::story::{Story, Who, failed, peer_fields};
use keyway_eap::{Config, Event};
use keyway_home::{Cause, Ended, Lock, Method, Nickname, Router, RouterConfig, RouterEvent, Side, Whose};
use keyway_linux::{Clock, Line, Lines, OsEntropy, Poller};
use keyway_wsc::session::{Failure, Outcome, Success};
use keyway_wsc::{ConfigMethods, Credential, DeviceType, MacAddr, Pin, WpsState};
use rustix::fd::BorrowedFd;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Stations served at a time.
const MAX_STATIONS: usize = 64;

pub(super) fn run(args: RouterArgs, interface: String) -> Result<(), Error> {
    let live_pins = args.pin_file.as_deref() == Some(Path::new("-"));
    let needed = |what| move || Error::usage(format_args!("on a cable, {what} is needed"));
    let ssid = args.ssid.or(args.ssid_hex).ok_or_else(needed("--ssid (or --ssid-hex)"))?;
    let path = args.passphrase_file.as_deref().ok_or_else(needed("--passphrase-file"))?;
    if let Some(option) = args.wifi.first_given() {
        return Err(Error::usage(format_args!("{option} is for Wi-Fi, and {interface} is a cable")));
    }
    check_combination(&args, live_pins)?;
    let mut poller = Poller::new(Clock::start()).map_err(Error::interface)?;
    let key = secrets::network_key(path, &mut poller)?;
    let pins = match (&args.pin, &args.pin_file) {
        (Some(text), _) => vec![(secrets::pin(text)?, Whose::Anyone)],
        (None, Some(path)) if !live_pins => secrets::pins_from(path, &mut poller)?,
        _ => Vec::new(),
    };
    let router_pin =
        secrets::pin_from(args.router_pin.as_deref(), args.router_pin_file.as_deref(), &mut poller)?;
    if let Some(path) = &args.credentials {
        keyway_linux::check_secret_file(path).map_err(Error::file)?;
    }
    let link = Link::open(&interface, poller)?;
    let network = Credential::wpa2(ssid, key);
    Shop::new(args, interface, link, network, live_pins).run(pins, router_pin)
}

fn check_combination(args: &RouterArgs, live_pins: bool) -> Result<(), Error> {
    let is_stdin = |path: &Option<PathBuf>| path.as_deref() == Some(Path::new("-"));
    let readers =
        [is_stdin(&args.pin_file), is_stdin(&args.router_pin_file), is_stdin(&args.passphrase_file)];
    if readers.iter().filter(|reads| **reads).count() > 1 {
        return Err(Error::usage("only one of the files can be standard input (-)"));
    }
    let opened = live_pins
        || args.pin.is_some()
        || args.pin_file.is_some()
        || args.button
        || args.router_pin.is_some()
        || args.router_pin_file.is_some();
    if !opened {
        return Err(Error::usage(
            "nothing to wait for: give --pin-file (- to type PINs), --pin, --button or --router-pin-file",
        ));
    }
    Ok(())
}

/// Waiting devices that are remembered, so that each is told of once.
const MAX_WAITING: usize = 1024;

/// The router at work, with what it has said and seen.
struct Shop {
    args: RouterArgs,
    interface: String,
    link: Link,
    router: Router,
    report: Report,
    lines: Option<Lines<BorrowedFd<'static>>>,
    stories: HashMap<MacAddr, Story>,
    /// Devices whose waiting was told of.
    waiting: HashSet<MacAddr>,
    added: u32,
    last_cause: Option<Cause>,
    /// With `--once`: the attempt is over.
    finished: bool,
}

impl Shop {
    fn new(args: RouterArgs, interface: String, link: Link, network: Credential, live_pins: bool) -> Shop {
        let methods = ConfigMethods::Label | ConfigMethods::Keypad | ConfigMethods::VirtualPushButton;
        let mut device =
            crate::commands::device(link.address(), DeviceType::ROUTER, "Keyway router", methods);
        device.state = WpsState::Configured;
        let eap = Config { fragment_size: args.common.fragment_size, ..Config::default() };
        let router = Router::new(RouterConfig { device, network, eap, max_stations: MAX_STATIONS });
        let report = Report::new(args.common.json);
        let lines = live_pins.then(Lines::stdin);
        let (stories, waiting) = (HashMap::new(), HashSet::new());
        Shop {
            args,
            interface,
            link,
            router,
            report,
            lines,
            stories,
            waiting,
            added: 0,
            last_cause: None,
            finished: false,
        }
    }

    fn run(mut self, pins: Vec<(Pin, Whose)>, router_pin: Option<Pin>) -> Result<(), Error> {
        let now = self.link.now();
        self.started(pins.len(), router_pin.is_some());
        for (pin, whose) in pins {
            self.router.add_pin(pin, whose, now, self.args.pin_expires);
        }
        if let Some(pin) = router_pin {
            self.router.set_router_pin(pin, now, self.args.pin_expires);
        }
        keyway_linux::forget_starting();
        if self.args.button {
            self.press_button();
        }
        loop {
            while let Some(event) = self.router.poll_event() {
                self.tell(event)?;
            }
            let open = self.router.is_open(self.link.now())
                || self.lines.as_ref().is_some_and(|l| l.source().is_some());
            if self.router.is_idle() && (self.finished || !open) {
                self.link.flush(&mut self.router)?;
                return self.result();
            }
            self.report.flush();
            let turn = self.link.turn(&mut self.router, None, self.lines.as_ref())?;
            if let Some(words) = turn.news {
                self.report.event("link", json!({ "words": words }), &words);
            }
            if turn.lines {
                self.read_lines();
            }
            if let Some(stop) = turn.stop {
                self.router.abandon(Failure::Cancelled, self.link.now(), &mut OsEntropy);
                self.link.flush(&mut self.router)?;
                self.report.event("stopped", json!({ "added": self.added }), "Stopped.");
                return Err(Error::stopped(stop));
            }
        }
    }

    fn started(&mut self, pins: usize, router_pin: bool) {
        let name = self.router.network().ssid.to_text().into_owned();
        let value = json!({
            "role": "router", "interface": self.interface, "address": self.link.address().to_string(),
            "network": credentials::public(self.router.network()), "pins": pins, "router_pin": router_pin,
        });
        self.report.event(
            "started",
            value,
            &format!("Router for \u{201c}{name}\u{201d} on {}", self.interface),
        );
        if let Some(words) = self.link.advice() {
            self.report.event("link", json!({ "words": words }), &words);
        }
        if self.lines.is_some() {
            eprintln!("Type a printer's PIN to add it (or: button). Ctrl-D ends when all is done.");
        }
    }

    fn press_button(&mut self) {
        if self.router.press_button(self.link.now()) {
            self.report.event(
                "button",
                json!({ "expires_in": 120 }),
                "Button pressed: press the printer's within two minutes.",
            );
        } else {
            failed(&Failure::SessionOverlap.into(), Side::Router, Who::Alone, &mut self.report);
        }
    }

    fn read_lines(&mut self) {
        let Some(lines) = &mut self.lines else { return };
        let (router, report, now) = (&mut self.router, &mut self.report, self.link.now());
        let lifetime = self.args.pin_expires;
        let mut button = false;
        let read = lines.read(|line| match line {
            Line::Text(text) if secrets::is_blank(text) => {}
            Line::Text(text) if text.trim() == "button" => button = true,
            Line::Text(text) => match secrets::pin_line(text) {
                Ok((pin, whose)) => {
                    router.add_pin(pin, whose, now, lifetime);
                    let seconds = lifetime.duration().as_secs();
                    report.event(
                        "pin-added",
                        json!({ "expires_in": seconds }),
                        "PIN taken; waiting for its printer.",
                    );
                }
                Err(error) => {
                    report.event("pin-rejected", json!({ "reason": error }), &format!("That is {error}."))
                }
            },
            Line::TooLong | Line::NotText => {
                report.event("pin-rejected", json!({ "reason": "not a PIN" }), "That is not a PIN.");
            }
        });
        if read.is_err() {
            self.lines = None;
        }
        if button {
            self.press_button();
        }
    }

    fn tell(&mut self, event: RouterEvent) -> Result<(), Error> {
        match event {
            RouterEvent::Station(mac, event) => {
                if let Event::Registration(keyway_wsc::session::Event::Failed(_)) = event {
                    return Ok(());
                }
                let story = self.stories.entry(mac).or_insert_with(|| Story::new(Who::station(mac)));
                story.tell(&event, &mut self.report);
                if let Event::Finished(_) = event {
                    self.stories.remove(&mac);
                }
            }
            RouterEvent::Ended(ended) => self.ended(&ended),
            RouterEvent::PinSpent(_) => self.report.event("pin-spent", json!({}), ""),
            RouterEvent::PinExpired(_) => self.gave_up(Cause::PinExpired(None)),
            RouterEvent::WalkTimeOver => self.gave_up(Cause::WalkTimeOver(None)),
            RouterEvent::RouterPinExpired => self.gave_up(Cause::NoRouter(None)),
            RouterEvent::Locked(lock) => self.locked(lock),
            RouterEvent::Unlocked => {
                self.report.event("unlocked", json!({}), "The router's PIN is unlocked.")
            }
            RouterEvent::NetworkChanged(settings) => {
                if let Some(path) = &self.args.credentials {
                    credentials::write(path, std::slice::from_ref(&*settings))?;
                }
                let words = format!(
                    "A registrar changed the network to \u{201c}{}\u{201d}.",
                    settings.ssid.to_text()
                );
                self.report.event(
                    "network-changed",
                    json!({ "network": credentials::public(&settings) }),
                    &words,
                );
            }
            RouterEvent::TooMany(mac) => {
                self.report.event(
                    "too-many",
                    Who::station(mac).with(json!({})),
                    "Too many devices at once; one has to wait.",
                );
            }
            _ => {}
        }
        Ok(())
    }

    fn locked(&mut self, lock: Lock) {
        let seconds = lock.until.map(|until| until.saturating_since(lock.since).as_secs());
        let until = match seconds {
            Some(seconds) => format!("for {seconds} s"),
            None => "until it is switched on again".to_owned(),
        };
        let words = format!("The router's PIN is locked {until}: {} wrong PINs.", lock.failures);
        self.report.event("locked", json!({ "seconds": seconds, "failures": lock.failures }), &words);
    }

    fn ended(&mut self, ended: &Ended) {
        let mac = ended.station;
        let name = ended
            .peer
            .as_ref()
            .map(|peer| peer.device.device_name.to_text().into_owned())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "a device".to_owned());
        let nickname = Nickname::of(mac).to_string();
        let name = if name.contains(&nickname) { name } else { format!("{nickname}: {name}") };
        match &ended.outcome {
            Outcome::Success(success) => {
                self.waiting.remove(&mac);
                self.added += 1;
                self.finished |= self.args.once;
                let (result, words) = match success {
                    Success::Granted => ("granted", "has the network's settings"),
                    Success::Shown => ("shown", "read the router's settings with its PIN"),
                    Success::Reconfigured(_) => ("reconfigured", "gave the router new settings with its PIN"),
                    _ => ("done", "is done"),
                };
                let peer = ended.peer.as_ref().map(peer_fields);
                let value = Who::station(mac).with(json!({ "result": result, "peer": peer }));
                let words = format!("{name} {words}.");
                self.report.event("succeeded", value, &words);
            }
            Outcome::Failure(Failure::Declined(reason)) => {
                // Whoever makes up addresses must not fill the memory.
                if self.waiting.len() >= MAX_WAITING {
                    self.waiting.clear();
                }
                if self.waiting.insert(mac) {
                    let peer = ended.peer.as_ref().map(peer_fields);
                    let value = Who::station(mac).with(json!({ "config_error": reason.0, "peer": peer }));
                    let words =
                        format!("{name} asks to be added; enter the PIN that it shows, if it is yours.");
                    self.report.event("device-waiting", value, &words);
                }
            }
            Outcome::Failure(failure) => {
                let cause = Cause::from(*failure);
                failed(&cause, Side::Router, Who::station(mac), &mut self.report);
                let locked_out = *failure == Failure::SetupLocked;
                let counts =
                    ended.spent.is_some() || (ended.method == Some(Method::RouterPin) && !locked_out);
                if counts {
                    self.last_cause = Some(cause);
                    self.finished |= self.args.once;
                }
            }
        }
    }

    /// A time is over.
    fn gave_up(&mut self, cause: Cause) {
        failed(&cause, Side::Router, Who::Alone, &mut self.report);
        self.last_cause = Some(cause);
    }

    fn result(self) -> Result<(), Error> {
        match self.last_cause {
            Some(cause) if self.added == 0 || self.args.once => Err(Error::cause(&cause)),
            _ => Ok(()),
        }
    }
}
