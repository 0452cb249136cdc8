//! Closed form for six axes of which three at one end meet at right angles and two at the other end meet: what is left of
//! many seven-joint arms when one joint is locked (Franka, xArm 7: joint 7).
//!
//! In: six axes, then the product of their turns. Out: up to eight answers, for Newton to check. Absent: limits, forward
//! kinematics, arms without such ends.
//!
//! Pieper (1968), Stanford AIM-72; the subproblems are those of Paden and Kahan: Murray, Li, Sastry (1994), A Mathematical
//! Introduction to Robotic Manipulation, 3.2. For the Franka arm: He, Liu (2021), "Analytical inverse kinematics for
//! Franka Emika Panda", ICCMA.

use nalgebra::{Isometry3, Point3, Vector3};

use crate::JointPos;
use crate::lines::{Euler, Line, common, meet, split};
use crate::wrist::{Wrist, root};

/// Angles of six joints, one for each branch there is.
pub(crate) type Answers = [Option<[f64; 6]>; 8];

/// A closed form for six axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Six {
    kind: Kind,
    /// The flange stands still and the base moves: the spherical end is at the base.
    pub(crate) reversed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Wrist(Wrist),
    Pieper(Pieper),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Pieper {
    lines: [Line; 3],
    /// Where the two axes meet.
    apex: Vector3<f64>,
    /// Where the three meet, at zero.
    centre: Vector3<f64>,
    euler: Euler,
}

impl Six {
    /// The pattern in six axes, either way round.
    pub(crate) fn find(lines: &[Line; 6], tolerance: f64) -> Option<Self> {
        let back: [Line; 6] = std::array::from_fn(|i| lines[5 - i].reversed());
        [(lines, false), (&back, true)].into_iter().find_map(|(lines, reversed)| {
            let kind = Wrist::find(lines, tolerance).map(Kind::Wrist);
            let kind = kind.or_else(|| Pieper::find(lines, tolerance).map(Kind::Pieper))?;
            Some(Self { kind, reversed })
        })
    }

    /// Answers for the product of all turns; joints that are free stay at `near`. What misses the reachable by the part
    /// `little` is answered with the nearest there is.
    pub(crate) fn solve(&self, turns: &Isometry3<f64>, near: &[f64; 6], little: f64) -> Answers {
        if !self.reversed {
            return self.forwards(turns, near, little);
        }
        // Read backwards, with every axis reversed, the same angles give the inverse of the product.
        let back = |q: [f64; 6]| std::array::from_fn(|i| q[5 - i]);
        self.forwards(&turns.inverse(), &back(*near), little).map(|q| q.map(back))
    }

    fn forwards(&self, turns: &Isometry3<f64>, near: &[f64; 6], little: f64) -> Answers {
        match &self.kind {
            Kind::Pieper(pieper) => pieper.solve(turns, near, little),
            Kind::Wrist(wrist) => {
                let Some(near) = JointPos::from_slice(near) else { return [None; 8] };
                let found = wrist.solve(turns, &near);
                std::array::from_fn(|lane| {
                    (!found.error[lane].is_nan()).then(|| std::array::from_fn(|i| found.q[i][lane]))
                })
            }
        }
    }
}

impl Pieper {
    fn find(lines: &[Line; 6], tolerance: f64) -> Option<Self> {
        let (apex, centre) = (meet(&lines[0], &lines[1], tolerance)?, common(&lines[3..], tolerance)?);
        // Axis 3 must change the distance of the two points.
        if lines[2].off(&apex).norm() < 1e-3 || lines[2].off(&centre).norm() < 1e-3 {
            return None;
        }
        let euler = Euler::new(&[lines[3], lines[4], lines[5]]);
        Some(Self { lines: [lines[0], lines[1], lines[2]], apex, centre, euler })
    }

    /// Bit 2 of a slot is the pair of axes, bit 1 the spherical end, bit 0 the elbow.
    fn solve(&self, turns: &Isometry3<f64>, near: &[f64; 6], little: f64) -> Answers {
        let mut answers = [None; 8];
        let [one, two, three] = &self.lines;
        let rotation = turns.rotation.to_rotation_matrix().into_inner();
        let goal = (turns * Point3::from(self.centre)).coords - self.apex;
        for (elbow, q3) in
            distance(three, &self.centre, &self.apex, goal.norm(), little).into_iter().flatten().enumerate()
        {
            let v = (three.turn(q3) * Point3::from(self.centre)).coords - self.apex;
            for (pair, (q1, q2)) in two_turns(one, two, &v, &goal, little).into_iter().flatten().enumerate() {
                let arm = one.turn(q1) * two.turn(q2) * three.turn(q3);
                let left = arm.rotation.to_rotation_matrix().into_inner().transpose() * rotation;
                let parts = split(&self.euler.core(&left), near[5]);
                let [a, b, c] = parts.map(|(s, c)| s.atan2(c));
                for flip in 0..2 {
                    let (side, half) = if flip == 0 { (1.0, 0.0) } else { (-1.0, std::f64::consts::PI) };
                    let wrist = [a + half, side * b - self.euler.offset, c + half];
                    answers[4 * pair + 2 * flip + elbow] = Some([q1, q2, q3, wrist[0], wrist[1], wrist[2]]);
                }
            }
        }
        answers
    }
}

/// Turns of `axis` that bring `p` to `length` from `q`.
fn distance(axis: &Line, p: &Vector3<f64>, q: &Vector3<f64>, length: f64, little: f64) -> [Option<f64>; 2] {
    let w = axis.along.into_inner();
    let (c, a) = (p - axis.point, q - axis.point);
    let (x, y) = (axis.off(p).dot(&axis.off(q)), w.cross(&c).dot(&a));
    let z = 0.5 * (c.norm_squared() + a.norm_squared() - length * length) - c.dot(&w) * a.dot(&w);
    let part = z / x.hypot(y);
    let wide = root(1.0 - part * part, little).atan2(part);
    [1.0, -1.0].map(|side| (!wide.is_nan()).then(|| y.atan2(x) + side * wide))
}

/// Turns of two meeting axes, the second first, that bring `from` to `to`; both seen from where the axes meet.
fn two_turns(one: &Line, two: &Line, from: &Vector3<f64>, to: &Vector3<f64>, little: f64) -> [Option<(f64, f64)>; 2] {
    let (w1, w2) = (one.along.into_inner(), two.along.into_inner());
    let (normal, c) = (w1.cross(&w2), w1.dot(&w2));
    let square = normal.norm_squared();
    let (a, b) = (to.dot(&w1), from.dot(&w2));
    let (alpha, beta) = ((a - c * b) / square, (b - c * a) / square);
    let rest = (from.norm_squared() - alpha * alpha - beta * beta - 2.0 * alpha * beta * c) / square;
    let gamma = root(rest, little * from.norm_squared());
    let angle =
        |w: &Vector3<f64>, p: &Vector3<f64>, q: &Vector3<f64>| w.dot(&p.cross(q)).atan2(p.dot(q) - p.dot(w) * q.dot(w));
    [1.0, -1.0].map(|side| {
        let middle = w1 * alpha + w2 * beta + normal * (side * gamma);
        (!gamma.is_nan()).then(|| (angle(&w1, &middle, to), angle(&w2, from, &middle)))
    })
}
