//! The target as a fine cloud of weighted points.
//!
//! In: pieces. Out: points along the Morton curve with their area and density, the integral scaled to the number of
//! dots. At most 0.1 mm² and 1/30 cell a point (stipple.md 1.3), and at most 1.5 million of them.

use frames::{Seed, unit};
use nalgebra::Vector3;
use rayon::prelude::*;

use crate::cloud::stage;
use crate::sheet::{Piece, Probe};

const FINEST: f64 = 0.1e-6;
const PER_CELL: f64 = 30.0;
const MOST: f64 = 1.5e6;
/// Cuts of a piece's edge, at most.
const MOST_CUTS: usize = 64;

pub(super) struct Quadrature {
    pub(super) at: Vec<Vector3<f64>>,
    /// m².
    pub(super) area: Vec<f64>,
    /// Scaled target, 1/m².
    pub(super) density: Vec<f64>,
    /// m², where anything is wanted.
    pub(super) total_area: f64,
    /// Scaled target over the fields' own density.
    pub(super) scale: f64,
    pub(super) dots: usize,
}

struct Node {
    at: Vector3<f64>,
    area: f64,
    density: f64,
}

impl Quadrature {
    pub(super) fn new(probe: &Probe<'_>, pieces: &[Piece], dots: usize) -> Self {
        let corners = |p: &Piece| p.corner.map(|c| probe.surface.at(p.face, c).coords.coords);
        let area_of = |p: &Piece| {
            let [a, b, c] = corners(p);
            0.5 * (b - a).cross(&(c - a)).norm()
        };
        let total: f64 = pieces.iter().map(area_of).sum();
        let cell = FINEST.min(total / dots as f64 / PER_CELL).max(total / MOST);
        let nodes: Vec<Node> = pieces
            .par_iter()
            .flat_map_iter(|piece| {
                let [a, b, c] = corners(piece);
                let edge = (b - a).norm().max((c - b).norm()).max((a - c).norm());
                let area = area_of(piece);
                // The second bound is for slivers.
                let cuts = (area / cell).sqrt().max(edge / (4.0 * cell.sqrt())).ceil().max(1.0);
                let cuts = (cuts as usize).min(MOST_CUTS);
                centroids(cuts).filter_map(move |weights| {
                    let bary = piece.bary(weights);
                    let density = probe.level(piece.face, bary).even();
                    let at = probe.surface.at(piece.face, bary).coords.coords;
                    (density > 0.0).then_some(Node { at, area: area / (cuts * cuts) as f64, density })
                })
            })
            .collect();
        let mass: f64 = nodes.iter().map(|n| n.area * n.density).sum();
        let scale = dots as f64 / mass;
        Self {
            total_area: nodes.iter().map(|n| n.area).sum(),
            at: nodes.iter().map(|n| n.at).collect(),
            area: nodes.iter().map(|n| n.area).collect(),
            density: nodes.iter().map(|n| n.density * scale).collect(),
            scale,
            dots,
        }
    }

    pub(super) fn mass(&self, k: usize) -> f64 {
        self.area[k] * self.density[k]
    }

    /// Indices of `count` points spread evenly over the sum of `weight`, one in each stratum along the curve.
    pub(super) fn spread(&self, count: usize, weight: impl Fn(usize) -> f64, offset: u64) -> Vec<usize> {
        let total: f64 = (0..self.at.len()).map(&weight).sum();
        let mut out = Vec::with_capacity(count);
        let (mut below, mut k) = (0.0, 0);
        for j in 0..count as u64 {
            let u = (j as f64 + unit(Seed(1), stage::MEASURE + offset, j)) / count as f64 * total;
            while k + 1 < self.at.len() && below + weight(k) <= u {
                below += weight(k);
                k += 1;
            }
            out.push(k);
        }
        out
    }
}

/// Weights of the centroids of `cuts`² equal parts of a triangle.
pub(super) fn centroids(cuts: usize) -> impl Iterator<Item = [f64; 3]> {
    (0..cuts).flat_map(move |i| {
        (0..cuts - i).flat_map(move |j| {
            let parts = if j + 1 < cuts - i { 1..=2 } else { 1..=1 };
            parts.map(move |third| {
                let third = third as f64 / 3.0;
                let (u, w) = ((i as f64 + third) / cuts as f64, (j as f64 + third) / cuts as f64);
                [1.0 - u - w, u, w]
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_once() {
        for cuts in 1..5 {
            let all: Vec<[f64; 3]> = centroids(cuts).collect();
            assert_eq!(all.len(), cuts * cuts);
            let mean: f64 = all.iter().map(|w| w[1]).sum::<f64>() / all.len() as f64;
            assert!((mean - 1.0 / 3.0).abs() < 1e-12, "{cuts}: {mean}");
        }
    }
}
