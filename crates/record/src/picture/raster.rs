//! From triangles and discs to pixels.
//!
//! In: mesh, dots, camera. Out: the picture. Triangles go into a z-buffer with their normal and colour, `light` shades what
//! is seen, dots are laid over it, and [`OVER`] squared samples make a pixel.

use frames::{Dir, Head};
use nalgebra::Vector3;

use super::{BACKGROUND, Camera, Colour, Dot, Mesh, OVER, Picture, light};

/// Dots lie this far above the facets, which are flatter than the skin; metres.
const LIFT: f64 = 5e-4;
/// Dots are drawn where they face the eye by at least this cosine.
const FACING: f64 = 0.05;

/// What every sample holds. Colours are light, 0 to 1, not screen values.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Towards the eye, metres; `NEG_INFINITY` where nothing is.
    pub(super) depth: Vec<f64>,
    /// Right, down, towards the eye.
    pub(super) normal: Vec<[f32; 3]>,
    pub(super) colour: Vec<[f32; 3]>,
    /// Samples a metre.
    pub(super) scale: f64,
}

/// View coordinates: x right, y down, in samples; z towards the eye, metres.
struct View {
    right: Vector3<f64>,
    down: Vector3<f64>,
    eye: Vector3<f64>,
    centre: Vector3<f64>,
    scale: f64,
    middle: [f64; 2],
}

/// A corner as it is drawn.
#[derive(Clone, Copy)]
pub(super) struct Corner {
    pub(super) at: Vector3<f64>,
    pub(super) normal: Vector3<f64>,
    pub(super) colour: [f32; 3],
}

/// Draws `mesh` with `dots` on it, later dots over earlier ones.
pub fn draw(mesh: &Mesh<'_>, dots: &[Dot], camera: &Camera) -> Picture {
    let (width, height) = (camera.width * OVER, camera.height * OVER);
    let view = View::new(camera, width, height);
    let mut canvas = Canvas::new(width, height, view.scale);
    let plain = linear(mesh.colour);
    let colour = |i: usize| mesh.tint.and_then(|t| t.get(i)).map_or(plain, |c| linear(*c));
    let corners: Vec<Corner> = mesh
        .vertices
        .iter()
        .zip(mesh.normals)
        .enumerate()
        .map(|(i, (p, n))| Corner { at: view.project(&p.coords.coords), normal: view.turn(*n), colour: colour(i) })
        .collect();
    for face in mesh.faces {
        canvas.triangle(&face.map(|i| corners[i as usize]));
    }
    light::shade(&mut canvas);
    for dot in dots {
        canvas.disc(&view, dot);
    }
    canvas.shrink(camera.width, camera.height)
}

/// Right, down and towards the eye, in the head frame.
pub(super) fn axes(camera: &Camera) -> [Vector3<f64>; 3] {
    axes_of(camera.to_eye.get().into_inner(), camera.up.get().into_inner())
}

/// The same for a unit vector to the eye and one that is up in the picture.
pub(super) fn axes_of(eye: Vector3<f64>, up: Vector3<f64>) -> [Vector3<f64>; 3] {
    let right = up.cross(&eye).try_normalize(1e-9).unwrap_or_else(Vector3::x);
    [right, right.cross(&eye), eye]
}

/// A screen value as light. The square stands for the curve of sRGB: the root takes it back exactly on every machine.
fn linear(colour: Colour) -> [f32; 3] {
    colour.map(|c| (f32::from(c) / 255.0) * (f32::from(c) / 255.0))
}

impl View {
    fn new(camera: &Camera, width: usize, height: usize) -> Self {
        let [right, down, eye] = axes(camera);
        Self {
            right,
            down,
            eye,
            centre: camera.centre.coords.coords,
            scale: width.min(height) as f64 * 0.5 / camera.half.get(),
            middle: [width as f64 * 0.5, height as f64 * 0.5],
        }
    }

    fn project(&self, p: &Vector3<f64>) -> Vector3<f64> {
        let d = p - self.centre;
        Vector3::new(
            self.middle[0] + self.scale * d.dot(&self.right),
            self.middle[1] + self.scale * d.dot(&self.down),
            d.dot(&self.eye),
        )
    }

    fn turn(&self, n: Dir<Head>) -> Vector3<f64> {
        let n = n.get();
        Vector3::new(n.dot(&self.right), n.dot(&self.down), n.dot(&self.eye))
    }
}

impl Canvas {
    /// Nothing on it yet; `scale` in samples a metre.
    pub(super) fn new(width: usize, height: usize, scale: f64) -> Self {
        Self {
            width,
            height,
            depth: vec![f64::NEG_INFINITY; width * height],
            normal: vec![[0.0, 0.0, 1.0]; width * height],
            colour: vec![linear(BACKGROUND); width * height],
            scale,
        }
    }

