//! How a scar is begun.
//!
//! In: a zone, the ink and density meant for it. Out: what the first session takes of them, how old a scar must be.
//! Absent: the scar's own depths, stiffness and retention (see `zones.rs`), its ladder (see [`crate::session_shares`]),
//! the judgement that a scar is raised or a keloid: those are refused by a person.
//! Source: skin.md 1.11 (E; ages S89 B, S90 B).

use frames::PerSquareMetre;

use crate::{Dilution, Zone};

/// Months a scar must have healed: never below the first (S90 B), better the second (the careful end of 9-12, S89 B).
pub const SCAR_AGE_MONTHS: [f64; 2] = [6.0, 12.0];
/// A scar is begun at this part of its density (skin.md 1.11 E).
pub const SCAR_START: f64 = 0.5;

/// Density to begin with where `full` is meant in the end: half of it in a scar, all of it elsewhere.
pub fn first_density(zone: Zone, full: PerSquareMetre) -> PerSquareMetre {
    if zone.is_scar() { full * SCAR_START } else { full }
}

/// Ink to begin with where `meant` is meant in the end: one step of [`Dilution::INKS`] lighter in a scar, the same
/// elsewhere. The lightest stays.
pub fn first_ink(zone: Zone, meant: Dilution) -> Dilution {
    if zone.is_scar() { meant.lighter().unwrap_or(meant) } else { meant }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scar_begins_lighter_and_sparser() {
        let full = PerSquareMetre::from_per_cm2(90.0);
        for zone in Zone::ALL {
            let (density, ink) = (first_density(zone, full), first_ink(zone, Dilution::STEPS[1]));
            if zone.is_scar() {
                assert!((density.per_cm2() - 45.0).abs() < 1e-9 && ink == Dilution::STEPS[2], "{zone}");
            } else {
                assert!(density == full && ink == Dilution::STEPS[1], "{zone}");
            }
        }
        assert_eq!(
            first_ink(Zone::FutScar, Dilution::STEPS[4]),
            Dilution::STEPS[4],
            "nothing is lighter than the lightest"
        );
    }
}
