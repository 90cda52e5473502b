//! What packets begin with: from a packet of a link type to a frame of Ethernet or 802.11.

mod radio;

use crate::file::Packet;
use keyway_eap::eapol::GROUP_ADDRESS;
use keyway_wifi::Channel;
use keyway_wsc::MacAddr;

/// How a radio heard a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Radio {
    pub(crate) channel: Option<Channel>,
    /// At the radio that captured it, in dBm.
    pub(crate) signal: Option<i8>,
}

/// What is in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// An 802.11 frame without its frame check sequence, as far as the file says whether there is one.
    Wireless { radio: Radio, frame: &'a [u8] },
    /// What an Ethernet frame carries.
    Wired { from: MacAddr, to: Option<MacAddr>, ether_type: u16, payload: &'a [u8] },
    /// The radio says that the frame is damaged, or its header is.
    Damaged,
    /// A link type that is not read.
    Unknown,
}

/// Ethernet.
const ETHERNET: u16 = 1;
/// 802.11.
const WIRELESS: u16 = 105;
/// "Linux cooked", of the pseudo-interface `any`.
const COOKED: u16 = 113;
/// 802.11 behind a radiotap header.
const RADIOTAP: u16 = 127;
/// PPI: 802.11, or something else, behind a header of its own.
const PPI: u16 = 192;
/// "Linux cooked", second version.
const COOKED_2: u16 = 276;

/// Ethernet types of VLAN tags, which stand before the frame's own type.
const VLAN_TAGS: [u16; 3] = [0x8100, 0x88a8, 0x9100];

/// The name of a link type, for a person; `None` for one that is not read.
pub(crate) const fn name(link: u16) -> Option<&'static str> {
    Some(match link {
        ETHERNET => "Ethernet",
        WIRELESS => "802.11",
        RADIOTAP => "802.11 with radiotap",
        PPI => "802.11 with PPI",
        COOKED | COOKED_2 => "Linux cooked",
        _ => return None,
    })
}

/// Opens a packet.
pub(crate) fn open(packet: &Packet) -> Content<'_> {
    let data = packet.data.as_slice();
    let opened = match packet.link {
        ETHERNET => ethernet(data),
        WIRELESS => Some(Content::Wireless {
            radio: Radio::default(),
            frame: without_check(data, packet.frame_check.unwrap_or(0), packet.is_cut),
        }),
        COOKED => cooked(data),
        RADIOTAP => radio::radiotap(data, packet.is_cut),
        PPI => radio::ppi(data, packet.is_cut),
        COOKED_2 => cooked_2(data),
        _ => Some(Content::Unknown),
    };
    opened.unwrap_or(Content::Damaged)
}

/// Takes the frame check sequence from the end of a frame. A frame that was cut has lost it already.
fn without_check(frame: &[u8], length: u8, is_cut: bool) -> &[u8] {
    let end = frame.len().saturating_sub(length.into());
    if is_cut { frame } else { frame.get(..end).unwrap_or(frame) }
}

fn ethernet(data: &[u8]) -> Option<Content<'_>> {
    let (to, rest) = data.split_first_chunk::<6>()?;
    let (from, rest) = rest.split_first_chunk::<6>()?;
    let (ether_type, payload) = untagged(rest)?;
    Some(Content::Wired { from: MacAddr(*from), to: single(MacAddr(*to)), ether_type, payload })
}

/// The Ethernet type behind VLAN tags, and what follows it.
fn untagged(mut rest: &[u8]) -> Option<(u16, &[u8])> {
    loop {
        let (ether_type, payload) = rest.split_first_chunk::<2>()?;
        let ether_type = u16::from_be_bytes(*ether_type);
        if !VLAN_TAGS.contains(&ether_type) {
            return Some((ether_type, payload));
        }
        rest = payload.get(2..)?;
    }
}

/// The receiver, if it is a single station.
pub(crate) fn single(address: MacAddr) -> Option<MacAddr> {
    (address != GROUP_ADDRESS && address.0[0] & 1 == 0).then_some(address)
}

/// <https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html>: the sender is there, the receiver is not.
fn cooked(data: &[u8]) -> Option<Content<'_>> {
    let header = data.first_chunk::<16>()?;
    let [.., l1, l0, a, b, c, d, e, f, _, _, p1, p0] = *header;
    cooked_content([l1, l0], [a, b, c, d, e, f], [p1, p0], data.get(16..)?)
}

/// <https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html>.
fn cooked_2(data: &[u8]) -> Option<Content<'_>> {
    let header = data.first_chunk::<20>()?;
    let [p1, p0, .., length, a, b, c, d, e, f, _, _] = *header;
    cooked_content([0, length], [a, b, c, d, e, f], [p1, p0], data.get(20..)?)
}

fn cooked_content(
    length: [u8; 2],
    from: [u8; 6],
    ether_type: [u8; 2],
    payload: &[u8],
) -> Option<Content<'_>> {
    if u16::from_be_bytes(length) != 6 {
        return Some(Content::Unknown);
    }
    let ether_type = u16::from_be_bytes(ether_type);
    Some(Content::Wired { from: MacAddr(from), to: None, ether_type, payload })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: [u8; 6] = [2, 0, 0, 0, 0, 1];
    const TO: [u8; 6] = [2, 0, 0, 0, 0, 2];

    fn packet(link: u16, parts: &[&[u8]]) -> Packet {
        Packet { time: None, link, frame_check: None, data: parts.concat(), is_cut: false }
    }

    fn wired(to: Option<[u8; 6]>, payload: &[u8]) -> Content<'_> {
        Content::Wired { from: MacAddr(FROM), to: to.map(MacAddr), ether_type: 0x888e, payload }
    }

    #[test]
    fn every_wired_link_type() {
        let body = [1, 1, 0, 0];
        let group = GROUP_ADDRESS.0;
        for (packet, expected) in [
            (packet(1, &[&TO, &FROM, &[0x88, 0x8e], &body]), wired(Some(TO), &body)),
            (packet(1, &[&group, &FROM, &[0x88, 0x8e], &body]), wired(None, &body)),
            (packet(1, &[&TO, &FROM, &[0x81, 0, 0, 7, 0x88, 0x8e], &body]), wired(Some(TO), &body)),
            (packet(113, &[&[0, 4, 0, 1, 0, 6], &FROM, &[0, 0, 0x88, 0x8e], &body]), wired(None, &body)),
            (
                packet(276, &[&[0x88, 0x8e, 0, 0, 0, 0, 0, 1, 0, 1, 4, 6], &FROM, &[0, 0], &body]),
                wired(None, &body),
            ),
            (packet(9, &[&TO]), Content::Unknown),
        ] {
            assert_eq!(open(&packet), expected);
            if packet.link != 9 {
                let cut = Packet { data: packet.data[..13].to_vec(), ..packet };
                assert_eq!(open(&cut), Content::Damaged);
            }
        }
    }

    #[test]
    fn a_frame_check_sequence_is_left_out_where_the_file_tells() {
        let whole = packet(105, &[&[1, 2, 3, 4, 5, 6]]);
        let checked = Packet { frame_check: Some(4), ..whole.clone() };
        let cut = Packet { is_cut: true, ..checked.clone() };
        let frame = |packet: &Packet| match open(packet) {
            Content::Wireless { frame, .. } => frame.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!((frame(&whole), frame(&checked), frame(&cut)), (6, 2, 6));
    }
}
