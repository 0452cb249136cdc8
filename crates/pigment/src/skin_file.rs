//! Skin files: what is known of one person's skin, each value with its bounds, its source and what that is worth.
//!
//! In: such a file, bundled (`assets/skins`), written by hand or by `calibrate-skin`. Out: the person with it, checked; errors
//! by file and line. Absent: the published values (`skin::stated`), the fit, the person's name.
//!
//! One format: a zone with `dots` was fitted to test dots, so its depth window follows from the fit; any other zone gives
//! what it gives, and the presets give the rest. `[person] skin` goes over the presets, `[person] calibration` over both.

use std::path::Path;

use serde::Deserialize;
use skin::{Calibrated, Estimate, Fade, Fitted, Fitzpatrick, Key, Mark, Own, Person, SKIN_FILE, SkinError, Zone};
use toml::Spanned;

use crate::{Failure, PersonTable, toml_file};

/// Skin that differs from the calibrated one by more, L*, is another person's: half a Fitzpatrick step.
const SAME_SKIN: f64 = 4.0;
/// L* that skin may have.
pub(crate) const LIGHTNESS: [f64; 2] = [20.0, 90.0];

/// What the file is named for.
#[derive(Clone, Copy)]
pub(crate) enum Role<'a> {
    /// The skin to begin with; what the scene itself says of lightness and age stands.
    Skin(&'a PersonTable),
    /// Test dots of this very person.
    Calibration,
}

/// Only its version: what else stands in it depends on that.
#[derive(Debug, Deserialize)]
struct Version {
    version: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "read before the rest")]
    version: u32,
    fitzpatrick: Option<Fitzpatrick>,
    age: Option<u8>,
    #[expect(dead_code, reason = "for people: which test dots")]
    table: Option<String>,
    table_sha256: Option<String>,
    lightness: Option<Spanned<Entry>>,
    fade_per_year: Option<Spanned<Entry>>,
    sun: Option<Spanned<Entry>>,
    #[serde(default)]
    zone: Vec<ZoneTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneTable {
    zone: Spanned<Zone>,
    dots: Option<usize>,
    #[expect(dead_code, reason = "for people: how many of the dots are still there")]
    kept: Option<usize>,
    thickness_mm: Option<Spanned<Entry>>,
    epidermis_mm: Option<Spanned<Entry>>,
    least_mm: Option<Spanned<Entry>>,
    target_mm: Option<Spanned<Entry>>,
    most_mm: Option<Spanned<Entry>>,
    stiffness_n_per_mm: Option<Spanned<Entry>>,
    toughness: Option<Spanned<Entry>>,
    hole: Option<Spanned<Entry>>,
    spread: Option<Spanned<Entry>>,
    blur_per_mm: Option<Spanned<Entry>>,
    retention: Option<Spanned<Entry>>,
    side_light: Option<Spanned<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    value: f64,
    low: f64,
    high: f64,
    #[expect(dead_code, reason = "for people; only the marks of skin.md are read")]
    mark: Mark,
    source: String,
}

impl Entry {
    const fn estimate(&self) -> Estimate {
        Estimate { value: self.value, low: self.low, high: self.high }
    }
}

impl ZoneTable {
    const fn entry(&self, key: Key) -> Option<&Spanned<Entry>> {
        match key {
            Key::Thickness => self.thickness_mm.as_ref(),
            Key::Epidermis => self.epidermis_mm.as_ref(),
            Key::Least => self.least_mm.as_ref(),
            Key::Target => self.target_mm.as_ref(),
            Key::Most => self.most_mm.as_ref(),
            Key::Stiffness => self.stiffness_n_per_mm.as_ref(),
            Key::Toughness => self.toughness.as_ref(),
            Key::Hole => self.hole.as_ref(),
            Key::Spread => self.spread.as_ref(),
            Key::Blur => self.blur_per_mm.as_ref(),
            Key::Retention => self.retention.as_ref(),
            Key::SideLight => self.side_light.as_ref(),
        }
    }
}

