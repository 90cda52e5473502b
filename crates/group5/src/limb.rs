//! Numbers as rows of limbs, and the masks that stand in for branches.
//!
//! A limb holds fewer bits than its word: 60 of 64, or 28 of 32. What is left over lets the sum of a whole column of
//! products fit a double word, so that adding a product never carries beyond it.

use core::hint::black_box;

/// Octets of a group element.
pub(crate) const OCTETS: usize = 192;

cfg_select! {
    all(target_pointer_width = "64", not(feature = "small")) => {
        /// A word that the target multiplies in one instruction.
        pub(crate) type Limb = u64;
        /// The sum of a column of products of two limbs.
        pub(crate) type Wide = u128;
        /// Bits of a limb in use.
        pub(crate) const WIDTH: usize = 60;
    }
    _ => {
        /// A word that the target multiplies in one instruction.
        pub(crate) type Limb = u32;
        /// The sum of a column of products of two limbs.
        pub(crate) type Wide = u64;
        /// Bits of a limb in use.
        pub(crate) const WIDTH: usize = 28;
    }
}

/// The bits of a limb in use.
pub(crate) const MASK: Limb = (1 << WIDTH) - 1;
/// Limbs of a number: 26 or 55.
pub(crate) const LIMBS: usize = (OCTETS * 8).div_ceil(WIDTH);

/// A number, lowest limb first.
pub(crate) type Number = [Limb; LIMBS];

/// The prime p of the group: 2^1536 − 2^1472 − 1 + 2^64·(⌊2^1406·π⌋ + 741804) (RFC 3526, section 2).
pub(crate) const P: Number = from_octets(&PRIME);

/// p, big endian.
#[rustfmt::skip]
pub(crate) const PRIME: [u8; OCTETS] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC9, 0x0F, 0xDA, 0xA2, 0x21, 0x68, 0xC2, 0x34,
    0xC4, 0xC6, 0x62, 0x8B, 0x80, 0xDC, 0x1C, 0xD1, 0x29, 0x02, 0x4E, 0x08, 0x8A, 0x67, 0xCC, 0x74,
    0x02, 0x0B, 0xBE, 0xA6, 0x3B, 0x13, 0x9B, 0x22, 0x51, 0x4A, 0x08, 0x79, 0x8E, 0x34, 0x04, 0xDD,
    0xEF, 0x95, 0x19, 0xB3, 0xCD, 0x3A, 0x43, 0x1B, 0x30, 0x2B, 0x0A, 0x6D, 0xF2, 0x5F, 0x14, 0x37,
    0x4F, 0xE1, 0x35, 0x6D, 0x6D, 0x51, 0xC2, 0x45, 0xE4, 0x85, 0xB5, 0x76, 0x62, 0x5E, 0x7E, 0xC6,
    0xF4, 0x4C, 0x42, 0xE9, 0xA6, 0x37, 0xED, 0x6B, 0x0B, 0xFF, 0x5C, 0xB6, 0xF4, 0x06, 0xB7, 0xED,
    0xEE, 0x38, 0x6B, 0xFB, 0x5A, 0x89, 0x9F, 0xA5, 0xAE, 0x9F, 0x24, 0x11, 0x7C, 0x4B, 0x1F, 0xE6,
    0x49, 0x28, 0x66, 0x51, 0xEC, 0xE4, 0x5B, 0x3D, 0xC2, 0x00, 0x7C, 0xB8, 0xA1, 0x63, 0xBF, 0x05,
    0x98, 0xDA, 0x48, 0x36, 0x1C, 0x55, 0xD3, 0x9A, 0x69, 0x16, 0x3F, 0xA8, 0xFD, 0x24, 0xCF, 0x5F,
    0x83, 0x65, 0x5D, 0x23, 0xDC, 0xA3, 0xAD, 0x96, 0x1C, 0x62, 0xF3, 0x56, 0x20, 0x85, 0x52, 0xBB,
    0x9E, 0xD5, 0x29, 0x07, 0x70, 0x96, 0x96, 0x6D, 0x67, 0x0C, 0x35, 0x4E, 0x4A, 0xBC, 0x98, 0x04,
    0xF1, 0x74, 0x6C, 0x08, 0xCA, 0x23, 0x73, 0x27, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
];

/// Reads a big-endian number.
pub(crate) const fn from_octets(octets: &[u8; OCTETS]) -> Number {
    let mut number = [0; LIMBS];
    let mut pending: Wide = 0;
    let mut bits = 0;
    let mut limb = 0;
    let mut i = OCTETS;
    while i > 0 {
        i -= 1;
        pending |= (octets[i] as Wide) << bits;
        bits += 8;
        if bits >= WIDTH {
            number[limb] = pending as Limb & MASK;
            pending >>= WIDTH;
            bits -= WIDTH;
            limb += 1;
        }
    }
    if bits > 0 {
        number[limb] = pending as Limb;
    }
    number
}

/// Writes a number below 2^1536 big endian.
pub(crate) fn to_octets(number: &Number) -> [u8; OCTETS] {
    let mut octets = [0; OCTETS];
    let mut limbs = number.iter();
    let mut pending: Wide = 0;
    let mut bits = 0;
    for octet in octets.iter_mut().rev() {
        if bits < 8 {
            pending |= Wide::from(limbs.next().copied().unwrap_or(0)) << bits;
            bits += WIDTH;
        }
        *octet = pending as u8;
        pending >>= 8;
        bits -= 8;
    }
    octets
}

/// All ones if `bit` is 1, zero if it is 0.
///
/// The optimiser is kept from seeing that there are only these two, so that it has no reason to branch on them.
pub(crate) fn mask(bit: Limb) -> Limb {
    (0 as Limb).wrapping_sub(black_box(bit))
}

/// All ones if a < b, else zero. Both must be below 2^31.
pub(crate) fn less_mask(a: Limb, b: Limb) -> Limb {
    mask(a.wrapping_sub(b) >> (Limb::BITS - 1))
}

/// `a − (b & mask)` if that is not negative; and 1 if it is, else 0.
pub(crate) fn subtract_masked(a: &Number, b: &Number, mask: Limb) -> (Number, Limb) {
    let mut difference = [0; LIMBS];
    let mut borrow = 0;
    for ((difference, a), b) in difference.iter_mut().zip(a).zip(b) {
        let limb = a.wrapping_sub(b & mask).wrapping_sub(borrow);
        *difference = limb & MASK;
        borrow = limb >> (Limb::BITS - 1);
    }
    (difference, borrow)
}

/// Whether a < b, in variable time: only for public numbers.
pub(crate) fn is_less(a: &Number, b: &Number) -> bool {
    a.iter().rev().lt(b.iter().rev())
}
