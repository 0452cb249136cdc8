//! Spikes, moved onto the skin around them. `stipple.md` 12.2, step 8.
//!
//! In: an oriented mesh. Out: the same mesh, a few vertices moved, and how many and how far. A spike is a vertex farther
//! from the quadric through its two rings of neighbours than four robust standard deviations (1.4826 MAD) of what those
//! neighbours themselves are off it, and than the rest of the scan is. It moves along the normal onto that quadric.
//! Never: moves a vertex of a border, or one that is off by less than [`FLOOR`] or [`SHARE`] of the edges around it, so
//! that a clean scan is not touched: ears and nostrils bend by less over an edge, or their neighbours bend as well.

use frames::{Head, Point};
use nalgebra::{Matrix6, Vector3, Vector6};
use rayon::prelude::*;

use crate::edges::NONE;
use crate::rings::Rings;
use crate::weld::sound;

/// How many robust standard deviations of the neighbours make a spike.
const SIGMAS: f64 = 4.0;
/// Standard deviation of a Gaussian over its median absolute deviation.
const SIGMA_OF_MAD: f64 = 1.4826;
/// Least height of a spike, metres: below, it is noise to the smoothed normals, and nothing to a needle's nose.
const FLOOR: f64 = 0.3e-3;
/// Least height over the mean edge around. The sharpest places of the clean test heads (the rims of ears, nostrils, lids)
/// have 0.87.
const SHARE: f64 = 1.0;
/// A spike can hide behind a higher one; the highest of each neighbourhood moves first.
const PASSES: usize = 12;
/// Neighbours that take part in a fit.
const MOST_NEIGHBOURS: usize = 48;
/// Fewest that carry a quadric of six numbers.
const LEAST_NEIGHBOURS: usize = 8;
/// Weighings of the fit.
const ROUNDS: usize = 4;
/// Every so many vertices one is fitted to learn how rough the scan is.
const SAMPLE: usize = 37;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Despiked {
    pub(crate) moved: usize,
    /// Longest way of one of them, metres.
    pub(crate) farthest: f64,
}

pub(crate) fn despike(
    vertices: &mut [Point<Head>],
    faces: &[[u32; 3]],
    neighbours: &[[u32; 3]],
    rings: &Rings,
) -> Despiked {
    let border = on_border(vertices.len(), faces, neighbours);
    let mut open = suspects(vertices, rings, &border);
    if open.is_empty() {
        return Despiked::default();
    }
    let rough = roughness(vertices, faces, rings, &border);
    let mut before: Vec<(u32, Point<Head>)> = Vec::new();
    for _ in 0..PASSES {
        let normals = vertex_areas(vertices, faces);
        // How far over its limit, and where to.
        let over = |v: &u32| {
            let fit = Fit::at(vertices, rings, &normals, *v as usize)?;
            let limit = (SIGMAS * SIGMA_OF_MAD * fit.mad.max(rough)).max(FLOOR).max(SHARE * fit.edge);
            // Written so that NaN is left alone.
            (fit.off.abs() > limit).then(|| (*v, fit.off.abs() / limit, fit.foot))
        };
        let found: Vec<(u32, f64, Vector3<f64>)> = open.par_iter().with_min_len(256).filter_map(over).collect();
        if found.is_empty() {
            break;
        }
        let mut score = std::collections::HashMap::with_capacity(found.len());
        score.extend(found.iter().map(|(v, s, _)| (*v, *s)));
        let first = |(v, own, _): &&(u32, f64, Vector3<f64>)| {
            rings.of(*v as usize).iter().all(|n| score.get(n).is_none_or(|s| s < own || (s <= own && n > v)))
        };
        // Looked at again: what is over still, and all around what moved, which it may have hidden.
        let mut again: Vec<u32> = found.iter().map(|(v, ..)| *v).collect();
        for (v, _, foot) in found.iter().filter(first) {
            before.push((*v, vertices[*v as usize]));
            vertices[*v as usize] = Point::from(*foot);
            let two = rings.of(*v as usize).iter().flat_map(|n| rings.of(*n as usize));
            again.extend(two.filter(|n| !border[**n as usize]));
        }
        again.sort_unstable();
        again.dedup();
        open = again;
    }
    settle(vertices, faces, before)
}

