//! A curve on the surface: a polyline of about 1 mm steps, with arc length and a side.
//!
//! In: places on the surface, in order. Out: nearest foot, signed distance along the skin or straight, arc length.
//! Absent: densities.
//! Curve: centripetal Catmull-Rom (Yuksel, Schaefer, Keyser 2011, CAD 43(7)), which makes no loops between points;
//! only square roots, so the same bits everywhere.

use frames::Point;
use nalgebra::Vector3;
use scan::Surface;

use crate::along::stretch;

/// Length of a step, metres.
const STEP: f64 = 1e-3;
/// Steps in one bounding ball.
const CHUNK: usize = 8;

/// An open or closed curve on a surface.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    vertex: Vec<Vector3<f64>>,
    /// Arc length from the start to each vertex.
    arc: Vec<f64>,
    /// Of each step, towards the inside, unit length, tangent to the surface.
    side: Vec<Vector3<f64>>,
    /// Outward normal at each step.
    normal: Vec<Vector3<f64>>,
    /// Outward normal at each vertex.
    standing: Vec<Vector3<f64>>,
    /// Which span between two control points each step belongs to.
    span: Vec<u16>,
    /// Middle and radius of each chunk of steps.
    ball: Vec<(Vector3<f64>, f64)>,
    /// Middle and radius of all of them.
    bound: (Vector3<f64>, f64),
    closed: bool,
}

/// Where a curve meets itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Crossing {
    /// The two spans, by their first control point, from 0.
    pub(crate) spans: [usize; 2],
    pub(crate) at: Vector3<f64>,
}

/// The span it belongs to, a place on the skin, its normal.
type Drawn = (u16, (Vector3<f64>, Vector3<f64>));

/// Where a point stands to a curve.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Foot {
    /// To the nearest point of the curve, straight or along the skin; positive on the inside.
    pub(crate) signed: f64,
    /// Arc length of about that point from the start, without jumps.
    pub(crate) arc: f64,
    /// Outward normal of the skin there.
    pub(crate) normal: Vector3<f64>,
}

impl Curve {
    /// Through `control` (on the surface). The inside is the side of `inside`.
    pub(crate) fn through(surface: &Surface, control: &[Vector3<f64>], closed: bool, inside: &Vector3<f64>) -> Self {
        let mut curve = Self::drawn(surface, control, closed);
        if curve.nearest(inside, f64::MAX).is_some_and(|foot| foot.signed < 0.0) {
            curve.turn();
        }
        curve
    }

    /// Through `control` (on the surface), closed. The inside is the side that a loop with less than half of the head in
    /// it has to its left when seen from outside, however bent the loop is.
    pub(crate) fn around(surface: &Surface, control: &[Vector3<f64>]) -> Self {
        let mut curve = Self::drawn(surface, control, true);
        if curve.area().dot(&curve.normal.iter().sum()) < 0.0 {
            curve.turn();
        }
        curve
    }

    /// Out of the head, over the middle of a closed curve. Zero for a line that encloses nothing.
    pub(crate) fn outward(&self) -> Vector3<f64> {
        let area = self.area();
        if area.dot(&self.normal.iter().sum()) < 0.0 { -area } else { area }
    }

    /// Twice the vector area of a closed curve: square to the plane it lies nearest to, by the right hand.
    fn area(&self) -> Vector3<f64> {
        let middle = self.bound.0;
        self.vertex.windows(2).map(|w| (w[0] - middle).cross(&(w[1] - middle))).sum()
    }

    fn turn(&mut self) {
        for side in &mut self.side {
            *side = -*side;
        }
    }

