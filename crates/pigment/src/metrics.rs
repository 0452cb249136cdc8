//! `pigment metrics`: how good a pattern is, whoever made it.
//!
//! In: patterns (PLY, CSV), and what they are held against: a scene's fields, or one density where the dots are on a mesh.
//! Out: a table of all figures, a column a pattern; two pictures. Absent: any change of a dot.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use design::Fields;
use frames::{Head, Metres, Point};
use record::Lines;
use scan::{Surface, Unit};
use serde::Serialize;
use stipple::{Metrics, Pattern, Points, Said, StippleError};

use crate::cli::MetricsArgs;
use crate::{Failure, Treatment, commands, progress};

/// A pattern whose middle dot is farther than this from the surface belongs to another one.
const OFF: Metres = Metres::from_mm(2.0);

/// A pattern's figures and what they were held against.
#[derive(Debug, Serialize)]
pub(crate) struct Judged {
    name: String,
    target: String,
    #[serde(flatten)]
    metrics: Metrics,
}

/// Judges the patterns.
pub fn metrics(args: &MetricsArgs, json: bool) -> Result<String, Failure> {
    let stop = commands::on_interrupt();
    let bar = progress::working("measuring");
    let mut judged = Vec::new();
    if let Some(scene) = &args.scene {
        let treatment = Treatment::load(scene)?;
        for path in &args.patterns {
            judged.push(against_scene(&treatment, path, &stop)?);
        }
    } else if let Some(mesh) = &args.mesh {
        let unit = args.unit.as_deref().map(unit_of).transpose()?;
        let (surface, unit) = bare_surface(mesh, unit)?;
        for path in &args.patterns {
            judged.push(alone(&surface, unit, path, &stop)?);
        }
    }
    bar.finish_and_clear();
    if let Some(folder) = &args.plots {
        let rows: Vec<(&str, &Metrics)> = judged.iter().map(|j| (j.name.as_str(), &j.metrics)).collect();
        plots(&rows, folder)?;
    }
    if json { commands::to_json(&judged) } else { Ok(table(&judged)) }
}

/// Of a pattern that was just made.
pub(crate) fn of_pattern(treatment: &Treatment, pattern: &Pattern, stop: &AtomicBool) -> Result<Judged, Failure> {
    let dots: Vec<Point<Head>> = pattern.sites.iter().map(|s| s.head_from_skin.origin()).collect();
    let name = treatment.file.name();
    let metrics = examine(&name, &treatment.scan.surface, &treatment.fields, &dots, stop)?;
    Ok(Judged { name, target: format!("session {} of the scene", pattern.session), metrics })
}

fn against_scene(treatment: &Treatment, path: &Path, stop: &AtomicBool) -> Result<Judged, Failure> {
    let points = read(path)?;
    let (session, today) = (points.session, treatment.fields.session());
    if let Some(session) = session.filter(|s| *s != today) {
        let why =
            format!("its dots are of session {session}, the scene is at session {today}: change [session] number");
        return Err(Failure::file(path, why));
    }
    let scan = &treatment.scan;
    let place = |p: &[f64; 3]| match points.said {
        Said::Head(metres) => Point::new(p[0] * metres, p[1] * metres, p[2] * metres),
        // In the file's numbers, whatever unit they are in.
        Said::Unit(metres) => scan.head_from_given(p.map(|v| v * (metres / scan.unit.metres()))),
        Said::Nothing => scan.head_from_given(*p),
    };
    let dots: Vec<Point<Head>> = points.at.iter().map(place).collect();
    let target = format!("{}, session {today}", treatment.file.path.display());
    let metrics = examine(&path.display().to_string(), &scan.surface, &treatment.fields, &dots, stop)?;
    Ok(Judged { name: name_of(path), target, metrics })
}

