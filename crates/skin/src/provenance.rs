//! Where each number of a person's skin comes from, how far it may be off, and how sure that is.
//!
//! In: a person by presets. Out: [`Stated`] values, and the text of a skin file that states them all
//! (`assets/skins/*.toml`). Absent: reading such a file, the laws that take the numbers (see [`crate::LAWS`]).
//! Source: as stated with each value; sections and S-numbers are those of skin.md.

use std::fmt::{self, Write as _};

use crate::{Estimate, Fade, Key, Person, Zone};

/// How much a figure is worth, by skin.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Mark {
    /// Peer-reviewed.
    A,
    /// Clinic, vendor or trade.
    B,
    /// Weak or unverified.
    C,
    /// Derived from sourced figures.
    D,
    /// Proposal.
    E,
    /// General knowledge, unchecked.
    K,
    /// Measured on this person.
    M,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A value with its bounds, its source and what that is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// Value and bounds.
    pub value: Estimate,
    /// What the source is worth.
    pub mark: Mark,
    /// Where it comes from.
    pub source: String,
}

impl Stated {
    /// One line of a skin file: `key = { value, low, high, mark, source }`, to five decimals.
    pub fn line(&self, key: &str) -> String {
        let Estimate { value, low, high } = self.value;
        let [value, low, high] = [value, low, high].map(|v| (v * 1e5).round() / 1e5);
        let Self { mark, source, .. } = self;
        format!("{key} = {{ value = {value}, low = {low}, high = {high}, mark = \"{mark}\", source = {source:?} }}")
    }
}

/// Preset of one quantity of a zone, by the table of skin.md 1.2 and the laws of section 3.
pub fn stated(person: &Person, zone: Zone, key: Key) -> Stated {
    let facts = person.preset(zone);
    let value = key.of(&facts);
    let scar = zone.is_scar();
    let [least, target, most] = [Key::Least, Key::Target, Key::Most].map(|k| k.of(&facts));
    let shift = person.depth_shift().mm();
    let moved = if shift.abs() > 1e-9 {
        format!(", moved by {shift:+} mm for skin type and age (1.2 E)")
    } else {
        String::new()
    };
    let ([low, high], mark, source) = match key {
        Key::Thickness if scar => ([1.0, 2.0], Mark::E, "1.2: variable in scars, the occiput's 1.48 mm taken".into()),
        Key::Thickness => ([1.0, 2.0], Mark::C, "1.2: S22 C by zone; scalp skin 1-2 mm, S25 C".into()),
        Key::Epidermis => (
            [0.037, 0.123],
            Mark::E,
            "1.2: inside 66-123 um, women's scalp 65.9 +- 14.4 um, S21 A; 60-100 um, S17 B".into(),
        ),
        Key::Least => ([0.12, target], Mark::E, format!("1.2 zone table; shallower than 0.12 mm sheds{moved}")),
        Key::Target => ([least, most], Mark::E, format!("1.2 zone table{moved}")),
        Key::Most => (
            [target, 0.9 * Key::Thickness.of(&facts)],
            Mark::E,
            format!("1.2 zone table; 0.9 of the skin blows out{moved}"),
        ),
        Key::Stiffness => ([0.3, 1.8], Mark::E, "3.1: 0.3-1.8 N/mm by zone; of a punch of 0.75 mm".into()),
        Key::Toughness if scar => ([1.3, 3.0], Mark::K, "1.11: force times 1.3-3 in scars".into()),
        Key::Toughness => ([0.42, 2.5], Mark::K, "1.12: 0.05-0.3 N over the 0.12 N of 3.1".into()),
        Key::Hole => ([0.36, 0.60], Mark::C, "3.3: the hole shrinks by half, S11 C; 90-150 um of 250, S7 B".into()),
        Key::Spread => ([0.06, 0.24], Mark::E, "3.3; a factor of two either way".into()),
        Key::Blur => ([0.6, 2.4], Mark::E, "3.3; a factor of two either way".into()),
        Key::Retention if scar => ([0.55, 0.75], Mark::D, "3.4: from the scores of S1 A".into()),
        Key::Retention => ([0.92, 1.08], Mark::D, "3.3: one third of the pigment goes, S73 A".into()),
        Key::SideLight => ([0.745, 1.342], Mark::E, "3.5b: of the law's factor; spread between people".into()),
    };
    Stated { value: Estimate { value, low: low.min(value), high: high.max(value) }, mark, source }
}

