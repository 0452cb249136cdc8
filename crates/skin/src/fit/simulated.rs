//! Test dots that were never set: what the laws and their scatter make of a plan, by seed.
//!
//! In: the true skin, the dots as planned, a seed. Out: the same dots, healed and measured. Absent: the fit, which must not
//! know the truth. For examples, for trying a plan before anyone is touched, and for testing the fit.

use frames::{Metres, Penetration, Radians, Seed, gauss, unit};

use crate::fit::model::{DARKNESS_NOISE, DEPTH_NOISE, DIAMETER_NOISE, Model};
use crate::healing::{grown_law, shed_law};
use crate::puncture::penetration_law;
use crate::{HEALED, Insertion, Normals, TestDot, Variation, ZoneFacts};

/// What `plan` heals to in skin that is `truth` in the middle and varies from place to place. Where the plan holds a measured
/// number, that number is measured anew; where it holds none, none is. `skin` is the L* of the skin.
pub fn simulate_dots(truth: &ZoneFacts, skin: f64, plan: &[TestDot], seed: Seed) -> Vec<TestDot> {
    plan.iter().enumerate().map(|(k, d)| heal(truth, skin, d, seed, k as u64)).collect()
}

fn heal(truth: &ZoneFacts, skin: f64, planned: &TestDot, seed: Seed, k: u64) -> TestDot {
    let g = |stage| gauss(seed, stage, k);
    let normals = Normals {
        force: g(0),
        stiffness: g(1),
        thickness: g(2),
        epidermis: g(3),
        residual: g(4),
        relaxation: g(5),
        fill: g(6),
    };
    let local = Variation::default().local(truth, &normals);
    let here = ZoneFacts { thickness: local.thickness, epidermis: local.epidermis, ..*truth };
    let strike = Insertion {
        protrusion: planned.protrusion,
        bulge: planned.offset,
        speed: planned.speed,
        tilt: Radians::ZERO,
        nose_radius: Metres::ZERO,
    };
    let tip = penetration_law(&local, &planned.group, &strike, 0.0);
    let z = tip.length().mm();
    let healed = unit(seed, 7, k) < 1.0 - shed_law(tip, here.epidermis);
    let noisy = |value: f64, sd: f64, stage| value + sd * g(stage);
    let age = (planned.age - HEALED).max(frames::Span::ZERO);
    let width = grown_law(here.dot.healed_law(tip, &planned.group, here.thickness), age);
    let measured = Metres::from_mm(noisy(width.mm(), DIAMETER_NOISE, 8).max(0.03));
    let patch = planned.patch.filter(|_| healed).and_then(|patch| {
        // A patch has many dots: its depth is the middle one.
        let middle = Variation::default().local(truth, &Normals::default());
        let tip = penetration_law(&middle, &planned.group, &strike, 0.0);
        let width = grown_law(truth.dot.healed_law(tip, &planned.group, truth.thickness), age);
        let model = Model { facts: *truth, skin };
        let darkness = model.darkness(planned, truth, tip.length().mm(), width)?;
        Some(crate::Patch { darkness: noisy(darkness, DARKNESS_NOISE, 9), ..patch })
    });
    let seen = if z > 0.0 { noisy(z, DEPTH_NOISE, 10).max(0.0) } else { 0.0 };
    TestDot {
        penetration: planned.penetration.map(|_| Penetration::new(Metres::from_mm(seen))),
        healed,
        diameter: planned.diameter.filter(|_| healed).map(|_| measured),
        patch,
        ..*planned
    }
}
