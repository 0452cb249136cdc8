//! One cycle of the controller: a pure function of its arguments.
//!
//! In: the time, the newest state of the arm, the lease, an operator's command. Out: one setpoint and at most one event.
//! The order of a cycle: judge (watch, head, needle), obey, react, decide (stroke or safe), move (path), ask the guard,
//! remember. Absent: any clock, heap, I/O. After a latched fault it goes on giving setpoints that withdraw and rest; an
//! `Err` means that nothing may be sent at all, and the arm's own expiry has the last word.

use arm::{ArmModel, ArmState, JointPos, Program, Setpoint, Stroke, Tool};
use frames::{Base, Head, Instant, Metres, Newtons, Point, Pose, Span};

use crate::fault::{Alarm, Cause, Level};
use crate::felt::{Air, Window};
use crate::guard::{Permit, Refusal};
use crate::head::HeadFilter;
use crate::memory::{Log, News};
use crate::needle::Needle;
use crate::path::{Move, Past, Path};
use crate::safe::Safe;
use crate::stop::JointStop;
use crate::stroke::{Route, Then, Work};
use crate::surface::Learnt;
use crate::travel::Place;
use crate::watch::{Told, Watch, valid};
use crate::{Belief, Command, Config, Cycle, Event, Fault, Guard, Hold, HoldWhy, Phase, Why};

/// A hold that no person must end lasts this long after its reason was last seen.
const HOLD_FOR: Span = Span::from_ms(100);

/// What comes in besides the arm's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// Strokes, counted from the program's start, whose intent is durable: stroke `k` may begin when `k < lease`.
    pub lease: u32,
    /// What the operator asks for in this cycle.
    pub command: Option<Command>,
    /// Events are not taken over: begin nothing.
    pub backlog: bool,
}

impl Input {
    /// Every stroke may begin: for tests and for rehearsals that need no journal.
    pub const FREE: Self = Self { lease: u32::MAX, command: None, backlog: false };
}

/// What goes out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tick {
    /// To the arm.
    pub setpoint: Setpoint,
    /// To the journal and the operator; must not be lost.
    pub event: Option<Event>,
    /// What is going on.
    pub phase: Phase,
    /// Worst alarm of this cycle.
    pub level: Option<Level>,
}

/// Carries out one program. Made by [`crate::Session`], which has checked that program, arm and tool belong together.
#[derive(Debug, Clone)]
pub struct Controller {
    pub(crate) program: Program,
    pub(crate) model: ArmModel,
    pub(crate) tool: Tool,
    pub(crate) config: Config,
    pub(crate) cycle: Span,
    pub(crate) head_radius: Metres,
    pub(crate) watch: Watch,
    pub(crate) head: HeadFilter,
    pub(crate) guard: Guard,
    pub(crate) path: Path,
    pub(crate) needle: Needle,
    pub(crate) learnt: Learnt,
    pub(crate) phase: Phase,
    pub(crate) fault: Option<Fault>,
    pub(crate) safe: Safe,
    pub(crate) index: usize,
    pub(crate) work: Work,
    pub(crate) route: Route,
    pub(crate) then: Then,
    pub(crate) window: Window,
    pub(crate) air: Air,
    /// From first touch to the contact force, learnt: metres.
    pub(crate) press: f64,
    pub(crate) hold: Option<Hold>,
    hold_seen: Instant,
    pub(crate) ending: bool,
    pub(crate) pause_after_dot: bool,
    pub(crate) skip_next: bool,
    pub(crate) done: u32,
    /// When the last dot ended, or the first travel began.
    pub(crate) last_end: Option<Instant>,
    pub(crate) skipped: u32,
    pub(crate) skips_in_row: u32,
    pub(crate) calm: bool,
    level: Option<Level>,
    seq: u64,
    news: News,
    log: Log,
}

