//! How signals weaken, and what a receiver makes of them.
//!
//! Levels and losses are whole hundredths of a dB or dBm. The only real numbers are distances; their logarithm comes
//! from `libm`, which computes the same everywhere.

use keyway_wifi::Band;

use crate::config::{AirConfig, LossModel, Position, RadioId};
use crate::draw::{Draw, below, draw};
use crate::timing;

/// At which distance, in metres, a radio that sends with `power_dbm` is heard with `signal` dBm, shadowing and walls left
/// aside.
pub fn distance_for_signal(power_dbm: i8, signal: i8, band: Band) -> f64 {
    let (reference, exponent) = constants(band);
    let loss = f64::from(power_dbm) - f64::from(signal) - reference;
    libm::pow(10.0, loss / (10.0 * exponent))
}

/// A level in hundredths of a dBm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Level(pub(crate) i32);

impl Level {
    /// From whole dBm.
    pub(crate) const fn from_dbm(dbm: i8) -> Level {
        Level(dbm as i32 * 100)
    }

    /// To whole dBm, within what the type holds.
    pub(crate) fn to_dbm(self) -> i8 {
        let rounded = self.0.saturating_add(50).div_euclid(100);
        rounded.clamp(i8::MIN.into(), i8::MAX.into()) as i8
    }

    /// How far above the other, in hundredths of a dB.
    pub(crate) const fn above(self, other: Level) -> i32 {
        self.0.saturating_sub(other.0)
    }
}

/// What a signal loses between two places, in hundredths of a dB; [`NOTHING`] between places that are not finite.
pub(crate) fn path_loss(a: Position, b: Position, band: Band) -> i32 {
    let squared = a.squared_distance(b);
    if !squared.is_finite() {
        return NOTHING;
    }
    let (reference, exponent) = constants(band);
    let loss = reference + 5.0 * exponent * libm::log10(squared.max(NEAREST * NEAREST));
    libm::round(loss * 100.0) as i32
}

/// A loss after which nothing is left, in hundredths of a dB.
pub(crate) const NOTHING: i32 = 100_000;

/// By how much the loss between two radios differs from what their distance says, in hundredths of a dB.
pub(crate) fn shadowing(config: &AirConfig, a: RadioId, b: RadioId) -> i32 {
    if config.shadowing == 0 {
        return 0;
    }
    let (low, high) = (a.min(b), a.max(b));
    let choice = draw(config.seed, Draw::Shadowing, low.0.into(), high.0.into());
    // The sum of four even choices is close to a normal one; its deviation is 2/sqrt(3) times half their range.
    let part = |shift: u32| i64::from((choice >> shift) as u16) - 0x8000;
    let sum = part(0) + part(16) + part(32) + part(48);
    (sum * i64::from(config.shadowing) * 10 / 37_837) as i32
}

/// The weakest signal that stops a radio from sending: what the slowest rate of the band needs.
pub(crate) fn carrier_sense(band: Band) -> Level {
    sensitivity(band, 0)
}

/// The signal that a rate, in units of 500 kbit/s, needs so that half of the frames arrive.
///
/// Typical of data sheets; the standard asks for about 10 dB less (IEEE 802.11-2020, table 17-18).
pub(crate) fn sensitivity(band: Band, rate: u8) -> Level {
    let rate = timing::effective(band, rate);
    Level::from_dbm(if timing::is_dsss(band, rate) {
        match rate {
            0..=2 => -96,
            3..=4 => -93,
            5..=11 => -91,
            _ => -88,
        }
    } else {
        match rate {
            0..=12 => -91,
            13..=18 => -90,
            19..=24 => -88,
            25..=36 => -86,
            37..=48 => -83,
            49..=72 => -80,
            73..=96 => -76,
            _ => -74,
        }
    })
}

/// What a receiver makes of a frame, other frames left aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reception {
    /// It receives it.
    Whole,
    /// It is lost.
    Lost,
    /// Too weak to be noticed.
    Unheard,
}

/// From whom to whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) from: RadioId,
    pub(crate) to: RadioId,
}

impl Link {
    /// A choice about the frame that its sender sends after so many others.
    pub(crate) fn draw(self, config: &AirConfig, what: Draw, nth: u64) -> u64 {
        draw(config.seed, what, u64::from(self.from.0) << 32 | u64::from(self.to.0), nth)
    }
}

/// What a receiver makes of the frame that its sender sends after `nth` others, with this signal at this rate.
pub(crate) fn reception(
    config: &AirConfig,
    (band, rate): (Band, u8),
    level: Level,
    link: Link,
    nth: u64,
) -> Reception {
    let LossModel { weak_signals, frames, .. } = config.loss;
    let margin = level.above(sensitivity(band, rate));
    if margin < if weak_signals { -FADE_BELOW } else { 0 } {
        return Reception::Unheard;
    }
    let faded = weak_signals && below(link.draw(config, Draw::WeakSignal, nth), 1 << 16) < fading(margin);
    let struck = below(link.draw(config, Draw::Frame, nth), 1000) < frames.into();
    if faded || struck { Reception::Lost } else { Reception::Whole }
}

