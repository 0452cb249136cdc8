//! Every figure the controller decides by, with its reason. Defaults are the decided figures of the design, section 9.

use frames::{Metres, Newtons, Radians, Span};

/// What the controller may be told; the default is right for an actuator tool over a head that a tracker sees.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Config {
    /// When to stop, and how hard.
    pub bounds: Bounds,
    /// When a needle may enter.
    pub gates: Gates,
    /// How fast.
    pub speeds: Speeds,
    /// How the head is followed.
    pub tracking: Tracking,
}

/// Bounds whose crossing is a fault or a hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// A cycle that begins later than this counts as late. Half a cycle by default (`None`).
    pub late_after: Option<Span>,
    /// This many late cycles in a row hold (R1).
    pub late_hold: u32,
    /// This many late cycles in a row withdraw (R2).
    pub late_withdraw: u32,
    /// A pause of the whole process this long asks for a new registration (R3): suspend, debugger.
    pub asleep: Span,
    /// This many lost packages in a row hold (R1).
    pub lost_hold: u32,
    /// This many lost packages in a row withdraw (R2).
    pub lost_withdraw: u32,
    /// A state older than this withdraws (R2).
    pub state_age: Span,
    /// How long a setpoint may be followed. Five late cycles of 2 ms, and below the 20 ms of the needle's heartbeat.
    pub valid_for: Span,
    /// Axial force that withdraws (R2).
    pub force: Newtons,
    /// Rise of the axial force that withdraws, N/s (R2).
    pub force_rate: f64,
    /// Over this long the rise is measured: sensor noise and a single puncture must not trip it.
    pub force_window: Span,
    /// A joint further from where it was told to be than this, plus `following_time` times its speed, withdraws (R2).
    pub following: Radians,
    /// Servo lag that is not a fault.
    pub following_time: Span,
    /// The nose further from where it was told to be than this, plus `following_time` times its speed: R3.
    pub position: Metres,
    /// An encoder that leaps this far from what its speed says: R3.
    pub encoder: Radians,
    /// Head faster than this withdraws (R2), m/s.
    pub head_withdraw: f64,
    /// Head faster than this stops (R3), m/s.
    pub head_stop: f64,
    /// Tracker pose older than this withdraws (R2).
    pub tracker_age: Span,
    /// Tracker latency above this holds (R1).
    pub latency_hold: Span,
    /// Tracker latency above this withdraws (R2).
    pub latency_withdraw: Span,
    /// No confirmation that the needle is back within this: jam (R3).
    pub needle_jam: Span,
    /// Correction of a stroke beyond which the rest must be planned again (R1); twice this withdraws (R2).
    pub correction: Metres,
    /// The same for its turn.
    pub correction_turn: Radians,
    /// This many strokes skipped in a row hold (R1): something is wrong with more than one dot.
    pub skips_in_row: u32,
}

/// What must be true for a needle to enter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gates {
    /// Newest tracker pose, since the light was caught.
    pub tracker_age: Span,
    /// Head speed under the nose, m/s.
    pub head_speed: f64,
    /// Least nose force.
    pub force_least: Newtons,
    /// Greatest nose force.
    pub force_most: Newtons,
    /// Between the needle and the wanted axis.
    pub tilt: Radians,
    /// From the nose to the wanted place, across the needle.
    pub lateral: Metres,
    /// The nose may move this much within `still_for`.
    pub still: Metres,
    /// How long it must stand.
    pub still_for: Span,
    /// The gate may stay closed this long before the stroke is lifted.
    pub patience: Span,
    /// A stroke lifted by a closed gate is tried again this often.
    pub retries: u32,
    /// Press until the force is this near to the tool's contact force.
    pub force_tolerance: Newtons,
    /// Needle out past the ring no longer than this with an actuator; the arm drive has no bar.
    pub in_skin: Span,
    /// Skin inside the ring rises by this per newton of nose force, m/N: `skin.md` 1.12, a fifth of the scalp's
    /// 1/(1.8 N/mm). Only departures from the tool's contact force matter, so an error here is of second order.
    pub bulge_per_newton: f64,
    /// The protrusion of a stroke may be changed by at most this for the measured force and tilt.
    pub protrusion_correction: Metres,
}

