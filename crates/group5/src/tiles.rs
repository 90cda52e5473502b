//! The fast multiplication for 64-bit targets: both numbers in halves, and a product of two halves as one long run of
//! instructions without a loop.
//!
//! What this is about is the code that the compiler makes for x86-64, where the aim is five micro-operations for each
//! product. Three measures bring it there:
//!
//! - No loops. Their lengths change from column to column, and each change costs a mispredicted branch: half of the
//!   time.
//! - The limbs are passed as [`Cell`]s, and a fence that emits no instruction stands after each product. A cell must be
//!   read again after it and cannot be before it. Otherwise the compiler moves all multiplications up front, and then
//!   stores and reloads their results for want of registers.
//! - Products are subtracted, not added. Of an addition the compiler swaps the operands, and then has to move the sum
//!   out of the registers that the next multiplication needs. It cannot swap those of a subtraction, and leaves the
//!   intrinsic function for it alone. So all columns hold their negated sum.

use crate::limb::{LIMBS, Limb, MASK, Number, P, WIDTH, Wide};
use core::array;
use core::cell::Cell;

/// Limbs of a half.
const HALF: usize = LIMBS / 2;
/// Columns of a product of two halves.
const SPAN: usize = 2 * HALF - 1;

type Half = [Cell<Limb>; HALF];
/// Negated sums, as the [`Columns`] they are part of.
type Tile = [Wide; SPAN];
/// The columns of a product, each a negated sum. Column k is what multiplies 2^(WIDTH·k).
type Columns = [Wide; 2 * LIMBS - 1];

/// Repeats a block for each number k of a tile's columns, as a constant.
macro_rules! for_column {
    ($k:ident in low $body:block) => {
        for_column!($k $body 0 1 2 3 4 5 6 7 8 9 10 11 12)
    };
    ($k:ident in high $body:block) => {
        for_column!($k $body 13 14 15 16 17 18 19 20 21 22 23 24)
    };
    ($k:ident $body:block $($column:literal)*) => {
        $({
            const $k: usize = $column;
            $body
        })*
    };
}

/// a·b·R⁻¹ mod p. See [`crate::montgomery`] for the bounds.
pub(crate) fn multiply(a: &Number, b: &Number) -> Number {
    let ([a0, a1], [b0, b1]) = (halves(a), halves(b));
    let mut columns = [0; 2 * LIMBS - 1];
    product(tile(&mut columns, 0), &a0, &b0);
    product(tile(&mut columns, LIMBS), &a1, &b1);
    add_product(tile(&mut columns, HALF), &a0, &b1);
    add_product(tile(&mut columns, HALF), &a1, &b0);
    reduce(&mut columns)
}

/// a²·R⁻¹ mod p. See [`crate::montgomery`] for the bounds.
pub(crate) fn square(a: &Number) -> Number {
    let ([a0, a1], [double0, double1]) = (halves(a), halves(&a.map(|limb| 2 * limb)));
    let mut columns = [0; 2 * LIMBS - 1];
    square_half(tile(&mut columns, 0), &a0, &double0);
    square_half(tile(&mut columns, LIMBS), &a1, &double1);
    add_product(tile(&mut columns, HALF), &double0, &a1);
    reduce(&mut columns)
}

/// The sum of the columns divided by R, mod p.
fn reduce(columns: &mut Columns) -> Number {
    let [p0, p1] = halves(&P);
    let q = [const { Cell::new(0) }; HALF];
    let carry = clear(tile(columns, 0), &q, &p0);
    columns[HALF] = columns[HALF].wrapping_sub(carry);
    add_product(tile(columns, HALF), &q, &p1);
    let carry = clear(tile(columns, HALF), &q, &p0);
    columns[LIMBS] = columns[LIMBS].wrapping_sub(carry);
    finish(tile(columns, LIMBS), &q, &p1)
}

#[inline(never)]
fn product(tile: &mut Tile, a: &Half, b: &Half) {
    for_column!(K in low { tile[K] = dot(0, a, b, K, K + 1); });
    for_column!(K in high { tile[K] = dot(0, a, b, K, HALF); });
}

#[inline(never)]
fn add_product(tile: &mut Tile, a: &Half, b: &Half) {
    for_column!(K in low { tile[K] = dot(tile[K], a, b, K, K + 1); });
    for_column!(K in high { tile[K] = dot(tile[K], a, b, K, HALF); });
}

