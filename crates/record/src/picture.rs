//! Pictures of a head with its dots, drawn on the processor: no GPU, no window, the same bytes everywhere.
//!
//! In: triangles and dots in the head frame, a camera. Out: an RGB picture and its PNG.
//! A z-buffer rasteriser with one light at the camera's shoulder, drawn at twice the size and averaged down.

use frames::{Dir, Head, Metres, Point};
use nalgebra::Vector3;

use crate::RecordError;

/// Red, green, blue; 0-255, sRGB.
pub type Colour = [u8; 3];

/// Triangles to draw.
#[derive(Debug, Clone, Copy)]
pub struct Mesh<'a> {
    /// Corners.
    pub vertices: &'a [Point<Head>],
    /// Outward normals, one a vertex.
    pub normals: &'a [Dir<Head>],
    /// Vertex numbers, counter-clockwise from outside.
    pub faces: &'a [[u32; 3]],
    /// Of the skin.
    pub colour: Colour,
}

/// A disc on the surface.
#[derive(Debug, Clone, Copy)]
pub struct Dot {
    /// Centre.
    pub at: Point<Head>,
    /// The disc faces this way.
    pub normal: Dir<Head>,
    /// Of the disc as drawn; dots at their true size vanish in a picture of a whole head.
    pub radius: Metres,
    /// Of the disc.
    pub colour: Colour,
}

/// Where the picture is taken from: parallel rays.
#[derive(Debug, Clone, Copy)]
pub struct Camera {
    /// From the head to the eye.
    pub to_eye: Dir<Head>,
    /// Up in the picture.
    pub up: Dir<Head>,
    /// In the middle of the picture.
    pub centre: Point<Head>,
    /// From the middle to the nearer border.
    pub half: Metres,
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
}

/// An RGB picture, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` pixels.
    pub pixels: Vec<Colour>,
}

const BACKGROUND: Colour = [250, 250, 248];
/// Samples a pixel and axis.
const OVER: usize = 2;

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
    depth: Vec<f64>,
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

/// Draws `mesh` with `dots` on it.
pub fn draw(mesh: &Mesh<'_>, dots: &[Dot], camera: &Camera) -> Picture {
    let (width, height) = (camera.width * OVER, camera.height * OVER);
    let view = View::new(camera, width, height);
    let mut canvas = Canvas {
        width,
        height,
        pixels: vec![BACKGROUND; width * height],
        depth: vec![f64::NEG_INFINITY; width * height],
    };
    let corners: Vec<Vector3<f64>> = mesh.vertices.iter().map(|p| view.project(&p.coords.coords)).collect();
    // The light stands above the viewer's left shoulder.
    let light = (view.eye - view.right * 0.45 - view.down * 0.55).normalize();
    let shades: Vec<f64> = mesh.normals.iter().map(|n| 0.28 + 0.72 * n.get().dot(&light).max(0.0)).collect();
    for face in mesh.faces {
        let ids = face.map(|i| i as usize);
        canvas.triangle(ids.map(|i| corners[i]), ids.map(|i| shades[i]), mesh.colour);
    }
    for dot in dots {
        canvas.disc(&view, dot);
    }
    canvas.shrink(camera.width, camera.height)
}

impl View {
    fn new(camera: &Camera, width: usize, height: usize) -> Self {
        let eye = camera.to_eye.get().into_inner();
        let right = camera.up.get().cross(&eye).try_normalize(1e-9).unwrap_or_else(Vector3::x);
        Self {
            right,
            down: right.cross(&eye),
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
}

impl Canvas {
    fn triangle(&mut self, p: [Vector3<f64>; 3], shade: [f64; 3], colour: Colour) {
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
                let mix = |v: [f64; 3]| w[0] * v[0] + w[1] * v[1] + w[2] * v[2];
                let light = mix(shade);
                self.plot(x, y, mix([p[0].z, p[1].z, p[2].z]), colour.map(|c| (f64::from(c) * light) as u8));
            }
        }
    }

    fn disc(&mut self, view: &View, dot: &Dot) {
        let facing = dot.normal.get().dot(&view.eye);
        if facing < 0.05 {
            return;
        }
        let centre = view.project(&dot.at.coords.coords);
        let radius = dot.radius.get() * view.scale;
        let corner = Vector3::new(radius, radius, 0.0);
        let Some((xs, ys)) = self.span(&[centre - corner, centre + corner]) else { return };
        let (nx, ny) = (dot.normal.get().dot(&view.right), dot.normal.get().dot(&view.down));
        for y in ys {
            for x in xs.clone() {
                let (dx, dy) = (x as f64 + 0.5 - centre.x, y as f64 + 0.5 - centre.y);
                // The point of the tilted plane under this pixel.
                let dz = -(nx * dx + ny * dy) / facing;
                if dx * dx + dy * dy + dz * dz <= radius * radius {
                    // Lifted by half a millimetre so that the facets under it do not swallow it.
                    self.plot(x, y, centre.z + dz / view.scale + 5e-4, dot.colour);
                }
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

    fn plot(&mut self, x: usize, y: usize, depth: f64, colour: Colour) {
        let i = y * self.width + x;
        if depth > self.depth[i] {
            self.depth[i] = depth;
            self.pixels[i] = colour;
        }
    }

    fn shrink(&self, width: usize, height: usize) -> Picture {
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0_u32; 3];
                for (dy, dx) in (0..OVER).flat_map(|dy| (0..OVER).map(move |dx| (dy, dx))) {
                    let sample = self.pixels[(y * OVER + dy) * self.width + x * OVER + dx];
                    sum.iter_mut().zip(sample).for_each(|(s, v)| *s += u32::from(v));
                }
                pixels.push(sum.map(|s| (s / (OVER * OVER) as u32) as u8));
            }
        }
        Picture { width, height, pixels }
    }
}

