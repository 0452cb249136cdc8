//! Which closed form an arm has, found from its axes.
//!
//! In: a chain. Out: [`Closed`], what solves it, and [`Solver`], the same for people. Absent: poses, limits.

use nalgebra::Isometry3;
use serde::Serialize;

use crate::lines::{Line, NEARLY, PATTERN, lines};
use crate::pieper::Six;
use crate::srs::Srs;
use crate::trig::Lanes;
use crate::ur::Ur;
use crate::wrist::{GUESS, Wrist};
use crate::{ArmModel, Joint, JointPos, MAX_JOINTS};

/// Where the arms beside the wrist are tried for a joint to lock: the ends first, because what is left is then the same for
/// every angle of the locked joint.
const LOCKABLE: [usize; 7] = [6, 0, 2, 3, 4, 1, 5];

/// How [`ArmModel::inverse`] goes about an arm, with what was found in its axes. Lengths in m, angles in rad. `exact` is
/// false where the axes keep to the pattern only nearly (rounded right angles, a vendor's own calibration, a deviation by
/// [`ArmModel::perturbed`]): the closed form is then where Newton starts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Solver {
    /// Axes 2, 3, 4 parallel, as on Universal Robots' arms; names as in the vendor's DH table.
    Ur {
        /// Axis 2 to axis 3.
        a2: f64,
        /// Axis 3 to axis 4.
        a3: f64,
        /// Along axis 4.
        d4: f64,
        /// Along axis 5.
        d5: f64,
        /// See above.
        exact: bool,
    },
    /// Axes 4, 5, 6 meet and 2, 3 are parallel; names as in ortho-parallel basis, spherical wrist (OPW).
    SphericalWrist {
        /// Axis 1 to axis 2.
        a1: f64,
        /// The wrist's centre beside the plane through axis 1.
        b: f64,
        /// Axis 2 to axis 3.
        c2: f64,
        /// Axis 3 to the wrist's centre.
        c3: f64,
        /// Angles of joints 2 and 3 at which upper arm and forearm stand along axis 1.
        upright: [f64; 2],
        /// See above.
        exact: bool,
    },
    /// Axes 1, 2, 3 meet and 5, 6, 7 meet; the spare joint is the arm angle.
    Srs {
        /// Shoulder to axis 4.
        upper: f64,
        /// Axis 4 to wrist.
        fore: f64,
        /// See above.
        exact: bool,
    },
    /// What is left when `joint` is locked, or when nothing has to be, has three axes that meet at one end.
    LockedJoint {
        /// The spare joint, none for six joints.
        joint: Option<Joint>,
        /// The three axes that meet are those nearest to the base.
        at_base: bool,
        /// See above.
        exact: bool,
    },
    /// No closed form: damped least squares from many seeds, then k. Slow, and a slot is no branch.
    Numeric,
}

/// What solves an arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Closed {
    Ur(Ur),
    Wrist(Wrist, Isometry3<f64>),
    Srs(Srs, Isometry3<f64>),
    Locked(Locked),
    None,
}

/// An arm whose six joints, or seven less one, have an end where three axes meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Locked {
    /// The one that is locked.
    pub(crate) joint: Option<usize>,
    lines: [Line; MAX_JOINTS],
    /// Turns a pose into the product of all turns.
    pub(crate) flange_at_zero: Isometry3<f64>,
    tolerance: f64,
    at_base: bool,
    /// The chain is not quite this one.
    guess: bool,
}

/// All branches of one pose, a lane each; rows past the joints mean nothing.
pub(crate) struct Found {
    /// Joint angles, limits not looked at.
    pub(crate) q: [Lanes; MAX_JOINTS],
    /// Greatest of position (m) and rotation-matrix error, by forward kinematics; NaN where there is no answer.
    pub(crate) error: Lanes,
}

impl Found {
    pub(crate) const NONE: Self = Self { q: [[0.0; 8]; MAX_JOINTS], error: [f64::NAN; 8] };
}

impl Closed {
    /// The pattern in `arm`: exact ones first, then those that serve as a guess.
    pub(crate) fn find(arm: &ArmModel) -> Self {
        let exact = Self::within(arm, PATTERN);
        if exact == Self::None { Self::within(arm, NEARLY).as_guess() } else { exact }
    }

    fn within(arm: &ArmModel, tolerance: f64) -> Self {
        if let Some(ur) = Ur::find(arm, tolerance) {
            return Self::Ur(ur);
        }
        let (lines, flange) = lines(arm);
        let back = flange.inverse();
        let turn = |q: &[f64]| JointPos::from_slice(q).map_or(back, |q| arm.forward(&q).get() * back);
        // A quarter more than was seen, for what was not.
        let checked = |off: f64| Some(1.25 * off).filter(|off| *off <= 100.0 * tolerance);
        match arm.dof() {
            6 => {
                let six = std::array::from_fn(|i| lines[i]);
                if let Some(mut wrist) = Wrist::find(&six, tolerance)
                    && let Some(off) = checked(wrist.distance_to(|q| turn(q)))
                {
                    wrist.off = off;
                    return Self::Wrist(wrist, back);
                }
            }
            7 => {
                if let Some(mut srs) = Srs::find(&lines, tolerance)
                    && let Some(off) = checked(srs.distance_to(|q| turn(q)))
                {
                    srs.off = off;
                    return Self::Srs(srs, back);
                }
            }
            _ => return Self::None,
        }
        Locked::find(arm, lines, back, tolerance).map_or(Self::None, Self::Locked)
    }

