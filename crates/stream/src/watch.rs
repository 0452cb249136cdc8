//! Is the arm well? Is the loop on time?
//!
//! In: the time, the newest state, what the arm was told and should have done by now. Out: the worst alarm of the cycle,
//! and whether the state is new. Rows 1-9, 17-24, 28, 38-42 of `reference/faults.md`. Absent: the head (see
//! [`crate::head`]), the stroke, any reaction.

use arm::{ArmState, Joint, JointPos, JointVel, Mode};
use frames::{Base, Instant, Metres, Newtons, Point, Protrusion, Radians, Span};

use crate::Bounds;
use crate::fault::{Alarm, Cause, Level};

/// A clock that goes back further than any reordering of packages has been set anew.
const RESTART: Span = Span::from_ms(100);
/// Taking over setpoints may hang this long (`reference/faults.md` row 24).
const ECHO: Span = Span::from_ms(20);
/// Forces remembered for their rate.
const FORCES: usize = 16;
/// A needle this far past the ring without an order is out; above any scale's noise.
const ADRIFT: Metres = Metres::from_mm(0.1);
/// A needle may pass its order by this much before it counts: overshoot of the drive, noise of the scale.
const OVERSHOOT: Metres = Metres::from_mm(0.05);

/// What the arm should have done by now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// Where it should be, and how fast it was going there at most since.
    pub(crate) q: JointPos,
    pub(crate) qd: JointVel,
    pub(crate) nose: Point<Base>,
    pub(crate) nose_speed: f64,
    /// Of the last setpoint.
    pub(crate) seq: u64,
    /// The needle may be out, and how far.
    pub(crate) needle: Option<Protrusion>,
    pub(crate) travel: Metres,
}

/// What a look gave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) alarm: Option<Alarm>,
    /// The state is valid and newer than the one before.
    pub(crate) fresh: bool,
    /// The arm follows nothing.
    pub(crate) deaf: bool,
}

/// The watch and its memory.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    bounds: Bounds,
    cycle: Span,
    dof: usize,
    late: u32,
    lost: u32,
    last: Option<ArmState>,
    forces: [(Instant, f64); FORCES],
    heard: usize,
    echo: (Option<u64>, Instant),
}

impl Watch {
    pub(crate) fn new(bounds: Bounds, cycle: Span, dof: usize) -> Self {
        Self {
            bounds,
            cycle,
            dof,
            late: 0,
            lost: 0,
            last: None,
            forces: [(Instant::START, 0.0); FORCES],
            heard: 0,
            echo: (None, Instant::START),
        }
    }

    /// The newest valid state.
    pub(crate) fn last(&self) -> Option<&ArmState> {
        self.last.as_ref()
    }

    /// Looks at one cycle. `nose` is the measured one; `told` is `None` before the first setpoint.
    pub(crate) fn look(
        &mut self,
        now: Instant,
        due: Instant,
        state: &ArmState,
        nose: impl Fn(&JointPos) -> Point<Base>,
        told: Option<&Told>,
    ) -> Look {
        let mut alarm = self.punctual(now, due);
        let add =
            |alarm: &mut Option<Alarm>, level, cause| *alarm = Alarm::worse(*alarm, Some(Alarm::new(level, cause)));
        if !valid(state, self.dof) {
            add(&mut alarm, Level::R2, Cause::StateInvalid { joints: state.q.len(), expected: self.dof });
            return Look { alarm, fresh: false, deaf: false };
        }
        let deaf = match state.mode {
            Mode::Running => false,
            Mode::Starved => {
                add(&mut alarm, Level::R2, Cause::Starved);
                true
            }
            Mode::ProtectiveStop => {
                add(&mut alarm, Level::R2, Cause::ProtectiveStop);
                true
            }
            Mode::EmergencyStop => {
                add(&mut alarm, Level::R4, Cause::EmergencyStop);
                true
            }
        };
        let fresh = match self.order(now, state) {
            Ok(fresh) => fresh,
            Err(bad) => {
                alarm = Alarm::worse(alarm, Some(bad));
                false
            }
        };
        alarm = Alarm::worse(alarm, self.stale(now, fresh.then_some(state.at)));
        if fresh {
            alarm = Alarm::worse(alarm, self.sensors(state, told));
            if let Some(told) = told {
                alarm = Alarm::worse(alarm, self.whereabouts(state, &nose(&state.q), told));
                alarm = Alarm::worse(alarm, self.takes_over(now, state, told));
            }
            self.last = Some(*state);
        }
        Look { alarm, fresh, deaf }
    }

