//! Is the program what it claims to be? Asked of the finished program, by other means than those that made it.
//!
//! In: the program. Out: nothing, or the first claim that does not hold. Postures go through forward kinematics; parts
//! are put against the head's own triangles, where the search used a grid of distances; motions are sampled.
//! Absent: ladder, grid, bounds. What it cannot do: between its samples it knows nothing; there the search's bound stands.

use arm::{JointPos, Motion, Program, Tool};
use frames::{Metres, SiteId};
use nalgebra::{Isometry3, Point3, Vector3};
use rayon::prelude::*;
use scan::Surface;

use crate::clear::{World, segments, to_box};
use crate::{Options, PlanError};

/// Forward kinematics agrees to this, m and rad.
const GATE: f64 = 1e-9;
/// Capsules are tried with this much less than their clearance: the search's bound and this check round differently. m.
const LENIENT: f64 = 1e-4;
/// Planes around the head: 8 degrees apart, which costs 0.6 mm of certainty at a radius of 90 mm.
const PLANES: u32 = 600;
/// Places on every hop.
const PLACES: [f64; 2] = [1.0 / 3.0, 2.0 / 3.0];

/// Checks every stroke and every hop.
pub(crate) fn verify(
    program: &Program,
    world: &World<'_>,
    surface: &Surface,
    tool: &Tool,
    options: &Options,
) -> Result<(), PlanError> {
    let Some(first) = program.strokes.first() else { return Ok(()) };
    let unsound = |site: SiteId, what: String| Err(PlanError::Unsound { site, what });
    let planes = planes(surface);
    let check = Check { program, world, surface, planes, tool, margin: options.head_clearance.get() };
    let strokes = (0..program.strokes.len()).into_par_iter().map(|i| check.stroke(i)).find_first(Result::is_err);
    if let Some(Err((site, what))) = strokes {
        return unsound(site, what);
    }
    let last = program.strokes.last().unwrap_or(first);
    let ways = [(&program.approach, first, true), (&program.retreat, last, false)];
    for (stops, stroke, out) in ways {
        let path: Vec<JointPos> = if out {
            [program.park].into_iter().chain(stops.iter().copied()).chain([stroke.lifted]).collect()
        } else {
            [stroke.lifted].into_iter().chain(stops.iter().copied()).chain([program.park]).collect()
        };
        for pair in path.windows(2) {
            if let Err(what) = check.way(&pair[0], &pair[1], 64) {
                return unsound(stroke.site, what);
            }
        }
    }
    Ok(())
}

struct Check<'a> {
    program: &'a Program,
    world: &'a World<'a>,
    surface: &'a Surface,
    /// Outward directions, and how far the head goes in each.
    planes: Vec<(Vector3<f64>, f64)>,
    tool: &'a Tool,
    margin: f64,
}

