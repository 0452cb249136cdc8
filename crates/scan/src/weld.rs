//! Equal vertices become one, faces without area and second copies of a face go.
//!
//! In: a triangle soup. Out: an indexed mesh that uses every vertex it has, and counts. No coordinate changes: of the
//! vertices in one cell of the grid the first one stays.

use std::collections::HashMap;

use frames::{Head, Point};
use nalgebra::Vector3;

use crate::surface::twice_area;

/// `stipple.md` 12.2, step 2.
const GRID: f64 = 1e-6;
/// Step 3: 1e-6 mm².
const LEAST_AREA: f64 = 1e-12;
/// Step 3: longest edge over height.
const MOST_ASPECT: f64 = 1e4;

pub(crate) struct Welded {
    pub(crate) vertices: Vec<Point<Head>>,
    pub(crate) faces: Vec<[u32; 3]>,
    pub(crate) merged: usize,
}

pub(crate) fn weld(vertices: &[Point<Head>], faces: &[[u32; 3]]) -> Welded {
    let mut first: HashMap<[i64; 3], u32> = HashMap::with_capacity(vertices.len());
    let mut kept = Vec::with_capacity(vertices.len());
    let mut number = Vec::with_capacity(vertices.len());
    for p in vertices {
        let next = kept.len() as u32;
        let own = *first.entry(cell(p)).or_insert(next);
        if own == next {
            kept.push(*p);
        }
        number.push(own);
    }
    let merged = vertices.len() - kept.len();
    let faces = faces.iter().map(|f| f.map(|v| number[v as usize])).collect();
    Welded { vertices: kept, faces, merged }
}

/// Points in one cell are one vertex.
pub(crate) fn cell(p: &Point<Head>) -> [i64; 3] {
    p.coords.coords.map(|c| (c / GRID).round() as i64).into()
}

/// True for a face that has a normal worth the name.
pub(crate) fn sound(vertices: &[Point<Head>], face: [u32; 3]) -> bool {
    let [a, b, c] = face;
    if a == b || b == c || c == a {
        return false;
    }
    let area = twice_area(vertices, face).norm() / 2.0;
    let longest = longest_square(vertices, face);
    area >= LEAST_AREA && longest <= MOST_ASPECT * 2.0 * area
}

fn longest_square(vertices: &[Point<Head>], face: [u32; 3]) -> f64 {
    let [a, b, c] = face.map(|v| vertices[v as usize].coords);
    let squares: [Vector3<f64>; 3] = [b - a, c - b, a - c];
    squares.iter().map(Vector3::norm_squared).fold(0.0, f64::max)
}

/// Drops every face whose three vertices an earlier face has too, either way round. Returns how many.
pub(crate) fn drop_duplicates(faces: &mut Vec<[u32; 3]>, vertices: usize) -> usize {
    let sorted = |f: &[u32; 3]| {
        let mut s = *f;
        s.sort_unstable();
        s
    };
    let (start, mut order) = counted(faces.len() as u32, vertices, |f| sorted(&faces[f as usize])[0]);
    let mut keep = vec![true; faces.len()];
    for v in 0..vertices {
        let own = &mut order[start[v] as usize..start[v + 1] as usize];
        own.sort_unstable_by_key(|f| (sorted(&faces[*f as usize]), *f));
        for pair in own.windows(2) {
            if sorted(&faces[pair[0] as usize]) == sorted(&faces[pair[1] as usize]) {
                keep[pair[1] as usize] = false;
            }
        }
    }
    let before = faces.len();
    let mut keep = keep.into_iter();
    faces.retain(|_| keep.next().unwrap_or(true));
    before - faces.len()
}

/// Forgets vertices that no face uses; the others keep their order. Returns how many went.
pub(crate) fn drop_unused(vertices: &mut Vec<Point<Head>>, faces: &mut [[u32; 3]]) -> usize {
    let mut used = vec![false; vertices.len()];
    for v in faces.iter().flatten() {
        used[*v as usize] = true;
    }
    let before = vertices.len();
    let mut number = vec![0_u32; before];
    let mut next = 0;
    for (v, used) in used.iter().enumerate() {
        number[v] = next;
        next += u32::from(*used);
    }
    let mut used = used.into_iter();
    vertices.retain(|_| used.next().unwrap_or(true));
    for v in faces.iter_mut().flatten() {
        *v = number[*v as usize];
    }
    before - vertices.len()
}

/// Numbers `0..items` sorted by bucket, in order inside each, and where each bucket starts.
pub(crate) fn counted(items: u32, buckets: usize, bucket: impl Fn(u32) -> u32) -> (Vec<u32>, Vec<u32>) {
    let mut start = vec![0_u32; buckets + 1];
    for i in 0..items {
        start[bucket(i) as usize + 1] += 1;
    }
    for b in 1..start.len() {
        start[b] += start[b - 1];
    }
    let mut at = start.clone();
    let mut order = vec![0; items as usize];
    for i in 0..items {
        let slot = &mut at[bucket(i) as usize];
        order[*slot as usize] = i;
        *slot += 1;
    }
    (start, order)
}
