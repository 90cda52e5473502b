//! 2^x from a table: a comb with several tables (Lim and Lee), in constant time.
//!
//! The exponent is cut into chunks of 256 bits. Of each chunk the lowest [`LOW`] bits r need no table, because 2^r is
//! a one bit moved up. The others stand in a grid: bit `LOW + (tooth·TABLES + table)·COLUMNS + column`. All teeth of
//! one table in one column make an index into that table, and a squaring takes the sum from one column to the next.

use crate::limb::{LIMBS, Limb, MASK, Number, OCTETS, WIDTH, from_octets, less_mask};
use crate::montgomery::{PLAIN_ONE, R, scale};
use crate::product::{multiply, square};
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
const FILE: &[u8; TABLES * (OCTETS << TEETH)] = include_bytes!("comb-small.bin");
#[cfg(not(feature = "small"))]
const FILE: &[u8; TABLES * (OCTETS << TEETH)] = include_bytes!("comb.bin");

type Table = [Number; 1 << TEETH];

/// Entry i of table t is the product of 2^(2^(LOW + (tooth·TABLES + t)·COLUMNS)) over the one bits `tooth` of i.
static COMB: [Table; TABLES] = read(FILE);

/// 2^x mod p (not in Montgomery form, below 2p) for a big-endian `exponent`.
///
/// The time depends on the length of the exponent alone.
pub(crate) fn power_of_two(exponent: &[u8]) -> Number {
    let mut chunks = exponent.rchunks(CHUNK_OCTETS).rev();
    let mut power = chunks.next().map_or(PLAIN_ONE, |chunk| Chunk::new(chunk).power());
    for chunk in chunks {
        power = multiply(&power, &R);
        for _ in 0..CHUNK_OCTETS * 8 {
            power = square(&power);
        }
        power = multiply(&power, &Chunk::new(chunk).power());
    }
    power
}

/// The entry at a secret `index`: all entries are read.
#[inline(never)]
pub(crate) fn select(table: &[Number], index: Limb) -> Number {
    let mut entry = [0; LIMBS];
    for (i, candidate) in table.iter().enumerate() {
        let mask = less_mask(i as Limb ^ index, 1);
        for (limb, candidate) in entry.iter_mut().zip(candidate) {
            *limb |= candidate & mask;
        }
    }
    entry
}

/// A part of the exponent, lowest octet first.
struct Chunk([u8; CHUNK_OCTETS]);

impl Chunk {
    /// Takes at most [`CHUNK_OCTETS`], big endian.
    fn new(exponent: &[u8]) -> Chunk {
        let mut octets = [0; CHUNK_OCTETS];
        for (octet, given) in octets.iter_mut().zip(exponent.iter().rev()) {
            *octet = *given;
        }
        Chunk(octets)
    }

    /// 2^x mod p, not in Montgomery form.
    fn power(&self) -> Number {
        let mut power = self.entry(COLUMNS - 1, 0);
        for table in (0..TABLES).skip(1) {
            power = multiply(&power, &self.entry(COLUMNS - 1, table));
        }
        for column in (0..COLUMNS - 1).rev() {
            power = square(&power);
            for table in 0..TABLES {
                power = multiply(&power, &self.entry(column, table));
            }
        }
        // A plain number times one in Montgomery form is a plain number.
        multiply(&power, &self.power_of_lowest())
    }

    /// What the teeth of a table in a column select.
    fn entry(&self, column: usize, table: usize) -> Number {
        let bit = |tooth| self.bit(LOW + (tooth * TABLES + table) * COLUMNS + column) << tooth;
        select(&COMB[table], (0..TEETH).map(bit).sum())
    }

    /// 2^r, r being the lowest [`LOW`] bits.
    fn power_of_lowest(&self) -> Number {
        let r: Limb = (0..LOW).map(|position| self.bit(position) << position).sum();
        let mut number = [0; LIMBS];
        for (i, limb) in number.iter_mut().enumerate() {
            let start = (i * WIDTH) as Limb;
            let here = less_mask(r, start + WIDTH as Limb) & !less_mask(r, start);
            *limb = 1 << (r.wrapping_sub(start) % Limb::BITS as Limb) & MASK & here;
        }
        number
    }

    fn bit(&self, position: usize) -> Limb {
        Limb::from(self.0[position / 8] >> (position % 8)) & 1
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Reads the table's file: numbers times 2^1536, one after the other, big endian.
const fn read(file: &[u8; TABLES * (OCTETS << TEETH)]) -> [Table; TABLES] {
    let mut comb = [[[0; LIMBS]; 1 << TEETH]; TABLES];
    let entries: &[[u8; OCTETS]] = file.as_chunks().0;
    let mut i = 0;
    while i < entries.len() {
        comb[i >> TEETH][i % (1 << TEETH)] = scale(&from_octets(&entries[i]));
        i += 1;
    }
    comb
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::limb::to_octets;
    use crate::montgomery::{COMPLEMENT, ONE, TWO, least_residue};
    use std::vec::Vec;

    /// What the file should hold.
    fn entries() -> Vec<[u8; OCTETS]> {
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
        // Times 2^1536, out of the form.
        let factor = COMPLEMENT;
        comb.iter().flatten().map(|entry| to_octets(&least_residue(&multiply(entry, &factor)))).collect()
    }

    /// With KEYWAY_WRITE_COMB set this writes the table's file instead.
    #[test]
    fn file_is_what_it_should_be() {
        let entries = entries().concat();
        if std::env::var_os("KEYWAY_WRITE_COMB").is_some() {
            let name = if cfg!(feature = "small") { "comb-small.bin" } else { "comb.bin" };
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name);
            std::fs::write(path, entries).unwrap();
        } else {
            assert!(entries == FILE, "run this test again with KEYWAY_WRITE_COMB=1");
        }
    }
}
