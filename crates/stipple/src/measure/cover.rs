//! What was wanted, where nobody says: one density where the dots are.
//!
//! In: surface, dots. Out: fields that want the same density everywhere the dots cover, nothing elsewhere. A place is
//! covered when a dot is nearer than one and a half spacings, less a rim of the same width but for four tenths of a
//! spacing: holes between dots are closed, and the area ends half a spacing behind the outermost dots. Absent: slopes;
//! a pattern with one is judged as untrue, and rightly.

use design::{Fields, Wanted};
use frames::{Head, Metres, PerSquareMetre, Point};
use nalgebra::Vector3;
use rayon::prelude::*;
use scan::Surface;

use crate::grid::Grid;
use crate::sheet::{corners, spacing};

/// Reach of a dot and width of the rim, in spacings.
const REACH: f64 = 1.5;
const RIM: f64 = 1.1;
/// Side of a place, in spacings, when the area is summed.
const PLACE: f64 = 0.3;
/// Rounds until spacing and area agree.
const ROUNDS: usize = 4;
/// Most places that are looked at.
const MOST: f64 = 3e6;

/// Fields of one density where the dots are, and whether that is the whole surface: only then is its edge the pattern's,
/// and worth judging.
///
/// `None` without dots.
pub fn covered(surface: &Surface, dots: &[Point<Head>]) -> Option<(Fields, bool)> {
    let at: Vec<Vector3<f64>> = dots.iter().map(|p| surface.nearest(*p).point.coords.coords).collect();
    let mut area = surface.area();
    let mut cover = None;
    for _ in 0..ROUNDS {
        let h = spacing(at.len() as f64 / area);
        let new = Cover::new(surface, &at, h);
        area = new.area(surface);
        cover = Some(new);
        if area <= 0.0 {
            return None;
        }
    }
    let cover = cover.filter(|_| !at.is_empty())?;
    let whole = cover.bare.is_none();
    let wanted = Wanted::plain(PerSquareMetre::new(at.len() as f64 / area));
    let nothing = Wanted::plain(PerSquareMetre::new(0.0));
    let fields =
        Fields::from_fn(move |p, _| if cover.holds(&p.coords.coords) { wanted } else { nothing }, Metres::ZERO);
    Some((fields, whole))
}

struct Cover {
    dots: Grid,
    /// Places that no dot reaches; none where all are reached.
    bare: Option<Grid>,
    h: f64,
}

impl Cover {
    fn new(surface: &Surface, at: &[Vector3<f64>], h: f64) -> Self {
        let points: Vec<(Vector3<f64>, f64)> = at.iter().map(|p| (*p, h)).collect();
        let dots = Grid::new(&points, REACH);
        let bare: Vec<(Vector3<f64>, f64)> = places(surface, h)
            .into_par_iter()
            .filter(|(p, _)| !near(&dots, p, REACH * h) && near(&dots, p, 2.0 * REACH * h))
            .map(|(p, _)| (p, h))
            .collect();
        Self { dots, bare: (!bare.is_empty()).then(|| Grid::new(&bare, REACH)), h }
    }

    fn holds(&self, p: &Vector3<f64>) -> bool {
        near(&self.dots, p, REACH * self.h) && !self.bare.as_ref().is_some_and(|bare| near(bare, p, RIM * self.h))
    }

    fn area(&self, surface: &Surface) -> f64 {
        let area: Vec<f64> =
            places(surface, self.h).into_par_iter().map(|(p, area)| if self.holds(&p) { area } else { 0.0 }).collect();
        area.iter().sum()
    }
}

fn near(grid: &Grid, p: &Vector3<f64>, radius: f64) -> bool {
    let mut found = false;
    grid.within(p, radius, |_, _| found = true);
    found
}

/// Places all over the surface with the area of each.
fn places(surface: &Surface, h: f64) -> Vec<(Vector3<f64>, f64)> {
    let side = (PLACE * h).max((surface.area() / MOST).sqrt());
    (0..surface.faces().len() as u32)
        .into_par_iter()
        .flat_map_iter(|face| {
            let [a, b, c] = corners(surface, face);
            let edge = (b - a).norm().max((c - b).norm()).max((a - c).norm());
            let cuts = (edge / (1.5 * side)).ceil().clamp(1.0, 256.0) as usize;
            let area = surface.face_area(face) / (cuts * cuts) as f64;
            super::quadrature::centroids(cuts).map(move |w| (a * w[0] + b * w[1] + c * w[2], area))
        })
        .collect()
}
