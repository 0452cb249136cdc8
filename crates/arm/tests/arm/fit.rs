//! Calibration: seeded arms as built, measured with noise, and what comes back.

use arm::{ArmError, ArmModel, FitError, JointPos, Measured};
use frames::{Flange, Point, Seed, gauss};
use nalgebra::{Isometry3, Point3, UnitQuaternion, Vector3};

use crate::inverse::deviations;
use crate::{own, random, vendor};

/// Of one coordinate, m.
const NOISE: f64 = 0.05e-3;

/// A tracker somewhere beside the arm.
fn tracker_from_base() -> Isometry3<f64> {
    Isometry3::new(Vector3::new(1.2, -0.7, 0.4), Vector3::new(0.4, -1.1, 2.0))
}

/// What the tool's tip really is; the file says 0.1, 0, 0.15.
fn tip() -> Point3<f64> {
    Point3::new(0.1013, -0.0008, 0.1489)
}

fn believed() -> Point<Flange> {
    Point::from(Point3::new(0.1, 0.0, 0.15))
}

fn measure(built: &ArmModel, n: u64, noise: f64, turned: bool) -> Vec<Measured> {
    (0..n)
        .map(|k| {
            let joints = random(built, 4.5, 5000 + k);
            let pose = tracker_from_base() * built.forward(&joints).get();
            let off = Vector3::from_fn(|i, _| noise * gauss(Seed(77), i as u64, k));
            let spin = UnitQuaternion::from_scaled_axis(Vector3::from_fn(|i, _| 3e-4 * gauss(Seed(78), i as u64, k)));
            Measured { joints, tip: pose * tip() + off, turn: turned.then_some(spin * pose.rotation) }
        })
        .collect()
}

/// Mean and bounds of the tip's error at new postures: what the fit says about poses it never saw.
fn check(nominal: &ArmModel, name: &str, turned: bool) {
    for seed in 0..3 {
        let built = nominal.perturbed(&deviations(40 + seed)[..nominal.dof()]);
        let rows = measure(&built, 80, NOISE, turned);
        let fit = nominal.fit(&rows, believed()).unwrap();
        let fitted = fit.arm(nominal);
        let (mut square, mut inside, n) = (0.0, 0, 200);
        for k in 0..n {
            let q = random(nominal, 4.5, 9000 + k);
            let truth = tracker_from_base() * built.forward(&q).get() * tip();
            let ours = fit.base_from_tracker.inverse() * fitted.forward(&q).get() * fit.tip.coords;
            let off = (truth - ours).norm();
            square += off * off / n as f64;
            inside += usize::from(off <= fit.tip_bound(nominal, &q));
        }
        println!(
            "{name}: nominal {:.3} mm, fit {:.4} mm rms, new poses {:.4} mm, noise {:.4} mm, cross {:.4} mm, {inside} of {n} inside",
            fit.nominal_rms * 1e3,
            fit.rms * 1e3,
            square.sqrt() * 1e3,
            fit.noise * 1e3,
            fit.cross_rms * 1e3
        );
        // Three coordinates of noise are what one reading is off by.
        assert!(square.sqrt() < NOISE * 3.0_f64.sqrt(), "{name}: {}", square.sqrt());
        assert!(inside as f64 >= 0.9 * n as f64, "{name}: {inside}");
        assert!(fit.nominal_rms > 10.0 * fit.rms && fit.outliers.is_empty(), "{name}");
        assert!((0.7..1.5).contains(&(fit.noise / NOISE)), "{name}: {}", fit.noise);
        assert!((1.0..2.5).contains(&(fit.cross_rms / (NOISE * 3.0_f64.sqrt()))), "{name}: {}", fit.cross_rms);
    }
}

#[test]
fn tips_of_a_ur5e() {
    check(&own(), "ur5e, places", false);
}

#[test]
fn poses_of_a_ur5e() {
    check(&own(), "ur5e, poses", true);
}

#[test]
fn tips_of_other_arms() {
    for name in ["abb_irb120", "iiwa14"] {
        if let Some(arm) = vendor(name, None, None) {
            check(&arm, name, false);
        }
    }
}

