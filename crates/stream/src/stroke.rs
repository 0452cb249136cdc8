//! The course of a treatment: from phase to phase, as sensors and time allow.
//!
//! In: the newest state, the lease, the path. Out: the next phase, what moves, orders to the needle, events. Travel, ready,
//! approach, seek, settle, gate, insert, dwell, withdraw, lift, and again. Absent: faults (see [`crate::safe`]), the
//! geometry of moving with the head (see [`crate::path`]).

use arm::{ArmState, Drive, JointPos};
use frames::{Instant, Metres, Newtons, Penetration, Point, Protrusion, Radians, Span, Tcp};
use nalgebra::Vector3;

use crate::axis::{AxisLimits, On};
use crate::controller::Controller;
use crate::fault::Cause;
use crate::follow::Follower;
use crate::gate::{Moment, closed};
use crate::guard::{feels, hit};
use crate::needle::Strike;
use crate::path::{Anchor, Move};
use crate::surface::Expected;
use crate::{Event, HoldWhy, Input, Outcome, Phase, Why};

/// Scalp under the ring, N/m (`skin.md` 1.12): only the first guess of how far to press.
pub(crate) const SCALP: f64 = 1_800.0;
/// Speeds are planned this part below the guard's bounds.
const MARGIN: f64 = 0.95;
/// The nose is pressed in faster than it seeks once the surface is trusted: 20 mm/s times the longest stop latency on
/// record (98 ms, `skin.md` 4.2) at 0.4 N/mm adds 0.8 N to a contact of 0.8 N and stays below the trip of 2 N.
const PRESS: f64 = 2.0;
/// Shortest approach worth its own course.
const WORTH: f64 = 3e-4;
/// Trials to reach the contact force.
const TRIES: u32 = 6;
/// The force must stand within this after the first touch.
const SETTLE: Span = Span::from_ms(800);
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
    /// The stroke `index`.
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
    lift: f64,
    limits: Option<AxisLimits>,
    /// Where the nose met it.
    contact: Option<f64>,
    since: Option<Instant>,
    tries: u32,
    retries: u32,
    waiting: Option<Instant>,
    reached: Option<Instant>,
    commanded: Protrusion,
    before_push: f64,
    belief: Option<AtGate>,
    pub(crate) aborted: Option<Cause>,
}

/// What was believed when the gate opened.
#[derive(Debug, Clone, Copy, PartialEq)]
struct AtGate {
    nose: Metres,
    force: Newtons,
    tilt: Radians,
    lateral: Metres,
    entry: Point<frames::Head>,
    correction: (Metres, Radians),
}

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
    sum: f64,
    least: f64,
    most: f64,
    count: u32,
}

/// The measured nose against the stroke's axis.
#[derive(Debug, Clone, Copy)]
struct Seen {
    s: f64,
    lateral: f64,
    tilt: f64,
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
    fn look(&self, now: Instant, since: Instant) -> Option<(Metres, Newtons)> {
        let (mut least, mut most, mut force, mut n) = (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0.0);
        for (_, nose, f) in self.newest(now) {
            (least, most, force, n) = (least.min(*nose), most.max(*nose), force + f, n + 1.0);
        }
        let full = now - since >= self.length && n >= 3.0;
        full.then(|| (Metres::new(most - least), Newtons::new(force / n)))
    }
}

