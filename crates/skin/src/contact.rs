//! The scalp under the nose ring.
//!
//! In: how far and how fast the ring is pressed in. Out: the force it feels, and how far the skin inside the ring stands
//! above the ring's face. Absent: the ring's own spring (the tool's), the needle (see [`crate::advance`]), friction.
//! Source: skin.md 1.12.

use frames::{Metres, Newtons};

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

/// What a ring feels that is `indentation` deep in the scalp and moves in at `speed` m/s: Kelvin-Voigt,
/// `F = k*x + c*v` (skin.md 1.12, S30 C). Not negative: the scalp pushes and does not pull.
pub fn ring_force(indentation: Metres, speed: f64) -> Newtons {
    if indentation <= Metres::ZERO {
        return Newtons::ZERO;
    }
    Newtons::new(SCALP_STIFFNESS * indentation.get() + SCALP_DAMPING * speed).max(Newtons::ZERO)
}

/// How deep a ring rests under `force`: `x = F/k`, the standing case of [`ring_force`].
pub fn ring_indentation(force: Newtons) -> Metres {
    Metres::new(force.max(Newtons::ZERO).get() / SCALP_STIFFNESS)
}

/// How far the skin inside the ring stands above the ring's face when the ring is `indentation` deep; a ring that hangs
/// `d` above the skin has an indentation of `-d`, and the skin stands `d` below it. The `nose_indent - standoff` of
/// skin.md 3.1, which has no law for it: a part [`BULGE_RATIO`] of the indentation (E).
pub fn bulge(indentation: Metres) -> Metres {
    if indentation > Metres::ZERO { indentation * BULGE_RATIO } else { indentation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn force(indentation_mm: f64, speed: f64, want: f64) {
        let got = ring_force(Metres::from_mm(indentation_mm), speed).get();
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
        let x = ring_indentation(Newtons::new(0.9));
        assert!((x.mm() - 0.5).abs() < 1e-9);
        assert!((ring_force(x, 0.0).get() - 0.9).abs() < 1e-12);
        assert!((bulge(x).mm() - 0.1).abs() < 1e-9);
        assert!((bulge(Metres::from_mm(-0.3)).mm() + 0.3).abs() < 1e-12);
        assert_eq!(ring_indentation(Newtons::new(-1.0)), Metres::ZERO);
    }
}
