//! A tool file becomes a [`Tool`].
//!
//! In: TOML with millimetres and degrees, every key named with its unit. Out: SI, checked, or the first thing that is
//! wrong with line and column. Absent: defaults; a tool file says everything.

use std::ops::Range;
use std::path::Path;

use frames::{Metres, Newtons, Pose, Protrusion, Radians, Span};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};
use serde::Deserialize;
use toml::Spanned;

use crate::{ArmError, Capsule, Drive, Needle, Nose, Sensors, Tool};

/// Least area of the ring, m²: 5 N on it is 1/20 of what a forehead bears. `reference/skin.md` section 4.2.
const LEAST_AREA: f64 = 0.8e-4;
/// The collar's furthest place, mm; `reference/skin.md` section 6, "stop".
const FURTHEST_STOP: f64 = 1.2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    mount: Mount,
    nose: NoseIn,
    needle: NeedleIn,
    drive: Spanned<DriveIn>,
    sensors: SensorsIn,
    body: Vec<BodyIn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mount {
    angle_deg: Spanned<f64>,
    tcp_mm: Spanned<[f64; 3]>,
    mass_kg: Spanned<f64>,
    com_mm: Spanned<[f64; 3]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoseIn {
    radius_mm: Spanned<f64>,
    hole_mm: Spanned<f64>,
    spring_n_per_mm: Spanned<f64>,
    preload_n: Spanned<f64>,
    travel_mm: Spanned<f64>,
    contact_n: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedleIn {
    points: Spanned<u32>,
    diameter_mm: Spanned<f64>,
    stop_mm: Spanned<f64>,
    rest_mm: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DriveIn {
    kind: Spanned<String>,
    stroke_mm: Option<Spanned<f64>>,
    acceleration_m_per_s2: Option<Spanned<f64>>,
    delay_ms: Option<Spanned<f64>>,
    speed_mm_per_s: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SensorsIn {
    force_noise_n: Spanned<f64>,
    nose_noise_mm: Spanned<f64>,
    protrusion_noise_mm: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyIn {
    a_mm: Spanned<[f64; 3]>,
    b_mm: Spanned<[f64; 3]>,
    radius_mm: Spanned<f64>,
}

/// A fault and where it is.
type Fault = (Range<usize>, String);

impl Tool {
    /// Reads `assets/tools/*.toml` and its like.
    pub fn load(path: &Path) -> Result<Self, ArmError> {
        let text = std::fs::read_to_string(path).map_err(|source| ArmError::Read { path: path.to_owned(), source })?;
        let at = |(range, message): Fault| {
            let before = text.get(..range.start.min(text.len())).unwrap_or(&text);
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
            ArmError::Toml { path: path.to_owned(), line, column, message }
        };
        let file: File = toml::from_str(&text).map_err(|e| at((e.span().unwrap_or(0..0), said(e.message()))))?;
        tool(&file).map_err(at)
    }
}

/// The parser's message, with the nearest key where one was not known.
pub(crate) fn said(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if !message.starts_with("unknown field") {
        return message.to_owned();
    }
    let unknown = quoted.next().unwrap_or_default();
    match quoted.max_by(|a, b| strsim::jaro_winkler(unknown, a).total_cmp(&strsim::jaro_winkler(unknown, b))) {
        Some(known) => format!("unknown key \"{unknown}\"; did you mean \"{known}\"?"),
        None => format!("unknown key \"{unknown}\"; remove it"),
    }
}

fn tool(file: &File) -> Result<Tool, Fault> {
    if file.name.get_ref().trim().is_empty() {
        return Err((file.name.span(), "name is empty; give the tool a name".to_owned()));
    }
    let angle = within(&file.mount.angle_deg, "angle_deg", 0.0, 90.0)?;
    let tcp = vector(&file.mount.tcp_mm, "tcp_mm")?;
    // The needle leans from the flange's +z towards its +x.
    let lean = UnitQuaternion::from_axis_angle(&Vector3::y_axis(), angle.to_radians());
    let mut body = Vec::with_capacity(file.body.len());
    for part in &file.body {
        body.push(Capsule {
            a: vector(&part.a_mm, "a_mm")?,
            b: vector(&part.b_mm, "b_mm")?,
            radius: Metres::from_mm(above(&part.radius_mm, "radius_mm", 0.0)?),
        });
    }
    let flange_from_tcp = Pose::new(Isometry3::from_parts(Translation3::from(tcp.coords), lean));
    let nose = nose(&file.nose)?;
    for (solid, part) in body.iter().zip(&file.body) {
        let gap = front(solid, &flange_from_tcp);
        if gap < nose.travel.get() {
            let message = format!(
                "the body comes within {:.2} mm of the nose's plane, and the ring gives way by {}; draw it back",
                gap * 1e3,
                nose.travel
            );
            return Err((part.a_mm.span(), message));
        }
    }
    let needle = needle(&file.needle)?;
    Ok(Tool {
        name: file.name.get_ref().clone(),
        mount_angle: Radians::from_degrees(angle),
        flange_from_tcp,
        mass_kg: within(&file.mount.mass_kg, "mass_kg", 1e-3, 10.0)?,
        com: vector(&file.mount.com_mm, "com_mm")?,
        body,
        nose,
        drive: drive(&file.drive, &needle)?,
        needle,
        sensors: Sensors {
            force_noise: Newtons::new(from(&file.sensors.force_noise_n, "force_noise_n", 0.0)?),
            nose_noise: Metres::from_mm(from(&file.sensors.nose_noise_mm, "nose_noise_mm", 0.0)?),
            protrusion_noise: Metres::from_mm(from(&file.sensors.protrusion_noise_mm, "protrusion_noise_mm", 0.0)?),
        },
    })
}

fn nose(file: &NoseIn) -> Result<Nose, Fault> {
    let nose = Nose {
        radius: Metres::from_mm(above(&file.radius_mm, "radius_mm", 0.0)?),
        hole: Metres::from_mm(above(&file.hole_mm, "hole_mm", 0.0)?),
        spring_n_per_m: 1e3 * above(&file.spring_n_per_mm, "spring_n_per_mm", 0.0)?,
        preload: Newtons::new(from(&file.preload_n, "preload_n", 0.0)?),
        travel: Metres::from_mm(above(&file.travel_mm, "travel_mm", 0.0)?),
        contact: Newtons::new(above(&file.contact_n, "contact_n", 0.0)?),
    };
    if nose.hole >= nose.radius || nose.area() < LEAST_AREA {
        let area = nose.area().max(0.0) * 1e4;
        let message =
            format!("the ring touches with {area:.2} cm2, less than 0.8 cm2; raise radius_mm or lower hole_mm");
        return Err((file.radius_mm.span(), message));
    }
    let most = nose.force(nose.travel);
    if nose.contact < nose.preload || nose.contact > most {
        let message = format!(
            "contact_n = {} lies outside what the spring gives, {} to {most}; change contact_n, preload_n or travel_mm",
            nose.contact, nose.preload
        );
        return Err((file.contact_n.span(), message));
    }
    Ok(nose)
}

fn needle(file: &NeedleIn) -> Result<Needle, Fault> {
    let points = *file.points.get_ref();
    if !(1..=9).contains(&points) {
        return Err((file.points.span(), format!("points = {points}; give 1 to 9 needles in the group")));
    }
    let stop = within(&file.stop_mm, "stop_mm", 0.05, FURTHEST_STOP)?;
    let rest = within(&file.rest_mm, "rest_mm", -10.0, -0.1)?;
    Ok(Needle {
        points,
        diameter: Metres::from_mm(within(&file.diameter_mm, "diameter_mm", 0.05, 1.0)?),
        stop: Protrusion::new(Metres::from_mm(stop)),
        rest: Protrusion::new(Metres::from_mm(rest)),
    })
}

fn drive(file: &Spanned<DriveIn>, needle: &Needle) -> Result<Drive, Fault> {
    let whole = file.span();
    let DriveIn { kind, stroke_mm, acceleration_m_per_s2, delay_ms, speed_mm_per_s } = file.get_ref();
    let missing = |key: &str| (whole.clone(), format!("[drive] of kind \"{}\" needs {key}", kind.get_ref()));
    let stray = |key: &str, at: &Spanned<f64>| {
        Err((at.span(), format!("{key} says nothing about a drive of kind \"{}\"; remove it", kind.get_ref())))
    };
    match kind.get_ref().as_str() {
        "actuator" => {
            if let Some(at) = speed_mm_per_s {
                return stray("speed_mm_per_s", at);
            }
            let stroke_at = stroke_mm.as_ref().ok_or_else(|| missing("stroke_mm"))?;
            let stroke = Metres::from_mm(above(stroke_at, "stroke_mm", 0.0)?);
            let want = needle.stop.length() - needle.rest.length();
            if (stroke - want).abs() > Metres::from_mm(1e-6) {
                return Err((stroke_at.span(), format!("stroke_mm is {stroke}, but rest_mm to stop_mm is {want}")));
            }
            let acceleration = acceleration_m_per_s2.as_ref().ok_or_else(|| missing("acceleration_m_per_s2"))?;
            let delay = delay_ms.as_ref().ok_or_else(|| missing("delay_ms"))?;
            Ok(Drive::Actuator {
                stroke,
                acceleration: within(acceleration, "acceleration_m_per_s2", 1.0, 2000.0)?,
                delay: Span::from_seconds(1e-3 * within(delay, "delay_ms", 0.0, 100.0)?),
            })
        }
        "arm" => {
            let strays =
                [("stroke_mm", stroke_mm), ("acceleration_m_per_s2", acceleration_m_per_s2), ("delay_ms", delay_ms)];
            if let Some((key, at)) = strays.iter().find_map(|(key, at)| at.as_ref().map(|at| (key, at))) {
                return stray(key, at);
            }
            let speed = speed_mm_per_s.as_ref().ok_or_else(|| missing("speed_mm_per_s"))?;
            Ok(Drive::Arm { speed: 1e-3 * within(speed, "speed_mm_per_s", 1.0, 250.0)? })
        }
        other => {
            let near = if strsim::jaro("actuator", other) >= strsim::jaro("arm", other) { "actuator" } else { "arm" };
            Err((kind.span(), format!("unknown kind \"{other}\"; did you mean \"{near}\"?")))
        }
    }
}

/// From the nose's plane back to the nearest point of `solid`, m; below zero when it reaches past the nose.
fn front(solid: &Capsule, flange_from_tcp: &Pose<frames::Flange, frames::Tcp>) -> f64 {
    let seen = solid.moved(&flange_from_tcp.get().inverse());
    -(seen.a.z.max(seen.b.z) + seen.radius.get())
}

fn within(value: &Spanned<f64>, key: &str, least: f64, most: f64) -> Result<f64, Fault> {
    let v = *value.get_ref();
    (least..=most)
        .contains(&v)
        .then_some(v)
        .ok_or_else(|| (value.span(), format!("{key} = {v}; give {least} to {most}")))
}

fn above(value: &Spanned<f64>, key: &str, least: f64) -> Result<f64, Fault> {
    let v = *value.get_ref();
    let good = v > least && v.is_finite();
    good.then_some(v).ok_or_else(|| (value.span(), format!("{key} = {v}; give a finite number above {least}")))
}

fn from(value: &Spanned<f64>, key: &str, least: f64) -> Result<f64, Fault> {
    let v = *value.get_ref();
    let good = v >= least && v.is_finite();
    good.then_some(v).ok_or_else(|| (value.span(), format!("{key} = {v}; give a finite number, {least} or above")))
}

fn vector(value: &Spanned<[f64; 3]>, key: &str) -> Result<Point3<f64>, Fault> {
    let v = *value.get_ref();
    // Nothing on a flange is further away than 2 m; a length in metres or inches is noticed by the other checks.
    let good = v.iter().all(|c| c.abs() <= 2000.0);
    let fault = || (value.span(), format!("{key} = {v:?}; give three lengths of at most 2000 mm"));
    good.then(|| Point3::from(Vector3::from(v) * 1e-3)).ok_or_else(fault)
}
