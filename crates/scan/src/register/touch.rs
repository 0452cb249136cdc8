//! Hints for people: which unit would make the points a head, which radius of the probe, and where one more touch would
//! tell most.
//!
//! In: touches, a pose and what it rests on. Out: a unit, a length, or places on the head.

use frames::{Head, Metres, Point};
use nalgebra::{Matrix6, Vector3};

use super::icp::{Data, Seen, Touch};
use super::landmarks;
use super::normal::{Normal, Twist, row};
use super::uncertainty::Uncertainty;
use crate::Surface;

/// Units that are mistaken for millimetres, and how many of them a millimetre is taken for.
const UNITS: [(&str, f64); 4] = [("metres", 1000.0), ("centimetres", 10.0), ("inches", 25.4), ("micrometres", 1e-3)];
/// Median distance to the surface below which points are a head's, metres. Wrong by a factor they are decimetres off.
const NEAR: f64 = 0.02;

/// The unit in which the points would lie near the surface, where they do not as they are.
pub(super) fn unit_guess(data: &Data<'_>) -> Option<&'static str> {
    // The valley may be anywhere with points of another unit: the landmarks alone say where the head is.
    let start = landmarks::fit(data.pairs).0;
    let near = |factor: f64| {
        let mut off: Vec<f64> =
            data.touches.iter().map(|t| data.see(&Touch { base: t.base * factor, ..*t }, &start).distance).collect();
        off.sort_by(f64::total_cmp);
        off[off.len() / 2] < NEAR
    };
    if near(1.0) { None } else { UNITS.iter().find(|(_, factor)| near(*factor)).map(|(name, _)| *name) }
}

/// A probe's radius that explains at least this part of the mean square residual.
const EXPLAINS: f64 = 0.7;

/// How far outside the surface all points alike would have to lie for most of their residuals to vanish; inside is
/// negative. A shift common to all points is partly taken up by the pose, so their mean alone does not show it.
pub(super) fn radius_guess(data: &Data<'_>, seen: &[(&Touch, &Seen)]) -> Option<Metres> {
    let centre = data.centre();
    let outward = |s: &Seen| if s.outside(data.surface) { 1.0 } else { -1.0 };
    let row_of = |s: &Seen| row(&(s.at - centre), &(s.along * outward(s)));
    // One for every point, and what is left of it when the best motion is taken off: Frisch, Waugh and Lovell.
    let mut ones = Normal::new();
    seen.iter().for_each(|(_, s)| ones.add(&row_of(s), 1.0, 1.0));
    let motion = ones.solve()?;
    let left = |s: &Seen| 1.0 + row_of(s).dot(&motion);
    let sum = |of: &dyn Fn(&Seen) -> f64| seen.iter().map(|(_, s)| of(s)).sum::<f64>();
    let own = sum(&|s| left(s).powi(2));
    let radius = sum(&|s| left(s) * s.distance * outward(s)) / own;
    let explained = radius.powi(2) * own / sum(&|s| s.distance.powi(2));
    (explained > EXPLAINS).then_some(Metres::new(radius))
}

/// How many places are looked at.
const LOOK: usize = 600;
/// How many are named.
const NAME: usize = 3;
/// Below the landmarks' plane lies the neck, which moves against the skull.
const LOWEST: f64 = -0.02;

/// Up to three places whose touch, with noise `sigma`, lessens the mean square error over `targets` most, one after the
/// other (the greedy A-optimal design of experiments), and the uncertainty after them.
pub(super) fn best(
    surface: &Surface,
    uncertainty: &Uncertainty,
    targets: &[Point<Head>],
    sigma: Metres,
) -> (Vec<Point<Head>>, Uncertainty) {
    let every = (surface.vertices().len() / LOOK).max(1);
    let centre = uncertainty.centre.coords.coords;
    let candidates: Vec<(Point<Head>, Twist)> = (0..surface.vertices().len())
        .step_by(every)
        .filter(|k| surface.vertices()[*k].coords.z > LOWEST)
        .map(|k| {
            let at = surface.vertices()[k];
            let normal: Vector3<f64> = surface.vertex_normals()[k].get().into_inner();
            (at, row(&(at.coords.coords - centre), &normal))
        })
        .collect();
    let cost = uncertainty.cost(targets);
    let mut covariance: Matrix6<f64> = uncertainty.covariance;
    let mut named = Vec::new();
    for _ in 0..NAME {
        let mut most = (0.0, None);
        for (at, row) in &candidates {
            let spread = covariance * row;
            let gain = (spread.transpose() * cost * spread)[0] / (sigma.get().powi(2) + row.dot(&spread));
            if gain > most.0 {
                most = (gain, Some((*at, *row)));
            }
        }
        let Some((at, row)) = most.1 else { break };
        let spread = covariance * row;
        // Sherman and Morrison (1950): one row more.
        covariance -= spread * spread.transpose() / (sigma.get().powi(2) + row.dot(&spread));
        named.push(at);
    }
    (named, Uncertainty { covariance, ..*uncertainty })
}
