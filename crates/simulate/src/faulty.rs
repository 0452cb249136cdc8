//! Any driver, misbehaving on schedule.
//!
//! In: a driver and [`Episode`]s. Out: a driver of the same trait, so it stacks with recorders and guards. Absent: what a
//! correct reaction is; numbers of rows are those of the fault matrix in `faults.md` section 6.
//! Faults sit on the wire between controller and arm: setpoints are changed on the way in, states on the way out. What happens
//! at the arm itself (collisions, weak motors, a moving head) is the business of the driver inside.

use arm::{ArmDriver, ArmState, Joint, Mode, Setpoint, Tracked};
use frames::{Head, Instant, Metres, Newtons, Pose, Seed, Span, hash, unit};
use nalgebra::{Isometry3, Vector3};

/// States kept for late delivery, cycles.
const KEPT: usize = 256;
/// The stream of [`Faulty::by_seed`].
const STREAM: u64 = 0x4641_554c;

/// One way to misbehave. Lasts as long as its [`Episode`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// The newest state does not arrive; the one before comes again (rows 1-3, 25: one cycle, some, many).
    StateLost,
    /// States arrive late by this many cycles, in order (rows 5, 6).
    StateLate {
        /// At most 255.
        cycles: u8,
    },
    /// A joint angle that is no number (row 41).
    StateNan,
    /// An encoder is off (row 39).
    EncoderOff {
        /// Which; a joint the arm has not changes nothing.
        joint: Joint,
        /// rad.
        by: f64,
    },
    /// The setpoint does not arrive; the one before comes again (row 7, 8).
    SetpointLost,
    /// The setpoint arrives a cycle late (row 7).
    SetpointLate,
    /// No new pose arrives (rows 29, 30).
    TrackerLost,
    /// The pose is the same with each new frame (row 31).
    TrackerFrozen,
    /// The pose is off, as seen from the head (rows 32, 34; a swapped marker is half a turn).
    TrackerJump {
        /// `true head from seen head`.
        by: Pose<Head, Head>,
    },
    /// Poses arrive later by this (row 33).
    TrackerLate {
        /// At most 255 cycles.
        by: Span,
    },
    /// The force is what it was (row 43).
    ForceStuck,
    /// The force is off (row 43).
    ForceOff {
        /// Added.
        by: Newtons,
    },
    /// The ring's displacement is what it was (row 43).
    NoseStuck,
    /// The needle stays where it was told to be when the jam began (row 45).
    NeedleJam,
    /// The switch never says that the needle is withdrawn (row 45).
    SwitchOpen,
    /// The skin lies deeper than the scan says by this, along the head's +z and away from it (row 44).
    SurfaceShift {
        /// Positive: contact comes later than expected over the top of the head.
        by: Metres,
    },
    /// The arm says it has stopped, and does not hear setpoints (rows 19-21).
    Stopped {
        /// Which stop it reports.
        mode: Mode,
    },
}

/// One misbehaviour and when, on the run's time line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Episode {
    /// First moment.
    pub from: Instant,
    /// First moment after.
    pub until: Instant,
    /// What.
    pub what: Misbehaviour,
}

/// A driver that misbehaves.
#[derive(Debug, Clone)]
pub struct Faulty<D> {
    inner: D,
    episodes: Vec<Episode>,
    /// Newest last; a ring.
    past: Vec<ArmState>,
    /// How many states have been seen.
    seen: usize,
    /// The state before each episode, once it has begun.
    frozen: Vec<Option<ArmState>>,
    told: Option<Setpoint>,
    waiting: Option<Setpoint>,
    jam: Option<Setpoint>,
    last: Option<ArmState>,
}

impl Episode {
    /// `what` from `from` on, for `lasts`.
    pub fn new(from: Instant, lasts: Span, what: Misbehaviour) -> Self {
        Self { from, until: from + lasts, what }
    }

    fn is_on(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }
}

