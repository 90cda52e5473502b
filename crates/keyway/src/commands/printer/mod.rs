//! `keyway printer`: be an enrollee, on Wi-Fi or on a cable, or configure a router with its PIN.

mod cable;
mod handed_over;
mod news;
mod wifi;

use crate::args::{PrinterArgs, PrinterMethod};
use crate::exit::Error;
use crate::privileges::{self, Files};
use crate::report::Report;
use crate::screen;
use crate::story::Story;
use keyway_eap::{Event, Timestamp};
use keyway_home::{Cause, Nickname, PrinterEvent, Side};
use keyway_linux::wifi::Card;
use keyway_wsc::Pin;
use serde_json::json;
use std::time::Duration;

pub(super) fn run(args: PrinterArgs) -> Result<(), Error> {
    check_combination(&args)?;
    let on_wifi = Card::is_wifi(&args.interface);
    let makes_pin = method(&args) == PrinterMethod::Pin && args.pin.is_none() && args.pin_file.is_none();
    // On Wi-Fi without a method there may be a network to return to.
    if makes_pin && (args.method.is_some() || !on_wifi) {
        can_show_pin()?;
    }
    let files = Files {
        read: vec![&args.pin_file, &args.passphrase_file, &args.new_passphrase_file],
        written: vec![&args.credentials, &args.data, &args.jobs],
    };
    if on_wifi {
        privileges::keep(privileges::ON_WIFI, &files);
        privileges::need(privileges::ON_WIFI)?;
        wifi::run(args)
    } else {
        privileges::keep(privileges::ON_A_CABLE, &files);
        cable::run(args)
    }
}

/// Whether a PIN that is made here can be shown to somebody.
fn can_show_pin() -> Result<(), Error> {
    screen::check(
        "use --method label-pin or --method button, or give the unit a screen, as with StandardOutput=tty",
    )
}

/// The method, also when none was named.
fn method(args: &PrinterArgs) -> PrinterMethod {
    args.method.unwrap_or(PrinterMethod::Pin)
}

fn check_combination(args: &PrinterArgs) -> Result<(), Error> {
    let pin = args.pin.is_some() || args.pin_file.is_some();
    let new = args.new_ssid.is_some() || args.new_ssid_hex.is_some();
    let method = method(args);
    match method {
        PrinterMethod::RouterPin if !pin => {
            return Err(Error::usage(
                "--method router-pin needs the router's PIN: give --pin-file, or --pin",
            ));
        }
        PrinterMethod::LabelPin if !pin => {
            return Err(Error::usage(
                "--method label-pin needs the PIN on the label: give --pin-file, or --pin",
            ));
        }
        PrinterMethod::Button | PrinterMethod::Passphrase if pin => {
            return Err(Error::usage(format_args!("--method {} goes without a PIN", method.name())));
        }
        PrinterMethod::RouterPin => {}
        _ if new || args.new_passphrase_file.is_some() => {
            return Err(Error::usage("--new-ssid and --new-passphrase-file go with --method router-pin"));
        }
        _ => {}
    }
    if new != args.new_passphrase_file.is_some() {
        return Err(Error::usage("--new-ssid (or --new-ssid-hex) and --new-passphrase-file go together"));
    }
    if method == PrinterMethod::Passphrase && args.credentials.is_some() {
        return Err(Error::usage("--method passphrase receives no settings: leave --credentials out"));
    }
    let named = args.ssid.is_some() || args.ssid_hex.is_some();
    let complete = named && args.passphrase_file.is_some();
    if complete != (method == PrinterMethod::Passphrase) || named != args.passphrase_file.is_some() {
        return Err(Error::usage(
            "--method passphrase, --ssid (or --ssid-hex) and --passphrase-file go together",
        ));
    }
    Ok(())
}

/// Shows a PIN of this printer's own making, here and nowhere else.
fn show_pin(pin: &Pin, nickname: Nickname, lifetime: Duration, report: &mut Report) {
    let words = format!(
        "\n    PIN  {}\n\n  Printer {nickname} · good for {} · router page › Add device by PIN\n",
        pin.grouped(),
        minutes(lifetime)
    );
    let digits = String::from_utf8_lossy(pin.digits()).into_owned();
    report.event("pin", json!({ "pin": digits, "expires_in": lifetime.as_secs() }), &words);
}

/// As `4:59`.
fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
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
