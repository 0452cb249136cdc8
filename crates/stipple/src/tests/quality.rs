//! The goals of stipple.md 11, on real heads: `tests/quality.txt`.
//!
//! The whole table takes minutes: `cargo test --release -p stipple -- --ignored the_whole_table`, with `PIGMENT_BLESS=1` to
//! write it anew. Every test run checks the table against the goals, and makes its first rows again.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::*;
use crate::{Metrics, Progress, examine, plain_sample_elimination};

/// Below the top of the head, metres: scalp and forehead, no ears.
const CAP: f64 = 75e-3;

struct Known {
    name: &'static str,
    file: PathBuf,
    unit: f64,
}

fn heads() -> [Known; 4] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("PIGMENT_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    [
        Known { name: "bundled", file: root.join("assets/heads/adult.ply"), unit: 1e-3 },
        Known { name: "pydeface", file: data.join("heads/pydeface_mean/pydeface_mean_ras_mm.ply"), unit: 1e-3 },
        Known { name: "ict", file: data.join("heads/ict_facekit/ict_mean_skin_ras_mm.ply"), unit: 1e-3 },
        Known { name: "fsaverage", file: data.join("heads/fsaverage/fsaverage_ras_m.ply"), unit: 1.0 },
    ]
}

/// In its own axes: x right, y forward, z up.
fn surface(head: &Known) -> Option<Surface> {
    if !head.file.exists() {
        return None;
    }
    let raw = scan::read(&head.file).unwrap();
    let vertices = raw.vertices.iter().map(|v| Point::from(Vector3::from(*v) * head.unit)).collect();
    Some(Surface::try_new(vertices, raw.faces).unwrap().0)
}

#[derive(Clone, Copy, PartialEq)]
enum Slope {
    Flat,
    Eightfold,
}

/// Dots on the top of the head, `per_cm2` in the mean; eight times as dense at the front as at the back, or alike.
fn cap(surface: &Surface, per_cm2: f64, slope: Slope) -> Fields {
    let top = surface.vertices().iter().fold(f64::MIN, |m, p| m.max(p.coords.z));
    let inside = move |p: Point<Head>| p.coords.z > top - CAP;
    let ends = surface.vertices().iter().filter(|p| inside(**p)).map(|p| p.coords.y);
    let (back, front) = ends.fold((f64::MAX, f64::MIN), |(b, f), y| (b.min(y), f.max(y)));
    let weight = move |p: Point<Head>| match slope {
        Slope::Flat => 1.0,
        Slope::Eightfold => 1.0 + 7.0 * (p.coords.y - back) / (front - back),
    };
    let (mut area, mut mass) = (0.0, 0.0);
    for face in 0..surface.faces().len() as u32 {
        let middle = surface.at(face, [1.0 / 3.0; 3]);
        if inside(middle) {
            area += surface.face_area(face);
            mass += surface.face_area(face) * weight(middle);
        }
    }
    let scale = per_cm2 * 1e4 * area / mass;
    fields(0.0, move |p| if inside(p) { scale * weight(p) } else { 0.0 })
}

/// Who lays the dots, and how often.
const METHODS: [(&str, Option<Preset>, u64); 4] = [
    ("human", Some(Preset::Human), 5),
    ("faithful", Some(Preset::Faithful), 5),
    ("even", Some(Preset::Even), 2),
    ("plain_x5", None, 1),
];

fn lay(surface: &Surface, fields: &Fields, seed: u64, preset: Option<Preset>) -> Metrics {
    let dots: Vec<Point<Head>> = match preset {
        Some(preset) => {
            let pattern = place(surface, fields, Seed(seed), preset).unwrap();
            pattern.sites.iter().map(|s| s.head_from_skin.origin()).collect()
        }
        None => plain_sample_elimination(surface, fields, Seed(seed)).unwrap(),
    };
    examine(surface, fields, &dots, &Progress::none()).unwrap().unwrap()
}

const COLUMNS: [&str; 11] =
    ["dots", "soft", "S_low", "NN CV", "C-E", "rho", "g RMS", "bins", "decile", "edge/8", "edge 2"];
const DECIMALS: [usize; 11] = [0, 3, 3, 3, 2, 3, 3, 3, 2, 2, 3];

