//! `pigment calibrate-skin`: the example table comes back as the skin it was made of, scenes take the result, bad tables end
//! with status 2, file and line.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::{Bench, replace_line, root, text};

fn example() -> PathBuf {
    root().join("assets/skins/example_test_dots.csv")
}

fn calibrate(table: &Path, output: &Path, more: &[&str]) -> Output {
    let mut run = Command::new(env!("CARGO_BIN_EXE_pigment"));
    run.arg("calibrate-skin").arg(table).arg("-o").arg(output).args(more).output().unwrap()
}

/// The example's calibration, made once by the command.
fn person() -> (TempDir, PathBuf, serde_json::Value) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("person.toml");
    let done = calibrate(&example(), &out, &["--person", "II/35", "--json"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let figures = serde_json::from_slice(&done.stdout).unwrap();
    (dir, out, figures)
}

/// What the example's comment says the skin was: epidermis, stiffness, hole; the rest as published.
const TRUTH: [(&str, [f64; 6]); 2] =
    [("frontal_hairline", [0.095, 1.00, 0.55, 0.12, 1.2, 1.0]), ("frontal_mid", [0.075, 0.70, 0.46, 0.12, 1.2, 1.0])];
const NAMES: [&str; 6] = ["epidermis", "stiffness", "hole", "spread", "blur", "side_light"];

#[test]
fn the_example_comes_back_as_the_skin_it_was_made_of() {
    let (_dir, out, figures) = person();
    for (zone, truth) in TRUTH {
        let fit = figures["zones"].as_array().unwrap().iter().find(|z| z["zone"] == zone).unwrap();
        assert_eq!(fit["dots"], 20);
        assert!(fit["misfit"].as_f64().unwrap() < fit["misfit_limit"].as_f64().unwrap(), "{fit}");
        for (name, truth) in NAMES.iter().zip(truth) {
            let value = &fit["values"][name];
            let [low, high] = ["low", "high"].map(|k| value[k].as_f64().unwrap());
            assert!(low <= truth && truth <= high, "{zone} {name}: {truth} in {value}");
        }
        for name in ["stiffness", "hole", "spread", "side_light"] {
            assert_eq!(fit["values"][name]["from_dots"], true, "{zone} {name}");
        }
    }
    // The same table gives the same bytes; an old calibration is not written over.
    let again = out.with_file_name("again.toml");
    assert!(calibrate(&example(), &again, &[]).status.success());
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&again).unwrap());
    let third = calibrate(&example(), &again, &[]);
    assert_eq!(third.status.code(), Some(2));
    assert!(text(&third.stderr).contains("never written over"), "{}", text(&third.stderr));
}

/// A scene that names the calibration gets the calibrated window and, through it, other depths; the digest tells the two
/// treatments apart.
#[test]
fn a_scene_takes_the_calibration() {
    let (_dir, out, figures) = person();
    let scene = |line: String| Bench::new(|t| replace_line(&t, "[person]", &format!("[person]\n{line}")));
    let with =
        pigment::Treatment::load(&scene(format!("calibration = {:?}", out.display().to_string())).scene).unwrap();
    let without = pigment::Treatment::load(&scene(String::new()).scene).unwrap();
    let zone = skin::Zone::FrontalHairline;
    let target = with.person.facts(zone).window.target;
    let fit = figures["zones"].as_array().unwrap().iter().find(|z| z["zone"] == "frontal_hairline").unwrap();
    assert!((target.get() - fit["window_m"][1].as_f64().unwrap()).abs() < 1e-7, "to the digits of the file");
    assert!((target.get() - without.person.facts(zone).window.target.get()).abs() > 1e-6);
    let pattern = with.stipple().unwrap();
    let hairline: Vec<_> = pattern.sites.iter().filter(|s| s.zone == zone).collect();
    assert!(!hairline.is_empty() && hairline.iter().all(|s| s.target == target));
    assert!(with.file.digest() != without.file.digest() && with.file.calibration.is_some());
}

#[test]
fn a_scene_refuses_a_calibration_that_is_not_its_own() {
    let (_dir, out, _) = person();
    let good = std::fs::read_to_string(&out).unwrap();
    let check = |edit: &dyn Fn(&str) -> String, more: &str, want: &str| {
        let bench =
            Bench::new(|t| replace_line(&t, "[person]", &format!("[person]\ncalibration = \"p.toml\"\n{more}")));
        bench.file("p.toml", edit(&good).as_bytes());
        let done = bench.pigment("check", &[]);
        assert_eq!(done.status.code(), Some(2));
        assert!(text(&done.stderr).contains(want), "{}", text(&done.stderr));
    };
    let same = |t: &str| t.to_owned();
    check(&same, "lightness = 40", "p.toml: was made for skin of L* 64, the scene's [person] has 40");
    check(&|t| t.replacen("version = 2", "version = 1", 1), "", "version = 1");
    check(&|t| t.replacen("dots = 20", "dots = 3", 1), "", "3 dots; at least 4 are needed");
    check(&|t| t.replace("\"frontal_mid\"", "\"frontal_hairline\""), "", "stands twice");
    check(&|t| t.replacen("hole =", "hoel =", 1), "", "did you mean `hole`?");
    check(&|t| t.replacen("epidermis_mm = { value = 0.", "epidermis_mm = { value = 9.", 1), "", "epidermis_mm is 9.");
    check(&|t| t.replacen("table_sha256 = \"", "table_sha256 = \"x", 1), "", "is not a SHA-256");
}

