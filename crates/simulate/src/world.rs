//! The true world: arm, head, skin, tool, stepped together by 1 ms.
//!
//! In: joint goals and needle commands. Out: [`Truth`]. Absent: setpoints, their expiry, every sensor.
//! A step moves the bodies under the forces of the step before, then the head, then finds the contacts that make the forces
//! of the next. The needle is followed at 0.1 ms while it moves.

use std::sync::Arc;

use arm::{ArmModel, Drive, JointPos, MAX_JOINTS, Nose, Tool};
use frames::{Base, Head, Instant, Metres, Newtons, Penetration, Pose, Protrusion, Span, Tcp};
use nalgebra::{Isometry3, Matrix3, Translation3, UnitQuaternion, Vector3};
use scan::Surface;
use skin::Group;

use crate::SimError;
use crate::accident::{Blow, Cell, Now, Watch};
use crate::body::{Bodies, Mass, STEP};
use crate::draw::{Draw, Stream};
use crate::drive::NeedleDrive;
use crate::head::TrueHead;
use crate::imperfections::Imperfections;
use crate::nose::Ring;
use crate::servo::Servo;
use crate::sight::TrueSkin;
use crate::solids::{ball_around, behind_the_nose};
use crate::tissue::{Moment, Tissue, Zones};
use crate::truth::{Solid, Truth};

/// One step.
pub(crate) const TICK: Span = Span::from_ms(1);
/// Looks at a moving needle per step: 0.1 ms each.
const LOOKS: u32 = 10;
/// For arms that do not say what their motors can do, N m: strong.
const UNKNOWN_EFFORT: f64 = 200.0;
/// A tool is as hard to turn as a ball of this radius and its mass, m, E.
const TOOL_RADIUS: f64 = 0.05;

/// What moves the needle.
enum TrueDrive {
    Own(Box<NeedleDrive>),
    /// Rigid in the tool: as far out as the ring is pushed back, less this recess (negative).
    Arm {
        recess: f64,
    },
}

/// The true world.
pub(crate) struct World {
    arm: ArmModel,
    flange_from_tcp: Pose<frames::Flange, Tcp>,
    nose: Nose,
    /// How far the ring can be pushed back, m.
    travel: f64,
    bodies: Bodies,
    servo: Servo,
    head: TrueHead,
    skin: TrueSkin,
    tissue: Tissue,
    drive: TrueDrive,
    ring: Ring,
    watch: Watch,
    blows: Vec<Blow>,
    /// On the head in the next step: force, and its moment about the head's centre.
    on_head: (Vector3<f64>, Vector3<f64>),
    step: u64,
    speed: arm::JointVel,
    pub(crate) truth: Truth,
}

/// What the needle drive is told in a step.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NeedleCommand {
    To(Protrusion),
    Withdraw,
}

