//! Written points, put on the skin.
//!
//! In: points in file coordinates. Out: places on the surface. A point off the skin is refused, not moved.

use frames::{Head, Metres, Point};
use nalgebra::Vector3;
use scan::Scan;

use crate::error::{DesignError, FilePoint, Which};
use crate::scalp::Scalp;

/// A control point farther from the skin than this was meant for another scan.
const MOST_OFF: Metres = Metres::from_mm(3.0);
/// Two control points nearer than this make no direction.
const LEAST_APART: Metres = Metres::from_mm(1.0);

/// In the coordinates and unit of the scan's file.
pub(crate) fn to_file(scan: &Scan, p: Point<Head>) -> FilePoint {
    let q = scan.head_from_file.inverse() * p;
    FilePoint([q.coords.x, q.coords.y, q.coords.z].map(|v| v / scan.unit.metres()))
}

pub(super) fn control_points(
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

pub(super) fn on_skin(
    which: &Which,
    index: usize,
    written: [f64; 3],
    scan: &Scan,
) -> Result<Vector3<f64>, DesignError> {
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
