//! Randomness from the kernel.

use keyway_wsc::{Draw, Entropy, EntropyError};

/// The kernel's random number generator, by getrandom(2).
///
/// It waits until the generator has been seeded, which only matters in the first moments after a start of the
/// machine, and fails only where a sandbox forbids the call.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, _draw: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(out).map_err(|_| EntropyError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ_and_fill_everything() {
        let mut first = [0; 64];
        let mut second = [0; 64];
        OsEntropy.fill(Draw::EnrolleeNonce, &mut first).unwrap();
        OsEntropy.fill(Draw::EnrolleeNonce, &mut second).unwrap();
        assert_ne!(first, second);
        assert!(first.chunks(16).all(|chunk| chunk != [0; 16]));
        OsEntropy.fill(Draw::DhPrivateKey, &mut []).unwrap();
    }
}
