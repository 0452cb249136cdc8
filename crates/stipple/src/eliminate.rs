//! Greedy elimination: the candidate that its neighbours mind most goes, until each zone has its count.
//!
//! In: candidates, frozen points, kernel, counts. Out: the survivors, in candidate order. Steps 4 to 7 of stipple.md
//! section 8. Absent: positions change; frozen points are never dropped.
//!
//! Weights only fall, so the heap may hold old keys: a popped key that is no longer true goes back with its true value.
//! The order is that of an eager heap, ties by the smaller index.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use nalgebra::Vector3;
use rayon::prelude::*;

use crate::cloud::Candidate;
use crate::grid::Grid;
use crate::kernel::{Kernel, REACH};

/// Candidates per chunk of rows. Fixed, so that results do not depend on the number of threads.
const CHUNK: usize = 2048;
/// Two sheets of skin whose normals differ by more than 60 degrees do not see each other.
const SAME_SHEET: f64 = 0.5;

/// Coverage, over its median, above which a candidate has all its neighbours.
const WHOLE: f32 = 0.88;

/// On the weight of a candidate that was planned, so that a new one stays in its stead only where it is clearly in the way.
const PLANNED: f32 = 0.25;

/// A frozen point as the candidates see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fixed {
    pub(crate) at: Vector3<f64>,
    pub(crate) normal: Vector3<f64>,
    pub(crate) spacing: f64,
    /// How much it repels: 1 is a dot.
    pub(crate) weight: f32,
    /// Candidates that it stands for where none are offered.
    pub(crate) stands_for: f32,
    /// Dots that are moved keep the preset's gap to it.
    pub(crate) gap: bool,
}

/// Neighbours of a run of candidates, rows end to end.
struct Rows {
    /// End of each row.
    end: Vec<u32>,
    pair: Vec<(u32, f32)>,
    weight: Vec<f32>,
    coverage: Vec<f32>,
}

/// Indices of the candidates that stay: `count[k]` of those whose `heap_of` is k (fewer only where there are not as many).
/// Candidates that are not `clear` of a frozen point are gone from the start, but still say where the area is.
pub(crate) fn eliminate(
    candidates: &[Candidate],
    clear: &[bool],
    fixed: &[Fixed],
    kernel: &Kernel,
    heap_of: &[u32],
    count: &[usize],
) -> Vec<u32> {
    let rows = weigh(candidates, clear, fixed, kernel);
    let mut favour = favour(&rows, kernel);
    for (favour, _) in favour.iter_mut().zip(candidates).filter(|(_, c)| c.planned) {
        *favour *= PLANNED;
    }
    let mut weight: Vec<f32> = rows.iter().flat_map(|r| r.weight.iter().copied()).collect();
    let mut heaps: Vec<Vec<(u32, Reverse<u32>)>> = vec![Vec::new(); count.len()];
    for i in (0..candidates.len()).filter(|i| clear[*i]) {
        if let Some(heap) = heaps.get_mut(heap_of[i] as usize) {
            heap.push((sortable(favour[i] * weight[i]), Reverse(i as u32)));
        }
    }
    let mut heaps: Vec<BinaryHeap<(u32, Reverse<u32>)>> = heaps.into_iter().map(BinaryHeap::from).collect();
    let mut fullest: BinaryHeap<Surplus> =
        heaps.iter().zip(count).enumerate().filter_map(|(k, (heap, &want))| Surplus::of(k, heap.len(), want)).collect();
    while let Some(Surplus { heap, .. }) = fullest.peek() {
        let heap = *heap;
        let Some(mut top) = heaps[heap].peek_mut() else { break };
        let Reverse(i) = top.1;
        let now = sortable(favour[i as usize] * weight[i as usize]);
        if now < top.0 {
            top.0 = now;
            continue;
        }
        PeekMut::pop(top);
        let chunk = &rows[i as usize / CHUNK];
        let row = i as usize % CHUNK;
        let from = if row == 0 { 0 } else { chunk.end[row - 1] as usize };
        for &(j, k) in &chunk.pair[from..chunk.end[row] as usize] {
            weight[j as usize] -= k;
        }
        fullest.pop();
        fullest.extend(Surplus::of(heap, heaps[heap].len(), count[heap]));
    }
    let mut left: Vec<u32> = heaps.into_iter().flatten().map(|(_, Reverse(i))| i).collect();
    left.sort_unstable();
    left
}

/// A heap with more than its count. The greatest has the largest relative surplus, ties by the smaller index. Integers,
/// so no rounding; a count of none is an infinite surplus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Surplus {
    heap: usize,
    surplus: usize,
    want: usize,
}

impl Surplus {
    fn of(heap: usize, have: usize, want: usize) -> Option<Self> {
        (have > want).then(|| Self { heap, surplus: have - want, want })
    }
}

