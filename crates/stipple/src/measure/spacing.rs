//! Nearest-neighbour figures: relative radius and its spread, stipple.md 1.3.

use rayon::prelude::*;

use super::Dots;
use super::edge::Border;
use super::metrics::Spacing;

/// Dots nearer than this to an edge lack neighbours and are left out of all but the minimum, in spacings.
const INNER: f64 = 2.0;
const FEWEST: usize = 100;
/// Clark-Evans index over mean (nearest neighbour / h).
const CLARK_EVANS: f64 = 2.149_139_863_647_084;

/// The figures, and nearest neighbour over h of every inner dot.
pub(super) fn spacing(dots: &Dots, border: &Border) -> (Option<Spacing>, Vec<f64>) {
    let nearest: Vec<f64> = dots
        .at
        .par_iter()
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
    let rho_min = nearest.iter().copied().fold(f64::MAX, f64::min);
    let inner: Vec<f64> = dots
        .at
        .par_iter()
        .zip(&dots.spacing)
        .zip(&nearest)
        .filter(|((p, h), _)| border.farther_than(p, INNER * **h))
        .map(|(_, d)| *d)
        .collect();
    if inner.len() < FEWEST {
        let alone = Spacing {
            rho_min,
            rho_one_percent: None,
            rho_mean: None,
            nn_cv: None,
            clark_evans: None,
            quantiles_over_mean: None,
        };
        return (Some(alone), inner);
    }
    let mean = inner.iter().sum::<f64>() / inner.len() as f64;
    let variance = inner.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / inner.len() as f64;
    let mut sorted = inner.clone();
    sorted.sort_by(f64::total_cmp);
    let figures = Spacing {
        rho_min,
        rho_one_percent: Some(quantile(&sorted, 0.01)),
        rho_mean: Some(mean),
        nn_cv: Some(variance.sqrt() / mean),
        clark_evans: Some(CLARK_EVANS * mean),
        quantiles_over_mean: Some([0.05, 0.25, 0.50, 0.75, 0.95].map(|q| quantile(&sorted, q) / mean)),
    };
    (Some(figures), inner)
}

/// Between the two nearest ranks, in proportion.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len() - 1) as f64;
    let low = at as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_ranks() {
        let row = [1.0, 2.0, 4.0, 8.0];
        for (q, want) in [(0.0, 1.0), (0.5, 3.0), (1.0, 8.0), (0.25, 1.75)] {
            assert!((quantile(&row, q) - want).abs() < 1e-12, "{q}");
        }
        assert!((quantile(&[3.0], 0.9) - 3.0).abs() < 1e-12);
    }
}
