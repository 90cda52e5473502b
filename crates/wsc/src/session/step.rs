//! What a registration asks of its owner, message by message.

use super::{Failure, PeerDescription};
use crate::{
    AuthTypes, ConfigError, ConfigMethods, Credential, DevicePassword, DevicePasswordId, EncrTypes, MacAddr,
    RfBands, Uuid, WpsState,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The operation code that goes with a message in EAP-WSC, one octet. WSC specification, section 7.7.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OpCode {
    /// The EAP server asks the enrollee to begin. It carries no message.
    Start = 1,
    /// WSC_ACK.
    Ack = 2,
    /// WSC_NACK.
    Nack = 3,
    /// M1 to M8 and M2D.
    Message = 4,
    /// WSC_Done.
    Done = 5,
    /// A fragment was received. It carries no message.
    FragmentAck = 6,
}

impl OpCode {
    /// The operation code with this value on the wire.
    pub const fn from_u8(value: u8) -> Option<OpCode> {
        Some(match value {
            1 => OpCode::Start,
            2 => OpCode::Ack,
            3 => OpCode::Nack,
            4 => OpCode::Message,
            5 => OpCode::Done,
            6 => OpCode::FragmentAck,
            _ => return None,
        })
    }
}

/// A message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its operation code.
    pub op_code: OpCode,
    /// The message, a list of attributes.
    pub bytes: Vec<u8>,
}

/// What the owner of a session has to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this, and bring the answer.
    Send(Outgoing),
    /// An enrollee introduced itself to this registrar: look at it, and call `decide`.
    Decide(Box<Enrolment>),
    /// It is over. An EAP peer still owes the server a response: this one. An EAP server drops it and sends
    /// EAP-Failure, as the protocol always ends.
    End(Option<Outgoing>),
    /// Nothing: the message was none for this session.
    Ignore,
}

/// An enrollee that introduced itself (M1) and waits for the registrar's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Who it is. The MAC address is what the enrollee says; the frame's own source address may differ.
    pub peer: PeerDescription,
    /// Its MAC address, from M1.
    pub mac: MacAddr,
    /// Its UUID-E.
    pub uuid: Uuid,
    /// Which device password it means to use.
    pub password_id: DevicePasswordId,
    /// Its configuration methods; none if it did not say.
    pub config_methods: ConfigMethods,
    /// The kinds of authentication that it can do; none if it did not say (some 1.0 devices send zero).
    pub auth_types: AuthTypes,
    /// The kinds of encryption that it can do; none if it did not say.
    pub encr_types: EncrTypes,
    /// Its bands; none if it did not say.
    pub rf_bands: RfBands,
    /// Whether it has its settings already; of an access point, whether it is configured.
    pub state: Option<WpsState>,
    /// The Configuration Error of its last attempt.
    pub config_error: ConfigError,
}

/// What the registrar does with an enrollee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Register it: if it proves the device password, it gets these credentials. At least one.
    Register {
        /// The password that both must know.
        password: DevicePassword,
        /// What it gets.
        credentials: Vec<Credential>,
    },
    /// The enrollee is an access point: learn its settings and change nothing.
    Learn {
        /// The access point's PIN.
        password: DevicePassword,
    },
    /// The enrollee is an access point: give it these settings.
    Configure {
        /// The access point's PIN.
        password: DevicePassword,
        /// Its new settings. The MAC address in them is replaced by the one that the access point says.
        settings: Credential,
    },
    /// There is no device password for it; it is told so in M2D, with this reason (often `NoError`: not yet).
    Decline(ConfigError),
}

/// How a registration ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well.
    Success(Success),
    /// Not well.
    Failure(Failure),
}

/// What a registration achieved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Success {
    /// This enrollee received credentials; at least one, in the registrar's order.
    Received(Vec<Credential>),
    /// This registrar gave its credentials to the enrollee, which confirmed them.
    Granted,
    /// This registrar learned the settings of an access point.
    Learned(Credential),
    /// This registrar gave an access point new settings, which it confirmed.
    Configured(Credential),
    /// This access point showed its settings to a registrar, which changed nothing.
    Shown,
    /// This access point received new settings from a registrar.
    Reconfigured(Credential),
}
