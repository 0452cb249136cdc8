//! Borders of the mesh: listed; the small ones closed.
//!
//! In: an oriented mesh. Out: the loops that stay, and how many holes were filled. A hole of less than 10 mm around is
//! filled by a fan to its middle; a larger one never is: no skin is invented. `stipple.md` 12.2, step 7, without the
//! relaxation, which a fan of that size does not need.

use frames::{Head, Metres, Point};
use nalgebra::Vector3;

use crate::edges::{NONE, Neighbours, ends, next, twin};
use crate::repair::Loop;
use crate::weld::sound;

/// Longest way around a hole that is filled, metres.
const SMALL: f64 = 10e-3;

pub(crate) struct Holes {
    pub(crate) filled: usize,
    /// Longest first.
    pub(crate) left: Vec<Loop>,
}

pub(crate) fn fill_small(
    vertices: &mut Vec<Point<Head>>,
    faces: &mut Vec<[u32; 3]>,
    neighbours: &mut Neighbours,
) -> Holes {
    let loops = loops(faces, neighbours);
    let mut holes = Holes { filled: 0, left: Vec::new() };
    for border in loops {
        let length = length(vertices, faces, &border);
        if length < SMALL && fill(vertices, faces, neighbours, &border) {
            holes.filled += 1;
        } else {
            holes.left.push(Loop { length: Metres::new(length), edges: border.len() });
        }
    }
    holes.left.sort_by(|a, b| b.length.get().total_cmp(&a.length.get()));
    holes
}

/// Border half-edges, each loop in its order.
fn loops(faces: &[[u32; 3]], neighbours: &[[u32; 3]]) -> Vec<Vec<u32>> {
    let border = |h: u32| neighbours[h as usize / 3][h as usize % 3] == NONE;
    let mut seen = vec![false; faces.len() * 3];
    let mut all = Vec::new();
    for start in 0..faces.len() as u32 * 3 {
        if !border(start) || seen[start as usize] {
            continue;
        }
        let mut ring = Vec::new();
        let mut h = start;
        while !seen[h as usize] {
            seen[h as usize] = true;
            ring.push(h);
            // Around the end of this half-edge to the next border; a fan has no more faces than the mesh.
            let mut spoke = next(h);
            for _ in 0..faces.len() {
                match twin(faces, neighbours, spoke) {
                    Some(t) => spoke = next(t),
                    None => break,
                }
            }
            h = spoke;
        }
        all.push(ring);
    }
    all
}

fn length(vertices: &[Point<Head>], faces: &[[u32; 3]], border: &[u32]) -> f64 {
    let one = |h: &u32| {
        let (a, b) = ends(faces, *h);
        (vertices[b as usize] - vertices[a as usize]).norm().get()
    };
    border.iter().map(one).sum()
}

/// False, and nothing done, when a new face would be degenerate.
fn fill(
    vertices: &mut Vec<Point<Head>>,
    faces: &mut Vec<[u32; 3]>,
    neighbours: &mut Neighbours,
    border: &[u32],
) -> bool {
    let first = faces.len() as u32;
    let corners: Vec<u32> = border.iter().map(|h| ends(faces, *h).0).collect();
    if let [a, b, c] = border {
        // Against the direction of the border: its faces lie on the other side.
        let face = [corners[0], corners[2], corners[1]];
        if !sound(vertices, face) {
            return false;
        }
        faces.push(face);
        neighbours.push([c / 3, b / 3, a / 3]);
        for h in border {
            neighbours[*h as usize / 3][*h as usize % 3] = first;
        }
        return true;
    }
    let sum: Vector3<f64> = corners.iter().map(|v| vertices[*v as usize].coords.coords).sum();
    let middle = vertices.len() as u32;
    vertices.push(Point::from(sum / corners.len() as f64));
    let fan: Vec<[u32; 3]> = border
        .iter()
        .map(|h| {
            let (a, b) = ends(faces, *h);
            [b, a, middle]
        })
        .collect();
    if corners.len() < 3 || fan.iter().any(|f| !sound(vertices, *f)) {
        vertices.pop();
        return false;
    }
    let count = border.len() as u32;
    for (i, (h, face)) in border.iter().zip(fan).enumerate() {
        let i = i as u32;
        faces.push(face);
        neighbours.push([h / 3, first + (i + count - 1) % count, first + (i + 1) % count]);
        neighbours[*h as usize / 3][*h as usize % 3] = first + i;
    }
    true
}
