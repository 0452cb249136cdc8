//! Where the head is, and how fast, from a tracker that is late, noisy and sometimes wrong.
//!
//! In: tracker poses with the instant the light was caught. Out: the pose predicted for any instant, its speed, alarms.
//! A constant-velocity alpha-beta filter on translation and on the rotation vector, gains from the tracking index
//! (Kalata 1984, IEEE Transactions on Aerospace and Electronic Systems 20(2), equations 20-22). Delay is compensated by
//! predicting from the instant of the light. A pose that no head could reach is an outlier and is dropped; one that a
//! startled head could reach but the filter did not expect is taken at its word, at once, so that gates close in time.
//! Absent: the arm, the stroke, any clock.

use arm::Tracked;
use frames::{Base, Head, Instant, Metres, Point, Pose, Radians, Span};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use crate::fault::{Alarm, Cause, Level};
use crate::{Bounds, Tracking};

/// Longest silence over which a filter step is computed, s.
const LONGEST_STEP: f64 = 0.25;
/// Innovations beyond this many sigma are a manoeuvre: at 120 Hz a Gaussian does it once in weeks.
const MANOEUVRE: f64 = 6.0;
/// A head does not go faster than this, m/s and rad/s; three times the startle of `skin.md` 3.6.
const FASTEST: (f64, f64) = (0.6, 2.0);
/// A pose stamped later than its own arrival by more than this is wrong.
const STAMP_TOLERANCE: Span = Span::from_ms(2);
/// Exact repeats that prove a frozen tracker.
const FROZEN: u32 = 5;
/// Poses over which the speed is also taken without the filter: 33 ms at 120 Hz. A filter that halves the noise of a calm
/// head needs 0.1 s to believe a sudden 40 mm/s; the plain difference needs 30 ms and is 4 mm/s noisy.
const RECENT: usize = 5;
/// Outliers in a row that prove a lost one.
const LOST: u32 = 3;

/// The predicted head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Predicted {
    pub(crate) position: Vector3<f64>,
    pub(crate) rotation: UnitQuaternion<f64>,
    pub(crate) velocity: Vector3<f64>,
    pub(crate) turn: Vector3<f64>,
}

/// The filter.
#[derive(Debug, Clone)]
pub(crate) struct HeadFilter {
    tracking: Tracking,
    bounds: Bounds,
    last: Option<Tracked>,
    state: Option<Predicted>,
    /// When the light of the filter's state was caught.
    taken: Instant,
    heard: u32,
    /// Mean square innovation per axis: position, rotation.
    scatter: (f64, f64),
    rejected: u32,
    repeated: u32,
    /// No two poses of the warm-up were equal: noise is expected, and repeats mean something.
    noisy: bool,
    latency: Span,
    recent: [Option<(Instant, Isometry3<f64>)>; RECENT],
}

impl HeadFilter {
    pub(crate) fn new(tracking: Tracking, bounds: Bounds) -> Self {
        let square = |s: f64| 2.0 * s * s;
        Self {
            tracking,
            bounds,
            last: None,
            state: None,
            taken: Instant::START,
            heard: 0,
            scatter: (square(tracking.noise.get()), square(tracking.noise_turn.get())),
            rejected: 0,
            repeated: 0,
            noisy: true,
            latency: Span::ZERO,
            recent: [None; RECENT],
        }
    }

    /// Enough poses for a first motion.
    pub(crate) fn is_warm(&self) -> bool {
        self.heard >= self.tracking.warm_up
    }

    /// Since the light of the newest accepted pose; `None` before the first.
    pub(crate) fn age(&self, now: Instant) -> Option<Span> {
        self.state.map(|_| now - self.taken)
    }

    /// Takes over what the tracker says now, and judges it.
    pub(crate) fn hear(&mut self, now: Instant, tracked: Option<Tracked>) -> Option<Alarm> {
        let mut alarm = None;
        if let Some(pose) = tracked
            && self.last.is_none_or(|last| last.frame != pose.frame)
        {
            alarm = self.take(now, pose);
            self.last = Some(pose);
        }
        // A tracker that never spoke is waited for; one that fell silent is a fault.
        if let Some(age) = self.age(now)
            && age > self.bounds.tracker_age
        {
            alarm = Alarm::worse(alarm, Some(Alarm::new(Level::R2, Cause::TrackerAge { age })));
        }
        let slow = Cause::TrackerLatency { latency: self.latency };
        if self.latency > self.bounds.latency_withdraw {
            alarm = Alarm::worse(alarm, Some(Alarm::new(Level::R2, slow)));
        } else if self.latency > self.bounds.latency_hold {
            alarm = Alarm::worse(alarm, Some(Alarm::new(Level::R1, slow)));
        }
        alarm
    }