impl Controller {
    pub(crate) fn new(program: Program, model: ArmModel, tool: Tool, config: Config, cycle: Span) -> Self {
        let farthest = |s: &Stroke| s.head_from_touch.get().translation.vector.norm();
        let radius = Metres::new(program.strokes.iter().map(farthest).fold(0.0, f64::max));
        let head_radius = config.speeds.head_radius.unwrap_or(radius);
        let press = tool.nose.displacement(tool.nose.contact).get() + tool.nose.contact.get() / crate::contact::SCALP;
        Self {
            head_radius,
            watch: Watch::new(config.bounds, cycle, model.dof()),
            head: HeadFilter::new(config.tracking, config.bounds),
            guard: Guard::new(&model, &tool, &config.speeds, head_radius),
            path: Path::new(program.base_from_head, &tool.flange_from_tcp, &program.park),
            needle: Needle::new(&tool, config.bounds.needle_jam),
            learnt: Learnt::new(&config.speeds),
            phase: Phase::Waiting,
            fault: None,
            safe: Safe::default(),
            index: 0,
            work: Work::default(),
            route: Route::Out(0),
            then: Then::Next,
            window: Window::default(),
            air: Air::default(),
            press,
            hold: None,
            hold_seen: Instant::START,
            ending: false,
            pause_after_dot: false,
            skip_next: false,
            done: 0,
            last_end: None,
            skipped: 0,
            skips_in_row: 0,
            calm: true,
            level: None,
            seq: 0,
            news: News::default(),
            log: Log::new(),
            program,
            model,
            tool,
            config,
            cycle,
        }
    }

    /// One cycle: `now` is when it runs, `due` when it should have, `state` the newest state of the arm.
    ///
    /// # Errors
    /// Nothing may be sent: the arm's own safety has stopped it, or not even a setpoint that comes to rest is allowed.
    pub fn step(&mut self, now: Instant, due: Instant, state: &ArmState, input: &Input) -> Result<Tick, Fault> {
        let missed = ((now - due).ns() / self.cycle.ns().max(1)).max(0);
        let at = due + self.cycle.times(missed + 1);
        let at = self.guard.said().map_or(at, |said| at.max(said.at + self.cycle));
        let result = self.decide(now, due, at, state, input);
        let event = self.news.next();
        let setpoint = result.as_ref().ok().copied();
        self.record(now, due, at, state, setpoint, event);
        let setpoint = result?;
        Ok(Tick { setpoint, event, phase: self.phase, level: self.level })
    }

    fn decide(
        &mut self,
        now: Instant,
        due: Instant,
        at: Instant,
        state: &ArmState,
        input: &Input,
    ) -> Result<Setpoint, Fault> {
        let told = self.told(state.at);
        let (model, tcp) = (&self.model, self.tool.flange_from_tcp);
        let look = self.watch.look(now, due, state, |q| (model.forward(q) * tcp).origin(), told.as_ref());
        let mut alarm = look.alarm;
        if self.guard.said().is_none() {
            if !valid(state, self.model.dof()) {
                return Err(self.latch(now, alarm.unwrap_or(invalid(state, self.model.dof()))));
            }
            alarm = Alarm::worse(alarm, self.begin(due, state));
        }
        // A state that is bad, old or repeated is replaced by the newest good one; its age is what counts then.
        let state = match self.watch.last() {
            Some(good) => *good,
            None => return Err(self.latch(now, invalid(state, self.model.dof()))),
        };
        alarm = Alarm::worse(alarm, self.head.hear(now, state.head));
        alarm = Alarm::worse(alarm, self.judge_head(now));
        let (ended, jam) = self.needle.note(now, &state);
        alarm = Alarm::worse(alarm, jam);
        if let Some(strike) = ended {
            self.conclude(now, &strike);
        }
        if look.fresh {
            self.window.add(&state, self.config.gates.still_for);
        }
        self.calm = alarm.is_none();
        self.level = alarm.map(|a| a.level);
        self.obey(now, input.command);
        match alarm {
            Some(alarm) if alarm.level >= Level::R2 => {
                let fault = self.latch(now, alarm);
                if alarm.level == Level::R4 {
                    self.safe = Safe::Silent;
                    return Err(fault);
                }
            }
            Some(Alarm { level: Level::R1, cause }) => {
                self.hold_for(now, HoldWhy::Cause(cause), matches!(cause, Cause::Correction { .. }));
            }
            _ => {}
        }
        if let (Some(fault), Safe::Silent) = (self.fault, self.safe) {
            return Err(fault);
        }
        self.release_hold(now);
        let from = self.from(due);
        if self.fault.is_some() {
            self.keep_safe(now, from, &state, look.deaf);
        } else {
            self.progress(now, from, at, &state, input);
        }
        if let (Some(follower), Some(head)) =
            (&mut self.path.follower, self.head.predict(at + self.config.tracking.arm_lag))
        {
            follower.advance((at - from).seconds(), &head);
        }
        self.say(now, at, &state)
    }

