//! Written points, put on the skin.
//!
//! In: points in file coordinates. Out: places on the surface. A point off the skin is refused, not moved.

use frames::{Head, Metres, Point};
use nalgebra::Vector3;
use scan::Scan;

use crate::curve::Curve;
use crate::error::{DesignError, FilePoint, Which};
use crate::scalp::Scalp;

/// A control point farther from the skin than this was meant for another scan.
pub(super) const MOST_OFF: Metres = Metres::from_mm(3.0);
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
            off_scalp(which, index, scalp, &p)?;
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

pub(super) fn off_scalp(which: &Which, index: usize, scalp: &Scalp, p: &Vector3<f64>) -> Result<(), DesignError> {
    let above = scalp.above(Point::from(*p));
    if above < Metres::ZERO {
        return Err(DesignError::OffScalp { which: which.clone(), index, below: -above });
    }
    Ok(())
}

/// A curve may leave the scalp between two control points that lie on it.
pub(super) fn on_the_scalp(
    which: &Which,
    scan: &Scan,
    scalp: &Scalp,
    curve: &Curve,
    controls: usize,
) -> Result<(), DesignError> {
    let above = curve.points().iter().map(|p| scalp.above(Point::from(*p))).enumerate();
    match above.min_by(|a, b| a.1.get().total_cmp(&b.1.get())) {
        Some((k, above)) if above < Metres::ZERO => {
            let from = curve.span_of(k);
            let at = to_file(scan, Point::from(curve.points()[k]));
            let which = which.clone();
            Err(DesignError::CurveOffScalp { which, from, to: (from + 1) % controls, below: -above, at })
        }
        _ => Ok(()),
    }
}

/// A line that meets itself has no sides.
pub(super) fn uncrossed(which: &Which, scan: &Scan, curve: &Curve, controls: usize) -> Result<(), DesignError> {
    let Some(crossing) = curve.crossing() else { return Ok(()) };
    Err(DesignError::Crossed {
        which: which.clone(),
        spans: crossing.spans.map(|k| [k, (k + 1) % controls]),
        at: to_file(scan, Point::from(crossing.at)),
    })
}