impl<D: ArmDriver> Faulty<D> {
    /// `inner`, misbehaving as listed; several at a time are applied in this order.
    pub fn new(inner: D, episodes: Vec<Episode>) -> Self {
        let frozen = vec![None; episodes.len()];
        Self {
            inner,
            episodes,
            past: Vec::with_capacity(KEPT),
            seen: 0,
            frozen,
            told: None,
            waiting: None,
            jam: None,
            last: None,
        }
    }

    /// `count` episodes drawn from all kinds, begun evenly over `[from, from + over)`, each of 1 to 200 ms.
    pub fn by_seed(inner: D, seed: Seed, from: Instant, over: Span, count: u32) -> Self {
        let episodes = (0..u64::from(count))
            .map(|k| {
                let at = from + Span::from_seconds(over.seconds() * unit(seed, STREAM, 4 * k));
                let lasts = Span::from_ms(1 + (hash(seed, STREAM, 4 * k + 1) % 200) as i64);
                Episode::new(at, lasts, drawn(hash(seed, STREAM, 4 * k + 2), unit(seed, STREAM, 4 * k + 3)))
            })
            .collect();
        Self::new(inner, episodes)
    }

    /// The schedule.
    pub fn episodes(&self) -> &[Episode] {
        &self.episodes
    }

    /// The driver inside.
    pub fn inner(&self) -> &D {
        &self.inner
    }

    /// The driver inside, to change it.
    pub fn inner_mut(&mut self) -> &mut D {
        &mut self.inner
    }

    /// What the controller is shown of a true reply.
    fn spoil(&mut self, fresh: ArmState) -> ArmState {
        if self.past.len() < KEPT {
            self.past.push(fresh);
        } else {
            self.past[self.seen % KEPT] = fresh;
        }
        self.seen += 1;
        let mut shown = fresh;
        for k in 0..self.episodes.len() {
            let Episode { what, .. } = self.episodes[k];
            if !self.episodes[k].is_on(fresh.at) {
                continue;
            }
            // What the controller saw last before this episode began.
            let before = *self.frozen[k].get_or_insert(self.last.unwrap_or(fresh));
            match what {
                Misbehaviour::StateLost => shown = before,
                Misbehaviour::StateLate { cycles } => shown = self.ago(usize::from(cycles)),
                Misbehaviour::StateNan => shown.q = shown.q.map(|_| f64::NAN),
                Misbehaviour::EncoderOff { joint, by } => {
                    if let Some(q) = shown.q.get_mut(joint.0) {
                        *q += by;
                    }
                }
                Misbehaviour::TrackerLost => shown.head = before.head,
                Misbehaviour::TrackerFrozen => {
                    if let (Some(now), Some(then)) = (&mut shown.head, &before.head) {
                        now.base_from_head = then.base_from_head;
                    }
                }
                Misbehaviour::TrackerJump { by } => move_head(&mut shown.head, &by),
                Misbehaviour::SurfaceShift { by } => {
                    let up = Isometry3::translation(0.0, 0.0, by.get());
                    move_head(&mut shown.head, &Pose::new(up));
                }
                Misbehaviour::TrackerLate { by } => {
                    shown.head = (0..self.past.len())
                        .map(|n| self.ago(n))
                        .find(|s| s.at + by <= fresh.at)
                        .and_then(|s| s.head)
                        .or(before.head);
                }
                Misbehaviour::ForceStuck => shown.axial_force = before.axial_force,
                Misbehaviour::ForceOff { by } => shown.axial_force = shown.axial_force + by,
                Misbehaviour::NoseStuck => shown.nose = before.nose,
                Misbehaviour::SwitchOpen => shown.withdrawn = false,
                Misbehaviour::NeedleJam => shown.withdrawn &= before.withdrawn,
                Misbehaviour::Stopped { mode } => shown.mode = mode,
                Misbehaviour::SetpointLost | Misbehaviour::SetpointLate => {}
            }
        }
        self.last = Some(shown);
        shown
    }

