//! Closed form for arms with a spherical wrist: axes 4, 5, 6 meet at right angles, 2 and 3 are parallel, 1 is square to 2.
//!
//! In: the chain's axes (lengths, offsets and zero positions are found from them, no table of arms), then poses. Out: all
//! eight branches at once, each put through forward kinematics. Absent: limits, other patterns.
//!
//! Lengths are those of Brandstoetter, Angerer, Hofbaur (2014), "An analytical solution of the inverse kinematics problem
//! of industrial serial manipulators with an ortho-parallel basis and a spherical wrist"; the frame here is the arm's own
//! plane: `u` outwards, `v` along axis 2, `z` along axis 1, and angles in it count from `z` towards `u`.

use frames::{Seed, unit};
use nalgebra::{Isometry3, Matrix3, Rotation3, UnitQuaternion, Vector3};

use crate::JointPos;
use crate::lines::{Euler, Line, bend, common, zyz};
use crate::solver::Found;
use crate::trig::{Lanes, atan2, sin_cos, turn_to};

/// A guess may miss the reachable by this part: centimetres, where calibrated arms are millimetres off.
pub(crate) const GUESS: f64 = 0.05;

/// Lengths and zero positions of a spherical-wrist arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Wrist {
    /// The arm's frame: origin on axis 1 beside axis 2. At zero its x is `u`.
    frame_from_base: Isometry3<f64>,
    base_from_frame: Isometry3<f64>,
    /// Axis 1 to axis 2, along `u`.
    pub(crate) a1: f64,
    /// Along `v`, from the origin to the wrist's centre.
    pub(crate) b: f64,
    /// Axis 2 to axis 3.
    pub(crate) upper: f64,
    /// Axis 3 to the wrist's centre.
    pub(crate) fore: f64,
    /// Of joint 3 against axis 2: +1 or -1.
    pub(crate) sign3: f64,
    /// Angle of the upper arm at zero.
    pub(crate) offset2: f64,
    /// Of the forearm against the upper arm at zero.
    pub(crate) offset3: f64,
    /// Sine and cosine of the angle from axis 4 to the forearm.
    fore_from_four: (f64, f64),
    /// Of axis 5 about axis 4 at zero, from `v`.
    offset4: f64,
    /// The wrist's centre at zero, in the arm's frame.
    centre: Vector3<f64>,
    euler: Euler,
    /// How far the chain is from its closed form, m and rad; infinite when that is only a guess.
    pub(crate) off: f64,
}

