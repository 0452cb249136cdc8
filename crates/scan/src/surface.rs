//! The checked surface of a head, and everything the later stages ask of it.
//!
//! In: vertices and faces that went through `repair`. Out: geometry, neighbours, smoothed normals, queries.
//! Absent: any fallible query: what could fail was refused at the door.

use std::sync::Arc;

use frames::{Dir, Head, Metres, Point};
use nalgebra::Vector3;
use sha2::{Digest, Sha256};

use crate::attributes::mix;
use crate::edges::{NONE, Neighbours};
use crate::query::Tree;
use crate::{Attributes, Border, Hit, Repairs, ScanError, normals, repair};

/// A checked triangle mesh in the `Head` frame, metres. Wound counter-clockwise seen from outside.
#[derive(Clone)]
pub struct Surface {
    vertices: Vec<Point<Head>>,
    faces: Vec<[u32; 3]>,
    neighbours: Neighbours,
    normals: Vec<Dir<Head>>,
    axes: Vec<Dir<Head>>,
    areas: Vec<f64>,
    area: f64,
    closed: bool,
    border: Arc<Border>,
    tree: Tree,
    attributes: Attributes,
}

impl Surface {
    /// Checks and repairs in the order of `stipple.md` 12.2, and counts what it did.
    ///
    /// # Errors
    /// Coordinates that are not finite, faces that name no vertex, nothing left.
    pub fn try_new(vertices: Vec<Point<Head>>, faces: Vec<[u32; 3]>) -> Result<(Self, Repairs), ScanError> {
        Self::try_with(vertices, faces, &Attributes::default())
    }

    /// As [`Self::try_new`], with colours and texture coordinates that follow their vertices and faces through the
    /// repairs.
    ///
    /// # Errors
    /// As [`Self::try_new`]; attributes of another number than vertices or faces.
    pub fn try_with(
        vertices: Vec<Point<Head>>,
        faces: Vec<[u32; 3]>,
        attributes: &Attributes,
    ) -> Result<(Self, Repairs), ScanError> {
        let (mesh, repairs) = repair::repair(vertices, faces, attributes)?;
        let repair::Mesh { attributes, vertices, faces, neighbours, rings } = mesh;
        // Neither looks at the other's work.
        let (smoothed, tree) =
            rayon::join(|| normals::smooth(&vertices, &faces, &rings), || Tree::new(&vertices, &faces));
        let areas: Vec<f64> = faces.iter().map(|f| twice_area(&vertices, *f).norm() / 2.0).collect();
        let area = areas.iter().sum();
        let closed = neighbours.iter().flatten().all(|n| *n != NONE);
        let border = Arc::new(Border::new(&vertices, &faces, &neighbours));
        let surface = Self {
            vertices,
            faces,
            neighbours,
            normals: smoothed.area,
            axes: smoothed.axis,
            areas,
            area,
            closed,
            border,
            tree,
            attributes,
        };
        Ok((surface, repairs))
    }

    /// Metres.
    pub fn vertices(&self) -> &[Point<Head>] {
        &self.vertices
    }

    /// Indices into [`Self::vertices`], counter-clockwise seen from outside.
    pub fn faces(&self) -> &[[u32; 3]] {
        &self.faces
    }

    /// The faces across the edges v0v1, v1v2, v2v0; `None` at a border.
    pub fn neighbours(&self, face: u32) -> [Option<u32>; 3] {
        self.neighbours[face as usize].map(|n| (n != NONE).then_some(n))
    }

    pub(crate) fn neighbour_table(&self) -> &[[u32; 3]] {
        &self.neighbours
    }

    /// Outward normals at the vertices, mean over R = 3 mm: for areas and dot density.
    pub fn vertex_normals(&self) -> &[Dir<Head>] {
        &self.normals
    }

    /// [`Self::vertex_normals`], interpolated.
    pub fn normal_at(&self, face: u32, bary: [f64; 3]) -> Dir<Head> {
        self.blend(&self.normals, face, bary)
    }

    /// The needle's axis, outward: mean normal over R = 5 mm, interpolated.
    pub fn axis_at(&self, face: u32, bary: [f64; 3]) -> Dir<Head> {
        self.blend(&self.axes, face, bary)
    }

