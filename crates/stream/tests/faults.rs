//! Faults at every phase of a stroke: the reaction, its bound, and what must never happen.
//!
//! Rows follow `reference/faults.md` section 6 where software without a network can meet them; levels are those of the
//! design, section 9. Each row is injected at the fifth stroke, when the phase in question begins, in virtual time.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod common;

use std::sync::OnceLock;

use arm::{ArmDriver, ArmModel, ArmState, JointPos, Mode, Tool};
use common::*;
use frames::{Instant, Metres, Newtons, Protrusion, Span};
use nalgebra::{Isometry3, Vector3};
use stream::{Cause, Command, Config, Controller, Event, Fault, Input, Level, Phase};

/// What a row may change in a cycle: `k` cycles after the injection.
struct Cycle<'a> {
    k: u64,
    world: &'a mut Ideal,
    /// What the controller will see.
    state: &'a mut ArmState,
    input: &'a mut Input,
    /// Whole cycles that the loop sleeps too long before this step.
    late: &'a mut u64,
}

type Row = fn(Cycle<'_>);

/// The stroke at which rows are injected: by then the surface is trusted, and every phase occurs.
const AT: u32 = 4;
const DOTS: usize = 10;

/// What came of it.
#[derive(Debug)]
struct Report {
    fault: Option<Fault>,
    /// From the injection to the latch, to the order that calls the needle in, to the tip really being out.
    latched: Option<Span>,
    ordered: Option<Span>,
    out: Option<Span>,
    /// Insertions begun after the injection, before the fault; and after it.
    begun: u32,
    begun_after_fault: u32,
    /// Joint motion later than 600 ms after the fault: a needle that does not come is drawn back for 400 ms.
    crept: f64,
    /// Joint motion from the fault on.
    stopped_within: f64,
    silent: bool,
    events: Vec<Event>,
    /// Cycles remembered in the log, and whether its last one is the fault's.
    log: (usize, bool),
    deposits: usize,
    double: bool,
    force: f64,
    over: bool,
    /// Nose force in the last cycle.
    pressed: f64,
}

fn machine() -> &'static (ArmModel, Tool) {
    static MACHINE: OnceLock<(ArmModel, Tool)> = OnceLock::new();
    MACHINE.get_or_init(|| (model(), tool("voice_coil.toml")))
}

fn bench() -> (Controller, Ideal) {
    let (model, tool) = machine();
    let mut program = program(model, tool, 1, DOTS as u32);
    // A short way in: these runs are many.
    program.park = program.approach[0];
    program.approach.clear();
    program.retreat.clear();
    let driver = Ideal::new(model, tool, &program);
    (controller(model, tool, program, Config::default()), driver)
}

fn far(a: &JointPos, b: &JointPos) -> f64 {
    a.zip(b, |a, b| a - b).max_abs()
}

