//! From stroke to stroke: every way shown to be clear, lifted higher where it must be.
//!
//! In: strokes in order with their postures. Out: the same, some with a greater lift, and the hops for which no lift
//! helped. Absent: another order, another spin.

use arm::JointPos;
use frames::{Metres, Protrusion};
use rayon::prelude::*;

use crate::clear::{Nose, Touch};
use crate::ladder::Node;
use crate::reach::{Pair, Reach};
use crate::spin::Place;

/// Inside a tile of this size the skin is flat enough for the least lift (design, section 9).
const TILE: f64 = 0.0028;
/// On a longer way the ring may lean against the skin below by this much, rad: its rim is that much nearer.
const LEAN: f64 = 0.1;
/// The nose keeps this part of the lift.
const KEPT: f64 = 0.5;

/// From one lift that is tried to the next.
const GROWTH: f64 = 1.4;

/// A stroke in the making.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    /// Index into the caller's sites.
    pub(crate) site: u32,
    /// Place in the ladder.
    pub(crate) rung: u32,
    pub(crate) place: Place,
    pub(crate) node: Node,
    pub(crate) pair: Pair,
    pub(crate) lift: Metres,
    pub(crate) protrusion: Protrusion,
    /// No choice of postures makes the hop from the rung before faster than this, s.
    pub(crate) least: f64,
}

/// How far the nose ring's centre must stay from the skin on the way between two strokes, m.
fn off(reach: &Reach<'_>, a: &Made, b: &Made, ring: f64) -> Nose {
    let long = (a.place.at - b.place.at).norm() > TILE;
    Nose::Off(KEPT * reach.options.lift.get() + if long { LEAN * ring } else { 0.0 })
}

/// Checks every hop and lifts where needed. Returns hops (index of the earlier stroke) that stay blocked, with the cause.
pub(crate) fn clear(reach: &Reach<'_>, made: &mut [Made], ring: f64) -> Vec<(usize, Touch)> {
    let check = |made: &[Made], i: usize| {
        let (a, b) = (&made[i], &made[i + 1]);
        reach.world.way(&a.pair.lifted, &b.pair.lifted, off(reach, a, b, ring))
    };
    let hops = made.len().saturating_sub(1);
    let first: Vec<Option<Touch>> = (0..hops).into_par_iter().map(|i| check(made, i).err()).collect();
    let mut blocked: std::collections::BTreeMap<usize, Touch> = std::collections::BTreeMap::new();
    let mut queue: Vec<(usize, Touch)> =
        first.into_iter().enumerate().rev().filter_map(|(i, t)| Some((i, t?))).collect();
    while let Some((i, touch)) = queue.pop() {
        if raise(reach, made, i, ring) {
            blocked.remove(&i);
            // A higher lift changes the hops on both sides; lifts only grow, so this ends.
            for k in [i.checked_sub(1), (i + 1 < hops).then_some(i + 1)].into_iter().flatten() {
                match check(made, k) {
                    Err(touch) if !blocked.contains_key(&k) && queue.iter().all(|(q, _)| *q != k) => {
                        queue.push((k, touch))
                    }
                    Err(_) => {}
                    Ok(()) => {
                        blocked.remove(&k);
                        queue.retain(|(q, _)| *q != k);
                    }
                }
            }
        } else {
            blocked.insert(i, touch);
        }
    }
    blocked.into_iter().collect()
}

/// Finds the least lift, from a short list, with which hop `i` is clear. A stroke that cannot go so high goes as high as
/// it can.
fn raise(reach: &Reach<'_>, made: &mut [Made], i: usize, ring: f64) -> bool {
    let (a, b) = (made[i], made[i + 1]);
    let nose = off(reach, &a, &b, ring);
    let mut high = [(a.pair.lifted, a.lift), (b.pair.lifted, b.lift)];
    let mut lift = reach.options.lift;
    while lift < reach.options.highest_lift {
        lift = (lift * GROWTH).min(reach.options.highest_lift);
        let mut higher = false;
        for (high, made) in high.iter_mut().zip([&a, &b]).filter(|(high, _)| high.1 < lift) {
            if let Some(q) = reach.rise(&made.place, made.node, &high.0, high.1, lift) {
                *high = (q, lift);
                higher = true;
            }
        }
        if higher && reach.world.way(&high[0].0, &high[1].0, nose).is_ok() {
            set(&mut made[i], high[0].0, high[0].1);
            set(&mut made[i + 1], high[1].0, high[1].1);
            return true;
        }
    }
    false
}

fn set(made: &mut Made, lifted: JointPos, lift: Metres) {
    if lift > made.lift {
        made.pair.lifted = lifted;
        made.lift = lift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far a sphere rises above a chord.
    fn sag(chord: f64, radius: f64) -> f64 {
        radius - (radius * radius - 0.25 * chord * chord).sqrt()
    }

    #[test]
    fn the_tile_needs_no_more_than_the_least_lift() {
        assert!(sag(TILE, 0.080) < 0.5 * KEPT * 0.002);
        assert!((sag(0.006, 0.080) * 1e3 - 0.056).abs() < 0.001, "skin.md 1: 0.056 mm at 3 mm from the middle");
    }
}