    /// The face's own normal, unsmoothed, outward.
    pub fn face_normal(&self, face: u32) -> Dir<Head> {
        // No face is degenerate.
        Dir::try_from_vector(twice_area(&self.vertices, self.faces[face as usize])).unwrap_or(Dir::Z)
    }

    /// Area of a face, m².
    pub fn face_area(&self, face: u32) -> f64 {
        self.areas[face as usize]
    }

    /// Area of a face seen along the smoothed normal, m²: free of the inflation by scan noise (`stipple.md` 12.3).
    pub fn projected_area(&self, face: u32) -> f64 {
        let normal = self.normal_at(face, [1.0 / 3.0; 3]);
        (twice_area(&self.vertices, self.faces[face as usize]).dot(normal.get()) / 2.0).max(0.0)
    }

    /// Area of all faces, m².
    pub fn area(&self) -> f64 {
        self.area
    }

    /// The place with these weights of the face's vertices.
    pub fn at(&self, face: u32, bary: [f64; 3]) -> Point<Head> {
        let [a, b, c] = self.faces[face as usize].map(|v| self.vertices[v as usize].coords.coords);
        Point::from(a * bary[0] + b * bary[1] + c * bary[2])
    }

    /// True when the file coloured at least one vertex.
    pub fn has_colours(&self) -> bool {
        self.attributes.colours.as_ref().is_some_and(|all| all.iter().any(Option::is_some))
    }

    /// True when the file gave at least one face texture coordinates.
    pub fn has_uv(&self) -> bool {
        self.attributes.uv.as_ref().is_some_and(|all| all.iter().any(Option::is_some))
    }

    /// sRGB, each 0 to 1, interpolated between the face's vertices. `None` where one of them has no colour, as in a hole
    /// that was filled.
    pub fn colour_at(&self, face: u32, bary: [f64; 3]) -> Option<[f64; 3]> {
        let colours = self.attributes.colours.as_ref()?;
        let [Some(a), Some(b), Some(c)] = self.faces[face as usize].map(|v| colours[v as usize]) else { return None };
        Some(mix(&[a, b, c], bary))
    }

    /// Texture coordinates, u to the right and v up, interpolated between the face's own corners, so that seams are
    /// right. `None` where the file has none for this face, as in a hole that was filled.
    pub fn uv_at(&self, face: u32, bary: [f64; 3]) -> Option<[f64; 2]> {
        let corners = self.attributes.uv.as_ref()?[face as usize]?;
        Some(mix(&corners, bary))
    }

    /// The nearest place on the surface. A point that is not finite has none; it gets the first vertex at an infinite
    /// distance.
    pub fn nearest(&self, p: Point<Head>) -> Hit {
        self.tree.nearest(&self.vertices, &self.faces, p, f64::MAX).unwrap_or(Hit {
            point: self.at(0, [1.0, 0.0, 0.0]),
            face: 0,
            bary: [1.0, 0.0, 0.0],
            distance: Metres::new(f64::INFINITY),
        })
    }

    /// The first face along a ray, from either side, at most `reach` away.
    pub fn cast(&self, from: Point<Head>, dir: Dir<Head>, reach: Metres) -> Option<Hit> {
        self.tree.cast(&self.vertices, &self.faces, from, dir.get(), reach.get())
    }

    /// Distance to the surface, negative inside. Exact for a closed surface; beyond the border of an open one the sign
    /// is that of the side of the nearest face.
    pub fn signed_distance(&self, p: Point<Head>) -> Metres {
        let hit = self.nearest(p);
        let out = (p - hit.point).vector;
        if out.dot(&self.pseudo_normal(&hit)) < 0.0 { -hit.distance } else { hit.distance }
    }

    /// True when no edge is a border.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Where the data end: the neck, and holes too large to fill.
    pub const fn border(&self) -> &Arc<Border> {
        &self.border
    }

    /// True within [`crate::BORDER_MARGIN`] of where the data end: no dot belongs there.
    pub fn near_border(&self, p: Point<Head>) -> bool {
        self.border.distance(p, crate::BORDER_MARGIN).is_some()
    }

