//! `pigment check`: reads everything a scene names and says what it is.
//!
//! In: a scene file. Out: lines for a person or one JSON document. Nothing is written.

use std::fmt::Write as _;
use std::path::Path;

use frames::Metres;
use scan::measure::{Measures, Percentile, Standing, measure};
use serde_json::{Value, json};

use crate::commands::program;
use crate::{Failure, Registered, Treatment, budget, even};

/// Reads everything and says what it is; writes nothing.
pub fn check(scene: &Path, json: bool) -> Result<String, Failure> {
    let treatment = Treatment::load(scene)?;
    let (pattern, _, planned) = program(&treatment)?;
    let (surface, landmarks) = (&treatment.scan.surface, &treatment.scan.landmarks);
    let measures = measure(surface, landmarks, |p| design::above_border(landmarks, p));
    let budget = budget::budget(&treatment, &pattern, planned.stats.duration_s);
    if json {
        let value = json!({
            "scene": treatment.file.name(), "triangles": surface.faces().len(), "area_m2": surface.area(),
            "sites": pattern.sites.len(), "planned": planned.stats.planned, "warnings": treatment.warnings,
            "rules": rules(&treatment.fields),
            "registration": treatment.registered.as_ref().map(Registered::json),
            "measures": measures_json(&measures),
            "arm": { "name": treatment.arm.name, "joints": treatment.arm.dof(), "solver": treatment.arm.solver() },
            "budget": budget,
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
    let _ = writeln!(text, "arm: {} joints, {}", treatment.arm.dof(), treatment.arm.solver());
    let repairs = treatment.scan.repairs.to_string();
    for line in repairs.lines().filter(|l| !l.is_empty()) {
        let _ = writeln!(text, "repaired: {line}");
    }
    text += &measures_text(&measures);
    if let Some(warning) = treatment.unmodelled() {
        let _ = writeln!(text, "warning: {warning}");
    }
    let checked = treatment.fields.checked();
    let broken = checked.iter().filter(|c| c.broken.is_some()).count();
    let _ = writeln!(text, "rules: {} held against the design, {broken} broken", checked.len());
    for finding in treatment.fields.findings() {
        let _ = writeln!(text, "{}: {finding}", finding.severity);
    }
    if let Err(unanswered) = treatment.answered_for() {
        let _ = writeln!(text, "this will not run: {unanswered}");
    }
    text += &treatment.registered.as_ref().map_or_else(String::new, Registered::text);
    let _ = writeln!(text, "{} sites, {} planned", pattern.sites.len(), planned.stats.planned);
    let _ = writeln!(text, "budget: {}", even::budget_line(&budget));
    for line in treatment.fields.drawn_lines() {
        let points = &line.control_points;
        let _ = writeln!(text, "{}, to paste and move:\ncontrol_points = {points:.1?}", line.zone);
    }
    if treatment.fields.drawn_lines().is_empty()
        && let Some(points) = design::propose_hairline(&treatment.scan)
    {
        let _ = writeln!(text, "a hairline by rule, to paste and move:\ncontrol_points = {points:.1?}");
    }
    Ok(text)
}

/// One line a measure, and a sentence where hardly anybody has such a head.
fn measures_text(measures: &Measures) -> String {
    let mut text = String::new();
    let standings = measures.standings();
    for standing in &standings {
        let _ = writeln!(text, "head: {standing}");
    }
    for (name, arc) in [("nasion to inion", measures.sagittal_arc), ("ear to ear", measures.coronal_arc)] {
        let arc = arc.map_or_else(|| "beyond the scan".to_owned(), |arc| format!("{:.0} mm", arc.mm()));
        let _ = writeln!(text, "head: {name} over the vertex {arc}");
    }
    let _ = writeln!(text, "head: scalp {:.0} cm2", measures.scalp_area * 1e4);
    let strange: Vec<&str> = standings.iter().filter(|s| s.is_strange()).map(|s| s.name).collect();
    if !strange.is_empty() {
        let _ = writeln!(text, "warning: hardly anybody has such a {}: check unit and landmarks", strange.join(", "));
    }
    text
}

fn measures_json(measures: &Measures) -> Value {
    let metres = |m: Option<Metres>| m.map(Metres::get);
    let percentile = |p: Percentile| match p {
        Percentile::At(share) => json!(share),
        beyond => json!(beyond.to_string()),
    };
    let among = |s: &Standing| {
        json!({
            "name": s.name, "size_m": s.size.get(), "strange": s.is_strange(),
            "men_percentile": percentile(s.men), "women_percentile": percentile(s.women),
        })
    };
    json!({
        "breadth_m": metres(measures.breadth), "length_m": metres(measures.length),
        "circumference_m": metres(measures.circumference), "tragion_top_m": metres(measures.tragion_top),
        "sagittal_arc_m": metres(measures.sagittal_arc), "coronal_arc_m": metres(measures.coronal_arc),
        "scalp_area_m2": measures.scalp_area,
        "among_people": measures.standings().iter().map(among).collect::<Vec<_>>(),
    })
}

/// Every rule that was held against the design, for `--json`.
fn rules(fields: &design::Fields) -> serde_json::Value {
    let row = |c: &design::Checked| {
        serde_json::json!({
            "rule": c.rule.id(), "zone": c.zone, "value": c.value, "limit": c.limit, "source": c.rule.source(),
            "broken": c.broken.map(|s| s.to_string()),
        })
    };
    fields.checked().iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(circumference_mm: f64) -> Measures {
        Measures {
            breadth: Some(Metres::from_mm(154.0)),
            length: None,
            circumference: Some(Metres::from_mm(circumference_mm)),
            tragion_top: Some(Metres::from_mm(131.0)),
            sagittal_arc: Some(Metres::from_mm(348.0)),
            coronal_arc: None,
            scalp_area: 0.058,
        }
    }

    #[test]
    fn a_line_a_measure() {
        let said = measures_text(&head(574.0));
        assert_eq!(
            said,
            "head: circumference 574 mm: men 50 %, women 76 %\nhead: breadth 154 mm: men 50 %, women 87 %\n\
             head: tragion to vertex 131 mm: men 50 %, women 75 %\nhead: nasion to inion over the vertex 348 mm\n\
             head: ear to ear over the vertex beyond the scan\nhead: scalp 580 cm2\n"
        );
        let json = measures_json(&head(574.0));
        assert_eq!(json["scalp_area_m2"], 0.058);
        assert_eq!(json["length_m"], Value::Null);
        let share = json["among_people"][0]["men_percentile"].as_f64();
        assert!(share.is_some_and(|s| (s - 50.0).abs() < 1e-9), "{json}");
    }

    #[test]
    fn what_hardly_anybody_has_is_named() {
        let said = measures_text(&head(650.0));
        assert!(said.contains("circumference 650 mm: men beyond the largest of 4082"), "{said}");
        assert!(
            said.ends_with("warning: hardly anybody has such a circumference: check unit and landmarks\n"),
            "{said}"
        );
        let json = measures_json(&head(650.0));
        assert_eq!(json["among_people"][0]["strange"], true);
        assert_eq!(json["among_people"][0]["women_percentile"], "beyond the largest of 1986");
    }
}
