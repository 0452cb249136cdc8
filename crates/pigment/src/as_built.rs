//! `pigment calibrate-arm`: from a table of measured poses to `arm.toml`.
//!
//! In: a CSV table (joint angles, the tip in a tracker's frame), the arm of a scene or a URDF. Out: the file that a scene
//! names under `[arm] calibration`, and a summary: residuals, bounds, what the poses could not tell. Absent: the fit
//! itself (`arm`).

use std::fmt::Write as _;
use std::path::Path;

use arm::{ArmModel, Fit, FitError, JointPos, Measured, Tool};
use frames::{Flange, Point};
use nalgebra::{Isometry3, Point3, Quaternion, UnitQuaternion};

use crate::{Failure, SceneFile};

/// Largest table that is read, bytes.
const LARGEST: u64 = 16 << 20;
/// Of the tip.
const PLACE: [&str; 3] = ["x_mm", "y_mm", "z_mm"];
/// Of the body on the tool; all of them or none.
const TURN: [&str; 4] = ["qw", "qx", "qy", "qz"];

/// Whose poses they are.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// The arm of a scene, with the tip of its tool: what the fit finds there becomes part of the file.
    Scene(&'a Path),
    /// A URDF; the tip is the point measured, wherever it is on the flange.
    Urdf(&'a Path),
}

/// Rows and the line of each.
struct Table {
    rows: Vec<Measured>,
    lines: Vec<u64>,
}

/// Reads the table, fits, writes the file.
pub fn calibrate_arm(table: &Path, whose: Whose<'_>, output: &Path, json: bool) -> Result<String, Failure> {
    if output.exists() {
        return Err(Failure::file(
            output,
            "is there already; a calibration is never written over, choose another name",
        ));
    }
    let input = |e: arm::ArmError| Failure::Input(e.to_string());
    let (nominal, tip) = match whose {
        Whose::Urdf(path) => (ArmModel::from_urdf(path, None, None).map_err(input)?, Point::ORIGIN),
        Whose::Scene(path) => {
            let file = SceneFile::read(path)?;
            let arm = &file.scene.arm;
            let model = file.resolve(&arm.model);
            let model = ArmModel::from_urdf(&model, arm.base.as_deref(), arm.flange.as_deref()).map_err(input)?;
            let tool = Tool::load(&file.resolve(&arm.tool)).map_err(input)?;
            (model, Point::<Flange>::from(Point3::from(tool.flange_from_tcp.get().translation.vector)))
        }
    };
    let read = read(table, nominal.dof())?;
    let fit = nominal.fit(&read.rows, tip).map_err(|error| match error {
        FitError::Row { row, ref what } => at(table, read.lines.get(row).copied().unwrap_or(0), what),
        _ => Failure::file(table, error),
    })?;
    // The tip's offset belongs to the tool that a scene names; of a bare URDF nobody knows where the tip should be.
    let shift = fit.tip.coords.coords - tip.coords.coords;
    let flange =
        matches!(whose, Whose::Scene(_)).then(|| Isometry3::from_parts(shift.into(), UnitQuaternion::identity()));
    let name = table.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let said = summary(&fit, &read, table);
    let head = format!("Written by `pigment calibrate-arm` from {name}; name it under [arm] calibration.\n{said}");
    let text = nominal.as_built_text(&head, &fit.deviations, flange.as_ref());
    record::write_atomic(output, text.as_bytes()).map_err(|e| Failure::Input(e.to_string()))?;
    if json {
        return Ok(figures(&fit, &read, output).to_string());
    }
    Ok(format!("{said}{}\n", output.display()))
}

fn at(path: &Path, line: u64, why: impl std::fmt::Display) -> Failure {
    Failure::Input(format!("{}:{line}: {why}", path.display()))
}

fn read(path: &Path, joints: usize) -> Result<Table, Failure> {
    let meta = std::fs::metadata(path).map_err(|e| Failure::file(path, format_args!("{e}; is the path right?")))?;
    if meta.len() > LARGEST {
        return Err(Failure::file(path, format_args!("{} bytes is no table of poses (at most {LARGEST})", meta.len())));
    }
    let bytes = std::fs::read(path).map_err(|e| Failure::file(path, e))?;
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(bytes.as_slice());
    let broken = |e: csv::Error| at(path, e.position().map_or(1, csv::Position::line), e);
    let header = reader.headers().map_err(broken)?.clone();
    let angles: Vec<String> = (1..=joints).map(|i| format!("q{i}_deg")).collect();
    let known: Vec<&str> = angles.iter().map(String::as_str).chain(PLACE).chain(TURN).collect();
    let no = |why: String| Err(Failure::file(path, why));
    for (k, name) in header.iter().enumerate() {
        if !known.contains(&name) {
            return no(format!("unknown column `{name}`; known are {}", known.join(", ")));
        }
        if header.iter().take(k).any(|before| before == name) {
            return no(format!("column `{name}` stands twice"));
        }
    }
    let turned = TURN.iter().any(|name| header.iter().any(|h| h == *name));
    let needed = known.iter().take(if turned { known.len() } else { joints + PLACE.len() });
    if let Some(missing) = needed.into_iter().find(|name| !header.iter().any(|h| h == **name)) {
        return no(format!("no column `{missing}`; needed are {}", known.join(", ")));
    }
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, csv::Position::line);
        let number = |name: &str| -> Result<f64, Failure> {
            let text = header.iter().position(|h| h == name).and_then(|k| record.get(k)).unwrap_or_default();
            let value = text.parse::<f64>().ok().filter(|v| v.is_finite());
            value.ok_or_else(|| at(path, line, format_args!("{name} = `{text}` is not a number")))
        };
        let mut q = JointPos::zeros(joints);
        for (v, name) in q.iter_mut().zip(&angles) {
            *v = number(name)?.to_radians();
        }
        let mut tip = Point3::origin();
        for (k, name) in PLACE.iter().enumerate() {
            tip[k] = number(name)? * 1e-3;
        }
        let turn = if turned {
            let [w, x, y, z] = [number(TURN[0])?, number(TURN[1])?, number(TURN[2])?, number(TURN[3])?];
            let q = Quaternion::new(w, x, y, z);
            if (q.norm() - 1.0).abs() > 0.01 {
                return Err(at(path, line, format_args!("qw qx qy qz has length {:.3}; 1 is a rotation", q.norm())));
            }
            Some(UnitQuaternion::new_normalize(q))
        } else {
            None
        };
        rows.push(Measured { joints: q, tip, turn });
        lines.push(line);
    }
    Ok(Table { rows, lines })
}

