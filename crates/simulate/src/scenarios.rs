//! Tests of the whole world, driven by hand-made setpoints.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use arm::{ArmDriver, ArmModel, ArmState, JointPos, JointVel, Mode, Motion, Setpoint, Tool};
use frames::{Base, Head, Instant, Metres, Pose, Protrusion, Radians, Seed, Span, Tcp};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use proptest::prelude::*;
use skin::{Group, Insertion, Zone};

use crate::fixture::{self, RADIUS};
use crate::{Faulty, Imperfections, Obstacle, SimArm, Solid};

/// A robot over the top of a ball, and the hand that drives it.
struct Rig<D> {
    driver: D,
    arm: ArmModel,
    tool: Tool,
    seq: u64,
    at: Instant,
    q: JointPos,
    protrusion: f64,
}

const HEAD: Vector3<f64> = Vector3::new(0.0, 0.45, 0.20);

fn base_from_head() -> Pose<Base, Head> {
    Pose::new(Isometry3::from_parts(Translation3::from(HEAD), UnitQuaternion::from_euler_angles(0.0, 0.0, 0.4)))
}

/// Nose `height` above the top of the ball, `aside` of it, needle straight down.
fn base_from_tcp(height: f64, aside: f64, spin: f64) -> Pose<Base, Tcp> {
    let down = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), std::f64::consts::PI);
    let spin = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), spin);
    let at = HEAD + Vector3::new(aside, 0.0, RADIUS + height);
    Pose::new(Isometry3::from_parts(Translation3::from(at), spin * down))
}

/// A posture with the nose there: over all spins, the one nearest to an elbow-up seed.
fn posture(arm: &ArmModel, tool: &Tool, height: f64, aside: f64) -> JointPos {
    let seed = JointPos::from_slice(&[1.2, -1.6, 1.9, -1.9, -1.6, 0.0]).unwrap();
    let mut best: Option<(f64, JointPos)> = None;
    for k in 0..24 {
        let spin = std::f64::consts::TAU * f64::from(k) / 24.0;
        let flange = base_from_tcp(height, aside, spin) * tool.flange_from_tcp.inverse();
        for (_, q) in arm.inverse_around(&flange, &seed).iter() {
            let far = q.zip(&seed, |a, b| a - b).iter().map(|v| v * v).sum::<f64>();
            if best.is_none_or(|(least, _)| far < least) {
                best = Some((far, *q));
            }
        }
    }
    best.unwrap().1
}

fn zones() -> crate::Zones {
    Arc::new(|_| Zone::FrontalMid.facts())
}

fn sim(tool: Tool, imperfections: &Imperfections, seed: u64) -> Rig<SimArm> {
    let arm = fixture::arm();
    let q = posture(&arm, &tool, 0.01, 0.0);
    let surface = fixture::sphere();
    let driver = SimArm::new(&arm, &tool, &surface, &base_from_head(), &q, imperfections, zones(), Seed(seed)).unwrap();
    let protrusion = tool.needle.rest.get();
    Rig { driver, arm, tool, seq: 0, at: Instant::START, q, protrusion }
}

impl<D: ArmDriver> Rig<D> {
    /// One cycle towards `q` with speed `qd` at its end.
    fn tell(&mut self, q: JointPos, qd: JointVel) -> ArmState {
        self.seq += 1;
        self.at += Span::from_ms(1);
        self.q = q;
        let protrusion = Protrusion::new(Metres::new(self.protrusion));
        let setpoint = Setpoint { seq: self.seq, at: self.at, q, qd, protrusion, valid_for: Span::from_ms(20) };
        self.driver.exchange(&setpoint).unwrap()
    }

    fn hold(&mut self, ms: u32) -> ArmState {
        let still = JointVel::zeros(6);
        let mut state = self.driver.state().unwrap();
        for _ in 0..ms {
            state = self.tell(self.q, still);
        }
        state
    }

    /// Rest to rest.
    fn go(&mut self, to: &JointPos) -> ArmState {
        let motion = Motion::between(&self.q, to, &self.arm.limits);
        let n = (motion.seconds() * 1e3).ceil() as i64;
        for k in 1..=n {
            let (q, qd) = motion.at(Span::from_ms(k));
            self.tell(q, qd);
        }
        self.hold(1)
    }

