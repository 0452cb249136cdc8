//! `kind = "fill"`: a closed loop.

use frames::Point;
use nalgebra::Vector3;
use scan::Surface;

use crate::curve::Curve;
use crate::shape::Loop;

pub(super) fn closed_loop(surface: &Surface, control: &[Vector3<f64>], feather: f64) -> Loop {
    let mean = control.iter().sum::<Vector3<f64>>() / control.len() as f64;
    let hit = surface.nearest(Point::from(mean));
    let middle = hit.point.coords.coords;
    let curve = Curve::through(surface, control, true, &middle);
    let radius = curve.points().iter().map(|p| (p - middle).norm()).fold(0.0, f64::max);
    Loop { curve, feather, middle, facing: surface.normal_at(hit.face, hit.bary).get().into_inner(), radius }
}
