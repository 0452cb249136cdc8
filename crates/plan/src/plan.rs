//! From sites to a program.
//!
//! In: arm, tool, head, cell, sites. Out: the program, the sites it leaves out with their reasons, and its figures; or
//! the one reason why there is no program. The steps, each in its own file: order (`tour`), spins (`spin`), postures
//! (`reach`), choice (`ladder`), ways (`hops`, `route`), times (`timing`), and a check that shares no search code
//! (`verify`). Absent: any clock; results do not depend on the number of threads.

use arm::{ArmModel, Detour, JointPos, Program, Stroke, Tool};
use frames::{Metres, Protrusion};
use nalgebra::Point3;
use rayon::prelude::*;
use scan::Surface;
use stipple::Site;

use crate::body::Body;
use crate::choose::{Choice, retain};
use crate::clear::{Margins, Touch, World};
use crate::field::Field;
use crate::hops::{self, Made};
use crate::ladder::is_change;
use crate::reach::Reach;
use crate::{Cell, Options, PlanError, Reject, Rejected, Stats, detour, door, timing, verify};

/// Blocked changes are moved elsewhere so many times.
const BARS: usize = 8;
/// A run of strokes cut off by blocked hops on both sides is left out when it is this short.
const STRAY: usize = 8;

/// Plans one session.
///
/// `protrusion_for` says what the needle drive must be told at a site; what the tool's stop does not allow is cut to it.
/// The program's digests are zero: the caller knows the files.
///
/// # Errors
/// Nothing reachable, or a cell that cannot be: every variant of [`PlanError`] says what to change.
pub fn plan(
    arm: &ArmModel,
    tool: &Tool,
    surface: &Surface,
    cell: &Cell,
    sites: &[Site],
    options: &Options,
    protrusion_for: &(dyn Fn(&Site) -> Protrusion + Sync),
) -> Result<(Program, Vec<Rejected>, Stats), PlanError> {
    door::check_input(arm, cell, options)?;
    if sites.is_empty() {
        return Err(PlanError::NoSites);
    }
    let margins = Margins::of(options);
    let body = Body::new(arm, tool, margins.head).ok_or_else(|| PlanError::Input {
        what: "arm and tool have too many collision capsules".to_owned(),
        way_out: "merge shapes of the tool or of the arm's links",
    })?;
    let base_from_head = cell.base_from_head;
    let places: Vec<Point3<f64>> = sites.iter().map(|s| s.head_from_skin.origin().coords).collect();
    let field = Field::new(surface, if places.iter().all(|p| p.iter().all(|v| v.is_finite())) { &places } else { &[] });
    let world = World::new(arm, body, field, &cell.keep_out, margins, base_from_head.get());
    door::check_cell(&world, cell)?;
    let mut reach = Reach::new(&world, tool, base_from_head, &cell.park, options);

    let mut rejected: Vec<Rejected> = Vec::new();
    let protrusions: Vec<Protrusion> = sites.par_iter().map(|s| clip(protrusion_for(s), tool.needle.stop)).collect();
    let mut left: Vec<u32> = Vec::with_capacity(sites.len());
    for (i, site) in sites.iter().enumerate() {
        if site.head_from_skin.is_finite() && protrusions[i].get().is_finite() {
            left.push(i as u32);
        } else {
            rejected.push(Rejected { site: site.id, reason: Reject::NotFinite });
        }
    }
    let ring = tool.nose.radius.get();
    let mut choice = Choice::new(&mut reach, sites, left, &mut rejected);
    let mut made = choice.settle(&reach, sites, &protrusions, &mut rejected);
    let mut blocked = hops::clear(&reach, &mut made, ring);
    for _ in 0..BARS {
        // A turn about the needle that has no room here may have it elsewhere.
        let change = |i: usize| is_change(made[i].node, made[i + 1].node, options.spins);
        let changes: Vec<u32> = blocked.iter().filter(|(i, _)| change(*i)).map(|(i, _)| made[*i].rung).collect();
        let new = changes.into_iter().map(|rung| choice.bar(rung)).filter(|new| *new).count();
        if new == 0 {
            break;
        }
        made = choice.settle(&reach, sites, &protrusions, &mut rejected);
        blocked = hops::clear(&reach, &mut made, ring);
    }
    let (mut detours, dropped) = connect(&reach, &mut made, blocked, &cell.park, ring);
    rejected.extend(dropped.into_iter().map(|(i, reason)| Rejected { site: sites[i as usize].id, reason }));
    // A stroke at either end to which no way leads from park is left out, so that the next may be the end.
    let (mut approach, mut retreat) = (Err(None), Err(None));
    while let Some(first) = made.first() {
        approach = detour::home(&reach, first, &cell.park);
        let Err(touch) = &approach else { break };
        rejected.push(no_way(&reach, sites, first, touch.as_ref()));
        made.remove(0);
        detours.retain(|d| d.before > 1);
        detours.iter_mut().for_each(|d| d.before -= 1);
    }
    while let Some(last) = made.last() {
        retreat = detour::home(&reach, last, &cell.park);
        let Err(touch) = &retreat else { break };
        rejected.push(no_way(&reach, sites, last, touch.as_ref()));
        made.pop();
        detours.retain(|d| (d.before as usize) < made.len());
    }
    rejected.sort_by_key(|r| r.site);
    let (Ok(approach), Ok(mut retreat)) = (approach, retreat) else { return Err(nothing(sites, &rejected)) };
    retreat.reverse();

    let strokes: Vec<Stroke> = made.iter_mut().map(|m| stroke(&reach, sites, m, options)).collect();
    let program = Program {
        scene: [0; 32],
        scan: [0; 32],
        arm: [0; 32],
        tool: [0; 32],
        base_from_head,
        limits: arm.limits,
        park: cell.park,
        approach,
        strokes,
        detours,
        retreat,
    };
    verify::verify(&program, &world, surface, tool, options)?;
    let stats = stats(&program, &made, rejected.len(), arm, tool, options);
    Ok((program, rejected, stats))
}

