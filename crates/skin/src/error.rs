//! What can be wrong with a question to the skin.

use frames::{Metres, Penetration, Protrusion};

/// A question that a law of this crate cannot answer.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SkinError {
    /// Outside the range in which the law was fitted or in which it means anything.
    #[error("{what} is {value} {unit}, outside {least}..={most} {unit}; use a value inside that range")]
    OutOfRange {
        /// Which argument.
        what: &'static str,
        /// As given, in `unit`.
        value: f64,
        /// Least allowed, in `unit`.
        least: f64,
        /// Most allowed, in `unit`.
        most: f64,
        /// Of the three numbers.
        unit: &'static str,
    },
    /// The dent before rupture is so deep that the tip overshoots the target when the skin gives way.
    #[error(
        "{target} is too shallow: at this speed the tip is already {least} deep when the skin has given way; strike faster or aim deeper"
    )]
    TooShallow {
        /// Wanted.
        target: Penetration,
        /// Least that can be reached.
        least: Penetration,
    },
    /// The mechanical stop is in the way.
    #[error(
        "{target} needs a protrusion of {needed}, past the mechanical stop at {stop}; strike faster, tilt less or aim shallower"
    )]
    BeyondStop {
        /// Wanted.
        target: Penetration,
        /// What it would take.
        needed: Metres,
        /// What the tool allows.
        stop: Protrusion,
    },
    /// No figure for the width of such a group.
    #[error("no needle group of {points} points is known; use 1 to 7")]
    Points {
        /// As given.
        points: u32,
    },
}

/// `value` if it lies in `least..=most`; a NaN does not.
pub(crate) fn within(
    what: &'static str,
    value: f64,
    [least, most]: [f64; 2],
    unit: &'static str,
) -> Result<f64, SkinError> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(SkinError::OutOfRange { what, value, least, most, unit })
    }
}
