//! One needle, one hole: from protrusion to penetration and back.
//!
//! In: the skin at one place ([`Local`]), the needle group, where the needle and the nose ring stand ([`Insertion`]).
//! Out: dent, penetration, axial force; and the protrusion that reaches a wanted penetration.
//! Absent: random numbers (the caller brings them, [`Variation`]), time stepping of the tool, the arm.
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
//! After rupture the dent falls from `delta_p` to `0.15..0.35 * delta_p` with a time constant of 50-200 ms. So a slow stab
//! of 0.8 mm ends less than half buried (Lam 2008, S40 A), and a strike at 1 m/s of a few milliseconds keeps its small dent.

use frames::{Metres, Newtons, Penetration, Protrusion, Radians};
use serde::{Deserialize, Serialize};

use crate::{Group, SkinError, ZoneFacts};

/// To pierce healthy scalp with one point: mean of a lognormal, see [`Variation::force`] (skin.md 3.1 E; measured 0.05-0.3 N, K).
pub const PUNCTURE_FORCE: Newtons = Newtons::new(0.12);
/// Width of the punch to which a zone's stiffness belongs; see the head of this file.
pub const REFERENCE_WIDTH: Metres = Metres::from_mm(0.75);
/// Speed at which the viscous part of the skin's resistance equals the elastic one, m/s; see the head of this file.
pub const RATE_SPEED: f64 = 0.2;

/// How much the skin differs from place to place inside a zone. Ratios have mean 1; every figure E unless marked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Variation {
    /// Puncture force: lognormal, standard deviation over mean (skin.md 3.1).
    pub force: f64,
    /// Stiffness: lognormal, standard deviation over mean.
    pub stiffness: f64,
    /// Thickness: Gaussian, standard deviation over mean, cut at 2 sigma.
    pub thickness: f64,
    /// Epidermis: Gaussian, standard deviation over mean, cut at 2 sigma (14.4/65.9, S21 A).
    pub epidermis: f64,
    /// Part of the dent that stays after rupture: Gaussian (mean, deviation), cut at 2 sigma, i.e. at the published 0.15-0.35.
    pub residual: [f64; 2],
    /// Time in which the rest relaxes, s: lognormal (median, deviation of the logarithm), cut at 2 sigma, i.e. at 50-200 ms.
    pub relaxation: [f64; 2],
}

/// Standard normal numbers for one place, drawn by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Normals {
    /// For the puncture force.
    pub force: f64,
    /// For the stiffness.
    pub stiffness: f64,
    /// For the thickness.
    pub thickness: f64,
    /// For the epidermis.
    pub epidermis: f64,
    /// For the residual dent.
    pub residual: f64,
    /// For the relaxation time.
    pub relaxation: f64,
}

/// The skin at one place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Local {
    /// Epidermis and dermis together.
    pub thickness: Metres,
    /// Outer layer.
    pub epidermis: Metres,
    /// Against a punch of [`REFERENCE_WIDTH`] at rest, N/m.
    pub stiffness: f64,
    /// To pierce it with one point.
    pub puncture_force: Newtons,
    /// Part of the dent that stays after rupture.
    pub residual: f64,
    /// Time constant in which the rest relaxes, s.
    pub relaxation: f64,
}

/// Where the needle and the nose ring stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Insertion {
    /// Past the nose ring.
    pub protrusion: Protrusion,
    /// How far the skin inside the ring stands above the ring's face, towards the tool; negative when the ring hangs free
    /// (`nose_indent - standoff` of skin.md 3.1). A pressed ring: [`crate::bulge`].
    pub bulge: Metres,
    /// Of the tip into the skin while it meets it, m/s; the largest since the last step, not the one at the end of a stroke.
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
        /// Since then, s.
        age: f64,
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

impl Default for Variation {
    fn default() -> Self {
        Self {
            force: 0.25,
            stiffness: 0.20,
            thickness: 0.10,
            epidermis: 14.4 / 65.9,
            residual: [0.25, 0.05],
            relaxation: [0.1, std::f64::consts::LN_2 / 2.0],
        }
    }
}

impl Variation {
    /// The skin at one place of a zone, from six standard normal numbers.
    pub fn local(&self, facts: &ZoneFacts, z: &Normals) -> Local {
        let [residual, residual_sd] = self.residual;
        let [relaxation, relaxation_sd] = self.relaxation;
        Local {
            thickness: facts.thickness * (1.0 + self.thickness * cut(z.thickness)),
            epidermis: facts.epidermis * (1.0 + self.epidermis * cut(z.epidermis)),
            stiffness: facts.stiffness * lognormal(self.stiffness, z.stiffness),
            puncture_force: PUNCTURE_FORCE * (facts.toughness * lognormal(self.force, z.force)),
            residual: residual + residual_sd * cut(z.residual),
            relaxation: relaxation * (relaxation_sd * cut(z.relaxation)).exp(),
        }
    }
}

