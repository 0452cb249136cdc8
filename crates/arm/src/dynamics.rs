//! Torques: recursive Newton-Euler, link by link, without the heap.
//!
//! In: posture, speed, acceleration, payload. Out: torque at every joint. Absent: friction, rotor inertia, elasticity.
//! Luh, Walker, Paul (1980), J. Dyn. Sys. Meas. Control 102; notation of Featherstone (2008), section 5.3, split into
//! three-vectors.

use nalgebra::{Isometry3, Matrix3, Point3, Vector3};

use crate::{ArmModel, JointAcc, JointPos, JointTorque, JointVel, MAX_JOINTS, Payload};

/// Free fall where the URDF's base stands upright, m/s²; the value robot description tools use.
pub const FREE_FALL: Vector3<f64> = Vector3::new(0.0, 0.0, -9.81);

/// A body in the base frame with its motion: what it takes to move it.
#[derive(Clone, Copy)]
struct Body {
    mass: f64,
    /// From the joint's origin to the centre of mass.
    arm: Vector3<f64>,
    inertia: Matrix3<f64>,
}

impl ArmModel {
    /// Torques that hold `q` at rest against gravity.
    pub fn gravity(&self, q: &JointPos, payload: &Payload) -> JointTorque {
        let n = self.dof();
        self.inverse_dynamics(q, &JointVel::zeros(n), &JointAcc::zeros(n), payload)
    }

    /// Torques that make the arm move with `qdd` at `q` and `qd`, against gravity.
    pub fn inverse_dynamics(&self, q: &JointPos, qd: &JointVel, qdd: &JointAcc, payload: &Payload) -> JointTorque {
        let n = self.dof().min(q.len()).min(qd.len()).min(qdd.len());
        let frames = self.joint_frames(q);
        let mut force = [Vector3::zeros(); MAX_JOINTS];
        let mut moment = [Vector3::zeros(); MAX_JOINTS];

        // Outwards: motion of every link, and what its own mass asks for. Gravity enters as the base accelerating up.
        let (mut turn, mut turn_rate) = (Vector3::zeros(), Vector3::zeros());
        let (mut push, mut before) = (-self.free_fall, Vector3::zeros());
        for i in 0..n {
            let frame = &frames[i];
            let axis = frame.rotation * self.joints[i].axis.into_inner();
            let origin = frame.translation.vector;
            let reach = origin - before;
            push += turn_rate.cross(&reach) + turn.cross(&turn.cross(&reach));
            turn_rate += axis * qdd[i] + turn.cross(&axis) * qd[i];
            turn += axis * qd[i];
            before = origin;
            let mut add = |body: Body| {
                let at_com = push + turn_rate.cross(&body.arm) + turn.cross(&turn.cross(&body.arm));
                let f = at_com * body.mass;
                force[i] += f;
                moment[i] += body.inertia * turn_rate + turn.cross(&(body.inertia * turn)) + body.arm.cross(&f);
            };
            let link = &self.links[i];
            add(body(frame, link.mass_kg, &link.com, &link.inertia));
            if i + 1 == self.dof() && payload.mass_kg > 0.0 {
                let flange = frame * self.last_from_flange;
                let tool = body(&flange, payload.mass_kg, &payload.com, &payload.inertia);
                add(Body { arm: tool.arm + flange.translation.vector - origin, ..tool });
            }
        }

        // Inwards: each joint bears what the links beyond it ask for.
        let mut torque = JointTorque::zeros(n);
        for i in (0..n).rev() {
            let frame = &frames[i];
            torque[i] = moment[i].dot(&(frame.rotation * self.joints[i].axis.into_inner()));
            if i > 0 {
                let reach = frame.translation.vector - frames[i - 1].translation.vector;
                let (f, m) = (force[i], moment[i]);
                force[i - 1] += f;
                moment[i - 1] += m + reach.cross(&f);
            }
        }
        torque
    }
}

fn body(frame: &Isometry3<f64>, mass: f64, com: &Point3<f64>, inertia: &Matrix3<f64>) -> Body {
    let rotation = frame.rotation.to_rotation_matrix().into_inner();
    Body { mass, arm: rotation * com.coords, inertia: rotation * inertia * rotation.transpose() }
}
