//! Counts in equal-area bins, over those of random dots: stipple.md 1.3. Cannot separate good methods (0.25 to 0.38), but
//! shows gross errors.

use frames::{Seed, hash};
use nalgebra::Vector3;
use rayon::prelude::*;

use super::Dots;
use super::quadrature::Quadrature;
use crate::cloud::stage;
use crate::grid::Grid;

/// m².
const BIN: f64 = 1e-4;
const LLOYD: usize = 40;
const SAMPLES: usize = 80;
/// Bins that should hold fewer dots are left out.
const LEAST_DOTS: f64 = 2.0;
const FEWEST: usize = 10;

pub(super) fn bin_rms_ratio(quadrature: &Quadrature, dots: &Dots) -> Option<f64> {
    let bins = (quadrature.total_area / BIN).round() as usize;
    if bins < FEWEST {
        return None;
    }
    let sample: Vec<Vector3<f64>> =
        quadrature.spread(SAMPLES * bins, |k| quadrature.area[k], 2).into_iter().map(|k| quadrature.at[k]).collect();
    let mut order: Vec<usize> = (0..sample.len()).collect();
    order.sort_by_key(|&k| hash(Seed(1), stage::MEASURE + 3, k as u64));
    let mut middle: Vec<Vector3<f64>> = order[..bins].iter().map(|&k| sample[k]).collect();
    let mut label = Vec::new();
    for _ in 0..LLOYD {
        label = labels(&middle, &sample, &label);
        let mut sum = vec![(Vector3::zeros(), 0.0); bins];
        for (p, &k) in sample.iter().zip(&label) {
            sum[k as usize].0 += p;
            sum[k as usize].1 += 1.0;
        }
        for (m, (sum, n)) in middle.iter_mut().zip(sum) {
            if n > 0.0 {
                *m = sum / n;
            }
        }
    }
    let (mut want, mut got) = (vec![0.0; bins], vec![0.0; bins]);
    for (k, &bin) in labels(&middle, &quadrature.at, &[]).iter().enumerate() {
        want[bin as usize] += quadrature.mass(k);
    }
    for &bin in &labels(&middle, &dots.at, &[]) {
        got[bin as usize] += 1.0;
    }
    let judged: Vec<(f64, f64)> = want.into_iter().zip(got).filter(|(w, _)| *w >= LEAST_DOTS).collect();
    if judged.len() < FEWEST {
        return None;
    }
    let error: f64 = judged.iter().map(|(w, g)| (g / w - 1.0) * (g / w - 1.0)).sum();
    let poisson: f64 = judged.iter().map(|(w, _)| 1.0 / w).sum();
    Some((error / poisson).sqrt())
}

/// Nearest of `middle` for each point. The labels of the step before, if any, say how far to look.
fn labels(middle: &[Vector3<f64>], points: &[Vector3<f64>], before: &[u32]) -> Vec<u32> {
    let radius = 0.7 * BIN.sqrt();
    let seeds: Vec<(Vector3<f64>, f64)> = middle.iter().map(|m| (*m, radius)).collect();
    let grid = Grid::new(&seeds, 1.0);
    points
        .par_iter()
        .enumerate()
        .map(|(k, p)| {
            let known = before.get(k).map(|&b| (middle[b as usize] - p).norm() * 1.001 + 1e-6);
            grid.nearest(p, known.unwrap_or(radius), 1.0).map_or(0, |(k, _)| k)
        })
        .collect()
}
