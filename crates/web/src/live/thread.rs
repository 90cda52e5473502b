//! A simulated home in a thread of its own, in real time.

use super::{Desk, Keeper, LiveHome};
use keyway_devices::action::HomeAction;
use keyway_devices::durable::{Change, Saved};
use keyway_devices::home::{Home, HomeConfig, Paper};
use keyway_devices::printer::ConfigurationData;
use keyway_devices::view::{HomeView, RouterAdminView};
use keyway_devices::{Action, Random, Refusal, SecretText, World};
use keyway_eap::Timestamp;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Takes what was on the air, as octets of a pcapng file.
pub type CaptureSink = Box<dyn FnMut(&[u8]) -> std::io::Result<()> + Send>;

/// At most so many seconds pass at once.
const LONGEST_WAIT: u64 = 3600;
/// How long the thread sleeps at most.
const NAP: Duration = Duration::from_secs(1);

impl LiveHome {
    /// Starts a home in a thread of its own. It ends when the last clone of what this returns is gone.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(
        config: HomeConfig,
        saved: Saved,
        random: Random,
        keeper: Box<dyn Keeper>,
        capture: Option<CaptureSink>,
    ) -> std::io::Result<LiveHome> {
        let home = Home::new(config, saved, random, Timestamp::ZERO);
        let played = Played { home, skipped: Duration::ZERO };
        let (bell, calls) = mpsc::sync_channel(1);
        let wake = Box::new(move || {
            // When the bell rings already, it need not ring twice.
            let _ = bell.try_send(());
        });
        let (live, desk) = LiveHome::channel(&played, Timestamp::ZERO, keeper, wake);
        let runner = Runner { played, desk, capture, started: Instant::now() };
        std::thread::Builder::new().name("home".to_owned()).spawn(move || runner.run(&calls))?;
        Ok(live)
    }
}

/// What runs in the thread.
struct Runner {
    played: Played,
    desk: Desk,
    capture: Option<CaptureSink>,
    started: Instant,
}

impl Runner {
    fn now(&self) -> Timestamp {
        Timestamp::ZERO + self.started.elapsed()
    }

    fn run(mut self, calls: &mpsc::Receiver<()>) {
        loop {
            let now = self.now();
            self.played.home.handle_timeout(self.played.at(now));
            self.desk.serve(&mut self.played, now);
            self.drain_capture();
            let here = self.played.at(self.now());
            let nap = self.played.home.poll_timeout().map_or(NAP, |at| at.saturating_since(here).min(NAP));
            if let Err(RecvTimeoutError::Disconnected) = calls.recv_timeout(nap) {
                return;
            }
        }
    }

    fn drain_capture(&mut self) {
        while let Some(octets) = self.played.home.poll_capture() {
            if let Some(sink) = &mut self.capture
                && sink(&octets).is_err()
            {
                eprintln!("warning: the capture cannot be written any more; the home goes on without it");
                self.capture = None;
            }
        }
    }
}

/// A home in which people can let time pass at once. It is given the time outside.
struct Played {
    home: Home,
    /// Time that passed inside and not outside.
    skipped: Duration,
}

impl Played {
    /// The time inside.
    fn at(&self, now: Timestamp) -> Timestamp {
        now + self.skipped
    }

    /// Lets time pass at once: everything that happens in it happens now.
    fn wait(&mut self, seconds: u64, now: Timestamp) -> Result<(), Refusal> {
        if !(1..=LONGEST_WAIT).contains(&seconds) {
            let next = format!("Choose 1 to {LONGEST_WAIT} seconds.");
            return Err(Refusal::new("bad-value", "That is too long to wait, or no time at all.", next));
        }
        self.skipped += Duration::from_secs(seconds);
        self.home.handle_timeout(self.at(now));
        Ok(())
    }
}

impl World for Played {
    fn perform(&mut self, action: Action, now: Timestamp) -> Result<(), Refusal> {
        match action {
            Action::Home { action: HomeAction::Wait { seconds } } => self.wait(seconds, now),
            action => self.home.perform(action, self.at(now)),
        }
    }

    fn set_first_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        self.home.set_first_password(password, self.at(now))
    }

    fn check_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        self.home.check_password(password, self.at(now))
    }

    fn poll_change(&mut self) -> Option<Change> {
        self.home.poll_change()
    }

    fn revision(&self) -> u64 {
        self.home.revision()
    }

    fn view(&self, now: Timestamp) -> HomeView {
        self.home.view(self.at(now))
    }

    fn admin_view(&self, now: Timestamp) -> RouterAdminView {
        self.home.admin_view(self.at(now))
    }

    fn paper(&self, printer: &str, number: u32) -> Option<Paper> {
        self.home.paper(printer, number).cloned()
    }

    fn configuration(&self, printer: &str, now: Timestamp) -> Option<ConfigurationData> {
        self.home.configuration(printer, self.at(now))
    }

    fn ipp(&mut self, printer: &str, request: &[u8], uri: &str, now: Timestamp) -> Option<Vec<u8>> {
        self.home.ipp(printer, request, uri, self.at(now))
    }
}
