//! Counts in equal-area bins, over those of random dots: stipple.md 1.3. Cannot separate good methods (0.25 to 0.38), but
//! shows gross errors.

use frames::{Seed, hash};
use nalgebra::Vector3;
use rayon::prelude::*;

use super::Dots;
use super::metrics::Bins;
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
/// Groups by density.
const TENTHS: usize = 10;

pub(super) fn bins(quadrature: &Quadrature, dots: &Dots) -> Option<Bins> {
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
    let mut all = vec![Bin::default(); bins];
    for (k, &bin) in labels(&middle, &quadrature.at, &[]).iter().enumerate() {
        all[bin as usize].want += quadrature.mass(k);
        all[bin as usize].area += quadrature.area[k];
    }
    for &bin in &labels(&middle, &dots.at, &[]) {
        all[bin as usize].got += 1.0;
    }
    all.retain(|b| b.want >= LEAST_DOTS);
    if all.len() < FEWEST {
        return None;
    }
    let error: f64 = all.iter().map(|b| (b.got / b.want - 1.0) * (b.got / b.want - 1.0)).sum();
    let poisson: f64 = all.iter().map(|b| 1.0 / b.want).sum();
    let of = |sum: f64| (sum / all.len() as f64).sqrt();
    let (rms, poisson, ratio) = (of(error), of(poisson), (error / poisson).sqrt());
    Some(Bins { bins: all.len(), rms, poisson, ratio, worst_decile: worst_decile(&mut all) })
}

#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    want: f64,
    got: f64,
    area: f64,
}

/// Bias of the tenth of the bins, by target density, that is farthest off. The first tenths are larger by one where they do
/// not come out even.
fn worst_decile(bins: &mut [Bin]) -> f64 {
    bins.sort_by(|a, b| (a.want / a.area).total_cmp(&(b.want / b.area)));
    let (size, more) = (bins.len() / TENTHS, bins.len() % TENTHS);
    let mut rest = &*bins;
    let mut worst = 0.0_f64;
    for k in 0..TENTHS {
        let (tenth, after) = rest.split_at(size + usize::from(k < more));
        rest = after;
        let (got, want) = tenth.iter().fold((0.0, 0.0), |(g, w), b| (g + b.got, w + b.want));
        let bias = got / want - 1.0;
        if bias.abs() > worst.abs() {
            worst = bias;
        }
    }
    worst
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_tenth_with_its_sign() {
        // 23 bins of rising density; the densest two lack a fifth of their dots.
        let bin = |k: u32| Bin {
            want: f64::from(10 + k),
            got: f64::from(10 + k) * if k > 20 { 0.8 } else { 1.01 },
            area: 1.0,
        };
        let mut bins: Vec<Bin> = (0..23).rev().map(bin).collect();
        assert!((worst_decile(&mut bins) + 0.2).abs() < 1e-12);
    }
}
