//! From the written design to [`Fields`]: every number checked, every control point put on the skin.
//!
//! In: [`DesignSpec`], a scan, a person. Out: fields with their warnings, or the first error with its numbers and the
//! way out. Absent: any guess; a control point off the skin is refused, not moved.

use frames::{Head, Metres, Penetration, Point};
use nalgebra::Vector3;
use scan::{Scan, Surface};
use skin::Person;

use crate::curve::Curve;
use crate::error::{DesignError, FilePoint, Warning, Which};
use crate::fields::{Drawn, Fields, KeepOut, Source};
use crate::hair::Hair;
use crate::scalp::Scalp;
use crate::sentinels::sentinels;
use crate::session::{Session, session};
use crate::spec::{DesignSpec, KeepOutSpec, ZoneKind, ZoneSpec};
use crate::wanted::{Frozen, FrozenKind};
use crate::zone::{Hairline, Loop, Shape, Wander, Zone};

/// A control point farther from the skin than this was meant for another scan.
const MOST_OFF: Metres = Metres::from_mm(3.0);
/// Two control points nearer than this make no direction.
const LEAST_APART: Metres = Metres::from_mm(1.0);
/// Dots per square centimetre over all sessions: skin.md section 6.
const REFUSED_ABOVE: f64 = 150.0;
const WARNED_ABOVE: f64 = 100.0;
/// No needle goes deeper, whatever the scene says: the mechanical stop of skin.md 1.2.
const DEEPEST_MM: f64 = 1.2;
/// Scene default of design.md section 9.
const DEEP_MM: f64 = 0.80;
/// Sentinels carry stages of their own, after the three of the wander.
const STAGES: u64 = 8;

/// Checks and compiles a design for one scan and one person.
///
/// # Errors
/// The first thing wrong, with its table, its numbers and what to do.
pub fn compile(spec: &DesignSpec, scan: &Scan, person: &Person) -> Result<Fields, DesignError> {
    if spec.zone.is_empty() {
        return Err(DesignError::NoZone);
    }
    if spec.zone.len() > usize::from(u16::MAX) {
        return Err(DesignError::TooManyZones(spec.zone.len()));
    }
    let mut warnings = Vec::new();
    let session = session(&spec.session, &mut warnings)?;
    let scalp = Scalp::new(&scan.landmarks);
    let context = Context { spec, session: &session, scan, person, scalp: &scalp };
    let mut zones = Vec::with_capacity(spec.zone.len());
    for (index, written) in spec.zone.iter().enumerate() {
        zones.push(zone(&context, index, written, &mut warnings)?);
    }
    let mut keep_out = Vec::with_capacity(spec.keep_out.len());
    for (index, written) in spec.keep_out.iter().enumerate() {
        keep_out.push(keep_out_of(index, written, scan)?);
    }
    let drawn = Drawn { zones, keep_out, scalp, hair: Hair::new(&scan.surface) };
    let frozen = frozen_of(spec, &session, &scan.surface, &drawn, &mut warnings);
    Ok(Fields {
        source: Source::Drawn(drawn),
        frozen,
        warnings,
        least_distance: session.least_distance,
        least_overall: session.least_overall,
        session: spec.session.number,
        cumulative: (session.before + session.share) / session.share,
    })
}

/// In the coordinates and unit of the scan's file.
pub(crate) fn to_file(scan: &Scan, p: Point<Head>) -> FilePoint {
    let q = scan.head_from_file.inverse() * p;
    FilePoint([q.coords.x, q.coords.y, q.coords.z].map(|v| v / scan.unit.metres()))
}

/// What every zone is compiled against.
struct Context<'a> {
    spec: &'a DesignSpec,
    session: &'a Session,
    scan: &'a Scan,
    person: &'a Person,
    scalp: &'a Scalp,
}

