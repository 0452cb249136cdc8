//! `[registration]` of a scene: where the head really is, from what the robot touched.
//!
//! In: the table, the file of probed points it names, the scan, the design. Out: [`Registered`]: the head's pose and the
//! error to expect in each zone; or the reason why the touches are not believed, with file and line.
//! Absent: the fit itself (`scan`), the tracker, anything that happens after the first dot.

use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use frames::{Base, Head, Metres, Point, Pose, Radians};
use scan::register::{Probe, RegisterError, Registration, Rejection, TouchedLandmark, Zone, ZoneTre, register};
use scan::{Landmark, Scan};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::probed::{self, Row};
use crate::{Failure, SceneFile};

/// `[registration]`, all in the base frame.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationTable {
    /// CSV of touched places, relative to the scene file: `x_mm,y_mm,z_mm`, and as it likes `sigma_mm` and `name`.
    #[serde(default)]
    pub points: Option<PathBuf>,
    /// Where the landmarks were touched.
    #[serde(default)]
    pub landmarks_mm: LandmarksTouched,
    /// Greatest rms error that may be expected in any zone.
    #[serde(default = "default_budget")]
    pub budget_mm: f64,
    /// Of a probed point along the surface's normal, one standard deviation: touch, arm and scan together.
    #[serde(default = "default_noise")]
    pub noise_mm: f64,
    /// Of a landmark in each direction, one standard deviation: finding it on the head and in the scan together.
    #[serde(default = "default_landmark_noise")]
    pub landmark_noise_mm: f64,
}

/// Three or four landmarks; a named row of the file serves as well.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LandmarksTouched {
    /// Root of the nose.
    pub nasion: Option<[f64; 3]>,
    /// Bump at the back of the skull.
    pub inion: Option<[f64; 3]>,
    /// At the subject's left ear.
    pub left_preauricular: Option<[f64; 3]>,
    /// At the subject's right ear.
    pub right_preauricular: Option<[f64; 3]>,
}

/// The rehearsal's own registration error is 0.5 mm (`[world.scan] registration_mm`), and its dots keep the design's bars.
const fn default_budget() -> f64 {
    0.5
}

/// A proposal: skin dented 0.1 by a light touch, tip and arm 0.1, scan 0.1 to 0.15, added in squares.
const fn default_noise() -> f64 {
    0.2
}

/// A proposal: landmarks of the test heads are given as good to 4 mm, the worst of three directions.
const fn default_landmark_noise() -> f64 {
    3.0
}

/// Noise of a touch that is believed. The tip itself is known to 0.02 mm (`skin.md` 5, 24).
pub(crate) const NOISE_MM: RangeInclusive<f64> = 0.01..=20.0;
/// A budget that means something.
const BUDGET_MM: RangeInclusive<f64> = 0.01..=20.0;
/// From `[cell] head`, where both are given: further off, one of the two belongs to another day.
const MOST_MOVED: Metres = Metres::from_mm(100.0);
/// The same, turning.
const MOST_TURNED: Radians = Radians::from_degrees(30.0);
/// Places of a zone that are looked at; the error hardly changes between two of them.
const PLACES: usize = 1000;

/// What the touches say.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The fit.
    pub registration: Registration,
    /// What to expect in each zone that has places.
    pub zones: Vec<ZoneTre>,
    /// What was allowed.
    pub budget: Metres,
    /// Line of the file for each probed point.
    lines: Vec<usize>,
}

impl Registered {
    /// The fit of a scene that asks for one; `None` for a scene that does not.
    pub(crate) fn new(file: &SceneFile, scan: &Scan, fields: &design::Fields) -> Result<Option<Self>, Failure> {
        let Some(table) = &file.scene.registration else { return Ok(None) };
        let touches = Touches::read(file, table)?;
        let (landmarks, probed) = (&touches.landmarks, &touches.probed);
        let no =
            |e: RegisterError| Failure::file(&file.path, format_args!("[registration] {}", touches.explain(&e, scan)));
        let registration = register(&scan.surface, &scan.landmarks, landmarks, probed).map_err(no)?;
        expected_there(file, &registration)?;
        let budget = Metres::from_mm(table.budget_mm);
        let noise = Metres::from_mm(table.noise_mm);
        let zones = registration.within(budget, &zones(file, scan, fields), &scan.surface, noise).map_err(no)?;
        Ok(Some(Self { registration, zones, budget, lines: touches.lines }))
    }

