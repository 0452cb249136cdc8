//! A design with the dots of all its sessions.
//!
//! In: a scene. Out: [`Finished`]. Sessions are laid one after another, each among the dots of those before it, as on a
//! person. Absent: pictures, arm, plan.

use std::sync::Arc;

use design::{Fields, Frozen, FrozenKind};
use frames::Span;
use stipple::Site;

use super::{Laid, Looks, When, looks};
use crate::{Failure, SceneFile, Treatment};

/// A design with the dots of all its sessions.
pub struct Finished {
    /// Of the last session.
    pub treatment: Treatment,
    /// Dots, session by session.
    pub sessions: Vec<Vec<Site>>,
    /// Of the first session: the design before any dot.
    pub(super) first: Arc<Fields>,
}

impl Finished {
    /// Lays every session of the scene, whichever it says is today's.
    ///
    /// # Errors
    /// What is wrong with the scene.
    pub fn lay(file: SceneFile) -> Result<Self, Failure> {
        let mut sessions: Vec<Vec<Site>> = Vec::new();
        let mut first = None;
        let mut number = 1;
        loop {
            let mut file = file.clone();
            file.scene.session.number = number;
            // Every session is laid here, as designed; none is read from a journal.
            file.scene.session.earlier.clear();
            let last = number >= file.scene.session.of;
            let mut treatment = Treatment::new(file)?;
            if let Some(fields) = Arc::get_mut(&mut treatment.fields) {
                let earlier = sessions.iter().flatten().map(|s| s.head_from_skin.origin());
                let earlier = earlier.map(|point| Frozen { point, kind: FrozenKind::Earlier { ink: 1.0 } });
                fields.freeze(&treatment.scan.surface, earlier);
            }
            sessions.push(treatment.lay()?.sites);
            let first = Arc::clone(first.get_or_insert_with(|| Arc::clone(&treatment.fields)));
            if last {
                return Ok(Self { treatment, sessions, first });
            }
            number += 1;
        }
    }

    /// All dots.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.sessions.iter().flatten()
    }

    /// The scalp `when`.
    ///
    /// # Errors
    /// The hair of [`When::Hair`] cannot be laid.
    pub fn looks(&self, when: When) -> Result<Looks, Failure> {
        let session = &self.treatment.file.scene.session;
        let rest = session.days_since.map_or(super::REST, skin::days);
        let last = self.sessions.len().saturating_sub(1);
        let before = |k: usize| Span::from_seconds(rest.seconds() * (last - k) as f64);
        let laid: Vec<Laid<'_>> =
            self.sessions.iter().enumerate().map(|(k, sites)| Laid { sites, before_last: before(k) }).collect();
        looks(&self.treatment, &self.first, &laid, when)
    }
}