impl Air {
    fn add(&mut self, force: f64) {
        if self.count == 0 {
            (self.least, self.most) = (force, force);
        }
        (self.least, self.most) = (self.least.min(force), self.most.max(force));
        self.sum += force;
        self.count += 1;
    }
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
            self.abandon_for(Why::TouchedInTravel, None, now);
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
            Route::Home(k) if k < self.program.retreat.len() => {
                self.route = Route::Home(k + 1);
                self.go_on(from, &q);
            }
            Route::Home(_) => self.finish(now),
            Route::Out(_) | Route::Hop => {
                self.phase = Phase::Ready;
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

    fn begin_stroke(&mut self, now: Instant, from: Instant) {
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
        let slow_from = if expected.trusted {
            surface - 3.0 * expected.sigma.get()
        } else {
            surface - speeds.last.get()
        };
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
    fn aim(&mut self, now: Instant, from: Instant, to: f64, speed: f64) {
        let on = self.path.axis.at(from);
        let limits = self.work.limits.unwrap_or_else(|| self.axis_limits(&self.path.anchor.slope));
        let limits = AxisLimits { speed: speed.min(limits.speed), ..limits };
        if !self.path.axis.go(from, on, to, 0.0, limits) {
            self.hold_for(now, HoldWhy::Cause(Cause::NoPosture), true);
            self.abandon_for(Why::Refused, Some(Cause::NoPosture), now);
            self.stop_here(Then::Away);
        }
    }

    fn seek(&mut self, now: Instant, from: Instant, state: &ArmState) {
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

    fn settle(&mut self, now: Instant, from: Instant, state: &ArmState) {
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

    fn gate(&mut self, now: Instant, from: Instant, at: Instant, state: &ArmState, input: &Input) {
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
        if matches!(why, Why::Force { .. }) && now - since > Span::from_ns(patience.ns() / 4) && self.work.tries < TRIES {
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

    /// The gate is open: the needle goes.
    fn strike(&mut self, now: Instant, from: Instant, at: Instant, state: &ArmState, m: &Moment) {
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

    fn insert(&mut self, now: Instant, from: Instant, state: &ArmState) {
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

    fn withdraw(&mut self, now: Instant, from: Instant, state: &ArmState) {
        if self.needle.strike().is_none() && self.needle.is_in(state) {
            self.start_lift(now, from, Then::Next);
        }
    }

    fn start_lift(&mut self, now: Instant, from: Instant, then: Then) {
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
    fn next(&mut self, from: Instant) {
        let Some(q) = self.posture(from) else { return };
        if self.pause_after_dot {
            self.pause_after_dot = false;
            self.hold_for(from, HoldWhy::Paused, true);
        }
        if self.then != Then::Again {
            self.index += 1;
        }
        self.then = Then::Next;
        self.work = Work::default();
        self.route = if self.index < self.program.strokes.len() { Route::Hop } else { Route::Home(0) };
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
    fn leave_early(&mut self, now: Instant, from: Instant) -> bool {
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
    fn give_up(&mut self, now: Instant, from: Instant, why: Why) {
        self.skip(now, why);
        self.start_lift(now, from, Then::Next);
    }

    /// The stroke will not be finished: skipped if it had not begun, else its outcome says why.
    pub(crate) fn abandon_for(&mut self, why: Why, cause: Option<Cause>, now: Instant) {
        if self.needle.strike().is_some() {
            self.work.aborted = cause;
        } else if !matches!(self.route, Route::Home(_)) && !matches!(self.phase, Phase::Lift | Phase::Withdraw) {
            self.skip(now, why);
        }
    }

    fn skip(&mut self, now: Instant, why: Why) {
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

    /// The needle is back: the outcome of the stroke.
    pub(crate) fn conclude(&mut self, now: Instant, strike: &Strike) {
        let Some(stroke) = self.program.strokes.get(self.index).copied() else { return };
        let Some(belief) = self.work.belief else { return };
        let gates = &self.config.gates;
        let lean = self.tool.nose.radius.get() * belief.tilt.get().tan();
        let extra = (belief.force - self.tool.nose.contact).get();
        let departure = (strike.reached.length() - stroke.protrusion.length()).get() + gates.bulge_per_newton * extra - lean;
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
    fn seen(&self, state: &ArmState) -> Option<Seen> {
        let head = self.head.predict(state.at)?;
        let axis = self.path.shift(&head.pose()) * self.path.anchor.nominal;
        let nose = axis.inverse() * self.model.forward(&state.q).get() * self.tool.flange_from_tcp.get();
        let p = nose.translation.vector;
        let z = nose.rotation * Vector3::z();
        Some(Seen { s: p.z, lateral: p.x.hypot(p.y), tilt: z.x.hypot(z.y).atan2(z.z) })
    }
}
