//! What can be wrong with a question to the skin.

use frames::{Metres, Penetration, PerSquareMetre, Protrusion};

use crate::Zone;

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
    /// Test dots describe skin in which a dot that stays is too wide.
    #[error(
        "no depth serves this skin: pigment stays below {least} only, dots are too wide below {most}; try a finer needle or more test dots"
    )]
    NoWindow {
        /// Shallowest depth that keeps the pigment.
        least: Penetration,
        /// Deepest depth that keeps the dot small.
        most: Penetration,
    },
    /// Pigment only darkens.
    #[error("L* {wanted:.1} is not darker than the skin, L* {skin:.1}; pigment only darkens")]
    NotDarker {
        /// Wanted L*.
        wanted: f64,
        /// Of the skin, L*.
        skin: f64,
    },
    /// No stipple inside the bounds is so dark.
    #[error(
        "L* {wanted:.1} on skin of {skin:.1} needs {needs} at {diameter}; with at most {most} the darkest reachable is L* {reachable:.1}: ask for less, or allow more"
    )]
    TooDark {
        /// Wanted L*.
        wanted: f64,
        /// Of the skin, L*.
        skin: f64,
        /// What it would take at the widest dot.
        needs: PerSquareMetre,
        /// The widest dot allowed.
        diameter: Metres,
        /// What is allowed.
        most: PerSquareMetre,
        /// Darkest L* inside the bounds.
        reachable: f64,
    },
    /// No stipple inside the bounds is so faint.
    #[error(
        "L* {wanted:.1} on skin of {skin:.1} is fainter than {least} of {diameter} in the lightest ink, L* {reachable:.1}: ask for more, or allow sparser dots"
    )]
    TooFaint {
        /// Wanted L*.
        wanted: f64,
        /// Of the skin, L*.
        skin: f64,
        /// Sparsest allowed.
        least: PerSquareMetre,
        /// The finest dot allowed.
        diameter: Metres,
        /// Lightest L* inside the bounds.
        reachable: f64,
    },
    /// The sides and the back of the head are only filled where hair lacks, which no table knows.
    #[error("the {zone} is only filled where hair lacks; say how many dots per area that is")]
    NoNaturalDensity {
        /// Which.
        zone: Zone,
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
