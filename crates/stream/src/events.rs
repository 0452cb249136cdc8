//! What the controller tells: its phase, events, the outcome of a dot, a record of every cycle.

use arm::{ArmState, Setpoint};
use frames::{Base, Head, Instant, Metres, Newtons, Penetration, Point, Pose, Protrusion, Radians, SiteId, Span};
use serde::Serialize;

use crate::{Cause, Fault, Level};

/// What time sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Phase {
    /// At park, listening to the tracker; then shifting the park posture to the tracked head.
    Waiting,
    /// From park or from the last stroke to above the next, lifted.
    Travel,
    /// Above the stroke, lifted, waiting for leave to go on.
    Ready,
    /// Down to where the surface may begin.
    Approach,
    /// Slowly down until the nose feels the skin.
    Seek,
    /// Pressing to the contact force.
    Settle,
    /// Waiting for every gate to be open.
    Gate,
    /// The needle goes out.
    Insert,
    /// The needle stays.
    Dwell,
    /// The needle comes back.
    Withdraw,
    /// Straight back along the needle.
    Lift,
    /// Coming to rest where it is, after something unexpected that is no fault.
    Stopping,
    /// At rest where it stopped.
    Held,
    /// Back to park.
    Retreat,
    /// Nothing left to do.
    Finished,
    /// A fault latched: needle in, then rest.
    Faulted,
}

/// What an operator may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Command {
    /// Finish the current dot, lift, wait.
    Pause,
    /// Go on after a pause or a hold that waits for a person.
    Resume,
    /// Go on for one dot, then pause.
    StepOne,
    /// Drop the current dot, unless it has begun.
    Skip,
    /// Needle in at once, lift, end there.
    Stop,
    /// Latch a fault of level R3: needle in, stand.
    Halt,
}

/// Something that must not be lost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Event {
    /// From this cycle on the needle may be in the skin at this site.
    StrokeBegun {
        /// Which dot.
        site: SiteId,
        /// Its place in the program.
        index: u32,
        /// The setpoint that lets the needle out.
        at: Instant,
    },
    /// The needle is back.
    Done(Outcome),
    /// The dot was left out; the needle was not out.
    Skipped {
        /// Which dot.
        site: SiteId,
        /// Its place in the program.
        index: u32,
        /// When it was given up.
        at: Instant,
        /// Why.
        why: Why,
    },
    /// No new insertions for now.
    Held(Hold),
    /// Going on.
    Resumed {
        /// When.
        at: Instant,
    },
    /// A fault latched.
    Faulted(Fault),
    /// Every stroke is done or skipped and the arm is parked, or a person ended the run.
    Finished {
        /// When.
        at: Instant,
        /// Strokes done.
        done: u32,
        /// Strokes skipped.
        skipped: u32,
    },
}

/// Why nothing is begun.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Hold {
    /// Since.
    pub at: Instant,
    /// Why.
    pub why: HoldWhy,
    /// Waits for [`Command::Resume`]; otherwise it ends when the reason does.
    pub operator: bool,
}

/// Why nothing is begun.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum HoldWhy {
    /// The intent of the next stroke is not durable yet.
    Lease,
    /// Events are not taken over.
    Backlog,
    /// An operator's pause.
    Paused,
    /// A reason of level R1.
    Cause(Cause),
}

/// Why a dot was left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Why {
    /// The nose touched before the surface could be there.
    ContactEarly {
        /// Against the learnt surface.
        by: Metres,
    },
    /// No contact where the surface should be.
    ContactLate {
        /// Searched past the learnt surface.
        by: Metres,
    },
    /// The nose touched during travel.
    TouchedInTravel,
    /// The contact force was not reached or did not stand.
    Force {
        /// Measured.
        force: Newtons,
    },
    /// The newest pose of the head is too old.
    Tracker {
        /// Its age.
        age: Span,
    },
    /// The head moves.
    HeadSpeed {
        /// m/s.
        speed: f64,
    },
    /// The needle leans.
    Tilt {
        /// Against the wanted axis.
        by: Radians,
    },
    /// The nose is beside the place.
    Lateral {
        /// Across the needle.
        by: Metres,
    },
    /// The nose does not stand still.
    Moving {
        /// Within the window.
        by: Metres,
    },
    /// The needle's switch does not say that it is in.
    NeedleNotIn,
    /// Not durable; cannot happen once seeking has begun, unless the lease was taken back.
    Lease,
    /// The loop, the link or the sensors are not well (R0 or R1 in this cycle).
    NotWell,
    /// The guard refused a setpoint on the way.
    Refused,
    /// An operator skipped or stopped it.
    Operator,
}

/// What became of a dot that was begun. Everything is belief: sensors, registration and scan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outcome {
    /// Which dot.
    pub site: SiteId,
    /// Its place in the program.
    pub index: u32,
    /// The setpoint that let the needle out.
    pub began: Instant,
    /// The needle's scale passed the ring, outwards; `None` if it never did.
    pub inserted: Option<Instant>,
    /// The needle's scale passed the ring, inwards.
    pub withdrawn: Option<Instant>,
    /// Scale and switch agreed that the needle is in.
    pub confirmed: Instant,
    /// What the program asked for.
    pub planned: Protrusion,
    /// What the drive was told, corrected for force and tilt.
    pub commanded: Protrusion,
    /// Farthest the scale has shown.
    pub reached: Protrusion,
    /// Nose displacement at insertion.
    pub nose: Metres,
    /// Axial force at insertion.
    pub force: Newtons,
    /// Greatest axial force of the stroke.
    pub force_most: Newtons,
    /// What the skin is believed to have got: the stroke's target, shifted by the departures of protrusion, force and
    /// tilt from the plan.
    pub penetration: Penetration,
    /// Where the needle is believed to have entered.
    pub entry: Point<Head>,
    /// Between needle and wanted axis.
    pub tilt: Radians,
    /// From the wanted place, across the needle.
    pub lateral: Metres,
    /// How far the tracked head has moved the stroke.
    pub correction: Metres,
    /// The turn of the same.
    pub correction_turn: Radians,
    /// Contact against scan and registration along the needle, positive deeper.
    pub surface: Metres,
    /// Scatter that was expected there, one sigma.
    pub surface_sigma: Metres,
    /// Since the previous dot's end, or since the last travel before the first dot began: skipped dots count.
    pub took: Span,
    /// Withdrawn before its time, and why.
    pub aborted: Option<Cause>,
}

/// What the controller believes in one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Belief {
    /// The head, predicted and smoothed, as followed.
    pub base_from_head: Pose<Base, Head>,
    /// The nose, from the encoders.
    pub nose: Point<Base>,
    /// Head speed under the nose, m/s.
    pub head_speed: f64,
    /// Along the needle of the current stroke, from its lifted posture, as commanded.
    pub along: Metres,
}

/// One control cycle, whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cycle {
    /// When it ran.
    pub now: Instant,
    /// When it should have run.
    pub due: Instant,
    /// What came in.
    pub state: ArmState,
    /// What went out; `None` when nothing may be sent.
    pub setpoint: Option<Setpoint>,
    /// What was going on.
    pub phase: Phase,
    /// Place in the program.
    pub index: u32,
    /// Worst alarm of the cycle.
    pub level: Option<Level>,
    /// What the controller believes.
    pub belief: Belief,
    /// What happened.
    pub event: Option<Event>,
}
