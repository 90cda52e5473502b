//! A printer on Wi-Fi: registers, joins, gets an address, is found, prints, and stays until it is stopped.

use super::handed_over;
use super::news::News;
use crate::args::{JoinChoice, PrinterArgs, PrinterMethod};
use crate::credentials;
use crate::exit::Error;
use crate::hold::{self, Hold};
use crate::keeper::{StoreKeeper, folder, values_of};
use crate::report::Report;
use crate::secrets;
use crate::story::{Who, failed};
use crate::wifi::{Time, ip_error, operating_system, seed, serial, tell_radio, wifi_error};
use keyway_devices::action::PrinterAction;
use keyway_devices::printer::{
    Joining, PrinterConfig, PrinterDevice, PrinterDeviceConfig, PrinterOutput, PrinterUnit,
};
use keyway_devices::session::Method;
use keyway_devices::view::Model;
use keyway_devices::{Random, Refusal, SecretText};
use keyway_eap::{Config, Timestamp};
use keyway_home::Side;
use keyway_linux::ip::{KernelPrinterConfig, KernelPrinterNetwork};
use keyway_linux::wifi::{InterfaceKind, KernelStation};
use keyway_linux::{Clock, Poller, Stop};
use keyway_manager::{Choice, Join, Manager};
use keyway_web::live::Keeper;
use keyway_wsc::{Credential, NetworkKey, Pin, Ssid};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

pub(super) fn run(args: PrinterArgs) -> Result<(), Error> {
    if args.new_passphrase_file.is_some() {
        let words = "a router is given new settings over a cable: use --new-ssid with a wired interface";
        return Err(Error::usage(words));
    }
    let mut poller = Poller::new(Clock::start()).map_err(Error::interface)?;
    let wish = Wish::read(&args, &mut poller)?;
    if let Some(path) = &args.credentials {
        keyway_linux::check_secret_file(path).map_err(Error::file)?;
    }
    let folder = folder(args.data.as_deref());
    let (keeper, saved) = StoreKeeper::open(folder.as_deref())?;
    // Who joins is seen only once whoever a killed run took the interface from has it again.
    hold::restore_if_there(&args.interface)?;
    let join = join(&args);
    if let Join::With(manager) = join {
        handed_over::check(manager, &args.interface, &mut poller)?;
    }
    let hold = Hold::take(&args.interface, InterfaceKind::Station, &mut poller)?;
    let radio = KernelStation::open(&args.interface).map_err(wifi_error)?;
    let mac = radio.card().address();
    let time = Time::of(&poller);
    let unit = PrinterUnit::new(
        PrinterConfig {
            id: ID.to_owned(),
            name: args.name.clone(),
            model: wish.model(),
            mac,
            serial: serial(mac),
            label_pin: wish.label_pin().cloned(),
        },
        &values_of(&saved, &format!("printer-{ID}")),
        time.now,
    );
    let mut random = operating_system();
    let host = KernelPrinterConfig {
        interface: args.interface.clone(),
        host_name: unit.host_name(),
        identity: unit.identity(),
        seed: seed(&mut random)?,
    };
    let host = KernelPrinterNetwork::open(host, time.now).map_err(ip_error)?;
    let joining = if join == Join::Builtin { Joining::Itself } else { Joining::Another };
    let config = PrinterDeviceConfig {
        bands: radio.card().bands(),
        protects_management: radio.card().protects_management(),
        eap: Config { fragment_size: args.common.fragment_size, ..Config::default() },
        joining,
    };
    let mut device = PrinterDevice::new(unit, config, radio, host);
    device.follow();
    let report = Report::new(args.common.json);
    let news = News::new(device.unit().nickname());
    let mut desk = Desk {
        args,
        wish,
        device,
        keeper,
        random,
        report,
        news,
        trying: false,
        shown: None,
        jobs: 0,
        poller,
    };
    desk.started(&join, &hold.owners());
    let result = desk.run();
    let Desk { args, device, mut report, mut poller, .. } = desk;
    // The association ends first; then whoever had the interface has it again.
    drop(device);
    let given = hold.give_back();
    match (result?, join) {
        (Some(settings), Join::With(manager)) => {
            given?;
            handed_over::to(manager, &args, &settings, &mut poller, &mut report)
        }
        (_, _) => given,
    }
}