/// Injects `row` at `phase` of the fifth stroke and watches for `cycles`.
fn inject(phase: Phase, cycles: u64, row: Row) -> Report {
    let (mut controller, mut world) = bench();
    let mut state = world.state().unwrap();
    let mut due = state.at;
    let mut began: Option<(Instant, u64)> = None;
    let mut report = Report {
        fault: None,
        latched: None,
        ordered: None,
        out: None,
        begun: 0,
        begun_after_fault: 0,
        crept: 0.0,
        stopped_within: 0.0,
        silent: false,
        events: Vec::new(),
        log: (0, false),
        deposits: 0,
        double: false,
        force: 0.0,
        over: false,
        pressed: 0.0,
    };
    let mut at_fault: Option<JointPos> = None;
    let mut at_rest: Option<JointPos> = None;
    for n in 0..60_000_u64 {
        let (mut late, mut input) = (0, Input::FREE);
        if let Some((_, k0)) = began {
            row(Cycle { k: n - k0, world: &mut world, state: &mut state, input: &mut input, late: &mut late });
            for _ in 0..late {
                state = world.pass_by();
            }
        }
        let now = due + CYCLE.times(late as i64);
        let step = controller.step(now, due, &state, &input);
        let cycle = *controller.last_cycle().unwrap();
        let event = cycle.event;
        report.events.extend(event.filter(|_| began.is_some()));
        if let Some((t0, k0)) = began {
            if report.fault.is_none() && controller.fault().is_some() {
                report.fault = controller.fault().copied();
                report.latched = Some(now - t0);
                at_fault = world.said.map(|s| s.q);
            }
            if matches!(event, Some(Event::StrokeBegun { .. })) {
                if report.fault.is_some() { report.begun_after_fault += 1 } else { report.begun += 1 }
            }
            let rest = machine().1.needle.rest;
            match step {
                Ok(tick) => {
                    if tick.setpoint.protrusion == rest && report.ordered.is_none() {
                        report.ordered = Some(now - t0);
                    }
                    if let Some(q) = at_fault {
                        report.stopped_within = report.stopped_within.max(far(&q, &tick.setpoint.q));
                        let since = now - report.fault.unwrap().at;
                        if since >= Span::from_ms(600) {
                            let still = at_rest.get_or_insert(tick.setpoint.q);
                            report.crept = report.crept.max(far(still, &tick.setpoint.q));
                        }
                    }
                }
                Err(_) => report.silent = true,
            }
            if !world.needle_out() && report.out.is_none() {
                report.out = Some(now - t0);
            }
            if report.fault.is_some() {
                report.force = report.force.max(world.nose_force());
            }
            if n - k0 >= cycles {
                break;
            }
        } else if cycle.phase == phase && cycle.index == AT {
            began = Some((now, n + 1));
        }
        assert!(
            began.is_some() || controller.fault().is_none(),
            "fault before the injection: {:?}",
            controller.fault()
        );
        assert!(began.is_some() || !matches!(cycle.phase, Phase::Finished), "{phase:?} never came");
        state = match step {
            Ok(tick) => world.exchange(&tick.setpoint).unwrap(),
            Err(_) => world.pass_by(),
        };
        due += CYCLE.times(late as i64 + 1);
    }
    assert!(began.is_some(), "{phase:?} never came");
    let log: Vec<_> = controller.log().collect();
    report.log = (log.len(), log.last().is_some_and(|c| report.fault.is_none_or(|f| c.now == f.at)));
    report.deposits = world.deposits.len();
    report.double = world
        .deposits
        .iter()
        .enumerate()
        .any(|(i, d)| world.deposits[..i].iter().any(|e| (e.entry - d.entry).norm() < Metres::from_mm(0.6)));
    report.over = controller.is_over();
    report.pressed = world.nose_force();
    report
}

const ALL: [Phase; 9] = [
    Phase::Travel,
    Phase::Approach,
    Phase::Seek,
    Phase::Settle,
    Phase::Gate,
    Phase::Insert,
    Phase::Dwell,
    Phase::Withdraw,
    Phase::Lift,
];

/// What must hold after any fault, whatever it was.
#[track_caller]
fn invariants(name: &str, phase: Phase, r: &Report) {
    assert_eq!(r.begun_after_fault, 0, "{name} at {phase:?}: insertion after the fault");
    assert!(!r.double, "{name} at {phase:?}: a dot twice");
    assert!(r.crept <= 0.0, "{name} at {phase:?}: moved {} rad after it stood", r.crept);
    assert!(r.stopped_within <= 0.06, "{name} at {phase:?}: stopped only within {} rad", r.stopped_within);
    assert!(r.force <= 2.5, "{name} at {phase:?}: {} N after the fault", r.force);
    assert!(r.log.1, "{name} at {phase:?}: the log does not end with the fault");
}

