//! Small steps of dots along the skin: to be as irregular as hair, and to mend gaps that are too small.
//!
//! In: dots, a rule of least gaps. Out: the same dots, some moved. Step 8 of stipple.md section 8. Absent: any step out
//! of the wanted area, across the surface's end, or nearer to a neighbour than the rule.

use frames::{Seed, hash};
use nalgebra::Vector3;

use crate::cloud::{Candidate, stage};
use crate::eliminate::Fixed;
use crate::grid::Grid;
use crate::sheet::Probe;
use crate::walk::walk;

/// Largest step per axis is 2 sqrt(3) sigma = 0.38 h, so 0.54 h over both; two such steps and the gap of 0.40 h are
/// inside 1.6 h.
const REACH: f64 = 1.6;
/// Tries for one dot, and for one dot that must move.
const TRIES: u64 = 8;
const REPAIR_TRIES: u64 = 64;

/// What no dot may break.
pub(crate) struct Rule<'a> {
    /// Between two dots, in mean spacings.
    pub(crate) gap: f64,
    /// Between two dots, metres.
    pub(crate) least: f64,
    /// Each with its own least distance, metres.
    pub(crate) fixed: &'a [(Fixed, f64)],
}

impl Rule<'_> {
    fn between(&self, a: &Candidate, b: &Candidate) -> f64 {
        (self.gap * 0.5 * (a.spacing + b.spacing)).max(self.least)
    }
}

struct Neighbours {
    dots: Vec<Vec<u32>>,
    fixed: Vec<Vec<u32>>,
}

impl Neighbours {
    fn of(dots: &[Candidate], rule: &Rule<'_>) -> Self {
        let wide = |spacing: f64| spacing.max(rule.least);
        let points: Vec<(Vector3<f64>, f64)> = dots.iter().map(|d| (d.at.coords.coords, wide(d.spacing))).collect();
        let grid = Grid::new(&points, REACH);
        let fixed: Vec<(Vector3<f64>, f64)> =
            rule.fixed.iter().map(|(f, least)| (f.at, f.spacing.max(*least))).collect();
        let fixed_grid = Grid::new(&fixed, REACH);
        let list = |grid: &Grid, own: bool| {
            points
                .iter()
                .enumerate()
                .map(|(i, (p, h))| {
                    let mut near = Vec::new();
                    grid.near(p, *h, |j, _, _| {
                        if !(own && j as usize == i) {
                            near.push(j);
                        }
                    });
                    near
                })
                .collect()
        };
        Self { dots: list(&grid, true), fixed: list(&fixed_grid, false) }
    }
}

/// Moves every dot once, by a step of `sigma` spacings per axis, where the rule allows it.
pub(crate) fn jitter(probe: &Probe<'_>, dots: &mut [Candidate], seed: Seed, sigma: f64, rule: &Rule<'_>) {
    let near = Neighbours::of(dots, rule);
    for i in (0..dots.len()).filter(|i| !dots[*i].planned).collect::<Vec<_>>() {
        let moved = (0..TRIES).find_map(|attempt| {
            step(probe, &dots[i], seed, stage::JITTER, i as u64 * TRIES + attempt, sigma)
                .filter(|new| free(dots, i, new, &near, rule))
        });
        if let Some(new) = moved {
            dots[i] = new;
        }
    }
}

/// Tries to move apart what breaks the rule, with growing steps. Returns the dots that still break it.
pub(crate) fn repair(probe: &Probe<'_>, dots: &mut [Candidate], seed: Seed, rule: &Rule<'_>) -> Vec<usize> {
    let near = Neighbours::of(dots, rule);
    let mut broken = Vec::new();
    for i in 0..dots.len() {
        if free(dots, i, &dots[i], &near, rule) {
            continue;
        }
        let moved = (0..REPAIR_TRIES).find_map(|attempt| {
            let sigma = 0.05 + 0.1 * attempt as f64 / REPAIR_TRIES as f64;
            step(probe, &dots[i], seed, stage::REPAIR, i as u64 * REPAIR_TRIES + attempt, sigma)
                .filter(|new| free(dots, i, new, &near, rule))
        });
        match moved {
            Some(new) => dots[i] = new,
            None => broken.push(i),
        }
    }
    broken
}

/// A step in the tangent plane, each axis (sum of four uniforms - 2) sqrt(3) sigma spacings, walked over the mesh.
fn step(probe: &Probe<'_>, dot: &Candidate, seed: Seed, stage: u64, key: u64, sigma: f64) -> Option<Candidate> {
    /// sqrt(3)
    const ROOT: f64 = 1.732_050_807_568_877_2;
    let n = dot.normal.get();
    // Any axis square to the normal will do, as the step has no favourite direction.
    let helper = if n.x.abs() < 0.6 { Vector3::x() } else { Vector3::y() };
    let a = n.cross(&helper);
    let a = a / a.norm();
    let b = n.cross(&a);
    let word = |axis: u64| {
        let bits = hash(seed, stage, 2 * key + axis);
        let sum: u64 = (0..4).map(|k| bits >> (16 * k) & 0xFFFF).sum();
        (sum as f64 / 65_536.0 - 2.0) * ROOT * sigma * dot.spacing
    };
    let (face, bary) = walk(probe.surface, dot.face, dot.bary, a * word(0) + b * word(1))?;
    let level = probe.level(face, bary);
    (level.density > 0.0 && level.zone == dot.zone).then(|| Candidate {
        at: probe.surface.at(face, bary),
        normal: probe.normal(face, bary),
        face,
        bary,
        ..*dot
    })
}

fn free(dots: &[Candidate], i: usize, new: &Candidate, near: &Neighbours, rule: &Rule<'_>) -> bool {
    let p = new.at.coords.coords;
    near.dots[i].iter().all(|&j| {
        let other = &dots[j as usize];
        (other.at.coords.coords - p).norm() > rule.between(new, other)
    }) && near.fixed[i].iter().all(|&j| {
        let (fixed, least) = &rule.fixed[j as usize];
        let gap = if fixed.gap { rule.gap * 0.5 * (new.spacing + fixed.spacing) } else { 0.0 };
        (fixed.at - p).norm() > least.max(gap)
    })
}
