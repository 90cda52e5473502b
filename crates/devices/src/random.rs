//! Randomness as an argument.

use keyway_wsc::EntropyError;

/// A source of randomness: the operating system's at the edge, a seeded one in tests and plays that are to be repeatable.
pub struct Random(Box<Fill>);

type Fill = dyn FnMut(&mut [u8]) -> bool + Send;

impl Random {
    /// Takes a function that fills octets; false when it cannot.
    pub fn new(fill: impl FnMut(&mut [u8]) -> bool + Send + 'static) -> Random {
        Random(Box::new(fill))
    }

    /// A repeatable source, for plays and tests: not for keys that guard anything.
    pub fn seeded(seed: u64) -> Random {
        let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
        Random::new(move |out| {
            for octet in out {
                // SplitMix64, one octet of each number.
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut mixed = state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                *octet = (mixed ^ (mixed >> 31)).to_le_bytes()[3];
            }
            true
        })
    }

    /// Fills `out`.
    ///
    /// # Errors
    /// [`EntropyError`] when the source cannot deliver.
    pub fn fill(&mut self, out: &mut [u8]) -> Result<(), EntropyError> {
        if (self.0)(out) { Ok(()) } else { Err(EntropyError) }
    }
}

impl keyway_wsc::Entropy for Random {
    fn fill(&mut self, _: keyway_wsc::Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        Random::fill(self, out)
    }
}

impl keyway_wifi::rsn::Entropy for Random {
    fn fill(&mut self, _: keyway_wifi::rsn::Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        Random::fill(self, out)
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}
