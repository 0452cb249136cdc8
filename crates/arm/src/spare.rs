//! What a seventh joint leaves free: one number a pose, by which a branch is named again.
//!
//! In: a pose and that number. Out: [`Branches`] at it. For arms with spherical shoulder and wrist the number is the arm
//! angle (rad, any turn), for others with a closed form the angle of the joint that is locked. Absent: the choice of it.

use frames::{Base, Flange, Pose};

use crate::inverse::POLISH;
use crate::solver::Closed;
use crate::{ArmModel, Branches, JointPos};

/// Samples of the spare number that [`ArmModel::spares`] spreads over its range.
pub const SPARES: usize = 16;

impl ArmModel {
    /// Values all over the range of what a seventh joint leaves free; `None` where nothing is, or no closed form names it.
    pub fn spares(&self) -> Option<[f64; SPARES]> {
        let (lower, upper) = self.spare_range()?;
        Some(std::array::from_fn(|k| lower + (upper - lower) * (k as f64 + 0.5) / SPARES as f64))
    }

    /// The spare number of a posture: arm angle, or angle of the locked joint.
    pub fn spare(&self, q: &JointPos) -> Option<f64> {
        match &self.closed {
            Closed::Srs(srs, _) => (q.len() == 7).then(|| srs.arm_angle(q)),
            Closed::Locked(locked) => q.get(locked.joint?).copied(),
            _ => None,
        }
    }

    /// All branches at one value `spare` of what the seventh joint leaves free (see [`ArmModel::spares`]), each joint as
    /// near to `near` as its limits allow. An arm as built keeps its `spare` to a few mrad. Nothing for other arms.
    pub fn inverse_arm_angle(&self, base_from_flange: &Pose<Base, Flange>, spare: f64, near: &JointPos) -> Branches {
        let mut all = Branches::default();
        self.inverse_arm_angles(base_from_flange, &[spare], near, |_, branches| all = branches);
        all
    }

    /// The same for many values: `each` is called with the place of every value and the branches there, in order. What a
    /// pose says before the value is chosen is worked out once.
    pub fn inverse_arm_angles(
        &self,
        base_from_flange: &Pose<Base, Flange>,
        spares: &[f64],
        near: &JointPos,
        each: impl FnMut(usize, Branches),
    ) {
        self.at_spares(base_from_flange, spares, |_| u8::MAX, near, each);
    }

    /// Slot `i` of the answer is branch `pairs[i].1` at the spare value `pairs[i].0`: eight families of postures by name.
    pub fn inverse_pairs(
        &self,
        base_from_flange: &Pose<Base, Flange>,
        pairs: &[(f64, usize); 8],
        near: &JointPos,
    ) -> Branches {
        // Equal spare values are solved once.
        let (mut values, mut lanes, mut count) = ([0.0_f64; 8], [0_u8; 8], 0);
        for (value, branch) in pairs {
            let known = values[..count].iter().position(|v| v.to_bits() == value.to_bits());
            let at = known.unwrap_or(count);
            (values[at], count) = (*value, count.max(at + 1));
            lanes[at] |= 1 << (branch & 7);
        }
        let mut all = Branches::default();
        self.at_spares(
            base_from_flange,
            &values[..count],
            |k| lanes[k],
            near,
            |k, some| {
                for (slot, (value, branch)) in all.slots.iter_mut().zip(pairs) {
                    if value.to_bits() == values[k].to_bits() {
                        *slot = some.slots[branch & 7];
                    }
                }
            },
        );
        all
    }

    /// Those branches at each value whose bit is set in what `lanes` says for it.
    fn at_spares(
        &self,
        base_from_flange: &Pose<Base, Flange>,
        spares: &[f64],
        lanes: impl Fn(usize) -> u8,
        near: &JointPos,
        mut each: impl FnMut(usize, Branches),
    ) {
        let good = base_from_flange.is_finite() && near.len() == self.dof() && near.is_finite();
        if !good || !spares.iter().all(|v| v.is_finite()) {
            return;
        }
        let target = base_from_flange.get();
        match &self.closed {
            Closed::Srs(srs, back) => {
                let Some(aimed) = srs.aim(&(target * back)) else { return };
                for (k, spare) in spares.iter().enumerate() {
                    let found = srs.solve(&aimed, *spare, near);
                    each(k, self.gated_some(&found, srs.off, base_from_flange, near, lanes(k)));
                }
            }
            Closed::Locked(locked) => {
                for (k, spare) in spares.iter().enumerate() {
                    let mut branches = Branches::default();
                    let guesses = locked.solve(target, *spare, near);
                    let wanted = lanes(k);
                    for (lane, (slot, guess)) in branches.slots.iter_mut().zip(guesses).enumerate() {
                        if let Some(q) = guess.filter(|_| wanted >> lane & 1 == 1) {
                            *slot = self.descend(target, &q, POLISH).and_then(|q| self.limits.wrap(&q, near));
                        }
                    }
                    each(k, branches);
                }
            }
            _ => {}
        }
    }

    /// Every branch at the value nearest to that of `near` at which it is within limits.
    pub(crate) fn around_spare(&self, target: &Pose<Base, Flange>, near: &JointPos) -> Branches {
        let Some((lower, upper)) = self.spare_range() else {
            // Nothing to choose: six joints.
            return self.inverse_arm_angle(target, 0.0, near);
        };
        let turns = matches!(self.closed, Closed::Srs(..));
        let (here, range) = (self.spare(near).unwrap_or(0.0), upper - lower);
        let mut all = Branches::default();
        // Where nothing is within limits at the coarse steps, there may be a narrow gap between them.
        for fine in [1, 8] {
            let count = fine * SPARES;
            // Outwards from `near`, one step either side in turn. An arm angle comes round again after half of them.
            let value = |k: usize| {
                let out = k.div_ceil(2) as f64 * if k.is_multiple_of(2) { -1.0 } else { 1.0 };
                Some(here + out * range / count as f64).filter(|v| turns || (lower..=upper).contains(v))
            };
            let mut values = (0..=if turns { count } else { 2 * count }).filter_map(value);
            loop {
                let mut some = [0.0; 4];
                let taken = some.iter_mut().zip(&mut values).map(|(slot, v)| *slot = v).count();
                // Branches that are there already are not asked again.
                let open = all.slots.iter().enumerate().filter(|(_, q)| q.is_none());
                let open = open.fold(0_u8, |open, (lane, _)| open | 1 << lane);
                self.at_spares(
                    target,
                    &some[..taken],
                    |_| open,
                    near,
                    |_, some| {
                        for (slot, q) in all.slots.iter_mut().zip(some.slots) {
                            *slot = slot.or(q);
                        }
                    },
                );
                if taken < some.len() || all.slots.iter().all(Option::is_some) {
                    break;
                }
            }
            if all != Branches::default() {
                break;
            }
        }
        all
    }

    fn spare_range(&self) -> Option<(f64, f64)> {
        match &self.closed {
            Closed::Srs(..) => Some((-std::f64::consts::PI, std::f64::consts::PI)),
            Closed::Locked(locked) => locked.joint.map(|joint| (self.limits.lower[joint], self.limits.upper[joint])),
            _ => None,
        }
    }
}