    /// For a person: the pose, what it rests on, what to expect where.
    pub fn text(&self) -> String {
        let r = &self.registration;
        let ([x, y, z], [roll, pitch, yaw]) = placement(&r.base_from_head);
        let mut text = format!(
            "registered: head = {{ position_mm = [{:.2}, {:.2}, {:.2}], rpy_deg = [{:.3}, {:.3}, {:.3}] }}\n",
            x * 1e3,
            y * 1e3,
            z * 1e3,
            roll.to_degrees(),
            pitch.to_degrees(),
            yaw.to_degrees()
        );
        let _ = writeln!(
            text,
            "registered: {} of {} points used, FRE {}, {:.2} of their noise; {} landmarks, {} off",
            r.used(),
            r.points.len(),
            r.fre,
            r.scale,
            r.landmarks.len(),
            r.landmark_fre
        );
        for (line, off, why) in self.rejected() {
            let _ = writeln!(text, "registered: line {line} left out, {off} from the surface: {why}");
        }
        for zone in &self.zones {
            let _ = writeln!(
                text,
                "registered: {}: expected error {} rms, {} at worst; budget {}",
                zone.name, zone.tre.rms, zone.tre.worst, self.budget
            );
        }
        text
    }

    /// The same, in short.
    pub fn line(&self) -> String {
        let r = &self.registration;
        let worst = self.zones.iter().map(|z| z.tre.rms).fold(Metres::ZERO, Metres::max);
        let (used, all, fre, budget) = (r.used(), r.points.len(), r.fre, self.budget);
        format!("{used} of {all} points used, FRE {fre}; expected error at most {worst} rms, budget {budget}")
    }

    /// For a program, SI.
    pub fn json(&self) -> Value {
        let r = &self.registration;
        let (position_m, rpy_rad) = placement(&r.base_from_head);
        let rejected: Vec<Value> = self
            .rejected()
            .map(|(line, off, why)| json!({ "line": line, "off_m": off.get(), "reason": why }))
            .collect();
        let landmarks: Vec<Value> =
            r.landmarks.iter().map(|(l, off)| json!({ "name": l.to_string(), "off_m": off.get() })).collect();
        let zones: Vec<Value> = self
            .zones
            .iter()
            .map(|z| json!({ "name": z.name, "tre_rms_m": z.tre.rms.get(), "tre_worst_m": z.tre.worst.get() }))
            .collect();
        json!({
            "position_m": position_m, "rpy_rad": rpy_rad, "fre_m": r.fre.get(), "landmark_fre_m": r.landmark_fre.get(),
            "points_used": r.used(), "noise_ratio": r.scale, "rejected": rejected, "landmarks": landmarks,
            "zones": zones, "budget_m": self.budget.get(),
        })
    }

    fn rejected(&self) -> impl Iterator<Item = (usize, Metres, &'static str)> {
        self.lines.iter().zip(&self.registration.points).filter_map(|(line, p)| {
            let why = match p.rejected? {
                Rejection::Outlier => "outlier",
                Rejection::NoSurface => "the scan has a hole there",
            };
            Some((*line, p.off, why))
        })
    }
}

/// What was touched, and where it stands in the file.
struct Touches {
    landmarks: Vec<TouchedLandmark>,
    probed: Vec<Probe>,
    lines: Vec<usize>,
}

