//! What stands in every header: frame control, sequence control, QoS control.

use crate::numbers::numbers;

/// The frame control field, two octets: IEEE 802.11-2020, section 9.2.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameControl(pub u16);

impl FrameControl {
    /// The field of a frame of that kind and subtype.
    pub const fn new(kind: FrameKind, subtype: Subtype, flags: Flags) -> FrameControl {
        FrameControl((kind.0 as u16 & 3) << 2 | (subtype.0 as u16 & 15) << 4 | (flags.0 as u16) << 8)
    }

    /// The protocol version, 0 in all frames that are read here.
    pub const fn version(self) -> u8 {
        self.0 as u8 & 3
    }

    /// The kind of frame.
    pub const fn kind(self) -> FrameKind {
        FrameKind((self.0 >> 2) as u8 & 3)
    }

    /// The subtype, whose meaning depends on the kind.
    pub const fn subtype(self) -> Subtype {
        Subtype((self.0 >> 4) as u8 & 15)
    }

    /// The flags.
    pub const fn flags(self) -> Flags {
        Flags((self.0 >> 8) as u8)
    }
}

numbers! {
    /// The kind of a frame, two bits.
    pub struct FrameKind(u8) {
        /// Management.
        MANAGEMENT = 0, "management";
        /// Control.
        CONTROL = 1, "control";
        /// Data.
        DATA = 2, "data";
        /// Extension.
        EXTENSION = 3, "extension";
    }
}

/// The subtype of a frame, four bits: IEEE 802.11-2020, table 9-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subtype(pub u8);

impl Subtype {
    /// Management: association request.
    pub const ASSOCIATION_REQUEST: Subtype = Subtype(0);
    /// Management: association response.
    pub const ASSOCIATION_RESPONSE: Subtype = Subtype(1);
    /// Management: reassociation request.
    pub const REASSOCIATION_REQUEST: Subtype = Subtype(2);
    /// Management: reassociation response.
    pub const REASSOCIATION_RESPONSE: Subtype = Subtype(3);
    /// Management: probe request.
    pub const PROBE_REQUEST: Subtype = Subtype(4);
    /// Management: probe response.
    pub const PROBE_RESPONSE: Subtype = Subtype(5);
    /// Management: beacon.
    pub const BEACON: Subtype = Subtype(8);
    /// Management: disassociation.
    pub const DISASSOCIATION: Subtype = Subtype(10);
    /// Management: authentication.
    pub const AUTHENTICATION: Subtype = Subtype(11);
    /// Management: deauthentication.
    pub const DEAUTHENTICATION: Subtype = Subtype(12);
    /// Management: action.
    pub const ACTION: Subtype = Subtype(13);
    /// Management: action that asks for no acknowledgement.
    pub const ACTION_NO_ACK: Subtype = Subtype(14);
    /// Data.
    pub const DATA: Subtype = Subtype(0);
    /// Data: nothing but a header, to say that the station sleeps or is awake.
    pub const NULL: Subtype = Subtype(4);
    /// Data: with QoS control.
    pub const QOS_DATA: Subtype = Subtype(8);
    /// Data: nothing but a header with QoS control.
    pub const QOS_NULL: Subtype = Subtype(12);

    /// Of a data frame: whether it has a QoS control field.
    pub const fn has_qos(self) -> bool {
        self.0 & 8 != 0
    }

    /// Of a data frame: whether it carries data.
    pub const fn has_data(self) -> bool {
        self.0 & 4 == 0
    }
}

/// The flags of a frame: the second octet of its frame control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(pub u8);

impl Flags {
    /// No flag.
    pub const NONE: Flags = Flags(0);
    /// Data: goes to the distribution system, that is from a station to its access point.
    pub const TO_DS: Flags = Flags(0x01);
    /// Data: comes from the distribution system, that is from an access point.
    pub const FROM_DS: Flags = Flags(0x02);
    /// More fragments of the same frame follow.
    pub const MORE_FRAGMENTS: Flags = Flags(0x04);
    /// The frame is sent again.
    pub const RETRY: Flags = Flags(0x08);
    /// The sender will sleep.
    pub const POWER_MANAGEMENT: Flags = Flags(0x10);
    /// More frames wait for a station that sleeps.
    pub const MORE_DATA: Flags = Flags(0x20);
    /// The content is encrypted.
    pub const PROTECTED: Flags = Flags(0x40);
    /// The header has an HT control field (in QoS data and management frames).
    pub const ORDER: Flags = Flags(0x80);

    /// Whether every flag of `other` is set here.
    pub const fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flags of both.
    #[must_use]
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// The flags here that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }
}

/// The sequence control field, two octets: IEEE 802.11-2020, section 9.2.4.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SequenceControl(pub u16);

impl SequenceControl {
    /// The field of an unfragmented frame with this sequence number, of which twelve bits count.
    pub const fn new(number: u16) -> SequenceControl {
        SequenceControl(number << 4)
    }

    /// The sequence number, 0 to 4095.
    pub const fn number(self) -> u16 {
        self.0 >> 4
    }

    /// The fragment number, 0 to 15.
    pub const fn fragment(self) -> u8 {
        self.0 as u8 & 15
    }
}

/// The QoS control field, two octets: IEEE 802.11-2020, section 9.2.4.5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct QosControl(pub u16);

impl QosControl {
    /// The traffic identifier, 0 to 15; 0 is best effort.
    pub const fn tid(self) -> u8 {
        self.0 as u8 & 15
    }

    /// Whether the payload is an aggregate of several frames (A-MSDU).
    pub const fn is_aggregate(self) -> bool {
        self.0 & 0x80 != 0
    }
}
