//! The Jacobi symbol, in variable time: only for public numbers.
//!
//! A binary algorithm in batches. A batch looks at the top 33 bits and the low 31 bits of both numbers, as Pornin's
//! binary GCD does ("Optimized Binary GCD for Modular Inversion", 2020), does 28 halvings on these in registers, and
//! then applies them all to the whole numbers as one 2×2 matrix.

use crate::limb::{Number, OCTETS, P, to_octets};

/// Digits of a number. They are 64 bits wide on every target: a small target has little to win here.
const WORDS: usize = OCTETS / 8;

/// Halvings in a batch. Each costs one of the [`EXACT`] low bits, and the rules for the sign need three to the end.
const STEPS: u32 = 28;
/// Low bits of a number that a batch starts with.
const EXACT: u32 = 31;

/// Whether the number, which must not be a multiple of p, is a square mod p, and so a power of 2.
pub(crate) fn is_residue(number: &Number) -> bool {
    jacobi(&words(number), &words(&P)) == 1
}

/// The symbol (a/n) for odd n: 1, −1, or 0 if a and n have a common factor.
fn jacobi(a: &[u64; WORDS], n: &[u64; WORDS]) -> i8 {
    let (mut a, mut n) = (*a, *n);
    let mut flips = 0;
    let mut length = WORDS;
    while length > 1 {
        if a[length - 1] | n[length - 1] == 0 {
            length -= 1;
            continue;
        }
        let (a, n) = (&mut a[..length], &mut n[..length]);
        let (x, y) = approximate(a, n);
        if x == 0 && a.iter().all(|&word| word == 0) {
            return 0;
        }
        let mut batch = Batch::new(x, y);
        batch.run(STEPS);
        flips ^= batch.flips;
        let (a_is_negative, n_is_negative) = batch.apply(a, n);
        // A number may come out negative because it was compared by its top bits, but then it is so small that the
        // other one cannot be. The batch went by the rules of the Kronecker symbol, which hold as long as not both
        // are negative. With a > 0, (a/−n) = (a/n). With n > 0, (−a/n) = (−1/n)·(a/n).
        if a_is_negative {
            negate(a);
            flips ^= n[0] >> 1;
        } else if n_is_negative {
            negate(n);
        }
    }
    let (mut x, mut y) = (a[0], n[0]);
    while x != 0 {
        let mut batch = Batch::new(x, y);
        batch.run(STEPS);
        flips ^= batch.flips;
        (x, y) = (batch.x, batch.y);
    }
    match (y, flips & 1) {
        (1, 0) => 1,
        (1, _) => -1,
        _ => 0,
    }
}

fn words(number: &Number) -> [u64; WORDS] {
    let octets = to_octets(number);
    let mut words = [0; WORDS];
    for (word, octets) in words.iter_mut().zip(octets.rchunks_exact(8)) {
        *word = octets.iter().fold(0, |word, octet| word << 8 | u64::from(*octet));
    }
    words
}

/// The top 33 bits of the longer number and the same bits of the other, each above its own low 31 bits.
///
/// The slices are of equal length, at least 2, and one of their top words is not zero.
fn approximate(a: &[u64], n: &[u64]) -> (u64, u64) {
    let top = a.len() - 1;
    let zeros = (a[top] | n[top]).leading_zeros();
    let join = |number: &[u64]| {
        let window = u128::from(number[top]) << 64 | u128::from(number[top - 1]);
        let high = (window << zeros >> (64 + EXACT)) as u64;
        high << EXACT | (number[0] & ((1 << EXACT) - 1))
    };
    (join(a), join(n))
}

/// Halvings of two numbers known by their approximations x and y, y odd.
struct Batch {
    x: u64,
    y: u64,
    /// What x and y are in terms of the numbers the batch began with, times 2^(halvings).
    x_row: [i64; 2],
    y_row: [i64; 2],
    /// Its lowest bit tells whether the symbol changed its sign.
    flips: u64,
}

impl Batch {
    fn new(x: u64, y: u64) -> Batch {
        Batch { x, y, x_row: [1, 0], y_row: [0, 1], flips: 0 }
    }

    /// Halves x `steps` times, subtracting y, the smaller one, whenever x is odd.
    fn run(&mut self, steps: u32) {
        let Batch { mut x, mut y, x_row: [mut f, mut g], y_row: [mut u, mut v], mut flips } = *self;
        let mut left = steps;
        loop {
            let zeros = x.trailing_zeros().min(left);
            x >>= zeros;
            u <<= zeros;
            v <<= zeros;
            left -= zeros;
            // (2/y) = −1 if y is 3 or 5 mod 8.
            flips ^= u64::from(zeros) & (y >> 1 ^ y >> 2);
            if left == 0 {
                break;
            }
            if x < y {
                // Reciprocity: (x/y)·(y/x) = −1 if both are 3 mod 4.
                flips ^= (x & y) >> 1;
                (x, y) = (y, x);
                (f, g, u, v) = (u, v, f, g);
            }
            x -= y;
            f -= u;
            g -= v;
        }
        *self = Batch { x, y, x_row: [f, g], y_row: [u, v], flips };
    }

