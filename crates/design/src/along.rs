//! The way along the skin between two places, from the chord and the two normals.
//!
//! In: two places and the outward normals there. Out: how many times longer than the chord the way is. The normals are those
//! of the smoothed skin, so a scanner's noise does not lengthen the way, as it does on the mesh; only sums, products and
//! square roots (stipple.md section 10). Absent: skin folded between the two places.
//!
//! The way is taken as the arc whose ends stand square to the normals, `(θ/2) / sin(θ/2)` times the chord, where θ is by how
//! much the normal turns towards the chord. Against exact geodesics: median error 0.02 to 0.26 % behind
//! hairlines of six heads, 0.1 to 0.7 % between places up to 120 mm apart (`tests/along.rs`).

use nalgebra::Vector3;

/// Length of the way over length of the chord, 1 or more.
pub(crate) fn stretch(from: &Vector3<f64>, normal: &Vector3<f64>, to: &Vector3<f64>, there: &Vector3<f64>) -> f64 {
    let chord = to - from;
    let length = chord.norm();
    let up = normal + there;
    let ahead = chord / length;
    let up = up - ahead * up.dot(&ahead);
    let height = up.norm();
    // One place, or a way straight through the head: no arc.
    if length < 1e-9 || height < 1e-9 {
        return 1.0;
    }
    let up = up / height;
    let seen = |n: &Vector3<f64>| {
        let (a, b) = (n.dot(&ahead), n.dot(&up));
        let norm = (a * a + b * b).sqrt().max(1e-12);
        (a / norm, b / norm)
    };
    let ((a, b), (c, d)) = (seen(normal), seen(there));
    // Half the distance of the two tips is the sine of half the turn; asin(s)/s as its series, true to 1e-4 at a right angle.
    let s2 = (0.25 * ((a - c) * (a - c) + (b - d) * (b - d))).min(1.0);
    const TERMS: [f64; 7] =
        [1.0, 1.0 / 6.0, 3.0 / 40.0, 15.0 / 336.0, 105.0 / 3456.0, 945.0 / 42_240.0, 10_395.0 / 599_040.0];
    TERMS.iter().rev().fold(0.0, |sum, term| sum * s2 + term)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a sphere every geodesic is an arc.
    #[test]
    fn exact_on_a_sphere() {
        let check = |degrees: f64, most: f64| {
            let turn = degrees.to_radians();
            let on = |a: f64| Vector3::new(a.sin(), 0.3 * a.sin(), a.cos()).normalize();
            let (from, to) = (on(0.0), on(turn));
            let angle = from.cross(&to).norm().atan2(from.dot(&to));
            let way = (to - from).norm() * stretch(&from, &from, &to, &to);
            assert!((way / angle - 1.0).abs() < most, "{degrees}: {way} {angle}");
        };
        check(1e-6, 1e-12);
        check(10.0, 1e-12);
        check(45.0, 1e-6);
        check(90.0, 2e-3);
    }

    #[test]
    fn flat_and_degenerate_skin_is_not_lengthened() {
        let up = Vector3::z();
        let there = Vector3::new(0.02, 0.0, 0.0);
        assert!((stretch(&Vector3::zeros(), &up, &there, &up) - 1.0).abs() < 1e-15);
        assert!((stretch(&there, &up, &there, &up) - 1.0).abs() < 1e-15);
        assert!((stretch(&Vector3::zeros(), &Vector3::x(), &there, &Vector3::x()) - 1.0).abs() < 1e-15);
    }

    /// On a cylinder the way across is an arc, the way along a line, and a screw in between: all three to a percent.
    #[test]
    fn close_on_a_cylinder() {
        for (turn, rise) in [(0.8_f64, 0.0), (0.0, 0.05), (0.5, 0.03), (0.9, 0.02)] {
            let on = |a: f64, z: f64| Vector3::new(0.07 * a.cos(), 0.07 * a.sin(), z);
            let out = |a: f64| Vector3::new(a.cos(), a.sin(), 0.0);
            let (from, to) = (on(0.0, 0.0), on(turn, rise));
            let way = (to - from).norm() * stretch(&from, &out(0.0), &to, &out(turn));
            let exact = (0.07 * turn).hypot(rise);
            assert!((way / exact - 1.0).abs() < 0.01, "{turn} {rise}: {way} {exact}");
        }
    }
}
