//! The registrar: it gives credentials to a station, or reads or writes the settings of an access point.

use super::exchange::{Exchange, Incoming, Secured, refusal, same_nonce};
use super::{
    Decision, Device, Enrolment, Event, Failure, Half, OpCode, Outcome, PeerDescription, Step, Success,
};
use crate::crypto::{CommitmentHash, Commitments, KeyPair, OwnNonces, SessionKeys};
use crate::message::messages::{Ack, Done, Introduction, M1, M2, M2D, M3, M4, M5, M6, M7, M8, Nack};
use crate::message::settings::{M4Settings, M5Settings, M6Settings, M7Settings, M8Settings};
use crate::message::{Credential, Open, VendorExtensions};
use crate::{AssociationState, ConfigError, DevicePassword, Draw, Entropy, MessageType};
use alloc::boxed::Box;
use alloc::vec::Vec;
use keyway_group5::PublicKey;

/// A registrar in one registration.
#[derive(Debug)]
pub struct Registrar {
    device: Device,
    exchange: Exchange,
    state: State,
    forbidden: Option<Failure>,
}

impl Registrar {
    /// A registrar that waits for M1. The MAC address of `device` is not sent.
    pub fn new(device: Device) -> Registrar {
        let state = State::ExpectM1(ExpectM1 { keys: None });
        Registrar { device, exchange: Exchange::default(), state, forbidden: None }
    }

    /// The same registrar, which does not draw its Diffie-Hellman keys but uses these. A device password that is handed
    /// over out of band goes with the hash of a public key that exists beforehand.
    #[must_use]
    pub fn with_key_pair(mut self, keys: KeyPair) -> Registrar {
        if let State::ExpectM1(expect) = &mut self.state {
            expect.keys = Some(keys);
        }
        self
    }

    pub(super) fn handle(&mut self, op_code: OpCode, bytes: &[u8], entropy: &mut dyn Entropy) -> Step {
        if matches!(op_code, OpCode::Start | OpCode::FragmentAck)
            || matches!(self.state, State::AwaitDecision(_))
        {
            return Step::Ignore;
        }
        let forbidden =
            self.forbidden.filter(|_| op_code == OpCode::Message && self.state.can_be_forbidden());
        self.run(entropy, |state, cx| match forbidden {
            Some(failure) => Err(failure),
            None => state.handle(op_code, bytes, cx),
        })
    }

    pub(super) fn forbid(&mut self, failure: Failure) {
        self.forbidden = Some(failure);
    }

    pub(super) fn decide(&mut self, decision: Decision, entropy: &mut dyn Entropy) -> Step {
        self.run(entropy, |state, cx| match state {
            State::AwaitDecision(waiting) => waiting.decide(decision, cx),
            other => Ok((other, Step::Ignore)),
        })
    }

    pub(super) fn abandon(&mut self, failure: Failure) {
        let failure = match (failure, &self.state) {
            (Failure::EndedEarly | Failure::TimedOut, State::ExpectAck(ExpectAck { reason })) => {
                declined(*reason)
            }
            (Failure::EndedEarly | Failure::TimedOut | Failure::LinkLost, State::ExpectDone(_)) => {
                Failure::Unconfirmed
            }
            _ => failure,
        };
        self.exchange.fail(failure);
        self.state = State::Over(Over);
    }

    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.exchange.poll_event()
    }

    pub(super) fn outcome(&self) -> Option<&Outcome> {
        self.exchange.outcome()
    }

    fn run(
        &mut self,
        entropy: &mut dyn Entropy,
        act: impl FnOnce(State, &mut Context<'_>) -> Transition,
    ) -> Step {
        let state = core::mem::replace(&mut self.state, State::Over(Over));
        let Registrar { device, exchange, .. } = self;
        let mut cx = Context { device, exchange, entropy };
        match act(state, &mut cx) {
            Ok((state, step)) => {
                self.state = state;
                step
            }
            Err(failure) => self.exchange.refuse(failure),
        }
    }
}

/// What a state needs beside its own data.
struct Context<'a> {
    device: &'a Device,
    exchange: &'a mut Exchange,
    entropy: &'a mut dyn Entropy,
}

/// The next state and what to do; or the failure, which the peer is told in WSC_NACK.
type Transition = Result<(State, Step), Failure>;

