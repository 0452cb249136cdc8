//! Where the light is missing around one dot.
//!
//! In: a dot, the lightness of the skin. Out: [`Spread`]: a sharp core and a wide halo.
//! Absent: the eye, the camera; other dots.
//! Source: fitted to `photons::missing` (D). The single Gaussian of skin.md 3.5c (E) is [`crate::blur`]: it has no halo.

use frames::{Metres, PerSquareMetre};

use crate::tint::Speck;
use crate::{SkinError, dot_area};

/// Light missing at a distance from the dot's axis, per area and over all that is missing: `part` in a Gaussian core, the rest in
/// a halo that falls as `exp(-r/halo)`.
///
/// The core is the face of the column seen through the skin above it, as sharp as its top is shallow; the halo is light that met
/// the column on its way elsewhere, 0.3-0.6 mm wide. On skin the halo holds 60-90 % of what is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Standard deviation of the core, the dot's own width included.
    pub core: Metres,
    /// Distance over which the halo falls to 1/e.
    pub halo: Metres,
    /// Of the missing light that is in the core, 0 to 1.
    pub part: f64,
}

/// Of the blur of a column's top: at the surface, mm, and per depth.
const BLUR: [f64; 2] = [0.027, 0.644];
/// Of the halo: on skin of L* 54, mm; per 20 L*, mm; per depth of the top; per height.
const HALO: [f64; 4] = [0.257, 0.035, 0.544, 0.096];
/// Light missing in the core: per area of a fine dot; by width, 1/mm; by ink; by height, mm; by depth, mm.
const FACE: [f64; 5] = [2.225, 7.67, 1.667, 0.108, 0.664];

/// How one dot's missing light is spread; range of [`dot_area`].
///
/// Against 40 columns followed photon by photon: the middle (within 0.07 mm) is right to 8 % rms, half of it the noise of the
/// photons; the radius that holds half of the missing light to 4 % rms. The Gaussian of [`crate::blur`] makes the middle 1.3-4
/// times too dark, and that radius half of what it is.
pub fn spread(lightness: f64, dot: &Speck) -> Result<Spread, SkinError> {
    let area = 1e6 * dot_area(&dot.stipple(lightness, PerSquareMetre::ZERO))?;
    let [top, bottom] = dot.column.map(Metres::mm);
    let (d, height) = (dot.diameter.mm(), bottom - top);
    let [full, wide, ink, high, deep] = FACE;
    let taken = -(-ink * 1e-3 * dot.absorption * height.min(high)).exp_m1();
    let face = 0.25 * std::f64::consts::PI * d * d * full / (1.0 + wide * d) * taken * (-top / deep).exp();
    let sharp = BLUR[0] + BLUR[1] * top;
    let halo = HALO[0] + HALO[1] * (lightness - 54.0) / 20.0 + HALO[2] * top + HALO[3] * height;
    Ok(Spread {
        core: Metres::from_mm(sharp.hypot(0.25 * d)),
        halo: Metres::from_mm(halo),
        // A dot that takes nothing has no shape: all halo.
        part: if area > 0.0 { (face / area).min(0.9) } else { 0.0 },
    })
}

impl Spread {
    /// Density of the missing light on the axis, 1/m²; times the area of [`crate::dot_areas`] it is the contrast there.
    pub fn middle(&self) -> f64 {
        self.at(Metres::ZERO)
    }

    /// Density of the missing light at a distance from the axis, 1/m².
    pub fn at(&self, far: Metres) -> f64 {
        let (core, halo, far) = (self.core.get(), self.halo.get(), far.get().abs());
        let near = (-0.5 * (far / core).powi(2)).exp() / (std::f64::consts::TAU * core * core);
        let wide = (-far / halo).exp() / (std::f64::consts::TAU * halo * halo);
        self.part * near + (1.0 - self.part) * wide
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use frames::Seed;

    use super::*;
    use crate::photons::{Case, Columns, Light, Medium, Skin, missing};

    fn mm(v: f64) -> Metres {
        Metres::from_mm(v)
    }

    fn dot(diameter: f64, column: [f64; 2], per_mm: f64) -> Speck {
        Speck { diameter: mm(diameter), column: column.map(mm), absorption: 1e3 * per_mm, side_light: 1.0 }
    }

    /// All of the missing light is somewhere.
    #[test]
    fn nothing_is_lost() {
        for d in [dot(0.10, [0.12, 0.30], 40.0), dot(0.30, [0.5, 1.1], 3.0), dot(0.2, [0.2, 0.5], 0.0)] {
            let s = spread(54.0, &d).unwrap();
            let ring = 1e-6;
            let sum: f64 = (0..20_000)
                .map(|k| (f64::from(k) + 0.5) * ring)
                .map(|r| s.at(Metres::new(r)) * std::f64::consts::TAU * r * ring)
                .sum();
            assert!((sum - 1.0).abs() < 1e-4, "{s:?}: {sum}");
            assert!((0.0..=0.9).contains(&s.part));
        }
    }

    /// A row: the middle of the dot (to 0.075 mm) and the radius that holds half of the missing light, against photons.
    #[track_caller]
    fn check(lightness: f64, dot: Speck) {
        let medium = Medium { light: Light::Normal, ..Medium::SKIN };
        let columns = Columns {
            density: PerSquareMetre::ZERO,
            diameter: dot.diameter,
            column: dot.column,
            absorption: dot.absorption,
        };
        let (ring, rings) = (0.025e-3, 120);
        let skin = Skin::of(lightness).unwrap();
        let seen = missing(&medium, &Case { skin, columns }, Metres::new(ring), rings, 8_000, Seed(5)).unwrap();
        let law = spread(lightness, &dot).unwrap();
        let area = |k: usize| std::f64::consts::PI * ring * ring * (2 * k + 1) as f64;
        let at = |k: usize| seen.area * law.at(Metres::new((k as f64 + 0.5) * ring));
        let within = |of: &dyn Fn(usize) -> f64, to: usize| (0..to).map(|k| of(k) * area(k)).sum::<f64>();
        let photons = |k: usize| seen.part[k].value;
        let [want, got] = [within(&photons, 3), within(&at, 3)];
        let noise = (0..3).map(|k| (seen.part[k].error * area(k)).powi(2)).sum::<f64>().sqrt() / want;
        assert!((got / want - 1.0).abs() < 0.2 + 2.0 * noise, "middle: {got} {want} +- {noise}");
        let half = |of: &dyn Fn(usize) -> f64| (0..rings).find(|k| within(of, k + 1) > 0.5 * seen.area).unwrap();
        let [want, got] = [half(&photons) as f64, half(&at) as f64];
        assert!((got / want - 1.0).abs() < 0.15, "half: {got} {want}");
    }

    #[test]
    fn the_spread_is_that_of_photons() {
        check(72.0, dot(0.15, [0.12, 0.45], 40.0));
        check(54.0, dot(0.25, [0.12, 0.60], 10.0));
        check(32.0, dot(0.20, [0.30, 0.70], 40.0));
    }

    #[test]
    fn deeper_is_softer() {
        let at = |top: f64| spread(54.0, &dot(0.15, [top, top + 0.3], 40.0)).unwrap();
        let steps = [0.1, 0.3, 0.5, 0.7].map(at);
        assert!(steps.windows(2).all(|w| w[1].core > w[0].core && w[1].halo > w[0].halo));
        assert!(steps.windows(2).all(|w| w[1].middle() < w[0].middle()));
    }
}
