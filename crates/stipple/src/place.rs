//! All stages of stippling, from fields to dots.
//!
//! In: surface, fields, seed, preset. Out: dots that keep every hard distance, and those that could not. Absent:
//! measuring, frames of the sites.

use design::{Fields, Frozen, FrozenKind};
use frames::{Metres, PerSquareMetre, Seed};
use nalgebra::Vector3;
use scan::Surface;

use crate::blocks::Blocks;
use crate::cloud::{Candidate, Cloud, apportion, mass_by_zone, scatter};
use crate::eliminate::{Fixed, eliminate};
use crate::grid::Grid;
use crate::jitter::{Rule, jitter, repair};
use crate::kernel::Kernel;
use crate::mix::mix;
use crate::sheet::{Piece, Probe, Span, along_curve, cut, spacing};
use crate::site::{Preset, Reason, Rejected};
use crate::treatment;
use crate::{Over, Progress, StippleError};

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

pub(crate) fn place(
    surface: &Surface,
    fields: &Fields,
    seed: Seed,
    preset: Preset,
    progress: &Progress<'_>,
) -> Result<Placed, StippleError> {
    progress.done(0.0)?;
    let probe = Probe { surface, fields, span: Span::Rest };
    let pieces = cut(&probe);
    progress.done(0.05)?;
    let today = mass_by_zone(&pieces, |p| p.today);
    let total: f64 = today.iter().sum();
    if total.is_nan() || total < 0.5 {
        return Err(StippleError::Nothing { mass: total });
    }
    let mass = mass_by_zone(&pieces, |p| p.mass);
    let owed: f64 = mass.iter().sum();
    if owed > MOST as f64 {
        return Err(StippleError::TooMany { wanted: owed as u64, most: MOST });
    }
    let today = apportion(&today);
    // Rounding must not leave a zone fewer dots in all than today.
    let count: Vec<usize> = apportion(&mass).iter().zip(&today).map(|(all, today)| *all.max(today)).collect();
    let within = fields.least_distance().get();
    let earlier =
        fields.frozen().iter().any(|f| matches!(f.kind, FrozenKind::Earlier { .. } | FrozenKind::OldDot { .. }));
    if !earlier && count == today {
        let Laid { dots, rejected, densest } =
            Stage::new(probe, seed, preset, within, |_| true).lay(&pieces, &count, &[], &progress.part(0.05, 1.0))?;
        refuse_too_dense(densest, within, Over::Session)?;
        return Ok(Placed { dots, rejected });
    }
    let session = Stage::new(Probe { span: Span::Session, ..probe }, seed, preset, within, |_| true);
    let mut plan = treatment::plan(surface, fields, seed, preset, &progress.part(0.05, 0.5))?;
    let densest = plan.dots.iter().map(|d| session.probe.level(d.face, d.bary).density).fold(0.0, f64::max);
    refuse_too_dense(densest, within, Over::Session)?;
    let number = fields.session();
    let mut laid = if earlier {
        let rest = Stage::new(probe, seed, preset, fields.least_overall().get(), |_| true);
        let mut left = treatment::left(plan.dots, fields);
        // A dot that stands a little beside its place pushes its neighbour that is to come.
        rest.keep_hard_distances(&mut left);
        let mut laid = rest.lay(&pieces, &count, &left, &progress.part(0.5, 1.0))?;
        laid.dots = treatment::todays(&rest.probe, &laid.dots, &today, within, seed);
        laid
    } else {
        plan.dots.retain(|d| u16::from(d.class) + 1 == number);
        plan
    };
    // A dot that found no room is missing today only where no other can stand for it.
    laid.rejected.truncate(today.iter().sum::<usize>().saturating_sub(laid.dots.len()));
    laid.rejected.extend(session.keep_hard_distances(&mut laid.dots));
    laid.dots.iter_mut().for_each(|d| d.class = 0);
    mix(&session.probe, fields, &mut laid.dots, seed);
    Ok(Placed { dots: laid.dots, rejected: laid.rejected })
}

/// Dots, those that found no room, and the highest density among the candidates, 1/m².
pub(crate) struct Laid {
    pub(crate) dots: Vec<Candidate>,
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) densest: f64,
}

/// What dots are laid by: where they are wanted, what they keep clear of.
pub(crate) struct Stage<'a> {
    pub(crate) probe: Probe<'a>,
    seed: Seed,
    preset: Preset,
    /// Between two dots, metres.
    least: f64,
    /// Each with its own hard distance.
    fixed: Vec<(Fixed, f64)>,
    /// Some of the fixed are hair or dots that count.
    among: bool,
}

impl<'a> Stage<'a> {
    /// `minded`: which frozen points are there.
    pub(crate) fn new(
        probe: Probe<'a>,
        seed: Seed,
        preset: Preset,
        least: f64,
        minded: impl Fn(&FrozenKind) -> bool,
    ) -> Self {
        let there = || probe.fields.frozen().iter().filter(|f| minded(&f.kind));
        let among = there().any(|f| f.kind.counts() > 0.0);
        let fixed = fixed(&probe, preset, there());
        Self { probe, seed, preset, least, fixed, among }
    }

