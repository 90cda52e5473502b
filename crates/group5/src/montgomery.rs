//! Multiplication and squaring modulo p in Montgomery form, column by column.
//!
//! A number a stands for a·R⁻¹ mod p, R = 2^1536. Numbers are kept below R, not below p: a product then costs one
//! masked subtraction of p, taken when it reached R. Column k of a product gathers every aⱼ·bₖ₋ⱼ and every
//! qⱼ·pₖ₋ⱼ in a three-digit accumulator, where q is the multiple of p that clears the low half.
//!
//! The lowest digit of p is 2^w − 1, that is −1. So each digit of q is the lowest digit of its column as it stands,
//! and adding q·p₀ clears that digit and carries q into the next: no multiplication at all.
//!
//! Nothing here branches on a digit or indexes by one, so the instructions and addresses are the same for all inputs.

use crate::limb::{LIMBS, Limb, Number, P, Wide, mask, subtract_masked};

/// 1 in Montgomery form: R mod p, which is R − p.
pub(crate) const ONE: Number = subtract_masked(&[0; LIMBS], &P, Limb::MAX).0;

/// R in Montgomery form: multiplying a plain number by it brings that number into Montgomery form.
pub(crate) const R: Number = {
    // 2^1536 is the cube of 2^512, and 2^512 is 2 squared nine times.
    let mut power = TWO;
    let mut i = 0;
    while i < 9 {
        power = square(&power);
        i += 1;
    }
    multiply(&square(&power), &power)
};

/// The number 1, which takes a product out of Montgomery form.
pub(crate) const PLAIN_ONE: Number = {
    let mut one = [0; LIMBS];
    one[0] = 1;
    one
};

/// The sum of a column: three digits.
struct Column {
    low: Wide,
    high: Limb,
}

impl Column {
    const EMPTY: Column = Column { low: 0, high: 0 };

    #[inline(always)]
    const fn add_product(&mut self, a: Limb, b: Limb) {
        let (low, carry) = self.low.overflowing_add(a as Wide * b as Wide);
        self.low = low;
        self.high = self.high.wrapping_add(carry as Limb);
    }

    /// Adds twice what `other` holds.
    #[inline(always)]
    const fn add_twice(&mut self, other: &Column) {
        let high = (other.high << 1) | (other.low >> (Wide::BITS - 1)) as Limb;
        let (low, carry) = self.low.overflowing_add(other.low << 1);
        self.low = low;
        self.high = self.high.wrapping_add(high).wrapping_add(carry as Limb);
    }

    /// Takes the lowest digit off.
    #[inline(always)]
    const fn shift(&mut self) -> Limb {
        let digit = self.low as Limb;
        self.low = (self.low >> Limb::BITS) | ((self.high as Wide) << Limb::BITS);
        self.high = 0;
        digit
    }

    /// Adds q·p₀ for the q that clears the lowest digit, takes that digit off and returns q.
    #[inline(always)]
    const fn clear(&mut self) -> Limb {
        let q = self.shift();
        let (low, carry) = self.low.overflowing_add(q as Wide);
        self.low = low;
        self.high = carry as Limb;
        q
    }
}

/// a·b·R⁻¹ mod p, below R.
pub(crate) const fn multiply(a: &Number, b: &Number) -> Number {
    let mut column = Column::EMPTY;
    let mut q = [0; LIMBS];
    let mut product = [0; LIMBS];
    let mut k = 0;
    while k < LIMBS {
        let mut j = 0;
        while j <= k {
            column.add_product(a[j], b[k - j]);
            j += 1;
        }
        let mut j = 0;
        while j < k {
            column.add_product(q[j], P[k - j]);
            j += 1;
        }
        q[k] = column.clear();
        k += 1;
    }
    while k < 2 * LIMBS - 1 {
        let mut j = k + 1 - LIMBS;
        while j < LIMBS {
            column.add_product(a[j], b[k - j]);
            column.add_product(q[j], P[k - j]);
            j += 1;
        }
        product[k - LIMBS] = column.shift();
        k += 1;
    }
    product[LIMBS - 1] = column.shift();
    below_r(&product, column.low as Limb)
}

/// a²·R⁻¹ mod p, below R.
pub(crate) const fn square(a: &Number) -> Number {
    let mut column = Column::EMPTY;
    let mut q = [0; LIMBS];
    let mut product = [0; LIMBS];
    let mut k = 0;
    while k < LIMBS {
        let mut cross = Column::EMPTY;
        let mut j = 0;
        while 2 * j < k {
            cross.add_product(a[j], a[k - j]);
            j += 1;
        }
        column.add_twice(&cross);
        if k % 2 == 0 {
            column.add_product(a[k / 2], a[k / 2]);
        }
        let mut j = 0;
        while j < k {
            column.add_product(q[j], P[k - j]);
            j += 1;
        }
        q[k] = column.clear();
        k += 1;
    }
    while k < 2 * LIMBS - 1 {
        let mut cross = Column::EMPTY;
        let mut j = k + 1 - LIMBS;
        while 2 * j < k {
            cross.add_product(a[j], a[k - j]);
            j += 1;
        }
        column.add_twice(&cross);
        if k % 2 == 0 {
            column.add_product(a[k / 2], a[k / 2]);
        }
        let mut j = k + 1 - LIMBS;
        while j < LIMBS {
            column.add_product(q[j], P[k - j]);
            j += 1;
        }
        product[k - LIMBS] = column.shift();
        k += 1;
    }
    product[LIMBS - 1] = column.shift();
    below_r(&product, column.low as Limb)
}

/// Brings `number + carry·R` below R.
#[inline(always)]
const fn below_r(number: &Number, carry: Limb) -> Number {
    subtract_masked(number, &P, mask(carry)).0
}

/// Brings a number below R to its least residue, below p.
pub(crate) const fn least_residue(number: &Number) -> Number {
    let (_, borrow) = subtract_masked(number, &P, Limb::MAX);
    subtract_masked(number, &P, mask(borrow ^ 1)).0
}

/// 2 in Montgomery form: 2·(R − p), which is below R.
pub(crate) const TWO: Number = {
    let mut double = [0; LIMBS];
    let mut i = 0;
    while i < LIMBS {
        let below = if i > 0 { ONE[i - 1] } else { 0 };
        double[i] = (ONE[i] << 1) | (below >> (Limb::BITS - 1));
        i += 1;
    }
    double
};
