//! y^x for any y, by a fixed window of four bits, in constant time.

use crate::comb::select;
use crate::limb::{Limb, Number};
use crate::montgomery::{ONE, PLAIN_ONE, R};
use crate::product::{multiply, square};

/// Bits of a window. For exponents of 256 bits four needs the fewest multiplications, the table included.
const WINDOW: usize = 4;

/// `base`^x mod p (not in Montgomery form, below 2p) for a big-endian `exponent`.
///
/// The time depends on the length of the exponent alone. `base` is public, and so are its powers.
pub(crate) fn power(base: &Number, exponent: &[u8]) -> Number {
    let mut powers = [ONE; 1 << WINDOW];
    powers[1] = multiply(base, &R);
    for i in 2..powers.len() {
        powers[i] = if i % 2 == 0 { square(&powers[i / 2]) } else { multiply(&powers[i - 1], &powers[1]) };
    }

    let mut windows = exponent.iter().flat_map(|octet| [octet >> 4, octet & 15]).map(Limb::from);
    let mut power = select(&powers, windows.next().unwrap_or(0));
    for window in windows {
        for _ in 0..WINDOW {
            power = square(&power);
        }
        power = multiply(&power, &select(&powers, window));
    }
    multiply(&power, &PLAIN_ONE)
}
