//! Each law of the table is asked in the middle, at both ends and on either side of each of its ranges.

use frames::{Metres, Newtons, Penetration, PerSquareMetre, Protrusion, Radians};

use super::*;
use crate::*;

/// Asks a law by its name with one number an input, in the table's units.
fn ask(name: &str, a: &[f64]) -> Result<(), SkinError> {
    let mm = Metres::from_mm;
    let deep = |v| Penetration::new(mm(v));
    let (skin, group) = (Local::nominal(&Zone::FrontalMid.facts()), Group::ONE);
    let strike = |protrusion, speed, tilt| Insertion {
        protrusion: Protrusion::new(mm(protrusion)),
        bulge: Metres::ZERO,
        speed,
        tilt: Radians::from_degrees(tilt),
        nose_radius: mm(2.0),
    };
    let collar = Protrusion::new(mm(1.2));
    let stipple = |lightness, density, diameter, bottom, mu: f64| Stipple {
        lightness,
        density: PerSquareMetre::from_per_cm2(density),
        diameter: mm(diameter),
        column: [mm(f64::min(0.12, bottom - 0.01)), mm(bottom)],
        absorption: 1e3 * mu,
    };
    let fade = |sun, per_year| Fade { per_year, sun };
    let hits = |v: f64| v.round() as u32;
    let nm = |v: f64| Metres::new(1e-9 * v);
    match name {
        "dent_before_rupture" => dent_before_rupture(&skin, &group, a[0]).map(drop),
        "dent_after" => dent_after(&skin, mm(a[0]), a[1]).map(drop),
        "penetration" => penetration(&skin, &group, &strike(a[0], a[1], a[2]), a[3]).map(drop),
        "protrusion_for" => {
            match protrusion_for(deep(0.5), &skin, &group, &strike(0.0, a[0], a[1]), a[2], collar) {
                // Inside the range, and the collar is in the way.
                Err(SkinError::BeyondStop { .. } | SkinError::TooShallow { .. }) => Ok(()),
                other => other.map(drop),
            }
        }
        "ring_force" => ring_force(mm(a[0]), a[1]).map(drop),
        "ring_indentation" => ring_indentation(Newtons::new(a[0])).map(drop),
        "Dilution::try_new" => Dilution::try_new(a[0]).map(drop),
        "ink_volume" => ink_volume(mm(a[0]), deep(a[1]), a[2]).map(drop),
        "mass_per_hit" => mass_per_hit(&group, deep(a[0]), a[1], Dilution::NONE).map(drop),
        "hits_count" => hits_count(hits(a[0])).map(drop),
        "film" => film(hits(a[0]), a[1]).map(drop),
        "film_decay" => film_decay(a[0]).map(drop),
        "hairline_factor" => hairline_factor(mm(a[0])).map(drop),
        "retained_at" => retained_at(mm(a[0]), mm(a[1]), mm(a[2])).map(drop),
        "retained" => retained(deep(a[0]), mm(a[1]), mm(a[2])).map(drop),
        "shed_probability" => shed_probability(deep(a[0]), mm(a[1])).map(drop),
        "healed_diameter" => healed_diameter(deep(a[0]), &group, mm(a[1])).map(drop),
        "fresh_diameter" => fresh_diameter(mm(a[0])).map(drop),
        "diameter_at" => diameter_at(mm(a[0]), years(a[1])).map(drop),
        "grown_diameter" => grown_diameter(mm(a[0]), years(a[1])).map(drop),
        "blow_out_probability" => blow_out_probability(deep(a[0]), mm(a[1])).map(drop),
        "fate" => fate(deep(a[0]), mm(a[1]), mm(a[2])).map(drop),
        "amount" => amount(a[0], years(a[1]), a[2]).map(drop),
        "faded" => faded(a[0], years(a[1]), &fade(a[2], a[3])).map(drop),
        "veil" => veil(years(a[0])).map(drop),
        "density_score" => density_score(a[0]).map(drop),
        "forecast" => {
            let dot = Dot { tip: deep(a[0]), depth_sigma: mm(a[1]), group, ink: Dilution::NONE, hits: hits(a[2]) };
            forecast(&Person::LIGHT, Zone::FrontalMid, &dot, Age::ONE_YEAR).map(drop)
        }
        "dot_area" => dot_area(&stipple(a[0], 10.0, a[1], a[2], a[3])).map(drop),
        "optical_load" => optical_load(&stipple(a[0], a[1], a[2], a[3], a[4])).map(drop),
        "load_of" => load_of(a[0]).map(drop),
        "Stubble::lightness" => {
            let hairs = PerSquareMetre::from_per_cm2(a[1]);
            Stubble { hairs, shaft: mm(a[2]), visible: mm(a[3]) }.lightness(a[0]).map(drop)
        }
        "coverage" => coverage(PerSquareMetre::from_per_cm2(a[0]), mm(a[1])).map(drop),
        "yule_nielsen" => yule_nielsen(a[0], a[1], a[2], a[3]).map(drop),
        "baseline_absorption" => baseline_absorption(nm(a[0])).map(drop),
        "reduced_scattering" => reduced_scattering(nm(a[0])).map(drop),
        "layer" => layer(1e3 * a[0], 1e3 * a[1], mm(a[2])).map(drop),
        "blur" => blur(deep(a[0])).map(drop),
        other => panic!("{other} is in the table and is not asked here"),
    }
}