    /// Does to the whole numbers what was done to x and y. Both are left as two's complement; tells which are negative.
    fn apply(&self, a: &mut [u64], n: &mut [u64]) -> (bool, bool) {
        let (mut a_sum, mut n_sum) = (0i128, 0i128);
        let (mut a_low, mut n_low) = (0, 0);
        for i in 0..a.len() {
            a_sum += combine(self.x_row, a[i], n[i]);
            n_sum += combine(self.y_row, a[i], n[i]);
            let (a_word, n_word) = (a_sum as u64, n_sum as u64);
            a_sum >>= 64;
            n_sum >>= 64;
            if i > 0 {
                a[i - 1] = a_low >> STEPS | a_word << (64 - STEPS);
                n[i - 1] = n_low >> STEPS | n_word << (64 - STEPS);
            }
            (a_low, n_low) = (a_word, n_word);
        }
        if let (Some(a), Some(n)) = (a.last_mut(), n.last_mut()) {
            *a = a_low >> STEPS | (a_sum as u64) << (64 - STEPS);
            *n = n_low >> STEPS | (n_sum as u64) << (64 - STEPS);
        }
        (a_sum < 0, n_sum < 0)
    }
}

#[inline(always)]
fn combine([f, g]: [i64; 2], a: u64, n: u64) -> i128 {
    i128::from(f) * i128::from(a) + i128::from(g) * i128::from(n)
}

/// Two's complement.
fn negate(number: &mut [u64]) {
    let mut carry = true;
    for word in number {
        (*word, carry) = (!*word).overflowing_add(u64::from(carry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The symbol by the textbook: halve, swap, subtract.
    fn by_textbook(a: &[u64; WORDS], n: &[u64; WORDS]) -> i8 {
        let (mut a, mut n) = (*a, *n);
        let mut symbol = 1;
        while a.iter().any(|&word| word != 0) {
            while a[0] & 1 == 0 {
                for i in 0..WORDS {
                    a[i] = a[i] >> 1 | a.get(i + 1).map_or(0, |above| above << 63);
                }
                if matches!(n[0] & 7, 3 | 5) {
                    symbol = -symbol;
                }
            }
            if a.iter().rev().lt(n.iter().rev()) {
                if a[0] & n[0] & 3 == 3 {
                    symbol = -symbol;
                }
                (a, n) = (n, a);
            }
            let mut borrow = false;
            for (a, n) in a.iter_mut().zip(&n) {
                (*a, borrow) = a.borrowing_sub(*n, borrow);
            }
        }
        if n[0] == 1 && n[1..].iter().all(|&word| word == 0) { symbol } else { 0 }
    }

    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (*state >> 32 ^ *state).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// Numbers of `words` words. Some are nearly equal, or nearly multiples, so that top bits compare wrongly.
    fn pair(words: usize, state: &mut u64) -> ([u64; WORDS], [u64; WORDS]) {
        let (mut a, mut n) = ([0; WORDS], [0; WORDS]);
        for i in 0..words {
            n[i] = random(state);
            a[i] = match random(state) % 4 {
                0 => random(state),
                1 => 0,
                2 => u64::MAX,
                _ => n[i],
            };
        }
        match random(state) % 4 {
            0 => a[1..].copy_from_slice(&n[1..]),
            1 => {
                // a is n shifted, and some low bits.
                let shift = 1 + (random(state) % 63) as u32;
                for i in 0..words {
                    a[i] = n[i] >> shift | n.get(i + 1).map_or(0, |above| above << (64 - shift));
                }
                a[0] ^= random(state) >> (random(state) % 64);
            }
            _ => (),
        }
        n[0] |= 1;
        (a, n)
    }

    #[test]
    fn agrees_with_the_textbook() {
        let mut state = 1;
        let mut symbols = [0; 3];
        for round in 0..20_000 {
            let words = [1, 2, 3, 5, 24][round % 5];
            if words == 24 && round % 50 != 4 {
                continue;
            }
            let (a, n) = pair(words, &mut state);
            let symbol = by_textbook(&a, &n);
            assert_eq!(jacobi(&a, &n), symbol, "{a:x?} over {n:x?}");
            symbols[(symbol + 1) as usize] += 1;
        }
        assert!(symbols.iter().all(|&count| count > 1000), "{symbols:?}");
    }

    #[test]
    fn common_factors_are_found() {
        for factor in [3u64, 5, 0xffff_ffff_ffff_ffc5] {
            let (mut a, mut n) = ([0; WORDS], [0; WORDS]);
            (a[0], n[0]) = (factor, factor);
            assert_eq!(jacobi(&a, &n), 0);
            assert_eq!(jacobi(&[0; WORDS], &n), 0);
            // A factor of many words: a = factor·2^640 + factor, n = 3a.
            (a[10], n[10]) = (factor, factor.wrapping_mul(3));
            n[0] = factor.wrapping_mul(3);
            let carry = ((u128::from(factor) * 3) >> 64) as u64;
            (n[1], n[11]) = (carry, carry);
            assert_eq!(jacobi(&a, &n), 0);
        }
        let mut one = [0; WORDS];
        one[0] = 1;
        assert_eq!(jacobi(&[0; WORDS], &one), 1);
        assert_eq!(jacobi(&one, &one), 1);
    }
}