/// Finds a way around for every blocked hop; leaves out runs of strokes to which there is none.
fn connect(
    reach: &Reach<'_>,
    made: &mut Vec<Made>,
    mut blocked: Vec<(usize, Touch)>,
    park: &JointPos,
    ring: f64,
) -> (Vec<Detour>, Vec<(u32, Reject)>) {
    let mut dropped = Vec::new();
    loop {
        let found: Vec<Option<Vec<JointPos>>> =
            blocked.par_iter().map(|(i, _)| detour::detour(reach, &made[*i], &made[*i + 1], park)).collect();
        let (mut detours, mut closed) = (Vec::new(), Vec::new());
        for ((i, touch), stops) in blocked.into_iter().zip(found) {
            match stops {
                Some(stops) => detours.push(Detour { before: i as u32 + 1, stops }),
                None => closed.push((i, touch)),
            }
        }
        let Some((_, touch)) = closed.first() else { return (detours, dropped) };
        let (part, obstacle) = reach.world.names(touch);
        // Runs between closed hops.
        let mut starts = vec![0];
        starts.extend(closed.iter().map(|(i, _)| i + 1));
        let ends = starts.iter().skip(1).copied().chain([made.len()]);
        let runs: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        let longest = runs.iter().map(|r| r.1 - r.0).max().unwrap_or(0);
        let shortest = runs.iter().map(|r| r.1 - r.0).min().unwrap_or(0);
        // All strays at once, the longest never; of two equal runs the later goes.
        let limit = if shortest <= STRAY { STRAY } else { shortest };
        let mut kept_one = false;
        let mut out = vec![false; made.len()];
        for run in &runs {
            let length = run.1 - run.0;
            let keep = length > limit || (length == longest && !std::mem::replace(&mut kept_one, true));
            out[run.0..run.1].fill(!keep);
        }
        for (m, _) in made.iter().zip(&out).filter(|(_, out)| **out) {
            dropped.push((m.site, Reject::NoPassage { part: part.clone(), obstacle: obstacle.clone() }));
        }
        let keep: Vec<bool> = out.into_iter().map(|o| !o).collect();
        retain(made, &keep);
        blocked = hops::clear(reach, made, ring);
    }
}

fn no_way(reach: &Reach<'_>, sites: &[Site], made: &Made, touch: Option<&Touch>) -> Rejected {
    let (part, obstacle) =
        touch.map_or_else(|| ("the arm".to_owned(), crate::Obstacle::Head), |touch| reach.world.names(touch));
    Rejected { site: sites[made.site as usize].id, reason: Reject::NoPassage { part, obstacle } }
}

