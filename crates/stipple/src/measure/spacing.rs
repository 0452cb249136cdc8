//! Nearest-neighbour figures: relative radius and its spread, stipple.md 1.3.

use super::Dots;
use super::edge::Border;

/// Dots nearer than this to an edge lack neighbours and are left out of all but the minimum, in spacings.
const INNER: f64 = 2.0;
const FEWEST: usize = 100;

pub(super) struct Spacing {
    pub(super) least: f64,
    pub(super) cv: Option<f64>,
}

pub(super) fn spacing(dots: &Dots, border: &Border) -> Spacing {
    let nearest: Vec<f64> = dots
        .at
        .iter()
        .zip(&dots.spacing)
        .enumerate()
        .map(|(i, (p, h))| {
            let mut best = f32::MAX;
            // Neighbours are nearly always within two spacings; at a ragged end look farther.
            let mut radius = 2.0 * h;
            while best > f32::MAX / 2.0 && radius < 1.0 {
                dots.grid.within(p, radius, |j, d2| {
                    if j as usize != i {
                        best = best.min(d2);
                    }
                });
                radius *= 2.0;
            }
            f64::from(best).sqrt() / h
        })
        .collect();
    let least = nearest.iter().copied().fold(f64::MAX, f64::min);
    let inner: Vec<f64> = dots
        .at
        .iter()
        .zip(&dots.spacing)
        .zip(&nearest)
        .filter(|((p, h), _)| border.farther_than(p, INNER * **h))
        .map(|(_, d)| *d)
        .collect();
    if inner.len() < FEWEST {
        return Spacing { least, cv: None };
    }
    let mean = inner.iter().sum::<f64>() / inner.len() as f64;
    let variance = inner.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / inner.len() as f64;
    Spacing { least, cv: Some(variance.sqrt() / mean) }
}
