//! Writes `assets/skins/example_test_dots.csv`: test dots that were never set, healed by this crate's own laws and scatter
//! from a fixed seed. `cargo run --release -p skin --example make_test_dots > assets/skins/example_test_dots.csv`
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use frames::{Metres, Penetration, PerSquareMetre, Protrusion, Seed};
use skin::{Dilution, Group, Patch, TestDot, Zone, ZoneFacts};

const SEED: Seed = Seed(20);
/// Skin type II.
const LIGHTNESS: f64 = 64.0;

fn main() -> Result<(), skin::SkinError> {
    println!(
        "# Test dots of nobody: set and healed by the simulator of crates/skin (example make_test_dots), seed {}.",
        SEED.0
    );
    println!("# True skin: frontal_hairline epidermis 0.095 mm, stiffness 1.00 N/mm, hole 0.55; frontal_mid 0.075 mm,");
    println!(
        "# 0.70 N/mm, 0.46; the rest as published. Nose force 0.8 N, single needle of 0.25 mm, skin of L* {LIGHTNESS}."
    );
    println!(
        "zone,protrusion_mm,hits,speed_m_per_s,nose_force_n,penetration_mm,healed,diameter_mm,darkness_dl,patch_per_cm2,age_days"
    );
    for (zone, epidermis, stiffness, hole) in
        [(Zone::FrontalHairline, 0.095, 1_000.0, 0.55), (Zone::FrontalMid, 0.075, 700.0, 0.46)]
    {
        let facts = zone.facts();
        let truth = ZoneFacts {
            epidermis: Metres::from_mm(epidermis),
            stiffness,
            dot: skin::DotCurve { hole, ..facts.dot },
            ..facts
        };
        for d in skin::simulate_dots(&truth, LIGHTNESS, &plan(zone)?, Seed(SEED.0 + zone.index() as u64)) {
            println!("{}", row(&d));
        }
    }
    Ok(())
}

/// Eight dots from 0.30 mm to deep, every other one in a patch of 60/cm2; then twelve scratches about the edge of the
/// epidermis, each looked at by tomography.
fn plan(zone: Zone) -> Result<Vec<TestDot>, skin::SkinError> {
    let offset = skin::bulge(skin::ring_indentation(frames::Newtons::new(0.8))?);
    let patch = Patch { darkness: 0.0, density: PerSquareMetre::from_per_cm2(60.0), ink: Dilution::NONE };
    let dot = |mm: f64| TestDot {
        zone,
        protrusion: Protrusion::new(Metres::from_mm(mm)),
        offset,
        hits: 1,
        speed: 0.8,
        group: Group::ONE,
        penetration: None,
        healed: true,
        diameter: Some(Metres::ZERO),
        patch: None,
        age: skin::days(42.0),
    };
    let deep = (0..8).map(|k| TestDot { patch: (k % 2 == 1).then_some(patch), ..dot(0.30 + 0.09 * f64::from(k)) });
    let shallow = (0..12).map(|k| TestDot { penetration: Some(Penetration::ZERO), ..dot(0.02 + 0.015 * f64::from(k)) });
    Ok(deep.chain(shallow).collect())
}

fn row(d: &TestDot) -> String {
    let some = |v: Option<String>| v.unwrap_or_default();
    format!(
        "{},{:.3},{},{:.1},0.8,{},{},{},{},{},42",
        d.zone.key(),
        d.protrusion.length().mm(),
        d.hits,
        d.speed,
        some(d.penetration.map(|p| format!("{:.3}", p.length().mm()))),
        if d.healed { "yes" } else { "no" },
        some(d.diameter.map(|v| format!("{:.3}", v.mm()))),
        some(d.patch.map(|p| format!("{:.2}", p.darkness))),
        some(d.patch.map(|p| format!("{:.0}", p.density.per_cm2()))),
    )
}
