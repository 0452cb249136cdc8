//! A finer mesh of the same head.
//!
//! In: a mesh and the longest edge allowed. Out: the same mesh, edges halved until none is longer. Old vertices stay;
//! new ones lie on the curve that the normals of both ends suggest (Phong tessellation, Boubekeur and Alexa (2008), ACM
//! TOG 27(5)), so that a coarse head does not keep its facets.

use nalgebra::Vector3;

use super::{Mesh, damage};
use crate::edges::{EdgeGroups, NONE, ends};
use crate::raw::MOST_ITEMS;

/// How far towards the tangent planes; the paper's recommendation.
const ROUND: f64 = 0.75;

pub(super) fn to_edges(mesh: &mut Mesh, longest: f64) {
    while mesh.faces.len() * 4 < MOST_ITEMS {
        let normals = damage::normals(mesh);
        let mut middle = vec![NONE; mesh.faces.len() * 3];
        let mut any = false;
        for group in EdgeGroups::new(&mesh.faces, mesh.vertices.len()).iter() {
            let (a, b) = ends(&mesh.faces, group[0]);
            let [a, b] = [a, b].map(|v| v as usize);
            // Written so that NaN is left alone.
            if (mesh.vertices[b] - mesh.vertices[a]).norm() > longest {
                let new = mesh.vertices.len() as u32;
                mesh.vertices.push(between(mesh.vertices[a], mesh.vertices[b], normals[a], normals[b]));
                group.iter().for_each(|h| middle[*h as usize] = new);
                any = true;
            }
        }
        if !any {
            return;
        }
        let mut cut = Vec::with_capacity(mesh.faces.len() * 2);
        for (face, middle) in mesh.faces.iter().zip(middle.as_chunks::<3>().0) {
            split(*face, *middle, &mesh.vertices, &mut cut);
        }
        mesh.faces = cut;
    }
}

/// `n` and `m` are unit normals, or zero where there is none.
fn between(a: Vector3<f64>, b: Vector3<f64>, n: Vector3<f64>, m: Vector3<f64>) -> Vector3<f64> {
    let straight = (a + b) / 2.0;
    let onto = |at: Vector3<f64>, normal: Vector3<f64>| straight - normal * normal.dot(&(straight - at));
    straight * (1.0 - ROUND) + (onto(a, n) + onto(b, m)) * (ROUND / 2.0)
}

/// `middle[k]` is the new vertex on the side from corner k to k + 1, or [`NONE`].
fn split([a, b, c]: [u32; 3], middle: [u32; 3], vertices: &[Vector3<f64>], out: &mut Vec<[u32; 3]>) {
    match middle {
        [NONE, NONE, NONE] => out.push([a, b, c]),
        [m, NONE, NONE] => out.extend([[a, m, c], [m, b, c]]),
        [m, n, NONE] if m != NONE && n != NONE => {
            out.push([m, b, n]);
            // The shorter diagonal of a m n c.
            let length = |p: u32, q: u32| (vertices[p as usize] - vertices[q as usize]).norm_squared();
            out.extend(if length(a, n) < length(m, c) { [[a, m, n], [a, n, c]] } else { [[a, m, c], [m, n, c]] });
        }
        [m, n, o] if !middle.contains(&NONE) => out.extend([[a, m, o], [m, b, n], [o, n, c], [m, n, o]]),
        // The other cases are these, turned.
        [m, n, o] => split([b, c, a], [n, o, m], vertices, out),
    }
}