/// A row that latches: cause, level, within `bound` of the injection; the order to withdraw comes in the same cycle, and
/// the tip is out within 10 ms of it.
#[track_caller]
fn latches(name: &str, phases: &[Phase], level: Level, bound: Span, row: Row, is: fn(&Cause) -> bool) {
    for &phase in phases {
        let r = inject(phase, 900, row);
        let fault = r.fault.unwrap_or_else(|| panic!("{name} at {phase:?}: no fault; {:?}", r.events));
        assert!(is(&fault.cause), "{name} at {phase:?}: {fault}");
        assert_eq!(fault.level, level, "{name} at {phase:?}: {fault}");
        assert!(r.latched.unwrap() <= bound, "{name} at {phase:?}: latched after {}", r.latched.unwrap());
        if level < Level::R4 {
            let ordered = r.ordered.unwrap_or_else(|| panic!("{name} at {phase:?}: never called in"));
            assert!(ordered <= r.latched.unwrap(), "{name} at {phase:?}: called in after {ordered}");
            let out = r.out.unwrap_or_else(|| panic!("{name} at {phase:?}: never out"));
            assert!(out <= r.latched.unwrap() + Span::from_ms(10), "{name} at {phase:?}: out after {out}");
            let first = r.events.iter().position(|e| matches!(e, Event::Faulted(_)));
            assert!(first.is_some(), "{name} at {phase:?}: nobody was told");
        }
        assert!(r.over, "{name} at {phase:?}: the run does not end");
        let began = r.events.iter().filter(|e| matches!(e, Event::StrokeBegun { .. })).count();
        let ended = r.events.iter().filter(|e| matches!(e, Event::Done(_))).count();
        let open = usize::from(matches!(phase, Phase::Insert | Phase::Dwell | Phase::Withdraw));
        // A stroke that was begun has an outcome, unless nothing may be said or the switch never comes.
        if level < Level::R3 {
            assert!(ended + 1 >= began + open, "{name} at {phase:?}: {began} begun, {ended} ended");
        }
        invariants(name, phase, &r);
    }
}

const ONE: Span = Span::from_ms(1);

macro_rules! rows {
    ($($test:ident: $phases:expr, $level:ident within $bound:expr, $cause:pat => $row:expr;)*) => {
        $(#[test]
        fn $test() {
            latches(stringify!($test), &$phases, Level::$level, $bound, $row, |cause| matches!(cause, $cause));
        })*
    };
}