/// Reads a skin file and puts it into `person`; returns the file's bytes too.
pub(crate) fn read(path: &Path, person: Person, role: Role<'_>) -> Result<(Person, Vec<u8>), Failure> {
    let (Version { version }, _) = toml_file::read::<Version>(path)?;
    if version != SKIN_FILE {
        let why = format!(
            "version = {version}; this program reads {SKIN_FILE}: run calibrate-skin again, or copy a file of assets/skins"
        );
        return Err(Failure::file(path, why));
    }
    let (file, bytes) = toml_file::read::<File>(path)?;
    let place = Place { path, bytes: &bytes };
    let person = place.person(&file, person, role)?;
    Ok((person, bytes))
}

/// Where an error is.
struct Place<'a> {
    path: &'a Path,
    bytes: &'a [u8],
}

impl Place<'_> {
    fn person(&self, file: &File, mut person: Person, role: Role<'_>) -> Result<Person, Failure> {
        let lightness = file.lightness.as_ref().map(|e| self.checked(e, "lightness", LIGHTNESS)).transpose()?;
        match role {
            Role::Skin(table) => {
                let other = table.fitzpatrick.filter(|own| file.fitzpatrick.is_some_and(|f| f != *own));
                if let Some(own) = other {
                    let why = format!(
                        "is of another skin type than the scene's [person] fitzpatrick = \"{own:?}\"; leave one out"
                    );
                    return Err(Failure::file(self.path, why));
                }
                person.fitzpatrick = file.fitzpatrick.unwrap_or(person.fitzpatrick);
                person.age = table.age.or(file.age).unwrap_or(person.age);
                person.lightness = person.lightness.or(lightness);
            }
            Role::Calibration => self.same_person(file, lightness, &person)?,
        }
        let rate =
            file.fade_per_year.as_ref().map(|e| self.checked(e, "fade_per_year", skin::FADE_RATES)).transpose()?;
        let sun = file.sun.as_ref().map(|e| self.checked(e, "sun", [1.0, 2.0])).transpose()?;
        let (rate, sun) = (rate.unwrap_or(person.fade.per_year), sun.unwrap_or(person.fade.sun));
        person.fade = Fade::try_new(rate, sun).map_err(|e| Failure::file(self.path, e))?;
        let mut seen = Vec::new();
        for table in &file.zone {
            let zone = *table.zone.get_ref();
            if seen.contains(&zone) {
                return Err(self.at(&table.zone, format_args!("zone = \"{}\" stands twice", zone.key())));
            }
            seen.push(zone);
            match table.dots {
                Some(dots) => self.fitted(table, dots, &mut person)?,
                None => self.given(table, &mut person)?,
            }
        }
        Ok(person)
    }

    /// A calibration is of this person, or it is none.
    fn same_person(&self, file: &File, lightness: Option<f64>, person: &Person) -> Result<(), Failure> {
        let no = |why: String| Err(Failure::file(self.path, why));
        match &file.table_sha256 {
            None => return no("names no test dots (table_sha256): is it a skin file? Then write skin = \"..\"".into()),
            Some(hash) if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
                return no(format!("table_sha256 = \"{hash}\" is not a SHA-256"));
            }
            Some(_) => {}
        }
        let Some(made_for) = lightness else { return no("lightness is missing: whose skin is it?".into()) };
        if !((made_for - person.lightness()).abs() <= SAME_SKIN) {
            return no(format!(
                "was made for skin of L* {made_for}, the scene's [person] has {}: another person, or lightness is missing there",
                person.lightness()
            ));
        }
        Ok(())
    }

    /// A zone that test dots have shown.
    fn fitted(&self, table: &ZoneTable, dots: usize, person: &mut Person) -> Result<(), Failure> {
        let zone = *table.zone.get_ref();
        if dots < skin::FEWEST_DOTS {
            let why = format!("{zone}: {dots} dots; at least {} are needed", skin::FEWEST_DOTS);
            return Err(self.at(&table.zone, why));
        }
        let shown = |key: Key| {
            let entry = table.entry(key).ok_or_else(|| {
                self.at(&table.zone, format_args!("{zone}: {} is missing in a zone with test dots", key.name()))
            })?;
            self.ranged(key, entry)?;
            Ok::<_, Failure>(entry.get_ref().estimate())
        };
        let fitted = Fitted {
            epidermis_mm: shown(Key::Epidermis)?,
            stiffness: shown(Key::Stiffness)?,
            hole: shown(Key::Hole)?,
            spread: shown(Key::Spread)?,
            blur_per_mm: shown(Key::Blur)?,
            side_light: shown(Key::SideLight)?,
        };
        let not_by_dots = |key: &&Key| table.entry(**key).is_some() && fitted.keys().iter().all(|(k, _)| k != *key);
        if let Some(key) = Key::ALL.iter().find(not_by_dots) {
            let why = format!("{zone}: test dots do not show {}; write it into the file that skin names", key.name());
            return Err(self.at(&table.zone, why));
        }
        let calibrated = Calibrated::try_new(zone, fitted, &person.preset(zone))
            .map_err(|e| self.at(&table.zone, format_args!("{zone}: {e}")))?;
        person.calibration = person.calibration.with(zone, calibrated);
        Ok(())
    }

    /// A zone of which some values are given.
    fn given(&self, table: &ZoneTable, person: &mut Person) -> Result<(), Failure> {
        let zone = *table.zone.get_ref();
        for key in Key::ALL {
            if let Some(entry) = table.entry(key) {
                person.own = self.put(person.own, zone, key, entry)?;
            }
        }
        skin::check_window(&person.preset(zone)).map_err(|e| self.at(&table.zone, format_args!("{zone}: {e}")))
    }

    fn put(&self, own: Own, zone: Zone, key: Key, entry: &Spanned<Entry>) -> Result<Own, Failure> {
        self.sourced(entry, key.name())?;
        own.with(zone, key, entry.get_ref().estimate()).map_err(|e| self.at(entry, e))
    }

    fn ranged(&self, key: Key, entry: &Spanned<Entry>) -> Result<(), Failure> {
        // Where it goes does not matter: range and bounds do.
        self.put(Own::NONE, Zone::FrontalMid, key, entry).map(|_| ())
    }

    /// A value of the person as a whole.
    fn checked(&self, entry: &Spanned<Entry>, what: &'static str, [least, most]: [f64; 2]) -> Result<f64, Failure> {
        self.sourced(entry, what)?;
        let Entry { value, low, high, .. } = *entry.get_ref();
        let out = |value| SkinError::OutOfRange { what, value, least, most, unit: "" };
        if !(least..=most).contains(&value) {
            return Err(self.at(entry, out(value)));
        }
        if !(low <= value && value <= high) {
            return Err(
                self.at(entry, format_args!("{what}: {value} is not between its own low {low} and high {high}"))
            );
        }
        Ok(value)
    }

    fn sourced(&self, entry: &Spanned<Entry>, what: &str) -> Result<(), Failure> {
        if entry.get_ref().source.trim().is_empty() {
            return Err(self.at(entry, format_args!("{what}: source is empty; say where the value comes from")));
        }
        Ok(())
    }

    fn at<T>(&self, spanned: &Spanned<T>, why: impl std::fmt::Display) -> Failure {
        let before = self.bytes.get(..spanned.span().start).unwrap_or_default();
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        Failure::Input(format!("{}:{line}: {why}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    fn bundled(name: &str) -> std::path::PathBuf {
        crate::repository(Path::new("assets/skins").join(format!("{name}.toml")).as_path())
    }

    /// What the files say is what the code says without them, in every zone; only the digits of the file are between them.
    #[test]
    fn every_bundled_file_reads_back_as_its_preset() {
        for (name, preset, _) in skin::bundled_skins() {
            let table = PersonTable::default();
            let (person, _) = read(&bundled(name), table.person().unwrap(), Role::Skin(&table)).unwrap();
            assert_eq!((person.fitzpatrick, person.age), (preset.fitzpatrick, preset.age), "{name}");
            assert!((person.lightness() - preset.lightness()).abs() < 1e-9 && person.fade == preset.fade);
            for zone in Zone::ALL {
                for key in Key::ALL {
                    let (got, want) = (key.of(&person.facts(zone)), key.of(&preset.facts(zone)));
                    assert!((got - want).abs() < 1e-5, "{name} {zone} {key:?}: {got} {want}");
                }
                assert!((person.side_light_unsure(zone) - preset.side_light_unsure(zone)).abs() < 1e-3);
            }
        }
    }

    const HEAD: &str = "version = 2\nfitzpatrick = \"IV\"\n";
    const CROWN: &str = "[[zone]]\nzone = \"vertex\"\n";

    fn with(text: &str, table: &PersonTable) -> Result<Person, Failure> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.toml");
        std::fs::write(&path, text).unwrap();
        read(&path, table.person().unwrap(), Role::Skin(table)).map(|(person, _)| person)
    }

    #[test]
    fn a_file_gives_what_it_gives_and_presets_the_rest() {
        let thick = "thickness_mm = { value = 1.8, low = 1.7, high = 1.9, mark = \"M\", source = \"ultrasound\" }\n";
        let text = format!(
            "{HEAD}fade_per_year = {{ value = 0.2, low = 0.1, high = 0.3, mark = \"M\", source = \"old tattoo\" }}\n{CROWN}{thick}"
        );
        let person =
            with(&text, &PersonTable { age: Some(64), lightness: Some(45.0), ..PersonTable::default() }).unwrap();
        assert_eq!((person.fitzpatrick, person.age), (Fitzpatrick::IV, 64));
        assert!((person.lightness() - 45.0).abs() < 1e-12 && (person.fade.per_year - 0.2).abs() < 1e-12);
        let facts = person.facts(Zone::Vertex);
        assert!((facts.thickness.mm() - 1.8).abs() < 1e-12);
        // Type IV and over 60: the two modifiers cancel.
        assert_eq!(facts.window, Zone::Vertex.facts().window);
    }

    #[track_caller]
    fn refused(text: &str, want: &str) {
        let why = with(text, &PersonTable::default()).unwrap_err().to_string();
        assert!(why.contains(want), "{why}\nwanted {want}");
    }

    #[test]
    fn says_where_what_and_the_limit() {
        let crown = |line: &str| format!("{HEAD}{CROWN}{line}\n");
        let entry = |key, value, low, high| {
            format!("{key} = {{ value = {value}, low = {low}, high = {high}, mark = \"E\", source = \"x\" }}")
        };
        refused("version = 1\n", "version = 1; this program reads 2");
        refused(&crown("hoel = 1"), "s.toml:5:1: unknown field `hoel`");
        refused(&crown(&entry("thickness_mm", 3.0, 1.0, 4.0)), "s.toml:5: thickness_mm is 3 mm, outside 1..=2 mm");
        refused(
            &crown(&entry("retention", 1.5, 1.0, 2.0)),
            "s.toml:5: retention is 1.5 of the published, outside 0.1..=1.4",
        );
        refused(&crown(&entry("hole", 0.5, 0.6, 0.7)), "s.toml:5: lower bound of a calibrated value");
        refused(&crown(&entry("hole", 0.5, 0.4, 0.7)).replace("\"x\"", "\" \""), "s.toml:5: hole: source is empty");
        refused(&crown(&entry("hole", 0.5, 0.4, 0.7)).replace("\"E\"", "\"F\""), "unknown variant `F`");
        refused(&crown(&entry("target_mm", 0.9, 0.4, 1.0)), "s.toml:4: vertex: target_mm is 0.9 mm, outside 0.425");
        refused(
            &format!("{HEAD}{}", entry("lightness", 95.0, 94.0, 96.0)),
            "s.toml:3: lightness is 95 , outside 20..=90",
        );
        refused(&format!("{HEAD}{}", entry("sun", 2.5, 1.0, 3.0)), "s.toml:3: sun is 2.5 , outside 1..=2");
        refused(&format!("{HEAD}{}", entry("fade_per_year", 0.3, 0.1, 0.5)), "s.toml:3: fade_per_year is 0.3");
        refused(&format!("{HEAD}{}", entry("sun", 1.5, 1.6, 1.7)), "s.toml:3: sun: 1.5 is not between its own low 1.6");
        refused(&format!("{HEAD}{CROWN}{CROWN}"), "s.toml:6: zone = \"vertex\" stands twice");
        refused(&crown("dots = 20"), "s.toml:4: vertex: epidermis_mm is missing in a zone with test dots");
        let table = PersonTable { fitzpatrick: Some(Fitzpatrick::II), ..PersonTable::default() };
        let why = with(HEAD, &table).unwrap_err().to_string();
        assert!(why.contains("another skin type"), "{why}");
    }

    #[test]
    fn a_skin_file_is_no_calibration() {
        let why = read(&bundled("type_2_35"), Person::LIGHT, Role::Calibration).unwrap_err().to_string();
        assert!(why.contains("type_2_35.toml: names no test dots"), "{why}");
    }
}
