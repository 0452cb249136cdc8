//! From sites to a program.
//!
//! In: arm, tool, head, cell, sites. Out: the program, the sites it leaves out with their reasons, and its figures; or
//! the one reason why there is no program. The steps, each in its own file: order (`tour`), spins (`spin`), postures
//! (`reach`), choice (`ladder`), ways (`hops`, `route`), times (`timing`), and a check that shares no search code
//! (`verify`). Absent: any clock; results do not depend on the number of threads.

use arm::{ArmModel, Joint, JointPos, Program, Stroke, Tool};
use frames::{Metres, Point, Protrusion, Radians};
use nalgebra::Point3;
use rayon::prelude::*;
use scan::Surface;
use stipple::Site;

use crate::body::Body;
use crate::clear::{Margins, Nose, Touch, World, to_box};
use crate::field::Field;
use crate::hops::{self, Made};
use crate::ladder::{BRANCHES, Ladder, Node, Walk};
use crate::reach::{Pair, Reach, milder};
use crate::spin::{Place, places};
use crate::timing::{self, HopTime};
use crate::{Cell, Options, PlanError, Reject, Rejected, Stats, route, tour, verify};

/// Sites without a posture that is both clear and regular are found one after another; after so many rounds the rest goes.
const ROUNDS: usize = 12;
/// When more than this part of the sites is left out, the rest is ordered again.
const REORDER: f64 = 0.02;
/// Above the skin, joints may turn freely: the approach ends here and goes straight down. m.
const RISES: [f64; 4] = [0.05, 0.03, 0.02, 0.01];
/// Places that are looked at on every branch.
const SAMPLE: usize = 256;
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
    check_input(arm, cell, options)?;
    if sites.is_empty() {
        return Err(PlanError::NoSites);
    }
    let margins = Margins {
        head: options.head_clearance.get(),
        keep_out: options.keep_out_clearance.get(),
        itself: options.self_clearance.get(),
    };
    let body = Body::new(arm, tool, margins.head).ok_or_else(|| PlanError::Input {
        what: "arm and tool have too many collision capsules".to_owned(),
        way_out: "merge shapes of the tool or of the arm's links",
    })?;
    let base_from_head = cell.base_from_head;
    let places: Vec<Point3<f64>> = sites.iter().map(|s| s.head_from_skin.origin().coords).collect();
    let field = Field::new(surface, if places.iter().all(|p| p.iter().all(|v| v.is_finite())) { &places } else { &[] });
    let world = World::new(arm, body, field, &cell.keep_out, margins, base_from_head.get());
    check_cell(&world, cell)?;
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
    let mut made = choose(&mut reach, sites, &mut left, &protrusions, &mut rejected);
    let (mut made, dropped) = connect(&reach, &mut made, tool.nose.radius.get());
    rejected.extend(dropped.into_iter().map(|(i, reason)| Rejected { site: sites[i as usize].id, reason }));
    rejected.sort_by_key(|r| r.site);
    let (Some(first), Some(last)) = (made.first().copied(), made.last().copied()) else {
        return Err(nothing(sites, &rejected));
    };
    let approach = home(&reach, sites, &first, cell, options)?;
    let mut retreat = home(&reach, sites, &last, cell, options)?;
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
        retreat,
    };
    verify::verify(&program, &world, surface, tool, options)?;
    let stats = stats(&program, &made, rejected.len(), arm, tool, options);
    Ok((program, rejected, stats))
}

/// Strokes with posture and spin, in order. Sites without a posture go to `rejected`.
fn choose(
    reach: &mut Reach<'_>,
    sites: &[Site],
    left: &mut Vec<u32>,
    protrusions: &[Protrusion],
    rejected: &mut Vec<Rejected>,
) -> Vec<Made> {
    for pass in 0.. {
        let order = in_order(sites, left, reach);
        let mut places = places(sites, &order);
        let mut order = order;
        let survey = survey(reach, &places);
        let mut ladder = reach.ladder(&places);
        let reasons = strike(reach, &survey, &mut ladder, &places);
        let keep: Vec<bool> = (0..order.len()).map(|i| *ladder.usable(i) != [0; BRANCHES]).collect();
        for (i, reason) in order.iter().zip(reasons) {
            if let Some(reason) = reason {
                rejected.push(Rejected { site: sites[*i as usize].id, reason });
            }
        }
        let before = order.len();
        ladder.retain(&keep);
        retain(&mut order, &keep);
        retain(&mut places, &keep);
        *left = order.clone();
        if pass == 0 && ((before - order.len()) as f64) > REORDER * before as f64 && !order.is_empty() {
            continue;
        }
        return settle(reach, sites, ladder, order, places, protrusions, rejected);
    }
    Vec::new()
}

