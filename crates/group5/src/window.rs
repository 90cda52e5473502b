//! y^x for any y, by a fixed window of four bits, in constant time.

use crate::comb::select;
use crate::limb::{Limb, Number};
use crate::montgomery::{ONE, PLAIN_ONE, R};
use crate::product::{multiply, square};

/// Bits of a window. For exponents of 256 bits four needs the fewest multiplications, the table included.
const WINDOW: usize = 4;

/// `base`^x mod p (below 2^1536) for a big-endian `exponent`.
///
/// The time depends on the length of the exponent alone. `base` is public.
pub(crate) fn power(base: &Number, exponent: &[u8]) -> Number {
    let table = powers(&multiply(base, &R));
    let mut power = ONE;
    for (i, octet) in exponent.iter().enumerate() {
        for (half, nibble) in [octet >> 4, octet & 15].into_iter().enumerate() {
            let factor = select(&table, Limb::from(nibble));
            if (i, half) == (0, 0) {
                power = factor;
                continue;
            }
            for _ in 0..WINDOW {
                power = square(&power);
            }
            power = multiply(&power, &factor);
        }
    }
    multiply(&power, &PLAIN_ONE)
}

/// The powers 0 to 15 of `base`, in Montgomery form.
fn powers(base: &Number) -> [Number; 1 << WINDOW] {
    let mut powers = [ONE; 1 << WINDOW];
    powers[1] = *base;
    for i in 2..powers.len() {
        powers[i] = if i % 2 == 0 { square(&powers[i / 2]) } else { multiply(&powers[i - 1], base) };
    }
    powers
}
