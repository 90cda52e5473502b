//! pcapng: <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html>. All numbers are little-endian.

use core::time::Duration;

/// What the packets of an interface begin with, two octets: the registry of link types at <https://www.tcpdump.org/linktypes.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkType(pub u16);

impl LinkType {
    /// Ethernet frames.
    pub const ETHERNET: LinkType = LinkType(1);
    /// 802.11 frames behind a radiotap header.
    pub const RADIOTAP: LinkType = LinkType(127);
}

/// A section header block (section 4.1), with the name of the program that writes it, of which at most 65535 octets are
/// taken.
pub fn section_header(program: &str) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(BYTE_ORDER_MAGIC.to_le_bytes());
    body.extend(1u16.to_le_bytes());
    body.extend(0u16.to_le_bytes());
    // The length of the section is not known.
    body.extend(u64::MAX.to_le_bytes());
    option(&mut body, SHB_USERAPPL, program.as_bytes());
    option(&mut body, END_OF_OPTIONS, &[]);
    block(SECTION_HEADER, &body)
}

/// An interface description block (section 4.2) for packets of any length with times in nanoseconds, with the interface's
/// name, of which at most 65535 octets are taken.
pub fn interface_description(link_type: LinkType, name: &str) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(link_type.0.to_le_bytes());
    body.extend([0; 2]);
    // No limit.
    body.extend(0u32.to_le_bytes());
    option(&mut body, IF_NAME, name.as_bytes());
    option(&mut body, IF_TSRESOL, &[NANOSECONDS]);
    option(&mut body, END_OF_OPTIONS, &[]);
    block(INTERFACE_DESCRIPTION, &body)
}

/// An enhanced packet block (section 4.3) of the section's first interface, with the time since the beginning of 1970
/// (UTC).
///
/// Times from the year 2554 on are that year's last. A packet of 4 GiB or more is cut.
pub fn enhanced_packet(since_1970: Duration, packet: &[u8]) -> Vec<u8> {
    let nanoseconds = u64::try_from(since_1970.as_nanos()).unwrap_or(u64::MAX);
    let length = u32::try_from(packet.len()).unwrap_or(u32::MAX - 64);
    let mut body = Vec::with_capacity(packet.len() + 24);
    body.extend(0u32.to_le_bytes());
    body.extend(((nanoseconds >> 32) as u32).to_le_bytes());
    body.extend((nanoseconds as u32).to_le_bytes());
    body.extend(length.to_le_bytes());
    body.extend(length.to_le_bytes());
    body.extend(packet.iter().take(length as usize));
    pad(&mut body);
    block(ENHANCED_PACKET, &body)
}

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;

const END_OF_OPTIONS: u16 = 0;
const SHB_USERAPPL: u16 = 4;
const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;
/// The power of ten, of which it is the negative.
const NANOSECONDS: u8 = 9;

/// A block: type, length, a body whose length is a multiple of four, length again.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32).saturating_add(12).to_le_bytes();
    let mut out = Vec::with_capacity(body.len() + 12);
    out.extend(kind.to_le_bytes());
    out.extend(length);
    out.extend_from_slice(body);
    out.extend(length);
    out
}

fn option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    let value = &value[..value.len().min(u16::MAX.into())];
    out.extend(code.to_le_bytes());
    out.extend((value.len() as u16).to_le_bytes());
    out.extend_from_slice(value);
    pad(out);
}

/// Fills up to a multiple of four octets.
fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_header_octet_by_octet() {
        let expected = [
            &[0x0a, 0x0d, 0x0d, 0x0a, 44, 0, 0, 0][..],
            &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0],
            &[0xff; 8],
            &[4, 0, 5, 0, b'p', b'r', b'o', b'b', b'e', 0, 0, 0],
            &[0, 0, 0, 0],
            &[44, 0, 0, 0],
        ]
        .concat();
        assert_eq!(section_header("probe"), expected);
    }

    #[test]
    fn an_interface_octet_by_octet() {
        let expected = [
            &[1, 0, 0, 0, 40, 0, 0, 0][..],
            &[127, 0, 0, 0, 0, 0, 0, 0],
            &[2, 0, 3, 0, b'a', b'i', b'r', 0],
            &[9, 0, 1, 0, 9, 0, 0, 0],
            &[0, 0, 0, 0],
            &[40, 0, 0, 0],
        ]
        .concat();
        assert_eq!(interface_description(LinkType::RADIOTAP, "air"), expected);
    }

    #[test]
    fn a_packet_octet_by_octet() {
        // 2^32 nanoseconds and five more.
        let time = Duration::new(4, 294_967_301);
        let expected = [
            &[6, 0, 0, 0, 40, 0, 0, 0][..],
            &[0, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0],
            &[5, 0, 0, 0, 5, 0, 0, 0],
            &[1, 2, 3, 4, 5, 0, 0, 0],
            &[40, 0, 0, 0],
        ]
        .concat();
        assert_eq!(enhanced_packet(time, &[1, 2, 3, 4, 5]), expected);
    }

    #[test]
    fn every_block_is_a_multiple_of_four_octets() {
        for length in 0..9 {
            let name = "x".repeat(length);
            for block in [
                section_header(&name),
                interface_description(LinkType::ETHERNET, &name),
                enhanced_packet(Duration::MAX, name.as_bytes()),
            ] {
                let length = (block.len() as u32).to_le_bytes();
                assert_eq!((block.len() % 4, &block[4..8]), (0, &length[..]));
                assert_eq!(block[block.len() - 4..], length);
            }
        }
    }
}
