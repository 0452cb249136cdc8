//! What is believed before any dot: the published table, and how far people lie from it.
//!
//! In: the zone's facts by presets. Out: mean and standard deviation of the logarithm of each quantity. Absent: dots.

use crate::fit::{Theta, model};
use crate::{SIDE_LIGHT_SPREAD, ZoneFacts};

/// Standard deviations of the logarithms.
/// - Epidermis: 14.4 of 65.9 um (skin.md 1.2, S21 A).
/// - Stiffness: the published 0.3-1.8 N/mm are two of them to either side of 0.8 (skin.md 3.1 E).
/// - Hole: the clinics' 90-150 um are two to either side of half of 0.25 mm (skin.md 1.1, T3, S7 B).
/// - Spread and blur: nothing is published; a factor of two is two of them (E).
/// - Side light: see [`SIDE_LIGHT_SPREAD`].
const SPREAD: [f64; 6] = [0.22, 0.45, 0.13, 0.35, 0.35, SIDE_LIGHT_SPREAD];

/// Gaussian in the logarithms, which keeps every quantity positive.
pub(super) struct Prior {
    pub(super) mean: Theta,
    pub(super) sd: Theta,
}

impl Prior {
    pub(super) fn of(facts: &ZoneFacts) -> Self {
        Self { mean: model::theta_of(facts), sd: Theta::from(SPREAD) }
    }
}
