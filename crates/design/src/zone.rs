//! One compiled zone or keep-out: density as a function of the place.
//!
//! In: a curve on the skin and checked numbers in SI. Out: a fraction of the full density, 0 to 1. Absent: sessions,
//! keep-outs winning over zones, the scalp's border; `fields` puts those together. Only sums, products and square roots
//! (stipple.md section 10).

use frames::{Metres, Penetration, Seed};
use nalgebra::Vector3;

use crate::curve::{Curve, Foot};
use crate::noise::{along, smoothstep, solid};

/// Fractions below this are cut to zero; sentinels carry the tail (stipple.md 6.2, step 4).
const CUT: f64 = 0.015;

/// A zone, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) shape: Shape,
    /// This session's share included, 1/m².
    pub(crate) density: f64,
    pub(crate) skin: skin::Zone,
    pub(crate) window: [Penetration; 3],
    pub(crate) healed: Metres,
    pub(crate) shade: f64,
}

/// Where a zone is.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Hairline(Hairline),
    Fill(Loop),
}

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

impl Zone {
    /// Fraction of the full density.
    pub(crate) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        let fraction = match &self.shape {
            Shape::Hairline(line) => line.fraction(p, normal),
            Shape::Fill(patch) => patch.inside(p, normal).map_or(0.0, |d| smoothstep(d / patch.feather)),
        };
        if fraction < CUT { 0.0 } else { fraction }
    }

    /// False only if the zone surely leaves the ball alone.
    pub(crate) fn touches(&self, centre: &Vector3<f64>, radius: f64) -> bool {
        match &self.shape {
            Shape::Hairline(line) => line.curve.no_nearer_than(centre) <= line.reach() + radius,
            Shape::Fill(patch) => (centre - patch.middle).norm() <= patch.radius + radius,
        }
    }
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
    fn reach(&self) -> f64 {
        self.depth.max(self.wander.most())
    }

    /// Foot on the line, if near enough and on the same sheet of skin.
    pub(crate) fn foot(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<Foot> {
        self.curve.nearest(p, self.reach()).filter(|foot| foot.normal.dot(normal) > 0.0)
    }

    fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
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
