//! Density error in soft windows, over that of random dots: stipple.md 1.3, the main figure of fidelity.

use nalgebra::Vector3;
use rayon::prelude::*;

use super::Dots;
use super::quadrature::Quadrature;
use crate::grid::Grid;

/// Of the window, metres.
const SIGMA: f64 = 4e-3;
/// The window is cut at this many sigma.
const CUT: f64 = 4.0;
const PLACES: usize = 3000;
/// Windows that hold fewer effective dots are left out.
const LEAST_DOTS: f64 = 3.0;
/// And with fewer windows than this there is no figure.
const FEWEST: usize = 10;

pub(super) fn soft_error_ratio(quadrature: &Quadrature, dots: &Dots) -> Option<f64> {
    let radius = CUT * SIGMA;
    let points: Vec<(Vector3<f64>, f64)> = quadrature.at.iter().map(|p| (*p, 0.5 * radius)).collect();
    let grid = Grid::new(&points, 1.0);
    let places = quadrature.spread(PLACES, |k| quadrature.area[k], 0);
    let window = |d2: f32| (-f64::from(d2) / (2.0 * SIGMA * SIGMA)).exp();
    let sums: Vec<[f64; 3]> = places
        .par_iter()
        .map(|&place| {
            let q = &quadrature.at[place];
            let [mut n, mut m, mut v] = [0.0; 3];
            dots.grid.within(q, radius, |_, d2| n += window(d2));
            grid.within(q, radius, |k, d2| {
                let w = window(d2);
                let mass = quadrature.mass(k as usize);
                m += w * mass;
                v += w * w * mass;
            });
            [n, m, v]
        })
        .collect();
    let judged: Vec<&[f64; 3]> = sums.iter().filter(|[_, m, v]| m * m > LEAST_DOTS * v).collect();
    if judged.len() < FEWEST {
        return None;
    }
    let error: f64 = judged.iter().map(|[n, m, _]| (n / m - 1.0) * (n / m - 1.0)).sum();
    let poisson: f64 = judged.iter().map(|[_, m, v]| v / (m * m)).sum();
    Some((error / poisson).sqrt())
}
