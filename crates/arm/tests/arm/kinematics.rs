//! Forward kinematics and Jacobian.

use arm::ArmModel;
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, UnitQuaternion};

use crate::{json, numbers, own, posture, random, vendor};

/// Greatest difference of any entry of the two 3 x 4 matrices.
fn apart(pose: &Isometry3<f64>, rows: &[Vec<f64>]) -> f64 {
    let m = pose.to_homogeneous();
    (0..3).flat_map(|r| (0..4).map(move |c| (r, c))).map(|(r, c)| (m[(r, c)] - rows[r][c]).abs()).fold(0.0, f64::max)
}

fn rows(v: &serde_json::Value) -> Vec<Vec<f64>> {
    v.as_array().unwrap().iter().map(numbers).collect()
}

/// Tool pose and Jacobian of pinocchio, to `bound`.
fn check_pinocchio(arm: &ArmModel, file: &str, bound: f64) {
    let Some(reference) = json(file) else { return };
    for case in reference["cases"].as_array().unwrap() {
        let q = posture(&case["q"]);
        let pose = arm.forward(&q);
        let off = apart(pose.get(), &rows(&case["tip_in_base"]));
        assert!(off < bound, "{file}: pose off by {off:e} at {q:?}");
        let jacobian = arm.jacobian(&q, &pose.origin().coords);
        for (r, row) in rows(&case["jacobian_lin_then_ang_in_base"]).iter().enumerate() {
            for (c, want) in row.iter().enumerate() {
                assert!((jacobian[c][r] - want).abs() < bound, "{file}: Jacobian ({r}, {c}) at {q:?}");
            }
        }
    }
}

#[test]
fn our_ur5e_is_the_vendors() {
    check_pinocchio(&own(), "fk_dyn_pinocchio_ur5e.json", 1e-9);
}

#[test]
fn five_arms_of_others() {
    for (name, base, flange) in [
        ("ur5e", None, None),
        ("ur3e", None, None),
        ("fr3", None, None),
        ("iiwa14", None, None),
        ("abb_irb120", None, None),
    ] {
        let file = format!("fk_dyn_pinocchio_{name}.json");
        let Some(reference) = json(&file) else { return };
        let tip = reference["tip"].as_str().unwrap().to_owned();
        let root = reference["base"].as_str().unwrap().to_owned();
        let arm = vendor(name, base.or(Some(root.as_str())), flange.or(Some(tip.as_str()))).unwrap();
        check_pinocchio(&arm, &file, 1e-9);
    }
}

#[test]
fn as_k_has_it() {
    let arm = own();
    let chain = arm.k_chain();
    let flange = chain.find("flange").unwrap().clone();
    let serial = k::SerialChain::from_end(&flange);
    for n in 0..200 {
        let q = random(&arm, 12.0, n);
        chain.set_joint_positions(&q).unwrap();
        chain.update_transforms();
        let p = flange.world_transform().unwrap();
        let r = k::nalgebra::Rotation3::from(p.rotation);
        let rows: Vec<Vec<f64>> =
            (0..3).map(|i| vec![r[(i, 0)], r[(i, 1)], r[(i, 2)], p.translation.vector[i]]).collect();
        let ours = arm.forward(&q);
        assert!(apart(ours.get(), &rows) < 1e-12);
        let jacobian = arm.jacobian(&q, &ours.origin().coords);
        let theirs = k::jacobian(&serial);
        for (c, column) in jacobian.iter().enumerate().take(6) {
            for r in 0..6 {
                assert!((column[r] - theirs[(r, c)]).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn dh_parameters() {
    let Some(reference) = json("ur_dh.json") else { return };
    for (name, arm) in [("ur5e", own()), ("ur3e", vendor("ur3e", None, None).unwrap())] {
        let p = &reference["params"][name];
        let get = |key: &str| p[key].as_f64().unwrap();
        let d = [get("d1"), 0.0, 0.0, get("d4"), get("d5"), get("d6")];
        let a = [0.0, get("a2"), get("a3"), 0.0, 0.0, 0.0];
        let alpha = [90.0_f64, 0.0, 0.0, 90.0, -90.0, 0.0].map(f64::to_radians);
        for n in 0..100 {
            let q = random(&arm, 6.0, n);
            let mut pose = Isometry3::rotation(nalgebra::Vector3::z() * std::f64::consts::PI);
            for i in 0..6 {
                pose *= Isometry3::from_parts(
                    Translation3::new(0.0, 0.0, d[i]),
                    UnitQuaternion::from_euler_angles(0.0, 0.0, q[i]),
                ) * Isometry3::from_parts(
                    Translation3::new(a[i], 0.0, 0.0),
                    UnitQuaternion::from_euler_angles(alpha[i], 0.0, 0.0),
                );
            }
            let ours = arm.forward(&q);
            let off = (ours.get().translation.vector - pose.translation.vector).norm();
            // The vendor's ur3e.urdf is itself 2e-10 rad off its DH.
            assert!(off < 1e-9 && ours.get().rotation.angle_to(&pose.rotation) < 1e-9, "{name}: {off:e}");
        }
    }
}

/// Nominal figures against a real arm: this is what calibration is for.
#[test]
fn a_real_ur5e() {
    let Some(reference) = json("ur5e_real_robot_poses.json") else { return };
    let arm = own();
    // The controller's base is turned against base_link.
    let turned = Isometry3::rotation(nalgebra::Vector3::z() * std::f64::consts::PI);
    let (mut most, mut most_turn, mut sum) = (0.0_f64, 0.0_f64, 0.0);
    let cases = reference["cases"].as_array().unwrap();
    for case in cases {
        let pose = turned * arm.forward(&posture(&case["q"])).get();
        let m = rows(&case["pose"]);
        let off = (pose.translation.vector - nalgebra::Vector3::new(m[0][3], m[1][3], m[2][3])).norm();
        let r = Matrix3::from_fn(|i, j| m[i][j]);
        let turn = pose.rotation.angle_to(&UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix(&r)));
        (most, most_turn, sum) = (most.max(off), most_turn.max(turn), sum + off);
    }
    let mean = sum / cases.len() as f64;
    println!("real UR5e: {:.2} mm mean, {:.2} mm most, {:.2} deg most", mean * 1e3, most * 1e3, most_turn.to_degrees());
    assert!((1.2e-3..1.9e-3).contains(&most) && (0.3..0.5).contains(&most_turn.to_degrees()));
}

#[test]
fn the_jacobian_is_the_slope() {
    let arm = own();
    for n in 0..20 {
        let q = random(&arm, 6.0, n);
        let tool = arm.forward(&q) * frames::Point::new(0.07, 0.01, 0.12);
        let jacobian = arm.jacobian(&q, &tool.coords);
        for (j, column) in jacobian.iter().enumerate().take(6) {
            let at = |step: f64| {
                let mut p = q;
                p[j] += step;
                (arm.forward(&p) * frames::Point::new(0.07, 0.01, 0.12)).coords
            };
            let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((slope - column.fixed_rows::<3>(0)).norm() < 1e-8);
        }
    }
}

#[test]
fn frames_end_at_the_flange() {
    let arm = own();
    let q = random(&arm, 6.0, 1);
    let frames = arm.joint_frames(&q);
    assert_eq!(frames[6], *arm.forward(&q).get());
    let shoulder = frames[0].transform_point(&Point3::origin());
    assert!((shoulder.z - 0.1625).abs() < 1e-15);
}
