//! Marks on the skin, each as the light that it takes.
//!
//! In: the bare skin before an eye, [`Mark`]s. Out: what part of every pixel's light is taken. Absent: what a mark is.
//!
//! A mark takes its whole amount however the pixels fall: it is a sum of Gaussians, each widened by the [`OWN`] blur of a
//! pixel, so that a mark far smaller than a pixel keeps its light as well as one that covers hundreds. What marks take adds
//! up.

use frames::{Dir, Head, Metres, Point};
use nalgebra::Vector3;

use super::eye::Ground;

/// Standard deviation of a pixel's own blur, pixels. Sampled at whole pixels, a Gaussian this wide keeps its light within
/// 0.2 %.
pub const OWN: f64 = 0.6;
/// Marks are drawn where they face the eye by at least this cosine.
const FACING: f64 = 0.05;
/// Gaussians end here, standard deviations.
const ENDS: f64 = 4.5;
/// What lies deeper than this behind what the eye sees is hidden, metres: more than a facet's sag, less than an ear.
const HIDDEN: f64 = 3e-3;
/// Pieces of a line are at most so long, pixels.
const PIECE: f64 = 2.0;
/// A mark's middle never takes more than `1-exp(-DARKEST)` of the light.
const DARKEST: f64 = 6.0;

/// A mark on the skin that takes light away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Its middle, on the skin.
    pub at: Point<Head>,
    /// Of the skin there.
    pub normal: Dir<Head>,
    /// Standard deviation of what it takes, along the skin.
    pub sigma: Metres,
    /// How much: the area of skin, m², whose red, green and blue light it takes.
    pub taken: [f64; 3],
    /// A line instead of a point: from the middle this far both ways.
    pub half: Option<[f64; 3]>,
}

/// The part of its light that every pixel loses, red, green and blue.
pub(super) fn taken(ground: &Ground, marks: &[Mark]) -> Vec<[f32; 3]> {
    let mut sum = vec![[0.0_f32; 3]; ground.eye.width * ground.eye.height];
    for mark in marks {
        lay(ground, mark, &mut sum);
    }
    sum
}

fn lay(ground: &Ground, mark: &Mark, sum: &mut [[f32; 3]]) {
    // A long line is drawn in pieces: one Gaussian would taper it.
    if let (Some(half), Some(middle)) = (mark.half.map(Vector3::from), ground.project(mark.at)) {
        let pixels = 2.0 * half.norm() / (ground.eye.pixel * -middle.z);
        let pieces = (pixels / PIECE).ceil().clamp(1.0, 64.0);
        if pieces > 1.5 {
            for k in 0..pieces as u32 {
                let off = half * ((2.0 * f64::from(k) + 1.0) / pieces - 1.0);
                let at = Point::from(mark.at.coords.coords + off);
                piece(
                    ground,
                    &Mark { at, half: Some((half / pieces).into()), taken: mark.taken.map(|t| t / pieces), ..*mark },
                    sum,
                );
            }
            return;
        }
    }
    piece(ground, mark, sum);
}

