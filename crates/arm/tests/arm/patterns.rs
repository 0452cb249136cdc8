//! Arms beside the UR: spherical wrists, seven joints, and how each is recognised.

use arm::{ArmModel, Branches, JointPos, SPARES, Solver};
use frames::{Base, Flange, Pose, Seed, unit};
use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};

use crate::inverse::{check, check_closed_form, deviations, least_singular, miss};
use crate::{json, numbers, own, random, vendor};

/// A joint as drawn: its frame in the one before, and its axis in its own.
type Drawn = (Isometry3<f64>, Vector3<f64>);

/// The same machine, as another vendor might draw it: frames moved along their axes and turned, whole chain in the air.
fn redrawn(joints: &[Drawn], flange: &Isometry3<f64>, seed: u64) -> (Vec<Drawn>, Isometry3<f64>) {
    let any = |joint: usize, i: u64| unit(Seed(seed), joint as u64, i) - 0.5;
    let mut before = Isometry3::identity();
    let mut out = Vec::new();
    for (i, (pose, axis)) in joints.iter().enumerate() {
        let along = Translation3::from(axis * any(i, 0));
        let turn = UnitQuaternion::from_scaled_axis(Vector3::new(any(i, 1), any(i, 2), any(i, 3)) * 5.0);
        let new = Isometry3::from_parts(along, turn);
        out.push((before * pose * new, turn.inverse() * axis));
        before = new.inverse();
    }
    (out, before * flange)
}

