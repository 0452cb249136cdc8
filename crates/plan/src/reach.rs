//! Which postures reach a site, and why none does.
//!
//! In: places in order. Out: the ladder of lifted postures over spins and branches, within limits less their margin, and
//! clear of everything with the lift to spare; for a site without any, the reason with its numbers.
//! Absent: choice between postures, the order of sites.

use arm::{ArmModel, Branches, Joint, JointPos, Tool};
use frames::{Base, Flange, Head, Metres, Pose, Radians, Tcp};
use nalgebra::{Point3, SMatrix};
use rayon::prelude::*;

use crate::clear::{Nose, Touch, World};
use crate::family::Slots;
use crate::ladder::{BRANCHES, Ladder, Node};
use crate::spin::Place;
use crate::{Options, Reject};

/// Rotations count as motion at this distance in the least singular value, m.
const ARM_OF_TURN: f64 = 0.1;

/// Piece of a way along the needle, m.
const RISE: f64 = 0.01;

/// The arm over the head.
pub(crate) struct Reach<'a> {
    pub(crate) world: &'a World<'a>,
    pub(crate) options: &'a Options,
    /// Limits less the margin.
    tight: ArmModel,
    /// Hardly any limits, to tell apart "too far" and "not that way round".
    loose: ArmModel,
    /// Where the turns of each branch's joints are counted from: the middle of where the branch works, so that no joint
    /// comes to its half turn there.
    near: [JointPos; BRANCHES],
    park: JointPos,
    /// What the ladder's branches are for an arm with a joint to spare; the arm's own branches otherwise.
    pub(crate) slots: Option<Slots>,
    base_from_head: Pose<Base, Head>,
    pub(crate) flange_from_tcp: Pose<Flange, Tcp>,
    tcp_from_flange: Pose<Tcp, Flange>,
    /// Where the arm's own reach begins, base frame.
    shoulder: Point3<f64>,
}

/// The two postures of a stroke.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair {
    pub(crate) touch: JointPos,
    pub(crate) lifted: JointPos,
}

impl<'a> Reach<'a> {
    pub(crate) fn new(
        world: &'a World<'a>,
        tool: &Tool,
        base_from_head: Pose<Base, Head>,
        park: &JointPos,
        options: &'a Options,
    ) -> Self {
        let mut tight = world.arm.clone();
        let margin = options.joint_margin.get();
        tight.limits.lower.iter_mut().for_each(|v| *v += margin);
        tight.limits.upper.iter_mut().for_each(|v| *v -= margin);
        let mut loose = world.arm.clone();
        loose.limits.lower.iter_mut().for_each(|v| *v = -4.0 * std::f64::consts::PI);
        loose.limits.upper.iter_mut().for_each(|v| *v = 4.0 * std::f64::consts::PI);
        let frames = world.arm.joint_frames(&JointPos::zeros(world.arm.dof()));
        let shoulder = Point3::from(frames[usize::from(world.arm.dof() > 1)].translation.vector);
        Self {
            world,
            options,
            tight,
            loose,
            near: [*park; BRANCHES],
            park: *park,
            slots: None,
            base_from_head,
            flange_from_tcp: tool.flange_from_tcp,
            tcp_from_flange: tool.flange_from_tcp.inverse(),
            shoulder,
        }
    }

    /// The nose at the park posture, head frame.
    pub(crate) fn parked_nose(&self) -> Point3<f64> {
        (self.base_from_head.inverse() * (self.world.arm.forward(&self.park) * self.flange_from_tcp).origin()).coords
    }

    /// How far a posture's joints are from park, rad in all.
    pub(crate) fn away(&self, q: &JointPos) -> f64 {
        q.zip(&self.park, |a, b| a - b).iter().map(|d| d.abs()).sum()
    }

    pub(crate) fn spin(&self, spin: usize) -> f64 {
        std::f64::consts::TAU * spin as f64 / self.options.spins as f64
    }

    /// Where the flange must be for the nose to be `lift` above a place.
    fn flange(&self, place: &Place, spin: f64, lift: f64) -> Pose<Base, Flange> {
        self.base_from_head * place.pose(spin, lift) * self.tcp_from_flange
    }

    /// Postures by branch of the ladder, within limits less their margin.
    fn postures(&self, target: &Pose<Base, Flange>) -> Branches {
        match &self.slots {
            None => self.tight.inverse_around(target, &self.park),
            Some(slots) => slots.postures(&self.tight, target, &self.park),
        }
    }

