//! Faces without area, taken out without tearing the mesh.
//!
//! In: a welded mesh. Out: the same surface without degenerate faces. Dropping such a face would leave a slit in a
//! closed mesh, so a face with a very short side loses that side (its ends become one vertex), and one whose corner
//! lies on its longest side hands that side over: the edge is flipped. What neither helps is dropped.

use frames::{Head, Point};

use crate::edges::{EdgeGroups, Sets};
use crate::weld::sound;

/// Sides up to this long may be closed, metres: far below what any scanner resolves.
const SHORT: f64 = 10e-6;
/// Each pass can leave new slivers beside the old ones; real meshes need two or three.
const PASSES: usize = 8;

pub(crate) struct Mended {
    /// Faces that went.
    pub(crate) gone: usize,
    /// Edges flipped.
    pub(crate) flipped: usize,
}

pub(crate) fn mend(vertices: &[Point<Head>], faces: &mut Vec<[u32; 3]>) -> Mended {
    let before = faces.len();
    let mut flipped = 0;
    for _ in 0..PASSES {
        faces.retain(|f| distinct(*f));
        let bad: Vec<u32> = (0..faces.len() as u32).filter(|f| !sound(vertices, faces[*f as usize])).collect();
        if bad.is_empty() {
            break;
        }
        let closed = close_short(vertices, faces, &bad);
        if !closed {
            flipped += flip_long(vertices, faces, &bad);
        }
    }
    faces.retain(|f| sound(vertices, *f));
    Mended { gone: before - faces.len(), flipped }
}

fn distinct([a, b, c]: [u32; 3]) -> bool {
    a != b && b != c && c != a
}

fn side(vertices: &[Point<Head>], face: [u32; 3], k: usize) -> f64 {
    (vertices[face[(k + 1) % 3] as usize] - vertices[face[k] as usize]).norm().get()
}

/// True when some side was closed.
fn close_short(vertices: &[Point<Head>], faces: &mut [[u32; 3]], bad: &[u32]) -> bool {
    let mut sets = Sets::new(vertices.len());
    let mut any = false;
    for f in bad {
        let face = faces[*f as usize];
        for k in 0..3 {
            let (a, b) = (face[k], face[(k + 1) % 3]);
            if side(vertices, face, k) <= SHORT && sets.of(a) != sets.of(b) {
                sets.join(a, b);
                any = true;
                break;
            }
        }
    }
    if any {
        for v in faces.iter_mut().flatten() {
            *v = sets.of(*v);
        }
    }
    any
}

/// How many edges were flipped. Each face takes part once a pass.
fn flip_long(vertices: &[Point<Head>], faces: &mut [[u32; 3]], bad: &[u32]) -> usize {
    let mut partner = vec![u32::MAX; faces.len() * 3];
    for group in EdgeGroups::new(faces, vertices.len()).iter() {
        if let [a, b] = group {
            partner[*a as usize] = *b;
            partner[*b as usize] = *a;
        }
    }
    let mut used = vec![false; faces.len()];
    let mut flipped = 0;
    for f in bad {
        let own = faces[*f as usize];
        let long = (0..3).fold(0, |best, k| if side(vertices, own, k) > side(vertices, own, best) { k } else { best });
        let other = partner[*f as usize * 3 + long];
        if other == u32::MAX || used[*f as usize] || used[other as usize / 3] {
            continue;
        }
        let (a, b, c) = (own[long], own[(long + 1) % 3], own[(long + 2) % 3]);
        let (g, k) = (other as usize / 3, other as usize % 3);
        let theirs = faces[g];
        let d = theirs[(k + 2) % 3];
        if c == d {
            continue;
        }
        // The two new faces keep the winding of the sound one.
        if theirs[k] == b {
            faces[*f as usize] = [a, d, c];
            faces[g] = [d, b, c];
        } else {
            faces[*f as usize] = [a, c, d];
            faces[g] = [d, c, b];
        }
        used[*f as usize] = true;
        used[g] = true;
        flipped += 1;
    }
    flipped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::twice_area;

    fn points(given: &[[f64; 3]]) -> Vec<Point<Head>> {
        given.iter().map(|[x, y, z]| Point::new(*x, *y, *z)).collect()
    }

    fn area(vertices: &[Point<Head>], faces: &[[u32; 3]]) -> f64 {
        faces.iter().map(|f| twice_area(vertices, *f).z / 2.0).sum()
    }

    #[test]
    fn a_cap_is_flipped_into_its_neighbour() {
        // 2 lies on the side 0-1 of the first face; 3 is the far corner of the second, wound alike or not.
        let v = points(&[[0.0, 0.0, 0.0], [0.01, 0.0, 0.0], [0.004, 1e-12, 0.0], [0.005, -0.01, 0.0]]);
        for second in [[1, 0, 3], [0, 1, 3]] {
            let mut faces = vec![[0, 1, 2], second];
            let before = area(&v, &faces[1..]);
            let mended = mend(&v, &mut faces);
            assert_eq!((mended.gone, mended.flipped, faces.len()), (0, 1, 2));
            assert!((area(&v, &faces) - before).abs() < 1e-12, "{faces:?}");
        }
    }

    #[test]
    fn a_needle_loses_its_short_side() {
        let v = points(&[[0.0, 0.0, 0.0], [0.01, 0.0, 0.0], [0.01, 1e-10, 0.0], [0.0, 0.01, 0.0], [0.02, 0.0, 0.0]]);
        let mut faces = vec![[0, 1, 2], [0, 2, 3], [1, 4, 2]];
        let mended = mend(&v, &mut faces);
        assert_eq!((mended.gone, mended.flipped), (2, 0));
        assert_eq!(faces, [[0, 1, 3]]);
    }

    #[test]
    fn a_cap_at_the_border_is_dropped() {
        let v = points(&[[0.0, 0.0, 0.0], [0.01, 0.0, 0.0], [0.004, 1e-12, 0.0], [0.005, -0.01, 0.0]]);
        let mut faces = vec![[0, 1, 2], [2, 0, 3]];
        let mended = mend(&v, &mut faces);
        assert_eq!((mended.gone, faces.as_slice()), (1, &[[2, 0, 3]][..]));
    }
}
