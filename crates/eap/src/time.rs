//! Time as an argument: nothing in this crate reads a clock.

use core::fmt;
use core::ops::Add;
use core::time::Duration;

/// A moment, as the time passed since an epoch that the caller chooses once and keeps.
///
/// The moments handed to one object must not run backwards; a clock that never does (the time since
/// the machine started) is the right source. One that does run backwards only makes timers late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(Duration);

impl Timestamp {
    /// The epoch itself.
    pub const ZERO: Timestamp = Timestamp(Duration::ZERO);

    /// The moment `passed` after the epoch.
    pub const fn from_epoch(passed: Duration) -> Timestamp {
        Timestamp(passed)
    }

    /// The moment `seconds` after the epoch.
    pub const fn from_secs(seconds: u64) -> Timestamp {
        Timestamp(Duration::from_secs(seconds))
    }

    /// The moment `milliseconds` after the epoch.
    pub const fn from_millis(milliseconds: u64) -> Timestamp {
        Timestamp(Duration::from_millis(milliseconds))
    }

    /// The time passed since the epoch.
    pub const fn since_epoch(self) -> Duration {
        self.0
    }

    /// The moment `later` after this one, or the last moment there is.
    #[must_use]
    pub const fn saturating_add(self, later: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(later))
    }

    /// The time from `earlier` to this moment; zero when `earlier` is in fact the later one.
    pub const fn saturating_since(self, earlier: Timestamp) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Adds as [`Timestamp::saturating_add`] does.
impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, later: Duration) -> Timestamp {
        self.saturating_add(later)
    }
}

/// Seconds since the epoch, to the millisecond: `12.345 s`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} s", self.0.as_secs(), self.0.subsec_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn arithmetic_saturates() {
        let second = Duration::from_secs(1);
        let end = Timestamp::from_epoch(Duration::MAX);
        assert_eq!(Timestamp::ZERO + second, Timestamp::from_secs(1));
        assert_eq!(end + second, end);
        assert_eq!(Timestamp::from_millis(1500).saturating_since(Timestamp::from_secs(1)), second / 2);
        assert_eq!(Timestamp::ZERO.saturating_since(end), Duration::ZERO);
    }

    #[test]
    fn it_prints_seconds() {
        assert_eq!(Timestamp::from_millis(12_045).to_string(), "12.045 s");
    }
}
