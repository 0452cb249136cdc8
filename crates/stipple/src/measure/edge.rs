//! The edge of the wanted area, and the density beside it: stipple.md 1.3, edge profile.
//!
//! In: pieces. Out: points on the edge (where the density ends, and the surface's own border), 0.05 mm apart.

use nalgebra::Vector3;
use rayon::prelude::*;

use super::Dots;
use super::metrics::{Edge, Strip};
use super::quadrature::Quadrature;
use crate::grid::Grid;
use crate::sheet::{Piece, Probe, spacing};

/// Between points on an edge, metres: a dot 0.1 mm from it is found 0.003 mm too far.
const STEP: f64 = 0.05e-3;
/// Fewer wanted dots than this beside the edge make no figure.
const FEWEST: f64 = 20.0;
/// Ends of the strips, in mean h.
const STRIPS: [f64; 10] = [0.0, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0];

/// Points on the edge.
pub(super) struct Border {
    grid: Option<Grid>,
}

impl Border {
    pub(super) fn new(probe: &Probe<'_>, pieces: &[Piece]) -> Self {
        let of_piece = |piece: &Piece| {
            let mut points = Vec::new();
            where_density_ends(probe, piece, &mut points);
            surface_border(probe, piece, &mut points);
            points
        };
        let points: Vec<(Vector3<f64>, f64)> = pieces.par_iter().flat_map_iter(of_piece).collect();
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

/// Between a corner with and a corner without density, halved until it does not matter; a line joins the two places where
/// it ends.
fn where_density_ends(probe: &Probe<'_>, piece: &Piece, points: &mut Vec<(Vector3<f64>, f64)>) {
    if piece.ceiling.is_none() {
        return;
    }
    let wanted = |bary: [f64; 3]| probe.level(piece.face, bary).density > 0.0;
    let mut ends = Vec::with_capacity(2);
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
        ends.push(probe.surface.at(piece.face, inside).coords.coords);
    }
    if let [p, q] = ends[..] {
        along(&p, &q, points);
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
            along(&p, &q, points);
        }
    }
}

fn along(p: &Vector3<f64>, q: &Vector3<f64>, points: &mut Vec<(Vector3<f64>, f64)>) {
    let steps = ((q - p).norm() / STEP).ceil().max(1.0);
    points.extend((0..=steps as usize).map(|j| (p + (q - p) * (j as f64 / steps), 1e-3)));
}

fn mean_spacing(quadrature: &Quadrature) -> f64 {
    spacing(quadrature.dots as f64 / quadrature.total_area)
}

/// The headline only: dots over wanted dots within two mean spacings of the edge.
pub(super) fn first_two(quadrature: &Quadrature, dots: &Dots, border: &Border) -> Option<Edge> {
    border.grid.as_ref()?;
    let mean = mean_spacing(quadrature);
    let beside = |p: &Vector3<f64>| !border.farther_than(p, 2.0 * mean);
    let wanted: Vec<bool> = quadrature.at.par_iter().map(beside).collect();
    let wanted: f64 = wanted.iter().enumerate().filter(|(_, w)| **w).map(|(k, _)| quadrature.mass(k)).sum();
    let count = dots.at.iter().filter(|p| beside(p)).count();
    let first_two = (wanted >= FEWEST).then(|| count as f64 / wanted);
    Some(Edge { strips: Vec::new(), first_eighth: None, first_two })
}

/// The whole profile.
pub(super) fn edge(quadrature: &Quadrature, dots: &Dots, border: &Border) -> Option<Edge> {
    let grid = border.grid.as_ref()?;
    let mean = mean_spacing(quadrature);
    let reach = STRIPS[STRIPS.len() - 1] * mean;
    let strip_of = |p: &Vector3<f64>| {
        let (_, d2) = grid.nearest(p, mean, reach)?;
        let x = f64::from(d2).sqrt() / mean;
        STRIPS.windows(2).position(|w| x >= w[0] && x < w[1])
    };
    let mut strips: Vec<Strip> =
        STRIPS.windows(2).map(|w| Strip { from_h: w[0], to_h: w[1], dots: 0, wanted: 0.0 }).collect();
    let places: Vec<Option<usize>> = quadrature.at.par_iter().map(strip_of).collect();
    for (k, strip) in places.iter().enumerate() {
        if let Some(strip) = strip {
            strips[*strip].wanted += quadrature.mass(k);
        }
    }
    for p in &dots.at {
        if let Some(strip) = strip_of(p) {
            strips[strip].dots += 1;
        }
    }
    let within = |to_h: f64| {
        let near = strips.iter().filter(|s| s.to_h <= to_h);
        let (count, wanted) = near.fold((0, 0.0), |(n, w), s| (n + s.dots, w + s.wanted));
        (wanted >= FEWEST).then(|| count as f64 / wanted)
    };
    Some(Edge { first_eighth: within(STRIPS[1]), first_two: within(2.0), strips })
}
