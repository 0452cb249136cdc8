//! An arm as a chain of joints: forward kinematics and Jacobian, in a few multiplications and without the heap.

use frames::{Base, Flange, Pose};
use nalgebra::{Isometry3, Point3, UnitQuaternion, UnitVector3, Vector6};
use serde::{Deserialize, Serialize};

use crate::{JointAcc, JointJerk, JointPos, JointVel, MAX_JOINTS};

/// Columns of the geometric Jacobian, base frame, one per joint: linear rows 0-2 (m/rad), angular rows 3-5.
pub type Jacobian = [Vector6<f64>; MAX_JOINTS];

/// A serial arm from base to flange.
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
}

/// One revolute joint and the link it carries.
#[derive(Debug, Clone, PartialEq)]
pub struct JointModel {
    /// The URDF's joint name.
    pub name: String,
    /// The joint's frame in the frame of the joint before it (the base for the first), at angle zero.
    pub parent_from_joint: Isometry3<f64>,
    /// The joint turns about this, in its own frame.
    pub axis: UnitVector3<f64>,
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

impl ArmModel {
    /// How many joints.
    pub fn dof(&self) -> usize {
        self.joints.len()
    }

    /// Where the flange is. 0.2 us for six joints.
    pub fn forward(&self, q: &JointPos) -> Pose<Base, Flange> {
        let mut pose = Isometry3::identity();
        for (joint, &angle) in self.joints.iter().zip(q.iter()) {
            pose *= joint.parent_from_joint;
            pose.rotation *= UnitQuaternion::from_axis_angle(&joint.axis, angle);
        }
        Pose::new(pose * self.last_from_flange)
    }

    /// The frame of every joint in the base, after its rotation; entries past `dof` repeat the flange.
    pub fn joint_frames(&self, q: &JointPos) -> [Isometry3<f64>; MAX_JOINTS] {
        let mut pose = Isometry3::identity();
        let mut frames = [pose; MAX_JOINTS];
        for (i, (joint, &angle)) in self.joints.iter().zip(q.iter()).enumerate() {
            pose *= joint.parent_from_joint;
            pose.rotation *= UnitQuaternion::from_axis_angle(&joint.axis, angle);
            frames[i] = pose;
        }
        frames[self.dof()..].fill(pose * self.last_from_flange);
        frames
    }

    /// How `point` (base frame, m, moving with the flange) and the flange's orientation follow each joint.
    pub fn jacobian(&self, q: &JointPos, point: &Point3<f64>) -> Jacobian {
        let frames = self.joint_frames(q);
        let mut columns = [Vector6::zeros(); MAX_JOINTS];
        for (column, (joint, frame)) in columns.iter_mut().zip(self.joints.iter().zip(&frames)) {
            let axis = frame.rotation * joint.axis.into_inner();
            let linear = axis.cross(&(point.coords - frame.translation.vector));
            column.fixed_rows_mut::<3>(0).copy_from(&linear);
            column.fixed_rows_mut::<3>(3).copy_from(&axis);
        }
        columns
    }
}
