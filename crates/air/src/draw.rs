//! Random choices as a function of the seed and of what they are for.

/// What a choice is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Draw {
    /// By how much the signal of a pair of radios differs: the lower and the higher radio.
    Shadowing,
    /// How many slots a radio waits: the radio and how many times it has waited.
    Backoff,
    /// Whether a frame is lost because of a weak signal: the link and how many frames its sender had sent before.
    WeakSignal,
    /// Whether a frame is lost however strong: as for a weak signal.
    Frame,
    /// Whether an acknowledgement is lost: as for a weak signal.
    Acknowledgement,
}

/// The choice for this use and these two numbers, evenly distributed.
pub(crate) fn draw(seed: u64, what: Draw, a: u64, b: u64) -> u64 {
    let start = mix(seed.wrapping_add(STEP.wrapping_mul(what as u64 + 1)));
    mix(mix(start ^ a).wrapping_add(STEP) ^ b)
}

/// The choice of a number from 0 to below `count`.
pub(crate) fn below(choice: u64, count: u64) -> u64 {
    let product = u128::from(choice) * u128::from(count);
    (product >> 64) as u64
}

/// From one number to the next: 2^64 divided by the golden ratio, which is odd.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A permutation in which each bit of the result depends on all bits. (The final step of SplitMix64: Steele, Lea, Flood,
/// "Fast Splittable Pseudorandom Number Generators", 2014.)
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_gives_the_published_numbers() {
        // The first outputs of SplitMix64 from the seed 1234567, as its reference implementation gives them.
        let outputs: Vec<u64> =
            (1..=3).map(|n| mix(1_234_567u64.wrapping_add(STEP.wrapping_mul(n)))).collect();
        assert_eq!(
            outputs,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn each_argument_matters() {
        let choices = [
            draw(1, Draw::Frame, 2, 3),
            draw(2, Draw::Frame, 2, 3),
            draw(1, Draw::Backoff, 2, 3),
            draw(1, Draw::Frame, 3, 2),
            draw(1, Draw::Frame, 2, 4),
        ];
        for (at, choice) in choices.iter().enumerate() {
            assert!(!choices[..at].contains(choice), "{at}");
        }
    }

    #[test]
    fn choices_are_even() {
        let mut counts = [0; 10];
        for a in 0..10_000 {
            counts[below(draw(7, Draw::Backoff, a, 0), 10) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }
}