    /// Straight down at `speed` m/s until `stop` says so or the nose is `depth` below the top.
    fn descend(&mut self, speed: f64, depth: f64, stop: impl Fn(&ArmState) -> bool) -> ArmState {
        let start = self.arm.forward(&self.q) * self.tool.flange_from_tcp;
        let above = start.origin().coords.z - (HEAD.z + RADIUS);
        let n = ((above + depth) / speed * 1e3) as i32;
        let mut state = self.driver.state().unwrap();
        for k in 1..=n {
            let down = Translation3::new(0.0, 0.0, -speed * 1e-3 * f64::from(k));
            let flange = Pose::new(down * start.get()) * self.tool.flange_from_tcp.inverse();
            let q = self.arm.inverse_near(&flange, &self.q).unwrap();
            let qd = JointVel::from_slice(&q.zip(&self.q, |a, b| (a - b) / 1e-3)).unwrap();
            state = self.tell(q, qd);
            if stop(&state) {
                break;
            }
        }
        state
    }

    /// Out, dwell, in.
    fn strike(&mut self, protrusion: f64, dwell_ms: u32) {
        self.protrusion = protrusion;
        self.hold(dwell_ms);
        self.protrusion = self.tool.needle.rest.get();
        self.hold(20);
    }
}

#[test]
fn a_perfect_arm_is_where_it_is_told_to_be() {
    let mut rig = sim(fixture::tool(), &Imperfections::none(), 1);
    rig.hold(200);
    let (from, tool) = (rig.q, rig.tool.clone());
    let to = posture(&rig.arm, &tool, 0.01, 0.08);
    let motion = Motion::between(&from, &to, &rig.arm.limits);
    let mut worst: f64 = 0.0;
    for k in 1..=(motion.seconds() * 1e3) as i64 {
        let (q, qd) = motion.at(Span::from_ms(k));
        rig.tell(q, qd);
        let wanted = rig.arm.forward(&q) * tool.flange_from_tcp;
        let said = rig.driver.state().unwrap();
        let truth = rig.driver.truth();
        worst = worst.max((truth.base_from_tcp.origin() - wanted.origin()).norm().get());
        assert_eq!(said.q, truth.q);
    }
    assert!(worst < 10e-6, "{worst}");
    assert_eq!(rig.driver.truth().accidents, []);
}

#[test]
fn imperfect_arms_differ_from_their_model_and_lag() {
    let mut rig = sim(fixture::tool(), &Imperfections::default(), 1);
    rig.hold(300);
    let wanted = rig.arm.forward(&rig.q) * rig.tool.flange_from_tcp;
    let off = (rig.driver.truth().base_from_tcp.origin() - wanted.origin()).norm().get();
    assert!((2e-5..2e-3).contains(&off), "{off}");
    let to = posture(&rig.arm, &rig.tool, 0.01, 0.05);
    rig.go(&to);
    let late = rig.driver.truth().q.zip(&to, |a, b| a - b).max_abs();
    rig.hold(400);
    let settled = rig.driver.truth().q.zip(&to, |a, b| a - b).max_abs();
    assert!(late > 20.0 * settled && settled < 1e-5, "{late} {settled}");
}

#[test]
fn the_nose_finds_the_skin_where_it_is() {
    let mut rig = sim(fixture::tool(), &Imperfections::none(), 1);
    rig.descend(5e-3, 2e-3, |s| s.axial_force.get() > 0.0);
    let height = rig.driver.truth().base_from_tcp.origin().coords.z - (HEAD.z + RADIUS);
    // One step of 5 um, facets of 6 um, and the ring's edge on a normal that facets tilt by a few mrad.
    assert!(height.abs() < 3e-5, "{height}");
    rig.descend(5e-3, 2e-3, |_| false);
    let truth = rig.driver.truth();
    let back = truth.nose.get();
    assert!((rig.tool.nose.force(truth.nose).get() - truth.nose_force.get()).abs() < 0.05, "{truth:?}");
    assert!((1.2e-3..2e-3).contains(&back), "{back}");
}