    fn drawn(surface: &Surface, control: &[Vector3<f64>], closed: bool) -> Self {
        let on_skin = |p: Vector3<f64>| {
            let hit = surface.nearest(Point::from(p));
            (hit.point.coords.coords, surface.normal_at(hit.face, hit.bary).get().into_inner())
        };
        let n = control.len();
        let spans = if closed { n } else { n - 1 };
        let get = |k: isize| {
            if closed {
                control[k.rem_euclid(n as isize) as usize]
            } else if k < 0 {
                // Mirror the second point, so that the curve leaves its end straight.
                control[0] * 2.0 - control[1]
            } else if k as usize >= n {
                control[n - 1] * 2.0 - control[n - 2]
            } else {
                control[k as usize]
            }
        };
        let mut drawn = Vec::new();
        for k in 0..spans as isize {
            let p = [get(k - 1), get(k), get(k + 1), get(k + 2)];
            let steps = ((p[2] - p[1]).norm() / STEP).ceil().max(1.0) as usize;
            drawn.extend((0..steps).map(|j| (k as u16, on_skin(catmull_rom(&p, j as f64 / steps as f64)))));
        }
        drawn.push((spans as u16, on_skin(if closed { control[0] } else { control[n - 1] })));
        Self::from_drawn(&drawn, closed)
    }

    fn from_drawn(drawn: &[Drawn], closed: bool) -> Self {
        let (mut vertex, mut standing) = (Vec::with_capacity(drawn.len()), Vec::new());
        let (mut arc, mut side, mut normal, mut span) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut length = 0.0;
        let mut before: Option<(u16, Vector3<f64>, Vector3<f64>)> = None;
        for &(k, (p, n)) in drawn {
            if let Some((of, q, m)) = before {
                let step = p - q;
                // Two drawn points may fall on one place of the surface.
                if step.norm() < 1e-7 {
                    continue;
                }
                let mean = (n + m) / (n + m).norm().max(1e-12);
                let across = mean.cross(&step);
                side.push(across / across.norm().max(1e-12));
                normal.push(mean);
                span.push(of);
                length += step.norm();
            }
            vertex.push(p);
            standing.push(n);
            arc.push(length);
            before = Some((k, p, n));
        }
        let ball = (0..side.len())
            .step_by(CHUNK)
            .map(|from| ball_around(&vertex[from..=(from + CHUNK).min(side.len())]))
            .collect();
        let bound = ball_around(&vertex);
        Self { vertex, arc, side, normal, standing, span, ball, bound, closed }
    }

    /// The first place where the curve meets itself, seen along the skin's normal there.
    pub(crate) fn crossing(&self) -> Option<Crossing> {
        let count = self.side.len();
        for chunk in 0..self.ball.len() {
            for other in chunk..self.ball.len() {
                let ((a, ra), (b, rb)) = (self.ball[chunk], self.ball[other]);
                if (a - b).norm() > ra + rb {
                    continue;
                }
                for i in chunk * CHUNK..(chunk * CHUNK + CHUNK).min(count) {
                    // Neighbours share a vertex.
                    for j in (other * CHUNK).max(i + 2)..(other * CHUNK + CHUNK).min(count) {
                        let joined = self.closed && i == 0 && j == count - 1;
                        if let Some(at) = self.meet(i, j).filter(|_| !joined) {
                            return Some(Crossing { spans: [self.span[i].into(), self.span[j].into()], at });
                        }
                    }
                }
            }
        }
        None
    }

    /// Where two steps on one sheet of skin cross.
    fn meet(&self, i: usize, j: usize) -> Option<Vector3<f64>> {
        let (a, b, c, d) = (self.vertex[i], self.vertex[i + 1], self.vertex[j], self.vertex[j + 1]);
        if self.normal[i].dot(&self.normal[j]) <= 0.0 {
            return None;
        }
        let n = (self.normal[i] + self.normal[j]).normalize();
        let turn = |u: Vector3<f64>, v: Vector3<f64>| n.dot(&u.cross(&v));
        let (ab, cd) = (b - a, d - c);
        let (before, behind) = (turn(ab, c - a), turn(ab, d - a));
        let (left, right) = (turn(cd, a - c), turn(cd, b - c));
        // A touch is a crossing, too: no inside can be told there.
        if before * behind > 0.0 || left * right > 0.0 || (before - behind).abs() < 1e-18 {
            return None;
        }
        let at = c + cd * (before / (before - behind));
        // Steps of 1 mm sink 2 um into a head; another sheet is farther.
        let apart = (at - a).dot(&n).abs();
        (apart < 0.5 * STEP).then_some(at)
    }

