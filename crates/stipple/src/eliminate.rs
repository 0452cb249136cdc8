//! Greedy elimination: the candidate that its neighbours mind most goes, until each zone has its count.
//!
//! In: candidates, frozen points, kernel, counts. Out: the survivors, in candidate order. Steps 6 and 7 of stipple.md
//! section 8. Absent: positions change; frozen points are never dropped.
//!
//! Weights only fall, so the heap may hold old keys: a popped key that is no longer true goes back with its true value.
//! The order is that of an eager heap, ties by the smaller index.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use nalgebra::Vector3;

use crate::cloud::Candidate;
use crate::kernel::Kernel;
use crate::weigh::{Pairs, Weighed};
use crate::{Progress, StippleError};

/// Coverage, over its median, above which a candidate has all its neighbours.
const WHOLE: f32 = 0.88;

/// On the weight of a candidate that was planned, so that a new one stays in its stead only where it is clearly in the way.
const PLANNED: f32 = 0.25;
/// Part of the work that is done before the first candidate goes.
const WEIGHING: f64 = 0.5;
/// Candidates between two looks whether to stop.
const OFTEN: usize = 8192;

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

/// Indices of the candidates that stay: `count[k]` of those whose `heap_of` is k (fewer only where there are not as many).
/// Candidates that are not `clear` of a frozen point are gone from the start, but still say where the area is.
pub(crate) fn eliminate(
    candidates: &[Candidate],
    clear: &[bool],
    fixed: &[Fixed],
    kernel: &Kernel,
    heap_of: &[u32],
    count: &[usize],
    progress: &Progress<'_>,
) -> Result<Vec<u32>, StippleError> {
    eliminate_with(Pairs::of(candidates.len()), candidates, clear, fixed, kernel, heap_of, count, progress)
}

#[expect(clippy::too_many_arguments, reason = "one more than its only caller, for a test")]
fn eliminate_with(
    pairs: Pairs,
    candidates: &[Candidate],
    clear: &[bool],
    fixed: &[Fixed],
    kernel: &Kernel,
    heap_of: &[u32],
    count: &[usize],
    progress: &Progress<'_>,
) -> Result<Vec<u32>, StippleError> {
    let weighed = Weighed::new(candidates, clear, fixed, kernel, pairs, &progress.part(0.0, WEIGHING))?;
    let mut favour = favour(&weighed.coverage(), kernel);
    for (favour, _) in favour.iter_mut().zip(candidates).filter(|(_, c)| c.planned) {
        *favour *= PLANNED;
    }
    let mut weight = weighed.weight();
    let mut heaps: Vec<Vec<(u32, Reverse<u32>)>> = vec![Vec::new(); count.len()];
    for i in (0..candidates.len()).filter(|i| clear[*i]) {
        if let Some(heap) = heaps.get_mut(heap_of[i] as usize) {
            heap.push((sortable(favour[i] * weight[i]), Reverse(i as u32)));
        }
    }
    let mut heaps: Vec<BinaryHeap<(u32, Reverse<u32>)>> = heaps.into_iter().map(BinaryHeap::from).collect();
    let mut fullest: BinaryHeap<Surplus> =
        heaps.iter().zip(count).enumerate().filter_map(|(k, (heap, &want))| Surplus::of(k, heap.len(), want)).collect();
    let surplus = candidates.len().saturating_sub(count.iter().sum()).max(1);
    let progress = progress.part(WEIGHING, 1.0);
    let mut gone = 0;
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
        weighed.pairs_of(i, |j, pair| weight[j as usize] -= pair);
        gone += 1;
        if gone % OFTEN == 0 {
            progress.done((gone as f64 / surplus as f64).min(1.0))?;
        }
        fullest.pop();
        fullest.extend(Surplus::of(heap, heaps[heap].len(), count[heap]));
    }
    let mut left: Vec<u32> = heaps.into_iter().flatten().map(|(_, Reverse(i))| i).collect();
    left.sort_unstable();
    Ok(left)
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
fn favour(coverage: &[f32], kernel: &Kernel) -> Vec<f32> {
    if coverage.is_empty() {
        return Vec::new();
    }
    let mut sorted = coverage.to_vec();
    let middle = sorted.len() / 2;
    let (_, median, _) = sorted.select_nth_unstable_by(middle, f32::total_cmp);
    let median = median.max(1e-6);
    coverage.iter().map(|c| 1.0 / (1.0 + kernel.outline * (c / median - WHOLE)).clamp(0.15, 1.0)).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    /// Big jobs find their pairs again: the same candidates stay, whatever becomes of the pairs.
    #[test]
    fn pairs_kept_or_found_again() {
        let body = crate::test_body(4).unwrap();
        let wanted = design::Wanted::plain(frames::PerSquareMetre::from_per_cm2(3.0));
        let fields = design::Fields::from_fn(move |_, _| wanted, frames::Metres::ZERO);
        let probe = crate::sheet::Probe { surface: &body, fields: &fields, span: crate::sheet::Span::Session };
        let cloud = crate::cloud::scatter(&probe, &crate::sheet::cut(&probe), frames::Seed(1), 3000, 4).candidates;
        let fixed: Vec<Fixed> = cloud[..50]
            .iter()
            .map(|c| Fixed {
                at: c.at.coords.coords,
                normal: *c.normal.get().as_ref(),
                spacing: c.spacing,
                weight: 1.0,
                stands_for: 0.0,
                gap: true,
            })
            .collect();
        let clear: Vec<bool> = (0..cloud.len()).map(|k| k % 7 != 0).collect();
        let one = vec![0; cloud.len()];
        let kernel = Kernel::new(crate::Preset::Human, 0.5e-3);
        let left =
            |pairs| eliminate_with(pairs, &cloud, &clear, &fixed, &kernel, &one, &[3000], &Progress::none()).unwrap();
        let kept = left(Pairs::Kept);
        assert_eq!((kept.len(), &kept), (3000, &left(Pairs::FoundAgain)));
        assert!(kept.iter().all(|i| clear[*i as usize]));
        assert_eq!((Pairs::of(120_000), Pairs::of(4_000_000)), (Pairs::Kept, Pairs::FoundAgain));
    }

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
