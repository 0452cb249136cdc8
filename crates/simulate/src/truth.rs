//! What really happened: for reports, telemetry and tests.
//!
//! In: the world, step by step. Out: [`Truth`]. No controller may hold one: what a controller may know is in
//! [`arm::ArmState`]. Instants are on the run's time line; `Head` is the true head's frame, in which the scan lies without
//! registration error.

use arm::JointPos;
use frames::{Base, Dir, Head, Instant, Metres, Newtons, Penetration, Point, Pose, Protrusion, Radians, Span, Tcp};
use serde::{Deserialize, Serialize};

/// The true state of the world and everything that has happened in it. For reports only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// The moment all of the rest belongs to.
    pub at: Instant,
    /// True joint angles.
    pub q: JointPos,
    /// The true head.
    pub base_from_head: Pose<Base, Head>,
    /// The true nose ring, hanging free.
    pub base_from_tcp: Pose<Base, Tcp>,
    /// Of the needle past the ring.
    pub protrusion: Protrusion,
    /// Of the ring, pushed back.
    pub nose: Metres,
    /// On tool and head along the needle.
    pub nose_force: Newtons,
    /// Of the tip, now.
    pub penetration: Penetration,
    /// Where the controller's tracker thinks a point of the true head is, apart from noise: the registration error.
    pub registration: Pose<Head, Head>,
    /// Every finished puncture, in order.
    pub hits: Vec<Hit>,
    /// Every collision of a link or the tool's body, in order of its first touch; see [`Truth::accidents_not_kept`].
    pub accidents: Vec<Accident>,
    /// Collisions past the first 1000.
    pub accidents_not_kept: u32,
    /// Smallest distance so far between the head and a link or the tool's body; `None` while none has been near.
    pub clearance: Option<Metres>,
    /// Largest force on the head along the needle so far.
    pub nose_force_max: Newtons,
}

/// One puncture, from the moment the skin gave way to the moment the tip was out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The setpoint in force when the skin gave way.
    pub seq: Option<u64>,
    /// The skin gave way; to 0.1 ms.
    pub entered: Instant,
    /// The tip was out; to 0.1 ms.
    pub left: Instant,
    /// On the true skin.
    pub entry: Point<Head>,
    /// Of the true skin, outward, over R = 5 mm.
    pub normal: Dir<Head>,
    /// Of the needle, outward.
    pub axis: Dir<Head>,
    /// Between the two, at entry.
    pub tilt: Radians,
    /// Deepest.
    pub penetration: Penetration,
    /// When deepest.
    pub protrusion: Protrusion,
    /// Skin pushed in around the needle, when deepest.
    pub dent: Metres,
    /// Of the tip when the skin gave way, m/s.
    pub speed: f64,
    /// Largest while inside.
    pub nose_force: Newtons,
    /// How far needle and skin moved sideways against each other while inside.
    pub drag: Metres,
    /// Ink that the hole takes up when needle and film are full, m³ (`skin::ink_volume`).
    pub ink: f64,
    /// The zone's facts at the entry.
    pub zone: skin::ZoneFacts,
    /// The skin as it was there: what healing is forecast from.
    pub skin: skin::Local,
}

impl Hit {
    /// How long the tip was inside.
    pub fn inside(&self) -> Span {
        self.left - self.entered
    }
}

/// What touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Solid {
    /// A shape of the link that this joint carries, 0 first.
    Link(usize),
    /// A part of the tool, in the order of its file.
    Tool(usize),
}

/// What was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// The head.
    Head,
    /// The table.
    Table,
    /// A solid of the cell, in the order given.
    Cell(usize),
}

/// One collision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accident {
    /// First touch.
    pub at: Instant,
    /// Last touch.
    pub until: Instant,
    /// Of the arm.
    pub solid: Solid,
    /// Of the cell.
    pub obstacle: Obstacle,
    /// Largest overlap.
    pub depth: Metres,
    /// Largest force.
    pub force: Newtons,
}
