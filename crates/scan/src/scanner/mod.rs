//! A scanner that never was: makes a head look as if one had scanned it. For tests and benches only; nothing on the way
//! of a treatment calls it.
//!
//! In: a mesh, what the scanner does to it, a seed. Out: a mesh as it would come from the file of such a scanner, in
//! the same unit and coordinates, so that the landmarks of the original hold. Same seed, same mesh.
//! Absent: registration error, colours, texture, a wrong scale.
//!
//! Figures (`stipple.md` 12.1, 12.3): edges 0.2-0.5 mm and noise about 0.1 mm for hand-held structured light (S50, S51),
//! 0.6-0.8 mm and more noise for telephones (S53, S54), floating blobs of photogrammetry (S56). Real noise is
//! correlated by the fusion of views; independent noise is the harder case.

mod damage;
mod refine;
mod write;

use frames::{Metres, Seed};
use nalgebra::Vector3;

pub use write::{glb, obj, ply, ply_ascii, stl, stl_ascii};

use crate::{Attributes, RawMesh, Unit};

/// What a scanner does to a head. [`Scanner::IDEAL`] does nothing; every field adds one fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scanner {
    /// Edges longer than this are halved until none is left. The new vertices follow the curvature.
    pub longest_edge: Option<Metres>,
    /// Standard deviation along the normal.
    pub noise: Metres,
    /// Over which the noise is alike; zero for noise that differs from vertex to vertex.
    pub correlation: Metres,
    /// Share of the vertices that become spikes.
    pub spikes: f64,
    /// Least and largest height of a spike, outward or inward.
    pub spike_height: [Metres; 2],
    /// How many holes, anywhere.
    pub holes: usize,
    /// Across.
    pub hole_diameter: Metres,
    /// Flakes of skin that float 3 to 60 mm before the head.
    pub loose_parts: usize,
    /// Each triangle brings corners of its own, as STL writes them.
    pub soup: bool,
}

impl Scanner {
    /// Changes nothing.
    pub const IDEAL: Self = Self {
        longest_edge: None,
        noise: Metres::ZERO,
        correlation: Metres::ZERO,
        spikes: 0.0,
        spike_height: [Metres::from_mm(1.0), Metres::from_mm(5.0)],
        holes: 0,
        hole_diameter: Metres::from_mm(12.0),
        loose_parts: 0,
        soup: false,
    };

    /// Everything at once, as no operator would accept it: 0.1 mm of noise, a spike in a thousand vertices, eight holes,
    /// a thousand loose parts, no shared vertices.
    pub const BAD: Self =
        Self { noise: Metres::from_mm(0.1), spikes: 1e-3, holes: 8, loose_parts: 1000, soup: true, ..Self::IDEAL };
}

/// In metres, file's axes.
struct Mesh {
    vertices: Vec<Vector3<f64>>,
    faces: Vec<[u32; 3]>,
}

/// Streams of random numbers: one a fault, so that turning one up leaves the others as they are.
#[derive(Clone, Copy)]
enum Stream {
    Noise = 0x5ca_0001,
    Spike,
    Hole,
    Flake,
}

/// The mesh as this scanner would have written it. Every index of `raw` must exist, as [`crate::read`] ensures.
pub fn rescan(raw: &RawMesh, unit: Unit, scanner: &Scanner, seed: Seed) -> RawMesh {
    let scale = unit.metres();
    let vertices = raw.vertices.iter().map(|v| Vector3::from(*v) * scale).collect();
    let mut mesh = Mesh { vertices, faces: raw.faces.clone() };
    if let Some(edge) = scanner.longest_edge {
        refine::to_edges(&mut mesh, edge.get());
    }
    let normals = damage::normals(&mesh);
    damage::noise(&mut mesh, &normals, scanner, seed);
    damage::spikes(&mut mesh, &normals, scanner, seed);
    // Before the holes, which leave their vertices behind, as some scanners do.
    let flakes = damage::flakes(&mesh, &normals, scanner, seed);
    damage::holes(&mut mesh, scanner, seed);
    damage::add(&mut mesh, flakes);
    if scanner.soup {
        damage::unweld(&mut mesh);
    }
    let vertices = mesh.vertices.iter().map(|v| (v / scale).into()).collect();
    RawMesh { format: raw.format, vertices, faces: mesh.faces, attributes: Attributes::default() }
}
