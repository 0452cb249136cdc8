//! After a fault: needle in, then rest, then nothing.
//!
//! In: the fault, the needle's sensors. Out: what moves until the arm stands. The needle's order has been changed by then;
//! first it comes out while the arm still moves with the head (a needle in skin must not be dragged), then the arm
//! decelerates within its limits, then it stands. A needle that jams, or one that only the arm can pull out, is drawn
//! back straight along its axis. Nothing else moves, ever again. Absent: recovery; that is a new session.

use arm::{ArmState, Drive};
use frames::{Instant, Span};

use crate::controller::Controller;
use crate::path::Move;
use crate::{Cause, Fault, Level, Phase};

/// Time for the needle to leave the skin before the arm stops with the head; R2 asks for it (design, section 9).
const OUT_WITHIN: Span = Span::from_ms(50);
/// After this at rest the run is over, confirmed or not.
const ENOUGH: Span = Span::from_ms(300);

/// What happens after a fault.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Safe {
    /// No fault.
    #[default]
    None,
    /// The needle comes out while the arm moves on with the head.
    Out { since: Instant },
    /// Straight back along the needle.
    Back,
    /// Decelerating.
    Stopping,
    /// Standing.
    Rest { since: Instant, enough: bool },
    /// Nothing is sent.
    Silent,
}

impl Safe {
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Rest { enough: true, .. } | Self::Silent)
    }
}

impl Controller {
    pub(crate) fn enter_safe(&mut self, now: Instant, fault: &Fault) {
        let inside = matches!(self.phase, Phase::Insert | Phase::Dwell | Phase::Withdraw);
        self.phase = Phase::Faulted;
        if fault.level == Level::R4 {
            self.safe = Safe::Silent;
            return;
        }
        // What makes the next setpoint itself suspect leaves no time for the needle: the arm stops at once.
        let lame = matches!(fault.cause, Cause::Refused(_) | Cause::NoPosture);
        self.safe = Safe::Stopping;
        if inside && !lame && matches!(self.path.moving, Move::Along) {
            self.safe = Safe::Out { since: now };
        } else {
            self.brake();
        }
    }

    /// One cycle after a fault.
    pub(crate) fn keep_safe(&mut self, now: Instant, from: Instant, state: &ArmState, deaf: bool) {
        // An arm that follows nothing stands where it stands. Saying so once is no motion.
        if deaf && !matches!(self.safe, Safe::Rest { .. }) {
            let head = self.path.head(from);
            let next = self.guard.said().map_or(1, |s| s.seq + 1);
            self.guard.stands(&state.q, from, next, &head);
            self.path.moving = Move::Still(state.q);
            self.safe = Safe::Rest { since: now, enough: false };
        }
        match self.safe {
            Safe::None | Safe::Silent => {}
            Safe::Out { since } => {
                let pulled = matches!(self.tool.drive, Drive::Arm { .. });
                let jammed = self.fault.is_some_and(|f| matches!(f.cause, Cause::NeedleJam { .. }));
                if pulled {
                    self.draw_back(from, self.config.speeds.near_head);
                } else if !self.needle.is_out(state) {
                    self.safe = Safe::Stopping;
                    self.brake();
                } else if jammed || now - since >= OUT_WITHIN {
                    // It does not come by itself.
                    self.draw_back(from, self.config.speeds.touching);
                }
            }
            Safe::Back => {
                if self.path.axis.is_over(from) {
                    self.safe = Safe::Stopping;
                    self.brake();
                }
            }
            Safe::Stopping => {
                let over = match &self.path.moving {
                    Move::Stop(stop) => stop.is_over(from),
                    _ => true,
                };
                if over && let Some(said) = self.guard.said() {
                    self.path.moving = Move::Still(said.q);
                    self.safe = Safe::Rest { since: now, enough: false };
                }
            }
            Safe::Rest { since, .. } => {
                let back = self.needle.strike().is_none() && self.needle.is_in(state);
                if back || now - since >= ENOUGH {
                    self.safe = Safe::Rest { since, enough: true };
                }
            }
        }
    }

    /// Back to the lifted place of the stroke.
    fn draw_back(&mut self, from: Instant, speed: f64) {
        let on = self.path.axis.at(from);
        let limits = crate::axis::AxisLimits { speed: speed * 0.9, ..self.axis_limits(&self.path.anchor.slope) };
        if self.path.axis.go(from, on, 0.0_f64.min(on.s), 0.0, limits) {
            self.safe = Safe::Back;
        } else {
            self.safe = Safe::Stopping;
            self.brake();
        }
    }
}
