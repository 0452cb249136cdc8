//! The table of test dots: one row a dot, as a person writes it.
//!
//! In: a CSV file; lines that begin with `#` are comments. Out: test dots with the line of each, or the first thing wrong by
//! file, line and value. Absent: the fit.

use std::path::Path;

use frames::{Metres, Newtons, Penetration, PerSquareMetre, Protrusion, Radians};
use skin::{Dilution, Group, Patch, TestDot, Zone};

use crate::Failure;

/// Largest table that is read, bytes.
const LARGEST: u64 = 4 << 20;
/// Columns a table must have.
const NEEDED: [&str; 5] = ["zone", "protrusion_mm", "hits", "healed", "age_days"];
/// Columns it may have.
const POSSIBLE: [&str; 12] = [
    "speed_m_per_s",
    "nose_force_n",
    "indentation_mm",
    "penetration_mm",
    "diameter_mm",
    "darkness_dl",
    "patch_per_cm2",
    "dilution",
    "points",
    "needle_mm",
    "tilt_deg",
    "nose_radius_mm",
];
/// Where no speed is given: what a strike is meant to have (`skin.md` 6).
const SPEED: f64 = 1.0;
/// Where neither force nor indentation is given (`skin.md` 4.2, nominal).
const NOSE_FORCE: Newtons = Newtons::new(1.0);

/// Test dots with where they stand.
pub(super) struct Table {
    pub(super) dots: Vec<TestDot>,
    /// Line of each dot, from 1.
    pub(super) lines: Vec<u64>,
    pub(super) bytes: Vec<u8>,
}

pub(super) fn read(path: &Path) -> Result<Table, Failure> {
    let meta = std::fs::metadata(path).map_err(|e| Failure::file(path, format_args!("{e}; is the path right?")))?;
    if meta.len() > LARGEST {
        return Err(Failure::file(path, format_args!("{} bytes is no table of dots (at most {LARGEST})", meta.len())));
    }
    let bytes = std::fs::read(path).map_err(|e| Failure::file(path, e))?;
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(bytes.as_slice());
    let header = reader.headers().map_err(|e| broken(path, &e))?.clone();
    // The reader counts records by line, but not the comments above the header.
    let above =
        bytes.split(|b| *b == b'\n').take_while(|line| line.first() == Some(&b'#') || line.trim_ascii().is_empty());
    let top = 1 + above.count() as u64;
    check_header(path, top, &header)?;
    let (mut dots, mut lines) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|e| broken(path, &e))?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = Row { path, line, header: &header, record: &record };
        let dot = row.dot()?;
        dot.check().map_err(|e| row.no(e))?;
        dots.push(dot);
        lines.push(line);
    }
    if dots.is_empty() {
        return Err(Failure::file(path, "holds no dots: one row a dot is needed below the header"));
    }
    Ok(Table { dots, lines, bytes })
}

fn broken(path: &Path, error: &csv::Error) -> Failure {
    let line = error.position().map_or(1, csv::Position::line);
    let why = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} values under {expected_len} columns; an empty value still needs its comma")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8 text; save the table as UTF-8".into(),
        _ => error.to_string(),
    };
    Failure::Input(format!("{}:{line}: {why}", path.display()))
}

fn check_header(path: &Path, line: u64, header: &csv::StringRecord) -> Result<(), Failure> {
    let no = |why: String| Err(Failure::Input(format!("{}:{line}: {why}", path.display())));
    let known = || NEEDED.into_iter().chain(POSSIBLE);
    for (k, name) in header.iter().enumerate() {
        if !known().any(|column| column == name) {
            let near = known().min_by_key(|column| strsim::damerau_levenshtein(name, column)).unwrap_or("zone");
            return no(format!("unknown column `{name}`; did you mean `{near}`?"));
        }
        if header.iter().take(k).any(|before| before == name) {
            return no(format!("column `{name}` stands twice"));
        }
    }
    match NEEDED.into_iter().find(|needed| !header.iter().any(|name| name == *needed)) {
        Some(missing) => no(format!("no column `{missing}`; needed are {}", NEEDED.join(", "))),
        None => Ok(()),
    }
}

