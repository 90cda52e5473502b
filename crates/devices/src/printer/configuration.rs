//! The network configuration page (N10): verdict first, then each check with its evidence.

use super::boundary::{ConfigurationData, ConfigurationRow, RowResult};
use super::link::{Connection, Link, WEAK, band, signal_words};
use super::saved::Known;
use super::screens::{reset_applies, weak_signal};
use super::unit::PrinterUnit;
use crate::secret::SecretText;
use crate::session::{Countdown, Method};
use keyway_eap::Timestamp;
use keyway_home::{Cause, Side};

impl PrinterUnit {
    /// The network configuration page as it is at `now`, `metres` from the router. `date` is in milliseconds since
    /// 1970, UTC. A running PIN stands on it with the time that is left; an expired one never does.
    pub fn configuration(&self, now: Timestamp, date: u64, metres: u32) -> ConfigurationData {
        self.page(now, date, Some(metres))
    }

    pub(super) fn page(&self, now: Timestamp, date: u64, metres: Option<u32>) -> ConfigurationData {
        ConfigurationData {
            verdict: verdict(self),
            name: self.config.name.clone(),
            nickname: self.nickname.to_string(),
            model: self.traits().name.to_owned(),
            at: date,
            rows: rows(self, metres),
            pin: pin(self, now),
            attempts: self.attempts.iter().rev().cloned().collect(),
            next: next(self),
        }
    }
}

fn verdict(unit: &PrinterUnit) -> String {
    if !unit.on {
        return "The printer is off.".to_owned();
    }
    if !unit.radio {
        return "Wi-Fi is switched off at the printer.".to_owned();
    }
    if let Some(cause) = unit.link.reason().or(failed(unit)) {
        let words = cause.words(Side::Printer);
        return format!("{} {}", words.what, words.next);
    }
    match &unit.link {
        Link::On(Connection { ssid, lease: Some(lease), announced, .. }) => {
            let found = if *announced { " Computers on this network can find it." } else { "" };
            format!("The printer is on the network {ssid} with the address {}.{found}", lease.address)
        }
        Link::On(connection) => {
            format!("The printer is on the network {} and asks for an address.", connection.ssid)
        }
        Link::Trying { .. } => {
            let name = unit.target().map(Known::name).unwrap_or_default();
            format!("The printer joins the network {name}.")
        }
        Link::None => match unit.setup.as_ref().filter(|setup| setup.is_running()) {
            Some(setup) => format!("A set-up runs: {}.", setup.tracker.method().words()),
            None => "The printer is not set up for a network yet.".to_owned(),
        },
    }
}

/// Why the last set-up failed, while there is no network in spite of it.
fn failed(unit: &PrinterUnit) -> Option<&Cause> {
    let setup = unit.setup.as_ref().filter(|_| matches!(unit.link, Link::None))?;
    setup.cause()
}

