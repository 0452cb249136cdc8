//! The last word on every setpoint.
//!
//! In: the setpoint that is about to be said, what was last said, what the sensors say. Out: leave, or a refusal with
//! numbers. It changes nothing: a setpoint is said as it is or not at all. Everything is compared with the last
//! *commanded* state, and every comparison is written so that NaN fails. It computes the nose by itself, from the joints.
//! Absent: the plan, the stroke's progress; of those it knows only the [`Permit`].

use arm::{ArmModel, ArmState, Joint, JointAcc, JointPos, JointVel, Setpoint};
use frames::{Base, Flange, Head, Instant, Metres, Newtons, Point, Pose, Protrusion, Radians, Span, Tcp};
use serde::Serialize;

use crate::Speeds;

/// A setpoint may never be followed longer than the needle's heartbeat (`reference/faults.md` 4, rule 2).
const LONGEST_VALIDITY: Span = Span::from_ms(20);
/// Rounding, and the change of the Jacobian within a cycle.
const SLACK: f64 = 1.02;
/// Cycles see averages: a course that is re-aimed within a cycle shows as up to twice the jerk on either side.
const JERK_SLACK: f64 = 4.0;
/// A nose on its way out strays across by no more than this part of its speed.
const ACROSS: f64 = 0.5;
/// Who meets skin where none was expected needs this long to come to a stop from the greatest speed near the head, jerk
/// limit included; on that way the nose gives by 2.5 mm of its 4.
const SLOWING: Span = Span::from_ms(50);

/// Why a setpoint was not said.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error, Serialize)]
pub enum Refusal {
    /// A number is not finite, or the number of joints is wrong.
    #[error("a number is not finite")]
    NotFinite,
    /// Sequence, time or validity.
    #[error("setpoint {seq} for {at} is valid for {valid_for}")]
    Expiry {
        /// Its number.
        seq: u64,
        /// Its time.
        at: Instant,
        /// Its validity.
        valid_for: Span,
    },
    /// Outside a joint's range.
    #[error("{joint} would pass its limit by {over}")]
    Range {
        /// Which.
        joint: Joint,
        /// How far.
        over: Radians,
    },
    /// Faster than a joint may go.
    #[error("{joint} at {speed:.3} rad/s, allowed {most:.3}")]
    Speed {
        /// Which.
        joint: Joint,
        /// rad/s.
        speed: f64,
        /// rad/s.
        most: f64,
    },
    /// More than a joint may accelerate.
    #[error("{joint} at {acceleration:.2} rad/s2, allowed {most:.2}")]
    Acceleration {
        /// Which.
        joint: Joint,
        /// rad/s².
        acceleration: f64,
        /// rad/s².
        most: f64,
    },
    /// More jerk than a joint may have.
    #[error("{joint} at {jerk:.0} rad/s3, allowed {most:.0}")]
    Jerk {
        /// Which.
        joint: Joint,
        /// rad/s³.
        jerk: f64,
        /// rad/s³.
        most: f64,
    },
    /// Nose too fast for where it is.
    #[error("nose at {:.1} mm/s {}, allowed {:.1}", speed * 1e3, place.name(), most * 1e3)]
    Nose {
        /// m/s.
        speed: f64,
        /// m/s.
        most: f64,
        /// Which rule.
        place: Place,
    },
    /// Needle further out than stroke or tool allow, or further in than it can go.
    #[error("protrusion {protrusion}, allowed {limit}")]
    Protrusion {
        /// Wanted.
        protrusion: Protrusion,
        /// The limit it passes.
        limit: Protrusion,
    },
    /// Needle out without an open gate.
    #[error("needle out by {protrusion} with the gate closed")]
    GateClosed {
        /// Wanted.
        protrusion: Protrusion,
    },
    /// Needle out while the nose feels nothing.
    #[error("needle out by {protrusion} without contact: nose {nose}, force {force}")]
    NoContact {
        /// Wanted.
        protrusion: Protrusion,
        /// Measured.
        nose: Metres,
        /// Measured.
        force: Newtons,
    },
}

/// Which speed rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Place {
    /// Anywhere.
    Free,
    /// Near the head.
    NearHead,
    /// Towards skin that may be anywhere.
    LastMillimetres,
    /// The nose touches.
    Touching,
}

/// What the stroke allows in this cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permit {
    /// The gate has opened for this stroke and the needle has not been called back.
    pub open: bool,
    /// Farthest the needle may be.
    pub protrusion: Protrusion,
    /// From the nose to where skin may begin, three sigma included; `None` while the surface is not trusted.
    pub clear: Option<Metres>,
    /// From the nose to the believed surface; `None` away from a stroke.
    pub height: Option<Metres>,
    /// The stroke has found the skin: it counts as touching whatever a noisy sensor says in this cycle.
    pub found: bool,
    /// Towards the skin while the nose touches, m/s.
    pub touching: f64,
    /// Where the head is believed to be.
    pub base_from_head: Pose<Base, Head>,
}

