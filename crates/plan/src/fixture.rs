//! What the tests of this crate stand on: the project's own UR5e and tool, and a head that is an ellipsoid.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::PathBuf;

use arm::{ArmModel, JointPos, Tool};
use frames::{Base, Head, Metres, Penetration, Point, Pose, Protrusion, Seed, SiteId, unit};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};
use scan::Surface;
use stipple::Site;

use crate::Cell;

/// Half axes of the head, m.
pub(crate) const AXES: [f64; 3] = [0.075, 0.097, 0.105];

fn asset(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets").join(name)
}

pub(crate) fn arm() -> ArmModel {
    ArmModel::from_urdf(&asset("arms/ur5e.urdf"), None, None).unwrap()
}

pub(crate) fn tool() -> Tool {
    Tool::load(&asset("tools/voice_coil.toml")).unwrap()
}

/// Any posture within half a turn.
pub(crate) fn posture(k: u64) -> JointPos {
    let q: Vec<f64> = (0..6).map(|j| std::f64::consts::TAU * (unit(Seed(11), j, k) - 0.5)).collect();
    JointPos::from_slice(&q).unwrap()
}

/// 96 x 48 quads.
pub(crate) fn ellipsoid() -> Surface {
    let (around, up) = (96u32, 48u32);
    let at = |i: u32, j: u32| {
        let (a, b) = (
            std::f64::consts::TAU * f64::from(i) / f64::from(around),
            std::f64::consts::PI * f64::from(j) / f64::from(up),
        );
        Point::<Head>::new(AXES[0] * b.sin() * a.cos(), AXES[1] * b.sin() * a.sin(), AXES[2] * b.cos())
    };
    let mut vertices = vec![at(0, 0)];
    (1..up).for_each(|j| vertices.extend((0..around).map(|i| at(i, j))));
    vertices.push(at(0, up));
    let last = vertices.len() as u32 - 1;
    let index = |i: u32, j: u32| 1 + (j - 1) * around + i % around;
    let mut faces = Vec::new();
    for i in 0..around {
        faces.push([0, index(i, 1), index(i + 1, 1)]);
        faces.push([last, index(i + 1, up - 1), index(i, up - 1)]);
        for j in 1..up - 1 {
            faces.push([index(i, j), index(i, j + 1), index(i + 1, j + 1)]);
            faces.push([index(i, j), index(i + 1, j + 1), index(i + 1, j)]);
        }
    }
    Surface::try_new(vertices, faces).unwrap().0
}

/// As in the bundled scene: on the back, crown towards the arm.
pub(crate) fn cell() -> Cell {
    let turn = UnitQuaternion::from_euler_angles(90f64.to_radians(), 0.0, -90f64.to_radians());
    Cell {
        base_from_head: Pose::<Base, Head>::new(Isometry3::from_parts(Translation3::new(0.54, 0.0, 0.2), turn)),
        park: JointPos::from_slice(&[0.0, -110.0, 110.0, -90.0, -90.0, 0.0].map(f64::to_radians)).unwrap(),
        keep_out: Vec::new(),
    }
}

/// `n` sites within `spread` rad of the direction `(x, y, z)` from the head's centre.
pub(crate) fn sites(n: u64, toward: [f64; 3], spread: f64, seed: u64) -> Vec<Site> {
    let axes = Vector3::from(AXES);
    let centre = Vector3::from(toward).normalize();
    let mut out = Vec::new();
    let across = UnitQuaternion::rotation_between(&Vector3::z(), &centre).unwrap();
    for k in 0..n {
        // Even on the cap of the sphere.
        let z = 1.0 - (1.0 - spread.min(std::f64::consts::PI).cos()) * unit(Seed(seed), 0, k);
        let a = std::f64::consts::TAU * unit(Seed(seed), 1, k);
        let r = (1.0 - z * z).sqrt();
        let u = across * Vector3::new(r * a.cos(), r * a.sin(), z);
        let p = u.component_mul(&axes);
        let normal = p.component_div(&axes.component_mul(&axes)).normalize();
        let x = if normal.y.abs() < 0.9 { Vector3::y() } else { Vector3::x() };
        let x = (x - normal * x.dot(&normal)).normalize();
        let turn = Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[x, normal.cross(&x), normal]));
        let depth = |mm: f64| Penetration::new(Metres::from_mm(mm));
        out.push(Site {
            id: SiteId(out.len() as u32),
            head_from_skin: Pose::new(Isometry3::from_parts(
                Translation3::from(p),
                UnitQuaternion::from_rotation_matrix(&turn),
            )),
            zone: ZONE,
            zone_index: 0,
            target: depth(0.5),
            least: depth(0.3),
            most: depth(0.7),
            healed: Metres::from_mm(0.15),
            shade: 1.0,
            class: 0,
        });
    }
    out
}

const ZONE: skin::Zone = skin::Zone::FrontalHairline;

pub(crate) fn protrusion(_: &Site) -> Protrusion {
    Protrusion::new(Metres::from_mm(0.8))
}
