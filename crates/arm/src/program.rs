//! One session's work for one arm: strokes in order, each with the posture that reaches it.
//!
//! In: what the planner decided. Out: a [`Program`] and its file. Absent: timed samples, any geometry of the head.
//!
//! A program holds no timed samples: hops are rest-to-rest motions that the limits determine, so a stroke is small and
//! the controller can rebuild any motion in nanoseconds without the heap.

use std::path::Path;

use frames::{Base, Head, Penetration, Pose, Protrusion, SiteId, Span, Tcp};
use serde::{Deserialize, Serialize};

use crate::{ArmError, JointPos, Limits, sealed};

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
    /// Ways between two strokes that no straight hop joins, in order of [`Detour::before`].
    pub detours: Vec<Detour>,
    /// From the last stroke's `lifted` back to `park`, stopping at each; neither end is listed.
    pub retreat: Vec<JointPos>,
}

/// A way around something: from the `lifted` of the stroke before, stopping at each of `stops`, to the `lifted` of stroke
/// `before`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detour {
    /// Index of the stroke that it leads to; never the first.
    pub before: u32,
    /// At least one.
    pub stops: Vec<JointPos>,
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

impl Program {
    /// Writes the program under `path`, whole or not at all: a reader sees the old file or the new one.
    pub fn save(&self, path: &Path) -> Result<(), ArmError> {
        let body = postcard::to_stdvec(self)
            .map_err(|e| ArmError::Program { path: path.to_owned(), message: e.to_string() })?;
        sealed::write(path, &body)
    }

    /// Reads a program back; every changed, missing or added byte is noticed.
    pub fn load(path: &Path) -> Result<Self, ArmError> {
        let body = sealed::read(path)?;
        let bad = |message: String| ArmError::Program { path: path.to_owned(), message };
        let (program, rest) =
            postcard::take_from_bytes::<Self>(&body).map_err(|e| bad(format!("its body does not decode ({e})")))?;
        if !rest.is_empty() {
            return Err(bad(format!("{} bytes follow its last stroke", rest.len())));
        }
        program.check().map_err(bad)?;
        Ok(program)
    }

    /// Where to stop on the way to stroke `index`; nowhere, if the straight hop is clear.
    pub fn detour(&self, index: usize) -> &[JointPos] {
        let found = self.detours.binary_search_by(|d| (d.before as usize).cmp(&index));
        found.map_or(&[], |k| &self.detours[k].stops)
    }

    /// What every reader may rely on: one number of joints throughout, every number finite.
    fn check(&self) -> Result<(), String> {
        let dof = self.park.len();
        let limits = &self.limits;
        let counts = [limits.lower.len(), limits.upper.len(), limits.speed.len()];
        if counts.iter().chain(&[limits.acceleration.len(), limits.jerk.len()]).any(|&n| n != dof) {
            return Err(format!("its limits are not for the {dof} joints of its park posture"));
        }
        let strokes = self.strokes.iter().flat_map(|s| [&s.touch, &s.lifted]);
        let detours = self.detours.iter().flat_map(|d| &d.stops);
        for q in self.approach.iter().chain(&self.retreat).chain([&self.park]).chain(strokes).chain(detours) {
            if q.len() != dof || !q.is_finite() {
                return Err(format!("the posture {:?} is not {dof} finite angles", &**q));
            }
        }
        for stroke in &self.strokes {
            let lengths = [stroke.protrusion.get(), stroke.target.get(), stroke.deepest.get()];
            if lengths.iter().any(|v| !v.is_finite())
                || !stroke.head_from_touch.is_finite()
                || stroke.dwell < Span::ZERO
            {
                return Err(format!("{} has a number that cannot be", stroke.site));
            }
        }
        let mut least = 1;
        for detour in &self.detours {
            let before = detour.before as usize;
            if !(least..self.strokes.len()).contains(&before) || detour.stops.is_empty() {
                return Err(format!("its detour before stroke {before} leads from nowhere or has no stops"));
            }
            least = before + 1;
        }
        if !self.base_from_head.is_finite() {
            return Err("the head's pose is not finite".to_owned());
        }
        Ok(())
    }
}
