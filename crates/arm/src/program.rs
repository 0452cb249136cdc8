//! One session's work for one arm: strokes in order, each with the posture that reaches it.
//!
//! A program holds no timed samples: hops are rest-to-rest motions that the limits determine, so a stroke is small and
//! the controller can rebuild any motion in nanoseconds without the heap.

use frames::{Base, Head, Penetration, Pose, Protrusion, SiteId, Span, Tcp};
use serde::{Deserialize, Serialize};

use crate::{JointPos, Limits};

/// SHA-256.
pub type Digest = [u8; 32];

/// One session's work for one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// Of the scene file's bytes.
    pub scene: Digest,
    /// Of the checked surface.
    pub scan: Digest,
    /// Of the arm's description.
    pub arm: Digest,
    /// Of the tool's description.
    pub tool: Digest,
    /// Where the head was taken to be.
    pub base_from_head: Pose<Base, Head>,
    /// Every motion keeps these.
    pub limits: Limits,
    /// Where the arm stands before and after.
    pub park: JointPos,
    /// From `park` to the first stroke's `lifted`, stopping at each; neither end is listed.
    pub approach: Vec<JointPos>,
    /// In the order of work.
    pub strokes: Vec<Stroke>,
    /// From the last stroke's `lifted` back to `park`, stopping at each; neither end is listed.
    pub retreat: Vec<JointPos>,
}

/// One dot.
///
/// Travel (previous `lifted` to this `lifted`), approach (`lifted` to `touch`), contact, insertion, dwell, withdrawal,
/// lift (`touch` to `lifted`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// Which dot.
    pub site: SiteId,
    /// Where the nose belongs at touch: origin on the surface, +z into the skin along the needle, spin as chosen.
    pub head_from_touch: Pose<Head, Tcp>,
    /// The posture at `head_from_touch` for the program's `base_from_head`.
    pub touch: JointPos,
    /// The posture above it; straight back along the needle from `touch`.
    pub lifted: JointPos,
    /// What the needle drive is told.
    pub protrusion: Protrusion,
    /// What the skin should get.
    pub target: Penetration,
    /// What the skin may get at the very most.
    pub deepest: Penetration,
    /// Stay at depth this long.
    pub dwell: Span,
}
