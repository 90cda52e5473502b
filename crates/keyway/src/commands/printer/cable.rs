//! A printer on a cable: registers, or configures a router with its PIN, and ends.

use crate::args::{JoinChoice, PrinterArgs, PrinterMethod};
use crate::credentials;
use crate::exit::Error;
use crate::link::Link;
use crate::report::Report;
use crate::secrets;
use crate::story::{Story, Who, failed};
use keyway_eap::Config;
use keyway_home::{Nickname, Printer, PrinterOutcome, Side, Task, WALK_TIME};
use keyway_linux::{Clock, OsEntropy, Poller};
use keyway_wsc::session::{Device, Failure, Success};
use keyway_wsc::{ConfigMethods, Credential, DeviceType, Pin};
use serde_json::json;
use std::time::Duration;

pub(super) fn run(args: PrinterArgs) -> Result<(), Error> {
    check(&args)?;
    let mut poller = Poller::new(Clock::start()).map_err(Error::interface)?;
    let given = secrets::pin_from(args.pin.as_deref(), args.pin_file.as_deref(), &mut poller)?;
    let new_settings = new_settings(&args, &mut poller)?;
    if let Some(path) = &args.credentials {
        keyway_linux::check_secret_file(path).map_err(Error::file)?;
    }
    let mut link = Link::open(&args.interface, poller)?;
    let mut report = Report::new(args.common.json);
    let nickname = Nickname::of(link.address());
    let method = super::method(&args);
    let started = json!({
        "role": "printer", "interface": args.interface, "address": link.address().to_string(),
        "nickname": nickname.to_string(), "method": method.name(),
    });
    report.event("started", started, &format!("Printer {nickname} on {}", args.interface));
    if let Some(words) = link.advice() {
        report.event("link", json!({ "words": words }), &words);
    }

    loop {
        let own = method == PrinterMethod::Pin && given.is_none();
        let (task, time) = task(&args, given.as_ref(), new_settings.as_ref(), &mut report, nickname)?;
        match attempt(&args, &mut link, task, time, &mut report)? {
            PrinterOutcome::Success(success) => return succeeded(&args, &success, &mut report),
            PrinterOutcome::Failure(cause) => {
                failed(&cause, Side::Printer, Who::Alone, &mut report);
                if !own || args.once {
                    return Err(Error::cause(&cause));
                }
            }
        }
    }
}

/// A cable has no network to join, and nothing to keep for later.
fn check(args: &PrinterArgs) -> Result<(), Error> {
    let name = &args.interface;
    if args.method == Some(PrinterMethod::Passphrase) {
        return Err(Error::usage(format_args!(
            "--method passphrase goes with a Wi-Fi interface, and {name} is none"
        )));
    }
    if args.data.is_some() || args.join != JoinChoice::Detect || args.jobs.is_some() {
        return Err(Error::usage(format_args!(
            "--data, --join and --jobs go with a Wi-Fi interface, and {name} is none"
        )));
    }
    Ok(())
}

fn new_settings(args: &PrinterArgs, poller: &mut Poller) -> Result<Option<Credential>, Error> {
    match (args.new_ssid.or(args.new_ssid_hex), &args.new_passphrase_file) {
        (Some(ssid), Some(path)) => Ok(Some(Credential::wpa2(ssid, secrets::network_key(path, poller)?))),
        _ => Ok(None),
    }
}

