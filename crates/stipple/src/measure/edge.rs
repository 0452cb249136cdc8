//! The edge of the wanted area, and the density beside it: stipple.md 1.3, edge profile.
//!
//! In: pieces. Out: points on the edge (where the density ends, and the surface's own border), at most 0.25 mm apart.

use nalgebra::Vector3;

use super::Dots;
use super::quadrature::Quadrature;
use crate::grid::Grid;
use crate::sheet::{Piece, Probe, spacing};

/// Between points on a border, metres.
const STEP: f64 = 0.1e-3;
/// Fewer wanted dots than this beside the edge make no figure.
const FEWEST: f64 = 20.0;

/// Points on the edge.
pub(super) struct Border {
    grid: Option<Grid>,
}

impl Border {
    pub(super) fn new(probe: &Probe<'_>, pieces: &[Piece]) -> Self {
        let mut points: Vec<(Vector3<f64>, f64)> = Vec::new();
        for piece in pieces {
            where_density_ends(probe, piece, &mut points);
            surface_border(probe, piece, &mut points);
        }
        Self { grid: (!points.is_empty()).then(|| Grid::new(&points, 1.0)) }
    }

    pub(super) fn farther_than(&self, p: &Vector3<f64>, distance: f64) -> bool {
        self.grid.as_ref().is_none_or(|grid| {
            let mut clear = true;
            grid.within(p, distance, |_, _| clear = false);
            clear
        })
    }
}

/// Between a corner with and a corner without density, halved until it does not matter.
fn where_density_ends(probe: &Probe<'_>, piece: &Piece, points: &mut Vec<(Vector3<f64>, f64)>) {
    if piece.ceiling.is_none() {
        return;
    }
    let wanted = |bary: [f64; 3]| probe.level(piece.face, bary).density > 0.0;
    for k in 0..3 {
        let (mut inside, mut outside) = (piece.corner[k], piece.corner[(k + 1) % 3]);
        if wanted(inside) == wanted(outside) {
            continue;
        }
        if wanted(outside) {
            std::mem::swap(&mut inside, &mut outside);
        }
        for _ in 0..8 {
            let middle = [0, 1, 2].map(|j| 0.5 * (inside[j] + outside[j]));
            if wanted(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        points.push((probe.surface.at(piece.face, inside).coords.coords, 1e-3));
    }
}

fn surface_border(probe: &Probe<'_>, piece: &Piece, points: &mut Vec<(Vector3<f64>, f64)>) {
    for (edge, other) in probe.surface.neighbours(piece.face).iter().enumerate() {
        // The corner of the face opposite to this edge has no weight along it.
        let opposite = (edge + 2) % 3;
        if other.is_some() {
            continue;
        }
        for k in 0..3 {
            let (a, b) = (piece.corner[k], piece.corner[(k + 1) % 3]);
            if a[opposite] > 0.0 || b[opposite] > 0.0 {
                continue;
            }
            let [p, q] = [a, b].map(|c| probe.surface.at(piece.face, c).coords.coords);
            let steps = ((q - p).norm() / STEP).ceil().max(1.0);
            points.extend((0..=steps as usize).map(|j| (p + (q - p) * (j as f64 / steps), 1e-3)));
        }
    }
}

/// Dots over wanted dots within two mean spacings of the edge.
pub(super) fn first_two(quadrature: &Quadrature, dots: &Dots, border: &Border) -> Option<f64> {
    border.grid.as_ref()?;
    let mean = spacing(quadrature.dots as f64 / quadrature.total_area);
    let beside = |p: &Vector3<f64>| !border.farther_than(p, 2.0 * mean);
    let wanted: f64 = (0..quadrature.at.len()).filter(|&k| beside(&quadrature.at[k])).map(|k| quadrature.mass(k)).sum();
    (wanted >= FEWEST).then(|| dots.at.iter().filter(|p| beside(p)).count() as f64 / wanted)
}
