//! Closed form for arms of the UR pattern: joint axes 2, 3, 4 parallel; 1 and 2, 4 and 5, 5 and 6 meeting at right
//! angles.
//!
//! In: the chain (lengths and zero positions are found from it, no table of arms), then poses. Out: all eight branches
//! at once, each lane put through forward kinematics. Absent: limits, other patterns.
//!
//! Standard DH frames (Denavit, Hartenberg 1955) with alpha = 90, 0, 0, 90, -90, 0 degrees. The shoulder, wrist and
//! elbow equations are Hawkins (2013), Georgia Tech GT-GOLEM-2013-001, here without trigonometry until the angles
//! themselves are wanted: 20 arc tangents for eight branches.

use frames::{Seed, unit};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};

use crate::solver::Found;
use crate::trig::{Lanes, atan2, sin_cos, turn_to};
use crate::wrist::{GUESS, root};
use crate::{ArmModel, JointPos, MAX_JOINTS};

/// A wrist this straight (sine of its angle) counts as straight: what that neglects is far below the gate.
const STRAIGHT: f64 = 1e-10;
/// Every answer is this close, m and rad: the promise of [`ArmModel::inverse`].
pub(crate) const GATE: f64 = 1e-9;

/// Lengths and zero positions of a UR arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ur {
    /// Frame 0: origin where axes 1 and 2 meet, z along axis 1.
    zero_from_base: Isometry3<f64>,
    /// Frame 6: origin where axes 5 and 6 meet, z along axis 6.
    flange_from_six: Isometry3<f64>,
    pub(crate) a2: f64,
    pub(crate) a3: f64,
    pub(crate) d4: f64,
    pub(crate) d5: f64,
    /// DH angle = `sign` * joint angle + `offset`.
    sign: [f64; 6],
    offset: [f64; 6],
    /// How far the chain is from its closed form, m and rad; infinite when that is only a guess.
    off: f64,
}

/// DH angles, one lane a branch: bit 2 of the lane is the shoulder, bit 1 the wrist, bit 0 the elbow.
struct Angles {
    theta: [Lanes; 6],
    /// Greatest of position (m) and rotation-matrix error, by forward kinematics; NaN where there is no solution.
    error: Lanes,
}

impl Ur {
    /// The pattern in `arm`, if its axes keep to it within `tolerance` (m, rad).
    pub(crate) fn find(arm: &ArmModel, tolerance: f64) -> Option<Self> {
        if arm.dof() != 6 {
            return None;
        }
        let sweep = arm.sweep(&JointPos::zeros(6));
        let line = |i: usize| (sweep.origins[i], sweep.axes[i]);
        let mut sign = [1.0; 6];
        let z0 = sweep.axes[0];
        let z1 = sweep.axes[1];
        for i in [2, 3] {
            if sweep.axes[i].cross(&z1).norm() > tolerance {
                return None;
            }
            sign[i] = sweep.axes[i].dot(&z1).signum();
        }
        let (z4, z5) = (sweep.axes[4], sweep.axes[5]);
        let o1 = meet(line(0), line(1), tolerance)?;
        let o4 = meet(line(3), line(4), tolerance)?;
        let o5 = meet(line(4), line(5), tolerance)?;
        // On the parallel axes, frames lie in one plane with o1; only d4 leaves it.
        let flat = |i: usize| sweep.origins[i] - z1 * (sweep.origins[i] - o1).dot(&z1);
        let (o2, o3) = (flat(2), flat(3));
        let (a2, a3) = ((o2 - o1).norm(), (o3 - o2).norm());
        if a2 < 1e-3 || a3 < 1e-3 {
            return None;
        }
        let x1 = z0.cross(&z1);
        let (x2, x3) = ((o2 - o1) / a2, (o3 - o2) / a3);
        let x4 = z1.cross(&z4);
        let x5 = z5.cross(&z4);
        let mut ur = Self {
            zero_from_base: frame(o1, x1, z0).inverse(),
            flange_from_six: sweep.flange.inverse() * frame(o5, x5, z5),
            a2,
            a3,
            d4: (o4 - o3).dot(&z1),
            d5: (o5 - o4).dot(&z4),
            sign,
            offset: [0.0, turn(x1, x2, z1), turn(x2, x3, z1), turn(x3, x4, z1), turn(x4, x5, z4), 0.0],
            off: f64::INFINITY,
        };
        // A quarter more than was seen, for what was not.
        ur.off = 1.25 * ur.distance_to(arm);
        (ur.off <= 100.0 * tolerance).then_some(ur)
    }