rows! {
    // Row 42: force, within two milliseconds.
    force: ALL, R2 within ONE, Cause::Force { .. } => |c| c.state.axial_force = Newtons::new(2.1);
    force_rises: ALL, R2 within Span::from_ms(6), Cause::ForceRate { .. } | Cause::Force { .. } =>
        |c| c.state.axial_force = c.state.axial_force + Newtons::new(0.25 * (c.k + 1) as f64);
    nose_at_its_end: ALL, R2 within ONE, Cause::NoseAtEnd { .. } => |c| c.state.nose = Metres::from_mm(3.95);
    // Row 41: numbers.
    nan_position: ALL, R2 within ONE, Cause::StateInvalid { .. } => |c| c.state.q[2] = f64::NAN;
    nan_speed: ALL, R2 within ONE, Cause::StateInvalid { .. } => |c| c.state.qd[5] = f64::NAN;
    infinite_protrusion: ALL, R2 within ONE, Cause::StateInvalid { .. } =>
        |c| c.state.protrusion = Protrusion::new(Metres::new(f64::INFINITY));
    nan_nose: ALL, R2 within ONE, Cause::StateInvalid { .. } => |c| c.state.nose = Metres::new(f64::NAN);
    nan_force: ALL, R2 within ONE, Cause::StateInvalid { .. } => |c| c.state.axial_force = Newtons::new(f64::NAN);
    nan_head: ALL, R2 within ONE, Cause::StateInvalid { .. } => |c| {
        if let Some(head) = &mut c.state.head {
            head.base_from_head = frames::Pose::new(Isometry3::translation(f64::NAN, 0.0, 0.0));
        }
    };
    wrong_number_of_joints: ALL, R2 within ONE, Cause::StateInvalid { joints: 5, .. } => |c| c.state.q = JointPos::zeros(5);
    // Rows 18-21: the arm's own mode. The arm stands by itself then.
    starved: ALL, R2 within ONE, Cause::Starved => |c| { c.world.set_mode(Mode::Starved); c.state.mode = Mode::Starved };
    protective_stop: ALL, R2 within ONE, Cause::ProtectiveStop =>
        |c| { c.world.set_mode(Mode::ProtectiveStop); c.state.mode = Mode::ProtectiveStop };
    // Rows 29-34: the tracker.
    tracker_silent: ALL, R2 within Span::from_ms(62), Cause::TrackerAge { .. } => |c| c.world.tracker_on = false;
    tracker_frozen: ALL, R2 within Span::from_ms(60), Cause::TrackerFrozen { .. } => |c| {
        if let Some(head) = &mut c.state.head {
            head.base_from_head = base_from_head();
        }
    };
    tracker_leaps: ALL, R2 within Span::from_ms(30), Cause::TrackerJump { count: 3, .. } => |c| {
        if let Some(head) = &mut c.state.head {
            let moved = Isometry3::translation(0.02, 0.0, 0.0) * head.base_from_head.get();
            head.base_from_head = frames::Pose::new(moved);
        }
    };
    tracker_turns: ALL, R2 within Span::from_ms(30), Cause::TrackerJump { count: 3, .. } => |c| {
        if let Some(head) = &mut c.state.head {
            let turned = head.base_from_head.get() * Isometry3::rotation(Vector3::new(0.0, 0.0, 0.18));
            head.base_from_head = frames::Pose::new(turned);
        }
    };
    tracker_late: ALL, R2 within Span::from_ms(120), Cause::TrackerAge { .. } | Cause::TrackerLatency { .. } =>
        |c| c.world.latency = Span::from_ms(100);
    // Rows 36, 37: the head. A pose takes 10 ms to arrive and 8.3 ms to the next frame.
    head_at_40_mm_per_s: ALL, R2 within Span::from_ms(60), Cause::HeadSpeed { .. } => |c| {
        if c.k == 0 {
            let t0 = c.world.now.seconds() - 1.0;
            c.world.motion = Box::new(move |t| Isometry3::translation(0.0, 0.042 * (t - t0).max(0.0), 0.0));
        }
    };
    // Rows 38, 39: the arm is not where it should be.
    joint_lags: ALL, R2 within Span::from_ms(60), Cause::Following { .. } => |c| c.state.q[5] += 1e-4 * (c.k + 1) as f64;
    encoder_leaps: ALL, R3 within ONE, Cause::Encoder { .. } => |c| c.state.q[5] += 0.0045;
    nose_leaps: ALL, R3 within ONE, Cause::Encoder { .. } | Cause::Position { .. } => |c| c.state.q[0] += 0.005;
    nose_elsewhere: ALL, R3 within Span::from_ms(60), Cause::Position { .. } | Cause::Following { .. } =>
        |c| c.state.q[0] += 0.02;
    // Rows 3, 5, 24, 28: the link.
    link_silent: ALL, R2 within Span::from_ms(11), Cause::StateLost { .. } => |c| {
        if let Some(last) = FROZEN.with(|f| { let mut f = f.borrow_mut(); if c.k == 0 { *f = Some(*c.state) } *f }) {
            *c.state = last;
        }
    };
    arm_restarts: ALL, R3 within ONE, Cause::ArmRestarted { .. } => |c| c.state.at = Instant::START + ONE;
    script_hangs: ALL, R2 within Span::from_ms(22), Cause::SetpointsIgnored { .. } => |c| {
        let seq = FROZEN.with(|f| { let mut f = f.borrow_mut(); if c.k == 0 { *f = Some(*c.state) } f.and_then(|s| s.seq) });
        c.state.seq = seq;
    };
    // Rows 8, 9, 52: the loop.
    five_cycles_late: ALL, R2 within Span::from_ms(6), Cause::Late { cycles: 5, .. } => |c| if c.k == 0 { *c.late = 5 };
    stalled_35_ms: ALL, R2 within Span::from_ms(36), Cause::Late { .. } => |c| if c.k == 0 { *c.late = 35 };
    stopped_for_2_s: ALL, R3 within Span::from_ms(2_001), Cause::Late { .. } => |c| if c.k == 0 { *c.late = 2_000 };
    // The needle.
    needle_too_far: [Phase::Insert, Phase::Dwell], R2 within ONE, Cause::NeedleTooFar { .. } =>
        |c| c.state.protrusion = Protrusion::new(Metres::from_mm(1.05));
    needle_adrift: [Phase::Travel, Phase::Approach, Phase::Seek, Phase::Settle, Phase::Gate, Phase::Lift], R3 within ONE,
        Cause::NeedleAdrift { .. } => |c| c.state.protrusion = Protrusion::new(Metres::from_mm(0.2));
    // A person.
    halted: ALL, R3 within ONE, Cause::Operator => |c| if c.k == 0 { c.input.command = Some(Command::Halt) };
}

