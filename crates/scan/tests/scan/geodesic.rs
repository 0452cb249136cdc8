//! Distances along the skin: against exact references, and on plates, where they are plain.

use std::path::Path;

use frames::{Head, Metres, Point};
use scan::{Hit, Source, Surface};
use serde_json::Value;

use crate::bodies::both;
use crate::data::data;

fn surface(path: &Path, unit: f64) -> Surface {
    let raw = scan::read(path).unwrap();
    let at = |p: &[f64; 3]| Point::new(p[0] * unit, p[1] * unit, p[2] * unit);
    Surface::try_new(raw.vertices.iter().map(at).collect(), raw.faces).unwrap().0
}

/// The vertex at a place, as a corner of a face.
fn corner(surface: &Surface, p: Point<Head>) -> Hit {
    let near = surface.nearest(p);
    let k = (0..3).max_by(|a, b| near.bary[*a].total_cmp(&near.bary[*b])).unwrap();
    let mut bary = [0.0; 3];
    bary[k] = 1.0;
    Hit { bary, point: surface.at(near.face, bary), ..near }
}

fn median_and_most(mut errors: Vec<f64>) -> (f64, f64) {
    errors.sort_by(f64::total_cmp);
    (errors[errors.len() / 2], errors[errors.len() - 1])
}

/// 300 pairs each, by the exact algorithm of another library (pygeodesic, MMP). The references have 12 figures.
#[track_caller]
fn check(name: &str, unit: f64, field_median: f64, field_most: f64) {
    let Some(path) = data(name) else { return };
    let want: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mesh = data(want["mesh"].as_str().unwrap()).unwrap();
    let raw = scan::read(&mesh).unwrap();
    let place = |v: &Value| {
        let p = raw.vertices[v.as_u64().unwrap() as usize];
        Point::new(p[0] * unit, p[1] * unit, p[2] * unit)
    };
    let surface = surface(&mesh, unit);
    let (mut exact, mut field) = (Vec::new(), Vec::new());
    for case in want["exact_geodesic"]["cases"].as_array().unwrap() {
        let from = corner(&surface, place(&case["source"]));
        let distances = surface.distances_from(&[Source::from(&from)], Metres::new(1.0));
        for (target, want) in case["targets"].as_array().unwrap().iter().zip(case["distance"].as_array().unwrap()) {
            let want = want.as_f64().unwrap() * unit;
            let to = corner(&surface, place(target));
            // All 300 agree to 5e-12; every tenth keeps the test short.
            if field.len().is_multiple_of(10) {
                exact.push((surface.geodesic(&from, &to).unwrap().get() / want - 1.0).abs());
            }
            field.push((distances.at(to.face, to.bary).unwrap().get() / want - 1.0).abs());
        }
    }
    assert_eq!(field.len(), 300);
    let (exact, field) = (median_and_most(exact), median_and_most(field));
    assert!(exact.1 < 1e-9, "{exact:?}");
    assert!(field.0 < field_median && field.1 < field_most, "{field:?}");
}

/// 4062 faces of 10 mm: measured 0.18 %, at most 1.03 %.
#[test]
fn fsaverage_as_exact_windows_see_it() {
    check("reference/mesh_queries_fsaverage_m.json", 1.0, 2.5e-3, 0.015);
}

/// 22288 faces of 4 mm: measured 0.075 %, at most 0.62 %.
#[test]
fn ict_as_exact_windows_see_it() {
    check("reference/mesh_queries_ict_mean_skin.json", 1e-3, 1e-3, 0.01);
}

/// A plate of 60 mm in z = 0, of irregular triangles; cells named by `without` are left out.
fn plate(without: impl Fn(usize, usize) -> bool) -> Surface {
    const N: usize = 24;
    const CELL: f64 = 2.5e-3;
    let (mut vertices, mut faces) = (Vec::new(), Vec::new());
    for j in 0..=N {
        for i in 0..=N {
            let inner = |k: usize| if k.is_multiple_of(6) { 0.0 } else { 0.7e-3 };
            let wave = |n: usize| (n as f64 * 1.7).sin();
            let x = i as f64 * CELL + inner(i) * wave(3 * i + 7 * j);
            let y = j as f64 * CELL + inner(j) * wave(5 * i + 2 * j + 1);
            vertices.push(Point::new(x, y, 0.0));
        }
    }
    for j in 0..N {
        for i in (0..N).filter(|i| !without(*i, j)) {
            let v = |i: usize, j: usize| (j * (N + 1) + i) as u32;
            let [a, b, c, d] = [v(i, j), v(i + 1, j), v(i + 1, j + 1), v(i, j + 1)];
            faces.extend(if (i + j).is_multiple_of(3) { [[a, b, d], [b, c, d]] } else { [[a, b, c], [a, c, d]] });
        }
    }
    Surface::try_new(vertices, faces).unwrap().0
}

fn hit(surface: &Surface, x: f64, y: f64) -> Hit {
    surface.nearest(Point::new(x, y, 0.0))
}

fn places(surface: &Surface) -> impl Iterator<Item = (u32, [f64; 3], Point<Head>)> {
    let barys = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.2, 0.3, 0.5], [0.1, 0.1, 0.8]];
    (0..surface.faces().len() as u32).flat_map(move |f| barys.map(|b| (f, b, surface.at(f, b))))
}

