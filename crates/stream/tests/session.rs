//! What is refused before the first motion.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod common;

use arm::{ArmModel, Program, Tool};
use common::*;
use frames::{Metres, Newtons, Penetration, Protrusion, Span};
use nalgebra::Translation3;
use stream::{Cause, Config, Ended, Refused, Session, run_virtual};

struct Case {
    model: ArmModel,
    tool: Tool,
    program: Program,
    config: Config,
    cycle: Span,
    spoil: Option<usize>,
}

#[track_caller]
fn check(edit: impl FnOnce(&mut Case), is: impl Fn(Option<Refused>) -> bool) {
    let (model, tool) = (model(), tool("voice_coil.toml"));
    let program = program(&model, &tool, 1, 2);
    let mut c = Case { model, tool, program, config: Config::default(), cycle: CYCLE, spoil: None };
    edit(&mut c);
    let mut there = digests(&c.program);
    if let Some(k) = c.spoil {
        let all = [&mut there.scene, &mut there.scan, &mut there.arm, &mut there.tool];
        all.into_iter().nth(k).unwrap()[7] ^= 1;
    }
    let refused = Session::new().arm(c.program, &c.model, &c.tool, &there, c.config, c.cycle).err().map(|(_, why)| why);
    assert!(is(refused), "{refused:?}");
}

#[test]
fn a_good_program_is_armed() {
    check(|_| (), |r| r.is_none());
}

#[test]
fn made_for_something_else() {
    for (k, name) in ["scene", "scan", "arm", "tool"].into_iter().enumerate() {
        check(|c| c.spoil = Some(k), |r| r == Some(Refused::OtherDigest { what: name }));
    }
}

#[test]
fn programs_that_cannot_be() {
    check(|c| c.program.strokes.clear(), |r| r == Some(Refused::Empty));
    check(|c| c.program.park = arm::JointPos::zeros(7), |r| matches!(r, Some(Refused::Joints { program: 7, arm: 6 })));
    check(|c| c.program.park[2] = 3.2, |r| matches!(r, Some(Refused::Range { site: None })));
    check(|c| c.program.approach[0][1] = f64::NAN, |r| matches!(r, Some(Refused::Range { site: None })));
    check(|c| c.program.limits.jerk[3] *= 2.0, |r| matches!(r, Some(Refused::Limits { joint: 3 })));
    check(|c| c.program.strokes[1].touch[0] = f64::NAN, |r| matches!(r, Some(Refused::Number { .. })));
    check(|c| c.program.strokes[1].dwell = Span::from_ms(1_001), |r| matches!(r, Some(Refused::Number { .. })));
    check(|c| c.program.strokes[0].touch[0] += 0.002, |r| matches!(r, Some(Refused::Pose { .. })));
    check(
        |c| {
            c.tool.flange_from_tcp = frames::Pose::new(c.tool.flange_from_tcp.get() * Translation3::new(0.0, 1e-4, 0.0))
        },
        |r| matches!(r, Some(Refused::Pose { .. })),
    );
    check(|c| c.program.strokes[0].lifted = c.program.strokes[1].lifted, |r| matches!(r, Some(Refused::Lift { .. })));
    check(|c| c.program.strokes[0].lifted = c.program.strokes[0].touch, |r| matches!(r, Some(Refused::Lift { .. })));
    let protrusion =
        |mm: f64| move |c: &mut Case| c.program.strokes[0].protrusion = Protrusion::new(Metres::from_mm(mm));
    check(protrusion(1.2), |r| r.is_none());
    check(protrusion(1.21), |r| matches!(r, Some(Refused::Protrusion { .. })));
    check(protrusion(0.0), |r| matches!(r, Some(Refused::Protrusion { .. })));
    let target = |mm: f64| move |c: &mut Case| c.program.strokes[0].target = Penetration::new(Metres::from_mm(mm));
    check(target(0.80), |r| r.is_none());
    check(target(0.81), |r| matches!(r, Some(Refused::Depth { .. })));
}

#[test]
fn settings_that_switch_a_rule_off() {
    check(|c| c.cycle = Span::from_ms(20), |r| matches!(r, Some(Refused::Cycle { .. })));
    check(|c| c.tool.nose.contact = Newtons::new(1.6), |r| matches!(r, Some(Refused::Contact { .. })));
    check(
        |c| c.config.bounds.force = Newtons::new(f64::NAN),
        |r| matches!(r, Some(Refused::Setting { what: "force", .. })),
    );
    check(
        |c| c.config.bounds.valid_for = Span::from_ms(21),
        |r| matches!(r, Some(Refused::Setting { what: "valid_for", .. })),
    );
    check(|c| c.config.speeds.share = 1.0, |r| matches!(r, Some(Refused::Setting { what: "share", .. })));
    check(|c| c.config.tracking.bandwidth = 0.0, |r| matches!(r, Some(Refused::Setting { .. })));
}

#[test]
fn an_arm_that_is_not_parked_does_not_move() {
    let (model, tool) = (model(), tool("voice_coil.toml"));
    let program = program(&model, &tool, 1, 2);
    let mut elsewhere = program.clone();
    elsewhere.park[1] += 0.05;
    let mut world = Ideal::new(&model, &tool, &elsewhere);
    let mut controller = controller(&model, &tool, program, Config::default());
    let mut moved = 0.0_f64;
    let caught = run_virtual(&mut controller, &mut world, &mut |c: &stream::Cycle| {
        moved = moved.max(c.setpoint.unwrap().q.zip(&elsewhere.park, |a, b| a - b).max_abs());
    });
    assert!(matches!(caught.unwrap().ended, Ended::Faulted(f) if matches!(f.cause, Cause::NotParked { .. })));
    assert!(moved <= 0.0, "{moved}");
}

#[test]
fn a_head_that_is_elsewhere_is_planned_again_first() {
    let (model, tool) = (model(), tool("voice_coil.toml"));
    let program = program(&model, &tool, 1, 2);
    let mut world = Ideal::new(&model, &tool, &program);
    world.motion = Box::new(|_| nalgebra::Isometry3::translation(0.016, 0.0, 0.0));
    let mut controller = controller(&model, &tool, program, Config::default());
    let caught = run_virtual(&mut controller, &mut world, &mut |_: &stream::Cycle| ()).unwrap();
    assert!(
        matches!(caught.ended, Ended::Held(h) if matches!(h.why, stream::HoldWhy::Cause(Cause::Correction { .. }))),
        "{caught:?}"
    );
}
