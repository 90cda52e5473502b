//! How many wrong guesses at the router's own PIN are let through.

use core::time::Duration;
use keyway_eap::Timestamp;

/// Counts failed proofs of the router's PIN and locks.
///
/// The rule is hostapd's: from the third failure on, each failure locks, at first for 60 s; the time doubles with every
/// third failure, up to a year; after ten failures in a row only the owner unlocks. A success ends the row and leaves
/// the total.
#[derive(Clone, Debug, Default)]
pub struct Lockout {
    total: u32,
    in_row: u32,
    lock: Option<Lock>,
}

/// A lock, as the page about it shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` is until the owner unlocks.
    pub until: Option<Timestamp>,
    /// After how many failures in all.
    pub failures: u32,
}

/// The first lock's time.
const FIRST: Duration = Duration::from_secs(60);
/// The longest lock's time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// With this many failures in all, and with each further one, it locks.
const FREE: u32 = 3;
/// With this many failures in a row it locks for good.
const FOR_GOOD: u32 = 10;

impl Lockout {
    /// Counts a failed proof; the lock that it brings, if it does.
    pub fn failed(&mut self, now: Timestamp) -> Option<Lock> {
        self.total = self.total.saturating_add(1);
        self.in_row = self.in_row.saturating_add(1);
        if self.total < FREE {
            return None;
        }
        let doublings = self.total / FREE - 1;
        let time =
            2u32.checked_pow(doublings).map_or(LONGEST, |factor| FIRST.saturating_mul(factor).min(LONGEST));
        let until = (self.in_row < FOR_GOOD).then(|| now.saturating_add(time));
        self.lock = Some(Lock { since: now, until, failures: self.total });
        self.lock
    }

    /// The PIN was proved: the row of failures ends.
    pub fn succeeded(&mut self) {
        self.in_row = 0;
    }

    /// The owner unlocks, and the count begins anew.
    pub fn unlock(&mut self) {
        *self = Lockout::default();
    }

    /// The lock that holds at `now`.
    pub fn lock(&self, now: Timestamp) -> Option<Lock> {
        self.lock.filter(|lock| lock.until.is_none_or(|until| now < until))
    }

    /// Takes note of the time. True when a lock ended by itself, once.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let over = self.lock.is_some() && self.lock(now).is_none();
        if over {
            self.lock = None;
        }
        over
    }

    /// When [`expire`](Self::expire) is to be called.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.lock.and_then(|lock| lock.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_as_hostapd_does() {
        let mut lockout = Lockout::default();
        let seconds = [0, 0, 60, 60, 60, 120, 120, 120, 240];
        for (index, expected) in seconds.into_iter().enumerate() {
            let now = Timestamp::from_secs(1000 * index as u64);
            let until = lockout.failed(now).and_then(|lock| lock.until);
            assert_eq!(
                until,
                (expected > 0).then(|| now.saturating_add(Duration::from_secs(expected))),
                "{index}"
            );
        }
        let last = Timestamp::from_secs(100_000);
        assert_eq!(lockout.failed(last), Some(Lock { since: last, until: None, failures: 10 }));
        assert!(lockout.lock(Timestamp::from_secs(u64::MAX / 2)).is_some());
        assert_eq!(lockout.poll_timeout(), None);
        lockout.unlock();
        assert_eq!(lockout.lock(last), None);
    }

    #[test]
    fn a_success_ends_the_row_and_not_the_total() {
        let mut lockout = Lockout::default();
        for round in 0..20 {
            let lock = lockout.failed(Timestamp::from_secs(round));
            assert!(lock.is_none_or(|lock| lock.until.is_some()), "{round}");
            lockout.succeeded();
        }
        assert_eq!(lockout.total, 20);
    }

    #[test]
    fn a_lock_ends_by_itself_once() {
        let mut lockout = Lockout::default();
        for _ in 0..3 {
            let _ = lockout.failed(Timestamp::ZERO);
        }
        assert!(!lockout.expire(Timestamp::from_secs(59)));
        assert!(lockout.expire(Timestamp::from_secs(60)));
        assert!(!lockout.expire(Timestamp::from_secs(61)));
    }
}
