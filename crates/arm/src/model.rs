//! An arm as a chain of joints: forward kinematics and Jacobian, in a few multiplications and without the heap.

use frames::{Base, Flange, Pose};
use nalgebra::{Isometry3, Point3, Quaternion, UnitQuaternion, UnitVector3, Vector3, Vector6};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::solver::Closed;
use crate::trig::sin_cos;
use crate::{Digest, JointAcc, JointJerk, JointPos, JointVel, Link, MAX_JOINTS};

/// Columns of the geometric Jacobian, base frame, one per joint: linear rows 0-2 (m/rad), angular rows 3-5.
pub type Jacobian = [Vector6<f64>; MAX_JOINTS];

/// A serial arm from base to flange.
///
/// Limits may be changed at will; the chain itself is changed by [`ArmModel::perturbed`] only, because the closed form
/// is derived from it when the arm is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmModel {
    /// The URDF's robot name.
    pub name: String,
    /// From the base outwards.
    pub joints: Vec<JointModel>,
    /// From the last joint's frame to the flange.
    pub last_from_flange: Isometry3<f64>,
    /// What every motion must keep.
    pub limits: Limits,
    /// What stands still: everything fixed to the base, base frame.
    pub base_link: Link,
    /// `links[i]` is carried by `joints[i]`, in that joint's frame.
    pub links: Vec<Link>,
    /// Acceleration of a falling body in the base frame, m/s²; straight down unless the base is mounted tilted.
    pub free_fall: Vector3<f64>,
    /// What the URDF has and this model has not, a sentence each, for the caller to report.
    pub not_modelled: Vec<String>,
    /// The closed form of the nominal arm, if its axes allow one.
    pub(crate) closed: Closed,
}

/// One revolute joint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointModel {
    /// The URDF's joint name.
    pub name: String,
    /// The joint's frame in the frame of the joint before it (the base for the first), at angle zero.
    pub parent_from_joint: Isometry3<f64>,
    /// The joint turns about this, in its own frame.
    pub axis: UnitVector3<f64>,
    /// Greatest torque, N m; `None` where the URDF gives none or zero.
    pub effort: Option<f64>,
}

/// Limits of every joint, in joint order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Least angle.
    pub lower: JointPos,
    /// Greatest angle.
    pub upper: JointPos,
    /// Greatest speed.
    pub speed: JointVel,
    /// Greatest acceleration.
    pub acceleration: JointAcc,
    /// Greatest jerk.
    pub jerk: JointJerk,
}

/// One pass along the chain: what the Jacobian and Newton's step need.
pub(crate) struct Sweep {
    /// Joint axes in the base.
    pub(crate) axes: [Vector3<f64>; MAX_JOINTS],
    /// Joint origins in the base.
    pub(crate) origins: [Vector3<f64>; MAX_JOINTS],
    /// The flange in the base.
    pub(crate) flange: Isometry3<f64>,
}

impl Limits {
    /// True when every angle is within its limits.
    pub fn hold(&self, q: &JointPos) -> bool {
        q.iter().zip(self.lower.iter().zip(self.upper.iter())).all(|(q, (lo, hi))| (lo..=hi).contains(&q))
    }

    /// The same for angles that are within half a turn of where they are wanted already: no rounding, hardly a branch.
    /// `slack` is how far past a limit still counts as on it.
    #[inline]
    pub(crate) fn settle(&self, q: &mut JointPos, slack: f64) -> bool {
        use std::f64::consts::TAU;
        let mut inside = true;
        for (v, (lower, upper)) in q.iter_mut().zip(self.lower.iter().zip(self.upper.iter())) {
            let turned = if *v < lower - slack { *v + TAU } else { *v };
            let turned = if turned > upper + slack { turned - TAU } else { turned };
            inside &= lower - slack <= turned && turned <= upper + slack;
            *v = turned.max(*lower).min(*upper);
        }
        inside
    }

    /// The turn of each joint (whole 2 pi) nearest to `near` that is within limits; `None` when one has none.
    pub fn wrap(&self, q: &JointPos, near: &[f64]) -> Option<JointPos> {
        let mut all = *q;
        for (i, v) in all.iter_mut().enumerate() {
            *v = wrap(*v, near.get(i).copied().unwrap_or(0.0), self.lower[i], self.upper[i])?;
        }
        Some(all)
    }
}

/// `q` plus whole turns, nearest to `near` within `[lower, upper]`.
pub(crate) fn wrap(q: f64, near: f64, lower: f64, upper: f64) -> Option<f64> {
    use std::f64::consts::TAU;
    // A rounding error past a limit is no violation: the answer lies within 1e-9 rad anyway.
    let slack = 1e-12;
    let inside = |v: f64| (lower - slack <= v && v <= upper + slack).then(|| v.clamp(lower, upper));
    if let Some(v) = inside(q).filter(|v| (v - near).abs() <= std::f64::consts::PI) {
        return Some(v);
    }
    let best = q - ((q - near) / TAU).round() * TAU;
    inside(best).or_else(|| {
        // The nearest is outside: step towards the side that is inside.
        let step = if best < lower { TAU } else { -TAU };
        inside(best + step)
    })
}