    /// Every posture within limits, clear or not.
    pub(crate) fn ladder(&self, places: &[Place]) -> Ladder {
        let (spins, dof) = (self.options.spins, self.world.arm.dof());
        let mut ladder = Ladder::new(places.len(), spins, dof);
        let slot = {
            let shape = Ladder::new(0, spins, dof);
            move |b, j, s| shape.slot(b, j, s)
        };
        let lift = self.options.lift.get();
        ladder.rungs_mut().zip(places.par_iter()).for_each(|((angles, usable), place)| {
            for spin in 0..spins {
                let target = self.flange(place, self.spin(spin), lift);
                for (branch, q) in self.postures(&target).iter() {
                    let Some(q) = self.tight.limits.wrap(q, &self.near[branch]) else { continue };
                    q.iter().enumerate().for_each(|(j, v)| angles[slot(branch, j, spin)] = *v as f32);
                    usable[branch] |= 1 << spin;
                }
            }
        });
        ladder
    }

    /// Counts turns from the middle of the postures that are usable in `sample`.
    pub(crate) fn recentre(&mut self, sample: &Ladder) {
        for (branch, near) in self.near.iter_mut().enumerate() {
            let (mut sin, mut cos) = ([0.0; arm::MAX_JOINTS], [0.0; arm::MAX_JOINTS]);
            for site in 0..sample.sites() {
                let usable = sample.usable(site)[branch];
                for spin in (0..self.options.spins).filter(|s| usable >> s & 1 == 1) {
                    for (j, v) in sample.posture(site, branch, spin).iter().enumerate() {
                        sin[j] += v.sin();
                        cos[j] += v.cos();
                    }
                }
            }
            for (j, v) in near.iter_mut().enumerate() {
                let middle = f64::atan2(sin[j], cos[j]);
                // The whole turn nearest to park; where nothing is usable, park itself.
                let turns = ((self.park[j] - middle) / std::f64::consts::TAU).round();
                *v = if sin[j].hypot(cos[j]) > 1e-6 { middle + turns * std::f64::consts::TAU } else { self.park[j] };
            }
        }
    }

    /// Strikes out the postures of one branch that are not clear; returns for each site the least bad of them.
    pub(crate) fn strike(&self, ladder: &mut Ladder, sites: &[u32], branch: usize) -> Vec<Option<Touch>> {
        let found: Vec<(u32, Option<Touch>)> = sites
            .par_iter()
            .map(|&site| {
                let mut left = 0;
                let mut best: Option<Touch> = None;
                let usable = ladder.usable(site as usize)[branch];
                for spin in (0..self.options.spins).filter(|s| usable >> s & 1 == 1) {
                    match self.clear(&ladder.posture(site as usize, branch, spin)) {
                        Ok(()) => left |= 1 << spin,
                        Err(touch) => best = milder(best, Some(touch)),
                    }
                }
                (left, best)
            })
            .collect();
        for (&site, (left, _)) in sites.iter().zip(&found) {
            ladder.usable_mut(site as usize)[branch] = *left;
        }
        found.into_iter().map(|(_, touch)| touch).collect()
    }

    /// Clear when lifted, and with the lift to spare, so that the touch is all but sure to be clear as well.
    fn clear(&self, lifted: &JointPos) -> Result<(), Touch> {
        let lift = self.options.lift.get();
        self.world.posture_with(lifted, lift, Nose::Free)
    }