impl World {
    #[expect(clippy::too_many_arguments, reason = "the world's parts, each once; the caller names them")]
    pub(crate) fn new(
        nominal: &ArmModel,
        tool: &Tool,
        surface: &Arc<Surface>,
        base_from_head: &Pose<Base, Head>,
        park: &JointPos,
        imperfections: &Imperfections,
        zones: Zones,
        draw: Draw,
    ) -> Result<Self, SimError> {
        let i = imperfections;
        let dof = nominal.dof();
        if park.len() != dof || dof == 0 || nominal.links.len() != dof {
            return Err(SimError::Joints { arm: dof, given: park.len() });
        }
        if !(park.is_finite() && base_from_head.is_finite()) {
            return Err(SimError::NotFinite);
        }
        let group = Group::try_new(tool.needle.points, tool.needle.diameter)?;

        let deviations: Vec<Isometry3<f64>> = (0..=dof as u64)
            .map(|k| {
                let (t, r) = (draw.gauss3(Stream::Calibration, 2 * k), draw.gauss3(Stream::Calibration, 2 * k + 1));
                let turn = UnitQuaternion::from_scaled_axis(r * i.arm.calibration_angle);
                Isometry3::from_parts(Translation3::from(t * i.arm.calibration_length), turn)
            })
            .collect();
        let arm = nominal.perturbed(&deviations);

        let mut masses: Vec<Mass> =
            arm.links.iter().map(|l| Mass { kg: l.mass_kg, com: l.com, inertia: l.inertia }).collect();
        if let Some(last) = masses.last_mut()
            && tool.mass_kg > 0.0
        {
            let inertia = Matrix3::identity() * (0.4 * tool.mass_kg * TOOL_RADIUS * TOOL_RADIUS);
            let tool = Mass { kg: tool.mass_kg, com: tool.com, inertia };
            *last = last.joined(&tool.moved(&arm.last_from_flange));
        }
        let effort: Vec<f64> = arm.joints.iter().map(|j| j.effort.unwrap_or(UNKNOWN_EFFORT)).collect();
        let bodies = Bodies::new(&arm, &masses, &effort, park)?;

        let (centre, radius) = ball_around(surface);
        let last = dof - 1;
        let links = arm
            .links
            .iter()
            .enumerate()
            .flat_map(|(joint, link)| link.shapes.iter().map(move |&shape| (Solid::Link(joint), joint, shape)));
        let tool_solids = tool.body.iter().enumerate().filter_map(|(k, shape)| {
            let behind = behind_the_nose(shape, tool)?;
            Some((Solid::Tool(k), last, behind.moved(&arm.last_from_flange)))
        });
        let watch = Watch::new(surface.clone(), (centre, radius), links.chain(tool_solids));

        let ends = [tool.needle.rest, tool.needle.stop];
        let (drive, travel) = match tool.drive {
            Drive::Actuator { acceleration, delay, .. } => {
                let scale = 1.0 + i.tool.drive_scale * draw.gauss(Stream::Tool, 2);
                let zero = i.tool.drive_zero * draw.gauss(Stream::Tool, 3);
                let own = NeedleDrive::new(ends, acceleration, delay, [scale, zero]);
                (TrueDrive::Own(Box::new(own)), tool.nose.travel.get())
            }
            Drive::Arm { .. } => {
                // The collar stops the ring before the needle is further out than the stop.
                let recess = tool.needle.rest.get();
                (TrueDrive::Arm { recess }, tool.nose.travel.get().min(tool.needle.stop.get() - recess))
            }
        };

        let registration = Isometry3::from_parts(
            Translation3::from(draw.gauss3(Stream::Registration, 0) * i.scan.registration),
            UnitQuaternion::from_scaled_axis(draw.gauss3(Stream::Registration, 1) * i.scan.registration_turn),
        );
        let head = TrueHead::new(i.head, draw, base_from_head, &centre);
        let base_from_tcp = arm.forward(park) * tool.flange_from_tcp;
        let truth = Truth {
            at: Instant::START,
            q: *park,
            base_from_head: head.pose(),
            base_from_tcp,
            protrusion: tool.needle.rest,
            nose: Metres::ZERO,
            nose_force: Newtons::ZERO,
            penetration: Penetration::ZERO,
            registration: Pose::new(registration),
            hits: Vec::new(),
            accidents: Vec::new(),
            accidents_not_kept: 0,
            clearance: None,
            nose_force_max: Newtons::ZERO,
        };
        Ok(Self {
            servo: Servo::new(&i.arm, arm.limits, park),
            flange_from_tcp: tool.flange_from_tcp,
            nose: tool.nose,
            travel,
            bodies,
            head,
            skin: TrueSkin::new(
                surface.clone(),
                [tool.nose.radius.get(), tool.needle.stop.get() + 1e-4],
                draw,
                &i.scan,
            ),
            tissue: Tissue::new(zones, draw, group, tool.nose.radius, &i.skin),
            drive,
            ring: Ring::default(),
            watch,
            blows: Vec::new(),
            on_head: (Vector3::zeros(), Vector3::zeros()),
            step: 0,
            speed: arm::JointVel::zeros(dof),
            arm,
            truth,
        })
    }

    pub(crate) fn set_cell(&mut self, cell: Cell) {
        self.watch.set_cell(cell);
    }

    /// One step: joints towards `goal`, where they are asked to be at its end.
    pub(crate) fn step(&mut self, goal: &JointPos, needle: NeedleCommand, seq: Option<u64>) {
        let before = self.truth.at;
        self.step += 1;
        self.truth.at = before + TICK;
        if let TrueDrive::Own(drive) = &mut self.drive {
            match needle {
                NeedleCommand::To(protrusion) => drive.command(before, protrusion),
                NeedleCommand::Withdraw => drive.withdraw(before),
            }
        }

        self.push_bodies();
        let speed = self.servo.step(goal, &self.truth.q);
        self.bodies.step(&speed);
        self.bodies.release();
        let q = self.bodies.q();
        // Not rapier's own joint speeds: they are those of the solver before its last pass.
        self.speed.copy_from_slice(&q.zip(&self.truth.q, |now, then| (now - then) / STEP));
        self.truth.q = q;

        let head_before = self.head.pose();
        self.head.step(&self.on_head.0, &self.on_head.1);
        self.truth.base_from_head = self.head.pose();

        let frames = self.arm.joint_frames(&self.truth.q);
        let last = frames[self.arm.dof() - 1];
        self.truth.base_from_tcp = Pose::new(last * self.arm.last_from_flange * self.flange_from_tcp.get());

        self.touch(before, seq);
        let base_from_head = *self.truth.base_from_head.get();
        let mut axes = [Vector3::zeros(); MAX_JOINTS];
        for (axis, (frame, joint)) in axes.iter_mut().zip(frames.iter().zip(&self.arm.joints)) {
            *axis = frame.rotation * joint.axis.into_inner();
        }
        let now = Now {
            step: self.step,
            frames: &frames[..self.arm.dof()],
            axes: &axes,
            speeds: &self.speed,
            base_from_head: &base_from_head,
            head_speed: fastest_of_head(head_before.get(), &base_from_head),
        };
        self.watch.step(&now, &mut self.truth, &mut self.blows);
        self.gather_forces();
    }

    /// True joint speeds.
    pub(crate) fn speed(&self) -> &arm::JointVel {
        &self.speed
    }

