//! Radiotap headers: <https://www.radiotap.org/>.

use keyway_wifi::Band;

use crate::event::Tapped;
use crate::timing;

/// The radiotap header of a frame, with these fields: the time of the simulation in microseconds (TSFT), flags (none: no
/// frame check sequence follows the frame), rate, channel, signal in dBm.
pub fn radiotap(tapped: &Tapped) -> Vec<u8> {
    let band = tapped.channel.band();
    let spectrum = match band {
        Band::Ghz2 => CHANNEL_2_GHZ,
        Band::Ghz5 => CHANNEL_5_GHZ,
    };
    let modulation = if timing::is_dsss(band, tapped.rate) { CHANNEL_CCK } else { CHANNEL_OFDM };
    let micros = u64::try_from(tapped.at.since_epoch().as_micros()).unwrap_or(u64::MAX);
    let mut out = Vec::with_capacity(LENGTH.into());
    out.extend([0, 0]);
    out.extend(LENGTH.to_le_bytes());
    out.extend(PRESENT.to_le_bytes());
    out.extend(micros.to_le_bytes());
    out.push(0);
    out.push(tapped.rate);
    out.extend(tapped.channel.frequency().to_le_bytes());
    out.extend((spectrum | modulation).to_le_bytes());
    out.push(tapped.signal as u8);
    out
}

const LENGTH: u16 = 23;

/// Which fields there are, by their bits: TSFT, flags, rate, channel, antenna signal in dBm.
const PRESENT: u32 = 1 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5;

const CHANNEL_CCK: u16 = 0x0020;
const CHANNEL_OFDM: u16 = 0x0040;
const CHANNEL_2_GHZ: u16 = 0x0080;
const CHANNEL_5_GHZ: u16 = 0x0100;

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_eap::Timestamp;
    use keyway_wifi::Channel;

    #[test]
    fn a_header_octet_by_octet() {
        for (channel, rate, signal, tail) in [
            (1, 2, -40, [2, 0x6c, 0x09, 0xa0, 0x00, 0xd8]),
            (11, 108, -91, [108, 0x9e, 0x09, 0xc0, 0x00, 0xa5]),
            (36, 12, -128, [12, 0x3c, 0x14, 0x40, 0x01, 0x80]),
        ] {
            let tapped = Tapped {
                at: Timestamp::from_millis(66),
                channel: Channel::new(channel).unwrap(),
                rate,
                signal,
                frame: [0xd4, 0].into(),
            };
            let head = [0, 0, 23, 0, 0x2f, 0, 0, 0, 0xd0, 0x01, 0x01, 0, 0, 0, 0, 0, 0];
            assert_eq!(radiotap(&tapped), [&head[..], &tail].concat(), "{channel}");
        }
    }
}
