//! A head of known shape, for examples, tests and benches.
//!
//! In: nothing. Out: an ellipsoid of head size with the four landmarks, as if read from a file in millimetres whose axes
//! are those of the head. Absent: a face, ears, any likeness.

use frames::{File, Head, Point, Pose};
use nalgebra::Isometry3;
use scan::{Landmarks, Scan, ScanError, Surface, Unit};

/// Half axes, metres: 76 x 98 x 110 mm, around a point 30 mm above the ears.
const HALF: [f64; 3] = [76e-3, 98e-3, 110e-3];
const UP: f64 = 30e-3;
/// Vertices around and from pole to pole.
const ROUND: u32 = 160;
const RINGS: u32 = 80;

/// An ellipsoid of 152 x 196 x 220 mm, 25 000 triangles. One millimetre of the file is one of the head.
///
/// # Errors
/// None; the surface's own checks speak through.
pub fn made_head() -> Result<Scan, ScanError> {
    let place = |u: f64, v: f64| {
        let [a, b, c] = HALF;
        Point::new(a * v.sin() * u.cos(), b * v.sin() * u.sin(), UP + c * v.cos())
    };
    let mut vertices = vec![place(0.0, 0.0), place(0.0, std::f64::consts::PI)];
    for j in 1..RINGS {
        for i in 0..ROUND {
            let (u, v) = (f64::from(i) / f64::from(ROUND), f64::from(j) / f64::from(RINGS));
            vertices.push(place(u * std::f64::consts::TAU, v * std::f64::consts::PI));
        }
    }
    let at = |i: u32, j: u32| 2 + (j - 1) * ROUND + i % ROUND;
    let mut faces = Vec::new();
    for i in 0..ROUND {
        faces.push([0, at(i, 1), at(i + 1, 1)]);
        faces.push([1, at(i + 1, RINGS - 1), at(i, RINGS - 1)]);
        for j in 1..RINGS - 1 {
            faces.push([at(i, j), at(i, j + 1), at(i + 1, j + 1)]);
            faces.push([at(i, j), at(i + 1, j + 1), at(i + 1, j)]);
        }
    }
    let (surface, repairs) = Surface::try_new(vertices, faces)?;
    let level = (1.0 - (UP / HALF[2]) * (UP / HALF[2])).sqrt();
    let landmarks = Landmarks {
        nasion: Point::new(0.0, HALF[1] * level, 0.0),
        inion: Point::new(0.0, -HALF[1] * level, 0.0),
        left_preauricular: Point::new(-HALF[0] * level, 0.0, 0.0),
        right_preauricular: Point::new(HALF[0] * level, 0.0, 0.0),
    };
    let head_from_file = Pose::<Head, File>::new(Isometry3::identity());
    let digest = surface.digest();
    Ok(Scan { surface: surface.into(), repairs, landmarks, head_from_file, unit: Unit::Millimetre, digest })
}