fn summary(fit: &Fit, read: &Table, table: &Path) -> String {
    let mm = |m: f64| m * 1e3;
    let mut text = String::new();
    // Writing into a string cannot fail.
    let kept = fit.residuals.len() - fit.outliers.len();
    let _ = writeln!(
        text,
        "{kept} of {} poses kept: {:.3} mm rms, {:.3} mm with the nominal arm; left out in turn {:.3} mm; noise {:.3} mm a coordinate",
        fit.residuals.len(),
        mm(fit.rms),
        mm(fit.nominal_rms),
        mm(fit.cross_rms),
        mm(fit.noise)
    );
    let line = |row: usize| read.lines.get(row).copied().unwrap_or(0);
    let worst = (0..fit.residuals.len())
        .filter(|row| !fit.outliers.contains(row))
        .max_by(|a, b| fit.residuals[*a].total_cmp(&fit.residuals[*b]));
    if let Some(row) = worst {
        let _ = writeln!(text, "worst of them: {:.3} mm, line {}", mm(fit.residuals[row]), line(row));
    }
    let name = table.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    for row in &fit.outliers {
        let _ = writeln!(text, "warning: {name}:{}: {:.2} mm off, not counted", line(*row), mm(fit.residuals[*row]));
    }
    let known = fit.singular_values.iter().filter(|v| **v > 1.0).count();
    let (first, last) = (fit.singular_values.first(), fit.singular_values.get(known.saturating_sub(1)));
    let _ = writeln!(
        text,
        "{known} of {} numbers told by the poses, singular values {:.0} to {:.1} (1: no more than is expected of any arm)",
        fit.singular_values.len(),
        first.copied().unwrap_or(0.0),
        last.copied().unwrap_or(0.0)
    );
    let held: Vec<&str> = fit.held().map(|p| p.name.as_str()).collect();
    if !held.is_empty() {
        let _ = writeln!(text, "held near zero, the poses say nothing: {}", held.join(", "));
    }
    for p in &fit.parameters {
        let (unit, value, bound) = if p.name.contains("turn") {
            ("mrad", 1e3 * p.value, 1e3 * p.bound)
        } else {
            ("mm", mm(p.value), mm(p.bound))
        };
        let _ = writeln!(text, "{:18} {value:8.3} +- {bound:.3} {unit}", p.name);
    }
    let tip = fit.tip.coords.coords;
    let _ = writeln!(text, "tip in the flange: {:.3}, {:.3}, {:.3} mm", mm(tip.x), mm(tip.y), mm(tip.z));
    text
}

fn figures(fit: &Fit, read: &Table, output: &Path) -> serde_json::Value {
    let parameters: Vec<_> = fit
        .parameters
        .iter()
        .map(|p| serde_json::json!({ "name": p.name, "value": p.value, "bound_95": p.bound, "expected": p.expected }))
        .collect();
    let lines: Vec<u64> = fit.outliers.iter().filter_map(|row| read.lines.get(*row).copied()).collect();
    let pose = &fit.base_from_tracker;
    let turn = pose.rotation.quaternion();
    serde_json::json!({
        "output": output, "poses": fit.residuals.len(), "outlier_lines": lines,
        "rms_m": fit.rms, "nominal_rms_m": fit.nominal_rms, "cross_rms_m": fit.cross_rms, "noise_m": fit.noise,
        "residuals_m": fit.residuals, "singular_values": fit.singular_values,
        "held": fit.held().map(|p| &p.name).collect::<Vec<_>>(), "parameters": parameters,
        "tip_m": <[f64; 3]>::from(fit.tip.coords.coords),
        "base_from_tracker": {
            "position_m": <[f64; 3]>::from(pose.translation.vector), "wxyz": [turn.w, turn.i, turn.j, turn.k],
        },
    })
}
