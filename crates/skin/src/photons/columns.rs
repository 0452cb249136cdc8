//! How much of a way lies inside the columns of a lattice.
//!
//! In: the columns, straight pieces. Out: the optical length inside them for [`PLACES`] places of the lattice at once.
//! Absent: scattering inside a column other than that of the skin.
//!
//! The places are a grid of four by four in one cell of the lattice, itself thrown at random: together they are a lattice
//! of a quarter of the spacing, of which every fourth column each way belongs to the same place.

use super::Columns;

/// Places of the lattice that are weighed at once.
pub(super) const PLACES: usize = SIDE * SIDE;
const SIDE: usize = 4;

pub(super) struct Lattice {
    /// Between neighbours of the fine lattice, m.
    fine: f64,
    /// Of its first column, m.
    first: [f64; 2],
    radius: f64,
    column: [f64; 2],
    absorption: f64,
    /// Length inside columns, m, by place.
    inside: [f64; PLACES],
    touched: bool,
}

impl Lattice {
    /// `place`: where in the cell the lattice begins, each 0 to 1.
    pub(super) fn new(columns: &Columns, place: [f64; 2]) -> Self {
        let density = columns.density.get();
        // No columns: a lattice wider than any way.
        let spacing = if density > 0.0 { 1.0 / density.sqrt() } else { 1e6 };
        let fine = spacing / SIDE as f64;
        Self {
            fine,
            first: place.map(|p| p * fine),
            radius: if density > 0.0 { 0.5 * columns.diameter.get() } else { 0.0 },
            column: columns.column.map(frames::Metres::get),
            absorption: columns.absorption,
            inside: [0.0; PLACES],
            touched: false,
        }
    }

    /// Adds what lies inside columns of a straight piece.
    pub(super) fn cross(&mut self, from: [f64; 3], along: [f64; 3], length: f64) {
        let Some([start, end]) = between(from[2], along[2], length, self.column) else { return };
        let (x, y) = (from[0] + along[0] * start, from[1] + along[1] * start);
        let (dx, dy) = (along[0] * (end - start), along[1] * (end - start));
        let square = dx * dx + dy * dy;
        let [across, down] = [self.rows(0, x, x + dx), self.rows(1, y, y + dy)];
        for i in across[0]..=across[1] {
            for j in down[0]..=down[1] {
                let px = x - (self.first[0] + i as f64 * self.fine);
                let py = y - (self.first[1] + j as f64 * self.fine);
                let chord = chord(px, py, dx, dy, square, self.radius);
                if chord > 0.0 {
                    let place = (i.rem_euclid(SIDE as i64) * SIDE as i64 + j.rem_euclid(SIDE as i64)) as usize;
                    self.inside[place] += chord * (end - start);
                    self.touched = true;
                }
            }
        }
    }

    /// First and last column of the fine lattice that a piece from `a` to `b` may touch.
    fn rows(&self, axis: usize, a: f64, b: f64) -> [i64; 2] {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        let first = ((low - self.radius - self.first[axis]) / self.fine).ceil();
        let last = ((high + self.radius - self.first[axis]) / self.fine).floor();
        [first as i64, last as i64]
    }

    /// Part of the light that the columns have let pass, mean of the places.
    pub(super) fn passed(&self) -> f64 {
        if !self.touched {
            return 1.0;
        }
        self.inside.iter().map(|l| if *l > 0.0 { (-self.absorption * l).exp() } else { 1.0 }).sum::<f64>()
            / PLACES as f64
    }
}

/// Where along a piece its depth lies between `top` and `bottom`.
pub(super) fn between(z: f64, down: f64, length: f64, [top, bottom]: [f64; 2]) -> Option<[f64; 2]> {
    if down == 0.0 {
        return (top < z && z < bottom).then_some([0.0, length]);
    }
    let (a, b) = ((top - z) / down, (bottom - z) / down);
    let (start, end) = (a.min(b).max(0.0), a.max(b).min(length));
    (start < end).then_some([start, end])
}

/// Part of the piece from `p` to `p + d` that lies inside a circle about the origin; `square` is the square of `d`.
pub(super) fn chord(px: f64, py: f64, dx: f64, dy: f64, square: f64, radius: f64) -> f64 {
    let c = px * px + py * py - radius * radius;
    if square <= 0.0 {
        return if c < 0.0 { 1.0 } else { 0.0 };
    }
    let b = px * dx + py * dy;
    let under = b * b - square * c;
    if under <= 0.0 {
        return 0.0;
    }
    let root = under.sqrt();
    (((root - b) / square).min(1.0) - ((-root - b) / square).max(0.0)).max(0.0)
}
