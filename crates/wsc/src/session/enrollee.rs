//! The enrollee: a station that wants credentials, or an access point that a registrar reads or configures.

use super::exchange::{Exchange, Incoming, Secured, refusal, same_nonce};
use super::{
    ApAccess, Device, EnrolleeRole, Event, Failure, Half, Misbehaviour, OpCode, Outcome, PeerDescription,
    Step, Success,
};
use crate::crypto::{CommitmentHash, Commitments, KeyPair, OwnNonces, SessionKeys};
use crate::message::messages::{Introduction, M1, M2, M2D, M3, M4, M5, M6, M7, M8, Nack};
use crate::message::settings::{M4Settings, M5Settings, M6Settings, M7Settings, M8Settings};
use crate::message::{Credential, Open, VendorExtensions};
use crate::{
    AssociationState, ConfigError, DevicePasswordId, Draw, Entropy, EntropyError, MessageType, Uuid,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// An enrollee in one registration.
#[derive(Debug)]
pub struct Enrollee {
    device: Device,
    role: EnrolleeRole,
    last_error: ConfigError,
    exchange: Exchange,
    state: State,
}

impl Enrollee {
    /// An enrollee that has not begun.
    pub fn new(device: Device, role: EnrolleeRole) -> Enrollee {
        let exchange = Exchange::default();
        Enrollee {
            device,
            role,
            last_error: ConfigError::NoError,
            exchange,
            state: State::Idle(Idle { keys: None }),
        }
    }

    /// The same enrollee, which tells the registrar in M1 how its last attempt failed.
    #[must_use]
    pub fn with_last_error(self, error: ConfigError) -> Enrollee {
        Enrollee { last_error: error, ..self }
    }

    /// The same enrollee, which does not draw its Diffie-Hellman keys but uses these. A device password that is handed
    /// over out of band goes with the hash of a public key that exists beforehand.
    #[must_use]
    pub fn with_key_pair(mut self, keys: KeyPair) -> Enrollee {
        if let State::Idle(idle) = &mut self.state {
            idle.keys = Some(keys);
        }
        self
    }

    pub(super) fn begin(&mut self, entropy: &mut dyn Entropy) -> Step {
        self.run(entropy, |state, cx| match state {
            State::Idle(idle) => idle.begin(cx),
            other => Ok((other, Step::Ignore)),
        })
    }

    pub(super) fn handle(&mut self, op_code: OpCode, bytes: &[u8], entropy: &mut dyn Entropy) -> Step {
        if matches!(op_code, OpCode::Start | OpCode::FragmentAck) || matches!(self.state, State::Idle(_)) {
            return Step::Ignore;
        }
        self.run(entropy, |state, cx| state.handle(op_code, bytes, cx))
    }

    pub(super) fn abandon(&mut self, failure: Failure) {
        let declined = match &self.state {
            State::ExpectM2(ExpectM2 { declined: Some(error), .. }) => Some(*error),
            _ => None,
        };
        let failure = match (failure, declined) {
            (Failure::EndedEarly | Failure::TimedOut, Some(error)) => not_ready(error),
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
        let Enrollee { device, role, last_error, exchange, .. } = self;
        let mut cx = Context { device, role, last_error: *last_error, exchange, entropy };
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
    role: &'a EnrolleeRole,
    last_error: ConfigError,
    exchange: &'a mut Exchange,
    entropy: &'a mut dyn Entropy,
}

/// The next state and what to do; or the failure, which the peer is told in WSC_NACK.
type Transition = Result<(State, Step), Failure>;

enum State {
    Idle(Idle),
    ExpectM2(ExpectM2),
    ExpectM4(ExpectM4),
    ExpectM6(ExpectM6),
    ExpectM8(ExpectM8),
    Over(Over),
}

impl core::fmt::Debug for State {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            State::Idle(_) => "Idle",
            State::ExpectM2(_) => "ExpectM2",
            State::ExpectM4(_) => "ExpectM4",
            State::ExpectM6(_) => "ExpectM6",
            State::ExpectM8(_) => "ExpectM8",
            State::Over(_) => "Over",
        })
    }
}

