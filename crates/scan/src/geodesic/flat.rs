//! Triangles laid flat, and the fan of faces around a vertex.
//!
//! In: a surface. Out: plane coordinates in the frame of a half-edge: its start at the origin, its end on +x, the rest
//! of its face at y > 0.

use nalgebra::Vector2;

use crate::edges::{next, twin};
use crate::geodesic::Source;
use crate::{Surface, edges};

pub(super) type Flat = Vector2<f64>;

/// Weights below this are none: 1e-9 of an edge of 1 mm is a picometre.
const ON: f64 = 1e-9;

/// A half-edge and its face, laid flat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Laid {
    /// Length of the half-edge.
    pub(super) length: f64,
    /// The corner across.
    pub(super) apex: Flat,
}

pub(super) struct Mesh<'a> {
    pub(super) surface: &'a Surface,
    /// Per vertex, a half-edge that starts there.
    start: Vec<u32>,
}

impl<'a> Mesh<'a> {
    pub(super) fn new(surface: &'a Surface) -> Self {
        let mut start = vec![edges::NONE; surface.vertices().len()];
        for (f, face) in surface.faces().iter().enumerate() {
            for (k, v) in face.iter().enumerate() {
                start[*v as usize] = (3 * f + k) as u32;
            }
        }
        Self { surface, start }
    }

    pub(super) fn vertex(&self, half_edge: u32) -> u32 {
        self.surface.faces()[half_edge as usize / 3][half_edge as usize % 3]
    }

    pub(super) fn distance(&self, a: u32, b: u32) -> f64 {
        let v = self.surface.vertices();
        (v[a as usize] - v[b as usize]).norm().get()
    }

    pub(super) fn twin(&self, half_edge: u32) -> Option<u32> {
        twin(self.surface.faces(), self.surface.neighbour_table(), half_edge)
    }

    pub(super) fn lay(&self, half_edge: u32) -> Laid {
        let at = |h: u32| self.surface.vertices()[self.vertex(h) as usize].coords.coords;
        let (a, b, c) = (at(half_edge), at(next(half_edge)), at(next(next(half_edge))));
        let (ab, ac) = (b - a, c - a);
        let length = ab.norm();
        let x = ab.dot(&ac) / length;
        // Of the area, which keeps its figures in slivers.
        let y = ab.cross(&ac).norm() / length;
        Laid { length, apex: Flat::new(x, y) }
    }

    /// The half-edges that start at a vertex; and whether they go all around.
    pub(super) fn around(&self, vertex: u32, out: &mut Vec<u32>) -> bool {
        out.clear();
        let first = self.start[vertex as usize];
        if first == edges::NONE {
            return false;
        }
        out.push(first);
        // Across the edge that ends here, to the half-edge that starts here; a fan is one, as repairs see to.
        let mut h = first;
        while let Some(other) = self.twin(next(next(h))) {
            if other == first {
                return true;
            }
            out.push(other);
            h = other;
        }
        let mut h = first;
        while let Some(other) = self.twin(h).map(next) {
            out.push(other);
            h = other;
        }
        false
    }

    /// Where a source lies in the frame of a half-edge of its face.
    pub(super) fn place(&self, source: &Source, half_edge: u32) -> Flat {
        let laid = self.lay(half_edge);
        let k = half_edge as usize % 3;
        let (b, c) = (source.bary[(k + 1) % 3], source.bary[(k + 2) % 3]);
        Flat::new(b * laid.length, 0.0) + laid.apex * c
    }

    /// The corner, of three, at which a source stands.
    pub(super) fn corner(source: &Source) -> Option<usize> {
        source.bary.iter().position(|w| *w >= 1.0 - ON)
    }

    /// The same place, seen from the face across the edge on which it lies.
    pub(super) fn mirrored(&self, source: &Source) -> Option<Source> {
        let k = (0..3).find(|k| source.bary[(k + 2) % 3] <= ON)?;
        let other = self.twin(source.face * 3 + k as u32)?;
        let mut bary = [0.0; 3];
        bary[other as usize % 3] = source.bary[(k + 1) % 3];
        bary[next(other) as usize % 3] = source.bary[k];
        Some(Source { face: other / 3, bary })
    }
}

/// From the frame of a half-edge to the frame of the twin of another edge of its face, which begins at `from`, `along`.
pub(super) fn turn(p: Flat, from: Flat, along: Flat) -> Flat {
    let d = p - from;
    Flat::new(along.dot(&d), along.perp(&d))
}

/// Squared length of the difference of two places in a triangle, by their weights and the squared sides 01, 12, 20.
pub(super) fn squared(a: [f64; 3], b: [f64; 3], sides: [f64; 3]) -> f64 {
    let d: [f64; 3] = std::array::from_fn(|k| a[k] - b[k]);
    (-(d[0] * d[1] * sides[0] + d[1] * d[2] * sides[1] + d[2] * d[0] * sides[2])).max(0.0)
}