fn figures(m: &Metrics) -> [f64; 11] {
    let (spacing, edge) = (m.spacing.unwrap(), m.edge.clone().unwrap());
    [
        m.dots as f64,
        m.soft.unwrap().ratio,
        m.spectrum.unwrap().s_low,
        spacing.nn_cv.unwrap(),
        spacing.clark_evans.unwrap(),
        spacing.rho_min,
        m.pair.unwrap().g_rms_to_human,
        m.bins.unwrap().ratio,
        100.0 * m.bins.unwrap().worst_decile.abs(),
        edge.first_eighth.unwrap(),
        edge.first_two.unwrap(),
    ]
}

fn row(head: &str, per_cm2: f64, slope: Slope, method: &str, seeds: u64, of: &[f64; 11]) -> String {
    let slope = if slope == Slope::Flat { "flat" } else { "8x" };
    let mut text = format!("{head:<9} {per_cm2:>4.0} {slope:<4} {method:<9} {seeds:>5}");
    for (value, decimals) in of.iter().zip(DECIMALS) {
        let _ = write!(text, " {value:>7.decimals$}");
    }
    text.push('\n');
    text
}

fn header() -> String {
    let mut text = format!("{:<9} {:>4} {:<4} {:<9} {:>5}", "head", "/cm2", "", "method", "seeds");
    for name in COLUMNS {
        let _ = write!(text, " {name:>7}");
    }
    text.push('\n');
    text
}

/// Rows that every test run makes again: one seed, the bundled head.
fn quick() -> String {
    let head = &heads()[0];
    let surface = surface(head).unwrap();
    let mut text = header();
    for (slope, method) in [(Slope::Flat, 0), (Slope::Eightfold, 0), (Slope::Eightfold, 1)] {
        let (name, preset, _) = METHODS[method];
        let fields = cap(&surface, 22.0, slope);
        text += &row(head.name, 22.0, slope, name, 1, &figures(&lay(&surface, &fields, 1, preset)));
    }
    text
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/quality.txt")
}

const ABOUT: &str = "\
Quality of patterns on the top 75 mm of four heads, by the definitions of stipple.md 1.3: means over the seeds; rho is the
least of all. `dots` per cm2 as named, alike everywhere (flat) or eight times as dense in front as behind (8x); no least
distance. soft: density error in windows of 2 cm2 over that of random dots. S_low: power at wavelengths of 2.5 to 10 dots. C-E:
Clark-Evans. rho: least nearest neighbour over local spacing. g RMS: pair correlation against human hair. bins: 1 cm2.
decile: worst bias of a tenth of the area by density, %; the goal of 1.2 is that of 30 000 dots on 1121 cm2, here the noise of
44 bins a tenth alone makes 1 (54/cm2) to 2 (22/cm2). edge/8, edge 2: dots over wanted dots in the first eighth of a
spacing and in the first two. `plain_x5` is plain sample elimination (Yuksel 2015) by our own code, no treatment's pattern.

Peers, on a smooth ellipsoid (stipple.md 2.4, 2.5, 3; 25 000 dots, flat / 8x):
  MeshLab, exact count    soft 0.230 / 0.281  S_low 0.067  NN CV 0.054  g RMS 0.62  decile 3.4 (8x)  edge/8 3.27  edge 2 1.142
  cySampleElim x5         soft 0.275 / 0.267  S_low 0.096  NN CV 0.077              decile 1.4 (8x)
  Open3D x5               soft 0.270          S_low 0.095  NN CV 0.077                               edge/8 2.63  edge 2 1.103
  Lloyd, 10 iterations    soft 0.326          S_low 0.006  NN CV 0.055
  human hair                                               NN CV 0.17-0.24          C-E 1.42-1.56

";

/// Row by row, so that what is done can be read.
fn keep(text: &str) {
    if std::env::var_os("PIGMENT_BLESS").is_some() {
        std::fs::write(file(), text).unwrap();
    }
}