impl State {
    fn handle(self, op_code: OpCode, bytes: &[u8], cx: &mut Context<'_>) -> Transition {
        if let State::Over(_) = self {
            return Ok((self, Step::End(None)));
        }
        let incoming = Incoming::new(op_code, bytes)?;
        if incoming.kind == MessageType::Nack {
            return self.refused(&incoming, cx);
        }
        match self {
            State::Idle(_) | State::Over(_) => Err(incoming.unexpected()),
            State::ExpectM2(state) => state.handle(&incoming, cx),
            State::ExpectM4(state) => state.handle(&incoming, cx),
            State::ExpectM6(state) => state.handle(&incoming, cx),
            State::ExpectM8(state) => state.handle(&incoming, cx),
        }
    }

    /// The registrar ended the registration.
    fn refused(self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        // Before M2 the registrar has not said its nonce: it may do so in WSC_NACK.
        let n2 = if matches!(self, State::ExpectM2(_)) { None } else { Some(cx.exchange.n2) };
        let Nack { registrar_nonce, config_error: error, .. } = cx.exchange.closing(incoming, n2)?;
        cx.exchange.n2 = registrar_nonce;
        let proved = match self {
            State::ExpectM6(_) => Some(Half::First),
            State::ExpectM8(_) => Some(Half::Second),
            _ => None,
        };
        let shown = matches!(self, State::ExpectM8(_)) && cx.role.is_access_point();
        if shown && error == ConfigError::NoError {
            // A registrar that only reads an access point's settings ends the registration at M7 in this way.
            cx.exchange.succeed(Success::Shown);
        } else {
            cx.exchange.fail(refusal(error, proved));
        }
        Ok((State::Over(Over), Exchange::end(&cx.exchange.nack(error))))
    }
}

/// Nothing was sent yet.
struct Idle {
    /// Keys that were made before.
    keys: Option<KeyPair>,
}

impl Idle {
    fn begin(self, cx: &mut Context<'_>) -> Transition {
        match self.draw(cx) {
            Ok(keys) => {
                let message = m1(cx, &keys);
                let state = ExpectM2 { keys, m1: message.encode(), declined: None };
                Ok((State::ExpectM2(state), cx.exchange.send(&message)))
            }
            Err(error) => {
                cx.exchange.fail(error.into());
                Ok((State::Over(Over), Step::End(None)))
            }
        }
    }

    fn draw(self, cx: &mut Context<'_>) -> Result<KeyPair, EntropyError> {
        cx.entropy.fill(Draw::EnrolleeNonce, &mut cx.exchange.n1.0)?;
        match self.keys {
            Some(keys) => Ok(keys),
            None => KeyPair::generate(cx.entropy),
        }
    }
}

fn m1(cx: &Context<'_>, keys: &KeyPair) -> M1 {
    let (device, description) = (cx.device, cx.device.description.clone());
    M1 {
        uuid_e: device.uuid,
        mac: device.mac,
        enrollee_nonce: cx.exchange.n1,
        public_key: keys.public().clone(),
        auth_types: device.auth_types.into(),
        encr_types: device.encr_types.into(),
        connection_types: device.connection_types.into(),
        config_methods: cx.role.config_methods(device).into(),
        state: device.state.into(),
        manufacturer: description.manufacturer.into(),
        model_name: description.model_name.into(),
        model_number: description.model_number.into(),
        serial_number: description.serial_number.into(),
        device_type: description.device_type.into(),
        device_name: description.device_name.into(),
        rf_bands: device.rf_bands.into(),
        association_state: AssociationState::NotAssociated.into(),
        password_id: cx.role.password().map_or(DevicePasswordId::Default, |password| password.id()),
        config_error: cx.last_error.into(),
        os_version: device.os_version.into(),
        extensions: VendorExtensions::version2(),
    }
}

/// M1 was sent; a registrar answers with M2 or M2D.
struct ExpectM2 {
    keys: KeyPair,
    m1: Vec<u8>,
    /// The reason of the last M2D.
    declined: Option<ConfigError>,
}