fn alone(surface: &Surface, unit: Unit, path: &Path, stop: &AtomicBool) -> Result<Judged, Failure> {
    let Points { at, said, .. } = read(path)?;
    let metres = match said {
        // A pattern of ours lies on a mesh only where that is in the head frame: the distance tells.
        Said::Head(metres) | Said::Unit(metres) => metres,
        Said::Nothing => unit.metres(),
    };
    let dots: Vec<Point<Head>> = at.iter().map(|p| Point::new(p[0] * metres, p[1] * metres, p[2] * metres)).collect();
    on_the_surface(path.display(), surface, &dots)?;
    let nothing = || Failure::file(path, "no dot is on the mesh");
    let (fields, whole) = stipple::covered(surface, &dots).ok_or_else(nothing)?;
    let mut metrics = examine(&path.display().to_string(), surface, &fields, &dots, stop)?;
    let mut target = "one density all over the mesh".to_owned();
    if !whole {
        // The edge is where the dots end, so it says nothing of them.
        metrics.edge = None;
        target = format!("one density on the {:.0} cm2 that the dots cover; its edge is theirs", metrics.area * 1e4);
    }
    Ok(Judged { name: name_of(path), target, metrics })
}

fn examine(
    name: &str,
    surface: &Surface,
    fields: &Fields,
    dots: &[Point<Head>],
    stop: &AtomicBool,
) -> Result<Metrics, Failure> {
    on_the_surface(name, surface, dots)?;
    let progress = stipple::Progress::new(stop, &|_| {});
    match stipple::examine(surface, fields, dots, &progress) {
        Ok(Some(metrics)) => Ok(metrics),
        Ok(None) => Err(Failure::file(
            name,
            format!("fewer than a hundred of {} dots are where dots are wanted: too few for statistics", dots.len()),
        )),
        Err(StippleError::Stopped) => Err(Failure::Cancelled),
        Err(other) => Err(Failure::file(name, other)),
    }
}

/// Refuses dots of another head, frame or unit.
fn on_the_surface(name: impl std::fmt::Display, surface: &Surface, dots: &[Point<Head>]) -> Result<(), Failure> {
    let mut off: Vec<Metres> = dots.iter().map(|p| (surface.nearest(*p).point - *p).norm()).collect();
    off.sort_by(|a, b| a.get().total_cmp(&b.get()));
    match off.get(off.len() / 2) {
        Some(middle) if *middle > OFF => Err(Failure::file(
            name.to_string(),
            format!("half of its dots are more than {middle} from the surface: another head, frame or unit?"),
        )),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Points, Failure> {
    stipple::read_points(path).map_err(|e| Failure::Input(e.to_string()))
}

fn name_of(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |s| s.to_string_lossy().into_owned())
}

fn unit_of(name: &str) -> Result<Unit, Failure> {
    let quoted = serde_json::Value::from(name);
    serde_json::from_value(quoted)
        .map_err(|_| Failure::Input(format!("--unit {name}: no unit of length; there is m, dm, cm, mm, inch")))
}

/// A mesh in its own axes.
fn bare_surface(path: &Path, unit: Option<Unit>) -> Result<(Surface, Unit), Failure> {
    let raw = scan::read(path).map_err(|e| Failure::file(path, e))?;
    let diagonal = raw.diagonal();
    let unit = unit.or(raw.format.unit()).ok_or_else(|| {
        let guess = Unit::guess(diagonal).map_or_else(String::new, |u| format!("; it looks like {}", u.plural()));
        Failure::file(path, format!("its unit is not known: say --unit{guess}"))
    })?;
    let scale = unit.metres();
    let vertices = raw.vertices.iter().map(|v| Point::new(v[0] * scale, v[1] * scale, v[2] * scale)).collect();
    let (surface, _) = Surface::try_new(vertices, raw.faces).map_err(|e| Failure::file(path, e))?;
    Ok((surface, unit))
}

/// All figures, a column a pattern, beside what is wanted and what hair and chance make.
pub(crate) fn table(judged: &[Judged]) -> String {
    let mut text = String::new();
    for j in judged {
        let m = &j.metrics;
        let _ = writeln!(
            text,
            "{}: {} dots on {:.1} cm2, {:.1} dots/cm2, {:.1} wanted; {} outside; farthest from the skin {}; against {}",
            j.name,
            m.dots,
            m.area * 1e4,
            m.density.per_cm2(),
            m.wanted,
            m.outside,
            m.farthest,
            j.target
        );
    }
    let width = judged.iter().map(|j| j.name.chars().count()).fold(8, usize::max);
    let _ = write!(text, "{:<31}", "");
    for j in judged {
        let _ = write!(text, "  {:>width$}", j.name);
    }
    let _ = writeln!(text, "  {:>10} {:>10} {:>7}", "goal", "hair", "random");
    let columns: Vec<Vec<stipple::Row>> = judged.iter().map(|j| j.metrics.rows()).collect();
    for (k, row) in columns.first().into_iter().flatten().enumerate() {
        let _ = write!(text, "{:<31}", row.name);
        for column in &columns {
            let value = column[k].value.map_or_else(|| "-".to_owned(), |v| format!("{v:.*}", row.decimals));
            let _ = write!(text, "  {value:>width$}");
        }
        let _ = writeln!(text, "  {:>10} {:>10} {:>7}", row.goal, row.hair, row.random);
    }
    text
}

/// Bars of the histogram, from 0 to 2 mean distances.
const BARS: usize = 50;
/// Quantiles of human follicular units over the mean: stipple.md 5.2. What lies beyond them is not known.
const HAIR: [(f64, f64); 5] = [(0.05, 0.64), (0.25, 0.86), (0.50, 1.01), (0.75, 1.15), (0.95, 1.34)];

/// Nearest neighbours and pair correlation of some patterns, beside those of human hair: `neighbours.svg` and
/// `pair_correlation.svg`.
pub(crate) fn plots(rows: &[(&str, &Metrics)], folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| Failure::file(folder, e))?;
    let draw = |file: &str, plot: &Lines<'_>| {
        let text = record::lines(plot).map_err(|e| Failure::Run(e.to_string()))?;
        record::write_atomic(&folder.join(file), text.as_bytes()).map_err(|e| Failure::Input(e.to_string()))
    };
    let mut curves = vec![("human hair", hair())];
    curves.extend(rows.iter().map(|(name, m)| (*name, histogram(&m.nearest))));
    let (title, x) = ("Nearest neighbours", "distance / mean distance");
    draw("neighbours.svg", &Lines { title, x, y: "share of the dots per mean distance", curves: &curves })?;
    let mut curves = vec![("human hair", stipple::human_pair_correlation())];
    curves.extend(rows.iter().map(|(name, m)| (*name, m.g.iter().copied().filter(|p| p.0 < 2.5).collect())));
    let (title, x) = ("Pair correlation", "distance / local spacing");
    draw("pair_correlation.svg", &Lines { title, x, y: "pairs / pairs of random dots", curves: &curves })
}

