//! From above the skin to an open gate: approach, seek, settle, gate.
//!
//! In: the stroke, the learnt surface, nose and force. Out: the course along the needle, the next phase. Contact is found by
//! the nose, never believed from the scan; the scan and the contacts so far only say where to look, and how fast one may go
//! there. Absent: the needle's order (see `strike`), travel (see `stroke`).

use arm::{ArmState, Drive, JointPos};
use frames::{Instant, Metres, Radians, Span};
use nalgebra::Vector3;

use crate::axis::{AxisLimits, On};
use crate::controller::Controller;
use crate::fault::Cause;
use crate::gate::{Moment, closed};
use crate::guard::feels;
use crate::path::{Anchor, Move};
use crate::stroke::{MARGIN, Then, Work};
use crate::{HoldWhy, Input, Phase, Why};

/// Scalp under the ring, N/m (`skin.md` 1.12): only the first guess of how far to press.
pub(crate) const SCALP: f64 = 1_800.0;
/// The nose is pressed in faster than it seeks once the surface is trusted: 20 mm/s times the longest stop latency on
/// record (98 ms, `skin.md` 4.2) at 0.4 N/mm adds 0.8 N to a contact of 0.8 N and stays below the trip of 2 N.
const PRESS: f64 = 2.0;
/// Shortest approach worth its own course.
const WORTH: f64 = 3e-4;
/// Trials to reach the contact force.
const TRIES: u32 = 6;
/// The force must stand within this after the first touch.
const SETTLE: Span = Span::from_ms(800);

/// The measured nose against the stroke's axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) s: f64,
    pub(crate) lateral: f64,
    pub(crate) tilt: f64,
}

impl Controller {
    pub(crate) fn begin_stroke(&mut self, now: Instant, from: Instant) {
        let Some(stroke) = self.program.strokes.get(self.index).copied() else { return };
        let tcp = self.tool.flange_from_tcp.get();
        let nominal = self.model.forward(&stroke.lifted).get() * tcp;
        let touch = self.model.forward(&stroke.touch).get() * tcp;
        let lift = (nominal.inverse() * touch).translation.vector.z;
        let slope = stroke.touch.zip(&stroke.lifted, |t, l| (t - l) / lift);
        self.path.anchor = Anchor { nominal, seed: stroke.lifted, slope, stroke: true };
        self.path.axis.stand(0.0, from);
        self.path.moving = Move::Along;
        let expected = self.learnt.expect(stroke.head_from_touch.origin());
        let surface = lift + expected.offset.get();
        let limits = self.axis_limits(&slope);
        self.work = Work {
            expected: Some(expected),
            surface,
            lift,
            limits: Some(limits),
            retries: self.work.retries,
            ..Work::default()
        };
        let speeds = &self.config.speeds;
        let slow_from =
            if expected.trusted { surface - 3.0 * expected.sigma.get() } else { surface - speeds.last.get() };
        let slow = speeds.touching * MARGIN;
        self.phase = Phase::Approach;
        let fast = AxisLimits { speed: (speeds.near_head * MARGIN).min(limits.speed), ..limits };
        if !(slow_from > WORTH && self.path.axis.go(from, On::default(), slow_from, slow, fast)) {
            self.start_seek(now, from);
        }
    }

    /// What the joints allow along the needle.
    pub(crate) fn axis_limits(&self, slope: &JointPos) -> AxisLimits {
        let part = self.config.speeds.share;
        let limits = &self.model.limits;
        let most = |limit: &[f64]| {
            let along = limit.iter().zip(slope.iter()).map(|(l, d)| part * l / d.abs().max(1e-6));
            along.fold(f64::INFINITY, f64::min)
        };
        AxisLimits { speed: most(&limits.speed), acceleration: most(&limits.acceleration), jerk: most(&limits.jerk) }
    }

    fn tolerance(&self) -> f64 {
        let search = self.config.speeds.search.get();
        match self.work.expected {
            Some(e) if e.trusted => (5.0 * e.sigma.get()).clamp(5e-4, search.max(5e-4)),
            _ => search,
        }
    }

    fn start_seek(&mut self, now: Instant, from: Instant) {
        self.phase = Phase::Seek;
        let slow = self.config.speeds.touching * MARGIN;
        let end = self.work.surface + self.tolerance();
        self.aim(now, from, end, slow);
    }

    /// Re-aims the course along the needle; what cannot be aimed is stopped.
    pub(crate) fn aim(&mut self, now: Instant, from: Instant, to: f64, speed: f64) {
        let on = self.path.axis.at(from);
        let limits = self.work.limits.unwrap_or_else(|| self.axis_limits(&self.path.anchor.slope));
        let limits = AxisLimits { speed: speed.min(limits.speed), ..limits };
        if !self.path.axis.go(from, on, to, 0.0, limits) {
            self.hold_for(now, HoldWhy::Cause(Cause::NoPosture), true);
            self.abandon_for(Why::Refused, Some(Cause::NoPosture), now);
            self.stop_here(Then::Away);
        }
    }

