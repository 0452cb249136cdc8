//! Torques.

use arm::{ArmModel, JointAcc, JointPos, JointVel, Payload};
use nalgebra::{Matrix3, Point3};

use crate::{json, numbers, own, posture, random, vendor};

fn check_pinocchio(arm: &ArmModel, file: &str, bound: f64) {
    let Some(reference) = json(file) else { return };
    let mut worst = 0.0_f64;
    for case in reference["cases"].as_array().unwrap() {
        let q = posture(&case["q"]);
        let v = JointVel::from_slice(&numbers(&case["v"])).unwrap();
        let a = JointAcc::from_slice(&numbers(&case["a"])).unwrap();
        let gravity = arm.gravity(&q, &Payload::NONE);
        let all = arm.inverse_dynamics(&q, &v, &a, &Payload::NONE);
        for (got, want) in gravity.iter().zip(numbers(&case["gravity_torque"])) {
            worst = worst.max((got - want).abs());
        }
        for (got, want) in all.iter().zip(numbers(&case["rnea_torque"])) {
            worst = worst.max((got - want).abs());
        }
    }
    println!("{file}: torques within {worst:.1e} N m");
    assert!(worst < bound, "{file}: {worst:e}");
}

#[test]
fn our_ur5e_weighs_as_the_vendors() {
    // The rounded right angles of the vendor's file are 2e-10 rad off ours, hence N m times that.
    check_pinocchio(&own(), "fk_dyn_pinocchio_ur5e.json", 1e-8);
}

#[test]
fn five_arms_of_others() {
    for name in ["ur5e", "ur3e", "fr3", "iiwa14", "abb_irb120"] {
        let file = format!("fk_dyn_pinocchio_{name}.json");
        let Some(reference) = json(&file) else { return };
        let (base, tip) = (reference["base"].as_str(), reference["tip"].as_str());
        check_pinocchio(&vendor(name, base, tip).unwrap(), &file, 1e-9);
    }
}

/// A payload is a force at its centre: the Jacobian says what the joints feel.
#[test]
fn payload_by_virtual_work() {
    let arm = own();
    let payload = Payload { mass_kg: 0.7, com: Point3::new(0.01, -0.02, 0.06), inertia: Matrix3::identity() * 1e-3 };
    for n in 0..50 {
        let q = random(&arm, 6.0, n);
        let com = arm.forward(&q) * frames::Point::from(payload.com);
        let jacobian = arm.jacobian(&q, &com.coords);
        let with = arm.gravity(&q, &payload);
        let without = arm.gravity(&q, &Payload::NONE);
        for j in 0..6 {
            let want = 0.7 * 9.81 * jacobian[j][2];
            assert!((with[j] - without[j] - want).abs() < 1e-12);
        }
    }
}

/// Power of the torques is the change of kinetic energy, payload included: no gravity, one joint at a time.
#[test]
fn torques_do_the_work() {
    let mut arm = own();
    arm.free_fall = nalgebra::Vector3::zeros();
    let payload = Payload { mass_kg: 1.2, com: Point3::new(0.03, 0.0, 0.05), inertia: Matrix3::identity() * 2e-3 };
    let n = arm.dof();
    // Kinetic energy is half v'Mv; column j of M is the torque for unit acceleration of joint j at rest.
    let energy = |q: &JointPos, v: &JointVel| {
        let mut momentum = vec![0.0; n];
        for j in 0..n {
            let mut unit = JointAcc::zeros(n);
            unit[j] = 1.0;
            let column = arm.inverse_dynamics(q, &JointVel::zeros(n), &unit, &payload);
            momentum.iter_mut().zip(column.iter()).for_each(|(m, c)| *m += c * v[j]);
        }
        0.5 * momentum.iter().zip(v.iter()).map(|(m, v)| m * v).sum::<f64>()
    };
    for k in 0..20 {
        let q = random(&arm, 6.0, k);
        let r = random(&arm, 2.0, k + 1000);
        let s = random(&arm, 4.0, k + 2000);
        let v = JointVel::from_slice(&r).unwrap();
        let a = JointAcc::from_slice(&s).unwrap();
        let power: f64 = arm.inverse_dynamics(&q, &v, &a, &payload).iter().zip(v.iter()).map(|(t, v)| t * v).sum();
        let h = 1e-5;
        let at = |t: f64| {
            let qt = q.zip(&v, |q, v| q + v * t).zip(&a, |q, a| q + 0.5 * a * t * t);
            energy(&qt, &v.zip(&a, |v, a| v + a * t))
        };
        let slope = (at(h) - at(-h)) / (2.0 * h);
        assert!((power - slope).abs() < 1e-6 * (1.0 + power.abs()), "{power} {slope}");
    }
}
