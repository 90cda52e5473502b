//! Data frames: IEEE 802.11-2020, section 9.3.2, and what they carry (LLC and SNAP, RFC 1042).

use super::{Flags, FrameControl, FrameKind, QosControl, SequenceControl, Subtype};
use crate::wire::{ParseError, Reader};
use alloc::vec::Vec;
use keyway_wsc::MacAddr;

/// A data frame.
///
/// Which address is what depends on the direction flags; [`Data::destination`] and its neighbours sort them out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The subtype: [`Subtype::DATA`], [`Subtype::QOS_DATA`], [`Subtype::NULL`] or another.
    pub subtype: Subtype,
    /// The flags, with the direction: [`Flags::TO_DS`] or [`Flags::FROM_DS`].
    pub flags: Flags,
    /// The time that the medium is reserved, in microseconds.
    pub duration: u16,
    /// Who is to receive this transmission.
    pub address1: MacAddr,
    /// Who transmits it.
    pub address2: MacAddr,
    /// Depends on the direction.
    pub address3: MacAddr,
    /// There in frames between access points (both direction flags) only.
    pub address4: Option<MacAddr>,
    /// The sequence control.
    pub sequence: SequenceControl,
    /// The QoS control, there in QoS subtypes only.
    pub qos: Option<QosControl>,
    /// The HT control, there in QoS subtypes with [`Flags::ORDER`] only.
    pub ht_control: Option<[u8; 4]>,
    /// What is carried: a [`Snap`], or, with [`Flags::PROTECTED`], what a cipher made of it.
    pub payload: Vec<u8>,
}

impl Data {
    /// A frame from a station by way of its access point.
    pub fn from_station(station: MacAddr, bssid: MacAddr, destination: MacAddr, payload: Vec<u8>) -> Data {
        Data::new(Flags::TO_DS, [bssid, station, destination], payload)
    }

    /// A frame from an access point to a station or to a group.
    pub fn from_access_point(
        bssid: MacAddr,
        destination: MacAddr,
        source: MacAddr,
        payload: Vec<u8>,
    ) -> Data {
        Data::new(Flags::FROM_DS, [destination, bssid, source], payload)
    }

    /// The same frame as QoS data with this traffic identifier, 0 to 15.
    #[must_use]
    pub fn with_qos(mut self, tid: u8) -> Data {
        self.subtype = Subtype(self.subtype.0 | Subtype::QOS_DATA.0);
        self.qos = Some(QosControl(u16::from(tid & 15)));
        self
    }

    /// Whose frame it is at the end.
    pub fn destination(&self) -> MacAddr {
        if self.flags.contains(Flags::TO_DS) { self.address3 } else { self.address1 }
    }

    /// Who made the frame.
    pub fn source(&self) -> MacAddr {
        match (self.flags.contains(Flags::FROM_DS), self.address4) {
            (true, Some(source)) => source,
            (true, None) => self.address3,
            (false, _) => self.address2,
        }
    }

    /// The BSS that the frame belongs to; `None` for a frame between access points.
    pub fn bssid(&self) -> Option<MacAddr> {
        match (self.flags.contains(Flags::TO_DS), self.flags.contains(Flags::FROM_DS)) {
            (true, true) => None,
            (true, false) => Some(self.address1),
            (false, true) => Some(self.address2),
            (false, false) => Some(self.address3),
        }
    }

    fn new(flags: Flags, [address1, address2, address3]: [MacAddr; 3], payload: Vec<u8>) -> Data {
        Data {
            subtype: Subtype::DATA,
            flags,
            duration: 0,
            address1,
            address2,
            address3,
            address4: None,
            sequence: SequenceControl::default(),
            qos: None,
            ht_control: None,
            payload,
        }
    }

    pub(super) fn read(control: FrameControl, mut reader: Reader<'_>) -> Result<Data, ParseError> {
        let (subtype, flags) = (control.subtype(), control.flags());
        let duration = reader.u16("duration")?;
        let address1 = reader.address("first address")?;
        let address2 = reader.address("second address")?;
        let address3 = reader.address("third address")?;
        let sequence = SequenceControl(reader.u16("sequence control")?);
        let between_access_points = flags.contains(Flags::TO_DS.with(Flags::FROM_DS));
        let address4 = between_access_points.then(|| reader.address("fourth address")).transpose()?;
        let qos = subtype.has_qos().then(|| reader.u16("QoS control")).transpose()?.map(QosControl);
        let has_ht_control = subtype.has_qos() && flags.contains(Flags::ORDER);
        let ht_control = has_ht_control.then(|| reader.array("HT control")).transpose()?;
        let payload = reader.rest().to_vec();
        Ok(Data {
            subtype,
            flags,
            duration,
            address1,
            address2,
            address3,
            address4,
            sequence,
            qos,
            ht_control,
            payload,
        })
    }

    /// The octets of the frame, without a frame check sequence.
    ///
    /// The optional fields of the header decide about their flags: a fourth address sets both direction flags, a QoS
    /// control makes a QoS subtype, an HT control sets [`Flags::ORDER`].
    pub fn encode(&self) -> Vec<u8> {
        let (mut subtype, mut flags) = (self.subtype, self.flags);
        if self.qos.is_some() {
            subtype = Subtype(subtype.0 | Subtype::QOS_DATA.0);
        }
        if self.address4.is_some() {
            flags = flags.with(Flags::TO_DS).with(Flags::FROM_DS);
        }
        if self.ht_control.is_some() {
            flags = flags.with(Flags::ORDER);
        }
        let mut out = Vec::with_capacity(36 + self.payload.len());
        out.extend(FrameControl::new(FrameKind::DATA, subtype, flags).0.to_le_bytes());
        out.extend(self.duration.to_le_bytes());
        out.extend([self.address1, self.address2, self.address3].iter().flat_map(|address| address.0));
        out.extend(self.sequence.0.to_le_bytes());
        out.extend(self.address4.iter().flat_map(|address| address.0));
        out.extend(self.qos.iter().flat_map(|qos| qos.0.to_le_bytes()));
        out.extend(self.ht_control.iter().flatten());
        out.extend_from_slice(&self.payload);
        out
    }
}

/// What a data frame carries: an Ethernet type and the packet of that type, behind LLC and SNAP headers (RFC 1042).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snap<'a> {
    /// The Ethernet type: 0x888e for EAPOL, 0x0800 for IPv4.
    pub ether_type: u16,
    /// The packet.
    pub packet: &'a [u8],
}

impl<'a> Snap<'a> {
    /// LLC for SNAP, and the organisation code of RFC 1042.
    const HEADER: [u8; 6] = [0xaa, 0xaa, 0x03, 0, 0, 0];

    /// An EAPOL frame.
    pub const fn eapol(packet: &'a [u8]) -> Snap<'a> {
        Snap { ether_type: keyway_eap::eapol::ETHER_TYPE, packet }
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// [`ParseError`] when it is shorter than its headers, or has other ones.
    pub fn parse(payload: &'a [u8]) -> Result<Snap<'a>, ParseError> {
        let mut reader = Reader::new(payload);
        if reader.array("LLC and SNAP headers")? != Snap::HEADER {
            return Err(ParseError::value("LLC and SNAP headers", 0, "are not those of RFC 1042"));
        }
        let ether_type = u16::from_be_bytes(reader.array("Ethernet type")?);
        Ok(Snap { ether_type, packet: reader.rest() })
    }

    /// The payload as octets.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(8 + self.packet.len());
        out.extend(Snap::HEADER);
        out.extend(self.ether_type.to_be_bytes());
        out.extend(self.packet);
        out
    }
}
