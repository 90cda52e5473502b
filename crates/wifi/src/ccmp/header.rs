//! The header of a frame as the ciphers see it.

use super::{TRAFFIC_IDS, number_octets};
use crate::frame::{Flags, FrameControl, FrameKind, QosControl, SequenceControl};
use crate::wire::Reader;
use alloc::vec::Vec;

/// Flags that may change when a frame is sent again: IEEE 802.11-2020, section 12.5.3.3.3.
const CHANGEABLE: Flags = Flags::RETRY.with(Flags::POWER_MANAGEMENT).with(Flags::MORE_DATA);

/// In the flags of a nonce: a management frame.
const MANAGEMENT: u8 = 0x10;

/// The header of a data or management frame.
pub(super) struct Header {
    control: FrameControl,
    /// Receiver, transmitter, and the third address.
    addresses: [[u8; 6]; 3],
    sequence: SequenceControl,
    address4: Option<[u8; 6]>,
    qos: Option<QosControl>,
    /// How many octets it has.
    pub(super) length: usize,
}

impl Header {
    /// Reads a header; `None` when it is cut short, or when the frame is of a kind that is not protected.
    pub(super) fn read(frame: &[u8]) -> Option<Header> {
        let mut reader = Reader::new(frame);
        let control = FrameControl(reader.u16("frame control").ok()?);
        let (flags, subtype) = (control.flags(), control.subtype());
        let is_data = control.kind() == FrameKind::DATA && subtype.has_data();
        if control.version() != 0 || !is_data && control.kind() != FrameKind::MANAGEMENT {
            return None;
        }
        reader.u16("duration").ok()?;
        let addresses = [reader.array("").ok()?, reader.array("").ok()?, reader.array("").ok()?];
        let sequence = SequenceControl(reader.u16("sequence control").ok()?);
        let mut header = Header { control, addresses, sequence, address4: None, qos: None, length: 0 };
        if is_data && flags.contains(Flags::TO_DS.with(Flags::FROM_DS)) {
            header.address4 = Some(reader.array("fourth address").ok()?);
        }
        if is_data && subtype.has_qos() {
            header.qos = Some(QosControl(reader.u16("QoS control").ok()?));
        }
        if flags.contains(Flags::ORDER) && (!is_data || subtype.has_qos()) {
            reader.take(4, "HT control").ok()?;
        }
        header.length = frame.len() - reader.rest().len();
        Some(header)
    }

    pub(super) fn is_management(&self) -> bool {
        self.control.kind() == FrameKind::MANAGEMENT
    }

    pub(super) fn is_protected(&self) -> bool {
        self.control.flags().contains(Flags::PROTECTED)
    }

    /// Which counter of packet numbers it belongs to.
    pub(super) fn counter(&self) -> usize {
        if self.is_management() { TRAFFIC_IDS } else { usize::from(self.traffic_id()) }
    }

    fn traffic_id(&self) -> u8 {
        self.qos.map_or(0, QosControl::tid)
    }

    /// The nonce of CCMP: section 12.5.3.3.4.
    pub(super) fn nonce(&self, packet_number: u64) -> [u8; 13] {
        let mut nonce = [0; 13];
        nonce[0] = if self.is_management() { MANAGEMENT } else { self.traffic_id() };
        nonce[1..7].copy_from_slice(&self.addresses[1]);
        nonce[7..].copy_from_slice(&number_octets(packet_number));
        nonce
    }

    /// What CCMP authenticates beside the content: section 12.5.3.3.3.
    pub(super) fn aad(&self) -> Vec<u8> {
        let mut control =
            self.control.0 & !(u16::from(CHANGEABLE.0) << 8) | u16::from(Flags::PROTECTED.0) << 8;
        if !self.is_management() {
            // Three bits of the subtype, and the HT control in QoS frames.
            control &= !0x0070;
            if self.qos.is_some() {
                control &= !(u16::from(Flags::ORDER.0) << 8);
            }
        }
        let mut aad = Vec::with_capacity(30);
        aad.extend(control.to_le_bytes());
        aad.extend(self.addresses.iter().flatten());
        aad.extend(u16::from(self.sequence.fragment()).to_le_bytes());
        aad.extend(self.address4.iter().flatten());
        aad.extend(self.qos.iter().flat_map(|qos| [qos.tid(), 0]));
        aad
    }

    /// What BIP authenticates beside the content: section 12.5.4.3.
    pub(super) fn group_aad(&self) -> Vec<u8> {
        let control = self.control.0 & !(u16::from(CHANGEABLE.0) << 8);
        let mut aad = Vec::with_capacity(20);
        aad.extend(control.to_le_bytes());
        aad.extend(self.addresses.iter().flatten());
        aad
    }
}
