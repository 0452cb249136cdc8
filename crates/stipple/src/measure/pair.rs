//! Pair correlation, its distance to that of human follicles, and the power at low frequency: stipple.md 1.3.
//!
//! Pairs of dots are divided by pairs of a dot and a reference spread like the target over the same mesh; edges, curvature
//! and gradients are corrected without a model.

use std::f64::consts::{FRAC_PI_4, PI};

use frames::{Seed, hash};
use nalgebra::Vector3;
use rayon::prelude::*;

use super::metrics::{Pair, Spectrum};
use super::quadrature::Quadrature;
use super::{Dots, Effort};
use crate::cloud::stage;
use crate::grid::Grid;
use crate::sheet;

/// In units of s = 1 / sqrt(density).
const REACH: f64 = 14.0;
const STEP: f64 = 0.025;
const BINS: usize = 560;
/// g alone is scaled to 1 over 3.6 to 6 s.
const NEAR: f64 = 6.0;
/// h / s.
const HEX: f64 = 1.074_569_931_823_542;
/// Points of the reference for one dot.
const REFERENCE: usize = 4;
/// Pairs of dots, below which there is no figure.
const FEWEST_PAIRS: u64 = 5000;

/// Human follicular units, g at r/h = (k + 0.5) * `HUMAN_STEP`, k from 10: stipple.md 1.3 [H].
const HUMAN: [f64; 29] = [
    0.3456, 0.2809, 0.4279, 0.5557, 0.6256, 0.7942, 0.9698, 1.2363, 1.3590, 1.5278, 1.5694, 1.6325, 1.4921, 1.5794,
    1.4637, 1.2827, 1.3255, 1.1807, 1.1237, 1.1176, 1.1171, 1.0063, 0.9820, 1.1190, 1.0272, 1.0110, 1.0158, 1.0523,
    1.0045,
];
const HUMAN_STEP: f64 = 0.040_680_9;
const HUMAN_FROM: f64 = 10.5;

/// Pair correlation with its figures.
pub(super) struct Correlation {
    pub(super) pair: Pair,
    pub(super) spectrum: Spectrum,
    /// By r/h, up to 6 s.
    pub(super) g: Vec<(f64, f64)>,
}

/// The human curve, g by r/h: for pictures.
pub fn human() -> Vec<(f64, f64)> {
    HUMAN.iter().enumerate().map(|(k, g)| ((HUMAN_FROM + k as f64) * HUMAN_STEP, *g)).collect()
}

pub(super) fn pair(quadrature: &Quadrature, dots: &Dots, effort: Effort) -> Option<Correlation> {
    let count = dots.at.len();
    let reference = quadrature.spread(REFERENCE * count, |k| quadrature.mass(k), 4);
    let ref_at: Vec<Vector3<f64>> = reference.iter().map(|&k| quadrature.at[k]).collect();
    let ref_s: Vec<f64> = reference.iter().map(|&k| sheet::spacing(quadrature.density[k]) / HEX).collect();
    let s: Vec<f64> = dots.spacing.iter().map(|h| h / HEX).collect();
    let mut centre: Vec<usize> = (0..count).collect();
    centre.sort_by_key(|&k| hash(Seed(1), stage::MEASURE + 5, k as u64));
    centre.truncate(effort.centres());
    // In memory order, for the caches' sake.
    centre.sort_unstable();
    let (low, high) = s.iter().chain(&ref_s).fold((f64::MAX, 0.0_f64), |(l, h), x| (l.min(*x), h.max(*x)));
    let factor = (0.5 * (1.0 + high / low)).min(1.3);
    let got = histogram(&centre, dots, &s, &dots.at, &s, factor, true);
    if got.iter().sum::<u64>() < FEWEST_PAIRS {
        return None;
    }
    let want = histogram(&centre, dots, &s, &ref_at, &ref_s, factor, false);
    let per_point = quadrature.dots as f64 / ref_at.len() as f64;
    let want: Vec<f64> = want.iter().map(|n| *n as f64 * per_point).collect();
    let r = |k: usize| (k as f64 + 0.5) * STEP;
    let level = |from: f64, to: f64| {
        let inside = (0..BINS).filter(|&k| r(k) > from && r(k) < to);
        let (g, w) = inside.fold((0.0, 0.0), |(g, w), k| (g + got[k] as f64, w + want[k]));
        g / w.max(1e-9)
    };
    let (near, far) = (level(0.6 * NEAR, NEAR), level(0.6 * REACH, REACH));
    let g = |k: usize| got[k] as f64 / want[k].max(1e-9);
    let squares = HUMAN.iter().enumerate().map(|(k, human)| {
        let x = (HUMAN_FROM + k as f64) * HUMAN_STEP * HEX / STEP - 0.5;
        let below = x.floor();
        let t = x - below;
        let mine = (g(below as usize) * (1.0 - t) + g(below as usize + 1) * t) / near;
        (mine - human) * (mine - human)
    });
    let g_rms_to_human = (squares.sum::<f64>() / HUMAN.len() as f64).sqrt();
    let kernel: Vec<(f64, f64)> = (0..BINS)
        .map(|k| {
            let taper = if r(k) < 0.5 * REACH { 1.0 } else { (PI * (r(k) / REACH - 0.5)).cos() };
            (2.0 * PI * r(k), (g(k) / far - 1.0) * taper * taper * r(k) * STEP)
        })
        .collect();
    let power = |nu: f64| 1.0 + 2.0 * PI * kernel.iter().map(|(x, w)| w * bessel_j0(nu * x)).sum::<f64>();
    let curve: Vec<(f64, f64)> = (0..BINS).filter(|&k| r(k) < NEAR).map(|k| (r(k) / HEX, g(k) / near)).collect();
    let inside = curve.iter().filter(|(r, _)| *r * HEX < 3.0);
    let (g_peak_at_h, g_peak) = inside.fold((0.0, 0.0), |best, p| if p.1 > best.1 { *p } else { best });
    Some(Correlation {
        pair: Pair { g_rms_to_human, g_peak, g_peak_at_h },
        spectrum: spectrum(power, effort.frequencies()),
        g: curve,
    })
}

