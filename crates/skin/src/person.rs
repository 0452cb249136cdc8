//! The person, as far as the skin is concerned.
//!
//! In: Fitzpatrick type, age, oily or atrophic skin, sex, ancestry, lightness, shaved hair, test dots. Out:
//! [`Person::facts`], the zone's facts for this person, the lightness of the skin, the hair it should look like. Absent:
//! identity, health, consent.
//! Source: skin.md 1.2, "Modifiers" (E); the middle of each published range is taken. Test dots replace them.

use frames::{Metres, PerSquareMetre};
use serde::{Deserialize, Serialize};

use crate::{Ancestry, Calibrated, Calibration, Fade, Key, Lab, Own, SIDE_LIGHT_SPREAD, Stubble, Zone, ZoneFacts};

/// Skin type by its answer to sun, I (burns, never tans) to VI (never burns).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fitzpatrick {
    /// Burns, never tans.
    I,
    /// Burns, tans little.
    II,
    /// Burns, then tans.
    III,
    /// Burns little.
    IV,
    /// Burns rarely.
    V,
    /// Never burns.
    VI,
}

/// For the thickness of the epidermis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Thinner epidermis.
    Female,
    /// Thicker epidermis.
    Male,
}

/// What changes the numbers of a zone from one person to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Person {
    /// Skin type.
    pub fitzpatrick: Fitzpatrick,
    /// Years.
    pub age: u8,
    /// Oily or thick skin.
    pub oily: bool,
    /// Thinned skin, at any age.
    pub atrophic: bool,
    /// Unknown: the table's epidermis.
    pub sex: Option<Sex>,
    /// For density and shafts; unknown: the Caucasian density, from which the zone densities of skin.md 1.3 are made.
    pub ancestry: Option<Ancestry>,
    /// L* of the untreated scalp by colorimeter; `None`: by skin type.
    pub lightness: Option<f64>,
    /// The person's own shaved hair; `None`: by ancestry.
    pub stubble: Option<Stubble>,
    /// How fast pigment goes.
    pub fade: Fade,
    /// What a skin file gives; it goes over the presets.
    pub own: Own,
    /// What test dots have shown; it replaces every preset in the zones that have them.
    pub calibration: Calibration,
}

/// Fitzpatrick IV-VI, thick or oily skin: +0.05 to +0.10 mm (skin.md 1.2, E).
const DEEPER: Metres = Metres::from_mm(0.075);
/// Age over 60 or atrophic skin: -0.05 to -0.10 mm (skin.md 1.2, E).
const SHALLOWER: Metres = Metres::from_mm(-0.075);
/// Epidermis of women over that of men, thinnest of six regions: 66 and 79 um (skin.md 1.2, S21 A). The table's 0.08 mm
/// is the man's.
const WOMEN: f64 = 66.0 / 79.0;

impl Person {
    /// Type II, 35 years: no modifier applies.
    pub const LIGHT: Self = Self::of_type(Fitzpatrick::II, 35);
    /// Type IV, 35 years.
    pub const MEDIUM: Self = Self::of_type(Fitzpatrick::IV, 35);
    /// Type VI, 35 years.
    pub const DARK: Self = Self::of_type(Fitzpatrick::VI, 35);
    /// Type II, 70 years.
    pub const OLD: Self = Self::of_type(Fitzpatrick::II, 70);

    /// A skin type and an age, nothing else known.
    pub const fn of_type(fitzpatrick: Fitzpatrick, age: u8) -> Self {
        Self {
            fitzpatrick,
            age,
            oily: false,
            atrophic: false,
            sex: None,
            ancestry: None,
            lightness: None,
            stubble: None,
            fade: Fade::PUBLISHED,
            own: Own::NONE,
            calibration: Calibration::NONE,
        }
    }

