//! `kind = "hairline"`: the line, how it wanders, its sentinels, and a first look at it.

use frames::Metres;
use nalgebra::Vector3;
use scan::{Scan, Surface};

use crate::compile::Context;
use crate::compile::number::{Numbers, which_zone};
use crate::curve::Curve;
use crate::error::{DesignError, Warning, Which};
use crate::fields::Drawn;
use crate::sentinels::sentinels;
use crate::session::Session;
use crate::shape::{Hairline, Shape, Wander};
use crate::spec::{DesignSpec, ZoneSpec};
use crate::wanted::{Frozen, FrozenKind};

/// Sentinels carry stages of their own, after the three of the wander.
const STAGES: u64 = 8;

pub(super) fn shape(
    context: &Context<'_>,
    index: usize,
    written: &ZoneSpec,
    control: &[Vector3<f64>],
    feather: f64,
    number: &Numbers<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Shape, DesignError> {
    let &Context { spec, scan, .. } = context;
    let ramp_mm = number.of("ramp_mm", written.ramp_mm, 10.0, 0.1, 60.0)?;
    let depth = 1e-3 * number.of("depth_mm", written.depth_mm, 30.0, 1.0, 120.0)?;
    let wander = wander(number, spec, index, written)?;
    look_at_line(number.which, ramp_mm, &wander, warnings);
    // Inside is where the top of the head is.
    let top = Vector3::new(0.0, 0.0, scan.surface.vertices().iter().fold(0.0_f64, |m, p| m.max(p.coords.z)));
    let curve = Curve::through(&scan.surface, control, false, &top);
    look_at_height(number.which, &curve, scan, warnings);
    Ok(Shape::Hairline(Hairline { curve, depth, ramp: 1e-3 * ramp_mm, feather, wander }))
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

pub(super) fn sentinels_due(
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
            !drawn.barred(p, n) && drawn.density(p, n).0 <= 0.0
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
