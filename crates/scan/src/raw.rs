//! What a file holds, before anybody believes it: finite vertices and faces that name them, in the file's unit.
//!
//! In: a path or bytes. Out: [`RawMesh`]. The content decides the format, the name only where the content is silent.
//! Absent: units, repairs.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::{Attributes, ScanError, Unit, glb, obj, ply, stl};

/// Largest file that is read: a scan of 5 million triangles as OBJ.
pub(crate) const MOST_BYTES: u64 = 512 << 20;
/// Most vertices or triangles: three half-edges a triangle must fit 32 bits, with room for what repairs add.
pub(crate) const MOST_ITEMS: usize = 20_000_000;

/// A mesh as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawMesh {
    /// As what it was read.
    pub format: Format,
    /// File's coordinates and unit; all finite.
    pub vertices: Vec<[f64; 3]>,
    /// Triangles; polygons are already cut. All indices exist.
    pub faces: Vec<[u32; 3]>,
    /// Colours and texture coordinates, where the file has them.
    pub attributes: Attributes,
}

/// A mesh format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Stanford polygon file, ascii or binary.
    Ply,
    /// Wavefront.
    Obj,
    /// Stereolithography, ascii or binary.
    Stl,
    /// Binary glTF 2.0.
    Glb,
}

impl Format {
    /// By the content where it has a mark, by the name where it has none.
    pub fn of(path: &Path, bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"glTF") {
            return Some(Self::Glb);
        }
        if bytes.starts_with(b"ply\n") || bytes.starts_with(b"ply\r") {
            return Some(Self::Ply);
        }
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "ply" => Some(Self::Ply),
            "obj" => Some(Self::Obj),
            "stl" => Some(Self::Stl),
            "glb" => Some(Self::Glb),
            _ => None,
        }
    }

    /// The unit that the format prescribes: glTF 2.0, section 3.4, is in metres.
    pub const fn unit(self) -> Option<Unit> {
        match self {
            Self::Glb => Some(Unit::Metre),
            Self::Ply | Self::Obj | Self::Stl => None,
        }
    }
}

impl RawMesh {
    /// Of the bounding box of the vertices that faces use, in the file's unit.
    pub fn diagonal(&self) -> f64 {
        let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
        for v in self.faces.iter().flatten() {
            for (k, c) in self.vertices[*v as usize].iter().enumerate() {
                low[k] = low[k].min(*c);
                high[k] = high[k].max(*c);
            }
        }
        (0..3).map(|k| (high[k] - low[k]).powi(2)).sum::<f64>().sqrt()
    }

    pub(crate) fn checked(format: Format, vertices: Vec<[f64; 3]>, faces: Vec<[u32; 3]>) -> Result<Self, ScanError> {
        check_counts(vertices.len(), faces.len())?;
        check_finite(vertices.iter().copied())?;
        check_indices(&faces, vertices.len())?;
        Ok(Self { format, vertices, faces, attributes: Attributes::default() })
    }

    pub(crate) fn with(self, attributes: Attributes) -> Result<Self, ScanError> {
        attributes.check(self.vertices.len(), self.faces.len())?;
        Ok(Self { attributes, ..self })
    }
}

/// Reads a mesh file. Faults come without the file's name; [`crate::load`] adds it.
///
/// # Errors
/// The file cannot be read, is too large, is in no known format, or breaks the rules of its format.
pub fn read(path: &Path) -> Result<RawMesh, ScanError> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let too_large = |bytes| ScanError::TooLarge { bytes, limit: MOST_BYTES };
    if size > MOST_BYTES {
        return Err(too_large(size));
    }
    // The size may lie (a pipe says 0), so the reading is capped too.
    let mut bytes = Vec::with_capacity(size as usize + 1);
    Read::by_ref(&mut file).take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    let format = Format::of(path, &bytes).ok_or(ScanError::UnknownFormat)?;
    read_bytes(format, bytes)
}

/// Reads a mesh from memory.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(format: Format, bytes: Vec<u8>) -> Result<RawMesh, ScanError> {
    match format {
        Format::Ply => ply::read(&bytes),
        Format::Obj => obj::read(&bytes),
        Format::Stl => stl::read(bytes),
        Format::Glb => glb::read(&bytes),
    }
}

pub(crate) fn check_counts(vertices: usize, faces: usize) -> Result<(), ScanError> {
    if faces == 0 {
        return Err(ScanError::NoFaces { vertices });
    }
    for (what, count) in [("vertices", vertices), ("triangles", faces)] {
        if count > MOST_ITEMS {
            return Err(ScanError::TooMany { what, count, limit: MOST_ITEMS });
        }
    }
    Ok(())
}

pub(crate) fn check_finite(vertices: impl Iterator<Item = [f64; 3]>) -> Result<(), ScanError> {
    match vertices.enumerate().find(|(_, v)| v.iter().any(|c| !c.is_finite())) {
        Some((vertex, [x, y, z])) => Err(ScanError::NotFinite { vertex, x, y, z }),
        None => Ok(()),
    }
}

pub(crate) fn check_indices(faces: &[[u32; 3]], vertices: usize) -> Result<(), ScanError> {
    for (face, corners) in faces.iter().enumerate() {
        if let Some(index) = corners.iter().find(|v| **v as usize >= vertices) {
            return Err(ScanError::NoSuchVertex { face, index: i64::from(*index), vertices });
        }
    }
    Ok(())
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ply => "PLY",
            Self::Obj => "OBJ",
            Self::Stl => "STL",
            Self::Glb => "GLB",
        })
    }
}
