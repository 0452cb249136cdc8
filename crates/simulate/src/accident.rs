//! Collisions of links and tool with head, table and cell: exact, and cheap while nothing is near.
//!
//! In: true joint frames, true head. Out: forces, [`Accident`]s, the smallest clearance to the head. Absent: the nose ring and
//! the needle, which are meant to touch (`sight`, `tissue`), and contacts of the arm with itself.
//! Every solid is a capsule; its distance to the head is found on the scan itself (not on a coarser hull) by branch and
//! bound, since a distance changes no faster than the place it is measured from. The same bound in time says when the next
//! look is due: a solid that is far away and slow cannot touch before. While the skin would be within the solid, a force
//! of the skull's stiffness (`skin.md` 1.12, S51 B) pushes both apart.

use std::sync::Arc;

use arm::Capsule;
use frames::{Metres, Newtons, Point};
use nalgebra::{Isometry3, Point3, Vector3};
use scan::Surface;

use crate::body::STEP;
use crate::solids::{least_on_segment, nearest_points};
use crate::truth::{Accident, Obstacle, Solid, Truth};

/// Beyond this from a ball around the head, m, a bound stands for the distance; it is not told as a clearance.
const FAR: f64 = 0.02;
/// No solid is ever faster than it is now by more than this acceleration allows, m/s². The servo's motors and a startle
/// stay below 30.
const ACCELERATION: f64 = 50.0;
/// Looks are never further apart than this, steps.
const RARELY: u64 = 20;
/// Of colliding solids, N s/m, E: a hard blow bounces little.
const DAMPING: f64 = 300.0;
/// Accidents that are kept.
const KEPT: usize = 1000;
/// A collision that pauses for less than this, s, is the same one.
const SAME: f64 = 0.05;

/// A solid of the arm or the tool.
struct Body {
    solid: Solid,
    /// The joint whose frame it is in.
    joint: usize,
    shape: Capsule,
    /// Step of the next look.
    due: u64,
    /// Of the last look at the head.
    depth: f64,
}

/// Solids of the cell that stand still, base frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// Height of the table's top above the base's origin; the arm's first two links are fixed to the table and are not
    /// looked at. `None`: no table.
    pub table: Option<Metres>,
    /// Chair, shoulders, walls.
    pub solids: Vec<Capsule>,
}

/// A force that a collision causes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blow {
    /// The joint whose link it pushes.
    pub(crate) joint: usize,
    /// On the link, N, base frame.
    pub(crate) force: Vector3<f64>,
    pub(crate) at: Point3<f64>,
    /// Whether the head takes the opposite.
    pub(crate) on_head: bool,
}

/// The arm and the head at one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now<'a> {
    pub(crate) step: u64,
    /// Of the joints, base frame.
    pub(crate) frames: &'a [Isometry3<f64>],
    /// The joints turn about these, base frame.
    pub(crate) axes: &'a [Vector3<f64>],
    /// And as fast as this, rad/s.
    pub(crate) speeds: &'a [f64],
    pub(crate) base_from_head: &'a Isometry3<f64>,
    /// No point of the head is faster, m/s.
    pub(crate) head_speed: f64,
}

impl Now<'_> {
    /// Of the points of a solid on the link that `joint` carries, the speed of the fastest, at most; m/s.
    fn fastest(&self, joint: usize, shape: &Capsule) -> f64 {
        let (mut a, mut b, mut turn) = (Vector3::zeros(), Vector3::zeros(), Vector3::zeros());
        for ((frame, axis), speed) in self.frames.iter().zip(self.axes).zip(self.speeds).take(joint + 1) {
            let spin = axis * *speed;
            a += spin.cross(&(shape.a.coords - frame.translation.vector));
            b += spin.cross(&(shape.b.coords - frame.translation.vector));
            turn += spin;
        }
        a.norm().max(b.norm()) + turn.norm() * shape.radius.get()
    }
}

/// Watches every solid.
pub(crate) struct Watch {
    surface: Arc<Surface>,
    centre: Point3<f64>,
    radius: f64,
    cell: Cell,
    bodies: Vec<Body>,
}

impl Watch {
    /// `shapes`: each with its joint, in that joint's frame. `centre`, `radius`: a ball around the surface.
    pub(crate) fn new(
        surface: Arc<Surface>,
        (centre, radius): (Point3<f64>, f64),
        shapes: impl Iterator<Item = (Solid, usize, Capsule)>,
    ) -> Self {
        let bodies = shapes.map(|(solid, joint, shape)| Body { solid, joint, shape, due: 0, depth: 0.0 }).collect();
        Self { surface, centre, radius, cell: Cell::default(), bodies }
    }

    pub(crate) fn set_cell(&mut self, cell: Cell) {
        self.cell = cell;
    }

