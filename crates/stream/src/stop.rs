//! Coming to rest from any state of the joints, in closed form.
//!
//! In: joint positions, speeds, accelerations, limits. Out: positions at any later time, at rest in the end. Each joint
//! brakes by itself in the least time its limits allow: lower the acceleration at full jerk, keep it, bring it back to
//! zero. The paths of joints are not kept in step; over a stop of 20-60 ms the nose strays by tens of micrometres.
//! Absent: a place to stop at. Checked against rsruckig's velocity interface in the tests.

use arm::{JointAcc, JointPos, JointVel, Limits, MAX_JOINTS};
use frames::{Instant, Span};

/// One stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JointStop {
    began: Instant,
    q: JointPos,
    joints: [Brake; MAX_JOINTS],
}

/// Three segments of constant jerk: `-d j`, 0, `+d j`.
#[derive(Debug, Clone, Copy, Default)]
struct Brake {
    v: f64,
    a: f64,
    /// Signed jerk of the first segment.
    jerk: f64,
    times: [f64; 3],
}

impl JointStop {
    pub(crate) fn new(at: Instant, q: &JointPos, qd: &JointVel, qdd: &JointAcc, limits: &Limits) -> Self {
        let mut joints = [Brake::default(); MAX_JOINTS];
        for (i, joint) in joints.iter_mut().enumerate().take(q.len()) {
            *joint = Brake::new(qd[i], qdd[i], limits.acceleration[i], limits.jerk[i]);
        }
        Self { began: at, q: *q, joints }
    }

    /// Where the joints are at `at`.
    pub(crate) fn at(&self, at: Instant) -> JointPos {
        let t = (at - self.began).seconds().max(0.0);
        let mut q = self.q;
        q.iter_mut().zip(&self.joints).for_each(|(q, brake)| *q += brake.way(t));
        q
    }

    /// Until every joint rests.
    pub(crate) fn duration(&self) -> Span {
        let longest = self.joints.iter().map(|b| b.times.iter().sum()).fold(0.0, f64::max);
        Span::from_ns((longest * 1e9).ceil() as i64)
    }

    pub(crate) fn is_over(&self, at: Instant) -> bool {
        at - self.began >= self.duration()
    }
}

impl Brake {
    fn new(v: f64, a: f64, most: f64, jerk: f64) -> Self {
        // The speed that is left when the acceleration is brought to zero at once tells in which direction to brake.
        let left = v + a * a.abs() / (2.0 * jerk);
        let still = !(left.abs() > 1e-12) && !(a.abs() > 1e-9);
        if still || !(jerk > 0.0) || !(most > 0.0) {
            return Self::default();
        }
        let d = if left >= 0.0 { 1.0 } else { -1.0 };
        let (v1, a1) = (d * v, d * a);
        let most = most.max(a1.abs());
        let peak = (jerk * v1 + 0.5 * a1 * a1).max(0.0).sqrt();
        let (peak, hold) =
            if peak <= most { (peak, 0.0) } else { (most, (v1 + a1 * a1 / (2.0 * jerk) - most * most / jerk) / most) };
        Self { v, a, jerk: -d * jerk, times: [((a1 + peak) / jerk).max(0.0), hold.max(0.0), peak / jerk] }
    }

    /// Way after `t` seconds.
    fn way(&self, t: f64) -> f64 {
        let (mut s, mut v, mut a, mut rest) = (0.0, self.v, self.a, t);
        for (length, jerk) in self.times.iter().zip([self.jerk, 0.0, -self.jerk]) {
            let dt = rest.min(*length);
            s += v * dt + 0.5 * a * dt * dt + jerk * dt * dt * dt / 6.0;
            v += a * dt + 0.5 * jerk * dt * dt;
            a += jerk * dt;
            rest -= dt;
        }
        s
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;
    use arm::JointJerk;
    use proptest::prelude::*;
    use rsruckig::prelude::*;

    fn stop(v: f64, a: f64, most: f64, jerk: f64) -> JointStop {
        let one = |x: f64| [x];
        let limits = Limits {
            lower: JointPos::from_slice(&one(-9.0)).unwrap(),
            upper: JointPos::from_slice(&one(9.0)).unwrap(),
            speed: JointVel::from_slice(&one(3.0)).unwrap(),
            acceleration: JointAcc::from_slice(&one(most)).unwrap(),
            jerk: JointJerk::from_slice(&one(jerk)).unwrap(),
        };
        let (q, qd, qdd) =
            (JointPos::zeros(1), JointVel::from_slice(&one(v)).unwrap(), JointAcc::from_slice(&one(a)).unwrap());
        JointStop::new(Instant::START, &q, &qd, &qdd, &limits)
    }

    /// Duration and way of rsruckig's stop.
    fn peer(v: f64, a: f64, most: f64, jerk: f64) -> (f64, f64) {
        let mut planner = Ruckig::<1, ThrowErrorHandler>::new(None, 0.001);
        let mut input = InputParameter::<1>::new(None);
        input.control_interface = ControlInterface::Velocity;
        input.current_velocity[0] = v;
        input.current_acceleration[0] = a;
        input.max_acceleration[0] = most;
        input.max_jerk[0] = jerk;
        let mut course = Trajectory::<1>::new(None);
        planner.calculate(&input, &mut course).unwrap();
        let mut s = DataArrayOrVec::Stack([0.0]);
        course.at_time(9.0, &mut Some(&mut s), &mut None, &mut None, &mut None, &mut None);
        (course.get_duration(), s[0])
    }

    proptest! {
        #[test]
        fn as_fast_and_as_far_as_rsruckig(v in -2.0..2.0_f64, part in -1.0..1.0_f64, jerk in 50.0..5_000.0_f64) {
            let most = 20.0;
            let a = part * most;
            let ours = stop(v, a, most, jerk);
            let (duration, way) = peer(v, a, most, jerk);
            prop_assert!((ours.duration().seconds() - duration).abs() < 1e-6, "{v} {a} {jerk}: {} {duration}", ours.duration());
            prop_assert!((ours.at(Instant::from_ns(9_000_000_000))[0] - way).abs() < 1e-8, "{v} {a} {jerk}");
        }
    }

    #[test]
    fn at_rest_it_stays() {
        let s = stop(0.0, 0.0, 20.0, 500.0);
        assert_eq!(s.duration(), Span::ZERO);
        assert!(s.at(Instant::from_ns(1_000_000_000))[0].abs() <= 0.0);
    }
}
