//! `pigment calibrate-skin`: from a table of healed test dots to `person.toml`.
//!
//! In: a CSV table, the person by presets. Out: the file, and a summary that names the rows which do not fit. Absent: the
//! fit itself (`skin`).

mod file;
mod table;

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use skin::{FitError, Fitzpatrick, Outlier, Person, Zone, ZoneFit};

use crate::rehearse::hex;
use crate::skin_file::{self, Role};
use crate::{Failure, PersonTable};
use table::Table;

/// Reads the table, fits every zone in it, writes the file.
pub fn calibrate(
    table: &Path,
    output: &Path,
    person: Option<&str>,
    lightness: Option<f64>,
    json: bool,
) -> Result<String, Failure> {
    let person = presets(person, lightness)?;
    if output.exists() {
        return Err(Failure::file(
            output,
            "is there already; a calibration is never written over, choose another name",
        ));
    }
    let read = table::read(table)?;
    let fits = fit(table, &read, &person)?;
    let digest = hex(&Sha256::digest(&read.bytes));
    let name = table.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let text = file::text(&name, &digest, &person, &fits);
    record::write_atomic(output, text.as_bytes()).map_err(|e| Failure::Input(e.to_string()))?;
    let warnings = warnings(table, &read, &fits);
    if json {
        let value = serde_json::json!({ "output": output, "zones": fits.iter().map(figures).collect::<Vec<_>>(), "warnings": warnings });
        return Ok(value.to_string());
    }
    Ok(summary(output, &fits, &warnings))
}

/// `II/35`, Fitzpatrick type and age; or a skin file.
fn presets(person: Option<&str>, lightness: Option<f64>) -> Result<Person, Failure> {
    let mut table = PersonTable { lightness, ..PersonTable::default() };
    let named = person.filter(|text| Path::new(text).is_file());
    if let Some(text) = person.filter(|_| named.is_none()) {
        let no = || {
            Failure::Input(format!(
                "--person {text}: write a Fitzpatrick type and an age, like II/35, or a skin file that is there, like \
                 assets/skins/type_2_35.toml"
            ))
        };
        let (kind, age) = text.split_once('/').ok_or_else(no)?;
        table.fitzpatrick = Some(match kind.trim() {
            "I" => Fitzpatrick::I,
            "II" => Fitzpatrick::II,
            "III" => Fitzpatrick::III,
            "IV" => Fitzpatrick::IV,
            "V" => Fitzpatrick::V,
            "VI" => Fitzpatrick::VI,
            _ => return Err(no()),
        });
        table.age = Some(age.trim().parse().map_err(|_| no())?);
    }
    let presets = table.person().map_err(|why| Failure::Input(format!("--{why}")))?;
    let Some(path) = named else { return Ok(presets) };
    skin_file::read(Path::new(path), presets, Role::Skin(&table)).map(|(person, _)| person)
}

fn fit(path: &Path, table: &Table, person: &Person) -> Result<Vec<ZoneFit>, Failure> {
    let there = |zone: &Zone| table.dots.iter().any(|d| d.zone == *zone);
    let mut fits = Vec::new();
    for zone in Zone::ALL.into_iter().filter(there) {
        fits.push(skin::fit_zone(zone, &table.dots, person).map_err(|error| refused(path, table, &error))?);
    }
    Ok(fits)
}

/// The error with the lines it speaks of.
fn refused(path: &Path, table: &Table, error: &FitError) -> Failure {
    let at = |dot: usize| table.lines.get(dot).copied().unwrap_or(0);
    match error {
        FitError::Dot { dot, .. } => Failure::Input(format!("{}:{}: {error}", path.display(), at(*dot))),
        FitError::NoSkin { outliers, .. } => {
            let rows: Vec<_> = outliers.iter().map(|o| named(path, at(o.dot), o)).collect();
            Failure::Input(format!("{}: {error}\n{}", path.display(), rows.join("\n")))
        }
        _ => Failure::file(path, error),
    }
}

fn named(path: &Path, line: u64, o: &Outlier) -> String {
    format!(
        "{}:{line}: {} is {:.3} where {:.3} {} is expected, {:.1} sigma off",
        path.display(),
        o.what,
        o.measured,
        o.expected,
        o.unit,
        o.sigmas
    )
}

fn warnings(path: &Path, table: &Table, fits: &[ZoneFit]) -> Vec<String> {
    let mut out = Vec::new();
    for fit in fits {
        out.extend(fit.one_sided.map(|why| format!("{}: {why}", fit.zone)));
        if fit.misfit > fit.misfit_limit {
            out.push(format!(
                "{}: the laws do not fit: mean square {:.1} where {:.1} is the most to be expected",
                fit.zone, fit.misfit, fit.misfit_limit
            ));
        }
        out.extend(fit.outliers.iter().map(|o| named(path, table.lines.get(o.dot).copied().unwrap_or(0), o)));
    }
    out
}

fn rows(fit: &ZoneFit) -> [(&'static str, &'static str, skin::Estimate, bool); 6] {
    let (f, l) = (fit.calibrated.fitted(), fit.learned);
    [
        ("epidermis", "mm", f.epidermis_mm, l.epidermis),
        ("stiffness", "N/mm", f.stiffness, l.stiffness),
        ("hole", "of the needle", f.hole, l.hole),
        ("spread", "mm per mm", f.spread, l.spread),
        ("blur", "per mm", f.blur_per_mm, l.blur),
        ("side light", "of the law's", f.side_light, l.side_light),
    ]
}

fn summary(output: &Path, fits: &[ZoneFit], warnings: &[String]) -> String {
    let mut text = String::new();
    for fit in fits {
        let w = fit.calibrated.facts().window;
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{}: {} dots, {} kept, mean square {:.2}", fit.zone, fit.dots, fit.kept, fit.misfit);
        for (name, unit, e, learned) in rows(fit) {
            let from = if learned { "dots" } else { "table" };
            let _ =
                writeln!(text, "  {name:10} {:.3} ({:.3} to {:.3}) {unit}, from the {from}", e.value, e.low, e.high);
        }
        let _ = writeln!(text, "  window     {} to {}, target {}", w.least, w.most, w.target);
    }
    for warning in warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    let _ = writeln!(text, "{}", output.display());
    text
}

fn figures(fit: &ZoneFit) -> serde_json::Value {
    let values: serde_json::Map<_, _> = rows(fit)
        .into_iter()
        .map(|(name, unit, e, learned)| {
            let value = serde_json::json!({
                "value": e.value, "low": e.low, "high": e.high, "unit": unit, "from_dots": learned,
            });
            (name.replace(' ', "_"), value)
        })
        .collect();
    let w = fit.calibrated.facts().window;
    serde_json::json!({
        "zone": fit.zone, "dots": fit.dots, "kept": fit.kept, "misfit": fit.misfit, "misfit_limit": fit.misfit_limit,
        "values": values, "window_m": [w.least.get(), w.target.get(), w.most.get()],
    })
}
