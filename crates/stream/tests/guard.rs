//! Each rule of the guard: refused just past its edge, and a twin that passes. A removed rule fails its row.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod common;

use arm::{ArmModel, ArmState, JointPos, JointVel, Mode, Program, Setpoint, Tool};
use common::*;
use frames::{Instant, Metres, Newtons, Pose, Protrusion, Span};
use nalgebra::Isometry3;
use stream::{Guard, Permit, Place, Refusal};

struct Case {
    model: ArmModel,
    program: Program,
    guard: Guard,
    setpoint: Setpoint,
    state: ArmState,
    permit: Permit,
}

/// Standing at `q`, about to say so again.
fn at(q: impl Fn(&Program) -> JointPos) -> Case {
    let (model, tool): (ArmModel, Tool) = (model(), tool("voice_coil.toml"));
    let program = program(&model, &tool, 1, 1);
    let q = q(&program);
    let start = Instant::START + Span::from_ms(1_000);
    let mut guard = Guard::new(&model, &tool, &stream::Speeds::default(), Metres::new(RADIUS));
    guard.stands(&q, start, 1, &program.base_from_head);
    let setpoint = Setpoint {
        seq: 1,
        at: start + CYCLE,
        q,
        qd: JointVel::zeros(6),
        protrusion: tool.needle.rest,
        valid_for: Span::from_ms(10),
    };
    let state = ArmState {
        seq: None,
        at: start,
        q,
        qd: JointVel::zeros(6),
        protrusion: tool.needle.rest,
        withdrawn: true,
        nose: Metres::ZERO,
        axial_force: Newtons::ZERO,
        head: None,
        mode: Mode::Running,
    };
    let permit = Permit {
        open: false,
        protrusion: Protrusion::ZERO,
        clear: None,
        height: None,
        found: false,
        touching: 0.010,
        base_from_head: program.base_from_head,
    };
    Case { model, program, guard, setpoint, state, permit }
}

fn lifted() -> Case {
    at(|p| p.strokes[0].lifted)
}

fn parked() -> Case {
    at(|p| p.park)
}

#[track_caller]
fn refused(mut case: Case, edit: impl FnOnce(&mut Case), is: impl Fn(&Refusal) -> bool) {
    edit(&mut case);
    match case.guard.pass(&case.setpoint, &case.state, &case.permit) {
        Err(r) => assert!(is(&r), "refused for another reason: {r}"),
        Ok(()) => panic!("passed"),
    }
}

#[track_caller]
fn passes(mut case: Case, edit: impl FnOnce(&mut Case)) {
    edit(&mut case);
    case.guard.pass(&case.setpoint, &case.state, &case.permit).unwrap();
}

/// Moves with speed `v` at the nose, reached smoothly, along `way` (joints per metre), for `seconds` after that; `each`
/// edits every cycle. Gives the first refusal.
fn go(mut case: Case, way: &JointPos, v: f64, seconds: f64, each: impl Fn(&mut Case, f64)) -> Option<Refusal> {
    let q0 = case.setpoint.q;
    // Speed rises as (1 - cos)/2 within the ramp.
    let ramp = 0.2;
    let s = |t: f64| {
        use std::f64::consts::PI;
        if t < ramp { v * 0.5 * (t - ramp / PI * (PI * t / ramp).sin()) } else { v * (t - 0.5 * ramp) }
    };
    for k in 1..=((ramp + seconds) * 1e3) as u64 {
        let t = k as f64 * 1e-3;
        case.setpoint.seq = k;
        case.setpoint.at = Instant::START + Span::from_ms(1_000 + k as i64);
        case.setpoint.q = q0.zip(way, |q, d| q + d * s(t));
        each(&mut case, t);
        if let Err(r) = case.guard.pass(&case.setpoint, &case.state, &case.permit) {
            return Some(r);
        }
    }
    None
}

fn inward(case: &Case) -> JointPos {
    let s = &case.program.strokes[0];
    s.touch.zip(&s.lifted, |t, l| (t - l) / 0.002)
}

fn sideways(case: &Case) -> JointPos {
    // Joint 1 turns the nose around the base: its distance is the way per radian.
    let nose = case.model.forward(&case.setpoint.q) * tool("voice_coil.toml").flange_from_tcp;
    let p = nose.origin().coords;
    let mut way = JointPos::zeros(6);
    way[0] = 1.0 / p.x.hypot(p.y);
    way
}

