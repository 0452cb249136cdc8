//! Motion along the needle, from any state to any place, re-aimed at any time.
//!
//! In: where the nose is on its axis and how fast, where to go, limits. Out: a time-optimal jerk-limited course (rsruckig,
//! one degree of freedom), sampled at any time. Absent: the meaning of the places. No heap after construction, except in
//! the library's error messages, which a finite input with positive limits does not reach.

use frames::Instant;
use rsruckig::prelude::*;

/// Place, speed and acceleration on the axis: m, m/s, m/s². Positive towards the skin.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct On {
    pub(crate) s: f64,
    pub(crate) v: f64,
    pub(crate) a: f64,
}

/// Limits on the axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AxisLimits {
    pub(crate) speed: f64,
    pub(crate) acceleration: f64,
    pub(crate) jerk: f64,
}

/// One course at a time.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    planner: Ruckig<1, ThrowErrorHandler>,
    input: InputParameter<1>,
    course: Trajectory<1>,
    began: Instant,
    target: On,
    rest: bool,
}

impl Axis {
    pub(crate) fn new() -> Self {
        Self {
            planner: Ruckig::new(None, 0.001),
            input: InputParameter::new(None),
            course: Trajectory::new(None),
            began: Instant::START,
            target: On::default(),
            rest: true,
        }
    }

    /// Stands at `s`.
    pub(crate) fn stand(&mut self, s: f64, at: Instant) {
        self.target = On { s, ..On::default() };
        self.began = at;
        self.rest = true;
    }

    /// From `from`, at `at`, to `to` arriving with `speed`. False when there is no such course; then nothing changed.
    pub(crate) fn go(&mut self, at: Instant, from: On, to: f64, speed: f64, limits: AxisLimits) -> bool {
        let finite = [from.s, from.v, from.a, to, speed, limits.speed, limits.acceleration, limits.jerk];
        let positive = limits.speed > 0.0 && limits.acceleration > 0.0 && limits.jerk > 0.0;
        if !finite.iter().all(|v| v.is_finite()) || !positive || !(speed.abs() <= limits.speed) {
            return false;
        }
        self.input.current_position[0] = from.s;
        self.input.current_velocity[0] = from.v;
        self.input.current_acceleration[0] = from.a;
        self.input.target_position[0] = to;
        self.input.target_velocity[0] = speed;
        self.input.target_acceleration[0] = 0.0;
        self.input.max_velocity[0] = limits.speed;
        self.input.max_acceleration[0] = limits.acceleration.max(from.a.abs());
        self.input.max_jerk[0] = limits.jerk;
        if !matches!(self.planner.calculate(&self.input, &mut self.course), Ok(RuckigResult::Working)) {
            return false;
        }
        self.began = at;
        self.target = On { s: to, v: speed, a: 0.0 };
        self.rest = false;
        true
    }

    /// Where the nose is at `at`. After its end a course goes on at its last speed.
    pub(crate) fn at(&self, at: Instant) -> On {
        let t = (at - self.began).seconds().max(0.0);
        if self.rest {
            return self.target;
        }
        if t >= self.course.get_duration() && self.target.v.abs() <= 0.0 {
            return self.target;
        }
        let (mut s, mut v, mut a) =
            (DataArrayOrVec::Stack([0.0]), DataArrayOrVec::Stack([0.0]), DataArrayOrVec::Stack([0.0]));
        self.course.at_time(t, &mut Some(&mut s), &mut Some(&mut v), &mut Some(&mut a), &mut None, &mut None);
        On { s: s[0], v: v[0], a: a[0] }
    }

    /// True when the course has come to its end.
    pub(crate) fn is_over(&self, at: Instant) -> bool {
        self.rest || (at - self.began).seconds() >= self.course.get_duration()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frames::Span;

    const LIMITS: AxisLimits = AxisLimits { speed: 0.045, acceleration: 3.0, jerk: 200.0 };

    fn after(ms: i64) -> Instant {
        Instant::START + Span::from_ms(ms)
    }

    /// Largest speed, acceleration and jerk of a course, by differences.
    fn worst(axis: &Axis, from: i64, to: i64) -> (f64, f64) {
        (from..to).map(|k| axis.at(after(k))).fold((0.0, 0.0), |(v, a), on| (v.max(on.v.abs()), a.max(on.a.abs())))
    }

    #[test]
    fn rest_to_rest() {
        let mut axis = Axis::new();
        assert!(axis.go(after(0), On::default(), 0.002, 0.0, LIMITS));
        let (v, a) = worst(&axis, 0, 200);
        assert!(v <= 0.045 + 1e-12 && a <= 3.0 + 1e-12);
        assert!(axis.is_over(after(200)));
        assert!((axis.at(after(200)).s - 0.002).abs() < 1e-12);
    }

    #[test]
    fn arrives_with_speed_and_goes_on() {
        let mut axis = Axis::new();
        assert!(axis.go(after(0), On::default(), 0.002, 0.010, LIMITS));
        let (one, two) = (axis.at(after(300)), axis.at(after(301)));
        assert!((one.v - 0.010).abs() < 1e-9 && ((two.s - one.s) - 1e-5).abs() < 1e-9);
    }

    #[test]
    fn is_re_aimed_without_a_jump() {
        let mut axis = Axis::new();
        axis.go(after(0), On::default(), 0.010, 0.0, LIMITS);
        let on = axis.at(after(60));
        assert!(axis.go(after(60), on, on.s + 0.001, 0.0, AxisLimits { speed: 0.010, ..LIMITS }));
        let next = axis.at(after(60));
        assert!((next.s - on.s).abs() < 1e-12 && (next.v - on.v).abs() < 1e-12 && (next.a - on.a).abs() < 1e-9);
        assert!(axis.at(after(1_000)).v.abs() < 1e-9);
    }

    #[test]
    fn refuses_what_is_not_finite() {
        let mut axis = Axis::new();
        axis.stand(0.001, after(0));
        assert!(!axis.go(after(0), On { s: f64::NAN, ..On::default() }, 0.0, 0.0, LIMITS));
        assert!(!axis.go(after(0), On::default(), f64::INFINITY, 0.0, LIMITS));
        assert!(!axis.go(after(0), On::default(), 0.1, 0.0, AxisLimits { jerk: 0.0, ..LIMITS }));
        assert!((axis.at(after(9)).s - 0.001).abs() < 1e-15);
    }
}
