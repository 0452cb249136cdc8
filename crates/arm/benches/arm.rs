//! How long the arm's formulas take, beside k's solver in the same run: mean, p99.9 and worst, microseconds.
//!
//! `cargo bench -p arm [URDF]`; the default arm is the project's own.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use arm::{ArmModel, JointAcc, JointPos, JointVel, Motion, Payload};
use frames::{Seed, gauss, unit};

/// Calls in one timed batch: the clock's own cost is spread over them.
const BATCH: usize = 20;

fn report(name: &str, n: usize, mut call: impl FnMut(usize)) -> f64 {
    let mut times = Vec::with_capacity(n / BATCH);
    for batch in 0..n / BATCH {
        let start = Instant::now();
        (batch * BATCH..(batch + 1) * BATCH).for_each(&mut call);
        times.push(start.elapsed().as_secs_f64() * 1e6 / BATCH as f64);
    }
    times.sort_by(f64::total_cmp);
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let (median, high) = (times[times.len() / 2], times[times.len() * 999 / 1000]);
    let worst = times.last().copied().unwrap_or_default();
    let best = times.first().copied().unwrap_or_default();
    println!("{name:32} best {best:9.3}  mean {mean:9.3}  median {median:9.3}  p99.9 {high:9.3}  worst {worst:9.3} us");
    median
}

fn main() -> Result<(), arm::ArmError> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets/arms/ur5e.urdf");
    let path = std::env::args().skip(1).find(|a| !a.starts_with("--")).map_or(own, PathBuf::from);
    let arm = ArmModel::from_urdf(&path, None, None)?;
    let n = 10_000;
    let random = |k: usize| {
        let mut q = JointPos::zeros(arm.dof());
        for (i, v) in q.iter_mut().enumerate() {
            *v = std::f64::consts::TAU * (unit(Seed(5), i as u64, k as u64) - 0.5);
        }
        q
    };
    let q: Vec<JointPos> = (0..n).map(random).collect();
    let warm: Vec<JointPos> = (0..n)
        .map(|k| {
            let mut near = q[k];
            near.iter_mut().enumerate().for_each(|(i, v)| *v += 0.05 * gauss(Seed(6), i as u64, k as u64));
            near
        })
        .collect();
    let pose: Vec<_> = q.iter().map(|q| arm.forward(q)).collect();
    let (speed, acc) = (JointVel::zeros(arm.dof()), JointAcc::zeros(arm.dof()));

    println!("{}, {} joints, {n} random postures; {}", arm.name, arm.dof(), arm.solver());
    report("forward", n, |k| {
        black_box(arm.forward(black_box(&q[k])));
    });
    report("jacobian at the flange", n, |k| {
        black_box(arm.jacobian(black_box(&q[k]), &pose[k].origin().coords));
    });
    let all = report("inverse, all branches", n, |k| {
        black_box(arm.inverse(black_box(&pose[k])));
    });
    if let Some(spares) = arm.spares() {
        let zero = JointPos::zeros(arm.dof());
        report("16 spare values, all branches", n, |k| {
            arm.inverse_arm_angles(black_box(&pose[k]), &spares, &zero, |_, branches| {
                black_box(branches);
            });
        });
    }
    let deviations: Vec<_> = (0..=arm.dof() as u64)
        .map(|i| {
            let g = |j: u64| gauss(Seed(7), i, j);
            nalgebra::Isometry3::new(
                nalgebra::Vector3::new(g(0), g(1), g(2)) * 0.5e-3,
                nalgebra::Vector3::new(g(3), g(4), g(5)) * 1.5e-3,
            )
        })
        .collect();
    let built = arm.perturbed(&deviations);
    let built_pose: Vec<_> = q.iter().map(|q| built.forward(q)).collect();
    report("inverse, calibrated arm", n, |k| {
        black_box(built.inverse(black_box(&built_pose[k])));
    });
    report("inverse_near, 0.05 rad off", n, |k| {
        black_box(arm.inverse_near(black_box(&pose[k]), &warm[k]));
    });
    report("gravity", n, |k| {
        black_box(arm.gravity(black_box(&q[k]), &Payload::NONE));
    });
    report("inverse_dynamics", n, |k| {
        black_box(arm.inverse_dynamics(black_box(&q[k]), &speed, &acc, &Payload::NONE));
    });
    report("Motion::between", n, |k| {
        black_box(Motion::between(black_box(&q[k]), &warm[k], &arm.limits));
    });
    let motion = Motion::between(&q[0], &q[1], &arm.limits);
    report("Motion::sample", n, |k| {
        black_box(motion.sample(black_box(k as f64 * 1e-4)));
    });
    let by_k = report("inverse_by_k, 0.05 rad off", 1_000, |k| {
        black_box(arm.inverse_by_k(black_box(&pose[k]), &warm[k]));
    });
    println!("k for one branch / all branches in closed form: {:.0}", by_k / all);
    Ok(())
}
