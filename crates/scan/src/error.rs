//! Why a scan was refused: what, where in the file, by how much, and the way out.

use std::fmt;
use std::path::{Path, PathBuf};

use frames::Metres;

use crate::raw::Format;
use crate::{Landmark, Unit};

/// Why a scan was refused.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The fault, and the file it is in.
    #[error("{}: {fault}", file.display())]
    In {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        fault: Box<ScanError>,
    },
    /// The operating system would not hand the file over.
    #[error("cannot be read: {0}; check the path and its permissions")]
    Io(#[from] std::io::Error),
    /// Larger than any head scan.
    #[error("{bytes} bytes, the limit is {limit}; decimate the scan to edges of 0.3-0.5 mm first")]
    TooLarge {
        /// Size of the file.
        bytes: u64,
        /// Most that is read.
        limit: u64,
    },
    /// Neither the name nor the content tells the format.
    #[error("neither its name nor its content says PLY, OBJ, STL or GLB; export the scan as one of these")]
    UnknownFormat,
    /// The file breaks the rules of its format.
    #[error("not a readable {format} file, {place}: {fault}; export the scan again")]
    Malformed {
        /// As what it was read.
        format: Format,
        /// Where.
        place: Place,
        /// What the reader found there.
        fault: String,
    },
    /// A valid file of a kind that is not supported.
    #[error("{format} {feature} is not supported; {way_out}")]
    Unsupported {
        /// As what it was read.
        format: Format,
        /// The feature.
        feature: String,
        /// What to do.
        way_out: &'static str,
    },
    /// NaN or infinity.
    #[error("vertex {vertex} is not finite ({x}, {y}, {z}); export the scan again, it was damaged")]
    NotFinite {
        /// Counted from 0.
        vertex: usize,
        /// Coordinate, file's unit.
        x: f64,
        /// Coordinate, file's unit.
        y: f64,
        /// Coordinate, file's unit.
        z: f64,
    },
    /// A face names a vertex that is not there.
    #[error("face {face} names vertex {index}, the file has {vertices}; export the scan again, it was damaged")]
    NoSuchVertex {
        /// Counted from 0.
        face: usize,
        /// The vertex it names, counted from 0.
        index: i64,
        /// How many there are.
        vertices: usize,
    },
    /// Points or nothing at all.
    #[error("no triangle ({vertices} vertices); export the scan as a mesh, not as a point cloud")]
    NoFaces {
        /// How many there are.
        vertices: usize,
    },
    /// More than an index of 32 bits can count.
    #[error("{count} {what}, the limit is {limit}; decimate the scan first")]
    TooMany {
        /// Vertices or triangles.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// Most that is taken.
        limit: usize,
    },
    /// No unit was declared and the format carries none.
    #[error("no unit: {}", guess_text(*guess, *diagonal))]
    UnitMissing {
        /// Of the bounding box, in the file's numbers.
        diagonal: f64,
        /// The unit that would make it a head.
        guess: Option<Unit>,
    },
    /// With the declared unit this is no head.
    #[error("unit \"{}\" makes the scan {:.3} m across, a head is {:.2} to {:.2} m; {}",
        unit.name(), metres.get(), crate::unit::LEAST.get(), crate::unit::MOST.get(), guess_text(*guess, *diagonal))]
    UnitImpossible {
        /// As declared.
        unit: Unit,
        /// Of the bounding box, in the file's numbers.
        diagonal: f64,
        /// Of the bounding box, with that unit.
        metres: Metres,
        /// The unit that would make it a head.
        guess: Option<Unit>,
    },
    /// Colours or texture coordinates that do not belong to this mesh.
    #[error("{count} {what} for a mesh of {wanted}; give one a vertex or face, or none at all")]
    Attributes {
        /// Colours or texture coordinates.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many vertices or faces the mesh has.
        wanted: usize,
    },
    /// Nothing survived the repairs.
    #[error(
        "none of {faces} triangles is usable: {degenerate} degenerate, {duplicate} duplicate; export the scan again"
    )]
    NothingLeft {
        /// Triangles in the file.
        faces: usize,
        /// Of these without area.
        degenerate: usize,
        /// Of these seen before.
        duplicate: usize,
    },
    /// A landmark cannot be where it is said to be.
    #[error("landmark {landmark}: {fault}; landmarks are in the file's coordinates and unit")]
    Landmark {
        /// Which one.
        landmark: Landmark,
        /// What is wrong with it.
        fault: LandmarkFault,
    },
}

