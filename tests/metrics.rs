//! Patterns and their quality from the command line: tables, patterns of others, Ctrl-C.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::scenes::small;
use crate::support::{Bench, root, text};

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn metrics(bench: &Bench, words: &[&str]) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_pigment"));
    run.current_dir(bench.dir.path()).arg("metrics").args(words).output().unwrap()
}

/// The dots of a table by us, as another program would write them: bare, in the scan's axes.
fn bare(bench: &Bench, from: &str, to: &str, header: &str, scale: f64) {
    let table = fs::read_to_string(bench.dir.path().join(from)).unwrap();
    let file_from_head = pigment::Treatment::load(&bench.scene).unwrap().scan.head_from_file.inverse();
    let mut out = format!("{header}\n");
    for line in table.lines().skip(1) {
        let field: Vec<f64> = line.split(',').skip(4).take(3).map(|f| f.parse().unwrap()).collect();
        let at = (file_from_head * frames::Point::new(field[0] * 1e-3, field[1] * 1e-3, field[2] * 1e-3)).coords
            * (1e3 * scale);
        let _ = writeln!(out, "{},{},{}", at.x, at.y, at.z);
    }
    bench.file(to, out.as_bytes());
}

#[test]
fn of_ours_and_of_others() {
    let bench = Bench::new(|t| t);
    let scene = ["--scene", "scene.toml", "--json"];
    let of = |file: &str| json(&metrics(&bench, &[&[file], &scene[..]].concat()))[0].clone();
    let made = json(&bench.pigment("stipple", &["-o", "s.ply", "--metrics", "--json"]));
    assert!(bench.pigment("stipple", &["-o", "s.csv"]).status.success());
    let figure = |v: &Value, group: &str, name: &str| v[group][name].as_f64().unwrap();
    // Of one and the same dots, whichever way they come.
    let ply = of("s.ply");
    assert_eq!((&made["soft"], &made["spacing"], &made["pair"]), (&ply["soft"], &ply["spacing"], &ply["pair"]));
    assert!(figure(&ply, "spacing", "nn_cv") > 0.12 && figure(&ply, "spacing", "nn_cv") < 0.22, "{ply}");
    bare(&bench, "s.csv", "theirs.csv", "x,y,z", 1.0);
    bare(&bench, "s.csv", "centimetres.csv", "x_cm,y_cm,z_cm", 0.1);
    for file in ["s.csv", "theirs.csv", "centimetres.csv"] {
        let other = of(file);
        assert_eq!(other["dots"], ply["dots"], "{file}");
        for (group, name) in [("soft", "ratio"), ("spacing", "nn_cv"), ("spacing", "rho_min")] {
            assert!((figure(&other, group, name) - figure(&ply, group, name)).abs() < 1e-5, "{file} {group}.{name}");
        }
    }
    // Without the wish: the mesh alone.
    let head = root().join("assets/heads/adult.ply").display().to_string();
    let alone = json(&metrics(&bench, &["theirs.csv", "--mesh", &head, "--unit", "mm", "--json"]))[0].clone();
    assert!((figure(&alone, "spacing", "rho_mean") - figure(&ply, "spacing", "rho_mean")).abs() < 0.12, "{alone}");
    assert!(alone["edge"].is_null() && alone["target"].as_str().unwrap().contains("the dots cover"), "{alone}");
    // For people: a column a pattern, and two pictures.
    let shown = metrics(&bench, &["s.ply", "theirs.csv", "--scene", "scene.toml", "--plots", "plots"]);
    let said = text(&shown.stdout);
    assert!(shown.status.success() && said.contains("Clark-Evans") && said.contains("theirs"), "{said}");
    for name in ["neighbours.svg", "pair_correlation.svg"] {
        let drawn = fs::read_to_string(bench.dir.path().join("plots").join(name)).unwrap();
        assert!(drawn.contains("human hair") && drawn.contains("theirs") && drawn.ends_with("</svg>\n"), "{name}");
    }
}

#[test]
fn refusals() {
    let bench = Bench::new(|t| t);
    assert!(bench.pigment("stipple", &["-o", "s.csv"]).status.success());
    let check = |words: &[&str], want: &str| {
        let output = metrics(&bench, words);
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(want), "{words:?}: {said}");
    };
    bare(&bench, "s.csv", "metres.csv", "x,y,z", 1e-3);
    check(&["metres.csv", "--scene", "scene.toml"], "another head, frame or unit?");
    check(&["none.ply", "--scene", "scene.toml"], "none.ply");
    let head = root().join("assets/heads/adult.ply").display().to_string();
    check(&["s.csv", "--mesh", &head], "it looks like millimetres");
    check(&["s.csv", "--mesh", &head, "--unit", "ell"], "m, dm, cm, mm, inch");
    check(&["s.csv"], "--scene");
    let few: Vec<String> =
        fs::read_to_string(bench.dir.path().join("s.csv")).unwrap().lines().take(50).map(str::to_owned).collect();
    bench.file("few.csv", few.join("\n").as_bytes());
    check(&["few.csv", "--scene", "scene.toml"], "too few for statistics");
    let second = fs::read_to_string(bench.dir.path().join("s.csv")).unwrap().replace(",1,0,", ",2,0,");
    bench.file("second.csv", second.as_bytes());
    check(&["second.csv", "--scene", "scene.toml"], "session 2");
}

/// The scene comes through a pipe: when somebody writes into it, the program listens for Ctrl-C already and has done nothing
/// yet.
#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_file() {
    let bench = Bench::new(small);
    let pipe = bench.dir.path().join("pipe.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let program = Command::new(env!("CARGO_BIN_EXE_pigment"))
        .current_dir(bench.dir.path())
        .args(["stipple", "pipe.toml", "-o", "s.ply"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut scene = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    assert!(Command::new("kill").args(["-INT", &program.id().to_string()]).status().unwrap().success());
    std::io::Write::write_all(&mut scene, &fs::read(&bench.scene).unwrap()).unwrap();
    drop(scene);
    let output = program.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("stopped: nothing written"), "{}", text(&output.stderr));
    let left = |path: &Path| path.read_dir().unwrap().map(|e| e.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!(left(bench.dir.path()).len(), 2, "{:?}", left(bench.dir.path()));
}