    /// The first cycle: the arm must stand at park.
    fn begin(&mut self, due: Instant, state: &ArmState) -> Option<Alarm> {
        self.guard.stands(&state.q, due, self.seq + 1, &self.program.base_from_head);
        self.path.moving = Move::Posture(state.q);
        let (joint, by) = state
            .q
            .iter()
            .zip(self.program.park.iter())
            .map(|(q, p)| (q - p).abs())
            .enumerate()
            .fold((0, 0.0), |most: (usize, f64), (i, by)| if by > most.1 { (i, by) } else { most });
        (!(by <= crate::session::PARKED.get())).then(|| {
            let cause = Cause::NotParked { joint: arm::Joint(joint), by: frames::Radians::new(by) };
            Alarm::new(Level::R2, cause)
        })
    }

    /// The instant of the last setpoint: new motions begin there.
    pub(crate) fn from(&self, due: Instant) -> Instant {
        self.guard.said().map_or(due, |said| said.at)
    }

    /// Speed of the head and size of the correction, at the current stroke.
    fn judge_head(&mut self, now: Instant) -> Option<Alarm> {
        if !self.head.is_warm() || matches!(self.phase, Phase::Waiting | Phase::Finished) {
            return None;
        }
        let head = self.head.predict(now)?;
        let site = self.site_on_head();
        let speed = self.head.speed(&site, now);
        let b = &self.config.bounds;
        let mut alarm = None;
        if !(speed <= b.head_stop) {
            alarm = Some(Alarm::new(Level::R3, Cause::HeadSpeed { speed }));
        } else if !(speed <= b.head_withdraw) {
            alarm = Some(Alarm::new(Level::R2, Cause::HeadSpeed { speed }));
        }
        let (by, turn) = self.path.correction(&head.pose(), site);
        let (most, most_turn) = (b.correction, b.correction_turn.get());
        let level = if !(by <= most * 2.0 && turn.get() <= most_turn * 2.0) {
            Level::R2
        } else if !(by <= most && turn.get() <= most_turn) {
            Level::R1
        } else {
            return alarm;
        };
        Alarm::worse(alarm, Some(Alarm::new(level, Cause::Correction { by, turn })))
    }

    /// Where the current stroke is on the head.
    pub(crate) fn site_on_head(&self) -> Point<Head> {
        self.stroke().map_or(Point::ORIGIN, |s| s.head_from_touch.origin())
    }

    /// The current stroke; the last one on the way home.
    pub(crate) fn stroke(&self) -> Option<&Stroke> {
        self.program.strokes.get(self.index).or(self.program.strokes.last())
    }

    /// What the arm should be doing in a state measured at `measured`.
    fn told(&self, measured: Instant) -> Option<Told> {
        let (past, fastest, nose_speed) = self.path.told(measured - self.config.tracking.arm_lag)?;
        Some(Told {
            q: past.q,
            qd: fastest,
            nose: past.nose,
            nose_speed,
            seq: self.seq,
            needle: self.needle.may_be_out(),
            travel: self.tool.nose.travel,
        })
    }

    fn obey(&mut self, now: Instant, command: Option<Command>) {
        match command {
            None => {}
            Some(Command::Pause) => self.hold_for(now, HoldWhy::Paused, true),
            Some(Command::Resume) => self.end_hold(now),
            Some(Command::StepOne) => {
                self.pause_after_dot = true;
                self.end_hold(now);
            }
            Some(Command::Skip) => {
                self.skip_next = !matches!(self.phase, Phase::Insert | Phase::Dwell | Phase::Withdraw);
            }
            Some(Command::Stop) => self.ending = true,
            Some(Command::Halt) => {
                self.latch(now, Alarm::new(Level::R3, Cause::Operator));
            }
        }
    }

