//! Sizes of a head, as anthropometry takes them, beside what 6068 people had.
//!
//! In: the surface, the landmarks, what counts as scalp. Out: breadth, length, circumference, height, two arcs, an area.
//! Absent where the scan does not reach. A head in the wrong unit, or with exchanged landmarks, is seen at a glance.
//!
//! Levels are horizontal as a person looks ahead. The `Head` frame is not: its z = 0 runs through the nasion, which
//! stands 28 to 35 mm above the preauricular points when the Frankfurt plane is level (`facts.md`, vertical layout); so
//! the head is tilted until the nasion stands [`NASION_UP`] above them.

mod ansur;
mod section;

pub use ansur::{Percentile, Sex, Standing};
use frames::{Head, Metres, Point};
use nalgebra::Vector3;

use self::section::{Section, around};
use crate::{Landmarks, Surface};

/// Of the nasion over the preauricular points, metres.
const NASION_UP: f64 = 31.5e-3;
/// Between the levels that are measured, metres.
const STEP: f64 = 2.5e-3;
/// Levels under the vertex, metres: breadth and length above the ears, circumference at the brow and occiput. As the
/// table of heads in the test data has them.
const BREADTH: [f64; 2] = [30e-3, 95e-3];
const CIRCUMFERENCE: [f64; 2] = [70e-3, 105e-3];
/// As far as half an arc is looked for.
const ARC: Metres = Metres::new(0.35);

/// Sizes of a head. `None` where the scan does not reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Largest width, 30 to 95 mm below the vertex: above the ears.
    pub breadth: Option<Metres>,
    /// Largest extent from front to back at these levels: glabella to opisthocranion.
    pub length: Option<Metres>,
    /// Around, as a tape lies (convex), the largest 70 to 105 mm below the vertex.
    pub circumference: Option<Metres>,
    /// Of the vertex over the preauricular points, 4 mm in front of the tragion.
    pub tragion_top: Option<Metres>,
    /// Nasion to vertex to inion, along the skin.
    pub sagittal_arc: Option<Metres>,
    /// From one preauricular point to the vertex to the other, along the skin.
    pub coronal_arc: Option<Metres>,
    /// Of the skin above the given border, m².
    pub scalp_area: f64,
}

/// Measures a head. `above_border` says how high a place is above the lower border of the scalp, negative below.
pub fn measure(surface: &Surface, landmarks: &Landmarks, above_border: impl Fn(Point<Head>) -> Metres) -> Measures {
    let level = Level::new(landmarks);
    let ear = level.height(landmarks.left_preauricular).midpoint(level.height(landmarks.right_preauricular));
    let vertex = surface.vertices().iter().copied().max_by(|a, b| level.height(*a).total_cmp(&level.height(*b)));
    let top = vertex.map_or(ear, |v| level.height(v));
    let sections = |[from, to]: [f64; 2]| {
        let count = ((to - from) / STEP).round() as usize;
        (0..=count).filter_map(move |i| {
            let height = top - from - STEP * i as f64;
            Section::cut(surface, level.up * height, level.up, level.right)
        })
    };
    let largest = |of: &mut dyn Iterator<Item = f64>| of.reduce(f64::max).map(Metres::new);
    // One front from the vertex serves both arcs.
    let vertex = surface.nearest(vertex.unwrap_or(Point::ORIGIN));
    let along = surface.distances_from(&[(&vertex).into()], ARC);
    let down = |p: Point<Head>| {
        let hit = surface.nearest(p);
        along.at(hit.face, hit.bary)
    };
    let arc = |a, b| Some(down(a)? + down(b)?);
    Measures {
        breadth: largest(&mut sections(BREADTH).map(|s| s.extent()[0])),
        length: largest(&mut sections(BREADTH).map(|s| s.extent()[1])),
        circumference: largest(&mut sections(CIRCUMFERENCE).map(|s| around(s.points))),
        tragion_top: (top > ear).then(|| Metres::new(top - ear)),
        sagittal_arc: arc(landmarks.nasion, landmarks.inion),
        coronal_arc: arc(landmarks.left_preauricular, landmarks.right_preauricular),
        scalp_area: scalp(surface, above_border),
    }
}

/// Directions of a head that looks ahead, in the `Head` frame.
struct Level {
    up: Vector3<f64>,
    right: Vector3<f64>,
}

impl Level {
    fn new(landmarks: &Landmarks) -> Self {
        let ahead = landmarks.nasion.coords.y.hypot(landmarks.nasion.coords.z).max(NASION_UP);
        let tilt = (NASION_UP / ahead).asin();
        // Up leans forward in the frame whose nasion hangs too low.
        Self { up: Vector3::new(0.0, tilt.sin(), tilt.cos()), right: Vector3::x() }
    }

    fn height(&self, p: Point<Head>) -> f64 {
        p.coords.coords.dot(&self.up)
    }
}

/// Area above the border, faces across it cut in proportion.
fn scalp(surface: &Surface, above_border: impl Fn(Point<Head>) -> Metres) -> f64 {
    let above: Vec<f64> = surface.vertices().iter().map(|p| above_border(*p).get()).collect();
    let share = |face: &[u32; 3]| {
        let mut h = face.map(|v| above[v as usize]);
        h.sort_unstable_by(f64::total_cmp);
        match h.map(|h| h > 0.0) {
            [true, ..] => 1.0,
            [false, true, _] => 1.0 - h[0] * h[0] / ((h[1] - h[0]) * (h[2] - h[0])),
            [_, false, true] => h[2] * h[2] / ((h[2] - h[0]) * (h[2] - h[1])),
            _ => 0.0,
        }
    };
    (0..surface.faces().len()).map(|f| surface.face_area(f as u32) * share(&surface.faces()[f])).sum()
}
