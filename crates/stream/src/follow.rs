//! The head as the arm follows it: the prediction, made smooth enough for joints.
//!
//! In: the predicted head, the length of a step. Out: a pose whose speed, acceleration and jerk are bounded. Third order
//! and critically damped, with the head's speed fed forward: no lag behind a steady motion, and 3 a/w² behind an
//! acceleration a (2 um for a heartbeat of 6 mm/s² at w = 100 rad/s; half of that bandwidth costs 10 um of 130 in a rehearsal
//! with every imperfection of a head on). Absent: judgement; that is [`crate::head`]'s.

use frames::{Base, Head, Pose};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use crate::Tracking;
use crate::head::Predicted;

/// Longest step of the integration, s: bandwidth times step stays far below one.
const STEP: f64 = 0.002;

/// The smoothed head.
#[derive(Debug, Clone)]
pub(crate) struct Follower {
    tracking: Tracking,
    position: Vector3<f64>,
    velocity: Vector3<f64>,
    acceleration: Vector3<f64>,
    rotation: UnitQuaternion<f64>,
    turn: Vector3<f64>,
    turn_acceleration: Vector3<f64>,
}

impl Follower {
    /// Standing at `at`.
    pub(crate) fn new(tracking: Tracking, at: &Pose<Base, Head>) -> Self {
        Self {
            tracking,
            position: at.get().translation.vector,
            velocity: Vector3::zeros(),
            acceleration: Vector3::zeros(),
            rotation: at.get().rotation,
            turn: Vector3::zeros(),
            turn_acceleration: Vector3::zeros(),
        }
    }

    /// Stops where it is, at once. Only when the arm stands.
    pub(crate) fn halt(&mut self) {
        (self.velocity, self.acceleration) = (Vector3::zeros(), Vector3::zeros());
        (self.turn, self.turn_acceleration) = (Vector3::zeros(), Vector3::zeros());
    }

    /// Goes on by `dt` seconds; `head` is the prediction for the end of that time.
    pub(crate) fn advance(&mut self, dt: f64, head: &Predicted) {
        if !(dt > 0.0) {
            return;
        }
        let steps = (dt / STEP).ceil().min(50.0);
        let h = dt / steps;
        for k in 0..steps as u32 {
            // The gap is that at the beginning of each step: then a steady motion leaves none.
            let back = dt - f64::from(k) * h;
            let w = self.tracking.bandwidth;
            let gap = head.position - head.velocity * back - self.position;
            let jerk = w * w * w * gap + 3.0 * w * w * (head.velocity - self.velocity) - 3.0 * w * self.acceleration;
            let jerk = jerk.cap_magnitude(self.tracking.jerk[0]);
            self.acceleration = (self.acceleration + jerk * h).cap_magnitude(self.tracking.acceleration[0]);
            self.velocity += self.acceleration * h;
            self.position += self.velocity * h;

            let target = UnitQuaternion::from_scaled_axis(-head.turn * back) * head.rotation;
            let gap = (target * self.rotation.inverse()).scaled_axis();
            let jerk = w * w * w * gap + 3.0 * w * w * (head.turn - self.turn) - 3.0 * w * self.turn_acceleration;
            let jerk = jerk.cap_magnitude(self.tracking.jerk[1]);
            self.turn_acceleration = (self.turn_acceleration + jerk * h).cap_magnitude(self.tracking.acceleration[1]);
            self.turn += self.turn_acceleration * h;
            self.rotation = UnitQuaternion::from_scaled_axis(self.turn * h) * self.rotation;
        }
        self.rotation.renormalize_fast();
    }

    pub(crate) fn pose(&self) -> Pose<Base, Head> {
        Pose::new(Isometry3::from_parts(Translation3::from(self.position), self.rotation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(x: f64, v: f64) -> Predicted {
        Predicted {
            position: Vector3::new(x, 0.0, 0.0),
            rotation: UnitQuaternion::from_scaled_axis(Vector3::new(0.0, 0.0, x)),
            velocity: Vector3::new(v, 0.0, 0.0),
            turn: Vector3::new(0.0, 0.0, v),
        }
    }

    /// Runs `motion(t) -> (x, v)` for `seconds` with steps of `dt`; gives the last error and the largest changes.
    fn run(motion: impl Fn(f64) -> (f64, f64), seconds: f64, dt: f64) -> (f64, f64, f64) {
        let mut f = Follower::new(Tracking::default(), &head(0.0, 0.0).pose());
        let (mut error, mut acceleration, mut jerk) = (0.0, 0.0_f64, 0.0_f64);
        for k in 1..=(seconds / dt).round() as u32 {
            let (x, v) = motion(f64::from(k) * dt);
            let before = f.acceleration;
            f.advance(dt, &head(x, v));
            acceleration = acceleration.max(f.acceleration.norm());
            jerk = jerk.max((f.acceleration - before).norm() / dt);
            error = (f.position.x - x).abs().max((f.rotation.scaled_axis().z - x).abs());
        }
        (error, acceleration, jerk)
    }

    #[test]
    fn a_steady_motion_is_followed_without_lag() {
        let (error, ..) = run(|t| (0.01 * t, 0.01), 1.0, 0.001);
        assert!(error < 1e-9, "{error}");
    }

    #[test]
    fn a_step_is_followed_within_its_limits() {
        for dt in [0.001, 0.002, 0.008] {
            let (error, acceleration, jerk) = run(|_| (0.002, 0.0), 1.0, dt);
            assert!(error < 1e-6, "{error}");
            assert!(acceleration <= 0.4 + 1e-12, "{acceleration}");
            assert!(jerk <= Tracking::default().jerk[0] + 1e-9, "{jerk}");
        }
    }

    #[test]
    fn a_heartbeat_is_followed_within_ten_micrometres() {
        let w = 7.5;
        let mut f = Follower::new(Tracking::default(), &head(0.0, 0.0).pose());
        let mut worst = 0.0_f64;
        for k in 1..3_000 {
            let t = f64::from(k) * 1e-3;
            let (x, v) = (1e-4 * (w * t).sin(), 1e-4 * w * (w * t).cos());
            f.advance(1e-3, &head(x, v));
            if t > 0.5 {
                worst = worst.max((f.position.x - x).abs());
            }
        }
        assert!(worst < 1e-5, "{worst}");
    }
}