impl Picture {
    /// The picture as a PNG file's bytes.
    pub fn png(&self) -> Result<Vec<u8>, RecordError> {
        let fail = |e: png::EncodingError| RecordError::Draw { what: "a picture".into(), why: e.to_string() };
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().map_err(fail)?;
        writer.write_image_data(self.pixels.as_flattened()).map_err(fail)?;
        writer.finish().map_err(fail)?;
        Ok(bytes)
    }
}

/// A colour for `x` in -1..1: blue below, pale in the middle, red above; anything outside takes the end.
/// Blue-red stays legible to the colour-blind.
pub fn diverging(x: f64) -> Colour {
    const BLUE: [f64; 3] = [33.0, 102.0, 172.0];
    const MIDDLE: [f64; 3] = [62.0, 62.0, 62.0];
    const RED: [f64; 3] = [200.0, 24.0, 43.0];
    let x = if x.is_finite() { x.clamp(-1.0, 1.0) } else { 0.0 };
    let end = if x < 0.0 { BLUE } else { RED };
    std::array::from_fn(|i| (MIDDLE[i] + (end[i] - MIDDLE[i]) * x.abs()) as u8)
}

/// The scale of [`diverging`] as an SVG strip with its ends and middle named.
pub fn legend(low: &str, middle: &str, high: &str) -> String {
    let stops: String = (0..=10)
        .map(|i| {
            let [r, g, b] = diverging(f64::from(i) * 0.2 - 1.0);
            format!("<stop offset=\"{}%\" stop-color=\"rgb({r},{g},{b})\"/>", i * 10)
        })
        .collect();
    format!(
        "<svg width=\"420\" height=\"40\" font-family=\"sans-serif\" font-size=\"12\"><defs><linearGradient id=\"d\">{stops}\
         </linearGradient></defs><rect x=\"10\" y=\"2\" width=\"400\" height=\"14\" fill=\"url(#d)\"/>\
         <text x=\"10\" y=\"32\">{low}</text><text x=\"210\" y=\"32\" text-anchor=\"middle\">{middle}</text>\
         <text x=\"410\" y=\"32\" text-anchor=\"end\">{high}</text></svg>"
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    fn camera(to_eye: Dir<Head>) -> Camera {
        let half = Metres::from_mm(100.0);
        Camera { to_eye, up: Dir::Z, centre: Point::ORIGIN, half, width: 100, height: 100 }
    }

    /// One square facing +y, 100 mm wide.
    fn shot(to_eye: Dir<Head>, dots: &[Dot]) -> Picture {
        let corner = |x: f64, z: f64| Point::new(x, 0.0, z);
        let vertices = [corner(-0.05, -0.05), corner(0.05, -0.05), corner(0.05, 0.05), corner(-0.05, 0.05)];
        let (normals, faces) = ([Dir::Y; 4], [[0, 2, 1], [0, 3, 2]]);
        let mesh = Mesh { vertices: &vertices, normals: &normals, faces: &faces, colour: [200, 160, 140] };
        draw(&mesh, dots, &camera(to_eye))
    }

    fn at(picture: &Picture, x: usize, y: usize) -> Colour {
        picture.pixels[y * picture.width + x]
    }

    #[test]
    fn the_front_is_drawn_and_the_back_is_not() {
        assert_ne!(at(&shot(Dir::Y, &[]), 50, 50), BACKGROUND);
        assert_eq!(at(&shot(Dir::Y, &[]), 10, 50), BACKGROUND);
        assert_eq!(at(&shot(-Dir::Y, &[]), 50, 50), BACKGROUND);
    }

    #[test]
    fn the_subjects_right_is_on_the_left_of_a_front_view() {
        let red = [255, 0, 0];
        let radius = Metres::from_mm(10.0);
        let dot = Dot { at: Point::new(0.03, 0.0, 0.03), normal: Dir::Y, radius, colour: red };
        let picture = shot(Dir::Y, &[dot]);
        // +x is the subject's right; seen from the front it lies left of the middle, and +z is up.
        assert_eq!(at(&picture, 35, 35), red);
        assert_ne!(at(&picture, 65, 35), red);
    }

    #[test]
    fn png_comes_back() {
        let picture = shot(Dir::Y, &[]);
        let bytes = picture.png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut data).unwrap();
        assert_eq!(data, picture.pixels.as_flattened());
    }

    #[test]
    fn nan_has_the_middle_colour() {
        assert_eq!(diverging(f64::NAN), diverging(0.0));
        assert_eq!(diverging(9.0), diverging(1.0));
    }
}
