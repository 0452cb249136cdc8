//! The simulated arm: an [`ArmDriver`] with a true world behind it.
//!
//! In: setpoints. Out: what the sensors say ([`ArmState`]), and for reports only [`Truth`]. Absent: any reading of the truth
//! into the state but through a sensor's model; any clock: a cycle passes when it is exchanged.

use std::sync::Arc;

use arm::{ArmDriver, ArmModel, ArmState, JointPos, JointVel, Mode, Setpoint, Tool, Tracked};
use frames::{Base, Head, Instant, Pose, Protrusion, Seed, Span};
use scan::Surface;

use crate::accident::Cell;
use crate::body::STEP;
use crate::draw::Draw;
use crate::imperfections::Imperfections;
use crate::sensors::Senses;
use crate::tissue::Zones;
use crate::tracker::Tracker;
use crate::truth::Truth;
use crate::world::{NeedleCommand, TICK, World};
use crate::{SimError, world};

/// The arm's own safety stops it when a joint is this far from where it should be, rad. K: of the order of a UR's.
const FOLLOWING_ERROR: f64 = 0.1;
/// And when a setpoint asks for a place this far from the joint, rad. E.
const JUMP: f64 = 0.35;
/// And when a collision is harder than this, N. K: the default force limit of a UR.
const HARDEST_BLOW: f64 = 150.0;

/// A simulated arm over a simulated head.
///
/// Time passes only in [`ArmDriver::exchange`] and [`SimArm::idle`]. When the newest setpoint has expired the needle drive
/// withdraws by itself and the arm stops ([`Mode::Starved`]); a newer setpoint is taken over again if it does not ask for a
/// jump. A stop of the arm's own safety stays until the end.
pub struct SimArm {
    world: World,
    senses: Senses,
    tracker: Tracker,
    cycle: Span,
    rest: Protrusion,
    limits: arm::Limits,
    newest: Option<Setpoint>,
    mode: Mode,
    /// Where the joints are asked to be, and how fast, at the present moment.
    goal: (JointPos, JointVel),
    head: Option<Tracked>,
    state: ArmState,
}

impl std::fmt::Debug for SimArm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimArm").field("state", &self.state).finish_non_exhaustive()
    }
}

impl SimArm {
    /// An arm standing at `park` in front of a head at `base_from_head`.
    ///
    /// `arm` and `base_from_head` are what the controller knows; the true arm differs by `imperfections`, and the true head
    /// leaves its place as soon as time passes. `zones` says what is known of the skin at a place of the scan.
    ///
    /// # Errors
    /// Numbers that do not fit together or mean nothing.
    #[expect(clippy::too_many_arguments, reason = "each is one part of the world, and each has its own type")]
    pub fn new(
        arm: &ArmModel,
        tool: &Tool,
        surface: &Arc<Surface>,
        base_from_head: &Pose<Base, Head>,
        park: &JointPos,
        imperfections: &Imperfections,
        zones: Zones,
        seed: Seed,
    ) -> Result<Self, SimError> {
        imperfections.check()?;
        let draw = Draw(seed);
        let world = World::new(arm, tool, surface, base_from_head, park, imperfections, zones, draw)?;
        let senses = Senses::new(draw, imperfections.arm, imperfections.tool, tool.sensors);
        let tracker = Tracker::new(imperfections.tracker, draw, world.truth.registration);
        let still = JointVel::zeros(park.len());
        let state = ArmState {
            seq: None,
            at: Instant::START,
            q: *park,
            qd: still,
            protrusion: tool.needle.rest,
            withdrawn: true,
            nose: frames::Metres::ZERO,
            axial_force: frames::Newtons::ZERO,
            head: None,
            mode: Mode::Running,
        };
        let mut sim = Self {
            world,
            senses,
            tracker,
            cycle: TICK,
            rest: tool.needle.rest,
            limits: arm.limits,
            newest: None,
            mode: Mode::Running,
            goal: (*park, still),
            head: None,
            state,
        };
        sim.sense();
        Ok(sim)
    }

    /// With another control cycle: a whole number of milliseconds, 2 for arms at 500 Hz. The world still steps by 1 ms.
    ///
    /// # Errors
    /// Not a whole number of milliseconds, or none.
    pub fn with_cycle(mut self, cycle: Span) -> Result<Self, SimError> {
        if cycle.ns() <= 0 || cycle.ns() % TICK.ns() != 0 {
            return Err(SimError::Cycle { cycle });
        }
        self.cycle = cycle;
        Ok(self)
    }

    /// With a table and solids that the arm may run into.
    #[must_use]
    pub fn with_cell(mut self, cell: Cell) -> Self {
        self.world.set_cell(cell);
        self
    }

    /// What really happened. For reports, telemetry and tests; no controller may hold one.
    pub fn truth(&self) -> &Truth {
        &self.world.truth
    }

    /// Takes the finished hits out of the truth, so that a long rehearsal need not keep them twice.
    pub fn take_hits(&mut self) -> Vec<crate::Hit> {
        std::mem::take(&mut self.world.truth.hits)
    }

