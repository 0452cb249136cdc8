//! The person, as far as the skin is concerned.
//!
//! In: Fitzpatrick type, age, oily or atrophic skin. Out: [`Person::facts`], the zone's facts moved for this person, and
//! the lightness of the skin. Absent: identity, health, consent; and test dots, which replace all of this.
//! Source: skin.md 1.2, "Modifiers" (E); the middle of each published range is taken.

use frames::Metres;
use serde::{Deserialize, Serialize};

use crate::{Zone, ZoneFacts};

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

/// What changes the numbers of a zone from one person to the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Skin type.
    pub fitzpatrick: Fitzpatrick,
    /// Years.
    pub age: u8,
    /// Oily or thick skin.
    #[serde(default)]
    pub oily: bool,
    /// Thinned skin, at any age.
    #[serde(default)]
    pub atrophic: bool,
}

/// Fitzpatrick IV-VI, thick or oily skin: +0.05 to +0.10 mm (skin.md 1.2, E).
const DEEPER: Metres = Metres::from_mm(0.075);
/// Age over 60 or atrophic skin: -0.05 to -0.10 mm (skin.md 1.2, E).
const SHALLOWER: Metres = Metres::from_mm(-0.075);

impl Person {
    /// Type II, 35 years: no modifier applies.
    pub const LIGHT: Self = Self { fitzpatrick: Fitzpatrick::II, age: 35, oily: false, atrophic: false };
    /// Type IV, 35 years.
    pub const MEDIUM: Self = Self { fitzpatrick: Fitzpatrick::IV, age: 35, oily: false, atrophic: false };
    /// Type VI, 35 years.
    pub const DARK: Self = Self { fitzpatrick: Fitzpatrick::VI, age: 35, oily: false, atrophic: false };
    /// Type II, 70 years.
    pub const OLD: Self = Self { fitzpatrick: Fitzpatrick::II, age: 70, oily: false, atrophic: false };

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

    /// The zone's facts with this person's window.
    pub fn facts(&self, zone: Zone) -> ZoneFacts {
        let facts = zone.facts();
        ZoneFacts { window: facts.window.shifted(self.depth_shift()), ..facts }
    }

    /// CIE L* of the untreated scalp: even steps from 72 (I) to 32 (VI), the light and dark skins for which the optics
    /// are known (skin.md 3.5 D; section 6 gives 30-72, K). A colorimeter is better.
    pub fn lightness(&self) -> f64 {
        match self.fitzpatrick {
            Fitzpatrick::I => 72.0,
            Fitzpatrick::II => 64.0,
            Fitzpatrick::III => 56.0,
            Fitzpatrick::IV => 48.0,
            Fitzpatrick::V => 40.0,
            Fitzpatrick::VI => 32.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fitzpatrick: Fitzpatrick, age: u8, oily: bool, atrophic: bool, want_mm: f64) {
        let person = Person { fitzpatrick, age, oily, atrophic };
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
    fn darker_types_are_darker() {
        assert!((Person::LIGHT.lightness() - 64.0).abs() < 1e-12);
        assert!(Person::DARK.lightness() < Person::MEDIUM.lightness());
        assert!(Person::MEDIUM.lightness() < Person::LIGHT.lightness());
    }
}
