//! Why a registration was refused: numbers and a way out.

use std::fmt;

use frames::{Head, Metres, Point};

use super::Loose;
use crate::Landmark;

/// Why a registration was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegisterError {
    /// A rigid motion needs three.
    #[error("{given} landmarks were touched, at least {least} are needed; touch {} more of nasion, inion, \
        left_preauricular, right_preauricular", least - given)]
    TooFewLandmarks {
        /// How many.
        given: usize,
        /// How many there must be.
        least: usize,
    },
    /// Few points hold a head worse than none seems to.
    #[error(
        "{given} points were probed, at least {least} are needed, 20 spread over the head are good; probe more, \
        or none to rest on the landmarks alone"
    )]
    TooFewPoints {
        /// How many.
        given: usize,
        /// How many there must be.
        least: usize,
    },
    /// Not a place, or not a noise.
    #[error("landmark {landmark}: a coordinate is not finite, or its noise ({sigma}) is not above 0; touch it again")]
    UnusableLandmark {
        /// Which.
        landmark: Landmark,
        /// As given.
        sigma: Metres,
    },
    /// Not a place, or not a noise.
    #[error("probed point {}: a coordinate is not finite, or its noise ({sigma}) is not above 0; probe it again",
        index + 1)]
    UnusablePoint {
        /// Counted from 0.
        index: usize,
        /// As given.
        sigma: Metres,
    },
    /// One name, two places.
    #[error("landmark {landmark} was touched twice; keep one of the two")]
    NamedTwice {
        /// Which.
        landmark: Landmark,
    },
    /// A turn about the line would be free.
    #[error(
        "the touched landmarks lie nearly on one line ({width} wide, at least {least}); touch one that lies \
        off it"
    )]
    Collinear {
        /// Rms, across their longest direction.
        width: Metres,
        /// What it must be.
        least: Metres,
    },
    /// Another unit, or other places.
    #[error("the touched landmarks span {ratio:.3} of what the scan's do; {}", unit_advice(*ratio))]
    LandmarkScale {
        /// Touched over scanned.
        ratio: f64,
    },
    /// Names exchanged: with the names put right, everything fits.
    #[error(
        "the touches do not fit as they are named, but do where {}; give them their right names",
        Assigned::list(is)
    )]
    Swapped {
        /// Only those that were wrong.
        is: Vec<Assigned>,
    },
    /// The touched landmarks are not the scan's.
    #[error(
        "the landmarks do not fit: off by {fre} rms, at most {most} with their noise, {worst} by {worst_off}; touch \
        {worst} again, or correct it in the scan, or give the landmarks' true noise"
    )]
    LandmarksDisagree {
        /// Rms.
        fre: Metres,
        /// What noise would explain.
        most: Metres,
        /// Furthest off.
        worst: Landmark,
        /// By this.
        worst_off: Metres,
    },
    /// The points fit no better than those of another head would.
    #[error("the probed points are not on this head: {rms} rms off, {scale:.1} times their noise, at most {most:.1}; {}",
        other_head_advice(*radius))]
    NotThisHead {
        /// Rms distance from the surface at the best pose.
        rms: Metres,
        /// How far outside the surface all of them alike lie, if that explains them; inside is negative.
        radius: Option<Metres>,
        /// Over the declared noise.
        scale: f64,
        /// What it may be.
        most: f64,
    },
    /// In another unit they would be on the head.
    #[error(
        "the probed points are not near the head where the landmarks say it is; they look like {unit}: give them in \
        millimetres"
    )]
    PointScale {
        /// The unit in which the points would lie on the head.
        unit: &'static str,
    },
    /// The rest is no longer trusted.
    #[error(
        "{rejected} of {of} probed points are off the surface ({over_border} of them where the scan has a hole), at \
        most a third may be; probe bare skin above the ears, away from hair, ears and neck"
    )]
    TooManyOutliers {
        /// How many, all reasons.
        rejected: usize,
        /// Nearest to an open border.
        over_border: usize,
        /// Of how many.
        of: usize,
    },
    /// Two poses explain the touches.
    #[error(
        "two poses {apart} apart fit the touches{}; probe where the head is not symmetric: brow, nose, behind \
        the ears",
        with(other)
    )]
    Ambiguous {
        /// Rms distance of the probed points, or of the landmarks, between the two.
        apart: Metres,
        /// How the names would have to be read for the other one; empty: as they are.
        other: Vec<Assigned>,
    },
    /// The pose is not known well enough.
    #[error("zone {zone} is expected to be off by {rms} rms, the budget is {budget}; {}", loose_advice(loose.as_ref(), touch, *then))]
    OverBudget {
        /// The worst.
        zone: String,
        /// Expected there.
        rms: Metres,
        /// What is allowed.
        budget: Metres,
        /// The motion that is held least.
        loose: Option<Loose>,
        /// Where further touches would hold it.
        touch: Vec<Point<Head>>,
        /// What would be expected after them.
        then: Metres,
    },
}

/// A landmark under a wrong name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// As it was named.
    pub named: Landmark,
    /// What it is.
    pub is: Landmark,
}

impl Assigned {
    fn list(all: &[Self]) -> String {
        if let [a, b] = all
            && a.named == b.is
            && a.is == b.named
        {
            return format!("{} and {} change places", a.named, b.named);
        }
        let each: Vec<String> = all.iter().map(|a| format!("{} is {}", a.named, a.is)).collect();
        each.join(", ")
    }
}

fn with(other: &[Assigned]) -> String {
    if other.is_empty() { String::new() } else { format!(", the other one where {}", Assigned::list(other)) }
}

fn unit_advice(ratio: f64) -> String {
    let units = [("metres", 1e-3), ("centimetres", 0.1), ("inches", 1.0 / 25.4), ("micrometres", 1e3)];
    units.iter().find(|(_, r)| (ratio / r).ln().abs() < 0.3).map_or_else(
        || "touch them again, or correct them in the scan".to_owned(),
        |(name, _)| format!("they look like {name}; give them in millimetres"),
    )
}

fn other_head_advice(radius: Option<Metres>) -> String {
    match radius {
        Some(r) if r > Metres::ZERO => format!("they all lie about {r} outside; take the probe's radius off"),
        Some(r) => format!("they all lie about {} inside; was the probe's radius taken off twice?", -r),
        None => "is the scan this head's, and the noise the touch's?".to_owned(),
    }
}

fn loose_advice(loose: Option<&Loose>, touch: &[Point<Head>], then: Metres) -> String {
    let mut text = String::new();
    if let Some(loose) = loose {
        text += &format!("{} is held least ({}); ", loose.motion, loose.by);
    }
    let places: Vec<String> = touch
        .iter()
        .map(|p| {
            let [x, y, z] = p.coords.coords.data.0[0].map(|c| c * 1e3);
            format!("[{x:.0}, {y:.0}, {z:.0}]")
        })
        .collect();
    if !places.is_empty() {
        text += &format!("touch the head near {} (mm, head's frame) for {then}, ", places.join(" "));
    }
    text + "or raise the budget"
}

impl fmt::Display for Assigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.named, self.is)
    }
}
