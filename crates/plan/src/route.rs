//! A clear way between two postures far apart, through free space.
//!
//! In: two clear postures. Out: the postures to stop at in between, every straight way between them shown to be clear.
//! Straight if possible; else two trees that grow towards each other, then short cuts.
//! Kuffner, LaValle (2000), ICRA, "RRT-Connect". Deterministic by seed and by a count of tries, never by time.
//! Absent: shortest ways; the speed of the motion.

use arm::JointPos;
use frames::{Seed, hash, unit};

use crate::clear::{Nose, Touch, World};

/// Farthest that a joint turns in one step of a tree, rad.
const STEP: f64 = 0.35;
/// Tries before giving up.
const TRIES: u64 = 4000;
/// Attempts to leave out stops.
const CUTS: u64 = 120;
/// Samples lie in the box of both ends, widened by this, rad.
const AROUND: f64 = 1.6;

/// Postures between `from` and `to`, neither listed.
pub(crate) fn route(
    world: &World<'_>,
    from: &JointPos,
    to: &JointPos,
    nose: Nose,
    seed: Seed,
) -> Result<Vec<JointPos>, Touch> {
    let Err(touch) = world.way(from, to, nose) else { return Ok(Vec::new()) };
    world.posture(from, nose)?;
    world.posture(to, nose)?;
    let mut trees = [Tree::new(from), Tree::new(to)];
    for k in 0..TRIES {
        let goal = sample(world, from, to, seed, k);
        let (one, two) = trees.split_at_mut(1);
        let (grow, other) = if k % 2 == 0 { (&mut one[0], &mut two[0]) } else { (&mut two[0], &mut one[0]) };
        let Some(new) = grow.extend(world, &goal, nose) else { continue };
        let target = grow.nodes[new].0;
        // The other tree walks towards the new node until something stops it.
        while let Some(at) = other.extend(world, &target, nose) {
            if far(&other.nodes[at].0, &target) <= 0.0 {
                let (mut a, mut b) = (grow.path(new), other.path(at));
                if k % 2 == 1 {
                    std::mem::swap(&mut a, &mut b);
                }
                a.reverse();
                a.extend(b.into_iter().skip(1));
                return Ok(short(world, a, nose, seed));
            }
        }
    }
    Err(touch)
}

/// Nodes with their parents; the root is its own.
struct Tree {
    nodes: Vec<(JointPos, usize)>,
}

impl Tree {
    fn new(root: &JointPos) -> Self {
        Self { nodes: vec![(*root, 0)] }
    }

    /// One step from the nearest node towards `goal`; the goal itself when it is within a step.
    fn extend(&mut self, world: &World<'_>, goal: &JointPos, nose: Nose) -> Option<usize> {
        let (near, from) = self
            .nodes
            .iter()
            .enumerate()
            .map(|(i, (q, _))| (i, q))
            .min_by(|a, b| far(a.1, goal).total_cmp(&far(b.1, goal)))?;
        let way = far(from, goal);
        let to = if way <= STEP { *goal } else { from.zip(goal, |a, b| a + (b - a) * STEP / way) };
        (way > 0.0 && world.way(from, &to, nose).is_ok()).then(|| {
            self.nodes.push((to, near));
            self.nodes.len() - 1
        })
    }

    /// From a node back to the root.
    fn path(&self, mut at: usize) -> Vec<JointPos> {
        let mut out = vec![self.nodes[at].0];
        while self.nodes[at].1 != at {
            at = self.nodes[at].1;
            out.push(self.nodes[at].0);
        }
        out
    }
}

fn far(a: &JointPos, b: &JointPos) -> f64 {
    a.zip(b, |a, b| a - b).max_abs()
}

fn sample(world: &World<'_>, from: &JointPos, to: &JointPos, seed: Seed, k: u64) -> JointPos {
    let limits = &world.arm.limits;
    let mut q = *from;
    for (i, v) in q.iter_mut().enumerate() {
        let low = (from[i].min(to[i]) - AROUND).max(limits.lower[i]);
        let high = (from[i].max(to[i]) + AROUND).min(limits.upper[i]);
        *v = low + (high - low) * unit(seed, 0x726f_7574 + i as u64, k);
    }
    q
}

/// Leaves out stops between which the straight way is clear, ends dropped.
fn short(world: &World<'_>, mut path: Vec<JointPos>, nose: Nose, seed: Seed) -> Vec<JointPos> {
    for k in 0..CUTS {
        let n = path.len() as u64;
        if n < 3 {
            break;
        }
        let draw = hash(seed, 0x6375_7473, k);
        let (i, j) = ((draw >> 32) % n, (draw & 0xffff_ffff) % n);
        let (i, j) = (i.min(j) as usize, i.max(j) as usize);
        if j > i + 1 && world.way(&path[i], &path[j], nose).is_ok() {
            path.drain(i + 1..j);
        }
    }
    path.pop();
    path.into_iter().skip(1).collect()
}
