//! Does a posture, or a whole way between two, keep clear of the head, the keep-outs and the arm itself?
//!
//! In: [`Body`], [`Field`], keep-outs, margins. Out: yes, or the first part that does not ([`Touch`]). Answers are
//! guarantees: along a capsule by the distance's Lipschitz constant 1, along a way by [`Body::moves`]. Refusals may be
//! too careful by fractions of a millimetre. Absent: meshes of the links (capsules stand for them), any search.

use arm::{ArmModel, JointPos};
use frames::{Metres, Seed, unit};
use nalgebra::{Isometry3, Matrix3, Point3, Vector3};

use crate::body::{Body, MAX_PARTS, Posed};
use crate::field::Field;
use crate::{KeepOut, Obstacle, Options};

/// A piece of a capsule shorter than this that cannot be shown to be clear counts as touching, m.
const SHORTEST: f64 = 5e-4;
/// A piece of a way in which no joint turns more than this and that cannot be shown to be clear counts as touching, rad.
const LEAST_TURN: f64 = 2e-4;
/// Postures at which pairs of parts are tried: a pair that meets in nearly all of them is one solid, badly cut.
const TRIALS: u64 = 64;

/// Least distances, m.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Margins {
    pub(crate) head: f64,
    pub(crate) keep_out: f64,
    pub(crate) itself: f64,
}

impl Margins {
    pub(crate) fn of(options: &Options) -> Self {
        Self {
            head: options.head_clearance.get(),
            keep_out: options.keep_out_clearance.get(),
            itself: options.self_clearance.get(),
        }
    }
}

/// Everything that can be touched, and what can touch it.
pub(crate) struct World<'a> {
    pub(crate) arm: &'a ArmModel,
    pub(crate) body: Body,
    pub(crate) field: Field<'a>,
    pub(crate) keep_out: &'a [KeepOut],
    pub(crate) margins: Margins,
    head_from_base: (Matrix3<f64>, Vector3<f64>),
    /// Parts that must stay apart.
    pairs: Vec<Apart>,
    /// Parts and boxes that must stay apart.
    boxed: Vec<(u8, u16)>,
}

/// Two parts of the arm that must stay apart.
#[derive(Debug, Clone, Copy)]
struct Apart {
    one: u8,
    two: u8,
    /// By how much, m.
    least: f64,
}

/// The nose ring and the skin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Nose {
    /// May touch.
    Free,
    /// Stays this far away, m.
    Off(f64),
}

/// What a part came too near to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Touch {
    pub(crate) part: usize,
    pub(crate) other: Other,
    /// Lower bound; less than `least`.
    pub(crate) clearance: f64,
    pub(crate) least: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Other {
    Head,
    Box(usize),
    Part(usize),
}

impl<'a> World<'a> {
    pub(crate) fn new(
        arm: &'a ArmModel,
        body: Body,
        field: Field<'a>,
        keep_out: &'a [KeepOut],
        margins: Margins,
        base_from_head: &Isometry3<f64>,
    ) -> Self {
        let turn = base_from_head.rotation.to_rotation_matrix().into_inner();
        let mut world = Self {
            arm,
            body,
            field,
            keep_out,
            margins,
            head_from_base: (turn.transpose(), turn.transpose() * -base_from_head.translation.vector),
            pairs: Vec::new(),
            boxed: Vec::new(),
        };
        world.find_pairs();
        world
    }

