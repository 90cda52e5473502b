//! Where requests of pages and programs wait for whoever runs the world.

use super::{Keeper, Scene};
use keyway_devices::durable::Change;
use keyway_devices::home::Paper;
use keyway_devices::printer::ConfigurationData;
use keyway_devices::{Action, Refusal, SecretText, World};
use keyway_eap::Timestamp;
use std::sync::mpsc;
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
    /// Changes that could not be kept yet; they are tried again with the next ones.
    unkept: Vec<Change>,
}

impl Desk {
    pub(super) fn new(
        inbox: mpsc::Receiver<Request>,
        publish: watch::Sender<Scene>,
        keeper: Box<dyn Keeper>,
        seen: u64,
    ) -> Desk {
        Desk { inbox, publish, keeper, seen, unkept: Vec::new() }
    }

    /// Answers everything that waits, never before what must last of it is kept, and shows what changed. To be called
    /// when a request has come, and after whatever else may have changed the world; it does not wait.
    pub fn serve(&mut self, world: &mut dyn World, now: Timestamp) {
        // What happens by itself and cannot be kept is tried again with the next change.
        let _ = self.keep(world);
        while let Ok(request) = self.inbox.try_recv() {
            self.answer(request, world, now);
        }
        let _ = self.keep(world);
        let revision = world.revision();
        if revision != self.seen {
            self.seen = revision;
            self.publish.send_replace(Scene::of(world, now));
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
        self.unkept.extend(std::iter::from_fn(|| world.poll_change()));
    }

    fn keep(&mut self, world: &mut dyn World) -> Result<(), Refusal> {
        self.collect(world);
        if self.unkept.is_empty() {
            return Ok(());
        }
        self.keeper.keep(&self.unkept)?;
        self.unkept.clear();
        Ok(())
    }
}
