//! Where the true skin is, seen from the nose.
//!
//! In: the scan, its error, the pose of the nose ring (hanging free) in the true head. Out: [`Sight`]. Absent: forces.
//! A nearest-point query costs microseconds, so far from the head none is made: distance changes no faster than the nose
//! moves, so a distance once measured stays a bound.

use std::sync::Arc;

use frames::{Dir, Head, Point};
use nalgebra::Isometry3;
use scan::Surface;

use crate::draw::{Draw, Field, Stream};
use crate::imperfections::ScanErrors;

/// Nothing is described beyond this, m: more than nose travel and needle together.
const NEAR: f64 = 8e-3;
/// Nor deeper inside the head than this, m: there is no nearest skin to speak of.
const DEEP: f64 = 0.05;
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
    /// Outward against the scan: standard deviation, and the field.
    off: f64,
    field: Field,
    /// Last measured: from where, and how far away the skin was.
    known: Option<(Point<Head>, f64)>,
}

impl TrueSkin {
    pub(crate) fn new(surface: Arc<Surface>, nose_radius: f64, draw: Draw, errors: &ScanErrors) -> Self {
        let field = Field::new(draw, Stream::SurfaceWaves, 0, errors.surface_wavelength);
        Self { surface, nose_radius, off: errors.surface, field, known: None }
    }

    /// How far the true skin stands out of the scan at a place of the scan, m.
    pub(crate) fn offset(&self, at: &Point<Head>) -> f64 {
        if self.off > 0.0 { self.off * self.field.at(&at.coords) } else { 0.0 }
    }

    /// `None` when the skin is further off than anything on the tool reaches.
    pub(crate) fn look(&mut self, head_from_tcp: &Isometry3<f64>) -> Option<Sight> {
        let ring = Point::from(head_from_tcp.translation.vector);
        if let Some((from, distance)) = self.known
            && distance - (ring - from).norm().get() > NEAR
        {
            return None;
        }
        let near = self.surface.nearest(ring);
        let away = ring - near.point;
        let normal = self.surface.axis_at(near.face, near.bary);
        let outside = away.vector.dot(normal.get()) >= 0.0;
        let from_scan = if outside { near.distance.get() } else { -near.distance.get() };
        let height = from_scan - self.offset(&near.point);
        self.known = Some((ring, height));
        // Written so that a pose that is not finite sees nothing.
        if !(-DEEP..=NEAR).contains(&height) {
            return None;
        }
        let axis = Dir::try_from_vector(head_from_tcp.rotation * -nalgebra::Vector3::z())?;
        let tilt = axis.angle(normal);
        if tilt > LYING {
            return None;
        }
        let along = height / tilt.cos();
        let entry = ring - axis * frames::Metres::new(along);
        Some(Sight { overlap: self.nose_radius * tilt.tan() - along, tilt, entry, normal, axis })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::imperfections::Imperfections;
    use frames::Seed;
    use nalgebra::{UnitQuaternion, Vector3};

    fn sphere(errors: &ScanErrors) -> TrueSkin {
        TrueSkin::new(fixture::sphere(), 5e-3, Draw(Seed(1)), errors)
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
        assert!(seen.is_some_and(|h| (7.8e-3..8.1e-3).contains(&h)), "{seen:?}");
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
