//! Every rule, broken and kept, on a smooth head of known shape.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use nalgebra::Vector3;
use scan::Scan;
use skin::Person;

use crate::compile::to_file;
use crate::line::arc::skin_at;
use crate::rules::{Finding, Rule, Severity};
use crate::tests::{STRAIGHT, hairline, head, spec};
use crate::{DesignError, DesignSpec, compile};

/// What is broken, limits or not.
fn findings(scan: &Scan, design: &DesignSpec, person: &Person) -> Vec<Finding> {
    match compile(design, scan, person) {
        Ok(fields) => fields.findings().to_vec(),
        Err(DesignError::Limits { findings }) => findings,
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn check(scan: &Scan, design: &DesignSpec, person: &Person, want: &[(Rule, Severity)]) {
    let found = findings(scan, design, person);
    let got: Vec<(Rule, Severity)> = found.iter().map(|f| (f.rule, f.severity)).collect();
    assert_eq!(got, want, "{found:#?}");
}

/// A line by rule, so that nothing but the keys given here is unusual.
fn by_rule(line: &str, more: &str) -> DesignSpec {
    let density = if more.starts_with("density_per_cm2") { "" } else { "density_per_cm2 = 70" };
    spec(&format!("[[zone]]\nkind = \"hairline\"\nname = \"front\"\nline = {{ {line} }}\n{density}\n{more}"))
}

/// A round patch on the top of the head.
fn body(scan: &Scan, radius: f64, more: &str) -> String {
    let ring: Vec<[f64; 3]> = (0..8)
        .map(|k| {
            let a = f64::from(k) * std::f64::consts::FRAC_PI_4;
            let top = scan.surface.nearest(frames::Point::new(0.0, -0.02, 0.2)).point.coords.coords;
            let at = top + Vector3::new(a.cos(), a.sin(), 0.0) * radius;
            to_file(scan, frames::Point::from(skin_at(&scan.surface, &at).0)).0
        })
        .collect();
    format!("[[zone]]\nkind = \"fill\"\n{more}\ncontrol_points = {ring:?}")
}

use Severity::{Limit, Note, Warning};

#[test]
fn a_design_by_the_rules_breaks_none() {
    let scan = head();
    check(&scan, &by_rule("", ""), &Person::LIGHT, &[]);
    check(&scan, &by_rule("temporal_peaks = true, type = \"m\"", ""), &Person::LIGHT, &[]);
    check(&scan, &hairline(&scan, "", ""), &Person::LIGHT, &[]);
    let fields = compile(&by_rule("temporal_peaks = true", ""), &scan, &Person { age: 45, ..Person::LIGHT }).unwrap();
    // Every rule but those of time, scars and looks was held against this design.
    let held: std::collections::BTreeSet<Rule> = fields.checked().iter().map(|c| c.rule).collect();
    for rule in Rule::ALL {
        let absent = matches!(rule, Rule::SessionTooSoon | Rule::ScarWithoutTestDots | Rule::LookTakes);
        assert_eq!(held.contains(&rule), !absent, "{rule}");
    }
}

#[test]
fn height() {
    let scan = head();
    let at = |mm: f64, age: u8, want: &[(Rule, Severity)]| {
        let person = Person { age, ..Person::LIGHT };
        // The corners stay where the rule wants them.
        check(&scan, &by_rule(&format!("mid_frontal_mm = {mm}, recession_mm = {}", 80.0 - mm), ""), &person, want);
    };
    at(71.0, 30, &[]);
    at(69.0, 30, &[(Rule::HairlineTooLow, Warning)]);
    at(59.0, 30, &[(Rule::HairlineTooLow, Limit)]);
    at(101.0, 30, &[(Rule::HairlineHigh, Note)]);
    at(99.0, 30, &[]);
    at(74.0, 40, &[]);
    at(74.0, 41, &[(Rule::HairlineTooYoung, Warning)]);
    at(76.0, 41, &[]);
}

#[test]
fn temples() {
    let scan = head();
    check(&scan, &by_rule("recession_mm = -7", ""), &Person::LIGHT, &[]);
    check(&scan, &by_rule("recession_mm = -14", ""), &Person::LIGHT, &[(Rule::TempleFilled, Warning)]);
    // Corners that stay in front: the outer quarter of each half is pulled forward, but not down.
    let mut forward = hairline(&scan, "", "");
    let last = forward.zone[0].control_points.len() - 1;
    for (k, p) in forward.zone[0].control_points.iter_mut().enumerate() {
        if k < 3 || k + 3 > last {
            let at = scan.head_from_given(*p).coords.coords + Vector3::new(0.0, 40e-3, 0.0);
            *p = to_file(&scan, frames::Point::from(skin_at(&scan.surface, &at).0)).0;
        }
    }
    let found = findings(&scan, &forward, &Person::LIGHT);
    assert!(found.iter().any(|f| f.rule == Rule::CornerTooFarForward && f.severity == Warning), "{found:#?}");
}

#[test]
fn a_peak_too_far_forward() {
    let scan = head();
    let drawn = compile(&by_rule("temporal_peaks = true", ""), &scan, &Person::LIGHT).unwrap();
    let peak = drawn.drawn_lines().iter().find(|l| l.zone.ends_with("left temporal peak")).unwrap();
    let moved = |mm: f64| -> DesignSpec {
        let forward = |p: &[f64; 3]| {
            let at = scan.head_from_given(*p).coords.coords + Vector3::new(0.0, 1e-3 * mm, 0.0);
            to_file(&scan, frames::Point::from(skin_at(&scan.surface, &at).0)).0
        };
        let points: Vec<_> = peak.control_points.iter().map(forward).collect();
        let patch = format!(
            "[[zone]]\nkind = \"fill\"\nskin = \"temple\"\ndensity_per_cm2 = 40\nhealed_mm = 0.14\nfeather_mm = 5\ncontrol_points = {points:?}"
        );
        by_rule("", &patch)
    };
    check(&scan, &moved(0.0), &Person::LIGHT, &[]);
    check(&scan, &moved(12.0), &Person::LIGHT, &[(Rule::TemporalPeakForward, Warning)]);
}

#[test]
fn irregularity_and_ramp() {
    let scan = head();
    let line =
        |more: &str, want: &[(Rule, Severity)]| check(&scan, &by_rule("asymmetry_mm = 3", more), &Person::LIGHT, want);
    line(STRAIGHT, &[(Rule::HairlineTooStraight, Warning)]);
    line("irregularity = { macro_mm = 0.3, meso_mm = 0.1, micro_mm = 0.1 }", &[(Rule::HairlineTooStraight, Warning)]);
    line("ramp_mm = 8", &[(Rule::RampTooSteep, Warning)]);
    line("ramp_mm = 9", &[]);
    let mirror = by_rule("asymmetry_mm = 0", STRAIGHT);
    check(&scan, &mirror, &Person::LIGHT, &[(Rule::HairlineTooStraight, Warning), (Rule::HairlineTooPerfect, Warning)]);
}

#[test]
fn density_and_session() {
    let scan = head();
    let zone = |more: &str, want: &[(Rule, Severity)]| check(&scan, &by_rule("", more), &Person::LIGHT, want);
    zone("density_per_cm2 = 100", &[]);
    zone("density_per_cm2 = 101", &[(Rule::DensityAboveCap, Warning)]);
    zone("density_per_cm2 = 133", &[(Rule::DensityAboveCap, Warning)]);
    zone("density_per_cm2 = 134", &[(Rule::DensityAboveCap, Warning), (Rule::SessionTooDense, Warning)]);
    zone("density_per_cm2 = 151", &[(Rule::DensityAboveCap, Limit), (Rule::SessionTooDense, Warning)]);
    zone("density_per_cm2 = 40\n[session]\nof = 1", &[]);
    zone("density_per_cm2 = 41\n[session]\nof = 1", &[(Rule::SessionTooDense, Warning)]);
    zone("[session]\nnumber = 2\ndays_since = 14", &[]);
    zone("[session]\nnumber = 2\ndays_since = 13.9", &[(Rule::SessionTooSoon, Warning)]);
    zone("[session]\nnumber = 2\ndays_since = 10", &[(Rule::SessionTooSoon, Warning)]);
    zone("[session]\nnumber = 2\ndays_since = 9.9", &[(Rule::SessionTooSoon, Limit)]);
    zone("[session]\nleast_distance_mm = 0.9", &[(Rule::SpacingLowered, Warning)]);
    zone("[session]\nleast_overall_mm = 0.5", &[(Rule::SpacingLowered, Warning)]);
    zone("[session]\nleast_distance_mm = 1.1", &[]);
    // The whole top of the head, about 150 cm2.
    let many = |of: u16| {
        let body = body(&scan, 110e-3, "density_per_cm2 = 100\nfeather_mm = 1");
        format!("density_per_cm2 = 100\ndepth_mm = 60\n{body}\n[session]\nof = {of}")
    };
    zone(&many(3), &[]);
    let dense = (Rule::SessionTooDense, Warning);
    zone(&many(1), &[dense, dense, (Rule::SessionTooLong, Warning)]);
}

/// The number of dots that the rule is about, against a patch whose size is known: 60 dots/cm2 over the band, whose soft edges
/// count half.
#[test]
fn dots_are_counted() {
    let scan = head();
    let fields = compile(&by_rule("", "[session]\nof = 1"), &scan, &Person::LIGHT).unwrap();
    let told = fields.checked().iter().find(|c| c.rule == Rule::SessionTooLong).unwrap();
    let dots: f64 = told.value.split(' ').nth(1).unwrap().parse().unwrap();
    let mut by_hand = 0.0;
    for face in fields.area_of_interest(&scan.surface) {
        let third = [1.0 / 3.0; 3];
        let density = fields.density_at(scan.surface.at(face, third), scan.surface.normal_at(face, third)).0.get();
        by_hand += density * scan.surface.face_area(face);
    }
    assert!((dots / by_hand - 1.0).abs() < 0.01, "{dots} {by_hand}");
}

#[test]
fn dots() {
    let scan = head();
    let zone = |more: &str, want: &[(Rule, Severity)]| check(&scan, &by_rule("", more), &Person::LIGHT, want);
    zone("healed_mm = 0.30", &[]);
    zone("healed_mm = 0.31", &[(Rule::DotTooLarge, Warning)]);
    zone("healed_front_mm = 0.18", &[]);
    zone("healed_front_mm = 0.19", &[(Rule::HairlineDotTooLarge, Warning)]);
    zone("shade_front = 0.5", &[]);
    zone("shade_front = 0.51", &[(Rule::HairlineTooDark, Warning)]);
    let behind = |shade: f64| body(&scan, 20e-3, &format!("density_per_cm2 = 75\nshade = {shade}"));
    zone(&behind(0.5), &[]);
    zone(&behind(0.3), &[(Rule::HairlineTooDark, Warning)]);
}

/// Dark dots against faint stubble; and what a look takes is said.
#[test]
fn darkness() {
    let scan = head();
    let faint = skin::Stubble { hairs: frames::PerSquareMetre::from_per_cm2(20.0), ..skin::Stubble::PUBLISHED };
    let fair = Person { stubble: Some(faint), ..Person::LIGHT };
    let black = by_rule("", "density_per_cm2 = 90\nhealed_mm = 0.3\nshade = 1");
    check(&scan, &black, &fair, &[(Rule::DarkerThanStubble, Warning)]);
    check(&scan, &by_rule("", "density_per_cm2 = 40\nshade = 0.2"), &fair, &[]);
    let mut wanted = by_rule("", "look = { darken = 2.2 }");
    wanted.zone[0].density_per_cm2 = None;
    check(&scan, &wanted, &Person::LIGHT, &[(Rule::LookTakes, Note)]);
}

/// Women's lines stand lower and round the temples.
#[test]
fn women() {
    let scan = head();
    let woman = Person { sex: Some(skin::Sex::Female), ..Person::LIGHT };
    check(&scan, &by_rule("", ""), &woman, &[]);
    check(&scan, &by_rule("preset = \"female\"", ""), &Person::LIGHT, &[]);
    check(&scan, &by_rule("mid_frontal_mm = 54", ""), &woman, &[(Rule::HairlineTooLow, Warning)]);
    check(&scan, &by_rule("mid_frontal_mm = 49", ""), &woman, &[(Rule::HairlineTooLow, Limit)]);
}

#[test]
fn depth_and_scars() {
    let scan = head();
    let zone = |more: &str, want: &[(Rule, Severity)]| check(&scan, &by_rule("", more), &Person::LIGHT, want);
    let depths = |least: f64, target: f64, most: f64| {
        format!("penetration_mm = {{ least = {least}, target = {target}, most = {most} }}")
    };
    zone(&depths(0.30, 0.45, 0.80), &[]);
    zone(&depths(0.30, 0.45, 0.81), &[(Rule::DepthBeyondUsual, Warning)]);
    zone(&depths(0.30, 0.71, 0.80), &[(Rule::DepthOutsideWindow, Warning)]);
    zone(&depths(0.10, 0.29, 0.70), &[(Rule::DepthOutsideWindow, Warning)]);
    zone("skin = \"fut_scar\"", &[(Rule::ScarWithoutTestDots, Warning)]);
}

#[test]
fn somebody_answers() {
    let scan = head();
    let answer = |rule: &str, zone: &str, rest: &str| {
        let text =
            format!("[rules]\nacknowledge = [{{ rule = \"{rule}\"{zone}, by = \"A. Person\", why = \"a phantom\" }}]");
        compile(&by_rule("", &format!("{rest}\n{text}")), &scan, &Person::LIGHT)
    };
    let front = ", zone = \"front\"";
    let fields = answer("ramp-too-steep", front, "ramp_mm = 8").unwrap();
    let [finding] = fields.findings() else { panic!("{:?}", fields.findings()) };
    assert!(!finding.stops() && finding.acknowledged.as_ref().unwrap().by == "A. Person");
    assert!(answer("session-too-dense", front, "density_per_cm2 = 50\n[session]\nof = 1").is_ok());
    let refused = |rule: &str, zone: &str, rest: &str, want: &str| {
        let error = answer(rule, zone, rest).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
    };
    refused("ramp-too-steep", front, "", "is not broken in front");
    refused("ramp-too-steep", ", zone = \"other\"", "ramp_mm = 8", "is not broken in other");
    refused("ramp-too-steep", "", "ramp_mm = 8", "is not broken in session");
    refused("ramp-to-steep", front, "ramp_mm = 8", "the nearest is \"ramp-too-steep\"");
    refused(
        "density-above-cap",
        front,
        "density_per_cm2 = 151",
        "nobody can answer for a limit: density-above-cap, front",
    );
    // Unanswered, it stops; a limit never becomes fields.
    let open = compile(&by_rule("", "ramp_mm = 8"), &scan, &Person::LIGHT).unwrap();
    assert!(open.findings()[0].stops());
    let error = compile(&by_rule("", "density_per_cm2 = 151"), &scan, &Person::LIGHT).unwrap_err();
    assert!(error.to_string().contains("the design breaks density-above-cap, front: 151 dots/cm2"), "{error}");
    // What is printed to be pasted is an entry, and asks for a name and a reason.
    let text = format!("ramp_mm = 8\n[rules]\nacknowledge = [{}]", open.findings()[0].entry_to_paste());
    let error = compile(&by_rule("", &text), &scan, &Person::LIGHT).unwrap_err().to_string();
    assert!(error.contains("needs a name in `by`"), "{error}");
    let filled = text.replace("by = \"\"", "by = \"A\"").replace("why = \"\"", "why = \"B\"");
    assert!(compile(&by_rule("", &filled), &scan, &Person::LIGHT).is_ok());
}

/// Two zones of one name are told apart, so that an answer for one is not one for the other.
#[test]
fn labels_are_unambiguous() {
    let scan = head();
    let mut twice = by_rule("", "ramp_mm = 8");
    twice.zone.push(twice.zone[0].clone());
    let zones: Vec<Option<String>> = findings(&scan, &twice, &Person::LIGHT)
        .into_iter()
        .filter(|f| f.rule == Rule::RampTooSteep)
        .map(|f| f.zone)
        .collect();
    assert_eq!(zones, [Some("front (zone 0)".to_owned()), Some("front (zone 1)".to_owned())]);
}

/// The bundled scenes stop at no rule: what they break, somebody answers for.
#[test]
fn bundled_scenes_run() {
    let scenes = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes");
    let text = std::fs::read_to_string(scenes.join("hairline.toml")).unwrap();
    let mut table: toml::Table = text.parse().unwrap();
    let read = |table: &toml::Table, key: &str| table["scan"][key].clone();
    let landmarks = read(&table, "landmarks").try_into().unwrap();
    let file = scenes.join(read(&table, "file").as_str().unwrap());
    let scan = scan::load(&file, Some(scan::Unit::Millimetre), &landmarks).unwrap();
    let age = table["person"]["age"].as_integer().unwrap() as u8;
    table.retain(|key, _| ["zone", "keep_out", "session", "rules"].contains(&key));
    let design = toml::Value::Table(table).try_into().unwrap();
    check(&scan, &design, &Person { age, ..Person::LIGHT }, &[]);
}
