//! The unit of a file: declared by a person, never assumed.
//!
//! In: the declared unit and the bounding box. Out: the unit, or a refusal that carries the probable one.
//! Never: scales by the guess.

use frames::Metres;
use serde::{Deserialize, Serialize};

use crate::ScanError;

/// Least diagonal of the bounding box of a head scan: a crown alone.
pub(crate) const LEAST: Metres = Metres::new(0.15);
/// Most: a head with neck and shoulders.
pub(crate) const MOST: Metres = Metres::new(0.9);
/// Past this, loose parts of a scene cannot explain the size, and no repair is tried.
const SCENE: Metres = Metres::new(5.0);
/// Diagonal of a typical head scan; the guess is the unit that comes nearest. See `stipple.md` 12.1.
const TYPICAL: f64 = 0.36;

/// Unit of length of a file's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// 1 m.
    #[serde(rename = "m")]
    Metre,
    /// 0.1 m.
    #[serde(rename = "dm")]
    Decimetre,
    /// 0.01 m.
    #[serde(rename = "cm")]
    Centimetre,
    /// 0.001 m.
    #[serde(rename = "mm")]
    Millimetre,
    /// 0.0254 m.
    #[serde(rename = "inch")]
    Inch,
}

impl Unit {
    const ALL: [Self; 5] = [Self::Millimetre, Self::Metre, Self::Centimetre, Self::Inch, Self::Decimetre];

    /// Metres in one of these.
    pub const fn metres(self) -> f64 {
        match self {
            Self::Metre => 1.0,
            Self::Decimetre => 0.1,
            Self::Centimetre => 0.01,
            Self::Millimetre => 0.001,
            Self::Inch => 0.0254,
        }
    }

    /// As written in a scene.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Metre => "m",
            Self::Decimetre => "dm",
            Self::Centimetre => "cm",
            Self::Millimetre => "mm",
            Self::Inch => "inch",
        }
    }

    /// As read in a sentence.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Metre => "metres",
            Self::Decimetre => "decimetres",
            Self::Centimetre => "centimetres",
            Self::Millimetre => "millimetres",
            Self::Inch => "inches",
        }
    }

    /// The unit that makes a diagonal of `diagonal` most like a head's; `None` when none does.
    pub fn guess(diagonal: f64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .filter(|unit| plausible(diagonal * unit.metres()))
            .min_by(|a, b| oddness(diagonal, *a).total_cmp(&oddness(diagonal, *b)))
    }
}

fn plausible(metres: f64) -> bool {
    (LEAST.get()..=MOST.get()).contains(&metres)
}

fn oddness(diagonal: f64, unit: Unit) -> f64 {
    let ratio = diagonal * unit.metres() / TYPICAL;
    ratio.max(1.0 / ratio)
}

/// The declared unit, when it can be true of the whole file. Loose parts around a head are allowed for here: the head
/// itself is checked after the repairs, by [`check`].
pub(crate) fn settle(declared: Option<Unit>, diagonal: f64) -> Result<Unit, ScanError> {
    let Some(unit) = declared else {
        return Err(ScanError::UnitMissing { diagonal, guess: Unit::guess(diagonal) });
    };
    let metres = Metres::new(diagonal * unit.metres());
    if metres >= LEAST && metres <= SCENE { Ok(unit) } else { Err(impossible(unit, diagonal, metres)) }
}

/// Refuses a diagonal, in the file's numbers, that no head has.
pub(crate) fn check(unit: Unit, diagonal: f64) -> Result<(), ScanError> {
    let metres = diagonal * unit.metres();
    if plausible(metres) { Ok(()) } else { Err(impossible(unit, diagonal, Metres::new(metres))) }
}

fn impossible(unit: Unit, diagonal: f64, metres: Metres) -> ScanError {
    ScanError::UnitImpossible { unit, diagonal, metres, guess: Unit::guess(diagonal) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(diagonal: f64, want: Option<Unit>) {
        assert_eq!(Unit::guess(diagonal), want, "diagonal {diagonal}");
    }

    #[test]
    fn guesses_follow_the_table_of_scanners() {
        check(312.0, Some(Unit::Millimetre));
        check(250.0, Some(Unit::Millimetre));
        check(450.0, Some(Unit::Millimetre));
        check(25.0, Some(Unit::Centimetre));
        check(45.0, Some(Unit::Centimetre));
        check(0.25, Some(Unit::Metre));
        check(0.45, Some(Unit::Metre));
        check(10.0, Some(Unit::Inch));
        check(18.0, Some(Unit::Inch));
        check(4.0, Some(Unit::Decimetre));
        check(0.0, None);
        check(1700.0, None);
        check(f64::NAN, None);
        check(f64::INFINITY, None);
    }

    #[test]
    fn the_edges_belong_to_the_head() {
        assert!(super::check(Unit::Metre, 0.15).is_ok() && super::check(Unit::Metre, 0.9).is_ok());
        assert!(super::check(Unit::Metre, 0.1499).is_err());
        assert!(super::check(Unit::Metre, 0.9001).is_err());
        assert!(super::check(Unit::Metre, f64::NAN).is_err());
    }

    #[test]
    fn missing_says_what_to_write() {
        let said = settle(None, 312.0).map_err(|e| e.to_string());
        assert_eq!(
            said,
            Err("no unit: looks like millimetres (diagonal 312); add unit = \"mm\" to [scan] if that is right"
                .to_owned())
        );
    }

    #[test]
    fn wrong_says_the_probable_one() {
        let said = settle(Some(Unit::Metre), 312.0).map_err(|e| e.to_string());
        assert!(matches!(said, Err(s) if s.contains("312.000 m across") && s.contains("unit = \"mm\"")));
        assert!(settle(Some(Unit::Millimetre), 0.36).is_err());
        assert!(settle(Some(Unit::Metre), 1.8).is_ok(), "a head in a room is settled after the repairs");
    }

    #[test]
    fn scenes_write_the_name() {
        for unit in Unit::ALL {
            assert_eq!(serde_json::to_string(&unit).ok(), Some(format!("\"{}\"", unit.name())));
        }
    }
}
