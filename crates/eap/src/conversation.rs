//! What EAP-WSC carries: one side of a registration.

use keyway_wsc::Entropy;
use keyway_wsc::session::{self, Decision, Failure, OpCode, Outcome, Session, Step};

/// Which side of a registration somebody is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It is registered: it proves the device password and receives settings.
    Enrollee,
    /// It registers others.
    Registrar,
}

/// One side of a registration, as the transport sees it.
///
/// [`Session`] is the one there is. The trait lets a test put a scripted one in its place.
pub trait Conversation {
    /// The side this is.
    fn role(&self) -> Role;
    /// The first message, if this side has it; [`Step::Ignore`] otherwise.
    fn begin(&mut self, entropy: &mut dyn Entropy) -> Step;
    /// Takes a message of the other side.
    fn handle(&mut self, op_code: OpCode, message: &[u8], entropy: &mut dyn Entropy) -> Step;
    /// Takes the owner's answer to [`Step::Decide`].
    fn decide(&mut self, decision: Decision, entropy: &mut dyn Entropy) -> Step;
    /// Ends it from outside. Without effect when it has ended already.
    fn abandon(&mut self, failure: Failure);
    /// The next event, oldest first.
    fn poll_event(&mut self) -> Option<session::Event>;
    /// How it ended; `None` while it runs.
    fn outcome(&self) -> Option<&Outcome>;
}

impl Conversation for Session {
    fn role(&self) -> Role {
        match self {
            Session::Enrollee(_) => Role::Enrollee,
            Session::Registrar(_) => Role::Registrar,
        }
    }

    fn begin(&mut self, entropy: &mut dyn Entropy) -> Step {
        Session::begin(self, entropy)
    }

    fn handle(&mut self, op_code: OpCode, message: &[u8], entropy: &mut dyn Entropy) -> Step {
        Session::handle(self, op_code, message, entropy)
    }

    fn decide(&mut self, decision: Decision, entropy: &mut dyn Entropy) -> Step {
        Session::decide(self, decision, entropy)
    }

    fn abandon(&mut self, failure: Failure) {
        Session::abandon(self, failure);
    }

    fn poll_event(&mut self) -> Option<session::Event> {
        Session::poll_event(self)
    }

    fn outcome(&self) -> Option<&Outcome> {
        Session::outcome(self)
    }
}
