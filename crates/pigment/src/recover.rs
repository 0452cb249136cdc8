//! What an operator does in a rehearsal. After a hold that waits for a person: look, and go on. After a fault: look,
//! acknowledge, bring the arm back to park by the pendant, register anew; no controller runs meanwhile. In a treatment a
//! person does all of it.
//!
//! In: a simulated arm that stands somewhere with its needle in. Out: the arm at park, and where the head is now, by the
//! tracker. Absent: the truth.

use arm::{ArmDriver as _, ArmState, JointPos, Limits, Motion, Program, Setpoint};
use frames::{Base, Head, Instant, Metres, Pose, Span};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use simulate::SimArm;
use stream::{Command, Event};

use crate::{Failure, Treatment};

/// Straight out along the needle first, as far as the arm can: m.
const RISES: [f64; 5] = [0.05, 0.03, 0.02, 0.01, 0.005];
/// The nose keeps this far off the skin on the way home.
const OFF: Metres = Metres::from_mm(4.0);
/// Of every limit: a pendant is slow.
const SLOW: f64 = 0.25;
/// Frames of the tracker that make a registration.
const FRAMES: u32 = 60;
/// Cycles in which the arm comes to rest.
const SETTLE: usize = 300;

/// Looks this long before going on after a hold that waits for a person.
const LOOK: Span = Span::from_ms(1_000);
/// After so many such holds the person ends the run.
const HOLDS: u32 = 20;

/// The person at the console: goes on after a hold that waits for one, until there are too many.
#[derive(Debug, Default)]
pub(crate) struct Operator {
    holds: u32,
    resume: Option<Instant>,
}

impl Operator {
    /// Hears what the controller says.
    pub(crate) fn hear(&mut self, event: &Event) {
        if let Event::Held(hold) = event
            && hold.operator
        {
            self.holds += 1;
            self.resume = Some(hold.at + LOOK);
        }
    }

    /// What the person asks for at `now`.
    pub(crate) fn command(&mut self, now: Instant) -> Option<Command> {
        self.resume.take_if(|at| now >= *at)?;
        Some(if self.holds > HOLDS { Command::Stop } else { Command::Resume })
    }
}

impl Treatment {
    /// Brings the arm back to the program's park posture and returns the head's new place.
    pub(crate) fn recover(&self, sim: &mut SimArm, program: &Program) -> Result<Pose<Base, Head>, Failure> {
        sim.acknowledge();
        let from = state(sim)?.q;
        for posture in self.way_home(&from, program)? {
            self.jog(sim, &posture, &program.limits)?;
        }
        let now = register(sim)?;
        sim.acknowledge();
        Ok(now)
    }

    /// Postures from where the arm stands to park: out along the needle, then by a clear way, as a person who sees the head
    /// would lead it. Where none is found, the way by which it came.
    fn way_home(&self, from: &JointPos, program: &Program) -> Result<Vec<JointPos>, Failure> {
        let tcp = self.arm.forward(from) * self.tool.flange_from_tcp;
        let rise = |rise: f64| {
            let out = Pose::new(tcp.get() * Translation3::new(0.0, 0.0, -rise));
            self.arm.inverse_near(&(out * self.tool.flange_from_tcp.inverse()), from)
        };
        let cell = plan::Cell { base_from_head: program.base_from_head, ..self.cell.clone() };
        let options = plan::Options { seed: self.file.seed(), ..plan::Options::default() };
        let probe = plan::Probe::new(&self.arm, &self.tool, &self.scan.surface, &cell, &options)
            .map_err(|e| Failure::Run(e.to_string()))?;
        for risen in RISES.iter().filter_map(|r| rise(*r)) {
            if let Some(stops) = probe.route(&risen, &program.park, OFF, options.seed) {
                return Ok([risen].into_iter().chain(stops).chain([program.park]).collect());
            }
        }
        let risen = RISES.iter().find_map(|r| rise(*r));
        let risen =
            risen.ok_or_else(|| Failure::Run("after a fault the arm cannot be drawn back from the head".into()))?;
        // Back through every detour that led here, seen from the stroke whose lifted posture is nearest.
        let far = |q: &JointPos| q.zip(from, |a, b| a - b).max_abs();
        let nearest = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
        let here = program.strokes.iter().map(|s| far(&s.lifted)).enumerate().min_by(nearest).map_or(0, |(i, _)| i);
        let led = program.detours.iter().rev().filter(|d| d.before as usize <= here);
        let back = led.flat_map(|d| d.stops.iter().rev().copied());
        let out = program.approach.iter().rev().copied();
        Ok([risen].into_iter().chain(back).chain(out).chain([program.park]).collect())
    }

