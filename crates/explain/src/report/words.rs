//! The report in plain words.

use super::{Achieved, Advice};
use super::{Attempt, Capture, Message, Method, Network, Outcome, Party, Report, Search, Sender, Step};
use core::fmt::{self, Display, Formatter};
use keyway_home::{Cause, Side};

/// A report in words.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    report: &'a Report,
    every_message: bool,
}

impl Report {
    /// The report in words, for a person; with every message on a line of its own, if wanted.
    pub fn words(&self, every_message: bool) -> Words<'_> {
        Words { report: self, every_message }
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.words(false).fmt(f)
    }
}

impl Display for Words<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Report { capture, networks, searches, attempts, unanswered, left_out, problem } = self.report;
        capture.fmt(f)?;
        if !networks.is_empty() {
            f.write_str("\nNetworks\n")?;
            networks.iter().try_for_each(|network| network.fmt(f))?;
        }
        for attempt in attempts {
            attempt.fmt(f)?;
            if self.every_message {
                f.write_str("   Exchange\n")?;
                attempt.exchange.iter().try_for_each(|message| message.fmt(f))?;
            }
        }
        searches.iter().try_for_each(|search| search.fmt(f))?;
        if !self.report.has_story() {
            f.write_str("\nThere is nothing of WPS in this capture.\n")?;
            f.write_str("   Capture where the exchange passes: on the router's channel, or at the router or the device,\n")?;
            f.write_str("   from before the start to the end.\n")?;
        } else if attempts.is_empty() && searches.is_empty() {
            f.write_str("\nNo device tried to register or to join while this was captured.\n")?;
        }
        for station in unanswered {
            let times = count(station.times.into(), "time", "times");
            writeln!(f, "\n{} asked {times} to be let in (EAPOL-Start), and nobody answered.", station.mac)?;
        }
        if *left_out > 0 {
            writeln!(
                f,
                "\nThere is more than is told here: {left_out} frames of other attempts, networks and devices."
            )?;
        }
        if problem.is_some() {
            f.write_str("\nThe file was read up to where it is damaged; there may be more behind that.\n")?;
        }
        Ok(())
    }
}

impl Display for Capture {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let links = if self.links.is_empty() { "nothing".to_owned() } else { self.links.join(", ") };
        write!(f, "Capture ({}) of {links}: {}", self.format, count(self.frames, "packet", "packets"))?;
        write!(f, " in {}", seconds(self.duration_ms))?;
        if let Some(started) = &self.started {
            write!(f, ", from {started}")?;
        }
        f.write_str(".\n")?;
        if self.damaged > 0 {
            writeln!(f, "   {} damaged.", count(self.damaged, "packet is", "packets are"))?;
        }
        if self.cut > 0 {
            let packets = count(self.cut, "packet was", "packets were");
            writeln!(f, "   {packets} captured in part only; capture whole packets (tcpdump -s 0).")?;
        }
        Ok(())
    }
}

impl Display for Network {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.ssid {
            Some(ssid) => write!(f, "   {ssid} ({}", self.bssid)?,
            None => write!(f, "   a network with a hidden name ({}", self.bssid)?,
        }
        if let (Some(channel), Some(band)) = (self.channel, &self.band) {
            write!(f, ", channel {channel}, {band}")?;
        }
        write!(f, ", {}", security(self.security))?;
        if let Some(signal) = self.signal_dbm {
            write!(f, ", {signal} dBm")?;
        }
        f.write_str("): ")?;
        let Some(wps) = &self.wps else { return f.write_str("WPS is off\n") };
        write!(f, "offers WPS {}", wps.version)?;
        if wps.locked {
            f.write_str("; its own PIN is locked or off")?;
        }
        for open in &wps.open {
            let how = match open.method {
                Method::Button => "by button",
                _ => "by PIN",
            };
            write!(f, "; open {how} from {} to {}", seconds(open.from_ms), seconds(open.to_ms))?;
            if !open.devices.is_empty() {
                write!(f, " for {}", open.devices.join(", "))?;
            }
        }
        if let Some(cause) = self.obstacle.and_then(Cause::from_code) {
            write!(f, ". {}", cause.words(Side::Computer).what)?;
        }
        f.write_str("\n")
    }
}

impl Display for Search {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let who = name_of_device(&self.device);
        let times = count(self.requests.into(), "time", "times");
        writeln!(f, "\n{who} looked for a router with WPS {times} and registered with none.")?;
        row(f, "Device", &self.device)?;
        row(f, "Method", self.method.words())?;
        row(f, "When", format_args!("{} to {}", seconds(self.from_ms), seconds(self.to_ms)))?;
        match &self.advice {
            Some(advice) => row(f, "At the device", advice),
            None => Ok(()),
        }
    }
}

