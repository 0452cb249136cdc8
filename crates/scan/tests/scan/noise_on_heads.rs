//! Noise of 0.1 mm on edges of 0.45 mm, on real heads: the stroke's axis and the area that dots are counted by stay
//! those of the clean head. Patches of 35 mm around the front, the crown, the side and the back.

use frames::{Head, Metres, Point, Seed};
use nalgebra::Vector3;
use scan::scanner::{Scanner, rescan};
use scan::{RawMesh, Surface, Unit, read};

use crate::data::{Axes, data, landmarks};

const RADIUS: f64 = 35.0;
/// Not judged: the smoothing reaches this far in from the rim, mm.
const RIM: f64 = 10.0;

/// The faces whose corners all lie in a ball, mm.
fn patch(raw: &RawMesh, middle: Vector3<f64>) -> RawMesh {
    let mut patch = raw.clone();
    let near = |v: &u32| (Vector3::from(raw.vertices[*v as usize]) - middle).norm() < RADIUS + 4.0;
    patch.faces.retain(|f| f.iter().all(near));
    patch
}

fn scan(raw: &RawMesh, noise_mm: f64, correlation_mm: f64) -> Surface {
    let scanner = Scanner {
        // Halving leaves edges from half of this to this: 0.45 in the mean.
        longest_edge: Some(Metres::from_mm(0.62)),
        noise: Metres::from_mm(noise_mm),
        correlation: Metres::from_mm(correlation_mm),
        ..Scanner::IDEAL
    };
    let mesh = rescan(raw, Unit::Millimetre, &scanner, Seed(5));
    let vertices = mesh.vertices.iter().map(|v| Point::<Head>::from(Vector3::from(*v) * 1e-3)).collect();
    Surface::try_new(vertices, mesh.faces).unwrap().0
}

/// Axis error rms and worst, degrees, and the changes of projected and plain area, for noise and correlation in mm.
fn compare(raw: &RawMesh, middle: Vector3<f64>, noise: f64, correlation: f64) -> [f64; 4] {
    let (clean, noisy) = (scan(raw, 0.0, 0.0), scan(raw, noise, correlation));
    let third = [1.0 / 3.0; 3];
    let judged = |surface: &Surface| {
        let inside = |f: &u32| (surface.at(*f, third).coords.coords * 1e3 - middle).norm() < RADIUS - RIM;
        (0..surface.faces().len() as u32).filter(inside).collect::<Vec<u32>>()
    };
    let (mut square, mut worst, mut count) = (0.0, 0.0_f64, 0.0);
    let faces = judged(&noisy);
    // A few slivers of the file survive one and not the other, so faces are matched by place; every third is enough.
    for f in faces.iter().step_by(3) {
        let hit = clean.nearest(noisy.at(*f, third));
        let angle = clean.axis_at(hit.face, hit.bary).angle(noisy.axis_at(*f, third)).to_degrees();
        square += angle * angle;
        worst = worst.max(angle);
        count += 1.0;
    }
    let areas = [(&clean, judged(&clean)), (&noisy, faces)].map(|(surface, faces)| {
        [
            faces.iter().map(|f| surface.projected_area(*f)).sum::<f64>(),
            faces.iter().map(|f| surface.face_area(*f)).sum(),
        ]
    });
    assert!(count > 3000.0, "{count} faces judged");
    let [clean, noisy] = areas;
    [f64::sqrt(square / count), worst, noisy[0] / clean[0] - 1.0, noisy[1] / clean[1] - 1.0]
}

fn check(file: &str, marks: &str) {
    let (Some(file), Some(marks)) = (data(file), data(marks)) else { return };
    let raw = read(&file).unwrap();
    let marks = landmarks(&marks, Unit::Millimetre, Axes::Ras);
    let [left, right] = [marks.left_preauricular, marks.right_preauricular].map(Vector3::from);
    let middle = (left + right) / 2.0 + Vector3::new(0.0, 0.0, 45.0);
    // From inside, the farthest vertex in about this direction.
    for (toward, correlation) in
        [([0.0, 1.0, 0.8], 0.0), ([0.0, 0.0, 1.0], 1.5), ([0.9, 0.0, 0.5], 0.0), ([0.0, -1.0, 0.3], 0.0)]
    {
        let toward = Vector3::from(toward).normalize();
        let place = raw
            .vertices
            .iter()
            .map(|v| Vector3::from(*v))
            .filter(|v| (v - middle).normalize().dot(&toward) > 0.99)
            .max_by(|a, b| (a - middle).norm().total_cmp(&(b - middle).norm()))
            .unwrap();
        let raw = patch(&raw, place);
        let [rms, worst, projected, plain] = compare(&raw, place, 0.1, correlation);
        let said = format!(
            "{} towards {toward:?}, correlated over {correlation} mm: axis {rms:.3} deg rms, {worst:.2} at most; area \
             {:+.2} % projected, {:+.2} % plain",
            file.display(),
            projected * 100.0,
            plain * 100.0
        );
        assert!(rms <= 0.5, "{said}");
        assert!(projected.abs() <= 0.005, "{said}");
        // The noise is really there.
        assert!(correlation > 0.0 || plain > 0.05, "{said}");
    }
}

#[test]
fn ict() {
    check(crate::dirty::ICT, crate::dirty::ICT_MARKS);
}

#[test]
fn pydeface() {
    check("heads/pydeface_mean/pydeface_mean_ras_mm.ply", "heads/pydeface_mean/pydeface_mean.landmarks.json");
}
