//! `[person]` of a scene: presets of the skin, and the files that replace them.
//!
//! In: the table, and the skin file and the calibration it names. Out: [`skin::Person`], checked. Absent: identity, health, consent.

use std::path::{Path, PathBuf};

use frames::{Metres, PerSquareMetre};
use serde::Deserialize;
use skin::{Ancestry, Fitzpatrick, Person, Sex, Stubble};

use crate::Failure;
use crate::skin_file::{self, LIGHTNESS, Role};

/// `[person]`. Every key has a default: type II, 35 years, nothing else known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersonTable {
    /// I to VI. Default II.
    pub fitzpatrick: Option<Fitzpatrick>,
    /// Years. Default 35.
    pub age: Option<u8>,
    /// Oily or thick skin.
    pub oily: bool,
    /// Thinned skin.
    pub atrophic: bool,
    /// `female` or `male`.
    pub sex: Option<Sex>,
    /// `caucasian`, `hispanic`, `african` or `han_chinese`: natural density and width of hair.
    pub ancestry: Option<Ancestry>,
    /// L* of the untreated scalp by colorimeter. Default: by `fitzpatrick`.
    pub lightness: Option<f64>,
    /// The person's own shaved hair. Default: by `ancestry`.
    pub stubble: Option<StubbleTable>,
    /// A skin file, relative to the scene file: what it gives goes over the presets.
    pub skin: Option<PathBuf>,
    /// What `pigment calibrate-skin` wrote, relative to the scene file: goes over both.
    pub calibration: Option<PathBuf>,
}

/// `stubble` of `[person]`. Every key has the published default.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StubbleTable {
    /// Hairs, not follicular units.
    pub hairs_per_cm2: Option<f64>,
    /// Width of a shaft.
    pub shaft_um: Option<f64>,
    /// What shows above the skin.
    pub visible_mm: Option<f64>,
}

/// Nobody is older.
const OLDEST: u8 = 120;

/// A person with the files that were read for them.
pub(crate) struct Known {
    pub(crate) person: Person,
    /// Bytes of the skin file.
    pub(crate) skin: Option<Vec<u8>>,
    /// Bytes of the calibration.
    pub(crate) calibration: Option<Vec<u8>>,
}

impl PersonTable {
    /// The person of a scene: presets, the skin file over them, the calibration over both.
    pub(crate) fn known(&self, scene: &Path) -> Result<Known, Failure> {
        let person = self.person().map_err(|why| Failure::file(scene, format_args!("[person] {why}")))?;
        let named = |path: &PathBuf| scene.parent().unwrap_or(Path::new("")).join(path);
        let mut known = Known { person, skin: None, calibration: None };
        if let Some(path) = &self.skin {
            let (person, bytes) = skin_file::read(&named(path), known.person, Role::Skin(self))?;
            known = Known { person, skin: Some(bytes), ..known };
        }
        if let Some(path) = &self.calibration {
            let (person, bytes) = skin_file::read(&named(path), known.person, Role::Calibration)?;
            known = Known { person, calibration: Some(bytes), ..known };
        }
        Ok(known)
    }

    /// The person by presets alone; the text names the key that is wrong.
    pub fn person(&self) -> Result<Person, String> {
        let mut person = Person {
            oily: self.oily,
            atrophic: self.atrophic,
            sex: self.sex,
            ancestry: self.ancestry,
            lightness: self.lightness,
            ..Person::of_type(self.fitzpatrick.unwrap_or(Fitzpatrick::II), self.age.unwrap_or(35))
        };
        let [darkest, lightest] = LIGHTNESS;
        if let Some(l) = self.lightness.filter(|l| !(darkest..=lightest).contains(l)) {
            return Err(format!("lightness = {l}; the L* of skin lies between {darkest} and {lightest}"));
        }
        if let Some(age) = self.age.filter(|age| !(1..=OLDEST).contains(age)) {
            return Err(format!("age = {age}; write years, 1 to {OLDEST}"));
        }
        person.stubble = self.stubble.map(|s| s.stubble(person.stubble())).transpose()?;
        Ok(person)
    }
}

impl StubbleTable {
    /// `usual` with what was measured.
    fn stubble(&self, usual: Stubble) -> Result<Stubble, String> {
        let stubble = Stubble {
            hairs: self.hairs_per_cm2.map_or(usual.hairs, PerSquareMetre::from_per_cm2),
            shaft: self.shaft_um.map_or(usual.shaft, |um| Metres::from_mm(1e-3 * um)),
            visible: self.visible_mm.map_or(usual.visible, Metres::from_mm),
        };
        // Any skin will do: only the hair is checked here.
        stubble.lightness(60.0).map_err(|e| format!("stubble: {e}"))?;
        Ok(stubble)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    fn read(text: &str) -> Result<Person, String> {
        toml::from_str::<PersonTable>(text).unwrap().person()
    }

    #[test]
    fn nothing_said_is_type_two_of_thirty_five() {
        assert_eq!(read("").unwrap(), Person::LIGHT);
    }

    #[test]
    fn every_preset_arrives() {
        let text = "fitzpatrick = \"V\"\nage = 62\noily = true\natrophic = true\nsex = \"female\"\nancestry = \"african\"\n\
                    lightness = 41.5\nstubble = { visible_mm = 0.2 }";
        let stubble = Stubble { visible: Metres::from_mm(0.2), ..Stubble::of(Ancestry::African) };
        let want = Person {
            oily: true,
            atrophic: true,
            sex: Some(Sex::Female),
            ancestry: Some(Ancestry::African),
            lightness: Some(41.5),
            stubble: Some(stubble),
            ..Person::of_type(Fitzpatrick::V, 62)
        };
        assert_eq!(read(text).unwrap(), want);
    }

    #[track_caller]
    fn refused(text: &str, want: &str) {
        let why = read(text).unwrap_err();
        assert!(why.contains(want), "{why}");
    }

    #[test]
    fn wrong_presets_are_named() {
        refused("lightness = 95", "lightness = 95");
        refused("lightness = nan", "lightness = NaN");
        refused("age = 0", "age = 0; write years");
        refused("age = 121", "age = 121; write years");
        refused("stubble = { hairs_per_cm2 = 900 }", "stubble: hairs is 900");
        refused("stubble = { shaft_um = 1 }", "stubble: width of a hair");
        refused("stubble = { visible_mm = 3 }", "stubble: visible length");
    }
}