impl Local {
    /// The zone's middle: what a planner aims with.
    pub fn nominal(facts: &ZoneFacts) -> Self {
        let v = Variation::default();
        Self {
            thickness: facts.thickness,
            epidermis: facts.epidermis,
            stiffness: facts.stiffness,
            puncture_force: PUNCTURE_FORCE * facts.toughness,
            residual: v.residual[0],
            relaxation: v.relaxation[0],
        }
    }
}

/// Two sigma: a Gaussian thickness is never negative.
fn cut(z: f64) -> f64 {
    z.clamp(-2.0, 2.0)
}

/// Mean 1, standard deviation `cv`.
fn lognormal(cv: f64, z: f64) -> f64 {
    let variance = (cv * cv).ln_1p();
    (variance.sqrt() * z - 0.5 * variance).exp()
}

/// Stiffness that `group` meets at `speed` m/s, N/m: `(k_s + c_s*v) * d_group / 0.75 mm`.
fn stiffness(local: &Local, group: &Group, speed: f64) -> f64 {
    local.stiffness * (1.0 + speed.abs() / RATE_SPEED) * (group.width() / REFERENCE_WIDTH)
}

/// How deep the skin is dented when it gives way, at `speed` m/s. skin.md 3.1: `delta_p = F_p/(k_s + c_s*v)`; fitted
/// between 10 mm/s and 1 m/s.
pub fn dent_before_rupture(local: &Local, group: &Group, speed: f64) -> Metres {
    let force = local.puncture_force * f64::from(group.points());
    Metres::new(force.get() / stiffness(local, group, speed))
}

/// What is left of a dent that was `at_rupture` deep, `age` s after rupture:
/// `delta * (rho + (1-rho)*exp(-t/tau))`, rho 0.15-0.35, tau 50-200 ms (skin.md 3.1).
pub fn dent_after(local: &Local, at_rupture: Metres, age: f64) -> Metres {
    at_rupture * (local.residual + (1.0 - local.residual) * (-age.max(0.0) / local.relaxation).exp())
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

/// How deep the tip is in the tissue, `age` s after the skin gave way under a needle that moved in at `at.speed`; nothing as
/// long as the skin only dents. skin.md 3.1: `protrusion + nose_indent - delta_residual - standoff - r_nose*tan(tilt)`,
/// not below 0. The published law also cuts the result at the mechanical stop; the collar acts on the protrusion, so the
/// caller cuts that. A NaN comes out as a NaN.
pub fn penetration(local: &Local, group: &Group, at: &Insertion, age: f64) -> Penetration {
    let reach = reach(at);
    let dent = dent_before_rupture(local, group, at.speed);
    if reach < dent { Penetration::ZERO } else { below(reach - dent_after(local, dent, age)) }
}

/// Not above the surface; keeps a NaN.
fn below(length: Metres) -> Penetration {
    if length < Metres::ZERO { Penetration::ZERO } else { Penetration::new(length) }
}

/// The inverse of [`penetration`]: what to set so that the tip is `target` deep, `age` s after rupture. `aim` says how the
/// stroke will be made; its own protrusion is not read. `stop` is the tool's collar.
pub fn protrusion_for(
    target: Penetration,
    local: &Local,
    group: &Group,
    aim: &Insertion,
    age: f64,
    stop: Protrusion,
) -> Result<Protrusion, SkinError> {
    let rupture = dent_before_rupture(local, group, aim.speed);
    let left = dent_after(local, rupture, age);
    let least = Penetration::new(rupture - left);
    // Also refuses a NaN.
    if !(target >= least) {
        return Err(SkinError::TooShallow { target, least });
    }
    let needed = target.length() + left - aim.bulge + lift(aim.nose_radius, aim.tilt);
    if !(needed <= stop.length()) {
        return Err(SkinError::BeyondStop { target, needed, stop });
    }
    Ok(Protrusion::new(needed))
}

/// One step of a needle that moves in and out: the hole before and the place after the step give the hole after it. `dt` is
/// the length of the step, s. The hole closes when the tip has left the surface, and the next stroke pierces anew. On the
/// way out the skin does not cling to the needle: thinner than reality, where it is drawn up a little.
pub fn advance(local: &Local, group: &Group, hole: Hole, at: &Insertion, dt: f64) -> (Hole, Contact) {
    let reach = reach(at);
    let none = Contact { penetration: Penetration::ZERO, dent: Metres::ZERO, force: Newtons::ZERO };
    if reach <= Metres::ZERO {
        return (Hole::Whole, none);
    }
    let (rupture, age) = match hole {
        Hole::Pierced { dent, age } => (dent, age + dt),
        Hole::Whole => {
            let rupture = dent_before_rupture(local, group, at.speed);
            if reach < rupture {
                let force = Newtons::new(reach.get() * stiffness(local, group, at.speed));
                return (Hole::Whole, Contact { penetration: Penetration::ZERO, dent: reach, force });
            }
            (rupture, 0.0)
        }
    };
    let dent = dent_after(local, rupture, age).min(reach);
    let force = Newtons::new(dent.get() * stiffness(local, group, 0.0));
    (Hole::Pierced { dent: rupture, age }, Contact { penetration: below(reach - dent), dent, force })
}