    fn punctual(&mut self, now: Instant, due: Instant) -> Option<Alarm> {
        let by = now - due;
        let after = self.bounds.late_after.unwrap_or(Span::from_ns(self.cycle.ns() / 2));
        if by <= after {
            self.late = 0;
            return None;
        }
        let missed = (by.ns() / self.cycle.ns().max(1)).clamp(1, i64::from(u32::MAX)) as u32;
        self.late = self.late.saturating_add(missed);
        let level = if by >= self.bounds.asleep {
            Level::R3
        } else if self.late >= self.bounds.late_withdraw {
            Level::R2
        } else if self.late >= self.bounds.late_hold {
            Level::R1
        } else {
            Level::R0
        };
        Some(Alarm::new(level, Cause::Late { cycles: self.late, by }))
    }

    /// Whether the state is new; an error when it is from the past.
    fn order(&self, now: Instant, state: &ArmState) -> Result<bool, Alarm> {
        let Some(last) = &self.last else { return Ok(true) };
        let back = last.at - state.at;
        if back >= RESTART {
            return Err(Alarm::new(Level::R3, Cause::ArmRestarted { back }));
        }
        if back > Span::ZERO {
            return Err(Alarm::new(Level::R0, Cause::StateReordered { back }));
        }
        // A stamp far ahead of us is no measurement of ours; it must not silence the states after it.
        if state.at - now > RESTART {
            return Err(Alarm::new(Level::R3, Cause::ArmRestarted { back: now - state.at }));
        }
        Ok(back < Span::ZERO)
    }

    /// Counts cycles without a new state; the age bounds an arm whose states come late rather than not at all.
    fn stale(&mut self, now: Instant, fresh: Option<Instant>) -> Option<Alarm> {
        self.lost = if fresh.is_some() { 0 } else { self.lost.saturating_add(1) };
        let age = now - fresh.or(self.last.map(|s| s.at))?;
        let level = if self.lost >= self.bounds.lost_withdraw || age > self.bounds.state_age {
            Level::R2
        } else if self.lost >= self.bounds.lost_hold {
            Level::R1
        } else if self.lost >= 1 {
            Level::R0
        } else {
            return None;
        };
        Some(Alarm::new(level, Cause::StateLost { lost: self.lost, age }))
    }

    fn sensors(&mut self, state: &ArmState, told: Option<&Told>) -> Option<Alarm> {
        let force = state.axial_force.get();
        let mut alarm = None;
        let mut add = |level, cause| alarm = Alarm::worse(alarm, Some(Alarm::new(level, cause)));
        if !(force <= self.bounds.force.get()) {
            add(Level::R2, Cause::Force { force: Newtons::new(force) });
        }
        // The oldest force within the window; one sample's noise over the whole window is small.
        let known = self.heard.min(FORCES);
        let window = self.bounds.force_window;
        let within = (1..=known)
            .map(|k| self.forces[(self.heard - k) % FORCES])
            .take_while(|(at, _)| state.at - *at <= window)
            .last();
        if let Some((at, before)) = within
            && state.at - at >= window
        {
            let rate = (force - before) / (state.at - at).seconds();
            if !(rate <= self.bounds.force_rate) {
                add(Level::R2, Cause::ForceRate { rate });
            }
        }
        self.forces[self.heard % FORCES] = (state.at, force);
        self.heard += 1;
        let Some(told) = told else { return alarm };
        if !(state.nose < told.travel * 0.98) {
            add(Level::R2, Cause::NoseAtEnd { nose: state.nose });
        }
        let out = state.protrusion.length();
        match told.needle {
            None if !(out <= ADRIFT) => add(Level::R3, Cause::NeedleAdrift { protrusion: state.protrusion }),
            Some(limit) if !(out <= limit.length() + OVERSHOOT) => {
                add(Level::R2, Cause::NeedleTooFar { protrusion: state.protrusion, limit });
            }
            _ => {}
        }
        alarm
    }

