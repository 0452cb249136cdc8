//! Where the joints shall be at an instant.
//!
//! In: what moves now, the smoothed head, the course along the needle. Out: joint positions for one instant, and the nose
//! that belongs to them. Everything that follows the head is planned for the head of the program and moved with the
//! tracked one: `base_from_nose = base_from_head(tracked) * head_from_base(program) * nominal`. Absent: decisions.

use arm::{ArmModel, JointPos, JointVel};
use frames::{Base, Flange, Head, Instant, Metres, Point, Pose, Radians, Span, Tcp};
use nalgebra::{Isometry3, Translation3};

use crate::axis::Axis;
use crate::follow::Follower;
use crate::stop::JointStop;
use crate::travel::Leg;

/// Setpoints remembered, to compare the arm with what it was told a servo lag ago.
const HISTORY: usize = 96;

/// What moves.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Move {
    /// A posture of the program, moved with the head.
    Posture(JointPos),
    /// A hop between two of them.
    Leg { leg: Leg, began: Instant },
    /// Along the needle from an anchor.
    Along,
    /// Coming to rest, wherever the head goes.
    Stop(JointStop),
    /// At rest, wherever the head goes.
    Still(JointPos),
}

/// The zero of the axis: a nose pose for the program's head, +z along the needle, and the posture that goes with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor {
    pub(crate) nominal: Isometry3<f64>,
    pub(crate) seed: JointPos,
    /// Joints per metre along the needle.
    pub(crate) slope: JointPos,
    /// Of a stroke's lifted posture, not of some place where the arm stopped.
    pub(crate) stroke: bool,
}

/// How much of the head's motion counts: none at park, all at the strokes, eased in between.
#[derive(Debug, Clone, Copy)]
struct Share {
    from: f64,
    to: f64,
    began: Instant,
    length: Span,
}

/// One said setpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past {
    pub(crate) at: Instant,
    pub(crate) q: JointPos,
    pub(crate) qd: JointVel,
    pub(crate) nose: Point<Base>,
}

/// The generator of setpoints.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    pub(crate) moving: Move,
    pub(crate) axis: Axis,
    pub(crate) anchor: Anchor,
    pub(crate) follower: Option<Follower>,
    share: Share,
    base_from_head: Pose<Base, Head>,
    tcp_from_flange: Pose<Tcp, Flange>,
    history: [Option<Past>; HISTORY],
    said: usize,
}

impl Path {
    pub(crate) fn new(base_from_head: Pose<Base, Head>, flange_from_tcp: &Pose<Flange, Tcp>, park: &JointPos) -> Self {
        let none = JointPos::zeros(park.len());
        Self {
            moving: Move::Posture(*park),
            axis: Axis::new(),
            anchor: Anchor { nominal: Isometry3::identity(), seed: *park, slope: none, stroke: false },
            follower: None,
            share: Share { from: 0.0, to: 0.0, began: Instant::START, length: Span::ZERO },
            base_from_head,
            tcp_from_flange: flange_from_tcp.inverse(),
            history: [None; HISTORY],
            said: 0,
        }
    }

    /// Eases the share of the head's motion to `to` within `length`.
    pub(crate) fn ease(&mut self, to: f64, at: Instant, length: Span) {
        self.share = Share { from: self.share_at(at), to, began: at, length };
    }

    pub(crate) fn is_eased(&self, at: Instant) -> bool {
        at - self.share.began >= self.share.length
    }

    fn share_at(&self, at: Instant) -> f64 {
        let Share { from, to, began, length } = self.share;
        let u = if length > Span::ZERO { ((at - began).seconds() / length.seconds()).clamp(0.0, 1.0) } else { 1.0 };
        // Speed and acceleration vanish at both ends: 10 u^3 - 15 u^4 + 6 u^5.
        from + (to - from) * u * u * u * (10.0 + u * (6.0 * u - 15.0))
    }

    /// The head as followed at `at`: the program's, the smoothed one, or on the way between.
    pub(crate) fn head(&self, at: Instant) -> Pose<Base, Head> {
        let share = self.share_at(at);
        let Some(follower) = &self.follower else { return self.base_from_head };
        let (from, to) = (self.base_from_head, follower.pose());
        if share >= 1.0 {
            return to;
        }
        let move_ = to.get().translation.vector - from.get().translation.vector;
        let turn = (to.get().rotation * from.get().rotation.inverse()).scaled_axis();
        Pose::new(Isometry3::from_parts(
            Translation3::from(from.get().translation.vector + move_ * share),
            nalgebra::UnitQuaternion::from_scaled_axis(turn * share) * from.get().rotation,
        ))
    }

