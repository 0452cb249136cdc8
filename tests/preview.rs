//! The preview: pictures of the scalp as it will look, the same bytes every time, and what they show by figures.

use std::fs;

use crate::scenes::small;
use crate::support::{Bench, replace_line, text};

/// `pigment preview` with `--json`, into `out`.
fn preview(bench: &Bench, out: &str, more: &[&str], threads: &str) -> serde_json::Value {
    let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_pigment"));
    let run = run.current_dir(bench.dir.path()).env("RAYON_NUM_THREADS", threads);
    let output = run.args(["--json", "preview"]).arg(&bench.scene).args(["-o", out]).args(more).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn figure(said: &serde_json::Value, when: &str, distance: f64, key: &str) -> f64 {
    let shots = said["shots"].as_array().unwrap();
    let near =
        |s: &&serde_json::Value| (s["distance_m"].as_f64().unwrap() - distance).abs() < 1e-9 && s["when"] == when;
    shots.iter().find(near).unwrap()[key].as_f64().unwrap()
}

#[test]
fn the_same_pictures_on_any_number_of_threads() {
    let bench = Bench::new(small);
    let options = ["--when", "fresh,5y,hair", "--distance", "0.3,1"];
    preview(&bench, "one", &options, "1");
    preview(&bench, "two", &options, "2");
    let mut names: Vec<_> =
        fs::read_dir(bench.dir.path().join("one")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 1 + 3 * 3, "{names:?}");
    for name in names {
        let bytes = |folder: &str| fs::read(bench.dir.path().join(folder).join(&name)).unwrap();
        assert!(bytes("one") == bytes("two"), "{name:?} differs between one thread and two");
        assert!(bytes("one").starts_with(b"\x89PNG"));
    }
    // Another seed, another picture.
    let other = Bench::new(|t| replace_line(&small(t), "seed =", "seed = 9"));
    preview(&other, "one", &["--when", "fresh", "--distance", "0.3"], "2");
    let bytes = |b: &Bench| fs::read(b.dir.path().join("one/scene-fresh-0.3m.png")).unwrap();
    assert!(bytes(&bench) != bytes(&other));
}

#[test]
fn options_that_mean_nothing() {
    let bench = Bench::new(small);
    for (more, said) in [
        (&["--when", "later"][..], "no time to look"),
        (&["--distance", "0.01"][..], "from 0.1 to 20 metres"),
        (&["--zone", "beard"][..], "frontal hairline"),
        (&["--at", "1,2"][..], "write X,Y,Z"),
        (&["--at", "0,500,0"][..], "off the skin"),
    ] {
        let output = bench.pigment("preview", more);
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(text(&output.stderr).contains(said), "{more:?}: {}", text(&output.stderr));
    }
}

/// Light, medium and dark skin: as dark as it is, and dots on it darker than bare skin, fresh more than healed.
#[test]
fn on_every_skin() {
    for (fitzpatrick, lightness) in [("II", 64.0), ("IV", 48.0), ("VI", 32.0)] {
        let bench = Bench::new(|t| replace_line(&small(t), "fitzpatrick", &format!("fitzpatrick = \"{fitzpatrick}\"")));
        let said = preview(&bench, "out", &["--when", "before,fresh,healed,10y", "--distance", "1"], "2");
        let [before, fresh, healed, old] =
            ["before", "fresh", "healed", "10y"].map(|when| figure(&said, when, 1.0, "lightness"));
        assert!((before - lightness).abs() < 1e-3, "{before}");
        assert!(fresh < healed && healed < old && old < before, "{fresh} {healed} {old} {before}");
    }
}
