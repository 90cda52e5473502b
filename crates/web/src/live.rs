//! A home that runs: a thread of its own in real time, what must last stored before anybody is answered.

use keyway_devices::action::HomeAction;
use keyway_devices::durable::{Change, Saved};
use keyway_devices::home::{Home, HomeConfig, Paper};
use keyway_devices::printer::ConfigurationData;
use keyway_devices::view::{HomeView, RouterAdminView};
use keyway_devices::{Action, Random, Refusal, SecretText};
use keyway_eap::Timestamp;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Keeps what must last.
pub trait Keeper: Send {
    /// Keeps all of these changes or none of them. Once it has returned, they outlast a crash.
    ///
    /// # Errors
    /// Words that say what is wrong and what to do.
    fn keep(&mut self, changes: &[Change]) -> Result<(), Refusal>;
}

/// Keeps nothing: for a home that is gone when the program ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forgetful;

impl Keeper for Forgetful {
    fn keep(&mut self, _: &[Change]) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Takes what was on the air, as octets of a pcapng file.
pub type CaptureSink = Box<dyn FnMut(&[u8]) -> std::io::Result<()> + Send>;

/// What can be seen at a moment. Shared by all who look, so that a thousand open pages cost one view.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What anybody sees.
    pub home: Arc<HomeView>,
    /// What the router's owner sees.
    pub admin: Arc<RouterAdminView>,
}

/// A home that runs. Cheap to clone; the home ends when the last clone is gone.
#[derive(Clone)]
pub struct LiveHome {
    requests: mpsc::Sender<Request>,
    scenes: watch::Receiver<Scene>,
}

type Answer = oneshot::Sender<Result<(), Refusal>>;

enum Request {
    Perform(Action, Answer),
    SetFirstPassword(SecretText, Answer),
    CheckPassword(SecretText, Answer),
    Refresh(oneshot::Sender<Scene>),
    Paper(String, u32, oneshot::Sender<Option<Paper>>),
    Configuration(String, oneshot::Sender<Option<ConfigurationData>>),
    Ipp { printer: String, request: Vec<u8>, uri: String, answer: oneshot::Sender<Option<Vec<u8>>> },
}

impl LiveHome {
    /// Starts a home in a thread of its own.
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
        let (requests, inbox) = mpsc::channel();
        let scene = Runner::scene(&home, Timestamp::ZERO);
        let (publish, scenes) = watch::channel(scene);
        let runner = Runner {
            home,
            keeper,
            capture,
            publish,
            seen: 0,
            started: Instant::now(),
            skipped: Duration::ZERO,
            unkept: Vec::new(),
        };
        std::thread::Builder::new().name("home".to_owned()).spawn(move || runner.run(&inbox))?;
        Ok(LiveHome { requests, scenes })
    }

    /// Does something, and returns when it is done and kept.
    ///
    /// # Errors
    /// [`Refusal`]: nothing has changed.
    pub async fn perform(&self, action: Action) -> Result<(), Refusal> {
        self.ask(|answer| Request::Perform(action, answer)).await.unwrap_or_else(|| Err(ended()))
    }

    /// Sets the administrator's password, when there is none.
    ///
    /// # Errors
    /// [`Refusal`]: there is one, or this one is too short.
    pub async fn set_first_password(&self, password: SecretText) -> Result<(), Refusal> {
        self.ask(|answer| Request::SetFirstPassword(password, answer)).await.unwrap_or_else(|| Err(ended()))
    }

    /// Checks the administrator's password.
    ///
    /// # Errors
    /// [`Refusal`]: it is wrong, or there were too many attempts.
    pub async fn check_password(&self, password: SecretText) -> Result<(), Refusal> {
        self.ask(|answer| Request::CheckPassword(password, answer)).await.unwrap_or_else(|| Err(ended()))
    }

    /// What can be seen now, with countdowns of now.
    pub async fn scene(&self) -> Scene {
        match self.ask(Request::Refresh).await {
            Some(scene) => scene,
            None => self.scenes.borrow().clone(),
        }
    }

    /// Follows what can be seen: each change is one notice.
    pub fn follow(&self) -> watch::Receiver<Scene> {
        self.scenes.clone()
    }

    /// A sheet in a printer's tray.
    pub async fn paper(&self, printer: &str, number: u32) -> Option<Paper> {
        self.ask(|answer| Request::Paper(printer.to_owned(), number, answer)).await.flatten()
    }

    /// A printer's network configuration page, as it would be printed now.
    pub async fn configuration(&self, printer: &str) -> Option<ConfigurationData> {
        self.ask(|answer| Request::Configuration(printer.to_owned(), answer)).await.flatten()
    }

    /// The answer of a printer to an IPP request that came to the address `uri`; `None` when there is no such printer,
    /// or it is not online.
    pub async fn ipp(&self, printer: &str, request: Vec<u8>, uri: String) -> Option<Vec<u8>> {
        let printer = printer.to_owned();
        self.ask(|answer| Request::Ipp { printer, request, uri, answer }).await.flatten()
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Option<T> {
        let (answer, result) = oneshot::channel();
        self.requests.send(request(answer)).ok()?;
        result.await.ok()
    }
}