    /// What the arm is told instead of `wanted`.
    fn garble(&mut self, wanted: &Setpoint, now: Instant) -> Option<Setpoint> {
        let mut send = Some(*wanted);
        let mut late = false;
        let mut jammed = false;
        for episode in self.episodes.iter().filter(|e| e.is_on(now)) {
            match episode.what {
                Misbehaviour::SetpointLost | Misbehaviour::Stopped { .. } => send = self.told,
                Misbehaviour::SetpointLate => late = true,
                Misbehaviour::NeedleJam => jammed = true,
                _ => {}
            }
        }
        if late {
            let waited = self.waiting.replace(*wanted);
            send = waited.or(self.told);
        } else {
            self.waiting = None;
        }
        if jammed {
            let stuck = *self.jam.get_or_insert(self.told.unwrap_or(*wanted));
            send = send.map(|s| Setpoint { protrusion: stuck.protrusion, ..s });
        } else {
            self.jam = None;
        }
        send
    }

    /// The true state of `n` cycles before the newest; the oldest kept when there is none.
    fn ago(&self, n: usize) -> ArmState {
        let n = n.min(self.past.len() - 1);
        self.past[(self.seen - 1 - n) % KEPT]
    }
}

impl<D: ArmDriver> ArmDriver for Faulty<D> {
    type Error = D::Error;

    fn cycle(&self) -> Span {
        self.inner.cycle()
    }

    fn state(&mut self) -> Result<ArmState, D::Error> {
        let fresh = self.inner.state()?;
        Ok(self.spoil(fresh))
    }

    fn exchange(&mut self, setpoint: &Setpoint) -> Result<ArmState, D::Error> {
        let now = self.inner.state()?.at;
        let reply = match self.garble(setpoint, now) {
            Some(send) => {
                self.told = Some(send);
                self.inner.exchange(&send)
            }
            // Nothing has ever arrived: an empty wire. The arm cannot be told to let time pass, so it is told to stay where
            // it says it is.
            None => {
                let s = self.inner.state()?;
                let stay = Setpoint { q: s.q, qd: s.qd.map(|_| 0.0), protrusion: s.protrusion, ..*setpoint };
                self.inner.exchange(&stay)
            }
        };
        reply.map(|fresh| self.spoil(fresh))
    }
}

fn move_head(head: &mut Option<Tracked>, by: &Pose<Head, Head>) {
    if let Some(tracked) = head {
        tracked.base_from_head = tracked.base_from_head * *by;
    }
}