    /// One cycle in which the arm hears nothing.
    pub fn idle(&mut self) -> ArmState {
        for _ in 0..self.cycle.ns() / TICK.ns() {
            self.tick();
        }
        self.state
    }

    /// The arm's own safety, or a person, stops it: the needle withdraws, the joints stop, no setpoint is taken any more.
    pub fn stop(&mut self, mode: Mode) {
        if matches!(mode, Mode::ProtectiveStop | Mode::EmergencyStop) {
            self.mode = mode;
            self.state.mode = mode;
        }
    }

    /// A person has looked at it and switches it on again: it stands where it is, nothing that was queued survives, and a
    /// new line is heard from its first setpoint on.
    pub fn acknowledge(&mut self) {
        self.newest = None;
        self.goal = (*self.world.reference(), JointVel::zeros(self.world.truth.q.len()));
        self.mode = Mode::Running;
        self.state.mode = Mode::Running;
        self.state.seq = None;
    }

    /// Takes a setpoint over if it is newer and sane.
    fn hear(&mut self, setpoint: &Setpoint) -> Result<(), SimError> {
        let dof = self.world.truth.q.len();
        if setpoint.q.len() != dof || setpoint.qd.len() != dof {
            return Err(SimError::Joints { arm: dof, given: setpoint.q.len() });
        }
        if !(setpoint.q.is_finite() && setpoint.qd.is_finite() && setpoint.protrusion.get().is_finite()) {
            return Err(SimError::NotFinite);
        }
        let stopped = matches!(self.mode, Mode::ProtectiveStop | Mode::EmergencyStop);
        if stopped || self.newest.is_some_and(|n| setpoint.seq <= n.seq) {
            return Ok(());
        }
        let jump = setpoint.q.zip(&self.world.truth.q, |a, b| a - b).max_abs();
        if jump > JUMP || !self.limits.hold(&setpoint.q) {
            self.mode = Mode::ProtectiveStop;
            return Ok(());
        }
        self.newest = Some(*setpoint);
        self.mode = Mode::Running;
        Ok(())
    }

    /// One step of the world.
    fn tick(&mut self) {
        let next = self.world.truth.at + TICK;
        if self.mode == Mode::Running && self.newest.is_some_and(|n| next > n.at + n.valid_for) {
            self.mode = Mode::Starved;
        }
        let needle = match (self.mode, &self.newest) {
            (Mode::Running, Some(s)) => {
                let ahead = (next - s.at).seconds();
                self.goal = (s.q.zip(&s.qd, |q, v| q + v * ahead), s.qd);
                NeedleCommand::To(s.protrusion)
            }
            (Mode::Running, None) => NeedleCommand::To(self.rest),
            _ => {
                self.brake();
                NeedleCommand::Withdraw
            }
        };
        self.world.step(&self.goal.0, needle, self.newest.map(|n| n.seq));
        let off = self.world.reference().zip(&self.world.truth.q, |a, b| a - b).max_abs();
        // Written so that NaN stops.
        let well = off <= FOLLOWING_ERROR && self.world.blow() <= HARDEST_BLOW;
        if !well && self.mode != Mode::EmergencyStop {
            self.mode = Mode::ProtectiveStop;
        }
        self.senses.step();
        self.sense();
    }

    /// The joints slow down as fast as they may.
    fn brake(&mut self) {
        let (q, v) = &mut self.goal;
        for ((q, v), a) in q.iter_mut().zip(v.iter_mut()).zip(self.limits.acceleration.iter()) {
            let slower = (v.abs() - a * STEP).max(0.0).copysign(*v);
            *q += 0.5 * (*v + slower) * STEP;
            *v = slower;
        }
    }

    fn sense(&mut self) {
        let truth = &self.world.truth;
        self.head = self.tracker.step(truth.at, &truth.base_from_head);
        let (q, qd) = self.senses.joints(&truth.q, self.world.speed());
        self.state = ArmState {
            seq: self.newest.map(|n| n.seq),
            at: truth.at,
            q,
            qd,
            protrusion: self.senses.protrusion(self.world.drive_reading()),
            withdrawn: self.senses.withdrawn(truth.protrusion, self.rest),
            nose: self.senses.nose(truth.nose.get()),
            axial_force: self.senses.force(truth.nose_force.get()),
            head: self.head,
            mode: self.mode,
        };
    }
}

impl ArmDriver for SimArm {
    type Error = SimError;

    fn cycle(&self) -> Span {
        self.cycle
    }

    fn state(&mut self) -> Result<ArmState, SimError> {
        Ok(self.state)
    }

    /// A setpoint that is refused is not heard: the cycle passes, and the error says why.
    fn exchange(&mut self, setpoint: &Setpoint) -> Result<ArmState, SimError> {
        let heard = self.hear(setpoint);
        let state = self.idle();
        heard.map(|()| state)
    }
}

const _: () = assert!(world::TICK.ns() == 1_000_000);
