//! Which spin and branch at each site: the cheapest way through a ladder of postures.
//!
//! In: for every site in order, the posture of every (branch, spin) and whether it may be used. Out: one (branch, spin)
//! a site, and the least time that any choice could take hop by hop. Dynamic programming over a band: spins within
//! [`WINDOW`] of each other on one branch, no joint turning past [`FARTHEST`]; anything else costs [`CHANGE`]. Edges are not stored, back-pointers are one byte.
//! Absent: collision, the robot, poses.
//!
//! Bellman (1957); the ladder of postures: De Maeyer, Moyaerts, Demeester (2017), ETFA, "Cartesian path planning for arc
//! welding robots"; parallel transport and hop time as cost: `reference/motion.md` 1.4.

use crate::timing::HopTime;

/// Branches of a posture, as in [`arm::Branches`].
pub(crate) const BRANCHES: usize = 8;
/// Spins further apart than this many steps are no neighbours.
const WINDOW: usize = 2;
/// What leaving the band costs, s: a retreat, a turn in the air and a return; and the chance that there is no room for it.
const CHANGE: f32 = 60.0;
/// A hop in which a joint turns further is no hop: the nose would leave its way between the sites. rad.
const FARTHEST: f32 = 0.8;
/// Back-pointer to the best state of the site before.
const FROM_BEST: u8 = u8::MAX;

/// Postures of every site in order.
#[derive(Debug, Clone)]
pub(crate) struct Ladder {
    spins: usize,
    dof: usize,
    /// By site, branch, joint, spin; rad.
    angles: Vec<f32>,
    /// By site and branch: a bit for each spin that may be used.
    usable: Vec<[u32; BRANCHES]>,
}

/// A state of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) branch: u8,
    pub(crate) spin: u8,
}

/// The cheapest way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Walk {
    pub(crate) nodes: Vec<Node>,
    /// By hop, s: no choice of usable states is faster.
    pub(crate) least: Vec<f32>,
    /// Held while it was sought.
    pub(crate) bytes: usize,
}

/// Does a hop leave the band of neighbouring states?
pub(crate) fn is_change(a: Node, b: Node, spins: usize) -> bool {
    let apart = usize::from(a.spin.abs_diff(b.spin));
    a.branch != b.branch || apart.min(spins - apart) > WINDOW
}

impl Ladder {
    pub(crate) fn new(sites: usize, spins: usize, dof: usize) -> Self {
        Self { spins, dof, angles: vec![0.0; sites * BRANCHES * dof * spins], usable: vec![[0; BRANCHES]; sites] }
    }

    pub(crate) fn sites(&self) -> usize {
        self.usable.len()
    }

    /// Angles and usable masks, a chunk a site, for filling in parallel.
    pub(crate) fn rungs_mut(
        &mut self,
    ) -> impl rayon::iter::IndexedParallelIterator<Item = (&mut [f32], &mut [u32; BRANCHES])> {
        use rayon::prelude::*;
        self.angles.par_chunks_mut(BRANCHES * self.dof * self.spins).zip(self.usable.par_iter_mut())
    }