/// Where in a file. Lines, vertices and faces as people count them in that format: lines from 1, the rest from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// Line of a text.
    Line(usize),
    /// Offset from the start of the file.
    Byte(u64),
    /// Number of the vertex.
    Vertex(usize),
    /// Number of the face.
    Face(usize),
}

/// What is wrong with a landmark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LandmarkFault {
    /// NaN or infinity.
    NotFinite,
    /// Too far from or too near to another one.
    Distance {
        /// The other one.
        to: Landmark,
        /// As given.
        is: Metres,
        /// Least of a human head.
        least: Metres,
        /// Most of a human head.
        most: Metres,
    },
    /// Not between the ears.
    OffMiddle {
        /// From the middle of the preauricular points, along their line.
        by: Metres,
        /// Most of a human head.
        most: Metres,
    },
    /// Before or behind the line through the preauricular points, by the wrong amount.
    Ahead {
        /// Signed, positive towards the nasion.
        is: Metres,
        /// Least of a human head.
        least: Metres,
        /// Most of a human head.
        most: Metres,
    },
    /// Far from the scanned surface.
    OffSurface {
        /// Distance to the nearest point.
        by: Metres,
        /// Most that is believed.
        most: Metres,
    },
    /// The side that should be the crown is not round: left and right, or front and back, change places.
    UpsideDown {
        /// Unevenness of the distance to the surface on the side of +z.
        crown: f64,
        /// The same on the side of -z.
        neck: f64,
    },
}

impl ScanError {
    /// Names the file, once.
    pub(crate) fn in_file(self, file: &Path) -> Self {
        match self {
            Self::In { .. } => self,
            fault => Self::In { file: file.to_owned(), fault: Box::new(fault) },
        }
    }

    /// The fault itself, without its file.
    pub fn fault(&self) -> &Self {
        match self {
            Self::In { fault, .. } => fault.fault(),
            fault => fault,
        }
    }

    pub(crate) fn malformed(format: Format, place: Place, fault: impl Into<String>) -> Self {
        // A library's message may quote the file: one line, short, printable.
        let fault: String = fault.into();
        let line = fault.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut clean: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
        if line.chars().count() > 200 {
            clean.push_str("..");
        }
        Self::Malformed { format, place, fault: clean }
    }
}

fn guess_text(guess: Option<Unit>, diagonal: f64) -> String {
    // Three figures tell the units apart.
    let digits = (2 - diagonal.abs().max(1e-3).log10().floor() as i32).clamp(0, 6) as usize;
    match guess {
        Some(unit) => format!(
            "looks like {} (diagonal {diagonal:.digits$}); add unit = \"{}\" to [scan] if that is right",
            unit.plural(),
            unit.name()
        ),
        None => format!(
            "no unit makes a head of a diagonal of {diagonal:.digits$}; cut the scan to the head, then add unit = \
             \"mm\", \"cm\", \"dm\", \"m\" or \"inch\" to [scan]"
        ),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => write!(f, "as a whole"),
            Self::Line(n) => write!(f, "line {n}"),
            Self::Byte(n) => write!(f, "byte {n}"),
            Self::Vertex(n) => write!(f, "vertex {n}"),
            Self::Face(n) => write!(f, "face {n}"),
        }
    }
}

impl fmt::Display for LandmarkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mm = |m: &Metres| format!("{:.1} mm", m.mm());
        match self {
            Self::NotFinite => write!(f, "not a finite number"),
            Self::Distance { to, is, least, most } => {
                write!(f, "{} from the {to}, a head has {} to {}", mm(is), mm(least), mm(most))
            }
            Self::OffMiddle { by, most } => {
                write!(f, "{} off the middle between the preauricular points, at most {}", mm(by), mm(most))
            }
            Self::Ahead { is, least, most } => write!(
                f,
                "{} before the line through the preauricular points, a head has {} to {}",
                mm(is),
                mm(least),
                mm(most)
            ),
            Self::OffSurface { by, most } => write!(f, "{} off the scanned surface, at most {}", mm(by), mm(most)),
            Self::UpsideDown { crown, neck } => write!(
                f,
                "the head stands on its crown (unevenness {crown:.2} above, {neck:.2} below): left and right, or nasion \
                 and inion, have changed places"
            ),
        }
    }
}