fn piece(ground: &Ground, mark: &Mark, sum: &mut [[f32; 3]]) {
    let Some(middle) = ground.project(mark.at) else { return };
    let n = ground.turn(mark.normal);
    // Against the ray to the mark, not against the axis: at 0.3 m they differ.
    let d = ground.eye.at.coords.coords - mark.at.coords.coords;
    let away = d.norm();
    let facing = mark.normal.get().dot(&d) / away.max(1e-9);
    if facing < FACING || !middle.x.is_finite() || !middle.y.is_finite() {
        return;
    }
    if let Some(depth) = ground.depth_at(middle.x, middle.y)
        && depth > middle.z + HIDDEN
    {
        return;
    }
    let scale = 1.0 / (ground.eye.pixel * -middle.z);
    // Covariance of one square metre along the skin, in pixels: the tilt shortens it.
    let tilt = [1.0 - n.x * n.x, -n.x * n.y, 1.0 - n.y * n.y].map(|c| c * scale * scale);
    let line = mark.half.map_or([0.0; 3], |half| {
        let [x, y, _] = ground.axes.map(|axis| Vector3::from(half).dot(&axis) * scale);
        // An even line from -1 to 1 has a third of the variance of its end.
        [x * x / 3.0, x * y / 3.0, y * y / 3.0]
    });
    let luminous = luminous(mark.taken);
    if !(luminous > 0.0) {
        return;
    }
    let colour = mark.taken.map(|t| t / luminous);
    let area = facing * scale * scale;
    let mut gauss = |amount: f64, variance: f64| {
        let covariance = [0, 1, 2].map(|k| tilt[k] * variance + line[k] + if k == 1 { 0.0 } else { OWN * OWN });
        splat(ground, middle, covariance, colour.map(|c| c * amount * area), sum);
    };
    let variance = mark.sigma.get() * mark.sigma.get();
    let small = mark.sigma.get() * scale < 0.5 * OWN || mark.half.is_some();
    let peak = luminous / (std::f64::consts::TAU * variance);
    if small || peak < 0.02 {
        gauss(luminous, variance);
        return;
    }
    // 1-exp(-t*g) with a Gaussian g is never darker than black, and is itself a sum of Gaussians of variance 1/k.
    let most = entire(DARKEST);
    let (t, variance) = if peak < most { (depth_of(peak), variance) } else { (DARKEST, variance * peak / most) };
    let mut factor = -1.0;
    for k in 1..40 {
        let k = f64::from(k);
        factor *= -t / k;
        gauss(factor * std::f64::consts::TAU * variance / k, variance / k);
        if k > t && factor.abs() < 1e-4 * t {
            break;
        }
    }
}

/// `Ein(t)`, the entire exponential integral: `sum (-1)^(k+1) t^k/(k*k!)`. A mark `1-exp(-t*g)` takes `2*pi*sigma^2*Ein(t)`.
fn entire(t: f64) -> f64 {
    let mut factor = -1.0;
    (1..60).map(f64::from).fold(0.0, |sum, k| {
        factor *= -t / k;
        sum + factor / k
    })
}

/// The `t` of which [`entire`] is `peak`, 0 to `entire(DARKEST)`; it rises and bends down, so Newton's steps from below stay
/// below.
fn depth_of(peak: f64) -> f64 {
    (0..40).fold(peak.min(DARKEST), |t, _| {
        let slope = if t > 1e-6 { -(-t).exp_m1() / t } else { 1.0 };
        (t + (peak - entire(t)) / slope).clamp(0.0, DARKEST)
    })
}

fn luminous([r, g, b]: [f64; 3]) -> f64 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// A Gaussian of covariance `[xx, xy, yy]` whose sum is `amount`.
fn splat(ground: &Ground, at: Vector3<f64>, [xx, xy, yy]: [f64; 3], amount: [f64; 3], sum: &mut [[f32; 3]]) {
    let det = xx * yy - xy * xy;
    if !(det > 0.0) {
        return;
    }
    let (width, height) = (ground.eye.width, ground.eye.height);
    let peak = 1.0 / (std::f64::consts::TAU * det.sqrt());
    let [a, b, c] = [yy / det, -xy / det, xx / det];
    let (rx, ry) = (ENDS * xx.sqrt(), ENDS * yy.sqrt());
    let range = |middle: f64, reach: f64, size: usize| {
        let low = (middle - reach - 0.5).ceil().max(0.0);
        let high = (middle + reach - 0.5).floor().min(size as f64 - 1.0);
        (low <= high).then_some(low as usize..=high as usize)
    };
    let (Some(xs), Some(ys)) = (range(at.x, rx, width), range(at.y, ry, height)) else { return };
    for y in ys {
        let dy = y as f64 + 0.5 - at.y;
        for x in xs.clone() {
            let dx = x as f64 + 0.5 - at.x;
            let power = 0.5 * (a * dx * dx + 2.0 * b * dx * dy + c * dy * dy);
            if power > 0.5 * ENDS * ENDS {
                continue;
            }
            let g = peak * (-power).exp();
            let pixel = &mut sum[y * width + x];
            (0..3).for_each(|k| pixel[k] += (g * amount[k]) as f32);
        }
    }
}

impl Ground {
    /// Of what is seen at a pixel; `None` off the picture.
    fn depth_at(&self, x: f64, y: f64) -> Option<f64> {
        let inside = x >= 0.0 && y >= 0.0 && x < self.eye.width as f64 && y < self.eye.height as f64;
        inside.then(|| self.depth[y as usize * self.eye.width + x as usize])
    }
}
