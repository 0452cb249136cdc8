//! `person.toml`: what test dots have shown, for people to read and for scenes to name.
//!
//! In: fits of zones; or such a file. Out: its text; or [`skin::Calibration`], checked. Absent: the person's name.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use skin::{Calibrated, Calibration, Estimate, Fitted, Person, ZoneFit};

use crate::{Failure, toml_file};

/// Of this file's layout.
const VERSION: u32 = 1;
/// Skin that differs from the calibrated one by more, L*, is another person's: half a Fitzpatrick step.
const SAME_SKIN: f64 = 4.0;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[expect(dead_code, reason = "for people: where the values come from")]
    table: String,
    table_sha256: String,
    lightness: f64,
    zone: Vec<ZoneTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneTable {
    zone: skin::Zone,
    dots: usize,
    #[expect(dead_code, reason = "for people: how many of the dots are still there")]
    kept: usize,
    epidermis_mm: Entry,
    stiffness_n_per_mm: Entry,
    hole: Entry,
    spread: Entry,
    blur_per_mm: Entry,
    side_light: Entry,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    value: f64,
    low: f64,
    high: f64,
    #[expect(dead_code, reason = "for people: who decided")]
    from: From,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum From {
    Dots,
    Table,
}

impl Entry {
    const fn estimate(self) -> Estimate {
        Estimate { value: self.value, low: self.low, high: self.high }
    }
}

/// Reads a calibration for `person` and puts it into them; returns the file's bytes too.
pub(crate) fn read(path: &Path, person: Person) -> Result<(Person, Vec<u8>), Failure> {
    let (file, bytes) = toml_file::read::<File>(path)?;
    let no = |why: String| Err(Failure::file(path, why));
    if file.version != VERSION {
        return no(format!("version = {}; this program reads {VERSION}: run calibrate-skin again", file.version));
    }
    if file.table_sha256.len() != 64 || !file.table_sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return no(format!("table_sha256 = \"{}\" is not a SHA-256", file.table_sha256));
    }
    let off = (file.lightness - person.lightness()).abs();
    if !(off <= SAME_SKIN) {
        return no(format!(
            "was made for skin of L* {}, the scene's [person] has {}: another person, or lightness is missing there",
            file.lightness,
            person.lightness()
        ));
    }
    let mut calibration = Calibration::NONE;
    for table in &file.zone {
        if calibration.zone(table.zone).is_some() {
            return no(format!("zone = \"{}\" stands twice", table.zone.key()));
        }
        if table.dots < skin::FEWEST_DOTS {
            return no(format!("{}: {} dots; at least {} are needed", table.zone, table.dots, skin::FEWEST_DOTS));
        }
        let fitted = Fitted {
            epidermis_mm: table.epidermis_mm.estimate(),
            stiffness: table.stiffness_n_per_mm.estimate(),
            hole: table.hole.estimate(),
            spread: table.spread.estimate(),
            blur_per_mm: table.blur_per_mm.estimate(),
            side_light: table.side_light.estimate(),
        };
        let calibrated = Calibrated::try_new(table.zone, fitted)
            .map_err(|e| Failure::file(path, format_args!("{}: {e}", table.zone)))?;
        calibration = calibration.with(table.zone, calibrated);
    }
    Ok((Person { calibration, ..person }, bytes))
}

/// The text of `person.toml`.
pub(super) fn text(table: &str, digest: &str, lightness: f64, fits: &[ZoneFit]) -> String {
    let mut out = format!(
        "# Skin of one person, fitted to healed test dots by `pigment calibrate-skin`. Name it in a scene:\n\
         #     [person]\n#     calibration = \"person.toml\"\n\
         # low and high hold the truth in 95 of 100 such fits; from = \"table\": the dots could not show it.\n\
         version = {VERSION}\ntable = {table:?}\ntable_sha256 = \"{digest}\"\nlightness = {lightness}\n"
    );
    for fit in fits {
        let (f, l) = (fit.calibrated.fitted(), fit.learned);
        let w = fit.calibrated.facts().window;
        // Writing into a string cannot fail.
        let _ = write!(
            out,
            "\n[[zone]] # window {} to {}, target {}; follows from the values below\nzone = \"{}\"\ndots = {}\nkept = {}\n",
            w.least,
            w.most,
            w.target,
            fit.zone.key(),
            fit.dots,
            fit.kept
        );
        if let Some(why) = fit.one_sided {
            let _ = writeln!(out, "# {why}");
        }
        for (key, e, learned, note) in [
            ("epidermis_mm", f.epidermis_mm, l.epidermis, "sheds what is put into it"),
            ("stiffness_n_per_mm", f.stiffness, l.stiffness, "how far it dents before it is pierced"),
            ("hole", f.hole, l.hole, "healed shallow dot over needle width; published 0.5"),
            ("spread", f.spread, l.spread, "mm wider per mm below 0.3 mm; published 0.12"),
            ("blur_per_mm", f.blur_per_mm, l.blur, "mm wider per squared mm below 0.65 of the skin; published 1.2"),
            ("side_light", f.side_light, l.side_light, "darkening of a stipple over the published law's"),
        ] {
            let from = if learned { "dots" } else { "table" };
            let _ = writeln!(
                out,
                "{key} = {{ value = {:.5}, low = {:.5}, high = {:.5}, from = \"{from}\" }} # {note}",
                e.value, e.low, e.high
            );
        }
    }
    out
}
