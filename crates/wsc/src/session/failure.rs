//! Why a registration failed, by whose fault, and what the peer is told about it.

use super::Half;
use crate::attribute::ParseError;
use crate::{ConfigError, MessageType, NetworkKeyError};
use core::fmt;

/// Why a registration failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The device passwords of the two sides differ in this half. Either side may have found it: this one from
    /// the peer's proof, or the peer, who said so in its WSC_NACK.
    WrongPassword(Half),
    /// The peer says that the device password is wrong, at a point that does not tell which half.
    PasswordRefused,
    /// More than one device is in push-button mode.
    SessionOverlap,
    /// The access point takes no registrar at present: its set-up is locked, or it has no PIN.
    SetupLocked,
    /// The registrar had no device password for this enrollee to the end (M2D), with the reason it gave.
    NoRegistrarReady(ConfigError),
    /// This registrar had no device password for the enrollee and told it so (M2D), with this reason.
    Declined(ConfigError),
    /// The peer ended the registration (WSC_NACK) with this reason.
    RefusedByPeer(ConfigError),
    /// The peer broke the protocol.
    Misbehaved(Misbehaviour),
    /// None of the credentials that came can be used.
    NoUsableCredential(CredentialProblem),
    /// An answer did not come in time.
    TimedOut,
    /// The enrollee got its settings (M8) and never confirmed them. It may well have them.
    Unconfirmed,
    /// The link went down.
    LinkLost,
    /// Somebody on this side cancelled it.
    Cancelled,
    /// The peer ended the EAP conversation before the registration was complete.
    EndedEarly,
    /// The source of randomness did not deliver.
    NoEntropy,
}

/// How the peer broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// A message could not be read.
    Unreadable(ParseError),
    /// A message came that does not belong here.
    Unexpected {
        /// What the message says it is, or what its operation code makes it; `None` if it does not say.
        found: Option<MessageType>,
    },
    /// A nonce is not the one of this registration.
    WrongNonce,
    /// The public key is not one of the group: out of range, or outside the subgroup of prime order.
    BadPublicKey,
    /// The device password identifier in M2 is another one than in M1.
    WrongPasswordId,
    /// The Authenticator does not fit the message.
    BadAuthenticator,
    /// Encrypted Settings cannot be decrypted: length, padding or Key Wrap Authenticator.
    BadEncryptedSettings,
    /// The EAP conversation around the messages was broken.
    BadTransport,
}

/// Why a credential cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialProblem {
    /// There is none at all.
    Missing,
    /// The network has no name.
    NoSsid,
    /// It is for WEP.
    Wep,
    /// It is for a network with 802.1X.
    Enterprise,
    /// The network is secured and there is no key.
    NoKey,
    /// The key is not one.
    Key(NetworkKeyError),
    /// The authentication type is one that nobody knows.
    UnknownAuthentication,
}

impl Failure {
    /// The Configuration Error that names this failure to the peer. This is the one mapping there is.
    pub const fn config_error(&self) -> ConfigError {
        match self {
            Failure::WrongPassword(_) | Failure::PasswordRefused => ConfigError::DevicePasswordAuthFailure,
            Failure::SessionOverlap => ConfigError::MultiplePbcDetected,
            Failure::SetupLocked => ConfigError::SetupLocked,
            Failure::NoRegistrarReady(error) | Failure::Declined(error) | Failure::RefusedByPeer(error) => {
                *error
            }
            Failure::Misbehaved(what) => match what {
                Misbehaviour::BadAuthenticator | Misbehaviour::BadPublicKey | Misbehaviour::WrongNonce => {
                    ConfigError::RogueActivitySuspected
                }
                Misbehaviour::BadEncryptedSettings => ConfigError::DecryptionCrcFailure,
                _ => ConfigError::NoError,
            },
            Failure::NoUsableCredential(_) => ConfigError::NetworkAuthFailure,
            Failure::TimedOut | Failure::Unconfirmed => ConfigError::MessageTimeout,
            Failure::NoEntropy => ConfigError::DeviceBusy,
            Failure::LinkLost | Failure::Cancelled | Failure::EndedEarly => ConfigError::NoError,
        }
    }
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        Failure::Misbehaved(Misbehaviour::Unreadable(error))
    }
}

impl From<Misbehaviour> for Failure {
    fn from(what: Misbehaviour) -> Self {
        Failure::Misbehaved(what)
    }
}

impl From<crate::EntropyError> for Failure {
    fn from(_: crate::EntropyError) -> Self {
        Failure::NoEntropy
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::WrongPassword(Half::First) => f.write_str("the first half of the PIN is wrong"),
            Failure::WrongPassword(Half::Second) => f.write_str("the second half of the PIN is wrong"),
            Failure::PasswordRefused => f.write_str("the peer says that the PIN is wrong"),
            Failure::SessionOverlap => f.write_str("two devices are in push-button mode at once"),
            Failure::SetupLocked => f.write_str("the access point's set-up is locked"),
            Failure::NoRegistrarReady(error) => write!(f, "no registrar is ready for this device ({error})"),
            Failure::Declined(error) => write!(f, "no device password for this enrollee ({error})"),
            Failure::RefusedByPeer(error) => write!(f, "the peer ended the registration ({error})"),
            Failure::Misbehaved(what) => write!(f, "the peer broke the protocol: {what}"),
            Failure::NoUsableCredential(problem) => write!(f, "no usable credential: {problem}"),
            Failure::TimedOut => f.write_str("no answer in time"),
            Failure::Unconfirmed => f.write_str("the settings were sent (M8) and not confirmed"),
            Failure::LinkLost => f.write_str("the link went down"),
            Failure::Cancelled => f.write_str("cancelled"),
            Failure::EndedEarly => f.write_str("the peer ended the conversation before it was complete"),
            Failure::NoEntropy => f.write_str("the source of randomness did not deliver"),
        }
    }
}

impl core::error::Error for Failure {}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misbehaviour::Unreadable(error) => write!(f, "an unreadable message: {error}"),
            Misbehaviour::Unexpected { found: Some(found) } => write!(f, "{found} out of turn"),
            Misbehaviour::Unexpected { found: None } => f.write_str("a message of no known type"),
            Misbehaviour::WrongNonce => f.write_str("a nonce of another registration"),
            Misbehaviour::BadPublicKey => f.write_str("an invalid public key"),
            Misbehaviour::WrongPasswordId => f.write_str("another device password identifier than asked for"),
            Misbehaviour::BadAuthenticator => f.write_str("an Authenticator that does not fit"),
            Misbehaviour::BadEncryptedSettings => f.write_str("Encrypted Settings that cannot be decrypted"),
            Misbehaviour::BadTransport => f.write_str("an EAP conversation out of order"),
        }
    }
}

impl fmt::Display for CredentialProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CredentialProblem::Missing => f.write_str("there is none"),
            CredentialProblem::NoSsid => f.write_str("the network has no name"),
            CredentialProblem::Wep => f.write_str("the network uses WEP, which is not secure"),
            CredentialProblem::Enterprise => f.write_str("the network uses 802.1X"),
            CredentialProblem::NoKey => f.write_str("the network is secured and the key is missing"),
            CredentialProblem::Key(error) => fmt::Display::fmt(error, f),
            CredentialProblem::UnknownAuthentication => f.write_str("the authentication type is unknown"),
        }
    }
}
