//! The skin at one place.
//!
//! In: the zone's facts, how much they vary, standard normal numbers. Out: [`Local`], what the puncture and healing laws
//! take. Absent: the drawing of the numbers; correlation between neighbouring places.
//! Source: skin.md 3.1, 3.2 (E), 1.2 (S21 A).

use frames::{Metres, Newtons};
use serde::{Deserialize, Serialize};

use crate::ZoneFacts;

/// To pierce healthy scalp with one point: mean of a lognormal, see [`Variation::force`] (skin.md 3.1 E; measured 0.05-0.3 N, K).
pub const PUNCTURE_FORCE: Newtons = Newtons::new(0.12);

/// How much the skin differs from place to place inside a zone. Ratios have mean 1; every figure E unless marked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Variation {
    /// Puncture force: lognormal, standard deviation over mean (skin.md 3.1).
    pub force: f64,
    /// Stiffness: lognormal, standard deviation over mean.
    pub stiffness: f64,
    /// Thickness: Gaussian, standard deviation over mean, cut at 2 sigma.
    pub thickness: f64,
    /// Epidermis: Gaussian, standard deviation over mean, cut at 2 sigma (14.4/65.9, S21 A).
    pub epidermis: f64,
    /// Part of the dent that stays after rupture: Gaussian (mean, deviation), cut at 2 sigma, i.e. at the published 0.15-0.35.
    pub residual: [f64; 2],
    /// Time in which the rest relaxes, s: lognormal (median, deviation of the logarithm), cut at 2 sigma, i.e. at 50-200 ms.
    pub relaxation: [f64; 2],
    /// Part of the hole that ink fills: Gaussian (mean, deviation), cut at 2 sigma, i.e. at the published 0.3-0.6.
    pub fill: [f64; 2],
}

/// Standard normal numbers for one place, drawn by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Normals {
    /// For the puncture force.
    pub force: f64,
    /// For the stiffness.
    pub stiffness: f64,
    /// For the thickness.
    pub thickness: f64,
    /// For the epidermis.
    pub epidermis: f64,
    /// For the residual dent.
    pub residual: f64,
    /// For the relaxation time.
    pub relaxation: f64,
    /// For the filling of the hole.
    pub fill: f64,
}

/// The skin at one place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Local {
    /// Epidermis and dermis together.
    pub thickness: Metres,
    /// Outer layer.
    pub epidermis: Metres,
    /// Against a punch of [`REFERENCE_WIDTH`] at rest, N/m.
    pub stiffness: f64,
    /// To pierce it with one point.
    pub puncture_force: Newtons,
    /// Part of the dent that stays after rupture.
    pub residual: f64,
    /// Time constant in which the rest relaxes, s.
    pub relaxation: f64,
    /// Part of the hole that ink fills on withdrawal: `eta` of skin.md 3.2, see [`crate::mass_per_hit`].
    pub fill: f64,
}
impl Default for Variation {
    fn default() -> Self {
        Self {
            force: 0.25,
            stiffness: 0.20,
            thickness: 0.10,
            epidermis: 14.4 / 65.9,
            residual: [0.25, 0.05],
            relaxation: [0.1, std::f64::consts::LN_2 / 2.0],
            fill: [0.45, 0.075],
        }
    }
}

impl Variation {
    /// The skin at one place of a zone, from seven standard normal numbers.
    pub fn local(&self, facts: &ZoneFacts, z: &Normals) -> Local {
        let [residual, residual_sd] = self.residual;
        let [relaxation, relaxation_sd] = self.relaxation;
        let [fill, fill_sd] = self.fill;
        Local {
            thickness: facts.thickness * (1.0 + self.thickness * cut(z.thickness)),
            epidermis: facts.epidermis * (1.0 + self.epidermis * cut(z.epidermis)),
            stiffness: facts.stiffness * lognormal(self.stiffness, z.stiffness),
            puncture_force: PUNCTURE_FORCE * (facts.toughness * lognormal(self.force, z.force)),
            residual: residual + residual_sd * cut(z.residual),
            relaxation: relaxation * (relaxation_sd * cut(z.relaxation)).exp(),
            fill: fill + fill_sd * cut(z.fill),
        }
    }
}

impl Local {
    /// The zone's middle: what a planner aims with.
    pub fn nominal(facts: &ZoneFacts) -> Self {
        let v = Variation::default();
        Self {
            thickness: facts.thickness,
            epidermis: facts.epidermis,
            stiffness: facts.stiffness,
            puncture_force: PUNCTURE_FORCE * facts.toughness,
            residual: v.residual[0],
            relaxation: v.relaxation[0],
            fill: v.fill[0],
        }
    }
}

/// Two sigma: a Gaussian thickness is never negative.
fn cut(z: f64) -> f64 {
    z.clamp(-2.0, 2.0)
}

/// Mean 1, standard deviation `cv`.
fn lognormal(cv: f64, z: f64) -> f64 {
    let variance = (cv * cv).ln_1p();
    (variance.sqrt() * z - 0.5 * variance).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Zone;
    use frames::{Seed, gauss};

    #[test]
    fn zeros_draw_the_middle() {
        let facts = Zone::Occiput.facts();
        let middle = Variation::default().local(&facts, &Normals::default());
        let nominal = Local::nominal(&facts);
        assert_eq!(middle.thickness, nominal.thickness);
        assert!((middle.residual - nominal.residual).abs() < 1e-15 && (middle.fill - nominal.fill).abs() < 1e-15);
        // A lognormal's median lies below its mean: 1/sqrt(1 + 0.25^2).
        assert!((middle.puncture_force / nominal.puncture_force - 1.0 / 1.0625_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn puncture_force_has_the_published_spread() {
        let facts = Zone::FrontalMid.facts();
        let n = 20_000;
        let forces: Vec<f64> = (0..n)
            .map(|k| {
                let z = Normals { force: gauss(Seed(1), 0, k), ..Normals::default() };
                Variation::default().local(&facts, &z).puncture_force.get()
            })
            .collect();
        let mean = forces.iter().sum::<f64>() / n as f64;
        let sd = (forces.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / n as f64).sqrt();
        assert!((mean - 0.12).abs() < 0.001, "{mean}");
        assert!((sd / mean - 0.25).abs() < 0.01, "{}", sd / mean);
    }

    #[test]
    fn far_tails_stay_inside_the_published_ranges() {
        for z in [-9.0, 9.0] {
            let z = Normals { force: z, stiffness: z, thickness: z, epidermis: z, residual: z, relaxation: z, fill: z };
            let l = Variation::default().local(&Zone::FrontalHairline.facts(), &z);
            assert!((0.15 - 1e-12..=0.35 + 1e-12).contains(&l.residual), "{}", l.residual);
            assert!((0.05 - 1e-12..=0.20 + 1e-12).contains(&l.relaxation), "{}", l.relaxation);
            assert!((0.30 - 1e-12..=0.60 + 1e-12).contains(&l.fill), "{}", l.fill);
            assert!(l.thickness > l.epidermis && l.epidermis > Metres::ZERO && l.puncture_force.get() > 0.0);
        }
    }

    #[test]
    fn scars_are_tougher() {
        let scar = Local::nominal(&Zone::FutScar.facts()).puncture_force / PUNCTURE_FORCE;
        assert!((1.3..=3.0).contains(&scar), "{scar}: published range");
    }
}
