//! The true head: where it is, why it moves, how it gives.
//!
//! In: the nominal pose, `Imperfections::head`, forces on the head. Out: its true pose, step by step.
//! Absent: what anyone believes about it. Two parts are added: a motion of the person's own (drift, breathing, heartbeat,
//! startle; `skin.md` 3.6) and the give of head and cushion under forces, a damped spring in six freedoms about the
//! centre of the head. Gravity is in the rest pose already. Not modelled: talk, swallowing, sway.

use std::f64::consts::TAU;

use frames::{Base, Head, Pose};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};

use crate::body::STEP;
use crate::draw::{Draw, Stream};
use crate::imperfections::HeadMotion;

/// Part of a startle that is taken back, E.
const TAKEN_BACK: f64 = 0.7;
/// Time constant in which it is taken back, s, E.
const BACK_IN: f64 = 0.5;

/// A displacement: of a point, and about it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Twist {
    linear: Vector3<f64>,
    angular: Vector3<f64>,
}

impl Twist {
    const ZERO: Self = Self { linear: Vector3::new(0.0, 0.0, 0.0), angular: Vector3::new(0.0, 0.0, 0.0) };

    fn plus(self, other: Self, factor: f64) -> Self {
        Self { linear: self.linear + other.linear * factor, angular: self.angular + other.angular * factor }
    }
}

/// A startle under way.
#[derive(Debug, Clone, Copy)]
struct Startle {
    /// How it moves at its fastest, per second.
    peak: Twist,
    /// Since it began, s.
    age: f64,
}

/// The true head.
pub(crate) struct TrueHead {
    motion: HeadMotion,
    draw: Draw,
    /// Steps made.
    step: u64,
    nominal: Isometry3<f64>,
    /// Turns happen about this point of the nominal head, base frame.
    pivot: Point3<f64>,
    /// Head's +y and +z together, base frame: breathing lifts and nods.
    body_axis: Vector3<f64>,
    walk_speed: Twist,
    walk: Twist,
    startle: Option<Startle>,
    /// What a startle has moved and is being taken back.
    returning: Twist,
    give_speed: Twist,
    give: Twist,
    pose: Isometry3<f64>,
}

impl TrueHead {
    /// At rest at `nominal`. `centre` is the middle of the head.
    pub(crate) fn new(motion: HeadMotion, draw: Draw, nominal: &Pose<Base, Head>, centre: &Point3<f64>) -> Self {
        let nominal = *nominal.get();
        let walk_speed = Twist {
            linear: draw.gauss3(Stream::Drift, 0) * motion.drift_speed,
            angular: draw.gauss3(Stream::Drift, 1) * motion.drift_turn,
        };
        let mut head = Self {
            motion,
            draw,
            step: 0,
            nominal,
            pivot: nominal * centre,
            body_axis: nominal.rotation * Vector3::new(0.0, 0.6, 0.8),
            walk_speed,
            walk: Twist::ZERO,
            startle: None,
            returning: Twist::ZERO,
            give_speed: Twist::ZERO,
            give: Twist::ZERO,
            pose: nominal,
        };
        head.pose = head.posed();
        head
    }

    /// Now.
    pub(crate) fn pose(&self) -> Pose<Base, Head> {
        Pose::new(self.pose)
    }

    /// One step under `force` (N) and its `moment` about [`TrueHead::centre`] (N m), base frame.
    pub(crate) fn step(&mut self, force: &Vector3<f64>, moment: &Vector3<f64>) {
        self.step += 1;
        self.drift();
        self.startle();
        self.yield_to(force, moment);
        self.pose = self.posed();
    }

    /// Where the middle of the head is, base frame.
    pub(crate) fn centre(&self) -> Point3<f64> {
        self.pivot + self.moved().linear
    }