/// The example with one line changed: status 2, and the message names the line and what is wrong with it.
#[track_caller]
fn refused(edit: impl FnOnce(String) -> String, want: &str) {
    let dir = tempfile::tempdir().unwrap();
    let (table, out) = (dir.path().join("dots.csv"), dir.path().join("person.toml"));
    std::fs::write(&table, edit(std::fs::read_to_string(example()).unwrap())).unwrap();
    let done = calibrate(&table, &out, &[]);
    let message = text(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{message}");
    assert!(message.contains(want) && message.contains("dots.csv"), "`{want}` is missing in: {message}");
    assert!(!out.exists());
}

/// Value `column` of line `line`, counted from 1, replaced.
fn cell(table: &str, line: usize, column: usize, value: &str) -> String {
    let mut lines: Vec<String> = table.lines().map(str::to_owned).collect();
    let mut cells: Vec<&str> = lines[line - 1].split(',').collect();
    cells[column] = value;
    lines[line - 1] = cells.join(",");
    lines.join("\n")
}

#[test]
fn bad_tables_are_refused_by_line() {
    // Three lines of comment, the header, then the dots.
    refused(|t| cell(&t, 9, 0, "nose"), "dots.csv:9: zone = `nose`");
    refused(|t| cell(&t, 9, 1, "deep"), "dots.csv:9: protrusion_mm = `deep` is not a number");
    refused(|t| cell(&t, 9, 1, "1.3"), "dots.csv:9: protrusion_mm is 1.3 mm");
    refused(|t| cell(&t, 9, 1, ""), "dots.csv:9: protrusion_mm is empty");
    refused(|t| cell(&t, 9, 1, "inf"), "dots.csv:9: protrusion_mm = `inf`");
    refused(|t| cell(&t, 9, 2, "1.5"), "dots.csv:9: hits = 1.5 is not a count");
    refused(|t| cell(&t, 9, 3, "9"), "dots.csv:9: speed_m_per_s is 9");
    refused(|t| cell(&t, 9, 4, "7"), "dots.csv:9: nose_force_n = 7");
    refused(|t| cell(&t, 9, 6, "maybe"), "dots.csv:9: healed = `maybe`; write yes or no");
    refused(|t| cell(&t, 9, 7, "15"), "dots.csv:9: diameter_mm is 15");
    refused(|t| cell(&t, 9, 8, "3"), "dots.csv:9: darkness_dl needs patch_per_cm2");
    refused(|t| cell(&t, 9, 10, "20"), "dots.csv:9: age_days is 20");
    refused(|t| cell(&t, 9, 10, "42,1"), "dots.csv:9: 12 values under 11 columns");
    refused(|t| cell(&t, 4, 1, "protrusion"), "dots.csv:4: unknown column `protrusion`; did you mean `protrusion_mm`?");
    refused(|t| cell(&t, 4, 2, "healed"), "dots.csv:4: column `healed` stands twice");
    refused(|t| cell(&t, 4, 10, "needle_mm"), "dots.csv:4: no column `age_days`");
    refused(|t| cell(&t, 9, 0, "temple"), "temple: 1 test dots; at least 4 are needed");
    refused(|t| t.lines().take(4).collect::<Vec<_>>().join("\n"), "holds no dots");
    refused(|t| (5..13).fold(t, |t, line| cell(&t, line, 7, "1.4")), "frontal hairline: spread is 4.");
}

/// A row that no skin explains is named by its line and does not stop the rest.
#[test]
fn an_outlier_is_named_by_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let (table, out) = (dir.path().join("dots.csv"), dir.path().join("person.toml"));
    let good = std::fs::read_to_string(example()).unwrap();
    std::fs::write(&table, cell(&good, 12, 7, "1.2")).unwrap();
    let done = calibrate(&table, &out, &[]);
    let said = text(&done.stdout);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(said.contains("dots.csv:12: diameter is 1.200") && said.contains("the laws do not fit"), "{said}");
}

#[test]
fn a_missing_table_and_a_wrong_person() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("person.toml");
    for (table, more, want) in [
        (dir.path().join("none.csv"), &["--person", "II/35"][..], "none.csv"),
        (example(), &["--person", "seven"], "like II/35"),
        (example(), &["--person", "VII/35"], "like II/35"),
        (example(), &["--lightness", "95"], "--lightness = 95"),
    ] {
        let done = calibrate(&table, &out, more);
        assert_eq!(done.status.code(), Some(2));
        assert!(text(&done.stderr).contains(want), "{}", text(&done.stderr));
        assert!(!out.exists());
    }
}
