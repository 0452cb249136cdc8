//! The whole way from a file to a [`Scan`].
//!
//! In: path, declared unit, landmarks. Out: the checked surface in the head's frame, or the first thing that is wrong.

use std::path::Path;
use std::sync::Arc;

use frames::{File, Head, Point, Pose};

use crate::{Format, Landmarks, LandmarksIn, RawMesh, Repairs, ScanError, Surface, Unit, landmarks, raw, unit};

/// A scan that passed every check.
#[derive(Debug, Clone)]
pub struct Scan {
    /// In the head's frame, metres.
    pub surface: Arc<Surface>,
    /// What was changed on the way.
    pub repairs: Repairs,
    /// In the head's frame, metres.
    pub landmarks: Landmarks,
    /// From the file's coordinates, already in metres.
    pub head_from_file: Pose<Head, File>,
    /// Of the file's numbers.
    pub unit: Unit,
    /// [`Surface::digest`].
    pub digest: [u8; 32],
}

impl Scan {
    /// A point given in the file's coordinates and unit, as scenes give them.
    pub fn head_from_given(&self, p: [f64; 3]) -> Point<Head> {
        let metres = p.map(|c| c * self.unit.metres());
        self.head_from_file * Point::<File>::new(metres[0], metres[1], metres[2])
    }
}

/// Reads, repairs and checks a scan. `unit` may be absent only for GLB, which is in metres by its specification.
///
/// # Errors
/// Whatever is wrong first, with the file's name and a way out.
pub fn load(path: &Path, unit: Option<Unit>, landmarks: &LandmarksIn) -> Result<Scan, ScanError> {
    raw::read(path).and_then(|raw| assemble(raw, unit, landmarks)).map_err(|e| e.in_file(path))
}

/// [`load`], of a file that is in memory already. Faults come without its name.
///
/// # Errors
/// As [`load`].
pub fn load_bytes(
    format: Format,
    bytes: Vec<u8>,
    unit: Option<Unit>,
    landmarks: &LandmarksIn,
) -> Result<Scan, ScanError> {
    raw::read_bytes(format, bytes).and_then(|raw| assemble(raw, unit, landmarks))
}

fn assemble(raw: RawMesh, declared: Option<Unit>, given: &LandmarksIn) -> Result<Scan, ScanError> {
    let diagonal = raw.diagonal();
    let unit = unit::settle(declared.or(raw.format.unit()), diagonal)?;
    // With a wrong unit the landmarks are wrong too; the unit is what to mend.
    let (head_from_file, landmarks) =
        landmarks::frame(given, unit).map_err(|fault| unit::check(unit, diagonal).err().unwrap_or(fault))?;
    let scale = unit.metres();
    let place = |v: &[f64; 3]| head_from_file * Point::<File>::new(v[0] * scale, v[1] * scale, v[2] * scale);
    let vertices = raw.vertices.iter().map(place).collect();
    // A scan of a million triangles is there once, not twice.
    drop(raw.vertices);
    let (surface, repairs) = Surface::try_with(vertices, raw.faces, &raw.attributes)?;
    unit::check(unit, surface.diagonal().get() / scale)?;
    landmarks::check_on(&surface, &landmarks)?;
    let digest = surface.digest();
    Ok(Scan { surface: Arc::new(surface), repairs, landmarks, head_from_file, unit, digest })
}
