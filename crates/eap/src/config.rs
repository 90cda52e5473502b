//! What an owner can set. The defaults suit a wired link and the peers that are out there.

use crate::eapol::Version;
use crate::fragment::FragmentSize;
use crate::timer::Timers;

/// The settings of a peer or an authenticator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// How long payloads may be before a message is sent in fragments: 1400 octets.
    pub fragment_size: FragmentSize,
    /// How long timers run.
    pub timers: Timers,
    /// When a conversation that goes nowhere is ended.
    pub limits: Limits,
    /// The version that EAPOL frames are sent with: 1.
    pub eapol_version: Version,
}

/// How many rounds of request and response a conversation may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All rounds: 100 (observed: hostap).
    pub rounds: u32,
    /// Rounds on end in which neither packet has 20 octets: 50 (observed: hostap).
    pub short_rounds: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { rounds: 100, short_rounds: 50 }
    }
}

/// A packet below this length is short.
const SHORT: usize = 20;

/// Counts rounds against their limits.
#[derive(Debug)]
pub(crate) struct Rounds {
    limits: Limits,
    all: u32,
    short: u32,
}

impl Rounds {
    pub(crate) const fn new(limits: Limits) -> Rounds {
        Rounds { limits, all: 0, short: 0 }
    }

    /// Counts a round of these packet lengths; false when it is one too many.
    #[must_use]
    pub(crate) fn count(&mut self, request: usize, response: usize) -> bool {
        self.all = self.all.saturating_add(1);
        self.short = if request.max(response) < SHORT { self.short.saturating_add(1) } else { 0 };
        self.all <= self.limits.rounds && self.short <= self.limits.short_rounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_have_limits() {
        for (request, response, allowed) in [(14, 14, 50), (14, 19, 50), (20, 14, 100), (14, 20, 100)] {
            let mut rounds = Rounds::new(Limits::default());
            let counted = (0..200).take_while(|_| rounds.count(request, response)).count();
            assert_eq!(counted, allowed, "{request} {response}");
        }
    }

    #[test]
    fn a_long_round_starts_the_short_ones_anew() {
        let mut rounds = Rounds::new(Limits { rounds: 100, short_rounds: 2 });
        let lengths = [14, 14, 300, 14, 14, 14];
        assert_eq!(lengths.map(|length| rounds.count(length, 14)), [true, true, true, true, true, false]);
    }
}
