//! Labels on dots that lie already: which session, which size. Each class alone is to be as even as all together.
//!
//! In: dots along the Morton curve, each class's share at every dot, its exact count in every zone. Out: a label a dot.
//! Absent: any move of a dot; swaps change neither positions nor counts.
//! Step 9 of stipple.md section 8. Unequal shares: a class of share s has the spacing h / sqrt(s), and its kernel is
//! measured in that; a share may differ from place to place, and where it is 0 the class has no dot.

use frames::{Seed, unit};
use nalgebra::Vector3;
use rayon::prelude::*;

use crate::cloud::{Candidate, stage};
use crate::grid::Grid;

/// Of a class kernel, in spacings of the class.
const REACH: f64 = 1.6;
/// A smaller share spaces its dots as this one does: beyond it the neighbourhoods cost more than they give.
const RAREST: f32 = 0.1;
/// Sweeps over all dots, at most; they converge in 8.
const SWEEPS: usize = 10;
/// Smaller gains are rounding.
const GAIN: f32 = 1e-5;
/// On a pair of one class that is nearer than its least distance.
const TOO_CLOSE: f32 = 10.0;
/// Of the chance in the order of labels along the curve, in dots.
const SHUFFLE: f64 = 0.5;
/// Dots per chunk of rows. Fixed, so that results do not depend on the number of threads.
const CHUNK: usize = 2048;

/// How dots of one class mind each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bell {
    /// (1-x²)⁸: spaced before faithful, for wounds of one session.
    Steep,
    /// (1-x²)⁴: faithful before spaced, for sizes and shades.
    Wide,
}

/// What is known of a dot's class before the deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prior {
    /// Nothing.
    Free,
    /// This one, unless a swap gains.
    Loose(u8),
    /// This one; it is swapped only with one that is not firm, or where the counts say so.
    Firm(u8),
}

impl Prior {
    const fn class(self) -> Option<u8> {
        match self {
            Self::Free => None,
            Self::Loose(class) | Self::Firm(class) => Some(class),
        }
    }
}

/// What is to be dealt out.
pub(crate) struct Deal<'a> {
    /// Of each class at each dot: `share[i * classes + c]`, each row adds up to 1.
    pub(crate) share: &'a [f32],
    /// Of all classes together at each dot, as spaced as they shall be, metres.
    pub(crate) spacing: &'a [f32],
    pub(crate) classes: usize,
    /// Dots of each class in each zone: `count[zone][class]`, adding up to the zone's dots.
    pub(crate) count: &'a [Vec<usize>],
    pub(crate) bell: Bell,
    /// Between two dots of each class, metres; 0 where there is none.
    pub(crate) least: &'a [f64],
    /// For each dot.
    pub(crate) prior: &'a [Prior],
}

/// A class for each dot.
pub(crate) fn deal(dots: &[Candidate], deal: &Deal<'_>, seed: Seed) -> Vec<u8> {
    let prior = within_counts(dots, deal);
    let mut label = along_the_curve(dots, deal, &prior, seed);
    if deal.classes > 1 && prior.iter().any(|p| !matches!(p, Prior::Firm(_))) {
        Swaps::new(dots, deal, &prior).settle(&mut label);
    }
    label
}

/// What is known, less what is more than the counts allow, taken out evenly along the curve. Where only one class has a
/// share it is as good as known, and goes last.
fn within_counts(dots: &[Candidate], deal: &Deal<'_>) -> Vec<Prior> {
    let n = deal.classes;
    let only = |i: usize| {
        let mut may = (0..n).filter(|&c| deal.share[i * n + c] > 0.0);
        may.next().filter(|_| may.next().is_none())
    };
    let forced: Vec<Option<usize>> = (0..dots.len()).map(only).collect();
    let class = |i: usize| forced[i].or_else(|| deal.prior[i].class().map(usize::from));
    // Two rows a class: known by word, known by place.
    let slot = |i: usize, class: usize| 2 * (usize::from(dots[i].zone) * n + class) + usize::from(forced[i].is_some());
    let mut known = vec![0_usize; 2 * deal.count.len() * n];
    (0..dots.len()).filter_map(|i| Some(slot(i, class(i)?))).for_each(|k| known[k] += 1);
    let mut spare = vec![0_usize; known.len()];
    for (k, &count) in deal.count.iter().flatten().enumerate() {
        let over = (known[2 * k] + known[2 * k + 1]).saturating_sub(count);
        spare[2 * k] = over.min(known[2 * k]);
        spare[2 * k + 1] = over - spare[2 * k];
    }
    let mut met = vec![0_usize; known.len()];
    let keep = |i: usize| {
        let Some(class) = class(i) else { return Prior::Free };
        let k = slot(i, class);
        met[k] += 1;
        // One in every known / spare.
        if met[k] * spare[k] / known[k] > (met[k] - 1) * spare[k] / known[k] {
            Prior::Free
        } else if forced[i].is_some() {
            Prior::Firm(class as u8)
        } else {
            deal.prior[i]
        }
    };
    (0..dots.len()).map(keep).collect()
}

