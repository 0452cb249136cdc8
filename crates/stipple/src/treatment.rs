//! All sessions of a treatment at once, and which of its dots are today's.
//!
//! In: the fields with their ladder. Out: the plan, the dots of all sessions as if none had been, each with its session; and of
//! dots laid among what is really there, those of this session. Absent: the later sessions' own dots; they come when their
//! day comes, around what is really there by then.
//! Step 10 of stipple.md section 8: a session is a class, so that it is even alone and all are even together. The plan is a
//! function of the design and the seed, hence the same in every session, and a later session finds its dots again:
//! laid anew around the dots before it, three sessions came to a soft error of 0.30 together and 0.55 for the last alone
//! (`human`, bundled head), where one laying comes to 0.22.

use design::{Fields, FrozenKind};
use frames::Seed;
use nalgebra::Vector3;
use scan::Surface;

use crate::classes::{Bell, Deal, Prior, deal};
use crate::cloud::{Candidate, apportion, mass_by_zone};
use crate::grid::Grid;
use crate::place::{Laid, Stage};
use crate::sheet::{Level, Probe, Span, cut, spacing};
use crate::site::Preset;
use crate::{Progress, StippleError};

/// An earlier dot as near as this to a planned one stands for it, metres: twice the scatter of placement (design.md section
/// 8), and half the least distance of two dots.
const NEAR: f64 = 0.3e-3;

/// The dots of all sessions, `class` being the session, from 0.
pub(crate) fn plan(
    surface: &Surface,
    fields: &Fields,
    seed: Seed,
    preset: Preset,
    progress: &Progress<'_>,
) -> Result<Laid, StippleError> {
    let probe = Probe { surface, fields, span: Span::Plan };
    let pieces = cut(&probe);
    let count = apportion(&mass_by_zone(&pieces, |p| p.mass));
    // Hair stands for good; sentinels and earlier dots differ from session to session.
    let least = fields.least_overall().get();
    let stage = Stage::new(probe, seed, preset, least, |kind| matches!(kind, FrozenKind::Follicle));
    let mut laid = stage.lay(&pieces, &count, &[], progress)?;
    let ladders: Vec<Vec<f64>> = laid.dots.iter().map(|d| fields.ladder_at(d.at, d.normal)).collect();
    let classes = ladders.iter().map(Vec::len).max().unwrap_or(1);
    let share: Vec<f32> =
        ladders.iter().flat_map(|row| (0..classes).map(|c| row.get(c).map_or(0.0, |s| *s as f32))).collect();
    let spacing: Vec<f32> =
        laid.dots.iter().map(|d| spacing(stage.probe.level(d.face, d.bary).density) as f32).collect();
    let rule = Deal {
        share: &share,
        spacing: &spacing,
        classes,
        count: &shared_out(&laid.dots, &share, classes, count.len()),
        bell: Bell::Steep,
        least: &vec![fields.least_distance().get(); classes],
        prior: &vec![Prior::Free; laid.dots.len()],
    };
    let sessions = deal(&laid.dots, &rule, seed);
    for (dot, session) in laid.dots.iter_mut().zip(sessions) {
        dot.class = session;
        dot.planned = true;
    }
    Ok(laid)
}

/// Dots of each class in each zone: the zone's own, by the sums of their shares.
fn shared_out(dots: &[Candidate], share: &[f32], classes: usize, zones: usize) -> Vec<Vec<usize>> {
    let mut sum = vec![vec![0.0; classes]; zones];
    for (dot, row) in dots.iter().zip(share.chunks(classes.max(1))) {
        for (sum, share) in sum[usize::from(dot.zone)].iter_mut().zip(row) {
            *sum += f64::from(*share);
        }
    }
    sum.iter().map(|row| apportion(row)).collect()
}

/// What is left of the plan: the dots that no earlier dot stands for. Nothing if the earlier dots do not stand where the
/// plan has dots, since the design, the seed or the registration was another: then it says nothing about where dots lack.
pub(crate) fn left(mut plan: Vec<Candidate>, fields: &Fields) -> Vec<Candidate> {
    let reach = fields.least_overall().get().max(NEAR);
    let points: Vec<(Vector3<f64>, f64)> = plan.iter().map(|d| (d.at.coords.coords, reach)).collect();
    let grid = Grid::new(&points, 1.0);
    let earlier = fields.frozen().iter().filter(|f| matches!(f.kind, FrozenKind::Earlier { .. }));
    let mut done = vec![false; plan.len()];
    let (mut hits, mut all) = (0, 0);
    for dot in earlier {
        all += 1;
        if let Some((k, d2)) = grid.nearest(&dot.point.coords.coords, reach, reach) {
            done[k as usize] = true;
            hits += usize::from(f64::from(d2) < NEAR * NEAR);
        }
    }
    if 2 * hits <= all {
        return Vec::new();
    }
    let mut done = done.into_iter();
    plan.retain(|_| done.next() == Some(false));
    plan
}

/// Of the dots that this session and the later ones owe, today's: `count` in each zone, fewer only where fewer are laid.
/// What was planned for today stays today's, what an earlier session missed is due today, the rest is shared out.
pub(crate) fn todays(probe: &Probe<'_>, dots: &[Candidate], count: &[usize], least: f64, seed: Seed) -> Vec<Candidate> {
    let mut laid = vec![0; count.len()];
    for dot in dots {
        laid[usize::from(dot.zone)] += 1;
    }
    let level: Vec<Level> = dots.iter().map(|d| probe.level(d.face, d.bary)).collect();
    let session = probe.fields.session();
    let prior = |d: &Candidate| match (d.planned, u16::from(d.class) + 1) {
        (false, _) => Prior::Free,
        (true, due) if due < session => Prior::Loose(0),
        (true, due) => Prior::Firm(u8::from(due > session)),
    };
    let rule = Deal {
        share: &level.iter().map(Level::share).flat_map(|s| [s as f32, 1.0 - s as f32]).collect::<Vec<_>>(),
        spacing: &level.iter().map(|l| spacing(l.density) as f32).collect::<Vec<_>>(),
        classes: 2,
        count: &count.iter().zip(laid).map(|(&n, laid)| vec![n.min(laid), laid - n.min(laid)]).collect::<Vec<_>>(),
        bell: Bell::Steep,
        least: &[least, 0.0],
        prior: &dots.iter().map(prior).collect::<Vec<_>>(),
    };
    let class = deal(dots, &rule, seed);
    dots.iter().zip(class).filter(|(_, class)| *class == 0).map(|(dot, _)| *dot).collect()
}