    /// Looks at whatever is due.
    pub(crate) fn step(&mut self, now: &Now<'_>, truth: &mut Truth, blows: &mut Vec<Blow>) {
        blows.clear();
        let &Now { step, frames, base_from_head, .. } = now;
        for i in 0..self.bodies.len() {
            if self.bodies[i].due > step {
                continue;
            }
            let (joint, solid) = (self.bodies[i].joint, self.bodies[i].solid);
            let Some(frame) = frames.get(joint) else { continue };
            let shape = self.bodies[i].shape.moved(frame);
            let r = shape.radius.get();

            let (to_head, at) = self.to_head(&shape, base_from_head);
            if let Some(at) = at {
                let clearance = Metres::new(to_head);
                truth.clearance = Some(truth.clearance.map_or(clearance, |c| c.min(clearance)));
                if to_head < 0.0 {
                    let out = self.outward(&at, base_from_head);
                    let sinking = (-to_head - self.bodies[i].depth) / STEP;
                    let force = collide(-to_head, sinking);
                    blows.push(Blow { joint, force: out * force, at, on_head: true });
                    note(truth, solid, Obstacle::Head, -to_head, force);
                }
            }
            self.bodies[i].depth = (-to_head).max(0.0);
            let mut least = to_head;

            if joint >= 2 {
                if let Some(top) = self.cell.table {
                    let low = if shape.a.z < shape.b.z { shape.a } else { shape.b };
                    let gap = low.z - r - top.get();
                    least = least.min(gap);
                    if gap < 0.0 {
                        let force = collide(-gap, 0.0);
                        blows.push(Blow { joint, force: Vector3::z() * force, at: low, on_head: false });
                        note(truth, solid, Obstacle::Table, -gap, force);
                    }
                }
                for (k, other) in self.cell.solids.iter().enumerate() {
                    let (p, q) = nearest_points(&shape, other);
                    let away = p - q;
                    let gap = away.norm() - r - other.radius.get();
                    least = least.min(gap);
                    if gap < 0.0 {
                        let force = collide(-gap, 0.0);
                        let out = away.try_normalize(1e-9).unwrap_or_else(Vector3::z);
                        blows.push(Blow { joint, force: out * force, at: p, on_head: false });
                        note(truth, solid, Obstacle::Cell(k), -gap, force);
                    }
                }
            }
            // `speed * t + a t^2 / 2 = least`, solved for t.
            let free = least.max(0.0);
            let speed = now.fastest(joint, &shape) + now.head_speed;
            let wait = ((speed * speed + 2.0 * ACCELERATION * free).sqrt() - speed) / ACCELERATION;
            self.bodies[i].due = step + ((wait / STEP) as u64).clamp(1, RARELY);
        }
    }

    /// Distance of a solid from the head and the place on its axis where it is least; only a lower bound and no place
    /// when it is far.
    fn to_head(&self, shape: &Capsule, base_from_head: &Isometry3<f64>) -> (f64, Option<Point3<f64>>) {
        let r = shape.radius.get();
        let ball = Capsule { radius: Metres::new(r + self.radius), ..*shape };
        let bound = ball.distance(&(base_from_head * self.centre));
        if bound > FAR {
            return (bound, None);
        }
        let (a, b) =
            (base_from_head.inverse_transform_point(&shape.a), base_from_head.inverse_transform_point(&shape.b));
        let (distance, s) = least_on_segment((b - a).norm(), r, |s| {
            let p = a + (b - a) * s;
            self.surface.signed_distance(Point::from(p)).get()
        });
        (distance - r, Some(shape.a + (shape.b - shape.a) * s))
    }

    /// Out of the head at a place in the base frame.
    fn outward(&self, at: &Point3<f64>, base_from_head: &Isometry3<f64>) -> Vector3<f64> {
        let near = self.surface.nearest(Point::from(base_from_head.inverse_transform_point(at)));
        base_from_head.rotation * self.surface.normal_at(near.face, near.bary).get().into_inner()
    }
}

/// Kelvin-Voigt without pull.
fn collide(depth: f64, sinking: f64) -> f64 {
    (skin::SKULL_STIFFNESS * depth + DAMPING * sinking).max(0.0)
}

/// Adds to the last collision of the same two, or begins one.
fn note(truth: &mut Truth, solid: Solid, obstacle: Obstacle, depth: f64, force: f64) {
    let (at, depth, force) = (truth.at, Metres::new(depth), Newtons::new(force));
    let same = |a: &&mut Accident| a.solid == solid && a.obstacle == obstacle && (at - a.until).seconds() < SAME;
    if let Some(known) = truth.accidents.iter_mut().rev().find(same) {
        known.until = at;
        known.depth = known.depth.max(depth);
        known.force = known.force.max(force);
    } else if truth.accidents.len() < KEPT {
        truth.accidents.push(Accident { at, until: at, solid, obstacle, depth, force });
    } else {
        truth.accidents_not_kept = truth.accidents_not_kept.saturating_add(1);
    }
}
