//! `pigment forecast`, and the skin files that it and every scene can name.

use serde_json::Value;

use crate::support::{Bench, replace_line, root, text};

fn forecast(bench: &Bench, more: &[&str]) -> Value {
    let done = bench.pigment("forecast", &[&["--json"], more].concat());
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

#[test]
fn one_document_and_every_dot() {
    let bench = Bench::new(|t| t);
    let document = forecast(&bench, &["-o", "dots.csv"]);
    let zone = &document["zones"][0];
    let ages: Vec<_> = zone["ages"].as_array().unwrap().iter().map(|a| a["age"].as_str().unwrap()).collect();
    assert_eq!(ages, ["fresh", "6 weeks", "6 months", "1 year", "3 years", "5 years", "10 years"]);
    let dots = std::fs::read_to_string(bench.dir.path().join("dots.csv")).unwrap();
    assert_eq!(dots.lines().count() as u64, 1 + 7 * zone["dots"].as_u64().unwrap());
    // The same bytes again; the lines for a person hold the same L*.
    assert_eq!(document, forecast(&bench, &[]));
    let words = text(&bench.pigment("forecast", &[]).stdout);
    for age in zone["ages"].as_array().unwrap() {
        assert!(words.contains(&format!("{:.1} (", age["lightness"].as_f64().unwrap())), "{age}\n{words}");
    }
    let missing = bench.pigment("forecast", &["-o", "no/folder/dots.csv"]);
    assert_eq!(missing.status.code(), Some(2));
}

/// Skin that a scene names moves depth, tone and fade; the digest tells the treatments apart.
#[test]
fn a_skin_file_goes_through_the_whole_forecast() {
    let file = |name: &str| root().join("assets/skins").join(name).display().to_string();
    let by_file = Bench::new(|t| {
        let t = replace_line(&replace_line(&t, "fitzpatrick", ""), "age = 38", "");
        replace_line(&t, "[person]", &format!("[person]\nskin = {:?}", file("type_6_35.toml")))
    });
    let by_type = forecast(
        &Bench::new(|t| replace_line(&replace_line(&t, "fitzpatrick", "fitzpatrick = \"VI\""), "age = 38", "age = 35")),
        &[],
    );
    let got = forecast(&by_file, &[]);
    for (a, b) in
        got["zones"][0]["ages"].as_array().unwrap().iter().zip(by_type["zones"][0]["ages"].as_array().unwrap())
    {
        let off = a["lightness"].as_f64().unwrap() - b["lightness"].as_f64().unwrap();
        assert!(off.abs() < 1e-3, "the bundled file is its preset: {a} {b}");
    }
    // A person whose pigment goes twice as fast.
    let text_of = std::fs::read_to_string(file("type_6_35.toml")).unwrap();
    let fast = text_of.replacen(
        "fade_per_year = { value = 0.11, low = 0.1, high = 0.12",
        "fade_per_year = { value = 0.22, low = 0.2, high = 0.24",
        1,
    );
    assert!(fast != text_of);
    by_file.file("fast.toml", fast.as_bytes());
    let scene = std::fs::read_to_string(&by_file.scene).unwrap();
    std::fs::write(&by_file.scene, replace_line(&scene, "skin =", "skin = \"fast.toml\"")).unwrap();
    let faded = forecast(&by_file, &[]);
    let amount = |v: &Value| v["zones"][0]["ages"][3]["amount"].as_f64().unwrap();
    // A year at 0.22 instead of 0.11.
    assert!((amount(&faded) / amount(&got) - (-0.11_f64).exp()).abs() < 1e-6);
    // A wrong value: status 2, with file, line, value and limit.
    by_file.file(
        "fast.toml",
        fast.replacen("thickness_mm = { value = 1.18", "thickness_mm = { value = 3.18", 1).as_bytes(),
    );
    let wrong = by_file.pigment("check", &[]);
    assert_eq!(wrong.status.code(), Some(2));
    let message = text(&wrong.stderr);
    assert!(message.contains("fast.toml:16: thickness_mm is 3.18 mm, outside 1..=2 mm"), "{message}");
}
