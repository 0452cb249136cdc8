//! Inverse kinematics: our closed forms, all eight branches, against k's numeric solver from a warm seed.
//!
//! A UR5e, a spherical-wrist arm and a seven-joint arm of common lengths, and the UR5e as built.

use std::hint::black_box;
use std::path::Path;

use arm::{ArmModel, JointPos};
use frames::{Base, Flange, Pose, Seed, gauss, unit};
use k::InverseKinematicsSolver as _;

use super::{Figure, fastest};
use crate::{Failure, repository};

const POSES: u64 = 10_000;
const SEED: Seed = Seed(11);
/// k is some fifty times slower: fewer poses keep the bench short.
const POSES_OF_K: usize = 2_000;
/// Spread of the warm seed about the truth, rad, as in `reference/motion.md` 1.1.
const WARM: f64 = 0.05;

/// What an arm's closed form is timed with.
struct Set {
    arm: ArmModel,
    truths: Vec<JointPos>,
    targets: Vec<Pose<Base, Flange>>,
}

impl Set {
    fn new(arm: ArmModel) -> Self {
        let truths: Vec<JointPos> = (0..POSES).map(|k| random_posture(&arm, k)).collect();
        let targets = truths.iter().map(|q| arm.forward(q)).collect();
        Self { arm, truths, targets }
    }

    /// Seconds a pose.
    fn time(&self, mut work: impl FnMut(&ArmModel, &Pose<Base, Flange>, &JointPos)) -> f64 {
        let all = || self.targets.iter().zip(&self.truths);
        fastest(7, || all().for_each(|(target, q)| work(&self.arm, black_box(target), q))) / POSES as f64
    }

    /// Seconds a pose and poses solved, of k from a warm seed.
    fn by_k(&self) -> Result<(f64, usize), Failure> {
        let warm = |(k, q): (usize, &JointPos)| {
            let mut joint = 0;
            q.map(|v| {
                joint += 1;
                v + WARM * gauss(SEED, 100 + joint, k as u64)
            })
        };
        let seeds: Vec<JointPos> = self.truths.iter().take(POSES_OF_K).enumerate().map(warm).collect();
        by_k(&self.arm, &self.targets[..POSES_OF_K], &seeds)
    }
}

/// `ik_*`, and how often each solver succeeds.
pub(super) fn measure() -> Result<Vec<(&'static str, Figure)>, Failure> {
    let input = |e: arm::ArmError| Failure::Input(e.to_string());
    let ur = ArmModel::from_urdf(&repository(Path::new("assets/arms/ur5e.urdf")), None, None).map_err(input)?;
    let ur = Set::new(ur);
    let all = |arm: &ArmModel, target: &Pose<Base, Flange>, _: &JointPos| {
        black_box(arm.inverse(target));
    };
    let ours = ur.time(all);
    let found = ur.targets.iter().zip(&ur.truths).filter(|(t, q)| same_branch(&ur.arm, t, q)).count();
    let (theirs, solved) = ur.by_k()?;
    let share = |n: usize, of: usize| n as f64 / of as f64;
    let success = Figure {
        value: share(found, ur.targets.len()),
        unit: "of poses",
        baseline: Some(share(solved, POSES_OF_K)),
        ratio: None,
    };

    let opw = Set::new(serial(&SPHERICAL_WRIST)?);
    let (wrist, wrist_k) = (opw.time(all), opw.by_k()?.0);
    let srs = Set::new(serial(&SEVEN_JOINTS)?);
    let spares = srs.arm.spares().ok_or_else(|| Failure::Input("the seven-joint arm is not recognised".into()))?;
    let zero = JointPos::zeros(srs.arm.dof());
    let sixteen = srs.time(|arm, target, _| {
        arm.inverse_arm_angles(target, &spares, &zero, |_, branches| {
            black_box(branches);
        });
    });
    let sixteen_k = srs.by_k()?.0;

    // As built: the same poses of the same arm, a millimetre and a milliradian or two off at every joint.
    let built = Set::new(ur.arm.perturbed(&deviations(ur.arm.dof())));
    let near = |arm: &ArmModel, target: &Pose<Base, Flange>, q: &JointPos| {
        black_box(arm.inverse_branch(target, q));
    };
    let one = built.time(near) - ur.time(near);
    let eight = built.time(all) - ours;

    let us = 1e6;
    Ok(vec![
        ("ik_ur_us", Figure::against(ours * us, theirs * us, "us")),
        ("ik_ur_success", success),
        ("ik_opw_us", Figure::against(wrist * us, wrist_k * us, "us")),
        ("ik_srs16_us", Figure::against(sixteen * us, sixteen_k * us, "us")),
        ("ik_calibrated_extra_us", Figure::against(one * us, theirs * us, "us, one branch")),
        ("ik_calibrated_all_extra_us", Figure::alone(eight * us, "us, all branches")),
    ])
}

/// Joint by joint: where it is in the one before (m), and its axis.
type Joints = [([f64; 3], [u8; 3])];

