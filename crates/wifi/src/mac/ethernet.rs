//! Ethernet II frames, as an IP stack has them.

use alloc::vec::Vec;
use keyway_wsc::MacAddr;

/// Two addresses and a type.
const HEADER: usize = 14;

/// The longest packet that fits a data frame: 2304 octets less the LLC and SNAP headers. IEEE 802.11-2020, table 9-25.
const MAX_PACKET: usize = 2304 - 8;

/// Smaller numbers in place of a type are lengths, in frames of IEEE 802.3.
const FIRST_TYPE: u16 = 0x0600;

/// A frame, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ethernet<'a> {
    pub(super) destination: MacAddr,
    pub(super) source: MacAddr,
    pub(super) ether_type: u16,
    pub(super) packet: &'a [u8],
}

impl<'a> Ethernet<'a> {
    /// `None` when it is not an Ethernet II frame, or too long for the air.
    pub(super) fn parse(frame: &'a [u8]) -> Option<Ethernet<'a>> {
        let (header, packet) = frame.split_first_chunk::<HEADER>()?;
        let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, high, low] = *header;
        let ether_type = u16::from_be_bytes([high, low]);
        (packet.len() <= MAX_PACKET && ether_type >= FIRST_TYPE).then_some(Ethernet {
            destination: MacAddr([d0, d1, d2, d3, d4, d5]),
            source: MacAddr([s0, s1, s2, s3, s4, s5]),
            ether_type,
            packet,
        })
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER + self.packet.len());
        out.extend(self.destination.0);
        out.extend(self.source.0);
        out.extend(self.ether_type.to_be_bytes());
        out.extend_from_slice(self.packet);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn frames_come_back() {
        let mut frame = vec![0; HEADER + MAX_PACKET];
        frame[..14].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x86, 0xdd]);
        let parsed = Ethernet::parse(&frame).unwrap();
        assert_eq!((parsed.source, parsed.ether_type), (MacAddr([7, 8, 9, 10, 11, 12]), 0x86dd));
        assert_eq!(parsed.encode(), frame);
        frame.push(0);
        assert_eq!(Ethernet::parse(&frame), None, "too long");
        assert_eq!(Ethernet::parse(&frame[..13]), None, "too short");
        frame[12] = 0x05;
        assert_eq!(Ethernet::parse(&frame[..60]), None, "a length");
    }
}
