//! What is on the head before today: hair drawn by seed, and the dots of earlier runs.
//!
//! In: a scene with `[hair]` or `[session] earlier`, the scan, the person, the fields. Out: fields that count what is there,
//! and [`Existing`], what was found. Absent: registration of another scan; a run on another scan is refused.

mod follow_up;
mod runs;

use design::{Fields, Frozen, FrozenKind};
use frames::{Head, Metres, Point, Seed, hash, unit};
use scan::Scan;
use skin::Person;
use stipple::Preset;

use crate::{Failure, SceneFile};

pub use runs::Tally;

/// Stages of the counter-based random numbers.
const SIZES: u64 = 0x4841_4952;
const DRAW: u64 = 0x4841_4953;
/// Units of one, two and three hairs (stipple.md 5.1, Han Chinese; the 1.5 % of four and more count as three).
const ONE: f64 = 0.2838;
const TWO: f64 = 0.5262;
/// Hair farther than this from every zone changes no dot.
const NEAR: Metres = Metres::from_mm(6.0);

/// A follicular unit drawn for the person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Follicle {
    /// On the skin.
    pub point: Point<Head>,
    /// 1 to 3.
    pub hairs: u8,
}

/// What was found on the head.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Existing {
    /// Drawn by seed; empty where follicles are given or nothing is said of hair.
    pub hair: Vec<Follicle>,
    /// Dots of earlier runs.
    pub earlier: Tally,
}

/// Finds what is there, freezes it in the fields, and says what is worth a look.
pub(crate) fn settle(
    file: &SceneFile,
    scan: &Scan,
    person: &Person,
    fields: &mut Fields,
) -> Result<(Existing, Vec<String>), Failure> {
    let mut existing = Existing::default();
    let mut warnings = Vec::new();
    let mut frozen = Vec::new();
    if let Some(natural) = fields.natural_hair() {
        existing.hair =
            grow(scan, &natural, hair_seed(file)).map_err(|e| Failure::file(&file.path, format_args!("[hair] {e}")))?;
        let near = existing.hair.iter().filter(|f| fields.touches(f.point, NEAR));
        frozen.extend(near.map(|f| Frozen { point: f.point, kind: FrozenKind::Follicle }));
    }
    if !file.scene.session.earlier.is_empty() {
        let (dots, tally) = runs::read(file, scan, person)?;
        frozen.extend(dots);
        warnings.extend(tally.warnings());
        existing.earlier = tally;
    } else if file.scene.session.number > 1 {
        warnings.push(format!(
            "session {} of a treatment, but no `earlier` run is named: the dots that are there are neither kept clear of \
             nor filled up",
            file.scene.session.number
        ));
    }
    if let (Some(path), true) = (&file.scene.session.observed, file.scene.session.earlier.is_empty()) {
        let why = "[session] observed needs `earlier`: the runs whose dots were looked at";
        return Err(Failure::file(&file.path, format_args!("{why} ({})", path.display())));
    }
    if !frozen.is_empty() {
        fields.freeze(&scan.surface, frozen);
    }
    Ok((existing, warnings))
}

/// Of the person's hair.
pub(crate) fn hair_seed(file: &SceneFile) -> Seed {
    file.scene.hair.as_ref().and_then(|h| h.seed).map_or(file.seed(), Seed)
}

/// Hairs of unit `k`, 1 to 3.
pub(crate) fn hairs_of(seed: Seed, k: u64) -> u8 {
    let u = unit(seed, SIZES, k);
    if u < ONE {
        1
    } else if u < ONE + TWO {
        2
    } else {
        3
    }
}

/// Follicular units as irregular as human ones, and how many hairs each has.
pub(crate) fn grow(scan: &Scan, natural: &Fields, seed: Seed) -> Result<Vec<Follicle>, stipple::StippleError> {
    // Another stage than the dots', so that one seed does not make the same pattern twice.
    let laid = stipple::place(&scan.surface, natural, Seed(hash(seed, DRAW, 0)), Preset::Human)?;
    let unit = |(k, site): (usize, &stipple::Site)| Follicle {
        point: site.head_from_skin.origin(),
        hairs: hairs_of(seed, k as u64),
    };
    Ok(laid.sites.iter().enumerate().map(unit).collect())
}
