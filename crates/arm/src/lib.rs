//! The machine: what an arm is, where it can go, and how one talks to it.
//!
//! In: a URDF file, a tool file. Out: [`ArmModel`] (forward and inverse kinematics, Jacobian, torques, limits), [`Tool`],
//! [`Motion`], [`Program`], and the border to any real or simulated arm: [`Setpoint`], [`ArmState`], [`ArmDriver`].
//! Absent: any skin, any scan, any physics, any clock.

mod as_built;
mod driver;
mod dynamics;
mod error;
mod fit;
mod inverse;
mod joints;
mod lines;
mod link;
mod model;
mod motion;
mod newton;
mod pieper;
mod program;
mod sealed;
mod solver;
mod spare;
mod srs;
mod tool;
mod toolfile;
mod tree;
mod trig;
mod ur;
mod urdf;
mod wrist;

pub use driver::{ArmDriver, ArmState, Mode, Setpoint, Tracked};
pub use dynamics::FREE_FALL;
pub use error::ArmError;
pub use fit::{Fit, FitError, Measured, Parameter};
pub use inverse::Branches;
pub use joints::{Joint, JointAcc, JointJerk, JointPos, JointTorque, JointVel, MAX_JOINTS};
pub use link::{Capsule, Form, Link, Look, Payload};
pub use model::{ArmModel, Jacobian, JointModel, Limits};
pub use motion::Motion;
pub use program::{Detour, Digest, Program, Stroke};
pub use solver::Solver;
pub use spare::SPARES;
pub use tool::{Drive, Needle, Nose, Sensors, Tool};
pub use urdf::{ACCELERATION, CONTINUOUS, JERK};
