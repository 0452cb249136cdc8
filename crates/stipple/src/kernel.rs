//! How much two candidates mind each other, by their distance in spacings.
//!
//! In: preset, least distance. Out: weight of a pair. Table of stipple.md section 8; powers by repeated multiplication.
//! Absent: which candidate goes; `eliminate` decides.

use crate::site::Preset;

/// Two-scale kernel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kernel {
    /// Pairs farther than this many mean spacings do not mind each other.
    pub(crate) reach: f64,
    wide: f32,
    /// Short term as 8th power (or 4th).
    steep: bool,
    /// Below this distance the short term stops rising: candidates are at most this regular.
    flat: f32,
    /// Hard core in spacings.
    core: f32,
    /// Hard core, metres.
    least: f32,
    /// Gap, in spacings, that the short term reaches without help; a hard core below it would only disturb.
    unaided: f32,
    /// How strongly missing coverage counts, fitted on a straight edge.
    pub(crate) outline: f32,
}

impl Preset {
    /// Candidates per dot.
    pub(crate) const fn per_dot(self) -> usize {
        match self {
            Self::Faithful => 3,
            Self::Human | Self::Even => 4,
        }
    }

    /// Sigma of the jitter and least gap after it, in spacings.
    pub(crate) const fn jitter(self) -> Option<(f64, f64)> {
        match self {
            Self::Human => Some((0.11, 0.40)),
            Self::Faithful | Self::Even => None,
        }
    }
}

impl Kernel {
    pub(crate) const fn new(preset: Preset, least: f64) -> Self {
        // 0.65 (1 - c^-1.5) for c = 3 and 4.
        let (steep, flat, core, unaided, outline) = match preset {
            Preset::Faithful => (true, 0.525, 0.45, 0.45, 1.3),
            // Least gap measured: 0.64.
            Preset::Human | Preset::Even => (false, 0.569, 0.0, 0.58, 1.5),
        };
        Self { reach: 2.0, wide: 0.01, steep, flat, core, least: least as f32, unaided, outline }
    }

    /// Plain sample elimination (Yuksel 2015, stipple.md 8 "short"): what the presets are compared with.
    pub(crate) const PLAIN: Self = Self {
        reach: 1.0,
        wide: 0.0,
        steep: true,
        // 0.65 (1 - 5^-1.5)
        flat: 0.592,
        core: 0.0,
        least: 0.0,
        unaided: 1.0,
        outline: 0.0,
    };
    /// Its candidates per dot.
    pub(crate) const PLAIN_PER_DOT: usize = 5;

    /// The same without a least distance.
    pub(crate) const fn without_least(self) -> Self {
        Self { least: 0.0, ..self }
    }

    /// Weight and coverage of a pair `d2` (squared metres) apart with this mean spacing.
    pub(crate) fn weigh(&self, d2: f32, spacing: f32) -> (f32, f32) {
        let distance = d2.sqrt();
        let d = distance / spacing;
        let bell = (1.0 - 0.25 * d * d).max(0.0);
        let bell2 = bell * bell;
        let near = (1.0 - d.max(self.flat)).max(0.0);
        let near2 = near * near;
        let near4 = near2 * near2;
        let short = if self.steep { near4 * near4 } else { near4 };
        let mut weight = self.wide * bell2 * bell2 + short;
        let least = self.least / spacing;
        let core = if least > self.unaided { self.core.max(least) } else { self.core };
        if d < core {
            weight += 10.0 + 10.0 * (1.0 - d / core);
        }
        (weight, bell2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_table() {
        let at = |preset, least: f64, d: f32| Kernel::new(preset, least).weigh(d * d * 1e-6, 1e-3).0;
        assert!(at(Preset::Even, 0.0, 2.0).abs() < 1e-9);
        assert!((at(Preset::Even, 0.0, 1.0) - 0.01 * 0.75_f32.powi(4)).abs() < 1e-6);
        let plateau = 0.431_f32.powi(4) + 0.01 * (1.0 - 0.0225_f32).powi(4);
        assert!((at(Preset::Even, 0.0, 0.3) - plateau).abs() < 1e-5);
        // The core bites just below its edge and not just above.
        assert!(at(Preset::Faithful, 0.0, 0.449) > 10.0 && at(Preset::Faithful, 0.0, 0.451) < 1.0);
        assert!(at(Preset::Even, 0.7e-3, 0.699) > 10.0 && at(Preset::Even, 0.7e-3, 0.701) < 1.0);
    }
}
