//! `[[keep_out]]`: balls and loops with their margins.

use scan::Scan;

use crate::compile::csv;
use crate::compile::fill::closed_loop;
use crate::compile::number::{Numbers, quoted};
use crate::compile::point::{control_points, on_skin};
use crate::error::{DesignError, Which};
use crate::fields::KeepOut;
use crate::points::Points;
use crate::spec::KeepOutSpec;

pub(super) fn keep_out(index: usize, written: &KeepOutSpec, scan: &Scan) -> Result<KeepOut, DesignError> {
    let which = Which(format!("keep_out {index}{}", quoted(written.name.as_deref())));
    let number = Numbers { which: &which };
    let margin = 1e-3 * number.of("margin_mm", written.margin_mm, 3.0, 0.0, 100.0)?;
    let given = match (written.point, &written.points_file) {
        (Some(point), None) => Some(vec![point]),
        (None, Some(path)) => Some(csv::points(&which, path)?),
        (None, None) => None,
        (Some(_), Some(_)) => return Err(DesignError::KeepOutShape { which }),
    };
    match (given, written.radius_mm, written.control_points.is_empty()) {
        (Some(given), Some(radius), true) => {
            let radius = 1e-3 * number.of("radius_mm", Some(radius), 0.0, 0.0, 200.0)?;
            let middles = given.iter().enumerate().map(|(k, &point)| on_skin(&which, k, point, scan));
            let middles = Points::new(middles.collect::<Result<_, _>>()?);
            Ok(KeepOut::Balls { middles, radius: radius + margin })
        }
        (None, None, false) => {
            let control = control_points(&which, &written.control_points, scan, None)?;
            let mut inside = closed_loop(&which, scan, &control, 1e-3)?;
            inside.radius += margin;
            Ok(KeepOut::Loop { inside: Box::new(inside), margin })
        }
        _ => Err(DesignError::KeepOutShape { which }),
    }
}