#[test]
fn penetration_is_the_skins_law() {
    let mut rig = sim(fixture::tool(), &Imperfections::none(), 1);
    rig.descend(5e-3, 1.7e-3, |_| false);
    rig.hold(300);
    let pressed = rig.driver.truth().nose_force.get();
    assert!((0.7..0.9).contains(&pressed), "{pressed}");
    rig.strike(0.6e-3, 12);
    let hit = *rig.driver.truth().hits.last().unwrap();
    assert_eq!(rig.driver.truth().hits.len(), 1);
    let local = skin::Local { ..hit.skin };
    let group = Group::ONE;
    let bulge = skin::bulge(skin::ring_indentation(frames::Newtons::new(pressed)).unwrap());
    let aim = Insertion {
        protrusion: hit.protrusion,
        bulge,
        speed: hit.speed,
        tilt: hit.tilt,
        nose_radius: rig.tool.nose.radius,
    };
    let law = skin::penetration(&local, &group, &aim, 0.0).unwrap().get();
    // The law with no dwell is the least; the dent relaxes a little while the needle stands.
    let got = hit.penetration.get();
    assert!(got >= law - 5e-6 && got < law + 1.5e-5, "{got} {law}");
    assert!((0.4e-3..0.75e-3).contains(&got) && hit.speed > 0.4, "{hit:?}");
    assert!(hit.inside() <= Span::from_ms(30) && hit.inside() > Span::from_ms(3), "{}", hit.inside());
    assert!((hit.entry.coords.coords - Vector3::z() * RADIUS).norm() < 5e-5, "{}", hit.entry.coords);
    assert!(hit.drag.get() < 1e-5 && hit.tilt < Radians::from_degrees(0.7));
    assert!((hit.ink - skin::ink_volume(group.diameter(), hit.penetration, local.fill).unwrap()).abs() < 1e-18);
}

#[test]
fn a_needle_that_only_dents_makes_no_hit() {
    let mut rig = sim(fixture::tool(), &Imperfections::none(), 1);
    rig.descend(5e-3, 1.7e-3, |_| false);
    rig.strike(0.02e-3, 12);
    assert_eq!(rig.driver.truth().hits, []);
    // Nor in the air.
    let lifted = posture(&rig.arm, &rig.tool, 0.01, 0.0);
    rig.go(&lifted);
    rig.strike(1.2e-3, 12);
    assert_eq!(rig.driver.truth().hits, []);
}

#[test]
fn a_starved_arm_withdraws_and_stops() {
    let mut rig = sim(fixture::tool(), &Imperfections::default(), 2);
    let mut trial = sim(fixture::tool(), &Imperfections::none(), 2);
    for rig in [&mut rig, &mut trial] {
        rig.descend(5e-3, 2e-3, |s| s.axial_force.get() > 0.6);
        rig.hold(60);
        rig.protrusion = 0.7e-3;
        rig.hold(12);
        assert!(rig.driver.truth().penetration.get() > 0.1e-3);
        // Silence. The last setpoint holds for 20 ms; then 10 ms for the tip to be out of the skin.
        let mut out = None;
        for k in 1..=200 {
            let state = rig.driver.idle();
            assert_eq!(state.mode == Mode::Starved, k > 20, "{k}");
            if out.is_none() && rig.driver.truth().penetration.get() <= 0.0 {
                out = Some(k);
            }
        }
        assert!(out.is_some_and(|k| k <= 30), "{out:?}");
        let state = rig.driver.idle();
        assert!(state.withdrawn);
        assert!(rig.driver.truth().hits.len() == 1);
        let (before, _) = (rig.driver.truth().q, rig.driver.idle());
        assert!(rig.driver.truth().q.zip(&before, |a, b| a - b).max_abs() < 1e-9);
        // Whoever speaks again without a jump is heard.
        rig.at = state.at + Span::from_ms(1);
        rig.protrusion = rig.tool.needle.rest.get();
        assert_eq!(rig.hold(1).mode, Mode::Running);
    }
}

