//! Closed form for seven joints with a spherical shoulder and a spherical wrist: axes 1, 2, 3 meet at right angles, and so
//! do 5, 6, 7.
//!
//! In: the chain's axes, then poses. Out: for any turn of the elbow about the line from shoulder to wrist (the arm angle)
//! all eight branches at once, each put through forward kinematics. Absent: limits, the choice of an arm angle.
//!
//! The arm angle: Kreutz-Delgado, Long, Seraji (1992), International Journal of Robotics Research 11(5). The rotations of
//! shoulder and wrist are linear in its sine and cosine: Shimizu et al. (2008), IEEE Transactions on Robotics 24(5). It
//! counts from where axis 4 lies square to axis 1, and says nothing where the wrist stands on axis 1.

use frames::{Seed, unit};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, UnitQuaternion, Vector3};

use crate::JointPos;
use crate::lines::{Euler, Line, common, split, zyz};
use crate::solver::Found;
use crate::trig::{atan2, sin_cos, turn_to};
use crate::wrist::{GUESS, root};

/// Lengths and zero positions of such an arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Srs {
    shoulder: Vector3<f64>,
    wrist: Vector3<f64>,
    /// Axis 1, from which arm angles count.
    up: Vector3<f64>,
    /// Axis 2, in its place where the wrist stands on axis 1.
    aside: Vector3<f64>,
    four: Line,
    /// From the shoulder to axis 4, and from there to the wrist; at zero.
    pub(crate) upper: Vector3<f64>,
    pub(crate) fore: Vector3<f64>,
    inner: Euler,
    outer: Euler,
    /// How far the chain is from its closed form, m and rad; infinite when that is only a guess.
    pub(crate) off: f64,
}

/// What a pose says before the arm angle is chosen.
pub(crate) struct Aimed {
    halves: [Half; 2],
    /// From shoulder to wrist, as axes 1 and 2 lie at zero.
    reach: Vector3<f64>,
    /// Wanted rotation, ready for the wrist, from the same.
    rotation: Matrix3<f64>,
}

/// One side of the elbow. A rotation at arm angle psi is `[0] + cos psi [1] + sin psi [2]`.
struct Half {
    four: f64,
    shoulder: [Matrix3<f64>; 3],
    wrist: [Matrix3<f64>; 3],
    /// From shoulder to wrist before the shoulder turns, from its third axis.
    folded: Vector3<f64>,
    /// Forearm and wrist before the shoulder turns, from the same.
    beyond: Matrix3<f64>,
}

impl Srs {
    /// The pattern in seven axes, if it is there.
    pub(crate) fn find(lines: &[Line; 7], tolerance: f64) -> Option<Self> {
        let (shoulder, wrist) = (common(&lines[..3], tolerance)?, common(&lines[4..], tolerance)?);
        let upper = lines[3].off(&shoulder) * -1.0;
        let fore = wrist - (shoulder + upper);
        let across = lines[3].along.cross(&fore);
        // Without a real elbow the reach is one number.
        if upper.norm() < 1e-3 || across.norm() < 1e-3 {
            return None;
        }
        Some(Self {
            shoulder,
            wrist,
            up: lines[0].along.into_inner(),
            aside: lines[1].along.into_inner(),
            four: lines[3],
            upper,
            fore,
            inner: Euler::new(&[lines[0], lines[1], lines[2]]),
            outer: Euler::new(&[lines[4], lines[5], lines[6]]),
            off: f64::INFINITY,
        })
    }

    /// How far the axes are from their closed form, over postures all around; `turn` is the product of their turns.
    pub(crate) fn distance_to(&self, turn: impl Fn(&[f64; 7]) -> Isometry3<f64>) -> f64 {
        let one = |k: u64| {
            let q: [f64; 7] = std::array::from_fn(|i| 6.0 * (unit(Seed(1), i as u64, k) - 0.5));
            let (x, y) = (turn(&q), self.forward(&q));
            (x.translation.vector - y.translation.vector).norm() + x.rotation.angle_to(&y.rotation)
        };
        (0..128).map(one).fold(0.0, f64::max)
    }

