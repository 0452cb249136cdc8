//! Hairlines and temporal peaks from landmarks, by the published rules.
//!
//! In: the written design, a scan. Out: the same design with control points in place of every `line`, and zones for the temporal
//! peaks that were asked for; a person may paste and move them. Absent: taste; and everything behind the line.
//! Rules: skin.md 1.10 (S79, S85, S86, S87) and the hairline types of Kashiyama 2021. Lengths along the skin are plane
//! sections (see `arc`).

pub(crate) mod arc;
pub(crate) mod face;
mod peak;
mod rule;

use frames::{Point, Seed};
use nalgebra::Vector3;
use scan::Scan;
use skin::{Person, Sex};

use crate::compile::{Numbers, labels, to_file, which_zone};
use crate::error::DesignError;
use crate::line::face::{Face, SIDES};
use crate::spec::{DesignSpec, LinePreset, LineSpec, ZoneKind, ZoneSpec};

/// A curve that was drawn by rule.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnLine {
    /// Label of its zone.
    pub zone: String,
    /// In the coordinates and unit of the scan's file.
    pub control_points: Vec<[f64; 3]>,
}

/// A design in which every curve has its control points.
pub(crate) struct Written {
    pub(crate) spec: DesignSpec,
    pub(crate) lines: Vec<DrawnLine>,
}

/// Control points for `kind = "hairline"` by the 8 cm rule, from the subject's left to the right, in file coordinates. `None`
/// where the scan has no skin on the way.
pub fn propose_hairline(scan: &Scan) -> Option<Vec<[f64; 3]>> {
    let face = Face::new(scan)?;
    let rule = rule::Rule::new(&LineSpec::default(), Seed(1));
    Some(in_file(scan, &rule::draw(scan, &face, &rule)?))
}

/// Draws every `line` of the design.
pub(crate) fn write_out(spec: &DesignSpec, scan: &Scan, person: &Person) -> Result<Written, DesignError> {
    let mut out = spec.clone();
    let mut drawn = Vec::new();
    for (index, zone) in spec.zone.iter().enumerate() {
        // On a patch the key is refused with all others that do not belong there.
        let Some(line) = zone.line.filter(|_| zone.kind == ZoneKind::Hairline) else { continue };
        let which = which_zone(index, zone);
        if !zone.control_points.is_empty() {
            return Err(DesignError::LineAndPoints { which });
        }
        check(&Numbers { which: &which }, &line)?;
        let no_face = || DesignError::NoFace { which: which.clone() };
        let face = Face::new(scan).ok_or_else(no_face)?;
        let preset = line.preset.or_else(|| of_woman(zone, person).then_some(LinePreset::Female));
        let line = LineSpec { preset, ..line };
        let rule = rule::Rule::new(&line, Seed(frames::mix(spec.seed.0 ^ index as u64)));
        let points = rule::draw(scan, &face, &rule).ok_or_else(no_face)?;
        if line.temporal_peaks {
            for (side, name) in ["left", "right"].into_iter().enumerate() {
                let corner = if SIDES[side] < 0.0 { points.first() } else { points.last() };
                let around = corner.and_then(|c| peak::draw(scan, &face, side, c)).ok_or_else(no_face)?;
                drawn.push(out.zone.len());
                out.zone.push(peak::zone(zone, &format!("{name} temporal peak"), in_file(scan, &around)));
            }
        }
        drawn.push(index);
        out.zone[index].control_points = in_file(scan, &points);
    }
    drawn.sort_unstable();
    let names = labels(&out.zone);
    let line = |&k: &usize| DrawnLine { zone: names[k].clone(), control_points: out.zone[k].control_points.clone() };
    let lines = drawn.iter().map(line).collect();
    Ok(Written { spec: out, lines })
}

/// True where a woman's line is wanted: asked for by preset, or by the person's sex where no preset is written.
pub(crate) fn of_woman(zone: &ZoneSpec, person: &Person) -> bool {
    match zone.line.and_then(|line| line.preset) {
        Some(preset) => preset == LinePreset::Female,
        None => person.sex == Some(Sex::Female),
    }
}

fn check(number: &Numbers<'_>, line: &LineSpec) -> Result<(), DesignError> {
    number.of("line.mid_frontal_mm", line.mid_frontal_mm, 80.0, 40.0, 140.0)?;
    number.of("line.recession_mm", line.recession_mm, 0.0, -25.0, 40.0)?;
    number.of("line.widows_peak_mm", line.widows_peak_mm, 0.0, 0.0, 20.0)?;
    number.of("line.asymmetry_mm", line.asymmetry_mm, 0.0, 0.0, 10.0)?;
    Ok(())
}

fn in_file(scan: &Scan, points: &[Vector3<f64>]) -> Vec<[f64; 3]> {
    points.iter().map(|p| to_file(scan, Point::from(*p)).0).collect()
}

#[cfg(test)]
mod tests;