    /// What the head's motion does to a pose planned for the program's head.
    pub(crate) fn shift(&self, head: &Pose<Base, Head>) -> Isometry3<f64> {
        head.get() * self.base_from_head.get().inverse()
    }

    /// How far `head` moves a point of the head, and turns, against the program.
    pub(crate) fn correction(&self, head: &Pose<Base, Head>, at: Point<Head>) -> (Metres, Radians) {
        let by = (*head * at - self.base_from_head * at).norm();
        let turn = (head.get().rotation * self.base_from_head.get().rotation.inverse()).angle();
        (by, Radians::new(turn))
    }

    /// Where the joints shall be at `at`; `None` when no posture reaches.
    pub(crate) fn joints(&self, at: Instant, model: &ArmModel) -> Option<JointPos> {
        let (nominal, seed) = match &self.moving {
            Move::Stop(stop) => return Some(stop.at(at)),
            Move::Still(q) => return Some(*q),
            Move::Posture(q) => (None, *q),
            Move::Leg { leg, began } => (None, leg.motion.at(at - *began).0),
            Move::Along => {
                let s = self.axis.at(at).s;
                (Some(self.anchor.at(s)), self.anchor.seed.zip(&self.anchor.slope, |q, d| q + d * s))
            }
        };
        if nominal.is_none() && (self.share_at(at) <= 0.0 || self.follower.is_none()) {
            return Some(seed);
        }
        let nominal = nominal.unwrap_or_else(|| model.forward(&seed).get() * self.tcp_from_flange.get().inverse());
        let target = self.shift(&self.head(at)) * nominal * self.tcp_from_flange.get();
        model.inverse_near(&Pose::new(target), &seed)
    }

    /// The posture that the program's head would need for the present place on the axis.
    pub(crate) fn nominal_joints(&self, at: Instant, model: &ArmModel) -> Option<JointPos> {
        let s = self.axis.at(at).s;
        if self.anchor.stroke && s.abs() <= 0.0 {
            return Some(self.anchor.seed);
        }
        let seed = self.anchor.seed.zip(&self.anchor.slope, |q, d| q + d * s);
        model.inverse_near(&Pose::new(self.anchor.at(s) * self.tcp_from_flange.get()), &seed)
    }

    /// Anchors the axis where the nose is: `nose` as said, under the head as followed.
    pub(crate) fn anchor_here(&mut self, nose: &Pose<Base, Tcp>, q: &JointPos, at: Instant, model: &ArmModel) {
        let nominal = self.shift(&self.head(at)).inverse() * nose.get();
        let seed = model.inverse_near(&Pose::new(nominal * self.tcp_from_flange.get()), q).unwrap_or(*q);
        let probe = -1e-3;
        let back = Pose::new(nominal * Translation3::new(0.0, 0.0, probe) * self.tcp_from_flange.get());
        let slope =
            model.inverse_near(&back, &seed).map_or(JointPos::zeros(q.len()), |b| b.zip(&seed, |b, s| (b - s) / probe));
        self.anchor = Anchor { nominal, seed, slope, stroke: false };
        self.axis.stand(0.0, at);
        self.moving = Move::Along;
    }

    /// Remembers what was said.
    pub(crate) fn remember(&mut self, past: Past) {
        self.history[self.said % HISTORY] = Some(past);
        self.said += 1;
    }

    /// What was said for `then` or just before, and the greatest speeds said since.
    pub(crate) fn told(&self, then: Instant) -> Option<(Past, JointVel, f64)> {
        let (mut found, mut fastest, mut nose_fastest) =
            (None::<Past>, JointVel::zeros(self.anchor.seed.len()), 0.0_f64);
        for k in 1..=self.said.min(HISTORY) {
            let Some(past) = self.history[(self.said - k) % HISTORY] else { break };
            fastest = fastest.zip(&past.qd, |a, b| if a.abs() >= b.abs() { a } else { b });
            if let Some(newer) = found {
                let dt = (newer.at - past.at).seconds();
                nose_fastest = nose_fastest.max((newer.nose - past.nose).norm().get() / dt.max(1e-6));
            }
            found = Some(past);
            if past.at <= then {
                break;
            }
        }
        found.map(|past| (past, fastest, nose_fastest))
    }
}

impl Anchor {
    /// The nose pose at `s` on the axis.
    pub(crate) fn at(&self, s: f64) -> Isometry3<f64> {
        self.nominal * Translation3::new(0.0, 0.0, s)
    }
}