#[test]
fn starving_at_full_speed_is_no_jump() {
    let mut rig = sim(fixture::tool(), &Imperfections::none(), 1);
    let to = posture(&rig.arm, &rig.tool, 0.15, 0.15);
    let motion = Motion::between(&rig.q, &to, &rig.arm.limits);
    for k in 1..(motion.seconds() * 500.0) as i64 {
        let (q, qd) = motion.at(Span::from_ms(k));
        rig.tell(q, qd);
    }
    let mut speed = rig.driver.idle().qd;
    assert!(speed.max_abs() > 0.3);
    for _ in 0..1000 {
        let next = rig.driver.idle().qd;
        let jump = next.zip(&speed, |a, b| a - b).max_abs();
        // Braking at the limit, 1 ms at a time, and the bodies' own ripple.
        assert!(jump <= 1.2e-3 * rig.arm.limits.acceleration.max_abs() + 1e-3, "{jump}");
        speed = next;
    }
    assert!(speed.max_abs() < 1e-6, "{speed:?}");
    assert_eq!(rig.driver.state().unwrap().mode, Mode::Starved);
}

#[test]
fn a_pushed_head_gives_by_force_over_stiffness() {
    let give = 2e-4;
    let mut world = Imperfections::none();
    world.head.give = give;
    let mut rig = sim(fixture::tool(), &world, 1);
    rig.descend(5e-3, 2.5e-3, |_| false);
    rig.hold(2000);
    let truth = rig.driver.truth();
    let moved = base_from_head().origin().coords.z - truth.base_from_head.origin().coords.z;
    let wanted = give * truth.nose_force.get();
    assert!(wanted > 1e-4 && (moved - wanted).abs() < 1e-6, "{moved} {wanted}");
}

#[test]
fn a_tool_that_runs_into_the_head_is_an_accident() {
    let mut rig = sim(fixture::tool(), &Imperfections::none(), 1);
    // Past the whole travel of the nose: the nose tube meets the skin.
    rig.descend(20e-3, 12e-3, |s| s.mode != Mode::Running);
    let truth = rig.driver.truth();
    let first = truth.accidents.first().copied().unwrap();
    assert_eq!((first.solid, first.obstacle), (Solid::Tool(0), Obstacle::Head));
    assert!(truth.clearance.is_some_and(|c| c.get() < 0.0));
    assert!(first.force.get() > 20.0);
    // The tube is met when the ring has gone back by its travel.
    let nose = truth.nose.get();
    assert!((nose - rig.tool.nose.travel.get()).abs() < 5e-4, "{nose}");
}

/// The upper arm leans over onto a head that stands beside it: the needle is far away.
#[test]
fn a_link_that_touches_the_head_is_found() {
    let (arm, tool) = (fixture::arm(), fixture::tool());
    let park = JointPos::from_slice(&[0.0, -1.57, 0.0, -1.57, 0.0, 0.0]).unwrap();
    assert!(arm.links.iter().any(|l| !l.shapes.is_empty()), "the arm has solids");
    let lean = |by: f64| {
        let mut q = park;
        q[1] += by;
        q
    };
    // Where the middle of the upper arm gets to when it leans over by 1 rad.
    let frames = arm.joint_frames(&lean(1.0));
    let middle = (frames[1].translation.vector + frames[2].translation.vector) * 0.5;
    let shoulder = frames[1].rotation * Vector3::z();
    let solid = arm.links[1].com.coords.z;
    let head = Pose::new(Isometry3::from(Translation3::from(middle + shoulder * solid)));
    let surface = fixture::sphere();
    let perfect = Imperfections::none();
    let mut driver = SimArm::new(&arm, &tool, &surface, &head, &park, &perfect, zones(), Seed(1)).unwrap();
    for k in 1..=900_u32 {
        let at = Instant::from_ns(u64::from(k) * 1_000_000);
        let setpoint = Setpoint {
            seq: u64::from(k),
            at,
            q: lean(1e-3 * f64::from(k)),
            qd: JointVel::zeros(6),
            protrusion: tool.needle.rest,
            valid_for: Span::from_ms(20),
        };
        if driver.exchange(&setpoint).unwrap().mode != Mode::Running {
            break;
        }
    }
    let stopped = driver.state().unwrap().mode;
    let truth = driver.truth();
    let first = truth.accidents.first().copied().unwrap();
    assert_eq!((first.solid, first.obstacle), (Solid::Link(1), Obstacle::Head), "{first:?}");
    assert_eq!(stopped, Mode::ProtectiveStop);
    // Found at the first overlap, not later: at 1 rad/s and 0.2 m a step is 0.2 mm.
    assert!(first.depth.get() < 5e-3, "{first:?}");
    assert!(truth.hits.is_empty());
}