    /// One slow motion by the pendant, needle in.
    fn jog(&self, sim: &mut SimArm, to: &JointPos, limits: &Limits) -> Result<(), Failure> {
        let slow = Limits {
            speed: limits.speed.map(|v| v * SLOW),
            acceleration: limits.acceleration.map(|v| v * SLOW),
            jerk: limits.jerk.map(|v| v * SLOW),
            ..*limits
        };
        let mut now = state(sim)?;
        let (motion, began) = (Motion::between(&now.q, to, &slow), now.at);
        let mut rest = SETTLE;
        while rest > 0 {
            let at = now.at + sim.cycle();
            let since = at - began;
            rest -= usize::from(since > motion.duration());
            let (q, qd) = motion.at(since);
            let seq = now.seq.map_or(0, |s| s + 1);
            let protrusion = self.tool.needle.rest;
            let setpoint = Setpoint { seq, at, q, qd, protrusion, valid_for: Span::from_ms(10) };
            now = sim.exchange(&setpoint).map_err(|e| Failure::Run(e.to_string()))?;
        }
        Ok(())
    }
}

/// The mean of some frames of the tracker, the arm standing.
fn register(sim: &mut SimArm) -> Result<Pose<Base, Head>, Failure> {
    let (mut seen, mut last) = (0, None);
    let (mut place, mut turn) = (Vector3::zeros(), nalgebra::Vector4::zeros());
    for _ in 0..FRAMES * 100 {
        let state = sim.idle();
        let Some(head) = state.head.filter(|h| Some(h.frame) != last) else { continue };
        last = Some(head.frame);
        let pose = head.base_from_head.get();
        let q = pose.rotation.coords;
        place += pose.translation.vector;
        // Both signs of a quaternion are the same rotation: add them on one side.
        turn += q * if q.dot(&turn) < 0.0 { -1.0 } else { 1.0 };
        seen += 1;
        if seen == FRAMES {
            let rotation = UnitQuaternion::new_normalize(nalgebra::Quaternion::from(turn));
            return Ok(Pose::new(Isometry3::from_parts(Translation3::from(place / f64::from(seen)), rotation)));
        }
    }
    Err(Failure::Run(format!("after a fault the tracker saw the head in {seen} of {FRAMES} frames")))
}

fn state(sim: &mut SimArm) -> Result<ArmState, Failure> {
    sim.state().map_err(|e| Failure::Run(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use stream::{Hold, HoldWhy};

    fn held(at: Instant, operator: bool) -> Event {
        Event::Held(Hold { at, why: HoldWhy::Paused, operator })
    }

    #[test]
    fn a_person_looks_goes_on_and_has_enough_in_the_end() {
        let mut operator = Operator::default();
        let mut now = Instant::START;
        operator.hear(&held(now, false));
        assert_eq!(operator.command(now + LOOK), None, "this hold ends by itself");
        for _ in 0..HOLDS {
            operator.hear(&held(now, true));
            assert_eq!(operator.command(now), None);
            now += LOOK;
            assert_eq!(operator.command(now), Some(Command::Resume));
            assert_eq!(operator.command(now), None, "once");
        }
        operator.hear(&held(now, true));
        assert_eq!(operator.command(now + LOOK), Some(Command::Stop));
    }
}