thread_local! {
    static FROZEN: std::cell::RefCell<Option<ArmState>> = const { std::cell::RefCell::new(None) };
}

/// Row 37: 200 mm/s. The first pose may still show less; then it is withdrawn for that, and the first fault wins.
#[test]
fn startle() {
    let reports = ALL.map(|phase| {
        let r = inject(phase, 900, |c| {
            if c.k == 0 {
                let t0 = c.world.now.seconds() - 1.0;
                c.world.motion = Box::new(move |t| Isometry3::translation(0.0, 0.2 * (t - t0).clamp(0.0, 0.2), 0.0));
            }
        });
        let fault = r.fault.unwrap();
        assert!(matches!(fault.cause, Cause::HeadSpeed { .. }), "{phase:?}: {fault}");
        // A frame of the tracker, its latency, and the next frame; the needle is out 10 ms after that.
        assert!(r.latched.unwrap() <= Span::from_ms(30), "{phase:?}: {}", r.latched.unwrap());
        assert!(r.out.unwrap() <= r.latched.unwrap() + Span::from_ms(10), "{phase:?}");
        invariants("startle", phase, &r);
        fault.level
    });
    assert!(reports.iter().all(|l| *l >= Level::R2));
    assert!(reports.iter().filter(|l| **l == Level::R3).count() >= 3, "{reports:?}");
}

/// Row 20: nothing is sent any more, and the needle's heartbeat ends with it.
#[test]
fn emergency_stop_silences() {
    for phase in ALL {
        let r = inject(phase, 400, |c| {
            c.world.set_mode(Mode::EmergencyStop);
            c.state.mode = Mode::EmergencyStop;
        });
        assert_eq!(r.fault.unwrap().level, Level::R4, "{phase:?}");
        assert!(r.silent && r.over, "{phase:?}");
        assert_eq!(r.begun_after_fault, 0, "{phase:?}");
    }
    // A stop that is released does not wake it.
    let r = inject(Phase::Travel, 400, |c| {
        if c.k < 3 {
            c.state.mode = Mode::EmergencyStop;
        }
    });
    assert!(r.silent && r.over && r.ordered.is_none_or(|t| t <= Span::ZERO), "{r:?}");
}

/// Row 45: a needle that does not come back is drawn back by the arm, slowly, and nothing else moves.
#[test]
fn needle_jams() {
    for phase in [Phase::Insert, Phase::Dwell] {
        let r = inject(phase, 1_200, |c| c.world.jammed = c.k >= 4);
        let fault = r.fault.unwrap();
        assert!(matches!(fault.cause, Cause::NeedleJam { .. }), "{phase:?}: {fault}");
        assert_eq!(fault.level, Level::R3);
        assert!(r.latched.unwrap() <= Span::from_ms(150), "{}", r.latched.unwrap());
        // Off the skin: drawn back by the lift and the press.
        assert!(r.stopped_within > 0.003, "not drawn back: {}", r.stopped_within);
        invariants("jam", phase, &Report { crept: 0.0, ..r });
    }
}

