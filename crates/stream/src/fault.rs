//! What can go wrong, in numbers, and how hard the reaction is.
//!
//! Levels are those of `reference/faults.md` section 3; which cause has which level is decided by the design, section 9,
//! and applied in [`crate::watch`] and [`crate::head`]. The first fault that latches wins.

use std::fmt;

use arm::Joint;
use frames::{Instant, Metres, Newtons, Protrusion, Radians, SiteId, Span};
use serde::Serialize;

use crate::{Phase, Refusal};

/// How hard the reaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Level {
    /// Counted, nothing else.
    R0,
    /// Hold: no new insertion; the current dot is finished or dropped, the needle is in before the arm holds.
    R1,
    /// Withdraw the needle now, then decelerate and stand. Latched.
    R2,
    /// The same, and power may be taken afterwards; needs a new registration. Latched.
    R3,
    /// The hardware stop: nothing is sent any more. Latched.
    R4,
}

/// Why. Lower case, no full stop, with the figures.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error, Serialize)]
pub enum Cause {
    /// The loop woke late.
    #[error("{cycles} cycles late in a row, the last by {by}; free the computer or raise the loop's priority")]
    Late {
        /// In a row.
        cycles: u32,
        /// The last one.
        by: Span,
    },
    /// Packages of the arm are missing.
    #[error("no new state from the arm for {age} ({lost} cycles); check the link")]
    StateLost {
        /// Cycles without a new one.
        lost: u32,
        /// Of the newest.
        age: Span,
    },
    /// A state older than the one before.
    #[error("a state from the past by {back} was dropped")]
    StateReordered {
        /// How far back.
        back: Span,
    },
    /// The arm's clock began again.
    #[error("the arm's clock went back by {back}; it restarted, register again")]
    ArmRestarted {
        /// How far back.
        back: Span,
    },
    /// A number in the state is not finite, or the number of joints is wrong.
    #[error("the arm's state has a number that is not finite or {joints} joints instead of {expected}")]
    StateInvalid {
        /// Joints in the state.
        joints: usize,
        /// Joints of the model.
        expected: usize,
    },
    /// The arm let the last setpoint expire.
    #[error("the arm heard nothing in time and stopped by itself")]
    Starved,
    /// The arm's own safety stopped it.
    #[error("protective stop; look at the arm before the next session")]
    ProtectiveStop,
    /// Somebody pressed the button.
    #[error("emergency stop")]
    EmergencyStop,
    /// The arm does not take over new setpoints.
    #[error("the arm repeats setpoint {seq:?} for {by}; its program hangs")]
    SetpointsIgnored {
        /// The one it repeats.
        seq: Option<u64>,
        /// For how long.
        by: Span,
    },
    /// A joint is not where it was told to be.
    #[error("{joint} is {by} from its setpoint")]
    Following {
        /// Which.
        joint: Joint,
        /// How far.
        by: Radians,
    },
    /// The nose is not where it was told to be.
    #[error("the nose is {by} from where it was sent; check calibration and collision")]
    Position {
        /// How far.
        by: Metres,
    },
    /// An encoder leapt.
    #[error("{joint} leapt by {by}; its encoder and its speed disagree")]
    Encoder {
        /// Which.
        joint: Joint,
        /// How far.
        by: Radians,
    },
    /// Too much force.
    #[error("axial force {force}")]
    Force {
        /// Measured.
        force: Newtons,
    },
    /// Force rises too fast.
    #[error("axial force rises by {rate:.0} N/s")]
    ForceRate {
        /// N/s.
        rate: f64,
    },
    /// The nose is at the end of its travel.
    #[error("the nose is pushed in by {nose}, the end of its travel")]
    NoseAtEnd {
        /// Measured.
        nose: Metres,
    },
    /// The force sensor repeats itself or is far from zero in the air.
    #[error("the force sensor reads {bias} in the air and moves by {spread}; check its cable and tare it")]
    ForceSensor {
        /// Mean in the air.
        bias: Newtons,
        /// Largest minus smallest in the air.
        spread: Newtons,
    },
    /// The head moves too fast.
    #[error("the head moves at {:.0} mm/s", speed * 1e3)]
    HeadSpeed {
        /// m/s under the nose.
        speed: f64,
    },
    /// The tracker is silent.
    #[error("the newest pose of the head is {age} old")]
    TrackerAge {
        /// Since the light was caught.
        age: Span,
    },
    /// The tracker is slow.
    #[error("poses of the head arrive {latency} late")]
    TrackerLatency {
        /// From light to arrival.
        latency: Span,
    },
    /// The tracker repeats itself.
    #[error("the tracker repeated one pose {frames} times")]
    TrackerFrozen {
        /// Frames with the same bits.
        frames: u32,
    },
    /// The tracker leapt.
    #[error("the tracked head leapt by {by} and {turn}, {count} times in a row")]
    TrackerJump {
        /// Distance to the prediction.
        by: Metres,
        /// Angle to the prediction.
        turn: Radians,
        /// In a row.
        count: u32,
    },
    /// The head is too far from where the program was planned.
    #[error("the head is {by} and {turn} from where it was planned; plan the rest again")]
    Correction {
        /// At the stroke.
        by: Metres,
        /// Turn.
        turn: Radians,
    },
    /// The needle does not come back.
    #[error("the needle is at {protrusion} and not confirmed withdrawn after {after}")]
    NeedleJam {
        /// Its scale.
        protrusion: Protrusion,
        /// Since it was told.
        after: Span,
    },
    /// The needle is out although nobody asked.
    #[error("the needle is out by {protrusion} without an order")]
    NeedleAdrift {
        /// Its scale.
        protrusion: Protrusion,
    },
    /// The needle is further out than the stroke allows.
    #[error("the needle is out by {protrusion}, allowed is {limit}")]
    NeedleTooFar {
        /// Its scale.
        protrusion: Protrusion,
        /// Of the stroke and the tool.
        limit: Protrusion,
    },
    /// The guard refused what the controller wanted to say.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// No posture reaches the wanted pose.
    #[error("no posture reaches the nose pose wanted for the moved head")]
    NoPosture,
    /// The arm does not stand where the program begins.
    #[error("{joint} is {by} from the park posture; move the arm there first")]
    NotParked {
        /// Which.
        joint: Joint,
        /// How far.
        by: Radians,
    },
    /// Something is in the way between park and head.
    #[error("the nose touched something between park and head: nose {nose}, force {force}; clear the way")]
    Touched {
        /// Measured.
        nose: Metres,
        /// Measured.
        force: Newtons,
    },
    /// Several strokes failed one after the other.
    #[error("{count} strokes skipped in a row; check registration and tool")]
    SkipsInRow {
        /// How many.
        count: u32,
    },
    /// A person asked for it.
    #[error("stopped by the operator")]
    Operator,
}

/// A latched fault: the first one of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fault {
    /// Why.
    pub cause: Cause,
    /// How hard.
    pub level: Level,
    /// When it was seen.
    pub at: Instant,
    /// What was going on.
    pub phase: Phase,
    /// At which dot.
    pub site: Option<SiteId>,
}

/// A cause with the level it has here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Alarm {
    pub(crate) cause: Cause,
    pub(crate) level: Level,
}

impl Alarm {
    pub(crate) const fn new(level: Level, cause: Cause) -> Self {
        Self { cause, level }
    }

    /// The harder one; the earlier one of two equals.
    pub(crate) fn worse(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(x), Some(y)) => Some(if y.level > x.level { y } else { x }),
            (x, y) => x.or(y),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {} while {:?}: {}", self.level, self.at, self.phase, self.cause)
    }
}

impl std::error::Error for Fault {}
