//! The printer: it tries to register until it has, or until its PIN is used up or expired.

use crate::Cause;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::time::Duration;
use keyway_eap::{Config, Destination, Event, Supplicant, Timestamp, Transmit};
use keyway_wsc::session::{
    self, Decision, Device, Enrollee, EnrolleeRole, Failure, Outcome, Registrar, Session, Success,
};
use keyway_wsc::{ConfigError, Credential, DevicePassword, Entropy, MacAddr, MessageType, Pin};

/// What a printer sets out to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Be registered with this PIN of its own.
    Pin(Pin),
    /// Be registered by button.
    Button,
    /// Read the router's settings with the router's PIN.
    ReadRouter(Pin),
    /// Give the router new settings with the router's PIN.
    ConfigureRouter(Pin, Box<Credential>),
}

/// What happened at the printer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrinterEvent {
    /// It begins to look for a router, the first time with number 1.
    Trying(u32),
    /// Something happened in the conversation with a router.
    Router(Event),
    /// This try came to nothing, for this reason, and another follows at this time.
    TryingAgain(Failure, Timestamp),
    /// It is over.
    Ended(PrinterOutcome),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterOutcome {
    /// The printer has network settings; the first of them is the registrar's first choice.
    Success(Success),
    /// It has none.
    Failure(Cause),
}

/// Time between two tries.
const PAUSE: Duration = Duration::from_secs(2);

/// A printer on one link, with one PIN or one press of its button.
///
/// It tries again while nothing has come of it: no router answers, or the router does not know the PIN yet. As soon as
/// a registrar has begun to prove the PIN, that try is the last one: a PIN is good for one attempt. When the time is
/// over, a try that has got so far may finish.
///
/// Bring it every EAPOL frame and the time; after each call send what [`poll_transmit`](Self::poll_transmit) gives and
/// read what [`poll_event`](Self::poll_event) tells.
pub struct Printer {
    device: Device,
    task: Task,
    config: Config,
    until: Timestamp,
    attempt: Attempt,
    tries: u32,
    last: Option<Failure>,
    outcome: Option<PrinterOutcome>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<PrinterEvent>,
}

enum Attempt {
    Running {
        supplicant: Box<Supplicant>,
        committed: bool,
    },
    Waiting {
        until: Timestamp,
    },
    /// There is no link to a router at present.
    NoLink,
    Over,
}

