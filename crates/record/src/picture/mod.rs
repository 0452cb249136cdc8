//! Pictures of a head with its dots, drawn on the processor: no GPU, no window, the same bytes everywhere.
//!
//! In: triangles and dots in the head frame, a camera. Out: an RGB picture and its PNG.
//! A z-buffer rasteriser ([`raster`]), one light at the camera's shoulder and hollows that stay dark ([`light`]), drawn
//! larger and averaged down. Light is added up as light, not as screen values: a dot smaller than a pixel darkens it by
//! its area. Only sums, products, quotients and square roots, which are exact everywhere.
//!
//! What an eye sees from where it is, at its own resolution, is [`eye`]: true light, true sizes.

mod eye;
mod letters;
mod light;
mod palette;
mod png;
mod raster;
mod scale;
mod seen;
mod splat;
mod srgb;

use frames::{Dir, Head, Metres, Point};

pub use eye::{Eye, Ground};
pub use raster::draw;
pub use scale::{diverging, legend};
pub use seen::{POINT_SPREAD, Seen};
pub use splat::{Mark, OWN};
pub use srgb::{linear, screen};

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
    /// A colour of its own for every vertex, instead of `colour`: zones, scars.
    pub tint: Option<&'a [Colour]>,
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
    /// 0 unseen, 1 hides the skin below. Less than 1 lets a dot drawn larger than it is darken no more than it does.
    pub opacity: f64,
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
const OVER: usize = 3;

impl Camera {
    /// A camera that sees all of `points`, with a little air around them.
    pub fn fit(to_eye: Dir<Head>, up: Dir<Head>, points: &[Point<Head>], size: [usize; 2]) -> Self {
        let [width, height] = size;
        let unit = Self { to_eye, up, centre: Point::ORIGIN, half: Metres::new(1.0), width, height };
        let [right, down, eye] = raster::axes(&unit);
        let span = |axis: &nalgebra::Vector3<f64>| {
            points
                .iter()
                .map(|p| p.coords.coords.dot(axis))
                .fold([f64::INFINITY, f64::NEG_INFINITY], |[l, h], v| [l.min(v), h.max(v)])
        };
        let [x, y, z] = [span(&right), span(&down), span(&eye)].map(|s| if s[0] <= s[1] { s } else { [-0.1, 0.1] });
        let middle = |s: [f64; 2]| 0.5 * (s[0] + s[1]);
        let centre = right * middle(x) + down * middle(y) + eye * middle(z);
        let nearer = width.min(height).max(1) as f64;
        let half = |s: [f64; 2], pixels: usize| 0.5 * (s[1] - s[0]) * nearer / pixels.max(1) as f64;
        let half = half(x, width).max(half(y, height)) * AIR;
        Self { centre: Point::from(centre), half: Metres::new(half), ..unit }
    }
}

/// Around what [`Camera::fit`] fits.
const AIR: f64 = 1.04;