impl Wrist {
    /// The pattern in six axes, if it is there.
    pub(crate) fn find(lines: &[Line; 6], tolerance: f64) -> Option<Self> {
        let centre = common(&lines[3..], tolerance)?;
        let (z, v) = (lines[0].along.into_inner(), lines[1].along.into_inner());
        if !lines[0].is_square_to(&lines[1], tolerance) || lines[2].along.cross(&v).norm() > tolerance {
            return None;
        }
        let v = (v - z * v.dot(&z)).normalize();
        let u = v.cross(&z);
        // In the plane of `u` and `z` axes 2 and 3 are points; the origin is beside the first of them.
        let height = lines[1].point - lines[0].point;
        let origin = lines[0].point + z * height.dot(&z);
        let rotation = Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[u, v, z]));
        let base_from_frame = Isometry3::from_parts(origin.into(), UnitQuaternion::from_rotation_matrix(&rotation));
        let frame_from_base = base_from_frame.inverse();
        let here = |p: &Vector3<f64>| (frame_from_base * nalgebra::Point3::from(*p)).coords;
        let (two, three, centre) = (here(&lines[1].point), here(&lines[2].point), here(&centre));
        let (to_three, to_centre) = (three - two, centre - three);
        let (upper, fore) = (to_three.x.hypot(to_three.z), to_centre.x.hypot(to_centre.z));
        if upper < 1e-3 || fore < 1e-3 {
            return None;
        }
        let local = [3, 4, 5].map(|i: usize| lines[i].moved(&frame_from_base));
        let (four, five) = (local[0].along, local[1].along);
        if four.y.abs() > tolerance {
            return None;
        }
        let (offset2, whole) = (to_three.x.atan2(to_three.z), to_centre.x.atan2(to_centre.z));
        Some(Self {
            frame_from_base,
            base_from_frame,
            a1: two.x,
            b: centre.y,
            upper,
            fore,
            sign3: lines[2].along.dot(&lines[1].along).signum(),
            offset2,
            offset3: whole - offset2,
            fore_from_four: (whole - four.x.atan2(four.z)).sin_cos(),
            // `v` about axis 4 is a quarter turn past the side of the plane.
            offset4: (-five.dot(&Vector3::y().cross(&four))).atan2(five.y),
            centre,
            euler: Euler::new(&local),
            off: f64::INFINITY,
        })
    }

    /// How far the axes are from their closed form, over postures all around; `turn` is the product of their turns.
    pub(crate) fn distance_to(&self, turn: impl Fn(&[f64; 6]) -> Isometry3<f64>) -> f64 {
        let one = |k: u64| {
            let q: [f64; 6] = std::array::from_fn(|i| 6.0 * (unit(Seed(1), i as u64, k) - 0.5));
            let (x, y) = (turn(&q), self.forward(&q));
            (x.translation.vector - y.translation.vector).norm() + x.rotation.angle_to(&y.rotation)
        };
        (0..128).map(one).fold(0.0, f64::max)
    }

    /// The product of all six turns, by this closed form.
    fn forward(&self, q: &[f64; 6]) -> Isometry3<f64> {
        let turn = |axis, angle| UnitQuaternion::from_axis_angle(&axis, angle);
        let t2 = q[1] + self.offset2;
        let t23 = t2 + self.sign3 * q[2] + self.offset3;
        let arm = turn(Vector3::z_axis(), q[0]) * turn(Vector3::y_axis(), q[1] + self.sign3 * q[2]);
        let e = &self.euler;
        let wrist = e.before * zyz(q[3].sin_cos(), (q[4] + e.offset).sin_cos(), q[5].sin_cos()) * e.after.transpose();
        let wrist = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(wrist));
        let plane = Vector3::new(
            self.a1 + self.upper * t2.sin() + self.fore * t23.sin(),
            self.b,
            self.upper * t2.cos() + self.fore * t23.cos(),
        );
        let rotation = arm * wrist;
        let place = turn(Vector3::z_axis(), q[0]) * plane - rotation * self.centre;
        self.base_from_frame * Isometry3::from_parts(place.into(), rotation) * self.frame_from_base
    }

    /// All branches for the product of all turns. Bit 2 of a lane is the shoulder, bit 1 the wrist, bit 0 the elbow.
    /// Where the wrist is straight and joint 6 free, it stays at `near`.
    pub(crate) fn solve(&self, turns: &Isometry3<f64>, near: &JointPos) -> Found {
        let x = self.frame_from_base * turns * self.base_from_frame;
        let r = x.rotation.to_rotation_matrix().into_inner();
        let p = r * self.centre + x.translation.vector;
        let little = if self.off.is_finite() { 1e-9 } else { GUESS };

        // Shoulder: the wrist's centre keeps `b` from the plane through axis 1.
        let flat = p.x * p.x + p.y * p.y;
        let w = root(flat - self.b * self.b, little * flat);
        if w.is_nan() {
            return Found::NONE;
        }
        let inv = 1.0 / flat;
        let front = [w, -w];
        let c1 = front.map(|w| (p.x * w + p.y * self.b) * inv);
        let s1 = front.map(|w| (p.y * w - p.x * self.b) * inv);

        // Elbow: a triangle in the plane, and its mirror image. Angles are kept as sine and cosine.
        let (mut ya, mut xa, mut yb, mut xb) = ([0.0; 8], [1.0; 8], [0.0; 8], [1.0; 8]);
        let (mut cd, mut sd) = ([0.0; 4], [0.0; 4]);
        for sh in 0..2 {
            let (out, up) = (front[sh] - self.a1, p.z);
            let reach = out * out + up * up;
            let c3 = (reach - self.upper * self.upper - self.fore * self.fore) / (2.0 * self.upper * self.fore);
            let (k1, k2) = (self.upper + self.fore * c3, self.fore * root(1.0 - c3 * c3, little));
            (ya[sh], xa[sh]) = (s1[sh], c1[sh]);
            (ya[2 + sh], xa[2 + sh]) = (k2, self.fore * c3);
            // Clamped, where a guess is stretched in vain: still a unit vector.
            let inv = 1.0 / (reach * (k1 * k1 + k2 * k2)).sqrt();
            for elbow in 0..2 {
                let i = 2 * sh + elbow;
                let k2 = if elbow == 0 { k2 } else { -k2 };
                let (s2, c2) = ((out * k1 - up * k2) * inv, (up * k1 + out * k2) * inv);
                (yb[i], xb[i]) = (s2, c2);
                let (s23, c23) = ((out - self.upper * s2) / self.fore, (up - self.upper * c2) / self.fore);
                sd[i] = s23 * self.fore_from_four.1 - c23 * self.fore_from_four.0;
                cd[i] = c23 * self.fore_from_four.1 + s23 * self.fore_from_four.0;
            }
        }

        // Wrist: what the arm leaves to be turned.
        let n = r * self.euler.after;
        let (mut s6, mut c6) = ([0.0; 4], [1.0; 4]);
        for sh in 0..2 {
            // Columns in the arm's plane and beside it.
            let plane: [f64; 3] = std::array::from_fn(|k| n[(0, k)] * c1[sh] + n[(1, k)] * s1[sh]);
            let beside: [f64; 2] = std::array::from_fn(|k| n[(1, k)] * c1[sh] - n[(0, k)] * s1[sh]);
            for i in 2 * sh..2 * sh + 2 {
                let four = |k: usize| plane[k] * sd[i] + n[(2, k)] * cd[i];
                let (s5, (s, c)) = bend(four(0), four(1), near[5]);
                // Joint 4 from the whole rotation, so that it makes up for a free joint 6.
                let (out, up) = (plane[0] * s + plane[1] * c, n[(2, 0)] * s + n[(2, 1)] * c);
                (ya[4 + i], xa[4 + i]) = (s5, four(2));
                (yb[4 + i], xb[4 + i]) = (up * sd[i] - out * cd[i], beside[0] * s + beside[1] * c);
                (s6[i], c6[i]) = (s, c);
            }
        }
        let first = atan2(&ya, &xa);
        let second = atan2(&yb, &xb);
        let last = atan2(&s6, &c6);
        let error = self.errors(&first, &second, &last, &n, &p);

        let mut found = Found::NONE;
        let mut theta = [[0.0; 8]; 6];
        for (lane, slot) in found.error.iter_mut().enumerate() {
            let (sh, elbow) = (lane >> 2, lane & 1);
            let i = 2 * sh + elbow;
            let (fold, flip, side) = (
                if elbow == 0 { first[2 + sh] } else { -first[2 + sh] },
                if lane & 2 == 0 { 0.0 } else { std::f64::consts::PI },
                if lane & 2 == 0 { 1.0 } else { -1.0 },
            );
            theta[0][lane] = first[sh];
            theta[1][lane] = second[i] - self.offset2;
            theta[2][lane] = self.sign3 * (fold - self.offset3);
            theta[3][lane] = second[4 + i] + flip - self.offset4;
            theta[4][lane] = side * first[4 + i] - self.euler.offset;
            theta[5][lane] = last[i] + flip;
            *slot = error[i];
        }
        for (i, (q, theta)) in found.q.iter_mut().zip(&theta).enumerate() {
            *q = turn_to(theta, near[i]);
        }
        found
    }

    /// Forward kinematics of the angles themselves against the wanted wrist. The wrist's other side only changes signs.
    #[inline]
    fn errors(&self, first: &Lanes, second: &Lanes, last: &[f64; 4], n: &Matrix3<f64>, p: &Vector3<f64>) -> [f64; 4] {
        // Shoulder, bends; upper arms, joint 4; forearms, joint 6.
        let mut third = [0.0; 8];
        for i in 0..4 {
            third[i] = second[i] + if i & 1 == 0 { first[2 + (i >> 1)] } else { -first[2 + (i >> 1)] };
            third[4 + i] = last[i];
        }
        let ((sa, ca), (sb, cb), (sc, cc)) = (sin_cos(first), sin_cos(second), sin_cos(&third));
        std::array::from_fn(|i| {
            let sh = i >> 1;
            let (s1, c1) = (sa[sh], ca[sh]);
            let (u, z) = (self.a1 + self.upper * sb[i] + self.fore * sc[i], self.upper * cb[i] + self.fore * cc[i]);
            let place = Vector3::new(u * c1 - self.b * s1 - p.x, u * s1 + self.b * c1 - p.y, z - p.z);
            let (sd, cd) = (
                sc[i] * self.fore_from_four.1 - cc[i] * self.fore_from_four.0,
                cc[i] * self.fore_from_four.1 + sc[i] * self.fore_from_four.0,
            );
            let (s4, c4, s5, c5, s6, c6) = (sb[4 + i], cb[4 + i], sa[4 + i], ca[4 + i], sc[4 + i], cc[4 + i]);
            let back = |v: Vector3<f64>| {
                let a = v.x * cd + v.z * sd;
                Vector3::new(a * c1 - v.y * s1, a * s1 + v.y * c1, v.z * cd - v.x * sd)
            };
            let out = back(Vector3::new(c4 * s5, s4 * s5, c5)) - n.column(2);
            let across = Vector3::new(c4 * c5 * c6 - s4 * s6, s4 * c5 * c6 + c4 * s6, -s5 * c6);
            let across = back(across) - n.column(0);
            (place.norm_squared() + out.norm_squared() + across.norm_squared()).sqrt()
        })
    }
}

/// Square root that forgives a little below zero; NaN further below.
#[inline]
pub(crate) fn root(square: f64, little: f64) -> f64 {
    if square > -little { square.max(0.0).sqrt() } else { f64::NAN }
}