fn zone(
    context: &Context<'_>,
    index: usize,
    written: &ZoneSpec,
    warnings: &mut Vec<Warning>,
) -> Result<Zone, DesignError> {
    let &Context { spec, session, scan, person, scalp } = context;
    let which = which_zone(index, written);
    let density = written.density_per_cm2;
    if !(density >= 0.0 && density.is_finite()) {
        return Err(DesignError::NotADensity { which, value: density, most: REFUSED_ABOVE });
    }
    if density > REFUSED_ABOVE {
        return Err(DesignError::TooDense { which, value: density, most: REFUSED_ABOVE });
    }
    if density > WARNED_ABOVE {
        warnings.push(Warning::Dense { which: which.clone(), value: density });
    }
    let number = Numbers { which: &which };
    let shade = number.of("shade", written.shade, 0.5, 0.0, 1.0)?;
    let hairline = written.kind == ZoneKind::Hairline;
    // Blow-out alarm above 0.45 mm: skin.md section 6.
    let healed = number.of("healed_mm", written.healed_mm, if hairline { 0.15 } else { 0.25 }, 0.05, 0.45)?;
    let feather = 1e-3 * number.of("feather_mm", written.feather_mm, if hairline { 10.0 } else { 8.0 }, 0.1, 60.0)?;
    let skin = written.skin.unwrap_or(if hairline { skin::Zone::FrontalHairline } else { skin::Zone::FrontalMid });
    let window = window(&which, written, skin, person, warnings)?;
    let control = control_points(&which, &written.control_points, scan, Some(scalp))?;
    let shape = if hairline {
        let ramp_mm = number.of("ramp_mm", written.ramp_mm, 10.0, 0.1, 60.0)?;
        let depth = 1e-3 * number.of("depth_mm", written.depth_mm, 30.0, 1.0, 120.0)?;
        let wander = wander(&number, spec, index, written)?;
        look_at_line(&which, ramp_mm, &wander, warnings);
        // Inside is where the top of the head is.
        let top = Vector3::new(0.0, 0.0, scan.surface.vertices().iter().fold(0.0_f64, |m, p| m.max(p.coords.z)));
        let curve = Curve::through(&scan.surface, &control, false, &top);
        look_at_height(&which, &curve, scan, warnings);
        Shape::Hairline(Hairline { curve, depth, ramp: 1e-3 * ramp_mm, feather, wander })
    } else {
        refuse_hairline_keys(&which, written)?;
        Shape::Fill(closed_loop(&scan.surface, &control, feather))
    };
    Ok(Zone {
        shape,
        density: frames::PerSquareMetre::from_per_cm2(density).get() * session.share,
        skin,
        window,
        healed: Metres::from_mm(healed),
        shade,
    })
}

struct Numbers<'a> {
    which: &'a Which,
}

impl Numbers<'_> {
    fn of(
        &self,
        key: &'static str,
        value: Option<f64>,
        default: f64,
        least: f64,
        most: f64,
    ) -> Result<f64, DesignError> {
        let value = value.unwrap_or(default);
        if (least..=most).contains(&value) {
            Ok(value)
        } else {
            Err(DesignError::OutOfRange { which: self.which.clone(), key, value, least, most })
        }
    }
}

fn window(
    which: &Which,
    written: &ZoneSpec,
    skin: skin::Zone,
    person: &Person,
    warnings: &mut Vec<Warning>,
) -> Result<[Penetration; 3], DesignError> {
    let Some(p) = written.penetration_mm else {
        let window = person.facts(skin).window;
        return Ok([window.least, window.target, window.most]);
    };
    if !(0.0 < p.least && p.least <= p.target && p.target <= p.most) {
        return Err(DesignError::Window { which: which.clone(), least: p.least, target: p.target, most: p.most });
    }
    Numbers { which }.of("penetration_mm.most", Some(p.most), 0.0, 0.0, DEEPEST_MM)?;
    if p.most > DEEP_MM {
        warnings.push(Warning::Deep { which: which.clone(), most_mm: p.most });
    }
    Ok([p.least, p.target, p.most].map(|mm| Penetration::new(Metres::from_mm(mm))))
}

