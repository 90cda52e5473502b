//! What a printer on Wi-Fi tells of its way onto the network.

use crate::args::PrinterArgs;
use crate::credentials;
use crate::report::Report;
use crate::story::{Story, Who};
use keyway_devices::printer::{PrinterNews, PrinterUnit};
use keyway_eap::Timestamp;
use keyway_home::{Cause, Nickname, PrinterEvent, PrinterOutcome, Side};
use keyway_linux::ip::KernelPrinterNetwork;
use keyway_wsc::Credential;
use keyway_wsc::session::Success;
use serde_json::{Value, json};

/// Tells the story of a printer.
pub(super) struct News {
    nickname: Nickname,
    story: Story,
    step: String,
    /// The networks whose settings came, without their keys.
    received: Vec<Value>,
    joined: bool,
    /// The last thing that was told about looking in vain.
    met: Option<&'static str>,
}

impl News {
    pub(super) fn new(nickname: Nickname) -> News {
        News {
            nickname,
            story: Story::new(Who::Alone),
            step: String::from("Looking for a router"),
            received: Vec::new(),
            joined: false,
            met: None,
        }
    }

    /// Whether the printer is on a network.
    pub(super) fn is_joined(&self) -> bool {
        self.joined
    }

    /// Whether a registration gave settings.
    pub(super) fn has_settings(&self) -> bool {
        !self.received.is_empty()
    }

    /// Tells one piece of news. Gives the settings that came with it.
    pub(super) fn tell<'n>(
        &mut self,
        news: &'n PrinterNews,
        now: Timestamp,
        host: &KernelPrinterNetwork,
        report: &mut Report,
    ) -> Option<&'n [Credential]> {
        match news {
            PrinterNews::Registration(event) => {
                super::tell(event, &mut self.story, &mut self.step, now, report);
                return self.settings(event);
            }
            PrinterNews::NotFound(cause) => self.in_vain("not-found", cause, report),
            PrinterNews::JoinFailed(cause) => self.in_vain("join-failed", cause, report),
            PrinterNews::NoAddress(cause) => self.in_vain("no-address", cause, report),
            PrinterNews::Chose { ssid, signal } => {
                self.met = None;
                let words = format!("Found \u{201c}{ssid}\u{201d} ({signal} dBm)");
                report.event("network-found", json!({ "ssid": ssid, "signal_dbm": signal }), &words);
            }
            PrinterNews::Joining => {
                self.step = String::from("Joining");
                report.event("joining", json!({}), "");
            }
            PrinterNews::Joined { ssid, bssid, channel, signal, security } => {
                (self.joined, self.met) = (true, None);
                self.step = String::from("Asking for an address");
                let fields = json!({
                    "ssid": ssid.to_text(), "bssid": bssid.to_string(), "channel": channel,
                    "signal_dbm": signal, "security": security,
                });
                let words = format!(
                    "Joined \u{201c}{}\u{201d}: {security}, channel {channel}, {signal} dBm",
                    ssid.to_text()
                );
                report.event("joined", fields, &words);
            }
            PrinterNews::Lost => {
                self.joined = false;
                self.step = String::from("Looking for the network");
                report.event("lost", json!({}), "The network is gone; looking for it");
            }
            PrinterNews::Address { address, prefix, gateway, dns } => {
                self.met = None;
                let fields = json!({
                    "ip": address.to_string(), "prefix": prefix,
                    "gateway": gateway.map(|gateway| gateway.to_string()), "dns": dns.map(|dns| dns.to_string()),
                });
                report.event("ip-address", fields, &format!("Address {address}"));
            }
            PrinterNews::Announced => {
                let uri = host.uri();
                let words = match &uri {
                    Some(uri) => format!("Printer {} is online: {uri}", self.nickname),
                    None => format!("Printer {} is online", self.nickname),
                };
                report.event("online", json!({ "uri": uri }), &words);
            }
            PrinterNews::Networks(_) | PrinterNews::Signal(_) | PrinterNews::JobPrinted { .. } => {}
        }
        None
    }

    /// The set-up is over, and the printer on the network.
    pub(super) fn succeeded(&mut self, args: &PrinterArgs, report: &mut Report) {
        let file = args.credentials.as_ref().map(|path| path.display().to_string());
        let fields = json!({ "result": "joined", "networks": self.received, "credentials_file": file });
        report.event("succeeded", fields, "");
    }

    /// The settings of a network are there, and somebody else joins it.
    pub(super) fn received(&mut self, args: &PrinterArgs, settings: &Credential, report: &mut Report) {
        let file = args.credentials.as_ref().map(|path| path.display().to_string());
        let kept = match &file {
            Some(path) => format!(" They are in {path}."),
            None => " They were not kept; --credentials FILE keeps them.".to_owned(),
        };
        let networks = [credentials::public(settings)];
        let words = format!("Received the settings of \u{201c}{}\u{201d}.{kept}", settings.ssid.to_text());
        let fields = json!({ "result": "received", "networks": networks, "credentials_file": file });
        report.event("succeeded", fields, &words);
    }

    /// What stands below while a person looks on.
    pub(super) fn line(&self, unit: &PrinterUnit, now: Timestamp) -> Option<String> {
        let left = unit.countdown(now).map(|countdown| format!("{} left \u{b7} ", countdown.clock()));
        (unit.running().is_some() || !self.joined)
            .then(|| format!("{}{}", left.unwrap_or_default(), self.step))
    }

    fn settings<'n>(&mut self, event: &'n PrinterEvent) -> Option<&'n [Credential]> {
        let PrinterEvent::Ended(PrinterOutcome::Success(success)) = event else { return None };
        let settings = match success {
            Success::Received(settings) => &settings[..],
            Success::Learned(settings) => std::slice::from_ref(settings),
            _ => return None,
        };
        self.received = settings.iter().map(credentials::public).collect();
        Some(settings)
    }

    /// Something that may get better by itself is told when it is new.
    fn in_vain(&mut self, name: &str, cause: &Cause, report: &mut Report) {
        let words = cause.words(Side::Printer);
        self.step = words.what.trim_end_matches('.').to_owned();
        if self.met != Some(cause.code()) {
            self.met = Some(cause.code());
            let fields = json!({ "cause": cause.code(), "words": words.what, "next": words.next });
            report.event(name, fields, &format!("{} {}", words.what, words.next));
        }
    }
}