    /// Ornstein-Uhlenbeck speed: a walk that is smooth over `drift_time` and a random walk over longer times.
    fn drift(&mut self) {
        let m = &self.motion;
        if m.drift_speed <= 0.0 && m.drift_turn <= 0.0 {
            return;
        }
        let keep = (-STEP / m.drift_time).exp();
        let fresh = (1.0 - keep * keep).sqrt();
        let k = 2 * self.step;
        let linear = self.draw.gauss3(Stream::Drift, k) * (m.drift_speed * fresh);
        let angular = self.draw.gauss3(Stream::Drift, k + 1) * (m.drift_turn * fresh);
        self.walk_speed.linear = self.walk_speed.linear * keep + linear;
        self.walk_speed.angular = self.walk_speed.angular * keep + angular;
        self.walk = self.walk.plus(self.walk_speed, STEP);
    }

    fn startle(&mut self) {
        let m = &self.motion;
        if self.startle.is_none() && self.draw.unit(Stream::Startle, self.step) < m.startle_rate * STEP {
            let k = self.step;
            let towards = |n| self.draw.gauss3(Stream::StartleShape, 4 * k + n).try_normalize(1e-9);
            let size = |n| 0.5 + 0.5 * self.draw.unit(Stream::StartleShape, 4 * k + n);
            let peak = Twist {
                linear: towards(0).unwrap_or_else(Vector3::y) * (m.startle_speed * size(2)),
                angular: towards(1).unwrap_or_else(Vector3::x) * (m.startle_turn * size(3)),
            };
            self.startle = Some(Startle { peak, age: 0.0 });
        }
        let back = (STEP / BACK_IN).min(1.0);
        self.returning = self.returning.plus(self.returning, -back);
        if let Some(startle) = &mut self.startle {
            startle.age += STEP;
            let speed = (0.5 * TAU * startle.age / m.startle_time).sin().powi(2);
            let moved = |share: f64| Twist::ZERO.plus(startle.peak, speed * STEP * share);
            self.returning = self.returning.plus(moved(TAKEN_BACK), 1.0);
            self.walk = self.walk.plus(moved(1.0 - TAKEN_BACK), 1.0);
            if startle.age >= m.startle_time {
                self.startle = None;
            }
        }
    }

    /// `x'' = w^2 (give * F - x) - 2 z w x'`, semi-implicit.
    fn yield_to(&mut self, force: &Vector3<f64>, moment: &Vector3<f64>) {
        let m = &self.motion;
        let w = TAU * m.rest_rate;
        // A cushion stiffer than a step can follow is followed at the step's own rate.
        let w = w.min(0.5 / STEP);
        let goal = Twist { linear: force * m.give, angular: moment * m.give_turn };
        let pull = Twist::ZERO.plus(goal, w * w).plus(self.give, -w * w);
        let damped = 1.0 / (1.0 + 2.0 * m.rest_damping * w * STEP);
        self.give_speed = Twist::ZERO.plus(self.give_speed.plus(pull, STEP), damped);
        self.give = self.give.plus(self.give_speed, STEP);
    }

    fn rhythm(&self) -> Vector3<f64> {
        let m = &self.motion;
        if m.breathing <= 0.0 && m.heartbeat <= 0.0 {
            return Vector3::zeros();
        }
        let t = self.step as f64 * STEP;
        let phase = |k| TAU * self.draw.unit(Stream::Phase, k);
        let breath = (TAU * m.breathing_rate * t + phase(0)).sin() - phase(0).sin();
        let beat: f64 = (1..=3)
            .map(|h| {
                let (h, start) = (f64::from(h), phase(h as u64));
                ((TAU * m.heartbeat_rate * h * t + start).sin() - start.sin()) / h
            })
            .sum();
        self.body_axis * (m.breathing * breath + m.heartbeat * beat)
    }

    fn moved(&self) -> Twist {
        let mut all = self.walk.plus(self.returning, 1.0).plus(self.give, 1.0);
        all.linear += self.rhythm();
        all
    }