    /// `count` dots in each zone. `plan`: dots that stand where they should and stay as long as there is room for them.
    pub(crate) fn lay(
        &self,
        pieces: &[Piece],
        count: &[usize],
        plan: &[Candidate],
        progress: &Progress<'_>,
    ) -> Result<Laid, StippleError> {
        let cloud = scatter(&self.probe, pieces, self.seed, count.iter().sum(), self.preset.per_dot());
        let densest = cloud.densest;
        refuse_too_dense(densest, self.least, Over::Treatment)?;
        progress.done(0.05)?;
        let mut dots = self.thin(pieces, count, cloud, plan, &progress.part(0.05, 0.85))?;
        if let Some((sigma, gap)) = self.preset.jitter() {
            let rule = Rule { gap, least: self.least, fixed: &self.fixed };
            jitter(&self.probe, &mut dots, self.seed, sigma, &rule);
        }
        progress.done(0.95)?;
        let rejected = self.keep_hard_distances(&mut dots);
        progress.done(1.0)?;
        Ok(Laid { dots, rejected, densest })
    }

    /// The candidates that stay.
    fn thin(
        &self,
        pieces: &[Piece],
        count: &[usize],
        cloud: Cloud,
        plan: &[Candidate],
        progress: &Progress<'_>,
    ) -> Result<Vec<Candidate>, StippleError> {
        let Cloud { mut candidates, piece, .. } = cloud;
        // A plan says already how many dots each part needs.
        let (heap_of, count): (Vec<u32>, Vec<usize>) = if self.among && plan.is_empty() {
            let blocks = Blocks::new(pieces, count);
            let part = |(c, &piece): (&Candidate, &u32)| blocks.of(piece, pieces[piece as usize].zone, c.zone);
            (candidates.iter().zip(&piece).map(part).collect(), blocks.count)
        } else {
            candidates.extend(plan.iter().filter_map(|dot| self.wanted(dot)));
            (candidates.iter().map(|c| u32::from(c.zone)).collect(), count.to_vec())
        };
        let clear = clear_of(&candidates, &self.fixed);
        let minded: Vec<Fixed> = self.fixed.iter().map(|(fixed, _)| *fixed).filter(|f| f.weight > 0.0).collect();
        let kernel = Kernel::new(self.preset, self.least);
        let left = eliminate(&candidates, &clear, &minded, &kernel, &heap_of, &count, progress)?;
        let mut dots: Vec<Candidate> = left.iter().map(|&i| candidates[i as usize]).collect();
        if !plan.is_empty() {
            along_curve(&mut dots);
        }
        Ok(dots)
    }

    /// A planned dot as a candidate among what is there by now, where any are wanted.
    fn wanted(&self, dot: &Candidate) -> Option<Candidate> {
        let level = self.probe.level(dot.face, dot.bary);
        (level.density > 0.0).then(|| Candidate { spacing: spacing(level.total), zone: level.zone, ..*dot })
    }

    /// Moves dots apart, then leaves out the later one of each pair that is still too close.
    pub(crate) fn keep_hard_distances(&self, dots: &mut Vec<Candidate>) -> Vec<Rejected> {
        let rule = &Rule { gap: 0.0, least: self.least, fixed: &self.fixed };
        let mut rejected = Vec::new();
        let mut broken = Vec::new();
        for pass in 0..REPAIRS {
            broken = repair(&self.probe, dots, Seed(self.seed.0.wrapping_add(pass)), rule);
            if broken.is_empty() {
                return rejected;
            }
        }
        let points: Vec<(Vector3<f64>, f64)> = dots.iter().map(|d| (d.at.coords.coords, rule.least)).collect();
        let grid = Grid::new(&points, 1.01);
        let mut gone = vec![false; dots.len()];
        for i in broken {
            let p = points[i].0;
            let mut gap = f64::MAX;
            grid.near(&p, rule.least, |j, _, _| {
                if (j as usize) < i && !gone[j as usize] {
                    gap = gap.min((points[j as usize].0 - p).norm());
                }
            });
            let to_fixed =
                |(fixed, least): &(Fixed, f64)| Some(((fixed.at - p).norm(), *least)).filter(|(g, l)| g <= l);
            let broken = if gap <= rule.least { Some((gap, rule.least)) } else { rule.fixed.iter().find_map(to_fixed) };
            if let Some((gap, least)) = broken {
                gone[i] = true;
                let reason = Reason::TooClose { gap: Metres::new(gap), least: Metres::new(least) };
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
}

/// The least distance of a session binds its own dots, that of the treatment all of them.
fn refuse_too_dense(densest: f64, least: f64, over: Over) -> Result<(), StippleError> {
    let tightest = spacing(densest);
    if tightest < ROOM * least {
        // Inverse of spacing(): density = 2 / (sqrt(3) h²).
        let density = |h: f64| PerSquareMetre::new(HEX / (h * h));
        return Err(StippleError::TooDense {
            over,
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
fn fixed<'a>(probe: &Probe<'_>, preset: Preset, there: impl Iterator<Item = &'a Frozen>) -> Vec<(Fixed, f64)> {
    let fields = probe.fields;
    there
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
