//! Why a site was left out, and why there is no program at all. Every message says what would help.

use arm::Joint;
use frames::{Metres, Radians, SiteId};

/// A site that is not in the program.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// Which one.
    pub site: SiteId,
    /// Why.
    pub reason: Reject,
}

/// What the arm would touch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// The scanned head.
    Head,
    /// A keep-out of the cell, by name.
    KeepOut(String),
    /// Another part of the arm, by name.
    Part(String),
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Head => f.write_str("the head"),
            Self::KeepOut(name) => write!(f, "keep-out \"{name}\""),
            Self::Part(name) => write!(f, "the arm's own {name}"),
        }
    }
}

/// Why a site was left out of the program.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reject {
    /// No posture reaches it, whatever the spin.
    #[error("out of reach by {over}; move head and base nearer to each other by that much")]
    OutOfReach {
        /// How far the target must come towards the shoulder.
        over: Metres,
    },
    /// Postures exist, but each leaves a joint's range.
    #[error("{joint} passes its limit by {over} at best; turn the base, or move the head to the arm's other side")]
    JointLimit {
        /// The joint of the best posture.
        joint: Joint,
        /// Past the limit less the margin.
        over: Radians,
    },
    /// Every posture is near a singularity.
    #[error(
        "singular: least singular value {value:.4} m/rad, asked for {least:.4}; move the head away from the arm's axis or its full stretch"
    )]
    Singular {
        /// Of the best posture.
        value: f64,
        /// [`crate::Options::least_singular`].
        least: f64,
    },
    /// Every posture touches something.
    #[error(
        "{part} comes to {clearance} from {obstacle}, asked for {least}, in the best posture; move {obstacle}, or use a longer or slimmer tool"
    )]
    Collides {
        /// Of the arm or tool.
        part: String,
        /// What it would touch.
        obstacle: Obstacle,
        /// Between them in the best posture; negative when they meet. A lower bound.
        clearance: Metres,
        /// What is asked for.
        least: Metres,
    },
    /// Reachable, but no way leads there from the strokes before.
    #[error(
        "no clear way from park or from the other sites ({part} would meet {obstacle}); park the tool on this side of the head, or give the site a session of its own"
    )]
    NoPassage {
        /// Of the arm or tool.
        part: String,
        /// What is in the way.
        obstacle: Obstacle,
    },
    /// The site's pose or depth is not a number.
    #[error("its pose or protrusion is not finite; make the pattern again")]
    NotFinite,
}

/// Why there is no program.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// The pattern is empty.
    #[error("there are no sites to plan; widen a zone or raise its density")]
    NoSites,
    /// Not one site can be done.
    #[error("none of the {sites} sites can be done; the nearest is {site} in the {zone}: {reason}")]
    NothingReachable {
        /// How many.
        sites: usize,
        /// The one that fails by the least.
        site: SiteId,
        /// Where it is.
        zone: String,
        /// Why it fails.
        reason: Reject,
    },
    /// The arm cannot even wait.
    #[error("park posture: {joint} is at {angle}, its range is {lower} to {upper}; change the park posture")]
    ParkLimit {
        /// Which joint.
        joint: Joint,
        /// Asked for.
        angle: Radians,
        /// Least.
        lower: Radians,
        /// Greatest.
        upper: Radians,
    },
    /// The park posture touches something.
    #[error(
        "park posture: {part} is {clearance} from {obstacle}, least {least}; change the park posture or move {obstacle}"
    )]
    ParkCollides {
        /// Of the arm or tool.
        part: String,
        /// What it touches.
        obstacle: Obstacle,
        /// Between them, a lower bound; negative when they meet.
        clearance: Metres,
        /// What is asked for.
        least: Metres,
    },
    /// The head stands inside something.
    #[error("the head's centre is {inside} inside keep-out \"{name}\"; move the head or the keep-out")]
    HeadInKeepOut {
        /// The keep-out's name.
        name: String,
        /// How deep.
        inside: Metres,
    },
    /// The head stands where the arm does.
    #[error("the head is {distance} from the arm's base ({part}), least {least}; move the head or the base")]
    HeadInBase {
        /// Part of the base.
        part: String,
        /// Between them.
        distance: Metres,
        /// What is asked for.
        least: Metres,
    },
    /// The description is not one of this arm, or not made of numbers.
    #[error("{what}; {way_out}")]
    Input {
        /// What is wrong.
        what: String,
        /// What to do.
        way_out: &'static str,
    },
    /// The check that shares no code with the search found what the search had missed.
    #[error(
        "the program was refused by its own check at {site}: {what}; this is a fault of the planner, please report it with the scene"
    )]
    Unsound {
        /// Where.
        site: SiteId,
        /// What was found.
        what: String,
    },
}