/// Speeds and the trust that raises them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speeds {
    /// Nose in free space, m/s.
    pub free: f64,
    /// Nose within `near` of the head, m/s.
    pub near_head: f64,
    /// What "near the head" means.
    pub near: Metres,
    /// Towards the skin in the last `last`, and whenever the nose touches, m/s.
    pub touching: f64,
    /// Where the slow approach begins while the surface is not trusted.
    pub last: Metres,
    /// Motions are planned at this part of every limit; the rest is for following the head.
    pub share: f64,
    /// Contact earlier or later than this against the learnt surface drops the stroke.
    pub search: Metres,
    /// The surface counts as trusted when three sigma are below this.
    pub trusted: Metres,
    /// Scatter of the surface against scan and registration before any contact, one sigma.
    pub prior: Metres,
    /// Distance over which a contact tells about its neighbours.
    pub neighbourhood: Metres,
    /// From the head's origin to its farthest skin; `None` takes the farthest stroke.
    pub head_radius: Option<Metres>,
}

/// How the head is followed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tracking {
    /// Tracker noise in position, one sigma per axis.
    pub noise: Metres,
    /// Tracker noise in rotation, one sigma per axis.
    pub noise_turn: Radians,
    /// Accelerations of the head the filter expects, m/s². Breathing and heartbeat stay below 0.01.
    pub agility: f64,
    /// The same for rotation, rad/s².
    pub agility_turn: f64,
    /// A pose further off than this is an outlier, not a motion; grows with the time since the last pose.
    pub jump: Metres,
    /// The same for rotation.
    pub jump_turn: Radians,
    /// The arm follows its setpoints this late; the head is predicted that much further.
    pub arm_lag: Span,
    /// Never predict further than this.
    pub longest_lead: Span,
    /// Bandwidth of the smoothing of the correction, rad/s.
    pub bandwidth: f64,
    /// Of the correction, m/s² and rad/s².
    pub acceleration: [f64; 2],
    /// Of the correction, m/s³ and rad/s³.
    pub jerk: [f64; 2],
    /// Poses to hear before the first motion.
    pub warm_up: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            late_after: None,
            late_hold: 2,
            late_withdraw: 5,
            asleep: Span::from_ms(1_000),
            lost_hold: 2,
            lost_withdraw: 10,
            state_age: Span::from_ms(20),
            valid_for: Span::from_ms(10),
            force: Newtons::new(2.0),
            force_rate: 200.0,
            force_window: Span::from_ms(4),
            following: Radians::new(0.002),
            following_time: Span::from_ms(40),
            position: Metres::from_mm(1.0),
            encoder: Radians::new(0.003),
            head_withdraw: 0.030,
            head_stop: 0.060,
            tracker_age: Span::from_ms(50),
            latency_hold: Span::from_ms(40),
            latency_withdraw: Span::from_ms(80),
            needle_jam: Span::from_ms(100),
            correction: Metres::from_mm(15.0),
            correction_turn: Radians::from_degrees(5.0),
            skips_in_row: 5,
        }
    }
}

impl Default for Gates {
    fn default() -> Self {
        Self {
            tracker_age: Span::from_ms(25),
            head_speed: 0.015,
            force_least: Newtons::new(0.5),
            force_most: Newtons::new(1.5),
            tilt: Radians::from_degrees(5.0),
            lateral: Metres::from_mm(0.3),
            still: Metres::from_mm(0.02),
            still_for: Span::from_ms(5),
            patience: Span::from_ms(300),
            retries: 1,
            force_tolerance: Newtons::new(0.1),
            in_skin: Span::from_ms(30),
            bulge_per_newton: 0.2 / 1_800.0,
            protrusion_correction: Metres::from_mm(0.1),
        }
    }
}

impl Default for Speeds {
    fn default() -> Self {
        Self {
            free: 0.250,
            near_head: 0.050,
            near: Metres::from_mm(50.0),
            touching: 0.010,
            last: Metres::from_mm(5.0),
            share: 0.8,
            search: Metres::from_mm(1.5),
            trusted: Metres::from_mm(1.0),
            prior: Metres::from_mm(1.0),
            neighbourhood: Metres::from_mm(6.0),
            head_radius: None,
        }
    }
}

impl Default for Tracking {
    fn default() -> Self {
        Self {
            noise: Metres::from_mm(0.1),
            noise_turn: Radians::new(0.0005),
            agility: 0.03,
            agility_turn: 0.2,
            jump: Metres::from_mm(3.0),
            jump_turn: Radians::from_degrees(3.0),
            arm_lag: Span::ZERO,
            longest_lead: Span::from_ms(120),
            bandwidth: 100.0,
            acceleration: [0.4, 1.0],
            jerk: [60.0, 160.0],
            warm_up: 30,
        }
    }
}