    /// The same, for a chain that is not quite this one.
    pub(crate) fn as_guess(self) -> Self {
        match self {
            Self::Ur(ur) => Self::Ur(ur.as_guess()),
            Self::Wrist(mut wrist, back) => {
                wrist.off = f64::INFINITY;
                Self::Wrist(wrist, back)
            }
            Self::Srs(mut srs, back) => {
                srs.off = f64::INFINITY;
                Self::Srs(srs, back)
            }
            Self::Locked(mut locked) => {
                locked.guess = true;
                Self::Locked(locked)
            }
            Self::None => self,
        }
    }
}

impl Locked {
    fn find(arm: &ArmModel, lines: [Line; MAX_JOINTS], back: Isometry3<f64>, tolerance: f64) -> Option<Self> {
        let mut locked = Self { joint: None, lines, flange_at_zero: back, tolerance, at_base: false, guess: false };
        if arm.dof() == 6 {
            locked.at_base = locked.six(0.0)?.reversed;
            return Some(locked);
        }
        for joint in LOCKABLE {
            locked.joint = Some(joint);
            // What is left must be solvable wherever the joint is locked.
            let (lower, upper) = (arm.limits.lower[joint], arm.limits.upper[joint]);
            let all: Option<Vec<Six>> =
                (0..=8).map(|k| locked.six(lower + (upper - lower) * f64::from(k) / 8.0)).collect();
            if let Some(all) = all {
                locked.at_base = all.iter().all(|six| six.reversed);
                return Some(locked);
            }
        }
        None
    }

    /// What solves the six others when the joint is locked at `angle`.
    fn six(&self, angle: f64) -> Option<Six> {
        let six = match self.joint {
            None => std::array::from_fn(|i| self.lines[i]),
            Some(joint) => {
                let turn = self.lines[joint].turn(angle);
                std::array::from_fn(|i| if i < joint { self.lines[i] } else { self.lines[i + 1].moved(&turn) })
            }
        };
        Six::find(&six, self.tolerance)
    }

    /// Answers with the joint locked at `angle`: first guesses, for Newton to finish.
    pub(crate) fn solve(
        &self,
        base_from_flange: &Isometry3<f64>,
        angle: f64,
        near: &JointPos,
    ) -> [Option<JointPos>; 8] {
        let Some(six) = self.six(angle) else { return [None; 8] };
        let mut turns = base_from_flange * self.flange_at_zero;
        if let Some(joint) = self.joint {
            turns *= self.lines[joint].turn(-angle);
        }
        // The locked joint's place among seven.
        let place = |i: usize| i + usize::from(self.joint.is_some_and(|joint| i >= joint));
        let near = std::array::from_fn(|i| near[place(i)]);
        // The chain itself is asked afterwards; rounding is forgiven here.
        let little = if self.guess { GUESS } else { 1e-9 };
        six.solve(&turns, &near, little).map(|q| {
            let q = q?;
            let mut all = JointPos::zeros(6 + usize::from(self.joint.is_some()));
            if let Some(joint) = self.joint {
                all[joint] = angle;
            }
            q.iter().enumerate().for_each(|(i, v)| all[place(i)] = *v);
            Some(all)
        })
    }
}

impl ArmModel {
    /// How this arm is solved.
    pub fn solver(&self) -> Solver {
        match &self.closed {
            Closed::Ur(ur) => Solver::Ur { a2: ur.a2, a3: ur.a3, d4: ur.d4, d5: ur.d5, exact: ur.off().is_finite() },
            Closed::Wrist(w, _) => Solver::SphericalWrist {
                a1: w.a1,
                b: w.b,
                c2: w.upper,
                c3: w.fore,
                upright: [-w.offset2, -w.sign3 * w.offset3],
                exact: w.off.is_finite(),
            },
            Closed::Srs(s, _) => Solver::Srs { upper: s.upper.norm(), fore: s.fore.norm(), exact: s.off.is_finite() },
            Closed::Locked(l) => Solver::LockedJoint { joint: l.joint.map(Joint), at_base: l.at_base, exact: !l.guess },
            Closed::None => Solver::Numeric,
        }
    }
}

impl std::fmt::Display for Solver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mm = |v: f64| v * 1e3;
        let deg = |v: f64| v.to_degrees();
        let exact = match self {
            Self::Ur { a2, a3, d4, d5, exact } => {
                let (a2, a3, d4, d5) = (mm(*a2), mm(*a3), mm(*d4), mm(*d5));
                write!(f, "UR closed form, a2 {a2:.2}, a3 {a3:.2}, d4 {d4:.2}, d5 {d5:.2} mm")?;
                *exact
            }
            Self::SphericalWrist { a1, b, c2, c3, upright, exact } => {
                let (a1, b, c2, c3) = (mm(*a1), mm(*b), mm(*c2), mm(*c3));
                write!(f, "spherical-wrist closed form, a1 {a1:.2}, b {b:.2}, c2 {c2:.2}, c3 {c3:.2} mm, upright at ")?;
                write!(f, "{:.2}, {:.2} deg", deg(upright[0]), deg(upright[1]))?;
                *exact
            }
            Self::Srs { upper, fore, exact } => {
                let (upper, fore) = (mm(*upper), mm(*fore));
                write!(f, "seven-joint closed form by arm angle, upper arm {upper:.2}, forearm {fore:.2} mm")?;
                *exact
            }
            Self::LockedJoint { joint, at_base, exact } => {
                let end = if *at_base { "shoulder" } else { "wrist" };
                match joint {
                    Some(joint) => write!(f, "closed form with {joint} locked, spherical {end}")?,
                    None => write!(f, "closed form by a spherical {end} and two axes that meet")?,
                }
                *exact
            }
            Self::Numeric => {
                write!(f, "no closed form: searched from many seeds, slow")?;
                true
            }
        };
        if exact { Ok(()) } else { write!(f, ", finished by Newton on the chain itself") }
    }
}