    /// Which parts can be kept apart at all. Neighbouring links share a joint and are left out; so is a pair two links
    /// apart whose capsules overlap in nine of ten postures, and the first link (it turns on the spot) with a box that
    /// it overlaps wherever it turns: the table it is bolted to.
    fn find_pairs(&mut self) {
        let trials: Vec<Posed> = (0..TRIALS).map(|k| self.body.pose(self.arm, &self.anywhere(k))).collect();
        let most = (TRIALS * 9 / 10) as usize;
        let parts = &self.body.parts;
        let moving = |p: &crate::body::Part| p.link > 0 && !p.nose;
        for (i, a) in parts.iter().enumerate() {
            for (j, b) in parts.iter().enumerate().skip(i + 1) {
                let apart = a.link.abs_diff(b.link);
                if apart < 2 || a.nose || b.nose {
                    continue;
                }
                let meet = |p: &Posed| segments(&p.ends[i], &p.ends[j]) < a.radius + b.radius;
                if apart > 2 || trials.iter().filter(|p| meet(p)).count() < most {
                    // The makers of the arm saw to links around one link between them: touching is all that is refused.
                    let least = if apart > 2 { self.margins.itself } else { 0.0 };
                    self.pairs.push(Apart { one: i as u8, two: j as u8, least });
                }
            }
            for (k, keep_out) in self.keep_out.iter().enumerate().filter(|_| moving(a)) {
                let meet = |p: &Posed| p.ends[i].iter().any(|e| to_box(keep_out, e) < a.radius + self.margins.keep_out);
                if a.link > 1 || !trials.iter().all(meet) {
                    self.boxed.push((i as u8, k as u16));
                }
            }
        }
    }

    fn anywhere(&self, k: u64) -> JointPos {
        let limits = &self.arm.limits;
        let mut q = limits.lower;
        for (i, v) in q.iter_mut().enumerate() {
            *v += (limits.upper[i] - limits.lower[i]) * unit(Seed(0x636c_6561), i as u64, k);
        }
        q
    }

    /// Is a posture clear?
    pub(crate) fn posture(&self, q: &JointPos, nose: Nose) -> Result<(), Touch> {
        self.look(&self.body.pose(self.arm, q), &[0.0; MAX_PARTS], nose)
    }

    /// Is a posture clear even when every part comes `slack` nearer?
    pub(crate) fn posture_with(&self, q: &JointPos, slack: f64, nose: Nose) -> Result<(), Touch> {
        self.look(&self.body.pose(self.arm, q), &[slack; MAX_PARTS], nose)
    }

    /// Is the whole straight way in joint space clear? Nothing between the places looked at is left to luck.
    pub(crate) fn way(&self, from: &JointPos, to: &JointPos, nose: Nose) -> Result<(), Touch> {
        let middle = from.zip(to, |a, b| 0.5 * (a + b));
        let half = to.zip(from, |b, a| 0.5 * (b - a));
        let posed = self.body.pose(self.arm, &middle);
        let Err(touch) = self.look(&posed, &self.body.moves(self.arm, &posed, &half), nose) else { return Ok(()) };
        if half.max_abs() < LEAST_TURN {
            return Err(touch);
        }
        // Where even standing still is too near, splitting cannot help.
        self.look(&posed, &[0.0; MAX_PARTS], nose)?;
        self.way(from, &middle, nose)?;
        self.way(&middle, to, nose)
    }

    fn look(&self, posed: &Posed, slack: &[f64; MAX_PARTS], nose: Nose) -> Result<(), Touch> {
        // The outermost first: what is refused is mostly refused there.
        for (i, part) in self.body.parts.iter().enumerate().rev() {
            if part.link == 0 {
                break;
            }
            let most = self.margins.head;
            let least = match (part.nose, nose, part.gap) {
                (true, Nose::Free, _) => continue,
                (true, Nose::Off(least), _) => [least; 2],
                (false, _, None) => [most; 2],
                (false, _, Some([a, b])) => [(0.5 * a).clamp(0.0, most), (0.5 * b).clamp(0.0, most)],
            };
            let own = part.radius + slack[i];
            let (a, b) = (self.on_head(&posed.ends[i][0]), self.on_head(&posed.ends[i][1]));
            let reach = own + least[0].max(least[1]) + 0.5 * (b - a).norm();
            let middle = nalgebra::center(&a, &b);
            // A ball around the part that is clear makes the part clear: by the head's box, or by the grid.
            if self.field.off_box(&middle) >= reach || self.field.at_least(&middle) >= reach {
                continue;
            }
            let spare = |p: &Point3<f64>, need: f64| self.field.spare(p, need);
            if let Some((short, at)) = along(&spare, [&a, &b], [own + least[0], own + least[1]]) {
                let least = least[0] + (least[1] - least[0]) * at;
                return Err(Touch { part: i, other: Other::Head, clearance: least + short, least });
            }
        }
        for &(i, k) in &self.boxed {
            let (i, k) = (i as usize, k as usize);
            let least = self.margins.keep_out;
            let need = least + self.body.parts[i].radius + slack[i];
            let ends = &posed.ends[i];
            let spare = |p: &Point3<f64>, need: f64| to_box(&self.keep_out[k], p) - need;
            if let Some((short, _)) = along(&spare, [&ends[0], &ends[1]], [need; 2]) {
                return Err(Touch { part: i, other: Other::Box(k), clearance: least + short, least });
            }
        }
        self.look_at_itself(posed, slack)
    }