/// Who joins the network.
fn join(args: &PrinterArgs) -> Join {
    let choice = match args.join {
        JoinChoice::Detect => Choice::Detect,
        JoinChoice::Builtin => Choice::Builtin,
        JoinChoice::Networkmanager => Choice::NetworkManager,
        JoinChoice::Iwd => Choice::Iwd,
        JoinChoice::WpaSupplicant => Choice::WpaSupplicant,
        JoinChoice::None => Choice::None,
    };
    choice.resolve(&keyway_manager::detect(&args.interface))
}

/// The printer's identifier in the store.
const ID: &str = "1";

type Device = PrinterDevice<KernelStation, KernelPrinterNetwork>;

/// What was asked for at the command line.
enum Wish {
    /// To return to the network that is known; to be set up by PIN if there is none.
    Network,
    OwnPin,
    /// A PIN that was given.
    Pin(Pin),
    LabelPin(Pin),
    Button,
    RouterPin(Pin),
    Passphrase(Ssid, NetworkKey),
}

impl Wish {
    fn read(args: &PrinterArgs, poller: &mut Poller) -> Result<Wish, Error> {
        let pin = secrets::pin_from(args.pin.as_deref(), args.pin_file.as_deref(), poller)?;
        let ssid = args.ssid.or(args.ssid_hex);
        Ok(match (args.method, pin, ssid, &args.passphrase_file) {
            (Some(PrinterMethod::RouterPin), Some(pin), ..) => Wish::RouterPin(pin),
            (Some(PrinterMethod::LabelPin), Some(pin), ..) => Wish::LabelPin(pin),
            (_, Some(pin), ..) => Wish::Pin(pin),
            (Some(PrinterMethod::Button), ..) => Wish::Button,
            (Some(PrinterMethod::Passphrase), None, Some(ssid), Some(path)) => {
                Wish::Passphrase(ssid, secrets::network_key(path, poller)?)
            }
            (Some(_), ..) => Wish::OwnPin,
            (None, ..) => Wish::Network,
        })
    }

    fn label_pin(&self) -> Option<&Pin> {
        match self {
            Wish::LabelPin(pin) => Some(pin),
            _ => None,
        }
    }

    /// The model of printer that has this method.
    fn model(&self) -> Model {
        if let Wish::LabelPin(_) = self { Model::Label } else { Model::Touch }
    }

    /// Has a printer begin.
    fn begin(&self, device: &mut Device, at: Time, random: &mut Random) -> Result<(), Refusal> {
        let (method, secret) = match self {
            Wish::Network | Wish::OwnPin => (Method::Pin, None),
            Wish::Pin(pin) => (Method::Pin, Some(digits(pin))),
            Wish::LabelPin(_) => (Method::LabelPin, None),
            Wish::Button => (Method::Button, None),
            Wish::RouterPin(pin) => (Method::RouterPin, Some(digits(pin))),
            Wish::Passphrase(ssid, key) => {
                device.unit_mut().join_network(*ssid, key.clone(), at.now, at.date);
                return Ok(());
            }
        };
        let start = PrinterAction::Start { method, ssid: None, secret: secret.map(SecretText::new) };
        device.perform(start, at.now, at.date, random)
    }

    /// Whether a set-up that failed is begun again: the next PIN is another one.
    fn goes_on(&self) -> bool {
        matches!(self, Wish::Network | Wish::OwnPin)
    }
}

/// A printer that runs.
struct Desk {
    args: PrinterArgs,
    wish: Wish,
    device: Device,
    keeper: StoreKeeper,
    random: Random,
    report: Report,
    news: News,
    /// A set-up runs.
    trying: bool,
    /// The PIN that was shown last.
    shown: Option<Pin>,
    /// The number of the last document in the folder.
    jobs: u32,
    poller: Poller,
}

/// Why the loop ends.
enum End {
    Stopped(Stop),
    /// Somebody else is to join this network.
    Registered(Box<Credential>),
    Failed(Error),
}

impl Desk {
    /// Gives the settings of the network that somebody else is to join.
    fn run(&mut self) -> Result<Option<Box<Credential>>, Error> {
        keyway_linux::forget_starting();
        let end = self.until_the_end();
        self.leave();
        match end {
            // It was on the network and was stopped: that is how its work ends.
            End::Stopped(_) if self.news.is_joined() => Ok(None),
            End::Stopped(stop) => Err(Error::stopped(stop)),
            End::Registered(settings) => Ok(Some(settings)),
            End::Failed(error) => Err(error),
        }
    }

