//! A person in a home whose time passes as fast as it can be computed: reads what screens show, touches and types, and waits.

mod parts;

pub use parts::Part;

use crate::action::{Action, ComputerAction, Key, PrinterAction, Refusal, RouterAction};
use crate::durable::Change;
use crate::home::Home;
use crate::secret::SecretText;
use crate::session::Step;
use crate::view::{AssistantStage, Banner, Display, HomeView, PrinterView};
use core::time::Duration;
use keyway_eap::Timestamp;

/// Hears how a play goes on.
pub trait Teller {
    /// The person does this, `at` milliseconds after the home's start.
    fn person(&mut self, words: &str, at: u64);
    /// The printer has come to this step.
    fn progress(&mut self, step: Step, at: u64);
    /// Something was on the air: octets of the capture.
    fn captured(&mut self, octets: &[u8]);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Teller for Nobody {
    fn person(&mut self, _: &str, _: u64) {}
    fn progress(&mut self, _: Step, _: u64) {}
    fn captured(&mut self, _: &[u8]) {}
}

/// A person in a home.
pub struct Person<'a> {
    /// The home.
    pub home: Home,
    /// The moment.
    pub now: Timestamp,
    /// What would have to be kept.
    pub changes: Vec<Change>,
    teller: &'a mut dyn Teller,
    /// The last step that was told of.
    told: Option<Step>,
}

/// Why a play stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// The home refused what the person did.
    Refused(Refusal),
    /// The set-up failed with this code: what happened, what to do.
    Failed {
        /// The code.
        code: String,
        /// What happened.
        what: String,
        /// What to do.
        next: String,
    },
    /// What the person waited for did not come.
    Waited(String),
    /// A screen does not show what the person looks for.
    NotShown(String),
}

impl From<Refusal> for Stuck {
    fn from(refusal: Refusal) -> Stuck {
        Stuck::Refused(refusal)
    }
}

