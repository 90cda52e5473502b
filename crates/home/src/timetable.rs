//! What is due when, for many: the next moment at once, whatever their number.

use alloc::collections::{BTreeMap, BTreeSet};
use keyway_eap::Timestamp;

/// For each of many, when it is due; most have one moment, some none.
#[derive(Debug)]
pub(crate) struct Timetable<K> {
    moments: BTreeMap<K, Timestamp>,
    order: BTreeSet<(Timestamp, K)>,
}

impl<K> Default for Timetable<K> {
    fn default() -> Self {
        Timetable { moments: BTreeMap::new(), order: BTreeSet::new() }
    }
}

impl<K: Copy + Ord> Timetable<K> {
    /// From now on this one is due at this moment, or never.
    pub(crate) fn set(&mut self, key: K, moment: Option<Timestamp>) {
        let before = match moment {
            Some(moment) => self.moments.insert(key, moment),
            None => self.moments.remove(&key),
        };
        if before == moment {
            return;
        }
        if let Some(before) = before {
            self.order.remove(&(before, key));
        }
        if let Some(moment) = moment {
            self.order.insert((moment, key));
        }
    }

    /// When the first is due.
    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.order.first().map(|(moment, _)| *moment)
    }

    /// Those that are due at `now`, the earliest first.
    pub(crate) fn due(&self, now: Timestamp) -> impl Iterator<Item = K> {
        self.order.iter().take_while(move |(moment, _)| *moment <= now).map(|(_, key)| *key)
    }

    /// Nobody is due any more.
    pub(crate) fn clear(&mut self) {
        self.moments.clear();
        self.order.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    #[test]
    fn the_earliest_comes_first_and_changes_are_seen() {
        let mut table = Timetable::default();
        let due = |table: &Timetable<char>, now| table.due(at(now)).collect::<Vec<_>>();
        assert_eq!(table.first(), None);
        for (key, moment) in [('a', Some(3)), ('b', Some(1)), ('c', Some(3)), ('b', Some(5)), ('d', None)] {
            table.set(key, moment.map(at));
        }
        assert_eq!(table.first(), Some(at(3)));
        assert_eq!(due(&table, 2), []);
        assert_eq!(due(&table, 3), ['a', 'c']);
        assert_eq!(due(&table, 9), ['a', 'c', 'b']);
        table.set('a', None);
        table.set('a', None);
        assert_eq!(due(&table, 9), ['c', 'b']);
        table.clear();
        assert_eq!((table.first(), due(&table, 9)), (None, alloc::vec![]));
    }
}