impl Picture {
    /// Pictures of equal height in a row, from the left.
    pub fn row(pictures: &[Self]) -> Self {
        let height = pictures.iter().map(|p| p.height).min().unwrap_or(0);
        let line = |y: usize| pictures.iter().flat_map(move |p| &p.pixels[y * p.width..(y + 1) * p.width]);
        Self {
            width: pictures.iter().map(|p| p.width).sum(),
            height,
            pixels: (0..height).flat_map(line).copied().collect(),
        }
    }
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
        let mesh = Mesh { vertices: &vertices, normals: &normals, faces: &faces, colour: [200, 160, 140], tint: None };
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
        let dot = Dot { at: Point::new(0.03, 0.0, 0.03), normal: Dir::Y, radius, colour: red, opacity: 1.0 };
        let picture = shot(Dir::Y, &[dot]);
        // +x is the subject's right; seen from the front it lies left of the middle, and +z is up.
        assert_eq!(at(&picture, 35, 35), red);
        assert_ne!(at(&picture, 65, 35), red);
    }

    #[test]
    fn png_comes_back() {
        let picture = shot(Dir::Y, &[]);
        let bytes = picture.png().unwrap();
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut data).unwrap();
        assert_eq!(data, picture.pixels.as_flattened());
    }

    /// However small a dot is against a pixel, the picture gets darker by its area and opacity.
    #[test]
    fn a_dot_darkens_by_its_area() {
        let bare = shot(Dir::Y, &[]);
        let light = |p: &Picture| p.pixels.iter().map(|c| (f64::from(c[1]) / 255.0).powi(2)).sum::<f64>();
        // A pixel is 2 mm wide here.
        for (radius_mm, opacity) in [(0.3, 1.0), (0.4, 0.7), (0.7, 0.5), (3.0, 1.0)] {
            let dots: Vec<Dot> = (0..400)
                .map(|i| {
                    let (x, z) = (f64::from(i % 20) * 4.37e-3 - 0.0415, f64::from(i / 20) * 4.37e-3 - 0.0415);
                    let radius = Metres::from_mm(radius_mm);
                    Dot { at: Point::new(x, 0.0, z), normal: Dir::Y, radius, colour: [0, 0, 0], opacity }
                })
                .collect();
            let dots = if radius_mm > 2.0 { &dots[210..211] } else { &dots[..] };
            let before = (f64::from(at(&bare, 50, 50)[1]) / 255.0).powi(2);
            let area = dots.len() as f64 * std::f64::consts::PI * radius_mm * radius_mm * opacity;
            let taken = 4.0 * (light(&bare) - light(&shot(Dir::Y, dots))) / before;
            // Screen values are whole numbers: a pixel that loses less than one of 255 steps may lose one or none.
            assert!((taken / area - 1.0).abs() < 0.15, "{radius_mm} mm at {opacity}: {taken:.2} for {area:.2} mm2");
        }
    }

    #[test]
    fn a_hollow_is_darker_than_a_plain() {
        // A trench 10 mm wide between two walls that face the eye half-way, against a plain of the same normal.
        let corner = |x: f64, y: f64, z: f64| Point::new(x, y, z);
        let walls: Vec<_> = [(-0.045, 0.04), (-0.005, 0.0), (0.005, 0.0), (0.045, 0.04)]
            .iter()
            .flat_map(|&(x, y)| [corner(x, y, -0.05), corner(x, y, 0.05)])
            .collect();
        let normals = [Dir::Y; 8];
        let quad = |a: u32| [[a, a + 1, a + 3], [a, a + 3, a + 2]];
        let faces: Vec<[u32; 3]> = [0, 2, 4].into_iter().flat_map(quad).collect();
        let draw_with = |faces: &[[u32; 3]]| {
            let colour = [200, 160, 140];
            draw(&Mesh { vertices: &walls, normals: &normals, faces, colour, tint: None }, &[], &camera(Dir::Y))
        };
        let (trench, plain) = (draw_with(&faces), draw_with(&faces[2..4]));
        assert_ne!(at(&plain, 50, 50), BACKGROUND);
        assert!(
            at(&trench, 50, 50)[0] + 10 < at(&plain, 50, 50)[0],
            "{:?} {:?}",
            at(&trench, 50, 50),
            at(&plain, 50, 50)
        );
    }

    #[test]
    fn a_tint_holds_for_its_vertex() {
        let corner = |x: f64, z: f64| Point::new(x, 0.0, z);
        let vertices = [corner(-0.05, -0.05), corner(0.05, -0.05), corner(0.05, 0.05), corner(-0.05, 0.05)];
        let tint = [[255, 0, 0], [0, 0, 255], [0, 0, 255], [255, 0, 0]];
        let (normals, faces) = ([Dir::Y; 4], [[0, 2, 1], [0, 3, 2]]);
        let mesh = Mesh { vertices: &vertices, normals: &normals, faces: &faces, colour: [0; 3], tint: Some(&tint) };
        let picture = draw(&mesh, &[], &camera(Dir::Y));
        // Seen from the front, -x is on the right.
        let (left, right) = (at(&picture, 28, 50), at(&picture, 72, 50));
        assert!(left[2] > left[0] && right[0] > right[2], "{left:?} {right:?}");
    }

    #[test]
    fn a_camera_that_fits_shows_everything() {
        let points = [Point::new(-0.07, 0.1, -0.12), Point::new(0.09, -0.1, 0.13)];
        for (to_eye, up) in [(Dir::Y, Dir::Z), (-Dir::X, Dir::Z), (Dir::Z, Dir::Y)] {
            let camera = Camera::fit(to_eye, up, &points, [120, 80]);
            let [right, down, _] = raster::axes(&camera);
            for p in &points {
                let d = p.coords.coords - camera.centre.coords.coords;
                assert!(d.dot(&right).abs() < camera.half.get() * 1.5 + 1e-12);
                assert!(d.dot(&down).abs() < camera.half.get() + 1e-12);
            }
        }
    }

    #[test]
    fn an_indexed_png_comes_back_near() {
        let picture = shot(Dir::Y, &[]);
        let bytes = picture.png_indexed().unwrap();
        assert!(bytes.len() <= picture.png().unwrap().len() + 1024);
        let mut decoder = ::png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(::png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut data).unwrap();
        let near = data.iter().zip(picture.pixels.as_flattened()).all(|(a, b)| a.abs_diff(*b) <= 6);
        assert!(near);
    }

    #[test]
    fn a_row_keeps_every_pixel() {
        let (a, b) = (shot(Dir::Y, &[]), shot(-Dir::Y, &[]));
        let row = Picture::row(&[a.clone(), b.clone()]);
        assert_eq!((row.width, row.height), (200, 100));
        assert_eq!((at(&row, 50, 50), at(&row, 150, 50)), (at(&a, 50, 50), at(&b, 50, 50)));
    }

    #[test]
    fn nan_has_the_middle_colour() {
        assert_eq!(diverging(f64::NAN), diverging(0.0));
        assert_eq!(diverging(9.0), diverging(1.0));
    }
}