    /// How much deeper than the zone's window to go. The two modifiers add; neither counts twice.
    pub fn depth_shift(&self) -> Metres {
        let thick = self.fitzpatrick >= Fitzpatrick::IV || self.oily;
        let thin = self.age > 60 || self.atrophic;
        let mut shift = Metres::ZERO;
        if thick {
            shift = shift + DEEPER;
        }
        if thin {
            shift = shift + SHALLOWER;
        }
        shift
    }

    /// The zone's facts for this person: fitted where test dots were set, else the table's with the presets applied.
    pub fn facts(&self, zone: Zone) -> ZoneFacts {
        self.calibration.zone(zone).map_or_else(|| self.preset(zone), Calibrated::facts)
    }

    /// The zone's facts before any test dot: by presets, and what a skin file gives in their place. Sex moves the epidermis and
    /// not the window, for which no rule by sex is published.
    pub fn preset(&self, zone: Zone) -> ZoneFacts {
        let facts = zone.facts();
        let thinner = if self.sex == Some(Sex::Female) { WOMEN } else { 1.0 };
        let window = facts.window.shifted(self.depth_shift());
        self.own.over(zone, ZoneFacts { window, epidermis: facts.epidermis * thinner, ..facts })
    }

    /// Half of the 95 % interval of the logarithm of the side-light factor: by test dots, else by the skin file, else what people
    /// differ by.
    pub fn side_light_unsure(&self, zone: Zone) -> f64 {
        let fitted = self.calibration.zone(zone).map(|c| c.fitted().side_light);
        let known = fitted.or_else(|| self.own.given(zone, Key::SideLight)).filter(|e| e.low > 0.0);
        known.map_or(1.96 * SIDE_LIGHT_SPREAD, |e| 0.5 * (e.high / e.low).ln())
    }

    /// CIE L* of the untreated scalp: as measured, else even steps from 72 (I) to 32 (VI), the light and dark skins for which
    /// the optics are known (skin.md 3.5 D; section 6 gives 30-72, K).
    pub fn lightness(&self) -> f64 {
        self.lightness.unwrap_or(match self.fitzpatrick {
            Fitzpatrick::I => 72.0,
            Fitzpatrick::II => 64.0,
            Fitzpatrick::III => 56.0,
            Fitzpatrick::IV => 48.0,
            Fitzpatrick::V => 40.0,
            Fitzpatrick::VI => 32.0,
        })
    }

    /// Colour of the untreated scalp: [`Person::lightness`], and a\* and b\* as usual for it ([`Lab::of_skin`]).
    pub fn colour(&self) -> Lab {
        Lab::of_skin(self.lightness())
    }

    /// Follicular units per area where the hair is full.
    pub fn follicular_units(&self) -> PerSquareMetre {
        self.ancestry.unwrap_or(Ancestry::Caucasian).follicular_units()
    }

