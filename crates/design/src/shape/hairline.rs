//! A band behind an open line, soft and irregular in front.
//!
//! In: a curve on the skin, checked lengths in metres. Out: a fraction of the full density, 0 to 1. Only sums, products
//! and square roots (stipple.md section 10).

use frames::Seed;
use nalgebra::Vector3;

use crate::curve::{Curve, Foot};
use crate::noise::{along, mounds, smoothstep, solid};
use crate::shape::Profile;

/// Depth of the transition zone: 5 to 10 mm (skin.md 1.10 S83 B).
const TRANSITION: f64 = 10e-3;

/// A band behind a line.
#[derive(Debug, Clone)]
pub(crate) struct Hairline {
    pub(crate) curve: Curve,
    pub(crate) depth: f64,
    pub(crate) profile: Profile,
    pub(crate) feather: f64,
    pub(crate) wander: Wander,
}

/// Stage of the second octave of the micro scale; sentinels hold those before it.
const FINER: u64 = 6;

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
        let [(a1, _), (a2, _), (a3, _)] = self.scales;
        a1 + a2 + 1.5 * a3
    }

    /// Added to the signed distance: stipple.md 6.2, step 2, with mounds and gaps that take turns as the macro scale, and a
    /// second octave, half as high and half as long, under the micro scale: amplitude goes with length, hence 1/f (skin.md
    /// 1.10).
    pub(crate) fn at(&self, arc: f64, p: &Vector3<f64>) -> f64 {
        let [(a1, l1), (a2, l2), (a3, l3)] = self.scales;
        a1 * mounds(self.seed, self.stage, arc / l1)
            + a2 * along(self.seed, self.stage + 1, arc / l2)
            + a3 * solid(self.seed, self.stage + 2, [p.x / l3, p.y / l3, p.z / l3])
            + 0.5 * a3 * along(self.seed, self.stage + FINER, 2.0 * arc / l3)
    }
}

impl Hairline {
    pub(super) fn reach(&self) -> f64 {
        self.depth.max(self.wander.most())
    }

    /// Foot on the line, if near enough and on the same sheet of skin.
    pub(crate) fn foot(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<Foot> {
        self.curve.nearest_along(p, normal, self.reach()).filter(|foot| foot.normal.dot(normal) > 0.0)
    }

    pub(super) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        let Some(foot) = self.foot(p, normal) else { return 0.0 };
        let most = self.wander.most();
        if foot.signed <= -most {
            return 0.0;
        }
        let mut fraction = self.full(&foot);
        // Behind the ramp the line's wander no longer matters.
        if fraction > 0.0 && foot.signed - most < self.profile.width() {
            fraction *= self.profile.at(foot.signed + self.wander.at(foot.arc, p));
        }
        fraction
    }

    /// The band without its soft front: 0 at the line's ends and where the band ends behind it, 1 a feather away from both.
    fn full(&self, foot: &Foot) -> f64 {
        let ends = foot.arc.min(self.curve.length() - foot.arc);
        smoothstep(ends / self.feather) * smoothstep((self.depth - foot.signed) / self.feather)
    }

    /// How much of a place the band keeps for itself, its soft front included.
    pub(super) fn held(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        self.foot(p, normal).map_or(0.0, |foot| self.full(&foot))
    }

    /// Behind the wandering line, away from the fades at its ends and at its back.
    pub(super) fn behind_edge(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<f64> {
        let foot = self.foot(p, normal)?;
        (self.full(&foot) >= 1.0).then(|| foot.signed + self.wander.at(foot.arc, p))
    }

    /// 0 at the wandering line and ahead of it, 1 from the end of the transition zone on.
    pub(super) fn behind(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        let Some(foot) = self.curve.nearest_along(p, normal, self.reach()) else { return 0.0 };
        ((foot.signed + self.wander.at(foot.arc, p)) / TRANSITION).clamp(0.0, 1.0)
    }
}
