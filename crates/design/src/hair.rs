//! Which way the hair grows: away from a whorl at the crown, forward over the top, down at temples, sides and nape.
//!
//! In: the whorl and its turn, drawn strokes, a place, its normal. Out: a tangent direction, without jumps except at the
//! whorl. Sources: one whorl, to the right of the middle (70.8 % of children) and clockwise (83.9 %; Schmidt 2008), 62 mm
//! behind the bimeatal line (Park 2014); directions of skin.md 1.7. Absent: how steeply hair leaves the skin, a second
//! whorl, the swirls of the nape.

use frames::{Dir, Head, Metres, Point};
use nalgebra::Vector3;
use scan::Surface;

use crate::noise::smoothstep;

/// Of the whorl, in the `Head` frame, from above.
const RIGHT: f64 = 10e-3;
const BEHIND: f64 = -62e-3;
/// Distance from the whorl at which the turning part is half of the radial one; near the whorl they are equal.
const TURN: f64 = 30e-3;
/// Nearer than this there is no direction.
const EYE: f64 = 3e-3;
/// How much hair hangs down at sides and nape, beside the part away from the whorl (E): it runs at 60 degrees or more
/// below the horizontal above the ears, and down and forward at the temples.
const HANG: f64 = 1.5;
/// The hanging begins this far below the whorl and is full as much further down, metres (E).
const HANG_FROM: f64 = 25e-3;
const HANG_OVER: f64 = 50e-3;
/// Strokes reach this far, metres.
const REACH: f64 = 25e-3;

/// The directions of a head of hair.
#[derive(Debug, Clone)]
pub(crate) struct Hair {
    whorl: Vector3<f64>,
    /// 1 clockwise seen from outside, -1 the other way.
    turn: f64,
    strokes: Vec<Stroke>,
}

/// A stroke of a brush: hair beside it points along it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke {
    pub(crate) from: Vector3<f64>,
    pub(crate) to: Vector3<f64>,
}

impl Hair {
    /// On the skin where the whorl is usually found.
    pub(crate) fn usual_whorl(surface: &Surface) -> Vector3<f64> {
        let above = Point::new(RIGHT, BEHIND, 0.5);
        let hit = surface.cast(above, -Dir::Z, Metres::new(1.0));
        let hit = hit.unwrap_or_else(|| surface.nearest(Point::new(RIGHT, BEHIND, 0.15)));
        hit.point.coords.coords
    }

    pub(crate) const fn new(whorl: Vector3<f64>, turn: f64, strokes: Vec<Stroke>) -> Self {
        Self { whorl, turn, strokes }
    }

    /// On the skin.
    pub(crate) fn whorl(&self) -> Vector3<f64> {
        self.whorl
    }

    /// Tangent to the skin. `None` at the whorl, and where a stroke points against the hair around it.
    pub(crate) fn at(&self, p: Point<Head>, normal: Dir<Head>) -> Option<Dir<Head>> {
        let (p, n) = (p.coords.coords, normal.get().into_inner());
        let tangent = |v: Vector3<f64>| v - n * v.dot(&n);
        let mut sum = self.natural(&p, &n).unwrap_or_else(Vector3::zeros);
        for stroke in &self.strokes {
            let way = tangent(stroke.to - stroke.from);
            let weight = smoothstep(1.0 - stroke.distance(&p) / REACH);
            if weight > 0.0 {
                sum = sum * (1.0 - weight) + way / way.norm().max(1e-9) * weight;
            }
        }
        (sum.norm() > 1e-6).then(|| Dir::try_from_vector(sum))?
    }

