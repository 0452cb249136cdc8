//! All stages of stippling, from fields to dots.
//!
//! In: surface, fields, seed, preset. Out: dots that keep every hard distance, and those that could not. Absent:
//! measuring, frames of the sites.

use design::{Fields, FrozenKind};
use frames::{Metres, PerSquareMetre, Seed};
use nalgebra::Vector3;
use scan::Surface;

use crate::StippleError;
use crate::blocks::Blocks;
use crate::cloud::{Candidate, Cloud, apportion, mass_by_zone, scatter};
use crate::eliminate::{Fixed, eliminate};
use crate::grid::Grid;
use crate::jitter::{Rule, jitter, repair};
use crate::kernel::Kernel;
use crate::sheet::{Probe, cut, spacing};
use crate::site::{Preset, Reason, Rejected};

/// Dots of one session: ten times the growth figure of design.md section 9.
const MOST: u64 = 1_000_000;
/// A spacing must exceed the least distance by this much, or the density cannot be reached. stipple.md section 8 says
/// 1.15; measured at 1 mm: 0 % of the dots find no room at 54/cm², 0.1 % at 64, 10 % at 75, 20 % at 85. 1.32 is 66/cm².
const ROOM: f64 = 1.32;
/// A frozen point outside every zone minds others as a dot of the sparsest part of a ramp does, metres.
const LONE: f64 = 2e-3;
/// Passes over dots that are too close.
const REPAIRS: u64 = 4;

/// What came of it.
pub(crate) struct Placed {
    pub(crate) dots: Vec<Candidate>,
    pub(crate) rejected: Vec<Rejected>,
}

pub(crate) fn place(surface: &Surface, fields: &Fields, seed: Seed, preset: Preset) -> Result<Placed, StippleError> {
    let probe = Probe { surface, fields };
    let pieces = cut(&probe);
    let mass = mass_by_zone(&pieces);
    let total: f64 = mass.iter().sum();
    if total.is_nan() || total < 0.5 {
        return Err(StippleError::Nothing { mass: total });
    }
    if total > MOST as f64 {
        return Err(StippleError::TooMany { wanted: total as u64, most: MOST });
    }
    let count = apportion(&mass);
    let among = fields.frozen().iter().any(|f| f.kind.counts() > 0.0);
    let least = fields.least_distance().get();
    let Cloud { candidates, piece, densest } = scatter(&probe, &pieces, seed, count.iter().sum(), preset.per_dot());
    refuse_too_dense(densest, least)?;
    let fixed = fixed(&probe, fields, preset);
    let clear = clear_of(&candidates, &fixed);
    let minded: Vec<Fixed> = fixed.iter().map(|(fixed, _)| *fixed).filter(|f| f.weight > 0.0).collect();
    let kernel = Kernel::new(preset, least);
    let left = if among {
        let blocks = Blocks::new(&pieces, &count);
        let heap_of: Vec<u32> = candidates
            .iter()
            .zip(&piece)
            .map(|(c, &piece)| blocks.of(piece, pieces[piece as usize].zone, c.zone))
            .collect();
        eliminate(&candidates, &clear, &minded, &kernel, &heap_of, &blocks.count)
    } else {
        let heap_of: Vec<u32> = candidates.iter().map(|c| u32::from(c.zone)).collect();
        eliminate(&candidates, &clear, &minded, &kernel, &heap_of, &count)
    };
    let mut dots: Vec<Candidate> = left.iter().map(|&i| candidates[i as usize]).collect();
    if let Some((sigma, gap)) = preset.jitter() {
        jitter(&probe, &mut dots, seed, sigma, &Rule { gap, least, fixed: &fixed });
    }
    let rejected = keep_hard_distances(&probe, &mut dots, seed, &Rule { gap: 0.0, least, fixed: &fixed });
    Ok(Placed { dots, rejected })
}

