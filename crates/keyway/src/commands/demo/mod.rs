//! `keyway demo`: a whole home in this process.

mod announce;
mod live;

use crate::args::{DemoArgs, PlayMethod};
use crate::exit::Error;
use crate::report::Report;
use keyway_devices::Random;
use keyway_devices::durable::Saved;
use keyway_devices::home::{Home, HomeConfig};
use keyway_devices::play::{Person, Stuck, Teller};
use keyway_devices::session::Step;
use keyway_eap::Timestamp;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

pub(super) fn run(args: &DemoArgs) -> Result<(), Error> {
    match args.play {
        Some(method) => run_plays(method, args),
        None => live::run(args),
    }
}

/// Milliseconds since 1970.
fn date() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The seed of the air and of everything else by chance, and where keys come from: from the seed when one was given, so
/// that a run can be repeated; from the operating system otherwise.
fn chance(args: &DemoArgs, salt: u64) -> Result<(u64, Random), Error> {
    if let Some(seed) = args.seed {
        return Ok((seed, Random::seeded(seed.wrapping_add(salt))));
    }
    let mut octets = [0; 8];
    getrandom::fill(&mut octets).map_err(Error::interface)?;
    Ok((u64::from_le_bytes(octets), Random::new(|out| getrandom::fill(out).is_ok())))
}

/// A capture that is written to a file.
struct CaptureFile {
    file: BufWriter<File>,
    failed: Option<std::io::Error>,
}

impl CaptureFile {
    fn create(path: &Path) -> Result<CaptureFile, Error> {
        let file = File::create(path).map_err(|error| {
            Error::file(format_args!("{}: {error}. Choose another file for the capture.", path.display()))
        })?;
        Ok(CaptureFile { file: BufWriter::new(file), failed: None })
    }

    fn write(&mut self, octets: &[u8]) {
        if self.failed.is_none()
            && let Err(error) = self.file.write_all(octets)
        {
            self.failed = Some(error);
        }
    }

    /// What was written is in the file.
    fn flushed(&mut self) -> std::io::Result<()> {
        self.failed.take().map_or_else(|| self.file.flush(), Err)
    }

    fn finish(mut self, path: &Path) -> Result<(), Error> {
        match self.failed.take().map_or_else(|| self.file.flush(), Err) {
            Ok(()) => Ok(()),
            Err(error) => {
                Err(Error::file(format_args!("{}: {error}. The capture is cut short.", path.display())))
            }
        }
    }
}

fn run_plays(method: PlayMethod, args: &DemoArgs) -> Result<(), Error> {
    if args.data.is_some() || args.listen.is_some() {
        return Err(Error::usage(
            "--play needs neither --listen nor --data: it acts the person's part by itself",
        ));
    }
    let mut report = Report::new(args.json);
    let mut capture = args.pcap.as_deref().map(CaptureFile::create).transpose()?;
    let plays = if method == PlayMethod::All { PlayMethod::EACH.to_vec() } else { vec![method] };
    let mut failed = None;
    for (number, method) in plays.iter().enumerate() {
        let (seed, random) = chance(args, number as u64)?;
        let mut config = HomeConfig::demo(seed, date());
        config.capture = capture.is_some();
        config.test_page = live::test_page;
        let home = Home::new(config, Saved::default(), random, Timestamp::ZERO);
        report.event("play-begins", json!({ "play": method.name() }), &format!("{}:", method.words()));
        let mut teller =
            Tell { report: &mut report, capture: capture.as_mut(), play: method.name(), done: 0 };
        let mut person = Person::new(home, &mut teller);
        let result = method.part().map_or(Ok(String::new()), |part| part.play(&mut person));
        let at = person.passed();
        report.clear();
        match result {
            Ok(address) => {
                let fields = json!({ "play": method.name(), "home_ms": at, "address": address });
                let seconds = at as f64 / 1000.0;
                let words = format!("  Done: online and found, after {seconds:.1} s in the home\n");
                report.event("play-ended", fields, &words);
            }
            Err(stuck) => failed = Some(tell(&stuck, *method, &mut report)),
        }
    }
    report.flush();
    if let (Some(capture), Some(path)) = (capture, &args.pcap) {
        capture.finish(path)?;
    }
    failed.map_or(Ok(()), Err)
}

/// Tells how a play goes on, and keeps its capture.
struct Tell<'a> {
    report: &'a mut Report,
    capture: Option<&'a mut CaptureFile>,
    play: &'static str,
    done: u8,
}

impl Teller for Tell<'_> {
    fn person(&mut self, words: &str, at: u64) {
        let fields = json!({ "play": self.play, "home_ms": at, "words": words });
        self.report.event("play-step", fields, &format!("  {words}"));
        self.report.flush();
    }

    fn progress(&mut self, step: Step, at: u64) {
        self.done = self.done.max(step.number());
        let fields =
            json!({ "play": self.play, "home_ms": at, "step": step.number(), "words": step.words() });
        self.report.event("play-progress", fields, &format!("    {} of 7  {}", step.number(), step.words()));
        let bar: String = (1..=7).map(|number| if number <= self.done { '#' } else { '.' }).collect();
        self.report.status(&format!("[{bar}] {}", step.words()));
    }

    fn captured(&mut self, octets: &[u8]) {
        if let Some(capture) = &mut self.capture {
            capture.write(octets);
        }
    }
}

/// Says why a play stopped.
fn tell(stuck: &Stuck, method: PlayMethod, report: &mut Report) -> Error {
    report.clear();
    let (code, what, next) = match stuck {
        Stuck::Refused(refusal) => (refusal.code.as_str(), refusal.what.clone(), refusal.next.clone()),
        Stuck::Failed { code, what, next } => (code.as_str(), what.clone(), next.clone()),
        Stuck::Waited(what) => (
            "timed-out",
            format!("Waited in vain for {what}."),
            "Play it again; see what is on the air with --pcap.".into(),
        ),
        Stuck::NotShown(what) => {
            ("internal-error", format!("There was no {what}."), "This is a fault of the program.".into())
        }
    };
    let fields = json!({ "play": method.name(), "cause": code, "words": what, "next": next });
    report.event("play-failed", fields, &format!("  {what}\n  {next}"));
    Error::said(code)
}
