//! Density error in soft windows, over that of random dots: stipple.md 1.3, the main figure of fidelity.

use nalgebra::Vector3;
use rayon::prelude::*;

use super::Dots;
use super::metrics::Soft;
use super::quadrature::Quadrature;
use crate::grid::Grid;

/// Of the window, metres.
const SIGMA: f64 = 4e-3;
/// The window is cut at this many sigma.
const CUT: f64 = 4.0;
const PLACES: usize = 3000;
/// On small areas fewer: 1/m², 40 for one window of 2 cm².
const PLACES_PER_AREA: f64 = 20e4;
/// Windows that hold fewer effective dots are left out.
const LEAST_DOTS: f64 = 3.0;
/// Points of the quadrature in one cluster, and their distance from its first, metres.
const RUN: usize = 6;
const RUN_ACROSS: f64 = 0.8e-3;
/// And with fewer windows than this there is no figure.
const FEWEST: usize = 10;

pub(super) fn soft_error(quadrature: &Quadrature, dots: &Dots) -> Option<Soft> {
    let radius = CUT * SIGMA;
    let (points, masses) = clusters(quadrature);
    let grid = Grid::new(&points, 0.5 * radius);
    let wanted = (quadrature.total_area * PLACES_PER_AREA) as usize;
    let places = quadrature.spread(PLACES.min(wanted), |k| quadrature.area[k], 0);
    let window = |d2: f32| (-f64::from(d2) / (2.0 * SIGMA * SIGMA)).exp();
    let sums: Vec<[f64; 3]> = places
        .par_iter()
        .map(|&place| {
            let q = &quadrature.at[place];
            let [mut n, mut m, mut v] = [0.0; 3];
            dots.grid.within(q, radius, |_, d2| n += window(d2));
            grid.within(q, radius, |k, d2| {
                let w = window(d2);
                let mass = masses[k as usize];
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
    let of = |sum: f64| (sum / judged.len() as f64).sqrt();
    Some(Soft { rms: of(error), poisson: of(poisson), ratio: (error / poisson).sqrt() })
}

/// Runs of the quadrature in one point each: a window of 4 mm does not see 0.3 mm. Positions with spacing 1, and masses.
fn clusters(quadrature: &Quadrature) -> (Vec<(Vector3<f64>, f64)>, Vec<f64>) {
    let (mut points, mut masses) = (Vec::new(), Vec::new());
    let mut k = 0;
    while k < quadrature.at.len() {
        let first = quadrature.at[k];
        let (mut sum, mut mass) = (Vector3::zeros(), 0.0);
        let mut run = 0;
        while run < RUN && k < quadrature.at.len() && (quadrature.at[k] - first).norm() < RUN_ACROSS {
            sum += quadrature.at[k] * quadrature.mass(k);
            mass += quadrature.mass(k);
            run += 1;
            k += 1;
        }
        points.push((sum / mass, 1.0));
        masses.push(mass);
    }
    (points, masses)
}