    /// Unit length.
    fn natural(&self, p: &Vector3<f64>, n: &Vector3<f64>) -> Option<Vector3<f64>> {
        let tangent = |v: Vector3<f64>| v - n * v.dot(n);
        let radial = tangent(p - self.whorl);
        let r2 = radial.norm_squared();
        let away = (p - self.whorl).norm_squared();
        if away < EYE * EYE || r2 < 1e-12 {
            return None;
        }
        let swirl = self.turn * TURN * TURN / (TURN * TURN + away);
        let out = radial + radial.cross(n) * swirl;
        let below = self.whorl.z - p.z - HANG_FROM;
        let way = out / out.norm() + tangent(-Vector3::z()) * (HANG * smoothstep(below / HANG_OVER));
        (way.norm() > 1e-6).then(|| way / way.norm())
    }
}

impl Stroke {
    fn distance(&self, p: &Vector3<f64>) -> f64 {
        crate::scalp::Tube { ends: [self.from, self.to], radius: 0.0 }.beyond(p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hair: &Hair, p: [f64; 3], n: [f64; 3]) -> Option<Dir<Head>> {
        hair.at(Point::from(Vector3::from(p) * 1e-3), Dir::try_from_vector(Vector3::from(n))?)
    }

    #[track_caller]
    fn check(p: [f64; 3], n: [f64; 3], towards: [f64; 3], cosine: f64) {
        let hair = Hair::new(Vector3::new(0.010, -0.062, 0.118), 1.0, Vec::new());
        let got = at(&hair, p, n);
        let towards = Dir::try_from_vector(Vector3::from(towards));
        assert!(got.zip(towards).is_some_and(|(got, want)| got.dot(want) > cosine), "{got:?}");
    }

    /// skin.md 1.7: forward on top, down and forward at the temples, down at sides and nape. Places of a mean head.
    #[test]
    fn as_hair_grows() {
        check([0.0, 60.0, 111.0], [0.0, 0.5, 0.85], [0.0, 0.85, -0.5], 0.95);
        check([70.0, 50.0, 60.0], [0.9, 0.4, 0.1], [-0.3, 0.6, -0.8], 0.9);
        check([-70.0, 50.0, 60.0], [-0.9, 0.4, 0.1], [0.3, 0.6, -0.8], 0.9);
        check([77.0, -10.0, 60.0], [1.0, 0.0, 0.05], [0.0, 0.3, -1.0], 0.9);
        check([0.0, -100.0, 20.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0], 0.95);
    }

    #[test]
    fn clockwise_at_the_whorl_or_the_other_way() {
        let up = [0.0, 0.0, 1.0];
        let hair = |turn| Hair::new(Vector3::new(0.0, -0.06, 0.1), turn, Vec::new());
        assert!(at(&hair(1.0), [0.0, 90.0, 100.0], up).is_some_and(|d| d.dot(Dir::Y) > 0.99));
        // Seen from above, right of the whorl, clockwise is towards the back.
        assert!(at(&hair(1.0), [20.0, -60.0, 100.0], up).is_some_and(|d| d.dot(Dir::Y) < -0.3 && d.dot(Dir::X) > 0.5));
        assert!(at(&hair(-1.0), [20.0, -60.0, 100.0], up).is_some_and(|d| d.dot(Dir::Y) > 0.3 && d.dot(Dir::X) > 0.5));
        assert!(at(&hair(1.0), [1.0, -60.0, 100.0], up).is_none());
    }

    #[test]
    fn a_stroke_combs_what_is_near() {
        let up = [0.0, 0.0, 1.0];
        let stroke = Stroke { from: Vector3::new(0.0, 0.0, 0.1), to: Vector3::new(0.02, 0.0, 0.1) };
        let plain = Hair::new(Vector3::new(0.0, -0.06, 0.1), 1.0, Vec::new());
        let combed = Hair { strokes: vec![stroke], ..plain.clone() };
        assert!(at(&combed, [10.0, 0.0, 100.0], up).is_some_and(|d| d.dot(Dir::X) > 1.0 - 1e-9));
        assert_eq!(at(&combed, [10.0, 26.0, 100.0], up), at(&plain, [10.0, 26.0, 100.0], up));
        assert!(at(&combed, [10.0, 12.0, 100.0], up).is_some_and(|d| d.dot(Dir::X) > 0.5 && d.dot(Dir::Y) > 0.5));
    }
}