/// One row: a law, one of its inputs, one side.
#[track_caller]
fn refused(law: &Law, at: usize, value: f64) {
    let mut given: Vec<f64> = law.inputs.iter().map(|i| 0.5 * (i.range[0] + i.range[1])).collect();
    given[at] = value;
    let Input { what, range, unit } = law.inputs[at];
    let near = |a: f64, b: f64| (a - b).abs() < 1e-6 * (1.0 + b.abs());
    match ask(law.name, &given) {
        Err(SkinError::OutOfRange { what: w, value: v, least, most, unit: u }) => {
            assert!(w == what && u == unit, "{}: {w} in {u}, the table has {what} in {unit}", law.name);
            assert!(near(least, range[0]) && near(most, range[1]), "{}: {what} {least} to {most}", law.name);
            assert!(
                v.is_nan() == value.is_nan() && (value.is_nan() || near(v, value)),
                "{}: {what} {v} {value}",
                law.name
            );
        }
        other => panic!("{}: {what} = {value} {unit} gives {other:?}", law.name),
    }
}

#[test]
fn every_law_answers_inside_its_range_and_refuses_on_either_side() {
    for law in LAWS {
        let middle: Vec<f64> = law.inputs.iter().map(|i| 0.5 * (i.range[0] + i.range[1])).collect();
        assert_eq!(ask(law.name, &middle), Ok(()), "{} in the middle", law.name);
        for (at, input) in law.inputs.iter().enumerate() {
            let [least, most] = input.range;
            // A whole hit or dot; else a ten-thousandth of the range.
            let step = if matches!(input.unit, "hits" | "dots") { 1.0 } else { 1e-4 * (most - least) };
            for end in [least, most] {
                let mut given = middle.clone();
                // Millimetres and back leave a last digit.
                given[at] = end + (0.5 * (least + most) - end) * 1e-9;
                assert_eq!(ask(law.name, &given), Ok(()), "{}: {} = {end}", law.name, input.what);
            }
            refused(law, at, most + step);
            // There is no half hit and no negative one.
            if !(matches!(input.unit, "hits" | "dots") && least < 0.5) {
                refused(law, at, least - step);
            }
            // An age is whole nanoseconds.
            if !matches!(input.unit, "hits" | "dots" | "years") {
                refused(law, at, f64::NAN);
            }
        }
    }
}

/// What nobody should ever be told a number for.
#[test]
fn far_outside_there_is_an_error_and_no_number() {
    let find = |name: &str| LAWS.iter().find(|l| l.name == name).unwrap_or_else(|| panic!("{name}"));
    refused(find("retained"), 0, 2.0);
    refused(find("healed_diameter"), 0, 2.0);
    refused(find("forecast"), 0, 2.0);
    refused(find("optical_load"), 1, 400.0);
    refused(find("optical_load"), 0, 95.0);
    refused(find("amount"), 1, 100.0);
    refused(find("grown_diameter"), 1, 100.0);
    refused(find("Dilution::try_new"), 0, 1_000.0);
    refused(find("penetration"), 1, 100.0);
    refused(find("penetration"), 2, 80.0);
}

#[test]
fn the_table_stands_in_the_docs() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("LAWS.md");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    assert!(text == laws_table(), "LAWS.md is stale: cargo run --release -p skin --example make_skins");
}

/// A public function of these files that can refuse a number is a law, and stands in the table.
#[test]
fn no_law_is_left_out() {
    let sources = [
        include_str!("../puncture.rs"),
        include_str!("../contact.rs"),
        include_str!("../deposit.rs"),
        include_str!("../healing.rs"),
        include_str!("../fade.rs"),
        include_str!("../forecast.rs"),
        include_str!("../density.rs"),
    ];
    let mut seen = 0;
    for source in sources {
        for line in source.lines().filter(|l| l.starts_with("pub fn ") && l.contains("SkinError>")) {
            let name = line.trim_start_matches("pub fn ").split('(').next().unwrap_or_default();
            assert!(LAWS.iter().any(|law| law.name == name), "{name} is not in the table of laws");
            seen += 1;
        }
    }
    assert!(seen >= 20, "{seen}: has the form of the sources changed?");
}
