//! `kind = "scar_line"` and `kind = "parting"`: a band along an open line.

use nalgebra::Vector3;

use crate::compile::Context;
use crate::compile::number::Numbers;
use crate::compile::point::{control_points, on_the_scalp, uncrossed};
use crate::curve::Curve;
use crate::error::DesignError;
use crate::shape::Band;
use crate::spec::{ZoneKind, ZoneSpec};

/// A scar narrows to nothing over this length at each end, a parting over its feather; neither over more than a third of
/// the line. Metres (E).
const TAPER: f64 = 10e-3;

pub(super) fn band(
    context: &Context<'_>,
    number: &Numbers<'_>,
    written: &ZoneSpec,
    feather: f64,
) -> Result<Band, DesignError> {
    let &Context { scan, scalp, .. } = context;
    // skin.md 1.11; wider scars are a patch.
    let scar = written.kind == ZoneKind::ScarLine;
    let (usual, least, most) = if scar { (3.0, 0.5, 10.0) } else { (10.0, 1.0, 60.0) };
    let width = 1e-3 * number.of("width_mm", written.width_mm, usual, least, most)?;
    let control = control_points(number.which, &written.control_points, scan, Some(scalp))?;
    let curve = Curve::through(&scan.surface, &control, false, &Vector3::zeros());
    uncrossed(number.which, scan, &curve, control.len())?;
    on_the_scalp(number.which, scan, scalp, &curve, control.len())?;
    let taper = if scar { TAPER } else { feather }.min(curve.length() / 3.0);
    Ok(Band { curve, half: 0.5 * width, feather, taper })
}