/// What to do and for how long. A PIN of this printer's own making is shown here, and nowhere else.
fn task(
    args: &PrinterArgs,
    given: Option<&Pin>,
    new_settings: Option<&Credential>,
    report: &mut Report,
    nickname: Nickname,
) -> Result<(Task, Duration), Error> {
    let lifetime = args.pin_expires.duration();
    Ok(match (super::method(args), given, new_settings) {
        (PrinterMethod::Button, _, _) => {
            let seconds = WALK_TIME.as_secs();
            let words = "Press the router's WPS button within two minutes.";
            report.event("button", json!({ "expires_in": seconds }), words);
            (Task::Button, WALK_TIME)
        }
        (PrinterMethod::RouterPin, Some(pin), Some(settings)) => {
            (Task::ConfigureRouter(pin.clone(), Box::new(settings.clone())), WALK_TIME)
        }
        (PrinterMethod::RouterPin, Some(pin), None) => (Task::ReadRouter(pin.clone()), WALK_TIME),
        (PrinterMethod::Pin | PrinterMethod::LabelPin | PrinterMethod::Passphrase, Some(pin), _) => {
            let words =
                format!("Enter this printer's PIN at the router within {}.", super::minutes(lifetime));
            report.event("waiting", json!({ "expires_in": lifetime.as_secs() }), &words);
            (Task::Pin(pin.clone()), lifetime)
        }
        (_, None, _) => {
            let pin = Pin::generate(&mut OsEntropy).map_err(Error::interface)?;
            super::show_pin(&pin, nickname, lifetime, report);
            (Task::Pin(pin), lifetime)
        }
    })
}

/// Lets a printer try until it is over.
fn attempt(
    args: &PrinterArgs,
    link: &mut Link,
    task: Task,
    time: Duration,
    report: &mut Report,
) -> Result<PrinterOutcome, Error> {
    let config = Config { fragment_size: args.common.fragment_size, ..Config::default() };
    let device = this_printer(link);
    let start = link.now();
    let until = start.saturating_add(time);
    let mut printer = Printer::new(device, task, config, start, until);
    let mut story = Story::new(Who::Alone);
    let mut step = String::from("Looking for a router");
    loop {
        while let Some(event) = printer.poll_event() {
            super::tell(&event, &mut story, &mut step, link.now(), report);
        }
        if let Some(outcome) = printer.outcome() {
            let outcome = outcome.clone();
            link.flush(&mut printer)?;
            return Ok(outcome);
        }
        let tick = report.is_live().then(|| {
            let left = until.saturating_since(link.now()).as_secs();
            report.status(&format!("{}:{:02} left · {step}", left / 60, left % 60));
            link.now().saturating_add(Duration::from_secs(1))
        });
        report.flush();
        let turn = link.turn(&mut printer, tick, None)?;
        if let Some(words) = turn.news {
            report.event("link", json!({ "words": words }), &words);
        }
        if let Some(stop) = turn.stop {
            printer.abandon(Failure::Cancelled, link.now(), &mut OsEntropy);
            link.flush(&mut printer)?;
            failed(&Failure::Cancelled.into(), Side::Printer, Who::Alone, report);
            return Err(Error::stopped(stop));
        }
    }
}

fn this_printer(link: &Link) -> Device {
    let methods = ConfigMethods::VirtualDisplay | ConfigMethods::VirtualPushButton | ConfigMethods::Keypad;
    let name = format!("Printer {}", Nickname::of(link.address()));
    crate::commands::device(link.address(), DeviceType::PRINTER, &name, methods)
}

fn succeeded(args: &PrinterArgs, success: &Success, report: &mut Report) -> Result<(), Error> {
    let (result, settings, words): (_, &[Credential], _) = match success {
        Success::Received(credentials) => ("received", credentials, "Received the settings of"),
        Success::Learned(settings) => {
            ("learned", std::slice::from_ref(settings), "Read from the router the settings of")
        }
        Success::Configured(settings) => {
            ("configured", std::slice::from_ref(settings), "The router took the settings of")
        }
        _ => ("done", &[], "Done"),
    };
    if let Some(path) = &args.credentials {
        credentials::write(path, settings)?;
    }
    let names: Vec<String> =
        settings.iter().map(|each| format!("\u{201c}{}\u{201d}", each.ssid.to_text())).collect();
    let networks: Vec<_> = settings.iter().map(credentials::public).collect();
    let file = args.credentials.as_ref().map(|path| path.display().to_string());
    let kept = match &file {
        Some(path) => format!(" They are in {path}."),
        None => " They were not kept; --credentials FILE keeps them.".to_owned(),
    };
    let value = json!({ "result": result, "networks": networks, "credentials_file": file });
    report.event("succeeded", value, &format!("{words} {}.{kept}", names.join(", ")));
    Ok(())
}
