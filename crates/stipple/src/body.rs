//! The smooth test body of stipple.md 1.2, for tests and benches: a bumpy ellipsoid of head size.
//!
//! In: level of subdivision. Out: a surface (level 6: 81 920 triangles, 1121 cm²). Absent: any likeness to a head.

use std::collections::BTreeMap;

use frames::Point;
use nalgebra::Vector3;
use scan::{ScanError, Surface};

/// Half axes, metres.
const HALF: [f64; 3] = [76e-3, 98e-3, 110e-3];

/// Icosphere of `20 * 4^level` triangles, stretched to 76 x 98 x 110 mm with bumps of 1.5 %.
///
/// # Errors
/// None for any level that fits into memory; the surface's own checks speak through.
pub fn test_body(level: u32) -> Result<Surface, ScanError> {
    let (mut vertex, mut face) = icosahedron();
    for _ in 0..level {
        let mut middle: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let mut next = Vec::with_capacity(4 * face.len());
        for [a, b, c] in face {
            let mut mid = |p: u32, q: u32| {
                *middle.entry((p.min(q), p.max(q))).or_insert_with(|| {
                    let m = vertex[p as usize] + vertex[q as usize];
                    vertex.push(m / m.norm());
                    (vertex.len() - 1) as u32
                })
            };
            let (ab, bc, ca) = (mid(a, b), mid(b, c), mid(c, a));
            next.extend([[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]);
        }
        face = next;
    }
    let stretched = vertex.iter().map(|n| {
        let bump = 1.0 + 0.015 * ((3.0 * n.x + 1.0).sin() * (2.0 * n.y).cos() + 0.5 * (5.0 * n.z + 2.0 * n.x).sin());
        Point::new(n.x * bump * HALF[0], n.y * bump * HALF[1], n.z * bump * HALF[2])
    });
    Surface::try_new(stretched.collect(), face).map(|(surface, _)| surface)
}

fn icosahedron() -> (Vec<Vector3<f64>>, Vec<[u32; 3]>) {
    let t = (1.0 + 5.0_f64.sqrt()) / 2.0;
    let corner = [
        [-1.0, t, 0.0],
        [1.0, t, 0.0],
        [-1.0, -t, 0.0],
        [1.0, -t, 0.0],
        [0.0, -1.0, t],
        [0.0, 1.0, t],
        [0.0, -1.0, -t],
        [0.0, 1.0, -t],
        [t, 0.0, -1.0],
        [t, 0.0, 1.0],
        [-t, 0.0, -1.0],
        [-t, 0.0, 1.0],
    ];
    let face = [
        [0, 11, 5],
        [0, 5, 1],
        [0, 1, 7],
        [0, 7, 10],
        [0, 10, 11],
        [1, 5, 9],
        [5, 11, 4],
        [11, 10, 2],
        [10, 7, 6],
        [7, 1, 8],
        [3, 9, 4],
        [3, 4, 2],
        [3, 2, 6],
        [3, 6, 8],
        [3, 8, 9],
        [4, 9, 5],
        [2, 4, 11],
        [6, 2, 10],
        [8, 6, 7],
        [9, 8, 1],
    ];
    (corner.iter().map(|c| Vector3::from(*c).normalize()).collect(), face.to_vec())
}
