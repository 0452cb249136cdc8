//! What the ladder's branches are for an arm with a joint to spare.
//!
//! In: an arm whose spare number names postures again (`ArmModel::spares`), a sample of places. Out: eight pairs of spare
//! value and branch. Along a path a pair is one smooth family of postures, as a branch of a six-joint arm is, so the
//! ladder, its band and its neighbours stay what they are. Absent: a spare value that changes from site to site.
//!
//! Eight of 128 pairs lose little: the needle's spin is free as well, and the best pair alone reaches nearly what all
//! reach together.

use arm::{ArmModel, Branches, JointPos, SPARES};
use frames::{Base, Flange, Pose};

use crate::ladder::{BRANCHES, Ladder};
use crate::reach::Reach;
use crate::spin::Place;

/// Places at which every pair is looked at, collisions counted.
const SAMPLE: usize = 40;

/// A joint that turns further over the sample has come to its half turn somewhere, rad.
const STEADY: f64 = 2.5;

/// A spare value and a branch of the arm for every branch of the ladder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Slots([(f64, usize); BRANCHES]);

impl Slots {
    /// Postures for one pose.
    pub(crate) fn postures(&self, arm: &ArmModel, target: &Pose<Base, Flange>, near: &JointPos) -> Branches {
        arm.inverse_pairs(target, &self.0, near)
    }
}

/// How a pair does over the sample.
struct Tried {
    pair: (f64, usize),
    /// By place: is there a spin at which it is within limits and clear?
    reached: Vec<bool>,
    /// Spins in all.
    spins: u32,
    /// Spins that stay usable from place to place without a joint that comes to its half turn.
    steady: u32,
    /// From park, rad, on average.
    away: f64,
}

/// The eight pairs that reach the most places between them, collisions counted; `None` for an arm with nothing to spare.
pub(crate) fn choose(reach: &mut Reach<'_>, places: &[Place]) -> Option<Slots> {
    let spares = reach.world.arm.spares()?;
    let some: Vec<Place> = places.iter().step_by((places.len() / SAMPLE).max(1)).copied().collect();
    let sites: Vec<u32> = (0..some.len() as u32).collect();
    let mut tried = Vec::with_capacity(SPARES * BRANCHES);
    for spare in spares {
        let slots = Slots(std::array::from_fn(|branch| (spare, branch)));
        reach.slots = Some(slots);
        let mut ladder = reach.ladder(&some);
        for (branch, pair) in slots.0.into_iter().enumerate() {
            reach.strike(&mut ladder, &sites, branch);
            tried.extend(judge(reach, &ladder, branch, pair));
        }
    }
    let mut covered = vec![false; some.len()];
    let mut chosen = Vec::with_capacity(BRANCHES);
    while chosen.len() < BRANCHES {
        let new = |t: &Tried| t.reached.iter().zip(&covered).filter(|(r, c)| **r && !**c).count();
        let whole = |t: &Tried| t.reached.iter().filter(|r| **r).count();
        let most = tried.iter().map(new).max().unwrap_or(0);
        // What adds places, give or take a few; of those what rides through at one spin, then what reaches more; then what
        // has more spins, nearer to park.
        let merit = |t: &Tried| {
            let adds = 100 * new(t) >= 97 * most;
            ((adds, t.steady), whole(t), f64::from(t.spins) / (1.0 + t.away))
        };
        let best = tried.iter().enumerate().max_by(|a, b| {
            let (x, y) = (merit(a.1), merit(b.1));
            x.0.cmp(&y.0).then(x.1.cmp(&y.1)).then(x.2.total_cmp(&y.2)).then(b.0.cmp(&a.0))
        });
        let Some((at, _)) = best else { break };
        let t = tried.swap_remove(at);
        covered.iter_mut().zip(&t.reached).for_each(|(c, r)| *c |= r);
        chosen.push(t.pair);
    }
    // With fewer pairs than branches the last is there twice, and with none at all any will do: reasons are asked elsewhere.
    let last = chosen.last().copied().unwrap_or((spares[0], 0));
    Some(Slots(std::array::from_fn(|i| chosen.get(i).copied().unwrap_or(last))))
}

/// What is left of one branch of a ladder; nothing where it reaches nothing.
fn judge(reach: &Reach<'_>, ladder: &Ladder, branch: usize, pair: (f64, usize)) -> Option<Tried> {
    let mut tried = Tried { pair, reached: vec![false; ladder.sites()], spins: 0, steady: 0, away: 0.0 };
    for site in 0..ladder.sites() {
        let usable = ladder.usable(site)[branch];
        for spin in (0..reach.options.spins).filter(|s| usable >> s & 1 == 1) {
            tried.away += reach.away(&ladder.posture(site, branch, spin));
            tried.spins += 1;
            tried.reached[site] = true;
        }
    }
    let reached: Vec<usize> = (0..ladder.sites()).filter(|&i| tried.reached[i]).collect();
    let throughout = reached.iter().fold(u32::MAX, |all, &site| all & ladder.usable(site)[branch]);
    for spin in (0..reach.options.spins).filter(|s| throughout >> s & 1 == 1) {
        let postures = || reached.iter().map(|&site| ladder.posture(site, branch, spin));
        let range = |j: usize| {
            let (low, high) = postures().fold((f64::MAX, f64::MIN), |(l, h), q| (l.min(q[j]), h.max(q[j])));
            high - low
        };
        tried.steady += u32::from((0..reach.world.arm.dof()).all(|j| range(j) < STEADY));
    }
    (tried.spins > 0).then(|| Tried { away: tried.away / f64::from(tried.spins), ..tried })
}
