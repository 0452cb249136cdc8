//! Shaved hair: the shade that a stipple is to match.
//!
//! In: hairs per area, width and visible length of the shafts, the lightness of the skin. Out: how dark the shaved scalp
//! looks. Absent: grey or fair hair (shafts are black here), direction, single hairs.
//! Source: skin.md 3.5 "Target shade" (D), 1.1 and 1.3 for hair (T3; S33, S35 A).

use frames::{Metres, PerSquareMetre};

use crate::optics::{BLACK, INK_REFLECTANCE, area, crowded, lightness_of, reflectance_of};
use crate::{Ancestry, SkinError, error::within};

/// Depth over which a shaft in the skin takes light (skin.md 3.5 D).
const ACTIVE: Metres = Metres::from_mm(0.8);

/// A shaved scalp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stubble {
    /// Hairs, not follicular units.
    pub hairs: PerSquareMetre,
    /// Width of a shaft.
    pub shaft: Metres,
    /// Length that shows above the skin.
    pub visible: Metres,
}

impl Stubble {
    /// 180 hairs/cm² of 77 um, 0.4 mm of each to be seen: 5.5 % of the area (skin.md 3.5 D).
    pub const PUBLISHED: Self = Self {
        hairs: PerSquareMetre::from_per_cm2(180.0),
        shaft: Metres::from_mm(0.077),
        visible: Metres::from_mm(0.4),
    };

    /// What is usual where the person's hair comes from: the middle of the published means of hairs/cm² (S33, S35 A) and the
    /// shafts of T3, whose order is contested. No shaft is published for Hispanic hair: the Caucasian one is taken (K).
    pub fn of(ancestry: Ancestry) -> Self {
        let (hairs, shaft_um) = match ancestry {
            Ancestry::Caucasian => (222.0, 77.0),
            Ancestry::Hispanic => (173.5, 77.0),
            Ancestry::African => (154.0, 120.0),
            Ancestry::HanChinese => (143.3, 67.0),
        };
        Self { hairs: PerSquareMetre::from_per_cm2(hairs), shaft: Metres::from_mm(1e-3 * shaft_um), ..Self::PUBLISHED }
    }

    /// L* of skin of `skin` L* under this stubble: the shafts in the skin by the embedded-column law, black, then the part
    /// of the area that stubble covers.
    pub fn lightness(&self, skin: f64) -> Result<f64, SkinError> {
        within("lightness of the skin", skin, [32.0, 72.0], "L*")?;
        within("hairs", self.hairs.per_cm2(), [0.0, 400.0], "hairs/cm2")?;
        within("width of a hair", self.shaft.mm(), [0.03, 0.15], "mm")?;
        within("visible length of stubble", self.visible.mm(), [0.0, 1.0], "mm")?;
        let one = 1e-6 * area(skin, self.shaft.mm(), [0.0, ACTIVE.mm()], BLACK * 1e-3);
        let under = reflectance_of(skin) * (-crowded(self.hairs.get() * one)).exp();
        let covered = self.hairs.get() * self.shaft.get() * self.visible.get();
        Ok(lightness_of((1.0 - covered) * under + covered * INK_REFLECTANCE))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    /// skin.md 3.5: exponent about 0.21, area 5.5 %, 5-8 L* on light skin.
    #[test]
    fn the_published_shade_of_shaved_hair() {
        let s = Stubble::PUBLISHED;
        assert!((100.0 * s.hairs.get() * s.shaft.get() * s.visible.get() - 5.5).abs() < 0.05);
        let darker = 72.0 - s.lightness(72.0).unwrap();
        assert!((5.0..=8.0).contains(&darker), "{darker}");
        let below = 72.0 - Stubble { visible: Metres::ZERO, ..s }.lightness(72.0).unwrap();
        assert!((4.0..darker).contains(&below), "{below}");
        // Published: 0.21, from an estimate; photons say 0.19.
        let load = (reflectance_of(72.0) / reflectance_of(72.0 - below)).ln();
        assert!((0.17..=0.21).contains(&load), "{load}");
    }

    #[test]
    fn contrast_is_small_on_dark_skin_and_more_hair_is_darker() {
        let s = Stubble::PUBLISHED;
        let contrast = |skin: f64| skin - s.lightness(skin).unwrap();
        assert!(contrast(32.0) < contrast(54.0) && contrast(54.0) < contrast(72.0));
        let of = |a| 60.0 - Stubble::of(a).lightness(60.0).unwrap();
        assert!(of(Ancestry::HanChinese) < of(Ancestry::Hispanic) && of(Ancestry::Hispanic) < of(Ancestry::Caucasian));
        let none = Stubble { hairs: PerSquareMetre::ZERO, ..s };
        assert!((none.lightness(60.0).unwrap() - 60.0).abs() < 1e-9);
    }

    #[test]
    fn refuses_what_is_no_hair() {
        let s = Stubble::PUBLISHED;
        assert!(s.lightness(31.9).is_err() && s.lightness(72.1).is_err());
        assert!(Stubble { hairs: PerSquareMetre::from_per_cm2(401.0), ..s }.lightness(60.0).is_err());
        assert!(Stubble { shaft: Metres::from_mm(0.2), ..s }.lightness(60.0).is_err());
        assert!(Stubble { visible: Metres::from_mm(1.1), ..s }.lightness(60.0).is_err());
    }
}
