//! Hops between postures, no faster at the nose than the place allows.
//!
//! In: two postures, where the head is taken to be. Out: one [`Leg`]: a rest-to-rest motion whose nose speed stays below
//! the limit of its place; a motion that comes near the head is cut where it does, and the rest is a leg of its own.
//! Absent: obstacles; the planner has seen to those, and a leg keeps the planner's straight line in joint space.

use arm::{ArmModel, JointPos, Limits, Motion};
use frames::{Base, Flange, Metres, Point, Pose, Tcp};

use crate::Speeds;

/// Places at which a leg is looked at.
const LOOKS: u32 = 16;
/// Planned nose speeds stay this part below the bound, for the head's own motion and rounding.
const MARGIN: f64 = 0.9;

/// One motion from rest to rest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leg {
    pub(crate) motion: Motion,
    /// What remains after it, when it was cut.
    pub(crate) then: Option<JointPos>,
}

/// What a leg must know.
pub(crate) struct Place<'a> {
    pub(crate) model: &'a ArmModel,
    pub(crate) flange_from_tcp: &'a Pose<Flange, Tcp>,
    /// Origin of the head as planned.
    pub(crate) head: Point<Base>,
    pub(crate) head_radius: Metres,
    pub(crate) limits: &'a Limits,
    pub(crate) speeds: &'a Speeds,
}

impl Place<'_> {
    /// The nose at `q`, and how far it is from the head's skin at least.
    pub(crate) fn nose(&self, q: &JointPos) -> (Point<Base>, Metres) {
        let tip = (self.model.forward(q) * *self.flange_from_tcp).origin();
        (tip, (tip - self.head).norm() - self.head_radius)
    }

    /// The way from `from` towards `to`.
    pub(crate) fn leg(&self, from: &JointPos, to: &JointPos) -> Leg {
        let part = |u: f64| from.zip(to, |p, q| p + (q - p) * u);
        let near = |u: f64| !(self.nose(&part(u)).1 > self.speeds.near);
        let first = (0..=LOOKS).map(|k| f64::from(k) / f64::from(LOOKS)).find(|&u| near(u));
        match first {
            Some(u) if u > 0.0 => {
                // Cut just before it comes near: once more between the last far place and the first near one.
                let step = 1.0 / f64::from(LOOKS);
                let cut = (1..8).map(|k| u - step + step * f64::from(k) / 8.0).take_while(|&v| !near(v)).last();
                let cut = cut.unwrap_or(u - step);
                if cut > 0.0 {
                    return Leg { motion: self.motion(from, &part(cut), self.speeds.free), then: Some(*to) };
                }
                Leg { motion: self.motion(from, to, self.speeds.near_head), then: None }
            }
            Some(_) => Leg { motion: self.motion(from, to, self.speeds.near_head), then: None },
            None => Leg { motion: self.motion(from, to, self.speeds.free), then: None },
        }
    }

    /// Rest to rest with the nose below `speed`.
    fn motion(&self, from: &JointPos, to: &JointPos, speed: f64) -> Motion {
        let way = to.zip(from, |q, p| q - p);
        let mut fastest = 0.0_f64;
        for k in 0..=LOOKS {
            let q = from.zip(&way, |p, d| p + d * f64::from(k) / f64::from(LOOKS));
            let tip = self.nose(&q).0;
            let columns = self.model.jacobian(&q, &tip.coords);
            let mut v = nalgebra::Vector3::zeros();
            columns.iter().zip(way.iter()).for_each(|(c, d)| v += c.fixed_rows::<3>(0) * *d);
            fastest = fastest.max(v.norm());
        }
        let mut limits = scaled(self.limits, self.speeds.share);
        if fastest > 0.0 {
            // Along a straight line all joints share one course: bounding it bounds every joint.
            let course = MARGIN * speed / fastest;
            for (limit, d) in limits.speed.iter_mut().zip(way.iter()) {
                if d.abs() > 0.0 {
                    *limit = limit.min(course * d.abs());
                }
            }
        }
        Motion::between(from, to, &limits)
    }
}

/// Speed, acceleration and jerk at a part of their limits.
pub(crate) fn scaled(limits: &Limits, part: f64) -> Limits {
    Limits {
        speed: limits.speed.map(|v| v * part),
        acceleration: limits.acceleration.map(|v| v * part),
        jerk: limits.jerk.map(|v| v * part),
        ..*limits
    }
}
