//! The course of a set-up: how it begins, what comes of it, and what the printer does then.

use super::boundary::{AttemptRow, PrinterNews, PrinterOrder};
use super::link::{Connection, Lease, Link};
use super::saved::{self, Known, readable};
use super::setup::{self, Origin, Registering, Setup, Stage};
use super::unit::{Moment, PrinterUnit};
use crate::action::Refusal;
use crate::random::Random;
use crate::session::{Method, Step};
use core::time::Duration;
use keyway_eap::{Event, Timestamp};
use keyway_home::{Cause, PrinterEvent, PrinterOutcome, Side, Task, WALK_TIME};
use keyway_wsc::session::{self, CredentialProblem, Failure, Success};
use keyway_wsc::{Credential, MessageType, NetworkKey, Pin, Ssid};

/// Attempts that are kept.
const ATTEMPTS: usize = 5;

impl PrinterUnit {
    /// Takes what the radio and the network tell. `date` is in milliseconds since 1970, UTC. While the printer is off
    /// it hears nothing; nor does it while its radio is off.
    pub fn hear(&mut self, news: PrinterNews, now: Timestamp, date: u64, _random: &mut Random) {
        if !self.on || !self.radio {
            return;
        }
        let at = Moment { now, date };
        match news {
            PrinterNews::Networks(networks) => self.networks = Some(networks),
            PrinterNews::NotFound(cause) => self.not_found(cause, at),
            PrinterNews::Chose { ssid, signal } => {
                if let Some(setup) = self.registering() {
                    setup.tracker.chose();
                    setup.chose = Some((readable(&ssid), signal));
                    setup.met = None;
                }
            }
            PrinterNews::Registration(event) => self.registration(*event, at),
            PrinterNews::Joining => {
                if self.link.connection().is_none() && self.target().is_some() {
                    self.link = Link::Trying { reason: None };
                }
            }
            PrinterNews::Joined { ssid, bssid, channel, signal, security } => {
                let connection = Connection::new(&ssid.to_text(), bssid, channel, signal, &security);
                self.joined(ssid, connection, at);
            }
            PrinterNews::JoinFailed(cause) => self.join_failed(cause, at),
            PrinterNews::Lost => {
                if self.link.connection().is_some() {
                    self.link = Link::Trying { reason: Some(Failure::LinkLost.into()) };
                }
            }
            PrinterNews::Address { address, prefix, gateway, dns } => {
                self.address(Lease { address, prefix, gateway, dns }, at);
            }
            PrinterNews::NoAddress(cause) => {
                if let Some(connection) = self.link.connection_mut() {
                    connection.lease = None;
                    connection.reason = Some(cause);
                }
                if self.setup.as_ref().is_some_and(|setup| matches!(setup.stage, Stage::Addressing(_))) {
                    self.fail(cause, at);
                }
            }
            PrinterNews::Announced => {
                if let Some(connection) = self.link.connection_mut() {
                    connection.announced = true;
                }
            }
            PrinterNews::Signal(signal) => {
                if let Some(connection) = self.link.connection_mut() {
                    connection.signal = signal;
                }
            }
            PrinterNews::JobPrinted { name } => self.last_document = Some(readable(&name)),
        }
    }

