//! What a person sequences: idle, armed, run.
//!
//! In: a program, the arm and the tool it was made for, the digests of what is really there. Out: a session that can run,
//! or a refusal with the reason, and the idle session back. Everything that can be known before the first motion is
//! checked here: what follows relies on it. Absent: time.

use arm::{ArmDriver, ArmModel, Digest, JointPos, Program, Stroke, Tool};
use frames::{Metres, Penetration, Protrusion, Radians, SiteId, Span};

use crate::run::{Caught, RunError, Sink, run_virtual};
use crate::{Config, Controller, RealTime, Running, start_realtime};

/// The arm must stand this near to the park posture.
pub(crate) const PARKED: Radians = Radians::new(0.02);
/// A posture and the pose it belongs to may differ by this: the planner's gate is 1e-9, files keep every bit.
const APART: (Metres, Radians) = (Metres::from_mm(0.02), Radians::new(5e-4));
/// Lifted postures stand this far from the skin.
const LIFT: (Metres, Metres) = (Metres::from_mm(0.5), Metres::from_mm(60.0));
/// Longest stay in the skin that a program may ask for.
const DWELL: Span = Span::from_ms(1_000);

/// Nothing loaded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Idle;

/// Checked, ready to run.
#[derive(Debug)]
pub struct Armed {
    controller: Box<Controller>,
}

/// A sitting with one program.
#[derive(Debug)]
pub struct Session<S> {
    state: S,
}

/// What is really there: digests to compare the program's with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// Of the scene file's bytes.
    pub scene: Digest,
    /// Of the checked surface.
    pub scan: Digest,
    /// Of the arm's description.
    pub arm: Digest,
    /// Of the tool's description.
    pub tool: Digest,
}

/// Why a program is not run.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Made for something else.
    #[error("the program was made for another {what}; plan again")]
    OtherDigest {
        /// Scene, scan, arm or tool.
        what: &'static str,
    },
    /// No stroke.
    #[error("the program has no stroke; widen the zone or look at what the planner refused")]
    Empty,
    /// Joints do not match.
    #[error("the program has {program} joints, the arm {arm}; plan for this arm")]
    Joints {
        /// In the program.
        program: usize,
        /// In the model.
        arm: usize,
    },
    /// The program's limits exceed the arm's.
    #[error("the program was planned beyond the arm's limits at joint {}; plan again", joint + 1)]
    Limits {
        /// From the base, from zero.
        joint: usize,
    },
    /// A number that is not finite or not possible.
    #[error("{site}: a number is not finite or out of range; plan again")]
    Number {
        /// Where.
        site: SiteId,
    },
    /// A posture outside the joints' range.
    #[error("a posture of {site:?} is outside the joints' range; plan again")]
    Range {
        /// Where; `None` for park and the ways to and from it.
        site: Option<SiteId>,
    },
    /// A posture does not reach the pose it was planned for.
    #[error("{site}: the posture misses its pose by {by} and {turn}; arm, tool or calibration changed, plan again")]
    Pose {
        /// Where.
        site: SiteId,
        /// How far.
        by: Metres,
        /// Turned how far.
        turn: Radians,
    },
    /// The lifted posture is not straight behind the touch.
    #[error("{site}: the lifted posture is {behind} behind and {beside} beside the touch; plan again")]
    Lift {
        /// Where.
        site: SiteId,
        /// Along the needle.
        behind: Metres,
        /// Across it.
        beside: Metres,
    },
    /// The needle would go too far.
    #[error("{site}: protrusion {protrusion}, the tool stops at {stop}")]
    Protrusion {
        /// Where.
        site: SiteId,
        /// Wanted.
        protrusion: Protrusion,
        /// The tool's.
        stop: Protrusion,
    },
    /// Target and deepest contradict each other.
    #[error("{site}: target {target} beyond the deepest allowed {deepest}")]
    Depth {
        /// Where.
        site: SiteId,
        /// Wanted.
        target: Penetration,
        /// At most.
        deepest: Penetration,
    },
    /// The contact force is outside the gate, so that no gate would ever open.
    #[error("the tool presses with {force:.2} N, the gate wants {least:.2} to {most:.2} N")]
    Contact {
        /// The tool's.
        force: f64,
        /// The gate's.
        least: f64,
        /// The gate's.
        most: f64,
    },
    /// A setting that cannot be.
    #[error("the setting {what} is {value}, it must be {must}")]
    Setting {
        /// Its name.
        what: &'static str,
        /// Its value, SI.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
    /// A cycle that cannot be.
    #[error("a cycle of {cycle} is outside 0.5 to 10 ms")]
    Cycle {
        /// The driver's.
        cycle: Span,
    },
}