/// The first cause wins, whatever comes after it.
#[test]
fn the_first_fault_wins() {
    let r = inject(Phase::Dwell, 400, |c| {
        if c.k == 0 {
            c.state.axial_force = Newtons::new(2.5);
        } else if c.k > 2 {
            c.state.nose = Metres::from_mm(3.95);
        }
    });
    assert!(matches!(r.fault.unwrap().cause, Cause::Force { .. }), "{:?}", r.fault);
    assert_eq!(r.events.iter().filter(|e| matches!(e, Event::Faulted(_))).count(), 1);
    assert_eq!(r.log.0, 500);
    let done = r.events.iter().find_map(|e| if let Event::Done(o) = e { Some(*o) } else { None }).unwrap();
    assert!(matches!(done.aborted, Some(Cause::Force { .. })), "{done:?}");
}

/// All ordered pairs of a dozen faults, while the needle is in: one cause, needle in, nothing moves.
#[test]
fn pairs() {
    const FAULTS: [fn(&mut ArmState, &mut Ideal); 8] = [
        |s, _| s.axial_force = Newtons::new(3.0),
        |s, _| s.nose = Metres::new(f64::NAN),
        |s, _| s.q[1] += 0.01,
        |s, _| s.mode = Mode::ProtectiveStop,
        |s, _| s.at = Instant::START,
        |s, _| s.protrusion = Protrusion::new(Metres::from_mm(1.15)),
        |s, _| s.head = None,
        |_, w| w.tracker_on = false,
    ];
    thread_local! { static PAIR: std::cell::Cell<(usize, usize)> = const { std::cell::Cell::new((0, 0)) }; }
    for a in 0..FAULTS.len() {
        for b in 0..FAULTS.len() {
            PAIR.set((a, b));
            let r = inject(Phase::Dwell, 700, |c| {
                let (a, b) = PAIR.get();
                let which = if c.k < 3 { a } else { b };
                FAULTS[which](c.state, c.world);
            });
            let out = r.out.unwrap();
            assert!(out <= Span::from_ms(70), "{a} {b}: out after {out}");
            assert!(r.begun_after_fault == 0 && !r.double, "{a} {b}: {r:?}");
            assert!(r.crept <= 0.0, "{a} {b}: crept {}", r.crept);
        }
    }
}

/// Rows that are no faults: the run goes on, nothing is begun meanwhile, nothing happens twice.
#[track_caller]
fn survives(name: &str, phases: &[Phase], row: Row) {
    for &phase in phases {
        let r = inject(phase, 6_000, row);
        assert!(r.fault.is_none(), "{name} at {phase:?}: {}", r.fault.unwrap());
        assert!(r.over, "{name} at {phase:?}: does not end; {:?}", r.events.last());
        assert!(!r.double && r.deposits == DOTS, "{name} at {phase:?}: {} dots, {:?}", r.deposits, r.events);
    }
}

#[test]
fn a_late_cycle_is_no_event() {
    survives("one late", &ALL, |c| {
        if c.k == 0 {
            *c.late = 1
        }
    });
    let r = inject(Phase::Approach, 3_000, |c| {
        if c.k == 0 {
            *c.late = 1
        }
    });
    assert!(!r.events.iter().any(|e| matches!(e, Event::Held(_))));
}

#[test]
fn three_late_cycles_hold_and_go_on() {
    survives("three late", &ALL, |c| {
        if c.k == 0 {
            *c.late = 3
        }
    });
    let r = inject(Phase::Approach, 3_000, |c| {
        if c.k == 0 {
            *c.late = 3
        }
    });
    assert!(
        r.events.iter().any(|e| matches!(e, Event::Held(_)))
            && r.events.iter().any(|e| matches!(e, Event::Resumed { .. }))
    );
}

