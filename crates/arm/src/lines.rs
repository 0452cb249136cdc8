//! Joint axes as lines in the base at angle zero, and the two shapes three of them make: a common point, a wrist.
//!
//! In: a chain. Out: [`Line`]s, [`common`] points, [`Euler`] angles. Absent: arms, branches, limits.
//! Products of exponentials: Lynch, Park (2017), Modern Robotics, chapter 4; lines instead of frames make zero poses,
//! signs and link frames of a URDF fall out by themselves.

use nalgebra::{Isometry3, Matrix3, Unit, UnitQuaternion, Vector3};

use crate::{ArmModel, JointPos, MAX_JOINTS};

/// Lines further than this (m, rad) from a pattern are none. Vendors write 1.570796327, 2e-10 off.
pub(crate) const PATTERN: f64 = 1e-7;
/// Up to here (m, rad) a pattern is a first guess for Newton: angles written as 1.5708, and the chain that a vendor's own
/// calibration wrote into the URDF.
pub(crate) const NEARLY: f64 = 5e-3;

/// An axis at angle zero, base frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    /// A point on it, m.
    pub(crate) point: Vector3<f64>,
    /// A joint turns by the right hand about this.
    pub(crate) along: Unit<Vector3<f64>>,
}

/// Every axis of `arm`, entries past its joints repeat the first; and its flange at zero.
pub(crate) fn lines(arm: &ArmModel) -> ([Line; MAX_JOINTS], Isometry3<f64>) {
    let sweep = arm.sweep(&JointPos::zeros(arm.dof()));
    let line = |i: usize| Line { point: sweep.origins[i], along: Unit::new_normalize(sweep.axes[i]) };
    (std::array::from_fn(|i| line(if i < arm.dof() { i } else { 0 })), sweep.flange)
}

impl Line {
    /// What turning by `angle` does to everything beyond this joint.
    pub(crate) fn turn(&self, angle: f64) -> Isometry3<f64> {
        let rotation = UnitQuaternion::from_axis_angle(&self.along, angle);
        Isometry3::from_parts((self.point - rotation * self.point).into(), rotation)
    }

    pub(crate) fn moved(&self, by: &Isometry3<f64>) -> Self {
        let along = Unit::new_normalize(by.rotation * self.along.into_inner());
        Self { point: (by * nalgebra::Point3::from(self.point)).coords, along }
    }

    /// The same line, turning the other way.
    pub(crate) fn reversed(&self) -> Self {
        Self { along: -self.along, ..*self }
    }

    /// From the line to `p`, square to the line.
    pub(crate) fn off(&self, p: &Vector3<f64>) -> Vector3<f64> {
        let d = p - self.point;
        d - self.along.into_inner() * d.dot(&self.along)
    }

    pub(crate) fn is_square_to(&self, other: &Self, tolerance: f64) -> bool {
        self.along.dot(&other.along).abs() < tolerance
    }
}

/// The point nearest to both lines, if they come within `tolerance` of each other and are not parallel.
pub(crate) fn meet(a: &Line, b: &Line, tolerance: f64) -> Option<Vector3<f64>> {
    let normal = a.along.cross(&b.along);
    let square = normal.norm_squared();
    // Parallel lines, or all but: where they meet says nothing.
    if square < 1e-4 {
        return None;
    }
    let between = b.point - a.point;
    let s = between.cross(&b.along).dot(&normal) / square;
    let t = between.cross(&a.along).dot(&normal) / square;
    let (p, q) = (a.point + a.along.into_inner() * s, b.point + b.along.into_inner() * t);
    ((p - q).norm() < tolerance).then(|| 0.5 * (p + q))
}

/// Where three axes, each square to the next, meet.
pub(crate) fn common(three: &[Line], tolerance: f64) -> Option<Vector3<f64>> {
    let [a, b, c] = three else { return None };
    if !a.is_square_to(b, tolerance) || !b.is_square_to(c, tolerance) {
        return None;
    }
    let (p, q) = (meet(a, b, tolerance)?, meet(b, c, tolerance)?);
    ((p - q).norm() < tolerance).then(|| 0.5 * (p + q))
}

/// Three turns about axes that are each square to the next, as one rotation and back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Euler {
    /// Columns: square to the others, the second axis, the first axis.
    pub(crate) before: Matrix3<f64>,
    /// `before`, turned to where the third axis is its z.
    pub(crate) after: Matrix3<f64>,
    /// The middle angle of the zero pose.
    pub(crate) offset: f64,
}

impl Euler {
    /// Of three such axes at zero.
    pub(crate) fn new(three: &[Line; 3]) -> Self {
        let (first, y, third) = (three[0].along, three[1].along.into_inner(), three[2].along);
        let z = (first.into_inner() - y * first.dot(&y)).normalize();
        let x = y.cross(&z);
        let before = Matrix3::from_columns(&[x, y, z]);
        let offset = third.dot(&x).atan2(third.dot(&z));
        let after = before * UnitQuaternion::from_axis_angle(&Vector3::y_axis(), offset).to_rotation_matrix();
        Self { before, after, offset }
    }

