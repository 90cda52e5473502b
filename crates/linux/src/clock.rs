//! Time: how long since the program started, and what the calendar says.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

/// A clock that counts from its own start and never goes back.
///
/// It is `CLOCK_BOOTTIME`: time in which the machine was suspended counts. A PIN that is good for five minutes
/// is not good any more when a laptop wakes up an hour later, and no peer is waited for that has long given up.
/// Setting the wall clock does not touch it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Duration,
}

impl Clock {
    /// A clock that reads zero now.
    #[must_use]
    pub fn start() -> Self {
        Self { start: boot_time() }
    }

    /// The time since the start.
    #[must_use]
    pub fn now(&self) -> Duration {
        boot_time().saturating_sub(self.start)
    }

    /// A reading of this clock as a reading of `CLOCK_BOOTTIME`.
    pub(crate) fn to_boot_time(self, reading: Duration) -> Duration {
        self.start.saturating_add(reading)
    }
}

/// The present date and time for a ledger: RFC 3339, in UTC, to the second, such as `2026-11-05T09:30:00Z`.
#[must_use]
pub fn wall_clock() -> String {
    rfc3339(SystemTime::now())
}

/// A date and time as RFC 3339 writes it, in UTC and to the second, rounded down.
///
/// Times before 1970, which only a machine without a set clock has, are written as 1970's first second.
#[must_use]
pub fn rfc3339(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(seconds / DAY);
    let (hour, minute, second) = (seconds % DAY / 3600, seconds % 3600 / 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

const DAY: u64 = 24 * 60 * 60;

fn boot_time() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is a year's last; 400 years are always 146 097 days.
fn civil(days: u64) -> (u64, u64, u64) {
    const FROM_MARCH_0000: u64 = 719_468;
    let days = days + FROM_MARCH_0000;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // From date(1): date -u -d @N +%FT%TZ
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut last = civil(0);
        for day in 1..400 * 366 {
            let next = civil(day);
            let (year, month, of_month) = last;
            let follows = [(year, month, of_month + 1), (year, month + 1, 1), (year + 1, 1, 1)];
            assert!(follows.contains(&next), "{last:?} then {next:?}");
            last = next;
        }
    }

    #[test]
    fn before_1970_is_1970() {
        assert_eq!(rfc3339(UNIX_EPOCH - Duration::from_secs(1)), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn the_clock_starts_near_zero_and_never_goes_back() {
        let clock = Clock::start();
        let mut last = clock.now();
        assert!(last < Duration::from_secs(5));
        for _ in 0..1000 {
            let now = clock.now();
            assert!(now >= last);
            last = now;
        }
    }
}
