//! Postures for a flange pose.
//!
//! In: a pose in the base. Out: [`Branches`], eight fixed slots; every posture in them is within limits and was put
//! through forward kinematics (1e-9 m, 1e-9 rad). Absent: collision, choice between branches.
//!
//! [`ArmModel::solver`] says which closed form an arm has; arms as built ([`ArmModel::perturbed`]) are finished by Newton
//! from there, and what a seventh joint leaves free is chosen in `spare`. An arm without a closed form is searched from
//! fixed seeds, then with k's solver: slow, and a slot then means nothing but a place.

use frames::{Base, Flange, Pose, Seed, unit};
use k::InverseKinematicsSolver;
use k::nalgebra as na30;

use crate::solver::{Closed, Found};
use crate::ur::GATE;
use crate::{ArmModel, JointPos};

/// Newton's steps from the closed form of the nominal arm: two reach 1e-9 off singularities, the rest are for near them.
pub(crate) const POLISH: usize = 8;
/// A first guess this far past a limit will not be finished within it, rad.
const FAR: f64 = 0.2;
/// Seeds of the search for arms without a closed form.
const SEEDS: u64 = 48;

/// All postures that reach one pose. With a closed form, bit 2 of a slot's number is the shoulder, bit 1 the wrist, bit 0
/// the elbow, so that the same slot is the same branch along a path.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Branches {
    /// A posture, or none for this branch.
    pub slots: [Option<JointPos>; 8],
}

impl Branches {
    /// Slot and posture of those there are.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &JointPos)> {
        self.slots.iter().enumerate().filter_map(|(i, slot)| slot.as_ref().map(|q| (i, q)))
    }

    /// The posture whose farthest joint is nearest to `q`.
    pub fn nearest(&self, q: &JointPos) -> Option<(usize, JointPos)> {
        let far = |a: &JointPos| a.zip(q, |a, b| a - b).max_abs();
        self.iter().min_by(|(_, a), (_, b)| far(a).total_cmp(&far(b))).map(|(i, a)| (i, *a))
    }
}

impl ArmModel {
    /// All branches, each joint as near to zero as its limits allow.
    pub fn inverse(&self, base_from_flange: &Pose<Base, Flange>) -> Branches {
        self.inverse_around(base_from_flange, &JointPos::zeros(self.dof()))
    }

    /// All branches, each joint as near to `near` as its limits allow. Where the last joint is free (a straight wrist),
    /// it stays at `near`.
    pub fn inverse_around(&self, base_from_flange: &Pose<Base, Flange>, near: &JointPos) -> Branches {
        if !base_from_flange.is_finite() || near.len() != self.dof() || !near.is_finite() {
            return Branches::default();
        }
        match &self.closed {
            Closed::Ur(ur) => self.gated(&ur.found(base_from_flange.get(), near), ur.off(), base_from_flange, near),
            Closed::Wrist(wrist, back) => {
                let found = wrist.solve(&(base_from_flange.get() * back), near);
                self.gated(&found, wrist.off, base_from_flange, near)
            }
            Closed::Srs(..) | Closed::Locked(_) => self.around_spare(base_from_flange, near),
            Closed::None => self.search(base_from_flange, near),
        }
    }

    /// The posture of the branch whose joints are nearest to `near` as they are now: one answer, where only one is wanted.
    /// For an arm as built this is where Newton's steps are spared: they go into one branch instead of eight.
    pub fn inverse_branch(&self, base_from_flange: &Pose<Base, Flange>, near: &JointPos) -> Option<JointPos> {
        if !base_from_flange.is_finite() || near.len() != self.dof() || !near.is_finite() {
            return None;
        }
        let target = base_from_flange.get();
        let (found, off) = match &self.closed {
            Closed::Ur(ur) => (ur.found(target, near), ur.off()),
            Closed::Wrist(wrist, back) => (wrist.solve(&(target * back), near), wrist.off),
            Closed::Srs(srs, back) => (srs.solve(&srs.aim(&(target * back))?, srs.arm_angle(near), near), srs.off),
            Closed::Locked(_) | Closed::None => return self.inverse_near(base_from_flange, near),
        };
        let far = |lane: usize| {
            let joints = found.q.iter().zip(near.iter());
            joints.map(|(q, near)| (q[lane] - near).abs()).fold(0.0, f64::max)
        };
        let lanes = (0..8).filter(|lane| !found.error[*lane].is_nan());
        let lane = lanes.min_by(|a, b| far(*a).total_cmp(&far(*b)))?;
        let mut q = JointPos::zeros(self.dof());
        q.iter_mut().zip(&found.q).for_each(|(v, lanes)| *v = lanes[lane]);
        let q = if found.error[lane] + off <= GATE { q } else { self.descend(target, &q, POLISH)? };
        self.limits.wrap(&q, near)
    }

    /// True when [`ArmModel::inverse`] needs no search.
    pub fn has_closed_form(&self) -> bool {
        self.closed != Closed::None
    }