impl Display for Attempt {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let device = name_of_device(&self.device);
        let network = self.ssid.as_deref().or(self.router.name.as_deref()).or(self.router.mac.as_deref());
        let network = network.unwrap_or("a router");
        writeln!(f, "\n{}. {device} and {network}: {}", self.number, headline(self))?;
        for (whose, advice) in [("At the device", &self.at_device), ("At the router", &self.at_router)] {
            if let Some(advice) = advice {
                row(f, whose, advice)?;
            }
        }
        row(f, "Device", &self.device)?;
        row(f, "Router", &self.router)?;
        row(f, "Method", self.method.map_or("not in the capture", Method::words))?;
        if self.method == Some(Method::Passphrase) && self.outcome == Outcome::Succeeded {
            // Of interest only because it may be how another attempt went on.
            return row(f, "When", seconds(self.from_ms));
        }
        match self.step {
            Some(step) => row(f, "How far", format_args!("step {} of 7, {}", step.number(), step.words())),
            None => {
                let done = Step::ALL.get(usize::from(self.steps_done.saturating_sub(1))).copied();
                let done = done.unwrap_or(Step::Found);
                row(
                    f,
                    "How far",
                    format_args!("{} of 7 steps done, up to “{}”", self.steps_done, done.words()),
                )
            }
        }?;
        let duration = self.to_ms.saturating_sub(self.from_ms);
        let when = format_args!("{} to {}", seconds(self.from_ms), seconds(self.to_ms)).to_string();
        match self.tries {
            1 => row(f, "When", format_args!("{when} ({})", seconds(duration)))?,
            tries => row(f, "When", format_args!("{when}, {tries} tries"))?,
        }
        if let Some(silence) = self.longest_silence.as_ref().filter(|silence| silence.ms >= 1000) {
            let (time, who) = (seconds(silence.ms), silence.awaited.words());
            row(
                f,
                "Silence",
                format_args!("{time} at most, after {}, when it was up to {who}", silence.after),
            )?;
        }
        row(f, "Messages", messages(self))?;
        if !self.missing.is_empty() {
            let missing = self.missing.join(", ");
            row(
                f,
                "Missing",
                format_args!("{missing}: not in the capture; what follows shows that it was sent"),
            )?;
        }
        if let Some(address) = &self.address {
            row(f, "Address", address)?;
        }
        if !self.evidence.is_empty() {
            row(f, "Seen", &self.evidence)?;
        }
        self.notes.iter().try_for_each(|note| row(f, "Note", note))?;
        match self.outcome {
            Outcome::Unfinished => row(f, "Next", "Capture again, until the device says how it ended."),
            _ => Ok(()),
        }
    }
}

impl Display for Advice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.next)
    }
}

impl Display for Party {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // Many makers stand in the names of their models as well.
        let (maker, model) = (self.manufacturer.as_deref(), self.model.as_deref().unwrap_or_default());
        let made = match maker.filter(|maker| !model.starts_with(maker)) {
            Some(maker) => format!("{maker} {model}").trim().to_owned(),
            None => model.to_owned(),
        };
        let version = self.wps_version.map(|version| format!("WPS {version}"));
        let signal = self.signal_dbm.map(|signal| format!("{signal} dBm at worst"));
        let parts = [
            self.name.clone(),
            Some(made).filter(|made| !made.is_empty()),
            self.kind.map(str::to_owned),
            self.mac.clone(),
            version,
            signal,
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(if parts.is_empty() { "not in the capture" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}

impl Display for Message {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let arrow = match self.from {
            Sender::Device => "device → router",
            Sender::Router => "router → device",
        };
        let Message { at_ms, frame, what, note, .. } = self;
        write!(f, "      {:>10}  packet {frame:<6} {arrow}  {what}", seconds(*at_ms))?;
        if !note.is_empty() {
            write!(f, ": {note}")?;
        }
        f.write_str("\n")
    }
}

fn row(f: &mut Formatter<'_>, name: &str, value: impl Display) -> fmt::Result {
    writeln!(f, "   {name:<14} {value}")
}

/// How it ended, for the first line.
fn headline(attempt: &Attempt) -> String {
    match (attempt.outcome, attempt.achieved, attempt.at_device) {
        (Outcome::Succeeded, Some(Achieved::Received), _) if attempt.steps_done < 6 => {
            "the device received the network's settings".to_owned()
        }
        (Outcome::Succeeded, Some(Achieved::Learned), _) => {
            "the device read the router's settings".to_owned()
        }
        (Outcome::Succeeded, Some(Achieved::Configured), _) => "the router got new settings".to_owned(),
        (Outcome::Succeeded, ..) => "the device is on the network".to_owned(),
        (Outcome::Unfinished, ..) => "the capture ends before the attempt does".to_owned(),
        (Outcome::Waiting, ..) => "the device waits for the router (not-ready)".to_owned(),
        (Outcome::Failed, ..) => format!("failed ({})", attempt.cause.unwrap_or("unknown")),
    }
}

/// The messages of the exchange on one line, each name once.
fn messages(attempt: &Attempt) -> String {
    let mut names: Vec<String> = Vec::new();
    for Message { what, note, .. } in &attempt.exchange {
        let name = match (*what, note.as_str()) {
            ("WSC_NACK" | "M2D", note) if !note.is_empty() => format!("{what} ({note})"),
            (what, _) => what.to_owned(),
        };
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    if attempt.repeated > 0 {
        names.push(format!("({} sent again)", attempt.repeated));
    }
    names.join(" · ").replace(" · (", " (")
}

fn name_of_device(party: &Party) -> &str {
    let known = party.nickname.as_deref().or(party.name.as_deref()).or(party.mac.as_deref());
    known.unwrap_or("a device")
}

fn security(code: &str) -> &'static str {
    match code {
        "open" => "open",
        "wep" => "WEP",
        "wpa" => "WPA",
        "wpa2" => "WPA2",
        "wpa2-wpa3" => "WPA2 and WPA3",
        "wpa3" => "WPA3",
        "owe" => "open, encrypted",
        _ => "802.1X",
    }
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03} s", ms / 1000, ms % 1000)
}