enum State {
    ExpectM1(ExpectM1),
    AwaitDecision(Box<AwaitDecision>),
    ExpectM3(ExpectM3),
    ExpectM5(ExpectM5),
    ExpectM7(ExpectM7),
    ExpectDone(ExpectDone),
    ExpectAck(ExpectAck),
    Over(Over),
}

impl core::fmt::Debug for State {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            State::ExpectM1(_) => "ExpectM1",
            State::AwaitDecision(_) => "AwaitDecision",
            State::ExpectM3(_) => "ExpectM3",
            State::ExpectM5(_) => "ExpectM5",
            State::ExpectM7(_) => "ExpectM7",
            State::ExpectDone(_) => "ExpectDone",
            State::ExpectAck(_) => "ExpectAck",
            State::Over(_) => "Over",
        })
    }
}

impl State {
    /// Whether nothing was promised yet that cannot be taken back.
    fn can_be_forbidden(&self) -> bool {
        !matches!(self, State::ExpectDone(_) | State::ExpectAck(_) | State::Over(_))
    }

    fn handle(self, op_code: OpCode, bytes: &[u8], cx: &mut Context<'_>) -> Transition {
        if let State::Over(_) = self {
            return Ok((self, Step::End(None)));
        }
        let incoming = Incoming::new(op_code, bytes)?;
        if incoming.kind == MessageType::Nack {
            return self.refused(&incoming, cx);
        }
        match self {
            State::ExpectM1(state) => state.handle(&incoming, cx),
            State::ExpectM3(state) => state.handle(&incoming, cx),
            State::ExpectM5(state) => state.handle(&incoming, cx),
            State::ExpectM7(state) => state.handle(&incoming, cx),
            State::ExpectDone(state) => state.handle(&incoming, cx),
            State::ExpectAck(state) => state.handle(&incoming, cx),
            State::AwaitDecision(_) | State::Over(_) => Err(incoming.unexpected()),
        }
    }

    /// The enrollee ended the registration.
    fn refused(self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let n2 = if matches!(self, State::ExpectAck(_)) { None } else { Some(cx.exchange.n2) };
        let error = cx.exchange.closing::<Nack>(incoming, n2)?.config_error;
        let failure = match self {
            State::ExpectAck(ExpectAck { reason }) => declined(reason),
            State::ExpectM5(_) => refusal(error, Some(Half::First)),
            State::ExpectM7(_) => refusal(error, Some(Half::Second)),
            _ => refusal(error, None),
        };
        cx.exchange.fail(failure);
        Ok((State::Over(Over), Exchange::end(&cx.exchange.nack(error))))
    }
}

/// Nothing came yet.
struct ExpectM1 {
    /// Keys that were made before.
    keys: Option<KeyPair>,
}

impl ExpectM1 {
    fn handle(self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        if incoming.kind != MessageType::M1 {
            return Err(incoming.unexpected());
        }
        let m1 = M1::parse(incoming.bytes)?;
        cx.exchange.n1 = m1.enrollee_nonce;
        cx.entropy.fill(Draw::RegistrarNonce, &mut cx.exchange.n2.0)?;
        let peer_key = m1.public_key.validate()?;
        cx.exchange.note(Event::Received(MessageType::M1));
        let peer = PeerDescription {
            uuid: m1.uuid_e,
            mac: Some(m1.mac),
            device: m1.description(),
            version2: m1.extensions.wfa.version2.is_some(),
        };
        cx.exchange.describe(peer.clone());
        let enrolment = Enrolment {
            peer,
            mac: m1.mac,
            uuid: m1.uuid_e,
            password_id: m1.password_id,
            config_methods: m1.config_methods.0.unwrap_or_default(),
            auth_types: m1.auth_types.0.unwrap_or_default(),
            encr_types: m1.encr_types.0.unwrap_or_default(),
            rf_bands: m1.rf_bands.0.unwrap_or_default(),
            state: m1.state.0,
            config_error: m1.config_error.0.unwrap_or(ConfigError::NoError),
        };
        let state = AwaitDecision { keys: self.keys, peer_key, m1, bytes: incoming.bytes.to_vec() };
        Ok((State::AwaitDecision(Box::new(state)), Step::Decide(Box::new(enrolment))))
    }
}

/// What the registrar does once both halves are proved.
enum Task {
    Register(Vec<Credential>),
    Learn,
    Configure(Credential),
}

/// M1 came; the owner decides what to do with the enrollee.
struct AwaitDecision {
    keys: Option<KeyPair>,
    /// The enrollee's public key, checked.
    peer_key: PublicKey,
    m1: M1,
    bytes: Vec<u8>,
}