fn rows(unit: &PrinterUnit, metres: Option<u32>) -> Vec<ConfigurationRow> {
    use RowResult::{Fail, Info, NotRun, Pass};
    let row =
        |name: &str, result, evidence: String| ConfigurationRow { name: name.to_owned(), result, evidence };
    let words = |cause: &Cause| cause.words(Side::Printer).what.to_owned();
    let wireless = unit.on && unit.radio;
    let target = unit.target();
    let connection = unit.link.connection();
    let lease = unit.link.lease();
    // What is not connected failed if something is known to be wrong with it, and else was not tried.
    let broken = unit.link.reason().or(failed(unit)).filter(|_| connection.is_none());
    let untried = || match (wireless, target) {
        (false, _) => "Wi-Fi is off.".to_owned(),
        (true, None) => "No network is set up.".to_owned(),
        (true, Some(_)) => "Not connected.".to_owned(),
    };
    let check = |good: Option<String>, fails: fn(&Cause) -> bool| match (good, broken) {
        (Some(evidence), _) => (Pass, evidence),
        (None, Some(cause)) if fails(cause) => (Fail, words(cause)),
        _ => (NotRun, untried()),
    };

    let mut rows = Vec::new();
    rows.push(if wireless {
        row("Wireless on", Pass, "The radio is on.".to_owned())
    } else {
        row(
            "Wireless on",
            Fail,
            "The radio is off; hold Wireless for three seconds to switch it on.".to_owned(),
        )
    });
    let missing: fn(&Cause) -> bool =
        |cause| matches!(cause, Cause::NetworkGone | Cause::NothingHeard | Cause::OtherBand | Cause::TooFar);
    let found = match (connection, target, broken) {
        (Some(connection), ..) => Some(format!("{} ({})", connection.ssid, connection.bssid)),
        // Who says that a password is wrong is there.
        (None, Some(known), Some(Cause::WrongPassphrase | Cause::JoinRefused)) => Some(known.name()),
        _ if wireless && failed(unit).is_some() => {
            unit.setup.as_ref().and_then(|setup| setup.chose.as_ref()).map(|(ssid, _)| ssid.clone())
        }
        _ => None,
    };
    let (result, evidence) = check(found, missing);
    rows.push(row("SSID found", result, evidence));
    let unsuited: fn(&Cause) -> bool = |cause| matches!(cause, Cause::Wpa3Only | Cause::SecurityUnsupported);
    let (result, evidence) = check(connection.map(|c| c.security.clone()), unsuited);
    rows.push(row("Security", result, evidence));
    rows.push(match connection.map(|connection| connection.signal) {
        Some(signal) => {
            let far = metres.filter(|_| signal < WEAK);
            let place = far.map(|m| format!(", {m} m from the router")).unwrap_or_default();
            let evidence = format!("{signal} dBm ({}){place}", signal_words(signal));
            row("Signal", if signal < WEAK { Fail } else { Pass }, evidence)
        }
        None => {
            let (result, evidence) = check(None, |cause| matches!(cause, Cause::TooFar));
            row("Signal", result, evidence)
        }
    });
    let channel = connection.map(|c| format!("{} ({})", c.channel, band(c.channel)));
    let (result, evidence) = check(channel, |cause| matches!(cause, Cause::OtherBand));
    rows.push(row("Channel", result, evidence));
    let match_ = connection.map(|_| "The router took the password.".to_owned());
    let (result, evidence) = check(match_, |cause| matches!(cause, Cause::WrongPassphrase));
    rows.push(row("Settings match", result, evidence));
    let on = connection.map(|connection| format!("On {}.", connection.ssid));
    let (result, evidence) = check(on, |_| true);
    rows.push(row("Connected", result, evidence));

    let no_address = connection.and_then(|connection| connection.reason.as_ref());
    let leased = |value: Option<String>, needed: bool| match (value, no_address, lease) {
        (Some(value), ..) => (Pass, value),
        (None, Some(cause), _) => (Fail, words(cause)),
        (None, None, Some(_)) => (if needed { Fail } else { Info }, "The router named none.".to_owned()),
        (None, None, None) if connection.is_some() => (NotRun, "The router was asked.".to_owned()),
        (None, None, None) => (NotRun, untried()),
    };
    let (result, evidence) = leased(lease.map(|lease| lease.address.to_string()), true);
    rows.push(row("IP address", result, evidence));
    let (result, evidence) = leased(lease.map(super::link::Lease::mask), true);
    rows.push(row("Subnet mask", result, evidence));
    let (result, evidence) = leased(lease.and_then(|lease| lease.gateway).map(|a| a.to_string()), false);
    rows.push(row("Gateway", result, evidence));
    let (result, evidence) = leased(lease.and_then(|lease| lease.dns).map(|a| a.to_string()), false);
    rows.push(row("DNS server", result, evidence));
    let source = match target {
        Some(known) => format!("{}; address by DHCP", known.method.words()),
        None => "None".to_owned(),
    };
    rows.push(row("Configuration source", Info, source));
    rows.push(row("MAC address", Info, unit.config.mac.to_string()));
    rows
}

/// The PIN, or how to get one (N10).
fn pin(unit: &PrinterUnit, now: Timestamp) -> SecretText {
    let methods = unit.traits().methods;
    let running = unit.setup.as_ref().and_then(|setup| setup.pin(now).zip(setup.countdown(now)));
    SecretText::new(if let Some((pin, left)) = running {
        format!("WPS PIN {}, good for {} more minutes.", pin.grouped(), Countdown::clock(&left))
    } else if methods.contains(&Method::Pin) {
        "No PIN is in use. For a new one: Settings › Network › Wi-Fi Protected Setup › WPS PIN.".to_owned()
    } else if methods.contains(&Method::LabelPin) {
        "The PIN is on the label. Hold WPS for three seconds, then type it at the router.".to_owned()
    } else {
        "This model has no PIN. Use the push button, the Wi-Fi password or a USB cable.".to_owned()
    })
}

/// What to do next: only what applies.
fn next(unit: &PrinterUnit) -> Vec<String> {
    let mut next = Vec::new();
    if !unit.radio {
        next.push("Switch Wi-Fi on: hold Wireless for three seconds.".to_owned());
    }
    let last = unit.setup.as_ref().and_then(|setup| setup.cause());
    let causes = [unit.link.reason(), last].into_iter().flatten();
    for words in causes.map(|cause| cause.words(Side::Printer).next) {
        if !next.iter().any(|said| said == words) {
            next.push(words.to_owned());
        }
    }
    next.extend(weak_signal(unit.link.connection().map(|connection| connection.signal)));
    if reset_applies(unit) {
        next.push(if unit.traits().display {
            "Restore the network settings: Network › Restore network settings. Then set the printer up anew."
                .to_owned()
        } else {
            "Restore the network settings: hold Wireless and Cancel for three seconds. Then set it up anew."
                .to_owned()
        });
    }
    if unit.failures >= 3 {
        next.push("Use another method, or update the firmware of printer and router.".to_owned());
    }
    if next.is_empty() && unit.link.lease().is_some() {
        next.push("Nothing: add the printer on your computer.".to_owned());
    } else if unit.target().is_none() && unit.running().is_none() {
        let ways: Vec<_> = unit.traits().methods.iter().map(|method| method.words()).collect();
        next.push(format!("Set it up; the safer ways first: {}.", ways.join(", ")));
    }
    next
}