fn wander(number: &Numbers<'_>, spec: &DesignSpec, index: usize, written: &ZoneSpec) -> Result<Wander, DesignError> {
    let w = written.irregularity.unwrap_or_default();
    let amplitude = |key, value| number.of(key, Some(value), 0.0, 0.0, 10.0).map(|mm| mm * 1e-3);
    let length = |key, value| number.of(key, Some(value), 0.0, 0.5, 100.0).map(|mm| mm * 1e-3);
    Ok(Wander {
        seed: spec.seed,
        stage: STAGES * (index as u64 + 1),
        scales: [
            (
                amplitude("irregularity.macro_mm", w.macro_mm)?,
                length("irregularity.macro_length_mm", w.macro_length_mm)?,
            ),
            (amplitude("irregularity.meso_mm", w.meso_mm)?, length("irregularity.meso_length_mm", w.meso_length_mm)?),
            (
                amplitude("irregularity.micro_mm", w.micro_mm)?,
                length("irregularity.micro_length_mm", w.micro_length_mm)?,
            ),
        ],
    })
}

/// skin.md 1.10: warn if density rises by more than half within 3 mm, or the line wanders by less than 1 mm.
fn look_at_line(which: &Which, ramp_mm: f64, wander: &Wander, warnings: &mut Vec<Warning>) {
    let half = 1.5 / ramp_mm;
    let rise = crate::noise::smoothstep(0.5 + half) - crate::noise::smoothstep(0.5 - half);
    if rise > 0.5 {
        warnings.push(Warning::HardEdge { which: which.clone(), percent: 100.0 * rise });
    }
    if wander.most() < 1e-3 {
        warnings.push(Warning::TooSmooth { which: which.clone(), wander: Metres::new(wander.most()) });
    }
}

/// skin.md 1.10: warn if the middle is less than 7 cm above the glabella (12 mm above the nasion). Only for a line that
/// crosses the middle of the forehead.
fn look_at_height(which: &Which, curve: &Curve, scan: &Scan, warnings: &mut Vec<Warning>) {
    let nasion = scan.landmarks.nasion.coords.coords;
    let nearest = curve.points().iter().min_by(|a, b| (a.x - nasion.x).abs().total_cmp(&(b.x - nasion.x).abs()));
    let Some(middle) = nearest.filter(|p| (p.x - nasion.x).abs() < 5e-3 && p.y > 0.0) else { return };
    let chord = (middle - nasion).norm();
    // Arc over chord on a forehead of radius 85 mm, then down to the glabella.
    let rise = Metres::new(chord * (1.0 + chord * chord / (24.0 * 0.085 * 0.085)) - 12e-3);
    if rise < Metres::from_mm(70.0) {
        warnings.push(Warning::Low { which: which.clone(), rise });
    }
}

