//! The scalp under the nose ring.
//!
//! In: how far and how fast the ring is pressed in. Out: the force it feels, and how far the skin inside the ring stands
//! above the ring's face. Absent: the ring's own spring (the tool's), the needle (see [`crate::advance`]), friction.
//! Source: skin.md 1.12.

use frames::{Metres, Newtons};

use crate::SkinError;
use crate::error::within;

/// Of the scalp under a blunt ring, N/m (S30 C, a vendor-like page, unverified).
pub const SCALP_STIFFNESS: f64 = 1_800.0;
/// Of the scalp under a blunt ring, N s/m (S30 C, unverified).
pub const SCALP_DAMPING: f64 = 40.0;
/// Of the skull in a collision, N/m: the stiffest region of the body (S51 B).
pub const SKULL_STIFFNESS: f64 = 150_000.0;
/// Of the face in a collision, N/m (S51 B).
pub const FACE_STIFFNESS: f64 = 75_000.0;
/// Part of the ring's indentation that the skin inside it does not follow (E, unmeasured: 0.11 mm at 1 N).
pub const BULGE_RATIO: f64 = 0.2;

/// How deep a ring may be in the scalp for [`ring_force`], mm: the nose's travel (design, 4 mm); negative hangs free.
pub const INDENTATIONS: [f64; 2] = [-10.0, 4.0];
/// How fast it may move for it, m/s: the arm's own limit in free space.
pub const RING_SPEEDS: [f64; 2] = [-0.25, 0.25];
/// Forces on the ring, N: to the break-away of the tool (skin.md 4.2 E).
pub const RING_FORCES: [f64; 2] = [0.0, 15.0];

/// What a ring feels that is `indentation` deep in the scalp and moves in at `speed` m/s: Kelvin-Voigt,
/// `F = k*x + c*v` (skin.md 1.12, S30 C). Not negative: the scalp pushes and does not pull.
///
/// # Errors
/// Outside [`INDENTATIONS`], [`RING_SPEEDS`].
pub fn ring_force(indentation: Metres, speed: f64) -> Result<Newtons, SkinError> {
    within("indentation of the ring", indentation.mm(), INDENTATIONS, "mm")?;
    within("speed of the ring", speed, RING_SPEEDS, "m/s")?;
    if indentation <= Metres::ZERO {
        return Ok(Newtons::ZERO);
    }
    Ok(Newtons::new(SCALP_STIFFNESS * indentation.get() + SCALP_DAMPING * speed).max(Newtons::ZERO))
}

/// How deep a ring rests under `force`: `x = F/k`, the standing case of [`ring_force`].
///
/// # Errors
/// Outside [`RING_FORCES`].
pub fn ring_indentation(force: Newtons) -> Result<Metres, SkinError> {
    within("force on the ring", force.get(), RING_FORCES, "N")?;
    Ok(Metres::new(force.get() / SCALP_STIFFNESS))
}

/// How far the skin inside the ring stands above the ring's face when the ring is `indentation` deep; a ring that hangs
/// `d` above the skin has an indentation of `-d`, and the skin stands `d` below it. The `nose_indent - standoff` of
/// skin.md 3.1, which has no law for it: a part [`BULGE_RATIO`] of the indentation (E). Total: a step of a simulation, see
/// [`crate::LAWS`].
pub fn bulge(indentation: Metres) -> Metres {
    if indentation > Metres::ZERO { indentation * BULGE_RATIO } else { indentation }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[track_caller]
    fn force(indentation_mm: f64, speed: f64, want: f64) {
        let got = ring_force(Metres::from_mm(indentation_mm), speed).unwrap().get();
        assert!((got - want).abs() < 1e-9, "{got} {want}");
    }

    #[test]
    fn the_scalp_pushes_and_never_pulls() {
        force(1.0, 0.0, 1.8);
        force(1.0, 0.01, 2.2);
        force(0.0, 0.01, 0.0);
        force(-0.5, 0.1, 0.0);
        force(0.1, -0.1, 0.0);
    }

    #[test]
    fn a_ring_at_rest() {
        let x = ring_indentation(Newtons::new(0.9)).unwrap();
        assert!((x.mm() - 0.5).abs() < 1e-9);
        assert!((ring_force(x, 0.0).unwrap().get() - 0.9).abs() < 1e-12);
        assert!((bulge(x).mm() - 0.1).abs() < 1e-9);
        assert!((bulge(Metres::from_mm(-0.3)).mm() + 0.3).abs() < 1e-12);
    }
}
