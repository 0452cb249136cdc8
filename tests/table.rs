//! Every bundled scene runs, and what it makes: the snapshot in `tests/scenes.txt`, a row a zone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use pigment::Treatment;
use serde_json::Value;

use crate::support::{root, text};

/// Every bundled scene, by name.
pub(crate) fn scenes() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("scenes")).unwrap().map(|e| e.unwrap().path());
    let mut all: Vec<PathBuf> = entries.filter(|p| p.to_string_lossy().ends_with(".toml")).collect();
    all.retain(|p| !p.to_string_lossy().ends_with(".signed.toml"));
    all.sort();
    all
}

/// Dots of today and the area they are on, by zone.
#[derive(Default)]
struct Row {
    sites: usize,
    area: f64,
    wanted: f64,
}

fn rows(treatment: &Treatment) -> BTreeMap<u16, Row> {
    let (surface, fields) = (&treatment.scan.surface, &treatment.fields);
    let mut rows: BTreeMap<u16, Row> = BTreeMap::new();
    for face in fields.area_of_interest(surface) {
        let middle = [1.0 / 3.0; 3];
        let (density, zone) = fields.density_at(surface.at(face, middle), surface.normal_at(face, middle));
        if density.get() > 0.0 {
            let row = rows.entry(zone).or_default();
            row.area += surface.projected_area(face);
            row.wanted += surface.projected_area(face) * density.get();
        }
    }
    for site in treatment.stipple().unwrap().sites {
        rows.entry(site.zone_index).or_default().sites += 1;
    }
    rows
}

/// Set `PIGMENT_BLESS=1` to write the file anew, then read the difference.
#[test]
fn every_scene_makes_what_it_made() {
    let mut table = String::from("scene        zone                 cm2   dots  dots/cm2  rules  answered for\n");
    for path in scenes() {
        let treatment = Treatment::load(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let (checked, findings) = (treatment.fields.checked(), treatment.fields.findings());
        let open: Vec<_> = findings.iter().filter(|f| f.stops()).collect();
        assert!(open.is_empty(), "{}: nobody answers for {open:?}", path.display());
        for (zone, row) in rows(&treatment) {
            // Sentinels stand outside the field.
            let off = row.sites as f64 - row.wanted;
            assert!(off.abs() < 0.02 * row.wanted + 40.0, "{zone}: {} dots for {}", row.sites, row.wanted);
            let name = treatment.file.scene.zone.get(usize::from(zone)).and_then(|z| z.name.clone());
            let answered: Vec<_> = findings.iter().map(|f| f.rule.to_string()).collect();
            let _ = writeln!(
                table,
                "{:<12} {:<18} {:>5.0} {:>6} {:>9.1} {:>6}  {}",
                treatment.file.name(),
                name.unwrap_or_default(),
                row.area * 1e4,
                row.sites,
                row.sites as f64 / (row.area * 1e4),
                checked.len(),
                answered.join(" ")
            );
        }
    }
    let file = root().join("tests/scenes.txt");
    if std::env::var_os("PIGMENT_BLESS").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == table, "tests/scenes.txt says\n{kept}\nthe scenes make\n{table}");
}

/// Every scene is a treatment that runs; one of a whole head, two hours of work, is planned only.
#[test]
fn every_scene_runs() {
    let dir = tempfile::tempdir().unwrap();
    for path in scenes().iter().filter(|p| p.file_stem() != Some("hairline".as_ref())) {
        let name = path.file_stem().unwrap();
        let mut run = Command::new(env!("CARGO_BIN_EXE_pigment"));
        if name == "full_head" {
            run.args(["plan", "--json", "-o"]).arg(dir.path().join("program.bin")).arg(path);
        } else {
            run.args(["rehearse", "--json", "--out"]).arg(dir.path().join(name)).arg(path);
        }
        let output = run.current_dir(dir.path()).output().unwrap();
        assert!(output.status.success(), "{}: {}", path.display(), text(&output.stderr));
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        if name == "full_head" {
            let (planned, refused) = (&said["planned"], said["rejected"].as_array().unwrap().len());
            assert!(planned.as_f64().unwrap() >= 0.9 * (planned.as_f64().unwrap() + refused as f64), "{said}");
        } else {
            let number = |section: &str, key: &str| said[section][key].as_f64().unwrap();
            assert!(number("deposits", "done") >= 0.95 * number("stipple", "sites"), "{said}");
            assert!(number("deposits", "duplicated").abs() < 0.5 && number("rehearse", "angle_max_rad") < 0.0873);
        }
    }
}
