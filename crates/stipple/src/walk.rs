//! A straight step along the skin.
//!
//! In: a place (face and weights), a step. Out: the place at its end, the step unfolded over the edges on the way.
//! `None` where the surface ends. Absent: any projection that could jump to another sheet.

use nalgebra::Vector3;
use scan::Surface;

use crate::sheet::corners;

/// Edges crossed by one step, at most.
const CROSSINGS: usize = 256;

pub(crate) fn walk(surface: &Surface, face: u32, bary: [f64; 3], step: Vector3<f64>) -> Option<(u32, [f64; 3])> {
    let mut face = face;
    let mut bary = bary;
    let mut corner = corners(surface, face);
    let normal = (corner[1] - corner[0]).cross(&(corner[2] - corner[0]));
    let mut rest = step - normal * (step.dot(&normal) / normal.norm_squared());
    // The last edge crossed: rounding must not send the walk back over it.
    let mut behind: Option<usize> = None;
    for _ in 0..CROSSINGS {
        let at = corner[0] * bary[0] + corner[1] * bary[1] + corner[2] * bary[2];
        let goal = weights(&corner, &(at + rest));
        let mut exit: Option<(f64, usize)> = None;
        for k in 0..3 {
            if goal[k] < 0.0 && behind != Some(k) {
                let t = (bary[k] / (bary[k] - goal[k])).clamp(0.0, 1.0);
                if exit.is_none_or(|(best, _)| t < best) {
                    exit = Some((t, k));
                }
            }
        }
        let Some((t, opposite)) = exit else {
            return Some((face, settled(goal)));
        };
        // Edge k joins corners k and k + 1; the one opposite corner k is edge k + 1.
        let edge = (opposite + 1) % 3;
        let next = surface.neighbours(face)[edge]?;
        let (a, b) = (corner[edge], corner[(edge + 1) % 3]);
        let crossing = at + rest * t;
        let here = in_plane(&a, &b, &corner[opposite]);
        let shared = [surface.faces()[face as usize][edge], surface.faces()[face as usize][(edge + 1) % 3]];
        let other = corners(surface, next);
        let far = surface.faces()[next as usize].iter().position(|v| !shared.contains(v))?;
        let there = in_plane(&a, &b, &other[far]);
        let along = (b - a) / (b - a).norm();
        rest *= 1.0 - t;
        // `here` points back into the old face, `there` onward into the new one.
        rest = along * rest.dot(&along) - there * rest.dot(&here);
        face = next;
        corner = other;
        bary = settled(weights(&corner, &crossing));
        behind = Some(far);
    }
    None
}

/// Unit vector in the face's plane, square to the edge, towards the third corner.
fn in_plane(a: &Vector3<f64>, b: &Vector3<f64>, third: &Vector3<f64>) -> Vector3<f64> {
    let along = (b - a) / (b - a).norm();
    let out = third - a;
    let square = out - along * out.dot(&along);
    square / square.norm()
}

/// Barycentric coordinates of the foot of `p` in a triangle's plane.
fn weights([a, b, c]: &[Vector3<f64>; 3], p: &Vector3<f64>) -> [f64; 3] {
    let normal = (b - a).cross(&(c - a));
    let n2 = normal.norm_squared();
    let v = (c - b).cross(&(p - b)).dot(&normal) / n2;
    let w = (a - c).cross(&(p - c)).dot(&normal) / n2;
    [v, w, 1.0 - v - w]
}

/// Rounding below zero taken away.
fn settled(bary: [f64; 3]) -> [f64; 3] {
    let held = bary.map(|w| w.max(0.0));
    let sum: f64 = held.iter().sum();
    held.map(|w| w / sum)
}