impl Session<Idle> {
    /// Nothing loaded.
    pub fn new() -> Self {
        Self { state: Idle }
    }

    /// Checks that program, arm, tool and the world's digests belong together, and that every stroke is possible.
    ///
    /// # Errors
    /// The first reason against it, with the idle session.
    pub fn arm(
        self,
        program: Program,
        model: &ArmModel,
        tool: &Tool,
        there: &Digests,
        config: Config,
        cycle: Span,
    ) -> Result<Session<Armed>, (Self, Refused)> {
        match check(&program, model, tool, there, &config, cycle) {
            Ok(()) => {
                let controller = Box::new(Controller::new(program, model.clone(), tool.clone(), config, cycle));
                Ok(Session { state: Armed { controller } })
            }
            Err(refused) => Err((self, refused)),
        }
    }
}

impl Default for Session<Idle> {
    fn default() -> Self {
        Self::new()
    }
}

impl Session<Armed> {
    /// Runs on the virtual clock, as fast as the driver can, and gives the controller back for its log.
    pub fn run_virtual<D: ArmDriver>(
        self,
        driver: &mut D,
        sink: &mut impl Sink,
    ) -> (Session<Idle>, Controller, Result<Caught, RunError<D::Error>>) {
        let mut controller = *self.state.controller;
        let result = run_virtual(&mut controller, driver, sink);
        (Session { state: Idle }, controller, result)
    }

    /// Runs on the wall clock, in a thread of its own.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn run_realtime<D: ArmDriver + Send + 'static>(
        self,
        driver: D,
        options: RealTime,
    ) -> std::io::Result<Running<D>> {
        start_realtime(*self.state.controller, driver, options)
    }

    /// The controller itself, for another runner.
    pub fn into_controller(self) -> Controller {
        *self.state.controller
    }
}

fn check(
    program: &Program,
    model: &ArmModel,
    tool: &Tool,
    there: &Digests,
    config: &Config,
    cycle: Span,
) -> Result<(), Refused> {
    let pairs = [
        ("scene", program.scene, there.scene),
        ("scan", program.scan, there.scan),
        ("arm", program.arm, there.arm),
        ("tool", program.tool, there.tool),
    ];
    if let Some((what, ..)) = pairs.iter().find(|(_, a, b)| a != b) {
        return Err(Refused::OtherDigest { what });
    }
    if program.strokes.is_empty() {
        return Err(Refused::Empty);
    }
    if !(cycle >= Span::from_us(500) && cycle <= Span::from_ms(10)) {
        return Err(Refused::Cycle { cycle });
    }
    check_config(config)?;
    let (force, least, most) = (tool.nose.contact.get(), config.gates.force_least.get(), config.gates.force_most.get());
    if !(force >= least && force <= most) {
        return Err(Refused::Contact { force, least, most });
    }
    let dof = model.dof();
    let detours = program.detours.iter().flat_map(|d| &d.stops);
    let ways = program.approach.iter().chain(detours).chain(&program.retreat).chain([&program.park]);
    for q in ways.clone() {
        if q.len() != dof {
            return Err(Refused::Joints { program: q.len(), arm: dof });
        }
        if !(q.is_finite() && model.limits.hold(q)) {
            return Err(Refused::Range { site: None });
        }
    }
    for joint in 0..dof {
        let (p, a) = (&program.limits, &model.limits);
        let at = |v: &[f64]| v.get(joint).copied().unwrap_or(f64::NAN);
        let within =
            at(&p.speed) <= at(&a.speed) && at(&p.acceleration) <= at(&a.acceleration) && at(&p.jerk) <= at(&a.jerk);
        if !within {
            return Err(Refused::Limits { joint });
        }
    }
    program.strokes.iter().try_for_each(|s| check_stroke(s, program, model, tool))
}

