//! The course of a treatment: from stroke to stroke, as sensors and time allow.
//!
//! In: the newest state, the lease, the path. Out: the next phase, what moves, events. Wait, travel, ready; then `contact`
//! (approach, seek, settle, gate) and `strike` (insert, dwell, withdraw); then lift, and again, and home. Absent: faults
//! (see `safe`), the geometry of moving with the head (see `path`).

use arm::{ArmState, JointPos};
use frames::{Instant, Newtons, Protrusion, Span};

use crate::axis::AxisLimits;
use crate::controller::Controller;
use crate::fault::Cause;
use crate::felt::Air;
use crate::follow::Follower;
use crate::guard::{feels, hit};
use crate::path::Move;
use crate::strike::AtGate;
use crate::surface::Expected;
use crate::{Event, HoldWhy, Input, Phase, Why};

/// Speeds are planned this part below the guard's bounds.
pub(crate) const MARGIN: f64 = 0.95;
/// Clearance taken by the way back from a place that is no stroke.
const AWAY: f64 = 0.004;
/// A force sensor further from zero in the air cannot be trusted.
const BIAS: Newtons = Newtons::new(0.3);
/// Readings in the air that tell about the sensor.
const READINGS: u32 = 50;
/// The park posture is shifted to the tracked head no faster than this, m/s and rad/s on average.
const EASE: (f64, f64) = (0.02, 0.1);
/// Waiting for the lease this long is told.
const TELL_LEASE: Span = Span::from_ms(50);

/// Which waypoint the arm travels to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// `approach[k]`, or the first stroke after the last of them.
    Out(usize),
    /// Stop `k` of the detour to the stroke `index`, or the stroke after the last of them.
    Via(usize),
    /// The stroke `index`, straight.
    Hop,
    /// `retreat[k]`, or park after the last of them.
    Home(usize),
}

/// What follows a lift or a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The next stroke.
    Next,
    /// The same stroke once more.
    Again,
    /// From a stop: rest, then back along the needle, then the next stroke.
    Away,
}

/// The current stroke's figures. Places on the axis are in metres from the lifted posture, positive towards the skin.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Work {
    pub(crate) expected: Option<Expected>,
    /// Where the surface is believed to be.
    pub(crate) surface: f64,
    /// From the lifted posture to the surface as planned.
    pub(crate) lift: f64,
    pub(crate) limits: Option<AxisLimits>,
    /// Where the nose met it.
    pub(crate) contact: Option<f64>,
    pub(crate) since: Option<Instant>,
    pub(crate) tries: u32,
    pub(crate) retries: u32,
    pub(crate) waiting: Option<Instant>,
    pub(crate) reached: Option<Instant>,
    pub(crate) commanded: Protrusion,
    pub(crate) before_push: f64,
    pub(crate) belief: Option<AtGate>,
    pub(crate) aborted: Option<Cause>,
}

impl Controller {
    /// One cycle of the course. `from` is the instant of the last setpoint, where new motions begin; `at` that of the next.
    pub(crate) fn progress(&mut self, now: Instant, from: Instant, at: Instant, state: &ArmState, input: &Input) {
        match self.phase {
            Phase::Waiting => self.wait(now, from),
            Phase::Travel | Phase::Retreat => self.travel(now, from, state),
            Phase::Ready => self.ready(now, from, input),
            Phase::Approach | Phase::Seek => self.seek(now, from, state),
            Phase::Settle => self.settle(now, from, state),
            Phase::Gate => self.gate(now, from, at, state, input),
            Phase::Insert | Phase::Dwell => self.insert(now, from, state),
            Phase::Withdraw => self.withdraw(now, from, state),
            Phase::Lift => self.lift(now, from),
            Phase::Stopping | Phase::Held => self.stopped(now, from, state),
            Phase::Finished | Phase::Faulted => {}
        }
    }

    fn wait(&mut self, now: Instant, from: Instant) {
        if self.ending {
            return self.finish(now);
        }
        if self.path.follower.is_none() {
            let fresh = self.head.age(now).is_some_and(|age| age <= self.config.gates.tracker_age);
            if !self.head.is_warm() || !fresh || self.hold.is_some() {
                return;
            }
            let Some(head) = self.head.predict(from + self.config.tracking.arm_lag) else { return };
            let (by, turn) = self.path.correction(&head.pose(), self.site_on_head());
            let b = &self.config.bounds;
            if !(by <= b.correction && turn.get() <= b.correction_turn.get()) {
                return self.hold_for(now, HoldWhy::Cause(Cause::Correction { by, turn }), true);
            }
            self.path.follower = Some(Follower::new(self.config.tracking, &head.pose()));
            let seconds = (by.get() / EASE.0).max(turn.get() / EASE.1).max(0.3);
            return self.path.ease(1.0, from, Span::from_seconds(seconds));
        }
        if self.path.is_eased(from)
            && let Move::Posture(q) = self.path.moving
        {
            self.route = Route::Out(0);
            self.go_on(from, &q);
        }
    }