    fn started(&mut self, join: &Join, owners: &[&str]) {
        let unit = self.device.unit();
        let (nickname, knows) = (unit.nickname(), unit.knows_a_network());
        let method = match &self.wish {
            Wish::Network if knows => "known",
            _ => super::method(&self.args).name(),
        };
        let started = json!({
            "role": "printer", "interface": self.args.interface, "address": unit.mac().to_string(),
            "nickname": nickname.to_string(), "method": method, "join": join_code(join), "let_go": owners,
        });
        let mut words = format!("Printer {nickname} on {}", self.args.interface);
        if !owners.is_empty() {
            words += &format!("\n  {} has let go of it for now.", owners.join(" and "));
        }
        self.report.event("started", started, &words);
    }

    fn until_the_end(&mut self) -> End {
        if !(matches!(self.wish, Wish::Network) && self.device.unit().knows_a_network())
            && let Err(error) = self.begin()
        {
            return End::Failed(error);
        }
        loop {
            if let Some(end) = self.work() {
                return end;
            }
            self.report.flush();
            match self.wait() {
                Ok(None) => {}
                Ok(Some(stop)) => return End::Stopped(stop),
                Err(error) => return End::Failed(error),
            }
        }
    }

    /// Begins a set-up.
    fn begin(&mut self) -> Result<(), Error> {
        if self.wish.goes_on() {
            super::can_show_pin()?;
        }
        let at = Time::of(&self.poller);
        let refused = |refusal: Refusal| Error::usage(format_args!("{} {}", refusal.what, refusal.next));
        let seconds = self.args.pin_expires.duration().as_secs();
        if matches!(self.wish, Wish::Network | Wish::OwnPin | Wish::Pin(_)) {
            let lifetime = PrinterAction::PinLifetime { seconds };
            self.device.perform(lifetime, at.now, at.date, &mut self.random).map_err(refused)?;
        }
        self.wish.begin(&mut self.device, at, &mut self.random).map_err(refused)?;
        self.trying = true;
        match &self.wish {
            Wish::Button => {
                let words = "Press the router's WPS button within two minutes.";
                self.report.event("button", json!({ "expires_in": 120 }), words);
            }
            Wish::Pin(_) => self.waiting(self.args.pin_expires.duration()),
            Wish::LabelPin(_) => self.waiting(LABEL_TRY),
            _ => {}
        }
        Ok(())
    }

    fn waiting(&mut self, time: Duration) {
        let words = format!("Enter this printer's PIN at the router within {}.", super::minutes(time));
        self.report.event("waiting", json!({ "expires_in": time.as_secs() }), &words);
    }

    /// Lets the printer do what is to be done, and tells of it.
    fn work(&mut self) -> Option<End> {
        let Time { now, date } = Time::of(&self.poller);
        self.device.run(now, date, &mut self.random);
        self.show_pin(now);
        while let Some(news) = self.device.poll_news() {
            let settings = self.news.tell(&news, now, self.device.host(), &mut self.report);
            if let (Some(settings), Some(path)) = (settings, &self.args.credentials)
                && let Err(error) = credentials::write(path, settings)
            {
                return Some(End::Failed(error));
            }
        }
        self.keep();
        while let Some(output) = self.device.poll_output() {
            match output {
                PrinterOutput::Join(settings) => {
                    // Those of a network that was known already came with no registration.
                    if let Some(path) = &self.args.credentials
                        && !self.news.has_settings()
                        && let Err(error) = credentials::write(path, std::slice::from_ref(&*settings))
                    {
                        return Some(End::Failed(error));
                    }
                    self.news.received(&self.args, &settings, &mut self.report);
                    return Some(End::Registered(settings));
                }
                PrinterOutput::Job { name, format, bytes } => self.job(&name, &format, &bytes),
                PrinterOutput::Configuration(_) => {}
            }
        }
        if let Some(failure) = self.device.radio_mut().take_failure() {
            return Some(End::Failed(wifi_error(failure)));
        }
        while let Some(news) = self.device.radio_mut().poll_news() {
            tell_radio(&news, &self.args.interface, &mut self.report);
        }
        while let Some(problem) = self.device.host_mut().poll_problem() {
            self.report.event("problem", json!({ "words": problem.to_string() }), &format!("{problem}."));
        }
        self.judge()
    }

    /// Looks whether the set-up is over, and what comes next.
    fn judge(&mut self) -> Option<End> {
        if !self.trying || self.device.unit().running().is_some() {
            return None;
        }
        self.trying = false;
        let Some(cause) = self.device.unit().failure().copied() else {
            self.news.succeeded(&self.args, &mut self.report);
            return None;
        };
        failed(&cause, Side::Printer, Who::Alone, &mut self.report);
        if self.wish.goes_on() && !self.args.once {
            // What was begun is carried out at once: nothing else wakes the printer until the new PIN is old.
            return match self.begin() {
                Ok(()) => self.work(),
                Err(error) => Some(End::Failed(error)),
            };
        }
        Some(End::Failed(Error::cause(&cause)))
    }