    fn look_at_itself(&self, posed: &Posed, slack: &[f64; MAX_PARTS]) -> Result<(), Touch> {
        let mut balls = [(Point3::origin(), 0.0); MAX_PARTS];
        for ((ball, ends), (part, slack)) in balls.iter_mut().zip(&posed.ends).zip(self.body.parts.iter().zip(slack)) {
            *ball = (nalgebra::center(&ends[0], &ends[1]), 0.5 * (ends[1] - ends[0]).norm() + part.radius + slack);
        }
        for pair in &self.pairs {
            let (i, j) = (pair.one as usize, pair.two as usize);
            let reach = balls[i].1 + balls[j].1 + pair.least;
            if (balls[i].0 - balls[j].0).norm_squared() >= reach * reach {
                continue;
            }
            let radii = self.body.parts[i].radius + self.body.parts[j].radius;
            let short = segments(&posed.ends[i], &posed.ends[j]) - radii - pair.least - slack[i] - slack[j];
            if short < 0.0 {
                let (least, clearance) = (pair.least, pair.least + short);
                return Err(Touch { part: j, other: Other::Part(i), clearance, least });
            }
        }
        Ok(())
    }

    fn on_head(&self, p: &Point3<f64>) -> Point3<f64> {
        Point3::from(self.head_from_base.0 * p.coords + self.head_from_base.1)
    }

    /// Names for a message.
    pub(crate) fn names(&self, touch: &Touch) -> (String, Obstacle) {
        let name = |i: usize| self.body.parts.get(i).map_or_else(String::new, |p| p.name.clone());
        let obstacle = match touch.other {
            Other::Head => Obstacle::Head,
            Other::Box(k) => Obstacle::KeepOut(self.keep_out.get(k).map_or_else(String::new, |b| b.name.clone())),
            Other::Part(i) => Obstacle::Part(name(i)),
        };
        (name(touch.part), obstacle)
    }

    /// The base's part that is nearest to the head, and how near.
    pub(crate) fn base_to_head(&self) -> Option<(String, Metres)> {
        let origin = self.body.pose(self.arm, &JointPos::zeros(self.arm.dof()));
        let parts = self.body.parts.iter().enumerate().filter(|(_, p)| p.link == 0);
        let distance = |i: usize, r: f64| {
            let (a, b) = (self.on_head(&origin.ends[i][0]), self.on_head(&origin.ends[i][1]));
            // A capsule's axis in steps of a millimetre at most.
            let steps = ((b - a).norm() / 1e-3).ceil().max(1.0);
            (0..=steps as usize).map(|k| self.field.exact(&(a + (b - a) * (k as f64 / steps)))).fold(f64::MAX, f64::min)
                - r
        };
        parts
            .map(|(i, p)| (p.name.clone(), Metres::new(distance(i, p.radius))))
            .min_by(|a, b| a.1.get().total_cmp(&b.1.get()))
    }
}

/// Looks for a place on the segment where `spare(point, need)` is negative, `need` going straight from one end's to the
/// other's. Along the way the value changes by no more than the way itself plus the change of `need`; so the ends bound
/// what lies between.
fn along(spare: &impl Fn(&Point3<f64>, f64) -> f64, ends: [&Point3<f64>; 2], need: [f64; 2]) -> Option<(f64, f64)> {
    let (a, b) = (*ends[0], *ends[1]);
    let (ga, gb) = (spare(&a, need[0]), spare(&b, need[1]));
    if ga < 0.0 || gb < 0.0 {
        return Some(if ga <= gb { (ga, 0.0) } else { (gb, 1.0) });
    }
    between(spare, (&a, ga, need[0], 0.0), (&b, gb, need[1], 1.0))
}

type End<'a> = (&'a Point3<f64>, f64, f64, f64);