/// Rows 1, 2, 4, 5: lost, repeated and reordered packages.
#[test]
fn packages() {
    survives("one lost", &ALL, |c| lose(c, 1));
    survives("five lost", &ALL, |c| lose(c, 5));
    survives("reordered", &ALL, |c| {
        if c.k == 2 {
            c.state.at = c.state.at - Span::from_ms(3);
        }
    });
}

fn lose(c: Cycle<'_>, n: u64) {
    FROZEN.with(|f| {
        let mut f = f.borrow_mut();
        if c.k == 0 {
            *f = Some(*c.state);
        } else if c.k <= n
            && let Some(last) = *f
        {
            *c.state = last;
        }
    });
}

/// Row 36: above 15 mm/s nothing begins; below again, everything goes on.
#[test]
fn a_moving_head_is_waited_for() {
    let row: Row = |c| {
        if c.k == 0 {
            let t0 = c.world.now.seconds() - 1.0;
            c.world.motion = Box::new(move |t| {
                // Eased in and out, 19 mm/s in the middle, 0.4 s long.
                let u = ((t - t0) / 0.6).clamp(0.0, 1.0);
                Isometry3::translation(0.0, 0.006 * u * u * u * (10.0 + u * (6.0 * u - 15.0)), 0.0)
            });
        }
    };
    let r = inject(Phase::Travel, 9_000, row);
    assert!(r.fault.is_none() && !r.double, "{:?}", r.fault);
    assert!(r.over && r.deposits >= DOTS - 1, "{} {:?}", r.deposits, r.events);
}

/// Design section 4: outside the budget the rest is planned again; nothing begins meanwhile.
#[test]
fn outside_the_correction_budget_it_holds() {
    let r = inject(Phase::Travel, 4_000, |c| {
        if c.k == 0 {
            let t0 = c.world.now.seconds() - 1.0;
            c.world.motion = Box::new(move |t| Isometry3::translation(0.0, 0.012 * (t - t0).clamp(0.0, 1.5), 0.0));
        }
    });
    assert!(r.fault.is_none(), "{:?}", r.fault);
    let held = r
        .events
        .iter()
        .position(|e| matches!(e, Event::Held(h) if matches!(h.why, stream::HoldWhy::Cause(Cause::Correction { .. }))));
    let held = held.unwrap_or_else(|| panic!("not held: {:?}", r.events));
    assert!(!r.events[held..].iter().any(|e| matches!(e, Event::StrokeBegun { .. })), "began outside the budget");
}

/// Row 44: the surface is 2 mm higher or lower than believed: the dots are dropped, and five in a row ask for a person.
#[test]
fn contact_too_early_or_too_late_drops_the_dot() {
    let rows: [Row; 2] = [
        |c| {
            if c.k == 0 {
                c.world.surface = Box::new(|_| -0.0019)
            }
        },
        |c| {
            if c.k == 0 {
                c.world.surface = Box::new(|_| 0.0022)
            }
        },
    ];
    for (row, early) in rows.into_iter().zip([true, false]) {
        let r = inject(Phase::Travel, 9_000, row);
        assert!(r.fault.is_none(), "{:?}", r.fault);
        assert_eq!(r.begun, 0, "{:?}", r.events);
        let skipped = r
            .events
            .iter()
            .filter(|e| match e {
                Event::Skipped { why, .. } if early => {
                    matches!(why, stream::Why::ContactEarly { .. } | stream::Why::TouchedInTravel)
                }
                Event::Skipped { why, .. } => matches!(why, stream::Why::ContactLate { .. }),
                _ => false,
            })
            .count();
        assert_eq!(skipped, 5, "{:?}", r.events);
        assert!(matches!(r.events.last(), Some(Event::Held(h)) if h.operator), "{:?}", r.events.last());
    }
}