/// Minutes: all heads, densities, slopes, methods, seeds.
#[test]
#[ignore = "minutes of work; the quick rows are made again in every run"]
fn the_whole_table() {
    let mut text = format!("{ABOUT}{}", header());
    for head in heads() {
        let surface = surface(&head).unwrap_or_else(|| panic!("no {}", head.file.display()));
        for per_cm2 in [22.0, 54.0] {
            for slope in [Slope::Flat, Slope::Eightfold] {
                let fields = cap(&surface, per_cm2, slope);
                for (method, preset, seeds) in METHODS {
                    let mut mean = [0.0; 11];
                    let mut rho = f64::MAX;
                    for seed in 1..=seeds {
                        let of = figures(&lay(&surface, &fields, seed, preset));
                        rho = rho.min(of[5]);
                        for (sum, value) in mean.iter_mut().zip(of) {
                            *sum += value / seeds as f64;
                        }
                    }
                    mean[5] = rho;
                    text += &row(head.name, per_cm2, slope, method, seeds, &mean);
                    keep(&text);
                }
            }
        }
    }
    text = format!("{text}\nOne seed, made again by every test run:\n{}", quick());
    keep(&text);
    let kept = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(kept == text, "tests/quality.txt says\n{kept}\nthe presets make\n{text}");
}

/// Most (or least and most) of each figure by preset, in the order of [`COLUMNS`]: stipple.md 11.
///
/// The worst decile is that of noise: 1.2 % at 30 000 dots on the test body, more by the square root for fewer. A quarter
/// more for slopes, where bins are emptier, and half for `even`, whose two seeds also lift its soft error by 0.01.
fn goals(method: &str, slope: &str, dots: f64) -> Option<[std::ops::RangeInclusive<f64>; 11]> {
    let flat = slope == "flat";
    // The goal of stipple.md is for 54 dots in a bin; with fewer the border of the bins counts for more.
    let dense = dots > 20_000.0;
    let any = f64::MIN..=f64::MAX;
    let most = |x: f64| f64::MIN..=x;
    let noise = if method == "even" { 1.5 } else { 1.25 };
    let decile = most(noise * 1.2 * (30_000.0 / dots).sqrt());
    Some(match method {
        "human" => [
            any,
            most(if flat { 0.22 } else { 0.23 }),
            most(0.10),
            0.15..=0.20,
            1.45..=1.58,
            0.398..=1.0,
            most(0.24),
            most(if dense { 0.34 } else { 0.38 }),
            decile,
            most(1.4),
            0.97..=1.04,
        ],
        "faithful" => [
            any,
            most(if flat { 0.17 } else { 0.18 }),
            most(0.045),
            0.12..=0.17,
            1.45..=1.55,
            0.448..=1.0,
            most(0.30),
            // Of even density; on a slope stipple.md 1.4 has 0.331.
            most(if dense && flat { 0.28 } else { 0.34 }),
            decile,
            most(1.3),
            0.97..=1.03,
        ],
        "even" => [
            any.clone(),
            most(if flat { 0.22 } else { 0.23 }),
            most(0.065),
            most(0.09),
            1.68..=2.149,
            0.628..=1.0,
            any,
            most(if dense { 0.32 } else { 0.36 }),
            decile,
            most(1.4),
            0.97..=1.04,
        ],
        _ => return None,
    })
}

#[test]
fn the_table_keeps_the_goals() {
    let kept = std::fs::read_to_string(file()).unwrap();
    let (table, quick) = kept.split_once("\nOne seed").unwrap();
    let rows = table.lines().skip_while(|l| !l.starts_with("head ")).skip(1);
    let (mut checked, mut broken) = (0, String::new());
    for line in rows {
        let word: Vec<&str> = line.split_whitespace().collect();
        let values = &word[word.len() - COLUMNS.len()..];
        let Some(goals) = goals(word[3], word[2], values[0].parse().unwrap()) else { continue };
        for ((value, goal), name) in values.iter().zip(goals).zip(COLUMNS) {
            if !goal.contains(&value.parse().unwrap()) {
                let _ = writeln!(broken, "{name} {value} is not in {goal:?}: {line}");
            }
            checked += 1;
        }
    }
    assert!(broken.is_empty(), "{broken}");
    assert_eq!(checked, 4 * 2 * 2 * 3 * 11, "{quick}");
}

#[test]
fn the_quick_rows_are_as_they_were() {
    let kept = std::fs::read_to_string(file()).unwrap();
    let made = quick();
    let (_, rows) = kept.split_once("every test run:\n").unwrap();
    assert!(rows == made, "tests/quality.txt says\n{rows}\nthe presets make\n{made}");
}
