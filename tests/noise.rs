//! The noise of a scanner does not change how many dots are planned: the same plain density on a clean and on a noisy
//! patch of two real heads. By the plain area of the noisy one there would be a tenth more.

use std::path::PathBuf;

use design::{Fields, Wanted};
use frames::{Head, Metres, PerSquareMetre, Point, Seed};
use nalgebra::Vector3;
use scan::scanner::{Scanner, rescan};
use scan::{RawMesh, Surface, Unit};

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn head(file: &str) -> Option<RawMesh> {
    let root =
        std::env::var_os("PIGMENT_DATA").map_or_else(|| crate::support::root().join("../shared/data"), PathBuf::from);
    let path = root.join("heads").join(file);
    if !path.exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no {}", path.display());
        eprintln!("SKIPPED: no {}", path.display());
        return None;
    }
    Some(scan::read(&path).unwrap())
}

/// 35 mm around the highest vertex, edges of 0.45 mm in the mean.
fn crown(raw: &RawMesh, noise: Metres) -> Surface {
    let top = raw.vertices.iter().copied().reduce(|a, b| if b[2] > a[2] { b } else { a }).unwrap();
    let mut patch = raw.clone();
    patch
        .faces
        .retain(|f| f.iter().all(|v| (Vector3::from(raw.vertices[*v as usize]) - Vector3::from(top)).norm() < 35.0));
    let scanner = Scanner { longest_edge: Some(Metres::from_mm(0.62)), noise, ..Scanner::IDEAL };
    let mesh = rescan(&patch, Unit::Millimetre, &scanner, Seed(9));
    let vertices = mesh.vertices.iter().map(|v| Point::<Head>::from(Vector3::from(*v) * 1e-3)).collect();
    Surface::try_new(vertices, mesh.faces).unwrap().0
}

fn dots(surface: &Surface) -> f64 {
    let wanted = Wanted::plain(PerSquareMetre::from_per_cm2(60.0));
    let fields = Fields::from_fn(move |_, _| wanted, Metres::from_mm(0.6));
    stipple::place(surface, &fields, Seed(1), stipple::Preset::Human).unwrap().sites.len() as f64
}

#[test]
fn a_noisy_scan_gets_as_many_dots() {
    for file in ["ict_facekit/ict_mean_skin_ras_mm.ply", "pydeface_mean/pydeface_mean_ras_mm.ply"] {
        let Some(raw) = head(file) else { return };
        let (clean, noisy) = (crown(&raw, Metres::ZERO), crown(&raw, Metres::from_mm(0.1)));
        let (wanted, got) = (dots(&clean), dots(&noisy));
        let said = format!("{file}: {wanted} dots on the clean head, {got} on the noisy one");
        assert!(wanted > 1500.0, "{said}");
        assert!((got / wanted - 1.0).abs() <= 0.005, "{said}");
        assert!(noisy.area() / clean.area() > 1.05, "the noise is really there");
    }
}
