//! A registration, from one side.
//!
//! A [`Session`] is an [`Enrollee`] or a [`Registrar`]. It takes each message of the peer and says what to do next
//! ([`Step`]); what happened is told in [`Event`]s and, in the end, in the [`Outcome`]. It has no clock: whoever
//! carries the messages keeps the time, and calls [`Session::abandon`] when there is none left.

mod config;
mod enrollee;
mod event;
mod exchange;
mod failure;
mod registrar;
mod step;

pub use config::{ApAccess, Device, EnrolleeRole};
pub use enrollee::Enrollee;
pub use event::{Event, Half, PeerDescription};
pub use failure::{CredentialProblem, Failure, Misbehaviour};
pub use registrar::Registrar;
pub use step::{Decision, Enrolment, OpCode, Outcome, Outgoing, Step, Success};

use crate::Entropy;

/// One side of a registration. WSC specification, section 7.
#[derive(Debug)]
pub enum Session {
    /// The enrollee's side.
    Enrollee(Enrollee),
    /// The registrar's side.
    Registrar(Registrar),
}

/// Hands a call to whichever side it is.
macro_rules! either {
    ($session:expr, $side:ident => $call:expr) => {
        match $session {
            Session::Enrollee($side) => $call,
            Session::Registrar($side) => $call,
        }
    };
}

impl Session {
    /// Begins. An enrollee sends M1; a registrar waits for it and ignores this.
    pub fn begin(&mut self, entropy: &mut dyn Entropy) -> Step {
        match self {
            Session::Enrollee(enrollee) => enrollee.begin(entropy),
            Session::Registrar(_) => Step::Ignore,
        }
    }

    /// Takes a message of the peer. Operation codes that belong to the transport (Start, FragmentAck) are ignored.
    pub fn handle(&mut self, op_code: OpCode, message: &[u8], entropy: &mut dyn Entropy) -> Step {
        either!(self, side => side.handle(op_code, message, entropy))
    }

    /// Answers a [`Step::Decide`]. Without one it is ignored, and so it is by an enrollee.
    pub fn decide(&mut self, decision: Decision, entropy: &mut dyn Entropy) -> Step {
        match self {
            Session::Enrollee(_) => Step::Ignore,
            Session::Registrar(registrar) => registrar.decide(decision, entropy),
        }
    }

    /// Ends the registration for a reason outside it: time, the link, a person. An outcome that stands already stays.
    pub fn abandon(&mut self, failure: Failure) {
        either!(self, side => side.abandon(failure));
    }

    /// Lets a registrar refuse the enrollee's next message with WSC_NACK and this failure: something came up meanwhile,
    /// such as a second enrollee in push-button mode. Once M8 is sent, and on an enrollee, it does nothing.
    pub fn forbid(&mut self, failure: Failure) {
        if let Session::Registrar(registrar) = self {
            registrar.forbid(failure);
        }
    }

    /// The next event, in the order in which they happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        either!(self, side => side.poll_event())
    }

    /// How it ended; `None` while it runs.
    pub fn outcome(&self) -> Option<&Outcome> {
        either!(self, side => side.outcome())
    }
}

impl From<Enrollee> for Session {
    fn from(enrollee: Enrollee) -> Self {
        Session::Enrollee(enrollee)
    }
}

impl From<Registrar> for Session {
    fn from(registrar: Registrar) -> Self {
        Session::Registrar(registrar)
    }
}
