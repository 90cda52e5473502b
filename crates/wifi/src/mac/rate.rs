//! How fast a frame is sent.

use crate::channel::Band;

/// What decides about the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speed {
    /// The lowest rate, which goes farthest: for management frames, for EAPOL and for groups.
    Lowest,
    /// What a signal of so many dBm from the other side promises to carry.
    Signal(i8),
}

/// Rates in units of 500 kbit/s, and the signal in dBm from which each is worth a try: what the receivers of common radios
/// need, and 8 dB more. The first two are those of 802.11b, which 5 GHz does not have.
const LADDER: [(u8, i8); 10] = [
    (2, i8::MIN),
    (11, -85),
    (12, -83),
    (18, -82),
    (24, -80),
    (36, -78),
    (48, -75),
    (72, -72),
    (96, -68),
    (108, -66),
];

/// How many rungs of the ladder 2.4 GHz has more than 5 GHz.
const ONLY_2_4_GHZ: usize = 2;

/// The rate for the `attempt`, from 0: from the third on each is slower, and the last ones are as slow as can be.
pub(super) fn rate(band: Band, speed: Speed, attempt: u8) -> u8 {
    let lowest = match band {
        Band::Ghz2 => 0,
        Band::Ghz5 => ONLY_2_4_GHZ,
    };
    let rung = match speed {
        Speed::Signal(signal) if attempt < 5 => {
            let best = LADDER.iter().rposition(|(_, needed)| signal >= *needed).unwrap_or(0);
            best.saturating_sub(2 * usize::from(attempt.saturating_sub(1))).max(lowest)
        }
        _ => lowest,
    };
    LADDER[rung].0
}

#[cfg(test)]
mod tests {
    use super::*;
    use Band::{Ghz2, Ghz5};

    #[test]
    fn a_weaker_signal_and_each_failure_make_it_slower() {
        let rates =
            |band, signal| [0, 1, 2, 3, 4, 5, 6].map(|attempt| rate(band, Speed::Signal(signal), attempt));
        assert_eq!(rates(Ghz2, -40), [108, 108, 72, 36, 18, 2, 2]);
        assert_eq!(rates(Ghz5, -76), [36, 36, 18, 12, 12, 12, 12]);
        assert_eq!(rates(Ghz2, -95), [2; 7]);
        assert_eq!(rates(Ghz5, i8::MIN), [12; 7]);
        assert_eq!((rate(Ghz2, Speed::Lowest, 0), rate(Ghz5, Speed::Lowest, 0)), (2, 12));
        for signal in -100..0 {
            assert!(rate(Ghz2, Speed::Signal(signal), 0) <= rate(Ghz2, Speed::Signal(signal + 1), 0));
        }
    }
}
