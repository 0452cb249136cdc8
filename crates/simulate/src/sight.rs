//! Where the true skin is, seen from the nose.
//!
//! In: the scan, its error, the pose of the nose ring (hanging free) in the true head. Out: [`Sight`]. Absent: forces.
//! A nearest-point query costs microseconds, so far from the head none is made: distance changes no faster than the nose
//! moves, so a distance once measured stays a bound.

use std::sync::Arc;

use frames::{Dir, Head, Point};
use nalgebra::{Isometry3, Vector3};
use scan::Surface;

use crate::draw::{Draw, Field, Stream};
use crate::imperfections::ScanErrors;

/// No query is made while the skin is certainly further from the ring than this, m.
const NEAR: f64 = 8e-3;
/// Nor deeper inside the head than this, m: there is no nearest skin to speak of.
const DEEP: f64 = 0.05;
/// The nose that has moved less than this since the last query, m, sees the tangent plane found then. A query costs as much
/// as a quarter of the arm; on R = 80 mm the plane is off by 2.5 nm, across a facet's edge of 0.03 rad by 0.6 um.
const SAME: f64 = 2e-5;
/// Past this tilt, rad, the tool lies on the skin; no puncture is described.
const LYING: f64 = 1.0;

/// What lies in front of the nose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight {
    /// How far the ring would be inside the skin along the needle, at its deeper edge, m.
    pub(crate) overlap: f64,
    /// Between needle and normal, rad.
    pub(crate) tilt: f64,
    /// Where the needle meets the true skin.
    pub(crate) entry: Point<Head>,
    /// Of the skin over R = 5 mm, outward.
    pub(crate) normal: Dir<Head>,
    /// Of the needle, outward.
    pub(crate) axis: Dir<Head>,
}

/// The true skin.
pub(crate) struct TrueSkin {
    surface: Arc<Surface>,
    nose_radius: f64,
    /// How far in front of the ring anything of the tool can be, m.
    reach: f64,
    /// Outward against the scan: standard deviation, and the field.
    off: f64,
    field: Field,
    known: Option<Known>,
}

/// What the last query found.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// From here.
    from: Point<Head>,
    /// Of the true skin; negative inside.
    height: f64,
    /// Away from the skin, at `from`.
    up: Vector3<f64>,
    normal: Dir<Head>,
}

impl TrueSkin {
    /// `reach`: how far in front of the ring the needle can be, m.
    pub(crate) fn new(surface: Arc<Surface>, [nose_radius, reach]: [f64; 2], draw: Draw, errors: &ScanErrors) -> Self {
        let field = Field::new(draw, Stream::SurfaceWaves, 0, errors.surface_wavelength);
        Self { surface, nose_radius, reach: reach.min(NEAR), off: errors.surface, field, known: None }
    }

    /// How far the true skin stands out of the scan at a place of the scan, m.
    pub(crate) fn offset(&self, at: &Point<Head>) -> f64 {
        if self.off > 0.0 { self.off * self.field.at(&at.coords) } else { 0.0 }
    }

    /// `None` when the skin is further off than anything on the tool reaches.
    pub(crate) fn look(&mut self, head_from_tcp: &Isometry3<f64>) -> Option<Sight> {
        let ring = Point::from(head_from_tcp.translation.vector);
        let known = match self.known {
            Some(k) => {
                let moved = (ring - k.from).vector;
                let far = moved.norm();
                if k.height - far > NEAR {
                    return None;
                }
                if far < SAME {
                    Known { from: ring, height: k.height + k.up.dot(&moved), ..k }
                } else {
                    self.query(ring)
                }
            }
            None => self.query(ring),
        };
        let Known { height, normal, .. } = known;
        // Written so that a pose that is not finite sees nothing.
        if !(-DEEP..=NEAR).contains(&height) {
            return None;
        }
        let axis = Dir::try_from_vector(head_from_tcp.rotation * -Vector3::z())?;
        let tilt = axis.angle(normal);
        if tilt > LYING {
            return None;
        }
        let along = height / tilt.cos();
        let overlap = self.nose_radius * tilt.tan() - along;
        let entry = ring - axis * frames::Metres::new(along);
        (overlap >= -self.reach).then_some(Sight { overlap, tilt, entry, normal, axis })
    }

    fn query(&mut self, ring: Point<Head>) -> Known {
        let near = self.surface.nearest(ring);
        let away = (ring - near.point).vector;
        let normal = self.surface.axis_at(near.face, near.bary);
        let side = if away.dot(normal.get()) >= 0.0 { 1.0 } else { -1.0 };
        let height = side * near.distance.get() - self.offset(&near.point);
        let up = away.try_normalize(1e-6).map_or(normal.get().into_inner(), |away| away * side);
        let known = Known { from: ring, height, up, normal };
        self.known = Some(known);
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::imperfections::Imperfections;
    use frames::Seed;
    use nalgebra::UnitQuaternion;

    fn sphere(errors: &ScanErrors) -> TrueSkin {
        TrueSkin::new(fixture::sphere(), [5e-3, 6e-3], Draw(Seed(1)), errors)
    }

    /// Nose `height` above the top of the sphere, needle down, tilted about x.
    fn above(height: f64, tilt: f64) -> Isometry3<f64> {
        let turn = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), std::f64::consts::PI + tilt);
        Isometry3::from_parts(Vector3::new(0.0, 0.0, fixture::RADIUS + height).into(), turn)
    }

    #[test]
    fn sees_height_and_tilt() {
        let mut skin = sphere(&Imperfections::none().scan);
        assert!(skin.look(&above(0.1, 0.0)).is_none());
        for height in [5e-3, 1e-4, -1e-4, -4e-3] {
            let sight = skin.look(&above(height, 0.0));
            assert!(sight.is_some_and(|s| (s.overlap + height).abs() < 5e-5 && s.tilt < 0.02), "{sight:?}");
        }
        let tilted = skin.look(&above(0.0, 0.1));
        assert!(tilted.is_some_and(|s| (s.overlap - 5e-4).abs() < 6e-5), "{tilted:?}");
        assert!(skin.look(&above(0.0, 1.2)).is_none());
        assert!(skin.look(&above(f64::NAN, 0.0)).is_none());
        assert!(skin.look(&above(1e-3, 0.0)).is_some());
    }

    /// The bound that saves queries may never hide the skin.
    #[test]
    fn a_far_nose_is_found_again_in_time() {
        let mut skin = sphere(&Imperfections::none().scan);
        let mut seen = None;
        for k in 0..1000 {
            let height = 0.1 - f64::from(k) * 1e-4;
            if skin.look(&above(height, 0.0)).is_some() && seen.is_none() {
                seen = Some(height);
            }
        }
        assert!(seen.is_some_and(|h| (5.8e-3..6.1e-3).contains(&h)), "{seen:?}");
    }

    #[test]
    fn the_true_skin_is_not_the_scan() {
        let errors = ScanErrors { surface: 1e-3, ..ScanErrors::default() };
        let mut skin = sphere(&errors);
        let off = skin.offset(&Point::new(0.0, 0.0, fixture::RADIUS));
        assert!(off.abs() > 1e-5);
        let sight = skin.look(&above(0.0, 0.0));
        assert!(sight.is_some_and(|s| (s.overlap - off).abs() < 2e-5), "{sight:?} {off}");
    }
}
