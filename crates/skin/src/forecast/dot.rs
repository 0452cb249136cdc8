//! A dot and the time since it was set: what a forecast is asked.
//!
//! In: depth, its spread, needle, ink, hits; a span. Out: [`Dot`], [`Age`]; the ink that a wanted shade takes. Absent: laws.

use std::fmt;

use frames::{Metres, Penetration, Span};

use crate::error::within;
use crate::fade::{DAY, YEAR, age_within, faded};
use crate::look::HEALED;
use crate::{BLACK, Dilution, Fade, Group, SkinError, ZoneFacts};

/// Spread of the depth around its target, one standard deviation: the bar of the machine (skin.md 6 D).
pub const DEPTH_SIGMA: Metres = Metres::from_mm(0.05);

/// How long ago a dot was set: 0 to [`crate::OLDEST`] years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age(Span);

impl Age {
    /// On the day.
    pub const FRESH: Self = Self(Span::ZERO);
    /// Healed.
    pub const SIX_WEEKS: Self = Self(HEALED);
    /// Half a year.
    pub const SIX_MONTHS: Self = Self(Span::from_ns(YEAR_NS / 2));
    /// A year.
    pub const ONE_YEAR: Self = Self(Span::from_ns(YEAR_NS));
    /// The ages of a forecast.
    pub const ALL: [Self; 7] = [
        Self::FRESH,
        Self::SIX_WEEKS,
        Self::SIX_MONTHS,
        Self::ONE_YEAR,
        Self(Span::from_ns(3 * YEAR_NS)),
        Self(Span::from_ns(5 * YEAR_NS)),
        Self(Span::from_ns(10 * YEAR_NS)),
    ];

    /// # Errors
    /// Below 0 or above [`crate::OLDEST`].
    pub fn try_new(age: Span) -> Result<Self, SkinError> {
        age_within(age).map(|_| Self(age))
    }

    /// Since the dot was set.
    pub const fn span(self) -> Span {
        self.0
    }

    /// In years.
    pub const fn years(self) -> f64 {
        self.0.seconds() / YEAR
    }
}

/// 365.25 days.
const YEAR_NS: i64 = 31_557_600 * 1_000_000_000;

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, years) = (self.0.seconds() / DAY, self.years());
        match () {
            () if *self == Self::FRESH => f.write_str("fresh"),
            () if *self == Self::ONE_YEAR => f.write_str("1 year"),
            () if years > 1.5 => write!(f, "{} years", (years * 10.0).round() / 10.0),
            () if days > 150.0 => write!(f, "{:.0} months", years * 12.0),
            () if days > 27.9 => write!(f, "{} weeks", (days / 0.7).round() / 10.0),
            () => write!(f, "{} days", (days * 10.0).round() / 10.0),
        }
    }
}

/// A dot, as planned or as set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dot {
    /// Where the tip is to be, or was.
    pub tip: Penetration,
    /// One standard deviation of it: [`DEPTH_SIGMA`], a rehearsal's own, 0 where the depth is known.
    pub depth_sigma: Metres,
    /// What sets it.
    pub group: Group,
    /// In the needle.
    pub ink: Dilution,
    /// Into the same hole.
    pub hits: u32,
}

impl Dot {
    /// One hit, at a depth with the usual spread.
    pub const fn planned(tip: Penetration, group: Group, ink: Dilution) -> Self {
        Self { tip, depth_sigma: DEPTH_SIGMA, group, ink, hits: 1 }
    }

    /// One hit, at a known depth.
    pub const fn set(tip: Penetration, group: Group, ink: Dilution) -> Self {
        Self { depth_sigma: Metres::ZERO, ..Self::planned(tip, group, ink) }
    }
}

/// The ink whose dot has this shade when healed: `1-exp(-mu*d)` of light is taken across `healed`, by what is left of it in
/// week 6 (skin.md 3.4, 3.5b).
///
/// # Errors
/// A shade outside 0 to 1; one that undiluted ink is not black enough for, or that needs more than 50 parts of water.
pub fn ink_for(facts: &ZoneFacts, tip: Penetration, healed: Metres, shade: f64) -> Result<Dilution, SkinError> {
    within("shade", shade, [0.0, 1.0], "of the light")?;
    let left = faded(facts.retained(tip)?, HEALED, &Fade::PUBLISHED)?;
    let mu = -(-shade).ln_1p() / healed.get();
    Dilution::try_new(BLACK * left / mu - 1.0)
}
