//! One compiled zone or keep-out: density as a function of the place.
//!
//! In: a curve on the skin and checked numbers in SI. Out: a fraction of the full density, 0 to 1. Absent: sessions,
//! keep-outs winning over zones, the scalp's border; `fields` puts those together. Only sums, products and square roots
//! (stipple.md section 10).

mod hairline;
mod patch;

use frames::{Metres, Penetration};
use nalgebra::Vector3;

use crate::noise::smoothstep;

pub(crate) use hairline::{Hairline, Wander};
pub(crate) use patch::Loop;

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