/// The probability, of 65536, that a frame is lost whose signal is so far, in hundredths of a dB, above what it needs.
fn fading(margin: i32) -> u64 {
    let short = FADE_ABOVE.saturating_sub(margin).clamp(0, FADE_ABOVE + FADE_BELOW) as u64;
    let all = (FADE_ABOVE + FADE_BELOW) as u64;
    ((short * short) << 16) / (all * all)
}

/// From here on, in hundredths of a dB above what a rate needs, no frame is lost.
const FADE_ABOVE: i32 = 1000;

/// From here on, in hundredths of a dB below what a rate needs, every frame is lost.
const FADE_BELOW: i32 = 400;

/// Nearer than this, in metres, a signal does not become stronger.
const NEAREST: f64 = 0.3;

/// The loss in dB over the first metre, as in free space, and the exponent of the distance, as in a home.
const fn constants(band: Band) -> (f64, f64) {
    match band {
        Band::Ghz2 => (40.2, 3.0),
        Band::Ghz5 => (47.3, 3.2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(metres: f64) -> Position {
        Position::new(metres, 0.0)
    }

    #[test]
    fn losses_by_distance() {
        for (band, metres, loss) in [
            (Band::Ghz2, 1.0, 4020),
            (Band::Ghz2, 10.0, 7020),
            (Band::Ghz2, 100.0, 10020),
            (Band::Ghz5, 1.0, 4730),
            (Band::Ghz5, 10.0, 7930),
        ] {
            assert_eq!(path_loss(at(0.0), at(metres), band), loss, "{band} {metres}");
        }
        let nearest = path_loss(at(0.0), at(0.0), Band::Ghz2);
        assert_eq!(nearest, path_loss(at(0.0), at(0.1), Band::Ghz2));
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
            assert_eq!(path_loss(at(0.0), at(odd), Band::Ghz2), NOTHING, "{odd}");
        }
    }

    #[test]
    fn a_distance_for_each_signal() {
        for band in [Band::Ghz2, Band::Ghz5] {
            for signal in -95..-20 {
                let metres = distance_for_signal(20, signal, band);
                let heard = Level(2000 - path_loss(at(0.0), at(metres), band)).to_dbm();
                assert_eq!(heard, signal, "{band} {metres} m");
            }
        }
    }

    #[test]
    fn shadowing_is_small_and_the_same_both_ways() {
        let config = AirConfig::with_seed(5);
        let of = |a, b| shadowing(&config, RadioId(a), RadioId(b));
        let all: Vec<i32> = (0..5000).map(|n| of(n, n + 1)).collect();
        assert!((0..100).all(|n| of(n, 7) == of(7, n)));
        assert!(all.iter().all(|db| db.abs() <= 700));
        let mean = all.iter().sum::<i32>() / 5000;
        let variance = all.iter().map(|db| i64::from(*db).pow(2)).sum::<i64>() / 5000;
        assert!(mean.abs() < 10 && (180 * 180..220 * 220).contains(&variance), "{mean} {variance}");
    }

    #[test]
    fn each_link_has_its_own_luck() {
        let config = AirConfig::default();
        let draw =
            |from, to, nth| Link { from: RadioId(from), to: RadioId(to) }.draw(&config, Draw::Frame, nth);
        let draws = [draw(1, 2, 3), draw(2, 1, 3), draw(3, 2, 3), draw(1, 3, 3), draw(1, 2, 4)];
        assert!((1..5).all(|at| !draws[..at].contains(&draws[at])), "{draws:?}");
    }

    #[test]
    fn rates_need_more_the_faster_they_are() {
        for band in [Band::Ghz2, Band::Ghz5] {
            let ofdm = [12, 18, 24, 36, 48, 72, 96, 108].map(|rate| sensitivity(band, rate));
            assert!(ofdm.is_sorted() && ofdm[0] < ofdm[7]);
            assert!((0..=255).all(|rate| sensitivity(band, rate) >= carrier_sense(band)));
        }
    }

    #[test]
    fn fading_by_margin() {
        for (margin, expected) in [(5000, 0), (1000, 0), (0, 33436), (-400, 65536), (-9000, 65536)] {
            assert_eq!(fading(margin), expected, "{margin}");
        }
        assert!((-500..1100).is_sorted_by_key(|margin| core::cmp::Reverse(fading(margin))));
    }

    #[test]
    fn levels_round_to_the_nearest() {
        for (level, dbm) in
            [(-5049, -50), (-5051, -51), (49, 0), (-900_000, -128), (i32::MAX, 127), (i32::MIN, -128)]
        {
            assert_eq!(Level(level).to_dbm(), dbm, "{level}");
        }
    }
}
