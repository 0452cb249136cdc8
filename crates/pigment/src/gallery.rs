//! `pigment gallery`: one picture a scene, as the finished treatment looks, and how regular the presets are.
//!
//! In: scenes. Out: a PNG each, with the dots of all sessions; with none named, all of them and two SVGs of the presets beside
//! human hair. Absent: true sizes (see `portrait`), arm, plan, simulation.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use design::{Fields, Wanted};
use frames::{Head, Metres, PerSquareMetre, Point, Seed};
use record::Picture;
use stipple::Preset;

use crate::looks::{Finished, When};
use crate::views::{self, Emphasis, SIDES};
use crate::{Failure, SceneFile, Treatment, progress};

/// One of the five pictures, pixels.
const SIZE: [usize; 2] = [260, 300];
/// Dots in the gallery are this much darker than predicted: at a twentieth of its size on a screen the eye misses the
/// two to five L* that it sees on a head at arm's length.
const EMPHASIS: Emphasis = Emphasis(2.5);

/// Draws every scene of `scenes` (all of `scenes/*.toml` when empty) into `out`.
pub fn gallery(scenes: &[PathBuf], out: &Path, json: bool) -> Result<String, Failure> {
    std::fs::create_dir_all(out).map_err(|e| Failure::file(out, e))?;
    let scenes = if scenes.is_empty() {
        presets(out)?;
        bundled()?
    } else {
        scenes.to_vec()
    };
    let mut text = String::new();
    let mut rows = Vec::new();
    for path in &scenes {
        let bar = progress::working("stippling and drawing");
        let finished = Finished::lay(SceneFile::read(path)?)?;
        let file = out.join(format!("{}.png", finished.treatment.file.name()));
        let bytes = picture(&finished)?.png_indexed().map_err(|e| Failure::Run(e.to_string()))?;
        record::write_atomic(&file, &bytes).map_err(|e| Failure::Input(e.to_string()))?;
        bar.finish_and_clear();
        let sites = finished.sites().count();
        let _ = writeln!(text, "{}  {sites} dots, {} kB", file.display(), bytes.len() / 1000);
        rows.push(serde_json::json!({ "file": file, "sites": sites, "bytes": bytes.len() }));
    }
    Ok(if json { serde_json::Value::from(rows).to_string() } else { text })
}

/// Of the dots with which the presets are compared: the usual density of all sessions together, on the top of the head.
const COMPARED: PerSquareMetre = PerSquareMetre::from_per_cm2(54.0);
const TOP: Metres = Metres::from_mm(75.0);

/// `neighbours.svg` and `pair_correlation.svg`: the presets on the bundled head, beside human hair.
fn presets(out: &Path) -> Result<(), Failure> {
    let bar = progress::working("comparing the presets");
    let surface = Treatment::load(&crate::repository(Path::new("scenes/hairline.toml")))?.scan.surface;
    let top = surface.vertices().iter().fold(f64::MIN, |m, p| m.max(p.coords.z));
    let (some, none) = (Wanted::plain(COMPARED), Wanted::plain(PerSquareMetre::new(0.0)));
    let wanted = move |p: Point<Head>, _| if p.coords.z > top - TOP.get() { some } else { none };
    let fields = Fields::from_fn(wanted, Metres::ZERO);
    let failed = |e: stipple::StippleError| Failure::Run(e.to_string());
    let mut rows = Vec::new();
    for (name, preset) in [("human", Preset::Human), ("faithful", Preset::Faithful), ("even", Preset::Even)] {
        let pattern = stipple::place(&surface, &fields, Seed(1), preset).map_err(failed)?;
        let dots: Vec<Point<Head>> = pattern.sites.iter().map(|s| s.head_from_skin.origin()).collect();
        let examined = stipple::examine(&surface, &fields, &dots, &stipple::Progress::none()).map_err(failed)?;
        rows.extend(examined.map(|metrics| (name, metrics)));
    }
    let rows: Vec<(&str, &stipple::Metrics)> = rows.iter().map(|(name, m)| (*name, m)).collect();
    crate::metrics::plots(&rows, out)?;
    bar.finish_and_clear();
    Ok(())
}

fn bundled() -> Result<Vec<PathBuf>, Failure> {
    let folder = crate::repository(Path::new("scenes"));
    let entries = std::fs::read_dir(&folder).map_err(|e| Failure::file(&folder, e))?;
    let mut scenes: Vec<PathBuf> =
        entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    // A sign-off lies beside its scene.
    scenes.retain(|p| !p.file_stem().is_some_and(|s| s.to_string_lossy().ends_with(".signed")));
    scenes.sort();
    if scenes.is_empty() { Err(Failure::file(folder, "holds no *.toml; name the scenes")) } else { Ok(scenes) }
}

/// Five views side by side.
fn picture(finished: &Finished) -> Result<Picture, Failure> {
    let treatment = &finished.treatment;
    let tint = vec![views::skin_tone(&treatment.person); treatment.scan.surface.vertices().len()];
    let dots = views::dots(&finished.looks(When::HEALED)?.dots, EMPHASIS);
    let sides: Vec<Picture> = SIDES.iter().map(|side| views::side(treatment, &tint, &dots, side, SIZE)).collect();
    Ok(Picture::row(&sides))
}
