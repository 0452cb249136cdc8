//! The border between the controller and any arm, real or simulated.
//!
//! One [`ArmDriver::exchange`] per control cycle: a [`Setpoint`] goes out, an [`ArmState`] comes back. Middleware (fault
//! injection, recording, a tracker from another device) has the same trait and stacks.
//! Absent: truth. Everything in [`ArmState`] is what a sensor said.

use frames::{Base, Head, Instant, Metres, Newtons, Pose, Protrusion, Span};
use serde::{Deserialize, Serialize};

use crate::{JointPos, JointVel};

/// What the controller asks of the arm for one cycle.
///
/// It carries its own expiry: an arm that hears nothing newer until `at + valid_for` withdraws the needle and stops by
/// itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Setpoint {
    /// Rises by one with each setpoint of a run.
    pub seq: u64,
    /// When the arm should be there; stamped by the controller on the run's time line.
    pub at: Instant,
    /// Where the joints should be.
    pub q: JointPos,
    /// How fast they should move there.
    pub qd: JointVel,
    /// Where the needle should be, past the nose ring; the needle drive goes there by its own law.
    pub protrusion: Protrusion,
    /// After this the setpoint may no longer be followed.
    pub valid_for: Span,
}

/// What the sensors said in one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ArmState {
    /// The last setpoint the arm has taken over; `None` before the first.
    pub seq: Option<u64>,
    /// When this was measured; stamped by the arm on the run's time line.
    pub at: Instant,
    /// Encoders.
    pub q: JointPos,
    /// Encoders, differentiated by the arm.
    pub qd: JointVel,
    /// Needle drive's own scale, past the nose ring.
    pub protrusion: Protrusion,
    /// The switch at the needle's withdrawn end.
    pub withdrawn: bool,
    /// How far the nose ring is pushed back into the tool against its spring; zero when it hangs free.
    pub nose: Metres,
    /// Along the needle, positive when the head pushes the tool away.
    pub axial_force: Newtons,
    /// The newest pose the tracker has delivered, if any yet; the same one again until a newer one arrives.
    pub head: Option<Tracked>,
    /// What the arm's own controller allows.
    pub mode: Mode,
}

/// One pose of the head as the tracker saw it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tracked {
    /// Rises by one with each frame of the tracker.
    pub frame: u32,
    /// When the light was caught, not when the pose arrived.
    pub taken: Instant,
    /// Where the scan of the head lies in the base, by the registration in force.
    pub base_from_head: Pose<Base, Head>,
}

/// What the arm's own controller allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Setpoints are followed.
    Running,
    /// The last setpoint expired; the needle is withdrawn and the arm stands.
    Starved,
    /// Stopped by the arm's own safety, power on.
    ProtectiveStop,
    /// Stopped by a person, power off.
    EmergencyStop,
}

/// An arm that takes one setpoint a cycle.
pub trait ArmDriver {
    /// Why an exchange failed.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Length of one control cycle.
    fn cycle(&self) -> Span;

    /// What the sensors say now, without asking for anything.
    fn state(&mut self) -> Result<ArmState, Self::Error>;

    /// Sends `setpoint` and returns the state at the end of the cycle. A simulated arm advances by one cycle; a real one
    /// returns the newest state it has, without waiting.
    fn exchange(&mut self, setpoint: &Setpoint) -> Result<ArmState, Self::Error>;
}