/// Lengths of a common six-joint arm of 7 kg.
const SPHERICAL_WRIST: [([f64; 3], [u8; 3]); 6] = [
    ([0.0, 0.0, 0.0], [0, 0, 1]),
    ([0.025, 0.0, 0.4], [0, 1, 0]),
    ([0.0, 0.0, 0.455], [0, 1, 0]),
    ([0.035, 0.0, 0.0], [0, 0, 1]),
    ([0.0, 0.0, 0.42], [0, 1, 0]),
    ([0.0, 0.0, 0.0], [0, 0, 1]),
];
/// Lengths of a common seven-joint arm of 14 kg.
const SEVEN_JOINTS: [([f64; 3], [u8; 3]); 7] = [
    ([0.0, 0.0, 0.36], [0, 0, 1]),
    ([0.0, 0.0, 0.0], [0, 1, 0]),
    ([0.0, 0.0, 0.0], [0, 0, 1]),
    ([0.0, 0.0, 0.42], [0, 1, 0]),
    ([0.0, 0.0, 0.4], [0, 0, 1]),
    ([0.0, 0.0, 0.0], [0, 1, 0]),
    ([0.0, 0.0, 0.0], [0, 0, 1]),
];

/// An arm of these joints, two turns to every joint, flange 0.1 m beyond.
fn serial(joints: &Joints) -> Result<ArmModel, Failure> {
    let mut text = String::from("<robot name=\"bench\"><link name=\"l0\"/>");
    for (i, ([x, y, z], [a, b, c])) in joints.iter().enumerate() {
        let n = i + 1;
        text += &format!(
            "<link name=\"l{n}\"/><joint name=\"j{n}\" type=\"continuous\"><origin xyz=\"{x} {y} {z}\"/>\
             <parent link=\"l{i}\"/><child link=\"l{n}\"/><axis xyz=\"{a} {b} {c}\"/>\
             <limit velocity=\"3\" effort=\"100\"/></joint>"
        );
    }
    let n = joints.len();
    text += &format!(
        "<link name=\"tool0\"/><joint name=\"end\" type=\"fixed\"><origin xyz=\"0 0 0.1\"/><parent link=\"l{n}\"/>\
         <child link=\"tool0\"/></joint></robot>"
    );
    ArmModel::from_urdf_text(Path::new("bench.urdf"), &text, None, None).map_err(|e| Failure::Input(e.to_string()))
}

/// Within 0.5 mm and 1.5 mrad at every joint and the flange, as in `reference/motion.md` 1.1.
fn deviations(dof: usize) -> Vec<nalgebra::Isometry3<f64>> {
    let three = |i: usize, first: u64, most: f64| {
        nalgebra::Vector3::from_fn(|k, _| most * (2.0 * unit(SEED, 200 + i as u64, first + k as u64) - 1.0))
    };
    (0..=dof).map(|i| nalgebra::Isometry3::new(three(i, 0, 0.5e-3), three(i, 3, 1.5e-3))).collect()
}

/// Seconds a pose and poses solved, with k's Jacobian solver at 1e-5 m, 1e-4 rad, gain 0.5, 200 iterations (the settings
/// of `reference/motion.md` 1.1); chain and solver are built once.
fn by_k(arm: &ArmModel, targets: &[Pose<Base, Flange>], seeds: &[JointPos]) -> Result<(f64, usize), Failure> {
    let chain = k::SerialChain::try_new(arm.k_chain()).ok_or(Failure::Input("k: the arm is no serial chain".into()))?;
    let solver = k::JacobianIkSolver::new(1e-5, 1e-4, 0.5, 200);
    let goals: Vec<k::Isometry3<f64>> = targets
        .iter()
        .map(|pose| {
            let (t, r) = (pose.get().translation.vector, pose.get().rotation);
            let turn = k::UnitQuaternion::new_normalize(k::nalgebra::Quaternion::new(r.w, r.i, r.j, r.k));
            k::Isometry3::from_parts(k::Translation3::new(t.x, t.y, t.z), turn)
        })
        .collect();
    let mut solved = 0;
    let seconds = fastest(3, || {
        solved = 0;
        for (goal, seed) in goals.iter().zip(seeds) {
            let set = chain.set_joint_positions(seed).is_ok();
            solved += usize::from(set && black_box(solver.solve(&chain, black_box(goal))).is_ok());
        }
    });
    Ok((seconds / targets.len() as f64, solved))
}

fn random_posture(arm: &ArmModel, k: u64) -> JointPos {
    let mut joint = 0;
    JointPos::zeros(arm.dof()).map(|_| {
        joint += 1;
        (2.0 * unit(SEED, joint, k) - 1.0) * std::f64::consts::PI
    })
}

/// True when one of the branches is the posture itself, up to whole turns.
fn same_branch(arm: &ArmModel, target: &Pose<Base, Flange>, truth: &JointPos) -> bool {
    arm.inverse(target).iter().any(|(_, q)| {
        q.iter().zip(truth.iter()).all(|(a, b)| {
            let turns = (a - b) / std::f64::consts::TAU;
            (turns - turns.round()).abs() * std::f64::consts::TAU < 1e-6
        })
    })
}