fn ended() -> Refusal {
    Refusal::new("not-now", "The home has ended.", "Start the program again.")
}

/// What runs in the thread.
struct Runner {
    home: Home,
    keeper: Box<dyn Keeper>,
    capture: Option<CaptureSink>,
    publish: watch::Sender<Scene>,
    seen: u64,
    started: Instant,
    /// Time that people let pass at once.
    skipped: Duration,
    /// Changes that could not be kept yet; they are tried again with the next ones.
    unkept: Vec<Change>,
}

/// At most so many seconds pass at once.
const LONGEST_WAIT: u64 = 3600;
/// How long the thread sleeps at most.
const NAP: Duration = Duration::from_secs(1);

impl Runner {
    fn now(&self) -> Timestamp {
        Timestamp::ZERO + self.started.elapsed() + self.skipped
    }

    fn run(mut self, inbox: &mpsc::Receiver<Request>) {
        loop {
            let now = self.now();
            self.home.handle_timeout(now);
            // What happens by itself and cannot be kept is tried again with the next change.
            let _ = self.keep();
            self.drain_capture();
            self.show(now);
            let nap = self.home.poll_timeout().map_or(NAP, |at| at.saturating_since(self.now()).min(NAP));
            match inbox.recv_timeout(nap) {
                Ok(request) => self.serve(request),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn serve(&mut self, request: Request) {
        let now = self.now();
        // Nobody waits for an answer any more when sending it fails.
        match request {
            Request::Perform(Action::Home { action: HomeAction::Wait { seconds } }, answer) => {
                let _ = answer.send(self.wait(seconds));
            }
            Request::Perform(action, answer) => {
                let _ = answer.send(self.kept(|home| home.perform(action, now)));
            }
            Request::SetFirstPassword(password, answer) => {
                let _ = answer.send(self.kept(|home| home.set_first_password(&password, now)));
            }
            Request::CheckPassword(password, answer) => {
                let _ = answer.send(self.kept(|home| home.check_password(&password, now)));
            }
            Request::Refresh(answer) => {
                let _ = answer.send(Runner::scene(&self.home, now));
            }
            Request::Paper(printer, number, answer) => {
                let _ = answer.send(self.home.paper(&printer, number).cloned());
            }
            Request::Configuration(printer, answer) => {
                let _ = answer.send(self.home.configuration(&printer, now));
            }
            Request::Ipp { printer, request, uri, answer } => {
                let _ = answer.send(self.home.ipp(&printer, &request, &uri, now));
            }
        }
    }

    /// Lets time pass at once: everything that happens in it happens now.
    fn wait(&mut self, seconds: u64) -> Result<(), Refusal> {
        if !(1..=LONGEST_WAIT).contains(&seconds) {
            let next = format!("Choose 1 to {LONGEST_WAIT} seconds.");
            return Err(Refusal::new("bad-value", "That is too long to wait, or no time at all.", next));
        }
        self.skipped += Duration::from_secs(seconds);
        let now = self.now();
        self.kept(|home| {
            home.handle_timeout(now);
            Ok(())
        })
    }

    /// Does something and keeps what must last of it, before it is acknowledged. What has nothing to keep is not refused
    /// because something earlier could not be kept: with a full disk a person still gets in and looks around.
    fn kept(&mut self, act: impl FnOnce(&mut Home) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let earlier = self.unkept.len();
        act(&mut self.home)?;
        self.collect();
        let has_new = self.unkept.len() > earlier;
        let kept = self.keep();
        if has_new { kept } else { Ok(()) }
    }

    fn collect(&mut self) {
        while let Some(change) = self.home.poll_change() {
            self.unkept.push(change);
        }
    }

    fn keep(&mut self) -> Result<(), Refusal> {
        self.collect();
        if self.unkept.is_empty() {
            return Ok(());
        }
        self.keeper.keep(&self.unkept)?;
        self.unkept.clear();
        Ok(())
    }

    fn drain_capture(&mut self) {
        while let Some(octets) = self.home.poll_capture() {
            if let Some(sink) = &mut self.capture
                && sink(&octets).is_err()
            {
                eprintln!("warning: the capture cannot be written any more; the home goes on without it");
                self.capture = None;
            }
        }
    }

    fn show(&mut self, now: Timestamp) {
        let revision = self.home.revision();
        if revision != self.seen {
            self.seen = revision;
            self.publish.send_replace(Runner::scene(&self.home, now));
        }
    }

    fn scene(home: &Home, now: Timestamp) -> Scene {
        Scene { home: Arc::new(home.view(now)), admin: Arc::new(home.admin_view(now)) }
    }
}