/// Dynamic programming, then the exact checks; a posture that fails them is struck out and the rest chosen again.
fn settle(
    reach: &Reach<'_>,
    sites: &[Site],
    mut ladder: Ladder,
    mut order: Vec<u32>,
    mut places: Vec<Place>,
    protrusions: &[Protrusion],
    rejected: &mut Vec<Rejected>,
) -> Vec<Made> {
    let pace = &reach.options.pace;
    let time = HopTime::new(&reach.world.arm.limits, pace.share);
    let lift = reach.options.lift;
    let mut known: Vec<Option<(Node, Pair)>> = vec![None; order.len()];
    for round in 0.. {
        let raised = |p: &Place| p.at + p.normal * lift.get();
        let course: Vec<f32> = places
            .windows(2)
            .map(|w| (pace.near * pace.margin / (raised(&w[0]) - raised(&w[1])).norm().max(1e-9)) as f32)
            .collect();
        let Some(Walk { nodes, least }) = ladder.walk(0..order.len(), &time, &course) else { break };
        // Most sites keep the state that was found good in the round before.
        let pairs: Vec<_> = places
            .par_iter()
            .zip(&nodes)
            .zip(&known)
            .map(|((place, node), known)| match known {
                Some((before, pair)) if before == node => Ok(*pair),
                _ => reach.realise(place, *node, lift),
            })
            .collect();
        let mut keep = vec![true; order.len()];
        let mut all = true;
        for (i, (pair, node)) in pairs.iter().zip(&nodes).enumerate() {
            let Err(reason) = pair else { continue };
            all = false;
            let usable = ladder.usable_mut(i);
            usable[node.branch as usize] &= !(1 << node.spin);
            if *usable == [0; BRANCHES] || round >= ROUNDS {
                keep[i] = false;
                let reason = reason.clone().unwrap_or_else(|| reach.why_not(&places[i]));
                rejected.push(Rejected { site: sites[order[i] as usize].id, reason });
            }
        }
        if all {
            let made = pairs.into_iter().enumerate().filter_map(|(i, pair)| {
                let (site, place, node) = (order[i], places[i], nodes[i]);
                let protrusion = protrusions[site as usize];
                let least = i.checked_sub(1).map_or(0.0, |k| least[k].into());
                Some(Made { site, rung: i as u32, place, node, pair: pair.ok()?, lift, protrusion, least })
            });
            return made.collect();
        }
        known = pairs.iter().zip(&nodes).map(|(pair, node)| Some((*node, *pair.as_ref().ok()?))).collect();
        ladder.retain(&keep);
        retain(&mut order, &keep);
        retain(&mut places, &keep);
        retain(&mut known, &keep);
    }
    Vec::new()
}

/// What a sample of sites says about the branches.
struct Survey {
    /// Best first.
    branches: [usize; BRANCHES],
}

/// Looks at every branch over a sample of the places, collisions counted, and centres the joints' turns there.
fn survey(reach: &mut Reach<'_>, places: &[Place]) -> Survey {
    let some: Vec<Place> = places.iter().step_by((places.len() / SAMPLE).max(1)).copied().collect();
    let all: Vec<u32> = (0..some.len() as u32).collect();
    let mut tried = reach.ladder(&some);
    for branch in 0..BRANCHES {
        reach.strike(&mut tried, &all, branch);
    }
    reach.recentre(&tried);
    Survey { branches: reach.by_merit(&tried) }
}

