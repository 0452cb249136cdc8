//! How well an eye sees single dots.
//!
//! In: the skin with and without dots as [`Seen`], unblurred. Out: [`Sight`]: contrast by octave over the threshold of a standard
//! observer, mean darkening. Absent: what people make of what they see.
//!
//! Threshold: the contrast sensitivity of the standard observer of ModelFest (Watson and Ahumada 2005, J. Vision 5(9):717, HPmH:
//! gain 373.08, f0 4.1726, f1 1.3625, a 0.8493, p 0.7786), which holds the eye's own blur. A pattern in an octave counts as a
//! grating of the same root mean square.

use record::Seen;
use serde::Serialize;

/// Middles of the octaves, cycles a degree.
pub(super) const OCTAVES: [f64; 5] = [3.0, 6.0, 12.0, 24.0, 48.0];

/// What an eye makes of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Sight {
    /// Part of the light that the patch loses.
    pub(super) taken: f64,
    /// L* of the patch, seen as a whole.
    pub(super) lightness: f64,
    /// Contrast over threshold in each of [`OCTAVES`].
    pub(super) over_threshold: [f64; OCTAVES.len()],
}

impl Sight {
    /// Of a picture of `arcmin` a pixel beside the same skin without dots, of L* `lightness`.
    pub(super) fn of(seen: &Seen, bare: &Seen, arcmin: f64, lightness: f64) -> Self {
        let light = |p: &[f32; 3]| 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2];
        let mut ratio = seen.clone();
        for (r, b) in ratio.pixels.iter_mut().zip(&bare.pixels) {
            *r = [light(r) / light(b).max(1e-6); 3];
        }
        let [mean, ..] = ratio.mean();
        // Two Gaussians whose standard deviations are a factor 1.6 apart pass an octave about `f` (Marr and Hildreth 1980),
        // at most by PASSED.
        let over_threshold = OCTAVES.map(|f| {
            let wave = 60.0 / (f * arcmin);
            // Twelve pixels a wave are enough, and many more only take time.
            let coarse = ratio.reduced((wave / 12.0) as usize);
            let narrow = NARROW * wave / (wave / 12.0).floor().max(1.0);
            let (a, b) = (coarse.blurred(narrow), coarse.blurred(1.6 * narrow));
            let edge = (4.0 * 1.6 * narrow) as usize;
            let (a, b) = (a.without(edge), b.without(edge));
            let square = a.pixels.iter().zip(&b.pixels).map(|(a, b)| f64::from(a[0] - b[0]).powi(2)).sum::<f64>();
            let rms = (square / a.pixels.len().max(1) as f64).sqrt() / (PASSED * mean.max(1e-6));
            rms * std::f64::consts::SQRT_2 * sensitivity(f)
        });
        let lightness = skin::lightness_of(skin::reflectance_of(lightness) * mean);
        Self { taken: 1.0 - mean, lightness, over_threshold }
    }

    /// The best seen octave.
    pub(super) fn best(&self) -> f64 {
        self.over_threshold.into_iter().fold(0.0, f64::max)
    }
}

/// Of the narrower Gaussian, in wavelengths of the middle of the octave: where the difference of the two passes most.
const NARROW: f64 = 0.1747;
/// What it passes there.
const PASSED: f64 = 0.3336;

/// One over the least contrast seen, at `f` cycles a degree.
pub(super) fn sensitivity(f: f64) -> f64 {
    let sech = |x: f64| 1.0 / x.cosh();
    (373.08 * (sech((f / 4.1726).powf(0.7786)) - 0.8493 * sech(f / 1.3625))).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The constants of the filter follow from its form.
    #[test]
    fn the_filter_is_at_its_best_in_the_middle() {
        let pass = |x: f64| {
            let g = |s: f64| (-2.0 * (std::f64::consts::PI * s * x).powi(2)).exp();
            g(NARROW) - g(1.6 * NARROW)
        };
        assert!((pass(1.0) - PASSED).abs() < 1e-3, "{}", pass(1.0));
        assert!(pass(0.97) < pass(1.0) + 1e-4 && pass(1.03) < pass(1.0) + 1e-4);
    }

    /// A grating counts as itself.
    #[test]
    fn a_grating_at_threshold_counts_one() {
        let (arcmin, f) = (0.4, 12.0);
        let contrast = 1.0 / sensitivity(f);
        let wave = |x: usize| 1.0 + contrast * (std::f64::consts::TAU * f / 60.0 * arcmin * x as f64).sin();
        let size = 300;
        let bare = Seen { width: size, height: size, pixels: vec![[1.0; 3]; size * size] };
        let pixels = (0..size * size).map(|i| [wave(i % size) as f32; 3]).collect();
        let sight = Sight::of(&Seen { pixels, ..bare }, &bare, arcmin, 64.0);
        assert!((sight.over_threshold[2] - 1.0).abs() < 0.02, "{sight:?}");
        assert!(sight.over_threshold[1] < 1.0 * sensitivity(6.0) / sensitivity(12.0));
        assert!(sight.taken.abs() < 1e-3 && (sight.lightness - 64.0).abs() < 0.05);
    }

    /// Of 6 at 30 cycles a degree, and none beyond 60; best between 2 and 4 (figure 3 of the paper).
    #[test]
    fn the_observer() {
        assert!((6.0..8.5).contains(&sensitivity(30.0)), "{}", sensitivity(30.0));
        assert!(sensitivity(60.0) < 1.0 && sensitivity(3.0) > 200.0 && sensitivity(3.0) > sensitivity(8.0));
    }
}
