//! The treatment sheet: alone, complete, deaf to markup in names, the same bytes every time.

use std::fs;

use crate::scenes::small;
use crate::support::{Bench, replace, replace_line, text};

fn sheet(bench: &Bench) -> String {
    let output = bench.pigment("sheet", &["-o", "sheet.html"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    fs::read_to_string(bench.dir.path().join("sheet.html")).unwrap()
}

#[test]
fn the_bundled_scene_on_paper() {
    let bench = Bench::new(|t| replace(&t, "of = 3", "of = 3\ndate = \"2026-11-20\""));
    let html = sheet(&bench);
    assert!(html.len() < 1_500_000, "{} bytes", html.len());
    for word in ["http", "<script", "<link", "@import", "url("] {
        assert!(!html.contains(word), "{word}: the sheet must stand alone");
    }
    assert_eq!(html.matches("data:image/png;base64,").count(), 5);
    // What the scene says, the dates of its sessions, the files by hash, and places to sign.
    let hash = pigment::inputs::Hash::of(&fs::read(&bench.scene).unwrap()).to_string();
    for word in [
        "Frontal hairline of a receding man",
        "2026-11-20",
        "2026-12-04",
        "2026-12-18",
        &hash,
        "adult.ply",
        "client: name",
    ] {
        assert!(html.contains(word), "{word}");
    }
    assert!(html.contains("nothing to answer for") && html.contains("Nobody has signed"));
    assert_eq!(html, sheet(&bench), "the same scene must give the same sheet");
    // Signed, then changed: the sheet says both.
    assert!(bench.pigment("sign", &["--by", "<b>Dr & Co</b>", "--date", "2026-11-20"]).status.success());
    let html = sheet(&bench);
    assert!(
        html.contains("&lt;b&gt;Dr &amp; Co&lt;/b&gt; (practitioner, 2026-11-20)") && html.contains("unchanged since")
    );
    let scene = fs::read_to_string(&bench.scene).unwrap();
    fs::write(&bench.scene, replace_line(&scene, "seed =", "seed = 3")).unwrap();
    assert!(sheet(&bench).contains("The sign-off does not hold: scene.toml has changed"));
}

#[test]
fn names_cannot_write_markup() {
    let evil = "<img src=x onerror=alert(1)>";
    let bench = Bench::new(|t| {
        let t = replace(&small(t), "# Frontal", &format!("# {evil} Frontal"));
        let t = replace_line(&t, "name =", &format!("name = \"{evil}\""));
        let t = replace(&t, "zone = \"frontal hairline\"", &format!("zone = \"{evil}\""));
        t + &format!("\n[[keep_out]]\nname = \"{evil}\"\npoint = [0.0, 63.083, 107.589]\nradius_mm = 2\n")
    });
    let html = sheet(&bench);
    assert!(!html.contains("<img src=x"));
    assert!(html.matches("&lt;img src=x onerror=alert(1)&gt;").count() >= 4);
}

#[test]
fn a_day_that_is_none() {
    let bench = Bench::new(|t| replace(&t, "of = 3", "of = 3\ndate = \"2026-02-30\""));
    let output = bench.pigment("sheet", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("YYYY-MM-DD") && text(&output.stderr).contains("scene.toml:"));
}