impl Check<'_> {
    fn stroke(&self, i: usize) -> Result<(), (SiteId, String)> {
        let stroke = &self.program.strokes[i];
        let fail = |what: String| (stroke.site, what);
        let base_from_tcp = |q: &JointPos| self.world.arm.forward(q) * self.tool.flange_from_tcp;
        let wanted = self.program.base_from_head * stroke.head_from_touch;
        let touch = base_from_tcp(&stroke.touch);
        let (by, turn) = apart(touch.get(), wanted.get());
        if !(by <= GATE && turn <= GATE) {
            return Err(fail(format!("touch is {by:.2e} m and {turn:.2e} rad from its place")));
        }
        // In the nose's own frame the lifted nose is straight back.
        let seen = touch.inverse() * base_from_tcp(&stroke.lifted);
        let back = seen.get();
        let (lift, side, turn) =
            (-back.translation.vector.z, back.translation.vector.xy().norm(), back.rotation.angle());
        if !(lift > 0.0 && side <= 2.0 * GATE && turn <= 2.0 * GATE) {
            return Err(fail(format!(
                "lifted is {side:.2e} m and {turn:.2e} rad off the needle's axis, {lift:.2e} m up"
            )));
        }
        for q in [&stroke.touch, &stroke.lifted] {
            if !self.program.limits.hold(q) {
                return Err(fail(format!("{:?} leaves the joints' ranges", &**q)));
            }
            self.posture(q).map_err(fail)?;
        }
        let Some(next) = self.program.strokes.get(i + 1) else { return Ok(()) };
        let detour = self.program.detour(i + 1);
        if !detour.is_empty() {
            let stops: Vec<JointPos> =
                [stroke.lifted].into_iter().chain(detour.iter().copied()).chain([next.lifted]).collect();
            return stops.windows(2).try_for_each(|w| self.way(&w[0], &w[1], 64)).map_err(fail);
        }
        self.motion(&stroke.lifted, &next.lifted).map_err(fail)?;
        for u in PLACES {
            self.posture(&stroke.lifted.zip(&next.lifted, |a, b| a + (b - a) * u)).map_err(fail)?;
        }
        Ok(())
    }

    fn way(&self, from: &JointPos, to: &JointPos, places: u32) -> Result<(), String> {
        self.motion(from, to)?;
        (0..=places)
            .try_for_each(|k| self.posture(&from.zip(to, |a, b| a + (b - a) * f64::from(k) / f64::from(places))))
    }

    /// The motion that the limits determine stays within them.
    fn motion(&self, from: &JointPos, to: &JointPos) -> Result<(), String> {
        let limits = &self.program.limits;
        let motion = Motion::between(from, to, limits);
        let whole = motion.seconds();
        for k in 0..=8 {
            let (q, qd, qdd) = motion.sample(whole * f64::from(k) / 8.0);
            let within = |v: &[f64], most: &[f64]| v.iter().zip(most).all(|(v, m)| v.abs() <= m * (1.0 + 1e-9));
            if !(limits.hold(&q) && within(&qd, &limits.speed) && within(&qdd, &limits.acceleration)) {
                return Err(format!("the motion to {:?} leaves its limits", &**to));
            }
        }
        Ok(())
    }

    fn posture(&self, q: &JointPos) -> Result<(), String> {
        let posed = self.world.body.pose(self.world.arm, q);
        let head_from_base = self.program.base_from_head.inverse();
        let parts = &self.world.body.parts;
        for (i, part) in parts.iter().enumerate().filter(|(_, p)| p.link > 0 && !p.nose) {
            let keep = part.gap.map_or(self.margin, |g| (0.5 * g[0].min(g[1])).clamp(0.0, self.margin));
            let [a, b] = posed.ends[i].map(|p| head_from_base.get() * p);
            let radius = part.radius + keep - LENIENT;
            if radius > 0.0 && self.meets(&a, &b, radius) {
                return Err(format!("{} is nearer than {} to the head", part.name, Metres::new(keep)));
            }
            for keep_out in self.world.keep_out.iter().filter(|_| part.link > 1) {
                let steps = ((b - a).norm() / 0.01).ceil().max(1.0) as u32;
                let [a, b] = posed.ends[i];
                let inside = (0..=steps)
                    .map(|k| to_box(keep_out, &(a + (b - a) * f64::from(k) / f64::from(steps))))
                    .any(|d| d < part.radius);
                if inside {
                    return Err(format!("{} is inside keep-out \"{}\"", part.name, keep_out.name));
                }
            }
            for (j, other) in parts.iter().enumerate().skip(i + 1).filter(|(_, o)| o.link > part.link + 2 && !o.nose) {
                if segments(&posed.ends[i], &posed.ends[j]) < part.radius + other.radius {
                    return Err(format!("{} meets {}", part.name, other.name));
                }
            }
        }
        Ok(())
    }

    /// Does the capsule come to the head? Not if a plane parts them; else spheres are followed along its axis: each exact
    /// distance clears as much of the axis as it has to spare.
    fn meets(&self, a: &Point3<f64>, b: &Point3<f64>, radius: f64) -> bool {
        let parts = |(out, reach): &(Vector3<f64>, f64)| {
            out.dot(&a.coords) - reach >= radius && out.dot(&b.coords) - reach >= radius
        };
        if self.planes.iter().any(parts) {
            return false;
        }
        let length = (b - a).norm();
        let mut at = 0.0;
        loop {
            let p = a + (b - a) * if length > 0.0 { at / length } else { 0.0 };
            let spare = self.surface.signed_distance(p.into()).get() - radius;
            if spare < 0.0 || spare.is_nan() {
                return true;
            }
            if at + spare >= length {
                return false;
            }
            at = (at + spare.max(LENIENT)).min(length);
        }
    }
}

/// Planes that the head does not pass, evenly over all directions (a spiral with the golden angle).
fn planes(surface: &Surface) -> Vec<(Vector3<f64>, f64)> {
    let golden = std::f64::consts::PI * (3.0 - 5f64.sqrt());
    (0..PLANES)
        .into_par_iter()
        .map(|k| {
            let z = 1.0 - (2.0 * f64::from(k) + 1.0) / f64::from(PLANES);
            let (r, a) = ((1.0 - z * z).sqrt(), golden * f64::from(k));
            let out = Vector3::new(r * a.cos(), r * a.sin(), z);
            (out, surface.vertices().iter().map(|v| out.dot(&v.coords.coords)).fold(f64::NEG_INFINITY, f64::max))
        })
        .collect()
}

/// Distance and angle of two poses.
fn apart(a: &Isometry3<f64>, b: &Isometry3<f64>) -> (f64, f64) {
    ((a.translation.vector - b.translation.vector).norm(), a.rotation.angle_to(&b.rotation))
}
