//! Distances, to be asked for at any place.
//!
//! In: the front's distances at the vertices. Out: the distance at a face and weights. Owns all it needs.

use frames::Metres;

use crate::edges::NONE;
use crate::geodesic::Source;
use crate::geodesic::flat::squared;
use crate::geodesic::march::March;

/// Distances along the skin from some sources. See [`crate::Surface::distances_from`].
#[derive(Debug, Clone)]
pub struct DistanceField {
    reach: f64,
    /// Per face of the surface, its row in `rows`, or [`NONE`].
    row: Vec<u32>,
    rows: Vec<Row>,
    /// Sorted by row.
    within: Vec<(u32, [f64; 3])>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    distance: [f64; 3],
    /// Squared sides 01, 12, 20.
    sides: [f64; 3],
    /// Way before the centre, where all three corners have the same.
    centre: Option<f64>,
}

impl DistanceField {
    pub(super) fn new(march: &March<'_>, sources: &[Source], reach: f64) -> Self {
        let faces = march.mesh.surface.faces();
        let mut field = Self { reach, row: vec![NONE; faces.len()], rows: Vec::new(), within: Vec::new() };
        let side = |a: u32, b: u32| march.mesh.distance(a, b).powi(2);
        for (f, face) in faces.iter().enumerate() {
            let distance = face.map(|v| march.distance[v as usize]);
            if !distance.iter().all(|d| d.is_finite()) || !distance.iter().any(|d| *d <= reach) {
                continue;
            }
            let [a, b, c] = face.map(|v| march.centre[v as usize]);
            let centre = (a.number == b.number && b.number == c.number).then_some(a.before);
            let sides = [side(face[0], face[1]), side(face[1], face[2]), side(face[2], face[0])];
            field.row[f] = field.rows.len() as u32;
            field.rows.push(Row { distance, sides, centre });
        }
        for source in sources {
            for seen in [Some(*source), march.mesh.mirrored(source)].into_iter().flatten() {
                field.within.push((field.row[seen.face as usize], seen.bary));
            }
        }
        field.within.sort_by_key(|(row, _)| *row);
        field
    }

    /// The distance at a place; `None` beyond reach. Beside the sources it is measured straight; elsewhere it follows
    /// the circle, or the straight front, that the corners of the face have.
    pub fn at(&self, face: u32, bary: [f64; 3]) -> Option<Metres> {
        let number = *self.row.get(face as usize)?;
        let row = self.rows.get(number as usize)?;
        let mut best = row.at(bary);
        let first = self.within.partition_point(|(r, _)| *r < number);
        for (_, source) in self.within[first..].iter().take_while(|(r, _)| *r == number) {
            best = best.min(squared(bary, *source, row.sides).sqrt());
        }
        (best <= self.reach).then(|| Metres::new(best))
    }

    /// As given.
    pub fn reach(&self) -> Metres {
        Metres::new(self.reach)
    }
}

impl Row {
    fn at(&self, w: [f64; 3]) -> f64 {
        let mix = |d: [f64; 3]| d[0] * w[0] + d[1] * w[1] + d[2] * w[2];
        let away: [f64; 3] = std::array::from_fn(|k| {
            let mut corner = [0.0; 3];
            corner[k] = 1.0;
            squared(w, corner, self.sides).sqrt()
        });
        let guess = match self.centre {
            // The squared distance from a point, less the squared length of the place, is affine.
            Some(before) => {
                let squares = mix(self.distance.map(|d| (d - before).powi(2)));
                let bulge = w[0] * w[1] * self.sides[0] + w[1] * w[2] * self.sides[1] + w[2] * w[0] * self.sides[2];
                before + (squares - bulge).max(0.0).sqrt()
            }
            None => mix(self.distance),
        };
        // A distance changes no faster than the place.
        let least = (0..3).map(|k| self.distance[k] - away[k]).fold(0.0, f64::max);
        let most = (0..3).map(|k| self.distance[k] + away[k]).fold(f64::INFINITY, f64::min);
        guess.min(most).max(least.min(most))
    }
}
