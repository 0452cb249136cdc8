//! The arm's bodies: a rapier multibody that is driven by joint speeds and pushed by forces.
//!
//! In: where each joint sits on the true arm, what each link weighs, joint speeds to reach, forces on links.
//! Out: true joint angles, one step of 1 ms at a time.
//! Absent: colliders. A contact force of rapier is no measure of skin or skull (`reference/stack.md` section 4: the same
//! push gave 74 N in one build and 133 N in the other), so contacts are found and weighed elsewhere and arrive here as
//! forces. This is the only file that knows rapier and its vectors.

use arm::{ArmModel, JointPos};
use nalgebra::{Isometry3, Matrix3, Point3, Translation3, UnitQuaternion, Vector3};
use rapier3d::dynamics::{
    GenericJointBuilder, IntegrationParameters, JointAxesMask, JointAxis, MassProperties, MultibodyJointHandle,
    RigidBodyBuilder, RigidBodyHandle,
};
use rapier3d::math::{Matrix, Pose as GlamPose, Rotation, Vector};
use rapier3d::pipeline::PhysicsWorld;

use crate::SimError;

/// One step, seconds.
pub(crate) const STEP: f64 = 1e-3;

/// Stiffness of the speed servo against an infinite one: high enough that only the effort limit is felt.
const SERVO: f64 = 1e6;

/// A rigid body's mass, in some frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mass {
    /// kg.
    pub(crate) kg: f64,
    /// Centre of mass, m.
    pub(crate) com: Point3<f64>,
    /// About the centre of mass, kg m².
    pub(crate) inertia: Matrix3<f64>,
}

impl Mass {
    /// The same body seen from the frame in which its own frame is `pose`.
    pub(crate) fn moved(&self, pose: &Isometry3<f64>) -> Self {
        let r = pose.rotation.to_rotation_matrix();
        Self { kg: self.kg, com: pose * self.com, inertia: r * self.inertia * r.transpose() }
    }

    /// Both bodies as one. Parallel axes.
    pub(crate) fn joined(&self, other: &Self) -> Self {
        let kg = self.kg + other.kg;
        if kg <= 0.0 {
            return *self;
        }
        let com = Point3::from((self.com.coords * self.kg + other.com.coords * other.kg) / kg);
        let about = |m: &Self| {
            let d = m.com - com;
            m.inertia + (Matrix3::identity() * d.norm_squared() - d * d.transpose()) * m.kg
        };
        Self { kg, com, inertia: about(self) + about(other) }
    }
}

/// The driven multibody.
pub(crate) struct Bodies {
    world: PhysicsWorld,
    /// Carried by joint 0, 1, ...
    links: Vec<RigidBodyHandle>,
    last: MultibodyJointHandle,
    /// Links with a push to be forgotten, a bit each: touching the others would make rapier look them over.
    pushed: u32,
}

impl Bodies {
    /// An arm standing at `park`. `arm` is the true one; `masses[i]` is carried by joint `i`, in that joint's frame;
    /// `effort[i]` is the most the joint's motor can give, N m.
    pub(crate) fn new(arm: &ArmModel, masses: &[Mass], effort: &[f64], park: &JointPos) -> Result<Self, SimError> {
        let dof = arm.dof();
        if dof == 0 || masses.len() != dof || effort.len() != dof || park.len() != dof {
            return Err(SimError::Joints { arm: dof, given: park.len().min(masses.len()) });
        }
        let mut world = PhysicsWorld::new();
        world.gravity = Vector::new(0.0, 0.0, -9.81);
        // `reference/stack.md` section 4. One solver pass: 112 k steps/s against 37 k with four, and the speed servo
        // needs no more; the inner passes bring the tip from 15.6 um to 5.7 um.
        world.integration_parameters = IntegrationParameters {
            dt: STEP,
            num_solver_iterations: 1,
            num_internal_pgs_iterations: 8,
            contact_recycling: false,
            normalized_prediction_distance: 1e-3,
            normalized_allowed_linear_error: 1e-6,
            max_ccd_substeps: 0,
            ..IntegrationParameters::default()
        };

        let base = world.insert_body(RigidBodyBuilder::fixed());
        let mut parent = base;
        let mut links = Vec::with_capacity(dof);
        let mut last = None;
        for ((joint, mass), &effort) in arm.joints.iter().zip(masses).zip(effort) {
            if !(mass.kg > 0.0 && mass.kg.is_finite()) {
                return Err(SimError::Mass { link: links.len(), kg: mass.kg });
            }
            let properties =
                MassProperties::with_inertia_matrix(glam(&mass.com.coords), mass.kg, matrix(&mass.inertia));
            let body =
                world.insert_body(RigidBodyBuilder::dynamic().additional_mass_properties(properties).can_sleep(false));
            // rapier's free axis is always the joint frame's x.
            let turn = UnitQuaternion::rotation_between(&Vector3::x(), &joint.axis)
                .unwrap_or_else(|| UnitQuaternion::from_axis_angle(&Vector3::z_axis(), std::f64::consts::PI));
            let aligned = Isometry3::from_parts(Translation3::identity(), turn);
            let mut data = GenericJointBuilder::new(JointAxesMask::LOCKED_REVOLUTE_AXES)
                .local_frame1(pose(&(joint.parent_from_joint * aligned)))
                .local_frame2(pose(&aligned))
                .build();
            data.set_motor_velocity(JointAxis::AngX, 0.0, SERVO);
            data.set_motor_max_force(JointAxis::AngX, effort);
            last = world.insert_multibody_joint(parent, body, data);
            links.push(body);
            parent = body;
        }
        let last = last.ok_or(SimError::Joints { arm: dof, given: 0 })?;
        let PhysicsWorld { multibody_joints, bodies, .. } = &mut world;
        let (multibody, _) = multibody_joints.get_mut(last).ok_or(SimError::Joints { arm: dof, given: 0 })?;
        // Only now does rapier see that the root is fixed and drop its six freedoms.
        multibody.forward_kinematics(bodies, true);
        // rapier's default is 0.1 N m s/rad on every joint.
        multibody.damping_mut().fill(0.0);
        multibody.apply_displacements(park);
        multibody.forward_kinematics(bodies, false);
        multibody.update_rigid_bodies(bodies, true);
        Ok(Self { world, links, last, pushed: 0 })
    }