#[test]
fn a_rigid_needle_goes_as_deep_as_the_ring_gives_way() {
    let mut rig = sim(fixture::rigid_tool(), &Imperfections::none(), 1);
    rig.descend(30e-3, 3.4e-3, |_| false);
    let truth = rig.driver.truth();
    let rest = rig.tool.needle.rest.get();
    assert!((truth.protrusion.get() - (truth.nose.get() + rest)).abs() < 1e-12);
    let lifted = posture(&rig.arm, &rig.tool, 0.01, 0.0);
    rig.go(&lifted);
    let hit = rig.driver.truth().hits.first().copied().unwrap();
    assert!(hit.protrusion.get() > 0.2e-3 && hit.penetration.get() > 0.0, "{hit:?}");
    assert!(hit.speed < 0.05);
}

#[test]
fn refuses_what_it_cannot_follow() {
    let mut rig = sim(fixture::tool(), &Imperfections::none(), 1);
    rig.hold(5);
    let good = Setpoint {
        seq: 6,
        at: rig.at + Span::from_ms(1),
        q: rig.q,
        qd: JointVel::zeros(6),
        protrusion: rig.tool.needle.rest,
        valid_for: Span::from_ms(20),
    };
    let nan = Setpoint { q: rig.q.map(|_| f64::NAN), ..good };
    assert_eq!(rig.driver.exchange(&nan), Err(crate::SimError::NotFinite));
    let short = Setpoint { q: JointPos::zeros(5), ..good };
    assert!(rig.driver.exchange(&short).is_err());
    // An old number is not heard.
    let old = Setpoint { seq: 5, q: rig.q.map(|q| q + 0.01), ..good };
    assert_eq!(rig.driver.exchange(&old).unwrap().seq, Some(5));
    assert!((rig.driver.truth().q.zip(&rig.q, |a, b| a - b)).max_abs() < 1e-4);
    // A jump stops the arm for good.
    let jump = Setpoint { q: rig.q.map(|q| q + 0.5), ..good };
    assert_eq!(rig.driver.exchange(&jump).unwrap().mode, Mode::ProtectiveStop);
    let again = Setpoint { seq: 7, ..good };
    assert_eq!(rig.driver.exchange(&again).unwrap().mode, Mode::ProtectiveStop);
    assert!(rig.driver.truth().q.zip(&rig.q, |a, b| a - b).max_abs() < 1e-4);
}

/// Every byte of state and truth, with everything on.
#[test]
fn equal_runs_are_equal_in_every_byte() {
    let run = |seed| {
        let mut rig = sim(fixture::tool(), &Imperfections::default().scaled(2.0), seed);
        let mut bytes = Vec::new();
        rig.descend(10e-3, 3e-3, |s| s.axial_force.get() > 0.8);
        for _ in 0..3 {
            rig.hold(60);
            rig.strike(0.7e-3, 12);
            bytes.extend(postcard::to_stdvec(&rig.driver.state().unwrap()).unwrap());
        }
        bytes.extend(postcard::to_stdvec(rig.driver.truth()).unwrap());
        bytes
    };
    let first = run(7);
    let elsewhere = std::thread::spawn(move || run(7)).join().unwrap();
    assert_eq!(first, elsewhere);
    assert_ne!(first, run(8));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Whatever is commanded, on whatever drive, in contact or not: the needle stays behind its collar, and a storm of
    /// faults does not change that.
    #[test]
    fn the_stop_holds(
        commands in prop::collection::vec((-5e-3_f64..5e-3, 1_u32..30), 1..20),
        rigid in any::<bool>(),
        depth in 0.0_f64..4e-3,
        seed in any::<u64>(),
    ) {
        let tool = if rigid { fixture::rigid_tool() } else { fixture::tool() };
        let stop = tool.needle.stop.get();
        let rig = sim(tool, &Imperfections::default().scaled(3.0), seed);
        let driver = Faulty::by_seed(rig.driver, Seed(seed), Instant::START, Span::from_ms(900), 12);
        let mut rig = Rig { driver, arm: rig.arm, tool: rig.tool, seq: rig.seq, at: rig.at, q: rig.q, protrusion: rig.protrusion };
        rig.descend(20e-3, depth, |_| false);
        for (protrusion, ms) in commands {
            rig.protrusion = protrusion;
            for _ in 0..ms {
                rig.hold(1);
                let truth = rig.driver.inner().truth();
                prop_assert!(truth.protrusion.get() <= stop, "{}", truth.protrusion);
                prop_assert!(truth.q.is_finite() && truth.base_from_head.is_finite());
            }
        }
    }
}

