//! The machine word the arithmetic is done in, the numbers made of it, and the masks that stand in for branches.

use core::hint::black_box;

/// Octets in a group element.
pub(crate) const OCTETS: usize = 192;

/// A digit: the widest word the target multiplies in one instruction.
#[cfg(target_pointer_width = "64")]
pub(crate) type Limb = u64;
/// Holds the product of two digits.
#[cfg(target_pointer_width = "64")]
pub(crate) type Wide = u128;

/// A digit: the widest word the target multiplies in one instruction.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) type Limb = u32;
/// Holds the product of two digits.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) type Wide = u64;

/// Octets in a digit.
pub(crate) const LIMB_OCTETS: usize = size_of::<Limb>();
/// Digits in a number.
pub(crate) const LIMBS: usize = OCTETS / LIMB_OCTETS;

/// A number below 2^1536, lowest digit first.
pub(crate) type Number = [Limb; LIMBS];

/// The prime p of the group: 2^1536 − 2^1472 − 1 + 2^64·(⌊2^1406·π⌋ + 741804) (RFC 3526, section 2).
pub(crate) const P: Number = from_octets(&PRIME_OCTETS);

/// (p − 1) / 2, the order of the subgroup that 2 generates. It is prime too.
pub(crate) const Q: Number = half(&P);

/// p, big endian.
#[rustfmt::skip]
const PRIME_OCTETS: [u8; OCTETS] = [
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
    let mut i = 0;
    while i < OCTETS {
        let limb = (OCTETS - 1 - i) / LIMB_OCTETS;
        number[limb] = (number[limb] << 8) | octets[i] as Limb;
        i += 1;
    }
    number
}

/// Writes a number big endian.
pub(crate) fn to_octets(number: &Number) -> [u8; OCTETS] {
    let mut octets = [0; OCTETS];
    for (octets, limb) in octets.rchunks_exact_mut(LIMB_OCTETS).zip(number) {
        octets.copy_from_slice(&limb.to_be_bytes());
    }
    octets
}

/// All ones if `bit` is 1, zero if it is 0.
///
/// The optimiser is kept from seeing that only two values are possible, so that it has no reason to branch.
pub(crate) const fn mask(bit: Limb) -> Limb {
    (0 as Limb).wrapping_sub(black_box(bit))
}

/// All ones if `a` equals `b`, else zero.
pub(crate) const fn equal_mask(a: Limb, b: Limb) -> Limb {
    let difference = a ^ b;
    let unequal = (difference | difference.wrapping_neg()) >> (Limb::BITS - 1);
    mask(unequal ^ 1)
}

/// `a − (b & mask) mod 2^1536`, and 1 if that borrowed.
pub(crate) const fn subtract_masked(a: &Number, b: &Number, mask: Limb) -> (Number, Limb) {
    let mut difference = [0; LIMBS];
    let mut borrow = false;
    let mut i = 0;
    while i < LIMBS {
        let (once, first) = a[i].overflowing_sub(b[i] & mask);
        let (twice, second) = once.overflowing_sub(borrow as Limb);
        difference[i] = twice;
        borrow = first | second;
        i += 1;
    }
    (difference, borrow as Limb)
}

/// Whether a < b, in variable time: only for public numbers.
pub(crate) fn is_less(a: &Number, b: &Number) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Half of an odd number, rounded down.
const fn half(number: &Number) -> Number {
    let mut half = [0; LIMBS];
    let mut i = 0;
    while i < LIMBS {
        let above = if i + 1 < LIMBS { number[i + 1] } else { 0 };
        half[i] = (number[i] >> 1) | (above << (Limb::BITS - 1));
        i += 1;
    }
    half
}
