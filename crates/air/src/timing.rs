//! How long things take: IEEE 802.11-2020, sections 10.3 (access), 15.3 and 16.3 (DSSS and HR/DSSS), 17.4 (OFDM)
//! and 18.3 (ERP).

use core::time::Duration;

use keyway_wifi::Band;

/// One slot of the random wait: the short one, which OFDM and ERP use.
pub(crate) const SLOT: Duration = Duration::from_micros(9);

/// The time between a frame and its acknowledgement.
pub(crate) const fn sifs(band: Band) -> Duration {
    match band {
        Band::Ghz2 => Duration::from_micros(10),
        Band::Ghz5 => Duration::from_micros(16),
    }
}

/// How long the channel must have been free before slots are counted.
pub(crate) fn difs(band: Band) -> Duration {
    sifs(band) + 2 * SLOT
}

/// How long the preamble and header before the first octet of a frame take.
pub(crate) fn preamble(band: Band, rate: u8) -> Duration {
    Duration::from_micros(if is_dsss(band, rate) { 192 } else { 20 })
}

/// How long a frame of so many octets, its frame check sequence not counted, takes at this rate in units of 500 kbit/s.
///
/// A rate that is slower than the slowest of the band counts as that one.
pub(crate) fn air_time(band: Band, rate: u8, octets: usize) -> Duration {
    let rate = u64::from(effective(band, rate));
    let bits = (octets as u64).saturating_add(FCS).saturating_mul(8);
    let micros = if is_dsss(band, rate as u8) {
        bits.saturating_mul(2).div_ceil(rate)
    } else {
        // Symbols of 4 µs with two bits for each unit of the rate, 22 bits more than the frame has; at 2.4 GHz a pause.
        let symbols = bits.saturating_add(22).div_ceil(2 * rate);
        symbols.saturating_mul(4) + if band == Band::Ghz2 { 6 } else { 0 }
    };
    preamble(band, rate as u8) + Duration::from_micros(micros)
}

/// How fast an acknowledgement of a frame is sent: at the fastest mandatory rate that is not faster than the frame.
pub(crate) fn acknowledgement_rate(band: Band, rate: u8) -> u8 {
    let rate = effective(band, rate);
    if is_dsss(band, rate) { rate.min(4) } else { [48, 24].into_iter().find(|r| *r <= rate).unwrap_or(12) }
}

/// The octets of an acknowledgement, without frame check sequence.
pub(crate) const ACKNOWLEDGEMENT: usize = 10;

/// Whether this rate is one of DSSS or HR/DSSS: 1, 2, 5.5 and 11 Mbit/s at 2.4 GHz.
pub(crate) fn is_dsss(band: Band, rate: u8) -> bool {
    band == Band::Ghz2 && matches!(rate, 0..=4 | 11 | 22)
}

/// The rate that counts: at least the slowest of the band.
pub(crate) fn effective(band: Band, rate: u8) -> u8 {
    match band {
        Band::Ghz2 => rate.max(2),
        Band::Ghz5 => rate.max(12),
    }
}

/// The octets of a frame check sequence.
const FCS: u64 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn air_times() {
        // Worked out by hand from the sections named above.
        for (band, rate, octets, micros) in [
            (Band::Ghz2, 2, 10, 192 + 112),
            (Band::Ghz2, 2, 296, 192 + 2400),
            (Band::Ghz2, 22, 1496, 192 + 1091),
            (Band::Ghz2, 12, 10, 20 + 24 + 6),
            (Band::Ghz5, 12, 10, 20 + 24),
            (Band::Ghz5, 48, 10, 20 + 8),
            (Band::Ghz5, 108, 1496, 20 + 224),
            (Band::Ghz5, 2, 10, 20 + 24),
            (Band::Ghz2, 0, 10, 192 + 112),
        ] {
            assert_eq!(air_time(band, rate, octets), Duration::from_micros(micros), "{band} {rate} {octets}");
        }
    }

    #[test]
    fn no_length_is_too_long() {
        assert!(air_time(Band::Ghz2, 0, usize::MAX) > Duration::from_secs(3600));
    }

    #[test]
    fn acknowledgements_are_not_faster_than_their_frames() {
        for (band, rate, expected) in [
            (Band::Ghz2, 2, 2),
            (Band::Ghz2, 22, 4),
            (Band::Ghz2, 12, 12),
            (Band::Ghz5, 36, 24),
            (Band::Ghz5, 108, 48),
            (Band::Ghz5, 0, 12),
        ] {
            assert_eq!(acknowledgement_rate(band, rate), expected, "{band} {rate}");
        }
    }
}
