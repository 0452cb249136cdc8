//! `kind = "scar_dots"`: spots, inline or from a file.

use crate::compile::Context;
use crate::compile::csv;
use crate::compile::number::Numbers;
use crate::compile::point::{off_scalp, on_skin};
use crate::error::DesignError;
use crate::points::Points;
use crate::shape::Spots;
use crate::spec::ZoneSpec;

pub(super) fn spots(
    context: &Context<'_>,
    number: &Numbers<'_>,
    written: &ZoneSpec,
    feather: f64,
) -> Result<Spots, DesignError> {
    let &Context { scan, scalp, .. } = context;
    // skin.md 1.11: spots of at most 1 mm.
    let radius = 1e-3 * number.of("radius_mm", written.radius_mm, 0.5, 0.05, 1.0)?;
    let given = match &written.points_file {
        Some(path) => csv::points(number.which, path)?,
        None => written.points.clone(),
    };
    if given.is_empty() {
        return Err(DesignError::NoSpots { which: number.which.clone() });
    }
    let mut spots = Vec::with_capacity(given.len());
    for (index, &point) in given.iter().enumerate() {
        let spot = on_skin(number.which, index, point, scan)?;
        off_scalp(number.which, index, scalp, &spot)?;
        spots.push(spot);
    }
    Ok(Spots { spots: Points::new(spots), radius, feather })
}
