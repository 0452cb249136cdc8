//! Bodies to break, and the promises every surface keeps.

use std::collections::HashMap;

use frames::{Head, Point};
use nalgebra::Vector3;
use scan::Surface;

/// Vertices and faces, metres, wound outward.
pub(crate) type Body = (Vec<Point<Head>>, Vec<[u32; 3]>);

/// An icosahedron, each face cut in four `levels` times, on a sphere around `middle`.
pub(crate) fn sphere(middle: [f64; 3], radius: f64, levels: u32) -> Body {
    let g = (1.0 + 5.0_f64.sqrt()) / 2.0;
    let mut corners: Vec<Vector3<f64>> = Vec::new();
    for (a, b) in [(1.0, g), (1.0, -g), (-1.0, g), (-1.0, -g)] {
        corners.extend([Vector3::new(0.0, a, b), Vector3::new(a, b, 0.0), Vector3::new(b, 0.0, a)]);
    }
    let mut faces = Vec::new();
    let n = corners.len();
    for a in 0..n {
        for b in a + 1..n {
            for c in b + 1..n {
                let near = |i: usize, j: usize| (corners[i] - corners[j]).norm() < 2.1;
                if near(a, b) && near(b, c) && near(c, a) {
                    let out = (corners[b] - corners[a]).cross(&(corners[c] - corners[a])).dot(&corners[a]) > 0.0;
                    faces.push(if out { [a, b, c] } else { [a, c, b] }.map(|v| v as u32));
                }
            }
        }
    }
    for corner in &mut corners {
        corner.normalize_mut();
    }
    for _ in 0..levels {
        let mut middles: HashMap<(u32, u32), u32> = HashMap::new();
        let mut cut = Vec::with_capacity(faces.len() * 4);
        for face in &faces {
            let m: [u32; 3] = std::array::from_fn(|k| {
                let (a, b) = (face[k], face[(k + 1) % 3]);
                *middles.entry((a.min(b), a.max(b))).or_insert_with(|| {
                    corners.push((corners[a as usize] + corners[b as usize]).normalize());
                    corners.len() as u32 - 1
                })
            });
            cut.extend([[face[0], m[0], m[2]], [face[1], m[1], m[0]], [face[2], m[2], m[1]], m]);
        }
        faces = cut;
    }
    let place = |v: &Vector3<f64>| Point::from(v * radius + Vector3::from(middle));
    (corners.iter().map(place).collect(), faces)
}

/// Two bodies in one mesh.
pub(crate) fn both((mut vertices, mut faces): Body, (more, more_faces): Body) -> Body {
    let first = vertices.len() as u32;
    vertices.extend(more);
    faces.extend(more_faces.iter().map(|f| f.map(|v| v + first)));
    (vertices, faces)
}

/// Six times the volume, from the faces' winding.
pub(crate) fn volume(surface: &Surface) -> f64 {
    let at = |v: u32| surface.vertices()[v as usize].coords.coords;
    surface.faces().iter().map(|f| at(f[0]).dot(&at(f[1]).cross(&at(f[2])))).sum()
}

/// What a `&Surface` promises.
#[track_caller]
pub(crate) fn keeps_its_promises(surface: &Surface) {
    assert!(surface.vertices().iter().all(|p| p.coords.iter().all(|c| c.is_finite())));
    let mut used = vec![false; surface.vertices().len()];
    let mut borders = 0;
    for (f, face) in surface.faces().iter().enumerate() {
        assert!(surface.face_area(f as u32) >= 1e-12);
        for v in face {
            used[*v as usize] = true;
        }
        for (k, other) in surface.neighbours(f as u32).into_iter().enumerate() {
            let Some(other) = other else {
                borders += 1;
                continue;
            };
            let edge = (face[(k + 1) % 3], face[k]);
            let theirs = surface.faces()[other as usize];
            let side = (0..3).find(|j| (theirs[*j], theirs[(*j + 1) % 3]) == edge);
            let back = side.map(|j| surface.neighbours(other)[j]);
            assert_eq!(back, Some(Some(f as u32)), "faces {f} and {other} are not wound alike");
        }
    }
    assert!(used.iter().all(|u| *u), "an unused vertex");
    assert_eq!(surface.is_closed(), borders == 0);
    let total: f64 = (0..surface.faces().len() as u32).map(|f| surface.face_area(f)).sum();
    assert!((total - surface.area()).abs() <= 1e-12 * total);
    for (f, p) in [(0, [1.0, 0.0, 0.0]), (surface.faces().len() as u32 / 2, [1.0 / 3.0; 3])] {
        let hit = surface.nearest(surface.at(f, p));
        let rounding = 1e-12 * (1.0 + surface.diagonal().get());
        assert!(hit.distance.get() < rounding, "a place on the surface is {} off it", hit.distance);
    }
}