    /// The closed form of a nominal arm, for a chain that differs from it.
    pub(crate) fn as_guess(self) -> Self {
        Self { off: f64::INFINITY, ..self }
    }

    /// The most by which the chain's own error passes [`Angles::error`].
    pub(crate) fn off(&self) -> f64 {
        self.off
    }

    /// All branches for a flange pose, each joint turned as near to `near` as whole turns bring it.
    #[inline]
    pub(crate) fn found(&self, base_from_flange: &Isometry3<f64>, near: &JointPos) -> Found {
        let angles = self.solve(base_from_flange, near[5]);
        Found { q: self.joints(&angles, near), error: angles.error }
    }

    /// All branches for a flange pose; `q6` is taken where the wrist is straight and joint 6 is free.
    #[inline]
    fn solve(&self, base_from_flange: &Isometry3<f64>, q6: f64) -> Angles {
        let six = self.zero_from_base * base_from_flange * self.flange_from_six;
        let r = six.rotation.to_rotation_matrix().into_inner();
        let p = six.translation.vector;

        // Where the nominal arm stretches in vain, the arm as built may just reach.
        let little = if self.off.is_finite() { 1e-9 } else { GUESS };

        // Shoulder: the wrist centre keeps d4 from the plane of the arm. Lanes 0-3 one side, 4-7 the other.
        let flat = p.x * p.x + p.y * p.y;
        let w = root(flat - self.d4 * self.d4, little * flat);
        if w.is_nan() {
            return Angles { theta: [[f64::NAN; 8]; 6], error: [f64::NAN; 8] };
        }
        let inv = 1.0 / flat;
        let s1 = [(self.d4 * p.x + p.y * w) * inv, (self.d4 * p.x - p.y * w) * inv];
        let c1 = [(p.x * w - self.d4 * p.y) * inv, (-p.x * w - self.d4 * p.y) * inv];

        // Wrist, for one of its two sides; the other is (-theta5, theta6 + pi, theta234 + pi).
        let (mut ys, mut xs) = ([0.0; 8], [1.0; 8]);
        let (mut s5, mut c5, mut out) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        let (mut s6, mut c6) = ([0.0; 2], [0.0; 2]);
        for i in 0..2 {
            c5[i] = r[(0, 2)] * s1[i] - r[(1, 2)] * c1[i];
            out[i] = r[(0, 2)] * c1[i] + r[(1, 2)] * s1[i];
            s5[i] = (out[i] * out[i] + r[(2, 2)] * r[(2, 2)]).sqrt();
            // Axis 2 in frame 6 is (s5 c6, -s5 s6, c5).
            let sx = r[(0, 0)] * s1[i] - r[(1, 0)] * c1[i];
            let sy = r[(0, 1)] * s1[i] - r[(1, 1)] * c1[i];
            let n = (sx * sx + sy * sy).sqrt();
            // A straight wrist leaves joint 6 free; what this neglects is below the gate.
            (c6[i], s6[i]) = if n > STRAIGHT { (sx / n, -sy / n) } else { self.free(q6) };
            (ys[i], xs[i]) = (s1[i], c1[i]);
            (ys[2 + i], xs[2 + i]) = (s5[i], c5[i]);
            (ys[4 + i], xs[4 + i]) = (s6[i], c6[i]);
        }
        // Direction of frame 4's x in the plane of the arm. From the whole rotation, so that it makes up for a free joint 6.
        let (mut c234, mut s234) = ([0.0; 2], [0.0; 2]);
        for i in 0..2 {
            let x4 = r * Vector3::new(c5[i] * c6[i], -c5[i] * s6[i], -s5[i]);
            (c234[i], s234[i]) = (x4.x * c1[i] + x4.y * s1[i], x4.z);
            (ys[6 + i], xs[6 + i]) = (s234[i], c234[i]);
        }
        let first = atan2(&ys, &xs);

        // Elbow: a triangle of a2 and a3 in the plane of the arm, one for each shoulder and wrist; its mirror image is the
        // elbow's other side.
        let (mut y3, mut x3) = ([0.0; 4], [0.0; 4]);
        let (mut px, mut py) = ([0.0; 8], [0.0; 8]);
        for i in 0..4 {
            let (sh, wrist) = (i >> 1, side(i));
            let x = p.x * c1[sh] + p.y * s1[sh] - self.d5 * s234[sh] * wrist;
            let y = p.z + self.d5 * c234[sh] * wrist;
            let c3 = (x * x + y * y - self.a2 * self.a2 - self.a3 * self.a3) / (2.0 * self.a2 * self.a3);
            (x3[i], y3[i]) = (self.a3 * c3, self.a3 * root(1.0 - c3 * c3, little));
            let k1 = self.a2 + x3[i];
            (px[2 * i], py[2 * i]) = (k1 * x + y3[i] * y, k1 * y - y3[i] * x);
            (px[2 * i + 1], py[2 * i + 1]) = (k1 * x - y3[i] * y, k1 * y + y3[i] * x);
        }
        let theta2 = atan2(&py, &px);
        let fold = atan2(&y3, &x3);
        let mut theta3 = [0.0; 8];
        for lane in 0..8 {
            theta3[lane] = side(lane) * fold[lane >> 1];
        }

        let mut theta = [[0.0; 8]; 6];
        for lane in 0..8 {
            let (sh, wrist) = (lane >> 2, side(lane >> 1));
            let flip = if lane & 2 == 0 { 0.0 } else { std::f64::consts::PI };
            theta[0][lane] = first[sh];
            theta[1][lane] = theta2[lane];
            theta[2][lane] = theta3[lane];
            theta[3][lane] = first[6 + sh] + flip - theta2[lane] - theta3[lane];
            theta[4][lane] = wrist * first[2 + sh];
            theta[5][lane] = first[4 + sh] + flip;
        }
        let error = self.errors(&first, &theta2, &theta3, &r, &p);
        Angles { theta, error }
    }

