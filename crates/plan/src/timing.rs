//! How long a program takes at its limits, and what no plan could undercut.
//!
//! In: postures and [`Pace`]. Out: spans. The one file that mirrors what `stream` does with a stroke; a change of its
//! speeds belongs here too. Absent: what only a rehearsal can know (waiting for a still head, learnt surface offsets,
//! retries).
//!
//! # A stroke
//! hop (previous lifted to this lifted; rest to rest, [`Motion`], nose below `near`) + approach (down to `doubt` above the
//! learnt surface, nose below `near`) + seek (the rest, at `touching`) + press (nose ring back until it presses with its
//! contact force, at `pressing`) + still + insertion, dwell, withdrawal (bang-bang actuator `2*sqrt(d/a)`, delay each
//! way; or the arm's own speed) + lift (all the way back, below `near`). Motions along the needle keep the joints'
//! limits too. This is the stroke over a surface that the contacts before have taught; the first ones are slower.
//!
//! # The bound
//! `bound_s` is the sum over the strokes, in their order, of the least time that each hop could take *whatever the
//! postures at its two ends*: the minimum over all clear postures (spin x branch) of the ladder, plus everything that no
//! choice of posture changes at the least lift. Pairs within the ladder's window are all evaluated. A pair outside turns
//! the tool by more than the window, and rotation angles add at most, so some joint turns at least `window / joints`:
//! such a hop is longer than the time of that turn, and the minimum of both is taken. So no program over the same order
//! and ladder is faster, hop by hop. The times along the needle are those of the postures chosen, at the least lift. What
//! the bound does not see: another order of strokes, spins between the samples, tilted needles.

use arm::{ArmModel, Drive, JointPos, Limits, MAX_JOINTS, Motion, Tool};
use frames::{Flange, Metres, Pose, Protrusion, Span, Tcp};

use crate::Options;
use crate::reach::Pair;

/// Scalp under the ring, N/m (`skin.md` 1.12).
const SCALP: f64 = 1_800.0;

/// Speeds of a session (design, section 9), as the controller keeps them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Motions are planned at this part of every joint limit; the rest is for following the head.
    pub share: f64,
    /// Nose in free space, m/s.
    pub free: f64,
    /// Nose within 50 mm of the head, m/s.
    pub near: f64,
    /// Nose while it looks for the skin, m/s.
    pub touching: f64,
    /// Nose while it presses, m/s.
    pub pressing: f64,
    /// Where the slow part of the approach begins over a learnt surface: three sigma above it.
    pub doubt: Metres,
    /// Planned nose speeds of hops stay at this part of the bounds above.
    pub margin: f64,
    /// The same along the needle.
    pub margin_along: f64,
    /// The nose must stand this long before the needle may go.
    pub still: Span,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            share: 0.8,
            free: 0.250,
            near: 0.050,
            touching: 0.010,
            pressing: 0.020,
            doubt: Metres::from_mm(0.3),
            margin: 0.9,
            margin_along: 0.95,
            still: Span::from_ms(5),
        }
    }
}

/// Figures of a plan. All but `seconds` are functions of the inputs; the caller measures `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Stats {
    /// Strokes in the program.
    pub planned: usize,
    /// Sites left out.
    pub rejected: usize,
    /// From park to park.
    pub duration_s: f64,
    /// What the strokes need at least; see the file's head. Approach and retreat count as planned.
    pub bound_s: f64,
    /// Strokes a second, `planned / duration_s`.
    pub rate_per_s: f64,
    /// `bound_s / duration_s`; 1 is the best there is.
    pub bound_ratio: f64,
    /// Length of the tour over the skin, straight from site to site, m.
    pub tour_m: f64,
    /// Farthest that a joint turns in one straight hop.
    pub max_hop_rad: f64,
    /// Ways around something, between two strokes that no straight hop joins.
    pub detours: usize,
    /// Sum over the straight hops of the farthest joint's turn.
    pub travel_rad: f64,
    /// Planning itself, wall clock; 0 until the caller fills it in.
    pub seconds: f64,
}

/// A hop's motion: the fastest within `share` of the limits whose nose stays below `speed`, m/s.
pub(crate) fn hop(
    arm: &ArmModel,
    flange_from_tcp: &Pose<Flange, Tcp>,
    from: &JointPos,
    to: &JointPos,
    pace: &Pace,
    speed: f64,
) -> Motion {
    let way = to.zip(from, |b, a| b - a);
    // The nose's way bends by less than a part in a thousand on a short hop.
    let looks = if way.max_abs() < 0.05 { 2 } else { 16 };
    let mut fastest = 0.0_f64;
    for k in 0..=looks {
        let q = from.zip(&way, |a, d| a + d * f64::from(k) / f64::from(looks));
        let tip = (arm.forward(&q) * *flange_from_tcp).origin();
        let columns = arm.jacobian(&q, &tip.coords);
        let mut v = nalgebra::Vector3::zeros();
        columns.iter().zip(way.iter()).for_each(|(c, d)| v += c.fixed_rows::<3>(0) * *d);
        fastest = fastest.max(v.norm());
    }
    let mut limits = scaled(&arm.limits, pace.share);
    if fastest > 0.0 {
        // On a straight line all joints share one course: bounding it bounds every joint.
        let course = pace.margin * speed / fastest;
        for (limit, d) in limits.speed.iter_mut().zip(way.iter()).filter(|(_, d)| d.abs() > 0.0) {
            *limit = limit.min(course * d.abs());
        }
    }
    Motion::between(from, to, &limits)
}

