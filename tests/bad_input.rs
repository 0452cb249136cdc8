//! Bad input ends with status 2 and a sentence that names the file, the place and a way out; nothing is written.

use std::fs;

use crate::support::{Bench, replace, replace_line, text};

/// Status 2, every word of `wants` in the message, no panic, no results.
#[track_caller]
fn check(bench: &Bench, wants: &[&str]) {
    check_with(bench, &["--out", "out"], wants);
    assert!(!bench.dir.path().join("out").join("report.json").exists());
}

#[track_caller]
fn check_with(bench: &Bench, more: &[&str], wants: &[&str]) {
    let output = bench.pigment("run", more);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(!message.contains("panicked"), "{message}");
    for want in wants {
        assert!(message.contains(want), "`{want}` is missing in: {message}");
    }
}

/// The scene on a mesh of its own.
fn with_mesh(name: &str, bytes: &[u8]) -> Bench {
    let bench = Bench::new(|t| replace_line(&t, "file =", &format!("file = \"{name}\"")));
    bench.file(name, bytes);
    bench
}

fn bundled_head() -> Vec<u8> {
    fs::read(crate::support::root().join("assets/heads/adult.ply")).unwrap()
}

#[test]
fn a_missing_scene() {
    let bench = Bench::new(|t| t);
    fs::remove_file(&bench.scene).unwrap();
    check(&bench, &["scene.toml", "is the path right?"]);
}

#[test]
fn a_missing_mesh() {
    let bench = Bench::new(|t| replace_line(&t, "file =", "file = \"no_such_head.ply\""));
    check(&bench, &["no_such_head.ply"]);
}

#[test]
fn an_empty_mesh() {
    check(&with_mesh("empty.ply", b""), &["empty.ply", "empty"]);
}

#[test]
fn a_truncated_mesh() {
    let head = bundled_head();
    check(&with_mesh("cut.ply", &head[..head.len() / 2]), &["cut.ply"]);
}

#[test]
fn a_mesh_full_of_nan() {
    let mut head = bundled_head();
    let end = b"end_header\n";
    let body = head.windows(end.len()).position(|w| w == end).unwrap() + end.len();
    for vertex in head[body..body + 12 * 1000].chunks_mut(12) {
        vertex[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    }
    check(&with_mesh("nan.ply", &head), &["nan.ply", "vertex"]);
}

#[test]
fn a_mesh_of_unknown_unit() {
    let bench = Bench::new(|t| replace_line(&t, "unit =", ""));
    check(&bench, &["adult.ply", "unit = \"mm\""]);
}

#[test]
fn a_mesh_of_a_wrong_unit() {
    let bench = Bench::new(|t| replace_line(&t, "unit =", "unit = \"m\""));
    check(&bench, &["adult.ply", "mm"]);
}

#[test]
fn an_unknown_key() {
    let bench = Bench::new(|t| replace(&t, "density_per_cm2", "densty_per_cm2"));
    check(&bench, &["scene.toml:", "unknown field `densty_per_cm2`", "did you mean `density_per_cm2`?"]);
}

#[test]
fn a_negative_density() {
    let bench = Bench::new(|t| replace_line(&t, "density_per_cm2", "density_per_cm2 = -5"));
    check(&bench, &["scene.toml", "zone", "density", "-5"]);
}

#[test]
fn a_control_point_off_the_scalp() {
    let bench = Bench::new(|t| replace_line(&t, "  [", "  [0.0, 300.0, 0.0],"));
    check(&bench, &["scene.toml", "zone", "control point", "mm"]);
}

#[test]
fn a_head_out_of_reach() {
    let bench = Bench::new(|t| replace_line(&t, "head = {", "head = { position_mm = [3000, 0, 300] }"));
    check(&bench, &["scene.toml", "reach"]);
}

#[test]
fn a_urdf_with_a_missing_link() {
    let urdf = fs::read_to_string(crate::support::root().join("assets/arms/ur5e.urdf")).unwrap();
    let bench = Bench::new(|t| replace_line(&t, "model =", "model = \"broken.urdf\""));
    bench.file("broken.urdf", replace(&urdf, "<link name=\"forearm_link\"", "<link name=\"four_arm_link\"").as_bytes());
    check(&bench, &["broken.urdf", "forearm_link"]);
}

#[test]
fn too_few_park_angles() {
    let bench = Bench::new(|t| replace_line(&t, "park_deg =", "park_deg = [0, -90]"));
    check(&bench, &["scene.toml", "park_deg has 2 angles", "6 joints"]);
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let bench = Bench::new(|t| t);
    // A file where the folder should be: refused for every user, the administrator too.
    bench.file("taken", b"mine");
    check_with(&bench, &["--out", "taken/out"], &["taken/out", "--out"]);
    assert_eq!(fs::read(bench.dir.path().join("taken")).unwrap(), b"mine");
}

#[test]
fn a_run_never_writes_over_another() {
    let bench = Bench::new(|t| t);
    fs::create_dir(bench.dir.path().join("old")).unwrap();
    bench.file("old/journal.sqlite", b"old");
    check_with(&bench, &["--out", "old"], &["old", "not empty"]);
    assert_eq!(fs::read(bench.dir.path().join("old/journal.sqlite")).unwrap(), b"old");
}

#[test]
fn commands_of_later_versions_say_so() {
    let bench = Bench::new(|t| t);
    for command in ["resume", "replay", "report"] {
        let output = bench.pigment(command, &[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("not there yet"), "{}", text(&output.stderr));
    }
    let output = bench.pigment("stream", &["--driver", "ur://127.0.0.1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("not there yet"), "{}", text(&output.stderr));
}
