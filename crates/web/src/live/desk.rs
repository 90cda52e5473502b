//! Where requests of pages and programs wait for whoever runs the world.

use super::{Keeper, Scene};
use keyway_devices::durable::Change;
use keyway_devices::home::Paper;
use keyway_devices::printer::ConfigurationData;
use keyway_devices::{Action, Refusal, SecretText, World};
use keyway_eap::Timestamp;
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};

type Answer = oneshot::Sender<Result<(), Refusal>>;

/// What pages and programs ask for.
pub(super) enum Request {
    Perform(Action, Answer),
    SetFirstPassword(SecretText, Answer),
    CheckPassword(SecretText, Answer),
    Refresh(oneshot::Sender<Scene>),
    Paper(String, u32, oneshot::Sender<Option<Paper>>),
    Configuration(String, oneshot::Sender<Option<ConfigurationData>>),
    Ipp { printer: String, request: Vec<u8>, uri: String, answer: oneshot::Sender<Option<Vec<u8>>> },
}

/// The side of whoever runs a world: answers the requests, keeps what must last, shows what changed.
pub struct Desk {
    inbox: mpsc::Receiver<Request>,
    publish: watch::Sender<Scene>,
    keeper: Box<dyn Keeper>,
    /// The revision that was shown last.
    seen: u64,
    /// Changes that could not be kept yet; they are tried again with the next ones that a person makes, and at intervals.
    unkept: Vec<Change>,
    /// Until then what could not be kept waits.
    again: Timestamp,
    /// Why nothing can be kept, if nobody was told.
    problem: Option<Refusal>,
    /// Whether the last try to keep something failed.
    failing: bool,
}

/// How long what could not be kept waits for the next try.
const PAUSE: Duration = Duration::from_secs(10);

/// How many changes wait at most: older entries of the ledger and of devices give way. Settings replace each other.
const WAITING: usize = 1024;

impl Desk {
    pub(super) fn new(
        inbox: mpsc::Receiver<Request>,
        publish: watch::Sender<Scene>,
        keeper: Box<dyn Keeper>,
        seen: u64,
    ) -> Desk {
        Desk {
            inbox,
            publish,
            keeper,
            seen,
            unkept: Vec::new(),
            again: Timestamp::ZERO,
            problem: None,
            failing: false,
        }
    }

    /// Answers everything that waits, never before what must last of it is kept, and shows what changed. To be called
    /// when a request has come, and after whatever else may have changed the world; it does not wait.
    pub fn serve(&mut self, world: &mut dyn World, now: Timestamp) {
        self.keep_what_came(world, now);
        while let Ok(request) = self.inbox.try_recv() {
            self.answer(request, world, now);
        }
        self.keep_what_came(world, now);
        let revision = world.revision();
        if revision != self.seen {
            self.seen = revision;
            self.publish.send_replace(Scene::of(world, now));
        }
    }

    /// Why what happened by itself cannot be kept: once, until something can be kept again.
    pub fn poll_problem(&mut self) -> Option<Refusal> {
        self.problem.take()
    }

    /// Keeps what nobody waits for.
    fn keep_what_came(&mut self, world: &mut dyn World, now: Timestamp) {
        self.collect(world);
        if self.failing && now < self.again {
            return;
        }
        let was_failing = self.failing;
        if let Err(refusal) = self.keep(world) {
            self.again = now.saturating_add(PAUSE);
            if !was_failing {
                self.problem = Some(refusal);
            }
        }
    }

    fn answer(&mut self, request: Request, world: &mut dyn World, now: Timestamp) {
        // Nobody waits for an answer any more when sending it fails.
        match request {
            Request::Perform(action, answer) => {
                let _ = answer.send(self.kept(world, |world| world.perform(action, now)));
            }
            Request::SetFirstPassword(password, answer) => {
                let _ = answer.send(self.kept(world, |world| world.set_first_password(&password, now)));
            }
            Request::CheckPassword(password, answer) => {
                let _ = answer.send(self.kept(world, |world| world.check_password(&password, now)));
            }
            Request::Refresh(answer) => {
                let _ = answer.send(Scene::of(world, now));
            }
            Request::Paper(printer, number, answer) => {
                let _ = answer.send(world.paper(&printer, number));
            }
            Request::Configuration(printer, answer) => {
                let _ = answer.send(world.configuration(&printer, now));
            }
            Request::Ipp { printer, request, uri, answer } => {
                let _ = answer.send(world.ipp(&printer, &request, &uri, now));
            }
        }
    }

    /// Does something and keeps what must last of it, before it is acknowledged. What has nothing to keep is not refused
    /// because something earlier could not be kept: with a full disk a person still gets in and looks around.
    fn kept(
        &mut self,
        world: &mut dyn World,
        act: impl FnOnce(&mut dyn World) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let earlier = self.unkept.len();
        act(world)?;
        self.collect(world);
        let has_new = self.unkept.len() > earlier;
        let kept = self.keep(world);
        if has_new { kept } else { Ok(()) }
    }

    fn collect(&mut self, world: &mut dyn World) {
        for change in std::iter::from_fn(|| world.poll_change()) {
            if self.failing
                && let Change::Set { owner, key, .. } | Change::Remove { owner, key } = &change
            {
                let of_the_same = |earlier: &Change| match earlier {
                    Change::Set { owner: whose, key: what, .. }
                    | Change::Remove { owner: whose, key: what } => (whose, what) == (owner, key),
                    _ => false,
                };
                self.unkept.retain(|earlier| !of_the_same(earlier));
            }
            self.unkept.push(change);
        }
        while self.unkept.len() > WAITING {
            let is_record = |change: &Change| !matches!(change, Change::Set { .. } | Change::Remove { .. });
            let Some(oldest) = self.unkept.iter().position(is_record) else { break };
            self.unkept.remove(oldest);
        }
    }

    fn keep(&mut self, world: &mut dyn World) -> Result<(), Refusal> {
        self.collect(world);
        if self.unkept.is_empty() {
            return Ok(());
        }
        let kept = self.keeper.keep(&self.unkept);
        self.failing = kept.is_err();
        if kept.is_ok() {
            self.unkept.clear();
        }
        kept
    }
}
