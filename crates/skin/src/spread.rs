//! Where the light is missing around one dot.
//!
//! In: a dot, the lightness of the skin. Out: [`Spread`]: a sharp core and a wide halo.
//! Absent: the eye, the camera; other dots.
//! Source: fitted to `photons::missing` (D). The single Gaussian of skin.md 3.5c (E) is [`crate::blur`]: it has no halo.

use frames::Metres;

use crate::tint::Speck;
use crate::{SkinError, dot_area};

/// Light missing at a distance from the dot's axis, per area and over all that is missing: `part` in a core, the disc of the dot
/// blurred by a Gaussian, the rest in a halo that falls as `exp(-r/halo)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Of the dot.
    pub diameter: Metres,
    /// Standard deviation of the Gaussian that blurs the disc.
    pub core: Metres,
    /// Distance over which the halo falls to 1/e.
    pub halo: Metres,
    /// Of the missing light that is in the core, 0 to 1.
    pub part: f64,
}

/// How one dot's missing light is spread; range of [`dot_area`].
pub fn spread(lightness: f64, dot: &Speck) -> Result<Spread, SkinError> {
    let area = 1e6 * dot_area(&dot.stipple(lightness, frames::PerSquareMetre::ZERO))?;
    let [top, bottom] = dot.column.map(Metres::mm);
    let d = dot.diameter.mm();
    let seen = 0.25 * std::f64::consts::PI * d * d / (1.0 + 1.5 * d);
    let through = -(-1e-3 * dot.absorption * (bottom - top).min(0.25)).exp_m1();
    let part = (seen * through * (-(top - 0.12) / 0.6).exp() / area.max(1e-9)).clamp(0.0, 0.6);
    let halo = 0.30 + 0.003 * (lightness - 54.0) + 0.25 * 0.5 * (top + bottom);
    Ok(Spread { diameter: dot.diameter, core: Metres::from_mm(0.03 + 0.55 * top), halo: Metres::from_mm(halo), part })
}

impl Spread {
    /// Density of the missing light on the axis, 1/m²; times the area of [`crate::dot_areas`] it is the contrast there.
    pub fn middle(&self) -> f64 {
        self.at(Metres::ZERO)
    }

    /// Density of the missing light at a distance from the axis, 1/m².
    pub fn at(&self, far: Metres) -> f64 {
        // A blurred disc has the moments of a Gaussian of its own width; on the axis this is within 3 %.
        let variance = self.core.get().powi(2) + self.diameter.get().powi(2) / 16.0;
        let core = (-far.get().powi(2) / (2.0 * variance)).exp() / (std::f64::consts::TAU * variance);
        let halo = (-far.get() / self.halo.get()).exp() / (std::f64::consts::TAU * self.halo.get().powi(2));
        self.part * core + (1.0 - self.part) * halo
    }
}
