//! What stands before 802.11 frames: radiotap (<https://www.radiotap.org/>) and PPI (the packet format of CACE,
//! link type 192). All numbers are little-endian.

use super::{Content, Radio, without_check};
use keyway_wifi::Channel;

/// Octets of a frame check sequence.
const CHECK: u8 = 4;

/// Radiotap flags: the frame ends with its frame check sequence.
const HAS_CHECK: u8 = 0x10;
/// Radiotap flags: and that does not fit.
const BAD_CHECK: u8 = 0x40;

pub(super) fn radiotap(data: &[u8], is_cut: bool) -> Option<Content<'_>> {
    let [version, _, l0, l1, p0, p1, p2, p3] = *data.first_chunk::<8>()?;
    let length = usize::from(u16::from_le_bytes([l0, l1]));
    let (header, frame) = data.split_at_checked(length)?;
    if version != 0 {
        return None;
    }
    let present = u32::from_le_bytes([p0, p1, p2, p3]);
    // The words that say what is there go on while their uppermost bit is set.
    let mut at = 8;
    let mut word = present;
    while word >> 31 == 1 {
        word = u32::from_le_bytes(*header.get(at..)?.first_chunk()?);
        at += 4;
    }
    let mut radio = Radio::default();
    let mut flags = 0;
    // Each field of the first word, up to the last that counts: its size and what it is aligned to.
    for (bit, (size, alignment)) in [(8, 8), (1, 1), (1, 1), (4, 2), (2, 1), (1, 1)].into_iter().enumerate() {
        if present >> bit & 1 == 0 {
            continue;
        }
        at = at.next_multiple_of(alignment);
        let field = header.get(at..at + size)?;
        match (bit, field) {
            (1, [value]) => flags = *value,
            (3, [f0, f1, ..]) => radio.channel = Channel::from_frequency(u16::from_le_bytes([*f0, *f1])),
            (5, [value]) => radio.signal = Some(*value as i8),
            _ => {}
        }
        at += size;
    }
    if flags & BAD_CHECK != 0 {
        return Some(Content::Damaged);
    }
    let check = if flags & HAS_CHECK != 0 { CHECK } else { 0 };
    Some(Content::Wireless { radio, frame: without_check(frame, check, is_cut) })
}

/// The link type inside PPI that is read.
const WIRELESS: u32 = 105;
/// The PPI field "802.11-Common".
const COMMON: u16 = 2;

pub(super) fn ppi(data: &[u8], is_cut: bool) -> Option<Content<'_>> {
    let [version, _, l0, l1, link @ ..] = *data.first_chunk::<8>()?;
    let length = usize::from(u16::from_le_bytes([l0, l1]));
    let (header, frame) = data.split_at_checked(length)?;
    if version != 0 || u32::from_le_bytes(link) != WIRELESS {
        return Some(Content::Unknown);
    }
    let mut radio = Radio::default();
    let mut check = 0;
    let mut fields = header.get(8..)?;
    while let Some(([k0, k1, s0, s1], rest)) = fields.split_first_chunk::<4>() {
        let size = usize::from(u16::from_le_bytes([*s0, *s1]));
        let (field, next) = rest.split_at_checked(size)?;
        if let (COMMON, Some([.., f0, f1, _, _, c0, c1, _, _, _, _, signal, _])) =
            (u16::from_le_bytes([*k0, *k1]), field.first_chunk::<20>())
        {
            // Flags: bit 0, the frame check sequence is there; bit 2, it does not fit.
            let flags = u16::from_le_bytes([*f0, *f1]);
            if flags & 4 != 0 {
                return Some(Content::Damaged);
            }
            check = if flags & 1 != 0 { CHECK } else { 0 };
            radio.channel = Channel::from_frequency(u16::from_le_bytes([*c0, *c1]));
            radio.signal = Some(*signal as i8);
        }
        fields = next;
    }
    Some(Content::Wireless { radio, frame: without_check(frame, check, is_cut) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: [u8; 6] = [0xd4, 0, 1, 2, 3, 4];

    fn wireless(channel: u8, signal: i8, length: usize) -> Option<Content<'static>> {
        let radio = Radio { channel: Channel::new(channel), signal: Some(signal) };
        Some(Content::Wireless { radio, frame: &FRAME[..length] })
    }

    #[test]
    fn radiotap_fields_stand_where_their_alignment_puts_them() {
        let cases: [(&[u8], _); 5] = [
            // TSFT, flags, rate, channel, signal.
            (
                &[0, 0, 23, 0, 0x2f, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 2, 0x6c, 0x09, 0xa0, 0, 0xd8],
                wireless(1, -40, 6),
            ),
            // Flags, channel, signal: an octet of padding before the channel, and a frame check sequence.
            (&[0, 0, 15, 0, 0x2a, 0, 0, 0, 0x10, 0, 0x3c, 0x14, 0, 0, 0xb0], wireless(36, -80, 2)),
            // A second word of fields that do not count.
            (&[0, 0, 15, 0, 0x20, 0, 0, 0x80, 0x20, 0, 0, 0, 0xd8, 1, 2], wireless(0, -40, 6)),
            // The frame is damaged.
            (&[0, 0, 9, 0, 2, 0, 0, 0, 0x50], Some(Content::Damaged)),
            // The fields do not fit into the header.
            (&[0, 0, 9, 0, 0x2f, 0, 0, 0, 0], None),
        ];
        for (header, expected) in cases {
            let packet = [header, &FRAME].concat();
            assert_eq!(radiotap(&packet, false), expected, "{header:02x?}");
        }
        for header in [&[0, 0, 4, 0, 0, 0, 0, 0][..], &[1, 0, 8, 0, 0, 0, 0, 0], &[0, 0, 99, 0, 0, 0, 0, 0]] {
            let opened = radiotap(header, false);
            assert!(opened.is_none() || header[2] == 4, "{opened:?}");
        }
    }

    #[test]
    fn a_ppi_header() {
        let common = [
            &[0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0][..],
            &[0; 8],
            &[1, 0, 2, 0, 0x6c, 0x09, 0, 0, 0, 0, 0xc4, 0xa0],
        ];
        let packet = [&common.concat()[..], &FRAME].concat();
        assert_eq!(ppi(&packet, false), wireless(1, -60, 2));
        assert_eq!(ppi(&packet, true), wireless(1, -60, 6));
    }
}