    /// Branches, best first: what reaches more sites; of those within a hundredth of the best, what is nearer to park and
    /// so has a way there; the lower number on a tie.
    pub(crate) fn by_merit(&self, sample: &Ladder) -> [usize; BRANCHES] {
        let count = |b: usize| (0..sample.sites()).filter(|&i| sample.usable(i)[b] != 0).count();
        let most = (0..BRANCHES).map(count).max().unwrap_or(0);
        let away = |b: usize| self.near[b].zip(&self.park, |a, b| a - b).iter().map(|d| d.abs()).sum::<f64>();
        let mut order: [usize; BRANCHES] = std::array::from_fn(|b| b);
        let rank = |b: usize| if 100 * count(b) >= 99 * most { (0, away(b)) } else { (1, -(count(b) as f64)) };
        order.sort_by(|&a, &b| {
            let (a, b) = (rank(a), rank(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        order
    }

    /// The exact postures of a state, checked: touch and lifted within limits and clear, touch not singular.
    pub(crate) fn realise(&self, place: &Place, node: Node, lift: Metres) -> Result<Pair, Option<Reject>> {
        let spin = self.spin(node.spin.into());
        let at = |lift: f64| self.flange(place, spin, lift);
        let near = &self.near[node.branch as usize];
        let touch = self.postures(&at(0.0)).slots[node.branch as usize].ok_or(None)?;
        let touch = self.tight.limits.wrap(&touch, near).ok_or(None)?;
        let lifted = self.rise(place, node, &touch, Metres::ZERO, lift);
        let value = self.singular(&touch);
        let least = self.options.least_singular;
        if value < least {
            return Err(Some(Reject::Singular { value, least }));
        }
        self.world.posture(&touch, Nose::Free).map_err(|touch| Some(self.collides(&touch)))?;
        let lifted = lifted.ok_or(None)?;
        let off = Nose::Off(0.5 * lift.get());
        self.world.posture(&lifted, off).map_err(|touch| Some(self.collides(&touch)))?;
        Ok(Pair { touch, lifted })
    }

    /// The posture `to` above the skin, from the one `from` above it (`q`), straight back along the needle, clear all the
    /// way. The way is looked at as straight pieces in joint space of [`RISE`]: they leave the needle's line by less than
    /// 0.1 mm.
    pub(crate) fn rise(&self, place: &Place, node: Node, q: &JointPos, from: Metres, to: Metres) -> Option<JointPos> {
        let spin = self.spin(node.spin.into());
        let mut q = *q;
        let steps = ((to - from).get() / RISE).ceil().max(1.0);
        for k in 1..=steps as usize {
            let lift = from + (to - from) * (k as f64 / steps);
            let next = self.tight.inverse_near(&self.flange(place, spin, lift.get()), &q)?;
            // Newton keeps the branch when it is led; near a singularity it may not.
            let leap = next.zip(&q, |a, b| a - b).max_abs() > 0.35;
            if leap || self.world.way(&q, &next, Nose::Free).is_err() {
                return None;
            }
            q = next;
        }
        Some(q)
    }

    /// Least singular value of the nose's Jacobian, turns weighed with [`ARM_OF_TURN`], m/rad. For an arm of fewer than
    /// six joints the least is 0.
    pub(crate) fn singular(&self, q: &JointPos) -> f64 {
        let arm = self.world.arm;
        let tip = (arm.forward(q) * self.flange_from_tcp).origin();
        let mut square = SMatrix::<f64, 6, 6>::zeros();
        for column in arm.jacobian(q, &tip.coords).iter().take(arm.dof()) {
            let mut c = *column;
            c.fixed_rows_mut::<3>(3).scale_mut(ARM_OF_TURN);
            square.ger(1.0, &c, &c, 1.0);
        }
        square.symmetric_eigenvalues().min().max(0.0).sqrt()
    }

    pub(crate) fn collides(&self, touch: &Touch) -> Reject {
        let (part, obstacle) = self.world.names(touch);
        let (clearance, least) = (Metres::new(touch.clearance), Metres::new(touch.least));
        Reject::Collides { part, obstacle, clearance, least }
    }

    /// Why no posture reaches a place at all.
    pub(crate) fn why_not(&self, place: &Place) -> Reject {
        let lift = self.options.lift.get();
        let spins = (0..self.options.spins).map(|s| self.spin(s));
        let mut best: Option<(Joint, f64)> = None;
        for spin in spins.clone() {
            for (_, q) in self.loose.inverse_around(&self.flange(place, spin, lift), &self.park).iter() {
                let worst = self.past_limits(q);
                best = match best {
                    Some(b) if b.1 <= worst.1 => Some(b),
                    _ => Some(worst),
                };
            }
        }
        if let Some((joint, over)) = best {
            return Reject::JointLimit { joint, over: Radians::new(over) };
        }
        // The least shift towards the shoulder with which some spin reaches, by bisection over a few spins.
        let target = self.base_from_head.get() * place.at;
        let towards = self.shoulder - target;
        let reached = |part: f64| {
            spins.clone().step_by((self.options.spins / 8).max(1)).any(|spin| {
                let mut flange = *self.flange(place, spin, lift).get();
                flange.translation.vector += towards * part;
                self.loose.inverse_around(&Pose::new(flange), &self.park).iter().next().is_some()
            })
        };
        // Near the shoulder itself nothing reaches either: look for a part that does first.
        let Some(within) = (1..=16).map(|k| f64::from(k) / 16.0).find(|&p| reached(p)) else {
            return Reject::OutOfReach { over: Metres::new(towards.norm()) };
        };
        let (mut out, mut inside) = (within - 1.0 / 16.0, within);
        for _ in 0..10 {
            let middle = 0.5 * (out + inside);
            if reached(middle) { inside = middle } else { out = middle }
        }
        Reject::OutOfReach { over: Metres::new(towards.norm() * inside) }
    }

    /// The joint that passes its limit less margin by the most, each joint turned whole turns to its best.
    fn past_limits(&self, q: &JointPos) -> (Joint, f64) {
        let limits = &self.tight.limits;
        let mut worst = (Joint(0), 0.0);
        for (i, v) in q.iter().enumerate() {
            let over = [-1.0, 0.0, 1.0]
                .map(|turn| {
                    let v = v + turn * std::f64::consts::TAU;
                    (v - limits.upper[i]).max(limits.lower[i] - v).max(0.0)
                })
                .into_iter()
                .fold(f64::INFINITY, f64::min);
            if over > worst.1 {
                worst = (Joint(i), over);
            }
        }
        worst
    }
}

/// The one that lacks less.
pub(crate) fn milder(a: Option<Touch>, b: Option<Touch>) -> Option<Touch> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.clearance - b.least > a.clearance - a.least { b } else { a }),
        (a, b) => a.or(b),
    }
}