    fn forward(&self, q: &[f64; 7]) -> Isometry3<f64> {
        let three = |e: &Euler, a: f64, b: f64, c: f64| {
            e.before * zyz(a.sin_cos(), (b + e.offset).sin_cos(), c.sin_cos()) * e.after.transpose()
        };
        let arm = three(&self.inner, q[0], q[1], q[2]);
        let (folded, elbow) = self.folded(q[3]);
        let rotation = arm * elbow * three(&self.outer, q[4], q[5], q[6]);
        let place = self.shoulder + arm * folded - rotation * self.wrist;
        let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(rotation));
        Isometry3::from_parts(place.into(), rotation)
    }

    /// From shoulder to wrist, and the elbow's turn, before the shoulder turns.
    fn folded(&self, four: f64) -> (Vector3<f64>, Matrix3<f64>) {
        let turn = UnitQuaternion::from_axis_angle(&self.four.along, four).to_rotation_matrix().into_inner();
        (self.upper + turn * self.fore, turn)
    }

    /// The direction square to `reach` from which arm angles count.
    fn level(&self, reach: &Vector3<f64>) -> Vector3<f64> {
        let level = self.up.cross(reach);
        let level = if level.norm() > 1e-9 { level } else { self.aside };
        (level - reach * (level.dot(reach) / reach.norm_squared())).normalize()
    }

    /// Columns: along `reach`, square to it towards `side`, and square to both.
    fn triad(reach: &Vector3<f64>, side: &Vector3<f64>) -> Matrix3<f64> {
        let x = reach.normalize();
        let y = (side - x * side.dot(&x)).normalize();
        Matrix3::from_columns(&[x, y, x.cross(&y)])
    }

    /// Arm angle of a posture, rad in (-pi, pi].
    pub(crate) fn arm_angle(&self, q: &[f64]) -> f64 {
        let e = &self.inner;
        let arm = e.before * zyz(q[0].sin_cos(), (q[1] + e.offset).sin_cos(), q[2].sin_cos()) * e.after.transpose();
        let (folded, _) = self.folded(q[3]);
        let (reach, along) = (arm * folded, arm * self.four.along.into_inner());
        let level = self.level(&reach);
        let angle = reach.dot(&level.cross(&along)).atan2(reach.norm() * level.dot(&along));
        if angle.is_finite() { angle } else { 0.0 }
    }

    /// What is the same for all arm angles; nothing where the wrist is out of reach.
    pub(crate) fn aim(&self, turns: &Isometry3<f64>) -> Option<Aimed> {
        let little = if self.off.is_finite() { 1e-9 } else { GUESS };
        let rotation = turns.rotation.to_rotation_matrix().into_inner();
        let reach = (turns * Point3::from(self.wrist)).coords - self.shoulder;
        // |upper + turned fore| must be |reach|: one equation in the sine and cosine of joint 4.
        let w = self.four.along.into_inner();
        let (e, f) = (&self.upper, &self.fore);
        let (a, b) = (e.dot(f) - e.dot(&w) * f.dot(&w), e.dot(&w.cross(f)));
        let c = 0.5 * (reach.norm_squared() - e.norm_squared() - f.norm_squared()) - e.dot(&w) * f.dot(&w);
        let h = a.hypot(b);
        let wide = root(1.0 - (c / h) * (c / h), little).atan2(c / h);
        if wide.is_nan() || reach.norm() < 1e-6 {
            return None;
        }
        let base = Self::triad(&reach, &self.level(&reach));
        let x = base.column(0).into_owned();
        let (keep, spin) = (x * x.transpose(), x.cross_matrix());
        let half = |side: f64| {
            let four = b.atan2(a) + side * wide;
            let (folded, turn) = self.folded(four);
            let level = base * Self::triad(&folded, &w).transpose();
            // Rodrigues: turning by psi about x is x x' + cos (1 - x x') + sin [x].
            let (first, after) = (self.inner.before.transpose(), level * self.inner.after);
            let shoulder = [first * keep * after, first * after, first * spin * after];
            let beyond = turn * self.outer.before;
            let (first, after) = ((level * beyond).transpose(), rotation * self.outer.after);
            let wrist = [first * keep * after, first * after, -(first * spin * after)];
            let part = |m: [Matrix3<f64>; 3]| [m[0], m[1] - m[0], m[2]];
            let third = self.inner.after.transpose();
            let (folded, beyond) = (third * folded, third * beyond);
            Half { four, shoulder: part(shoulder), wrist: part(wrist), folded, beyond }
        };
        let first = self.inner.before.transpose();
        let (halves, rotation) = ([half(1.0), half(-1.0)], first * rotation * self.outer.after);
        Some(Aimed { halves, reach: first * reach, rotation })
    }

    /// All branches at one arm angle. Bit 2 of a lane is the shoulder, bit 1 the wrist, bit 0 the elbow. Where joints 1
    /// and 3, or 5 and 7, turn about one line, the later of them stays at `near`.
    pub(crate) fn solve(&self, aimed: &Aimed, psi: f64, near: &JointPos) -> Found {
        let (s, c) = psi.sin_cos();
        let (mut ys, mut xs) = ([[0.0; 8]; 2], [[1.0; 8]; 2]);
        for (e, half) in aimed.halves.iter().enumerate() {
            for (row, (parts, free)) in [(&half.shoulder, near[2]), (&half.wrist, near[6])].into_iter().enumerate() {
                let core = parts[0] + parts[1] * c + parts[2] * s;
                for (k, (y, x)) in split(&core, free).into_iter().enumerate() {
                    (ys[row][3 * e + k], xs[row][3 * e + k]) = (y, x);
                }
            }
        }
        let angles = [atan2(&ys[0], &xs[0]), atan2(&ys[1], &xs[1])];
        let (shoulder, wrist) = (sin_cos(&angles[0]), sin_cos(&angles[1]));
        let mut error = [0.0; 2];
        for (e, half) in aimed.halves.iter().enumerate() {
            let core = |(s, c): &([f64; 8], [f64; 8])| {
                let at = |k: usize| (s[3 * e + k], c[3 * e + k]);
                zyz(at(0), at(1), at(2))
            };
            let (arm, wrist) = (core(&shoulder), core(&wrist));
            let column = |k: usize| (arm * (half.beyond * wrist.column(k)) - aimed.rotation.column(k)).norm_squared();
            error[e] = ((arm * half.folded - aimed.reach).norm_squared() + column(0) + column(2)).sqrt();
        }
        let mut found = Found::NONE;
        let mut theta = [[0.0; 8]; 7];
        let pi = |bit: usize| if bit == 0 { 0.0 } else { std::f64::consts::PI };
        let side = |bit: usize| if bit == 0 { 1.0 } else { -1.0 };
        for (lane, slot) in found.error.iter_mut().enumerate() {
            let (e, shoulder, wrist) = (lane & 1, lane & 4, lane & 2);
            theta[0][lane] = angles[0][3 * e] + pi(shoulder);
            theta[1][lane] = side(shoulder) * angles[0][3 * e + 1] - self.inner.offset;
            theta[2][lane] = angles[0][3 * e + 2] + pi(shoulder);
            theta[3][lane] = aimed.halves[e].four;
            theta[4][lane] = angles[1][3 * e] + pi(wrist);
            theta[5][lane] = side(wrist) * angles[1][3 * e + 1] - self.outer.offset;
            theta[6][lane] = angles[1][3 * e + 2] + pi(wrist);
            *slot = error[e];
        }
        for (i, (q, theta)) in found.q.iter_mut().zip(&theta).enumerate() {
            *q = turn_to(theta, near[i]);
        }
        found
    }
}
