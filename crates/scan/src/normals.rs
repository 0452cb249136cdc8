//! Smoothed normals: facet noise out, shape kept. `stipple.md` 12.3.
//!
//! In: a mesh. Out: at each vertex the mean normal over a radius R, by diffusion of area-weighted vertex normals.
//! Absent: any moved vertex.
//!
//! A half-step `x <- (1 - a) x + a mean(neighbours)` spreads by `a edge^2`; R needs a spread of `(R/2)^2` in all. The
//! source uses a = 0.5 for one edge length; here a falls with the square of the local edge, so that R is the same where
//! the mesh is coarse, and a mesh coarser than R is hardly smoothed at all.

use frames::{Dir, Head, Point};
use nalgebra::Vector3;
use rayon::prelude::*;

use crate::rings::Rings;

/// For areas and dot density, metres.
pub(crate) const AREA_RADIUS: f64 = 3e-3;
/// For the needle's axis, metres.
pub(crate) const AXIS_RADIUS: f64 = 5e-3;
/// Most steps: a mesh finer than 0.16 mm gets a smaller radius rather than minutes.
const MOST_STEPS: usize = 256;
/// Half-steps on the copy of the vertices that edges are measured on: they leave a tenth of the noise's variance.
const CALMING_STEPS: usize = 3;

pub(crate) struct Smoothed {
    pub(crate) area: Vec<Dir<Head>>,
    pub(crate) axis: Vec<Dir<Head>>,
}

/// Normals over [`AREA_RADIUS`] and [`AXIS_RADIUS`]; the second goes on from the first.
pub(crate) fn smooth(vertices: &[Point<Head>], faces: &[[u32; 3]], rings: &Rings) -> Smoothed {
    let raw = vertex_normals(vertices, faces);
    let ring = Ring::new(vertices, rings);
    let area = ring.spread(raw.clone(), AREA_RADIUS * AREA_RADIUS / 4.0);
    let more = (AXIS_RADIUS * AXIS_RADIUS - AREA_RADIUS * AREA_RADIUS) / 4.0;
    let axis = ring.spread(area.clone(), more);
    Smoothed { area: units(&area, &raw), axis: units(&axis, &raw) }
}

/// Sums of the face normals, each twice its face's area long.
pub(crate) fn vertex_normals(vertices: &[Point<Head>], faces: &[[u32; 3]]) -> Vec<Vector3<f64>> {
    let mut sums = vec![Vector3::zeros(); vertices.len()];
    for face in faces {
        let [a, b, c] = face.map(|v| vertices[v as usize].coords);
        let n = (b - a).cross(&(c - a));
        for v in face {
            sums[*v as usize] += n;
        }
    }
    sums
}

/// Where opposite sheets cancel, the unsmoothed normal; where that is nothing too (no face is degenerate, so only
/// folded paper), up.
fn units(smoothed: &[Vector3<f64>], raw: &[Vector3<f64>]) -> Vec<Dir<Head>> {
    let unit = |(s, r): (&Vector3<f64>, &Vector3<f64>)| {
        let cancelled = s.norm() < 1e-6 * r.norm();
        let first = if cancelled { r } else { s };
        Dir::try_from_vector(*first).or_else(|| Dir::try_from_vector(*r)).unwrap_or(Dir::Z)
    };
    smoothed.iter().zip(raw).map(unit).collect()
}

/// Neighbours of each vertex and how far they are.
struct Ring<'a> {
    rings: &'a Rings,
    /// Mean squared length of the edges at a vertex, m².
    square: Vec<f64>,
    /// The same for the mesh: its lower fifth, so that a finer region is not starved of steps.
    typical: f64,
}

impl<'a> Ring<'a> {
    fn new(vertices: &[Point<Head>], rings: &'a Rings) -> Self {
        let mut ring = Self { rings, square: Vec::new(), typical: 0.0 };
        // Noise lengthens edges; measured on a calmer copy they are those of the skin.
        let mut calm: Vec<Vector3<f64>> = vertices.iter().map(|p| p.coords.coords).collect();
        for _ in 0..CALMING_STEPS {
            calm = ring.step(&calm, |_| 0.5);
        }
        ring.square = (0..vertices.len())
            .into_par_iter()
            .with_min_len(4096)
            .map(|v| {
                let own = ring.of(v);
                let sum: f64 = own.iter().map(|n| (calm[*n as usize] - calm[v]).norm_squared()).sum();
                sum / own.len().max(1) as f64
            })
            .collect();
        let mut sorted: Vec<f64> = ring.square.iter().copied().filter(|s| *s > 0.0).collect();
        if !sorted.is_empty() {
            let fifth = sorted.len() / 5;
            ring.typical = *sorted.select_nth_unstable_by(fifth, f64::total_cmp).1;
        }
        ring
    }

    fn of(&self, vertex: usize) -> &[u32] {
        self.rings.of(vertex)
    }

    /// Diffuses until the spread is `wanted`, m².
    fn spread(&self, mut x: Vec<Vector3<f64>>, wanted: f64) -> Vec<Vector3<f64>> {
        if self.typical <= 0.0 {
            return x;
        }
        let steps = ((wanted / (0.5 * self.typical)).ceil() as usize).clamp(1, MOST_STEPS);
        let share: Vec<f64> =
            self.square.iter().map(|s| (wanted / (steps as f64 * s.max(f64::MIN_POSITIVE))).min(0.5)).collect();
        for _ in 0..steps {
            x = self.step(&x, |v| share[v]);
        }
        x
    }

    /// One half-step, `share` of it from the neighbours.
    fn step(&self, x: &[Vector3<f64>], share: impl Fn(usize) -> f64 + Sync) -> Vec<Vector3<f64>> {
        let one = |v: usize| {
            let own = self.of(v);
            let sum: Vector3<f64> = own.iter().map(|n| x[*n as usize]).sum();
            // Every vertex of a surface has neighbours.
            x[v] * (1.0 - share(v)) + sum * (share(v) / own.len().max(1) as f64)
        };
        (0..x.len()).into_par_iter().with_min_len(4096).map(one).collect()
    }
}
