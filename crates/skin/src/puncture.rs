//! One needle, one hole: from protrusion to penetration and back.
//!
//! In: the skin at one place ([`Local`]), the needle group, where the needle and the nose ring stand ([`Insertion`]).
//! Out: dent, penetration, axial force; and the protrusion that reaches a wanted penetration.
//! Absent: random numbers (the caller brings them, [`crate::Variation`]), time stepping of the tool, the arm.
//! Source: skin.md 3.1 (E), 1.12.
//!
//! The published law is `delta_p = F_p/(k_s + c_s*v)`, `F_p = N * 0.12 N`, `k_s = 0.3-1.8 N/mm`, bound by 0.4-0.8 mm at
//! 10 mm/s and at most 0.15 mm at 1 m/s. Read with `k_s` alone it gives 0.15 mm for a single needle at rest, so two
//! choices are made here:
//! - `k_s` belongs to a punch of 0.75 mm, and a group of width `d` meets `k_s * d / 0.75 mm`: a flat punch on a half
//!   space is as stiff as it is wide. For the default 0.8 N/mm that is a modulus of 1.07 MPa, which is what is measured on
//!   epidermis (1-2 MPa, S49 A) and on back skin (1.18 MPa, S50 A).
//! - `c_s = k_s / v_0`, `v_0` = 0.2 m/s: the ratio of viscous to elastic is the tissue's, not the zone's.
//!
//! After rupture the needle drags the skin along as long as it moves in; when it stands, the dent falls from `delta_p` to
//! `0.15..0.35 * delta_p` with a time constant of 50-200 ms. So a slow stab of 0.8 mm ends at most half buried (Lam 2008,
//! S40 A), and a strike at 1 m/s with a few milliseconds of dwell keeps its small dent.

#[cfg(test)]
mod tests;

use frames::{Metres, Newtons, Penetration, Protrusion, Radians};

use crate::error::within;
use crate::{Group, Local, SkinError};

/// Width of the punch to which a zone's stiffness belongs; see the head of this file.
pub const REFERENCE_WIDTH: Metres = Metres::from_mm(0.75);
/// Speed at which the viscous part of the skin's resistance equals the elastic one, m/s; see the head of this file.
pub const RATE_SPEED: f64 = 0.2;
/// A tip slower than this, m/s, stands and lets the dent relax; E, above the noise of a drive at rest.
pub const DRAG_SPEED: f64 = 1e-3;

/// Where the needle and the nose ring stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Insertion {
    /// Past the nose ring.
    pub protrusion: Protrusion,
    /// How far the skin inside the ring stands above the ring's face, towards the tool; negative when the ring hangs free
    /// (`nose_indent - standoff` of skin.md 3.1). A pressed ring: [`crate::bulge`].
    pub bulge: Metres,
    /// Of the tip into the skin, m/s, negative on the way out. In [`advance`] the largest since the last step: a strike is
    /// over within one.
    pub speed: f64,
    /// Between needle and the skin's normal.
    pub tilt: Radians,
    /// Outer radius of the ring: tilted, it stands on its edge.
    pub nose_radius: Metres,
}

/// Whether the skin under the tip has given way in this stroke. The caller keeps it between steps.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Hole {
    /// Not pierced.
    #[default]
    Whole,
    /// Pierced, and the tip has not left since.
    Pierced {
        /// How deep the skin was dented when it gave way.
        dent: Metres,
        /// How long the tip has not moved in since then, s.
        dwell: f64,
    },
}

/// What the tip does to the skin at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contact {
    /// In the tissue.
    pub penetration: Penetration,
    /// How far the surface is pushed in around the needle.
    pub dent: Metres,
    /// Along the needle, positive out of the skin. After rupture the elastic part only: friction is not modelled.
    pub force: Newtons,
}

