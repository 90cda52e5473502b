//! Capture files.

use super::{PRINTER, ROUTER, Sent};
use keyway_eap::eapol::GROUP_ADDRESS;
use std::time::Duration;

pub const ETHERNET: u16 = 1;
pub const RADIOTAP: u16 = 127;

/// A packet with its time since the beginning of 1970.
pub type Packet = (Duration, Vec<u8>);

/// When captures begin.
pub const BEGIN: Duration = Duration::from_secs(1_750_000_000);

/// An Ethernet frame.
pub fn ethernet(sent: &Sent) -> Vec<u8> {
    let (to, from) = if sent.by_printer { (GROUP_ADDRESS, PRINTER) } else { (PRINTER, ROUTER) };
    [&to.0[..], &from.0, &[0x88, 0x8e], &sent.eapol].concat()
}

/// Frames on a cable as a classic file: microseconds, little-endian.
pub fn pcap(sent: &[Sent]) -> Vec<u8> {
    Classic { big_endian: false, nanoseconds: false }.write(ETHERNET, &packets(sent))
}

pub fn packets(sent: &[Sent]) -> Vec<Packet> {
    sent.iter().map(|sent| (BEGIN + sent.at, ethernet(sent))).collect()
}

/// A kind of classic file.
#[derive(Clone, Copy, Debug)]
pub struct Classic {
    pub big_endian: bool,
    pub nanoseconds: bool,
}

impl Classic {
    pub fn write(self, link: u16, packets: &[Packet]) -> Vec<u8> {
        let word = |value: u32| if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let magic = if self.nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
        let version = if self.big_endian { [0, 2, 0, 4] } else { [2, 0, 4, 0] };
        let mut file = [word(magic), version, word(0), word(0), word(65_535), word(link.into())].concat();
        for (time, packet) in packets {
            let fraction = if self.nanoseconds { time.subsec_nanos() } else { time.subsec_micros() };
            let length = word(packet.len() as u32);
            file.extend([word(time.as_secs() as u32), word(fraction), length, length].concat());
            file.extend(packet);
        }
        file
    }
}

/// A pcapng file with times in microseconds, and with blocks that nobody asked for.
pub fn pcapng(link: u16, packets: &[Packet], big_endian: bool) -> Vec<u8> {
    let word = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let half = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let block = |kind: u32, body: &[u8]| {
        let length = word(body.len() as u32 + 12);
        [&word(kind)[..], &length, body, &length].concat()
    };
    let mut file = block(0x0a0d_0d0a, &[&word(0x1a2b_3c4d)[..], &half(1), &half(0), &[0xff; 8]].concat());
    file.extend(block(1, &[&half(link)[..], &half(0), &word(0)].concat()));
    file.extend(block(0x0bad_cafe, &[1; 400]));
    for (time, packet) in packets {
        let micros = time.as_micros() as u64;
        let length = word(packet.len() as u32);
        let mut body = [word(0), word((micros >> 32) as u32), word(micros as u32), length, length].concat();
        body.extend(packet);
        body.resize(body.len().next_multiple_of(4), 0);
        file.extend(block(6, &body));
    }
    file.extend(block(5, &[0; 12]));
    file
}
