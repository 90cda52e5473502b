//! `keyway printer`: be an enrollee on a cable, or configure a router with its PIN.

use crate::args::{PrinterArgs, PrinterMethod};
use crate::credentials;
use crate::exit::Error;
use crate::link::Link;
use crate::report::Report;
use crate::secrets;
use crate::story::{Story, Who, failed};
use keyway_eap::{Config, Event, Timestamp};
use keyway_home::{Cause, Nickname, Printer, PrinterEvent, PrinterOutcome, Side, Task, WALK_TIME};
use keyway_linux::{Clock, OsEntropy, Poller};
use keyway_wsc::session::{Device, Failure, Success};
use keyway_wsc::{ConfigMethods, Credential, DeviceType, Pin};
use serde_json::json;
use std::time::Duration;

pub(super) fn run(args: PrinterArgs) -> Result<(), Error> {
    check_combination(&args)?;
    let mut poller = Poller::new(Clock::start()).map_err(Error::interface)?;
    let given = secrets::pin_from(args.pin.as_deref(), args.pin_file.as_deref(), &mut poller)?;
    let new_settings = new_settings(&args, &mut poller)?;
    if let Some(path) = &args.credentials {
        keyway_linux::check_secret_file(path).map_err(Error::file)?;
    }
    let mut link = Link::open(&args.interface, poller)?;
    let mut report = Report::new(args.common.json);
    let nickname = Nickname::of(link.address());
    let method = match args.method {
        PrinterMethod::Pin => "pin",
        PrinterMethod::Button => "button",
        PrinterMethod::RouterPin => "router-pin",
    };
    let started = json!({
        "role": "printer", "interface": args.interface, "address": link.address().to_string(),
        "nickname": nickname.to_string(), "method": method,
    });
    report.event("started", started, &format!("Printer {nickname} on {}", args.interface));
    if let Some(words) = link.advice() {
        report.event("link", json!({ "words": words }), &words);
    }

    loop {
        let own = args.method == PrinterMethod::Pin && given.is_none();
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

fn check_combination(args: &PrinterArgs) -> Result<(), Error> {
    let pin = args.pin.is_some() || args.pin_file.is_some();
    let new = args.new_ssid.is_some() || args.new_ssid_hex.is_some();
    match args.method {
        PrinterMethod::RouterPin if !pin => {
            Err(Error::usage("--method router-pin needs the router's PIN: give --pin-file, or --pin"))
        }
        PrinterMethod::Button if pin => Err(Error::usage("--method button goes without a PIN")),
        PrinterMethod::Pin | PrinterMethod::Button if new || args.new_passphrase_file.is_some() => {
            Err(Error::usage("--new-ssid and --new-passphrase-file go with --method router-pin"))
        }
        _ if new != args.new_passphrase_file.is_some() => {
            Err(Error::usage("--new-ssid (or --new-ssid-hex) and --new-passphrase-file go together"))
        }
        _ => Ok(()),
    }
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
    let minutes = |time: Duration| format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60);
    let lifetime = args.pin_expires.duration();
    Ok(match (args.method, given, new_settings) {
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
        (PrinterMethod::Pin, Some(pin), _) => {
            let words = format!("Enter this printer's PIN at the router within {}.", minutes(lifetime));
            report.event("waiting", json!({ "expires_in": lifetime.as_secs() }), &words);
            (Task::Pin(pin.clone()), lifetime)
        }
        (PrinterMethod::Pin | PrinterMethod::RouterPin, None, _) => {
            let pin = Pin::generate(&mut OsEntropy).map_err(Error::interface)?;
            let words = format!(
                "\n    PIN  {}\n\n  Printer {nickname} · good for {} · router page › Add device by PIN\n",
                pin.grouped(),
                minutes(lifetime)
            );
            let digits = String::from_utf8_lossy(pin.digits()).into_owned();
            report.event("pin", json!({ "pin": digits, "expires_in": lifetime.as_secs() }), &words);
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
            tell(&event, &mut story, &mut step, link.now(), report);
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
    super::device(link.address(), DeviceType::PRINTER, &name, methods)
}

fn tell(event: &PrinterEvent, story: &mut Story, step: &mut String, now: Timestamp, report: &mut Report) {
    match event {
        PrinterEvent::Trying(number) => report.event("trying", json!({ "try": number }), ""),
        PrinterEvent::TryingAgain(failure, at) => {
            let cause = Cause::from(*failure);
            *step = cause.words(Side::Printer).what.trim_end_matches('.').to_owned();
            let milliseconds = at.saturating_since(now).as_millis() as u64;
            let value = json!({ "cause": cause.code(), "config_error": cause.config_error().0, "retry_in_ms": milliseconds });
            report.event("trying-again", value, "");
        }
        PrinterEvent::Router(event) => {
            if let Event::IdentitySent = event {
                *step = String::from("Found a router");
                report.event("router-found", json!({ "step": 1 }), "");
            }
            story.tell(event, report);
        }
        _ => {}
    }
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