    /// `before * Rz(a) Ry(b) Rz(c) * after'` is the rotation of the three joints at `a`, `b - offset`, `c`.
    pub(crate) fn core(&self, rotation: &Matrix3<f64>) -> Matrix3<f64> {
        self.before.transpose() * rotation * self.after
    }
}

/// `Rz(a) Ry(b) Rz(c)` from the sines and cosines.
#[inline]
pub(crate) fn zyz((sa, ca): (f64, f64), (sb, cb): (f64, f64), (sc, cc): (f64, f64)) -> Matrix3<f64> {
    Matrix3::new(
        ca * cb * cc - sa * sc,
        -ca * cb * sc - sa * cc,
        ca * sb,
        sa * cb * cc + ca * sc,
        -sa * cb * sc + ca * cc,
        sa * sb,
        -sb * cc,
        sb * sc,
        cb,
    )
}

/// Sine of `b`, then sine and cosine of `c`, from the last row of `Rz(a) Ry(b) Rz(c)`. Where `b` is so small that `c` can
/// be the wanted angle `free` within [`STRAIGHT`], it is.
#[inline]
pub(crate) fn bend(e31: f64, e32: f64, free: f64) -> (f64, (f64, f64)) {
    let sb = (e31 * e31 + e32 * e32).sqrt();
    if sb < NEAR_STRAIGHT {
        let free = free.sin_cos();
        let (s, c) = (e32 - sb * free.0, -e31 - sb * free.1);
        if s * s + c * c < STRAIGHT * STRAIGHT {
            return (sb, free);
        }
    }
    (sb, (e32 / sb, -e31 / sb))
}

/// `a`, `b`, `c` as (sine, cosine), not normed, of a rotation `Rz(a) Ry(b) Rz(c)` with `b` in [0, pi]; the other answer
/// is `a + pi, -b, c + pi`. Where `b` leaves only `a` and `c` together known, `c` is `free`.
#[inline]
pub(crate) fn split(m: &Matrix3<f64>, free: f64) -> [(f64, f64); 3] {
    let (sb, c) = bend(m[(2, 0)], m[(2, 1)], free);
    // From the whole rotation, so that `a` makes up for what `c` lacks.
    let a = (-(m[(0, 0)] * c.0 + m[(0, 1)] * c.1), m[(1, 0)] * c.0 + m[(1, 1)] * c.1);
    [a, (sb, m[(2, 2)]), c]
}

/// What an angle may neglect, rad: far below the promise of [`crate::ArmModel::inverse`].
const STRAIGHT: f64 = 1e-10;
/// Bends up to here are worth asking, rad: beyond, rounding does not move the other angles.
const NEAR_STRAIGHT: f64 = 1e-4;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed test may stop")]
    use super::*;

    fn line(point: [f64; 3], along: [f64; 3]) -> Line {
        Line { point: point.into(), along: Unit::new_normalize(along.into()) }
    }

    #[test]
    fn lines_meet_or_do_not() {
        let z = line([1.0, 0.0, -3.0], [0.0, 0.0, 1.0]);
        let x = line([5.0, 0.0, 2.0], [1.0, 0.0, 1e-3]);
        assert!((meet(&z, &x, 1e-9).unwrap() - Vector3::new(1.0, 0.0, 1.996)).norm() < 1e-12);
        assert!(meet(&z, &line([5.0, 1e-6, 2.0], [1.0, 0.0, 0.0]), 1e-7).is_none());
        assert!(meet(&z, &line([5.0, 0.0, 2.0], [0.0, 0.0, 1.0]), 1e9).is_none());
    }

    /// Round the clock, the straight middle included.
    #[test]
    fn three_turns_and_back() {
        for skew in [0.0, 0.7, -2.0] {
            let axes = [
                line([0.0; 3], [0.0, 0.0, 1.0]),
                line([0.0; 3], [0.0, -1.0, 0.0]),
                line([0.0; 3], [f64::sin(skew), 0.0, f64::cos(skew)]),
            ];
            let euler = Euler::new(&axes);
            for k in 0..7 * 7 * 7 {
                let q = [k % 7, k / 7 % 7, k / 49].map(|n| f64::from(n) - 3.0);
                for q in [q, [q[0], -euler.offset, q[2]], [q[0], std::f64::consts::PI - euler.offset, q[2]]] {
                    let rotation = axes.iter().zip(q).fold(Matrix3::identity(), |m, (axis, q)| {
                        m * UnitQuaternion::from_axis_angle(&axis.along, q).to_rotation_matrix().into_inner()
                    });
                    let parts = split(&euler.core(&rotation), q[2]);
                    let [a, b, c] = parts.map(|(s, c)| s.atan2(c).sin_cos());
                    let again = euler.before * zyz(a, b, c) * euler.after.transpose();
                    assert!((again - rotation).norm() < 1e-12, "{q:?}: {:e}", (again - rotation).norm());
                }
            }
        }
    }
}