    /// Adds `force` (N, base frame) at `at` (m, base frame) on the link that joint `link` carries, for the next step.
    pub(crate) fn push(&mut self, link: usize, force: &Vector3<f64>, at: &Point3<f64>) {
        if let Some(body) = self.links.get(link).and_then(|&h| self.world.bodies.get_mut(h)) {
            body.add_force_at_point(glam(force), glam(&at.coords), true);
            self.pushed |= 1 << link;
        }
    }

    /// One step with the joints driven to `speed`, as far as the effort reaches. Consumes the pushes.
    pub(crate) fn step(&mut self, speed: &[f64]) {
        if let Some((multibody, _)) = self.world.multibody_joints.get_mut(self.last) {
            for (i, &v) in speed.iter().enumerate() {
                if let Some(link) = multibody.link_mut(i + 1) {
                    link.joint.data.set_motor_velocity(JointAxis::AngX, v, SERVO);
                }
            }
        }
        self.world.step();
    }

    /// Forgets the pushes of the last step.
    pub(crate) fn release(&mut self) {
        let pushed = std::mem::take(&mut self.pushed);
        for (_, &handle) in self.links.iter().enumerate().filter(|(i, _)| pushed & (1 << i) != 0) {
            if let Some(body) = self.world.bodies.get_mut(handle) {
                body.reset_forces(false);
                body.reset_torques(false);
            }
        }
    }

    /// True angles, as many turns as were made.
    pub(crate) fn q(&self) -> JointPos {
        let mut q = JointPos::zeros(self.links.len());
        if let Some((multibody, _)) = self.world.multibody_joints.get(self.last) {
            for (i, v) in q.iter_mut().enumerate() {
                *v = multibody.link(i + 1).map_or(*v, |link| link.joint().coords()[3]);
            }
        }
        q
    }
}

fn glam(v: &Vector3<f64>) -> Vector {
    Vector::new(v.x, v.y, v.z)
}

fn matrix(m: &Matrix3<f64>) -> Matrix {
    Matrix::from_cols_array(&[m.m11, m.m21, m.m31, m.m12, m.m22, m.m32, m.m13, m.m23, m.m33])
}

fn pose(p: &Isometry3<f64>) -> GlamPose {
    let r = p.rotation.coords;
    GlamPose::from_parts(glam(&p.translation.vector), Rotation::from_xyzw(r.x, r.y, r.z, r.w))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::fixture;

    #[test]
    fn stands_against_gravity() {
        let (arm, masses, effort, park) = fixture::bare_arm();
        let mut bodies = Bodies::new(&arm, &masses, &effort, &park).unwrap();
        for _ in 0..1000 {
            let speed = bodies.q().zip(&park, |q, p| 200.0 * (p - q));
            bodies.step(&speed);
        }
        let error = bodies.q().zip(&park, |q, p| q - p).max_abs();
        assert!(error < 2e-6, "{error}");
    }

    /// 0.15 rad at 0.5 Hz on every joint, as in `reference/stack.md` section 4.
    #[test]
    fn follows_a_fast_reference() {
        let (arm, masses, effort, park) = fixture::bare_arm();
        let mut bodies = Bodies::new(&arm, &masses, &effort, &park).unwrap();
        let at = |k: u32| park.map(|q| q + 0.15 * (1.0 - (std::f64::consts::PI * f64::from(k) * STEP).cos()));
        let mut worst: f64 = 0.0;
        for k in 0..2000 {
            let (here, next) = (at(k), at(k + 1));
            let q = bodies.q();
            let tip = (arm.forward(&q).origin() - arm.forward(&here).origin()).norm().get();
            worst = worst.max(tip);
            let mut speed = next.zip(&here, |n, h| (n - h) / STEP);
            speed.iter_mut().zip(here.iter().zip(q.iter())).for_each(|(v, (r, q))| *v += 200.0 * (r - q));
            bodies.step(&speed);
        }
        assert!(worst < 6e-6, "{worst}");
    }

    #[test]
    fn a_weak_motor_sags() {
        let (arm, masses, effort, park) = fixture::bare_arm();
        let weak: Vec<f64> = effort.iter().map(|_| 0.1).collect();
        let mut bodies = Bodies::new(&arm, &masses, &weak, &park).unwrap();
        for _ in 0..200 {
            bodies.step(&[0.0; 6]);
        }
        assert!(bodies.q().zip(&park, |q, p| q - p).max_abs() > 0.05);
    }

    #[test]
    fn masses_join() {
        let ball = |kg, x| Mass { kg, com: Point3::new(x, 0.0, 0.0), inertia: Matrix3::identity() * 0.1 };
        let both = ball(1.0, -1.0).joined(&ball(1.0, 1.0));
        assert!((both.inertia.m22 - 2.2).abs() < 1e-12 && (both.inertia.m11 - 0.2).abs() < 1e-12);
    }
}
