//! A band on both sides of an open line: a line scar, a parting.
//!
//! In: a curve on the skin, widths in metres. Out: a fraction of the full density: 1 inside the band, fading beyond both
//! edges, tapering to nothing at both ends.

use nalgebra::Vector3;

use crate::curve::Curve;
use crate::noise::smoothstep;

/// A band.
#[derive(Debug, Clone)]
pub(crate) struct Band {
    pub(crate) curve: Curve,
    /// Half the width of the full band.
    pub(crate) half: f64,
    /// Beyond each edge.
    pub(crate) feather: f64,
    /// Over this length at each end the band narrows to nothing.
    pub(crate) taper: f64,
}

impl Band {
    pub(super) fn reach(&self) -> f64 {
        self.half + self.feather
    }

    pub(super) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        let Some(foot) = self.curve.nearest_along(p, normal, self.reach()) else { return 0.0 };
        let ends = foot.arc.min(self.curve.length() - foot.arc);
        let edge = smoothstep(ends / self.taper) * self.reach() - foot.signed.abs();
        smoothstep(edge / self.feather) * super::same_sheet(foot.normal.dot(normal))
    }

    /// Behind either long edge, away from the ends.
    pub(super) fn behind_edge(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<f64> {
        let foot = self.curve.nearest_along(p, normal, self.reach())?;
        let ends = foot.arc.min(self.curve.length() - foot.arc);
        let plain = ends >= self.taper && super::same_sheet(foot.normal.dot(normal)) >= 1.0;
        plain.then(|| self.reach() - foot.signed.abs())
    }
}