impl<'a> Person<'a> {
    /// A person in this home, at its start.
    pub fn new(home: Home, teller: &'a mut dyn Teller) -> Person<'a> {
        Person { home, now: Timestamp::ZERO, changes: Vec::new(), teller, told: None }
    }

    /// Tells what the person does.
    pub fn say(&mut self, words: &str) {
        let at = self.passed();
        self.teller.person(words, at);
    }

    /// Milliseconds since the home's start.
    pub fn passed(&self) -> u64 {
        u64::try_from(self.now.saturating_since(Timestamp::ZERO).as_millis()).unwrap_or(u64::MAX)
    }

    /// What anybody sees.
    pub fn view(&self) -> HomeView {
        self.home.view(self.now)
    }

    /// What is to be seen of a printer.
    ///
    /// # Errors
    /// [`Stuck::NotShown`]: there is none with this identifier.
    pub fn printer(&self, id: &str) -> Result<PrinterView, Stuck> {
        let found = self.view().printers.into_iter().find(|printer| printer.id == id);
        found.ok_or_else(|| Stuck::NotShown(format!("the printer {id}")))
    }

    /// Does something at a printer.
    ///
    /// # Errors
    /// [`Stuck::Refused`].
    pub fn at_printer(&mut self, id: &str, action: PrinterAction) -> Result<(), Stuck> {
        self.act(Action::Printer { printer: id.to_owned(), action })
    }

    /// Does something at the router's page, logged in.
    ///
    /// # Errors
    /// [`Stuck::Refused`].
    pub fn at_router(&mut self, action: RouterAction) -> Result<(), Stuck> {
        self.act(Action::Router { action })
    }

    /// Does something at the computer.
    ///
    /// # Errors
    /// [`Stuck::Refused`].
    pub fn at_computer(&mut self, action: ComputerAction) -> Result<(), Stuck> {
        self.act(Action::Computer { action })
    }

    /// Does something.
    ///
    /// # Errors
    /// [`Stuck::Refused`].
    pub fn act(&mut self, action: Action) -> Result<(), Stuck> {
        self.home.perform(action, self.now)?;
        self.drain();
        Ok(())
    }

    /// Touches the items with these labels, one after the other.
    pub fn touch(&mut self, id: &str, path: &[&str]) -> Result<(), Stuck> {
        for label in path {
            let printer = self.printer(id)?;
            let Display::Touch(screen) = &printer.panel.display else {
                return Err(Stuck::NotShown("a touch screen".to_owned()));
            };
            let item = screen.items.iter().find(|item| item.label == *label);
            let item = item.ok_or_else(|| Stuck::NotShown(format!("“{label}” on the screen")))?.id.clone();
            self.at_printer(id, PrinterAction::Choose { item })?;
        }
        Ok(())
    }

    /// Presses a key of a printer's panel.
    ///
    /// # Errors
    /// [`Stuck::Refused`].
    pub fn press(&mut self, id: &str, key: Key) -> Result<(), Stuck> {
        self.at_printer(id, PrinterAction::Press { key })
    }

    /// The PIN on a printer's screen.
    pub fn read_pin(&self, id: &str) -> Result<SecretText, Stuck> {
        match self.printer(id)?.panel.display {
            Display::Touch(screen) => screen.pin.clone(),
            _ => None,
        }
        .ok_or_else(|| Stuck::NotShown("a PIN on the screen".to_owned()))
    }

    /// Logs in at the router for the first time and switches WPS on.
    pub fn prepare_router(&mut self, wps: bool) -> Result<(), Stuck> {
        self.say("At the router's page: set a password, log in");
        self.home.set_first_password(&SecretText::new("a password for the play"), self.now)?;
        if wps {
            self.say("At the router's page: switch WPS on");
            self.at_router(RouterAction::Wps { on: true })?;
        }
        self.wait("the router's network", 10, |view| view.router.power.then_some(()))?;
        Ok(())
    }

    /// Finds a printer among those that wait, by its nickname; its address.
    pub fn waiting(&mut self, id: &str) -> Result<String, Stuck> {
        let nickname = self.printer(id)?.nickname;
        self.until(&format!("{nickname} in the router's list"), 60, |person| {
            let waiting = person.home.admin_view(person.now).waiting;
            waiting.into_iter().find(|device| device.nickname == nickname).map(|device| device.mac)
        })
    }

    /// Lets time pass until something is to be seen.
    pub fn wait<T>(
        &mut self,
        what: &str,
        seconds: u64,
        mut look: impl FnMut(&HomeView) -> Option<T>,
    ) -> Result<T, Stuck> {
        self.until(what, seconds, |person| look(&person.view()))
    }

    /// Lets time pass until the printer is online and the computer has found it; tells each step.
    pub fn wait_until_found(&mut self, id: &str) -> Result<String, Stuck> {
        self.told = None;
        let address = self.until("the printer online", 400, |person| {
            let printer = person.printer(id).ok()?;
            person.tell_steps(&printer);
            let failed = printer.session.as_ref().filter(|session| !session.running);
            if let Some(reason) = failed.and_then(|session| session.reason.clone()) {
                return Some(Err(Stuck::Failed { code: reason.code, what: reason.what, next: reason.next }));
            }
            let network = printer.network.filter(|network| network.connected)?;
            network.address.map(Ok)
        })??;
        self.say(&format!("The printer is online: {address}"));
        let seen = address.clone();
        let found = self.wait("the printer to be found", 60, |view| {
            view.computer.found.iter().find(|found| found.address == seen).map(|found| found.name.clone())
        })?;
        self.say(&format!("The computer has found it: {found}"));
        Ok(address)
    }

    /// Waits until WPS is off, and seen to be on the air.
    pub fn wait_until_off(&mut self) -> Result<(), Stuck> {
        self.until("WPS off, seen on the air", 60, |person| match &person.view().router.banner {
            Banner::Off { verified: Some(verdict) } if verdict.off => Some(()),
            _ => None,
        })?;
        self.say("WPS is off again; that was seen on the air");
        Ok(())
    }

    /// Waits until the assistant has come to a stage.
    ///
    /// # Errors
    /// [`Stuck::Waited`].
    pub fn stage(&mut self, stage: AssistantStage) -> Result<(), Stuck> {
        self.wait(&format!("the assistant at {stage:?}"), 200, |view| {
            (view.computer.assistant.stage == stage).then_some(())
        })
    }

    /// Lets time pass, event by event, until `look` has found something.
    pub fn until<T>(
        &mut self,
        what: &str,
        seconds: u64,
        mut look: impl FnMut(&mut Person<'a>) -> Option<T>,
    ) -> Result<T, Stuck> {
        let limit = self.now + Duration::from_secs(seconds);
        let mut revision = None;
        loop {
            if revision != Some(self.home.revision()) {
                revision = Some(self.home.revision());
                if let Some(found) = look(self) {
                    return Ok(found);
                }
            }
            match self.home.poll_timeout() {
                Some(at) if at <= limit => self.now = at.max(self.now),
                _ => return Err(Stuck::Waited(what.to_owned())),
            }
            self.home.handle_timeout(self.now);
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(octets) = self.home.poll_capture() {
            self.teller.captured(&octets);
        }
        while let Some(change) = self.home.poll_change() {
            self.changes.push(change);
        }
    }

    fn tell_steps(&mut self, printer: &PrinterView) {
        let Some(session) = &printer.session else { return };
        let Some(done) = session.done else { return };
        let at = self.passed();
        for step in session.method.steps().iter().copied() {
            if step <= done && self.told.is_none_or(|told| told < step) {
                self.teller.progress(step, at);
            }
        }
        self.told = self.told.max(Some(done));
    }
}