    /// Does what is due at `now`. `date` is in milliseconds since 1970, UTC.
    pub fn handle_timeout(&mut self, now: Timestamp, date: u64, _random: &mut Random) {
        let at = Moment { now, date };
        while let Some(setup) = self.setup.as_mut().filter(|setup| setup.deadline().is_some_and(|d| d <= now))
        {
            match &mut setup.stage {
                // The PIN has expired: it is shown no more. The radio says what came of it.
                Stage::Registering(registering) if !registering.over => {
                    registering.over = true;
                    registering.pin = None;
                }
                Stage::Registering(_) => {
                    let cause = setup.refine(setup.time_over());
                    self.order(PrinterOrder::CancelRegistration);
                    self.fail(cause, at);
                }
                Stage::Joining(_) => {
                    let cause = self.link.reason().copied().unwrap_or(Cause::JoinRefused);
                    self.fail(cause, at);
                }
                Stage::Addressing(_) | Stage::Ended(_) => self.fail(Cause::NoAddress, at),
            }
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.setup.as_ref()?.deadline()
    }

    /// Joins this network, as [`Start`](crate::action::PrinterAction::Start) does with a Wi-Fi password, for a program
    /// that has name and key from elsewhere: the name need not be text, and nobody is asked whether the key is a PIN.
    /// `date` is in milliseconds since 1970, UTC. Nothing happens while the printer is off.
    pub fn join_network(&mut self, ssid: Ssid, key: NetworkKey, now: Timestamp, date: u64) {
        if self.on {
            let known = Known { credential: Credential::wpa2(ssid, key), method: Method::Passphrase };
            self.begin_join(known, Origin::Outside, Moment { now, date });
        }
    }

    /// A new PIN; the one before is refused from now on (N4).
    pub(super) fn begin_pin(
        &mut self,
        origin: Origin,
        at: Moment,
        random: &mut Random,
    ) -> Result<(), Refusal> {
        let pin = Pin::generate(random).map_err(|_| {
            let what = "The printer has no randomness for a PIN at this moment.";
            Refusal::new("not-now", what, "Switch it off and on, then start again.")
        })?;
        self.begin_this_pin(pin, origin, at);
        Ok(())
    }

    /// A PIN that was chosen elsewhere, shown as one of the printer's own making.
    pub(super) fn begin_this_pin(&mut self, pin: Pin, origin: Origin, at: Moment) {
        let task = Task::Pin(pin.clone());
        self.register(Method::Pin, task, Some(pin), self.lifetime.duration(), origin, at);
    }

    pub(super) fn begin_label_pin(&mut self, origin: Origin, at: Moment) -> Result<(), Refusal> {
        let pin = self.config.label_pin.clone().ok_or_else(super::model::no_pin)?;
        self.register(Method::LabelPin, Task::Pin(pin), None, setup::LABEL_TRY, origin, at);
        Ok(())
    }

    pub(super) fn begin_button(&mut self, origin: Origin, at: Moment) {
        self.register(Method::Button, Task::Button, None, WALK_TIME, origin, at);
    }

    pub(super) fn begin_router_pin(&mut self, pin: Pin, origin: Origin, at: Moment) {
        let task = Task::ReadRouter(pin);
        self.register(Method::RouterPin, task, None, setup::ROUTER_PIN_TRY, origin, at);
    }

    /// Joins a network whose password is known.
    pub(super) fn begin_join(&mut self, known: Known, origin: Origin, at: Moment) {
        self.begin(known.method, Stage::Joining(at.now + setup::JOIN), origin, at);
        self.join(known);
    }

    /// A network that a person chose and that the printer cannot join: nothing is tried, and why is shown.
    pub(super) fn begin_in_vain(&mut self, cause: Cause, at: Moment) {
        if self.running().is_some() {
            self.stop(at);
            self.rejoin();
        }
        let stage = Stage::Joining(at.now);
        self.setup = Some(Setup::new(Method::Passphrase, &self.nickname.to_string(), Origin::Panel, stage));
        self.panel.show_setup();
        self.fail(cause, at);
    }

    /// Ends the set-up that runs, if one does, as cancelled. What it had ordered is taken back.
    pub(super) fn stop(&mut self, at: Moment) {
        let Some(setup) = self.setup.as_mut().filter(|setup| setup.is_running()) else { return };
        if setup.registering().is_some() {
            self.order(PrinterOrder::CancelRegistration);
        }
        self.end(Some(Failure::Cancelled.into()), at);
    }

    /// A person cancels the set-up that runs.
    pub(super) fn cancel(&mut self, at: Moment) -> Result<(), Refusal> {
        let Some(setup) = self.setup.as_ref().filter(|setup| setup.is_running()) else {
            return Err(Refusal::new("not-now", "No set-up runs.", "Nothing to cancel."));
        };
        let settled = matches!(setup.stage, Stage::Addressing(_));
        self.stop(at);
        if !settled {
            if self.known.is_none() && self.candidate.is_some() {
                self.order(PrinterOrder::Leave);
            }
            self.rejoin();
        }
        Ok(())
    }

    fn register(
        &mut self,
        method: Method,
        task: Task,
        pin: Option<Pin>,
        of: Duration,
        origin: Origin,
        at: Moment,
    ) {
        let until = at.now + of;
        let registering = Registering { pin, until, of, used: false, over: false };
        self.begin(method, Stage::Registering(registering), origin, at);
        self.order(PrinterOrder::Register { task, until });
    }

    fn begin(&mut self, method: Method, stage: Stage, origin: Origin, at: Moment) {
        self.stop(at);
        self.set_radio(true);
        if self.candidate.take().is_some() && self.known.is_none() {
            // Or the radio would go on trying what nobody wants any more.
            self.order(PrinterOrder::Leave);
        }
        self.link = Link::None;
        self.question.forget();
        self.setup = Some(Setup::new(method, &self.nickname.to_string(), origin, stage));
        self.panel.show_setup();
    }

    fn join(&mut self, known: Known) {
        self.order(PrinterOrder::Join(Box::new(known.credential.clone())));
        self.link = Link::Trying { reason: None };
        self.candidate = Some(known);
    }

    fn registering(&mut self) -> Option<&mut Setup> {
        self.setup.as_mut().filter(|setup| setup.registering().is_some())
    }

    fn not_found(&mut self, cause: Cause, at: Moment) {
        if self.registering().is_some() && cause == Failure::SessionOverlap.into() {
            // Whose button the person pressed is not known, also when only one is left of the two: it may be the wrong
            // one (Wi-Fi Simple Configuration 2.0.8, section 11.3).
            self.order(PrinterOrder::CancelRegistration);
            return self.fail(cause, at);
        }
        if let Some(setup) = self.registering() {
            setup.tracker.trouble(&cause);
            setup.met = Some(cause);
        } else if let Link::Trying { reason } = &mut self.link {
            *reason = Some(cause);
        }
    }

    fn registration(&mut self, event: PrinterEvent, at: Moment) {
        let Some(setup) = self.registering() else { return };
        let Stage::Registering(registering) = &mut setup.stage else { return };
        match event {
            PrinterEvent::Trying(_) => setup.tracker.trying(),
            PrinterEvent::Router(event) => {
                let sent = |message| event == Event::Registration(session::Event::Sent(message));
                registering.used |= sent(MessageType::M3) || sent(MessageType::M2);
                setup.tracker.event(&event, at.now);
            }
            PrinterEvent::TryingAgain(failure, _) => setup.tracker.trouble(&failure.into()),
            PrinterEvent::Ended(PrinterOutcome::Success(success)) => self.received(success, at),
            // Whoever cancels is this printer, which has ended that set-up already: this is the echo of it.
            PrinterEvent::Ended(PrinterOutcome::Failure(Cause::Failure(Failure::Cancelled))) => {}
            PrinterEvent::Ended(PrinterOutcome::Failure(cause)) => {
                let cause = setup.refine(cause);
                self.fail(cause, at);
            }
            _ => {}
        }
    }

    /// The registrar handed over settings: the printer joins with the first that it can use.
    fn received(&mut self, success: Success, at: Moment) {
        let credentials: &[Credential] = match &success {
            Success::Received(credentials) => credentials,
            Success::Learned(credential)
            | Success::Configured(credential)
            | Success::Reconfigured(credential) => std::slice::from_ref(credential),
            Success::Granted | Success::Shown => &[],
        };
        let Some(setup) = self.setup.as_mut() else { return };
        match setup::usable(credentials) {
            Some(credential) => {
                let known = Known { credential: credential.clone(), method: setup.tracker.method() };
                setup.stage = Stage::Joining(at.now + setup::JOIN);
                self.join(known);
            }
            None => self.fail(Failure::NoUsableCredential(CredentialProblem::Missing).into(), at),
        }
    }

    fn joined(&mut self, ssid: Ssid, connection: Connection, at: Moment) {
        self.link = Link::On(connection);
        if let Some(known) = self.candidate.take_if(|candidate| candidate.credential.ssid == ssid) {
            // Only now is it certain that the settings are good; they replace those before.
            self.save(saved::NETWORK, known.to_json());
            self.known = Some(known);
            if let Some(setup) = &mut self.setup {
                setup.tracker.joined();
                setup.stage = Stage::Addressing(at.now + setup::ADDRESS);
            }
        }
    }

    fn join_failed(&mut self, cause: Cause, at: Moment) {
        if self.target().is_none() {
            return;
        }
        self.link = Link::Trying { reason: Some(cause) };
        if self.candidate.is_none() {
            return;
        }
        if self.setup.as_mut().is_some_and(|setup| setup.is_lost_by(cause)) {
            self.fail(cause, at);
        }
        if cause == Cause::WrongPassphrase {
            // These settings will never do. Those from before, if there are any, may.
            if self.known.is_none() {
                self.order(PrinterOrder::Leave);
            }
            self.rejoin();
        }
    }

    fn address(&mut self, lease: Lease, at: Moment) {
        let Some(connection) = self.link.connection_mut() else { return };
        connection.lease = Some(lease);
        connection.reason = None;
        let late = |setup: &Setup| setup.cause().is_some() && setup.tracker.step() == Some(Step::Joined);
        if self.setup.as_ref().is_some_and(|setup| matches!(setup.stage, Stage::Addressing(_)) || late(setup))
        {
            self.end(None, at);
        }
    }

    /// The set-up failed. The printer goes back to the network that it knows, unless it still tries the new one.
    fn fail(&mut self, cause: Cause, at: Moment) {
        self.end(Some(cause), at);
        self.failures = self.failures.saturating_add(1);
        if self.candidate.is_none() && matches!(self.link, Link::None) {
            self.rejoin();
        }
    }

    /// The set-up is over: well, or for this reason.
    fn end(&mut self, cause: Option<Cause>, at: Moment) {
        let words = match &cause {
            Some(cause) => cause.words(Side::Printer).what.to_owned(),
            None => self.success_words(),
        };
        let Some(setup) = &mut self.setup else { return };
        match &cause {
            Some(cause) => setup.tracker.failed(cause),
            None => setup.tracker.address(),
        }
        if cause.is_none() {
            self.failures = 0;
        }
        setup.stage = Stage::Ended(cause);
        self.panel.set_up_ended();
        let result = cause.map_or("success", |cause| cause.code()).to_owned();
        self.attempts.push_back(AttemptRow { at: at.date, method: setup.tracker.method(), result, words });
        self.keep_five_attempts();
        let attempts = saved::json(&self.attempts);
        self.save(saved::ATTEMPTS, attempts);
    }

    /// `On Home. Address 192.168.1.23.`
    pub(super) fn success_words(&self) -> String {
        let Some(connection) = self.link.connection() else { return "Set up.".to_owned() };
        match &connection.lease {
            Some(lease) => format!("On {}. Address {}.", connection.ssid, lease.address),
            None => format!("On {}.", connection.ssid),
        }
    }

    pub(super) fn keep_five_attempts(&mut self) {
        while self.attempts.len() > ATTEMPTS {
            self.attempts.pop_front();
        }
    }
}
