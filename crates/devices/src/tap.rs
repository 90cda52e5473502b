//! A copy of what passes, for whoever asked for one.

use std::collections::VecDeque;

/// So many wait for their reader; then the oldest are dropped.
const ROOM: usize = 1024;

/// Keeps copies once it is followed, and nothing before.
#[derive(Debug)]
pub(crate) struct Tap<T>(Option<VecDeque<T>>);

impl<T> Default for Tap<T> {
    fn default() -> Self {
        Tap(None)
    }
}

impl<T: Clone> Tap<T> {
    /// From now on copies are kept.
    pub(crate) fn follow(&mut self) {
        self.0.get_or_insert_default();
    }

    /// Something passes.
    pub(crate) fn pass(&mut self, item: &T) {
        if let Some(kept) = &mut self.0 {
            if kept.len() == ROOM {
                kept.pop_front();
            }
            kept.push_back(item.clone());
        }
    }

    /// The oldest copy.
    pub(crate) fn poll(&mut self) -> Option<T> {
        self.0.as_mut()?.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_for_nobody_and_not_too_much_for_somebody() {
        let mut tap = Tap::default();
        tap.pass(&0);
        assert_eq!(tap.poll(), None);
        tap.follow();
        for number in 1..=ROOM + 2 {
            tap.pass(&number);
        }
        tap.follow();
        assert_eq!(tap.poll(), Some(3), "the oldest are dropped");
        assert_eq!(std::iter::from_fn(|| tap.poll()).count(), ROOM - 1);
    }
}