    pub(super) fn triangle(&mut self, corners: &[Corner; 3]) {
        let p = corners.map(|c| c.at);
        let area = (p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[2].x - p[0].x) * (p[1].y - p[0].y);
        // Counter-clockwise from outside is clockwise here (y points down): negative area faces the eye.
        if area > -1e-12 {
            return;
        }
        let Some((xs, ys)) = self.span(&p) else { return };
        for y in ys {
            for x in xs.clone() {
                let (cx, cy) = (x as f64 + 0.5, y as f64 + 0.5);
                let edge =
                    |a: usize, b: usize| ((p[b].x - p[a].x) * (cy - p[a].y) - (cx - p[a].x) * (p[b].y - p[a].y)) / area;
                let w = [edge(1, 2), edge(2, 0), edge(0, 1)];
                if w.iter().any(|v| *v < 0.0) {
                    continue;
                }
                let depth = w[0] * p[0].z + w[1] * p[1].z + w[2] * p[2].z;
                let i = y * self.width + x;
                if depth <= self.depth[i] {
                    continue;
                }
                self.depth[i] = depth;
                let n = corners[0].normal * w[0] + corners[1].normal * w[1] + corners[2].normal * w[2];
                self.normal[i] = [n.x as f32, n.y as f32, n.z as f32];
                self.colour[i] = std::array::from_fn(|k| (0..3).map(|c| w[c] as f32 * corners[c].colour[k]).sum());
            }
        }
    }

    /// Lays a disc over what is there. Each sample is covered by as much as lies inside the disc, and in all by no more
    /// than the disc's area as it is seen: small discs keep their tone, however the samples fall.
    fn disc(&mut self, view: &View, dot: &Dot) {
        let n = view.turn(dot.normal);
        if n.z < FACING {
            return;
        }
        let centre = view.project(&dot.at.coords.coords);
        let radius = dot.radius.get() * view.scale;
        let corner = Vector3::new(radius + 1.0, radius + 1.0, 0.0);
        let Some((xs, ys)) = self.span(&[centre - corner, centre + corner]) else { return };
        let mut inside = Vec::with_capacity(64);
        for y in ys {
            for x in xs.clone() {
                let (dx, dy) = (x as f64 + 0.5 - centre.x, y as f64 + 0.5 - centre.y);
                // The point of the tilted plane under this sample.
                let dz = -(n.x * dx + n.y * dy) / n.z;
                let cover = (radius + 0.5 - (dx * dx + dy * dy + dz * dz).sqrt()).clamp(0.0, 1.0);
                if cover > 0.0 {
                    inside.push((y * self.width + x, cover, centre.z + dz / view.scale + LIFT));
                }
            }
        }
        let covered: f64 = inside.iter().map(|(_, cover, _)| cover).sum();
        let area = std::f64::consts::PI * radius * radius * n.z;
        let fair = (area / covered.max(1e-9)).min(1.0);
        // A disc of several samples has a sharp edge already; its middle must stay whole.
        let fair = if radius > 2.0 { 1.0 } else { fair };
        let colour = linear(dot.colour);
        for (i, cover, depth) in inside {
            if depth > self.depth[i] {
                let a = (cover * fair * dot.opacity.clamp(0.0, 1.0)) as f32;
                self.colour[i].iter_mut().zip(colour).for_each(|(below, above)| *below += a * (above - *below));
            }
        }
    }

    fn span(&self, p: &[Vector3<f64>]) -> Option<(std::ops::RangeInclusive<usize>, std::ops::RangeInclusive<usize>)> {
        let range = |axis: usize, size: usize| {
            let low = p.iter().map(|v| v[axis]).fold(f64::INFINITY, f64::min).floor().max(0.0);
            let high = p.iter().map(|v| v[axis]).fold(f64::NEG_INFINITY, f64::max).min(size as f64 - 1.0);
            (low <= high).then_some(low as usize..=high as usize)
        };
        Some((range(0, self.width)?, range(1, self.height)?))
    }

    fn shrink(&self, width: usize, height: usize) -> Picture {
        let samples = (OVER * OVER) as f32;
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0.0_f32; 3];
                for (dy, dx) in (0..OVER).flat_map(|dy| (0..OVER).map(move |dx| (dy, dx))) {
                    let sample = self.colour[(y * OVER + dy) * self.width + x * OVER + dx];
                    sum.iter_mut().zip(sample).for_each(|(s, v)| *s += v);
                }
                pixels.push(sum.map(|s| ((s / samples).clamp(0.0, 1.0).sqrt() * 255.0 + 0.5) as u8));
            }
        }
        Picture { width, height, pixels }
    }
}
