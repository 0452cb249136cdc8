//! The needle's stroke: out, dwell, back, and what became of it.
//!
//! In: an open gate, the needle's scale and switch. Out: the needle's order, corrected for the measured force and tilt; the
//! outcome. Absent: whether it may (see `gate`), faults (see `safe`).

use arm::{ArmState, Drive};
use frames::{Head, Instant, Metres, Newtons, Penetration, Point, Protrusion, Radians, Span, Tcp};

use crate::contact::SCALP;
use crate::controller::Controller;
use crate::fault::Cause;
use crate::gate::Moment;
use crate::needle::Strike;
use crate::stroke::Then;
use crate::{Event, Outcome, Phase};

/// What was believed when the gate opened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AtGate {
    nose: Metres,
    force: Newtons,
    tilt: Radians,
    lateral: Metres,
    entry: Point<Head>,
    correction: (Metres, Radians),
}

impl Controller {
    /// The gate is open: the needle goes.
    pub(crate) fn strike(&mut self, now: Instant, from: Instant, at: Instant, state: &ArmState, m: &Moment) {
        let Some(stroke) = self.program.strokes.get(self.index).copied() else { return };
        let gates = &self.config.gates;
        let lean = self.tool.nose.radius.get() * m.tilt.get().tan();
        let extra = (m.force - self.tool.nose.contact).get();
        let most = gates.protrusion_correction.get();
        let change = (lean - gates.bulge_per_newton * extra).clamp(-most, most);
        let limit = stroke.protrusion.length() + (stroke.deepest.length() - stroke.target.length()).max(Metres::ZERO);
        let limit = limit.min(self.tool.needle.stop.length());
        let commanded = Protrusion::new((stroke.protrusion.length() + Metres::new(change)).min(limit));
        let head = self.head.predict(state.at).map_or(self.program.base_from_head, |h| h.pose());
        let nose = self.model.forward(&state.q) * self.tool.flange_from_tcp;
        // The ring is pushed back: the needle passes it there.
        let ring: Point<Tcp> = Point::new(0.0, 0.0, -state.nose.get());
        self.work.belief = Some(AtGate {
            nose: state.nose,
            force: m.force,
            tilt: m.tilt,
            lateral: m.lateral,
            entry: head.inverse() * (nose * ring),
            correction: self.path.correction(&head, self.site_on_head()),
        });
        self.work.commanded = commanded;
        self.work.reached = None;
        self.needle.out(commanded, Protrusion::new(limit), at);
        self.phase = Phase::Insert;
        if let Drive::Arm { speed } = self.tool.drive {
            let on = self.path.axis.at(from);
            self.work.before_push = on.s;
            let push = (commanded.length() - state.protrusion.length()).get();
            // The skin gives way under the ring while the spring gives way under the needle.
            let give = 1.0 + self.tool.nose.spring_n_per_m / SCALP;
            self.aim(now, from, on.s + push * give, speed);
        }
        self.tell(Event::StrokeBegun { site: stroke.site, index: self.index as u32, at });
    }

    pub(crate) fn insert(&mut self, now: Instant, from: Instant, state: &ArmState) {
        let Some(strike) = self.needle.strike().copied() else { return };
        let Some(stroke) = self.program.strokes.get(self.index).copied() else { return };
        let close = (self.tool.sensors.protrusion_noise * 3.0).max(Metres::from_mm(0.02));
        if self.phase == Phase::Insert && state.protrusion.length() >= self.work.commanded.length() - close {
            self.work.reached = Some(state.at);
            self.phase = Phase::Dwell;
        }
        let dwelt = self.work.reached.is_some_and(|t| now - t >= stroke.dwell);
        let (in_skin, patience) = match self.tool.drive {
            Drive::Actuator { stroke, acceleration, delay } => {
                let way = Span::from_seconds(2.0 * (stroke.get() / acceleration).sqrt()) + delay;
                (Some(self.config.gates.in_skin - way - self.cycle), way + Span::from_ms(30))
            }
            Drive::Arm { speed } => (None, Span::from_seconds(0.004 / speed) + Span::from_ms(150)),
        };
        let long = strike.inserted.zip(in_skin).is_some_and(|(t, most)| now - t >= most);
        if dwelt || long || self.ending || now - strike.began >= patience + stroke.dwell {
            if self.ending && !dwelt {
                self.work.aborted = Some(Cause::Operator);
            }
            self.needle.call_in(now);
            self.phase = Phase::Withdraw;
            if let Drive::Arm { speed } = self.tool.drive {
                self.aim(now, from, self.work.before_push, speed);
            }
        }
    }

    pub(crate) fn withdraw(&mut self, now: Instant, from: Instant, state: &ArmState) {
        if self.needle.strike().is_none() && self.needle.is_in(state) {
            self.start_lift(now, from, Then::Next);
        }
    }

    /// The needle is back: the outcome of the stroke.
    pub(crate) fn conclude(&mut self, now: Instant, strike: &Strike) {
        let Some(stroke) = self.program.strokes.get(self.index).copied() else { return };
        let Some(belief) = self.work.belief else { return };
        let gates = &self.config.gates;
        let lean = self.tool.nose.radius.get() * belief.tilt.get().tan();
        let extra = (belief.force - self.tool.nose.contact).get();
        let departure =
            (strike.reached.length() - stroke.protrusion.length()).get() + gates.bulge_per_newton * extra - lean;
        let penetration = if strike.inserted.is_some() { stroke.target.get() + departure } else { 0.0 };
        let expected = self.work.expected;
        self.done += 1;
        self.skips_in_row = 0;
        let outcome = Outcome {
            site: stroke.site,
            index: self.index as u32,
            began: strike.began,
            inserted: strike.inserted,
            withdrawn: strike.withdrawn,
            confirmed: now,
            planned: stroke.protrusion,
            commanded: self.work.commanded,
            reached: strike.reached,
            nose: belief.nose,
            force: belief.force,
            force_most: strike.force_most,
            penetration: Penetration::new(Metres::new(penetration.max(0.0))),
            entry: belief.entry,
            tilt: belief.tilt,
            lateral: belief.lateral,
            correction: belief.correction.0,
            correction_turn: belief.correction.1,
            surface: Metres::new(self.work.contact.map_or(0.0, |c| c - self.work.lift)),
            surface_sigma: expected.map_or(Metres::ZERO, |e| e.sigma),
            took: now - self.last_end.unwrap_or(now),
            aborted: self.work.aborted,
        };
        self.last_end = Some(now);
        self.tell(Event::Done(outcome));
    }
}