/// Presets of the person as a whole, by the names that files use.
pub fn stated_person(person: &Person) -> [(&'static str, Stated); 3] {
    let l = person.lightness();
    let fade = person.fade;
    let of = |value, [low, high]: [f64; 2], mark, source: &str| Stated {
        value: Estimate { value, low: low.min(value), high: high.max(value) },
        mark,
        source: source.into(),
    };
    let by =
        if person.lightness.is_some() { "by colorimeter" } else { "6: 72 (I) to 32 (VI) in even steps; half a step" };
    let lightness = of(l, [l - 4.0, l + 4.0], if person.lightness.is_some() { Mark::M } else { Mark::K }, by);
    [
        ("lightness", lightness),
        ("fade_per_year", of(fade.per_year, [0.10, 0.12], Mark::D, "3.4, 1.9: touch-up at 30-50 % lost in 3-6 years")),
        ("sun", of(fade.sun, [1.0, 2.0], Mark::E, "3.4: times the fade, 1 in the shade to 2 in much sun")),
    ]
}

/// The text of a skin file that states everything of a person by presets.
pub fn skin_file(person: &Person, about: &str) -> String {
    let mut out = String::new();
    for line in about.lines() {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "# {line}");
    }
    let _ = writeln!(out, "version = {SKIN_FILE}\nfitzpatrick = \"{:?}\"\nage = {}", person.fitzpatrick, person.age);
    for (key, stated) in stated_person(person) {
        let _ = writeln!(out, "{}", stated.line(key));
    }
    for zone in Zone::ALL {
        let _ = writeln!(out, "\n[[zone]]\nzone = \"{}\"", zone.key());
        for key in Key::ALL {
            let _ = writeln!(out, "{}", stated(person, zone, key).line(key.name()));
        }
    }
    out
}

/// Layout of a skin file.
pub const SKIN_FILE: u32 = 2;

/// The bundled files: name, person and what stands at their head. `examples/make_skins` writes them.
pub fn bundled_skins() -> [(&'static str, Person, String); 4] {
    let head = |what: &str| {
        format!(
            "{what} Published means, nobody's skin; made by `examples/make_skins` of crates/skin.\n\
             Copy it, replace what you have measured (mark = \"M\"), leave out what you have not, and name it in a scene:\n\
             \x20   [person]\n\x20   skin = \"my_skin.toml\"\n\
             low and high: where the truth may lie. mark: A peer-reviewed, B trade, C weak, D derived, E proposal, K unchecked,\n\
             M measured on this person. source: section and source of the project's skin.md. Ranges: README."
        )
    };
    [
        ("type_2_35", Person::LIGHT, head("Scalp of Fitzpatrick type II, 35 years.")),
        ("type_4_35", Person::MEDIUM, head("Scalp of Fitzpatrick type IV, 35 years.")),
        ("type_6_35", Person::DARK, head("Scalp of Fitzpatrick type VI, 35 years.")),
        ("type_2_70", Person::OLD, head("Scalp of Fitzpatrick type II, 70 years: thinner, so shallower.")),
    ]
}

impl Fade {
    /// With what a file gives.
    ///
    /// # Errors
    /// A rate outside [`crate::FADE_RATES`], a sun outside 1 to 2.
    pub fn try_new(per_year: f64, sun: f64) -> Result<Self, crate::SkinError> {
        let fade = Self { per_year, sun };
        crate::faded(1.0, frames::Span::ZERO, &fade).map(|_| fade)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each bundled file is what the code makes of its presets, byte for byte: one source of truth.
    #[test]
    fn the_bundled_files_are_the_presets() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/skins");
        for (name, person, about) in bundled_skins() {
            let path = folder.join(format!("{name}.toml"));
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                text == skin_file(&person, &about),
                "{} is stale: cargo run --release -p skin --example make_skins",
                path.display()
            );
        }
    }

    #[test]
    fn every_preset_lies_inside_its_bounds_and_says_where_it_is_from() {
        for person in [Person::LIGHT, Person::MEDIUM, Person::DARK, Person::OLD] {
            for zone in Zone::ALL {
                for key in Key::ALL {
                    let s = stated(&person, zone, key);
                    let Estimate { value, low, high } = s.value;
                    assert!(low < value && value < high || key == Key::Toughness, "{zone} {key:?}: {s:?}");
                    assert!(low <= value && value <= high && !s.source.is_empty());
                }
            }
        }
    }
}