    /// Control point at the start of the span that a vertex of [`Self::points`] lies in.
    pub(crate) fn span_of(&self, vertex: usize) -> usize {
        self.span.get(vertex).or(self.span.last()).copied().unwrap_or(0).into()
    }

    /// Middle and radius of a ball around the curve.
    pub(crate) fn bound(&self) -> (Vector3<f64>, f64) {
        self.bound
    }

    /// Metres.
    pub(crate) fn length(&self) -> f64 {
        self.arc.last().copied().unwrap_or(0.0)
    }

    /// Vertices of the polyline.
    pub(crate) fn points(&self) -> &[Vector3<f64>] {
        &self.vertex
    }

    /// Place and inward side at an arc length, held at the ends.
    pub(crate) fn at(&self, arc: f64) -> (Vector3<f64>, Vector3<f64>) {
        let (k, t) = self.step_at(arc);
        (self.vertex[k] * (1.0 - t) + self.vertex[k + 1] * t, self.side[k])
    }

    /// Step at an arc length and part of it, held at the ends.
    fn step_at(&self, arc: f64) -> (usize, f64) {
        let last = self.side.len().saturating_sub(1);
        let k = self.arc.partition_point(|&a| a <= arc).saturating_sub(1).min(last);
        let span = self.arc[k + 1] - self.arc[k];
        (k, ((arc - self.arc[k]) / span).clamp(0.0, 1.0))
    }

    /// No point of the curve is nearer than this.
    pub(crate) fn no_nearer_than(&self, p: &Vector3<f64>) -> f64 {
        self.ball.iter().map(|(middle, radius)| (p - middle).norm() - radius).fold(f64::MAX, f64::min).max(0.0)
    }

    /// [`Self::nearest`], with the distance along the skin to a place whose outward normal is `normal`. It is counted
    /// from where the place is square to the curve, so it has no jumps where the nearest point has some.
    pub(crate) fn nearest_along(&self, p: &Vector3<f64>, normal: &Vector3<f64>, reach: f64) -> Option<Foot> {
        let foot = self.nearest(p, reach)?;
        let (k, t) = self.step_at(foot.arc);
        let from = self.vertex[k] * (1.0 - t) + self.vertex[k + 1] * t;
        let standing = self.standing[k] * (1.0 - t) + self.standing[k + 1] * t;
        let standing = standing / standing.norm().max(1e-12);
        Some(Foot { signed: foot.signed * stretch(&from, &standing, p, normal), ..foot })
    }

    /// The nearest point of the curve, if it is nearer than `reach`; the distance is straight.
    pub(crate) fn nearest(&self, p: &Vector3<f64>, reach: f64) -> Option<Foot> {
        if (p - self.bound.0).norm() - self.bound.1 >= reach {
            return None;
        }
        // Start with the chunk that promises most, so that the others fall away.
        let promise = |k: usize| (p - self.ball[k].0).norm() - self.ball[k].1;
        let mut first = 0;
        let mut least = f64::MAX;
        for k in 0..self.ball.len() {
            let bound = promise(k);
            if bound < least {
                least = bound;
                first = k;
            }
        }
        let mut best = Best { d2: if reach < 1e150 { reach * reach } else { f64::MAX }, found: None };
        if least > 0.0 && least * least >= best.d2 {
            return None;
        }
        self.look(p, first, &mut best);
        for k in 0..self.ball.len() {
            if k != first {
                let bound = promise(k);
                if bound <= 0.0 || bound * bound < best.d2 {
                    self.look(p, k, &mut best);
                }
            }
        }
        let (k, t) = best.found?;
        let foot = self.vertex[k] * (1.0 - t) + self.vertex[k + 1] * t;
        let away = p - foot;
        let inward = away.dot(&self.side_at(k, t));
        let distance = best.d2.sqrt();
        Some(Foot {
            signed: if inward < 0.0 { -distance } else { distance },
            arc: self.smooth_arc(p, k, t),
            normal: self.normal[k],
        })
    }