#[inline(never)]
fn square_half(tile: &mut Tile, a: &Half, double: &Half) {
    for_column!(K in low { tile[K] = dot(middle(a, K), double, a, K, K.div_ceil(2)); });
    for_column!(K in high { tile[K] = dot(middle(a, K), double, a, K, K.div_ceil(2)); });
}

/// Finds the q that makes the lower half of the columns vanish when q·p is added, and adds q·p₀ to the upper half.
/// Returns what the lower half carries.
#[inline(never)]
fn clear(tile: &mut Tile, q: &Half, p0: &Half) -> Wide {
    let mut carry: Wide = 0;
    for_column!(K in low {
        let sum = carry.wrapping_sub(dot(tile[K], q, p0, K, K));
        // The lowest limb of p is 2^WIDTH − 1. Adding q times that clears the column and carries q.
        let limb = sum as Limb & MASK;
        q[K].set(limb);
        carry = (sum >> WIDTH) + Wide::from(limb);
    });
    for_column!(K in high { tile[K] = dot(tile[K], q, p0, K, HALF); });
    carry
}

/// Adds q·p₁ and carries from column to column.
#[inline(never)]
fn finish(tile: &Tile, q: &Half, p1: &Half) -> Number {
    let mut number = [0; LIMBS];
    let mut carry: Wide = 0;
    for_column!(K in low {
        let sum = carry.wrapping_sub(dot(tile[K], q, p1, K, K + 1));
        number[K] = sum as Limb & MASK;
        carry = sum >> WIDTH;
    });
    for_column!(K in high {
        let sum = carry.wrapping_sub(dot(tile[K], q, p1, K, HALF));
        number[K] = sum as Limb & MASK;
        carry = sum >> WIDTH;
    });
    number[SPAN] = carry as Limb;
    number
}

/// `negated` − the sum of aⱼ·bₖ₋ⱼ for the j below `end`.
#[inline(always)]
fn dot(negated: Wide, a: &Half, b: &Half, k: usize, end: usize) -> Wide {
    let mut negated = negated;
    let mut j = (k + 1).saturating_sub(HALF);
    while j < end {
        negated = subtract(negated, Wide::from(a[j].get()) * Wide::from(b[k - j].get()));
        j += 1;
    }
    negated
}

/// The negated square in the middle of column k, if it has one.
#[inline(always)]
fn middle(a: &Half, k: usize) -> Wide {
    let limb = Wide::from(a[k / 2].get());
    if k.is_multiple_of(2) { (limb * limb).wrapping_neg() } else { 0 }
}

cfg_select! {
    target_arch = "x86_64" => {
        #[inline(always)]
        fn subtract(a: Wide, b: Wide) -> Wide {
            use core::arch::x86_64::_subborrow_u64;
            use core::sync::atomic::{Ordering, compiler_fence};

            let (mut low, mut high) = (0, 0);
            let borrow = _subborrow_u64(0, a as u64, b as u64, &mut low);
            _subborrow_u64(borrow, (a >> 64) as u64, (b >> 64) as u64, &mut high);
            compiler_fence(Ordering::SeqCst);
            Wide::from(high) << 64 | Wide::from(low)
        }
    }
    _ => {
        #[inline(always)]
        fn subtract(a: Wide, b: Wide) -> Wide {
            a.wrapping_sub(b)
        }
    }
}

fn halves(number: &Number) -> [Half; 2] {
    array::from_fn(|half| array::from_fn(|i| Cell::new(number[half * HALF + i])))
}

/// The columns of a tile that begins at column `start`.
#[inline(always)]
fn tile(columns: &mut Columns, start: usize) -> &mut Tile {
    let (tiles, _) = columns[start..].as_chunks_mut();
    &mut tiles[0]
}

#[cfg(test)]
mod tests {
    use super::{multiply, square};
    use crate::montgomery::tests::numbers;
    use crate::school;

    #[test]
    fn products_agree_with_school() {
        for a in numbers() {
            assert_eq!(square(&a), school::square(&a));
            assert_eq!(square(&a), school::multiply(&a, &a));
            for b in numbers() {
                assert_eq!(multiply(&a, &b), school::multiply(&a, &b));
            }
        }
    }
}