    fn whereabouts(&self, state: &ArmState, nose: &Point<Base>, told: &Told) -> Option<Alarm> {
        let lag = self.bounds.following_time.seconds();
        let mut alarm = None;
        for i in 0..state.q.len() {
            let by = (state.q[i] - told.q[i]).abs();
            if !(by <= self.bounds.following.get() + lag * told.qd[i].abs()) {
                let cause = Cause::Following { joint: Joint(i), by: Radians::new(by) };
                alarm = Alarm::worse(alarm, Some(Alarm::new(Level::R2, cause)));
                break;
            }
        }
        let by = (*nose - told.nose).norm();
        if !(by.get() <= self.bounds.position.get() + lag * told.nose_speed) {
            alarm = Alarm::worse(alarm, Some(Alarm::new(Level::R3, Cause::Position { by })));
        }
        let Some(last) = &self.last else { return alarm };
        let dt = (state.at - last.at).seconds();
        // After a gap the mean of two speeds says less.
        let slack = self.bounds.encoder.get() * (dt / self.cycle.seconds().max(1e-6)).clamp(1.0, 20.0);
        for i in 0..state.q.len() {
            let by = (state.q[i] - last.q[i] - 0.5 * (state.qd[i] + last.qd[i]) * dt).abs();
            if !(by <= slack) {
                let cause = Cause::Encoder { joint: Joint(i), by: Radians::new(by) };
                return Alarm::worse(alarm, Some(Alarm::new(Level::R3, cause)));
            }
        }
        alarm
    }

    fn takes_over(&mut self, now: Instant, state: &ArmState, told: &Told) -> Option<Alarm> {
        let current = state.seq.is_some_and(|seq| seq >= told.seq);
        if current || state.seq != self.echo.0 || self.echo.1 == Instant::START {
            self.echo = (state.seq, now);
            return None;
        }
        let by = now - self.echo.1;
        (by > ECHO).then(|| Alarm::new(Level::R2, Cause::SetpointsIgnored { seq: state.seq, by }))
    }
}

/// Every number is finite and there are as many joints as the model has.
pub(crate) fn valid(state: &ArmState, dof: usize) -> bool {
    let head = state.head.is_none_or(|h| h.base_from_head.is_finite());
    state.q.len() == dof
        && state.qd.len() == dof
        && state.q.is_finite()
        && state.qd.is_finite()
        && state.protrusion.get().is_finite()
        && state.nose.is_finite()
        && state.axial_force.is_finite()
        && head
}

#[cfg(test)]
mod tests {
    use super::*;

    const CYCLE: Span = Span::from_ms(2);

    fn state(at_ms: i64) -> ArmState {
        ArmState {
            seq: None,
            at: Instant::START + Span::from_ms(at_ms),
            q: JointPos::zeros(6),
            qd: JointVel::zeros(6),
            protrusion: Protrusion::new(Metres::from_mm(-1.5)),
            withdrawn: true,
            nose: Metres::ZERO,
            axial_force: Newtons::ZERO,
            head: None,
            mode: Mode::Running,
        }
    }

    fn watch() -> Watch {
        Watch::new(Bounds::default(), CYCLE, 6)
    }