impl AwaitDecision {
    fn decide(self, decision: Decision, cx: &mut Context<'_>) -> Transition {
        match decision {
            Decision::Register { password, credentials } => {
                self.m2(&password, Task::Register(credentials), cx)
            }
            Decision::Learn { password } => self.m2(&password, Task::Learn, cx),
            Decision::Configure { password, settings } => {
                let settings = settings.for_station(self.m1.mac);
                self.m2(&password, Task::Configure(settings), cx)
            }
            Decision::Decline(reason) => Ok(Self::m2d(reason, cx)),
        }
    }

    fn m2(self, password: &DevicePassword, task: Task, cx: &mut Context<'_>) -> Transition {
        let own_keys = match self.keys {
            Some(keys) => keys,
            None => KeyPair::generate(cx.entropy)?,
        };
        let secret = own_keys.shared_secret(&self.peer_key);
        let keys = SessionKeys::derive(&secret, &cx.exchange.n1, &self.m1.mac, &cx.exchange.n2);
        let (pke, pkr) = (self.m1.public_key, own_keys.public().clone());
        let commitments = Commitments::new(keys.auth.clone(), password, pke, pkr.clone());
        let own = OwnNonces::draw(cx.entropy)?;
        let mut secured = Box::new(Secured { keys, commitments, own, previous: self.bytes });

        let (device, description) = (cx.device, cx.device.description.clone());
        let m2 = M2 {
            enrollee_nonce: cx.exchange.n1,
            registrar_nonce: cx.exchange.n2,
            uuid_r: device.uuid,
            public_key: pkr,
            auth_types: device.auth_types.into(),
            encr_types: device.encr_types.into(),
            connection_types: device.connection_types.into(),
            config_methods: device.config_methods.into(),
            manufacturer: description.manufacturer.into(),
            model_name: description.model_name.into(),
            model_number: description.model_number.into(),
            serial_number: description.serial_number.into(),
            device_type: description.device_type.into(),
            device_name: description.device_name.into(),
            rf_bands: device.rf_bands.into(),
            association_state: AssociationState::NotAssociated.into(),
            config_error: ConfigError::NoError.into(),
            password_id: password.id(),
            os_version: device.os_version.into(),
            extensions: VendorExtensions::version2(),
        };
        let step = secured.send(&m2, cx.exchange);
        Ok((State::ExpectM3(ExpectM3 { secured, task }), step))
    }

    fn m2d(reason: ConfigError, cx: &mut Context<'_>) -> (State, Step) {
        let (device, description) = (cx.device, cx.device.description.clone());
        let m2d = M2D {
            enrollee_nonce: cx.exchange.n1,
            registrar_nonce: cx.exchange.n2,
            uuid_r: device.uuid,
            auth_types: device.auth_types.into(),
            encr_types: device.encr_types.into(),
            connection_types: device.connection_types.into(),
            config_methods: device.config_methods.into(),
            manufacturer: description.manufacturer.into(),
            model_name: description.model_name.into(),
            model_number: description.model_number.into(),
            serial_number: description.serial_number.into(),
            device_type: description.device_type.into(),
            device_name: description.device_name.into(),
            rf_bands: device.rf_bands.into(),
            association_state: AssociationState::NotAssociated.into(),
            config_error: reason.into(),
            os_version: device.os_version.into(),
            extensions: VendorExtensions::version2(),
        };
        (State::ExpectAck(ExpectAck { reason }), cx.exchange.send(&m2d))
    }
}

/// M2D was sent; the enrollee acknowledges it (an access point refuses it), and that is the end.
///
/// The registrar nonce of the answer is not looked at: an enrollee need not have taken it over from M2D (observed:
/// wpa_supplicant and hostapd answer with zeros there).
struct ExpectAck {
    reason: ConfigError,
}

impl ExpectAck {
    fn handle(self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        if incoming.kind != MessageType::Ack {
            return Err(incoming.unexpected());
        }
        cx.exchange.closing::<Ack>(incoming, None)?;
        cx.exchange.fail(declined(self.reason));
        Ok((State::Over(Over), Step::End(None)))
    }
}

/// What this registrar's own M2D with this reason comes to.
fn declined(reason: ConfigError) -> Failure {
    match refusal(reason, None) {
        Failure::RefusedByPeer(reason) => Failure::Declined(reason),
        other => other,
    }
}