    /// Starts the leg to the route's waypoint.
    fn go_on(&mut self, from: Instant, q: &JointPos) {
        let strokes = &self.program.strokes;
        let to = match self.route {
            Route::Out(k) => self.program.approach.get(k).or(strokes.first().map(|s| &s.lifted)),
            Route::Via(k) => self.program.detour(self.index).get(k).or(strokes.get(self.index).map(|s| &s.lifted)),
            Route::Hop => strokes.get(self.index).map(|s| &s.lifted),
            Route::Home(k) => Some(self.program.retreat.get(k).unwrap_or(&self.program.park)),
        };
        let to = to.copied().unwrap_or(*q);
        self.phase = if matches!(self.route, Route::Home(_)) { Phase::Retreat } else { Phase::Travel };
        self.leg(from, q, &to);
    }

    fn leg(&mut self, from: Instant, q: &JointPos, to: &JointPos) {
        let leg = self.place().leg(q, to);
        self.path.moving = Move::Leg { leg, began: from };
        self.air = Air { bias: self.air.bias, ..Air::default() };
    }

    fn travel(&mut self, now: Instant, from: Instant, state: &ArmState) {
        let Move::Leg { leg, began } = self.path.moving else { return };
        // In the air the force sensor is on trial itself: it must show a ring that gives, and more.
        let (gives, _) = feels(&self.tool);
        let hits = self.felt(state.axial_force) > hit(&self.tool);
        if state.nose > gives || hits {
            if self.route == Route::Hop {
                self.abandon_for(Why::TouchedInTravel, None, now);
            } else {
                // Nothing should be in the way of an approach, a retreat or a detour: somebody must look.
                let cause = Cause::Touched { nose: state.nose, force: state.axial_force };
                self.hold_for(now, HoldWhy::Cause(cause), true);
            }
            return self.stop_here(Then::Away);
        }
        if self.ending {
            return self.stop_here(Then::Away);
        }
        self.air.add(state.axial_force.get());
        if from - began < leg.motion.duration() {
            return;
        }
        let q = *leg.motion.to();
        if let Some(to) = leg.then {
            return self.leg(from, &q, &to);
        }
        self.judge_force_sensor(now);
        self.path.moving = Move::Posture(q);
        match self.route {
            Route::Out(k) if k < self.program.approach.len() => {
                self.route = Route::Out(k + 1);
                self.go_on(from, &q);
            }
            Route::Via(k) if k < self.program.detour(self.index).len() => {
                self.route = Route::Via(k + 1);
                self.go_on(from, &q);
            }
            Route::Home(k) if k < self.program.retreat.len() => {
                self.route = Route::Home(k + 1);
                self.go_on(from, &q);
            }
            Route::Home(_) => self.finish(now),
            Route::Out(_) | Route::Via(_) | Route::Hop => {
                self.phase = Phase::Ready;
                self.route = Route::Hop;
                self.work = Work::default();
                self.last_end.get_or_insert(began);
            }
        }
    }

    /// The air is the one place where the right answer is known.
    fn judge_force_sensor(&mut self, now: Instant) {
        let air = self.air;
        if air.count < READINGS {
            return;
        }
        let (bias, spread) = (Newtons::new(air.sum / f64::from(air.count)), Newtons::new(air.most - air.least));
        let noisy = self.tool.sensors.force_noise > Newtons::ZERO;
        if !(bias.abs() <= BIAS) || (noisy && !(spread > Newtons::ZERO)) {
            return self.hold_for(now, HoldWhy::Cause(Cause::ForceSensor { bias, spread }), true);
        }
        self.air.bias = bias;
    }

    fn ready(&mut self, now: Instant, from: Instant, input: &Input) {
        if self.ending {
            return self.finish(now);
        }
        if self.skip_next {
            self.skip_next = false;
            self.skip(now, Why::Operator);
            return self.next(from);
        }
        let leased = (self.index as u64) < u64::from(input.lease);
        if !leased || input.backlog {
            let since = *self.work.waiting.get_or_insert(now);
            if now - since >= TELL_LEASE {
                self.hold_for(now, if leased { HoldWhy::Backlog } else { HoldWhy::Lease }, false);
            }
            return;
        }
        self.work.waiting = None;
        if self.hold.is_some() || self.has_news() {
            return;
        }
        self.begin_stroke(now, from);
    }

