//! Spikes are found and put back; ears, noses and noise are not taken for spikes.

use frames::{Head, Metres, Point, Seed, gauss};
use scan::scanner::{self, Scanner, rescan};
use scan::{Format, Repairs, Scan, Surface, Unit, load_bytes, read};

use crate::bodies::{keeps_its_promises, sphere};
use crate::data::{Axes, data, landmarks};

const RADIUS: f64 = 0.08;

/// A ball with edges of 1.7 mm, some vertices (or, first, their neighbours) lifted by millimetres; how many were moved,
/// and how far the worst vertex is off the ball then.
fn ball_with(lifted: &[(u32, f64)], noise_mm: f64) -> (Repairs, f64) {
    let (mut vertices, faces) = sphere([0.0; 3], RADIUS, 6);
    let mut lift = |v: usize, mm: f64| {
        let p = vertices[v].coords.coords;
        vertices[v] = Point::from(p * (1.0 + mm * 1e-3 / RADIUS));
    };
    (0..40_962).for_each(|v| lift(v, noise_mm * gauss(Seed(2), 9, v as u64)));
    lifted.iter().for_each(|(v, mm)| lift(*v as usize, *mm));
    let (surface, repairs) = Surface::try_new(vertices, faces).unwrap();
    keeps_its_promises(&surface);
    let off = |p: &Point<Head>| (p.coords.coords.norm() - RADIUS).abs() * 1e3;
    (repairs, surface.vertices().iter().map(off).fold(0.0, f64::max))
}

#[track_caller]
fn check(lifted: &[(u32, f64)], noise_mm: f64, moved: usize, left_mm: f64) {
    let (repairs, left) = ball_with(lifted, noise_mm);
    assert_eq!(repairs.moved_spikes, moved, "{repairs}");
    assert!(left <= left_mm, "{left} mm left");
    if let ([(_, mm)], 1) = (lifted, moved) {
        assert!((repairs.farthest_spike.mm() - mm.abs()).abs() < 0.1 + 4.0 * noise_mm, "{repairs}");
    }
}

#[test]
fn one_spike_out_or_in() {
    check(&[], 0.0, 0, 1e-9);
    check(&[(700, 3.0)], 0.0, 1, 0.05);
    check(&[(700, -3.0)], 0.0, 1, 0.05);
    check(&[(0, 30.0)], 0.0, 1, 0.05);
    // Lower than an edge is long: not told from a sharp feature.
    check(&[(700, 1.0)], 0.0, 0, 1.0 + 1e-9);
}

#[test]
fn many_and_neighbours() {
    let every: Vec<(u32, f64)> = (0..100).map(|k| (k * 101 + 5, 2.0 + 0.05 * f64::from(k))).collect();
    check(&every, 0.0, 100, 0.1);
    // Two that share an edge: of the base mesh the corner 0, and one beside it.
    let (_, faces) = sphere([0.0; 3], RADIUS, 6);
    let [a, b, c] = faces[4000];
    check(&[(a, 4.0), (b, 3.0)], 0.0, 2, 0.1);
    check(&[(a, 4.0), (b, -3.0)], 0.0, 2, 0.1);
    check(&[(a, 4.0), (b, 6.0), (c, 5.0)], 0.0, 3, 0.2);
}

#[test]
fn noise_is_no_spike() {
    // Fine mesh, noise as high as a fifth of an edge: nobody is moved, and a spike is still found.
    check(&[], 0.1, 0, 0.6);
    check(&[(700, 4.0)], 0.1, 1, 0.6);
}

fn load(file: &str, marks: &str, scanner: &Scanner) -> Option<Scan> {
    let raw = read(&data(file)?).unwrap();
    let marks = landmarks(&data(marks)?, Unit::Millimetre, Axes::Ras);
    let dirty = rescan(&raw, Unit::Millimetre, scanner, Seed(11));
    Some(load_bytes(Format::Ply, scanner::ply(&dirty), Some(Unit::Millimetre), &marks).unwrap())
}

const REAL: [(&str, &str); 2] = [
    (crate::dirty::ICT, crate::dirty::ICT_MARKS),
    ("heads/makehuman/makehuman_male_head_ras_mm.ply", "heads/makehuman/makehuman_male.landmarks.json"),
];

/// On real heads: a spike in a thousand vertices, 2 to 6 mm high, over 0.05 mm of noise and edges of 1.7 mm.
#[test]
fn spikes_on_real_heads_are_found() {
    for (file, marks) in REAL {
        let longest_edge = Some(Metres::from_mm(2.4));
        let clean = Scanner { longest_edge, ..Scanner::IDEAL };
        let spiky = Scanner {
            spikes: 1e-3,
            spike_height: [2.0, 6.0].map(Metres::from_mm),
            noise: Metres::from_mm(0.05),
            ..clean
        };
        let (Some(clean), Some(dirty)) = (load(file, marks, &clean), load(file, marks, &spiky)) else { return };
        let vertices = dirty.surface.vertices();
        let count = vertices.len() as f64 * 1e-3;
        let found = dirty.repairs.moved_spikes as f64 / count;
        let off = |p: &Point<Head>| clean.surface.nearest(*p).distance.mm();
        let mut left: Vec<f64> = vertices.iter().map(off).collect();
        left.sort_by(f64::total_cmp);
        let high = left.iter().filter(|d| **d > 1.0).count() as f64 / count;
        let said =
            format!("{file}: {count:.0} spikes, found {found:.3}, still above 1 mm {high:.3}, worst {:?}", left.last());
        assert!((0.9..1.1).contains(&found), "{said}");
        assert!(high < 0.02, "{said}");
        assert!(clean.repairs.moved_spikes <= 2, "{file}: {}", clean.repairs);
    }
}

/// Noise alone, as much as hand-held scanners have: next to nothing moves.
#[test]
fn noise_on_real_heads_is_left_alone() {
    for (file, marks) in REAL {
        let scanner =
            Scanner { longest_edge: Some(Metres::from_mm(2.0)), noise: Metres::from_mm(0.1), ..Scanner::IDEAL };
        let Some(scan) = load(file, marks, &scanner) else { return };
        let share = scan.repairs.moved_spikes as f64 / scan.surface.vertices().len() as f64;
        assert!(share < 2e-4, "{file}: {share:e}, {}", scan.repairs);
    }
}
