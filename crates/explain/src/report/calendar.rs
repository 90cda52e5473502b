//! A moment as a date and a time.

use core::time::Duration;

/// A moment, by the time since the beginning of 1970, as RFC 3339 has it: UTC, to the millisecond. `None` after the
/// year 9999.
pub(crate) fn date_and_time(since_1970: Duration) -> Option<String> {
    const DAY: u64 = 86_400;
    /// The last second of the year 9999.
    const LAST: u64 = 253_402_300_799;
    /// Days from the first of March of the year 0 to the beginning of 1970.
    const TO_1970: u64 = 719_468;
    let seconds = since_1970.as_secs();
    if seconds > LAST {
        return None;
    }
    // Eras of 400 years, which begin on a first of March, so that a leap day is the last day of its year.
    let days = seconds / DAY + TO_1970;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (seconds % DAY / 3600, seconds % 3600 / 60, seconds % 60);
    let millis = since_1970.subsec_millis();
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (millis, expected) in [
            (0, Some("1970-01-01T00:00:00.000Z")),
            (951_782_399_999, Some("2000-02-28T23:59:59.999Z")),
            (951_782_400_000, Some("2000-02-29T00:00:00.000Z")),
            (951_868_800_000, Some("2000-03-01T00:00:00.000Z")),
            (1_340_958_505_298, Some("2012-06-29T08:28:25.298Z")),
            (4_107_542_400_000, Some("2100-03-01T00:00:00.000Z")),
            (253_402_300_799_999, Some("9999-12-31T23:59:59.999Z")),
            (253_402_300_800_000, None),
        ] {
            assert_eq!(date_and_time(Duration::from_millis(millis)).as_deref(), expected, "{millis}");
        }
    }
}
