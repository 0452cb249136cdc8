//! Where the data end: the borders of the neck and of the holes that were too large to fill.
//!
//! In: an oriented mesh after the small holes are closed. Out: how near a place is to such a border. No dot may stand
//! within [`MARGIN`] of one (`stipple.md` 12.2, step 7): what lies beyond is unknown, and the last triangles are the
//! scanner's worst.

use frames::{Head, Metres, Point};

use crate::edges::NONE;
use crate::query::Lines;

/// How far dots stay from where the data end.
pub const MARGIN: Metres = Metres::from_mm(2.0);

/// The open edges of a surface. Empty for a closed one.
#[derive(Clone)]
pub struct Border {
    lines: Lines,
}

impl Border {
    pub(crate) fn new(vertices: &[Point<Head>], faces: &[[u32; 3]], neighbours: &[[u32; 3]]) -> Self {
        let mut ends = Vec::new();
        for (face, across) in faces.iter().zip(neighbours) {
            for k in (0..3).filter(|k| across[*k] == NONE) {
                ends.push([face[k], face[(k + 1) % 3]].map(|v| vertices[v as usize]));
            }
        }
        Self { lines: Lines::new(ends) }
    }

    /// True for a closed surface.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Straight distance to the nearest open edge, if it is at most `reach`.
    pub fn distance(&self, p: Point<Head>, reach: Metres) -> Option<Metres> {
        self.lines.distance(p, reach.get()).map(Metres::new)
    }
}

impl std::fmt::Debug for Border {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Border").field("edges", &self.lines.len()).finish_non_exhaustive()
    }
}
