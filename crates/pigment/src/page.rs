//! The report's page: verdict, pictures and plots of a rehearsal.

use std::collections::BTreeMap;

use frames::{Dir, Head, Metres, Point, SiteId};
use nalgebra::Vector3;
use record::{Camera, Dot, Histogram, Lines, Mesh, Page, Picture, RecordError, Rehearsal, Report, Verdict};
use stipple::Pattern;

use crate::figures::{Judged, Judgement};
use crate::uniformity::Uneven;
use crate::{Treatment, even};

/// Dots are drawn this large: at their true 0.15 mm a picture of a whole head shows none.
const DRAWN: Metres = Metres::from_mm(0.55);
/// The depth error at the ends of the colour scale, metres.
const SCALE: f64 = 0.2e-3;
const SKIN: [u8; 3] = [226, 190, 170];
/// Planned and not placed.
const MISSING: [u8; 3] = [240, 190, 0];

/// Everything the page shows beside the figures.
pub(crate) fn page(
    treatment: &Treatment,
    pattern: &Pattern,
    judgement: &Judgement<'_>,
    report: &Report,
    map: &[Uneven],
) -> Result<Page, RecordError> {
    let mut notes = vec![
        "Truth is the simulator's, belief the controller's; the controller saw only noisy sensors, a delayed tracker and a \
         scan registered with error. Local placement is what is left along the \
         skin after the one rigid motion common to all dots."
            .to_owned(),
        format!(
            "In the pictures a dot has a radius of {DRAWN} instead of its healed {}; yellow dots were planned and not \
             placed.",
            pattern.sites.first().map_or(Metres::ZERO, |s| s.healed * 0.5)
        ),
        "This software claims no performance level and no safety integrity level. For phantoms.".to_owned(),
    ];
    notes.extend(treatment.warnings.iter().map(|w| format!("Warning: {w}.")));
    let mut pictures = pictures(treatment, pattern, judgement);
    if let Some(u) = &report.uniformity {
        // Twice the rms: one place in twenty is beyond the scale.
        let full = 2.0 * u.placed.as_ref().unwrap_or(&u.planned).whole.band_rms_l;
        let name = format!("unevenness, 3-9 mm: blue too light, red too dark, full colour at {full:.2} L*");
        pictures.push((name, uneven(treatment, pattern, map, full)));
    }
    Ok(Page {
        about: treatment.file.about(),
        verdict: report.rehearse.as_ref().map(verdict).unwrap_or_default(),
        tables: even::tables(report.uniformity.as_ref(), report.budget.as_ref()),
        pictures,
        legend: record::legend("0.2 mm too shallow", "on target", "0.2 mm too deep"),
        plots: plots(&judgement.dots)?,
        notes,
    })
}

fn verdict(r: &Rehearsal) -> Vec<Verdict> {
    let mm = |v: f64| format!("{:.3} mm", v * 1e3);
    let deg = |v: f64| format!("{:.2} deg", v.to_degrees());
    let mut rows = Vec::new();
    let mut row = |what: &str, value: Option<f64>, show: &dyn Fn(f64) -> String, limit: f64, at_most: bool| {
        if let Some(v) = value {
            let kept = if at_most { v <= limit } else { v >= limit };
            let bar = format!("{} {}", if at_most { "at most" } else { "at least" }, show(limit));
            rows.push(Verdict { what: what.to_owned(), measured: show(v), bar, kept });
        }
    };
    row("placement against neighbours, rms", r.placement_local_rms_m, &mm, 0.15e-3, true);
    row("placement against neighbours, 99 %", r.placement_p99_m, &mm, 0.35e-3, true);
    row("depth error, rms", r.depth_rms_m, &mm, 0.05e-3, true);
    row("inside the zone's depth window", r.depth_in_window_ratio, &|v| format!("{:.1} %", v * 100.0), 0.99, false);
    row("needle against the normal, rms", r.angle_rms_rad, &deg, 2_f64.to_radians(), true);
    row("needle against the normal, worst", r.angle_max_rad, &deg, 5_f64.to_radians(), true);
    row("longest time in the skin", r.in_skin_max_s, &|v| format!("{:.1} ms", v * 1e3), 0.030, true);
    row("nose force, 99 %", r.nose_force_p99_n, &|v| format!("{v:.2} N"), 2.0, true);
    row("faster than real time", Some(r.realtime_factor), &|v| format!("{v:.0} x"), 50.0, false);
    rows
}

