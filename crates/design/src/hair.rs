//! Which way the hair grows: forward from a whorl at the crown.
//!
//! In: landmarks and surface for the whorl, a place, its normal. Out: a tangent direction. Thin: one whorl, to the right
//! of the middle (70.8 % of children) and clockwise (83.9 %; Schmidt 2008), 62 mm behind the bimeatal line (Park
//! 2014); no temporal downward sweep and no drawn strokes.

use frames::{Dir, Head, Metres, Point};
use nalgebra::Vector3;
use scan::Surface;

/// Of the whorl, in the `Head` frame, from above.
const RIGHT: f64 = 10e-3;
const BEHIND: f64 = -62e-3;
/// Distance from the whorl at which the turning part is half of the radial one; near the whorl they are equal.
const TURN: f64 = 30e-3;
/// Nearer than this there is no direction.
const EYE: f64 = 3e-3;

/// A whorl.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hair {
    whorl: Vector3<f64>,
}

impl Hair {
    pub(crate) fn new(surface: &Surface) -> Self {
        let above = Point::new(RIGHT, BEHIND, 0.5);
        let whorl = surface
            .cast(above, -Dir::Z, Metres::new(1.0))
            .map_or_else(|| surface.nearest(Point::new(RIGHT, BEHIND, 0.15)).point, |hit| hit.point);
        Self { whorl: whorl.coords.coords }
    }

    /// On the skin.
    pub(crate) fn whorl(&self) -> Vector3<f64> {
        self.whorl
    }

    /// Along the skin, away from the whorl, turning clockwise (seen from outside) near it.
    pub(crate) fn at(&self, p: Point<Head>, normal: Dir<Head>) -> Option<Dir<Head>> {
        let n = normal.get();
        let away = p.coords.coords - self.whorl;
        let radial = away - n.into_inner() * away.dot(n);
        let r2 = radial.norm_squared();
        if r2 < EYE * EYE {
            return None;
        }
        let turn = TURN * TURN / (TURN * TURN + r2);
        Dir::try_from_vector(radial + radial.cross(n) * turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forward_in_front_and_clockwise_at_the_whorl() {
        let hair = Hair { whorl: Vector3::new(0.0, -0.06, 0.1) };
        let at = |x, y| hair.at(Point::new(x, y, 0.1), Dir::Z);
        assert!(at(0.0, 0.09).is_some_and(|d| d.dot(Dir::Y) > 0.99));
        // Seen from above, right of the whorl, clockwise is towards the back.
        assert!(at(0.02, -0.06).is_some_and(|d| d.dot(Dir::Y) < -0.3 && d.dot(Dir::X) > 0.5));
        assert!(at(0.001, -0.06).is_none());
    }
}
