//! Registrations that follow a script, for tests of what carries them.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;

use keyway_wsc::session::{
    self, Decision, Enrolment, Failure, Misbehaviour, OpCode, Outcome, Outgoing, PeerDescription, Step,
    Success,
};
use keyway_wsc::{
    AuthTypes, ConfigError, ConfigMethods, DeviceDescription, DevicePasswordId, DeviceType, Draw, EncrTypes,
    Entropy, EntropyError, MacAddr, RfBands, Text, Uuid,
};

use crate::conversation::{Conversation, Role};
use crate::event::Event;
use crate::method::MethodId;
use crate::packet::{Body, Packet};

/// The transport draws nothing itself, and scripts need nothing.
pub(crate) struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&mut self, _: Draw, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

/// Gives one step after the other, whatever comes; succeeds when it has sent or received Done.
#[derive(Debug)]
pub(crate) struct Scripted {
    role: Role,
    steps: VecDeque<Step>,
    /// What it was given.
    pub(crate) handled: Vec<(OpCode, Vec<u8>)>,
    outcome: Option<Outcome>,
    events: VecDeque<session::Event>,
}

impl Scripted {
    pub(crate) fn new(role: Role, steps: impl IntoIterator<Item = Step>) -> Scripted {
        let steps = steps.into_iter().collect();
        Scripted { role, steps, handled: vec![], outcome: None, events: VecDeque::new() }
    }

    pub(crate) fn failure(&self) -> Option<Failure> {
        match self.outcome {
            Some(Outcome::Failure(failure)) => Some(failure),
            _ => None,
        }
    }

    pub(crate) fn succeeded(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Success(_)))
    }

    fn step(&mut self) -> Step {
        let step = self.steps.pop_front().unwrap_or(Step::Ignore);
        if let Step::Send(Outgoing { op_code: OpCode::Done, .. }) = step {
            self.succeed();
        }
        step
    }

    fn succeed(&mut self) {
        self.outcome = Some(Outcome::Success(Success::Granted));
        self.events.push_back(session::Event::Succeeded);
    }
}

impl Conversation for Scripted {
    fn role(&self) -> Role {
        self.role
    }

    fn begin(&mut self, _: &mut dyn Entropy) -> Step {
        match self.role {
            Role::Enrollee => self.step(),
            Role::Registrar => Step::Ignore,
        }
    }

    fn handle(&mut self, op_code: OpCode, message: &[u8], _: &mut dyn Entropy) -> Step {
        self.handled.push((op_code, message.to_vec()));
        if op_code == OpCode::Done {
            self.succeed();
        }
        self.step()
    }

    fn decide(&mut self, _: Decision, _: &mut dyn Entropy) -> Step {
        self.step()
    }

    fn abandon(&mut self, failure: Failure) {
        if self.outcome.is_none() {
            self.outcome = Some(Outcome::Failure(failure));
            self.events.push_back(session::Event::Failed(failure));
        }
    }

    fn poll_event(&mut self) -> Option<session::Event> {
        self.events.pop_front()
    }

    fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }
}

/// A message made of `text`.
pub(crate) fn message(text: &[u8]) -> Outgoing {
    Outgoing { op_code: OpCode::Message, bytes: text.to_vec() }
}

/// A message with another op-code, made of `text`.
pub(crate) fn other(op_code: OpCode, text: &[u8]) -> Outgoing {
    Outgoing { op_code, bytes: text.to_vec() }
}

/// The request with this body.
pub(crate) fn request(identifier: u8, body: Body<'_>) -> Vec<u8> {
    Packet::Request { identifier, body }.encode().unwrap()
}

/// The response with this body.
pub(crate) fn response(identifier: u8, body: Body<'_>) -> Vec<u8> {
    Packet::Response { identifier, body }.encode().unwrap()
}

/// The body of an EAP-WSC packet with this payload.
pub(crate) const fn wsc(payload: &[u8]) -> Body<'_> {
    Body::new(MethodId::WSC, payload)
}