/// Stiffness that `group` meets at `speed` m/s, N/m: `(k_s + c_s*v) * d_group / 0.75 mm`.
fn stiffness(local: &Local, group: &Group, speed: f64) -> f64 {
    local.stiffness * (1.0 + speed.abs() / RATE_SPEED) * (group.width() / REFERENCE_WIDTH)
}

/// Speeds of the tip for which the laws of puncture mean anything, m/s: bound by figures at 10 mm/s and 1 m/s (skin.md 3.1),
/// half and three times that (S42 A pierces at 1 and 3 m/s).
pub const STRIKES: [f64; 2] = [0.005, 3.0];
/// Leans of the needle, degrees: the ring stands on its edge; farther over it slides (E; a dot is refused above 5).
pub const LEANS: [f64; 2] = [-30.0, 30.0];
/// Times that a tip stands in the skin, s: a relaxation of 50-200 ms is over long before the end (skin.md 3.1).
pub const DWELLS: [f64; 2] = [0.0, 60.0];
/// Dents, mm: twice the published 0.3-1.5 of a slow stab (skin.md 1.12 K).
pub const DENTS: [f64; 2] = [0.0, 3.0];
/// Protrusions, mm: lifted to a little past the collar of skin.md 1.2.
pub const PROTRUSIONS: [f64; 2] = [-20.0, 2.0];

/// How deep the skin is dented when it gives way, at `speed` m/s. skin.md 3.1: `delta_p = F_p/(k_s + c_s*v)`; fitted
/// between 10 mm/s and 1 m/s.
///
/// # Errors
/// Outside [`STRIKES`].
pub fn dent_before_rupture(local: &Local, group: &Group, speed: f64) -> Result<Metres, SkinError> {
    within("speed of the tip", speed, STRIKES, "m/s")?;
    Ok(rupture_law(local, group, speed))
}

pub(crate) fn rupture_law(local: &Local, group: &Group, speed: f64) -> Metres {
    let force = local.puncture_force * f64::from(group.points());
    Metres::new(force.get() / stiffness(local, group, speed))
}

/// What is left of a dent that was `at_rupture` deep when the tip has stood for `dwell` s:
/// `delta * (rho + (1-rho)*exp(-t/tau))`, rho 0.15-0.35, tau 50-200 ms (skin.md 3.1).
///
/// # Errors
/// Outside [`DENTS`], [`DWELLS`].
pub fn dent_after(local: &Local, at_rupture: Metres, dwell: f64) -> Result<Metres, SkinError> {
    within("dent at rupture", at_rupture.mm(), DENTS, "mm")?;
    within("time in the skin", dwell, DWELLS, "s")?;
    Ok(relaxed_law(local, at_rupture, dwell))
}

fn relaxed_law(local: &Local, at_rupture: Metres, dwell: f64) -> Metres {
    at_rupture * (local.residual + (1.0 - local.residual) * (-dwell.max(0.0) / local.relaxation).exp())
}

/// How far the tip stands below the free surface of the skin: `protrusion + bulge - r_nose*tan(tilt)`.
fn reach(at: &Insertion) -> Metres {
    at.protrusion.length() + at.bulge - lift(at.nose_radius, at.tilt)
}

/// How far a tilted ring holds the needle off. Lying on its side it holds it off for good.
fn lift(nose_radius: Metres, tilt: Radians) -> Metres {
    let tilt = tilt.get().abs();
    if tilt < std::f64::consts::FRAC_PI_2 { nose_radius * tilt.tan() } else { Metres::new(f64::INFINITY) }
}

/// How deep the tip is in the tissue, `dwell` s after a needle that moved in at `at.speed` has come to stand; nothing as long
/// as the skin only dents. skin.md 3.1: `protrusion + nose_indent - delta_residual - standoff - r_nose*tan(tilt)`,
/// not below 0. The published law also cuts the result at the mechanical stop; the collar acts on the protrusion, so the
/// caller cuts that.
///
/// # Errors
/// Outside [`PROTRUSIONS`], [`STRIKES`], [`LEANS`], [`DWELLS`].
pub fn penetration(local: &Local, group: &Group, at: &Insertion, dwell: f64) -> Result<Penetration, SkinError> {
    within("protrusion", at.protrusion.length().mm(), PROTRUSIONS, "mm")?;
    stroke_within(at, dwell)?;
    Ok(penetration_law(local, group, at, dwell))
}

