//! When a scalp is looked at.
//!
//! In: a word such as `before`, `fresh`, `healed`, `9d`, `6w`, `5y`. Out: [`When`]. Absent: dates.

use std::fmt;
use std::str::FromStr;

use frames::Span;
use serde::Serialize;

/// A time to look at the scalp, counted from the last session.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// No dot yet.
    Before,
    /// This long after the last session: 0 is the day itself, with fresh dots.
    After(Span),
    /// Not a time: the person's own hair, shaved, where the dots would be. What the dots are to pass for.
    Hair,
}

/// A word that names no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no time to look: write before, fresh, healed, hair, or an age such as 9d, 6w or 5y (0 to 20 years after the \
     last session)"
)]
pub struct WhenError(String);

impl When {
    /// The day of the last session.
    pub const FRESH: Self = Self::After(Span::ZERO);
    /// Six weeks after it.
    pub const HEALED: Self = Self::After(skin::HEALED);

    /// Everything worth a look.
    pub fn all() -> Vec<Self> {
        let years = [1.0, 3.0, 5.0, 10.0].map(|y| Self::After(skin::years(y)));
        [Self::Before, Self::FRESH, Self::HEALED].into_iter().chain(years).chain([Self::Hair]).collect()
    }

    /// A word for a file's name; reads back as the same time.
    pub fn key(&self) -> String {
        match self {
            Self::Before => "before".into(),
            Self::Hair => "hair".into(),
            when if *when == Self::FRESH => "fresh".into(),
            when if *when == Self::HEALED => "healed".into(),
            Self::After(age) => {
                let days = age.seconds() / skin::DAY;
                let years = age.seconds() / skin::YEAR;
                if (years - years.round()).abs() < 1e-6 { format!("{years:.0}y") } else { format!("{days:.0}d") }
            }
        }
    }
}

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let wrong = || WhenError(text.to_owned());
        match text.trim() {
            "before" => return Ok(Self::Before),
            "fresh" => return Ok(Self::FRESH),
            "healed" => return Ok(Self::HEALED),
            "hair" => return Ok(Self::Hair),
            _ => {}
        }
        let (at, unit) = text.trim().char_indices().next_back().ok_or_else(wrong)?;
        let n: f64 = text.trim()[..at].parse().map_err(|_| wrong())?;
        let days = match unit {
            'd' => n,
            'w' => 7.0 * n,
            'm' => n * skin::YEAR / skin::DAY / 12.0,
            'y' => n * skin::YEAR / skin::DAY,
            _ => return Err(wrong()),
        };
        let oldest = 20.0 * skin::YEAR / skin::DAY;
        if (0.0..=oldest).contains(&days) { Ok(Self::After(skin::days(days))) } else { Err(wrong()) }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::After(age) = self else {
            return f.write_str(if *self == Self::Before { "before" } else { "own hair, shaved" });
        };
        let (days, years) = (age.seconds() / skin::DAY, age.seconds() / skin::YEAR);
        if *self == Self::FRESH {
            f.write_str("fresh, the same day")
        } else if *self == Self::HEALED {
            f.write_str("healed, 6 weeks")
        } else if years < 0.95 {
            write!(f, "{days:.0} days")
        } else {
            write!(f, "{years:.0} year{}", if years < 1.5 { "" } else { "s" })
        }
    }
}

impl Serialize for When {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.key())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    #[track_caller]
    fn check(text: &str, want: When, said: &str, key: &str) {
        let when: When = text.parse().unwrap();
        assert_eq!((when, when.to_string().as_str(), when.key().as_str()), (want, said, key));
        assert_eq!(when.key().parse::<When>().unwrap(), when);
    }

    #[test]
    fn words_and_ages() {
        check("before", When::Before, "before", "before");
        check("fresh", When::FRESH, "fresh, the same day", "fresh");
        check("0d", When::FRESH, "fresh, the same day", "fresh");
        check("6w", When::HEALED, "healed, 6 weeks", "healed");
        check("9d", When::After(skin::days(9.0)), "9 days", "9d");
        check("1y", When::After(skin::years(1.0)), "1 year", "1y");
        check(" 10y", When::After(skin::years(10.0)), "10 years", "10y");
        check("hair", When::Hair, "own hair, shaved", "hair");
    }

    #[test]
    fn what_is_no_time() {
        for wrong in ["", "y", "later", "-1y", "21y", "NaNy", "5", "5 years", "é"] {
            assert!(wrong.parse::<When>().is_err(), "{wrong:?}");
        }
    }
}
