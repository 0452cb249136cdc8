//! Heads as bad scanners would write them: what the model does to a head, and that the head comes back.

use frames::{Metres, Seed};
use scan::scanner::{self, Scanner, rescan};
use scan::{Format, RawMesh, Unit, load_bytes, read, read_bytes};

use crate::bodies::keeps_its_promises;
use crate::data::{Axes, data, landmarks};

pub(crate) const ICT: &str = "heads/ict_facekit/ict_mean_skin_ras_mm.ply";
pub(crate) const ICT_MARKS: &str = "heads/ict_facekit/ict_mean.landmarks.json";

fn ict() -> Option<RawMesh> {
    Some(read(&data(ICT)?).unwrap())
}

fn fine(mm: f64) -> Scanner {
    Scanner { longest_edge: Some(Metres::from_mm(mm)), ..Scanner::IDEAL }
}

#[test]
fn an_ideal_scanner_changes_nothing() {
    let Some(raw) = ict() else { return };
    let same = rescan(&raw, Unit::Millimetre, &Scanner::IDEAL, Seed(1));
    assert_eq!(same.faces, raw.faces);
    assert!(same.vertices.iter().zip(&raw.vertices).all(|(a, b)| (0..3).all(|k| (a[k] - b[k]).abs() < 1e-9)));
}

#[test]
fn finer_meshes_keep_the_old_vertices_and_open_no_seam() {
    let Some(raw) = ict() else { return };
    let finer = rescan(&raw, Unit::Millimetre, &fine(2.0), Seed(1));
    assert!(finer.faces.len() > 6 * raw.faces.len(), "{}", finer.faces.len());
    assert!(finer.vertices[..raw.vertices.len()].iter().zip(&raw.vertices).all(|(a, b)| (a[0] - b[0]).abs() < 1e-9));
    let longest = finer.faces.iter().map(|f| {
        let [a, b] = [f[0], f[1]].map(|v| nalgebra::Vector3::from(finer.vertices[v as usize]));
        (a - b).norm()
    });
    assert!(longest.fold(0.0, f64::max) <= 2.0 + 1e-9);
    // No seam: the borders are those of the file, four loops.
    let marks = landmarks(&data(ICT_MARKS).unwrap(), Unit::Millimetre, Axes::Ras);
    let scan = load_bytes(Format::Ply, scanner::ply(&finer), Some(Unit::Millimetre), &marks).unwrap();
    assert_eq!(scan.repairs.loops.len(), 4, "{}", scan.repairs);
    let coarse = load_bytes(Format::Ply, scanner::ply(&raw), Some(Unit::Millimetre), &marks).unwrap();
    let far = scan.surface.vertices().iter().map(|p| coarse.surface.nearest(*p).distance.mm()).fold(0.0, f64::max);
    assert!(far < 1.5, "{far} mm off the original");
}

#[test]
fn same_seed_same_scan() {
    let Some(raw) = ict() else { return };
    let scan =
        |seed| rescan(&raw, Unit::Millimetre, &Scanner { correlation: Metres::from_mm(5.0), ..Scanner::BAD }, seed);
    assert_eq!(scan(Seed(1)), scan(Seed(1)));
    assert_ne!(scan(Seed(1)).vertices, scan(Seed(2)).vertices);
}

/// Noise has the standard deviation asked for, correlated or not.
#[test]
fn noise_is_as_large_as_said() {
    let Some(raw) = ict() else { return };
    for correlation in [0.0, 8.0] {
        let correlation = Metres::from_mm(correlation);
        let scanner = Scanner { noise: Metres::from_mm(0.2), correlation, ..Scanner::IDEAL };
        let noisy = rescan(&raw, Unit::Millimetre, &scanner, Seed(3));
        let off = |(a, b): (&[f64; 3], &[f64; 3])| (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>();
        let square: f64 = noisy.vertices.iter().zip(&raw.vertices).map(off).sum();
        let rms = (square / raw.vertices.len() as f64).sqrt();
        assert!((0.19..0.21).contains(&rms), "{rms} mm");
    }
}

/// All writers say the same mesh, to the rounding of their numbers.
#[test]
fn writers_agree() {
    let Some(raw) = ict() else { return };
    let bytes: [(Format, Vec<u8>); 6] = [
        (Format::Ply, scanner::ply(&raw)),
        (Format::Ply, scanner::ply_ascii(&raw)),
        (Format::Obj, scanner::obj(&raw)),
        (Format::Glb, scanner::glb(&raw)),
        (Format::Stl, scanner::stl(&raw)),
        (Format::Stl, scanner::stl_ascii(&raw)),
    ];
    for (format, bytes) in bytes {
        let back = read_bytes(format, bytes).unwrap();
        assert_eq!(back.faces.len(), raw.faces.len(), "{format}");
        for (f, g) in back.faces.iter().zip(&raw.faces) {
            for (v, w) in f.iter().zip(g) {
                let (a, b) = (back.vertices[*v as usize], raw.vertices[*w as usize]);
                assert!((0..3).all(|k| (a[k] - b[k]).abs() < 1e-4), "{format}: {a:?} {b:?}");
            }
        }
    }
}

/// A thousand loose parts go, holes stay open, nobody's vertices are shared: a head comes out all the same.
#[test]
fn a_bad_scan_loads() {
    let Some(raw) = ict() else { return };
    let marks = landmarks(&data(ICT_MARKS).unwrap(), Unit::Millimetre, Axes::Ras);
    let bad = Scanner { longest_edge: Some(Metres::from_mm(2.5)), ..Scanner::BAD };
    let dirty = rescan(&raw, Unit::Millimetre, &bad, Seed(7));
    let scan = load_bytes(Format::Stl, scanner::stl(&dirty), Some(Unit::Millimetre), &marks).unwrap();
    keeps_its_promises(&scan.surface);
    assert_eq!(scan.repairs.dropped_parts, 1000, "{}", scan.repairs);
    assert!(scan.repairs.merged_vertices > dirty.vertices.len() / 2);
    assert!(scan.repairs.loops.len() > 8, "{}", scan.repairs);
}