/// What moved twice is counted once; what would leave a degenerate face goes back.
fn settle(vertices: &mut [Point<Head>], faces: &[[u32; 3]], mut before: Vec<(u32, Point<Head>)>) -> Despiked {
    // Stable: the first place of each stays in front.
    before.sort_by_key(|(v, _)| *v);
    before.dedup_by_key(|(v, _)| *v);
    let mut moved = vec![false; vertices.len()];
    before.iter().for_each(|(v, _)| moved[*v as usize] = true);
    let touched: Vec<[u32; 3]> = faces.iter().filter(|f| f.iter().any(|v| moved[*v as usize])).copied().collect();
    loop {
        let spoilt = |f: &&[u32; 3]| f.iter().any(|v| moved[*v as usize]) && !sound(vertices, **f);
        let back: Vec<u32> = touched.iter().filter(spoilt).flatten().copied().filter(|v| moved[*v as usize]).collect();
        if back.is_empty() {
            break;
        }
        for v in back {
            if let Ok(i) = before.binary_search_by_key(&v, |(v, _)| *v) {
                vertices[v as usize] = before[i].1;
            }
            moved[v as usize] = false;
        }
    }
    let ways =
        before.iter().filter(|(v, _)| moved[*v as usize]).map(|(v, p)| (vertices[*v as usize] - *p).norm().get());
    let (moved, farthest) = ways.fold((0, 0.0), |(n, most), way| (n + 1, f64::max(most, way)));
    Despiked { moved, farthest }
}

fn on_border(vertices: usize, faces: &[[u32; 3]], neighbours: &[[u32; 3]]) -> Vec<bool> {
    let mut border = vec![false; vertices];
    for (face, across) in faces.iter().zip(neighbours) {
        for k in (0..3).filter(|k| across[*k] == NONE) {
            border[face[k] as usize] = true;
            border[face[(k + 1) % 3] as usize] = true;
        }
    }
    border
}

/// Vertices far enough from the middle of their ring: a spike always is, by its height.
fn suspects(vertices: &[Point<Head>], rings: &Rings, border: &[bool]) -> Vec<u32> {
    let far = |v: &u32| {
        let ring = rings.of(*v as usize);
        let sum: Vector3<f64> = ring.iter().map(|n| vertices[*n as usize].coords.coords).sum();
        let off = vertices[*v as usize].coords.coords - sum / ring.len().max(1) as f64;
        !border[*v as usize] && off.norm() > FLOOR / 2.0
    };
    (0..vertices.len() as u32).into_par_iter().with_min_len(4096).filter(far).collect()
}

/// Median over the mesh of how far a vertex is off its own quadric: the noise of the scan, seen by nobody's eyes.
fn roughness(vertices: &[Point<Head>], faces: &[[u32; 3]], rings: &Rings, border: &[bool]) -> f64 {
    let normals = vertex_areas(vertices, faces);
    let sample = (0..vertices.len()).into_par_iter().step_by(SAMPLE).filter(|v| !border[*v]);
    let mut off: Vec<f64> =
        sample.filter_map(|v| Fit::at(vertices, rings, &normals, v)).map(|fit| fit.off.abs()).collect();
    median(&mut off).unwrap_or(0.0)
}

/// Sums of the face normals, each twice its face's area long.
fn vertex_areas(vertices: &[Point<Head>], faces: &[[u32; 3]]) -> Vec<Vector3<f64>> {
    crate::normals::vertex_normals(vertices, faces)
}

