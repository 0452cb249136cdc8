//! From whatever a scanner wrote to a mesh that keeps the promises of [`crate::Surface`], counting every change.
//!
//! In: vertices and faces, metres, and what they carry. Out: [`Mesh`] and [`Repairs`]. The order is that of
//! `stipple.md` 12.2. Linear time.
//! Not done here, though that list names it: decimation (step 10), which a scan of 800 000 triangles does not need.

use std::fmt;

use frames::{Head, Metres, Point};

use crate::edges::{Neighbours, split_fans};
use crate::orient::orient;
use crate::rings::Rings;
use crate::{Attributes, ScanError, component, holes, slivers, spikes, weld};

/// What was changed, and the borders that were left. All zero and empty for a clean closed scan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Repairs {
    /// Vertices within 1 µm of another one, made one with it.
    pub merged_vertices: usize,
    /// Faces without area, or longer than 10 000 times their height, taken out.
    pub degenerate_faces: usize,
    /// Edges flipped to take such a face out without a slit.
    pub flipped_edges: usize,
    /// Second copies of a face.
    pub duplicate_faces: usize,
    /// Loose parts left out.
    pub dropped_parts: usize,
    /// Their faces.
    pub dropped_faces: usize,
    /// Vertices that no face used.
    pub unused_vertices: usize,
    /// Faces left without partner at an edge of more than two faces.
    pub detached_faces: usize,
    /// Edges cut because no winding suits both sides.
    pub cut_edges: usize,
    /// Vertices given a copy, where sheets only touched.
    pub split_vertices: usize,
    /// Faces wound the other way, to look outward.
    pub turned_faces: usize,
    /// Holes of less than 10 mm around, filled.
    pub filled_holes: usize,
    /// Vertices that stuck out of the skin or into it, moved onto it.
    pub moved_spikes: usize,
    /// The longest way one of them was moved.
    pub farthest_spike: Metres,
    /// Borders that stay, longest first.
    pub loops: Vec<Loop>,
}

/// A closed line of border edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loop {
    /// All around.
    pub length: Metres,
    /// How many.
    pub edges: usize,
}

pub(crate) struct Mesh {
    pub(crate) attributes: Attributes,
    pub(crate) vertices: Vec<Point<Head>>,
    pub(crate) faces: Vec<[u32; 3]>,
    pub(crate) neighbours: Neighbours,
    pub(crate) rings: Rings,
}

pub(crate) fn repair(
    raw_vertices: Vec<Point<Head>>,
    raw_faces: Vec<[u32; 3]>,
    attributes: &Attributes,
) -> Result<(Mesh, Repairs), ScanError> {
    crate::raw::check_counts(raw_vertices.len(), raw_faces.len())?;
    crate::raw::check_finite(raw_vertices.iter().map(|p| [p.coords.x, p.coords.y, p.coords.z]))?;
    crate::raw::check_indices(&raw_faces, raw_vertices.len())?;
    attributes.check(raw_vertices.len(), raw_faces.len())?;
    let total = raw_faces.len();
    let mut done = Repairs::default();

    let weld::Welded { mut vertices, mut faces, merged } = weld::weld(&raw_vertices, &raw_faces);
    done.merged_vertices = merged;
    // Only what carries something is needed once more.
    let before = (!attributes.is_empty()).then_some((raw_vertices, raw_faces));
    let mended = slivers::mend(&vertices, &mut faces);
    (done.degenerate_faces, done.flipped_edges) = (mended.gone, mended.flipped);
    done.duplicate_faces = weld::drop_duplicates(&mut faces, vertices.len());
    if faces.is_empty() {
        let (degenerate, duplicate) = (done.degenerate_faces, done.duplicate_faces);
        return Err(ScanError::NothingLeft { faces: total, degenerate, duplicate });
    }

    let dropped = component::keep_head(&vertices, &mut faces);
    (done.dropped_parts, done.dropped_faces) = (dropped.parts, dropped.faces);
    done.unused_vertices = weld::drop_unused(&mut vertices, &mut faces);

    let oriented = orient(&vertices, &mut faces);
    (done.detached_faces, done.cut_edges, done.turned_faces) = (oriented.detached, oriented.cut, oriented.turned);
    let mut neighbours = oriented.neighbours;
    done.split_vertices = split_fans(&mut vertices, &mut faces, &neighbours);

    let holes = holes::fill_small(&mut vertices, &mut faces, &mut neighbours);
    (done.filled_holes, done.loops) = (holes.filled, holes.left);
    // By place, so before anything that moves a vertex.
    let attributes = before.map_or_else(Attributes::default, |(v, f)| attributes.carry((&v, &f), (&vertices, &faces)));

    let rings = Rings::new(vertices.len(), &faces);
    let spikes = spikes::despike(&mut vertices, &faces, &neighbours, &rings);
    (done.moved_spikes, done.farthest_spike) = (spikes.moved, Metres::new(spikes.farthest));
    Ok((Mesh { attributes, vertices, faces, neighbours, rings }, done))
}

impl fmt::Display for Repairs {
    /// One line each, only what happened.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.merged_vertices, "vertices merged on a 1 um grid"),
            (self.degenerate_faces, "degenerate triangles taken out"),
            (self.flipped_edges, "edges flipped beside degenerate triangles"),
            (self.duplicate_faces, "duplicate triangles dropped"),
            (self.dropped_parts, "loose parts dropped"),
            (self.dropped_faces, "triangles of loose parts dropped"),
            (self.unused_vertices, "unused vertices dropped"),
            (self.detached_faces, "triangles detached at edges of more than two"),
            (self.cut_edges, "edges cut where no winding suits both sides"),
            (self.split_vertices, "vertices split where sheets only touched"),
            (self.turned_faces, "triangles turned to look outward"),
            (self.filled_holes, "holes under 10 mm around filled"),
        ];
        let mut lines: Vec<String> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if self.moved_spikes > 0 {
            let farthest = self.farthest_spike.mm();
            lines.push(format!("{} spikes moved onto the skin, the farthest by {farthest:.1} mm", self.moved_spikes));
        }
        if let Some(longest) = self.loops.first() {
            lines.push(format!(
                "{} open borders left, the longest {:.1} mm around",
                self.loops.len(),
                longest.length.mm()
            ));
        }
        f.write_str(&lines.join("\n"))
    }
}