    fn show_pin(&mut self, now: Timestamp) {
        let unit = self.device.unit();
        // One that was given is known to whoever gave it.
        let pin = unit.shown_pin(now).filter(|_| self.wish.goes_on());
        if pin == self.shown.as_ref() {
            return;
        }
        self.shown = pin.cloned();
        if let Some(pin) = &self.shown {
            let nickname = self.device.unit().nickname();
            super::show_pin(pin, nickname, self.args.pin_expires.duration(), &mut self.report);
        }
    }

    fn keep(&mut self) {
        let changes: Vec<_> = std::iter::from_fn(|| self.device.poll_change()).collect();
        if !changes.is_empty()
            && let Err(refusal) = self.keeper.keep(&changes)
        {
            let words = format!("{} {}", refusal.what, refusal.next);
            self.report.event("problem", json!({ "words": words }), &words);
        }
    }

    fn job(&mut self, name: &str, format: &str, bytes: &[u8]) {
        let file = self.args.jobs.as_deref().map(|folder| spool(folder, &mut self.jobs, format, bytes));
        let (path, words) = match &file {
            Some(Ok(path)) => (Some(path.clone()), format!("Printed \u{201c}{name}\u{201d}: {path}")),
            Some(Err(error)) => {
                (None, format!("Printed \u{201c}{name}\u{201d}, which could not be put into a file: {error}"))
            }
            None => (None, format!("Printed \u{201c}{name}\u{201d}")),
        };
        let fields = json!({ "name": name, "format": format, "octets": bytes.len(), "file": path });
        self.report.event("printed", fields, &words);
    }

    /// Waits for whatever comes next, and takes it in.
    fn wait(&mut self) -> Result<Option<Stop>, Error> {
        let now = Time::of(&self.poller).now;
        let tick = self.report.is_live().then(|| {
            if let Some(line) = self.news.line(self.device.unit(), now) {
                self.report.status(&line);
            }
            now + Duration::from_secs(1)
        });
        let deadline = [self.device.poll_timeout(), tick].into_iter().flatten().min();
        let [first, second] = self.device.radio().sources();
        let mut sources = vec![first, second];
        sources.extend(self.device.host().sources().map(Some));
        let wake =
            self.poller.wait(&sources, deadline.map(Timestamp::since_epoch)).map_err(Error::interface)?;
        let Time { now, date } = Time::of(&self.poller);
        self.device.radio_mut().receive(now);
        self.device.host_mut().handle_ready(now);
        self.device.handle_timeout(now, date, &mut self.random);
        Ok(wake.stop)
    }

    /// Says good-bye to the network.
    fn leave(&mut self) {
        let Time { now, date } = Time::of(&self.poller);
        self.device.power(false, now, date, &mut self.random);
        self.device.run(now, date, &mut self.random);
        self.report.clear();
        self.report.event("stopped", json!({}), "");
    }
}

const fn join_code(join: &Join) -> &'static str {
    match join {
        Join::Builtin => "builtin",
        Join::With(Manager::NetworkManager) => "networkmanager",
        Join::With(Manager::Iwd) => "iwd",
        Join::With(Manager::WpaSupplicant) => "wpa_supplicant",
        Join::Not => "none",
    }
}

/// How long a try with the PIN on the label goes on.
const LABEL_TRY: Duration = Duration::from_secs(600);

fn digits(pin: &Pin) -> String {
    String::from_utf8_lossy(pin.digits()).into_owned()
}

/// Puts a document into the folder, under a name that is not taken: whole or not at all, and for its owner alone.
fn spool(folder: &Path, last: &mut u32, format: &str, bytes: &[u8]) -> std::io::Result<String> {
    let extension = match format {
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        "image/pwg-raster" => "pwg",
        "text/plain" => "txt",
        _ => "prn",
    };
    for number in *last + 1.. {
        let path = folder.join(format!("job-{number:05}.{extension}"));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => {
                if let Err(error) = file.write_all(bytes) {
                    // Half a document is of no use, and takes the room of the next.
                    let _ = std::fs::remove_file(&path);
                    return Err(error);
                }
                *last = number;
                return Ok(path.display().to_string());
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::StorageFull.into())
}