    /// The person's shaved hair: as given, else by ancestry, else the published one.
    pub fn stubble(&self) -> Stubble {
        self.stubble.or_else(|| self.ancestry.map(Stubble::of)).unwrap_or(Stubble::PUBLISHED)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;
    use crate::calibration::tests::published;

    #[track_caller]
    fn check(fitzpatrick: Fitzpatrick, age: u8, oily: bool, atrophic: bool, want_mm: f64) {
        let person = Person { oily, atrophic, ..Person::of_type(fitzpatrick, age) };
        assert!((person.depth_shift().mm() - want_mm).abs() < 1e-12, "{person:?}: {}", person.depth_shift());
        let moved = person.facts(Zone::FrontalMid).window.target.length() - Metres::from_mm(0.50);
        assert!((moved.mm() - want_mm).abs() < 1e-12, "{person:?}");
    }

    #[test]
    fn modifiers() {
        check(Fitzpatrick::III, 60, false, false, 0.0);
        check(Fitzpatrick::IV, 60, false, false, 0.075);
        check(Fitzpatrick::VI, 30, true, false, 0.075);
        check(Fitzpatrick::I, 30, true, false, 0.075);
        check(Fitzpatrick::II, 61, false, false, -0.075);
        check(Fitzpatrick::II, 61, false, true, -0.075);
        check(Fitzpatrick::V, 61, false, false, 0.0);
    }

    #[test]
    fn test_dots_replace_every_preset() {
        let zone = Zone::FrontalMid;
        let own = Calibrated::try_new(zone, published(zone), &Person::DARK.preset(zone)).unwrap();
        let person = Person { sex: Some(Sex::Female), calibration: Calibration::NONE.with(zone, own), ..Person::DARK };
        assert_eq!(person.facts(zone), own.facts());
        assert_eq!(person.facts(Zone::Vertex), person.preset(Zone::Vertex), "no dots there");
        assert!((person.facts(Zone::Vertex).window.target.length().mm() - 0.575).abs() < 1e-12);
    }

    #[test]
    fn what_a_file_gives_goes_over_the_presets_and_test_dots_over_both() {
        let zone = Zone::Vertex;
        let e = |value| crate::Estimate { value, low: 0.9 * value, high: 1.1 * value };
        let own = Own::NONE.with(zone, Key::Target, e(0.60)).unwrap().with(zone, Key::SideLight, e(1.2)).unwrap();
        let own = own.with(zone, Key::Thickness, e(1.6)).unwrap();
        let person = Person { own, ..Person::DARK };
        let facts = person.facts(zone);
        assert!((facts.window.target.length().mm() - 0.60).abs() < 1e-12 && (facts.side_light - 1.2).abs() < 1e-12);
        assert_eq!(facts.window.least, Person::DARK.facts(zone).window.least, "the rest by presets");
        assert!((person.side_light_unsure(zone) - 0.5 * (1.1_f64 / 0.9).ln()).abs() < 1e-12);
        assert!((Person::DARK.side_light_unsure(zone) - 0.294).abs() < 1e-12);
        // Test dots cannot show the thickness: the file's stays.
        let dots = Calibrated::try_new(zone, published(zone), &person.preset(zone)).unwrap();
        let fitted = Person { calibration: Calibration::NONE.with(zone, dots), ..person };
        assert!((fitted.facts(zone).thickness.mm() - 1.6).abs() < 1e-12);
        assert!((fitted.facts(zone).side_light - 1.0).abs() < 1e-12);
    }

    #[test]
    fn presets_of_sex_ancestry_and_lightness() {
        let woman = Person { sex: Some(Sex::Female), ..Person::LIGHT };
        assert!((woman.facts(Zone::Vertex).epidermis.mm() - 0.0668).abs() < 1e-4, "65.9 +- 14.4 um, S21 A");
        assert_eq!(woman.facts(Zone::Vertex).window, Person::LIGHT.facts(Zone::Vertex).window);
        let man = Person { sex: Some(Sex::Male), ..Person::LIGHT };
        assert_eq!(man.facts(Zone::Vertex), Person::LIGHT.facts(Zone::Vertex));
        assert!((Person { lightness: Some(61.5), ..Person::DARK }.lightness() - 61.5).abs() < 1e-12);
        let han = Person { ancestry: Some(Ancestry::HanChinese), ..Person::LIGHT };
        assert!((han.follicular_units().per_cm2() - 74.4).abs() < 1e-9);
        assert_eq!(han.stubble(), Stubble::of(Ancestry::HanChinese));
        assert_eq!(Person::LIGHT.stubble(), Stubble::PUBLISHED);
        let own = Stubble { visible: Metres::ZERO, ..Stubble::PUBLISHED };
        assert_eq!(Person { stubble: Some(own), ..han }.stubble(), own);
    }

    #[test]
    fn darker_types_are_darker() {
        assert!((Person::LIGHT.lightness() - 64.0).abs() < 1e-12);
        assert!(Person::DARK.lightness() < Person::MEDIUM.lightness());
        assert!(Person::MEDIUM.lightness() < Person::LIGHT.lightness());
    }
}
