//! One hairline: middle, corners, and the way between them.
//!
//! In: a face, a preset with what was changed of it. Out: control points on the skin, from the subject's left to his right,
//! 10 mm apart.
//!
//! The middle stands `height` above the glabella, each corner C 80 mm to the side of it and `height + recession` above the lateral
//! point E (with 80 mm and no recession the published figure: Garg, skin.md 1.10 S79 A). Between them the line runs
//! level, hence parallel to the brow (S87 C), and goes over into the corner by the curve of its type; in a linear or M line that
//! curve turns from convex to concave under the mid-pupil (S85 B).

use frames::{Seed, unit};
use nalgebra::Vector3;
use scan::Scan;

use crate::line::arc;
use crate::line::face::{Face, SIDE, SIDES};
use crate::spec::{LinePreset, LineSpec, LineType};

/// Steps from the middle to a corner.
const STEPS: usize = 8;
/// The mid-pupil, 32 mm from the middle (ANSUR II: 64 mm between the pupils of men), as a part of the way to the corner.
const PUPIL: f64 = 0.42;
/// Half the width of a widow's peak at its root.
const PEAK: f64 = 18e-3;
/// Of the difference between left and right without one written: skin.md 1.10 E.
const ASYMMETRY: [f64; 2] = [1e-3, 3e-3];

/// What is drawn. Metres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) shape: LineType,
    pub(super) height: f64,
    pub(super) recession: f64,
    pub(super) peak: f64,
    /// Left corner over right corner.
    pub(super) tilt: f64,
}

impl Rule {
    pub(super) fn new(line: &LineSpec, seed: Seed) -> Self {
        let (height, shape, more) = match line.preset.unwrap_or_default() {
            LinePreset::Mature => (80.0, LineType::Linear, 0.0),
            LinePreset::Juvenile => (70.0, LineType::Linear, 0.0),
            LinePreset::Conservative => (90.0, LineType::M, 5.0),
            LinePreset::Female => (63.0, LineType::Round, 0.0),
        };
        let shape = line.shape.unwrap_or(shape);
        let recession = more
            + match shape {
                LineType::Linear => 0.0,
                LineType::M | LineType::Triangular => 10.0,
                LineType::Round => -8.0,
            };
        let by_seed = ASYMMETRY[0] + (ASYMMETRY[1] - ASYMMETRY[0]) * unit(seed, 0, 0);
        let tilt = line.asymmetry_mm.map_or(by_seed, |mm| 1e-3 * mm);
        Self {
            shape,
            height: 1e-3 * line.mid_frontal_mm.unwrap_or(height),
            recession: 1e-3 * line.recession_mm.unwrap_or(recession),
            peak: 1e-3 * line.widows_peak_mm.unwrap_or(0.0),
            tilt: if unit(seed, 1, 0) < 0.5 { -tilt } else { tilt },
        }
    }
}

pub(super) fn draw(scan: &Scan, face: &Face, rule: &Rule) -> Option<Vec<Vector3<f64>>> {
    let middle = face.middle(scan, rule.height)?;
    let [left, right] = [0, 1].map(|side| half(scan, face, rule, &middle, side));
    let mut points: Vec<Vector3<f64>> = left?.into_iter().rev().collect();
    points.push(up(scan, &middle, -rule.peak));
    points.extend(right?);
    Some(points)
}

/// From beside the middle to the corner.
fn half(scan: &Scan, face: &Face, rule: &Rule, middle: &Vector3<f64>, side: usize) -> Option<Vec<Vector3<f64>>> {
    let above = rule.height + rule.recession - 0.5 * rule.tilt * SIDES[side];
    let corner = face.corner(scan, side, middle, SIDE, above)?;
    let level = |part: f64| {
        let aside = face.right * SIDES[side];
        arc::walk(&scan.surface, middle, &aside, &Vector3::z(), SIDE * part)
    };
    let miss = corner - level(1.0)?;
    (1..=STEPS)
        .map(|k| {
            let part = k as f64 / STEPS as f64;
            if k == STEPS {
                return Some(corner);
            }
            let p = arc::skin_at(&scan.surface, &(level(part)? + miss * towards_corner(rule.shape, part))).0;
            let ahead = rule.peak * bump(SIDE * part / PEAK);
            Some(up(scan, &p, recess(rule.shape, part) - ahead))
        })
        .collect()
}

/// How much of the corner's offset from the level line the curve has taken, from 0 in the middle to 1.
fn towards_corner(shape: LineType, part: f64) -> f64 {
    let u = part;
    match shape {
        // A cubic that leaves the middle level and turns at the mid-pupil; it passes the corner's height by a seventh and comes
        // back to it, as a recess does.
        LineType::Linear | LineType::M => {
            let end = (12.0 * PUPIL - 6.0) / (6.0 * PUPIL - 2.0);
            u * u * (3.0 - 2.0 * u) + end * u * u * (u - 1.0)
        }
        LineType::Round => u * u,
        LineType::Triangular => u,
    }
}

/// The slight recess of a linear line inside its corners, metres: none in the middle and at the corner, most at 0.7 of the
/// way, turning at the mid-pupil.
fn recess(shape: LineType, part: f64) -> f64 {
    const DEEP: f64 = 2e-3;
    let u = part;
    match shape {
        LineType::Linear => DEEP * (0.437 + 0.563 * u) * u * u * (1.0 - u) / 0.1225,
        LineType::M | LineType::Round | LineType::Triangular => 0.0,
    }
}

/// 1 at 0, 0 from 1 on, smooth.
fn bump(x: f64) -> f64 {
    let rest = (1.0 - x * x).max(0.0);
    rest * rest
}

/// Up the skin from `p`, or down.
fn up(scan: &Scan, p: &Vector3<f64>, by: f64) -> Vector3<f64> {
    let normal = arc::skin_at(&scan.surface, p).1;
    let way = Vector3::z() - normal * normal.z;
    way.try_normalize(1e-6).map_or(*p, |way| arc::skin_at(&scan.surface, &(p + way * by)).0)
}
