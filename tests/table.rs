//! What every bundled scene makes: the snapshot in `tests/scenes.txt`, a row a zone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use pigment::Treatment;

use crate::support::root;

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
    let mut text = String::from("scene        zone                 cm2   dots  dots/cm2  rules  answered for\n");
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
                text,
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
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text, "tests/scenes.txt says\n{kept}\nthe scenes make\n{text}");
}