/// Error diffusion along the curve: the class that is most owed goes next, chance decides between like ones. Exact counts.
fn along_the_curve(dots: &[Candidate], deal: &Deal<'_>, prior: &[Prior], seed: Seed) -> Vec<u8> {
    let n = deal.classes;
    let mut label: Vec<u8> = prior.iter().map(|p| p.class().unwrap_or(0)).collect();
    for (zone, count) in deal.count.iter().enumerate() {
        let of_zone = |i: &usize| usize::from(dots[*i].zone) == zone;
        let mut left = count.clone();
        for class in (0..dots.len()).filter(of_zone).filter_map(|i| prior[i].class()) {
            left[usize::from(class)] -= 1;
        }
        let own: Vec<usize> = (0..dots.len()).filter(of_zone).filter(|&i| prior[i] == Prior::Free).collect();
        let share = |i: usize, c: usize| f64::from(deal.share[i * n + c]);
        let offered: Vec<f64> = (0..n).map(|c| own.iter().map(|&i| share(i, c)).sum()).collect();
        // What is there of a class, made into what it must be.
        let scale: Vec<f64> =
            (0..n).map(|c| if offered[c] > 0.0 { left[c] as f64 / offered[c] } else { 0.0 }).collect();
        let mut owed = vec![0.0; n];
        for &i in &own {
            let mut best: Option<(f64, usize)> = None;
            for c in 0..n {
                owed[c] += share(i, c) * scale[c];
                let chance = SHUFFLE * unit(seed, stage::CLASS, (i * n + c) as u64);
                let wish = owed[c] + chance;
                if left[c] > 0 && share(i, c) > 0.0 && best.is_none_or(|(most, _)| wish > most) {
                    best = Some((wish, c));
                }
            }
            // Where no class that may be here has any left, counts go before shares.
            let class = best.map_or_else(|| (0..n).find(|&c| left[c] > 0).unwrap_or(0), |(_, c)| c);
            left[class] = left[class].saturating_sub(1);
            owed[class] -= 1.0;
            label[i] = class as u8;
        }
    }
    label
}

/// A neighbour, and its squared distance.
type Near = (u32, f32);

/// Everything a swap needs to know.
struct Swaps<'a> {
    deal: &'a Deal<'a>,
    zone: Vec<u16>,
    firm: Vec<bool>,
    /// Row i is `near[start[i]..start[i + 1]]`: other dots and squared distances.
    start: Vec<usize>,
    near: Vec<Near>,
    /// Spacing of each class at each dot.
    spacing: Vec<f32>,
}

