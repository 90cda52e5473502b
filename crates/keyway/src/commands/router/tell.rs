//! What a router on Wi-Fi tells of what happens.

use crate::exit::Error;
use crate::report::Report;
use crate::story::Who;
use keyway_devices::durable::LedgerEntry;
use keyway_devices::router::RouterNews;
use keyway_devices::view::{RouterAdminView, WaitingView};
use keyway_home::Nickname;
use keyway_wsc::MacAddr;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Tells what is new.
pub(super) struct Teller {
    /// What was seen last.
    seen: RouterAdminView,
    added: u32,
    /// The code of the last attempt's cause.
    last: Option<String>,
    /// Who is on the network. One that came to register is not, and its going is nothing to tell.
    on_network: BTreeSet<MacAddr>,
}

impl Teller {
    /// Nothing up to this is new.
    pub(super) fn new(seen: RouterAdminView) -> Teller {
        Teller { seen, added: 0, last: None, on_network: BTreeSet::new() }
    }

    /// How many devices were added.
    pub(super) fn added(&self) -> u32 {
        self.added
    }

    /// Whether an attempt is over, with the device on the network if it succeeded.
    pub(super) fn is_over(&self) -> bool {
        let joined = || self.seen.joined.iter().any(|device| device.online);
        self.last.is_some() || self.added > 0 && joined()
    }

    /// How it went in all.
    pub(super) fn result(&self, once: bool) -> Result<(), Error> {
        match &self.last {
            Some(code) if once => Err(Error::said(code)),
            _ => Ok(()),
        }
    }

    /// Tells what a radio or the network told.
    pub(super) fn news(&mut self, news: &RouterNews, report: &mut Report) {
        match news {
            RouterNews::Joined { station, signal } => {
                self.on_network.insert(*station);
                let words = format!("{} is on the network ({signal} dBm)", Nickname::of(*station));
                report.event("device-joined", of(*station, json!({ "signal_dbm": signal })), &words);
            }
            RouterNews::Left(station) if self.on_network.remove(station) => {
                let words = format!("{} has left", Nickname::of(*station));
                report.event("device-left", of(*station, json!({})), &words);
            }
            RouterNews::WrongPassphrase(station) => {
                let words = format!("{} tried a wrong Wi-Fi password", Nickname::of(*station));
                report.event("wrong-passphrase", of(*station, json!({})), &words);
            }
            RouterNews::Leased { station, address, name } => {
                let words = format!("{} has the address {address}", Nickname::of(*station));
                let fields = json!({ "ip": address.to_string(), "name": name });
                report.event("leased", of(*station, fields), &words);
            }
            RouterNews::Associated { station, for_wps: true } => {
                report.event("registering", of(*station, json!({})), "");
            }
            RouterNews::Left(_)
            | RouterNews::Associated { .. }
            | RouterNews::Probe { .. }
            | RouterNews::Eapol { .. }
            | RouterNews::AirSeen(_) => {}
        }
    }

    /// Tells what the owner would see to be new.
    pub(super) fn look(&mut self, now: &RouterAdminView, report: &mut Report) {
        if *now == self.seen {
            return;
        }
        let newest = self.seen.ledger.first();
        for entry in
            now.ledger.iter().take_while(|entry| Some(*entry) != newest).collect::<Vec<_>>().iter().rev()
        {
            self.attempt(entry, report);
        }
        for device in &now.waiting {
            if !self.seen.waiting.iter().any(|known| known.mac == device.mac) {
                waits(device, report);
            }
        }
        if now.wps != self.seen.wps {
            let words = if now.wps { "WPS is on." } else { "WPS is off." };
            report.event("wps", json!({ "on": now.wps }), words);
        }
        match (&now.router_pin.lock, &self.seen.router_pin.lock) {
            (Some(lock), None) => {
                let seconds = lock.countdown.map(|countdown| countdown.seconds);
                report.event("locked", json!({ "seconds": seconds, "failures": lock.failures }), &lock.why);
            }
            (None, Some(_)) => report.event("unlocked", json!({}), "The router's PIN is unlocked."),
            _ => {}
        }
        self.seen = now.clone();
    }

    fn attempt(&mut self, entry: &LedgerEntry, report: &mut Report) {
        let succeeded = entry.result == "success";
        if succeeded {
            self.added += 1;
            self.last = None;
        } else {
            self.last = Some(entry.result.clone());
        }
        let fields = json!({
            "station": entry.mac, "nickname": entry.nickname, "name": entry.name, "method": entry.method,
            "result": entry.result, "words": entry.words,
        });
        let words = format!("{}: {}", entry.nickname, entry.words);
        report.event("attempt", fields, &words);
    }
}

fn waits(device: &WaitingView, report: &mut Report) {
    let what = device.name.as_deref().or(device.kind.as_deref()).unwrap_or("a device");
    let how = if device.by_button { "by button" } else { "enter the PIN that it shows, if it is yours" };
    let words = format!("{}: {what} asks to be added; {how}.", device.nickname);
    let fields = json!({
        "station": device.mac, "nickname": device.nickname, "name": device.name, "kind": device.kind,
        "by_button": device.by_button,
    });
    report.event("device-asks", fields, &words);
}

fn of(station: MacAddr, fields: Value) -> Value {
    Who::station(station).with(fields)
}
