//! Days of the calendar, for what people sign and plan.
//!
//! In: `YYYY-MM-DD`. Out: [`Date`], which counts. Absent: clocks, time zones, hours. Gregorian calendar, by the days-from-civil
//! algorithm of H. Hinnant (howardhinnant.github.io/date_algorithms.html).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day between the years 1900 and 2999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    /// Since 1970-01-01.
    days: i64,
}

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoDate(pub String);

impl fmt::Display for NoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no date: write YYYY-MM-DD, as in 2026-11-20", self.0)
    }
}

impl std::error::Error for NoDate {}

impl Date {
    /// The day that is `days` after 1970-01-01.
    pub const fn from_unix_days(days: i64) -> Self {
        Self { days }
    }

    /// So many days later.
    pub const fn plus(self, days: i64) -> Self {
        Self { days: self.days.saturating_add(days) }
    }

    /// Year, month 1-12, day 1-31.
    pub const fn civil(self) -> (i64, i64, i64) {
        let z = self.days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, doy - (153 * mp + 2) / 5 + 1)
    }

    const fn from_civil(year: i64, month: i64, day: i64) -> Self {
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        Self { days: era * 146_097 + doe - 719_468 }
    }
}

impl FromStr for Date {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let no = || NoDate(text.to_owned());
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !shaped {
            return Err(no());
        }
        let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().map_err(|_| no());
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let date = Self::from_civil(year, month, day);
        // A day that the month does not have comes back as another one.
        let real = (1900..=2999).contains(&year) && (1..=12).contains(&month) && date.civil() == (year, month, day);
        if real { Ok(date) } else { Err(no()) }
    }
}

impl TryFrom<String> for Date {
    type Error = NoDate;
    fn try_from(text: String) -> Result<Self, NoDate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    #[test]
    fn known_days() {
        // `date -u -d @0`, `date -u -d @1000000000`, and leap days by the calendar.
        for (text, days) in [("1970-01-01", 0), ("2001-09-09", 11_574), ("2000-02-29", 11_016), ("2026-11-20", 20_777)]
        {
            let date: Date = text.parse().unwrap();
            assert_eq!((date, date.to_string().as_str()), (Date::from_unix_days(days), text));
        }
    }

    #[test]
    fn every_day_comes_back() {
        for days in -25_000..300_000 {
            let date = Date::from_unix_days(days);
            let (y, m, d) = date.civil();
            assert_eq!(Date::from_civil(y, m, d), date);
        }
    }

    #[test]
    fn two_weeks_later() {
        let date: Date = "2026-12-25".parse().unwrap();
        assert_eq!(date.plus(14).to_string(), "2027-01-08");
    }

    #[test]
    fn what_is_no_day() {
        let wrong = [
            "",
            "2026-11-31",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "20261120xx",
            "1899-12-31",
            "2026-11-2é",
        ];
        for text in wrong {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
