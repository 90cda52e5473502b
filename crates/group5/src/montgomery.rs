//! Arithmetic modulo p in Montgomery form: a number a is kept as a·R mod p. R is the power of two that fills the
//! limbs, 2^1560 (on 32-bit targets 2^1540).
//!
//! Numbers are not kept below p. The product of two numbers below 4p is below 16p² / R + p, and that is below 2p
//! because R ≥ 16p. So no product needs a subtraction, and only a final result is brought below p.
//!
//! The sum of a column stays below 2·LIMBS·2^(2·WIDTH) and a carry, which is less than 2^127 (or 2^63).

use crate::limb::{
    LIMBS, Limb, MASK, Number, OCTETS, P, PRIME, WIDTH, Wide, from_octets, mask, subtract_masked,
};
use crate::school;

/// Bits of the top limb that belong to a number below 2^1536.
const TOP: usize = OCTETS * 8 - WIDTH * (LIMBS - 1);

/// 2^1536 mod p, which is 2^1536 − p.
pub(crate) const COMPLEMENT: Number = {
    let mut octets = PRIME;
    let mut i = 0;
    while i < OCTETS {
        octets[i] = !octets[i];
        i += 1;
    }
    // p is odd, so this does not carry.
    octets[OCTETS - 1] += 1;
    from_octets(&octets)
};

/// 1 in Montgomery form.
pub(crate) const ONE: Number = scale(&COMPLEMENT);

/// 2 in Montgomery form.
pub(crate) const TWO: Number = {
    let mut double = [0; LIMBS];
    let mut i = 0;
    while i < LIMBS {
        let below = if i > 0 { ONE[i - 1] } else { 0 };
        double[i] = (ONE[i] << 1 | below >> (WIDTH - 1)) & MASK;
        i += 1;
    }
    double
};

/// R in Montgomery form. Multiplying a plain number by it brings that number into the form.
pub(crate) const R: Number = {
    // 2 to the number of bits that R has, from the highest bit of that number to the lowest.
    let bits = WIDTH * LIMBS;
    let mut power = ONE;
    let mut i = bits.ilog2() + 1;
    while i > 0 {
        i -= 1;
        power = school::square(&power);
        if bits >> i & 1 == 1 {
            power = school::multiply(&power, &TWO);
        }
    }
    power
};

/// The number 1 as it is. Multiplying by it takes a number out of the form.
pub(crate) const PLAIN_ONE: Number = {
    let mut one = [0; LIMBS];
    one[0] = 1;
    one
};

/// Brings a number below 2p to its least residue, below p.
pub(crate) fn least_residue(number: &Number) -> Number {
    let (_, borrow) = subtract_masked(number, &P, MASK);
    subtract_masked(number, &P, mask(borrow ^ 1)).0
}

/// a·R / 2^1536 mod p, below 2p, for an a below 2^1536. So it finishes a·2^1536 to Montgomery form.
pub(crate) const fn scale(a: &Number) -> Number {
    const SHIFT: usize = WIDTH - TOP;
    let mut shifted = [0; LIMBS];
    let mut i = 0;
    while i < LIMBS {
        let below = if i > 0 { a[i - 1] } else { 0 };
        shifted[i] = (a[i] << SHIFT | below >> (WIDTH - SHIFT)) & MASK;
        i += 1;
    }
    // The bits from 2^1536 up are taken off and come back as their multiple of 2^1536 mod p.
    let above = shifted[LIMBS - 1] >> TOP;
    shifted[LIMBS - 1] &= (1 << TOP) - 1;
    let mut carry: Wide = 0;
    let mut i = 0;
    while i < LIMBS {
        let sum = shifted[i] as Wide + above as Wide * COMPLEMENT[i] as Wide + carry;
        shifted[i] = sum as Limb & MASK;
        carry = sum >> WIDTH;
        i += 1;
    }
    shifted
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::limb::is_less;
    use crate::product::multiply;

    /// Numbers at the bounds of what a product takes, and a few below p.
    pub(crate) fn numbers() -> impl Iterator<Item = Number> {
        let top = |top: Limb| {
            let mut number = [MASK; LIMBS];
            number[LIMBS - 1] = top;
            number
        };
        let mut state: Limb = 1;
        let random = core::iter::repeat_with(move || {
            let mut number = [0; LIMBS];
            for limb in &mut number {
                state = state.wrapping_mul(0x915f_77f5).wrapping_add(0x7ed5_5d2d);
                *limb = state.rotate_right(13) & MASK;
            }
            number[LIMBS - 1] &= (1 << TOP) - 1;
            number
        });
        // 2^1537 − 1 and 2^1538 − 1 are below 4p or as good as that.
        let edges = [[0; LIMBS], PLAIN_ONE, ONE, R, P, top((2 << TOP) - 1), top((3 << TOP) - 1), top(0)];
        edges.into_iter().chain(random.take(40))
    }

    #[test]
    fn products_are_below_2p() {
        for a in numbers() {
            for b in numbers() {
                let product = multiply(&a, &b);
                assert!(product.iter().all(|&limb| limb <= MASK));
                assert!(is_less(&product, &P) || is_less(&subtract_masked(&product, &P, MASK).0, &P));
            }
        }
    }

    #[test]
    fn form_is_taken_on_and_off() {
        assert_eq!(least_residue(&multiply(&R, &PLAIN_ONE)), least_residue(&ONE));
        assert_eq!(least_residue(&multiply(&ONE, &PLAIN_ONE)), PLAIN_ONE);
        for a in numbers() {
            let a = least_residue(&multiply(&multiply(&a, &R), &PLAIN_ONE));
            assert_eq!(least_residue(&multiply(&a, &ONE)), a);
        }
        assert_eq!(least_residue(&P), [0; LIMBS]);
    }
}
