//! Geometry of capsules and of a ball around the head.
//!
//! In: solids, distances. Out: the least distance along a segment, nearest points of two segments, the part of a tool that is no
//! nose. Absent: time, forces.

use arm::{Capsule, Tool};
use nalgebra::{Point3, Vector3};
use scan::Surface;

/// Exactness of a distance, m, and share of it.
const EXACT: (f64, f64) = (5e-5, 0.05);

/// A ball around a surface: the middle of its box, and the farthest vertex from there.
pub(crate) fn ball_around(surface: &Surface) -> (Point3<f64>, f64) {
    let (mut low, mut high) = (Vector3::repeat(f64::INFINITY), Vector3::repeat(f64::NEG_INFINITY));
    for p in surface.vertices() {
        low = low.inf(&p.coords.coords);
        high = high.sup(&p.coords.coords);
    }
    let centre = Point3::from((low + high) * 0.5);
    let radius = surface.vertices().iter().map(|p| (p.coords - centre).norm()).fold(0.0, f64::max);
    (centre, radius)
}

/// The part of a tool's solid that lies behind the ring when it is pushed back all the way: what is further forward moves
/// with the ring and is meant to touch. The round end of a capsule stands for a flat one, so it is drawn back by its
/// radius. `None` when nothing is left.
pub(crate) fn behind_the_nose(shape: &Capsule, tool: &Tool) -> Option<Capsule> {
    let tcp_from_flange = tool.flange_from_tcp.get().inverse();
    let most = -(tool.nose.travel.get() + shape.radius.get());
    let (za, zb) = ((tcp_from_flange * shape.a).z, (tcp_from_flange * shape.b).z);
    let cut = |s: f64| shape.a + (shape.b - shape.a) * s;
    match (za <= most, zb <= most) {
        (true, true) => Some(*shape),
        (false, false) => None,
        (false, true) => Some(Capsule { a: cut((za - most) / (za - zb)), ..*shape }),
        (true, false) => Some(Capsule { b: cut((za - most) / (za - zb)), ..*shape }),
    }
}

/// Least of a distance over a segment of `length` m, given at share `s`, and that share. A distance changes no faster than
/// the place: Piyavskii (1972), USSR Comput. Math. Math. Phys. 12(4), on a stack that cannot overflow.
pub(crate) fn least_on_segment(length: f64, radius: f64, distance: impl Fn(f64) -> f64) -> (f64, f64) {
    const DEEP: usize = 24;
    let (d0, d1) = (distance(0.0), distance(1.0));
    let mut best = if d0 <= d1 { (d0, 0.0) } else { (d1, 1.0) };
    let mut stack = [(0.0, d0, 1.0, d1); DEEP];
    let mut count = 1;
    while count > 0 {
        count -= 1;
        let (s0, d0, s1, d1) = stack[count];
        let span = (s1 - s0) * length;
        let tolerance = EXACT.0.max(EXACT.1 * (best.0 - radius));
        let promising = 0.5 * (d0 + d1 - span) < best.0 - tolerance;
        if !promising || count + 2 > DEEP {
            continue;
        }
        let s = 0.5 * (s0 + s1);
        let d = distance(s);
        if d < best.0 {
            best = (d, s);
        }
        // The half with the lower end first.
        let (left, right) = ((s0, d0, s, d), (s, d, s1, d1));
        let (later, sooner) = if d0 < d1 { (right, left) } else { (left, right) };
        stack[count] = later;
        stack[count + 1] = sooner;
        count += 2;
    }
    best
}

