//! The inside of a closed loop, with a feathered edge.
//!
//! In: a closed curve on the skin. Out: how far inside it a place lies.

use nalgebra::Vector3;

use crate::curve::Curve;
use crate::noise::smoothstep;

/// The inside of a loop.
#[derive(Debug, Clone)]
pub(crate) struct Loop {
    pub(crate) curve: Curve,
    pub(crate) feather: f64,
    pub(crate) middle: Vector3<f64>,
    /// Outward, over the middle of the loop.
    pub(crate) facing: Vector3<f64>,
    /// Everything inside is nearer to the middle than this.
    pub(crate) radius: f64,
}

impl Loop {
    /// Distance inside the loop; `None` far away or on another sheet. Negative outside.
    pub(crate) fn inside(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<f64> {
        if (p - self.middle).norm() > self.radius || self.sheet(normal) <= 0.0 {
            return None;
        }
        self.curve.nearest_along(p, normal, f64::MAX).map(|foot| foot.signed)
    }

    pub(super) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        self.inside(p, normal).map_or(0.0, |d| smoothstep(d / self.feather) * self.sheet(normal))
    }

    /// A loop may span much of the head, so its far side may face away from the middle, but not turn its back.
    fn sheet(&self, normal: &Vector3<f64>) -> f64 {
        super::same_sheet(self.facing.dot(normal) + 0.6)
    }
}
