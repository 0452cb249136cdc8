//! What the arm's and the tool's sensors say.
//!
//! In: true joints, needle, ring and force. Out: readings with noise and bias. Absent: the tracker.

use arm::{JointPos, JointVel, Sensors};
use frames::{Metres, Newtons, Protrusion};

use crate::body::STEP;
use crate::draw::{Draw, Stream};
use crate::imperfections::{ArmErrors, ToolErrors};

/// The needle counts as withdrawn this close to its end, m. E: a switch's hysteresis.
const SWITCH: f64 = 5e-5;

/// All sensors but the tracker.
pub(crate) struct Senses {
    draw: Draw,
    arm: ArmErrors,
    tool: ToolErrors,
    rated: Sensors,
    force_zero: f64,
    nose_zero: f64,
    step: u64,
}

impl Senses {
    pub(crate) fn new(draw: Draw, arm: ArmErrors, tool: ToolErrors, rated: Sensors) -> Self {
        Self {
            draw,
            arm,
            tool,
            rated,
            force_zero: draw.gauss(Stream::Tool, 0) * tool.force_bias,
            nose_zero: draw.gauss(Stream::Tool, 1) * tool.nose_bias,
            step: 0,
        }
    }

    /// Time passes: biases walk.
    pub(crate) fn step(&mut self) {
        self.step += 1;
        if self.tool.force_drift > 0.0 {
            let fresh = self.draw.gauss(Stream::ForceDrift, self.step);
            self.force_zero += self.tool.force_drift * STEP.sqrt() * fresh;
        }
    }

    pub(crate) fn joints(&self, q: &JointPos, qd: &JointVel) -> (JointPos, JointVel) {
        let k = self.step * arm::MAX_JOINTS as u64;
        let (mut seen, mut speed) = (*q, *qd);
        for (i, (q, v)) in seen.iter_mut().zip(speed.iter_mut()).enumerate() {
            *q += self.noise(Stream::Encoder, k + i as u64, self.arm.encoder_noise);
            *v += self.noise(Stream::Speed, k + i as u64, self.arm.speed_noise);
        }
        (seen, speed)
    }

    pub(crate) fn force(&self, true_force: f64) -> Newtons {
        let sigma = self.rated.force_noise.get() * self.tool.noise;
        Newtons::new(true_force + self.force_zero + self.noise(Stream::Force, self.step, sigma))
    }

    pub(crate) fn nose(&self, back: f64) -> Metres {
        let sigma = self.rated.nose_noise.get() * self.tool.noise;
        Metres::new(back + self.nose_zero + self.noise(Stream::Nose, self.step, sigma))
    }

    pub(crate) fn protrusion(&self, reading: f64) -> Protrusion {
        let sigma = self.rated.protrusion_noise.get() * self.tool.noise;
        Protrusion::new(Metres::new(reading + self.noise(Stream::Protrusion, self.step, sigma)))
    }

    pub(crate) fn withdrawn(&self, protrusion: Protrusion, rest: Protrusion) -> bool {
        protrusion.get() <= rest.get() + SWITCH
    }

    fn noise(&self, stream: Stream, k: u64, sigma: f64) -> f64 {
        if sigma > 0.0 { sigma * self.draw.gauss(stream, k) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imperfections::Imperfections;
    use frames::Seed;

    fn senses(all: &Imperfections, seed: u64) -> Senses {
        let rated = Sensors {
            force_noise: Newtons::new(0.02),
            nose_noise: Metres::from_mm(0.01),
            protrusion_noise: Metres::from_mm(0.005),
        };
        Senses::new(Draw(Seed(seed)), all.arm, all.tool, rated)
    }

    #[test]
    fn perfect_sensors_tell_the_truth() {
        let mut s = senses(&Imperfections::none(), 1);
        s.step();
        let said = [s.force(1.5).get(), s.nose(1e-3).get(), s.protrusion(-1e-3).get()];
        assert_eq!(said.map(f64::to_bits), [1.5, 1e-3, -1e-3].map(f64::to_bits));
    }

    #[test]
    fn noise_is_the_tools_own_and_bias_differs_by_seed() {
        let mut s = senses(&Imperfections::default(), 1);
        s.tool.force_drift = 0.0;
        let n = 5000;
        let (mut mean, mut square) = (0.0, 0.0);
        for _ in 0..n {
            s.step();
            let f = s.force(0.0).get() - s.force_zero;
            mean += f / f64::from(n);
            square += f * f / f64::from(n);
        }
        assert!(mean.abs() < 2e-3 && (square.sqrt() - 0.02).abs() < 1e-3);
        let other = senses(&Imperfections::default(), 2);
        assert!((s.force_zero - other.force_zero).abs() > 1e-4);
    }

    #[test]
    fn the_switch_closes_at_the_end() {
        let s = senses(&Imperfections::none(), 1);
        let mm = |v| Protrusion::new(Metres::from_mm(v));
        assert!(s.withdrawn(mm(-1.46), mm(-1.5)) && !s.withdrawn(mm(-1.4), mm(-1.5)));
    }
}
