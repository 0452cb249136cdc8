//! From rest to rest along a straight line in joint space, as fast as the limits allow.
//!
//! In: two postures and the limits. Out: [`Motion`], a closed form of seven segments of constant jerk that is rebuilt in
//! nanoseconds and sampled at any time, without the heap. All joints share one course `s(t)` from 0 to 1
//! (phase-synchronous), so the path is the straight line whatever the limits. Absent: speeds at the ends, via points.
//!
//! Kröger, Wahl (2010), IEEE Transactions on Robotics 26(1); the durations are in `reference/motion.md` section 4.

use frames::Span;

use crate::{JointAcc, JointPos, JointVel, Limits};

/// A rest-to-rest motion. Begins at time zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    from: JointPos,
    to: JointPos,
    /// Of the course `s`, 1/s³.
    jerk: f64,
    /// Each of the four jerk segments, s.
    t_jerk: f64,
    /// Each of the two segments of constant acceleration, s.
    t_hold: f64,
    /// The segment of constant speed, s.
    t_cruise: f64,
}

impl Motion {
    /// The fastest one within `limits`. Position limits are convex: ends within them keep the whole motion within.
    ///
    /// Where joints have different limits, a motion that is not straight could be faster: this one is as fast as the
    /// straight line allows.
    pub fn between(from: &JointPos, to: &JointPos, limits: &Limits) -> Self {
        // The course runs over one unit, so each joint asks that its limit is divided by its own distance.
        let (mut v, mut a, mut j) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
        for (i, (p, q)) in from.iter().zip(to.iter()).enumerate() {
            let distance = (q - p).abs();
            if distance > 0.0 {
                let per = 1.0 / distance;
                v = v.min(limits.speed[i] * per);
                a = a.min(limits.acceleration[i] * per);
                j = j.min(limits.jerk[i] * per);
            }
        }
        let still = Self { from: *from, to: *to, jerk: 0.0, t_jerk: 0.0, t_hold: 0.0, t_cruise: 0.0 };
        if v.is_infinite() {
            return still;
        }
        let (t_jerk, t_hold, t_cruise) = course(v, a, j);
        Self { jerk: j, t_jerk, t_hold, t_cruise, ..still }
    }

    /// Until it stands again, rounded up to the next nanosecond.
    pub fn duration(&self) -> Span {
        Span::from_ns((self.seconds() * 1e9).ceil() as i64)
    }

    /// Until it stands again, s, not rounded.
    pub fn seconds(&self) -> f64 {
        4.0 * self.t_jerk + 2.0 * self.t_hold + self.t_cruise
    }

    /// Where it began.
    pub fn from(&self) -> &JointPos {
        &self.from
    }

    /// Where it will stand.
    pub fn to(&self) -> &JointPos {
        &self.to
    }

    /// Where the joints are and how fast, `t` after the start. Before the start it stands at one end, after the end at
    /// the other, exactly.
    pub fn at(&self, t: Span) -> (JointPos, JointVel) {
        let (q, qd, _) = self.sample(t.seconds());
        (q, qd)
    }

    /// The same with acceleration, `t` in seconds.
    pub fn sample(&self, t: f64) -> (JointPos, JointVel, JointAcc) {
        let n = self.from.len();
        let whole = self.seconds();
        if t <= 0.0 {
            return (self.from, JointVel::zeros(n), JointAcc::zeros(n));
        }
        if t >= whole {
            return (self.to, JointVel::zeros(n), JointAcc::zeros(n));
        }
        // The second half is the first one seen from the other end.
        let second = 2.0 * t > whole;
        let (s, sd, sdd) = self.rise(if second { whole - t } else { t });
        let (start, end, sdd) = if second { (&self.to, &self.from, -sdd) } else { (&self.from, &self.to, sdd) };
        let q = start.zip(end, |p, q| p + (q - p) * s);
        let mut qd = JointVel::zeros(n);
        let mut qdd = JointAcc::zeros(n);
        for (i, (p, q)) in self.from.iter().zip(self.to.iter()).enumerate() {
            qd[i] = (q - p) * sd;
            qdd[i] = (q - p) * sdd;
        }
        (q, qd, qdd)
    }

    /// The first half of the course: way, speed, acceleration.
    fn rise(&self, t: f64) -> (f64, f64, f64) {
        let (j, tj, th) = (self.jerk, self.t_jerk, self.t_hold);
        if t <= tj {
            return (j * t * t * t / 6.0, 0.5 * j * t * t, j * t);
        }
        let (a, v1, s1) = (j * tj, 0.5 * j * tj * tj, j * tj * tj * tj / 6.0);
        let u = t - tj;
        if u <= th {
            return (s1 + v1 * u + 0.5 * a * u * u, v1 + a * u, a);
        }
        let (v2, s2) = (v1 + a * th, s1 + v1 * th + 0.5 * a * th * th);
        let u = u - th;
        if u <= tj {
            return (s2 + v2 * u + 0.5 * a * u * u - j * u * u * u / 6.0, v2 + a * u - 0.5 * j * u * u, a - j * u);
        }
        let v = a * (tj + th);
        (0.5 * v * (2.0 * tj + th) + v * (u - tj), v, 0.0)
    }
}

/// Lengths of the jerk, hold and cruise segments for one unit of way.
fn course(v: f64, a: f64, j: f64) -> (f64, f64, f64) {
    // Neither acceleration nor speed is reached: t^3 = 1/2j with j t <= a and j t^2 <= v.
    if 0.5 * j * j <= a * a * a && 0.25 * j <= v * v * v {
        return ((0.5 / j).cbrt(), 0.0, 0.0);
    }
    if v * j > a * a {
        // Acceleration is reached first: peak speed w solves w (w/a + a/j) = 1.
        let t = a / j;
        let b = a * t;
        // Same root as (-b + sqrt(b² + 4a)) / 2, without the cancellation.
        let w = 2.0 * a / (b + (b * b + 4.0 * a).sqrt());
        if w <= v {
            return (t, (w / a - t).max(0.0), 0.0);
        }
        return (t, v / a - t, ((1.0 - v * (v / a + t)) / v).max(0.0));
    }
    // Speed is reached first.
    let t = (v / j).sqrt();
    (t, 0.0, ((1.0 - 2.0 * v * t) / v).max(0.0))
}
