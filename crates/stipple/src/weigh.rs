//! How much every candidate is minded by those around it.
//!
//! In: candidates, frozen points, kernel. Out: weight and coverage of each, and on demand the pairs it is in. Steps 4 and 5
//! of stipple.md section 8. Absent: who goes.
//!
//! Pairs are kept while they fit: 464 to 1856 bytes a dot. Of a big job they are found anew for every candidate that goes,
//! with the same numbers in the same order.

use std::sync::atomic::{AtomicUsize, Ordering};

use nalgebra::Vector3;
use rayon::prelude::*;

use crate::cloud::Candidate;
use crate::eliminate::Fixed;
use crate::grid::Grid;
use crate::kernel::Kernel;
use crate::{Progress, StippleError};

/// Candidates per chunk of rows. Fixed, so that results do not depend on the number of threads.
const CHUNK: usize = 2048;
/// Two sheets of skin whose normals differ by more than 60 degrees do not see each other.
const SAME_SHEET: f64 = 0.5;

/// What becomes of the pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pairs {
    /// They stay in memory.
    Kept,
    /// They are found again when they are needed.
    FoundAgain,
}

impl Pairs {
    /// By the number of candidates: 150 000 dots of four candidates take 280 MB.
    pub(crate) const fn of(candidates: usize) -> Self {
        if candidates <= 600_000 { Self::Kept } else { Self::FoundAgain }
    }
}

/// Neighbours of a run of candidates, rows end to end.
struct Rows {
    /// End of each row.
    end: Vec<u32>,
    pair: Vec<(u32, f32)>,
    weight: Vec<f32>,
    coverage: Vec<f32>,
}

/// Candidates among each other.
pub(crate) struct Weighed<'a> {
    candidates: &'a [Candidate],
    clear: &'a [bool],
    kernel: Kernel,
    grid: Grid,
    normals: Vec<[f32; 3]>,
    pairs: Pairs,
    rows: Vec<Rows>,
}

impl<'a> Weighed<'a> {
    /// Candidates that are not `clear` weigh on nobody, but still say where the area is.
    pub(crate) fn new(
        candidates: &'a [Candidate],
        clear: &'a [bool],
        fixed: &[Fixed],
        kernel: &Kernel,
        pairs: Pairs,
        progress: &Progress<'_>,
    ) -> Result<Self, StippleError> {
        let points: Vec<(Vector3<f64>, f64)> = candidates.iter().map(|c| (c.at.coords.coords, c.spacing)).collect();
        let grid = Grid::new(&points, kernel.reach);
        drop(points);
        let normals = candidates.iter().map(|c| narrow(c.normal.get())).collect();
        let mut weighed = Self { candidates, clear, kernel: *kernel, grid, normals, pairs, rows: Vec::new() };
        let fixed_points: Vec<(Vector3<f64>, f64)> = fixed.iter().map(|f| (f.at, f.spacing)).collect();
        let fixed_grid = Grid::new(&fixed_points, kernel.reach);
        let all = candidates.len().div_ceil(CHUNK);
        let begun = AtomicUsize::new(0);
        weighed.rows = (0..all)
            .into_par_iter()
            .map(|chunk| {
                // Counted in whatever order the chunks are done.
                progress.done(begun.fetch_add(1, Ordering::Relaxed) as f64 / all as f64)?;
                Ok(weighed.chunk(chunk, fixed, &fixed_grid))
            })
            .collect::<Result<_, _>>()?;
        Ok(weighed)
    }

    pub(crate) fn weight(&self) -> Vec<f32> {
        self.rows.iter().flat_map(|r| r.weight.iter().copied()).collect()
    }

    pub(crate) fn coverage(&self) -> Vec<f32> {
        self.rows.iter().flat_map(|r| r.coverage.iter().copied()).collect()
    }

    /// Calls `f(j, weight)` for every pair of candidate `i`.
    pub(crate) fn pairs_of(&self, i: u32, mut f: impl FnMut(u32, f32)) {
        if self.pairs == Pairs::FoundAgain {
            self.around(i, |j, pair, _| {
                if self.clear[j as usize] {
                    f(j, pair);
                }
            });
            return;
        }
        let (chunk, row) = (&self.rows[i as usize / CHUNK], i as usize % CHUNK);
        let from = if row == 0 { 0 } else { chunk.end[row - 1] as usize };
        for &(j, pair) in &chunk.pair[from..chunk.end[row] as usize] {
            f(j, pair);
        }
    }

    /// Calls `f(j, weight, coverage)` for every other candidate in reach of `i`.
    fn around(&self, i: u32, mut f: impl FnMut(u32, f32, f32)) {
        let c = &self.candidates[i as usize];
        let (h, normal) = (c.spacing as f32, self.normals[i as usize]);
        self.grid.near(&c.at.coords.coords, c.spacing, |j, d2, g| {
            if j != i && same_sheet(&normal, &self.normals[j as usize]) {
                let (pair, cover) = self.kernel.weigh(d2, 0.5 * (h + g));
                f(j, pair, cover);
            }
        });
    }

    fn chunk(&self, chunk: usize, fixed: &[Fixed], fixed_grid: &Grid) -> Rows {
        let from = chunk * CHUNK;
        let part = &self.candidates[from..(from + CHUNK).min(self.candidates.len())];
        let room = if self.pairs == Pairs::Kept { part.len() * 64 } else { 0 };
        let mut rows = Rows {
            end: Vec::with_capacity(part.len()),
            pair: Vec::with_capacity(room),
            weight: Vec::with_capacity(part.len()),
            coverage: Vec::with_capacity(part.len()),
        };
        // Frozen points have hard distances of their own, already kept.
        let alone = self.kernel.without_least();
        for (k, c) in part.iter().enumerate() {
            let i = (from + k) as u32;
            let h = c.spacing as f32;
            let (mut weight, mut coverage) = (0.0, 0.0);
            self.around(i, |j, pair, cover| {
                coverage += cover;
                if self.clear[j as usize] {
                    weight += pair;
                    if self.pairs == Pairs::Kept {
                        rows.pair.push((j, pair));
                    }
                }
            });
            fixed_grid.near(&c.at.coords.coords, c.spacing, |j, d2, g| {
                let fixed = &fixed[j as usize];
                if same_sheet(&self.normals[i as usize], &narrow(&fixed.normal)) {
                    let (pair, cover) = alone.weigh(d2, 0.5 * (h + g));
                    weight += fixed.weight * pair;
                    coverage += fixed.stands_for * cover;
                }
            });
            rows.end.push(rows.pair.len() as u32);
            rows.weight.push(weight);
            rows.coverage.push(coverage);
        }
        rows
    }
}

fn same_sheet(a: &[f32; 3], b: &[f32; 3]) -> bool {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2] > SAME_SHEET as f32
}

fn narrow(v: &Vector3<f64>) -> [f32; 3] {
    [v.x as f32, v.y as f32, v.z as f32]
}
