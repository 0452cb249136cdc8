//! `pigment calibrate-arm`: poses of an arm as built come back as its deviations, a scene takes the file, bad tables end with
//! status 2, file and line.

use std::fmt::Write as _;
use std::process::{Command, Output};

use arm::{ArmModel, JointPos};
use frames::{Seed, gauss, unit};
use nalgebra::{Isometry3, Point3, Vector3};

use crate::support::{Bench, replace_line, root, text};

fn nominal() -> ArmModel {
    ArmModel::from_urdf(&root().join("assets/arms/ur5e.urdf"), None, None).unwrap()
}

fn built() -> ArmModel {
    let three = |i: u64, first: u64, most: f64| {
        Vector3::from_fn(|k, _| most * (2.0 * unit(Seed(3), i, first + k as u64) - 1.0))
    };
    let deviations: Vec<_> = (0..6).map(|i| Isometry3::new(three(i, 0, 0.5e-3), three(i, 3, 1.5e-3))).collect();
    nominal().perturbed(&deviations)
}

/// The tip of the bundled tool, 0.4 mm beside where its file says it is.
const TIP: Point3<f64> = Point3::new(0.073_612, 0.000_4, 0.117_5);

/// `rows` poses with 0.04 mm of noise a coordinate.
fn table(rows: u64) -> String {
    let arm = built();
    let tracker_from_base = Isometry3::new(Vector3::new(0.9, 0.4, -0.3), Vector3::new(0.2, 0.7, -1.0));
    let mut csv = "# tracker: own\nq1_deg,q2_deg,q3_deg,q4_deg,q5_deg,q6_deg,x_mm,y_mm,z_mm\n".to_owned();
    for k in 0..rows {
        let mut q = JointPos::zeros(6);
        q.iter_mut().enumerate().for_each(|(i, v)| *v = 4.0 * (unit(Seed(4), i as u64, k) - 0.5));
        let tip = tracker_from_base * arm.forward(&q).get() * TIP;
        let row: Vec<String> = q.iter().map(|v| format!("{:.6}", v.to_degrees())).collect();
        let place: Vec<String> =
            (0..3).map(|i| format!("{:.4}", 1e3 * tip[i] + 0.04 * gauss(Seed(5), i as u64, k))).collect();
        writeln!(csv, "{},{}", row.join(","), place.join(",")).unwrap();
    }
    csv
}

fn calibrate(bench: &Bench, csv: &str, more: &[&str]) -> Output {
    let poses = bench.file("poses.csv", csv.as_bytes());
    let mut run = Command::new(env!("CARGO_BIN_EXE_pigment"));
    run.current_dir(bench.dir.path()).arg("calibrate-arm").arg(poses).args(more).args(["-o", "arm.toml"]);
    run.output().unwrap()
}

#[test]
fn the_arm_comes_back_as_built_and_a_scene_takes_it() {
    let bench = Bench::new(|scene| {
        let tool = scene.lines().find(|l| l.starts_with("tool = ")).unwrap().to_owned();
        replace_line(&scene, "tool = ", &format!("{tool}\ncalibration = \"arm.toml\""))
    });
    let done = calibrate(&bench, &table(80), &["--scene", "scene.toml", "--json"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let figures: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let number = |key: &str| figures[key].as_f64().unwrap();
    assert!(number("rms_m") < 0.1e-3 && number("nominal_rms_m") > 0.5e-3, "{figures}");
    assert!((0.03e-3..0.05e-3).contains(&number("noise_m")), "{}", number("noise_m"));
    assert!((figures["tip_m"][1].as_f64().unwrap() - 0.0004).abs() < 0.15e-3, "{}", figures["tip_m"]);

    // The tip of the arm that the file makes, against the arm as built, up to the one pose the tracker does not know.
    let again = nominal().as_built(&bench.dir.path().join("arm.toml")).unwrap();
    let given = Point3::new(0.073_612, 0.0, 0.117_5);
    let pairs: Vec<(Vector3<f64>, Vector3<f64>)> = (0..100)
        .map(|k| {
            let mut q = JointPos::zeros(6);
            q.iter_mut().enumerate().for_each(|(i, v)| *v = 4.0 * (unit(Seed(6), i as u64, k) - 0.5));
            ((built().forward(&q).get() * TIP).coords, (again.forward(&q).get() * given).coords)
        })
        .collect();
    // Distances between tips know no frame.
    let worst = pairs.windows(2).map(|w| ((w[0].0 - w[1].0).norm() - (w[0].1 - w[1].1).norm()).abs());
    let worst = worst.fold(0.0, f64::max);
    assert!(worst < 0.2e-3, "{worst}");

    let said = bench.pigment("check", &[]);
    assert!(said.status.success(), "{}", text(&said.stderr));
    assert!(text(&said.stdout).contains("finished by Newton on the chain itself"), "{}", text(&said.stdout));
    let twice = calibrate(&bench, &table(80), &["--scene", "scene.toml"]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(text(&twice.stderr).contains("never written over"), "{}", text(&twice.stderr));
}

#[test]
fn bad_tables_are_refused_by_line() {
    let bench = Bench::new(|scene| scene);
    let urdf = root().join("assets/arms/ur5e.urdf");
    let refused = |csv: &str, want: &str| {
        let done = calibrate(&bench, csv, &["--arm", urdf.to_str().unwrap()]);
        let said = text(&done.stderr);
        assert!(done.status.code() == Some(2) && said.contains(want), "{want}: {said}");
        assert!(!bench.dir.path().join("arm.toml").exists());
    };
    let good = table(40);
    refused(&table(8), "8 poses, 15 are the fewest; measure 7 more");
    refused(&good.replace("q3_deg", "q3"), "unknown column `q3`; known are q1_deg");
    refused(&good.replace("z_mm", "qw"), "no column `z_mm`");
    let line = good.lines().nth(4).unwrap();
    refused(&good.replace(line, &line.replacen(',', ",x", 1)), "poses.csv:5: q2_deg = `x");
    refused(&good.replace(line, "1,2,3"), "poses.csv:5");
    refused("", "no column `q1_deg`");
    let done = calibrate(&bench, &good, &[]);
    assert_eq!(done.status.code(), Some(2), "one of --scene and --arm is needed");
    let good = calibrate(&bench, &good, &["--arm", urdf.to_str().unwrap()]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    let said = text(&good.stdout);
    assert!(said.contains("40 of 40 poses kept") && said.contains("held near zero"), "{said}");
}