fn median(of: &mut [f64]) -> Option<f64> {
    if of.is_empty() {
        return None;
    }
    let middle = of.len() / 2;
    Some(*of.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// The quadric through a vertex's neighbours, and the vertex seen from it.
struct Fit {
    /// Signed height of the vertex over the quadric, metres.
    off: f64,
    /// The place on the quadric below it.
    foot: Vector3<f64>,
    /// Median absolute height of the neighbours.
    mad: f64,
    /// Mean edge at the vertex's neighbours, those to the vertex itself left out, metres.
    edge: f64,
}

impl Fit {
    /// `None` where too few neighbours stand, or all in a line.
    fn at(vertices: &[Point<Head>], rings: &Rings, areas: &[Vector3<f64>], v: usize) -> Option<Self> {
        let at = |v: u32| vertices[v as usize].coords.coords;
        let ring = rings.of(v);
        let mut around = [0_u32; MOST_NEIGHBOURS];
        let mut count = 0;
        let mut take = |n: u32| {
            if n as usize != v && count < MOST_NEIGHBOURS && !around[..count].contains(&n) {
                around[count] = n;
                count += 1;
            }
        };
        ring.iter().for_each(|n| take(*n));
        let (mut edges, mut sides) = (0.0, 0.0);
        for n in ring {
            for m in rings.of(*n as usize).iter().filter(|m| **m as usize != v) {
                take(*m);
                edges += (at(*m) - at(*n)).norm();
                sides += 1.0;
            }
        }
        if count < LEAST_NEIGHBOURS {
            return None;
        }
        let around = &around[..count];
        let edge: f64 = edges / f64::max(sides, 1.0);
        // The sum of the areas around a vertex does not depend on where it stands: a spike does not tilt this.
        let up: Vector3<f64> = ring.iter().map(|n| areas[*n as usize]).sum::<Vector3<f64>>() + areas[v];
        let up = up.try_normalize(f64::MIN_POSITIVE)?;
        let side = if up.x.abs() < 0.6 { Vector3::x() } else { Vector3::y() };
        let u = side.cross(&up).normalize();
        let w = up.cross(&u);
        let origin = ring.iter().map(|n| at(*n)).sum::<Vector3<f64>>() / ring.len() as f64;
        // In edges, so that the normal equations are well scaled.
        let local = |p: Vector3<f64>| {
            let d = (p - origin) / edge;
            (d.dot(&u), d.dot(&w), d.dot(&up))
        };
        let mut points = [(Vector6::zeros(), 0.0); MOST_NEIGHBOURS];
        for (slot, n) in points.iter_mut().zip(around) {
            let (x, y, z) = local(at(*n));
            *slot = (terms(x, y), z);
        }
        let points = &points[..count];
        let (quadric, mad) = robust(points)?;
        let (x, y, z) = local(at(v as u32));
        let off = (z - quadric.dot(&terms(x, y))) * edge;
        let fit = Self { off, foot: at(v as u32) - up * off, mad: mad * edge, edge };
        (off.is_finite() && fit.foot.iter().all(|c| c.is_finite())).then_some(fit)
    }
}

fn terms(x: f64, y: f64) -> Vector6<f64> {
    Vector6::new(1.0, x, y, x * x, x * y, y * y)
}

/// Least squares with the weights of Tukey (Beaton and Tukey (1974), Technometrics 16(2)), so that a second spike among
/// the neighbours has no say. Also the median of what they are off.
fn robust(points: &[(Vector6<f64>, f64)]) -> Option<(Vector6<f64>, f64)> {
    /// Of the weights, in standard deviations: 95 % efficiency on Gaussian noise.
    const REACH: f64 = 4.685;
    let mut weights = [1.0; MOST_NEIGHBOURS];
    let mut off = [0.0; MOST_NEIGHBOURS];
    let mut quadric = Vector6::zeros();
    let mut mad = 0.0;
    for round in 0..ROUNDS {
        let mut normal = Matrix6::identity() * 1e-9;
        let mut right = Vector6::zeros();
        for ((t, z), w) in points.iter().zip(&weights) {
            normal.syger(*w, t, t, 1.0);
            right += t * (w * z);
        }
        normal.fill_upper_triangle_with_lower_triangle();
        quadric = normal.cholesky()?.solve(&right);
        for (slot, (t, z)) in off.iter_mut().zip(points) {
            *slot = (z - quadric.dot(t)).abs();
        }
        let mut sorted = off;
        mad = median(&mut sorted[..points.len()])?;
        if round + 1 == ROUNDS || mad <= 1e-12 {
            break;
        }
        let reach = REACH * SIGMA_OF_MAD * mad;
        for (w, off) in weights.iter_mut().zip(off) {
            *w = if off < reach { (1.0 - (off / reach).powi(2)).powi(2) } else { 0.0 };
        }
    }
    Some((quadric, mad))
}
