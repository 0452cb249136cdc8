//! A band behind an open line, soft and irregular in front.
//!
//! In: a curve on the skin, checked lengths in metres. Out: a fraction of the full density, 0 to 1. Only sums, products
//! and square roots (stipple.md section 10).

use frames::Seed;
use nalgebra::Vector3;

use crate::curve::{Curve, Foot};
use crate::noise::{along, smoothstep, solid};

/// A band behind a line.
#[derive(Debug, Clone)]
pub(crate) struct Hairline {
    pub(crate) curve: Curve,
    pub(crate) depth: f64,
    pub(crate) ramp: f64,
    pub(crate) feather: f64,
    pub(crate) wander: Wander,
}

/// The irregularity of a hairline: amplitude and length of each scale, metres.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wander {
    pub(crate) seed: Seed,
    /// First of three.
    pub(crate) stage: u64,
    pub(crate) scales: [(f64, f64); 3],
}

impl Wander {
    /// No place is moved by more than this.
    pub(crate) fn most(&self) -> f64 {
        self.scales.iter().map(|s| s.0).sum()
    }

    /// Added to the signed distance: stipple.md 6.2, step 2.
    pub(crate) fn at(&self, arc: f64, p: &Vector3<f64>) -> f64 {
        let [(a1, l1), (a2, l2), (a3, l3)] = self.scales;
        a1 * along(self.seed, self.stage, arc / l1)
            + a2 * along(self.seed, self.stage + 1, arc / l2)
            + a3 * solid(self.seed, self.stage + 2, [p.x / l3, p.y / l3, p.z / l3])
    }
}

impl Hairline {
    pub(super) fn reach(&self) -> f64 {
        self.depth.max(self.wander.most())
    }

    /// Foot on the line, if near enough and on the same sheet of skin.
    pub(crate) fn foot(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<Foot> {
        self.curve.nearest(p, self.reach()).filter(|foot| foot.normal.dot(normal) > 0.0)
    }

    pub(super) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        let Some(foot) = self.foot(p, normal) else { return 0.0 };
        let most = self.wander.most();
        if foot.signed <= -most {
            return 0.0;
        }
        let ends = foot.arc.min(self.curve.length() - foot.arc);
        let mut fraction = smoothstep(ends / self.feather) * smoothstep((self.depth - foot.signed) / self.feather);
        // Behind the ramp the line's wander no longer matters.
        if fraction > 0.0 && foot.signed - most < self.ramp {
            fraction *= smoothstep((foot.signed + self.wander.at(foot.arc, p)) / self.ramp);
        }
        fraction
    }
}