/// Everything of a stroke but the hop, s: with postures `pair`, which are `apart` from each other, for a lift of `lift`.
pub(crate) fn stroke(
    arm: &ArmModel,
    tool: &Tool,
    options: &Options,
    pair: &Pair,
    apart: Metres,
    lift: Metres,
    protrusion: Protrusion,
) -> f64 {
    let pace = &options.pace;
    let slope = pair.touch.zip(&pair.lifted, |t, l| (t - l) / apart.get());
    let along = |way: f64, speed: f64| {
        let way = way.max(0.0);
        let mut limits = scaled(&arm.limits, pace.share);
        for (limit, s) in limits.speed.iter_mut().zip(slope.iter()).filter(|(_, s)| s.abs() > 0.0) {
            *limit = limit.min(pace.margin_along * speed * s.abs());
        }
        Motion::between(&slope.map(|_| 0.0), &slope.map(|s| s * way), &limits).seconds()
    };
    let force = tool.nose.contact;
    let press = tool.nose.displacement(force).get() + force.get() / SCALP;
    let out = (protrusion.length() - tool.needle.rest.length()).get().max(0.0);
    let needle = match tool.drive {
        Drive::Actuator { acceleration, delay, .. } => 2.0 * (2.0 * (out / acceleration).sqrt() + delay.seconds()),
        Drive::Arm { speed } => 2.0 * out / speed,
    };
    along((lift - pace.doubt).get(), pace.near)
        + pace.doubt.min(lift).get() / (pace.touching * pace.margin_along)
        + along(press, pace.pressing)
        + pace.still.seconds()
        + needle
        + options.dwell.seconds()
        + along(lift.get() + press, pace.near)
}

/// Speed, acceleration and jerk at a part of their limits.
fn scaled(limits: &Limits, part: f64) -> Limits {
    Limits {
        speed: limits.speed.map(|v| v * part),
        acceleration: limits.acceleration.map(|v| v * part),
        jerk: limits.jerk.map(|v| v * part),
        ..*limits
    }
}

/// The closed form of [`Motion`]'s duration, for the ladder's inner loop: f32, no branches to speak of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HopTime {
    /// 1 / jerk limit, by joint.
    pub(crate) per_jerk: [f32; MAX_JOINTS],
    /// Least of acceleration / jerk limit over the joints, s: the length of a jerk segment once acceleration is reached.
    ramp: f32,
}

impl HopTime {
    pub(crate) fn new(limits: &Limits, share: f64) -> Self {
        let mut per_jerk = [0.0; MAX_JOINTS];
        per_jerk.iter_mut().zip(limits.jerk.iter()).for_each(|(p, j)| *p = (1.0 / (j * share)) as f32);
        let ramp = limits.acceleration.iter().zip(limits.jerk.iter()).map(|(a, j)| a / j).fold(f64::INFINITY, f64::min);
        Self { per_jerk, ramp: ramp as f32 }
    }

    /// Duration for the greatest `|turn| * per_jerk` over the joints, when the course may run at `speed` at most, 1/s.
    /// Equal to [`Motion`] where all joints have one ratio of acceleration to jerk (the case of every default), else
    /// longer by as much as the ratios differ.
    pub(crate) fn seconds(&self, turn: f32, speed: f32) -> f32 {
        let ramp = self.ramp;
        let jerky = turn * 0.5 <= ramp * ramp * ramp;
        let root = (ramp * ramp + 4.0 * turn / ramp).sqrt();
        // Peak speed of the course: twice the mean for a pure jerk profile.
        let (free, peak) = if jerky {
            let t = (32.0 * turn).cbrt();
            (t, 2.0 / t)
        } else {
            (ramp + root, 0.5 * (root - ramp) * ramp / turn)
        };
        if peak <= speed {
            return free;
        }
        let capped = speed * turn <= ramp * ramp;
        1.0 / speed + if capped { 2.0 * (speed * turn).sqrt() } else { ramp + speed * turn / ramp }
    }
}

#[cfg(test)]
mod tests {
    use arm::{JointAcc, JointJerk, JointVel};

    use super::*;

    #[track_caller]
    fn check(turn: f64, course: f64) {
        let one = |v: f64| JointPos::from_slice(&[v]).unwrap_or(JointPos::zeros(1));
        let limits = Limits {
            lower: one(-9.0),
            upper: one(9.0),
            speed: JointVel::zeros(1).map(|_| course * turn),
            acceleration: JointAcc::zeros(1).map(|_| 20.0),
            jerk: JointJerk::zeros(1).map(|_| 1000.0),
        };
        let exact = Motion::between(&one(0.0), &one(turn), &limits).seconds();
        let time = HopTime::new(&limits, 1.0);
        let fast = f64::from(time.seconds((turn as f32) * time.per_jerk[0], course as f32));
        assert!((exact - fast).abs() < 2e-6 * exact, "turn {turn} course {course}: {exact} {fast}");
    }

    #[test]
    fn the_fast_form_agrees_with_the_motion() {
        for turn in [1e-4, 1e-3, 0.01, 0.015, 0.017, 0.1, 1.0, 3.0] {
            for course in [1e3, 50.0, 20.0, 5.0, 1.0, 0.2] {
                check(turn, course);
            }
        }
    }
}
