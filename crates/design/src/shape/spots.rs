//! Dot scars: small round spots, and the skin between them.
//!
//! In: the spots, lengths in metres. Out: a fraction of the full density: 1 on a spot, a little less between spots, fading
//! where no spot is near. A function of the distance to the nearest spot alone, so it has no jumps.
//! Source: skin.md 1.11: "a cluster of small dots over each spot and between them".

use nalgebra::Vector3;

use crate::noise::smoothstep;
use crate::points::Points;

/// Density between spots over that on a spot: skin.md 1.3 gives scars 1.0 to 1.2 of the surroundings; the ends of that
/// range are taken for the two (E).
const BETWEEN: f64 = 1.0 / 1.2;
/// Two spots belong together when no place between them is farther than this from both, metres (E).
const LINK: f64 = 3e-3;

/// Dot scars.
#[derive(Debug, Clone)]
pub(crate) struct Spots {
    pub(crate) spots: Points,
    pub(crate) radius: f64,
    /// Beyond the outermost spots.
    pub(crate) feather: f64,
}

impl Spots {
    fn reach(&self) -> f64 {
        self.radius + LINK + self.feather
    }

    pub(super) fn fraction(&self, p: &Vector3<f64>) -> f64 {
        let Some(distance) = self.spots.nearest(p, self.reach()) else { return 0.0 };
        let beyond = distance - self.radius;
        let bump = BETWEEN + (1.0 - BETWEEN) * smoothstep(1.0 - beyond / self.radius);
        bump * smoothstep((self.reach() - distance) / self.feather)
    }

    pub(super) fn touches(&self, centre: &Vector3<f64>, radius: f64) -> bool {
        self.spots.nearest(centre, self.reach() + radius).is_some()
    }
}
