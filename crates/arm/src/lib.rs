//! The machine: what an arm is, where it can go, and how one talks to it.
//!
//! In: a URDF file, a tool file. Out: [`ArmModel`] (forward kinematics, Jacobian, inverse kinematics, limits), [`Tool`],
//! [`Program`], and the border to any real or simulated arm: [`Setpoint`], [`ArmState`], [`ArmDriver`].
//! Absent: any skin, any scan, any physics, any clock.

mod driver;
mod joints;
mod model;
mod program;
mod tool;

pub use driver::{ArmDriver, ArmState, Mode, Setpoint, Tracked};
pub use joints::{Joint, JointAcc, JointJerk, JointPos, JointVel, MAX_JOINTS};
pub use model::{ArmModel, Jacobian, JointModel, Limits};
pub use program::{Digest, Program, Stroke};
pub use tool::{Body, Drive, Needle, Nose, Sensors, Tool};
