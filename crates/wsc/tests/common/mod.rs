//! What the tests of the protocol share: reproducible randomness, devices, and a pair of sessions.
#![allow(dead_code, unreachable_pub)]

pub mod machine;
pub mod old_peer;
pub mod source;
pub mod vector;

use keyway_group5::SharedSecret;
use keyway_wsc::attribute::{AttributeId, AttributeValue, ParseError, Presence};
use keyway_wsc::crypto::{KeyPair, SessionKeys};
use keyway_wsc::message::messages::{M1, M2};
use keyway_wsc::message::{AttributeList, Authenticated, Open};
use keyway_wsc::session::{
    ApAccess, Decision, Device, Enrollee, EnrolleeRole, Enrolment, Event, OpCode, Outcome, Outgoing,
    Registrar, Session, Step,
};
use keyway_wsc::*;
use sha2::{Digest, Sha256};

/// Answers each name with octets made from the seed and the name.
pub struct Named(pub u64);

impl Entropy for Named {
    fn fill(&mut self, draw: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        let octets = Sha256::digest(format!("{} {draw:?}", self.0));
        out.copy_from_slice(&octets[..out.len()]);
        Ok(())
    }
}

pub fn pin(text: &str) -> DevicePassword {
    DevicePassword::pin(&text.parse().unwrap())
}

pub fn printer() -> Device {
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Test printer".into(),
        model_number: "1".into(),
        serial_number: "0001".into(),
        device_type: DeviceType::PRINTER,
        device_name: "BLUE-42".into(),
    };
    let mac = MacAddr([2, 0, 0, 0, 0, 1]);
    Device::new(mac, description, ConfigMethods::PhysicalDisplay | ConfigMethods::PhysicalPushButton)
}

pub fn router() -> Device {
    let description = DeviceDescription {
        device_type: DeviceType::ROUTER,
        device_name: "Home".into(),
        ..printer().description
    };
    Device::new(
        MacAddr([2, 0, 0, 0, 0, 2]),
        description,
        ConfigMethods::Keypad | ConfigMethods::PhysicalPushButton,
    )
}

pub fn home() -> Credential {
    let key = NetworkKey::new(b"correct horse battery").unwrap();
    Credential::wpa2(Ssid::new(b"Home").unwrap(), key).for_station(MacAddr([2, 0, 0, 0, 0, 1]))
}

pub fn station(password: DevicePassword) -> Session {
    Enrollee::new(printer(), EnrolleeRole::Station { password }).into()
}

pub fn access_point(access: ApAccess) -> Session {
    Enrollee::new(router(), EnrolleeRole::AccessPoint { settings: home(), access }).into()
}

pub fn registrar() -> Session {
    Registrar::new(router()).into()
}

/// An enrollee and a registrar, and what passed between them.
pub struct Pair {
    pub enrollee: Session,
    pub registrar: Session,
    pub decision: Decision,
    pub enrollee_entropy: Named,
    pub registrar_entropy: Named,
    /// Whether the enrollee sent it, and the message.
    pub messages: Vec<(bool, Outgoing)>,
    pub enrolment: Option<Enrolment>,
}

impl Pair {
    pub fn new(enrollee: Session, decision: Decision) -> Pair {
        Pair {
            enrollee,
            registrar: registrar(),
            decision,
            enrollee_entropy: Named(1),
            registrar_entropy: Named(2),
            messages: Vec::new(),
            enrolment: None,
        }
    }

    /// Carries messages until neither side has one to send, or until `limit` have passed.
    pub fn run(&mut self, limit: usize) {
        let mut step = self.enrollee.begin(&mut self.enrollee_entropy);
        let mut from_enrollee = true;
        for _ in 0..limit {
            let (out, last) = match step {
                Step::Send(out) => (out, false),
                Step::End(Some(out)) => (out, true),
                Step::End(None) | Step::Ignore => return,
                Step::Decide(enrolment) => panic!("undecided: {enrolment:?}"),
            };
            self.messages.push((from_enrollee, out.clone()));
            if last {
                return;
            }
            step = self.deliver(from_enrollee, &out);
            from_enrollee = !from_enrollee;
        }
    }

    pub fn deliver(&mut self, from_enrollee: bool, out: &Outgoing) -> Step {
        if !from_enrollee {
            return self.enrollee.handle(out.op_code, &out.bytes, &mut self.enrollee_entropy);
        }
        match self.registrar.handle(out.op_code, &out.bytes, &mut self.registrar_entropy) {
            Step::Decide(enrolment) => {
                self.enrolment = Some(*enrolment);
                self.registrar.decide(self.decision.clone(), &mut self.registrar_entropy)
            }
            other => other,
        }
    }

    pub fn outcomes(&self) -> (Option<&Outcome>, Option<&Outcome>) {
        (self.enrollee.outcome(), self.registrar.outcome())
    }

    pub fn kinds(&self) -> Vec<MessageType> {
        self.messages.iter().map(|(_, out)| message::message_type(&out.bytes).unwrap()).collect()
    }
}

pub fn events(session: &mut Session) -> Vec<Event> {
    std::iter::from_fn(|| session.poll_event()).collect()
}

pub fn op_code_of(kind: MessageType) -> OpCode {
    match kind {
        MessageType::Ack => OpCode::Ack,
        MessageType::Nack => OpCode::Nack,
        MessageType::Done => OpCode::Done,
        _ => OpCode::Message,
    }
}

/// What both sides of a registration derive, and the shared secret, when the enrollee draws from `Named(1)`.
pub fn derive(m1: &[u8], m2: &[u8]) -> (SharedSecret, SessionKeys) {
    let (m1, m2) = (M1::parse(m1).unwrap(), M2::parse(m2).unwrap());
    let mut private = [0; crypto::PRIVATE_OCTETS];
    Named(1).fill(Draw::DhPrivateKey, &mut private).unwrap();
    let secret = KeyPair::from_private(&private).unwrap().agree(&m2.peek().public_key).unwrap();
    let keys = SessionKeys::derive(&secret, &m1.enrollee_nonce, &m1.mac, &m2.peek().registrar_nonce);
    (secret, keys)
}

/// A value as it stands in an attribute.
pub fn octets(value: &impl AttributeValue) -> Vec<u8> {
    let mut out = Vec::new();
    value.write(&mut out);
    out
}

/// A list of attributes as octets, whatever they are.
pub struct Raw(pub Vec<u8>);

impl AttributeList for Raw {
    const TABLE: &'static [(AttributeId, Presence)] = &[];
    fn parse_list(bytes: &[u8], _: Option<AttributeId>) -> Result<Raw, ParseError> {
        Ok(Raw(bytes.to_vec()))
    }
    fn write_list(&self, out: &mut Vec<u8>) {
        out.extend(&self.0);
    }
}