impl Ord for Surplus {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.surplus * other.want).cmp(&(other.surplus * self.want)).then(other.heap.cmp(&self.heap))
    }
}

impl PartialOrd for Surplus {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Floats as integers in the same order.
fn sortable(x: f32) -> u32 {
    let bits = x.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 0x8000_0000 }
}

/// Step 5: a candidate at an edge has fewer neighbours, hence less weight, and would survive. Dividing by its coverage
/// takes the outline away (stipple.md section 3). The published form 1 / (C + 0.12) left 1.05 to 1.08 of the wanted dots
/// in the first two spacings at a straight edge; a line that is steeper and starts at the same coverage leaves 1.01 to
/// 1.02 and leaves the inside alone.
fn favour(rows: &[Rows], kernel: &Kernel) -> Vec<f32> {
    let coverage: Vec<f32> = rows.iter().flat_map(|r| r.coverage.iter().copied()).collect();
    if coverage.is_empty() {
        return coverage;
    }
    let mut sorted = coverage.clone();
    let middle = sorted.len() / 2;
    let (_, median, _) = sorted.select_nth_unstable_by(middle, f32::total_cmp);
    let median = median.max(1e-6);
    coverage.iter().map(|c| 1.0 / (1.0 + kernel.outline * (c / median - WHOLE)).clamp(0.15, 1.0)).collect()
}

fn weigh(candidates: &[Candidate], clear: &[bool], fixed: &[Fixed], kernel: &Kernel) -> Vec<Rows> {
    let points: Vec<(Vector3<f64>, f64)> = candidates.iter().map(|c| (c.at.coords.coords, c.spacing)).collect();
    let grid = Grid::new(&points, REACH);
    let fixed_points: Vec<(Vector3<f64>, f64)> = fixed.iter().map(|f| (f.at, f.spacing)).collect();
    let fixed_grid = Grid::new(&fixed_points, REACH);
    let normals: Vec<[f32; 3]> = candidates.iter().map(|c| narrow(c.normal.get())).collect();
    let same_sheet = |a: &[f32; 3], b: &[f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2] > SAME_SHEET as f32;
    // Frozen points have hard distances of their own, already kept.
    let alone = kernel.without_least();
    let chunks: Vec<(usize, &[Candidate])> = candidates.chunks(CHUNK).enumerate().collect();
    chunks
        .into_par_iter()
        .map(|(chunk, part)| {
            let mut rows = Rows {
                end: Vec::with_capacity(part.len()),
                pair: Vec::with_capacity(part.len() * 64),
                weight: Vec::with_capacity(part.len()),
                coverage: Vec::with_capacity(part.len()),
            };
            for (k, c) in part.iter().enumerate() {
                let i = (chunk * CHUNK + k) as u32;
                let h = c.spacing as f32;
                let (mut weight, mut coverage) = (0.0, 0.0);
                grid.near(&c.at.coords.coords, c.spacing, |j, d2, g| {
                    if j != i && same_sheet(&normals[i as usize], &normals[j as usize]) {
                        let (pair, cover) = kernel.weigh(d2, 0.5 * (h + g));
                        coverage += cover;
                        if clear[j as usize] {
                            weight += pair;
                            rows.pair.push((j, pair));
                        }
                    }
                });
                fixed_grid.near(&c.at.coords.coords, c.spacing, |j, d2, g| {
                    if same_sheet(&normals[i as usize], &narrow(&fixed[j as usize].normal)) {
                        let (pair, cover) = alone.weigh(d2, 0.5 * (h + g));
                        weight += fixed[j as usize].weight * pair;
                        coverage += fixed[j as usize].stands_for * cover;
                    }
                });
                rows.end.push(rows.pair.len() as u32);
                rows.weight.push(weight);
                rows.coverage.push(coverage);
            }
            rows
        })
        .collect()
}

fn narrow(v: &Vector3<f64>) -> [f32; 3] {
    [v.x as f32, v.y as f32, v.z as f32]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_sort_like_floats() {
        let row = [-1.0_f32, -0.5, -0.0, 0.0, 1e-30, 0.5, 1.0, 1e9];
        for pair in row.windows(2) {
            assert!(sortable(pair[0]) <= sortable(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn the_fullest_heap_relative_to_its_count() {
        let fullest = |have: &[usize], want: &[usize]| {
            have.iter().zip(want).enumerate().filter_map(|(k, (h, w))| Surplus::of(k, *h, *w)).max().map(|s| s.heap)
        };
        assert_eq!(fullest(&[30, 40], &[10, 20]), Some(0));
        assert_eq!(fullest(&[20, 60], &[10, 20]), Some(1));
        assert_eq!(fullest(&[20, 40], &[10, 20]), Some(0));
        assert_eq!(fullest(&[10, 20], &[10, 20]), None);
        assert_eq!(fullest(&[1, 90], &[0, 20]), Some(0));
    }
}
