//! The newest nose and force readings, and what the force sensor says in the air.
//!
//! In: states. Out: how far the nose moved and how hard it pressed within a window; bias and spread in the air. Absent:
//! judgement.

use arm::ArmState;
use frames::{Instant, Metres, Newtons, Span};

/// The newest nose and force readings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    readings: [(Instant, f64, f64); 32],
    count: usize,
    length: Span,
}

impl Default for Window {
    fn default() -> Self {
        Self { readings: [(Instant::START, 0.0, 0.0); 32], count: 0, length: Span::ZERO }
    }
}

/// The force sensor in the air.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Air {
    pub(crate) bias: Newtons,
    pub(crate) sum: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    pub(crate) count: u32,
}

impl Window {
    pub(crate) fn add(&mut self, state: &ArmState, length: Span) {
        self.readings[self.count % 32] = (state.at, state.nose.get(), state.axial_force.get());
        self.count += 1;
        self.length = length;
    }

    fn newest(&self, now: Instant) -> impl Iterator<Item = &(Instant, f64, f64)> {
        let n = self.count;
        (1..=n.min(32)).map(move |k| &self.readings[(n - k) % 32]).take_while(move |r| now - r.0 <= self.length)
    }

    /// How far the nose moved, and the mean force, within the window; `None` while it reaches back before `since`.
    pub(crate) fn look(&self, now: Instant, since: Instant) -> Option<(Metres, Newtons)> {
        let (mut least, mut most, mut force, mut n) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0.0);
        for (_, nose, f) in self.newest(now) {
            (least, most, force, n) = (least.min(*nose), most.max(*nose), force + f, n + 1.0);
        }
        let full = now - since >= self.length && n >= 3.0;
        full.then(|| (Metres::new(most - least), Newtons::new(force / n)))
    }
}

impl Air {
    pub(crate) fn add(&mut self, force: f64) {
        if self.count == 0 {
            (self.least, self.most) = (force, force);
        }
        (self.least, self.most) = (self.least.min(force), self.most.max(force));
        self.sum += force;
        self.count += 1;
    }
}