/// One of every kind, of a size that matters.
fn drawn(word: u64, size: f64) -> Misbehaviour {
    let turn = |angle: f64| Pose::new(Isometry3::new(Vector3::zeros(), Vector3::z() * angle));
    match word % 18 {
        0 => Misbehaviour::StateLost,
        1 => Misbehaviour::StateLate { cycles: (size * 100.0) as u8 },
        2 => Misbehaviour::StateNan,
        3 => Misbehaviour::EncoderOff { joint: Joint((size * 6.0) as usize), by: 0.02 * (size - 0.5) },
        4 => Misbehaviour::SetpointLost,
        5 => Misbehaviour::SetpointLate,
        6 => Misbehaviour::TrackerLost,
        7 => Misbehaviour::TrackerFrozen,
        8 => Misbehaviour::TrackerJump { by: Pose::new(Isometry3::translation(0.04 * (size - 0.5), 0.0, 0.0)) },
        9 => Misbehaviour::TrackerJump { by: turn(0.35 * (size - 0.5)) },
        10 => Misbehaviour::TrackerLate { by: Span::from_seconds(0.15 * size) },
        11 => Misbehaviour::ForceStuck,
        12 => Misbehaviour::ForceOff { by: Newtons::new(4.0 * (size - 0.5)) },
        13 => Misbehaviour::NoseStuck,
        14 => Misbehaviour::NeedleJam,
        15 => Misbehaviour::SwitchOpen,
        16 => Misbehaviour::SurfaceShift { by: Metres::new(4e-3 * (size - 0.5)) },
        _ => Misbehaviour::Stopped { mode: Mode::ProtectiveStop },
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use arm::{JointPos, JointVel};
    use frames::Protrusion;
    use std::convert::Infallible;

    /// Does at once what it is told; every number of its state is its time in ms.
    #[derive(Debug, Clone)]
    struct Echo {
        state: ArmState,
        heard: Vec<Setpoint>,
    }

    impl ArmDriver for Echo {
        type Error = Infallible;
        fn cycle(&self) -> Span {
            Span::from_ms(1)
        }
        fn state(&mut self) -> Result<ArmState, Infallible> {
            Ok(self.state)
        }
        fn exchange(&mut self, setpoint: &Setpoint) -> Result<ArmState, Infallible> {
            self.heard.push(*setpoint);
            self.state = at(self.state.at.ns() / 1_000_000 + 1, setpoint.protrusion);
            Ok(self.state)
        }
    }

    fn at(ms: u64, protrusion: Protrusion) -> ArmState {
        let t = ms as f64;
        let base_from_head = Pose::new(Isometry3::translation(t, 0.0, 0.0));
        ArmState {
            seq: Some(ms),
            at: Instant::from_ns(ms * 1_000_000),
            q: JointPos::from_slice(&[t; 6]).unwrap(),
            qd: JointVel::zeros(6),
            protrusion,
            withdrawn: true,
            nose: Metres::new(t),
            axial_force: Newtons::new(t),
            head: Some(Tracked { frame: ms as u32, taken: Instant::from_ns(ms * 1_000_000), base_from_head }),
            mode: Mode::Running,
        }
    }

    fn setpoint(k: u64) -> Setpoint {
        Setpoint {
            seq: k,
            at: Instant::from_ns(k * 1_000_000),
            q: JointPos::zeros(6),
            qd: JointVel::zeros(6),
            protrusion: Protrusion::new(Metres::new(k as f64)),
            valid_for: Span::from_ms(20),
        }
    }

    /// What is seen at 1..=9 ms when `what` lasts from 4 ms to before 7 ms, and what was heard.
    fn run(what: Misbehaviour) -> (Vec<ArmState>, Vec<Setpoint>) {
        let episode = Episode::new(Instant::from_ns(4_000_000), Span::from_ms(3), what);
        let echo = Echo { state: at(0, Protrusion::ZERO), heard: Vec::new() };
        let mut faulty = Faulty::new(echo, vec![episode]);
        let seen = (1..=9).map(|k| faulty.exchange(&setpoint(k)).unwrap()).collect();
        (seen, faulty.inner.heard)
    }

    #[track_caller]
    fn shown<T: PartialEq + std::fmt::Debug>(what: Misbehaviour, get: fn(&ArmState) -> T, want: [T; 9]) {
        let seen: Vec<T> = run(what).0.iter().map(get).collect();
        assert_eq!(seen, want, "{what:?}");
    }

    #[track_caller]
    fn heard<T: PartialEq + std::fmt::Debug>(what: Misbehaviour, get: fn(&Setpoint) -> T, want: [T; 9]) {
        let heard: Vec<T> = run(what).1.iter().map(get).collect();
        assert_eq!(heard, want, "{what:?}");
    }

    fn stamp(s: &ArmState) -> u64 {
        s.at.ns() / 1_000_000
    }

    #[test]
    fn states() {
        shown(Misbehaviour::StateLost, stamp, [1, 2, 3, 3, 3, 3, 7, 8, 9]);
        shown(Misbehaviour::StateLate { cycles: 2 }, stamp, [1, 2, 3, 2, 3, 4, 7, 8, 9]);
        shown(Misbehaviour::StateLate { cycles: 255 }, stamp, [1, 2, 3, 1, 1, 1, 7, 8, 9]);
        let (f, t) = (false, true);
        shown(Misbehaviour::StateNan, |s| s.q.is_finite(), [t, t, t, f, f, f, t, t, t]);
        let off = Misbehaviour::EncoderOff { joint: Joint(1), by: 0.5 };
        shown(
            off,
            |s| [s.q[0], s.q[1]],
            [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
                .map(|v: f64| [v, if (4.0..7.0).contains(&v) { v + 0.5 } else { v }]),
        );
        shown(Misbehaviour::EncoderOff { joint: Joint(7), by: 1.0 }, |s| s.q[0] as u64, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn trackers() {
        let frame = |s: &ArmState| s.head.map(|h| h.frame).unwrap();
        let place = |s: &ArmState| s.head.map(|h| h.base_from_head.origin().coords.x).unwrap() as i64;
        shown(Misbehaviour::TrackerLost, frame, [1, 2, 3, 3, 3, 3, 7, 8, 9]);
        shown(Misbehaviour::TrackerFrozen, frame, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        shown(Misbehaviour::TrackerFrozen, place, [1, 2, 3, 3, 3, 3, 7, 8, 9]);
        let by = Pose::new(Isometry3::translation(10.0, 0.0, 0.0));
        shown(Misbehaviour::TrackerJump { by }, place, [1, 2, 3, 14, 15, 16, 7, 8, 9]);
        shown(Misbehaviour::TrackerLate { by: Span::from_ms(2) }, frame, [1, 2, 3, 2, 3, 4, 7, 8, 9]);
        let height = |s: &ArmState| s.head.map(|h| h.base_from_head.origin().coords.z).unwrap();
        let by = Metres::new(0.5);
        shown(Misbehaviour::SurfaceShift { by }, height, [0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn tools() {
        let force = |s: &ArmState| s.axial_force.get() as i64;
        shown(Misbehaviour::ForceStuck, force, [1, 2, 3, 3, 3, 3, 7, 8, 9]);
        shown(Misbehaviour::ForceOff { by: Newtons::new(-9.0) }, force, [1, 2, 3, -5, -4, -3, 7, 8, 9]);
        shown(Misbehaviour::NoseStuck, |s| s.nose.get() as i64, [1, 2, 3, 3, 3, 3, 7, 8, 9]);
        let (f, t) = (false, true);
        shown(Misbehaviour::SwitchOpen, |s| s.withdrawn, [t, t, t, f, f, f, t, t, t]);
    }

    #[test]
    fn setpoints() {
        // The instants are those at which a setpoint is sent: number 5 is sent at 4 ms.
        heard(Misbehaviour::SetpointLost, |s| s.seq, [1, 2, 3, 4, 4, 4, 4, 8, 9]);
        heard(Misbehaviour::SetpointLate, |s| s.seq, [1, 2, 3, 4, 4, 5, 6, 8, 9]);
        heard(
            Misbehaviour::NeedleJam,
            |s| (s.seq, s.protrusion.get() as u64),
            [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4), (6, 4), (7, 4), (8, 8), (9, 9)],
        );
        let stop = Misbehaviour::Stopped { mode: Mode::EmergencyStop };
        heard(stop, |s| s.seq, [1, 2, 3, 4, 4, 4, 4, 8, 9]);
        let (r, e) = (Mode::Running, Mode::EmergencyStop);
        shown(stop, |s| s.mode, [r, r, r, e, e, e, r, r, r]);
    }

    #[test]
    fn a_seed_is_a_schedule() {
        let echo = || Echo { state: at(0, Protrusion::ZERO), heard: Vec::new() };
        let by = |seed| Faulty::by_seed(echo(), Seed(seed), Instant::START, Span::from_ms(1000), 500);
        assert_eq!(by(1).episodes(), by(1).episodes());
        assert_ne!(by(1).episodes(), by(2).episodes());
        for k in 0..18 {
            let kind = std::mem::discriminant(&drawn(k, 0.5));
            assert!(by(1).episodes().iter().any(|e| std::mem::discriminant(&e.what) == kind));
        }
    }

    #[test]
    fn nothing_scheduled_changes_nothing() {
        let echo = Echo { state: at(0, Protrusion::ZERO), heard: Vec::new() };
        let (mut plain, mut faulty) = (echo.clone(), Faulty::new(echo, Vec::new()));
        for k in 1..600 {
            assert_eq!(plain.exchange(&setpoint(k)).unwrap(), faulty.exchange(&setpoint(k)).unwrap());
        }
        assert_eq!(plain.heard, faulty.inner.heard);
    }
}
