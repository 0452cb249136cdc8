//! The nose ring between its spring and the skin.
//!
//! In: how far the ring at rest would overlap the skin, the skin's stiffness, the needle's force. Out: how far the ring is
//! pushed back, how far the skin under it is pressed in, and the force. Absent: geometry, noise.
//! A preloaded spring in series with a Kelvin-Voigt skin (`skin::ring_force`), the ring without mass; implicit in time,
//! so that any stiffness is stable at 1 ms.

use arm::Nose;

/// Of the ring's guide, N s/m, E: small against the skin's 40.
const GUIDE_DAMPING: f64 = 2.0;

/// The state of the ring.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Ring {
    /// Pushed back into the tool, m.
    pub(crate) back: f64,
    /// Of the ring into the skin, m; negative when it hangs free.
    pub(crate) indentation: f64,
    /// On the ring, N, away from the head.
    pub(crate) force: f64,
}

impl Ring {
    /// One step of `dt` s. `overlap`: how far the ring at rest would be inside the skin along the needle, m, negative
    /// above it. `stiffness` and `damping`: the skin's. `needle`: force of the needle on the floating unit, N. `travel`: how
    /// far the ring can be pushed back, m.
    pub(crate) fn step(
        &mut self,
        nose: &Nose,
        overlap: f64,
        [stiffness, damping]: [f64; 2],
        needle: f64,
        travel: f64,
        dt: f64,
    ) {
        let before = self.indentation.max(0.0);
        let was_over = before + self.back;
        let guide = GUIDE_DAMPING / dt;
        let skin = damping / dt;
        // Skin force = spring force + guide damping, solved for the ring's new place.
        let push = stiffness * overlap + skin * (overlap - was_over) + needle - nose.preload.get();
        let back = (push + (skin + guide) * self.back) / (stiffness + nose.spring_n_per_m + skin + guide);
        self.back = back.clamp(0.0, travel);
        self.indentation = overlap - self.back;
        self.force = if self.indentation > 0.0 {
            (stiffness * self.indentation + skin * (self.indentation - before)).max(0.0)
        } else {
            0.0
        };
        if self.indentation <= 0.0 {
            // Nothing but the guide holds a free ring back.
            self.back = (self.back + self.indentation).max(0.0);
            self.indentation = overlap - self.back;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frames::{Metres, Newtons};

    const NOSE: Nose = Nose {
        radius: Metres::from_mm(3.0),
        hole: Metres::from_mm(1.0),
        spring_n_per_m: 400.0,
        preload: Newtons::new(0.6),
        travel: Metres::from_mm(4.0),
        contact: Newtons::new(1.0),
    };

    #[track_caller]
    fn settled(overlap_mm: f64, back_mm: f64, force: f64) {
        let mut ring = Ring::default();
        for _ in 0..2000 {
            ring.step(&NOSE, overlap_mm * 1e-3, [1800.0, 40.0], 0.0, 4e-3, 1e-3);
        }
        assert!((ring.back * 1e3 - back_mm).abs() < 1e-9, "{ring:?}");
        assert!((ring.force - force).abs() < 1e-9, "{ring:?}");
    }

    /// Two springs in series, the one preloaded: `1800 d = 0.6 + 400 x`, `d + x` the overlap.
    #[test]
    fn springs_in_series() {
        settled(-1.0, 0.0, 0.0);
        settled(0.0, 0.0, 0.0);
        settled(0.2, 0.0, 0.36);
        settled(0.6 / 1.8, 0.0, 0.6);
        settled(1.0, 1.2 / 2.2, 0.6 + 0.4 * 1.2 / 2.2);
        settled(6.0, 4.0, 3.6);
    }

    #[test]
    fn a_fast_approach_feels_the_damping_and_a_fast_retreat_pulls_not() {
        let mut ring = Ring::default();
        let mut most: f64 = 0.0;
        for k in -10..100 {
            ring.step(&NOSE, f64::from(k.min(50)) * 1e-5, [1800.0, 40.0], 0.0, 4e-3, 1e-3);
            most = most.max(ring.force);
        }
        assert!(most > ring.force + 0.02, "{most} {}", ring.force);
        for k in 0..100 {
            ring.step(&NOSE, 5e-4 - f64::from(k) * 1e-4, [1800.0, 40.0], 0.0, 4e-3, 1e-3);
            assert!(ring.force >= 0.0 && ring.back >= 0.0);
        }
        assert!(ring.force + ring.back <= 0.0);
    }
}
