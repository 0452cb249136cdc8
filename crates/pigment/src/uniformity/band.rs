//! The 3-9 mm band as a weight of distance: what makes a scalp look blotchy from 1 m away (skin.md 3.5d).
//!
//! In: a distance along the skin. Out: the weight of the band-pass there, 1/m². Absent: what is filtered.
//!
//! The pass band is that of two smoothings by Gaussians, each sharpened: with `k` waves per metre,
//! `H(k) = [1-(1-exp(-b k²))^6] * (1-exp(-c k²))^2 / peak`. Multiplied out, `H` is a sum of exponentials in `k²`, so the
//! weight is a sum of Gaussians in the distance and needs no grid, no window and no unrolling of the skin: it is summed
//! over the very dots. `b` and `c` are chosen so that the power is halved (amplitude 0.707) at exactly 3 and 9 mm. Amplitude
//! by wavelength, mm: 1: 0.000, 1.5: 0.006, 2: 0.12, 2.5: 0.42, 3: 0.71, 4: 0.96, 5: 1.00, 6: 0.98, 7: 0.91, 9: 0.71, 12: 0.41,
//! 15: 0.23, 20: 0.10, 30: 0.02. White noise leaves 1.07 times the power that a sharp band from 3 to 9 mm would let through.
//!
//! A plain difference of two Gaussians cannot do: halved at 3 and 9 mm it still passes a third of the amplitude at 2 mm,
//! where the grain of a first session lies (21 dots/cm2: rows 2.0 mm apart), and a tenth at 30 mm, where the design lies.

use std::f64::consts::{PI, SQRT_2};

/// Wavelengths at which the power is halved, metres.
pub(crate) const BAND: [f64; 2] = [3e-3, 9e-3];
/// Exponents of the low pass and of the high pass, m²; see the head of this file.
const LOW: f64 = 15.426e-6;
const HIGH: f64 = 145.679e-6;
/// How often each is sharpened.
const SHARP: [u32; 2] = [6, 2];
/// Largest amplitude of the product, before it is scaled to 1.
const PEAK: f64 = 0.984_68;
/// Beyond this distance the weight is left out, metres: 3.6 times the widest Gaussian, less than 0.2 % of its weight.
pub(crate) const REACH: f64 = 16e-3;
/// Steps of the table.
const STEPS: usize = 4096;

/// The weight, tabulated by squared distance.
#[derive(Debug, Clone)]
pub(crate) struct Band {
    table: Vec<f64>,
}

impl Band {
    pub(crate) fn new() -> Self {
        let terms = terms();
        let weight = |r2: f64| terms.iter().map(|(w, s2)| w / (2.0 * PI * s2) * (-r2 / (2.0 * s2)).exp()).sum::<f64>();
        let step = REACH * REACH / STEPS as f64;
        Self { table: (0..=STEPS + 1).map(|k| weight(k as f64 * step)).collect() }
    }

    /// 1/m², at a squared distance in m².
    pub(crate) fn weight(&self, r2: f64) -> f64 {
        let at = r2 * (STEPS as f64 / (REACH * REACH));
        let k = at as usize;
        if k >= STEPS {
            return 0.0;
        }
        let t = at - k as f64;
        self.table[k] + t * (self.table[k + 1] - self.table[k])
    }
}

/// Weight and variance (m²) of each Gaussian. A Gaussian of variance `s²` passes `exp(-2 pi² s² k²)`.
fn terms() -> Vec<(f64, f64)> {
    let [low, high] = SHARP;
    let mut out = Vec::new();
    for i in 1..=low {
        for j in 0..=high {
            let sign = if (i + 1 + j) % 2 == 0 { 1.0 } else { -1.0 };
            let weight = sign * choose(low, i) * choose(high, j) / PEAK;
            let root = (f64::from(i) * LOW + f64::from(j) * HIGH).sqrt() / (PI * SQRT_2);
            out.push((weight, root * root));
        }
    }
    out
}

fn choose(n: u32, k: u32) -> f64 {
    (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amplitude that a wave of this length keeps.
    fn passes(wavelength: f64) -> f64 {
        let k2 = 1.0 / (wavelength * wavelength);
        terms().iter().map(|(w, s2)| w * (-2.0 * PI * PI * s2 * k2).exp()).sum()
    }

    #[track_caller]
    fn check(mm: f64, want: f64, within: f64) {
        let got = passes(mm * 1e-3);
        assert!((got - want).abs() < within, "{mm} mm: {got} {want}");
    }

    /// The same product, computed apart (numpy, the closed form at the head of this file).
    #[test]
    fn the_pass_band() {
        let half = std::f64::consts::FRAC_1_SQRT_2;
        check(3.0, half, 2e-3);
        check(9.0, half, 2e-3);
        check(1.0, 0.0, 1e-3);
        check(1.5, 0.006, 1e-3);
        check(2.0, 0.122, 1e-3);
        check(4.0, 0.958, 1e-3);
        check(5.05, 1.0, 1e-3);
        check(6.0, 0.979, 1e-3);
        check(15.0, 0.231, 1e-3);
        check(30.0, 0.023, 1e-3);
    }

    /// The weight itself, summed over a flat sheet of a grating: what comes out is the grating times the pass band.
    #[track_caller]
    fn grating(mm: f64, want: f64, within: f64) {
        let band = Band::new();
        let step = 0.1e-3;
        let n = (REACH / step).ceil() as i32;
        let mut sum = 0.0;
        for i in -n..=n {
            for j in -n..=n {
                let (x, y) = (f64::from(i) * step, f64::from(j) * step);
                let wave = (2.0 * PI * x / (mm * 1e-3)).cos();
                sum += band.weight(x * x + y * y) * wave * step * step;
            }
        }
        assert!((sum - want).abs() < within, "{mm} mm: {sum}");
    }

    #[test]
    fn six_millimetres_pass_one_and_thirty_do_not() {
        grating(6.0, 0.979, 0.01);
        grating(1.0, 0.0, 0.02);
        grating(30.0, 0.0, 0.05);
        // Even tone leaves nothing: what the cut at the reach costs.
        grating(1e9, 0.0, 0.01);
    }
}