/// Row 43: a force sensor that repeats itself or is off in the air: no further insertion after this dot.
#[test]
fn a_dead_force_sensor_is_found_in_the_air() {
    for row in [(|c: Cycle<'_>| c.state.axial_force = Newtons::new(0.05)) as Row, |c| {
        c.state.axial_force = c.state.axial_force + Newtons::new(0.4)
    }] {
        let r = inject(Phase::Lift, 4_000, row);
        assert!(r.fault.is_none(), "{:?}", r.fault);
        assert_eq!(r.begun, 0, "{:?}", r.events);
        let sensor = |e: &Event| matches!(e, Event::Held(h) if matches!(h.why, stream::HoldWhy::Cause(Cause::ForceSensor { .. })));
        assert!(r.events.iter().any(sensor), "{:?}", r.events);
    }
}

/// Row 50: the writer does not extend the lease: the arm waits above the next dot.
#[test]
fn the_lease_runs_out() {
    for phase in ALL {
        let r = inject(phase, 3_000, |c| c.input.lease = 6);
        assert!(r.fault.is_none(), "{:?}", r.fault);
        assert_eq!(r.deposits, 6, "{phase:?}: {:?}", r.events);
        assert!(
            matches!(r.events.last(), Some(Event::Held(h)) if h.why == stream::HoldWhy::Lease),
            "{:?}",
            r.events.last()
        );
    }
    // Taken back while the nose is on the skin: the gate stays closed.
    let r = inject(Phase::Settle, 3_000, |c| c.input.lease = 4);
    assert_eq!(r.deposits, 4, "{:?}", r.events);
}

/// Events that nobody takes over hold before the next insertion.
#[test]
fn a_backlog_holds() {
    let r = inject(Phase::Lift, 3_000, |c| c.input.backlog = true);
    assert!(r.fault.is_none());
    assert_eq!(r.begun, 0, "{:?}", r.events);
    let backlog = |e: &Event| matches!(e, Event::Held(h) if h.why == stream::HoldWhy::Backlog);
    assert!(r.events.iter().any(backlog), "{:?}", r.events);
    // It waits above the skin, not on it.
    assert!(!r.events.iter().any(|e| matches!(e, Event::Skipped { .. })) && r.pressed <= 0.0, "{}", r.pressed);
    let r = inject(Phase::Seek, 3_000, |c| c.input.backlog = true);
    assert_eq!(r.begun, 0, "{:?}", r.events);
}

#[test]
fn pause_resume_step_skip_stop() {
    let r = inject(Phase::Approach, 3_000, |c| {
        if c.k == 0 {
            c.input.command = Some(Command::Pause)
        }
    });
    assert_eq!(r.begun, 0, "{:?}", r.events);
    let r = inject(Phase::Dwell, 9_000, |c| {
        c.input.command = match c.k {
            0 => Some(Command::Pause),
            1_500 => Some(Command::StepOne),
            4_000 => Some(Command::Resume),
            _ => None,
        }
    });
    assert!(r.over && r.deposits == DOTS, "{} {:?}", r.deposits, r.events);
    for phase in ALL {
        let r = inject(phase, 9_000, |c| {
            if c.k == 0 {
                c.input.command = Some(Command::Skip)
            }
        });
        assert!(r.over && r.fault.is_none(), "{phase:?}");
        // A dot that has begun is not dropped.
        let dropped = usize::from(!matches!(phase, Phase::Insert | Phase::Dwell | Phase::Withdraw));
        assert_eq!(r.deposits, DOTS - dropped, "{phase:?}: {:?}", r.events);
        let r = inject(phase, 3_000, |c| {
            if c.k == 0 {
                c.input.command = Some(Command::Stop)
            }
        });
        assert!(r.over && r.fault.is_none(), "{phase:?}: {:?}", r.events);
        assert!(matches!(r.events.last(), Some(Event::Finished { .. })), "{phase:?}: {:?}", r.events);
        assert_eq!(r.begun, 0, "{phase:?}");
        assert!(r.out.unwrap() <= Span::from_ms(15), "{phase:?}: {}", r.out.unwrap());
    }
}
