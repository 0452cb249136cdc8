//! What a caller decides: where everything stands, and what the planner may do.

use arm::JointPos;
use frames::{Base, Head, Metres, Pose, Radians, Seed, Span};
use nalgebra::Point3;

use crate::Effort;

/// Where everything stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The head's frame, by the registration.
    pub base_from_head: Pose<Base, Head>,
    /// Where the arm waits before and after.
    pub park: JointPos,
    /// What no moving part may touch.
    pub keep_out: Vec<KeepOut>,
}

/// A box that the arm must stay out of: a table, a chair, a wall. Axes of the base frame.
#[derive(Debug, Clone, PartialEq)]
pub struct KeepOut {
    /// For messages.
    pub name: String,
    /// Least corner, base frame, m.
    pub min: Point3<f64>,
    /// Greatest corner, base frame, m.
    pub max: Point3<f64>,
}

/// What the planner may do. The default suits a UR-sized arm over a scalp.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Of the tour and of the search for free ways.
    pub seed: Seed,
    /// Work on the tour.
    pub effort: Effort,
    /// Turns of the tool about the needle that are tried, 4 to 32.
    pub spins: usize,
    /// Between two strokes the nose is at least this far from the skin; more where the way is long.
    pub lift: Metres,
    /// Greatest lift that a long way may ask for. Beyond it a hop becomes a detour.
    pub highest_lift: Metres,
    /// Links and tool stay this far from the head. Near the ring a tool part must keep half the gap that it has over
    /// flat skin.
    pub head_clearance: Metres,
    /// Links and tool stay this far from keep-outs.
    pub keep_out_clearance: Metres,
    /// Links that are not neighbours stay this far apart.
    pub self_clearance: Metres,
    /// Angles stay this far from their limits.
    pub joint_margin: Radians,
    /// Least singular value of the nose's Jacobian, turns weighed with 0.1 m/rad, m/rad. Below it the arm must turn its
    /// joints more than 1/this for a metre.
    pub least_singular: f64,
    /// Stay at depth this long.
    pub dwell: Span,
    /// How fast; see [`crate::Pace`].
    pub pace: crate::Pace,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: Seed(1),
            effort: Effort::default(),
            spins: 24,
            lift: Metres::from_mm(2.0),
            highest_lift: Metres::from_mm(50.0),
            head_clearance: Metres::from_mm(5.0),
            keep_out_clearance: Metres::from_mm(20.0),
            self_clearance: Metres::from_mm(5.0),
            joint_margin: Radians::from_degrees(2.0),
            least_singular: 0.03,
            dwell: Span::from_ms(5),
            pace: crate::Pace::default(),
        }
    }
}