    fn posed(&self) -> Isometry3<f64> {
        let moved = self.moved();
        let about = Translation3::from(self.pivot.coords + moved.linear);
        let turn = UnitQuaternion::from_scaled_axis(moved.angular);
        about * turn * Translation3::from(-self.pivot.coords) * self.nominal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imperfections::Imperfections;
    use frames::Seed;

    fn head(motion: HeadMotion, seed: u64) -> TrueHead {
        let nominal = Pose::new(Isometry3::new(Vector3::new(0.5, 0.0, 0.3), Vector3::new(0.1, 0.2, 0.3)));
        TrueHead::new(motion, Draw(Seed(seed)), &nominal, &Point3::new(0.0, 0.0, 0.05))
    }

    fn still() -> HeadMotion {
        Imperfections::none().head
    }

    #[test]
    fn a_perfect_head_does_not_move() {
        let mut h = head(still(), 1);
        let before = h.pose();
        for _ in 0..1000 {
            h.step(&Vector3::new(10.0, 0.0, 0.0), &Vector3::new(1.0, 0.0, 0.0));
        }
        assert!((h.pose().origin() - before.origin()).norm().get() < 1e-15);
    }

    #[test]
    fn gives_by_force_over_stiffness() {
        let motion = HeadMotion { give: 2e-4, give_turn: 0.05, ..still() };
        let mut h = head(motion, 1);
        let (pose, centre) = (h.pose(), h.centre());
        for _ in 0..3000 {
            h.step(&Vector3::new(0.0, 3.0, 0.0), &Vector3::new(0.0, 0.0, 0.2));
        }
        let moved = h.centre() - centre;
        assert!((moved - Vector3::new(0.0, 6e-4, 0.0)).norm() < 1e-9, "{moved}");
        let turned = (h.pose().get().rotation * pose.get().rotation.inverse()).scaled_axis();
        assert!((turned - Vector3::new(0.0, 0.0, 0.01)).norm() < 1e-9, "{turned}");
    }

    /// `skin.md` 3.6: mean speed 1.2 mm/s; 6-8 mm after 5 min.
    #[test]
    fn drifts_as_measured() {
        let only = HeadMotion { breathing: 0.0, heartbeat: 0.0, startle_rate: 0.0, ..HeadMotion::default() };
        let (mut speed, mut square, n) = (0.0, 0.0, 24_u32);
        for seed in 0..n {
            let mut h = head(only, u64::from(seed));
            let start = h.centre();
            for _ in 0..20_000 {
                let before = h.centre();
                h.step(&Vector3::zeros(), &Vector3::zeros());
                speed += (h.centre() - before).norm() / STEP / 20_000.0 / f64::from(n);
            }
            square += (h.centre() - start).norm_squared() / f64::from(n);
        }
        // A random walk: 20 s stand for 300 s by the root of the time.
        let five_min = (square * 15.0).sqrt();
        assert!((1.1e-3..1.3e-3).contains(&speed), "{speed}");
        assert!((5e-3..9e-3).contains(&five_min), "{five_min}");
    }

    #[test]
    fn startles_at_the_measured_speed_and_mostly_comes_back() {
        let motion = HeadMotion { startle_rate: 1e9, startle_turn: 0.0, ..HeadMotion::default() };
        let motion = HeadMotion { drift_speed: 0.0, drift_turn: 0.0, breathing: 0.0, heartbeat: 0.0, ..motion };
        let mut h = head(motion, 3);
        let start = h.centre();
        let mut fastest: f64 = 0.0;
        for k in 0..5000 {
            if k == 1 {
                h.motion.startle_rate = 0.0;
            }
            let before = h.centre();
            h.step(&Vector3::zeros(), &Vector3::zeros());
            fastest = fastest.max((h.centre() - before).norm() / STEP);
        }
        assert!((0.043..=0.0861).contains(&fastest), "{fastest}");
        let rest = (h.centre() - start).norm() / (0.5 * fastest * 0.15);
        assert!((0.25..0.36).contains(&rest), "{rest}");
    }
}