/// What was last said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    pub(crate) seq: u64,
    pub(crate) at: Instant,
    pub(crate) q: JointPos,
    /// Means over the last step: speed; over the last two: acceleration.
    pub(crate) qd: JointVel,
    pub(crate) qdd: JointAcc,
    dt: f64,
    pub(crate) nose: Pose<Base, Tcp>,
    head: Pose<Base, Head>,
}

impl Said {
    /// Position, speed and acceleration at the instant of the setpoint, from the means before it.
    pub(crate) fn now(&self) -> (JointPos, JointVel, JointAcc) {
        let qd = self.qd.zip(&self.qdd, |v, a| v + 0.5 * a * self.dt);
        (self.q, qd, self.qdd)
    }
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Free => "in free space",
            Self::NearHead => "near the head",
            Self::LastMillimetres => "above untrusted skin",
            Self::Touching => "while touching",
        }
    }
}

/// The guard and its memory.
#[derive(Debug, Clone)]
pub struct Guard {
    model: ArmModel,
    flange_from_tcp: Pose<Flange, Tcp>,
    stop: Protrusion,
    rest: Protrusion,
    /// Nose displacement and force that count as contact.
    feels: (Metres, Newtons),
    speeds: Speeds,
    head_radius: Metres,
    said: Option<Said>,
    /// Since when the nose touches.
    touched: Option<Instant>,
}

impl Guard {
    /// For one arm with one tool, over a head of this radius.
    pub fn new(model: &ArmModel, tool: &arm::Tool, speeds: &Speeds, head_radius: Metres) -> Self {
        Self {
            model: model.clone(),
            flange_from_tcp: tool.flange_from_tcp,
            stop: tool.needle.stop,
            rest: tool.needle.rest,
            feels: (feels(tool).0, hit(tool)),
            speeds: *speeds,
            head_radius,
            said: None,
            touched: None,
        }
    }

    /// The arm stands at `q` at `at`, and the next setpoint has number `seq`: the start, or after the arm has stopped by
    /// itself. Nothing that was said before counts.
    pub fn stands(&mut self, q: &JointPos, at: Instant, seq: u64, head: &Pose<Base, Head>) {
        self.said = Some(Said {
            seq: seq.wrapping_sub(1),
            at,
            q: *q,
            qd: JointVel::zeros(q.len()),
            qdd: JointAcc::zeros(q.len()),
            dt: 0.0,
            nose: self.nose(q),
            head: *head,
        });
    }

    pub(crate) fn said(&self) -> Option<&Said> {
        self.said.as_ref()
    }

    fn nose(&self, q: &JointPos) -> Pose<Base, Tcp> {
        self.model.forward(q) * self.flange_from_tcp
    }

    /// Leave to say `setpoint`, which is then remembered as said.
    pub fn pass(&mut self, setpoint: &Setpoint, state: &ArmState, permit: &Permit) -> Result<(), Refusal> {
        let touched = if permit.found || self.touches(state) { self.touched.or(Some(setpoint.at)) } else { None };
        let next = self.check(setpoint, state, permit, touched)?;
        (self.said, self.touched) = (Some(next), touched);
        Ok(())
    }

    fn check(
        &self,
        setpoint: &Setpoint,
        state: &ArmState,
        permit: &Permit,
        touched: Option<Instant>,
    ) -> Result<Said, Refusal> {
        let finite = setpoint.q.is_finite() && setpoint.qd.is_finite() && setpoint.protrusion.get().is_finite();
        let dof = self.model.dof();
        if !finite || setpoint.q.len() != dof || setpoint.qd.len() != dof {
            return Err(Refusal::NotFinite);
        }
        let Some(said) = &self.said else { return Err(Refusal::NotFinite) };
        let dt = (setpoint.at - said.at).seconds();
        let valid = setpoint.valid_for > Span::ZERO && setpoint.valid_for <= LONGEST_VALIDITY;
        if !(dt > 0.0) || !valid || setpoint.seq != said.seq.wrapping_add(1) {
            return Err(Refusal::Expiry { seq: setpoint.seq, at: setpoint.at, valid_for: setpoint.valid_for });
        }
        let (qd, qdd) = self.joints(setpoint, said, dt)?;
        let nose = self.nose(&setpoint.q);
        let touching = touched.map(|since| setpoint.at - since);
        self.speed(&nose, said, dt, touching, permit)?;
        self.needle(setpoint.protrusion, state, permit)?;
        let (seq, at, q) = (setpoint.seq, setpoint.at, setpoint.q);
        Ok(Said { seq, at, q, qd, qdd, dt, nose, head: permit.base_from_head })
    }