/// The least distance counts inside one session, so it is the density of new dots that may be too high.
fn refuse_too_dense(densest: f64, least: f64) -> Result<(), StippleError> {
    let tightest = spacing(densest);
    if tightest < ROOM * least {
        // Inverse of spacing(): density = 2 / (sqrt(3) h²).
        let density = |h: f64| PerSquareMetre::new(HEX / (h * h));
        return Err(StippleError::TooDense {
            density: density(tightest),
            spacing: Metres::new(tightest),
            least: Metres::new(least),
            most: density(ROOM * least),
        });
    }
    Ok(())
}

/// 2 / sqrt(3).
pub(crate) const HEX: f64 = 1.154_700_538_379_251_7;

/// Frozen points as the candidates see them, each with its hard distance. What counts repels by how much it counts; where
/// nothing new is wanted it also stands for the candidates that are not there, so that the edge of today's area is none.
fn fixed(probe: &Probe<'_>, fields: &Fields, preset: Preset) -> Vec<(Fixed, f64)> {
    fields
        .frozen()
        .iter()
        .map(|f| {
            let hit = probe.surface.nearest(f.point);
            let level = probe.level(hit.face, hit.bary);
            let spacing = if level.total > 0.0 { spacing(level.total) } else { LONE };
            let normal = probe.normal(hit.face, hit.bary).get().into_inner();
            let there = f.kind.counts() as f32;
            let weight = if matches!(f.kind, FrozenKind::Sentinel(_)) { 1.0 } else { there };
            let alone = level.density <= 0.0 && level.total > 0.0;
            let stands_for = if alone { there * preset.per_dot() as f32 } else { 0.0 };
            let gap = there > 0.5;
            (
                Fixed { at: f.point.coords.coords, normal, spacing, weight, stands_for, gap },
                fields.least_to(&f.kind).get(),
            )
        })
        .collect()
}

/// Which candidates are far enough from every frozen point.
fn clear_of(candidates: &[Candidate], fixed: &[(Fixed, f64)]) -> Vec<bool> {
    let widest = fixed.iter().fold(0.0_f64, |m, f| m.max(f.1));
    let points: Vec<(Vector3<f64>, f64)> = fixed.iter().map(|(f, _)| (f.at, widest)).collect();
    let grid = Grid::new(&points, 1.01);
    let clear = |c: &Candidate| {
        let p = c.at.coords.coords;
        let mut clear = true;
        grid.near(&p, widest, |j, _, _| {
            let (fixed, least) = &fixed[j as usize];
            clear &= (fixed.at - p).norm() > *least;
        });
        clear
    };
    candidates.iter().map(clear).collect()
}

/// Moves dots apart, then leaves out the later one of each pair that is still too close.
fn keep_hard_distances(probe: &Probe<'_>, dots: &mut Vec<Candidate>, seed: Seed, rule: &Rule<'_>) -> Vec<Rejected> {
    let mut rejected = Vec::new();
    for pass in 0..REPAIRS {
        if repair(probe, dots, Seed(seed.0.wrapping_add(pass)), rule).is_empty() {
            return rejected;
        }
    }
    let points: Vec<(Vector3<f64>, f64)> = dots.iter().map(|d| (d.at.coords.coords, rule.least)).collect();
    let grid = Grid::new(&points, 1.01);
    let mut gone = vec![false; dots.len()];
    for i in 0..dots.len() {
        let p = points[i].0;
        let mut gap = f64::MAX;
        grid.near(&p, rule.least, |j, _, _| {
            if (j as usize) < i && !gone[j as usize] {
                gap = gap.min((points[j as usize].0 - p).norm());
            }
        });
        if gap <= rule.least {
            gone[i] = true;
            let reason = Reason::TooClose { gap: Metres::new(gap), least: Metres::new(rule.least) };
            rejected.push(Rejected { at: dots[i].at, reason });
        }
    }
    let mut index = 0;
    dots.retain(|_| {
        index += 1;
        !gone[index - 1]
    });
    rejected
}
