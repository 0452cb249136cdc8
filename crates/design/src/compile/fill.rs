//! `kind = "fill"`: a closed loop.

use frames::{Dir, Head, Metres, Point};
use nalgebra::Vector3;
use scan::{Scan, Surface};

use crate::compile::point::{on_the_scalp, uncrossed};
use crate::curve::Curve;
use crate::error::{DesignError, Which};
use crate::scalp::Scalp;
use crate::shape::Loop;

/// The middle of a loop is looked for from this far out, metres.
const OUT: f64 = 0.3;

pub(super) fn patch(
    which: &Which,
    scan: &Scan,
    scalp: &Scalp,
    control: &[Vector3<f64>],
    feather: f64,
) -> Result<Loop, DesignError> {
    let patch = closed_loop(which, scan, control, feather)?;
    on_the_scalp(which, scan, scalp, &patch.curve, control.len())?;
    Ok(patch)
}

pub(super) fn closed_loop(
    which: &Which,
    scan: &Scan,
    control: &[Vector3<f64>],
    feather: f64,
) -> Result<Loop, DesignError> {
    let surface = &scan.surface;
    let curve = Curve::around(surface, control);
    uncrossed(which, scan, &curve, control.len())?;
    let (middle, facing) = middle(surface, &curve);
    let farthest = curve.points().iter().map(|p| (p - middle).norm()).fold(0.0, f64::max);
    // The skin inside may bulge.
    Ok(Loop { curve, feather, middle, facing, radius: 1.1 * farthest + 5e-3 })
}

/// The skin over the middle of a loop, and which way it faces on the whole.
fn middle(surface: &Surface, curve: &Curve) -> (Vector3<f64>, Vector3<f64>) {
    let centre = curve.bound().0;
    let nearest = surface.nearest(Point::from(centre));
    let own = surface.normal_at(nearest.face, nearest.bary);
    // Flat loops of every size have an area; a loop that folds back on itself has been refused.
    let Some(axis) = Dir::<Head>::try_from_vector(curve.outward()) else {
        return (nearest.point.coords.coords, own.get().into_inner());
    };
    let from = Point::<Head>::from(centre + axis.get().into_inner() * OUT);
    let over = surface.cast(from, -axis, Metres::new(2.0 * OUT)).map_or(nearest.point, |hit| hit.point);
    (over.coords.coords, axis.get().into_inner())
}