impl ExpectM2 {
    fn handle(self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        match incoming.kind {
            MessageType::M2 => self.m2(incoming, cx),
            MessageType::M2D => self.m2d(incoming, cx),
            _ => Err(incoming.unexpected()),
        }
    }

    fn m2(self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let message = incoming.read::<M2>()?;
        let m2 = message.peek();
        same_nonce(m2.enrollee_nonce, cx.exchange.n1)?;
        cx.exchange.n2 = m2.registrar_nonce;
        let Some(password) = cx.role.password() else { return Err(Failure::SetupLocked) };
        if !may_answer(password.id(), m2.password_id) {
            return Err(Misbehaviour::WrongPasswordId.into());
        }
        let secret = self.keys.agree(&m2.public_key)?;
        let keys = SessionKeys::derive(&secret, &cx.exchange.n1, &cx.device.mac, &cx.exchange.n2);
        let (pke, pkr) = (self.keys.public().clone(), m2.public_key.clone());
        let commitments = Commitments::new(keys.auth.clone(), password, pke, pkr);
        let own = OwnNonces::draw(cx.entropy)?;
        let mut secured = Box::new(Secured { keys, commitments, own, previous: self.m1 });
        let m2 = secured.receive(message)?;
        cx.exchange.note(Event::Received(MessageType::M2));
        cx.exchange.describe(registrar(m2.uuid_r, &m2, &m2.extensions));

        let (e_hash1, e_hash2) = secured.commit();
        let extensions = VendorExtensions::version2();
        let m3 = M3 { registrar_nonce: cx.exchange.n2, e_hash1, e_hash2, extensions };
        let step = secured.send(&m3, cx.exchange);
        Ok((State::ExpectM4(ExpectM4 { secured }), step))
    }

    /// A registrar without a device password for this enrollee. Another M2 or M2D may follow.
    fn m2d(self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let m2d = M2D::parse(incoming.bytes)?;
        same_nonce(m2d.enrollee_nonce, cx.exchange.n1)?;
        cx.exchange.n2 = m2d.registrar_nonce;
        let error = m2d.config_error.0.unwrap_or(ConfigError::NoError);
        cx.exchange.note(Event::Received(MessageType::M2D));
        cx.exchange.describe(registrar(m2d.uuid_r, &m2d, &m2d.extensions));
        cx.exchange.note(Event::NotReady(error));
        if cx.role.is_access_point() {
            // The registrar is the EAP peer and has nothing more to say (observed: hostapd answers WSC_NACK too).
            return Err(not_ready(error));
        }
        let ack = cx.exchange.ack();
        let state = ExpectM2 { declined: Some(error), ..self };
        Ok((State::ExpectM2(state), cx.exchange.send(&ack)))
    }
}

/// Whether M2 may name the device password `found` when M1 asked for `asked`. The password is that of M1 all the same.
///
/// Registrars are known that answer push button with the identifier of a PIN, and that do not tell a PIN of their own
/// from the enrollee's (observed: hostapd, wpa_supplicant accept both).
fn may_answer(asked: DevicePasswordId, found: DevicePasswordId) -> bool {
    use DevicePasswordId as Id;
    asked == found
        || [
            (Id::PushButton, Id::Default),
            (Id::Default, Id::RegistrarSpecified),
            (Id::RegistrarSpecified, Id::Default),
        ]
        .contains(&(asked, found))
}

/// What an M2D with this reason comes to, when nothing better follows.
fn not_ready(error: ConfigError) -> Failure {
    match refusal(error, None) {
        Failure::RefusedByPeer(error) => Failure::NoRegistrarReady(error),
        other => other,
    }
}

/// How a registrar describes itself in M2 or M2D.
fn registrar(uuid: Uuid, message: &impl Introduction, extensions: &VendorExtensions) -> PeerDescription {
    let version2 = extensions.wfa.version2.is_some();
    PeerDescription { uuid, mac: None, device: message.description(), version2 }
}

/// M3 was sent.
struct ExpectM4 {
    secured: Box<Secured>,
}

