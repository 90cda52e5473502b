//! The keys of a personal network (RSN): derivation, the 4-way handshake and the group handshake, both sides.
//! IEEE 802.11-2020, sections 12.7.6 and 12.7.7.
//!
//! After association both sides make an [`Association`] of what they agreed on, and from it a [`Supplicant`] (the station)
//! and an [`Authenticator`] (the access point). Both take EAPOL frames, the time and randomness; they give [`Output`]s,
//! whose order matters: message 4 is sent before the key is installed that would encrypt it.
//!
//! A passphrase that differs shows in one place only: the message integrity code of message 2. The access point sees it and
//! says so ([`Discarded::WrongMic`], and [`Cause::WrongPassphrase`] at the end); the station sees that it is asked again
//! and again, or sent away.
//!
//! No key is ever installed twice: a repeated message 3 or group message is answered, and its keys are compared with
//! those installed. So no packet number is used again, and no replay counter goes back.

mod association;
mod authenticator;
mod derive;
mod group;
pub(crate) mod key_data;
mod key_frame;
mod keys;
mod supplicant;

pub use association::Association;
pub use authenticator::{Authenticator, HandshakeTimers};
pub use group::GroupKeys;
pub use key_frame::{KeyFrame, KeyInformation};
pub use keys::{GroupKey, KeyManagement, Pmk, TemporalKey};
pub use supplicant::Supplicant;

use crate::ParseError;
use crate::frame::ReasonCode;
use alloc::vec::Vec;
use core::fmt;
use keyway_wsc::EntropyError;

/// What a random value of a handshake is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Draw {
    /// The authenticator's nonce, 32 octets.
    AuthenticatorNonce,
    /// The supplicant's nonce, 32 octets.
    SupplicantNonce,
    /// A key for data to the group (GTK), 16 octets.
    GroupKey,
    /// A key for management frames to the group (IGTK), 16 octets.
    ManagementGroupKey,
}

/// A source of randomness, fit for keys.
pub trait Entropy {
    /// Fills `out` with unpredictable octets for the use named by `draw`.
    ///
    /// # Errors
    /// [`EntropyError`] when the source cannot deliver. The handshake then ends.
    fn fill(&mut self, draw: Draw, out: &mut [u8]) -> Result<(), EntropyError>;
}

/// What the owner is to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this EAPOL frame to the other side.
    Send {
        /// The frame, without headers.
        frame: Vec<u8>,
        /// Whether to encrypt it with the pairwise key that is installed. Messages of the 4-way handshake are not
        /// encrypted until the access point has its key; a repetition of message 4 must not be either, though the station
        /// has its key by then.
        protected: bool,
    },
    /// Install the pairwise key, with packet numbers from the beginning. It replaces an earlier one.
    InstallPairwise(TemporalKey),
    /// Install a group's key for reception (station only; the access point has its [`GroupKeys`]).
    InstallGroup(GroupKey),
    /// Install a group's key for the reception of management frames (station only).
    InstallManagementGroup(GroupKey),
    /// The handshake is complete: data may pass.
    Opened,
    /// The group handshake is complete (access point only).
    GroupKeyConfirmed,
    /// A frame was not used, and why.
    Discarded(Discarded),
    /// It is over. The owner ends the association; [`Cause::reason`] is what to tell the other side.
    Ended(Cause),
}

/// Why a frame was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discarded {
    /// It does not parse.
    Malformed(ParseError),
    /// It is of another descriptor or version than the association's key management has.
    WrongVersion,
    /// It is not one that this side takes in this state.
    Unexpected,
    /// Its replay counter is not a new one, or not that of a frame that waits for an answer.
    Replayed,
    /// Its message integrity code is wrong. At the access point, in message 2, that means another passphrase.
    WrongMic,
    /// Its key data do not decrypt, or are not what they should be.
    WrongKeyData,
    /// It came after the end.
    Ended,
}

/// Why a handshake ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The other side never said anything that counts.
    NoAnswer,
    /// The passphrase is wrong. The access point knows it; the station concludes it from being asked again
    /// without end, or from being sent away after its answer.
    WrongPassphrase,
    /// Access point: the station proved the passphrase and did not confirm the keys.
    NotConfirmed,
    /// Access point: the station did not confirm a new group key.
    GroupKeyNotConfirmed,
    /// The RSN element in the handshake differs from the one before it: somebody tampers with the association.
    ElementDiffers,
    /// Station: message 3 came without a key that the association needs.
    KeyMissing,
    /// The other side ended the association.
    Disconnected(ReasonCode),
    /// The source of randomness did not deliver.
    NoRandomness,
}

impl Cause {
    /// The reason code to end the association with.
    pub const fn reason(self) -> ReasonCode {
        match self {
            Cause::NoAnswer | Cause::WrongPassphrase | Cause::NotConfirmed => ReasonCode::HANDSHAKE_TIMEOUT,
            Cause::GroupKeyNotConfirmed => ReasonCode::GROUP_HANDSHAKE_TIMEOUT,
            Cause::ElementDiffers => ReasonCode::ELEMENT_DIFFERS,
            Cause::KeyMissing | Cause::NoRandomness => ReasonCode::UNSPECIFIED,
            Cause::Disconnected(_) => ReasonCode::LEAVING,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::NoAnswer => f.write_str("the other side does not take part in the handshake"),
            Cause::WrongPassphrase => f.write_str("the Wi-Fi password is wrong"),
            Cause::NotConfirmed => f.write_str("the station did not confirm its keys"),
            Cause::GroupKeyNotConfirmed => f.write_str("the station did not confirm the group's new key"),
            Cause::ElementDiffers => f.write_str("the security settings changed during the handshake"),
            Cause::KeyMissing => f.write_str("the access point left out a key"),
            Cause::Disconnected(reason) => write!(f, "the other side ended the connection: {reason}"),
            Cause::NoRandomness => f.write_str("the source of randomness did not deliver"),
        }
    }
}

#[cfg(test)]
mod tests;