    /// Where `rungs_mut` wants the angle of (branch, joint, spin).
    pub(crate) fn slot(&self, branch: usize, joint: usize, spin: usize) -> usize {
        (branch * self.dof + joint) * self.spins + spin
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.angles.as_slice()) + size_of_val(self.usable.as_slice())
    }

    pub(crate) fn usable(&self, site: usize) -> &[u32; BRANCHES] {
        &self.usable[site]
    }

    pub(crate) fn usable_mut(&mut self, site: usize) -> &mut [u32; BRANCHES] {
        &mut self.usable[site]
    }

    pub(crate) fn posture(&self, site: usize, branch: usize, spin: usize) -> arm::JointPos {
        let mut q = arm::JointPos::zeros(self.dof);
        let rung = self.rung(site, branch);
        q.iter_mut().enumerate().for_each(|(j, v)| *v = f64::from(rung[j * self.spins + spin]));
        q
    }

    /// Keeps the sites for which `keep` is true.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        let width = BRANCHES * self.dof * self.spins;
        let mut to = 0;
        for from in (0..self.sites()).filter(|&i| keep[i]) {
            self.angles.copy_within(from * width..(from + 1) * width, to * width);
            self.usable[to] = self.usable[from];
            to += 1;
        }
        self.angles.truncate(to * width);
        self.usable.truncate(to);
    }

    /// The cheapest way through all sites; `None` when one of them has no usable state, or
    /// when there are none. `course[i]` is the greatest speed
    /// of the course of the hop from site `i` to the next, 1/s; `barred[i]` makes it stay in the band.
    pub(crate) fn walk(&self, time: &HopTime, course: &[f32], barred: &[bool]) -> Option<Walk> {
        let (s, count) = (self.spins, self.sites());
        if count == 0 {
            return None;
        }
        let states = BRANCHES * s;
        let mut cost = vec![f32::INFINITY; states];
        let mut next = cost.clone();
        let mut back = vec![FROM_BEST; count * states];
        let mut best_of = vec![0u16; count];
        let mut least = Vec::with_capacity(count.saturating_sub(1));
        for b in 0..BRANCHES {
            (0..s).filter(|k| self.usable[0][b] >> k & 1 == 1).for_each(|k| cost[b * s + k] = 0.0);
        }
        let outside = ((WINDOW + 1) as f32 * std::f32::consts::TAU / s as f32 / self.dof as f32).min(FARTHEST)
            * time.per_jerk[..self.dof].iter().copied().fold(f32::INFINITY, f32::min);
        let farthest = FARTHEST * time.per_jerk[..self.dof].iter().copied().fold(0.0, f32::max);
        let mut edges = Edges::new(s);
        for k in 1..count {
            let (best, at) = least_of(&cost)?;
            best_of[k] = at;
            let speed = course[k - 1];
            // A barred change is not impossible, or nothing might be left.
            let change = if barred[k - 1] { CHANGE * 100.0 } else { CHANGE };
            // No pair outside the band is faster than this.
            let mut floor = time.seconds(outside, speed);
            next.fill(f32::INFINITY);
            for b in 0..BRANCHES {
                let (before, here) = (self.usable[k - 1][b], self.usable[k][b]);
                if here == 0 {
                    continue;
                }
                let next = &mut next[b * s..(b + 1) * s];
                let back = &mut back[k * states + b * s..][..s];
                for spin in (0..s).filter(|spin| here >> spin & 1 == 1) {
                    next[spin] = best + change;
                }
                if before == 0 {
                    continue;
                }
                edges.fill(self.rung(k - 1, b), self.rung(k, b), &time.per_jerk[..self.dof]);
                for spin in (0..s).filter(|spin| here >> spin & 1 == 1) {
                    for o in 0..=2 * WINDOW {
                        let from = wrapped(spin + o, s);
                        if before >> from & 1 == 0 {
                            continue;
                        }
                        let turn = edges.turn[o * s + spin];
                        if turn > farthest {
                            continue;
                        }
                        let hop = time.seconds(turn, speed);
                        floor = floor.min(hop);
                        let total = cost[b * s + from] + hop;
                        if total < next[spin] {
                            next[spin] = total;
                            back[spin] = o as u8;
                        }
                    }
                }
            }
            least.push(floor);
            std::mem::swap(&mut cost, &mut next);
        }
        let (_, mut state) = least_of(&cost)?;
        let mut nodes = vec![Node { branch: 0, spin: 0 }; count];
        for k in (0..count).rev() {
            let (branch, spin) = (state as usize / s, state as usize % s);
            nodes[k] = Node { branch: branch as u8, spin: spin as u8 };
            state = match back[k * states + state as usize] {
                FROM_BEST => best_of[k],
                o => (branch * s + wrapped(spin + o as usize, s)) as u16,
            };
        }
        let bytes = back.len() + 2 * best_of.len() + 4 * least.len() + size_of_val(nodes.as_slice());
        Some(Walk { nodes, least, bytes })
    }

    fn rung(&self, site: usize, branch: usize) -> &[f32] {
        let width = self.dof * self.spins;
        &self.angles[(site * BRANCHES + branch) * width..][..width]
    }
}

/// `spin + WINDOW` steps ahead, counted round.
fn wrapped(spin_and_offset: usize, spins: usize) -> usize {
    (spin_and_offset + spins - WINDOW) % spins
}

fn least_of(cost: &[f32]) -> Option<(f32, u16)> {
    let (at, best) = cost.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    best.is_finite().then_some((*best, at as u16))
}

/// Greatest weighted turn of a joint, for every pair of spins in the band.
struct Edges {
    spins: usize,
    /// By offset, then spin at the later site.
    turn: Vec<f32>,
    /// One joint of the earlier site, continued round both ends.
    around: Vec<f32>,
}

impl Edges {
    fn new(spins: usize) -> Self {
        Self { spins, turn: vec![0.0; (2 * WINDOW + 1) * spins], around: vec![0.0; spins + 2 * WINDOW] }
    }