impl Touches {
    fn read(file: &SceneFile, table: &RegistrationTable) -> Result<Self, Failure> {
        for (key, value, within) in [
            ("budget_mm", table.budget_mm, BUDGET_MM),
            ("noise_mm", table.noise_mm, NOISE_MM),
            ("landmark_noise_mm", table.landmark_noise_mm, NOISE_MM),
        ] {
            if !within.contains(&value) {
                let why = format!(
                    "[registration] {key} = {value}; it must lie between {} and {}",
                    within.start(),
                    within.end()
                );
                return Err(Failure::file(&file.path, why));
            }
        }
        let path = table.points.as_ref().map(|p| file.resolve(p));
        let rows = path.as_deref().map(probed::read).transpose()?.unwrap_or_default();
        let at = |mm: [f64; 3]| Point::<Base>::from(nalgebra::Vector3::from(mm.map(|v| Metres::from_mm(v).get())));
        let sigma = |row: &Row, usual: f64| Metres::from_mm(row.sigma_mm.unwrap_or(usual));
        let t = &table.landmarks_mm;
        let given = [
            (Landmark::Nasion, t.nasion),
            (Landmark::Inion, t.inion),
            (Landmark::LeftPreauricular, t.left_preauricular),
            (Landmark::RightPreauricular, t.right_preauricular),
        ];
        let usual = Metres::from_mm(table.landmark_noise_mm);
        let in_scene = given
            .iter()
            .filter_map(|(landmark, p)| Some(TouchedLandmark { landmark: *landmark, at: at((*p)?), sigma: usual }));
        let named = rows.iter().filter_map(|row| {
            let sigma = sigma(row, table.landmark_noise_mm);
            Some(TouchedLandmark { landmark: row.name?, at: at(row.at_mm), sigma })
        });
        let plain = || rows.iter().filter(|row| row.name.is_none());
        let probed = plain().map(|row| Probe { at: at(row.at_mm), sigma: sigma(row, table.noise_mm) }).collect();
        Ok(Self { landmarks: in_scene.chain(named).collect(), probed, lines: plain().map(|row| row.line).collect() })
    }

    /// The fit's own words, with the file's lines and coordinates where those help.
    fn explain(&self, error: &RegisterError, scan: &Scan) -> String {
        match error {
            RegisterError::UnusablePoint { index, .. } => format!("{error} (line {})", self.lines[*index]),
            RegisterError::OverBudget { touch, .. } if !touch.is_empty() => {
                let places: Vec<String> = touch.iter().map(|p| format!("{:.0?}", given_from_head(scan, *p))).collect();
                format!("{error}; in the scan's coordinates the places are {}", places.join(" "))
            }
            _ => error.to_string(),
        }
    }
}

fn given_from_head(scan: &Scan, p: Point<Head>) -> [f64; 3] {
    let metres = scan.head_from_file.inverse() * p;
    metres.coords.coords.data.0[0].map(|c| c / scan.unit.metres())
}

/// Where `[cell] head` is given too, the two must tell of the same day.
fn expected_there(file: &SceneFile, registration: &Registration) -> Result<(), Failure> {
    let Some(expected) = file.placed_head() else { return Ok(()) };
    let between = expected.inverse() * registration.base_from_head;
    let moved = Metres::new(between.get().translation.vector.norm());
    let turned = Radians::new(between.get().rotation.angle());
    if moved <= MOST_MOVED && turned <= MOST_TURNED {
        return Ok(());
    }
    let why = format!(
        "[registration] puts the head {moved} and {turned} from [cell] head, at most {MOST_MOVED} and {MOST_TURNED}; \
         correct or remove [cell] head, or touch the head again"
    );
    Err(Failure::file(&file.path, why))
}

/// Where each zone wants dots: the middles of its faces, or its control points where the scan is coarser than the zone.
fn zones(file: &SceneFile, scan: &Scan, fields: &design::Fields) -> Vec<Zone> {
    let surface = &scan.surface;
    let specs = &file.scene.zone;
    let mut places = vec![Vec::new(); specs.len()];
    for face in fields.area_of_interest(surface) {
        let place = surface.at(face, [1.0 / 3.0; 3]);
        let (density, zone) = fields.density_at(place, surface.normal_at(face, [1.0 / 3.0; 3]));
        if density.get() > 0.0
            && let Some(places) = places.get_mut(usize::from(zone))
        {
            places.push(place);
        }
    }
    specs
        .iter()
        .zip(places)
        .enumerate()
        .map(|(k, (spec, places))| {
            let name = spec.name.clone().unwrap_or_else(|| format!("zone {k}"));
            let every = places.len().div_ceil(PLACES).max(1);
            let mut places: Vec<_> = places.into_iter().step_by(every).collect();
            if places.is_empty() {
                places = spec.control_points.iter().map(|p| scan.head_from_given(*p)).collect();
            }
            Zone { name, places }
        })
        .collect()
}

/// Position (m) and roll, pitch, yaw (rad) as `[cell] head` has them.
fn placement(base_from_head: &Pose<Base, Head>) -> ([f64; 3], [f64; 3]) {
    let (roll, pitch, yaw) = base_from_head.get().rotation.euler_angles();
    (base_from_head.origin().coords.coords.data.0[0], [roll, pitch, yaw])
}
