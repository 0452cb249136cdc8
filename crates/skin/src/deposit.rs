//! Ink: how dilute it is, how much of it a hole takes, how it runs out on the needle.
//!
//! In: dilution, needle group, depth, filling, hits, dots since the last dip. Out: masses in kg, fractions.
//! Absent: what stays (see [`crate::retained`]), how it looks (see [`crate::reflectance`]).
//! Source: skin.md 1.8, 3.2 (E).

use frames::{Metres, Penetration};
use serde::{Deserialize, Serialize};

use crate::error::within;
use crate::{Group, SkinError};

/// Pigment in the concentrate, by weight (skin.md 1.8: 15 %, S9 C).
pub const PIGMENT_BY_WEIGHT: f64 = 0.15;
/// Of the concentrate, kg/m³: 15 % carbon at 1800 in water at 1000 (D).
pub const CONCENTRATE_DENSITY: f64 = 1.0 / (0.15 / 1800.0 + 0.85 / 1000.0);
/// Hits over which a dot fills up: `n0` of skin.md 3.2 (E).
pub const SATURATION_HITS: f64 = 6.0;
/// Dots that a dip of a single needle lasts; the middle of 40-80 (skin.md 3.2 E).
pub const DOTS_PER_DIP: f64 = 60.0;

/// Water to concentrate, by volume: 0 is undiluted, 20 is 1:20.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Dilution(f64);

impl Dilution {
    /// As it comes.
    pub const NONE: Self = Self(0.0);
    /// The steps to simulate (skin.md 1.8 E), darkest first.
    pub const STEPS: [Self; 5] = [Self(5.0), Self(10.0), Self(15.0), Self(20.0), Self(30.0)];

    /// Every ink on the shelf, darkest first: undiluted and [`Dilution::STEPS`].
    pub const INKS: [Self; 6] = [Self(0.0), Self(5.0), Self(10.0), Self(15.0), Self(20.0), Self(30.0)];

    /// The next lighter of [`Dilution::INKS`].
    pub fn lighter(self) -> Option<Self> {
        Self::INKS.into_iter().find(|ink| *ink > self)
    }

    /// The next darker of [`Dilution::INKS`].
    pub fn darker(self) -> Option<Self> {
        Self::INKS.into_iter().rev().find(|ink| *ink < self)
    }

    /// 0 to 50 parts of water to one of concentrate.
    pub fn try_new(parts: f64) -> Result<Self, SkinError> {
        within("dilution", parts, [0.0, 50.0], "parts of water").map(Self)
    }

    /// Parts of water to one of concentrate.
    pub const fn parts(self) -> f64 {
        self.0
    }

    /// Part of the mixture that is concentrate, 1 for undiluted ink.
    pub fn strength(self) -> f64 {
        1.0 / (1.0 + self.0)
    }

    /// Mass of pigment in the mixture, kg/m³: `C` of skin.md 3.2.
    pub fn pigment(self) -> f64 {
        PIGMENT_BY_WEIGHT * CONCENTRATE_DENSITY * self.strength()
    }
}

impl std::fmt::Display for Dilution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "1:{}", self.0)
    }
}

impl TryFrom<f64> for Dilution {
    type Error = SkinError;
    fn try_from(parts: f64) -> Result<Self, SkinError> {
        Self::try_new(parts)
    }
}

impl From<Dilution> for f64 {
    fn from(d: Dilution) -> Self {
        d.0
    }
}

/// Needles for which the laws of deposition are published, mm: codes 06 to 10 and a little more (skin.md 1.6).
pub const NEEDLES: [f64; 2] = [0.10, 0.40];
/// Holes for which they are, mm (skin.md 1.6, S64, S66 A).
pub const HOLES: [f64; 2] = [0.0, 2.0];
/// Parts of a hole that ink fills: `eta` of skin.md 3.2 (E).
pub const FILLS: [f64; 2] = [0.3, 0.6];
/// Hits into one hole: the slowest human touch has 50 (skin.md 1.6 K).
pub const HITS: [f64; 2] = [0.0, 50.0];
/// Dots after one dip for which [`film`] means anything (E: a hundred times what a dip lasts).
pub const DOTS_ON_A_FILM: [f64; 2] = [0.0, 6_000.0];

/// Ink that one needle's hole takes, m³: a cone, partly filled on withdrawal. skin.md 3.2:
/// `V = pi/3*(d_n/2)^2*z*eta`, eta 0.3-0.6, holes up to 2 mm deep (S64, S66 A).
///
/// # Errors
/// Outside [`NEEDLES`], [`HOLES`], [`FILLS`].
pub fn ink_volume(needle: Metres, depth: Penetration, fill: f64) -> Result<f64, SkinError> {
    // The ends of the range may come from a sum.
    let [least, most] = FILLS;
    within("needle diameter", needle.mm(), NEEDLES, "mm")?;
    within("depth of the hole", depth.length().mm(), HOLES, "mm")?;
    within("filling of the hole", fill, [least - 1e-9, most + 1e-9], "of its volume")?;
    let radius = 0.5 * needle.get();
    Ok(std::f64::consts::FRAC_PI_3 * radius * radius * depth.get() * fill)
}