    /// Where the servo wants the joints to be by now.
    pub(crate) fn reference(&self) -> &JointPos {
        self.servo.reference()
    }

    /// What the drive's own scale says.
    pub(crate) fn drive_reading(&self) -> f64 {
        match &self.drive {
            TrueDrive::Own(drive) => drive.reading(),
            TrueDrive::Arm { .. } => self.truth.protrusion.get(),
        }
    }

    /// The largest force of a collision in this step, N.
    pub(crate) fn blow(&self) -> f64 {
        self.blows.iter().map(|b| b.force.norm()).fold(0.0, f64::max)
    }

    /// Ring, needle and skin from `before` to now.
    fn touch(&mut self, before: Instant, seq: Option<u64>) {
        let now = self.truth.at;
        let head_from_tcp = self.truth.base_from_head.get().inv_mul(self.truth.base_from_tcp.get());
        let Some(sight) = self.skin.look(&head_from_tcp) else {
            self.ring = Ring::default();
            self.move_needle(now);
            let left = self.tissue.away(now);
            self.truth.hits.extend(left);
            return self.tell();
        };
        let place = self.tissue.place(&sight);
        let was = self.ring;
        let on_unit = match self.drive {
            TrueDrive::Own(_) => self.tissue.force,
            // A rigid needle pushes the tool itself.
            TrueDrive::Arm { .. } => 0.0,
        };
        self.ring.step(&self.nose, sight.overlap, place.under_ring, on_unit, self.travel, STEP);

        let still = match &self.drive {
            TrueDrive::Own(drive) => drive.is_at_rest(before),
            TrueDrive::Arm { .. } => self.ring == was,
        };
        let looks = if still { 1 } else { LOOKS };
        let dt = STEP / f64::from(looks);
        let sinking = (self.ring.indentation - was.indentation) / STEP;
        for k in 1..=looks {
            let share = f64::from(k) / f64::from(looks);
            let at = if k == looks { now } else { before + Span::from_seconds(STEP * share) };
            let moment = match &mut self.drive {
                TrueDrive::Own(drive) => {
                    drive.advance(at);
                    Moment {
                        at,
                        dt,
                        protrusion: drive.protrusion(),
                        speed: drive.speed() + sinking,
                        indentation: was.indentation + share * (self.ring.indentation - was.indentation),
                        ring_force: self.ring.force,
                        seq,
                    }
                }
                TrueDrive::Arm { recess } => {
                    let back = was.back + share * (self.ring.back - was.back);
                    Moment {
                        at,
                        dt,
                        protrusion: Protrusion::new(Metres::new(back + *recess)),
                        speed: (self.ring.back - was.back) / STEP + sinking,
                        indentation: was.indentation + share * (self.ring.indentation - was.indentation),
                        ring_force: self.ring.force,
                        seq,
                    }
                }
            };
            self.truth.protrusion = moment.protrusion;
            let left = self.tissue.step(&sight, &place, &moment);
            self.truth.hits.extend(left);
        }
        self.tell();
    }

    fn move_needle(&mut self, now: Instant) {
        self.truth.protrusion = match &mut self.drive {
            TrueDrive::Own(drive) => {
                drive.advance(now);
                drive.protrusion()
            }
            TrueDrive::Arm { recess } => Protrusion::new(Metres::new(*recess)),
        };
    }

    fn tell(&mut self) {
        self.truth.nose = Metres::new(self.ring.back);
        self.truth.nose_force = Newtons::new(self.ring.force + self.tissue.force);
        self.truth.nose_force_max = self.truth.nose_force_max.max(self.truth.nose_force);
        self.truth.penetration = self.tissue.penetration;
    }

    /// Contact forces of the last step onto the links.
    fn push_bodies(&mut self) {
        let axis = self.truth.base_from_tcp.z().get().into_inner();
        let force = self.truth.nose_force.get();
        if force > 0.0 {
            let at = self.truth.base_from_tcp.origin().coords;
            self.bodies.push(self.arm.dof() - 1, &(-axis * force), &at);
        }
        for blow in &self.blows {
            self.bodies.push(blow.joint, &blow.force, &blow.at);
        }
    }

    /// Contact forces of this step onto the head.
    fn gather_forces(&mut self) {
        let centre = self.head.centre();
        let axis = self.truth.base_from_tcp.z().get().into_inner();
        let push = axis * self.truth.nose_force.get();
        let mut force = push;
        let mut moment = (self.truth.base_from_tcp.origin().coords - centre).cross(&push);
        for blow in self.blows.iter().filter(|b| b.on_head) {
            force -= blow.force;
            moment -= (blow.at - centre).cross(&blow.force);
        }
        self.on_head = (force, moment);
    }
}

/// Of the points of a head that has moved in a step from one pose to another, the speed of the fastest, m/s: no point is
/// further than 0.3 m from the frame's origin.
fn fastest_of_head(from: &Isometry3<f64>, to: &Isometry3<f64>) -> f64 {
    let moved = (to.translation.vector - from.translation.vector).norm();
    let turned = from.rotation.angle_to(&to.rotation);
    (moved + 0.3 * turned) / STEP
}