struct Row<'a> {
    path: &'a Path,
    line: u64,
    header: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn no(&self, why: impl std::fmt::Display) -> Failure {
        Failure::Input(format!("{}:{}: {why}", self.path.display(), self.line))
    }

    /// The text of a column; `None` without the column or where it is empty.
    fn text(&self, column: &str) -> Option<&str> {
        let place = self.header.iter().position(|name| name == column)?;
        self.record.get(place).filter(|value| !value.is_empty())
    }

    fn number(&self, column: &str) -> Result<Option<f64>, Failure> {
        let Some(text) = self.text(column) else { return Ok(None) };
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(self.no(format_args!("{column} = `{text}` is not a number"))),
        }
    }

    fn needed(&self, column: &str) -> Result<f64, Failure> {
        self.number(column)?.ok_or_else(|| self.no(format_args!("{column} is empty; every dot needs one")))
    }

    fn count(&self, column: &str) -> Result<Option<u32>, Failure> {
        let Some(value) = self.number(column)? else { return Ok(None) };
        if value.fract().abs() > 0.0 || !(0.0..=1_000.0).contains(&value) {
            return Err(self.no(format_args!("{column} = {value} is not a count")));
        }
        Ok(Some(value as u32))
    }

    fn dot(&self) -> Result<TestDot, Failure> {
        let mm = Metres::from_mm;
        let zone = self.zone()?;
        let healed = match self.text("healed") {
            Some("yes" | "true" | "1") => true,
            Some("no" | "false" | "0") => false,
            other => return Err(self.no(format_args!("healed = `{}`; write yes or no (shed)", other.unwrap_or("")))),
        };
        let points = self.count("points")?.unwrap_or(Group::ONE.points());
        let needle = self.number("needle_mm")?.map_or(Group::ONE.diameter(), mm);
        let group = Group::try_new(points, needle).map_err(|e| self.no(e))?;
        Ok(TestDot {
            zone,
            protrusion: Protrusion::new(mm(self.needed("protrusion_mm")?)),
            offset: self.offset()?,
            hits: self.count("hits")?.ok_or_else(|| self.no("hits is empty; every dot needs one"))?,
            speed: self.number("speed_m_per_s")?.unwrap_or(SPEED),
            group,
            penetration: self.number("penetration_mm")?.map(|v| Penetration::new(mm(v))),
            healed,
            diameter: self.number("diameter_mm")?.map(mm),
            patch: self.patch()?,
            age: skin::days(self.needed("age_days")?.clamp(-1.0, 1e5)),
        })
    }

    fn zone(&self) -> Result<Zone, Failure> {
        let text = self.text("zone").unwrap_or("");
        Zone::ALL.into_iter().find(|zone| zone.key() == text).ok_or_else(|| {
            let known: Vec<_> = Zone::ALL.iter().map(|z| z.key()).collect();
            self.no(format_args!("zone = `{text}` is no kind of skin; write one of {}", known.join(", ")))
        })
    }

    /// How far the skin stands above the ring's face, less what a lean holds the needle off (`skin.md` 3.1).
    fn offset(&self) -> Result<Metres, Failure> {
        let force = self.number("nose_force_n")?;
        let indentation = self.number("indentation_mm")?;
        let indentation = match (indentation, force) {
            (Some(_), Some(_)) => {
                return Err(self.no("nose_force_n and indentation_mm are both given; leave one empty"));
            }
            (Some(v), None) => Metres::from_mm(v),
            (None, force) => {
                let force = force.unwrap_or(NOSE_FORCE.get());
                if !(0.0..=5.0).contains(&force) {
                    return Err(self.no(format_args!("nose_force_n = {force}, outside 0 to 5 N")));
                }
                skin::ring_indentation(Newtons::new(force)).map_err(|e| self.no(e))?
            }
        };
        let lift = match (self.number("tilt_deg")?, self.number("nose_radius_mm")?) {
            (None, _) => Metres::ZERO,
            (Some(tilt), Some(radius)) if (0.0..=10.0).contains(&tilt) && (0.0..=20.0).contains(&radius) => {
                Metres::from_mm(radius) * Radians::from_degrees(tilt).get().tan()
            }
            (Some(_), None) => return Err(self.no("tilt_deg needs nose_radius_mm: the ring stands on its edge")),
            (Some(tilt), Some(radius)) => {
                return Err(self.no(format_args!(
                    "tilt_deg = {tilt} and nose_radius_mm = {radius}; they lie in 0 to 10 and 0 to 20"
                )));
            }
        };
        Ok(skin::bulge(indentation) - lift)
    }

    fn patch(&self) -> Result<Option<Patch>, Failure> {
        let Some(darkness) = self.number("darkness_dl")? else { return Ok(None) };
        let density = self
            .number("patch_per_cm2")?
            .ok_or_else(|| self.no("darkness_dl needs patch_per_cm2: one dot alone has no shade"))?;
        let ink = Dilution::try_new(self.number("dilution")?.unwrap_or(0.0)).map_err(|e| self.no(e))?;
        Ok(Some(Patch { darkness, density: PerSquareMetre::from_per_cm2(density), ink }))
    }
}
