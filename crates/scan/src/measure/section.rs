//! A head cut by a plane, and a tape around it.
//!
//! In: a surface, a plane. Out: where its edges cross the plane, in the plane's coordinates; lengths of convex lines.

use nalgebra::Vector3;

use crate::Surface;

pub(super) struct Section {
    /// In the plane: along the given direction, and a quarter turn on.
    pub(super) points: Vec<[f64; 2]>,
}

impl Section {
    /// `None` where the plane misses the surface.
    pub(super) fn cut(
        surface: &Surface,
        origin: Vector3<f64>,
        normal: Vector3<f64>,
        right: Vector3<f64>,
    ) -> Option<Self> {
        let front = normal.cross(&right);
        let height = |v: u32| (surface.vertices()[v as usize].coords.coords - origin).dot(&normal);
        let mut points = Vec::new();
        for face in surface.faces() {
            let h = face.map(height);
            if h.iter().all(|h| *h >= 0.0) || h.iter().all(|h| *h < 0.0) {
                continue;
            }
            for k in 0..3 {
                let (i, j) = (k, (k + 1) % 3);
                if (h[i] < 0.0) != (h[j] < 0.0) {
                    let (a, b) = (face[i], face[j]);
                    let at = |v: u32| surface.vertices()[v as usize].coords.coords - origin;
                    let p = at(a) + (at(b) - at(a)) * (h[i] / (h[i] - h[j]));
                    points.push([p.dot(&right), p.dot(&front)]);
                }
            }
        }
        (points.len() > 2).then_some(Self { points })
    }

    /// Width along both axes.
    pub(super) fn extent(&self) -> [f64; 2] {
        std::array::from_fn(|k| {
            let of = || self.points.iter().map(|p| p[k]);
            of().fold(f64::NEG_INFINITY, f64::max) - of().fold(f64::INFINITY, f64::min)
        })
    }
}

/// Length of a tape around points.
pub(super) fn around(points: Vec<[f64; 2]>) -> f64 {
    let hull = hull(points);
    (0..hull.len()).map(|i| between(hull[i], hull[(i + 1) % hull.len()])).sum()
}

fn between(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Convex, counter-clockwise. Andrew (1979), Information Processing Letters 9(5).
fn hull(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    let turn = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let half = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::new();
        for p in points {
            while let [.., a, b] = chain[..]
                && turn(a, b, p) <= 0.0
            {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut lower = half(&mut points.iter().copied());
    lower.extend(half(&mut points.iter().rev().copied()));
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tape_around_a_square_with_a_dent() {
        let square = vec![[0.0, 0.0], [2.0, 0.0], [1.0, 0.5], [2.0, 2.0], [0.0, 2.0], [0.0, 1.0], [0.0, 0.0]];
        assert_eq!(hull(square.clone()).len(), 4);
        assert!((around(square) - 8.0).abs() < 1e-12);
    }
}