    /// SHA-256 of the vertices on a 1 µm grid and the faces.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update((self.vertices.len() as u64).to_le_bytes());
        for p in &self.vertices {
            for c in p.coords.iter() {
                hash.update(((c * 1e6).round() as i64).to_le_bytes());
            }
        }
        for v in self.faces.iter().flatten() {
            hash.update(v.to_le_bytes());
        }
        hash.finalize().into()
    }

    /// Diagonal of the bounding box.
    pub fn diagonal(&self) -> Metres {
        let (mut low, mut high) = (self.vertices[0].coords.coords, self.vertices[0].coords.coords);
        for p in &self.vertices {
            low = low.inf(&p.coords.coords);
            high = high.sup(&p.coords.coords);
        }
        Metres::new((high - low).norm())
    }

    fn blend(&self, of: &[Dir<Head>], face: u32, bary: [f64; 3]) -> Dir<Head> {
        let corners = self.faces[face as usize].map(|v| of[v as usize].get().into_inner());
        let sum = corners[0] * bary[0] + corners[1] * bary[1] + corners[2] * bary[2];
        Dir::try_from_vector(sum).unwrap_or_else(|| self.face_normal(face))
    }

    /// The direction whose dot product with `p - hit.point` has the sign of outside: the face's normal, the sum of two
    /// at an edge, the angle-weighted sum at a vertex. Bærentzen and Aanæs (2005), IEEE TVCG 11(3).
    fn pseudo_normal(&self, hit: &Hit) -> Vector3<f64> {
        let own = self.face_normal(hit.face).get().into_inner();
        let zeros = hit.bary.map(|w| w <= 0.0);
        match zeros {
            [false, false, true] => own + self.across(hit.face, 0),
            [true, false, false] => own + self.across(hit.face, 1),
            [false, true, false] => own + self.across(hit.face, 2),
            [false, true, true] => self.vertex_pseudo_normal(hit.face, 0),
            [true, false, true] => self.vertex_pseudo_normal(hit.face, 1),
            [true, true, false] => self.vertex_pseudo_normal(hit.face, 2),
            _ => own,
        }
    }

    fn across(&self, face: u32, side: usize) -> Vector3<f64> {
        match self.neighbours[face as usize][side] {
            NONE => Vector3::zeros(),
            other => self.face_normal(other).get().into_inner(),
        }
    }

    /// Over the fan of faces around a corner; both ways when a border cuts it.
    fn vertex_pseudo_normal(&self, face: u32, corner: usize) -> Vector3<f64> {
        let vertex = self.faces[face as usize][corner];
        let mut sum = Vector3::zeros();
        let mut at = face;
        // A fan has no more faces than the mesh.
        for _ in 0..self.faces.len() {
            sum += self.angle_normal(at, vertex);
            let Some(k) = self.corner_of(at, vertex) else { return sum };
            match self.neighbours[at as usize][k] {
                NONE => break,
                next if next == face => return sum,
                next => at = next,
            }
        }
        at = face;
        for _ in 0..self.faces.len() {
            let Some(k) = self.corner_of(at, vertex) else { return sum };
            match self.neighbours[at as usize][(k + 2) % 3] {
                NONE => return sum,
                next if next == face => return sum,
                next => at = next,
            }
            sum += self.angle_normal(at, vertex);
        }
        sum
    }

    fn corner_of(&self, face: u32, vertex: u32) -> Option<usize> {
        self.faces[face as usize].iter().position(|v| *v == vertex)
    }

    fn angle_normal(&self, face: u32, vertex: u32) -> Vector3<f64> {
        let Some(k) = self.corner_of(face, vertex) else { return Vector3::zeros() };
        let f = self.faces[face as usize];
        let at = |i: usize| self.vertices[f[(k + i) % 3] as usize].coords;
        self.face_normal(face).get().into_inner() * (at(1) - at(0)).angle(&(at(2) - at(0)))
    }
}

impl std::fmt::Debug for Surface {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surface")
            .field("vertices", &self.vertices.len())
            .field("faces", &self.faces.len())
            .field("area", &self.area)
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

pub(crate) fn twice_area(vertices: &[Point<Head>], face: [u32; 3]) -> Vector3<f64> {
    let [a, b, c] = face.map(|v| vertices[v as usize].coords);
    (b - a).cross(&(c - a))
}