    pub(crate) fn start_lift(&mut self, now: Instant, from: Instant, then: Then) {
        self.then = then;
        self.phase = Phase::Lift;
        let to = if self.path.anchor.stroke { 0.0 } else { -AWAY };
        self.aim(now, from, to, self.config.speeds.near_head * MARGIN);
    }

    fn lift(&mut self, now: Instant, from: Instant) {
        if !self.path.axis.is_over(from) {
            return;
        }
        if self.ending {
            return self.finish(now);
        }
        if self.then == Then::Again && self.path.anchor.stroke {
            self.phase = Phase::Ready;
            return;
        }
        self.next(from);
    }

    /// To the next stroke, or home after the last.
    pub(crate) fn next(&mut self, from: Instant) {
        let Some(q) = self.posture(from) else { return };
        if self.pause_after_dot {
            self.pause_after_dot = false;
            self.hold_for(from, HoldWhy::Paused, true);
        }
        // An approach, a retreat or a detour that was broken off is taken up where it was.
        if self.route == Route::Hop {
            if self.then != Then::Again {
                self.index += 1;
                self.work = Work::default();
            }
            if self.index >= self.program.strokes.len() {
                self.route = Route::Home(0);
            } else if self.then != Then::Again && !self.program.detour(self.index).is_empty() {
                self.route = Route::Via(0);
            }
        }
        self.then = Then::Next;
        self.go_on(from, &q);
    }

    /// The posture of the program's head that belongs to where the arm is.
    fn posture(&mut self, from: Instant) -> Option<JointPos> {
        let q = match &self.path.moving {
            Move::Posture(q) => Some(*q),
            _ => self.path.nominal_joints(from, &self.model),
        };
        if q.is_none() {
            self.hold_for(from, HoldWhy::Cause(Cause::NoPosture), true);
        }
        q
    }

    pub(crate) fn stop_here(&mut self, then: Then) {
        self.then = then;
        self.phase = Phase::Stopping;
        self.brake();
    }

    /// At rest away from any stroke: back along the needle once nobody objects, then on.
    fn stopped(&mut self, now: Instant, from: Instant, state: &ArmState) {
        let Move::Stop(stop) = self.path.moving else { return };
        if !stop.is_over(from) || self.needle.strike().is_some() {
            return;
        }
        self.phase = Phase::Held;
        let person = self.hold.is_some_and(|h| h.operator);
        if self.ending && !self.touches(state) {
            return self.finish(now);
        }
        if person && !self.ending {
            return;
        }
        let Some(said) = self.guard.said().copied() else { return };
        if let Some(follower) = &mut self.path.follower {
            follower.halt();
        }
        self.path.anchor_here(&said.nose, &said.q, from, &self.model);
        self.work.limits = None;
        self.start_lift(now, from, self.then);
    }

    /// A pause, a skip or the end before the needle is out: lift. True when it does.
    pub(crate) fn leave_early(&mut self, now: Instant, from: Instant) -> bool {
        if self.ending {
            self.skip(now, Why::Operator);
            self.start_lift(now, from, Then::Next);
            return true;
        }
        if self.skip_next {
            self.skip_next = false;
            self.give_up(now, from, Why::Operator);
            return true;
        }
        if self.hold.is_some_and(|h| h.operator) {
            self.start_lift(now, from, Then::Again);
            return true;
        }
        false
    }

    /// Leaves the stroke out and lifts.
    pub(crate) fn give_up(&mut self, now: Instant, from: Instant, why: Why) {
        self.skip(now, why);
        self.start_lift(now, from, Then::Next);
    }

    /// The stroke will not be finished: skipped if it had not begun, else its outcome says why.
    pub(crate) fn abandon_for(&mut self, why: Why, cause: Option<Cause>, now: Instant) {
        if self.needle.strike().is_some() {
            self.work.aborted = cause;
        } else if self.route == Route::Hop && !matches!(self.phase, Phase::Lift | Phase::Withdraw) {
            self.skip(now, why);
        }
    }

    pub(crate) fn skip(&mut self, now: Instant, why: Why) {
        let Some(stroke) = self.program.strokes.get(self.index) else { return };
        self.tell(Event::Skipped { site: stroke.site, index: self.index as u32, at: now, why });
        self.skipped += 1;
        self.skips_in_row += 1;
        if self.skips_in_row >= self.config.bounds.skips_in_row && !matches!(why, Why::Operator) {
            self.hold_for(now, HoldWhy::Cause(Cause::SkipsInRow { count: self.skips_in_row }), true);
        }
    }

    pub(crate) fn finish(&mut self, now: Instant) {
        self.phase = Phase::Finished;
        self.tell(Event::Finished { at: now, done: self.done, skipped: self.skipped });
    }
}