    pub(crate) fn seek(&mut self, now: Instant, from: Instant, state: &ArmState) {
        if self.leave_early(now, from) {
            return;
        }
        if self.touches(state) {
            let Some(seen) = self.seen(state) else { return };
            let contact = seen.s - state.nose.get();
            let by = contact - self.work.surface;
            if !(by >= -self.tolerance()) {
                return self.give_up(now, from, Why::ContactEarly { by: Metres::new(-by) });
            }
            self.work.contact = Some(contact);
            self.learnt.add(self.site_on_head(), Metres::new(contact - self.work.lift));
            self.work.since = Some(now);
            self.phase = Phase::Settle;
            let speed = self.touching_speed() * MARGIN;
            return self.aim(now, from, contact + self.press, speed);
        }
        if !self.path.axis.is_over(from) && self.phase == Phase::Seek {
            return;
        }
        if self.phase == Phase::Approach {
            if self.path.axis.is_over(from) {
                self.start_seek(now, from);
            }
            return;
        }
        let since = *self.work.since.get_or_insert(now);
        if now - since >= self.config.tracking.arm_lag + Span::from_ms(30) {
            let by = Metres::new(self.path.axis.at(from).s - self.work.surface);
            self.give_up(now, from, Why::ContactLate { by });
        }
    }

    pub(crate) fn settle(&mut self, now: Instant, from: Instant, state: &ArmState) {
        if self.leave_early(now, from) {
            return;
        }
        let first = self.work.since.unwrap_or(now);
        if !self.path.axis.is_over(from) {
            self.work.waiting = None;
            return;
        }
        // The arm arrives a servo lag after its course; the window must begin after that.
        let arrived = *self.work.waiting.get_or_insert(now);
        let Some((moved, force)) = self.window.look(state.at, arrived + self.config.tracking.arm_lag) else { return };
        let force = self.felt(force);
        let still = moved <= self.config.gates.still + self.tool.sensors.nose_noise * 4.0;
        let error = self.tool.nose.contact - force;
        let on = self.path.axis.at(from);
        let contact = self.work.contact.unwrap_or(on.s);
        if still && error.abs() <= self.config.gates.force_tolerance {
            self.press += 0.3 * (on.s - contact - self.press);
            self.work.since = Some(now);
            self.phase = Phase::Gate;
            return;
        }
        let late = now - first > SETTLE;
        if !still && !late {
            return;
        }
        self.work.tries += 1;
        if late || self.work.tries > TRIES {
            let gates = &self.config.gates;
            if still && force >= gates.force_least && force <= gates.force_most {
                self.work.since = Some(now);
                self.phase = Phase::Gate;
                return;
            }
            return self.give_up(now, from, Why::Force { force });
        }
        let stiffness = 1.0 / (1.0 / self.tool.nose.spring_n_per_m + 1.0 / SCALP);
        let step = (error.get() / stiffness).clamp(-5e-4, 5e-4);
        self.work.waiting = None;
        self.aim(now, from, on.s + step, self.touching_speed() * MARGIN);
    }

    pub(crate) fn gate(&mut self, now: Instant, from: Instant, at: Instant, state: &ArmState, input: &Input) {
        if self.leave_early(now, from) {
            return;
        }
        let since = *self.work.since.get_or_insert(now);
        let Some(seen) = self.seen(state) else { return };
        let look = self.window.look(state.at, Instant::START);
        let force = self.felt(look.map_or(state.axial_force, |l| l.1));
        let moment = Moment {
            well: self.calm && self.hold.is_none() && !self.has_news() && !input.backlog,
            leased: (self.index as u64) < u64::from(input.lease),
            tracker_age: self.head.age(now),
            head_speed: self.head.speed(&self.site_on_head(), state.at),
            force,
            tilt: Radians::new(seen.tilt),
            lateral: Metres::new(seen.lateral),
            moved: look.map(|l| l.0),
            needle_in: self.needle.is_in(state),
        };
        let Some(why) = closed(&moment, &self.config.gates, self.tool.sensors.nose_noise) else {
            return self.strike(now, from, at, state, &moment);
        };
        let patience = self.config.gates.patience;
        if matches!(why, Why::Force { .. }) && now - since > Span::from_ns(patience.ns() / 4) && self.work.tries < TRIES
        {
            // The force crept away: press again.
            self.work.waiting = None;
            self.phase = Phase::Settle;
            return;
        }
        if now - since > patience {
            let nobodys_fault = matches!(why, Why::Lease | Why::NotWell);
            if nobodys_fault || self.work.retries < self.config.gates.retries {
                self.work.retries += u32::from(!nobodys_fault);
                return self.start_lift(now, from, Then::Again);
            }
            self.give_up(now, from, why);
        }
    }

    pub(crate) fn touches(&self, state: &ArmState) -> bool {
        let (nose, force) = feels(&self.tool);
        state.nose > nose || self.felt(state.axial_force) > force
    }

    /// Towards the skin while touching, m/s.
    pub(crate) fn touching_speed(&self) -> f64 {
        let slow = self.config.speeds.touching;
        if let (Drive::Arm { speed }, Phase::Insert | Phase::Dwell | Phase::Withdraw) = (&self.tool.drive, self.phase) {
            return speed.max(slow);
        }
        let trusted = self.work.expected.is_some_and(|e| e.trusted) && self.work.contact.is_some();
        if trusted { slow * PRESS } else { slow }
    }

    /// The measured nose on the stroke's axis, under the head as predicted for the moment of the measurement.
    pub(crate) fn seen(&self, state: &ArmState) -> Option<Seen> {
        let head = self.head.predict(state.at)?;
        let axis = self.path.shift(&head.pose()) * self.path.anchor.nominal;
        let nose = axis.inverse() * self.model.forward(&state.q).get() * self.tool.flange_from_tcp.get();
        let p = nose.translation.vector;
        let z = nose.rotation * Vector3::z();
        Some(Seen { s: p.z, lateral: p.x.hypot(p.y), tilt: z.x.hypot(z.y).atan2(z.z) })
    }
}
