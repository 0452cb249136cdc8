//! A scan of a head: from a mesh file to a checked [`Surface`] in the `Head` frame.
//!
//! In: a PLY, OBJ, STL or GLB file, its unit, four landmarks. Out: [`Scan`]: the surface, what was repaired on the way,
//! the landmarks and `head_from_file`; on the surface: areas, smoothed normals, colours and texture coordinates where
//! the file has them, nearest point, ray and signed distance.
//! Absent: any design, any dot, any robot. Nothing is scaled silently, no large hole is filled, and no vertex is
//! moved but a spike, which is counted.
//!
//! The way of a file: `raw` (one reader a format) -> `unit` -> `landmarks` -> `repair` (in the order of
//! `stipple.md` 12.2) -> [`Surface`]. What a `&Surface` promises, so that nobody checks it again: finite coordinates,
//! no degenerate face, every edge between at most two faces, those two wound alike, faces outward.

mod attributes;
mod border;
mod component;
mod edges;
mod error;
mod geodesic;
mod glb;
mod holes;
mod landmarks;
mod load;
pub mod measure;
mod normals;
mod obj;
mod orient;
mod ply;
mod polygon;
mod query;
mod raw;
pub mod register;
mod repair;
mod rings;
pub mod scanner;
mod slivers;
mod spikes;
mod stl;
mod surface;
mod unit;
mod weld;

pub use attributes::{Attributes, Colour, Corners};
pub use border::{Border, MARGIN as BORDER_MARGIN};
pub use error::{LandmarkFault, Place, ScanError};
pub use geodesic::{DistanceField, Source};
pub use landmarks::{Landmark, Landmarks, LandmarksIn};
pub use load::{Scan, load, load_bytes};
pub use query::Hit;
pub use raw::{Format, RawMesh, read, read_bytes};
pub use repair::{Loop, Repairs};
pub use surface::Surface;
pub use unit::Unit;
