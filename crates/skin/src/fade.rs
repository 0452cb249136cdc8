//! How pigment fades.
//!
//! In: retained part, age, exposure to sun. Out: amount left over amount put in, contrast during healing, the density
//! score of clinics. Absent: place and depth (already in the retained part), tone (see [`crate::reflectance`]).
//! Source: skin.md 3.4 (D from S73 A, S74 A, S1 A; E), 1.9.

use frames::Span;

use crate::SkinError;
use crate::error::within;

/// Seconds in a day.
pub const DAY: f64 = 86_400.0;
/// Seconds in a year.
pub const YEAR: f64 = 365.25 * DAY;
/// Rate of the slow fade without extra sun, 1/s: 0.11 a year (0.10-0.12, skin.md 3.4 D).
pub const FADE_RATE: f64 = Fade::PUBLISHED.per_year / YEAR;
/// The oldest result that any law speaks of, years (E: twice the longest time to a touch-up published, 8-15, T3, is past what
/// anyone reports).
pub const OLDEST: f64 = 20.0;
/// Rates of the slow fade that people have, a year (skin.md 1.9 D: 0.10-0.12, doubled and halved).
pub const FADE_RATES: [f64; 2] = [0.05, 0.25];
/// Time constant of the early loss, s: 3 days (skin.md 3.4 E; early by S74 A).
pub const EARLY: f64 = 3.0 * DAY;

/// `n` days.
pub fn days(n: f64) -> Span {
    Span::from_seconds(n * DAY)
}

/// `n` years of 365.25 days.
pub fn years(n: f64) -> Span {
    Span::from_seconds(n * YEAR)
}

/// How fast a person's pigment goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fade {
    /// Of the slow fade, a year: published 0.11 (0.10-0.12, skin.md 3.4 D).
    pub per_year: f64,
    /// Multiplies it: 1 in the shade to 2 in much sun (skin.md 3.4 E).
    pub sun: f64,
}

impl Fade {
    /// Means of other people, without extra sun.
    pub const PUBLISHED: Self = Self { per_year: 0.11, sun: 1.0 };
}

/// Pigment left at `age`, over what was put in. skin.md 3.4: `[r + (1-r)*exp(-t/3d)]*exp(-lambda*t)`. `retained` is `r`
/// of [`crate::retained`], in scars times [`crate::SCAR_RETENTION`]; `sun` multiplies the published lambda, 1 to 2.
///
/// # Errors
/// As [`faded`].
pub fn amount(retained: f64, age: Span, sun: f64) -> Result<f64, SkinError> {
    faded(retained, age, &Fade { sun, ..Fade::PUBLISHED })
}

/// [`amount`] with a person's own fade.
///
/// # Errors
/// A retained part outside 0 to 1, a sun outside 1 to 2, a rate outside [`FADE_RATES`], an age below 0 or above [`OLDEST`].
pub fn faded(retained: f64, age: Span, fade: &Fade) -> Result<f64, SkinError> {
    let r = within("retained part", retained, [0.0, 1.0], "of what was put in")?;
    let sun = within("sun", fade.sun, [1.0, 2.0], "times the usual fade")?;
    let rate = within("rate of fading", fade.per_year, FADE_RATES, "a year")? / YEAR;
    let t = age_within(age)?;
    Ok((r + (1.0 - r) * (-t / EARLY).exp()) * (-rate * sun * t).exp())
}

/// Seconds of an age between 0 and [`OLDEST`].
pub(crate) fn age_within(age: Span) -> Result<f64, SkinError> {
    within("age of the result", age.seconds() / YEAR, [0.0, OLDEST], "years").map(|years| years * YEAR)
}

/// Part of the contrast that shows through while the skin renews itself: `1 - 0.35*bump(day 5-14)` (skin.md 3.4, S75 B).
/// The bump is a squared sine, 0 on days 5 and 14, 1 half-way (E: the source gives days, no shape).
///
/// # Errors
/// An age below 0 or above [`OLDEST`].
pub fn veil(age: Span) -> Result<f64, SkinError> {
    let phase = (age_within(age)? / DAY - 5.0) / (14.0 - 5.0);
    Ok(if (0.0..=1.0).contains(&phase) {
        let sine = (std::f64::consts::PI * phase).sin();
        1.0 - 0.35 * sine * sine
    } else {
        1.0
    })
}

/// The visual density score over that of the fresh result: `A^0.25` (skin.md 3.4 D). Only for comparison with S1.
///
/// # Errors
/// An amount outside 0 to 1.
pub fn density_score(amount: f64) -> Result<f64, SkinError> {
    within("amount of pigment", amount, [0.0, 1.0], "of what was put in").map(|a| a.powf(0.25))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;
    use crate::SCAR_RETENTION;

    #[track_caller]
    fn check(retained: f64, age: Span, sun: f64, want: f64, within: f64) {
        let got = amount(retained, age, sun).unwrap();
        assert!((got - want).abs() < within, "{got} {want}");
    }

    #[test]
    fn published_points() {
        check(0.70, days(0.0), 1.0, 1.0, 1e-12);
        // 0.70 * 0.95 = 0.66 at six months.
        check(0.70, years(0.5), 1.0, 0.66, 0.005);
        // One time constant: 0.7 + 0.3/e, and three days of the slow fade.
        check(0.70, days(3.0), 1.0, 0.810_364 * (1.0 - 0.11 * 3.0 / 365.25), 1e-5);
        // Loss is early: day 7 to 28 changes little (S74 A); a third has gone (S73 A).
        check(0.67, days(28.0), 1.0, 0.665, 0.005);
        // 10-12 % a year.
        let a = amount(0.7, years(4.0), 1.0).unwrap() / amount(0.7, years(3.0), 1.0).unwrap();
        assert!((0.88..=0.90).contains(&a), "{a}");
        check(0.70, years(5.0), 2.0, 0.70 * (-1.1_f64).exp(), 1e-9);
    }

    /// S1 A: the density score falls to 0.90 in six months, in scars to 0.80 (anchor A13: within 3 points).
    #[test]
    fn the_score_of_six_months() {
        let normal = density_score(amount(0.70, years(0.5), 1.0).unwrap()).unwrap();
        let scar = density_score(amount(0.70 * SCAR_RETENTION, years(0.5), 1.0).unwrap()).unwrap();
        assert!((normal - 0.90).abs() < 0.03, "{normal}");
        assert!((scar - 0.80).abs() < 0.03, "{scar}");
    }

    #[test]
    fn the_veil_is_there_from_day_5_to_14() {
        for (day, want) in [(0.0, 1.0), (5.0, 1.0), (9.5, 0.65), (14.0, 1.0), (40.0, 1.0)] {
            let got = veil(days(day)).unwrap();
            assert!((got - want).abs() < 1e-9, "day {day}: {got}");
        }
        assert!(veil(days(7.0)).unwrap() < 0.86);
    }

    #[test]
    fn refuses_what_means_nothing() {
        assert!(amount(1.1, days(1.0), 1.0).is_err());
        assert!(amount(f64::NAN, days(1.0), 1.0).is_err());
        assert!(amount(0.7, days(-1.0), 1.0).is_err());
        assert!(amount(0.7, days(1.0), 0.5).is_err());
    }
}