    fn joints(&self, setpoint: &Setpoint, said: &Said, dt: f64) -> Result<(JointVel, JointAcc), Refusal> {
        let limits = &self.model.limits;
        let n = setpoint.q.len();
        let (mut qd, mut qdd) = (JointVel::zeros(n), JointAcc::zeros(n));
        for i in 0..n {
            let joint = Joint(i);
            let q = setpoint.q[i];
            if !(q >= limits.lower[i] && q <= limits.upper[i]) {
                let over = Radians::new((q - limits.upper[i]).max(limits.lower[i] - q));
                return Err(Refusal::Range { joint, over });
            }
            qd[i] = (q - said.q[i]) / dt;
            let speed = qd[i].abs().max(setpoint.qd[i].abs());
            let most = limits.speed[i];
            if !(speed <= most * SLACK) {
                return Err(Refusal::Speed { joint, speed, most });
            }
            qdd[i] = (qd[i] - said.qd[i]) / (0.5 * (dt + if said.dt > 0.0 { said.dt } else { dt }));
            let most = limits.acceleration[i];
            if !(qdd[i].abs() <= most * SLACK) {
                return Err(Refusal::Acceleration { joint, acceleration: qdd[i], most });
            }
            let jerk = (qdd[i] - said.qdd[i]) / dt;
            let most = limits.jerk[i];
            if !(jerk.abs() <= most * JERK_SLACK) {
                return Err(Refusal::Jerk { joint, jerk, most });
            }
        }
        Ok((qd, qdd))
    }

    fn speed(
        &self,
        nose: &Pose<Base, Tcp>,
        said: &Said,
        dt: f64,
        touching: Option<Span>,
        permit: &Permit,
    ) -> Result<(), Refusal> {
        let must = |speed: f64, most: f64, place: Place| {
            if speed <= most * SLACK { Ok(()) } else { Err(Refusal::Nose { speed, most, place }) }
        };
        let in_base = (nose.origin() - said.nose.origin()).vector / dt;
        must(in_base.norm(), self.speeds.free, Place::Free)?;
        // Against the head, speed is what the nose does on the head; an arm that stands is slow whatever the head does.
        let now: Point<Head> = permit.base_from_head.inverse() * nose.origin();
        let before: Point<Head> = said.head.inverse() * said.nose.origin();
        let on_head = permit.base_from_head.get().rotation * ((now - before).vector / dt);
        let from_head = (nose.origin() - permit.base_from_head.origin()).norm() - self.head_radius;
        if !(from_head > self.speeds.near) {
            must(in_base.norm().min(on_head.norm()), self.speeds.near_head, Place::NearHead)?;
        }
        let z = nose.z().get().into_inner();
        let parts = |v: nalgebra::Vector3<f64>| (v.dot(&z), (v - z * v.dot(&z)).norm());
        let ((inward_b, across_b), (inward_h, across_h)) = (parts(in_base), parts(on_head));
        let (inward, across) = (inward_b.min(inward_h), across_b.min(across_h));
        if let Some(height) = permit.height
            && !(height > self.speeds.last)
            && !permit.clear.is_some_and(|clear| clear > Metres::ZERO)
            && touching.is_none()
        {
            must(inward, self.speeds.touching, Place::LastMillimetres)?;
        }
        if touching.is_some_and(|since| since > SLOWING || permit.found) {
            must(inward, permit.touching, Place::Touching)?;
            // A nose that leaves the skin leaves it along the needle.
            must(across, self.speeds.touching.max(ACROSS * -inward), Place::Touching)?;
        }
        Ok(())
    }

    fn needle(&self, protrusion: Protrusion, state: &ArmState, permit: &Permit) -> Result<(), Refusal> {
        if !(protrusion >= self.rest) {
            return Err(Refusal::Protrusion { protrusion, limit: self.rest });
        }
        if protrusion <= Protrusion::ZERO {
            return Ok(());
        }
        // Two limits, each by itself: a limit that is no number allows nothing.
        if let Some(limit) = [permit.protrusion, self.stop].into_iter().find(|limit| !(protrusion <= *limit)) {
            return Err(Refusal::Protrusion { protrusion, limit });
        }
        if !permit.open {
            return Err(Refusal::GateClosed { protrusion });
        }
        if !self.touches(state) {
            return Err(Refusal::NoContact { protrusion, nose: state.nose, force: state.axial_force });
        }
        Ok(())
    }

    fn touches(&self, state: &ArmState) -> bool {
        state.nose > self.feels.0 || state.axial_force > self.feels.1
    }
}

/// Axial force that no drift of the sensor explains: the ring gives by then, and more.
pub(crate) fn hit(tool: &arm::Tool) -> Newtons {
    tool.nose.preload + Newtons::new(0.3)
}

/// Nose displacement and axial force above which the nose touches something: well above the noise of the sensors.
pub(crate) fn feels(tool: &arm::Tool) -> (Metres, Newtons) {
    let nose = (tool.sensors.nose_noise * 6.0).max(Metres::from_mm(0.05));
    let force = (tool.sensors.force_noise * 6.0).max(Newtons::new(0.1));
    (nose, force)
}