    fn look(watch: &mut Watch, now_ns: i64, due_ms: i64, state: &ArmState) -> Option<Level> {
        let (now, due) = (Instant::START + Span::from_ns(now_ns), Instant::START + Span::from_ms(due_ms));
        watch.look(now, due, state, |_| Point::ORIGIN, None).alarm.map(|a| a.level)
    }

    /// One cycle that is `by` late, after `before` late ones.
    #[track_caller]
    fn late(by: Span, before: u32, want: Option<Level>) {
        let mut w = watch();
        w.late = before;
        assert_eq!(look(&mut w, 100_000_000 + by.ns(), 100, &state(100)), want, "{by} after {before}");
    }

    #[test]
    fn lateness_at_its_edges() {
        late(Span::from_ms(1), 0, None);
        late(Span::from_ns(1_000_001), 0, Some(Level::R0));
        late(Span::from_ms(2), 1, Some(Level::R1));
        late(Span::from_ms(2), 3, Some(Level::R1));
        late(Span::from_ms(2), 4, Some(Level::R2));
        late(Span::from_ns(9_999_999), 0, Some(Level::R1));
        late(Span::from_ms(10), 0, Some(Level::R2));
        late(Span::from_ms(1_000), 0, Some(Level::R3));
        late(Span::from_ms(1), 4, None);
    }

    #[test]
    fn lost_packages_at_their_edges() {
        let mut w = watch();
        assert_eq!(look(&mut w, 0, 0, &state(0)), None);
        let levels: Vec<_> = (1..=11).map(|k| look(&mut w, k * 2_000_000, k * 2, &state(0))).collect();
        assert_eq!(levels[0], Some(Level::R0));
        assert!(levels[1..9].iter().all(|l| *l == Some(Level::R1)), "{levels:?}");
        assert!(levels[9..].iter().all(|l| *l == Some(Level::R2)), "{levels:?}");
    }

    #[test]
    fn force_at_its_edge_and_not_a_number() {
        for (force, want) in [(2.0, None), (2.000_001, Some(Level::R2)), (f64::NAN, Some(Level::R2)), (-50.0, None)] {
            let mut s = state(0);
            s.axial_force = Newtons::new(force);
            assert_eq!(look(&mut watch(), 0, 0, &s), want, "{force}");
        }
    }

    #[test]
    fn a_puncture_is_no_rise_and_a_rise_is() {
        for (rate, want) in [(190.0, None), (210.0, Some(Level::R2))] {
            let mut w = watch();
            let worst = (0..5).filter_map(|k| {
                let mut s = state(2 * k);
                s.axial_force = Newtons::new(rate * 0.002 * k as f64);
                look(&mut w, k * 2_000_000, k * 2, &s)
            });
            assert_eq!(worst.max(), want, "{rate}");
        }
        // 0.4 N within one cycle, and no more.
        let mut w = watch();
        for k in 0..8 {
            let mut s = state(2 * k);
            s.axial_force = Newtons::new(if k >= 3 { 0.4 } else { 0.0 });
            assert_eq!(look(&mut w, k * 2_000_000, k * 2, &s), None);
        }
    }

    #[test]
    fn an_old_state_is_dropped_and_a_new_clock_is_a_fault() {
        let mut w = watch();
        assert_eq!(look(&mut w, 500_000_000, 500, &state(500)), None);
        let l = w.look(
            Instant::START + Span::from_ms(502),
            Instant::START + Span::from_ms(502),
            &state(495),
            |_| Point::ORIGIN,
            None,
        );
        assert!(!l.fresh && l.alarm.is_some_and(|a| matches!(a.cause, Cause::StateReordered { .. })), "{l:?}");
        assert_eq!(w.last().map(|s| s.at), Some(Instant::START + Span::from_ms(500)));
        assert_eq!(look(&mut w, 504_000_000, 504, &state(400)), Some(Level::R3));
        assert_eq!(look(&mut w, 504_000_000, 504, &state(700)), Some(Level::R3));
    }
}