/// Two gross errors, 6 and 20 mm, are named and do no harm.
#[test]
fn outliers_are_named() {
    let nominal = own();
    let built = nominal.perturbed(&deviations(44)[..6]);
    let mut rows = measure(&built, 60, NOISE, false);
    rows[11].tip.x += 0.006;
    rows[40].tip.z -= 0.02;
    let fit = nominal.fit(&rows, believed()).unwrap();
    assert_eq!(fit.outliers, [11, 40]);
    assert!((fit.residuals[11] - 0.006).abs() < 5e-4 && fit.rms < 1.5 * NOISE * 3.0_f64.sqrt(), "{}", fit.rms);
}

/// What places of a tip cannot tell is held, and said: of six numbers a joint, fewer than half are free.
#[test]
fn what_is_held() {
    let nominal = own();
    let built = nominal.perturbed(&deviations(45)[..6]);
    let fit = nominal.fit(&measure(&built, 80, NOISE, false), believed()).unwrap();
    let held: Vec<&str> = fit.held().map(|p| p.name.as_str()).collect();
    println!("held: {held:?}; singular values {:.1?}", fit.singular_values);
    // The tracker's own pose says all about joint 1's frame.
    assert!(held.iter().any(|name| name.starts_with("joint 1 ")), "{held:?}");
    let known = fit.singular_values.iter().filter(|v| **v > 1.0).count();
    assert!((10..=4 * 6).contains(&known), "{known} of {}", fit.singular_values.len());
    assert!(fit.parameters.iter().all(|p| p.bound <= 1.961 * p.expected && p.value.abs() < 4.0 * p.expected));
}

#[test]
fn too_few_or_degenerate_poses_are_refused_with_numbers() {
    let arm = own();
    let rows = measure(&arm, 40, NOISE, false);
    let no = |rows: &[Measured]| arm.fit(rows, believed()).unwrap_err();
    assert_eq!(no(&rows[..9]), FitError::Few { rows: 9, least: 15 });
    let mut still = rows.clone();
    still.iter_mut().for_each(|r| r.joints[2] = 1.0);
    let FitError::Still { joint: 2, span_deg, .. } = no(&still) else { panic!("{}", no(&still)) };
    assert!(span_deg.abs() < 1e-9);
    let mut line = rows.clone();
    line.iter_mut().for_each(|r| r.tip = Point3::new(r.tip.x, 0.3, 0.2));
    assert!(matches!(no(&line), FitError::Line { .. }), "{}", no(&line));
    let mut other = rows.clone();
    other.iter_mut().for_each(|r| r.joints[1] = -r.joints[1]);
    assert!(matches!(no(&other), FitError::Misfit { .. }), "{}", no(&other));
    let mut short = rows.clone();
    short[3].joints = JointPos::zeros(5);
    assert_eq!(no(&short).to_string(), "row 4: 5 joint angles, the arm has 6");
    let mut nan = rows;
    nan[7].tip.y = f64::NAN;
    assert!(matches!(no(&nan), FitError::Row { row: 7, .. }));
}

/// The file brings the same arm back, and only to the arm it was made for.
#[test]
fn a_file_there_and_back() {
    let arm = own();
    let some = deviations(50);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("arm.toml");
    let text = arm.as_built_text("a comment\nof two lines", &some[..6], Some(&some[6]));
    std::fs::write(&path, &text).unwrap();
    let (again, built) = (arm.as_built(&path).unwrap(), arm.perturbed(&some));
    for k in 0..100 {
        let q = random(&arm, 6.0, k);
        let (a, b) = (again.forward(&q), built.forward(&q));
        assert!((a.get().translation.vector - b.get().translation.vector).norm() < 1e-8);
        assert!(a.get().rotation.angle_to(&b.get().rotation) < 1e-8);
    }
    let refused = |from: &str, to: &str, want: &str| {
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let said = arm.as_built(&path).unwrap_err();
        assert!(matches!(said, ArmError::Toml { .. }) && said.to_string().contains(want), "{said}");
    };
    refused("arm = \"ur5e", "arm = \"other", "made for another arm");
    refused("shift_mm", "shift", "did you mean \"shift_mm\"?");
    refused("elbow_joint", "knee_joint", "the table of elbow_joint should stand here");
    refused("turn_mrad = [", "turn_mrad = [900.0, 0.0, 0.0] #", "turn_mrad holds 900; 50 is the most");
    refused("\n[flange]\n", "\n[[joint]]\nname = \"more\"\n", "more is no joint of");
}
