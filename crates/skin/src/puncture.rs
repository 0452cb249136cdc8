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

use frames::{Metres, Newtons, Penetration, Protrusion, Radians};

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

/// How deep the skin is dented when it gives way, at `speed` m/s. skin.md 3.1: `delta_p = F_p/(k_s + c_s*v)`; fitted
/// between 10 mm/s and 1 m/s.
pub fn dent_before_rupture(local: &Local, group: &Group, speed: f64) -> Metres {
    let force = local.puncture_force * f64::from(group.points());
    Metres::new(force.get() / stiffness(local, group, speed))
}

/// What is left of a dent that was `at_rupture` deep when the tip has stood for `dwell` s:
/// `delta * (rho + (1-rho)*exp(-t/tau))`, rho 0.15-0.35, tau 50-200 ms (skin.md 3.1).
pub fn dent_after(local: &Local, at_rupture: Metres, dwell: f64) -> Metres {
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
/// caller cuts that. A NaN comes out as a NaN.
pub fn penetration(local: &Local, group: &Group, at: &Insertion, dwell: f64) -> Penetration {
    let reach = reach(at);
    let dent = dent_before_rupture(local, group, at.speed);
    if reach < dent { Penetration::ZERO } else { below(reach - dent_after(local, dent, dwell)) }
}

/// Not above the surface; keeps a NaN.
fn below(length: Metres) -> Penetration {
    if length < Metres::ZERO { Penetration::ZERO } else { Penetration::new(length) }
}

/// The inverse of [`penetration`]: what to set so that the tip is `target` deep after `dwell` s. `aim` says how the
/// stroke will be made; its own protrusion is not read. `stop` is the tool's collar.
pub fn protrusion_for(
    target: Penetration,
    local: &Local,
    group: &Group,
    aim: &Insertion,
    dwell: f64,
    stop: Protrusion,
) -> Result<Protrusion, SkinError> {
    let rupture = dent_before_rupture(local, group, aim.speed);
    let left = dent_after(local, rupture, dwell);
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
/// way out the skin does not cling to the needle: thinner than reality, where it is drawn up a little.
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
            let rupture = dent_before_rupture(local, group, at.speed);
            if reach < rupture {
                let force = Newtons::new(reach.get() * stiffness(local, group, at.speed));
                return (Hole::Whole, Contact { penetration: Penetration::ZERO, dent: reach, force });
            }
            (rupture, 0.0)
        }
    };
    let dent = dent_after(local, rupture, dwell).min(reach);
    let force = Newtons::new(dent.get() * stiffness(local, group, 0.0));
    (Hole::Pierced { dent: rupture, dwell }, Contact { penetration: below(reach - dent), dent, force })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

    use super::*;
    use crate::{Variation, Zone};

    const STOP: Protrusion = Protrusion::new(Metres::from_mm(1.2));

    fn straight(protrusion_mm: f64, speed: f64) -> Insertion {
        Insertion {
            protrusion: Protrusion::new(Metres::from_mm(protrusion_mm)),
            bulge: Metres::ZERO,
            speed,
            tilt: Radians::ZERO,
            nose_radius: Metres::from_mm(2.0),
        }
    }

    fn hairline() -> Local {
        Local::nominal(&Zone::FrontalHairline.facts())
    }

    #[track_caller]
    fn dents(zone: Zone, group: Group) {
        let local = Local::nominal(&zone.facts());
        let slow = dent_before_rupture(&local, &group, 0.010).mm();
        let fast = dent_before_rupture(&local, &group, 1.0).mm();
        assert!((0.4..=0.8).contains(&slow), "{zone} {} points: {slow} mm at 10 mm/s", group.points());
        assert!((0.0..=0.15).contains(&fast), "{zone} {} points: {fast} mm at 1 m/s", group.points());
    }

    /// The two bounds of skin.md 3.1, for every zone and both groups.
    #[test]
    fn dent_at_10_mm_per_s_and_at_1_m_per_s() {
        for zone in Zone::ALL {
            dents(zone, Group::ONE);
            dents(zone, Group::THREE);
        }
    }

    /// The modulus that the choice of 0.75 mm amounts to lies where it is measured, 1-2 MPa (S49 A).
    #[test]
    fn reference_width_means_a_measured_modulus() {
        let modulus = 800.0 / REFERENCE_WIDTH.get();
        assert!((1e6..=2e6).contains(&modulus), "{modulus} Pa");
    }

    /// Pushes at `speed` m/s (mm per step) to `to` mm in steps of 1 ms, holds for `hold` s, gives the depth in mm.
    fn push(local: &Local, group: &Group, to: f64, speed: f64, hold: f64) -> f64 {
        let (mut hole, mut depth, mut at) = (Hole::Whole, 0.0, 0.0);
        let mut held = 0.0;
        while held <= hold {
            at = f64::min(at + speed, to);
            let moving = if held > 0.0 { 0.0 } else { speed };
            let (next, contact) = advance(local, group, hole, &straight(at, moving), 1e-3);
            hole = next;
            depth = contact.penetration.length().mm();
            if at >= to {
                held += 1e-3;
            }
        }
        depth
    }

    /// Nominal 0.8 mm, slow: at most half buried (Lam 2008, S40 A; the check of skin.md 3.1).
    #[test]
    fn a_slow_stab_is_less_than_half_buried() {
        for zone in Zone::ALL {
            let depth = push(&Local::nominal(&zone.facts()), &Group::ONE, 0.8, 0.010, 0.0);
            assert!((0.0..=0.4).contains(&depth), "{zone}: {depth} mm");
        }
    }

    #[test]
    fn a_fast_strike_is_mostly_buried() {
        let depth = push(&hairline(), &Group::ONE, 0.8, 1.0, 0.005);
        assert!(depth > 0.7, "{depth} mm");
    }

    #[test]
    fn a_dent_is_no_puncture() {
        let slow = hairline();
        assert_eq!(penetration(&slow, &Group::ONE, &straight(0.42, 0.01), 0.0), Penetration::ZERO);
        assert!(penetration(&slow, &Group::ONE, &straight(0.44, 0.01), 0.0) > Penetration::ZERO);
        let (hole, contact) = advance(&slow, &Group::ONE, Hole::Whole, &straight(0.42, 0.01), 1e-3);
        assert_eq!((hole, contact.penetration), (Hole::Whole, Penetration::ZERO));
        assert!((contact.dent.mm() - 0.42).abs() < 1e-12);
        assert!(contact.force < slow.puncture_force && contact.force > slow.puncture_force * 0.9);
    }

    #[test]
    fn the_dent_relaxes_to_its_residue() {
        let l = hairline();
        let d = Metres::from_mm(0.4);
        assert!((dent_after(&l, d, 0.0).mm() - 0.4).abs() < 1e-12);
        assert!((dent_after(&l, d, 10.0).mm() - 0.4 * l.residual).abs() < 1e-12);
        assert!((dent_after(&l, d, -1.0).mm() - 0.4).abs() < 1e-12, "no time before rupture");
    }

    /// Nose of 2 mm, 3 deg: 0.105 mm (skin.md finding 7).
    #[test]
    fn a_tilt_is_a_depth_error() {
        let tilted = Insertion { tilt: Radians::from_degrees(3.0), ..straight(0.8, 1.0) };
        let straight = penetration(&hairline(), &Group::ONE, &straight(0.8, 1.0), 0.0).length();
        let lost = straight - penetration(&hairline(), &Group::ONE, &tilted, 0.0).length();
        assert!((lost.mm() - 0.105).abs() < 0.0005, "{lost}");
        let other_way = Insertion { tilt: -tilted.tilt, ..tilted };
        let same = penetration(&hairline(), &Group::ONE, &other_way, 0.0);
        assert_eq!(same, penetration(&hairline(), &Group::ONE, &tilted, 0.0));
        let flat = Insertion { tilt: Radians::from_degrees(90.0), ..tilted };
        assert_eq!(penetration(&hairline(), &Group::ONE, &flat, 0.0), Penetration::ZERO);
    }

    #[test]
    fn there_and_back() {
        for zone in Zone::ALL {
            for group in [Group::ONE, Group::THREE] {
                for (target, tilt, bulge, dwell) in
                    [(0.30, 0.0, 0.0, 0.0), (0.45, 2.0, 0.1, 0.005), (0.65, -1.0, -0.05, 0.2)]
                {
                    let local = Local::nominal(&zone.facts());
                    let target = Penetration::new(Metres::from_mm(target));
                    let aim = Insertion {
                        tilt: Radians::from_degrees(tilt),
                        bulge: Metres::from_mm(bulge),
                        ..straight(f64::NAN, 1.0)
                    };
                    let set = protrusion_for(target, &local, &group, &aim, dwell, STOP).expect("inside the stop");
                    let got = penetration(&local, &group, &Insertion { protrusion: set, ..aim }, dwell);
                    assert!((got.length() - target.length()).abs().get() < 1e-15, "{zone}: {got} {target}");
                }
            }
        }
    }

    #[test]
    fn says_why_there_is_no_way_back() {
        let mm = |v| Penetration::new(Metres::from_mm(v));
        let ask = |target, aim: &Insertion, dwell| protrusion_for(target, &hairline(), &Group::ONE, aim, dwell, STOP);
        // Slow, and long after the stop the dent has come back by more than the target.
        let slow = ask(mm(0.10), &straight(0.0, 0.01), 1.0);
        assert!(matches!(slow, Err(SkinError::TooShallow { least, .. }) if least > mm(0.3)), "{slow:?}");
        // Slow: 0.8 + 0.43 mm is past the stop.
        let deep = ask(mm(0.80), &straight(0.0, 0.01), 0.0);
        assert!(matches!(deep, Err(SkinError::BeyondStop { .. })), "{deep:?}");
        assert!(ask(mm(0.80), &straight(0.0, 1.0), 0.0).is_ok());
        assert!(ask(mm(f64::NAN), &straight(0.0, 1.0), 0.0).is_err());
        let lying = Insertion { tilt: Radians::from_degrees(95.0), ..straight(0.0, 1.0) };
        assert!(matches!(ask(mm(0.3), &lying, 0.0), Err(SkinError::BeyondStop { .. })));
    }

    #[test]
    fn deeper_settings_go_deeper_and_nan_stays_visible() {
        let mut last = -1.0;
        for k in 0..=240 {
            let p = penetration(&hairline(), &Group::ONE, &straight(f64::from(k) * 0.005, 0.5), 0.01).get();
            assert!(p >= last);
            last = p;
        }
        assert!(penetration(&hairline(), &Group::ONE, &straight(f64::NAN, 0.5), 0.0).get().is_nan());
    }

    /// In and out at 1 kHz: the hole opens once, closes when the tip leaves, and the step law agrees with the closed one.
    #[test]
    fn a_whole_stroke() {
        let l = hairline();
        let (mut hole, mut opened, mut deepest) = (Hole::Whole, 0, Penetration::ZERO);
        for (p, v) in [
            (-1.0, 0.6),
            (-0.4, 0.6),
            (0.05, 0.6),
            (0.6, 0.6),
            (0.6, 0.0),
            (0.6, 0.0),
            (0.3, -0.5),
            (0.05, -0.5),
            (-0.5, -0.5),
        ] {
            let (next, contact) = advance(&l, &Group::ONE, hole, &straight(p, v), 1e-3);
            opened += u32::from(hole == Hole::Whole && next != Hole::Whole);
            if contact.penetration > deepest {
                deepest = contact.penetration;
            }
            assert!(contact.dent >= Metres::ZERO && contact.force >= Newtons::ZERO);
            hole = next;
        }
        assert_eq!((opened, hole), (1, Hole::Whole));
        let closed = penetration(&l, &Group::ONE, &straight(0.6, 0.6), 2e-3);
        assert!((deepest.get() - closed.get()).abs() < 1e-15);
    }

    /// What a planner's aim is worth when the skin varies as it does: sigma of the depth of a strike at 1 m/s.
    #[test]
    fn natural_variation_stays_inside_the_depth_bar() {
        use frames::{Seed, gauss};
        let facts = Zone::FrontalMid.facts();
        let target = facts.window.target;
        let aim = straight(0.0, 1.0);
        let set = protrusion_for(target, &Local::nominal(&facts), &Group::ONE, &aim, 0.005, STOP).expect("reachable");
        let n = 4_000;
        let mean_square = (0..n)
            .map(|k| {
                let g = |stage| gauss(Seed(3), stage, k);
                let z = crate::Normals {
                    force: g(0),
                    stiffness: g(1),
                    thickness: g(2),
                    epidermis: g(3),
                    residual: g(4),
                    relaxation: g(5),
                    fill: g(6),
                };
                let local = Variation::default().local(&facts, &z);
                let got = penetration(&local, &Group::ONE, &Insertion { protrusion: set, ..aim }, 0.005);
                (got.get() - target.get()).powi(2) / n as f64
            })
            .sum::<f64>();
        let sigma = Metres::new(mean_square.sqrt()).mm();
        assert!((0.005..=0.05).contains(&sigma), "{sigma} mm");
    }
}