    /// Joint angles, each turned as near to `near` as whole turns bring it; limits come later.
    #[inline]
    fn joints(&self, angles: &Angles, near: &JointPos) -> [Lanes; MAX_JOINTS] {
        let mut q = [[0.0; 8]; MAX_JOINTS];
        for (i, lanes) in q.iter_mut().enumerate().take(6) {
            let turned = turn_to(&angles.theta[i], self.sign[i] * near[i] + self.offset[i]);
            for (v, theta) in lanes.iter_mut().zip(turned) {
                *v = self.sign[i] * (theta - self.offset[i]);
            }
        }
        q
    }

    /// Cosine and sine of DH angle 6 at joint angle `q6`.
    fn free(&self, q6: f64) -> (f64, f64) {
        let (s, c) = (self.sign[5] * q6 + self.offset[5]).sin_cos();
        (c, s)
    }

    /// Forward kinematics of the angles themselves against the wanted frame 6. The wrist's other side only changes signs,
    /// and joint 4 is what is left of the sum `first` holds, so 24 angles speak for all 48.
    #[inline]
    fn errors(&self, first: &Lanes, theta2: &Lanes, theta3: &Lanes, r: &Matrix3<f64>, p: &Vector3<f64>) -> Lanes {
        let mut t23 = [0.0; 8];
        for i in 0..8 {
            t23[i] = theta2[i] + theta3[i];
        }
        let ((s, c), (s2, c2), (s23, c23)) = (sin_cos(first), sin_cos(theta2), sin_cos(&t23));
        let mut error = [0.0; 8];
        for i in 0..8 {
            let (sh, wrist) = (i >> 2, side(i >> 1));
            let (s1, c1, s5, c5) = (s[sh], c[sh], wrist * s[2 + sh], c[2 + sh]);
            let (s6, c6, s4, c4) = (wrist * s[4 + sh], wrist * c[4 + sh], wrist * s[6 + sh], wrist * c[6 + sh]);
            // In the plane of the arm: u outwards, z up; v along axis 2.
            let u = self.a2 * c2[i] + self.a3 * c23[i] + self.d5 * s4;
            let z = self.a2 * s2[i] + self.a3 * s23[i] - self.d5 * c4;
            let place = [u * c1 + self.d4 * s1 - p.x, u * s1 - self.d4 * c1 - p.y, z - p.z];
            // Columns z and x of frame 6.
            let (zu, zv, zz) = (-s5 * c4, c5, -s5 * s4);
            let out = [zu * c1 + zv * s1 - r[(0, 2)], zu * s1 - zv * c1 - r[(1, 2)], zz - r[(2, 2)]];
            let (xu, xv, xz) = (c6 * c5 * c4 - s6 * s4, c6 * s5, c6 * c5 * s4 + s6 * c4);
            let across = [xu * c1 + xv * s1 - r[(0, 0)], xu * s1 - xv * c1 - r[(1, 0)], xz - r[(2, 0)]];
            let square = |v: [f64; 3]| v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
            error[i] = (square(place) + square(out) + square(across)).sqrt();
        }
        error
    }

