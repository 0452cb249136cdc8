//! The arm's own controller: from setpoints to joint speeds.
//!
//! In: where the joints should be at the end of the next step, where they are. Out: joint speeds for the bodies.
//! Absent: setpoints' expiry, forces. Between the two lies what real controllers add: a pure delay, and a smoothing of two
//! equal first-order lags (`servoj` smooths over its look-ahead and is late by it).

use arm::{JointPos, JointVel, Limits};

use crate::body::STEP;
use crate::imperfections::ArmErrors;

/// Longest delay, steps; `Imperfections::check` keeps it.
const LINE: usize = 64;
/// Correction of a position error, 1/s (`reference/stack.md` section 4).
const GAIN: f64 = 200.0;

/// The servo.
pub(crate) struct Servo {
    limits: Limits,
    /// What was asked for, newest at `at`.
    line: [JointPos; LINE],
    at: usize,
    delay: usize,
    /// Share of the way each lag goes in a step.
    share: f64,
    lags: [JointPos; 2],
    /// Where the joints should be by now.
    reference: JointPos,
}

impl Servo {
    pub(crate) fn new(errors: &ArmErrors, limits: Limits, park: &JointPos) -> Self {
        let lag = 0.5 * errors.servo_lag;
        Self {
            limits,
            line: [*park; LINE],
            at: 0,
            delay: ((errors.servo_delay / STEP).round() as usize).min(LINE - 1),
            share: if lag > 0.0 { 1.0 - (-STEP / lag).exp() } else { 1.0 },
            lags: [*park; 2],
            reference: *park,
        }
    }

    /// One step towards `goal`, where the joints are asked to be at its end. `q`: where they are.
    pub(crate) fn step(&mut self, goal: &JointPos, q: &JointPos) -> JointVel {
        self.at = (self.at + 1) % LINE;
        self.line[self.at] = *goal;
        let mut next = self.line[(self.at + LINE - self.delay) % LINE];
        for lag in &mut self.lags {
            let share = self.share;
            *lag = if share < 1.0 { lag.zip(&next, |l, n| l + share * (n - l)) } else { next };
            next = *lag;
        }
        let mut speed = JointVel::zeros(q.len());
        for (i, v) in speed.iter_mut().enumerate() {
            let wanted = (next[i] - self.reference[i]) / STEP + GAIN * (self.reference[i] - q[i]);
            // A servo knows its motors' top speed; 10 % are left for corrections.
            let most = 1.1 * self.limits.speed[i];
            *v = wanted.clamp(-most, most);
        }
        self.reference = next;
        speed
    }

    /// Where the joints should be by now.
    pub(crate) fn reference(&self) -> &JointPos {
        &self.reference
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::fixture;
    use crate::imperfections::Imperfections;

    /// A ramp comes out as a ramp, later by delay and lag.
    #[track_caller]
    fn late_by(delay: f64, lag: f64, want: f64) {
        let (arm, park) = (fixture::arm(), fixture::park());
        let errors = ArmErrors { servo_delay: delay, servo_lag: lag, ..Imperfections::none().arm };
        let mut servo = Servo::new(&errors, arm.limits, &park);
        let rate = 0.1;
        let mut goal = park;
        for k in 1..=1000 {
            goal = park.map(|q| q + rate * STEP * f64::from(k));
            let q = *servo.reference();
            servo.step(&goal, &q);
        }
        let late = (goal[0] - servo.reference()[0]) / rate;
        assert!((late - want).abs() < 1.1e-3, "{late} {want}");
    }

    #[test]
    fn as_late_as_said() {
        late_by(0.0, 0.0, 0.0);
        late_by(0.004, 0.0, 0.004);
        late_by(0.004, 0.030, 0.034);
        late_by(0.060, 0.0, 0.060);
    }

    #[test]
    fn a_jump_is_followed_no_faster_than_the_motors_turn() {
        let (arm, park) = (fixture::arm(), fixture::park());
        let mut servo = Servo::new(&Imperfections::none().arm, arm.limits, &park);
        let far = park.map(|q| q + 1.0);
        let speed = servo.step(&far, &park);
        assert!(speed.iter().zip(arm.limits.speed.iter()).all(|(v, most)| *v <= 1.1 * most + 1e-12));
        assert_eq!(JointPos::from_slice(&speed).unwrap().len(), 6);
    }
}