    /// Begins a hold or keeps it alive. A hold that waits for a person replaces one that does not.
    pub(crate) fn hold_for(&mut self, now: Instant, why: HoldWhy, operator: bool) {
        if self.fault.is_some() || matches!(self.phase, Phase::Finished) {
            return;
        }
        self.hold_seen = now;
        if self.hold.is_none_or(|hold| operator && !hold.operator) {
            let hold = Hold { at: now, why, operator };
            self.hold = Some(hold);
            self.tell(Event::Held(hold));
        }
    }

    fn release_hold(&mut self, now: Instant) {
        if self.hold.is_some_and(|hold| !hold.operator) && now - self.hold_seen >= HOLD_FOR {
            self.end_hold(now);
        }
    }

    pub(crate) fn end_hold(&mut self, now: Instant) {
        if self.hold.take().is_some() {
            self.skips_in_row = 0;
            self.tell(Event::Resumed { at: now });
        }
    }

    /// The first fault wins; the needle is called in with it.
    pub(crate) fn latch(&mut self, now: Instant, alarm: Alarm) -> Fault {
        if let Some(first) = self.fault {
            return first;
        }
        let site = self.stroke().map(|s| s.site);
        let fault = Fault { cause: alarm.cause, level: alarm.level, at: now, phase: self.phase, site };
        self.fault = Some(fault);
        self.level = Some(alarm.level);
        self.tell(Event::Faulted(fault));
        if self.needle.strike().is_some() && self.work.aborted.is_none() {
            self.work.aborted = Some(alarm.cause);
        }
        self.needle.call_in(now);
        self.enter_safe(now, &fault);
        fault
    }

    /// Says the next setpoint, or what comes to rest instead, or nothing.
    fn say(&mut self, now: Instant, at: Instant, state: &ArmState) -> Result<Setpoint, Fault> {
        let refused = match self.try_to_say(at, state) {
            Ok(setpoint) => return Ok(setpoint),
            Err(refused) => refused,
        };
        let severe = match refused {
            Cause::Refused(r) => matches!(
                r,
                Refusal::NotFinite
                    | Refusal::Expiry { .. }
                    | Refusal::Protrusion { .. }
                    | Refusal::GateClosed { .. }
                    | Refusal::NoContact { .. }
            ),
            _ => false,
        };
        if severe || self.fault.is_some() {
            self.latch(now, Alarm::new(Level::R2, refused));
            self.safe = Safe::Stopping;
        } else {
            self.hold_for(now, HoldWhy::Cause(refused), true);
            self.abandon_for(Why::Refused, Some(refused), now);
            self.then = Then::Away;
            self.phase = Phase::Stopping;
        }
        self.needle.call_in(now);
        self.brake();
        match self.try_to_say(at, state) {
            Ok(setpoint) => Ok(setpoint),
            // Not even coming to rest may be said: silence, and the setpoint that was said last expires.
            Err(cause) => Err(self.latch(now, Alarm::new(Level::R3, cause))),
        }
    }

    fn try_to_say(&mut self, at: Instant, state: &ArmState) -> Result<Setpoint, Cause> {
        let Some(said) = self.guard.said().copied() else { return Err(Cause::Refused(Refusal::NotFinite)) };
        let q = self.path.joints(at, &self.model).ok_or(Cause::NoPosture)?;
        let dt = (at - said.at).seconds();
        let mut qd = said.qd;
        qd.iter_mut().zip(q.iter().zip(said.q.iter())).for_each(|(v, (a, b))| *v = (a - b) / dt);
        let setpoint = Setpoint {
            seq: self.seq + 1,
            at,
            q,
            qd,
            protrusion: self.needle.wanted(),
            valid_for: self.config.bounds.valid_for,
        };
        let permit = self.permit(said.at, at);
        self.guard.pass(&setpoint, state, &permit).map_err(Cause::Refused)?;
        self.seq = setpoint.seq;
        if let Some(said) = self.guard.said() {
            self.path.remember(Past { at, q, qd, nose: said.nose.origin() });
        }
        Ok(setpoint)
    }