fn between(spare: &impl Fn(&Point3<f64>, f64) -> f64, one: End<'_>, two: End<'_>) -> Option<(f64, f64)> {
    let (a, ga, na, ua) = one;
    let (b, gb, nb, ub) = two;
    let length = (b - a).norm();
    let worst = 0.5 * (ga + gb - length - (nb - na).abs());
    if worst >= 0.0 {
        return None;
    }
    if length < SHORTEST || length.is_nan() {
        return Some((worst, ua));
    }
    let (m, nm, um) = (nalgebra::center(a, b), 0.5 * (na + nb), 0.5 * (ua + ub));
    let gm = spare(&m, nm);
    if gm < 0.0 {
        return Some((gm, um));
    }
    between(spare, one, (&m, gm, nm, um)).or_else(|| between(spare, (&m, gm, nm, um), two))
}

/// From a point to a box, m; negative inside.
pub(crate) fn to_box(keep_out: &KeepOut, p: &Point3<f64>) -> f64 {
    let out = (p - p.sup(&keep_out.min).inf(&keep_out.max)).norm();
    if out > 0.0 {
        return out;
    }
    -(p - keep_out.min).min().min((keep_out.max - p).min())
}

/// Least distance of two segments, m. Ericson (2005), Real-Time Collision Detection, section 5.1.9.
pub(crate) fn segments(one: &[Point3<f64>; 2], two: &[Point3<f64>; 2]) -> f64 {
    let (d1, d2, r) = (one[1] - one[0], two[1] - two[0], one[0] - two[0]);
    let (a, e, f) = (d1.norm_squared(), d2.norm_squared(), d2.dot(&r));
    let tiny = 1e-18;
    let (s, t) = if a <= tiny && e <= tiny {
        (0.0, 0.0)
    } else if a <= tiny {
        (0.0, (f / e).clamp(0.0, 1.0))
    } else {
        let c = d1.dot(&r);
        if e <= tiny {
            ((-c / a).clamp(0.0, 1.0), 0.0)
        } else {
            let b = d1.dot(&d2);
            let denom = a * e - b * b;
            let s = if denom > tiny * a * e { ((b * f - c * e) / denom).clamp(0.0, 1.0) } else { 0.0 };
            let t = (b * s + f) / e;
            if t < 0.0 {
                ((-c / a).clamp(0.0, 1.0), 0.0)
            } else if t > 1.0 {
                (((b - c) / a).clamp(0.0, 1.0), 1.0)
            } else {
                (s, t)
            }
        }
    };
    ((one[0] + d1 * s) - (two[0] + d2 * t)).norm()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: [[f64; 3]; 2], two: [[f64; 3]; 2], want: f64) {
        let found = segments(&one.map(Point3::from), &two.map(Point3::from));
        assert!((found - want).abs() < 1e-12, "{found} {want}");
    }

    #[test]
    fn segments_crossing_parallel_end_to_end_and_points() {
        check([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], [[0.0, -1.0, 2.0], [0.0, 1.0, 2.0]], 2.0);
        check([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]], [[0.0, 3.0, 0.0], [1.0, 3.0, 0.0]], 3.0);
        check([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]], [[2.0, 0.0, 0.0], [3.0, 0.0, 0.0]], 1.0);
        check([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [[0.0, 4.0, 3.0], [0.0, 4.0, 3.0]], 5.0);
        check([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [[-1.0, 2.0, 0.0], [1.0, 2.0, 0.0]], 2.0);
        check([[-1.0, 2.0, 0.0], [1.0, 2.0, 0.0]], [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], 2.0);
    }

    #[test]
    fn a_box_is_far_near_and_around() {
        let table =
            KeepOut { name: "table".to_owned(), min: Point3::new(0.0, 0.0, 0.0), max: Point3::new(2.0, 2.0, 1.0) };
        for (p, want) in
            [([1.0, 1.0, 3.0], 2.0), ([5.0, 6.0, 0.5], 5.0), ([1.0, 1.0, 0.9], -0.1), ([0.2, 1.0, 0.5], -0.2)]
        {
            assert!((to_box(&table, &Point3::from(p)) - want).abs() < 1e-12);
        }
    }
}
