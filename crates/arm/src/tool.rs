//! The needle tool.
//!
//! In: a tool file ([`Tool::load`], millimetres and degrees). Out: [`Tool`], SI. Absent: what the skin does with it.
//!
//! The needle unit (drive, needle and nose ring in one housing) floats on the nose spring: the ring rides on the skin,
//! and protrusion is measured past the ring, so an axial error of the arm changes the nose force, not the depth. The
//! mechanical stop is a collar inside that unit.

use frames::{Flange, Metres, Newtons, Pose, Protrusion, Radians, Span, Tcp};
use nalgebra::{Matrix3, Point3};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Capsule, Digest, Payload};

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
    pub body: Vec<Capsule>,
    /// The ring on the skin.
    pub nose: Nose,
    /// The needle group.
    pub needle: Needle,
    /// What moves the needle.
    pub drive: Drive,
    /// What the tool can feel.
    pub sensors: Sensors,
}

/// The ring that touches the skin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Nose {
    /// Outer radius of the ring.
    pub radius: Metres,
    /// Radius of the hole the needle comes through.
    pub hole: Metres,
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

impl Nose {
    /// Pushed back this far, the ring presses with this force; past its travel it is as hard as the tool.
    pub fn force(&self, back: Metres) -> Newtons {
        if back <= Metres::ZERO {
            return Newtons::ZERO;
        }
        self.preload + Newtons::new(self.spring_n_per_m * back.min(self.travel).get())
    }

    /// How far the ring must be pushed back to press with `force`; within its travel.
    pub fn displacement(&self, force: Newtons) -> Metres {
        Metres::new((force - self.preload).get() / self.spring_n_per_m).max(Metres::ZERO).min(self.travel)
    }

    /// What touches the skin, m².
    pub fn area(&self) -> f64 {
        std::f64::consts::PI * (self.radius.get().powi(2) - self.hole.get().powi(2))
    }
}

impl Tool {
    /// What the arm carries. The tool's own inertia about its centre is left out: at 0.6 kg and 5 cm it is 1 % of the
    /// last link's torque limit at any acceleration in use.
    pub fn payload(&self) -> Payload {
        Payload { mass_kg: self.mass_kg, com: self.com, inertia: Matrix3::zeros() }
    }

    /// SHA-256 over the description, bit by bit.
    pub fn digest(&self) -> Digest {
        // JSON-free and order-fixed: the same tool gives the same bytes. Writing to memory has no way to fail.
        postcard::to_stdvec(&DigestForm::from(self)).map_or([0; 32], |bytes| Sha256::digest(bytes).into())
    }
}

/// [`Drive`] carries a tag that only self-describing formats can hold; this is the plain form.
#[derive(Serialize)]
struct DigestForm<'a> {
    name: &'a str,
    mount_angle: Radians,
    flange_from_tcp: Pose<Flange, Tcp>,
    mass_kg: f64,
    com: Point3<f64>,
    body: &'a [Capsule],
    nose: Nose,
    needle: Needle,
    drive: (u8, f64, f64, Span),
    sensors: Sensors,
}

impl<'a> From<&'a Tool> for DigestForm<'a> {
    fn from(tool: &'a Tool) -> Self {
        let drive = match tool.drive {
            Drive::Actuator { stroke, acceleration, delay } => (0, stroke.get(), acceleration, delay),
            Drive::Arm { speed } => (1, speed, 0.0, Span::ZERO),
        };
        Self {
            name: &tool.name,
            mount_angle: tool.mount_angle,
            flange_from_tcp: tool.flange_from_tcp,
            mass_kg: tool.mass_kg,
            com: tool.com,
            body: &tool.body,
            nose: tool.nose,
            needle: tool.needle,
            drive,
            sensors: tool.sensors,
        }
    }
}
