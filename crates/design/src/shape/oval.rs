//! A disc or an oval on the skin, with a feathered edge: the crown.
//!
//! In: middle, axes, half axes in metres along the skin. Out: a fraction of the full density.

use nalgebra::Vector3;

use crate::along::stretch;
use crate::noise::smoothstep;

/// An oval.
#[derive(Debug, Clone)]
pub(crate) struct Oval {
    pub(crate) middle: Vector3<f64>,
    /// Outward at the middle.
    pub(crate) facing: Vector3<f64>,
    /// Tangent at the middle, unit length, square to each other.
    pub(crate) axes: [Vector3<f64>; 2],
    /// Half axes along them.
    pub(crate) half: [f64; 2],
    /// Inside the edge, along the shorter axis.
    pub(crate) feather: f64,
}

impl Oval {
    pub(super) fn reach(&self) -> f64 {
        self.half[0].max(self.half[1])
    }

    pub(super) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        self.inside(p, normal).map_or(0.0, |d| smoothstep(d / self.feather) * self.sheet(normal))
    }

    /// Distance inside the edge, along the shorter axis; `None` beyond reach or on another sheet.
    pub(super) fn inside(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<f64> {
        let away = p - self.middle;
        let chord = away.norm();
        if chord >= self.reach() || self.sheet(normal) <= 0.0 {
            return None;
        }
        let way = chord * stretch(&self.middle, &self.facing, p, normal);
        let (a, b) = (away.dot(&self.axes[0]), away.dot(&self.axes[1]));
        // The azimuth in the tangent plane, the length of the way.
        let flat = a.hypot(b).max(1e-12);
        let out = way / flat * (a / self.half[0]).hypot(b / self.half[1]);
        Some((1.0 - out) * self.half[0].min(self.half[1]))
    }

    fn sheet(&self, normal: &Vector3<f64>) -> f64 {
        super::same_sheet(self.facing.dot(normal) + 0.2)
    }
}