/// Strikes out what is not clear: first on the best branch, then on the others where that one left nothing. Gives the
/// reason for every site that ends with nothing.
fn strike(reach: &Reach<'_>, survey: &Survey, ladder: &mut Ladder, places: &[Place]) -> Vec<Option<Reject>> {
    let n = ladder.sites();
    let kinematic: Vec<bool> = (0..n).map(|i| *ladder.usable(i) != [0; BRANCHES]).collect();
    let mut touches: Vec<Option<Touch>> = vec![None; n];
    let mut open: Vec<u32> = (0..n as u32).filter(|&i| kinematic[i as usize]).collect();
    let mut done = vec![[false; BRANCHES]; n];
    for branch in survey.branches {
        let found = reach.strike(ladder, &open, branch);
        for (&i, touch) in open.iter().zip(found) {
            touches[i as usize] = milder(touches[i as usize], touch);
            done[i as usize][branch] = true;
        }
        open.retain(|&i| ladder.usable(i as usize)[branch] == 0);
    }
    // Branches that were never looked at are not known to be clear.
    for (i, done) in done.iter().enumerate() {
        let usable = ladder.usable_mut(i);
        usable.iter_mut().zip(done).filter(|(_, done)| !**done).for_each(|(mask, _)| *mask = 0);
    }
    let reason = |i: usize| match touches[i] {
        _ if *ladder.usable(i) != [0; BRANCHES] => None,
        Some(touch) => Some(reach.collides(&touch)),
        None => Some(reach.why_not(&places[i])),
    };
    (0..n).into_par_iter().map(reason).collect()
}

/// The tour, opened at its longest hop, beginning at the end that is nearer to the parked nose.
fn in_order(sites: &[Site], left: &[u32], reach: &Reach<'_>) -> Vec<u32> {
    let points: Vec<Point3<f64>> = left.iter().map(|&i| sites[i as usize].head_from_skin.origin().coords).collect();
    let ring = tour::tour(&points, reach.options.seed, reach.options.effort);
    let n = ring.len();
    let far = |k: usize| (points[ring[k] as usize] - points[ring[(k + 1) % n] as usize]).norm();
    let Some(cut) = (0..n).max_by(|&a, &b| far(a).total_cmp(&far(b))) else { return Vec::new() };
    let mut open: Vec<u32> = (1..=n).map(|k| ring[(cut + k) % n]).collect();
    let nose = reach.parked_nose();
    let away = |k: Option<&u32>| k.map_or(0.0, |&k| (points[k as usize] - nose).norm());
    if away(open.last()) < away(open.first()) {
        open.reverse();
    }
    open.into_iter().map(|k| left[k as usize]).collect()
}

/// Makes every hop clear, leaving out runs of strokes that no way leads to.
fn connect(reach: &Reach<'_>, made: &mut Vec<Made>, ring: f64) -> (Vec<Made>, Vec<(u32, Reject)>) {
    let mut dropped = Vec::new();
    loop {
        let blocked = hops::clear(reach, made, ring);
        let Some((_, touch)) = blocked.first() else { break };
        let (part, obstacle) = reach.world.names(touch);
        // Runs between blocked hops.
        let mut starts = vec![0];
        starts.extend(blocked.iter().map(|(i, _)| i + 1));
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
    }
    (std::mem::take(made), dropped)
}

/// From park to above a stroke: the stops, in that order.
fn home(
    reach: &Reach<'_>,
    sites: &[Site],
    made: &Made,
    cell: &Cell,
    options: &Options,
) -> Result<Vec<JointPos>, PlanError> {
    let site = sites[made.site as usize].id;
    let mut why: Option<Touch> = None;
    for rise in RISES.map(Metres::new) {
        let above = if rise <= made.lift {
            made.pair.lifted
        } else {
            let Some(q) = reach.lifted(&made.place, made.node, rise, &made.pair.touch) else { continue };
            q
        };
        let low = Nose::Off(0.5 * options.lift.get());
        let free = Nose::Off(options.head_clearance.get().min(0.5 * rise.get().max(made.lift.get())));
        let way = reach.world.way(&above, &made.pair.lifted, low);
        match way.and_then(|()| route::route(reach.world, &cell.park, &above, free, options.seed)) {
            Ok(mut stops) => {
                if rise > made.lift {
                    stops.push(above);
                }
                return Ok(stops);
            }
            Err(touch) => why = milder(why, Some(touch)),
        }
    }
    let (part, obstacle) =
        why.map_or_else(|| ("the arm".to_owned(), crate::Obstacle::Head), |touch| reach.world.names(&touch));
    Err(PlanError::NoApproach { site, part, obstacle })
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
    let hops: Vec<f64> = made.par_windows(2).map(|w| hop(&w[0].pair.lifted, &w[1].pair.lifted, pace.near)).collect();
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
    let turns = made.windows(2).map(|w| w[1].pair.lifted.zip(&w[0].pair.lifted, |b, a| b - a).max_abs());
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
        seconds: 0.0,
    }
}