/// Front, left side and top, and the treated area near.
fn pictures(treatment: &Treatment, pattern: &Pattern, judgement: &Judgement<'_>) -> Vec<(String, Picture)> {
    let surface = &treatment.scan.surface;
    let mesh = Mesh {
        vertices: surface.vertices(),
        normals: surface.vertex_normals(),
        faces: surface.faces(),
        colour: SKIN,
        tint: None,
    };
    let placed: BTreeMap<SiteId, &Judged<'_>> = judgement.dots.iter().map(|d| (d.site.id, d)).collect();
    let dots: Vec<Dot> = pattern
        .sites
        .iter()
        .map(|site| {
            let colour = placed.get(&site.id).map_or(MISSING, |d| record::diverging(d.depth_error().get() / SCALE));
            Dot {
                at: site.head_from_skin.origin(),
                normal: site.head_from_skin.z(),
                radius: DRAWN,
                colour,
                opacity: 1.0,
            }
        })
        .collect();
    let (middle, half) = bounds(surface.vertices());
    let shot = |to_eye: Dir<Head>, up: Dir<Head>, centre: Point<Head>, half: Metres| {
        record::draw(&mesh, &dots, &Camera { to_eye, up, centre, half, width: 330, height: 400 })
    };
    let (treated, normal, reach) = treated(pattern);
    vec![
        ("front".into(), shot(Dir::Y, Dir::Z, middle, half)),
        ("left side".into(), shot(-Dir::X, Dir::Z, middle, half)),
        ("top, face up".into(), shot(Dir::Z, Dir::Y, middle, half)),
        ("the treated area, near".into(), shot(normal, Dir::Z, treated, reach)),
    ]
}

/// The treated area coloured by what is too dark or too light in the band.
fn uneven(treatment: &Treatment, pattern: &Pattern, map: &[Uneven], full: f64) -> Picture {
    let surface = &treatment.scan.surface;
    let mesh = Mesh {
        vertices: surface.vertices(),
        normals: surface.vertex_normals(),
        faces: surface.faces(),
        colour: SKIN,
        tint: None,
    };
    // Discs that just cover the area that each place stands for.
    let area: f64 = treatment
        .fields
        .area_of_interest(surface)
        .into_iter()
        .filter(|&face| {
            let bary = [1.0 / 3.0; 3];
            treatment.fields.density_at(surface.at(face, bary), surface.normal_at(face, bary)).0.get() > 0.0
        })
        .map(|face| surface.face_area(face))
        .sum();
    let radius = Metres::new(0.8 * (area / map.len().max(1) as f64).sqrt());
    let dots: Vec<Dot> = map
        .iter()
        .map(|u| Dot {
            at: u.at,
            normal: u.normal,
            radius,
            colour: record::diverging(u.too_dark / full.max(f64::MIN_POSITIVE)),
            opacity: 1.0,
        })
        .collect();
    let (centre, to_eye, half) = treated(pattern);
    record::draw(&mesh, &dots, &Camera { to_eye, up: Dir::Z, centre, half, width: 660, height: 400 })
}

/// Middle of the box around all vertices, and half its largest side with a little air.
fn bounds(vertices: &[Point<Head>]) -> (Point<Head>, Metres) {
    let first = vertices.first().map_or(Vector3::zeros(), |p| p.coords.coords);
    let (low, high) =
        vertices.iter().fold((first, first), |(l, h), p| (l.inf(&p.coords.coords), h.sup(&p.coords.coords)));
    (Point::from((low + high) * 0.5), Metres::new((high - low).max() * 0.45))
}

/// Middle of the sites, the mean way out of the skin, and how far they reach.
fn treated(pattern: &Pattern) -> (Point<Head>, Dir<Head>, Metres) {
    let n = pattern.sites.len().max(1) as f64;
    let at = |s: &stipple::Site| s.head_from_skin.origin().coords.coords;
    let middle = pattern.sites.iter().map(at).sum::<Vector3<f64>>() / n;
    let out = pattern.sites.iter().map(|s| s.head_from_skin.z().get().into_inner()).sum::<Vector3<f64>>();
    let reach = pattern.sites.iter().map(|s| (at(s) - middle).norm()).fold(0.02, f64::max);
    (Point::from(middle), Dir::try_from_vector(out).unwrap_or(Dir::Z), Metres::new(reach * 1.05))
}

fn plots(dots: &[Judged<'_>]) -> Result<Vec<String>, RecordError> {
    let each = |f: &dyn Fn(&Judged<'_>) -> f64| -> Vec<f64> { dots.iter().map(f).collect() };
    let histogram = |title: &str, x: &str, samples: &[f64], marks: &[f64]| {
        record::histogram(&Histogram { title, x, samples, bins: 40, marks })
    };
    let over_time = |f: &dyn Fn(&Judged<'_>) -> f64| -> Vec<(f64, f64)> {
        dots.iter().map(|d| (d.outcome.began.seconds(), f(d))).collect()
    };
    Ok(vec![
        histogram("Placement against neighbours", "mm", &each(&|d| d.local_m * 1e3), &[0.35])?,
        histogram("Penetration less target", "mm", &each(&|d| d.depth_error().mm()), &[])?,
        histogram("Needle against the true normal", "deg", &each(&|d| d.hit.tilt.degrees()), &[2.0])?,
        histogram("Time in the skin", "ms", &each(&|d| d.hit.inside().seconds() * 1e3), &[30.0])?,
        histogram("Largest nose force of a dot", "N", &each(&|d| d.hit.nose_force.get()), &[2.0])?,
        record::lines(&Lines {
            title: "Depth, believed and true",
            x: "time, s",
            y: "penetration, mm",
            curves: &[
                ("true", over_time(&|d| d.hit.penetration.length().mm())),
                ("believed", over_time(&|d| d.outcome.penetration.length().mm())),
            ],
        })?,
    ])
}
