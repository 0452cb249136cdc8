//! The skin as a fine cloud of small areas.
//!
//! In: a surface, which part of it. Out: patches of at most 1 mm across, in the order of the faces. Areas are projected on
//! the smoothed normals, as stippling does, so that both count the same dots.

use frames::{Dir, Head, Metres, Point};
use scan::Surface;

/// Longest edge of a patch, metres. A quarter of the narrowest feather that anybody draws.
const EDGE: f64 = 1e-3;
/// Parts of one edge, at most: a face of 64 mm.
const MOST: f64 = 64.0;

/// A piece of skin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patch {
    pub(crate) at: Point<Head>,
    pub(crate) normal: Dir<Head>,
    /// m².
    pub(crate) area: f64,
}

/// The faces for which `wanted` (centre, radius) holds, cut into patches.
pub(crate) fn patches(surface: &Surface, wanted: impl Fn(Point<Head>, Metres) -> bool) -> Vec<Patch> {
    let mut out = Vec::new();
    for face in 0..surface.faces().len() as u32 {
        let corner = surface.faces()[face as usize].map(|v| surface.vertices()[v as usize].coords.coords);
        let middle = (corner[0] + corner[1] + corner[2]) / 3.0;
        let radius = corner.iter().map(|p| (p - middle).norm()).fold(0.0, f64::max);
        if !wanted(Point::from(middle), Metres::new(radius)) {
            continue;
        }
        let edge = (0..3).map(|k| (corner[(k + 1) % 3] - corner[k]).norm()).fold(0.0, f64::max);
        let parts = (edge / EDGE).ceil().clamp(1.0, MOST) as u32;
        let area = surface.face_area(face) / f64::from(parts * parts);
        let out_of_face = surface.face_normal(face);
        for bary in centroids(parts) {
            let normal = surface.normal_at(face, bary);
            let area = area * normal.dot(out_of_face).max(0.0);
            if area > 0.0 {
                out.push(Patch { at: surface.at(face, bary), normal, area });
            }
        }
    }
    out
}

/// Weights of the centroids of `parts`² equal parts of a triangle.
fn centroids(parts: u32) -> impl Iterator<Item = [f64; 3]> {
    (0..parts).flat_map(move |i| {
        (0..parts - i).flat_map(move |j| {
            let halves = if j + 1 < parts - i { 1..=2 } else { 1..=1 };
            halves.map(move |third| {
                let third = f64::from(third) / 3.0;
                let (u, w) = ((f64::from(i) + third) / f64::from(parts), (f64::from(j) + third) / f64::from(parts));
                [1.0 - u - w, u, w]
            })
        })
    })
}