/// Every event, without those that only pass on what the registration says.
pub(crate) fn transport_events(mut poll: impl FnMut() -> Option<Event>) -> Vec<Event> {
    let mut events = vec![];
    while let Some(event) = poll() {
        if !matches!(event, Event::Registration(_)) {
            events.push(event);
        }
    }
    events
}

/// Counts up: each side sends the next number, in messages of the given lengths; the enrollee begins, and sends Done
/// after the last number. A number out of order is refused with a NACK.
#[derive(Debug)]
pub(crate) struct Counting {
    role: Role,
    lengths: Vec<usize>,
    /// The number that is expected next.
    next: usize,
    outcome: Option<Outcome>,
}

impl Counting {
    pub(crate) fn new(role: Role, lengths: Vec<usize>) -> Counting {
        Counting { role, lengths, next: 0, outcome: None }
    }

    fn number(&self, number: usize) -> Vec<u8> {
        let length = self.lengths.get(number).copied().unwrap_or_default().max(1);
        (0..length).map(|at| (at * 7 + number) as u8).collect()
    }

    fn say(&mut self, number: usize) -> Step {
        self.next = number + 1;
        if number < self.lengths.len() {
            return Step::Send(message(&self.number(number)));
        }
        match self.role {
            Role::Enrollee => {
                self.outcome = Some(Outcome::Success(Success::Granted));
                Step::Send(other(OpCode::Done, b""))
            }
            Role::Registrar => Step::End(None),
        }
    }

    fn refuse(&mut self) -> Step {
        let failure = Failure::Misbehaved(Misbehaviour::Unexpected { found: None });
        self.outcome = Some(Outcome::Failure(failure));
        Step::Send(other(OpCode::Nack, b""))
    }
}

impl Conversation for Counting {
    fn role(&self) -> Role {
        self.role
    }

    fn begin(&mut self, _: &mut dyn Entropy) -> Step {
        if self.role == Role::Enrollee { self.say(0) } else { Step::Ignore }
    }

    fn handle(&mut self, op_code: OpCode, message: &[u8], _: &mut dyn Entropy) -> Step {
        let next = self.next;
        match op_code {
            _ if self.outcome.is_some() => Step::End(None),
            OpCode::Message if next < self.lengths.len() && message == self.number(next) => {
                self.say(next + 1)
            }
            OpCode::Done if next == self.lengths.len() => {
                self.outcome = Some(Outcome::Success(Success::Granted));
                Step::End(None)
            }
            OpCode::Nack => {
                self.abandon(Failure::EndedEarly);
                Step::End(None)
            }
            _ => self.refuse(),
        }
    }

    fn decide(&mut self, _: Decision, _: &mut dyn Entropy) -> Step {
        Step::Ignore
    }

    fn abandon(&mut self, failure: Failure) {
        self.outcome.get_or_insert(Outcome::Failure(failure));
    }

    fn poll_event(&mut self) -> Option<session::Event> {
        None
    }

    fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }
}

/// An enrollee, the plainest there is.
pub(crate) fn enrolment() -> Box<Enrolment> {
    let device = DeviceDescription {
        manufacturer: Text::default(),
        model_name: Text::default(),
        model_number: Text::default(),
        serial_number: Text::default(),
        device_type: DeviceType::PRINTER,
        device_name: Text::default(),
    };
    let peer = PeerDescription { uuid: Uuid::default(), mac: None, device, version2: true };
    Box::new(Enrolment {
        peer,
        mac: MacAddr::default(),
        uuid: Uuid::default(),
        password_id: DevicePasswordId::Default,
        config_methods: ConfigMethods::NONE,
        auth_types: AuthTypes::NONE,
        encr_types: EncrTypes::NONE,
        rf_bands: RfBands::NONE,
        state: None,
        config_error: ConfigError::NoError,
    })
}
