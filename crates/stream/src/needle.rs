//! The needle's order, and what became of it.
//!
//! In: orders out and in, the needle's scale and switch in every cycle. Out: when it passed the ring, how far it went,
//! whether it is confirmed back, or jammed. Runs in every phase, faults included, so that no stroke that was begun ends
//! without an outcome. Absent: when to insert; that is the gate's.

use arm::{ArmState, Drive, Tool};
use frames::{Instant, Metres, Newtons, Protrusion, Span};

use crate::fault::{Alarm, Cause, Level};

/// With an arm drive there is no switch: the scale must be this far behind the ring.
const BEHIND: Metres = Metres::from_mm(0.05);

/// One stroke of the needle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Strike {
    pub(crate) began: Instant,
    pub(crate) inserted: Option<Instant>,
    pub(crate) withdrawn: Option<Instant>,
    pub(crate) reached: Protrusion,
    pub(crate) force_most: Newtons,
}

/// The needle.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    rest: Protrusion,
    has_switch: bool,
    jam: Span,
    wanted: Protrusion,
    /// Farthest it may be while out.
    limit: Protrusion,
    told_in: Option<Instant>,
    strike: Option<Strike>,
    jammed: bool,
}

impl Needle {
    pub(crate) fn new(tool: &Tool, jam: Span) -> Self {
        Self {
            rest: tool.needle.rest,
            has_switch: matches!(tool.drive, Drive::Actuator { .. }),
            jam,
            wanted: tool.needle.rest,
            limit: Protrusion::ZERO,
            told_in: None,
            strike: None,
            jammed: false,
        }
    }

    /// Out, for a stroke that begins with the setpoint for `at`.
    pub(crate) fn out(&mut self, to: Protrusion, limit: Protrusion, at: Instant) {
        (self.wanted, self.limit, self.told_in) = (to, limit, None);
        self.strike =
            Some(Strike { began: at, inserted: None, withdrawn: None, reached: self.rest, force_most: Newtons::ZERO });
    }

    /// Back, now.
    pub(crate) fn call_in(&mut self, now: Instant) {
        if self.wanted != self.rest {
            (self.wanted, self.told_in) = (self.rest, Some(now));
        }
    }

    pub(crate) fn wanted(&self) -> Protrusion {
        self.wanted
    }

    pub(crate) fn limit(&self) -> Protrusion {
        self.limit
    }

    /// How far it may be out as far as the watch is concerned: also while it comes back.
    pub(crate) fn may_be_out(&self) -> Option<Protrusion> {
        self.strike.map(|_| self.limit)
    }

    pub(crate) fn strike(&self) -> Option<&Strike> {
        self.strike.as_ref()
    }

    /// The tip is past the ring, or not known to be back after a strike.
    pub(crate) fn is_out(&self, state: &ArmState) -> bool {
        state.protrusion > Protrusion::ZERO
    }

    /// Switch and scale agree that it is in.
    pub(crate) fn is_in(&self, state: &ArmState) -> bool {
        let behind = state.protrusion.length() <= if self.has_switch { Metres::ZERO } else { -BEHIND };
        behind && (state.withdrawn || !self.has_switch)
    }

    /// Notes what the sensors say. Gives the strike when it has ended, an alarm when the needle does not come back.
    pub(crate) fn note(&mut self, now: Instant, state: &ArmState) -> (Option<Strike>, Option<Alarm>) {
        let inside = self.is_in(state);
        if let Some(strike) = &mut self.strike {
            if state.protrusion > Protrusion::ZERO && strike.inserted.is_none() {
                strike.inserted = Some(state.at);
            }
            if state.protrusion <= Protrusion::ZERO && strike.inserted.is_some() && strike.withdrawn.is_none() {
                strike.withdrawn = Some(state.at);
            }
            if state.protrusion > strike.reached {
                strike.reached = state.protrusion;
            }
            strike.force_most = strike.force_most.max(state.axial_force);
        }
        let Some(told) = self.told_in else { return (None, None) };
        // The state must be from after the order, or the needle is "in" before it ever went out.
        if inside && state.at > told {
            self.told_in = None;
            self.jammed = false;
            return (self.strike.take(), None);
        }
        let after = now - told;
        if after > self.jam && !self.jammed {
            self.jammed = true;
            let cause = Cause::NeedleJam { protrusion: state.protrusion, after };
            return (None, Some(Alarm::new(Level::R3, cause)));
        }
        (None, None)
    }
}