/// A table and a post of the cell, both met by the forearm and what hangs on it.
#[test]
fn table_and_cell_are_in_the_way() {
    let (arm, tool) = (fixture::arm(), fixture::tool());
    let park = JointPos::from_slice(&[0.0, -1.2, 1.6, -1.9, -1.57, 0.0]).unwrap();
    let frames = arm.joint_frames(&park);
    let wrist = frames[5].translation.vector;
    let far = Pose::new(Isometry3::translation(0.0, 3.0, 0.0));
    let run = |cell: crate::Cell| {
        let perfect = Imperfections::none();
        let driver = SimArm::new(&arm, &tool, &fixture::sphere(), &far, &park, &perfect, zones(), Seed(1)).unwrap();
        let mut driver = driver.with_cell(cell);
        for _ in 0..30 {
            driver.idle();
        }
        driver.truth().accidents.iter().map(|a| (a.solid, a.obstacle)).collect::<Vec<_>>()
    };
    let none = run(crate::Cell { table: Some(Metres::new(-0.01)), solids: Vec::new() });
    assert_eq!(none, []);
    let table = run(crate::Cell { table: Some(Metres::new(wrist.z)), solids: Vec::new() });
    assert!(!table.is_empty() && table.iter().all(|(_, o)| *o == Obstacle::Table), "{table:?}");
    let (a, b) = (wrist - Vector3::z() * 0.2, wrist + Vector3::z() * 0.2);
    let post = arm::Capsule { a: a.into(), b: b.into(), radius: Metres::new(0.02) };
    let met = run(crate::Cell {
        table: None,
        solids: vec![arm::Capsule { radius: Metres::ZERO, a: far.origin().coords, b: far.origin().coords }, post],
    });
    assert!(!met.is_empty() && met.iter().all(|(_, o)| *o == Obstacle::Cell(1)), "{met:?}");
}

#[test]
fn a_longer_cycle_is_the_same_world() {
    let run = |cycle: i64| {
        let rig = sim(fixture::tool(), &Imperfections::default(), 3);
        let mut driver = rig.driver.with_cycle(Span::from_ms(cycle)).unwrap();
        assert_eq!(driver.cycle(), Span::from_ms(cycle));
        for _ in 0..60 / cycle {
            driver.idle();
        }
        driver.truth().clone()
    };
    assert_eq!(run(1), run(2));
    let rig = sim(fixture::tool(), &Imperfections::none(), 1);
    assert!(rig.driver.with_cycle(Span::from_us(1500)).is_err());
}

/// Standing still from the first step on: the motors are not surprised by gravity.
#[test]
fn starts_at_rest() {
    let mut rig = sim(fixture::tool(), &Imperfections::none(), 1);
    let start = rig.driver.truth().base_from_tcp.origin();
    let mut worst: f64 = 0.0;
    for _ in 0..200 {
        rig.hold(1);
        worst = worst.max((rig.driver.truth().base_from_tcp.origin() - start).norm().get());
    }
    assert!(worst < 20e-6, "{worst}");
}