fn drawn(joints: &[Drawn], flange: &Isometry3<f64>) -> ArmModel {
    let mut text = String::from("<robot name=\"drawn\"><link name=\"l0\"/>");
    let origin = |p: &Isometry3<f64>| {
        let (t, (r, y, w)) = (p.translation.vector, p.rotation.euler_angles());
        format!("<origin xyz=\"{} {} {}\" rpy=\"{r} {y} {w}\"/>", t.x, t.y, t.z)
    };
    for (i, (pose, axis)) in joints.iter().enumerate() {
        text += &format!(
            "<link name=\"l{}\"/><joint name=\"j{}\" type=\"revolute\"><parent link=\"l{i}\"/><child link=\"l{}\"/>{}\
             <axis xyz=\"{} {} {}\"/><limit lower=\"-6.3\" upper=\"6.3\" velocity=\"3\" effort=\"0\"/></joint>",
            i + 1,
            i + 1,
            i + 1,
            origin(pose),
            axis.x,
            axis.y,
            axis.z
        );
    }
    text += &format!(
        "<link name=\"tool0\"/><joint name=\"end\" type=\"fixed\"><parent link=\"l{}\"/><child link=\"tool0\"/>{}</joint></robot>",
        joints.len(),
        origin(flange)
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drawn.urdf");
    std::fs::write(&path, text).unwrap();
    ArmModel::from_urdf(&path, None, None).unwrap()
}

/// By the parameters of Brandstoetter et al.; angle = sign * joint - offset.
struct Opw {
    a1: f64,
    a2: f64,
    b: f64,
    c: [f64; 4],
    offset: [f64; 6],
    sign: [f64; 6],
}

impl Opw {
    fn joints(&self) -> (Vec<Drawn>, Isometry3<f64>) {
        let (y, z) = (Vector3::y(), Vector3::z());
        let at = [
            ([0.0, 0.0, 0.0], z),
            ([self.a1, 0.0, self.c[0]], y),
            ([0.0, 0.0, self.c[1]], y),
            ([self.a2, self.b, 0.0], z),
            ([0.0, 0.0, self.c[2]], y),
            ([0.0, 0.0, 0.0], z),
        ];
        let joint = |(i, (p, axis)): (usize, &([f64; 3], Vector3<f64>))| {
            let zero = UnitQuaternion::from_scaled_axis(-axis * self.offset[i]);
            (Isometry3::from_parts(Translation3::from(*p), zero), axis * self.sign[i])
        };
        (at.iter().enumerate().map(joint).collect(), Isometry3::translation(0.0, 0.0, self.c[3]))
    }
}

/// All solutions of rs-opw-kinematics for two real arms: the same sets, whole turns aside.
#[test]
fn the_same_sets_as_rs_opw() {
    let Some(reference) = json("opw_ik_cases.json") else { return };
    let (mut cases, mut solutions, mut extra) = (0, 0, 0);
    for case in reference["cases"].as_array().unwrap() {
        let p = &reference["parameters"][case["parameters"].as_str().unwrap()];
        let number = |v: &serde_json::Value| match v.as_str() {
            Some("-pi/2") => -std::f64::consts::FRAC_PI_2,
            Some(other) => panic!("{other}"),
            None => v.as_f64().unwrap(),
        };
        let six = |key: &str| std::array::from_fn(|i| number(&p[key][i]));
        let opw = Opw {
            a1: number(&p["a1"]),
            a2: number(&p["a2"]),
            b: number(&p["b"]),
            c: ["c1", "c2", "c3", "c4"].map(|k| number(&p[k])),
            offset: six("offsets"),
            sign: six("sign"),
        };
        let (joints, flange) = opw.joints();
        let (joints, flange) = redrawn(&joints, &flange, cases);
        let arm = drawn(&joints, &flange);
        assert!(matches!(arm.solver(), Solver::SphericalWrist { exact: true, .. }), "{}", arm.solver());
        let (t, r) = (numbers(&case["pose"]["translation"]), numbers(&case["pose"]["quaternion"]));
        let target = Isometry3::from_parts(
            Translation3::new(t[0], t[1], t[2]),
            UnitQuaternion::new_normalize(Quaternion::new(r[3], r[0], r[1], r[2])),
        );
        let all = arm.inverse(&Pose::new(target));
        let (mut worst, whole) = (0.0, |d: f64| (d / 360.0).round() * 360.0);
        check(&arm, &JointPos::zeros(6), &all, &Pose::new(target), &mut worst);
        let same = |want: &[f64], got: &JointPos| {
            want.iter().zip(got.iter()).all(|(w, g)| {
                let d = w - g.to_degrees();
                (d - whole(d)).abs() < 2e-3
            })
        };
        let wanted: Vec<Vec<f64>> = case["solutions"].as_array().unwrap().iter().map(numbers).collect();
        let straight = |want: &[f64]| want[4].to_radians().sin().abs() < 1e-6;
        for want in &wanted {
            // A straight wrist leaves joints 4 and 6 to choice; there each side has its own.
            let found = all.iter().any(|(_, q)| same(want, q)) || straight(want);
            assert!(found, "case {}: {want:?} is not in {all:?}", case["index"]);
        }
        // The file leaves out nothing but what its own tool left out at the edge of reach.
        for (_, q) in all.iter() {
            extra += usize::from(!wanted.iter().any(|w| same(w, q) || straight(w)));
        }
        (cases, solutions) = (cases + 1, solutions + wanted.len());
    }
    println!("{cases} cases, {solutions} solutions, {extra} more");
    assert_eq!((cases, extra), (103, 0));
}

fn any_opw(seed: u64) -> Opw {
    let any = |i: u64| 2.0 * unit(Seed(seed), 50, i) - 1.0;
    let sign = |i| if any(i) > 0.0 { 1.0 } else { -1.0 };
    Opw {
        a1: 0.2 * any(0),
        a2: 0.15 * any(1),
        b: if seed.is_multiple_of(2) { 0.0 } else { 0.1 * any(2) },
        c: [0.5, 0.4 + 0.3 * any(3), 0.4 + 0.3 * any(4), 0.1 * any(5)],
        offset: std::array::from_fn(|i| 3.0 * any(10 + i as u64)),
        sign: std::array::from_fn(|i| sign(20 + i as u64)),
    }
}

/// Any zero pose, signs, offsets and link frames: recognised, and every branch found.
#[test]
fn however_a_spherical_wrist_is_drawn() {
    for seed in 0..40 {
        let opw = any_opw(seed);
        let (joints, flange) = opw.joints();
        let (joints, flange) = redrawn(&joints, &flange, seed);
        let arm = drawn(&joints, &flange);
        let Solver::SphericalWrist { a1, b, c2, c3, exact: true, .. } = arm.solver() else {
            panic!("{seed}: {}", arm.solver())
        };
        assert!((a1.abs() - opw.a1.abs()).abs() < 1e-9 && (b.abs() - opw.b.abs()).abs() < 1e-9, "{seed}: {a1} {b}");
        assert!((c2 - opw.c[1]).abs() < 1e-9 && (c3 - opw.c[2].hypot(opw.a2)).abs() < 1e-9, "{seed}: {c2} {c3}");
        check_closed_form(&arm, &format!("drawn {seed}"), 6.0, 300);
    }
}

#[test]
fn the_abb_irb120() {
    let Some(arm) = vendor("abb_irb120", None, None) else { return };
    let Solver::SphericalWrist { a1, b, c2, c3, exact: true, .. } = arm.solver() else { panic!("{}", arm.solver()) };
    println!("{}", arm.solver());
    assert!(a1.abs() < 1e-12 && b.abs() < 1e-12 && (c2 - 0.27).abs() < 1e-12, "{a1} {b} {c2}");
    assert!((c3 - 0.302_f64.hypot(0.07)).abs() < 1e-12, "{c3}");
    check_closed_form(&arm, "abb_irb120", 14.0, 10_000);
}

/// Where the wrist is straight, joint 6 stays where it is wanted; next to it, nothing jumps and nothing is wrong.
#[test]
fn a_straight_spherical_wrist() {
    let Some(arm) = vendor("abb_irb120", None, None) else { return };
    for k in 0..300 {
        for bend in [0.0, 1e-13, 1e-11, 1e-9, 1e-7, 1e-5] {
            let mut q = random(&arm, 4.0, k);
            q[4] = bend;
            let target = arm.forward(&q);
            let mut worst = 0.0;
            let all = arm.inverse_around(&target, &q);
            check(&arm, &q, &all, &target, &mut worst);
            let (_, near) = all.nearest(&q).unwrap();
            let off = near.zip(&q, |a, b| a - b).max_abs();
            assert!(off < 1e-9, "{bend:e}: {off:e}");
            // Wanted elsewhere, joint 6 goes there as far as the pose stays what it is: joint 4 makes up for it.
            let mut other = q;
            other[5] += 0.5;
            let all = arm.inverse_around(&target, &other);
            check(&arm, &q, &all, &target, &mut worst);
            let kept = all.iter().any(|(_, p)| (p[5] - other[5]).abs() < 1e-12);
            assert!(kept == (bend < 1e-10), "{bend:e}: {all:?}");
        }
    }
}

/// Every regular posture is found again at its own arm angle, and the whole range is full of others.
fn check_spare(arm: &ArmModel, name: &str, n: u64) {
    let (mut worst, mut found, mut all_found, mut sum) = (0.0, 0, 0, 0);
    for k in 0..n {
        let q = random(arm, 7.0, k);
        let target = arm.forward(&q);
        let at = arm.spare(&q).unwrap();
        let branches = arm.inverse_arm_angle(&target, at, &q);
        let hit = check(arm, &q, &branches, &target, &mut worst);
        assert!(hit || least_singular(arm, &q) < 1e-2, "{name}: {q:?} at {at} is not in {branches:?}");
        found += u64::from(hit);
        let free = arm.inverse(&target);
        check(arm, &q, &free, &target, &mut worst);
        all_found += u64::from(free.iter().next().is_some());
        let spares = arm.spares().unwrap();
        assert_eq!(spares.len(), SPARES);
        arm.inverse_arm_angles(&target, &spares, &q, |k, some| {
            for (_, p) in some.iter() {
                let turn = (arm.spare(p).unwrap() - spares[k]).rem_euclid(std::f64::consts::TAU);
                assert!(turn.min(std::f64::consts::TAU - turn) < 1e-6, "{name}: {turn}");
            }
            check(arm, &q, &some, &target, &mut worst);
            sum += some.iter().count();
        });
    }
    let mean = sum as f64 / n as f64;
    println!(
        "{name}: {found} of {n} at their own, {all_found} at any, {mean:.0} of {} at 16, error at most {worst:.1e}",
        8 * SPARES
    );
    assert!(found >= n - n / 200 && all_found == n, "{name}: {found} {all_found}");
}

#[test]
fn the_kuka_iiwa14() {
    let Some(arm) = vendor("iiwa14", None, None) else { return };
    let Solver::Srs { upper, fore, exact: true } = arm.solver() else { panic!("{}", arm.solver()) };
    assert!((upper - 0.42).abs() < 1e-9 && (fore - 0.40).abs() < 1e-9, "{upper} {fore}");
    check_spare(&arm, "iiwa14", 10_000);
}

#[test]
fn the_franka_fr3() {
    let Some(arm) = vendor("fr3", None, None) else { return };
    assert_eq!(arm.solver(), Solver::LockedJoint { joint: Some(arm::Joint(6)), at_base: true, exact: true });
    check_spare(&arm, "fr3", 2_000);
}

fn srs(seed: u64) -> ArmModel {
    let any = |i: u64| 2.0 * unit(Seed(seed), 60, i) - 1.0;
    let axes = [Vector3::z(), Vector3::y(), Vector3::z(), Vector3::y(), Vector3::z(), Vector3::y(), Vector3::z()];
    let up = [0.3, 0.0, 0.4 + 0.1 * any(0), 0.0, 0.35 + 0.1 * any(1), 0.0, 0.0];
    let joints: Vec<Drawn> = axes
        .iter()
        .zip(up)
        .enumerate()
        .map(|(i, (axis, up))| {
            let zero = UnitQuaternion::from_scaled_axis(axis * 3.0 * any(10 + i as u64));
            let sign = if any(20 + i as u64) > 0.0 { 1.0 } else { -1.0 };
            // The elbow may stand out to one side, as on a Franka; here with a spherical wrist.
            let aside = if seed.is_multiple_of(2) { 0.0 } else { [0.0, 0.0, 0.0, 0.08, -0.08, 0.0, 0.0][i] };
            let up = if i == 3 { joints_up(up) } else { up };
            (Isometry3::from_parts(Translation3::new(aside, 0.0, up), zero), axis * sign)
        })
        .collect();
    let (joints, flange) = redrawn(&joints, &Isometry3::translation(0.0, 0.0, 0.1), seed);
    drawn(&joints, &flange)
}

/// Shoulder and elbow must not fall together.
fn joints_up(up: f64) -> f64 {
    up + 0.4
}

#[test]
fn however_seven_joints_are_drawn() {
    for seed in 0..20 {
        let arm = srs(seed);
        assert!(matches!(arm.solver(), Solver::Srs { exact: true, .. }), "{seed}: {}", arm.solver());
        check_spare(&arm, &format!("drawn {seed}"), 200);
    }
}

/// The spare number says which way the elbow points: with it moving and the flange standing, the elbow goes round.
#[test]
fn the_arm_angle_turns_the_elbow() {
    let Some(arm) = vendor("iiwa14", None, None) else { return };
    let mut arm = arm;
    arm.limits.lower.iter_mut().for_each(|v| *v = -7.0);
    arm.limits.upper.iter_mut().for_each(|v| *v = 7.0);
    let q = JointPos::from_slice(&[0.3, 0.8, -0.4, -1.2, 0.5, 0.9, 0.1]).unwrap();
    let target = arm.forward(&q);
    let at = arm.spare(&q).unwrap();
    let mut last = q;
    for k in 0..=360 {
        let psi = at + f64::from(k).to_radians();
        let (slot, next) = arm.inverse_arm_angle(&target, psi, &last).nearest(&last).unwrap();
        let elbow = |q: &JointPos| arm.joint_frames(q)[3].translation.vector;
        let step = (elbow(&next) - elbow(&last)).norm();
        assert!(step < 0.02, "{k}: {step}");
        assert!(next.zip(&last, |a, b| a - b).max_abs() < 0.3, "{k} {slot}");
        last = next;
    }
}

/// 1.5708 instead of a right angle, in every joint: recognised, and the answers are those of the chain as written.
#[test]
fn rounded_right_angles() {
    for seed in 0..6 {
        let (mut joints, flange) = any_opw(seed).joints();
        for (i, (pose, _)) in joints.iter_mut().enumerate() {
            pose.rotation *= UnitQuaternion::from_euler_angles(3.7e-6 * (i as f64 - 2.0), -3.7e-6, 3.7e-6);
        }
        let arm = drawn(&joints, &flange);
        assert!(matches!(arm.solver(), Solver::SphericalWrist { exact: false, .. }), "{seed}: {}", arm.solver());
        assert!(arm.solver().to_string().ends_with("finished by Newton on the chain itself"));
        check_regular(&arm, "rounded", 200);
    }
}

/// Every regular posture among the answers.
fn check_regular(arm: &ArmModel, name: &str, n: u64) {
    let (mut worst, mut regular) = (0.0, 0);
    for k in 0..n {
        let q = random(arm, 6.0, k);
        if least_singular(arm, &q) < 0.02 {
            continue;
        }
        regular += 1;
        let target = arm.forward(&q);
        let all = arm.inverse(&target);
        assert!(check(arm, &q, &all, &target, &mut worst), "{name}: {q:?} is not in {all:?}");
    }
    println!("{name}: {regular} regular postures, error at most {worst:.1e}");
    assert!(regular > n / 3, "{name}: {regular}");
}

/// Arms as built: millimetres and milliradians off at every joint, and off singularities nothing is lost.
#[test]
fn arms_as_built() {
    for name in ["abb_irb120", "iiwa14", "fr3"] {
        let Some(nominal) = vendor(name, None, None) else { return };
        let (mut worst, mut found, mut regular) = (0.0, 0, 0);
        for k in 0..500 {
            let arm = nominal.perturbed(&deviations(k % 10));
            assert!(arm.has_closed_form());
            let q = random(&arm, 4.0, k);
            let target = arm.forward(&q);
            let all = match nominal.spare(&q) {
                None => arm.inverse(&target),
                Some(spare) => arm.inverse_arm_angle(&target, spare, &q),
            };
            let hit = check(&arm, &q, &all, &target, &mut worst);
            // A seventh joint leaves a line of answers: the nearest is a few mrad along it, more where a wrist is straight.
            let near = all.nearest(&q).is_some_and(|(_, p)| p.zip(&q, |a, b| a - b).max_abs() < 0.15);
            let clear = least_singular(&arm, &q) > 0.05;
            (found, regular) =
                (found + u64::from(clear && (hit || arm.dof() == 7 && near)), regular + u64::from(clear));
        }
        println!("{name} as built: {found} of {regular} off singularities, error at most {worst:.1e}");
        // An answer next to a limit may lie outside once it is finished; and where joint 7 is locked, what is left may be
        // singular though the whole arm is not.
        assert!(100 * found >= 95 * regular && regular > 200, "{name}: {found} of {regular}");
    }
}

/// One branch where one is wanted: the one nearby, as exact as all of them, on nominal arms and on arms as built.
#[test]
fn the_branch_nearby() {
    let nominals =
        [Some(own()), vendor("abb_irb120", None, None), vendor("iiwa14", None, None), vendor("fr3", None, None)];
    for nominal in nominals.into_iter().flatten() {
        for arm in [nominal.clone(), nominal.perturbed(&deviations(3))] {
            let (mut found, mut regular) = (0, 0);
            for k in 0..500 {
                let q = random(&arm, 4.0, k);
                let target = arm.forward(&q);
                let near = q.map(|v| v + 0.01);
                if least_singular(&arm, &q) < 0.05 {
                    continue;
                }
                regular += 1;
                let Some(p) = arm.inverse_branch(&target, &near) else { continue };
                let (off, turn) = miss(&arm, &p, &target);
                assert!(off <= 1e-9 && turn <= 1e-9 && arm.limits.hold(&p));
                found += usize::from(p.zip(&q, |a, b| a - b).max_abs() < if arm.dof() == 7 { 0.2 } else { 1e-6 });
            }
            // Next to a limit the answer may lie outside.
            assert!(100 * found >= 98 * regular && regular > 200, "{}: {found} of {regular}", arm.name);
        }
    }
    let bad = own();
    assert!(bad.inverse_branch(&Pose::new(Isometry3::translation(f64::NAN, 0.0, 0.0)), &JointPos::zeros(6)).is_none());
    assert!(bad.inverse_branch(&bad.forward(&JointPos::zeros(6)), &JointPos::zeros(5)).is_none());
}

/// What has no pattern is searched for, and says so.
#[test]
fn no_pattern() {
    let (mut joints, flange) = any_opw(3).joints();
    for (i, (pose, _)) in joints.iter_mut().enumerate() {
        *pose *= Isometry3::new(Vector3::new(0.03, -0.02, 0.04), Vector3::new(0.2, -0.1, 0.1 * i as f64));
    }
    let arm = drawn(&joints, &flange);
    assert_eq!((arm.solver(), arm.has_closed_form()), (Solver::Numeric, false));
    assert!(arm.spares().is_none() && arm.spare(&JointPos::zeros(6)).is_none());
    let mut worst = 0.0;
    let mut reached = 0;
    for k in 0..20 {
        let q = random(&arm, 6.0, k);
        let target = arm.forward(&q);
        let all = arm.inverse(&target);
        check(&arm, &q, &all, &target, &mut worst);
        reached += usize::from(all.iter().next().is_some());
        assert_eq!(arm.inverse_arm_angle(&target, 0.0, &q), Branches::default());
    }
    assert_eq!(reached, 20);
}

#[test]
fn every_arm_says_how_it_is_solved() {
    let said = own().solver().to_string();
    assert_eq!(said, "UR closed form, a2 425.00, a3 392.20, d4 133.30, d5 99.70 mm");
    for (name, want) in [
        ("ur3e", "UR closed form, a2 243.55, a3 213.20, d4 131.05, d5 85.35 mm"),
        ("ur5e", "UR closed form, a2 425.00, a3 392.20, d4 133.30, d5 99.70 mm"),
        (
            "abb_irb120",
            "spherical-wrist closed form, a1 0.00, b 0.00, c2 270.00, c3 310.01 mm, upright at 0.00, -76.95 deg",
        ),
        ("iiwa14", "seven-joint closed form by arm angle, upper arm 420.00, forearm 400.00 mm"),
        ("fr3", "closed form with joint 7 locked, spherical shoulder"),
    ] {
        let Some(arm) = vendor(name, None, None) else { return };
        assert_eq!(arm.solver().to_string().replace("-0.00", "0.00"), want, "{name}");
    }
}

/// Pairs of spare value and branch by name are what all branches at that value are.
#[test]
fn pairs_are_what_all_are() {
    for name in ["iiwa14", "fr3"] {
        let Some(arm) = vendor(name, None, None) else { return };
        let spares = arm.spares().unwrap();
        let pairs: [(f64, usize); 8] =
            std::array::from_fn(|i| (spares[[3, 9, 3, 12, 9, 3, 0, 15][i]], [0, 7, 5, 1, 2, 0, 6, 3][i]));
        let mut some = 0;
        for k in 0..300 {
            let q = random(&arm, 5.0, k);
            let target = arm.forward(&q);
            let ours = arm.inverse_pairs(&target, &pairs, &q);
            for (slot, (spare, branch)) in ours.slots.iter().zip(&pairs) {
                assert_eq!(*slot, arm.inverse_arm_angle(&target, *spare, &q).slots[*branch], "{name}");
                some += usize::from(slot.is_some());
            }
        }
        assert!(some > 100, "{name}: {some}");
    }
}

/// Out of reach, or not a pose at all.
#[test]
fn nothing_where_nothing_reaches() {
    for name in ["abb_irb120", "iiwa14", "fr3"] {
        let Some(arm) = vendor(name, None, None) else { return };
        for x in [1.6, f64::NAN, f64::INFINITY] {
            let far: Pose<Base, Flange> = Pose::new(Isometry3::translation(x, 0.0, 0.3));
            assert_eq!(arm.inverse(&far), Branches::default(), "{name}");
            assert_eq!(arm.inverse_arm_angle(&far, 0.2, &JointPos::zeros(arm.dof())), Branches::default(), "{name}");
        }
        let target = arm.forward(&random(&arm, 1.0, 1));
        let q = JointPos::zeros(arm.dof());
        assert_eq!(arm.inverse_arm_angle(&target, f64::NAN, &q), Branches::default());
        let short = JointPos::zeros(arm.dof() - 1);
        assert_eq!(arm.inverse_around(&target, &short), Branches::default());
        assert!(miss(&arm, &q, &target).0.is_finite());
    }
}

/// Not one allocation, for any closed form.
#[test]
fn no_heap() {
    for name in ["abb_irb120", "iiwa14", "fr3"] {
        let Some(arm) = vendor(name, None, None) else { return };
        let built = arm.perturbed(&deviations(1));
        let target = arm.forward(&random(&arm, 2.0, 7));
        let count = allocation_counter::measure(|| {
            std::hint::black_box(arm.inverse(&target));
            std::hint::black_box(built.inverse(&target));
        });
        assert_eq!(count.count_total, 0, "{name}");
    }
}