/// What would switch a rule off is no setting.
fn check_config(config: &Config) -> Result<(), Refused> {
    let (b, g, s, t) = (&config.bounds, &config.gates, &config.speeds, &config.tracking);
    let valid_for = b.valid_for.seconds();
    if !(valid_for > 0.0 && valid_for <= 0.020) {
        return Err(Refused::Setting { what: "valid_for", value: valid_for, must: "above 0 and at most 20 ms" });
    }
    if !(s.share > 0.0 && s.share < 1.0) {
        return Err(Refused::Setting { what: "share", value: s.share, must: "between 0 and 1" });
    }
    let positive = [
        ("force", b.force.get()),
        ("force_rate", b.force_rate),
        ("following", b.following.get()),
        ("position", b.position.get()),
        ("encoder", b.encoder.get()),
        ("head_withdraw", b.head_withdraw),
        ("head_stop", b.head_stop),
        ("correction", b.correction.get()),
        ("correction_turn", b.correction_turn.get()),
        ("head_speed", g.head_speed),
        ("tilt", g.tilt.get()),
        ("lateral", g.lateral.get()),
        ("still", g.still.get()),
        ("force_tolerance", g.force_tolerance.get()),
        ("free", s.free),
        ("near_head", s.near_head),
        ("touching", s.touching),
        ("search", s.search.get()),
        ("trusted", s.trusted.get()),
        ("prior", s.prior.get()),
        ("neighbourhood", s.neighbourhood.get()),
        ("noise", t.noise.get()),
        ("noise_turn", t.noise_turn.get()),
        ("agility", t.agility),
        ("agility_turn", t.agility_turn),
        ("bandwidth", t.bandwidth),
    ];
    let bad = positive.into_iter().find(|(_, v)| !(*v > 0.0 && v.is_finite()));
    bad.map_or(Ok(()), |(what, value)| Err(Refused::Setting { what, value, must: "finite and above 0" }))
}

fn check_stroke(stroke: &Stroke, program: &Program, model: &ArmModel, tool: &Tool) -> Result<(), Refused> {
    let site = stroke.site;
    let dof = model.dof();
    let postures = [&stroke.touch, &stroke.lifted];
    if postures.iter().any(|q| q.len() != dof) {
        return Err(Refused::Joints { program: stroke.touch.len().min(stroke.lifted.len()), arm: dof });
    }
    let numbers = [stroke.protrusion.get(), stroke.target.get(), stroke.deepest.get()];
    let dwell = stroke.dwell >= Span::ZERO && stroke.dwell <= DWELL;
    let finite = postures.iter().all(|q| q.is_finite()) && numbers.iter().all(|v| v.is_finite());
    if !finite || !dwell || !stroke.head_from_touch.is_finite() {
        return Err(Refused::Number { site });
    }
    if !postures.iter().all(|q: &&JointPos| model.limits.hold(q)) {
        return Err(Refused::Range { site: Some(site) });
    }
    let stop = tool.needle.stop;
    if !(stroke.protrusion > Protrusion::ZERO && stroke.protrusion <= stop) {
        return Err(Refused::Protrusion { site, protrusion: stroke.protrusion, stop });
    }
    if !(stroke.target > Penetration::ZERO && stroke.target <= stroke.deepest) {
        return Err(Refused::Depth { site, target: stroke.target, deepest: stroke.deepest });
    }
    let touch = model.forward(&stroke.touch) * tool.flange_from_tcp;
    let wanted = program.base_from_head * stroke.head_from_touch;
    let by = (touch.origin() - wanted.origin()).norm();
    let turn = Radians::new(touch.get().rotation.angle_to(&wanted.get().rotation));
    if !(by <= APART.0 && turn.get() <= APART.1.get()) {
        return Err(Refused::Pose { site, by, turn });
    }
    let lifted = model.forward(&stroke.lifted) * tool.flange_from_tcp;
    let way = lifted.get().inverse() * touch.get();
    let t = way.translation.vector;
    let (behind, beside) = (Metres::new(t.z), Metres::new(t.x.hypot(t.y)));
    let straight = beside <= APART.0 && way.rotation.angle() <= APART.1.get();
    if !(straight && behind >= LIFT.0 && behind <= LIFT.1) {
        return Err(Refused::Lift { site, behind, beside });
    }
    Ok(())
}
