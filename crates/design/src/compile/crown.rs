//! `kind = "crown"`: a disc or an oval around the whorl.

use nalgebra::Vector3;

use crate::compile::Context;
use crate::compile::number::Numbers;
use crate::compile::point::{off_scalp, on_skin};
use crate::error::DesignError;
use crate::shape::Oval;
use crate::spec::ZoneSpec;

/// Radius of a crown, millimetres (E): a hand's palm; the thinning crown of common baldness.
const RADIUS_MM: f64 = 45.0;

pub(super) fn oval(
    context: &Context<'_>,
    number: &Numbers<'_>,
    written: &ZoneSpec,
    feather: f64,
) -> Result<Oval, DesignError> {
    let &Context { scan, scalp, hair, .. } = context;
    let at = match written.centre {
        Some(centre) => on_skin(number.which, 0, centre, scan)?,
        None => hair.whorl(),
    };
    off_scalp(number.which, 0, scalp, &at)?;
    let [across, along] = match (written.radii_mm, written.radius_mm) {
        (Some(radii), _) => radii,
        (None, radius) => [radius.unwrap_or(RADIUS_MM); 2],
    };
    let half = [
        1e-3 * number.of("radii_mm", Some(across), RADIUS_MM, 2.0, 100.0)?,
        1e-3 * number.of("radii_mm", Some(along), RADIUS_MM, 2.0, 100.0)?,
    ];
    let hit = scan.surface.nearest(frames::Point::from(at));
    let facing = scan.surface.normal_at(hit.face, hit.bary).get().into_inner();
    // Across: to the right, as far as that is tangent.
    let right = Vector3::x() - facing * facing.x;
    let right = if right.norm() > 1e-3 { right.normalize() } else { facing.cross(&Vector3::z()).normalize() };
    Ok(Oval {
        middle: hit.point.coords.coords,
        facing,
        axes: [right, facing.cross(&right)],
        half,
        feather: feather.min(half[0]).min(half[1]),
    })
}