    fn take(&mut self, now: Instant, pose: Tracked) -> Option<Alarm> {
        if let Some(last) = self.last {
            self.repeated = if last.base_from_head == pose.base_from_head { self.repeated + 1 } else { 0 };
            self.noisy &= self.is_warm() || self.repeated == 0;
            if self.noisy && self.repeated + 1 >= FROZEN {
                return Some(Alarm::new(Level::R2, Cause::TrackerFrozen { frames: self.repeated + 1 }));
            }
        }
        self.latency = now - pose.taken;
        let iso = pose.base_from_head.get();
        let Some(state) = self.state else {
            self.state = Some(Predicted {
                position: iso.translation.vector,
                rotation: iso.rotation,
                velocity: Vector3::zeros(),
                turn: Vector3::zeros(),
            });
            self.taken = pose.taken;
            self.heard = 1;
            return None;
        };
        let dt = (pose.taken - self.taken).seconds();
        let early = pose.taken - now > STAMP_TOLERANCE;
        if !(dt > 0.0) || early {
            return self.reject(Metres::ZERO, Radians::ZERO);
        }
        let dt = dt.min(LONGEST_STEP);
        let ahead = advance(&state, dt);
        let miss = iso.translation.vector - ahead.position;
        let miss_turn = (iso.rotation * ahead.rotation.inverse()).scaled_axis();
        let (by, turn) = (miss.norm(), miss_turn.norm());
        let reach = self.tracking.jump.get() + FASTEST.0 * dt;
        let reach_turn = self.tracking.jump_turn.get() + FASTEST.1 * dt;
        if !(by <= reach && turn <= reach_turn) {
            return self.reject(Metres::new(by), Radians::new(turn));
        }
        self.rejected = 0;
        self.recent.rotate_right(1);
        self.recent[0] = Some((pose.taken, *iso));
        self.heard = self.heard.saturating_add(1);
        let t = self.tracking;
        let warm = self.is_warm();
        let next = Channel { agility: t.agility, noise: t.noise.get(), dt, heard: self.heard, warm };
        let (step, kick) = next.correct(miss, &mut self.scatter.0);
        let (position, velocity) = (ahead.position + step, state.velocity + kick);
        let next = Channel { agility: t.agility_turn, noise: t.noise_turn.get(), ..next };
        let (step, kick) = next.correct(miss_turn, &mut self.scatter.1);
        let rotation = UnitQuaternion::from_scaled_axis(step) * ahead.rotation;
        self.state = Some(Predicted { position, rotation, velocity, turn: state.turn + kick });
        self.taken = pose.taken;
        None
    }

    fn reject(&mut self, by: Metres, turn: Radians) -> Option<Alarm> {
        self.rejected += 1;
        let level = if self.rejected >= LOST { Level::R2 } else { Level::R0 };
        Some(Alarm::new(level, Cause::TrackerJump { by, turn, count: self.rejected }))
    }

    /// The head at `at`, from the newest pose by constant velocity, no further ahead than the configured lead.
    pub(crate) fn predict(&self, at: Instant) -> Option<Predicted> {
        let lead = (at - self.taken).seconds().min(self.tracking.longest_lead.seconds());
        self.state.map(|s| advance(&s, lead))
    }
}

impl HeadFilter {
    /// Speed of a point of the head, m/s: the filter's, or that of the newest poses when it is larger. The head's origin
    /// counts too, because a slow place of a turning head is not a calm head. Zero before the first pose.
    pub(crate) fn speed(&self, at: &Point<Head>, now: Instant) -> f64 {
        let Some(head) = self.predict(now) else { return 0.0 };
        let arm = head.rotation * at.coords.coords;
        let filtered = (head.velocity + head.turn.cross(&arm)).norm().max(head.velocity.norm());
        let plain = match (self.recent.first(), self.recent.last()) {
            (Some(Some((t1, new))), Some(Some((t0, old)))) => {
                (new * at.coords - old * at.coords).norm() / (*t1 - *t0).seconds().max(1e-3)
            }
            _ => 0.0,
        };
        filtered.max(plain)
    }
}

impl Predicted {
    pub(crate) fn pose(&self) -> Pose<Base, Head> {
        Pose::new(Isometry3::from_parts(Translation3::from(self.position), self.rotation))
    }
}

