//! 2^x from a table: a comb with several tables (Lim and Lee), in constant time.
//!
//! The exponent is cut into chunks of 256 bits. Of each chunk the lowest [`LOW`] bits r need no table, because 2^r is
//! a one bit moved up. The others stand in a grid: bit `LOW + (tooth·TABLES + table)·COLUMNS + column`. All teeth of
//! one table in one column make an index into that table, and a squaring takes the sum from one column to the next.

use crate::limb::{LIMB_OCTETS, LIMBS, Limb, Number, equal_mask};
use crate::montgomery::{ONE, R, multiply, square};
use zeroize::Zeroize;

/// Octets of the exponent that one pass consumes.
pub(crate) const CHUNK_OCTETS: usize = 32;
/// Bits of an index into a table.
const TEETH: usize = if cfg!(feature = "small") { 4 } else { 5 };
/// Tables, each for its own share of every tooth.
const TABLES: usize = if cfg!(feature = "small") { 1 } else { 5 };
/// Bits of a tooth that one table serves.
const COLUMNS: usize = if cfg!(feature = "small") { 62 } else { 10 };
/// Lowest bits of a chunk, which the table does not cover.
const LOW: usize = CHUNK_OCTETS * 8 - TEETH * TABLES * COLUMNS;

#[cfg(feature = "small")]
const FILE: &[u8; TABLES * size_of::<Table>()] = include_bytes!("comb-small.bin");
#[cfg(not(feature = "small"))]
const FILE: &[u8; TABLES * size_of::<Table>()] = include_bytes!("comb.bin");

type Table = [Number; 1 << TEETH];

/// Entry i of table t is the product of 2^(2^(LOW + (tooth·TABLES + t)·COLUMNS)) over the one bits `tooth` of i.
static COMB: [Table; TABLES] = read(FILE);

/// 2^x mod p (not in Montgomery form, below 2^1536) for a big-endian `exponent`.
///
/// The time depends on the length of the exponent alone.
pub(crate) fn power_of_two(exponent: &[u8]) -> Number {
    let mut chunks = exponent.rchunks(CHUNK_OCTETS).rev();
    let mut power = chunk_power(chunks.next().unwrap_or_default());
    for chunk in chunks {
        power = multiply(&power, &R);
        for _ in 0..CHUNK_OCTETS * 8 {
            power = square(&power);
        }
        let mut factor = chunk_power(chunk);
        power = multiply(&power, &factor);
        factor.zeroize();
    }
    power
}

/// 2^x mod p, not in Montgomery form, for an exponent of at most [`CHUNK_OCTETS`].
fn chunk_power(exponent: &[u8]) -> Number {
    let mut power = ONE;
    for column in (0..COLUMNS).rev() {
        if column + 1 < COLUMNS {
            power = square(&power);
        }
        for (t, table) in COMB.iter().enumerate() {
            let mut index = 0;
            for tooth in (0..TEETH).rev() {
                index = (index << 1) | bit(exponent, LOW + (tooth * TABLES + t) * COLUMNS + column);
            }
            let mut entry = select(table, index);
            power = multiply(&power, &entry);
            entry.zeroize();
        }
    }
    // A plain number times one in Montgomery form is a plain number.
    let mut low = one_bit(exponent);
    power = multiply(&power, &low);
    low.zeroize();
    power
}

/// The entry at a secret `index`: all entries are read.
pub(crate) fn select(table: &[Number], index: Limb) -> Number {
    let mut entry = [0; LIMBS];
    for (i, candidate) in table.iter().enumerate() {
        let mask = equal_mask(i as Limb, index);
        for (limb, candidate) in entry.iter_mut().zip(candidate) {
            *limb |= candidate & mask;
        }
    }
    entry
}

/// Bit `position` of a big-endian exponent; zero beyond its end.
fn bit(exponent: &[u8], position: usize) -> Limb {
    match exponent.iter().nth_back(position / 8) {
        Some(octet) => Limb::from(octet >> (position % 8)) & 1,
        None => 0,
    }
}

/// 2^r, r being the lowest [`LOW`] bits of the exponent.
fn one_bit(exponent: &[u8]) -> Number {
    let mut r: Limb = 0;
    for position in (0..LOW).rev() {
        r = (r << 1) | bit(exponent, position);
    }
    let mut number = [0; LIMBS];
    for (i, limb) in number.iter_mut().enumerate() {
        let here = equal_mask(i as Limb, r / Limb::BITS as Limb);
        *limb = ((1 as Limb) << (r % Limb::BITS as Limb)) & here;
    }
    number
}

/// Reads the table's file: entries one after the other, each with its lowest octet first.
const fn read(file: &[u8; TABLES * size_of::<Table>()]) -> [Table; TABLES] {
    let mut comb = [[[0; LIMBS]; 1 << TEETH]; TABLES];
    let mut limbs: &[[u8; LIMB_OCTETS]] = file.as_chunks().0;
    let mut i = 0;
    while let [first, rest @ ..] = limbs {
        let entry = i / LIMBS;
        comb[entry >> TEETH][entry % (1 << TEETH)][i % LIMBS] = Limb::from_le_bytes(*first);
        limbs = rest;
        i += 1;
    }
    comb
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::limb::to_octets;
    use crate::montgomery::TWO;
    use std::vec::Vec;

    /// What the table should be.
    fn comb() -> [Table; TABLES] {
        let mut comb = [[ONE; 1 << TEETH]; TABLES];
        let mut base = TWO;
        for _ in 0..LOW {
            base = square(&base);
        }
        for tooth in 0..TEETH {
            for table in &mut comb {
                // What is filled so far, times the base of this tooth.
                for i in 0..1 << tooth {
                    table[(1 << tooth) + i] = multiply(&table[i], &base);
                }
                for _ in 0..COLUMNS {
                    base = square(&base);
                }
            }
        }
        comb
    }

    /// With KEYWAY_WRITE_COMB set this writes the table's file instead; build again to use it.
    #[test]
    fn table_is_what_it_should_be() {
        let comb = comb();
        if std::env::var_os("KEYWAY_WRITE_COMB").is_some() {
            let file: Vec<u8> =
                comb.iter().flatten().flat_map(|entry| to_octets(entry).into_iter().rev()).collect();
            let name = if cfg!(feature = "small") { "comb-small.bin" } else { "comb.bin" };
            std::fs::write(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name), file)
                .unwrap();
        } else {
            assert!(COMB == comb, "run this test again with KEYWAY_WRITE_COMB=1");
        }
    }
}
