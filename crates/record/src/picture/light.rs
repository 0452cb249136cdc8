//! Light on what is seen.
//!
//! In: depth, normal and colour of every sample. Out: the colour as it is lit: a key light above the viewer's left
//! shoulder, light from the sky, less of it in hollows (eyes, ears, below the brow), a faint sheen.

use std::f64::consts::FRAC_1_SQRT_2;

use super::OVER;
use super::raster::Canvas;

/// Towards the light: right, down, eye. Not yet of unit length.
const KEY: [f64; 3] = [-0.45, -0.60, 1.0];
/// Of the key light.
const KEY_PART: f32 = 0.74;
/// Light from above and from below, without hollows.
const SKY: [f32; 2] = [0.36, 0.20];
/// At the brightest place of the sheen.
const SHEEN: f32 = 0.045;
/// A quarter of the directions in which a hollow is looked for, right and down; the others are turned by right angles.
const DIRECTIONS: [[f64; 2]; 4] = [[1.0, 0.0], [0.9239, 0.3827], [FRAC_1_SQRT_2, FRAC_1_SQRT_2], [0.3827, 0.9239]];
/// How far, metres, and how much is believed of what stands there: a step there would draw a ring around every ear.
const RINGS: [(f64, f64); 6] = [(1.5e-3, 1.0), (3e-3, 1.0), (6e-3, 0.9), (10e-3, 0.7), (15e-3, 0.45), (22e-3, 0.2)];

/// Lights every sample on which there is something.
pub(super) fn shade(canvas: &mut Canvas) {
    let lamp = Lamp::new();
    for block in blocks(canvas) {
        let open = open(canvas, block[block.len() / 2]);
        for i in block {
            let n = unit(canvas.normal[i].map(f64::from));
            let (light, sheen) = (lamp.light(n, open), lamp.sheen(n, open));
            canvas.colour[i] = canvas.colour[i].map(|c| c * light + sheen);
        }
    }
}

/// Light on every sample on which there is something, 1 where it faces the eye in the open: no sheen, which is not a
/// colour of the skin.
pub(super) fn light(canvas: &Canvas) -> Vec<f32> {
    let lamp = Lamp::new();
    let facing = lamp.light([0.0, 0.0, 1.0], 1.0);
    let mut light = vec![0.0; canvas.depth.len()];
    for block in blocks(canvas) {
        let open = open(canvas, block[block.len() / 2]);
        for i in block {
            light[i] = lamp.light(unit(canvas.normal[i].map(f64::from)), open) / facing;
        }
    }
    light
}

/// Samples on which there is something, by squares of [`OVER`]. Hollows are wider than that: one look for all of a square.
fn blocks(canvas: &Canvas) -> Vec<Vec<usize>> {
    let (width, height) = (canvas.width, canvas.height);
    let square = |x: usize, y: usize| {
        let rows = y..(y + OVER).min(height);
        let samples = rows.flat_map(|row| (x..(x + OVER).min(width)).map(move |column| row * width + column));
        samples.filter(|i| canvas.depth[*i].is_finite()).collect::<Vec<_>>()
    };
    let corners = (0..height).step_by(OVER).flat_map(|y| (0..width).step_by(OVER).map(move |x| (x, y)));
    corners.map(|(x, y)| square(x, y)).filter(|block| !block.is_empty()).collect()
}

/// The key light and the sky.
struct Lamp {
    key: [f32; 3],
    /// Between the key and the eye.
    half: [f32; 3],
}

impl Lamp {
    fn new() -> Self {
        let key = unit(KEY);
        Self { key, half: unit([f64::from(key[0]), f64::from(key[1]), f64::from(key[2]) + 1.0]) }
    }

    /// On skin with this normal that sees `open` of the sky.
    fn light(&self, n: [f32; 3], open: f32) -> f32 {
        // Skin lets light around the edge of a shadow: the key reaches a little past the terminator.
        let wrapped = ((dot(n, self.key) + 0.20) / 1.20).max(0.0);
        let sky = SKY[1] + (SKY[0] - SKY[1]) * (0.5 - 0.5 * n[1]);
        KEY_PART * wrapped * (0.45 + 0.55 * open) + sky * open
    }

    fn sheen(&self, n: [f32; 3], open: f32) -> f32 {
        SHEEN * power_of_32(dot(n, self.half).max(0.0)) * open
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Part of the sky that a sample sees, 0 to 1: in each direction the highest neighbour above the sample's tangent plane
/// takes the sine of its height away.
fn open(canvas: &Canvas, i: usize) -> f32 {
    let (x, y) = ((i % canvas.width) as f64, (i / canvas.width) as f64);
    let here = canvas.depth[i];
    let n = unit(canvas.normal[i].map(f64::from)).map(f64::from);
    let mut taken = 0.0;
    for [dx, dy] in DIRECTIONS.into_iter().flat_map(|[dx, dy]| [[dx, dy], [-dy, dx], [-dx, -dy], [dy, -dx]]) {
        let mut highest = 0.0_f64;
        for (ring, believed) in RINGS {
            let reach = ring * canvas.scale;
            let (sx, sy) = (x + dx * reach, y + dy * reach);
            if !(sx >= 0.0 && sy >= 0.0 && sx < canvas.width as f64 && sy < canvas.height as f64) {
                continue;
            }
            let there = canvas.depth[sy as usize * canvas.width + sx as usize];
            if !there.is_finite() {
                continue;
            }
            let away = [dx * ring, dy * ring, there - here];
            let distance = (away[0] * away[0] + away[1] * away[1] + away[2] * away[2]).sqrt();
            let above = (away[0] * n[0] + away[1] * n[1] + away[2] * n[2]) / distance;
            // What is far in front stands apart and shades less.
            let near = (1.0 - (distance - ring) / 30e-3).clamp(0.0, 1.0);
            highest = highest.max((above - 0.06) * near * believed);
        }
        taken += highest;
    }
    (1.0 - taken / (4 * DIRECTIONS.len()) as f64 * 1.35).clamp(0.15, 1.0) as f32
}

fn unit(v: [f64; 3]) -> [f32; 3] {
    let length = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt().max(1e-12);
    v.map(|c| (c / length) as f32)
}

/// By squaring: the library's power is not the same everywhere.
fn power_of_32(x: f32) -> f32 {
    (0..5).fold(x, |v, _| v * v)
}
