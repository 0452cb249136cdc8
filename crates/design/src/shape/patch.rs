//! The inside of a closed loop, with a feathered edge.
//!
//! In: a closed curve on the skin. Out: how far inside it a place lies.

use nalgebra::Vector3;

use crate::curve::Curve;

/// The inside of a loop. Inside is where `middle` is.
#[derive(Debug, Clone)]
pub(crate) struct Loop {
    pub(crate) curve: Curve,
    pub(crate) feather: f64,
    pub(crate) middle: Vector3<f64>,
    /// Outward normal at the middle.
    pub(crate) facing: Vector3<f64>,
    /// Everything inside is nearer to the middle than this.
    pub(crate) radius: f64,
}

impl Loop {
    /// Distance inside the loop; `None` far away or on another sheet. Negative outside.
    pub(crate) fn inside(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<f64> {
        // A loop may span much of the head, so its far side may face away from the middle, but not turn its back.
        if (p - self.middle).norm() > self.radius || self.facing.dot(normal) < -0.5 {
            return None;
        }
        self.curve.nearest(p, f64::MAX).map(|foot| foot.signed)
    }
}