impl ExpectM4 {
    fn handle(mut self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let message = incoming.read::<M4>()?;
        same_nonce(message.peek().enrollee_nonce, cx.exchange.n1)?;
        let m4 = self.secured.receive(message)?;
        let M4Settings { r_s1 } = self.secured.open(&m4.settings)?;
        cx.exchange.note(Event::Received(MessageType::M4));
        self.secured.check_proof(Half::First, &r_s1, &m4.r_hash1, cx.exchange)?;

        let own = M5Settings { e_s1: self.secured.own.first.clone() };
        let settings = self.secured.seal::<M5>(&own, cx.entropy)?;
        let m5 = M5 { registrar_nonce: cx.exchange.n2, settings, extensions: VendorExtensions::version2() };
        let step = self.secured.send(&m5, cx.exchange);
        Ok((State::ExpectM6(ExpectM6 { secured: self.secured, r_hash2: m4.r_hash2 }), step))
    }
}

/// M5 was sent.
struct ExpectM6 {
    secured: Box<Secured>,
    r_hash2: CommitmentHash,
}

impl ExpectM6 {
    fn handle(mut self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let message = incoming.read::<M6>()?;
        same_nonce(message.peek().enrollee_nonce, cx.exchange.n1)?;
        let m6 = self.secured.receive(message)?;
        let M6Settings { r_s2 } = self.secured.open(&m6.settings)?;
        cx.exchange.note(Event::Received(MessageType::M6));
        self.secured.check_proof(Half::Second, &r_s2, &self.r_hash2, cx.exchange)?;

        let e_s2 = self.secured.own.second.clone();
        let own = match cx.role {
            EnrolleeRole::Station { .. } => M7Settings::proof(e_s2),
            EnrolleeRole::AccessPoint { settings, .. } => settings.to_shown_settings(e_s2),
        };
        let settings = self.secured.seal::<M7>(&own, cx.entropy)?;
        let m7 = M7 { registrar_nonce: cx.exchange.n2, settings, extensions: VendorExtensions::version2() };
        let step = self.secured.send(&m7, cx.exchange);
        Ok((State::ExpectM8(ExpectM8 { secured: self.secured }), step))
    }
}

/// M7 was sent.
struct ExpectM8 {
    secured: Box<Secured>,
}

impl ExpectM8 {
    fn handle(mut self, incoming: &Incoming<'_>, cx: &mut Context<'_>) -> Transition {
        let message = incoming.read::<M8>()?;
        same_nonce(message.peek().enrollee_nonce, cx.exchange.n1)?;
        let m8 = self.secured.receive(message)?;
        if matches!(cx.role, EnrolleeRole::AccessPoint { access: ApAccess::ReadOnly(_), .. }) {
            return Err(Failure::SetupLocked);
        }
        let settings: M8Settings = self.secured.open(&m8.settings)?;
        cx.exchange.note(Event::Received(MessageType::M8));
        let success = match cx.role {
            EnrolleeRole::Station { .. } => Success::Received(usable(&settings, cx.exchange)?),
            EnrolleeRole::AccessPoint { .. } => {
                Success::Reconfigured(Credential::try_from(&settings).map_err(Failure::NoUsableCredential)?)
            }
        };
        let done = cx.exchange.done();
        let step = cx.exchange.send(&done);
        cx.exchange.succeed(success);
        Ok((State::Over(Over), step))
    }
}

/// The credentials that can be used; each of the others is told of in an event.
fn usable(settings: &M8Settings, exchange: &mut Exchange) -> Result<Vec<Credential>, Failure> {
    let mut problem = super::CredentialProblem::Missing;
    let mut credentials = Vec::new();
    for wire in &settings.credentials {
        match Credential::try_from(wire) {
            Ok(credential) => credentials.push(credential),
            Err(found) => {
                exchange.note(Event::CredentialSkipped(found));
                problem = found;
            }
        }
    }
    if credentials.is_empty() { Err(Failure::NoUsableCredential(problem)) } else { Ok(credentials) }
}

/// The last word was said: WSC_Done, or WSC_NACK.
struct Over;
