//! Inverse kinematics of a UR5e: our closed form, all eight branches, against k's numeric solver from a warm seed.

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

/// `ik_ur_us`, and how often each solver succeeds.
pub(super) fn measure() -> Result<Vec<(&'static str, Figure)>, Failure> {
    let arm = ArmModel::from_urdf(&repository(Path::new("assets/arms/ur5e.urdf")), None, None)
        .map_err(|e| Failure::Input(e.to_string()))?;
    let truths: Vec<JointPos> = (0..POSES).map(|k| random_posture(&arm, k)).collect();
    let targets: Vec<Pose<Base, Flange>> = truths.iter().map(|q| arm.forward(q)).collect();

    let ours = fastest(7, || {
        for target in &targets {
            black_box(arm.inverse(black_box(target)));
        }
    }) / POSES as f64;
    let found = targets.iter().zip(&truths).filter(|(t, q)| same_branch(&arm, t, q)).count();

    let seeds: Vec<JointPos> = truths
        .iter()
        .enumerate()
        .map(|(k, q)| {
            let mut joint = 0;
            q.map(|v| {
                joint += 1;
                v + WARM * gauss(SEED, 100 + joint, k as u64)
            })
        })
        .collect();
    let (theirs, solved) = by_k(&arm, &targets[..POSES_OF_K], &seeds)?;

    Ok(vec![
        ("ik_ur_us", Figure::against(ours * 1e6, theirs * 1e6, "us")),
        (
            "ik_ur_success",
            Figure {
                value: found as f64 / POSES as f64,
                unit: "of poses",
                baseline: Some(solved as f64 / POSES_OF_K as f64),
                ratio: None,
            },
        ),
    ])
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
