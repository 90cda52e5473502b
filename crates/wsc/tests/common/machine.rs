//! Sessions brought into each of their states, and what can be done to the messages that they get there.

use super::*;
use keyway_wsc::attribute::{Attributes, HEADER_LENGTH, write_attribute};
use keyway_wsc::crypto::{AUTHENTICATOR_LENGTH, EncryptedSettings};
use keyway_wsc::message::message_type;
use std::sync::LazyLock;

/// A kind of session, with the other side of it.
#[derive(Clone, Copy)]
pub struct Machine {
    pub name: &'static str,
    pub is_registrar: bool,
    /// The enrollee, which the session is or has to do with, is an access point.
    pub access_point: bool,
    /// Its states, in the order in which it comes through them.
    pub states: &'static [&'static str],
    pub enrollee: fn() -> Session,
    pub decision: fn() -> Decision,
}

const ENROLLEE_STATES: &[&str] = &["Idle", "ExpectM2", "ExpectM4", "ExpectM6", "ExpectM8", "Over"];
const REGISTRAR_STATES: &[&str] =
    &["ExpectM1", "AwaitDecision", "ExpectM3", "ExpectM5", "ExpectM7", "ExpectDone", "ExpectAck", "Over"];

fn register() -> Decision {
    Decision::Register { password: pin("12345670"), credentials: vec![home()] }
}

fn configure() -> Decision {
    Decision::Configure { password: pin("12345670"), settings: home() }
}

fn learn() -> Decision {
    Decision::Learn { password: pin("12345670") }
}

/// An enrollee that wants credentials.
pub const STATION: Machine = Machine {
    name: "Enrollee: a station",
    is_registrar: false,
    access_point: false,
    states: ENROLLEE_STATES,
    enrollee: || station(pin("12345670")),
    decision: register,
};

/// An enrollee that shows its settings and takes new ones.
pub const ACCESS_POINT: Machine = Machine {
    name: "Enrollee: an access point",
    access_point: true,
    enrollee: || access_point(ApAccess::Full(pin("12345670"))),
    decision: configure,
    ..STATION
};

/// An enrollee that shows its settings and takes no new ones.
pub const READ_ONLY_ACCESS_POINT: Machine = Machine {
    name: "Enrollee: an access point that can only be read",
    enrollee: || access_point(ApAccess::ReadOnly(pin("12345670"))),
    ..ACCESS_POINT
};

/// An enrollee that refuses every registrar. It does not come further than M1.
pub const LOCKED_ACCESS_POINT: Machine = Machine {
    name: "Enrollee: an access point whose set-up is locked",
    enrollee: || access_point(ApAccess::Locked),
    states: &["Idle", "ExpectM2"],
    ..ACCESS_POINT
};

/// A registrar that gives credentials.
pub const REGISTRAR: Machine =
    Machine { name: "Registrar of a station", is_registrar: true, states: REGISTRAR_STATES, ..STATION };

/// A registrar that gives an access point new settings.
pub const CONFIGURER: Machine = Machine {
    name: "Registrar that configures an access point",
    access_point: true,
    enrollee: ACCESS_POINT.enrollee,
    decision: configure,
    ..REGISTRAR
};