    /// Greatest difference between this closed form and the chain, over postures all around.
    fn distance_to(&self, arm: &ArmModel) -> f64 {
        let mut worst = 0.0_f64;
        for k in 0..128 {
            let mut q = JointPos::zeros(6);
            for (i, v) in q.iter_mut().enumerate() {
                *v = 6.0 * (unit(Seed(1), i as u64, k) - 0.5);
            }
            let six = self.zero_from_base * arm.forward(&q).get() * self.flange_from_six;
            let theta = |i: usize| self.sign[i] * q[i] + self.offset[i];
            let first = [theta(0), 0.0, theta(4), 0.0, theta(5), 0.0, theta(1) + theta(2) + theta(3), 0.0];
            let r = six.rotation.to_rotation_matrix().into_inner();
            let errors = self.errors(&first, &[theta(1); 8], &[theta(2); 8], &r, &six.translation.vector);
            worst = worst.max(errors[0]);
        }
        worst
    }
}

/// +1 for an even number, -1 for an odd one.
fn side(bits: usize) -> f64 {
    if bits & 1 == 0 { 1.0 } else { -1.0 }
}

/// Angle from `a` to `b` about `axis`.
fn turn(a: Vector3<f64>, b: Vector3<f64>, axis: Vector3<f64>) -> f64 {
    a.cross(&b).dot(&axis).atan2(a.dot(&b))
}

/// Where two lines meet at right angles; `None` when they do not.
fn meet(a: (Vector3<f64>, Vector3<f64>), b: (Vector3<f64>, Vector3<f64>), tolerance: f64) -> Option<Vector3<f64>> {
    let between = b.0 - a.0;
    let normal = a.1.cross(&b.1);
    (a.1.dot(&b.1).abs() < tolerance && between.dot(&normal).abs() < tolerance).then(|| a.0 + a.1 * between.dot(&a.1))
}

/// The frame at `origin` with these axes, made exactly square.
fn frame(origin: Vector3<f64>, x: Vector3<f64>, z: Vector3<f64>) -> Isometry3<f64> {
    let x = (x - z * x.dot(&z)).normalize();
    let rotation = Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[x, z.cross(&x), z]));
    Isometry3::from_parts(Translation3::from(origin), UnitQuaternion::from_rotation_matrix(&rotation))
}