    fn permit(&self, from: Instant, at: Instant) -> Permit {
        let above = matches!(self.path.moving, Move::Along) && self.path.anchor.stroke;
        let s = self.path.axis.at(from).s;
        let e = self.work.expected;
        let height = above.then(|| Metres::new(self.work.surface - s));
        let clear = height.filter(|_| e.is_some_and(|e| e.trusted)).zip(e).map(|(h, e)| h - e.sigma * 3.0);
        Permit {
            open: matches!(self.phase, Phase::Insert | Phase::Dwell) && self.fault.is_none(),
            protrusion: self.needle.limit(),
            clear,
            height,
            found: matches!(self.phase, Phase::Settle | Phase::Gate | Phase::Insert | Phase::Dwell | Phase::Withdraw),
            touching: self.touching_speed(),
            base_from_head: self.path.head(at),
        }
    }

    /// From the last said state to rest.
    pub(crate) fn brake(&mut self) {
        if let Some(said) = self.guard.said() {
            let (q, qd, qdd) = said.now();
            self.path.moving = Move::Stop(JointStop::new(said.at, &q, &qd, &qdd, &self.model.limits));
        }
    }

    /// For planning a hop.
    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            model: &self.model,
            flange_from_tcp: &self.tool.flange_from_tcp,
            head: self.program.base_from_head.origin(),
            head_radius: self.head_radius,
            limits: &self.model.limits,
            speeds: &self.config.speeds,
        }
    }

    pub(crate) fn tell(&mut self, event: Event) {
        self.news.tell(event);
    }

    pub(crate) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    fn record(
        &mut self,
        now: Instant,
        due: Instant,
        at: Instant,
        state: &ArmState,
        setpoint: Option<Setpoint>,
        event: Option<Event>,
    ) {
        let nose = |q: &JointPos| (self.model.forward(q) * self.tool.flange_from_tcp).origin();
        let speed = self.head.speed(&self.site_on_head(), now);
        let base_from_head: Pose<Base, Head> = self.path.head(at);
        let along = if matches!(self.path.moving, Move::Along) { self.path.axis.at(at).s } else { 0.0 };
        let belief = Belief { base_from_head, nose: nose(&state.q), head_speed: speed, along: Metres::new(along) };
        let cycle = Cycle {
            now,
            due,
            state: *state,
            setpoint,
            phase: self.phase,
            index: self.index as u32,
            level: self.level,
            belief,
            event,
        };
        // The log shows how it came to the fault, so it stops with it.
        self.log.add(cycle, self.fault.is_some_and(|fault| fault.at < now));
    }

    /// The cycle just done.
    pub fn last_cycle(&self) -> Option<&Cycle> {
        self.log.last()
    }

    /// The last 500 cycles up to the fault, oldest first.
    pub fn log(&self) -> impl Iterator<Item = &Cycle> {
        self.log.oldest_first()
    }

    /// The latched fault.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Why nothing is begun now.
    pub fn hold(&self) -> Option<&Hold> {
        self.hold.as_ref()
    }

    /// What is going on.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Place in the program.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Events that found no room in the controller; zero unless the code is wrong.
    pub fn lost_events(&self) -> u32 {
        self.news.lost
    }

    /// Strokes done and skipped.
    pub fn counts(&self) -> (u32, u32) {
        (self.done, self.skipped)
    }

    /// The program it carries out.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Nothing will happen any more: done and parked, ended by a person, or at rest with the needle in after a fault.
    pub fn is_over(&self) -> bool {
        let quiet = !self.has_news();
        match self.phase {
            Phase::Finished => quiet,
            Phase::Faulted => quiet && self.safe.is_over(),
            _ => false,
        }
    }

    /// Axial force without what the sensor shows in the air.
    pub(crate) fn felt(&self, force: Newtons) -> Newtons {
        force - self.air.bias
    }
}

fn invalid(state: &ArmState, expected: usize) -> Alarm {
    Alarm::new(Level::R2, Cause::StateInvalid { joints: state.q.len(), expected })
}
