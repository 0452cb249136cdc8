//! What a scan carries besides its shape: colour and texture coordinates.
//!
//! In: what the file says of its vertices and corners, the mesh as read, the mesh as repaired. Out: the same for the
//! repaired mesh. A vertex that seams split in the file is one vertex after welding, so texture coordinates belong to
//! corners. Absent: textures themselves, and any attribute for skin that a repair made up.

use std::collections::HashMap;

use frames::{Head, Point};
use nalgebra::Vector3;

use crate::query::Tree;
use crate::weld::{cell, sound};
use crate::{Place, ScanError};

/// sRGB, each 0 to 1.
pub type Colour = [f32; 3];
/// Texture coordinates of a face's three corners: u to the right, v up, as in OBJ and OpenGL.
pub type Corners = [[f32; 2]; 3];

/// Colours and texture coordinates; nothing is allocated for what a file does not have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attributes {
    /// One a vertex. A vertex has none where the file gives none or NaN.
    pub colours: Option<Vec<Option<Colour>>>,
    /// One a face. A face has none where the file gives none for one of its corners, or NaN.
    pub uv: Option<Vec<Option<Corners>>>,
}

/// A face that repairs changed (an edge flipped, a side of at most 10 µm closed) stays this near to those of the file,
/// metres; one farther away fills a hole.
const NEAR: f64 = 20e-6;

/// Out of 0 to 1 by less than a step of 8 bits is rounding.
const COLOUR_SLACK: f64 = 1.0 / 255.0;

impl Attributes {
    pub(crate) fn is_empty(&self) -> bool {
        self.colours.is_none() && self.uv.is_none()
    }

    pub(crate) fn check(&self, vertices: usize, faces: usize) -> Result<(), ScanError> {
        let colours = ("colours", self.colours.as_ref().map(Vec::len), vertices);
        let uv = ("texture coordinates", self.uv.as_ref().map(Vec::len), faces);
        for (what, count, wanted) in [colours, uv] {
            if let Some(count) = count.filter(|n| *n != wanted) {
                return Err(ScanError::Attributes { what, count, wanted });
            }
        }
        Ok(())
    }

    /// From the mesh of the file to the repaired one. Both in metres; no vertex has moved since welding.
    pub(crate) fn carry(&self, from: (&[Point<Head>], &[[u32; 3]]), to: (&[Point<Head>], &[[u32; 3]])) -> Self {
        let mut ids = HashMap::with_capacity(from.0.len());
        let mut first = Vec::new();
        let number: Vec<u32> = from
            .0
            .iter()
            .enumerate()
            .map(|(v, p)| {
                *ids.entry(cell(p)).or_insert_with(|| {
                    first.push(v);
                    first.len() as u32 - 1
                })
            })
            .collect();
        let own: Vec<Option<u32>> = to.0.iter().map(|p| ids.get(&cell(p)).copied()).collect();
        let colours = self.colours.as_ref().map(|given| carry_colours(given, &number, first.len(), &own));
        let uv = self.uv.as_ref().map(|given| carry_uv(given, &number, from, &own, to));
        Self { colours, uv }
    }
}

/// Vertices that were welded have the colour of the first of them that has one.
fn carry_colours(given: &[Option<Colour>], number: &[u32], count: usize, own: &[Option<u32>]) -> Vec<Option<Colour>> {
    let mut by_id = vec![None; count];
    for (colour, id) in given.iter().zip(number) {
        let slot = &mut by_id[*id as usize];
        *slot = slot.or(*colour);
    }
    own.iter().map(|id| id.and_then(|id| by_id[id as usize])).collect()
}

fn carry_uv(
    given: &[Option<Corners>],
    number: &[u32],
    from: (&[Point<Head>], &[[u32; 3]]),
    own: &[Option<u32>],
    to: (&[Point<Head>], &[[u32; 3]]),
) -> Vec<Option<Corners>> {
    let sorted = |mut ids: [u32; 3]| {
        ids.sort_unstable();
        ids
    };
    let ids_of = |face: usize| from.1[face].map(|v| number[v as usize]);
    let mut origin = HashMap::with_capacity(from.1.len());
    for face in 0..from.1.len() {
        // Of two copies of a face the first stays.
        origin.entry(sorted(ids_of(face))).or_insert(face);
    }
    // Built only where a repair changed a face.
    let mut near = None;
    to.1.iter()
        .map(|face| {
            let ids = match face.map(|v| own[v as usize]) {
                [Some(a), Some(b), Some(c)] => Some([a, b, c]),
                _ => None,
            };
            if let Some((ids, old)) = ids.and_then(|ids| origin.get(&sorted(ids)).map(|old| (ids, *old))) {
                let corners = given[old]?;
                let before = ids_of(old);
                return Some(ids.map(|id| corners[before.iter().position(|b| *b == id).unwrap_or(0)]));
            }
            let near = near.get_or_insert_with(|| Near::new(from));
            let points = face.map(|v| to.0[v as usize]);
            near.around(from.0, &points).and_then(|(old, triangle)| {
                let corners = given[old]?;
                Some(points.map(|p| blend(&corners, weights(&triangle, p))))
            })
        })
        .collect()
}

