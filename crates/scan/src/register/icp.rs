//! Points onto the surface: iterated closest points with robust weights.
//!
//! In: a start, the probed points, the landmarks. Out: the pose in the valley of that start.
//! Gauss-Newton on the distance to the surface (Chen and Medioni (1992), Image and Vision Computing 10(3); the plane is
//! the one through the nearest place across the line to it: inside a face that is the face's own plane), Tukey's weights
//! with the median's scale, landmarks as they are believed. Absent: outliers as a list; `settle` draws that line.

use nalgebra::{Isometry3, Point3, Vector3};

use super::landmarks::{Pair, residual};
use super::normal::{Normal, Twist, motion, row, shift};
use crate::{Hit, Surface};

/// A probed point, metres, base.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touch {
    pub(super) base: Vector3<f64>,
    pub(super) sigma: f64,
}

/// Everything that holds a pose.
#[derive(Clone, Copy)]
pub(super) struct Data<'a> {
    pub(super) surface: &'a Surface,
    pub(super) pairs: &'a [Pair],
    pub(super) touches: &'a [Touch],
    /// Weight of the landmarks over what their noise gives them: below 1 where they turned out worse than declared.
    pub(super) trust: f64,
}

/// A touch as seen from a pose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// In the head's frame.
    pub(super) at: Vector3<f64>,
    pub(super) hit: Hit,
    /// Away from the surface, unit; the face's normal for a point on it.
    pub(super) along: Vector3<f64>,
    /// Never negative.
    pub(super) distance: f64,
}

impl Seen {
    /// On the side of the surface where the robot is.
    pub(super) fn outside(&self, surface: &Surface) -> bool {
        surface.face_normal(self.hit.face).get().dot(&self.along) >= 0.0
    }
}

/// Least scale in standard deviations of the touch, and rounds at most with it: into a valley, ..
pub(super) const DOWN: [(f64, usize); 2] = [(16.0, 12), (8.0, 8)];
/// .. and to its floor.
pub(super) const FLOOR: [(f64, usize); 3] = [(4.0, 8), (2.0, 8), (1.0, 16)];
/// A round that moves no point further than this is the last of its stage, metres; `settle` goes on from here.
const STILL: f64 = 1e-6;
/// Tukey's biweight keeps 95 % of the efficiency of least squares with this.
const TUKEY: f64 = 4.685;
/// Median of the absolute deviation to standard deviation, for normal noise.
const MAD: f64 = 1.4826;
/// Longest lever of a step, metres: a round turns no further than about 11 degrees.
const LONGEST_STEP: f64 = 0.02;
/// Distance below which the line to the nearest place has no direction, metres.
const TOUCHING: f64 = 1e-9;

impl<'a> Data<'a> {
    pub(super) fn see(&self, touch: &Touch, head_from_base: &Isometry3<f64>) -> Seen {
        let at = (head_from_base * Point3::from(touch.base)).coords;
        let hit = self.surface.nearest(at.into());
        let away = at - hit.point.coords.coords;
        let distance = away.norm();
        let along =
            if distance > TOUCHING { away / distance } else { *self.surface.face_normal(hit.face).get().as_ref() };
        Seen { at, hit, along, distance }
    }

    pub(super) fn see_all(&self, head_from_base: &Isometry3<f64>) -> Vec<Seen> {
        self.touches.iter().map(|t| self.see(t, head_from_base)).collect()
    }

    /// The landmarks' part of the normal equations.
    pub(super) fn believe(&self, normal: &mut Normal, head_from_base: &Isometry3<f64>, centre: &Vector3<f64>) {
        for pair in self.pairs {
            let off = residual(pair, head_from_base);
            normal.add_place(&(pair.head + off - centre), &off, self.trust * pair.sigma.powi(-2));
        }
    }

    /// Middle of the scan's landmarks that were touched: what a motion turns about.
    pub(super) fn centre(&self) -> Vector3<f64> {
        self.pairs.iter().map(|p| p.head).sum::<Vector3<f64>>() / self.pairs.len() as f64
    }

    /// Goes down into the valley of `start`: first by all points alike, then with ever fewer standard deviations within
    /// which a point counts (Blake and Zisserman (1987), Visual Reconstruction, 7: graduated non-convexity). Begun at
    /// once with few, any six points that happen to fit would outvote the rest.
    pub(super) fn descend(&self, start: Isometry3<f64>, stages: &[(f64, usize)]) -> Isometry3<f64> {
        let mut pose = start;
        for (least, rounds) in stages {
            for _ in 0..*rounds {
                let seen = self.see_all(&pose);
                let reach = scale(self.touches, &seen, |_| true).max(*least);
                let weight = |k: usize| {
                    let z = seen[k].distance / (self.touches[k].sigma * reach * TUKEY);
                    if z < 1.0 { ((1.0 - z * z) / reach).powi(2) } else { 0.0 }
                };
                let (next, moved) = self.step(&pose, &seen, weight);
                pose = next;
                if moved < STILL {
                    break;
                }
            }
        }
        pose
    }

    /// Rms distance of the touches between two poses, metres.
    pub(super) fn apart(&self, a: &Isometry3<f64>, b: &Isometry3<f64>) -> f64 {
        let square = |t: &Touch| (a * Point3::from(t.base) - b * Point3::from(t.base)).norm_squared();
        (self.touches.iter().map(square).sum::<f64>() / self.touches.len().max(1) as f64).sqrt()
    }

    /// One round: the pose after it, and how far the furthest point went. `weight` is asked per touch and comes on top of
    /// its variance.
    pub(super) fn step(
        &self,
        pose: &Isometry3<f64>,
        seen: &[Seen],
        weight: impl Fn(usize) -> f64,
    ) -> (Isometry3<f64>, f64) {
        let centre = self.centre();
        let mut normal = Normal::new();
        self.believe(&mut normal, pose, &centre);
        for (k, (touch, s)) in self.touches.iter().zip(seen).enumerate() {
            normal.add(&row(&(s.at - centre), &s.along), s.distance, weight(k) * touch.sigma.powi(-2));
        }
        let Some(mut twist) = normal.solve() else { return (*pose, 0.0) };
        let furthest = |twist: &Twist| {
            let levers = seen.iter().map(|s| s.at).chain(self.pairs.iter().map(|p| p.head));
            levers.map(|at| shift(twist, &(at - centre)).norm()).fold(0.0, f64::max)
        };
        let far = furthest(&twist);
        if far > LONGEST_STEP {
            twist *= LONGEST_STEP / far;
        }
        (motion(&twist, &centre) * pose, far)
    }
}

/// How many times the declared noise the middle residual is, never below 1: noise is not believed smaller than declared.
pub(super) fn scale(touches: &[Touch], seen: &[Seen], counts: impl Fn(usize) -> bool) -> f64 {
    let mut z: Vec<f64> = (0..seen.len()).filter(|k| counts(*k)).map(|k| seen[k].distance / touches[k].sigma).collect();
    if z.is_empty() {
        return 1.0;
    }
    let middle = z.len() / 2;
    let (_, median, _) = z.select_nth_unstable_by(middle, f64::total_cmp);
    (*median * MAD).max(1.0)
}