    /// Answers within limits; those that forward kinematics does not hold good are finished by Newton. `off` is how far the
    /// chain is from what found them.
    pub(crate) fn gated(&self, found: &Found, off: f64, target: &Pose<Base, Flange>, near: &JointPos) -> Branches {
        self.gated_some(found, off, target, near, u8::MAX)
    }

    /// The same for the lanes whose bit is set in `lanes`.
    pub(crate) fn gated_some(
        &self,
        found: &Found,
        off: f64,
        target: &Pose<Base, Flange>,
        near: &JointPos,
        lanes: u8,
    ) -> Branches {
        let mut branches = Branches::default();
        let inside = self.limits.hold(near);
        for (lane, slot) in branches.slots.iter_mut().enumerate() {
            let error = found.error[lane];
            if error.is_nan() || lanes >> lane & 1 == 0 {
                continue;
            }
            let mut q = JointPos::zeros(self.dof());
            q.iter_mut().zip(&found.q).for_each(|(v, lanes)| *v = lanes[lane]);
            if error + off <= GATE {
                // As in `wrap`.
                *slot =
                    if inside { self.limits.settle(&mut q, 1e-12).then_some(q) } else { self.limits.wrap(&q, near) };
            } else if !inside || self.limits.settle(&mut q.clone(), FAR) {
                *slot = self.descend(target.get(), &q, POLISH).and_then(|q| self.limits.wrap(&q, near));
            }
        }
        branches
    }

    fn search(&self, target: &Pose<Base, Flange>, near: &JointPos) -> Branches {
        let mut branches = Branches::default();
        let mut found = 0;
        let mut keep = |q: JointPos| {
            let known = branches.iter().any(|(_, p)| p.zip(&q, |a, b| a - b).max_abs() < 1e-3);
            if !known && found < branches.slots.len() {
                branches.slots[found] = Some(q);
                found += 1;
            }
        };
        for k in 0..SEEDS {
            let seed = if k == 0 { *near } else { self.seed(k) };
            if let Some(q) = self.inverse_near(target, &seed) {
                keep(q);
            }
        }
        if branches.iter().next().is_none() {
            branches.slots[0] = (0..SEEDS).find_map(|k| self.inverse_by_k(target, &self.seed(k)));
        }
        branches
    }

    /// A posture anywhere within limits, the same every time.
    fn seed(&self, k: u64) -> JointPos {
        let mut q = JointPos::zeros(self.dof());
        for (i, v) in q.iter_mut().enumerate() {
            let (lower, upper) = (self.limits.lower[i], self.limits.upper[i]);
            *v = lower + (upper - lower) * unit(Seed(k), i as u64, 0);
        }
        q
    }

    /// One posture by k's solver, polished and checked: the general fall-back, and the baseline of the benchmark. Slow
    /// (tens of microseconds, heap); never for planning.
    pub fn inverse_by_k(&self, target: &Pose<Base, Flange>, seed: &JointPos) -> Option<JointPos> {
        let chain = k::SerialChain::try_new(self.k_chain())?;
        chain.set_joint_positions(seed).ok()?;
        let solver = k::JacobianIkSolver::new(1e-7, 1e-7, 0.5, 200);
        let p = target.get();
        let (t, r) = (p.translation.vector, p.rotation);
        let goal = na30::Isometry3::from_parts(
            na30::Translation3::new(t.x, t.y, t.z),
            na30::UnitQuaternion::new_normalize(na30::Quaternion::new(r.w, r.i, r.j, r.k)),
        );
        solver.solve(&chain, &goal).ok()?;
        let rough = JointPos::from_slice(&chain.joint_positions())?;
        let q = self.descend(target.get(), &rough, POLISH)?;
        self.limits.wrap(&q, seed)
    }

    /// This chain as k sees it, last node the flange: for its solver, and as an independent check.
    pub fn k_chain(&self) -> k::Chain<f64> {
        let origin = |p: &nalgebra::Isometry3<f64>| {
            let (t, r) = (&p.translation.vector, &p.rotation);
            na30::Isometry3::from_parts(
                na30::Translation3::new(t.x, t.y, t.z),
                na30::UnitQuaternion::new_normalize(na30::Quaternion::new(r.w, r.i, r.j, r.k)),
            )
        };
        let mut nodes = Vec::with_capacity(self.dof() + 1);
        for (i, joint) in self.joints.iter().enumerate() {
            let axis = na30::Vector3::new(joint.axis.x, joint.axis.y, joint.axis.z);
            let limits = k::joint::Range::new(self.limits.lower[i], self.limits.upper[i]);
            let node = k::NodeBuilder::<f64>::new()
                .name(&joint.name)
                .joint_type(k::JointType::Rotational { axis: na30::Unit::new_normalize(axis) })
                .limits(Some(limits))
                .origin(origin(&joint.parent_from_joint))
                .into_node();
            nodes.push(node);
        }
        let flange = k::NodeBuilder::<f64>::new().name("flange").origin(origin(&self.last_from_flange));
        nodes.push(flange.into_node());
        for pair in nodes.windows(2) {
            pair[1].set_parent(&pair[0]);
        }
        k::Chain::from_nodes(nodes)
    }
}