fn check_input(arm: &ArmModel, cell: &Cell, options: &Options) -> Result<(), PlanError> {
    let bad = |what: String, way_out: &'static str| Err(PlanError::Input { what, way_out });
    if cell.park.len() != arm.dof() || !cell.park.is_finite() {
        return bad(
            format!("the park posture has {} angles, the arm {} joints", cell.park.len(), arm.dof()),
            "give a finite angle for each joint",
        );
    }
    if !cell.base_from_head.is_finite() {
        return bad("the head's pose in the base is not finite".to_owned(), "register the head again");
    }
    if !(4..=32).contains(&options.spins) {
        return bad(format!("{} spins are asked for", options.spins), "use 4 to 32");
    }
    let positive = [
        ("lift", options.lift.get()),
        ("highest_lift", options.highest_lift.get()),
        ("pace.share", options.pace.share),
        ("pace.near", options.pace.near),
        ("pace.free", options.pace.free),
        ("pace.touching", options.pace.touching),
        ("pace.margin", options.pace.margin),
    ];
    let zero_or_more = [
        ("head_clearance", options.head_clearance.get()),
        ("keep_out_clearance", options.keep_out_clearance.get()),
        ("self_clearance", options.self_clearance.get()),
        ("joint_margin", options.joint_margin.get()),
        ("least_singular", options.least_singular),
    ];
    let wrong = positive.iter().find(|(_, v)| !(*v > 0.0 && v.is_finite()));
    let wrong = wrong.or(zero_or_more.iter().find(|(_, v)| !(*v >= 0.0 && v.is_finite())));
    if let Some((name, value)) = wrong {
        return bad(format!("option {name} is {value}"), "lengths and speeds are positive, margins not negative");
    }
    let limits = &arm.limits;
    let fine = |v: &[f64]| v.len() == arm.dof() && v.iter().all(|v| *v > 0.0 && v.is_finite());
    if !(fine(&limits.speed) && fine(&limits.acceleration) && fine(&limits.jerk)) {
        return bad(
            "the arm's limits are not all positive".to_owned(),
            "set speed, acceleration and jerk of every joint",
        );
    }
    let corners = cell.keep_out.iter().find(|b| !b.min.iter().zip(b.max.iter()).all(|(a, b)| a <= b));
    corners.map_or(Ok(()), |b| {
        bad(format!("keep-out \"{}\" has its corners the wrong way round", b.name), "min must be below max")
    })
}

fn check_cell(world: &World<'_>, cell: &Cell) -> Result<(), PlanError> {
    let limits = &world.arm.limits;
    for (i, &v) in cell.park.iter().enumerate() {
        if !(limits.lower[i]..=limits.upper[i]).contains(&v) {
            let (joint, angle) = (Joint(i), Radians::new(v));
            let (lower, upper) = (Radians::new(limits.lower[i]), Radians::new(limits.upper[i]));
            return Err(PlanError::ParkLimit { joint, angle, lower, upper });
        }
    }
    let centre = (cell.base_from_head * Point::ORIGIN).coords;
    if let Some((keep_out, d)) = cell.keep_out.iter().map(|b| (b, to_box(b, &centre))).find(|(_, d)| *d < 0.0) {
        return Err(PlanError::HeadInKeepOut { name: keep_out.name.clone(), inside: Metres::new(-d) });
    }
    let least = Metres::new(world.margins.head);
    if let Some((part, distance)) = world.base_to_head().filter(|(_, d)| *d < least) {
        return Err(PlanError::HeadInBase { part, distance, least });
    }
    world.posture(&cell.park, Nose::Off(world.margins.head)).map_err(|touch| {
        let (part, obstacle) = world.names(&touch);
        let (clearance, least) = (Metres::new(touch.clearance), Metres::new(touch.least));
        PlanError::ParkCollides { part, obstacle, clearance, least }
    })
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

fn retain<T>(all: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    all.retain(|_| keep.next().copied().unwrap_or(false));
}