fn advance(s: &Predicted, dt: f64) -> Predicted {
    Predicted {
        position: s.position + s.velocity * dt,
        rotation: UnitQuaternion::from_scaled_axis(s.turn * dt) * s.rotation,
        ..*s
    }
}

/// Three axes of the same kind.
struct Channel {
    agility: f64,
    noise: f64,
    dt: f64,
    heard: u32,
    warm: bool,
}

impl Channel {
    /// What an innovation does to the value and to its rate.
    fn correct(&self, miss: Vector3<f64>, scatter: &mut f64) -> (Vector3<f64>, Vector3<f64>) {
        let floor = 2.0 * self.noise * self.noise;
        let square = miss.norm_squared() / 3.0;
        if self.warm && !(square <= MANOEUVRE * MANOEUVRE * scatter.clamp(floor, 16.0 * floor)) {
            // The head does something new: believe the pose, and the speed that it implies.
            return (miss, miss / self.dt);
        }
        // A second's memory at 120 Hz.
        *scatter += (square - *scatter) / 120.0;
        let index = self.agility * self.dt * self.dt / self.noise.max(1e-9);
        let r = (4.0 + index - (8.0 * index + index * index).sqrt()) / 4.0;
        let alpha = 1.0 - r * r;
        let beta = 2.0 * (2.0 - alpha) - 4.0 * (1.0 - alpha).sqrt();
        // While few poses are known, the gains of the growing memory (the least-squares line) are larger.
        let n = f64::from(self.heard.saturating_sub(1));
        let alpha = alpha.max(2.0 * (2.0 * n + 1.0) / ((n + 1.0) * (n + 2.0))).min(1.0);
        let beta = beta.max(6.0 / ((n + 1.0) * (n + 2.0))).min(1.0);
        (miss * alpha, miss * (beta / self.dt))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;
    use frames::{Seed, gauss};

    const PERIOD: i64 = 8_333_333;

    fn pose(x: f64, turn: f64) -> Pose<Base, Head> {
        Pose::new(Isometry3::new(Vector3::new(0.5 + x, 0.0, 0.3), Vector3::new(0.0, 0.0, turn)))
    }

    /// Frame `k` of a head that moves by `motion`, heard 10 ms after the light.
    fn frame(k: u32, motion: impl Fn(f64) -> f64) -> (Instant, Option<Tracked>) {
        let taken = Instant::from_ns(u64::from(k) * PERIOD as u64 + 1_000_000_000);
        let noise = |axis: u64| 1e-4 * gauss(Seed(3), axis, u64::from(k));
        let t = taken.seconds() - 1.0;
        let mut iso = *pose(motion(t), 0.0).get();
        iso.translation.vector += Vector3::new(noise(0), noise(1), noise(2));
        (taken + Span::from_ms(10), Some(Tracked { frame: k, taken, base_from_head: Pose::new(iso) }))
    }

    fn warm(motion: impl Fn(f64) -> f64 + Copy, frames: u32) -> HeadFilter {
        let mut filter = HeadFilter::new(Tracking::default(), Bounds::default());
        for k in 0..frames {
            let (now, tracked) = frame(k, motion);
            assert_eq!(filter.hear(now, tracked), None, "frame {k}");
        }
        filter
    }

    #[test]
    fn a_drifting_head_is_predicted_without_lag() {
        let motion = |t: f64| 0.005 * t;
        let filter = warm(motion, 240);
        let (now, _) = frame(239, motion);
        let ahead = now + Span::from_ms(30);
        let p = filter.predict(ahead).unwrap();
        let want = 0.5 + motion(ahead.seconds() - 1.0);
        assert!((p.position.x - want).abs() < 1.2e-4, "{} {want}", p.position.x);
        assert!((p.velocity.x - 0.005).abs() < 1.5e-3, "{}", p.velocity.x);
        assert!(filter.speed(&Point::new(0.0, 0.1, 0.1), now) < 0.015);
    }

    #[test]
    fn breathing_is_followed_within_a_tenth_of_a_millimetre_and_noise_is_halved() {
        let motion = |t: f64| 0.001 * (1.6 * t).sin();
        let mut filter = warm(motion, 120);
        let mut square = 0.0;
        for k in 120..1_200 {
            let (now, tracked) = frame(k, motion);
            filter.hear(now, tracked);
            let error = filter.predict(now).unwrap().position.x - 0.5 - motion(now.seconds() - 1.0);
            square += error * error / 1_080.0;
        }
        assert!(square.sqrt() < 0.6e-4, "{}", square.sqrt());
    }

    #[test]
    fn a_startle_is_seen_in_the_first_frame() {
        let motion = |t: f64| if t > 1.0 { 0.2 * (t - 1.0) } else { 0.0 };
        let mut filter = warm(|_| 0.0, 120);
        for k in 120..123 {
            let (now, tracked) = frame(k, motion);
            filter.hear(now, tracked);
        }
        // The light of frame 120 was caught at 1.0 s, of frame 121 one period later.
        let speed = filter.speed(&Point::ORIGIN, Instant::from_ns(2_000_000_000));
        assert!(speed > 0.06, "{speed}");
    }

    #[test]
    fn forty_millimetres_a_second_are_seen_within_five_frames_and_noise_is_not() {
        let mut filter = warm(|_| 0.0, 600);
        let (start, _) = frame(600, |_| 0.0);
        for k in 600..605 {
            let (now, tracked) = frame(k, |t| 0.042 * (t - 5.0).max(0.0));
            filter.hear(now, tracked);
        }
        assert!(filter.speed(&Point::new(0.0, 0.0, 0.11), start) > 0.030);
        let mut filter = warm(|_| 0.0, 120);
        for k in 120..2_400 {
            let (now, tracked) = frame(k, |_| 0.0);
            filter.hear(now, tracked);
            assert!(filter.speed(&Point::new(0.0, 0.0, 0.11), now) < 0.025);
        }
    }

    #[test]
    fn an_outlier_moves_nothing_and_the_third_is_a_fault() {
        let mut filter = warm(|_| 0.0, 60);
        for (k, level) in [(60, Level::R0), (61, Level::R0), (62, Level::R2)] {
            let (now, tracked) = frame(k, |_| 0.020);
            let alarm = filter.hear(now, tracked).unwrap();
            assert_eq!(alarm.level, level);
            assert!(matches!(alarm.cause, Cause::TrackerJump { .. }));
            assert!((filter.predict(now).unwrap().position.x - 0.5).abs() < 1e-3);
        }
        let mut filter = warm(|_| 0.0, 60);
        let (now, mut tracked) = frame(60, |_| 0.0);
        tracked = tracked.map(|t| Tracked { base_from_head: pose(0.0, 0.18), ..t });
        assert!(matches!(filter.hear(now, tracked).unwrap().cause, Cause::TrackerJump { .. }));
    }

    #[test]
    fn a_frozen_tracker_is_found_at_the_fifth_repeat() {
        let mut filter = warm(|_| 0.0, 60);
        let (_, stuck) = frame(60, |_| 0.0);
        for k in 60..65 {
            let (now, tracked) = frame(k, |_| 0.0);
            let tracked = tracked.map(|t| Tracked { base_from_head: stuck.unwrap().base_from_head, ..t });
            let alarm = filter.hear(now, tracked);
            assert_eq!(alarm.is_some(), k == 64, "frame {k}");
        }
    }

    #[test]
    fn silence_and_latency() {
        let mut filter = warm(|_| 0.0, 60);
        let (now, _) = frame(59, |_| 0.0);
        assert_eq!(filter.hear(now + Span::from_ms(40), None), None);
        let alarm = filter.hear(now + Span::from_us(40_001), None).unwrap();
        assert!(matches!(alarm, Alarm { level: Level::R2, cause: Cause::TrackerAge { .. } }));
        let mut filter = warm(|_| 0.0, 60);
        let (now, tracked) = frame(60, |_| 0.0);
        let alarm = filter.hear(now + Span::from_ms(31), tracked).unwrap();
        assert!(matches!(alarm, Alarm { level: Level::R1, cause: Cause::TrackerLatency { .. } }));
    }

    #[test]
    fn a_stamp_from_the_past_or_the_future_is_dropped() {
        let mut filter = warm(|_| 0.0, 60);
        let (now, tracked) = frame(60, |_| 0.0);
        let old = tracked.map(|t| Tracked { taken: t.taken - Span::from_ms(30), ..t });
        assert!(matches!(filter.hear(now, old).unwrap().cause, Cause::TrackerJump { .. }));
        let mut filter = warm(|_| 0.0, 60);
        let future = tracked.map(|t| Tracked { taken: now + Span::from_ms(5), ..t });
        assert!(matches!(filter.hear(now, future).unwrap().cause, Cause::TrackerJump { .. }));
    }
}
