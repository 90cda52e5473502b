//! Montgomery multiplication as taught at school: column by column, in loops.
//!
//! This is what constants are computed with, what runs on 32-bit targets, and what the faster code is tested against.

use crate::limb::{LIMBS, Limb, MASK, Number, P, WIDTH, Wide};

/// The columns of a product: column k is what multiplies 2^(WIDTH·k).
type Columns = [Wide; 2 * LIMBS];

/// a·b·R⁻¹ mod p. See [`crate::montgomery`] for the bounds.
pub(crate) const fn multiply(a: &Number, b: &Number) -> Number {
    let mut columns = [0; 2 * LIMBS];
    let mut k = 0;
    while k < 2 * LIMBS - 1 {
        columns[k] = dot(0, a, b, k, if k < LIMBS { k + 1 } else { LIMBS });
        k += 1;
    }
    reduce(&columns)
}

/// a²·R⁻¹ mod p. See [`crate::montgomery`] for the bounds.
pub(crate) const fn square(a: &Number) -> Number {
    let mut double = *a;
    let mut i = 0;
    while i < LIMBS {
        double[i] *= 2;
        i += 1;
    }
    let mut columns = [0; 2 * LIMBS];
    let mut k = 0;
    while k < 2 * LIMBS - 1 {
        let middle = if k % 2 == 0 { a[k / 2] as Wide * a[k / 2] as Wide } else { 0 };
        columns[k] = dot(middle, &double, a, k, k.div_ceil(2));
        k += 1;
    }
    reduce(&columns)
}

/// The sum of the columns divided by R, mod p.
const fn reduce(columns: &Columns) -> Number {
    let mut q: Number = [0; LIMBS];
    let mut carry: Wide = 0;
    let mut k = 0;
    while k < LIMBS {
        let sum = dot(columns[k] + carry, &q, &P, k, k);
        // The lowest limb of p is 2^WIDTH − 1. Adding q times that clears the column and carries q.
        q[k] = sum as Limb & MASK;
        carry = (sum >> WIDTH) + q[k] as Wide;
        k += 1;
    }
    let mut result: Number = [0; LIMBS];
    while k < 2 * LIMBS {
        let sum = dot(columns[k] + carry, &q, &P, k, LIMBS);
        result[k - LIMBS] = sum as Limb & MASK;
        carry = sum >> WIDTH;
        k += 1;
    }
    result
}

/// `start` + the sum of aⱼ·bₖ₋ⱼ for the j below `end`.
const fn dot(start: Wide, a: &Number, b: &Number, k: usize, end: usize) -> Wide {
    let mut sum = start;
    let mut j = (k + 1).saturating_sub(LIMBS);
    while j < end {
        sum += a[j] as Wide * b[k - j] as Wide;
        j += 1;
    }
    sum
}
