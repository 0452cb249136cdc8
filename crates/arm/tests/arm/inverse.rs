//! Inverse kinematics.

use arm::{ArmModel, Branches, JointPos};
use frames::{Base, Flange, Pose, Seed, gauss, unit};
use nalgebra::{Isometry3, Vector3};

use crate::{own, random, vendor};

/// Position and angle between the pose of `q` and `target`, m and rad.
pub(crate) fn miss(arm: &ArmModel, q: &JointPos, target: &Pose<Base, Flange>) -> (f64, f64) {
    let got = arm.forward(q);
    let off = (got.get().translation.vector - target.get().translation.vector).norm();
    let turn = target.get().rotation * got.get().rotation.inverse();
    (off, 2.0 * turn.imag().norm().atan2(turn.w.abs()))
}

/// Every answer through forward kinematics and limits; returns whether `q` is among them.
pub(crate) fn check(
    arm: &ArmModel,
    q: &JointPos,
    branches: &Branches,
    target: &Pose<Base, Flange>,
    worst: &mut f64,
) -> bool {
    for (_, answer) in branches.iter() {
        assert!(arm.limits.hold(answer), "{answer:?}");
        let (off, turn) = miss(arm, answer, target);
        assert!(off <= 1e-9 && turn <= 1e-9, "{off:e} m, {turn:e} rad at {q:?}");
        *worst = worst.max(off).max(turn);
    }
    let whole = |d: f64| (d / std::f64::consts::TAU).round() * std::f64::consts::TAU;
    let near = |p: &JointPos| p.zip(q, |a, b| (a - b) - whole(a - b)).max_abs();
    let nearest = branches.iter().map(|(_, p)| near(p)).fold(f64::INFINITY, f64::min);
    // Next to a singularity a pose says little about the angles: the rounding of the vendor's file (2e-10) is enough to
    // move them.
    nearest < 1e-6 || (nearest < 1e-2 && least_singular(arm, q) < 1e-3)
}

/// How far `q` is from singular: the least singular value of the flange's Jacobian.
pub(crate) fn least_singular(arm: &ArmModel, q: &JointPos) -> f64 {
    let j = arm.jacobian(q, &arm.forward(q).origin().coords);
    nalgebra::Matrix6xX::from_columns(&j[..arm.dof()]).singular_values().min()
}

/// 10 000 random reachable poses: the branch they were made from is found every time.
pub(crate) fn check_closed_form(arm: &ArmModel, name: &str, span: f64, n: u64) {
    assert!(arm.has_closed_form(), "{name}");
    let (mut worst, mut found, mut branches) = (0.0, 0, 0);
    for k in 0..n {
        let q = random(arm, span, k);
        let target = arm.forward(&q);
        let all = arm.inverse(&target);
        branches += all.iter().count();
        found += u64::from(check(arm, &q, &all, &target, &mut worst));
    }
    let mean = branches as f64 / n as f64;
    println!("{name}: {found} of {n} found, {mean:.2} branches, error at most {worst:.1e}");
    assert_eq!(found, n, "{name}");
}

#[test]
fn our_ur5e() {
    check_closed_form(&own(), "ur5e", std::f64::consts::TAU, 10_000);
}

#[test]
fn angles_of_more_than_half_a_turn() {
    check_closed_form(&own(), "ur5e, two turns", 2.0 * std::f64::consts::TAU, 2_000);
}

#[test]
fn vendors_urs() {
    for name in ["ur5e", "ur3e"] {
        if let Some(arm) = vendor(name, None, None) {
            check_closed_form(&arm, name, std::f64::consts::TAU, 2_000);
        }
    }
}

/// Deviations as large as a real arm's: within 0.5 mm and 1.5 mrad at every joint, in every direction.
pub(crate) fn deviations(seed: u64) -> Vec<Isometry3<f64>> {
    let three = |joint: u64, first: u64, most: f64| {
        Vector3::from_fn(|i, _| most * (2.0 * unit(Seed(seed), joint, first + i as u64) - 1.0))
    };
    (0..7).map(|i| Isometry3::new(three(i, 0, 0.5e-3), three(i, 3, 1.5e-3))).collect()
}

#[test]
fn an_arm_as_built() {
    let nominal = own();
    let (mut worst, mut off) = (0.0, 0.0);
    // Of all, and of those away from singularities.
    let (mut found, mut clear, mut found_clear) = (0, 0, 0);
    let n = 2_000;
    for k in 0..n {
        let arm = nominal.perturbed(&deviations(k % 20));
        let q = random(&arm, std::f64::consts::TAU, k);
        let target = arm.forward(&q);
        off += miss(&nominal, &q, &target).0 / n as f64;
        let hit = check(&arm, &q, &arm.inverse(&target), &target, &mut worst);
        let regular = least_singular(&arm, &q) > 0.02;
        (found, clear, found_clear) =
            (found + u64::from(hit), clear + u64::from(regular), found_clear + u64::from(hit && regular));
    }
    let mm = off * 1e3;
    println!(
        "as built: nominal {mm:.2} mm off; {found} of {n} found, {found_clear} of {clear} off singularities, error at most {worst:.1e}"
    );
    // Within the deviation of a singularity two branches merge, and Newton may find the other one.
    assert!(found_clear == clear && found as f64 >= 0.95 * n as f64 && off > 0.5e-3);
}

