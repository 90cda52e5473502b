//! EAPOL frames (IEEE 802.1X §11.3 in the 2010 edition, §7.5 in that of 2004): what an Ethernet frame of type `0x888e` carries.
//!
//! Four octets of header (version, type, length of the body, big-endian), then the body. Octets behind
//! the body are padding: Ethernet frames carry at least 46 octets.

use alloc::vec::Vec;
use core::fmt;

use keyway_wsc::MacAddr;

use crate::wire::{Reader, TooLong, Truncated, length_field};

/// The Ethernet type of EAPOL frames.
pub const ETHER_TYPE: u16 = 0x888e;

/// The PAE group address: where a frame goes whose receiver is not known yet. Bridges do not forward it.
pub const GROUP_ADDRESS: MacAddr = MacAddr([0x01, 0x80, 0xc2, 0x00, 0x00, 0x03]);

/// The length of version, type and body length.
pub const HEADER_LEN: usize = 4;

/// The protocol version of a frame. Received frames of every version are read the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u8);

impl Version {
    /// 802.1X-2001. What we send: every receiver must take it, while old ones were observed to drop
    /// later versions unread. (Observed: wpa_supplicant sends 1 for that reason, hostapd 2.)
    pub const V1: Version = Version(1);
    /// 802.1X-2004.
    pub const V2: Version = Version(2);
    /// 802.1X-2010.
    pub const V3: Version = Version(3);
}

impl Default for Version {
    fn default() -> Version {
        Version::V1
    }
}

/// The type of a frame. Types without a name survive parsing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameType(pub u8);

impl FrameType {
    /// An EAP packet.
    pub const EAP: FrameType = FrameType(0);
    /// EAPOL-Start: a supplicant asks to be asked.
    pub const START: FrameType = FrameType(1);
    /// EAPOL-Logoff: a supplicant leaves.
    pub const LOGOFF: FrameType = FrameType(2);
    /// EAPOL-Key: the 4-way handshake, after the registration.
    pub const KEY: FrameType = FrameType(3);
    /// EAPOL-Encapsulated-ASF-Alert.
    pub const ALERT: FrameType = FrameType(4);
    /// EAPOL-MKA: MACsec key agreement.
    pub const MKA: FrameType = FrameType(5);

    /// The name of the type, if it has one here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            FrameType::EAP => "EAP",
            FrameType::START => "EAPOL-Start",
            FrameType::LOGOFF => "EAPOL-Logoff",
            FrameType::KEY => "EAPOL-Key",
            FrameType::ALERT => "EAPOL-Alert",
            FrameType::MKA => "EAPOL-MKA",
            _ => return None,
        })
    }
}

impl fmt::Display for FrameType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "EAPOL type {:#04x}", self.0),
        }
    }
}

impl fmt::Debug for FrameType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrameType({self})")
    }
}

/// An EAPOL frame, without the Ethernet header in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The protocol version.
    pub version: Version,
    /// What the body is.
    pub kind: FrameType,
    /// The body: for [`FrameType::EAP`] a packet, for Start and Logoff nothing.
    pub body: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Parses the frame at the start of `bytes`; padding behind it is ignored.
    ///
    /// One leniency: when the length field of an EAP frame is smaller than the length of the EAP packet
    /// in it, and the octets are there, the EAP length holds. (Observed: Buffalo WHR-G125 access points send
    /// EAP-WSC with a length field of 14; hostap takes their frames in the same way.)
    ///
    /// # Errors
    /// [`Truncated`] when the header or the body is cut short.
    pub fn parse(bytes: &'a [u8]) -> Result<Frame<'a>, Truncated> {
        let mut reader = Reader::new(bytes);
        let [version, kind, l0, l1] = reader.array("EAPOL header")?;
        let kind = FrameType(kind);
        let mut length = usize::from(u16::from_be_bytes([l0, l1]));
        if let (FrameType::EAP, [_, _, e0, e1, ..]) = (kind, reader.rest()) {
            let eap_length = usize::from(u16::from_be_bytes([*e0, *e1]));
            if eap_length > length && eap_length <= reader.rest().len() {
                length = eap_length;
            }
        }
        let body = reader.take(length, "EAPOL body")?;
        Ok(Frame { version: Version(version), kind, body })
    }

    /// The octets of the frame, without padding.
    ///
    /// # Errors
    /// [`TooLong`] when the body has more than 65 535 octets.
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        let length = length_field(self.body.len())?;
        let mut bytes = Vec::with_capacity(HEADER_LEN + self.body.len());
        bytes.extend([self.version.0, self.kind.0]);
        bytes.extend(length.to_be_bytes());
        bytes.extend(self.body);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn octets_and_frames() {
        let frame = |version, kind, body| Frame { version, kind, body };
        for (bytes, frame) in [
            (vec![1, 1, 0, 0], frame(Version::V1, FrameType::START, &[][..])),
            (vec![2, 2, 0, 0], frame(Version::V2, FrameType::LOGOFF, &[])),
            (vec![3, 0, 0, 5, 1, 7, 0, 5, 1], frame(Version::V3, FrameType::EAP, &[1, 7, 0, 5, 1])),
            (vec![9, 0x77, 0, 1, 5], frame(Version(9), FrameType(0x77), &[5])),
        ] {
            assert_eq!(Frame::parse(&bytes), Ok(frame));
            assert_eq!(frame.encode(), Ok(bytes.clone()));
            assert_eq!(Frame::parse(&[bytes.clone(), vec![0; 42]].concat()), Ok(frame), "padding is ignored");
            for length in 0..bytes.len() {
                assert!(Frame::parse(&bytes[..length]).is_err());
            }
        }
    }

    #[test]
    fn cut_frames_say_what_is_missing() {
        let error = Frame::parse(&[1, 0, 0, 5, 1, 7]).unwrap_err();
        assert_eq!(error.to_string(), "the EAPOL body at octet 4 takes 5 octets, but only 2 are there");
    }

    #[test]
    fn a_short_length_field_yields_to_the_eap_length() {
        let eap = [1, 7, 0, 7, 1, b'h', b'i'];
        let bytes = [&[1, 0, 0, 5][..], &eap, &[0; 35]].concat();
        assert_eq!(Frame::parse(&bytes).unwrap().body, eap);
        let cut = &bytes[..10];
        assert_eq!(Frame::parse(cut).unwrap().body, &eap[..5], "not when the octets are missing");
    }

    #[test]
    fn a_body_has_at_most_65535_octets() {
        let body = vec![0; 65_536];
        let error = Frame { version: Version::V1, kind: FrameType::EAP, body: &body }.encode();
        assert_eq!(error, Err(TooLong { length: 65_536, limit: 65_535 }));
    }

    #[test]
    fn types_print() {
        assert_eq!(FrameType::START.to_string(), "EAPOL-Start");
        assert_eq!(FrameType(0x77).to_string(), "EAPOL type 0x77");
    }
    proptest! {
        #[test]
        fn encode_then_parse_is_the_identity(
            version in any::<u8>(),
            kind in 1u8..,
            body in prop::collection::vec(any::<u8>(), 0..300),
            padding in 0usize..50,
        ) {
            let frame = Frame { version: Version(version), kind: FrameType(kind), body: &body };
            let mut bytes = frame.encode().unwrap();
            bytes.resize(bytes.len() + padding, 0);
            prop_assert_eq!(Frame::parse(&bytes), Ok(frame));
        }

        #[test]
        fn no_octets_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(frame) = Frame::parse(&bytes) {
                prop_assert!(frame.body.len() + HEADER_LEN <= bytes.len());
            }
        }
    }
}