fn stroke(reach: &Reach<'_>, sites: &[Site], made: &Made, options: &Options) -> Stroke {
    let site = &sites[made.site as usize];
    Stroke {
        site: site.id,
        head_from_touch: made.place.pose(reach.spin(made.node.spin.into()), 0.0),
        touch: made.pair.touch,
        lifted: made.pair.lifted,
        protrusion: made.protrusion,
        target: site.target,
        deepest: site.most,
        dwell: options.dwell,
    }
}

fn stats(program: &Program, made: &[Made], rejected: usize, arm: &ArmModel, tool: &Tool, options: &Options) -> Stats {
    let pace = &options.pace;
    let tcp = &tool.flange_from_tcp;
    let hop = |a: &JointPos, b: &JointPos, speed: f64| timing::hop(arm, tcp, a, b, pace, speed).seconds();
    let way = |stops: &[JointPos]| stops.windows(2).map(|w| hop(&w[0], &w[1], pace.near)).sum::<f64>();
    let hops: Vec<f64> = made
        .par_windows(2)
        .enumerate()
        .map(|(i, w)| {
            let ends = [w[0].pair.lifted, w[1].pair.lifted];
            way(&ends[..1].iter().chain(program.detour(i + 1)).chain(&ends[1..]).copied().collect::<Vec<_>>())
        })
        .collect();
    let (mut ends, mut last) = (0.0, program.park);
    for q in program.approach.iter().chain(made.first().map(|m| &m.pair.lifted)) {
        ends += hop(&last, q, pace.near);
        last = *q;
    }
    if let Some(m) = made.last() {
        last = m.pair.lifted;
    }
    for q in program.retreat.iter().chain([&program.park]) {
        ends += hop(&last, q, pace.near);
        last = *q;
    }
    let own = |m: &Made, lift: Metres| timing::stroke(arm, tool, options, &m.pair, m.lift, lift, m.protrusion);
    let duration = ends + hops.iter().sum::<f64>() + made.iter().map(|m| own(m, m.lift)).sum::<f64>();
    // A hop over strokes dropped after the ladder is not one of the ladder's: it is bounded by nothing. f32 rounds.
    let known = made.windows(2).filter(|w| w[1].rung == w[0].rung + 1);
    let floor: f64 = known.map(|w| w[1].least * (1.0 - 1e-5)).sum();
    let bound = ends + floor + made.iter().map(|m| own(m, options.lift)).sum::<f64>();
    let straight = made.windows(2).enumerate().filter(|(i, _)| program.detour(i + 1).is_empty());
    let turns = straight.map(|(_, w)| w[1].pair.lifted.zip(&w[0].pair.lifted, |b, a| b - a).max_abs());
    Stats {
        planned: made.len(),
        rejected,
        duration_s: duration,
        bound_s: bound,
        rate_per_s: made.len() as f64 / duration,
        bound_ratio: bound / duration,
        tour_m: made.windows(2).map(|w| (w[1].place.at - w[0].place.at).norm()).sum(),
        max_hop_rad: turns.clone().fold(0.0, f64::max),
        travel_rad: turns.sum(),
        detours: program.detours.len(),
        seconds: 0.0,
    }
}

/// The rejected site that fails by the least stands for all.
fn nothing(sites: &[Site], rejected: &[Rejected]) -> PlanError {
    let lack = |reason: &Reject| match reason {
        Reject::NoPassage { .. } => (0, 0.0),
        Reject::Singular { value, least } => (1, least - value),
        Reject::Collides { clearance, least, .. } => (2, (*least - *clearance).get()),
        Reject::JointLimit { over, .. } => (3, over.get()),
        Reject::OutOfReach { over } => (4, over.get()),
        Reject::NotFinite => (5, 0.0),
    };
    let by = |a: &&Rejected, b: &&Rejected| {
        let (a, b) = (lack(&a.reason), lack(&b.reason));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    };
    let Some(best) = rejected.iter().min_by(by) else { return PlanError::NoSites };
    let zone = sites.iter().find(|s| s.id == best.site).map_or_else(String::new, |s| s.zone.to_string());
    PlanError::NothingReachable { sites: sites.len(), site: best.site, zone, reason: best.reason.clone() }
}

/// Not past the stop.
fn clip(protrusion: Protrusion, stop: Protrusion) -> Protrusion {
    if protrusion > stop { stop } else { protrusion }
}