#[test]
fn on_a_plate_the_way_is_straight() {
    let surface = plate(|_, _| false);
    let mid = surface.at(40, [0.5, 0.5, 0.0]).coords;
    // Inside a face, on a vertex, on an edge, on the border.
    for (x, y) in [(0.0311, 0.0287), (0.015, 0.03), (mid.x, mid.y), (0.0, 0.03)] {
        let from = hit(&surface, x, y);
        let field = surface.distances_from(&[(&from).into()], Metres::new(0.05));
        for (face, bary, p) in places(&surface) {
            let want = (p.coords.x - x).hypot(p.coords.y - y);
            match field.at(face, bary) {
                Some(d) => assert!((d.get() - want).abs() < 1e-7, "{p:?} from {x} {y}: {d:?} for {want}"),
                None => assert!(want > 0.05 - 1e-8, "{p:?} from {x} {y}: none for {want}"),
            }
            if face.is_multiple_of(37) {
                let to = Hit { point: p, face, bary, distance: Metres::ZERO };
                let d = surface.geodesic(&from, &to).unwrap().get();
                assert!((d - want).abs() < 1e-12, "{p:?} from {x} {y}: {d} for {want}");
                assert!((surface.geodesic(&to, &from).unwrap().get() - d).abs() < 1e-12);
            }
        }
    }
}

/// Cells 6..12 by 0..12 are missing: ways bend at the upper corners of the gap, (15, 30) and (30, 30) mm.
#[test]
fn around_a_gap() {
    let surface = plate(|i, j| (6..12).contains(&i) && j < 12);
    let (from, to) = (hit(&surface, 0.006, 0.008), hit(&surface, 0.041, 0.0115));
    let leg = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let want = leg([0.006, 0.008], [0.015, 0.03]) + 0.015 + leg([0.03, 0.03], [0.041, 0.0115]);
    let exact = surface.geodesic(&from, &to).unwrap().get();
    assert!((exact - want).abs() < 1e-12, "{exact} for {want}");
    let field = surface.distances_from(&[(&from).into()], Metres::new(1.0));
    let marched = field.at(to.face, to.bary).unwrap().get();
    assert!((marched / want - 1.0).abs() < 2e-3, "{marched} for {want}");
}

#[test]
fn from_a_line_the_front_is_straight() {
    let surface = plate(|_, _| false);
    let at = |x, y| Point::new(x, y, 0.001);
    let line = [at(0.012, 0.02), at(0.02, 0.026), at(0.03, 0.03), at(f64::NAN, 0.0), at(0.048, 0.031)];
    let sources = surface.sources_along(&line);
    assert!(sources.windows(2).all(|w| {
        let p = |s: &Source| surface.at(s.face, s.bary);
        (p(&w[0]) - p(&w[1])).norm().mm() < 0.1501
    }));
    let field = surface.distances_from(&sources, Metres::new(0.02));
    let solid: Vec<_> = line.iter().filter(|p| p.coords.x.is_finite()).collect();
    let to_segment = |p: Point<Head>, a: Point<Head>, b: Point<Head>| {
        let (p, a, b) = (p.coords.coords.xy(), a.coords.coords.xy(), b.coords.coords.xy());
        let t = ((p - a).dot(&(b - a)) / (b - a).norm_squared()).clamp(0.0, 1.0);
        (p - a - (b - a) * t).norm()
    };
    let mut errors = Vec::new();
    for (face, bary, p) in places(&surface) {
        let want = solid.windows(2).map(|w| to_segment(p, *w[0], *w[1])).fold(f64::INFINITY, f64::min);
        match field.at(face, bary) {
            Some(d) => errors.push((d.get() - want).abs()),
            None => assert!(want > 0.0199, "none at {p:?} for {want}"),
        }
    }
    // Most where two fronts meet, on the hollow side: a quarter of the 2.5 mm edges of this mesh.
    let (median, most) = median_and_most(errors);
    assert!(median < 2e-6 && most < 0.63e-3, "{median} {most}");
}

#[test]
fn nothing_in_reach() {
    let surface = plate(|_, _| false);
    let from = hit(&surface, 0.03, 0.03);
    assert_eq!(surface.distances_from(&[], Metres::new(1.0)).at(0, [1.0, 0.0, 0.0]), None);
    let field = surface.distances_from(&[(&from).into()], Metres::ZERO);
    assert_eq!(field.at(0, [1.0, 0.0, 0.0]), None);
    assert_eq!(field.at(from.face, from.bary), Some(Metres::ZERO));
    assert_eq!(field.at(u32::MAX, from.bary), None);
    assert!(surface.sources_along(&[]).is_empty());
    // Two parts that do not meet.
    let lifted = |s: &Surface, dz: f64| {
        (s.vertices().iter().map(|p| Point::new(p.coords.x, p.coords.y, dz)).collect(), s.faces().to_vec())
    };
    let (vertices, faces) = both(lifted(&surface, 0.0), lifted(&surface, 0.004));
    let two = Surface::try_new(vertices, faces).unwrap().0;
    assert_eq!(two.faces().len(), 2 * surface.faces().len());
    let (below, above) = (two.nearest(Point::new(0.03, 0.03, -1.0)), two.nearest(Point::new(0.03, 0.03, 1.0)));
    assert_eq!(two.geodesic(&below, &above), None);
}

#[test]
fn same_bytes_every_time() {
    let surface = plate(|i, j| (6..12).contains(&i) && j < 12);
    let sources = surface.sources_along(&[Point::new(0.01, 0.01, 0.0), Point::new(0.05, 0.05, 0.0)]);
    let all = |sources: &[Source]| {
        let field = surface.distances_from(sources, Metres::new(0.03));
        places(&surface).map(|(f, b, _)| field.at(f, b).map(|d| d.get().to_bits())).collect::<Vec<_>>()
    };
    assert_eq!(all(&sources), all(&sources));
}
