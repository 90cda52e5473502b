//! What pages and programs talk to: a home or a router that runs, what must last stored before anybody is answered.
//!
//! [`LiveHome`] is the side of the pages, [`Desk`] that of whoever runs the world. A simulated home runs in a thread of its
//! own ([`LiveHome::start`]); a router on real radios is run by a loop that has sockets to wait for as well:
//!
//! ```
//! # use keyway_devices::{Random, SecretText, World, durable::Saved, home::{Home, HomeConfig}};
//! # use keyway_eap::Timestamp;
//! use keyway_web::live::{Forgetful, LiveHome};
//! use std::sync::mpsc;
//!
//! # let now = Timestamp::ZERO;
//! # let mut world = Home::new(HomeConfig::demo(1, 0), Saved::default(), Random::seeded(1), now);
//! let (bell, calls) = mpsc::sync_channel(1);
//! let wake = Box::new(move || {
//!     let _ = bell.try_send(());
//! });
//! let (live, mut desk) = LiveHome::channel(&world, now, Box::new(Forgetful), wake);
//! // The pages' side, which serves `live`; here somebody asks once.
//! let pages = std::thread::spawn(move || {
//!     let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//!     runtime.block_on(live.set_first_password(SecretText::new("a long password")))
//! });
//! // The loop: woken by the bell or by what else it waits for, it lets the world do what is due, then serves.
//! while calls.recv().is_ok() {
//!     desk.serve(&mut world, now);
//! }
//! assert_eq!(pages.join().unwrap(), Ok(()));
//! assert!(world.view(now).router.has_password);
//! ```

mod desk;
mod thread;

pub use desk::Desk;
pub use thread::CaptureSink;

use desk::Request;
use keyway_devices::durable::Change;
use keyway_devices::home::Paper;
use keyway_devices::printer::ConfigurationData;
use keyway_devices::view::{HomeView, RouterAdminView};
use keyway_devices::{Action, Refusal, SecretText, World};
use keyway_eap::Timestamp;
use std::sync::Arc;
use std::sync::mpsc;
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

/// Wakes whoever runs the world: a request waits at its [`Desk`]. Called from any thread.
pub type Wake = Box<dyn Fn() + Send + Sync>;

/// What can be seen at a moment. Shared by all who look, so that a thousand open pages cost one view.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What anybody sees.
    pub home: Arc<HomeView>,
    /// What the router's owner sees.
    pub admin: Arc<RouterAdminView>,
}

impl Scene {
    fn of(world: &dyn World, now: Timestamp) -> Scene {
        Scene { home: Arc::new(world.view(now)), admin: Arc::new(world.admin_view(now)) }
    }
}

/// A home or a router that runs. Cheap to clone.
#[derive(Clone)]
pub struct LiveHome {
    requests: mpsc::Sender<Request>,
    scenes: watch::Receiver<Scene>,
    /// Dropped with the last clone: so the other side can know that nobody calls any more.
    wake: Arc<Wake>,
}

impl LiveHome {
    /// Opens a desk for a world that somebody else runs. `wake` is dropped with the last clone of the `LiveHome`.
    pub fn channel(
        world: &dyn World,
        now: Timestamp,
        keeper: Box<dyn Keeper>,
        wake: Wake,
    ) -> (LiveHome, Desk) {
        let (requests, inbox) = mpsc::channel();
        let (publish, scenes) = watch::channel(Scene::of(world, now));
        let desk = Desk::new(inbox, publish, keeper, world.revision());
        (LiveHome { requests, scenes, wake: Arc::new(wake) }, desk)
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
        (self.wake)();
        result.await.ok()
    }
}

fn ended() -> Refusal {
    Refusal::new("not-now", "The home has ended.", "Start the program again.")
}
