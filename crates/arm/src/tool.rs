//! The needle tool.
//!
//! The needle unit (drive, needle and nose ring in one housing) floats on the nose spring: the ring rides on the skin,
//! and protrusion is measured past the ring, so an axial error of the arm changes the nose force, not the depth. The
//! mechanical stop is a collar inside that unit.

use frames::{Flange, Metres, Newtons, Pose, Protrusion, Radians, Span, Tcp};
use nalgebra::Point3;
use serde::{Deserialize, Serialize};

/// Everything the pipeline knows about a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// For messages and the report.
    pub name: String,
    /// Between the flange's +z and the needle's +z. Zero wastes the free spin.
    pub mount_angle: Radians,
    /// Where the nose ring's centre is at rest, +z along the needle, out of the tool.
    pub flange_from_tcp: Pose<Flange, Tcp>,
    /// Everything beyond the flange, kg.
    pub mass_kg: f64,
    /// Centre of that mass in the flange frame, m.
    pub com: Point3<f64>,
    /// The tool's solid parts, for collision; capsules in the flange frame.
    pub body: Vec<Body>,
    /// The ring on the skin.
    pub nose: Nose,
    /// The needle group.
    pub needle: Needle,
    /// What moves the needle.
    pub drive: Drive,
    /// What the tool can feel.
    pub sensors: Sensors,
}

/// A capsule: all points within `radius` of the segment `a`-`b`, flange frame, m.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// One end.
    pub a: Point3<f64>,
    /// The other.
    pub b: Point3<f64>,
    /// Around it.
    pub radius: Metres,
}

/// The ring that touches the skin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Nose {
    /// Outer radius of the ring.
    pub radius: Metres,
    /// Stiffness of its spring, N/m.
    pub spring_n_per_m: f64,
    /// Force at which the spring begins to give.
    pub preload: Newtons,
    /// How far the ring can be pushed back.
    pub travel: Metres,
    /// Force to press with while a needle is in the skin.
    pub contact: Newtons,
}

/// The needle group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Needle {
    /// Points in the group: 1 for 1RL, 3 for 3RL.
    pub points: u32,
    /// Of one needle.
    pub diameter: Metres,
    /// Mechanical stop: no command can bring the needle further out.
    pub stop: Protrusion,
    /// Where it rests between strokes; negative, behind the ring.
    pub rest: Protrusion,
}

/// What moves the needle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Drive {
    /// A voice coil in the needle unit; the arm stands while it strikes.
    Actuator {
        /// From rest to the stop.
        stroke: Metres,
        /// Bang-bang, m/s².
        acceleration: f64,
        /// From command to first motion.
        delay: Span,
    },
    /// A rigid needle that the arm pushes in. For silicone phantoms.
    Arm {
        /// Of the push, m/s.
        speed: f64,
    },
}

/// What the tool can feel; standard deviations of the noise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sensors {
    /// Axial force.
    pub force_noise: Newtons,
    /// Nose displacement.
    pub nose_noise: Metres,
    /// Needle drive's scale.
    pub protrusion_noise: Metres,
}