/// From the power at 0.01, 0.02, .. `steps` / 100 over s. Peak and Nyquist frequency want 4 / s.
fn spectrum(power: impl Fn(f64) -> f64, steps: u32) -> Spectrum {
    const ALL: f64 = 0.1;
    let nu = |k: u32| 0.01 * f64::from(k);
    let power: Vec<f64> = (1..=steps).map(|k| power(nu(k))).collect();
    let s_low = power[10..39].iter().sum::<f64>() / 29.0;
    let (mut sum, mut quiet) = (0.0, 0.0);
    for (k, s) in (1..=steps).zip(&power) {
        sum += nu(k) * s.max(0.0) * 0.01;
        if 2.0 * sum / (nu(k) * nu(k)) <= ALL {
            quiet = nu(k);
        }
    }
    Spectrum { s_low, s_peak: power.iter().copied().fold(0.0, f64::max), nyquist_over_hex: quiet / HEX }
}

/// Distances from the centres to `other`, each over the mean of the two local s.
fn histogram(
    centre: &[usize],
    dots: &Dots,
    s: &[f64],
    other: &[Vector3<f64>],
    s_other: &[f64],
    factor: f64,
    skip_self: bool,
) -> Vec<u64> {
    let points: Vec<(Vector3<f64>, f64)> = other.iter().copied().zip(s_other.iter().copied()).collect();
    let grid = Grid::new(&points, REACH);
    let parts: Vec<Vec<u64>> = centre
        .par_chunks(64)
        .map(|part| {
            let mut bins = vec![0; BINS];
            for &i in part {
                grid.within(&dots.at[i], REACH * factor * s[i], |j, d2| {
                    if skip_self && j as usize == i {
                        return;
                    }
                    let x = f64::from(d2).sqrt() / (0.5 * (s[i] + s_other[j as usize]) * STEP);
                    if let Some(bin) = bins.get_mut(x as usize) {
                        *bin += 1;
                    }
                });
            }
            bins
        })
        .collect();
    let mut sum = vec![0; BINS];
    for part in parts {
        for (total, n) in sum.iter_mut().zip(part) {
            *total += n;
        }
    }
    sum
}

/// Abramowitz and Stegun 9.4.1 and 9.4.3; error below 1e-7.
fn bessel_j0(x: f64) -> f64 {
    let horner = |c: &[f64], t: f64| c.iter().rev().fold(0.0, |sum, k| sum * t + k);
    let x = x.abs();
    if x < 3.0 {
        let t = (x / 3.0) * (x / 3.0);
        return horner(&[1.0, -2.249_999_7, 1.265_620_8, -0.316_386_6, 0.044_447_9, -0.003_944_4, 0.000_21], t);
    }
    let t = 3.0 / x;
    let size = horner(
        &[0.797_884_56, -0.000_000_77, -0.005_527_4, -0.000_095_12, 0.001_372_37, -0.000_728_05, 0.000_144_76],
        t,
    );
    let phase = horner(
        &[-FRAC_PI_4, -0.041_663_97, -0.000_039_54, 0.002_625_73, -0.000_541_25, -0.000_293_33, 0.000_135_58],
        t,
    );
    size / x.sqrt() * (x + phase).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bessel() {
        // Abramowitz and Stegun, table 9.1.
        for (x, want) in [
            (0.0, 1.0),
            (1.0, 0.765_197_686_6),
            (2.404_825_557_7, 0.0),
            (5.0, -0.177_596_771_3),
            (10.0, -0.245_935_764_5),
        ] {
            assert!((bessel_j0(x) - want).abs() < 2e-7, "{x}: {}", bessel_j0(x));
        }
    }
}