    /// Plain loops over contiguous f32: the compiler turns them into vector code.
    fn fill(&mut self, before: &[f32], here: &[f32], per_jerk: &[f32]) {
        let s = self.spins;
        self.turn.fill(0.0);
        for ((joint, now), &weight) in before.chunks_exact(s).zip(here.chunks_exact(s)).zip(per_jerk) {
            self.around[WINDOW..WINDOW + s].copy_from_slice(joint);
            self.around[..WINDOW].copy_from_slice(&joint[s - WINDOW..]);
            self.around[WINDOW + s..].copy_from_slice(&joint[..WINDOW]);
            for (o, turn) in self.turn.chunks_exact_mut(s).enumerate() {
                for ((t, a), b) in turn.iter_mut().zip(&self.around[o..o + s]).zip(now) {
                    let d = (a - b).abs() * weight;
                    *t = if d > *t { d } else { *t };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arm::{JointAcc, JointJerk, JointPos, JointVel, Limits};
    use frames::{Seed, unit};

    fn time(dof: usize) -> HopTime {
        let limits = Limits {
            lower: JointPos::zeros(dof),
            upper: JointPos::zeros(dof),
            speed: JointVel::zeros(dof).map(|_| 3.0),
            acceleration: JointAcc::zeros(dof).map(|_| 20.0),
            jerk: JointJerk::zeros(dof).map(|_| 1000.0),
        };
        HopTime::new(&limits, 1.0)
    }

    fn random(sites: usize, spins: usize, dof: usize, seed: u64) -> Ladder {
        let mut ladder = Ladder::new(sites, spins, dof);
        for (k, v) in ladder.angles.iter_mut().enumerate() {
            *v = 0.2 * unit(Seed(seed), 1, k as u64) as f32;
        }
        for (k, masks) in ladder.usable.iter_mut().enumerate() {
            for (b, m) in masks.iter_mut().enumerate().take(2) {
                *m = (frames::hash(Seed(seed), 2 + b as u64, k as u64) as u32) & ((1 << spins) - 1);
            }
        }
        ladder
    }

    fn hop(ladder: &Ladder, time: &HopTime, site: usize, a: Node, b: Node) -> Option<f32> {
        let s = ladder.spins as isize;
        let apart = (isize::from(a.spin as i8) - isize::from(b.spin as i8)).rem_euclid(s);
        let near = apart.min(s - apart) <= WINDOW as isize;
        (a.branch == b.branch && near).then(|| {
            let p = ladder.posture(site, a.branch.into(), a.spin.into());
            let q = ladder.posture(site + 1, b.branch.into(), b.spin.into());
            time.seconds(p.zip(&q, |a, b| a - b).max_abs() as f32 * time.per_jerk[0], 1e6)
        })
    }

    /// Against trying everything, on ladders small enough for it.
    #[test]
    fn nothing_is_cheaper() {
        for seed in 0..20 {
            let (sites, spins, dof) = (4, 6, 3);
            let (ladder, time) = (random(sites, spins, dof, seed), time(dof));
            let states = |site: usize| -> Vec<Node> {
                (0..2u8)
                    .flat_map(|branch| (0..spins as u8).map(move |spin| Node { branch, spin }))
                    .filter(|n| ladder.usable[site][n.branch as usize] >> n.spin & 1 == 1)
                    .collect()
            };
            let total = |nodes: &[Node]| -> f32 {
                nodes.windows(2).enumerate().map(|(i, p)| hop(&ladder, &time, i, p[0], p[1]).unwrap_or(CHANGE)).sum()
            };
            let mut best = f32::INFINITY;
            for a in states(0) {
                for b in states(1) {
                    for c in states(2) {
                        for d in states(3) {
                            best = best.min(total(&[a, b, c, d]));
                        }
                    }
                }
            }
            match ladder.walk(&time, &[1e6; 4], &[false; 4]) {
                Some(walk) => {
                    assert!((total(&walk.nodes) - best).abs() < 1e-5, "seed {seed}: {} {best}", total(&walk.nodes));
                    assert!(walk.least.iter().sum::<f32>() <= best + 1e-5);
                }
                None => assert!(best.is_infinite()),
            }
        }
    }

    #[test]
    fn a_site_without_states_ends_it() {
        let mut ladder = random(5, 6, 3, 1);
        ladder.usable[2] = [0; BRANCHES];
        assert!(ladder.walk(&time(3), &[1e6; 5], &[false; 5]).is_none());
        ladder.retain(&[true, true, false, true, true]);
        assert_eq!(ladder.sites(), 4);
    }
}