fn refuse_hairline_keys(which: &Which, written: &ZoneSpec) -> Result<(), DesignError> {
    let given = [
        ("depth_mm", written.depth_mm.is_some()),
        ("ramp_mm", written.ramp_mm.is_some()),
        ("irregularity", written.irregularity.is_some()),
        ("sentinels_per_cm", written.sentinels_per_cm.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((key, _)) => Err(DesignError::WrongKind { which: which.clone(), key, belongs_to: "hairline" }),
        None => Ok(()),
    }
}

fn keep_out_of(index: usize, written: &KeepOutSpec, scan: &Scan) -> Result<KeepOut, DesignError> {
    let which = Which(format!("keep_out {index}{}", quoted(written.name.as_deref())));
    let number = Numbers { which: &which };
    let margin = 1e-3 * number.of("margin_mm", written.margin_mm, 3.0, 0.0, 100.0)?;
    match (written.point, written.radius_mm, written.control_points.is_empty()) {
        (Some(point), Some(radius), true) => {
            let radius = 1e-3 * number.of("radius_mm", Some(radius), 0.0, 0.0, 200.0)?;
            let middle = on_skin(&which, 0, point, scan)?;
            Ok(KeepOut::Ball { middle, radius: radius + margin })
        }
        (None, None, false) => {
            let control = control_points(&which, &written.control_points, scan, None)?;
            let mut inside = closed_loop(&scan.surface, &control, 1e-3);
            inside.radius += margin;
            Ok(KeepOut::Loop { inside, margin })
        }
        _ => Err(DesignError::KeepOutShape { which }),
    }
}

fn closed_loop(surface: &Surface, control: &[Vector3<f64>], feather: f64) -> Loop {
    let mean = control.iter().sum::<Vector3<f64>>() / control.len() as f64;
    let hit = surface.nearest(Point::from(mean));
    let middle = hit.point.coords.coords;
    let curve = Curve::through(surface, control, true, &middle);
    let radius = curve.points().iter().map(|p| (p - middle).norm()).fold(0.0, f64::max);
    Loop { curve, feather, middle, facing: surface.normal_at(hit.face, hit.bary).get().into_inner(), radius }
}

fn control_points(
    which: &Which,
    written: &[[f64; 3]],
    scan: &Scan,
    scalp: Option<&Scalp>,
) -> Result<Vec<Vector3<f64>>, DesignError> {
    if written.len() < 3 {
        return Err(DesignError::TooFewPoints { which: which.clone(), count: written.len() });
    }
    let mut out: Vec<Vector3<f64>> = Vec::with_capacity(written.len());
    for (index, &point) in written.iter().enumerate() {
        let p = on_skin(which, index, point, scan)?;
        if let Some(scalp) = scalp {
            let above = scalp.above(Point::from(p));
            if above < Metres::ZERO {
                return Err(DesignError::OffScalp { which: which.clone(), index, below: -above });
            }
        }
        if let Some(last) = out.last() {
            let apart = Metres::new((p - last).norm());
            if apart < LEAST_APART {
                return Err(DesignError::PointsTooClose { which: which.clone(), index: index - 1, apart });
            }
        }
        out.push(p);
    }
    Ok(out)
}

fn on_skin(which: &Which, index: usize, written: [f64; 3], scan: &Scan) -> Result<Vector3<f64>, DesignError> {
    if written.iter().any(|v| !v.is_finite()) {
        return Err(DesignError::NotFinite { which: which.clone(), index });
    }
    let [x, y, z] = written.map(|v| v * scan.unit.metres());
    let p: Point<Head> = scan.head_from_file * Point::new(x, y, z);
    let hit = scan.surface.nearest(p);
    if hit.distance > MOST_OFF {
        return Err(DesignError::OffSurface {
            which: which.clone(),
            index,
            distance: hit.distance,
            most: MOST_OFF,
            nearest: to_file(scan, hit.point),
        });
    }
    Ok(hit.point.coords.coords)
}

fn frozen_of(
    spec: &DesignSpec,
    session: &Session,
    surface: &Surface,
    drawn: &Drawn,
    warnings: &mut Vec<Warning>,
) -> Vec<Frozen> {
    let mut out = Vec::new();
    for (index, (zone, written)) in drawn.zones.iter().zip(&spec.zone).enumerate() {
        let Shape::Hairline(line) = &zone.shape else { continue };
        let per_metre = 100.0 * written.sentinels_per_cm.unwrap_or(1.0);
        let due = session.before..session.before + session.share;
        let stage = STAGES * (index as u64 + 1) + 3;
        let found = sentinels(surface, line, per_metre, due, (spec.seed, stage), |p, n| {
            !drawn.barred(p, n) && drawn.densest(p, n).0 <= 0.0
        });
        if found.missing > 0 {
            let which = which_zone(index, written);
            warnings.push(Warning::Sentinels { which, missing: found.missing, wanted: found.wanted });
        }
        out.extend(found.today.into_iter().map(|(point, normal)| Frozen {
            point,
            kind: FrozenKind::Sentinel(drawn.wanted(point, normal, 0.0, index)),
        }));
    }
    out
}

fn which_zone(index: usize, written: &ZoneSpec) -> Which {
    let kind = match written.kind {
        ZoneKind::Hairline => "hairline",
        ZoneKind::Fill => "fill",
    };
    Which(format!("zone {index} ({kind}{})", quoted(written.name.as_deref())))
}

fn quoted(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" \"{name}\""))
}
