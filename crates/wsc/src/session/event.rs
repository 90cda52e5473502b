//! What can be seen of a registration while it runs. No event carries a secret.

use super::Failure;
use crate::{ConfigError, DeviceDescription, MacAddr, MessageType, Uuid};
use alloc::boxed::Box;

/// Something that happened in a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A message was accepted.
    Received(MessageType),
    /// A message was made, to be sent.
    Sent(MessageType),
    /// The peer described itself, in M1, M2 or M2D.
    PeerDescribed(Box<PeerDescription>),
    /// The registrar has no device password for this enrollee (yet): it sent M2D, with this reason.
    NotReady(ConfigError),
    /// The peer proved that it knows this half of the device password: to the enrollee in M4 and M6,
    /// to the registrar in M5 and M7.
    HalfProved(Half),
    /// A credential came that this device cannot use; others may have come with it.
    CredentialSkipped(super::CredentialProblem),
    /// The registration succeeded.
    Succeeded,
    /// The registration failed.
    Failed(Failure),
}

/// A half of the device password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Half {
    /// The first: of a PIN of eight digits, the first four.
    First,
    /// The second: of a PIN of eight digits, the last four.
    Second,
}

/// How the peer describes itself. What a 1.0 peer may leave out is optional.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerDescription {
    /// UUID-E of an enrollee, UUID-R of a registrar.
    pub uuid: Uuid,
    /// The MAC address that an enrollee gives in M1.
    pub mac: Option<MacAddr>,
    /// Its texts and its type.
    pub device: DeviceDescription,
    /// Whether it announces version 2.0.
    pub version2: bool,
}