/// Pigment that one hit of a group leaves, kg: `m = C*V` for each of its needles (skin.md 3.2).
///
/// # Errors
/// As [`ink_volume`].
pub fn mass_per_hit(group: &Group, depth: Penetration, fill: f64, ink: Dilution) -> Result<f64, SkinError> {
    Ok(f64::from(group.points()) * ink.pigment() * ink_volume(group.diameter(), depth, fill)?)
}

/// What `hits` into the same hole leave, over what one leaves: `(1-exp(-n/n0))/(1-exp(-1/n0))`, the published
/// saturation `1-exp(-n/n0)`, n0 = 6, scaled so that one hit counts 1; at most 6.5.
///
/// # Errors
/// Outside [`HITS`].
pub fn hits_count(hits: u32) -> Result<f64, SkinError> {
    within("hits", f64::from(hits), HITS, "hits").map(hits_law)
}

pub(crate) fn hits_law(hits: f64) -> f64 {
    let full = |n: f64| -(-n / SATURATION_HITS).exp_m1();
    full(hits) / full(1.0)
}

/// Ink on the needle `dots` after a dip, over that of a full film: `exp(-k_ink*dots)` (skin.md 3.2 E). See
/// [`film_decay`] for `k_ink`.
///
/// # Errors
/// Outside [`DOTS_ON_A_FILM`]; a decay that no [`film_decay`] gives.
pub fn film(dots: u32, decay: f64) -> Result<f64, SkinError> {
    let dots = within("dots since the dip", f64::from(dots), DOTS_ON_A_FILM, "dots")?;
    within("decay of the film", decay, [0.0, std::f64::consts::LN_2], "a dot")?;
    Ok((-decay * dots).exp())
}

/// `k_ink` of a film that is half gone after `dots_per_dip` dots, per dot. The half is E: the source gives dots per dip and
/// no film.
pub fn film_decay(dots_per_dip: f64) -> Result<f64, SkinError> {
    within("dots per dip", dots_per_dip, [1.0, 10_000.0], "dots").map(|n| std::f64::consts::LN_2 / n)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn one_hit_of_black_ink() {
        let z = Penetration::new(Metres::from_mm(0.5));
        // pi/3 * (0.125 mm)^2 * 0.5 mm * 0.45 = 0.003682 mm3.
        let v = ink_volume(Metres::from_mm(0.25), z, 0.45).unwrap();
        assert!((v * 1e9 - 0.003_682).abs() < 1e-6, "{v}");
        // 15 % of 1071 kg/m3.
        assert!((Dilution::NONE.pigment() - 160.7).abs() < 0.1, "{}", Dilution::NONE.pigment());
        let one = mass_per_hit(&Group::ONE, z, 0.45, Dilution::NONE).unwrap();
        assert!((one * 1e9 - 0.592).abs() < 0.001, "{one} kg");
        assert!((mass_per_hit(&Group::THREE, z, 0.45, Dilution::NONE).unwrap() / one - 3.0).abs() < 1e-12);
    }

    #[test]
    fn dilutions() {
        assert!((Dilution::try_new(20.0).unwrap().strength() - 1.0 / 21.0).abs() < 1e-15);
        assert!(Dilution::try_new(-1.0).is_err() && Dilution::try_new(f64::NAN).is_err());
        assert_eq!(Dilution::INKS[1..], Dilution::STEPS);
        assert_eq!((Dilution::NONE.darker(), Dilution::NONE.lighter()), (None, Some(Dilution::STEPS[0])));
        assert_eq!((Dilution::STEPS[4].lighter(), Dilution::STEPS[4].darker()), (None, Some(Dilution::STEPS[3])));
        assert!(Dilution::STEPS.windows(2).all(|w| w[0].strength() > w[1].strength()));
    }

    #[test]
    fn hits_saturate() {
        assert!(hits_count(0).unwrap().abs() < 1e-15);
        assert!((hits_count(1).unwrap() - 1.0).abs() < 1e-15);
        assert!((hits_count(6).unwrap() / hits_law(1_000.0) - (1.0 - (-1.0_f64).exp())).abs() < 1e-12);
        assert!(hits_law(f64::from(u32::MAX)) < 6.52);
    }

    #[test]
    fn the_film_is_half_gone_after_a_dip() {
        let k = film_decay(DOTS_PER_DIP).unwrap();
        assert!((film(60, k).unwrap() - 0.5).abs() < 1e-12 && (film(0, k).unwrap() - 1.0).abs() < 1e-15);
        assert!(film_decay(0.0).is_err());
    }
}
