//! The arm against numbers that others computed: k, pinocchio, ruckig, a real UR5e, the vendor's meshes.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a failed test may stop, and says what was measured")]

mod description;
mod dynamics;
mod files;
mod fit;
mod inverse;
mod kinematics;
mod motion;
mod patterns;

use std::path::PathBuf;

use arm::{ArmModel, JointPos};
use frames::{Seed, unit};

/// The folder of real test data; `None` where there is none, which CI does not accept.
fn data() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("PIGMENT_DATA").map_or_else(|_| PathBuf::from(beside), PathBuf::from);
    if folder.join("README.md").is_file() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing; set PIGMENT_DATA", folder.display());
    println!("SKIPPED: no test data at {}; set PIGMENT_DATA", folder.display());
    None
}

fn json(name: &str) -> Option<serde_json::Value> {
    let text = std::fs::read_to_string(data()?.join("reference").join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn asset(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets")).join(name)
}

fn own() -> ArmModel {
    ArmModel::from_urdf(&asset("arms/ur5e.urdf"), None, None).unwrap()
}

/// An arm of the data folder.
fn vendor(name: &str, base: Option<&str>, flange: Option<&str>) -> Option<ArmModel> {
    let path = data()?.join(format!("robots/{name}/{name}.collision_rel.urdf"));
    Some(ArmModel::from_urdf(&path, base, flange).unwrap())
}

fn numbers(v: &serde_json::Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn posture(v: &serde_json::Value) -> JointPos {
    JointPos::from_slice(&numbers(v)).unwrap()
}

/// Posture `k` of an endless list, each joint within half of `span` around zero and within its limits.
fn random(arm: &ArmModel, span: f64, k: u64) -> JointPos {
    let mut q = JointPos::zeros(arm.dof());
    for (i, v) in q.iter_mut().enumerate() {
        let (lower, upper) = (arm.limits.lower[i].max(-0.5 * span), arm.limits.upper[i].min(0.5 * span));
        *v = lower + (upper - lower) * unit(Seed(2026), i as u64, k);
    }
    q
}