/// Nearest points of two axes. Ericson (2005), Real-Time Collision Detection, 5.1.9.
pub(crate) fn nearest_points(one: &Capsule, other: &Capsule) -> (Point3<f64>, Point3<f64>) {
    let (d1, d2, r) = (one.b - one.a, other.b - other.a, one.a - other.a);
    let (a, e, f) = (d1.norm_squared(), d2.norm_squared(), d2.dot(&r));
    let tiny = 1e-18;
    let (c, b) = (d1.dot(&r), d1.dot(&d2));
    let ratio = |n: f64, d: f64| if d > tiny { (n / d).clamp(0.0, 1.0) } else { 0.0 };
    let s = ratio(b * f - c * e, a * e - b * b);
    let t = if e > tiny { (b * s + f) / e } else { 0.0 };
    let (s, t) = if t < 0.0 {
        (ratio(-c, a), 0.0)
    } else if t > 1.0 {
        (ratio(b - c, a), 1.0)
    } else if e > tiny {
        (s, t)
    } else {
        (ratio(-c, a), 0.0)
    };
    (one.a + d1 * s, other.a + d2 * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use frames::Metres;
    use proptest::prelude::*;

    fn capsule(a: [f64; 3], b: [f64; 3]) -> Capsule {
        Capsule { a: Point3::from(a), b: Point3::from(b), radius: Metres::ZERO }
    }

    #[track_caller]
    fn apart(one: Capsule, other: Capsule, want: f64) {
        let (p, q) = nearest_points(&one, &other);
        assert!(((p - q).norm() - want).abs() < 1e-12, "{p} {q} {want}");
    }

    #[test]
    fn segments_beside_across_and_end_to_end() {
        let x = capsule([0.0; 3], [1.0, 0.0, 0.0]);
        apart(x, capsule([0.0, 1.0, 0.0], [1.0, 1.0, 0.0]), 1.0);
        apart(x, capsule([0.5, -1.0, 0.5], [0.5, 1.0, 0.5]), 0.5);
        apart(x, capsule([2.0, 0.0, 0.0], [3.0, 0.0, 0.0]), 1.0);
        apart(x, capsule([2.0, 1.0, 0.0], [2.0, 1.0, 0.0]), 2.0_f64.sqrt());
        apart(capsule([0.5, 2.0, 0.0], [0.5, 2.0, 0.0]), x, 2.0);
        apart(capsule([0.0; 3], [0.0; 3]), capsule([0.0, 0.0, 1.0], [0.0, 0.0, 1.0]), 1.0);
    }

    #[test]
    fn what_moves_with_the_ring_is_no_solid() {
        let tool = fixture::tool();
        let tcp_from_flange = tool.flange_from_tcp.get().inverse();
        let left: Vec<_> = tool.body.iter().filter_map(|b| behind_the_nose(b, &tool)).collect();
        assert_eq!(left.len(), tool.body.len());
        for b in left {
            let front = (tcp_from_flange * b.a).z.max((tcp_from_flange * b.b).z) + b.radius.get();
            assert!(front <= -tool.nose.travel.get() + 1e-12, "{front}");
        }
        let ring = Capsule { a: Point3::origin(), b: Point3::origin(), radius: Metres::from_mm(5.0) }
            .moved(tool.flange_from_tcp.get());
        assert!(behind_the_nose(&ring, &tool).is_none());
    }

    #[test]
    fn the_ball_holds_the_surface() {
        let sphere = fixture::sphere();
        let (centre, radius) = ball_around(&sphere);
        assert!(sphere.vertices().iter().all(|p| (p.coords - centre).norm() <= radius + 1e-12));
        assert!(radius < fixture::RADIUS + 1e-9);
    }

    proptest! {
        /// The search misses no point of the segment by more than its tolerance: here against a ball off the axis.
        #[test]
        fn branch_and_bound_finds_the_least(x in -0.2_f64..1.2, h in 0.0_f64..0.3, r in 0.0_f64..0.05) {
            let d = |s: f64| ((s - x).powi(2) + h * h).sqrt() - 0.05;
            let (found, at) = least_on_segment(1.0, r, d);
            let least = d(x.clamp(0.0, 1.0));
            let tolerance = EXACT.0.max(EXACT.1 * (found - r));
            prop_assert!(found >= least && found <= least + tolerance + 1e-12, "{found} {least} at {at}");
        }
    }
}