/// M2 was sent.
struct ExpectM3 {
    secured: Box<Secured>,
    task: Task,
}

impl ExpectM3 {
    fn handle(mut self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let message = incoming.read::<M3>()?;
        same_nonce(message.peek().registrar_nonce, cx.exchange.n2)?;
        let M3 { e_hash1, e_hash2, .. } = self.secured.receive(message)?;
        cx.exchange.note(Event::Received(MessageType::M3));

        let (r_hash1, r_hash2) = self.secured.commit();
        let own = M4Settings { r_s1: self.secured.own.first.clone() };
        let settings = self.secured.seal::<M4>(&own, cx.entropy)?;
        let extensions = VendorExtensions::version2();
        let m4 = M4 { enrollee_nonce: cx.exchange.n1, r_hash1, r_hash2, settings, extensions };
        let step = self.secured.send(&m4, cx.exchange);
        let ExpectM3 { secured, task } = self;
        Ok((State::ExpectM5(ExpectM5 { secured, task, e_hash1, e_hash2 }), step))
    }
}

/// M4 was sent.
struct ExpectM5 {
    secured: Box<Secured>,
    task: Task,
    e_hash1: CommitmentHash,
    e_hash2: CommitmentHash,
}

impl ExpectM5 {
    fn handle(mut self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let message = incoming.read::<M5>()?;
        same_nonce(message.peek().registrar_nonce, cx.exchange.n2)?;
        let m5 = self.secured.receive(message)?;
        let M5Settings { e_s1 } = self.secured.open(&m5.settings)?;
        cx.exchange.note(Event::Received(MessageType::M5));
        self.secured.check_proof(Half::First, &e_s1, &self.e_hash1, cx.exchange)?;

        let own = M6Settings { r_s2: self.secured.own.second.clone() };
        let settings = self.secured.seal::<M6>(&own, cx.entropy)?;
        let m6 = M6 { enrollee_nonce: cx.exchange.n1, settings, extensions: VendorExtensions::version2() };
        let step = self.secured.send(&m6, cx.exchange);
        let ExpectM5 { secured, task, e_hash2, .. } = self;
        Ok((State::ExpectM7(ExpectM7 { secured, task, e_hash2 }), step))
    }
}

/// M6 was sent.
struct ExpectM7 {
    secured: Box<Secured>,
    task: Task,
    e_hash2: CommitmentHash,
}

impl ExpectM7 {
    fn handle(mut self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let message = incoming.read::<M7>()?;
        same_nonce(message.peek().registrar_nonce, cx.exchange.n2)?;
        let m7 = self.secured.receive(message)?;
        let shown: M7Settings = self.secured.open(&m7.settings)?;
        cx.exchange.note(Event::Received(MessageType::M7));
        self.secured.check_proof(Half::Second, &shown.e_s2, &self.e_hash2, cx.exchange)?;

        let (granted, success) = match self.task {
            Task::Register(credentials) => (M8Settings::credentials(&credentials), Success::Granted),
            Task::Configure(settings) => {
                // An access point may refuse settings for another one (observed: hostapd, when built to be strict).
                let settings = settings.for_station(shown.mac.unwrap_or(settings.mac));
                (settings.to_new_settings(), Success::Configured(settings))
            }
            Task::Learn => {
                let settings = Credential::try_from(&shown).map_err(Failure::NoUsableCredential)?;
                cx.exchange.succeed(Success::Learned(settings));
                // The registrar got what it wants and changes nothing: that is said with a WSC_NACK without error.
                let nack = cx.exchange.nack(ConfigError::NoError);
                return Ok((State::Over(Over), cx.exchange.send(&nack)));
            }
        };
        let settings = self.secured.seal::<M8>(&granted, cx.entropy)?;
        let m8 = M8 { enrollee_nonce: cx.exchange.n1, settings, extensions: VendorExtensions::version2() };
        let step = self.secured.send(&m8, cx.exchange);
        Ok((State::ExpectDone(ExpectDone { success }), step))
    }
}

/// M8 was sent.
struct ExpectDone {
    success: Success,
}

impl ExpectDone {
    fn handle(self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        if incoming.kind != MessageType::Done {
            return Err(incoming.unexpected());
        }
        cx.exchange.closing::<Done>(incoming, Some(cx.exchange.n2))?;
        cx.exchange.succeed(self.success);
        Ok((State::Over(Over), Exchange::end(&cx.exchange.ack())))
    }
}

/// The last word was said.
struct Over;
