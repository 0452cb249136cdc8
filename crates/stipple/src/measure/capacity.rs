//! How unequal the dots' shares of the target are: stipple.md 1.3, capacity CV.

use nalgebra::Vector3;
use rayon::prelude::*;

use super::Dots;
use super::quadrature::Quadrature;
use crate::sheet::spacing;

/// Nobody is farther than this from a dot, metres; beyond it a place belongs to none.
const FARTHEST: f64 = 0.1;

/// Standard deviation over mean of the target mass in the dots' Voronoi cells.
pub(super) fn capacity_cv(quadrature: &Quadrature, dots: &Dots) -> Option<f64> {
    let nearest = |(p, density): (&Vector3<f64>, &f64)| {
        dots.grid.nearest(p, 0.8 * spacing(*density), FARTHEST).map(|(k, _)| k as usize)
    };
    let owner: Vec<Option<usize>> = quadrature.at.par_iter().zip(&quadrature.density).map(nearest).collect();
    let mut mass = vec![0.0; dots.at.len()];
    for (k, owner) in owner.iter().enumerate() {
        if let Some(owner) = owner {
            mass[*owner] += quadrature.mass(k);
        }
    }
    let mean = mass.iter().sum::<f64>() / mass.len() as f64;
    let variance = mass.iter().map(|m| (m - mean) * (m - mean)).sum::<f64>() / mass.len() as f64;
    (mean > 0.0).then(|| variance.sqrt() / mean)
}
