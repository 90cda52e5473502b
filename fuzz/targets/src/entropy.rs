//! Randomness that follows from a seed.

use keyway_wsc::{Draw, Entropy, EntropyError};

use crate::mutate::Numbers;

/// An entropy source that answers each name with a value of its own, the same in every run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seeded(pub(crate) u64);

impl Entropy for Seeded {
    fn fill(&mut self, draw: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        let mut numbers = Numbers::of(&format!("{} {draw:?}", self.0));
        for octets in out.chunks_mut(8) {
            octets.copy_from_slice(&numbers.number().to_le_bytes()[..octets.len()]);
        }
        Ok(())
    }
}