/// A registrar that learns the settings of an access point. It never sends M8.
pub const LEARNER: Machine = Machine {
    name: "Registrar that learns from an access point",
    states: &["ExpectM1", "AwaitDecision", "ExpectM3", "ExpectM5", "ExpectM7", "ExpectAck"],
    decision: learn,
    ..CONFIGURER
};

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Machine {
    /// The randomness of its session.
    pub fn entropy(&self) -> Named {
        Named(if self.is_registrar { 2 } else { 1 })
    }

    /// The messages of a registration that succeeds, M1 first: with a variant that does not come so far, every message
    /// up to there is the same.
    pub fn transcript(&self) -> Vec<Outgoing> {
        static OF_STATION: LazyLock<Vec<Outgoing>> = LazyLock::new(|| STATION.messages_with(register()));
        static OF_AP: LazyLock<Vec<Outgoing>> = LazyLock::new(|| ACCESS_POINT.messages_with(configure()));
        if self.access_point { OF_AP.clone() } else { OF_STATION.clone() }
    }

    /// M1, M2D and WSC_ACK or WSC_NACK, with a registrar that has no device password.
    pub fn declined(&self) -> Vec<Outgoing> {
        let enrollee = if self.access_point { ACCESS_POINT } else { STATION };
        enrollee.messages_with(Decision::Decline(ConfigError::NoError))
    }

    fn messages_with(&self, decision: Decision) -> Vec<Outgoing> {
        let mut pair = Pair::new((self.enrollee)(), decision);
        pair.run(20);
        pair.messages.into_iter().map(|(_, out)| out).collect()
    }

    /// Its session in `state`. `transcript` is what passes on the way.
    pub fn reach(&self, state: &str, transcript: &[Outgoing]) -> Session {
        let mut entropy = self.entropy();
        let index = self.states.iter().position(|known| *known == state).unwrap();
        let mut session = if self.is_registrar { registrar() } else { (self.enrollee)() };
        let mut take = |session: &mut Session, at: usize| {
            let Outgoing { op_code, bytes } = &transcript[at];
            session.handle(*op_code, bytes, &mut entropy);
        };
        match (self.is_registrar, state) {
            (false, _) => {
                if index > 0 {
                    session.begin(&mut self.entropy());
                }
                (1..index).for_each(|step| take(&mut session, 2 * step - 1));
            }
            (true, "ExpectAck") => {
                take(&mut session, 0);
                session.decide(Decision::Decline(ConfigError::NoError), &mut self.entropy());
            }
            (true, "Over") => {
                let (message, rest) = transcript.split_first().unwrap();
                session.handle(message.op_code, &message.bytes, &mut self.entropy());
                session.decide((self.decision)(), &mut self.entropy());
                for out in rest.iter().skip(1).step_by(2) {
                    session.handle(out.op_code, &out.bytes, &mut self.entropy());
                }
            }
            (true, _) => {
                if index > 0 {
                    take(&mut session, 0);
                }
                if index > 1 {
                    session.decide((self.decision)(), &mut self.entropy());
                }
                (2..index).for_each(|step| take(&mut session, 2 * step - 2));
            }
        }
        assert_eq!(state_of(&session), state, "{}", self.name);
        session
    }

    /// The message that `state` waits for.
    pub fn awaited(&self, state: &str, transcript: &[Outgoing]) -> Option<Outgoing> {
        if state == "ExpectAck" {
            return Some(STATION.declined()[2].clone());
        }
        let name = state.strip_prefix("Expect")?;
        transcript.iter().find(|out| short(message_type(&out.bytes).unwrap()) == name).cloned()
    }
}

/// The state of a session, as its `Debug` says.
pub fn state_of(session: &Session) -> String {
    let text = format!("{session:?}");
    let (_, state) = text.rsplit_once("state: ").unwrap();
    state.split([',', ' ', ')', '}']).next().unwrap().to_owned()
}

/// The name of a message without `WSC_`.
pub fn short(message: MessageType) -> String {
    message.to_string().trim_start_matches("WSC_").replace("ACK", "Ack").replace("NAck", "Nack")
}

/// Changes the first octet of the first attribute of that type, if there is one.
pub fn with_changed(bytes: &[u8], id: AttributeId) -> Option<Vec<u8>> {
    let found = Attributes::new(bytes).map_while(Result::ok).find(|attribute| attribute.id == id)?;
    let mut bytes = bytes.to_vec();
    *bytes.get_mut(found.offset + HEADER_LENGTH)? ^= 0x01;
    Some(bytes)
}

/// Gives an attribute another value.
pub fn with_value(bytes: &[u8], id: AttributeId, value: &[u8]) -> Option<Vec<u8>> {
    let mut found = false;
    let mut out = Vec::new();
    for attribute in Attributes::new(bytes).map_while(Result::ok) {
        found |= attribute.id == id;
        let value = if attribute.id == id { value } else { attribute.value };
        write_attribute(&mut out, attribute.id, &SecretBytes::new(value.to_vec()));
    }
    found.then_some(out)
}

/// Gives an authenticated message the Authenticator that belongs to it.
pub fn signed_again(bytes: &[u8], keys: &SessionKeys, previous: &[u8]) -> Vec<u8> {
    let mut bytes = bytes[..bytes.len() - HEADER_LENGTH - AUTHENTICATOR_LENGTH].to_vec();
    let authenticator = keys.auth.authenticator(previous, &bytes);
    write_attribute(&mut bytes, AttributeId::Authenticator, &authenticator);
    bytes
}

/// Encrypts other settings into a message and signs it again.
pub fn resealed(bytes: &[u8], plain: &[u8], keys: &SessionKeys, previous: &[u8]) -> Option<Vec<u8>> {
    let sealed = octets(&EncryptedSettings::seal(&Raw(plain.to_vec()), keys, &[3; 16]));
    let bytes = with_value(bytes, AttributeId::EncryptedSettings, &sealed)?;
    Some(signed_again(&bytes, keys, previous))
}
