//! Random numbers by name: every use has its own stream, and number `k` of a stream does not depend on who asked first.
//!
//! In: a seed, a stream, a counter. Out: even and normal numbers, smooth fields over the head. Absent: state.

use frames::Seed;
use nalgebra::{Point3, Vector3};

/// What a number is drawn for. The offset keeps clear of the streams of other crates under the same seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Stream {
    Calibration = 0x5349_4d00,
    Encoder,
    Speed,
    Drift,
    Phase,
    Startle,
    StartleShape,
    Registration,
    SurfaceWaves,
    Tracker,
    Lost,
    Blocked,
    Person,
    SkinWaves,
    PunctureForce,
    Tool,
    Force,
    ForceDrift,
    Nose,
    Protrusion,
}

/// All streams of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw(pub(crate) Seed);

impl Draw {
    /// Standard normal.
    pub(crate) fn gauss(self, stream: Stream, k: u64) -> f64 {
        frames::gauss(self.0, stream as u64, k)
    }

    /// Even on [0, 1).
    pub(crate) fn unit(self, stream: Stream, k: u64) -> f64 {
        frames::unit(self.0, stream as u64, k)
    }

    /// Three standard normals.
    pub(crate) fn gauss3(self, stream: Stream, k: u64) -> Vector3<f64> {
        Vector3::new(self.gauss(stream, 3 * k), self.gauss(stream, 3 * k + 1), self.gauss(stream, 3 * k + 2))
    }
}

/// Waves in a field: enough that a sum of them is nearly normal.
const WAVES: usize = 8;

/// A smooth field over space with mean 0 and variance 1: a sum of plane waves. Bounded by 4.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    waves: [(Vector3<f64>, f64); WAVES],
}

impl Field {
    /// Hills about `wavelength` apart, m. `k` tells fields of one stream apart.
    pub(crate) fn new(draw: Draw, stream: Stream, k: u64, wavelength: f64) -> Self {
        let waves = std::array::from_fn(|i| {
            let n = k * WAVES as u64 + i as u64;
            let direction = draw.gauss3(stream, n).try_normalize(1e-9).unwrap_or_else(Vector3::z);
            // A band around the wavelength, so that the field does not repeat.
            let number = std::f64::consts::TAU / wavelength * (0.6 + 0.8 * draw.unit(stream, 2 * n));
            (direction * number, std::f64::consts::TAU * draw.unit(stream, 2 * n + 1))
        });
        Self { waves }
    }

    /// Value at a place.
    pub(crate) fn at(&self, p: &Point3<f64>) -> f64 {
        let sum: f64 = self.waves.iter().map(|(k, phase)| (k.dot(&p.coords) + phase).cos()).sum();
        sum * (2.0 / WAVES as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_unit_variance_and_is_smooth() {
        let (mut square, mut n, mut step) = (0.0, 0.0, 0.0_f64);
        for seed in 0..20 {
            let field = Field::new(Draw(Seed(seed)), Stream::SurfaceWaves, 0, 0.04);
            for i in 0..200 {
                let x = f64::from(i) * 0.001;
                let v = field.at(&Point3::new(x, 0.01, 0.02));
                square += v * v;
                n += 1.0;
                step = step.max((field.at(&Point3::new(x + 1e-5, 0.01, 0.02)) - v).abs());
            }
        }
        let variance = square / n;
        assert!((0.8..1.2).contains(&variance), "{variance}");
        assert!(step < 1e-5 * 4.0 * std::f64::consts::TAU / 0.04 * 1.4, "{step}");
    }
}
