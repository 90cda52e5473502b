//! Whose turn it is, and when.

use keyway_eap::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Deadlines of many parties. The cost of a change grows with the logarithm of their number.
#[derive(Debug)]
pub(super) struct Schedule<K> {
    by_time: BTreeSet<(Timestamp, K)>,
    by_party: BTreeMap<K, Timestamp>,
}

impl<K> Default for Schedule<K> {
    fn default() -> Self {
        Schedule { by_time: BTreeSet::new(), by_party: BTreeMap::new() }
    }
}

impl<K: Ord + Copy> Schedule<K> {
    /// Sets the deadline of a party, or takes it away.
    pub(super) fn set(&mut self, party: K, deadline: Option<Timestamp>) {
        if let Some(old) = self.by_party.remove(&party) {
            self.by_time.remove(&(old, party));
        }
        if let Some(deadline) = deadline {
            self.by_party.insert(party, deadline);
            self.by_time.insert((deadline, party));
        }
    }

    /// The next deadline of all.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes out a party whose deadline is over.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<K> {
        let (at, party) = *self.by_time.first()?;
        if at > now {
            return None;
        }
        self.set(party, None);
        Some(party)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_comes_first_and_once() {
        let at = Timestamp::from_secs;
        let mut schedule = Schedule::default();
        schedule.set('a', Some(at(3)));
        schedule.set('b', Some(at(2)));
        schedule.set('c', Some(at(1)));
        schedule.set('a', Some(at(1)));
        schedule.set('c', None);
        assert_eq!(schedule.next(), Some(at(1)));
        assert_eq!(schedule.take_due(at(0)), None);
        assert_eq!(
            [schedule.take_due(at(2)), schedule.take_due(at(2)), schedule.take_due(at(9))],
            [Some('a'), Some('b'), None]
        );
    }
}