impl ArmModel {
    /// How many joints.
    pub fn dof(&self) -> usize {
        self.joints.len()
    }

    /// Where the flange is.
    pub fn forward(&self, q: &JointPos) -> Pose<Base, Flange> {
        let mut pose = Isometry3::identity();
        for (joint, half) in self.joints.iter().zip(halves(q)) {
            pose = joint.turn(&pose, half);
        }
        Pose::new(pose * self.last_from_flange)
    }

    /// The frame of every joint in the base, after its rotation; entries past `dof` repeat the flange.
    pub fn joint_frames(&self, q: &JointPos) -> [Isometry3<f64>; MAX_JOINTS] {
        let mut pose = Isometry3::identity();
        let mut frames = [pose; MAX_JOINTS];
        for (frame, (joint, half)) in frames.iter_mut().zip(self.joints.iter().zip(halves(q))) {
            pose = joint.turn(&pose, half);
            *frame = pose;
        }
        if let Some(rest) = frames.get_mut(self.dof()..) {
            rest.fill(pose * self.last_from_flange);
        }
        frames
    }

    /// How `point` (base frame, m, moving with the flange) and the flange's orientation follow each joint.
    pub fn jacobian(&self, q: &JointPos, point: &Point3<f64>) -> Jacobian {
        let sweep = self.sweep(q);
        let mut columns = [Vector6::zeros(); MAX_JOINTS];
        for (column, (axis, origin)) in columns.iter_mut().zip(sweep.axes.iter().zip(&sweep.origins)).take(self.dof()) {
            let linear = axis.cross(&(point.coords - origin));
            *column = Vector6::new(linear.x, linear.y, linear.z, axis.x, axis.y, axis.z);
        }
        columns
    }

    /// The same arm as built rather than as drawn: `deviations[i]` moves joint `i`'s frame within its own axes, one more
    /// entry moves the flange; missing entries move nothing. Keeps the nominal closed form as a first guess, so that
    /// [`ArmModel::inverse`] is as exact as before.
    #[must_use]
    pub fn perturbed(&self, deviations: &[Isometry3<f64>]) -> Self {
        let mut arm = self.clone();
        for (joint, deviation) in arm.joints.iter_mut().zip(deviations) {
            joint.parent_from_joint *= deviation;
        }
        if let Some(deviation) = deviations.get(self.dof()) {
            arm.last_from_flange *= deviation;
        }
        arm.closed = arm.closed.as_guess();
        arm
    }

    /// SHA-256 over the description: names, chain, limits, masses and shapes, bit by bit.
    pub fn digest(&self) -> Digest {
        let description = (
            &self.name,
            &self.joints,
            &self.last_from_flange,
            &self.limits,
            &self.base_link,
            &self.links,
            &self.free_fall,
        );
        // Writing numbers and names to memory has no way to fail; should it, no digest will match.
        postcard::to_stdvec(&description).map_or([0; 32], |bytes| Sha256::digest(bytes).into())
    }

    pub(crate) fn sweep(&self, q: &JointPos) -> Sweep {
        let mut sweep = Sweep {
            axes: [Vector3::zeros(); MAX_JOINTS],
            origins: [Vector3::zeros(); MAX_JOINTS],
            flange: Isometry3::identity(),
        };
        let mut pose = Isometry3::identity();
        let out = sweep.axes.iter_mut().zip(&mut sweep.origins);
        for ((joint, half), (axis, origin)) in self.joints.iter().zip(halves(q)).zip(out) {
            pose = joint.turn(&pose, half);
            *axis = pose.rotation * joint.axis.into_inner();
            *origin = pose.translation.vector;
        }
        sweep.flange = pose * self.last_from_flange;
        sweep
    }
}

impl JointModel {
    /// The joint's frame in the base after its rotation, from the frame before it; `half` is sine and cosine of half the
    /// angle.
    #[inline]
    fn turn(&self, before: &Isometry3<f64>, half: (f64, f64)) -> Isometry3<f64> {
        let mut pose = before * self.parent_from_joint;
        let turn = Quaternion::from_parts(half.1, self.axis.into_inner() * half.0);
        pose.rotation = UnitQuaternion::new_unchecked(pose.rotation.into_inner() * turn);
        pose
    }
}

/// Sine and cosine of half of each angle; as many as `q` has.
#[inline]
fn halves(q: &JointPos) -> impl Iterator<Item = (f64, f64)> {
    let mut half = [0.0; 8];
    half.iter_mut().zip(q.iter()).for_each(|(h, q)| *h = 0.5 * q);
    let (sin, cos) = sin_cos(&half);
    sin.into_iter().zip(cos).take(q.len())
}