/// Where the wrist is straight, joint 6 keeps the angle it is asked to keep.
#[test]
fn straight_wrist() {
    let arm = own();
    for k in 0..500 {
        for bend in [0.0, std::f64::consts::PI, -std::f64::consts::PI, 1e-12, 1e-9, 1e-7, 1e-5] {
            let mut q = random(&arm, std::f64::consts::TAU, k);
            q[4] = bend;
            let target = arm.forward(&q);
            let mut worst = 0.0;
            let all = arm.inverse_around(&target, &q);
            let found = check(&arm, &q, &all, &target, &mut worst);
            assert!(all.iter().count() > 0, "none at {q:?}");
            // Between straight and bent, the angle of joint 6 itself is only as exact as the pose's rounding allows.
            assert!(found || (1e-13..1e-4).contains(&bend.abs()), "bend {bend:e}: {q:?}");
        }
    }
}

/// Round angles, where other closed forms return spurious or no answers (ur-analytic-ik#5, ssik#362).
#[test]
fn round_angles() {
    let arm = own();
    let quarter = std::f64::consts::FRAC_PI_2;
    let mut worst = 0.0;
    for code in 0..4_u32.pow(6) {
        let mut q = JointPos::zeros(6);
        for (i, v) in q.iter_mut().enumerate() {
            *v = f64::from((code >> (2 * i)) & 3) * quarter - quarter;
        }
        let target = arm.forward(&q);
        let all = arm.inverse_around(&target, &q);
        // Stretched or folded, or with the wrist on the shoulder's axis, rounding decides how many branches there are.
        if check(&arm, &q, &all, &target, &mut worst) {
            continue;
        }
        let near = all.nearest(&q).map(|(_, p)| p.zip(&q, |a, b| a - b).max_abs());
        assert!(near.is_some_and(|d| d < 1e-3), "{near:?} at {q:?}");
    }
}

#[test]
fn out_of_reach_is_nothing() {
    let arm = own();
    let far = Pose::new(Isometry3::translation(1.2, 0.0, 0.3));
    assert_eq!(arm.inverse(&far), Branches::default());
    // On the first axis, nearer than the arm is wide.
    let inside = Pose::new(Isometry3::translation(0.0, 0.05, 0.5));
    assert_eq!(arm.inverse(&inside), Branches::default());
    let broken = Pose::new(Isometry3::translation(f64::NAN, 0.0, 0.3));
    assert_eq!(arm.inverse(&broken), Branches::default());
    assert!(arm.inverse_near(&far, &JointPos::zeros(6)).is_none());
    assert!(arm.inverse_near(&broken, &JointPos::zeros(6)).is_none());
    assert!(arm.inverse_near(&far, &JointPos::zeros(5)).is_none());
}

#[test]
fn limits_hold_and_turns_are_chosen() {
    let mut arm = own();
    let q = JointPos::from_slice(&[3.5, -1.2, 1.1, -4.0, 1.3, 5.9]).unwrap();
    let target = arm.forward(&q);
    let (_, near) = arm.inverse_around(&target, &q).nearest(&q).unwrap();
    assert!(near.zip(&q, |a, b| a - b).max_abs() < 1e-9);
    // Around zero, the same branch with every joint within half a turn.
    let (_, plain) = arm.inverse(&target).nearest(&q).unwrap();
    assert!(plain.max_abs() <= std::f64::consts::PI);
    for i in 0..6 {
        arm.limits.lower[i] = -0.01;
        arm.limits.upper[i] = 0.01;
    }
    assert_eq!(arm.inverse(&target), Branches::default());
}

#[test]
fn newton_from_nearby() {
    let arm = own();
    let (mut found, n) = (0, 2_000);
    for k in 0..n {
        let q = random(&arm, 6.0, k);
        let target = arm.forward(&q);
        let mut seed = q;
        seed.iter_mut().enumerate().for_each(|(i, v)| *v += 0.05 * gauss(Seed(3), i as u64, k));
        if let Some(answer) = arm.inverse_near(&target, &seed) {
            let (off, turn) = miss(&arm, &answer, &target);
            assert!(off <= 1e-9 && turn <= 1e-9);
            found += 1;
        }
    }
    println!("inverse_near, 0.05 rad off: {found} of {n}");
    // Near the end of a limit the answer may lie outside; near a singularity it may be another one, never a wrong one.
    assert!(found >= n - 5);
}

#[test]
fn k_agrees_where_it_converges() {
    let arm = own();
    let mut found = 0;
    for k in 0..100 {
        let q = random(&arm, 6.0, k);
        let target = arm.forward(&q);
        let mut seed = q;
        seed.iter_mut().enumerate().for_each(|(i, v)| *v += 0.05 * gauss(Seed(4), i as u64, k));
        if let Some(answer) = arm.inverse_by_k(&target, &seed) {
            let (off, turn) = miss(&arm, &answer, &target);
            assert!(off <= 1e-9 && turn <= 1e-9);
            found += 1;
        }
    }
    println!("k: {found} of 100 from 0.05 rad off");
    assert!(found > 80);
}

/// Planning and control call these for every dot: not one allocation.
#[test]
fn no_heap() {
    let arm = own();
    let built = arm.perturbed(&deviations(1));
    let q = random(&arm, 6.0, 7);
    let (target, built_target) = (arm.forward(&q), built.forward(&q));
    let count = allocation_counter::measure(|| {
        std::hint::black_box(arm.inverse(&target));
        std::hint::black_box(built.inverse(&built_target));
        std::hint::black_box(arm.inverse_near(&target, &q.map(|v| v + 0.05)));
        std::hint::black_box(arm.jacobian(&q, &target.origin().coords));
        std::hint::black_box(arm.gravity(&q, &arm::Payload::NONE));
        let motion = arm::Motion::between(&q, &JointPos::zeros(6), &arm.limits);
        std::hint::black_box(motion.sample(0.1));
    });
    assert_eq!(count.count_total, 0);
}