/// The sound faces of the file, to be found by place.
struct Near {
    tree: Tree,
    faces: Vec<[u32; 3]>,
    numbers: Vec<usize>,
}

impl Near {
    fn new((vertices, faces): (&[Point<Head>], &[[u32; 3]])) -> Self {
        let numbers: Vec<usize> = (0..faces.len()).filter(|f| sound(vertices, faces[*f])).collect();
        let faces: Vec<[u32; 3]> = numbers.iter().map(|f| faces[*f]).collect();
        Self { tree: Tree::new(vertices, &faces), faces, numbers }
    }

    /// The face of the file in which the middle of a triangle lies.
    fn around(&self, vertices: &[Point<Head>], points: &[Point<Head>; 3]) -> Option<(usize, [Point<Head>; 3])> {
        let sum: Vector3<f64> = points.iter().map(|p| p.coords.coords).sum();
        let hit = self.tree.nearest(vertices, &self.faces, Point::from(sum / 3.0), NEAR)?;
        let face = self.faces[hit.face as usize];
        Some((self.numbers[hit.face as usize], face.map(|v| vertices[v as usize])))
    }
}

/// Barycentric weights of a point's foot in the plane of a sound triangle; beyond its sides they extrapolate.
fn weights(triangle: &[Point<Head>; 3], p: Point<Head>) -> [f64; 3] {
    let [a, b, c] = triangle.map(|q| q.coords.coords);
    let normal = (b - a).cross(&(c - a));
    let p = p.coords.coords;
    let u = (c - b).cross(&(p - b)).dot(&normal) / normal.norm_squared();
    let v = (a - c).cross(&(p - c)).dot(&normal) / normal.norm_squared();
    [u, v, 1.0 - u - v]
}

fn blend(corners: &Corners, weights: [f64; 3]) -> [f32; 2] {
    mix(corners, weights).map(|c| c as f32)
}

/// The weighted sum of what three corners have.
pub(crate) fn mix<const N: usize>(corners: &[[f32; N]; 3], weights: [f64; 3]) -> [f64; N] {
    std::array::from_fn(|k| (0..3).map(|i| f64::from(corners[i][k]) * weights[i]).sum())
}

/// A colour of numbers that should be 0 to 1: none where one is NaN.
///
/// # Errors
/// The number that is out of range; a wrong scale must not pass for skin.
pub(crate) fn colour(given: [f64; 3]) -> Result<Option<Colour>, f64> {
    if given.iter().any(|c| c.is_nan()) {
        return Ok(None);
    }
    match given.iter().find(|c| !(-COLOUR_SLACK..=1.0 + COLOUR_SLACK).contains(*c)) {
        Some(c) => Err(*c),
        None => Ok(Some(given.map(|c| c.clamp(0.0, 1.0) as f32))),
    }
}

/// Texture coordinates of three corners: none where one is missing or not finite.
pub(crate) fn corners(given: [Option<[f32; 2]>; 3]) -> Option<Corners> {
    let [Some(a), Some(b), Some(c)] = given else { return None };
    [a, b, c].as_flattened().iter().all(|c| c.is_finite()).then_some([a, b, c])
}

pub(crate) fn out_of_range(format: crate::Format, place: Place, value: f64) -> ScanError {
    ScanError::malformed(format, place, format!("colour {value} is not within 0 to 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_no_colour() {
        assert_eq!(colour([0.0, 0.5, 1.0]), Ok(Some([0.0, 0.5, 1.0])));
        assert_eq!(colour([0.0, 0.5, 1.003]), Ok(Some([0.0, 0.5, 1.0])));
        assert_eq!(colour([f64::NAN, 9.0, 0.0]), Ok(None));
        assert_eq!(colour([0.0, 128.0, 0.0]), Err(128.0));
        assert_eq!(colour([0.0, -0.1, 0.0]), Err(-0.1));
        assert_eq!(colour([f64::INFINITY, 0.0, 0.0]), Err(f64::INFINITY));
    }

    #[test]
    fn weights_of_corners_inside_and_beyond() {
        let triangle = [Point::new(0.0, 0.0, 1.0), Point::new(2.0, 0.0, 1.0), Point::new(0.0, 4.0, 1.0)];
        for (p, want) in [
            ([0.0, 0.0], [1.0, 0.0, 0.0]),
            ([2.0, 0.0], [0.0, 1.0, 0.0]),
            ([0.5, 1.0], [0.5, 0.25, 0.25]),
            ([4.0, 0.0], [-1.0, 2.0, 0.0]),
        ] {
            let got = weights(&triangle, Point::new(p[0], p[1], 7.0));
            assert!((0..3).all(|k| (got[k] - want[k]).abs() < 1e-15), "{got:?}");
        }
    }
}
