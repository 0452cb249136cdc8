//! `kind = "scalp"`: the whole scalp behind a hairline zone.

use frames::Point;
use nalgebra::Vector3;
use scan::Surface;

use crate::compile::number::{Numbers, which_zone};
use crate::compile::point::{control_points, uncrossed};
use crate::compile::{Context, hairline};
use crate::curve::Curve;
use crate::error::{DesignError, Which};
use crate::scalp::Scalp;
use crate::shape::{Hairline, Shape, Whole};
use crate::spec::{ZoneKind, ZoneSpec};

/// The drawn-on line ends this far below the scalp's border, where nothing is wanted on either side of it, metres.
const BELOW: f64 = 5e-3;

pub(super) fn whole(
    context: &Context<'_>,
    which: &Which,
    written: &ZoneSpec,
    feather: f64,
) -> Result<Whole, DesignError> {
    let (index, front) = find(context, which, written.front.as_deref())?;
    let number_of = which_zone(index, front);
    let number = Numbers { which: &number_of };
    let control = control_points(&number_of, &front.control_points, context.scan, Some(context.scalp))?;
    let fade = 1e-3 * number.of("feather_mm", front.feather_mm, 10.0, 0.1, 60.0)?;
    // What is worth a warning is warned of where the hairline itself is compiled.
    let shape = hairline::shape(context, index, front, &control, fade, &number)?;
    let Shape::Hairline(line) = shape else { return Err(no_front(context, which, front.name.as_deref())) };
    let (curve, lead) = drawn_on(context.scalp, &context.scan.surface, &line, &control);
    uncrossed(which, context.scan, &curve, control.len() + 2)?;
    Ok(Whole { front: curve, line, lead, scalp: context.scalp.clone(), feather })
}

fn find<'a>(context: &Context<'a>, which: &Which, front: Option<&str>) -> Result<(usize, &'a ZoneSpec), DesignError> {
    front
        .and_then(|name| {
            let mut zones = context.spec.zone.iter().enumerate();
            zones.find(|(_, z)| z.kind == ZoneKind::Hairline && z.name.as_deref() == Some(name))
        })
        .ok_or_else(|| no_front(context, which, front))
}

fn no_front(context: &Context<'_>, which: &Which, front: Option<&str>) -> DesignError {
    let names = context.spec.zone.iter().filter(|z| z.kind == ZoneKind::Hairline).filter_map(|z| z.name.clone());
    DesignError::NoFront { which: which.clone(), front: front.map(str::to_owned), names: names.collect() }
}

/// The hairline, from its ends straight on to the scalp's border in front of the ears, and how long the first addition is.
fn drawn_on(scalp: &Scalp, surface: &Surface, line: &Hairline, control: &[Vector3<f64>]) -> (Curve, f64) {
    let (y, z) = scalp.before_ear();
    let ear = |end: &Vector3<f64>| {
        let beside = Vector3::new(end.x.signum() * 0.2, y, z - BELOW);
        let inward = if end.x < 0.0 { frames::Dir::X } else { -frames::Dir::X };
        let hit = surface.cast(Point::from(beside), inward, frames::Metres::new(0.2));
        hit.unwrap_or_else(|| surface.nearest(Point::from(beside))).point.coords.coords
    };
    let (first, last) = (control[0], control[control.len() - 1]);
    let mut all = vec![ear(&first)];
    all.extend_from_slice(control);
    all.push(ear(&last));
    let top = Vector3::new(0.0, 0.0, surface.vertices().iter().fold(0.0_f64, |m, p| m.max(p.coords.z)));
    let curve = Curve::through(surface, &all, false, &top);
    let lead = curve.nearest(&line.curve.at(0.0).0, f64::MAX).map_or(0.0, |foot| foot.arc);
    (curve, lead)
}