fn nose(place: Place, most: f64) -> impl Fn(Option<Refusal>) {
    move |r| match r {
        Some(Refusal::Nose { place: p, speed, most: m }) => {
            assert_eq!(p, place);
            assert!((m - most).abs() < 1e-12 && speed > most && speed < most * 1.1, "{speed}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn standing_passes() {
    passes(lifted(), |_| ());
    passes(parked(), |_| ());
}

#[test]
fn numbers() {
    let is = |r: &Refusal| *r == Refusal::NotFinite;
    refused(lifted(), |c| c.setpoint.q[3] = f64::NAN, is);
    refused(lifted(), |c| c.setpoint.q[3] = f64::INFINITY, is);
    refused(lifted(), |c| c.setpoint.qd[0] = f64::NAN, is);
    refused(lifted(), |c| c.setpoint.protrusion = Protrusion::new(Metres::new(f64::NAN)), is);
    refused(lifted(), |c| c.setpoint.q = JointPos::zeros(5), is);
}

#[test]
fn expiry() {
    let is = |r: &Refusal| matches!(r, Refusal::Expiry { .. });
    refused(lifted(), |c| c.setpoint.valid_for = Span::ZERO, is);
    refused(lifted(), |c| c.setpoint.valid_for = Span::from_ns(20_000_001), is);
    passes(lifted(), |c| c.setpoint.valid_for = Span::from_ms(20));
    refused(lifted(), |c| c.setpoint.seq = 2, is);
    refused(lifted(), |c| c.setpoint.seq = 0, is);
    refused(lifted(), |c| c.setpoint.at = c.state.at, is);
    refused(lifted(), |c| c.setpoint.at = c.state.at - CYCLE, is);
}

#[test]
fn range() {
    let edge = |over: f64| {
        move |c: &mut Case| {
            let upper = c.model.limits.upper[2];
            c.state.q[2] = upper;
            c.guard.stands(&c.state.q, c.state.at, 1, &c.permit.base_from_head);
            c.setpoint.q = c.state.q;
            c.setpoint.q[2] = upper + over;
        }
    };
    refused(parked(), edge(1e-9), |r| matches!(r, Refusal::Range { joint: arm::Joint(2), .. }));
    passes(parked(), edge(0.0));
}

#[test]
fn joint_speed() {
    let is = |r: &Refusal| matches!(r, Refusal::Speed { joint: arm::Joint(4), .. });
    refused(parked(), |c| c.setpoint.qd[4] = 3.3, is);
    passes(parked(), |c| c.setpoint.qd[4] = -3.1);
    refused(parked(), |c| c.setpoint.q[4] += 3.3e-3, is);
}

#[test]
fn joint_acceleration_and_jerk() {
    let a = parked().model.limits.acceleration[5];
    let j = parked().model.limits.jerk[5];
    refused(
        parked(),
        |c| c.setpoint.q[5] += a * 1.1e-6,
        |r| matches!(r, Refusal::Acceleration { joint: arm::Joint(5), .. }),
    );
    refused(parked(), |c| c.setpoint.q[5] += j * 4.4e-9, |r| matches!(r, Refusal::Jerk { joint: arm::Joint(5), .. }));
    passes(parked(), |c| c.setpoint.q[5] += j * 3.9e-9);
}

#[test]
fn free_space() {
    let c = parked();
    let way = sideways(&c);
    nose(Place::Free, 0.250)(go(c, &way, 0.30, 0.05, |_, _| ()));
    assert_eq!(go(parked(), &way, 0.24, 0.05, |_, _| ()), None);
}

#[test]
fn near_the_head() {
    let c = lifted();
    let way = sideways(&c);
    nose(Place::NearHead, 0.050)(go(c, &way, 0.06, 0.05, |_, _| ()));
    assert_eq!(go(lifted(), &way, 0.049, 0.05, |_, _| ()), None);
}

/// What counts is the speed against the head, and a standing arm is slow.
#[test]
fn a_moving_head() {
    let c = lifted();
    let way = sideways(&c);
    let base = c.program.base_from_head;
    let flies = move |c: &mut Case, t: f64| {
        c.permit.base_from_head = Pose::new(Isometry3::translation(0.0, 0.2 * t, 0.0) * base.get());
    };
    assert_eq!(go(c, &JointPos::zeros(6), 0.0, 0.1, flies), None, "standing");
    let c = lifted();
    let turn = c.permit.base_from_head;
    // The head turns about the base's axis exactly as joint 1 does.
    let rate = way[0];
    let follows = move |c: &mut Case, _: f64| {
        let angle = c.setpoint.q[0] - c.program.strokes[0].lifted[0];
        c.permit.base_from_head = Pose::new(Isometry3::rotation(nalgebra::Vector3::new(0.0, 0.0, angle)) * turn.get());
    };
    assert!(rate > 0.0);
    assert_eq!(go(c, &way, 0.08, 0.05, follows), None, "following");
}

#[test]
fn the_last_millimetres() {
    let c = lifted();
    let way = inward(&c);
    let above = |c: &mut Case, _: f64| c.permit.height = Some(Metres::from_mm(2.0));
    nose(Place::LastMillimetres, 0.010)(go(c, &way, 0.012, 0.05, above));
    assert_eq!(go(lifted(), &way, 0.0099, 0.1, above), None);
    // Trusted to three sigma, as far as three sigma allow.
    let trusted = |c: &mut Case, t: f64| {
        above(c, t);
        c.permit.clear = Some(Metres::from_mm(0.1));
    };
    assert_eq!(go(lifted(), &way, 0.045, 0.02, trusted), None);
    let at_the_edge = |c: &mut Case, t: f64| {
        above(c, t);
        c.permit.clear = Some(Metres::ZERO);
    };
    nose(Place::LastMillimetres, 0.010)(go(lifted(), &way, 0.012, 0.05, at_the_edge));
    let far = |c: &mut Case, _: f64| c.permit.height = Some(Metres::from_mm(5.1));
    assert_eq!(go(lifted(), &way, 0.045, 0.02, far), None);
    let nan = |c: &mut Case, _: f64| {
        c.permit.height = Some(Metres::new(f64::NAN));
        c.permit.clear = Some(Metres::new(f64::NAN));
    };
    nose(Place::LastMillimetres, 0.010)(go(lifted(), &way, 0.012, 0.05, nan));
}

#[test]
fn touching() {
    let way = inward(&lifted());
    let out = way.map(|v| -v);
    let across = sideways(&lifted());
    let found = |c: &mut Case, _: f64| (c.state.nose, c.permit.found) = (Metres::from_mm(1.0), true);
    nose(Place::Touching, 0.010)(go(lifted(), &way, 0.012, 0.05, found));
    assert_eq!(go(lifted(), &way, 0.0099, 0.1, found), None);
    nose(Place::Touching, 0.010)(go(lifted(), &across, 0.012, 0.05, found));
    assert_eq!(go(lifted(), &out, 0.045, 0.05, found), None, "away from the skin");
    // Felt by nothing but the nose, or by nothing but the force, and not slowed down within 50 ms.
    let nose_only = |c: &mut Case, _: f64| c.state.nose = Metres::from_mm(1.0);
    assert!(matches!(go(lifted(), &way, 0.03, 0.1, nose_only), Some(Refusal::Nose { place: Place::Touching, .. })));
    let force_only = |c: &mut Case, _: f64| c.state.axial_force = Newtons::new(0.7);
    assert!(matches!(go(lifted(), &way, 0.03, 0.1, force_only), Some(Refusal::Nose { place: Place::Touching, .. })));
    let late = |c: &mut Case, t: f64| c.state.nose = Metres::from_mm(if t > 0.23 { 1.0 } else { 0.0 });
    assert_eq!(go(lifted(), &way, 0.03, 0.07, late), None, "time to slow down");
    assert!(go(lifted(), &way, 0.03, 0.12, late).is_some(), "and no more");
}

fn out(c: &mut Case, mm: f64) {
    c.setpoint.protrusion = Protrusion::new(Metres::from_mm(mm));
    c.permit.protrusion = Protrusion::new(Metres::from_mm(0.8));
    c.permit.open = true;
    c.state.nose = Metres::from_mm(1.2);
    c.state.axial_force = Newtons::new(0.8);
}

#[test]
fn the_needle() {
    let too_far = |r: &Refusal| matches!(r, Refusal::Protrusion { .. });
    passes(lifted(), |c| out(c, 0.8));
    refused(lifted(), |c| out(c, 0.8001), too_far);
    let stop = |mm: f64| {
        move |c: &mut Case| {
            out(c, mm);
            c.permit.protrusion = Protrusion::new(Metres::from_mm(9.0));
        }
    };
    passes(lifted(), stop(1.2));
    refused(lifted(), stop(1.2001), too_far);
    refused(lifted(), |c| out(c, -1.51), too_far);
    let nan = |c: &mut Case| {
        out(c, 0.5);
        c.permit.protrusion = Protrusion::new(Metres::new(f64::NAN));
    };
    refused(lifted(), nan, too_far);
}

#[test]
fn the_gate() {
    refused(
        lifted(),
        |c| {
            out(c, 0.01);
            c.permit.open = false
        },
        |r| matches!(r, Refusal::GateClosed { .. }),
    );
    passes(lifted(), |c| {
        out(c, 0.0);
        c.permit.open = false
    });
}

#[test]
fn no_contact() {
    let is = |r: &Refusal| matches!(r, Refusal::NoContact { .. });
    let air = |c: &mut Case| (c.state.nose, c.state.axial_force) = (Metres::ZERO, Newtons::ZERO);
    refused(
        lifted(),
        |c| {
            out(c, 0.5);
            air(c)
        },
        is,
    );
    refused(
        lifted(),
        |c| {
            out(c, 0.5);
            (c.state.nose, c.state.axial_force) = (Metres::new(f64::NAN), Newtons::new(f64::NAN))
        },
        is,
    );
}
