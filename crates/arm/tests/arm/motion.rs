//! Rest-to-rest motions.

use arm::{JointAcc, JointJerk, JointPos, JointVel, Limits, Motion};
use frames::Span;
use proptest::prelude::*;

use crate::{json, numbers};

fn limits(v: &[f64], a: &[f64], j: &[f64]) -> Limits {
    Limits {
        lower: JointPos::zeros(v.len()).map(|_| -1e3),
        upper: JointPos::zeros(v.len()).map(|_| 1e3),
        speed: JointVel::from_slice(v).unwrap(),
        acceleration: JointAcc::from_slice(a).unwrap(),
        jerk: JointJerk::from_slice(j).unwrap(),
    }
}

fn posture(p: &[f64]) -> JointPos {
    JointPos::from_slice(p).unwrap()
}

/// Ruckig synchronises in time, not in phase: where joints have equal limits the two are the same; otherwise a straight
/// line may take longer, never shorter.
#[test]
fn as_fast_as_ruckig() {
    let Some(reference) = json("ruckig_cases.json") else { return };
    let (mut equal, mut longer, mut most) = (0, 0, 1.0_f64);
    for case in reference["cases"].as_array().unwrap() {
        if case["mode"] != "rest_to_rest" {
            continue;
        }
        let set = &reference["limits"][case["limits"].as_str().unwrap()];
        let (v, a, j) = (numbers(&set["v"]), numbers(&set["a"]), numbers(&set["j"]));
        let (from, to) = (numbers(&case["p0"]), numbers(&case["p1"]));
        let want = case["duration"].as_f64().unwrap();
        let got = Motion::between(&posture(&from), &posture(&to), &limits(&v, &a, &j)).seconds();
        let same = |l: &[f64]| l.iter().all(|x| x.to_bits() == l[0].to_bits());
        // Each joint alone is always as fast as ruckig says.
        for (i, alone) in numbers(&case["independent_min_durations"]).iter().enumerate() {
            let one =
                Motion::between(&posture(&from[i..=i]), &posture(&to[i..=i]), &limits(&v[i..=i], &a[i..=i], &j[i..=i]));
            assert!((one.seconds() - alone).abs() < 1e-9, "case {} joint {i}", case["index"]);
        }
        if same(&v) && same(&a) && same(&j) {
            assert!((got - want).abs() < 1e-9, "case {}: {got} {want}", case["index"]);
            equal += 1;
        } else {
            assert!(got > want - 1e-9, "case {}: {got} {want}", case["index"]);
            (longer, most) = (longer + 1, most.max(got / want));
        }
    }
    println!("ruckig: {equal} equal; {longer} with unlike limits, at most {most:.3} times as long");
    assert!(equal >= 30);
}

proptest! {
    /// Limits are kept everywhere, ends are exact, and the derivatives belong to each other.
    #[test]
    fn limits_are_kept(
        from in prop::collection::vec(-3.0..3.0_f64, 6),
        far in prop::collection::vec(-1.0..1.0_f64, 6),
        size in -7.0..0.7_f64,
        v in 0.1..6.0_f64, a in 0.5..50.0_f64, j in 5.0..20_000.0_f64,
    ) {
        let to: Vec<f64> = from.iter().zip(&far).map(|(p, d)| p + d * 10_f64.powf(size)).collect();
        let limits = limits(&[v; 6], &[a, a, a, a, 2.0 * a, 0.5 * a], &[j; 6]);
        let (from, to) = (posture(&from), posture(&to));
        let motion = Motion::between(&from, &to, &limits);
        let whole = motion.seconds();
        prop_assert_eq!(motion.at(Span::ZERO), (from, JointVel::zeros(6)));
        prop_assert_eq!(motion.at(motion.duration()), (to, JointVel::zeros(6)));
        prop_assert_eq!(motion.at(Span::from_ns(-5)).0, from);
        // Ten samples in each of up to seven segments, at least.
        let n = 400;
        let (mut before, mut before_v, mut before_a) = motion.sample(0.0);
        let step = whole / f64::from(n);
        for k in 1..=n {
            let (q, qd, qdd) = motion.sample(step * f64::from(k));
            for i in 0..6 {
                prop_assert!(qd[i].abs() <= limits.speed[i] * (1.0 + 1e-9));
                prop_assert!(qdd[i].abs() <= limits.acceleration[i] * (1.0 + 1e-9));
                let jerk = (qdd[i] - before_a[i]) / step;
                prop_assert!(jerk.abs() <= limits.jerk[i] * (1.0 + 1e-6));
                // Trapezoid rule: off by at most jerk * step^2 / 4 and so on.
                let dv = 0.5 * step * (qdd[i] + before_a[i]);
                prop_assert!((qd[i] - before_v[i] - dv).abs() <= 0.26 * limits.jerk[i] * step * step + 1e-12);
                let dq = 0.5 * step * (qd[i] + before_v[i]);
                prop_assert!((q[i] - before[i] - dq).abs() <= 0.26 * limits.acceleration[i] * step * step + 1e-12);
            }
            (before, before_v, before_a) = (q, qd, qdd);
        }
        prop_assert_eq!(before, to);
    }
}

/// A row for each of the five shapes of the course: distance, speed, acceleration, jerk, duration.
#[test]
fn shapes() {
    for (d, v, a, j, want) in [
        (2e-3, 3.2, 20.0, 1000.0, (32.0 * 2e-3 / 1000.0_f64).cbrt()),
        // The edge between jerk only and acceleration held: d = 2 a^3 / j^2, T = 4 a / j.
        (16e-3, 3.2, 20.0, 1000.0, 0.08),
        (0.5, 3.2, 20.0, 1000.0, {
            let w = 0.5 * (-0.4 + (0.16_f64 + 4.0 * 20.0 * 0.5).sqrt());
            2.0 * (w / 20.0 + 20.0 / 1000.0)
        }),
        (2.0, 1.0, 20.0, 1000.0, 2.0 + 1.0 / 20.0 + 20.0 / 1000.0),
        (2.0, 0.1, 20.0, 1000.0, 20.0 + 2.0 * (0.1 / 1000.0_f64).sqrt()),
    ] {
        let motion = Motion::between(&posture(&[0.0]), &posture(&[-d]), &limits(&[v], &[a], &[j]));
        assert!((motion.seconds() - want).abs() < 1e-12, "{d} {v} {a} {j}: {} {want}", motion.seconds());
        let ns = motion.duration().seconds() - motion.seconds();
        assert!((0.0..1.1e-9).contains(&ns));
    }
}

#[test]
fn standing_still() {
    let q = posture(&[0.5, -0.5]);
    let motion = Motion::between(&q, &q, &limits(&[1.0; 2], &[1.0; 2], &[1.0; 2]));
    assert_eq!(motion.duration(), Span::ZERO);
    assert_eq!(motion.at(Span::from_ms(1)).0, q);
}
