//! `keyway demo`: a printer and a router register with each other, in this process.

use crate::args::DemoArgs;
use crate::credentials;
use crate::exit::Error;
use crate::report::Report;
use crate::story::{Story, Who, failed};
use keyway_eap::{Config, Timestamp};
use keyway_home::{
    Nickname, PinLifetime, Printer, PrinterEvent, PrinterOutcome, Router, RouterConfig, RouterEvent, Side,
    Task, Whose,
};
use keyway_linux::OsEntropy;
use keyway_wsc::session::Success;
use keyway_wsc::{ConfigMethods, Credential, DeviceType, MacAddr, NetworkKey, Pin, Ssid};
use serde_json::json;

const PRINTER: MacAddr = MacAddr([0x02, 0, 0, 0, 0, 0x01]);
const ROUTER: MacAddr = MacAddr([0x02, 0, 0, 0, 0, 0x02]);

pub(super) fn run(args: &DemoArgs) -> Result<(), Error> {
    let mut report = Report::new(args.json);
    let pin = Pin::generate(&mut OsEntropy).map_err(Error::interface)?;
    let typed = if args.wrong_pin { another(&pin)? } else { pin.clone() };
    let nickname = Nickname::of(PRINTER);
    let words = format!(
        "A printer and a router, in this process; every message between them is the real protocol.\n\n  \
         The printer {nickname} shows:  PIN {}\n  You type at the router:  {}\n",
        pin.grouped(),
        typed.grouped()
    );
    let digits = String::from_utf8_lossy(pin.digits()).into_owned();
    report.event("pin", json!({ "pin": digits, "nickname": nickname.to_string() }), &words);

    match play(pin, typed, &mut report)? {
        PrinterOutcome::Success(success) => {
            let received = match &success {
                Success::Received(credentials) => credentials.as_slice(),
                _ => &[],
            };
            let networks: Vec<_> = received.iter().map(credentials::public).collect();
            let words = "\nThe printer has the settings of \u{201c}Home\u{201d}.";
            report.event("succeeded", json!({ "result": "received", "networks": networks }), words);
            Ok(())
        }
        PrinterOutcome::Failure(cause) => {
            failed(&cause, Side::Printer, Who::Alone, &mut report);
            if args.wrong_pin { Ok(()) } else { Err(Error::cause(&cause)) }
        }
    }
}

/// Carries frames between the two until the printer is done. There is no delay, so the clock stands still.
fn play(pin: Pin, typed: Pin, report: &mut Report) -> Result<PrinterOutcome, Error> {
    let now = Timestamp::ZERO;
    let methods = ConfigMethods::PhysicalDisplay;
    let key = NetworkKey::new(b"correct horse battery staple").map_err(Error::interface)?;
    let ssid = Ssid::new(b"Home").map_err(Error::interface)?;
    let mut router = Router::new(RouterConfig {
        device: super::device(ROUTER, DeviceType::ROUTER, "Demo router", ConfigMethods::Keypad),
        network: Credential::wpa2(ssid, key),
        eap: Config::default(),
        max_stations: 1,
    });
    router.add_pin(typed, Whose::Anyone, now, PinLifetime::default());
    let until = now.saturating_add(PinLifetime::default().duration());
    let device = super::device(PRINTER, DeviceType::PRINTER, "Demo printer", methods);
    let mut printer = Printer::new(device, Task::Pin(pin), Config::default(), now, until);

    let mut at_printer = Story::new(Who::Actor("printer"));
    let mut at_router = Story::new(Who::Actor("router"));
    printer.handle_timeout(now, &mut OsEntropy);
    printer.handle_timeout(now, &mut OsEntropy);
    loop {
        let mut moved = false;
        while let Some(transmit) = printer.poll_transmit() {
            router.handle_frame(PRINTER, &transmit.frame, now, &mut OsEntropy);
            moved = true;
        }
        while let Some(transmit) = router.poll_transmit() {
            printer.handle_frame(ROUTER, &transmit.frame, now, &mut OsEntropy);
            moved = true;
        }
        while let Some(event) = router.poll_event() {
            if let RouterEvent::Station(_, event) = event {
                at_router.tell(&event, report);
            }
        }
        while let Some(event) = printer.poll_event() {
            if let PrinterEvent::Router(event) = event {
                at_printer.tell(&event, report);
            }
        }
        match printer.outcome() {
            Some(outcome) => return Ok(outcome.clone()),
            None if moved => {}
            None => {
                return Err(Error::interface(
                    "the demo stopped in the middle; this is a fault of the program",
                ));
            }
        }
    }
}

/// A PIN that is certainly another one.
fn another(pin: &Pin) -> Result<Pin, Error> {
    loop {
        let other = Pin::generate(&mut OsEntropy).map_err(Error::interface)?;
        if other.digits()[..4] != pin.digits()[..4] {
            return Ok(other);
        }
    }
}
