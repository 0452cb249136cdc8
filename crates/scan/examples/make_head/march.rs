//! A first mesh of the field: marching tetrahedra on a cubic grid.
//!
//! In: a field, negative inside. Out: a closed, oriented manifold, with slivers that the remesher takes away.
//! Tetrahedra and not cubes, because they have no ambiguous case: the result is closed whatever the field.
//! Doi and Koide 1991; Kuhn's cut of a cube in six.

use std::collections::HashMap;

use crate::clay::{Vec3, v};
use crate::mesh::Mesh;

const STEP: f64 = 1.6;
const LOW: [f64; 3] = [-105.6, -123.2, -151.8];
const CELLS: [usize; 3] = [132, 160, 184];
const BLOCK: usize = 4;

pub(crate) fn march(field: &(dyn Fn(&Vec3) -> f64 + Sync)) -> Mesh {
    let n = CELLS.map(|c| c + 1);
    let at =
        |i: usize, j: usize, k: usize| v(LOW[0] + STEP * i as f64, LOW[1] + STEP * j as f64, LOW[2] + STEP * k as f64);
    let number = |i: usize, j: usize, k: usize| (k * n[1] + j) * n[0] + i;
    let mut value = vec![0.0; n[0] * n[1] * n[2]];
    // Blocks of 4 x 4 x 4 cells: far from the surface, one value serves the whole block.
    let far = STEP * BLOCK as f64 * 2.2;
    for k0 in (0..n[2]).step_by(BLOCK) {
        for j0 in (0..n[1]).step_by(BLOCK) {
            for i0 in (0..n[0]).step_by(BLOCK) {
                let middle = field(&(at(i0, j0, k0) + v(1.5, 1.5, 1.5) * STEP));
                for k in k0..(k0 + BLOCK).min(n[2]) {
                    for j in j0..(j0 + BLOCK).min(n[1]) {
                        for i in i0..(i0 + BLOCK).min(n[0]) {
                            value[number(i, j, k)] = if middle.abs() > far { middle } else { field(&at(i, j, k)) };
                        }
                    }
                }
            }
        }
    }
    let mut mesh = Mesh { points: Vec::new(), faces: Vec::new() };
    let mut made: HashMap<(usize, usize), u32> = HashMap::new();
    for k in 0..CELLS[2] {
        for j in 0..CELLS[1] {
            for i in 0..CELLS[0] {
                let corner: [(usize, Vec3); 8] = std::array::from_fn(|c| {
                    let (a, b, e) = (i + (c & 1), j + (c >> 1 & 1), k + (c >> 2));
                    (number(a, b, e), at(a, b, e))
                });
                let inside = corner.iter().filter(|c| value[c.0] < 0.0).count();
                if inside == 0 || inside == 8 {
                    continue;
                }
                for path in [[1, 3], [3, 2], [2, 6], [6, 4], [4, 5], [5, 1]] {
                    let tet = [corner[0], corner[path[0]], corner[path[1]], corner[7]];
                    cut(&tet, &value, &mut made, &mut mesh);
                }
            }
        }
    }
    mesh
}

/// The triangles of one positively oriented tetrahedron.
fn cut(tet: &[(usize, Vec3); 4], value: &[f64], made: &mut HashMap<(usize, usize), u32>, mesh: &mut Mesh) {
    let mut cross = |a: (usize, Vec3), b: (usize, Vec3)| {
        let (a, b) = if a.0 < b.0 { (a, b) } else { (b, a) };
        *made.entry((a.0, b.0)).or_insert_with(|| {
            let (fa, fb) = (value[a.0], value[b.0]);
            let t = (fa / (fa - fb)).clamp(0.02, 0.98);
            mesh.points.push(a.1 + (b.1 - a.1) * t);
            (mesh.points.len() - 1) as u32
        })
    };
    let (mut inn, mut out) = (Vec::new(), Vec::new());
    for c in tet {
        if value[c.0] < 0.0 { inn.push(*c) } else { out.push(*c) }
    }
    let ring: Vec<u32> = match (inn.len(), out.len()) {
        (1, 3) => out.iter().map(|&o| cross(inn[0], o)).collect(),
        (3, 1) => inn.iter().map(|&i| cross(i, out[0])).collect(),
        (2, 2) => vec![cross(inn[0], out[0]), cross(inn[0], out[1]), cross(inn[1], out[1]), cross(inn[1], out[0])],
        _ => return,
    };
    let from = inn.iter().fold(Vec3::zeros(), |s, c| s + c.1) / inn.len() as f64;
    let to = out.iter().fold(Vec3::zeros(), |s, c| s + c.1) / out.len() as f64;
    for t in 1..ring.len() - 1 {
        let (a, b, c) = (ring[0], ring[t], ring[t + 1]);
        let p = |i: u32| mesh.points[i as usize];
        let outwards = (p(b) - p(a)).cross(&(p(c) - p(a))).dot(&(to - from)) > 0.0;
        mesh.faces.push(if outwards { [a, b, c] } else { [a, c, b] });
    }
}
