//! `kind = "hairline"`: the line, how it wanders, its sentinels.

use nalgebra::Vector3;
use scan::Surface;

use crate::compile::Context;
use crate::compile::number::Numbers;
use crate::curve::Curve;
use crate::error::DesignError;
use crate::fields::Drawn;
use crate::sentinels::sentinels;
use crate::session::Session;
use crate::shape::{Hairline, Profile, Shape, Wander};
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
) -> Result<Shape, DesignError> {
    let &Context { spec, scan, .. } = context;
    let profile = match written.ramp_mm {
        Some(_) => Profile::Smooth(1e-3 * number.of("ramp_mm", written.ramp_mm, 0.0, 0.1, 60.0)?),
        None => Profile::Published,
    };
    let depth = 1e-3 * number.of("depth_mm", written.depth_mm, 40.0, 1.0, 120.0)?;
    let wander = wander(number, spec, index, written)?;
    // Inside is where the top of the head is.
    let top = Vector3::new(0.0, 0.0, scan.surface.vertices().iter().fold(0.0_f64, |m, p| m.max(p.coords.z)));
    let curve = Curve::through(&scan.surface, control, false, &top);
    Ok(Shape::Hairline(Hairline { curve, depth, profile, feather, wander }))
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

/// The sentinels due today, and of each hairline its zone, how many are wanted over all sessions and how many found no place.
pub(super) fn sentinels_due(
    spec: &DesignSpec,
    session: &Session,
    surface: &Surface,
    drawn: &Drawn,
) -> (Vec<Frozen>, Vec<(usize, usize, usize)>) {
    let (mut out, mut counts) = (Vec::new(), Vec::new());
    for (index, (zone, written)) in drawn.zones.iter().zip(&spec.zone).enumerate() {
        let Shape::Hairline(line) = &zone.shape else { continue };
        let per_metre = 100.0 * written.sentinels_per_cm.unwrap_or(1.0);
        let due = session.before..session.before + session.share;
        let stage = STAGES * (index as u64 + 1) + 3;
        let found = sentinels(surface, line, per_metre, due, (spec.seed, stage), |p, n| {
            !drawn.barred(p, n) && drawn.density(p, n).0 <= 0.0
        });
        counts.push((index, found.wanted, found.missing));
        out.extend(found.today.into_iter().map(|(point, normal)| Frozen {
            point,
            kind: FrozenKind::Sentinel(drawn.wanted(point, normal, 0.0, (index, None))),
        }));
    }
    (out, counts)
}
