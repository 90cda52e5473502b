//! A router alone, for pages and programs.

use super::device::RouterDevice;
use super::gateway::Gateway;
use crate::action::{Action, Refusal};
use crate::computer::{Around, ComputerUnit};
use crate::durable::Change;
use crate::random::Random;
use crate::secret::SecretText;
use crate::view::{HomeKind, HomeView, RouterAdminView};
use crate::world::World;
use keyway_eap::Timestamp;
use keyway_wifi::driver::AccessPointRadio;

/// A router on real radios as pages and programs meet it, with the randomness and the date that it needs.
///
/// After the radios or the hosts of [`device_mut`](Self::device_mut) have heard from their media, call [`run`](Self::run).
#[derive(Debug)]
pub struct RouterWorld<R, G> {
    device: RouterDevice<R, G>,
    random: Random,
    /// Milliseconds since 1970, UTC, at [`Timestamp::ZERO`].
    date: u64,
    revision: u64,
}

impl<R: AccessPointRadio, G: Gateway> RouterWorld<R, G> {
    /// This router, with the date at `now` in milliseconds since 1970, UTC. It goes on the air.
    pub fn new(device: RouterDevice<R, G>, random: Random, date: u64, now: Timestamp) -> RouterWorld<R, G> {
        let mut world = RouterWorld { device, random, date: 0, revision: 1 };
        world.set_date(date, now);
        world.run(now);
        world
    }

    /// The clock was set: the date at `now`, in milliseconds since 1970, UTC.
    pub fn set_date(&mut self, date: u64, now: Timestamp) {
        self.date = date.saturating_sub(milliseconds(now));
    }

    /// The router.
    pub fn device(&self) -> &RouterDevice<R, G> {
        &self.device
    }

    /// The router, to bring its radios and hosts what their media have.
    pub fn device_mut(&mut self) -> &mut RouterDevice<R, G> {
        &mut self.device
    }

    /// Lets the router carry what moves inside it.
    pub fn run(&mut self, now: Timestamp) {
        let date = self.date(now);
        let seen = self.device.run(now, date, &mut self.random);
        self.revision += u64::from(seen);
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let date = self.date(now);
        self.device.handle_timeout(now, date, &mut self.random);
        self.run(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.device.poll_timeout()
    }

    /// The program ends: stations are sent away, and the router goes off the air.
    pub fn leave(&mut self, now: Timestamp) {
        let date = self.date(now);
        self.device.power(false, now, date, &mut self.random);
        self.run(now);
    }

    fn date(&self, now: Timestamp) -> u64 {
        self.date.saturating_add(milliseconds(now))
    }
}

impl<R: AccessPointRadio, G: Gateway> World for RouterWorld<R, G> {
    fn perform(&mut self, action: Action, now: Timestamp) -> Result<(), Refusal> {
        let Action::Router { action } = action else {
            return Err(Refusal::new(
                "not-found",
                "There is a router here and nothing else.",
                "Use its page.",
            ));
        };
        let date = self.date(now);
        let done = self.device.perform(action, now, date, &mut self.random);
        self.run(now);
        self.revision += u64::from(done.is_ok());
        done
    }

    fn set_first_password(&mut self, password: &SecretText, _: Timestamp) -> Result<(), Refusal> {
        self.revision += 1;
        self.device.set_first_password(password, &mut self.random)
    }

    fn check_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        self.device.check_password(password, now)
    }

    fn poll_change(&mut self) -> Option<Change> {
        self.device.poll_change()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, now: Timestamp) -> HomeView {
        let date = self.date(now);
        let router = self.device.unit().view(now, date);
        let around = Around { printers: &[], router: &router, links: &[] };
        HomeView {
            kind: HomeKind::Router,
            revision: self.revision,
            now: milliseconds(now),
            date,
            printers: Vec::new(),
            computer: ComputerUnit::new("Computer").view(&around),
            links: Vec::new(),
            router,
        }
    }

    fn admin_view(&self, now: Timestamp) -> RouterAdminView {
        self.device.unit().admin_view(now, self.date(now))
    }
}

/// Milliseconds from the beginning.
fn milliseconds(now: Timestamp) -> u64 {
    u64::try_from(now.saturating_since(Timestamp::ZERO).as_millis()).unwrap_or(u64::MAX)
}
