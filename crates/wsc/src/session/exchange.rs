//! What both sides of a registration have in common.

use super::{Event, Failure, Half, Misbehaviour, OpCode, Outcome, Outgoing, PeerDescription, Step, Success};
use crate::crypto::{CommitmentHash, Commitments, EncryptedSettings, OwnNonces, SessionKeys};
use crate::message::messages::{Ack, Closing, Done, Nack};
use crate::message::{
    AttributeList, Authenticated, Message, Open, Unverified, VendorExtensions, message_type,
};
use crate::{ConfigError, Draw, Entropy, EntropyError, MessageType, Nonce, SecretNonce};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The nonces, the events and the outcome of a registration.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// N1; zeros before the enrollee has said it.
    pub(super) n1: Nonce,
    /// N2; zeros before the registrar has said it.
    pub(super) n2: Nonce,
    events: VecDeque<Event>,
    outcome: Option<Outcome>,
}

impl Exchange {
    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    pub(super) fn note(&mut self, event: Event) {
        self.events.push_back(event);
    }

    pub(super) fn describe(&mut self, peer: PeerDescription) {
        self.note(Event::PeerDescribed(Box::new(peer)));
    }

    /// The registration succeeded, unless its outcome stands already.
    pub(super) fn succeed(&mut self, success: Success) {
        if self.outcome.is_none() {
            self.note(Event::Succeeded);
            self.outcome = Some(Outcome::Success(success));
        }
    }

    /// The registration failed, unless its outcome stands already.
    pub(super) fn fail(&mut self, failure: Failure) {
        if self.outcome.is_none() {
            self.note(Event::Failed(failure));
            self.outcome = Some(Outcome::Failure(failure));
        }
    }

    /// WSC_ACK.
    pub(super) fn ack(&self) -> Ack {
        let extensions = VendorExtensions::version2();
        Ack { enrollee_nonce: self.n1, registrar_nonce: self.n2, extensions }
    }

    /// WSC_Done.
    pub(super) fn done(&self) -> Done {
        let extensions = VendorExtensions::version2();
        Done { enrollee_nonce: self.n1, registrar_nonce: self.n2, extensions }
    }

    /// WSC_NACK.
    pub(super) fn nack(&self, config_error: ConfigError) -> Nack {
        let extensions = VendorExtensions::version2();
        Nack { enrollee_nonce: self.n1, registrar_nonce: self.n2, config_error, extensions }
    }

    /// Sends a message without an Authenticator.
    pub(super) fn send<M: Open>(&mut self, message: &M) -> Step {
        self.note(Event::Sent(M::TYPE));
        Step::Send(outgoing(message))
    }

    /// Ends with the answer that an EAP peer still owes. Whether it is ever sent, the transport decides.
    pub(super) fn end<M: Open>(message: &M) -> Step {
        Step::End(Some(outgoing(message)))
    }

    /// Records a failure and tells the peer.
    pub(super) fn refuse(&mut self, failure: Failure) -> Step {
        self.fail(failure);
        self.send(&self.nack(failure.config_error()))
    }

    /// Reads a WSC_ACK, WSC_NACK or WSC_Done of this registration. `n2` is the registrar nonce that it has to carry;
    /// `None` accepts any, where one of the two sides does not know it yet.
    pub(super) fn closing<M: Closing>(
        &mut self,
        incoming: &Incoming<'_>,
        n2: Option<Nonce>,
    ) -> Result<M, Failure> {
        let message = M::parse(incoming.bytes)?;
        let (found1, found2) = message.nonces();
        same_nonce(found1, self.n1)?;
        same_nonce(found2, n2.unwrap_or(found2))?;
        self.note(Event::Received(M::TYPE));
        Ok(message)
    }
}

/// A message of the peer, whose type is known and fits its operation code.
pub(super) struct Incoming<'a> {
    pub(super) kind: MessageType,
    pub(super) bytes: &'a [u8],
}