fn stroke_within(at: &Insertion, dwell: f64) -> Result<(), SkinError> {
    within("speed of the tip", at.speed, STRIKES, "m/s")?;
    within("lean of the needle", at.tilt.degrees(), LEANS, "deg")?;
    within("time in the skin", dwell, DWELLS, "s")?;
    Ok(())
}

pub(crate) fn penetration_law(local: &Local, group: &Group, at: &Insertion, dwell: f64) -> Penetration {
    let reach = reach(at);
    let dent = rupture_law(local, group, at.speed);
    if reach < dent { Penetration::ZERO } else { below(reach - relaxed_law(local, dent, dwell)) }
}

/// Not above the surface; keeps a NaN.
fn below(length: Metres) -> Penetration {
    if length < Metres::ZERO { Penetration::ZERO } else { Penetration::new(length) }
}

/// The inverse of [`penetration`]: what to set so that the tip is `target` deep after `dwell` s. `aim` says how the
/// stroke will be made; its own protrusion is not read. `stop` is the tool's collar.
///
/// # Errors
/// [`SkinError::TooShallow`], [`SkinError::BeyondStop`]; outside [`STRIKES`], [`LEANS`], [`DWELLS`].
pub fn protrusion_for(
    target: Penetration,
    local: &Local,
    group: &Group,
    aim: &Insertion,
    dwell: f64,
    stop: Protrusion,
) -> Result<Protrusion, SkinError> {
    stroke_within(aim, dwell)?;
    let rupture = rupture_law(local, group, aim.speed);
    let left = relaxed_law(local, rupture, dwell);
    let least = Penetration::new(rupture - left);
    // A NaN is not reachable either.
    let reachable = target >= least;
    if !reachable {
        return Err(SkinError::TooShallow { target, least });
    }
    let needed = target.length() + left - aim.bulge + lift(aim.nose_radius, aim.tilt);
    let free = needed <= stop.length();
    if !free {
        return Err(SkinError::BeyondStop { target, needed, stop });
    }
    Ok(Protrusion::new(needed))
}

/// One step of a needle that moves in and out: the hole before and the place after the step give the hole after it. `dt` is
/// the length of the step, s. The hole closes when the tip has left the surface, and the next stroke pierces anew. On the
/// way out the skin does not cling to the needle: thinner than reality, where it is drawn up a little. Total: a step of a
/// simulation, whatever the needle does, see [`crate::LAWS`].
pub fn advance(local: &Local, group: &Group, hole: Hole, at: &Insertion, dt: f64) -> (Hole, Contact) {
    let reach = reach(at);
    let none = Contact { penetration: Penetration::ZERO, dent: Metres::ZERO, force: Newtons::ZERO };
    if reach <= Metres::ZERO {
        return (Hole::Whole, none);
    }
    let (rupture, dwell) = match hole {
        Hole::Pierced { dent, dwell } if at.speed > DRAG_SPEED => (dent, dwell),
        Hole::Pierced { dent, dwell } => (dent, dwell + dt),
        Hole::Whole => {
            let rupture = rupture_law(local, group, at.speed);
            if reach < rupture {
                let force = Newtons::new(reach.get() * stiffness(local, group, at.speed));
                return (Hole::Whole, Contact { penetration: Penetration::ZERO, dent: reach, force });
            }
            (rupture, 0.0)
        }
    };
    let dent = relaxed_law(local, rupture, dwell).min(reach);
    let force = Newtons::new(dent.get() * stiffness(local, group, 0.0));
    (Hole::Pierced { dent: rupture, dwell }, Contact { penetration: below(reach - dent), dent, force })
}