    /// Arc length of a place whose nearest point lies on step `k`. On the hollow side of a bend the nearest point skips from
    /// step to step, by 0.2 mm at 20 mm; here it glides: between two vertices to where the place is square to the mean
    /// direction of both, so that what depends on it has no jumps.
    fn smooth_arc(&self, p: &Vector3<f64>, k: usize, t: f64) -> f64 {
        let last = self.side.len() - 1;
        let step = |k: usize| (self.vertex[k + 1] - self.vertex[k]).normalize();
        let ahead = |i: usize| {
            let way = if i == 0 {
                step(0)
            } else if i > last {
                step(last)
            } else {
                step(i - 1) + step(i)
            };
            (p - self.vertex[i]).dot(&way)
        };
        let k = if t <= 0.0 && k > 0 && ahead(k) < 0.0 {
            k - 1
        } else if t >= 1.0 && k < last && ahead(k + 1) > 0.0 {
            k + 1
        } else {
            k
        };
        let (from, to) = (ahead(k), ahead(k + 1));
        let t = if from <= 0.0 {
            0.0
        } else if to >= 0.0 {
            1.0
        } else {
            from / (from - to)
        };
        self.arc[k] * (1.0 - t) + self.arc[k + 1] * t
    }

    fn look(&self, p: &Vector3<f64>, chunk: usize, best: &mut Best) {
        let from = chunk * CHUNK;
        for k in from..(from + CHUNK).min(self.side.len()) {
            let step = self.vertex[k + 1] - self.vertex[k];
            let away = p - self.vertex[k];
            let t = (away.dot(&step) / step.norm_squared()).clamp(0.0, 1.0);
            let d2 = (away - step * t).norm_squared();
            if d2 < best.d2 {
                *best = Best { d2, found: Some((k, t)) };
            }
        }
    }

    /// At a vertex the mean of both steps' sides tells inside from outside, as a pseudo-normal does.
    fn side_at(&self, k: usize, t: f64) -> Vector3<f64> {
        let last = self.side.len() - 1;
        let other = if t <= 0.0 {
            if k > 0 {
                k - 1
            } else if self.closed {
                last
            } else {
                k
            }
        } else if t >= 1.0 {
            if k < last {
                k + 1
            } else if self.closed {
                0
            } else {
                k
            }
        } else {
            k
        };
        self.side[k] + self.side[other]
    }
}

fn ball_around(points: &[Vector3<f64>]) -> (Vector3<f64>, f64) {
    let middle = points.iter().sum::<Vector3<f64>>() / points.len() as f64;
    (middle, points.iter().map(|p| (p - middle).norm()).fold(0.0, f64::max))
}

struct Best {
    d2: f64,
    found: Option<(usize, f64)>,
}

/// Between p[1] and p[2], t in [0, 1]: Barry and Goldman's pyramid with knots by the square root of the chord.
fn catmull_rom(p: &[Vector3<f64>; 4], t: f64) -> Vector3<f64> {
    let knot = |a: &Vector3<f64>, b: &Vector3<f64>| (b - a).norm().sqrt().max(1e-6);
    let k1 = knot(&p[0], &p[1]);
    let k2 = k1 + knot(&p[1], &p[2]);
    let k3 = k2 + knot(&p[2], &p[3]);
    let x = k1 + (k2 - k1) * t;
    let lerp = |a: Vector3<f64>, b: Vector3<f64>, from: f64, to: f64| {
        a * ((to - x) / (to - from)) + b * ((x - from) / (to - from))
    };
    let a1 = lerp(p[0], p[1], 0.0, k1);
    let a2 = lerp(p[1], p[2], k1, k2);
    let a3 = lerp(p[2], p[3], k2, k3);
    lerp(lerp(a1, a2, 0.0, k2), lerp(a2, a3, k1, k3), k1, k2)
}