impl Printer {
    /// A printer that begins at `now` and gives up at `until`: when its PIN expires, or when the walk time ends.
    pub fn new(device: Device, task: Task, config: Config, now: Timestamp, until: Timestamp) -> Printer {
        let attempt = Attempt::Waiting { until: now };
        Printer {
            device,
            task,
            config,
            until,
            attempt,
            tries: 0,
            last: None,
            outcome: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The same without a link yet: it begins with [`link_up`](Self::link_up).
    #[must_use]
    pub fn without_link(mut self) -> Printer {
        self.attempt = Attempt::NoLink;
        self
    }

    /// There is a link to a router: on Wi-Fi, an association. A try begins at once.
    pub fn link_up(&mut self, now: Timestamp) {
        if let Attempt::NoLink = self.attempt {
            self.start(now);
        }
    }

    /// The link went: a try that ran is over. It is the last one if the PIN is used up; else another follows when
    /// there is a link again.
    pub fn link_down(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        if let Attempt::Running { supplicant, .. } = &mut self.attempt {
            supplicant.abandon(Failure::LinkLost);
        }
        self.settle(now, entropy);
        if let Attempt::Waiting { .. } = self.attempt {
            self.attempt = Attempt::NoLink;
        }
    }

    /// Takes an EAPOL frame (what follows the Ethernet type) from `source`.
    pub fn handle_frame(&mut self, source: MacAddr, frame: &[u8], now: Timestamp, entropy: &mut dyn Entropy) {
        if let Attempt::Running { supplicant, .. } = &mut self.attempt {
            supplicant.handle_frame(source, frame, now, entropy);
        }
        self.settle(now, entropy);
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        let expired = self.until <= now;
        match &mut self.attempt {
            Attempt::Running { supplicant, committed } => {
                supplicant.handle_timeout(now);
                if expired && !*committed {
                    supplicant.abandon(Failure::TimedOut);
                }
            }
            Attempt::Waiting { .. } | Attempt::NoLink if expired => {
                self.end(PrinterOutcome::Failure(self.time_over()))
            }
            Attempt::Waiting { until } if *until <= now => self.start(now),
            Attempt::Waiting { .. } | Attempt::NoLink | Attempt::Over => {}
        }
        self.settle(now, entropy);
    }

    /// Ends it from outside: a person cancelled, or the link went.
    pub fn abandon(&mut self, failure: Failure, now: Timestamp, entropy: &mut dyn Entropy) {
        if let Attempt::Running { supplicant, committed } = &mut self.attempt {
            *committed = true;
            supplicant.abandon(failure);
        } else {
            self.end(PrinterOutcome::Failure(failure.into()));
        }
        self.settle(now, entropy);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.attempt {
            Attempt::Running { supplicant, committed } => {
                let limit = (!*committed).then_some(self.until);
                [supplicant.poll_timeout(), limit].into_iter().flatten().min()
            }
            Attempt::Waiting { until } => Some((*until).min(self.until)),
            Attempt::NoLink => Some(self.until),
            Attempt::Over => None,
        }
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<PrinterEvent> {
        self.events.pop_front()
    }

    /// How it ended; `None` while it runs.
    pub fn outcome(&self) -> Option<&PrinterOutcome> {
        self.outcome.as_ref()
    }

    fn start(&mut self, now: Timestamp) {
        let session: Session = match &self.task {
            Task::Pin(pin) => self.enrollee(DevicePassword::pin(pin)),
            Task::Button => self.enrollee(DevicePassword::push_button()),
            Task::ReadRouter(_) | Task::ConfigureRouter(..) => Registrar::new(self.device.clone()).into(),
        };
        let supplicant = Box::new(Supplicant::new(session, Destination::Group, self.config, now));
        self.attempt = Attempt::Running { supplicant, committed: false };
        self.tries += 1;
        self.events.push_back(PrinterEvent::Trying(self.tries));
    }

    fn enrollee(&self, password: DevicePassword) -> Session {
        let last = self.last.map_or(ConfigError::NoError, |failure| match failure {
            // Not an error of a registration: nobody was there yet.
            Failure::TimedOut | Failure::NoRegistrarReady(_) | Failure::EndedEarly => ConfigError::NoError,
            other => other.config_error(),
        });
        Enrollee::new(self.device.clone(), EnrolleeRole::Station { password }).with_last_error(last).into()
    }

    /// Reads the events of the conversation, answers its questions, and sees whether it is over.
    fn settle(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        let Attempt::Running { supplicant, committed } = &mut self.attempt else { return };
        while let Some(event) = supplicant.poll_event() {
            match &event {
                Event::Registration(session::Event::Sent(MessageType::M3 | MessageType::M2)) => {
                    *committed = true
                }
                Event::Decide(_) => {
                    // The answer belongs to the question just asked; nothing can have withdrawn it.
                    let decision = decision(&self.task);
                    let _ = supplicant.decide(decision, now, entropy);
                }
                _ => {}
            }
            self.events.push_back(PrinterEvent::Router(event));
        }
        while let Some(transmit) = supplicant.poll_transmit() {
            self.transmits.push_back(transmit);
        }
        if !supplicant.is_finished() {
            return;
        }
        let committed = *committed;
        match supplicant.conversation().outcome().cloned() {
            Some(Outcome::Success(success)) => self.end(PrinterOutcome::Success(success)),
            Some(Outcome::Failure(failure)) if committed || is_final(&failure) => {
                self.end(PrinterOutcome::Failure(failure.into()));
            }
            other => {
                let failure = match other {
                    Some(Outcome::Failure(failure)) => failure,
                    _ => Failure::EndedEarly,
                };
                self.again(failure, now);
            }
        }
    }

    fn again(&mut self, failure: Failure, now: Timestamp) {
        // That somebody said something tells more than silence after it.
        if failure != Failure::TimedOut || self.last.is_none() {
            self.last = Some(failure);
        }
        if self.until <= now {
            return self.end(PrinterOutcome::Failure(self.time_over()));
        }
        let until = now.saturating_add(PAUSE);
        self.attempt = Attempt::Waiting { until };
        self.events.push_back(PrinterEvent::TryingAgain(failure, until));
    }

    fn time_over(&self) -> Cause {
        match self.task {
            Task::Pin(_) => Cause::PinExpired(self.last),
            Task::Button => Cause::WalkTimeOver(self.last),
            Task::ReadRouter(_) | Task::ConfigureRouter(..) => Cause::NoRouter(self.last),
        }
    }

    fn end(&mut self, outcome: PrinterOutcome) {
        if self.outcome.is_none() {
            self.events.push_back(PrinterEvent::Ended(outcome.clone()));
            self.outcome = Some(outcome);
        }
        self.attempt = Attempt::Over;
    }
}

/// What the printer as registrar does with the access point.
fn decision(task: &Task) -> Decision {
    match task {
        Task::ReadRouter(pin) => Decision::Learn { password: DevicePassword::pin(pin) },
        Task::ConfigureRouter(pin, settings) => {
            Decision::Configure { password: DevicePassword::pin(pin), settings: (**settings).clone() }
        }
        Task::Pin(_) | Task::Button => Decision::Decline(ConfigError::NoError),
    }
}

/// Whether another try with the same PIN would be pointless or wrong.
fn is_final(failure: &Failure) -> bool {
    !matches!(
        failure,
        Failure::TimedOut
            | Failure::EndedEarly
            | Failure::LinkLost
            | Failure::NoRegistrarReady(_)
            | Failure::RefusedByPeer(ConfigError::DeviceBusy)
    )
}