impl<'a> Incoming<'a> {
    pub(super) fn new(op_code: OpCode, bytes: &'a [u8]) -> Result<Incoming<'a>, Failure> {
        let kind = message_type(bytes)?;
        let known = (MessageType::M1..=MessageType::Done).contains(&kind);
        if !known || op_code_of(kind) != op_code {
            return Err(Misbehaviour::Unexpected { found: Some(kind) }.into());
        }
        Ok(Incoming { kind, bytes })
    }

    /// The failure of a message that does not belong here.
    pub(super) fn unexpected(&self) -> Failure {
        Misbehaviour::Unexpected { found: Some(self.kind) }.into()
    }

    /// Reads the message as `M`, whose type must be that one.
    pub(super) fn read<M: Authenticated>(&self) -> Result<Unverified<M>, Failure> {
        if self.kind != M::TYPE {
            return Err(self.unexpected());
        }
        Ok(M::parse(self.bytes)?)
    }
}

fn outgoing<M: Open>(message: &M) -> Outgoing {
    Outgoing { op_code: op_code_of(M::TYPE), bytes: message.encode() }
}

fn op_code_of(kind: MessageType) -> OpCode {
    match kind {
        MessageType::Ack => OpCode::Ack,
        MessageType::Nack => OpCode::Nack,
        MessageType::Done => OpCode::Done,
        _ => OpCode::Message,
    }
}

/// What a WSC_NACK means. `proved` is the half that this side had just proved, if it had.
pub(super) fn refusal(error: ConfigError, proved: Option<Half>) -> Failure {
    match (error, proved) {
        (ConfigError::DevicePasswordAuthFailure, Some(half)) => Failure::WrongPassword(half),
        (ConfigError::DevicePasswordAuthFailure, None) => Failure::PasswordRefused,
        (ConfigError::MultiplePbcDetected, _) => Failure::SessionOverlap,
        (ConfigError::SetupLocked, _) => Failure::SetupLocked,
        (error, _) => Failure::RefusedByPeer(error),
    }
}

/// Checks that a nonce in a message is the one of this registration.
pub(super) fn same_nonce(found: Nonce, expected: Nonce) -> Result<(), Misbehaviour> {
    if found == expected { Ok(()) } else { Err(Misbehaviour::WrongNonce) }
}

/// A registration past M2: both sides have the keys.
pub(super) struct Secured {
    pub(super) keys: SessionKeys,
    pub(super) commitments: Commitments,
    pub(super) own: OwnNonces,
    /// The last message sent or received, which the next Authenticator covers.
    pub(super) previous: Vec<u8>,
}

impl Secured {
    /// Reads a message, checks its Authenticator, and makes it the previous one.
    pub(super) fn receive<M: Authenticated>(&mut self, message: Unverified<M>) -> Result<M, Failure> {
        let (message, bytes) = message.verify(&self.keys.auth, &self.previous)?;
        self.previous = bytes;
        Ok(message)
    }

    /// Makes a message with its Authenticator, which becomes the previous one.
    pub(super) fn send<M: Authenticated>(&mut self, message: &M, exchange: &mut Exchange) -> Step {
        self.previous = message.sign(&self.keys.auth, &self.previous);
        exchange.note(Event::Sent(M::TYPE));
        Step::Send(Outgoing { op_code: op_code_of(M::TYPE), bytes: self.previous.clone() })
    }

    /// Encrypts settings for the message of type `M`.
    pub(super) fn seal<M: Message>(
        &self,
        settings: &impl AttributeList,
        entropy: &mut dyn Entropy,
    ) -> Result<EncryptedSettings, EntropyError> {
        let mut iv = [0; 16];
        entropy.fill(Draw::Iv(M::TYPE), &mut iv)?;
        Ok(EncryptedSettings::seal(settings, &self.keys, &iv))
    }

    /// Decrypts settings.
    pub(super) fn open<S: AttributeList>(&self, settings: &EncryptedSettings) -> Result<S, Misbehaviour> {
        settings.open(&self.keys)
    }

    /// This side's commitments to both halves.
    pub(super) fn commit(&self) -> (CommitmentHash, CommitmentHash) {
        (
            self.commitments.hash(Half::First, &self.own.first),
            self.commitments.hash(Half::Second, &self.own.second),
        )
    }

    /// Checks the peer's proof: the secret nonce must open the commitment that it made to this half.
    pub(super) fn check_proof(
        &self,
        half: Half,
        nonce: &SecretNonce,
        commitment: &CommitmentHash,
        exchange: &mut Exchange,
    ) -> Result<(), Failure> {
        if self.commitments.hash(half, nonce) != *commitment {
            return Err(Failure::WrongPassword(half));
        }
        exchange.note(Event::HalfProved(half));
        Ok(())
    }
}
