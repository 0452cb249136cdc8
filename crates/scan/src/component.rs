//! The head, and nothing that floats around it.
//!
//! In: a welded mesh. Out: the largest connected part, and those near it that are large. `stipple.md` 12.2, step 4.

use frames::{Head, Point};

use crate::edges::{EdgeGroups, Sets};
use crate::query::Tree;
use crate::surface::twice_area;

/// A smaller part stays when it has this share of the area..
const LEAST_SHARE: f64 = 0.02;
/// ..and comes this near to the largest, metres.
const NEAR: f64 = 5e-3;

pub(crate) struct Dropped {
    pub(crate) parts: usize,
    pub(crate) faces: usize,
}

pub(crate) fn keep_head(vertices: &[Point<Head>], faces: &mut Vec<[u32; 3]>) -> Dropped {
    let mut sets = Sets::new(faces.len());
    for group in EdgeGroups::new(faces, vertices.len()).iter() {
        for pair in group.windows(2) {
            sets.join(pair[0] / 3, pair[1] / 3);
        }
    }
    let part: Vec<u32> = (0..faces.len() as u32).map(|f| sets.of(f)).collect();
    let mut area = vec![0.0; faces.len()];
    for (face, part) in faces.iter().zip(&part) {
        area[*part as usize] += twice_area(vertices, *face).norm() / 2.0;
    }
    let parts: Vec<u32> = (0..faces.len() as u32).filter(|f| part[*f as usize] == *f).collect();
    let total: f64 = parts.iter().map(|p| area[*p as usize]).sum();
    // The first of equals, so that the answer does not depend on the sort.
    let Some(largest) = parts.iter().copied().reduce(|a, b| if area[b as usize] > area[a as usize] { b } else { a })
    else {
        return Dropped { parts: 0, faces: 0 };
    };
    let mut keep = vec![false; faces.len()];
    keep[largest as usize] = true;
    let large: Vec<u32> =
        parts.iter().copied().filter(|p| *p != largest && area[*p as usize] > LEAST_SHARE * total).collect();
    if !large.is_empty() {
        let main: Vec<[u32; 3]> = faces_of(faces, &part, largest).collect();
        let tree = Tree::new(vertices, &main);
        for p in large {
            keep[p as usize] = faces_of(faces, &part, p)
                .flatten()
                .any(|v| tree.nearest(vertices, &main, vertices[v as usize], NEAR).is_some());
        }
    }
    let before = faces.len();
    let mut of = part.iter();
    faces.retain(|_| of.next().is_none_or(|p| keep[*p as usize]));
    Dropped { parts: parts.iter().filter(|p| !keep[**p as usize]).count(), faces: before - faces.len() }
}

fn faces_of<'a>(faces: &'a [[u32; 3]], part: &'a [u32], wanted: u32) -> impl Iterator<Item = [u32; 3]> + 'a {
    faces.iter().zip(part).filter(move |(_, p)| **p == wanted).map(|(f, _)| *f)
}