impl<'a> Swaps<'a> {
    fn new(dots: &[Candidate], deal: &'a Deal<'a>, prior: &[Prior]) -> Self {
        let n = deal.classes;
        let own = |i: usize, c: usize| deal.spacing[i] / deal.share[i * n + c].max(RAREST).sqrt();
        let spacing: Vec<f32> = (0..dots.len() * n).map(|k| own(k / n, k % n)).collect();
        let widest = |i: usize| spacing[i * n..(i + 1) * n].iter().fold(0.0_f32, |m, h| m.max(*h));
        let least = deal.least.iter().copied().fold(0.0, f64::max);
        let points: Vec<(Vector3<f64>, f64)> = dots
            .iter()
            .enumerate()
            .map(|(i, d)| (d.at.coords.coords, f64::from(widest(i)).max(least / REACH)))
            .collect();
        let grid = Grid::new(&points, REACH);
        let chunks: Vec<usize> = (0..dots.len()).step_by(CHUNK).collect();
        let rows: Vec<(Vec<usize>, Vec<Near>)> = chunks
            .into_par_iter()
            .map(|from| {
                let (mut end, mut near) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK * 32));
                for (i, (p, h)) in points.iter().enumerate().skip(from).take(CHUNK) {
                    grid.near(p, *h, |j, d2, _| {
                        if j as usize != i && dots[i].normal.get().dot(dots[j as usize].normal.get()) > 0.5 {
                            near.push((j, d2));
                        }
                    });
                    end.push(near.len());
                }
                (end, near)
            })
            .collect();
        let mut start = vec![0];
        let mut near = Vec::with_capacity(rows.iter().map(|r| r.1.len()).sum());
        for (end, row) in rows {
            let before = near.len();
            start.extend(end.into_iter().map(|e| before + e));
            near.extend(row);
        }
        let firm = prior.iter().map(|p| matches!(p, Prior::Firm(_))).collect();
        Self { deal, zone: dots.iter().map(|d| d.zone).collect(), firm, start, near, spacing }
    }

    fn row(&self, i: usize) -> &[Near] {
        &self.near[self.start[i]..self.start[i + 1]]
    }

    /// How much i and j mind each other when both are of class c.
    fn mind(&self, i: usize, j: usize, d2: f32, c: usize) -> f32 {
        let n = self.deal.classes;
        let reach = REACH as f32 * 0.5 * (self.spacing[i * n + c] + self.spacing[j * n + c]);
        let bell = (1.0 - d2 / (reach * reach)).max(0.0);
        let bell2 = bell * bell;
        let bell4 = bell2 * bell2;
        let least = self.deal.least[c] as f32;
        let core = if d2 <= least * least { TOO_CLOSE } else { 0.0 };
        core + match self.deal.bell {
            Bell::Steep => bell4 * bell4,
            Bell::Wide => bell4,
        }
    }

    /// Swaps labels, each time with the neighbour that gains most, until nothing gains.
    fn settle(&self, label: &mut [u8]) {
        let n = self.deal.classes;
        // How much the neighbours of class c mind dot i: `field[i * n + c]`.
        let mut field = vec![0.0_f32; label.len() * n];
        for i in 0..label.len() {
            for &(j, d2) in self.row(i) {
                let c = usize::from(label[j as usize]);
                field[i * n + c] += self.mind(i, j as usize, d2, c);
            }
        }
        let may = |i: usize, c: usize| self.deal.share[i * n + c] > 0.0;
        for _ in 0..SWEEPS {
            let mut swapped = false;
            for i in 0..label.len() {
                let a = usize::from(label[i]);
                let mut best = (GAIN, None);
                for &(j, d2) in self.row(i) {
                    let j = j as usize;
                    let b = usize::from(label[j]);
                    let bound = self.zone[i] != self.zone[j] || (self.firm[i] && self.firm[j]);
                    if a == b || bound || !may(i, b) || !may(j, a) {
                        continue;
                    }
                    let gain = field[i * n + a] - field[i * n + b] + field[j * n + b] - field[j * n + a]
                        + self.mind(i, j, d2, a)
                        + self.mind(i, j, d2, b);
                    if gain > best.0 {
                        best = (gain, Some(j));
                    }
                }
                let Some(j) = best.1 else { continue };
                let b = usize::from(label[j]);
                self.relabel(i, a, b, &mut field);
                self.relabel(j, b, a, &mut field);
                label.swap(i, j);
                swapped = true;
            }
            if !swapped {
                return;
            }
        }
    }

    /// Tells the neighbours of i that it is of class b now.
    fn relabel(&self, i: usize, a: usize, b: usize, field: &mut [f32]) {
        let n = self.deal.classes;
        for &(j, d2) in self.row(i) {
            let j = j as usize;
            field[j * n + a] -= self.mind(i, j, d2, a);
            field[j * n + b] += self.mind(i, j, d2, b);
        }
    }
}
