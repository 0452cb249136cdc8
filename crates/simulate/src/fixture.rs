//! What the tests of this crate share.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arm::{ArmModel, JointPos, Tool};
use frames::{Head, Point};
use scan::Surface;

use crate::body::Mass;

/// Of [`sphere`], m.
pub(crate) const RADIUS: f64 = 0.085;

fn asset(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets").join(path)
}

/// The bundled UR5e.
pub(crate) fn arm() -> ArmModel {
    static ARM: OnceLock<ArmModel> = OnceLock::new();
    ARM.get_or_init(|| ArmModel::from_urdf(&asset("arms/ur5e.urdf"), None, None).unwrap()).clone()
}

/// The tool with its own drive.
pub(crate) fn tool() -> Tool {
    Tool::load(&asset("tools/voice_coil.toml")).unwrap()
}

/// The tool that the arm pushes.
pub(crate) fn rigid_tool() -> Tool {
    Tool::load(&asset("tools/rigid.toml")).unwrap()
}

/// Elbow up, in front of the robot.
pub(crate) fn park() -> JointPos {
    JointPos::from_slice(&[0.0, -1.4, 1.6, -1.7, -1.57, 0.0]).unwrap()
}

/// The arm without a tool: model, masses, efforts, posture.
pub(crate) fn bare_arm() -> (ArmModel, Vec<Mass>, Vec<f64>, JointPos) {
    let arm = arm();
    let masses = arm.links.iter().map(|l| Mass { kg: l.mass_kg, com: l.com, inertia: l.inertia }).collect();
    let effort = arm.joints.iter().map(|j| j.effort.unwrap()).collect();
    (arm, masses, effort, park())
}

/// A ball for a head, 40 k triangles of 2 mm, pole at +z.
pub(crate) fn sphere() -> Arc<Surface> {
    static SPHERE: OnceLock<Arc<Surface>> = OnceLock::new();
    SPHERE.get_or_init(|| Arc::new(ball(100, 200))).clone()
}

fn ball(rows: u32, columns: u32) -> Surface {
    use std::f64::consts::{PI, TAU};
    let place = |i: u32, j: u32| {
        let (theta, phi) = (PI * f64::from(i) / f64::from(rows), TAU * f64::from(j) / f64::from(columns));
        Point::<Head>::new(RADIUS * theta.sin() * phi.cos(), RADIUS * theta.sin() * phi.sin(), RADIUS * theta.cos())
    };
    let mut vertices = vec![place(0, 0)];
    vertices.extend((1..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|(i, j)| place(i, j)));
    vertices.push(place(rows, 0));
    let south = vertices.len() as u32 - 1;
    let at = |i: u32, j: u32| match i {
        0 => 0,
        i if i == rows => south,
        i => 1 + (i - 1) * columns + j % columns,
    };
    let mut faces = Vec::new();
    for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
        if i > 0 {
            faces.push([at(i, j), at(i + 1, j), at(i, j + 1)]);
        }
        if i + 1 < rows {
            faces.push([at(i, j + 1), at(i + 1, j), at(i + 1, j + 1)]);
        }
    }
    Surface::try_new(vertices, faces).unwrap().0
}