/// Steps between the quantiles.
fn hair() -> Vec<(f64, f64)> {
    let step = |w: &[(f64, f64)]| {
        let density = (w[1].0 - w[0].0) / (w[1].1 - w[0].1);
        [(w[0].1, density), (w[1].1, density)]
    };
    HAIR.windows(2).flat_map(step).collect()
}

/// Steps, a bar each, from the first that holds anything to the last.
fn histogram(nearest: &[f64]) -> Vec<(f64, f64)> {
    let mean = nearest.iter().sum::<f64>() / nearest.len().max(1) as f64;
    let width = 2.0 / BARS as f64;
    let mut count = vec![0_usize; BARS];
    for d in nearest {
        if let Some(n) = count.get_mut((d / mean / width) as usize) {
            *n += 1;
        }
    }
    let first = count.iter().position(|n| *n > 0).unwrap_or(0);
    let last = count.iter().rposition(|n| *n > 0).map_or(0, |k| k + 1);
    let bar = |k: usize| {
        let share = count[k] as f64 / nearest.len() as f64 / width;
        [(k as f64 * width, share), ((k + 1) as f64 * width, share)]
    };
    (first..last).flat_map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_holds_all_dots() {
        let steps = histogram(&[0.9, 1.0, 1.0, 1.1]);
        let area: f64 = steps.windows(2).map(|w| (w[1].0 - w[0].0) * w[0].1).sum();
        assert!((area - 1.0).abs() < 1e-9, "{steps:?}");
        assert!(histogram(&[]).is_empty());
        let known: f64 = hair().windows(2).map(|w| (w[1].0 - w[0].0) * w[0].1).sum();
        assert!((known - 0.9).abs() < 1e-9);
    }

    #[test]
    fn units_by_name() {
        assert!(matches!(unit_of("cm"), Ok(Unit::Centimetre)));
        assert!(matches!(unit_of("furlong"), Err(Failure::Input(why)) if why.contains("mm, inch")));
    }
}
