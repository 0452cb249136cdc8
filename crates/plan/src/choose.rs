//! Order, spins and branches of the sites that can be done.
//!
//! In: sites. Out: strokes in the making, in order, each with checked postures; what has none goes to the refused, with
//! the reason. Absent: the ways from stroke to stroke.

use frames::Protrusion;
use nalgebra::Point3;
use rayon::prelude::*;
use stipple::Site;

use crate::clear::Touch;
use crate::hops::Made;
use crate::ladder::{BRANCHES, Ladder, Node, Walk};
use crate::reach::{Pair, Reach, milder};
use crate::spin::{Place, places};
use crate::timing::HopTime;
use crate::{Reject, Rejected, family, tour};

/// Sites without a posture that is both clear and regular are found one after another; after so many rounds the rest goes.
const ROUNDS: usize = 24;
/// Where a change was found to be blocked, it is forbidden for so many strokes before and after.
const BAR: usize = 25;
/// When more than this part of the sites is left out, the rest is ordered again.
const REORDER: f64 = 0.02;
/// Places that are looked at on every branch.
const SAMPLE: usize = 256;

/// Sites in order with every posture that may be used.
pub(crate) struct Choice {
    ladder: Ladder,
    /// Indices into the caller's sites.
    order: Vec<u32>,
    places: Vec<Place>,
    /// Postures found good for a site, with their state.
    known: Vec<Option<(Node, Pair)>>,
    /// By rung: the hop from it must stay on its branch and near its spin.
    barred: Vec<bool>,
}

impl Choice {
    /// Orders the sites and finds their postures. Those without any go to `rejected`.
    pub(crate) fn new(reach: &mut Reach<'_>, sites: &[Site], mut left: Vec<u32>, rejected: &mut Vec<Rejected>) -> Self {
        let mut again = true;
        loop {
            let order = in_order(sites, &left, reach);
            let places = places(sites, &order);
            let survey = survey(reach, &places);
            let mut ladder = reach.ladder(&places);
            let reasons = strike(reach, &survey, &mut ladder, &places);
            let keep: Vec<bool> = reasons.iter().map(Option::is_none).collect();
            for (&i, reason) in order.iter().zip(reasons) {
                rejected.extend(reason.map(|reason| Rejected { site: sites[i as usize].id, reason }));
            }
            let n = order.len();
            let mut choice = Self { ladder, order, places, known: vec![None; n], barred: vec![false; n] };
            choice.retain(&keep);
            let lost = n - choice.order.len();
            if !again || lost as f64 <= REORDER * n as f64 || choice.order.is_empty() {
                return choice;
            }
            // Much is missing from the tour: another one leaves it out from the start.
            left = choice.order;
            again = false;
        }
    }

    fn retain(&mut self, keep: &[bool]) {
        self.ladder.retain(keep);
        retain(&mut self.order, keep);
        retain(&mut self.places, keep);
        retain(&mut self.known, keep);
        retain(&mut self.barred, keep);
    }

    /// Forbids a change of branch, or a wide turn about the needle, at the hops around rung `at`. False when that was
    /// known already.
    pub(crate) fn bar(&mut self, at: u32) -> bool {
        let at = at as usize;
        if self.barred.get(at).is_none_or(|barred| *barred) {
            return false;
        }
        let end = (at + BAR + 1).min(self.barred.len());
        self.barred[at.saturating_sub(BAR)..end].fill(true);
        true
    }

    /// Dynamic programming, then the exact checks; a posture that fails them is struck out and the rest chosen again.
    pub(crate) fn settle(
        &mut self,
        reach: &Reach<'_>,
        sites: &[Site],
        protrusions: &[Protrusion],
        rejected: &mut Vec<Rejected>,
    ) -> Vec<Made> {
        let pace = &reach.options.pace;
        let time = HopTime::new(&reach.world.arm.limits, pace.share);
        let lift = reach.options.lift;
        for round in 0.. {
            let raised = |p: &Place| p.at + p.normal * lift.get();
            let course: Vec<f32> = self
                .places
                .windows(2)
                .map(|w| (pace.near * pace.margin / (raised(&w[0]) - raised(&w[1])).norm().max(1e-9)) as f32)
                .collect();
            let Some(Walk { nodes, least, .. }) = self.ladder.walk(&time, &course, &self.barred) else { break };
            // Most sites keep the state that was found good in the round before.
            let pairs: Vec<_> = self
                .places
                .par_iter()
                .zip(&nodes)
                .zip(&self.known)
                .map(|((place, node), known)| match known {
                    Some((before, pair)) if before == node => Ok(*pair),
                    _ => reach.realise(place, *node, lift),
                })
                .collect();
            self.known = pairs.iter().zip(&nodes).map(|(pair, node)| Some((*node, *pair.as_ref().ok()?))).collect();
            let mut keep = vec![true; self.order.len()];
            for (i, (pair, node)) in pairs.iter().zip(&nodes).enumerate() {
                let Err(reason) = pair else { continue };
                let usable = self.ladder.usable_mut(i);
                usable[node.branch as usize] &= !(1 << node.spin);
                if *usable == [0; BRANCHES] || round >= ROUNDS {
                    keep[i] = false;
                    let reason = reason.clone().unwrap_or_else(|| reach.why_not(&self.places[i]));
                    rejected.push(Rejected { site: sites[self.order[i] as usize].id, reason });
                }
            }
            if pairs.iter().all(Result::is_ok) {
                let made = pairs.into_iter().enumerate().filter_map(|(i, pair)| {
                    let (site, place, node) = (self.order[i], self.places[i], nodes[i]);
                    let protrusion = protrusions[site as usize];
                    let least = i.checked_sub(1).map_or(0.0, |k| least[k].into());
                    Some(Made { site, rung: i as u32, place, node, pair: pair.ok()?, lift, protrusion, least })
                });
                return made.collect();
            }
            self.retain(&keep);
        }
        Vec::new()
    }
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
    reach.slots = family::choose(reach, &some);
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

/// Keeps the entries for which `keep` is true.
pub(crate) fn retain<T>(all: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    all.retain(|_| keep.next().copied().unwrap_or(false));
}
