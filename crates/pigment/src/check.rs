//! `pigment check`: reads everything a scene names and says what it is.
//!
//! In: a scene file. Out: lines for a person or one JSON document. Nothing is written.

use std::fmt::Write as _;
use std::path::Path;

use crate::commands::program;
use crate::{Failure, Registered, Treatment};

/// Reads everything and says what it is; writes nothing.
pub fn check(scene: &Path, json: bool) -> Result<String, Failure> {
    let treatment = Treatment::load(scene)?;
    let (pattern, _, planned) = program(&treatment)?;
    let surface = &treatment.scan.surface;
    if json {
        let value = serde_json::json!({
            "scene": treatment.file.name(), "triangles": surface.faces().len(), "area_m2": surface.area(),
            "sites": pattern.sites.len(), "planned": planned.stats.planned, "warnings": treatment.warnings,
            "registration": treatment.registered.as_ref().map(Registered::json),
        });
        return Ok(value.to_string());
    }
    let mut text = format!(
        "{}: {} triangles, {:.0} cm2; {}\n",
        treatment.file.scene.scan.file.display(),
        surface.faces().len(),
        surface.area() * 1e4,
        treatment.arm.name
    );
    let repairs = treatment.scan.repairs.to_string();
    for line in repairs.lines().filter(|l| !l.is_empty()) {
        let _ = writeln!(text, "repaired: {line}");
    }
    for warning in &treatment.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    text += &treatment.registered.as_ref().map_or_else(String::new, Registered::text);
    let _ = writeln!(text, "{} sites, {} planned", pattern.sites.len(), planned.stats.planned);
    if let Some(points) = design::propose_hairline(&treatment.scan) {
        let _ = writeln!(text, "a hairline by rule, to paste and move:\ncontrol_points = {points:.1?}");
    }
    Ok(text)
}
