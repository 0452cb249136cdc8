//! What an eye sees of a head from where it is.
//!
//! In: triangles, an eye, marks on the skin. Out: [`Seen`], linear light. Absent: what a mark is (dots, hairs: who calls
//! decides what light each takes), the eye's own blur (see [`Seen::through_the_eye`]), shadows of one part on another but for
//! the hollows of `light`.
//!
//! Perspective from the true distance; a pixel is an angle. The light falls as in the other pictures, without its sheen, and
//! is exposed so that skin which faces the eye shows its own colour: what a mark takes away is the same part of it
//! everywhere.

use frames::{Dir, Head, Point};
use nalgebra::Vector3;

use super::raster::{Canvas, Corner, axes_of};
use super::seen::Seen;
use super::{BACKGROUND, Mark, Mesh, light, splat, srgb};

/// An eye, and the picture that it is to see.
#[derive(Debug, Clone, Copy)]
pub struct Eye {
    /// Where it is.
    pub at: Point<Head>,
    /// In the middle of the picture.
    pub towards: Point<Head>,
    /// Up in the picture.
    pub up: Dir<Head>,
    /// A pixel in the middle, radians.
    pub pixel: f64,
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
}

/// The bare skin in front of an eye: where it is, how it is lit.
#[derive(Debug)]
pub struct Ground {
    pub(super) eye: Eye,
    /// Right, down, towards the eye.
    pub(super) axes: [Vector3<f64>; 3],
    /// Of the skin before the eye's plane, metres, negative; `NEG_INFINITY` where there is none.
    pub(super) depth: Vec<f64>,
    light: Vec<f32>,
}

impl Eye {
    /// Right, down, towards the eye.
    fn axes(&self) -> [Vector3<f64>; 3] {
        let away = self.at.coords.coords - self.towards.coords.coords;
        axes_of(away.try_normalize(1e-12).unwrap_or_else(Vector3::z), self.up.get().into_inner())
    }

    /// From the eye to the middle of the picture, metres.
    pub fn distance(&self) -> f64 {
        (self.at.coords.coords - self.towards.coords.coords).norm()
    }
}

impl Ground {
    /// Draws the triangles.
    pub fn new(mesh: &Mesh<'_>, eye: &Eye) -> Self {
        let axes = eye.axes();
        let mut canvas = Canvas::new(eye.width, eye.height, 1.0 / (eye.pixel * eye.distance().max(1e-6)));
        let ground = Self { eye: *eye, axes, depth: Vec::new(), light: Vec::new() };
        let corners: Vec<Option<Corner>> = mesh
            .vertices
            .iter()
            .zip(mesh.normals)
            .map(|(p, n)| {
                let at = ground.project(*p)?;
                Some(Corner { at, normal: ground.turn(*n), colour: [1.0; 3] })
            })
            .collect();
        for face in mesh.faces {
            if let [Some(a), Some(b), Some(c)] = face.map(|i| corners[i as usize]) {
                canvas.triangle(&[a, b, c]);
            }
        }
        let light = light::light(&canvas);
        Self { depth: canvas.depth, light, ..ground }
    }

    /// The skin, of linear colour `skin`, with marks on it.
    pub fn paint(&self, skin: [f64; 3], marks: &[Mark]) -> Seen {
        let taken = splat::taken(self, marks);
        let background = srgb::linear(BACKGROUND).map(|c| c as f32);
        let skin = skin.map(|c| c as f32);
        let pixel = |((depth, light), taken): ((&f64, &f32), &[f32; 3])| {
            if depth.is_finite() {
                std::array::from_fn(|k| skin[k] * light * (1.0 - taken[k]).max(0.0))
            } else {
                background
            }
        };
        let pixels = self.depth.iter().zip(&self.light).zip(&taken).map(pixel).collect();
        Seen { width: self.eye.width, height: self.eye.height, pixels }
    }

    /// Pixels right and down, and metres towards the eye; `None` behind it.
    pub(super) fn project(&self, p: Point<Head>) -> Option<Vector3<f64>> {
        let d = p.coords.coords - self.eye.at.coords.coords;
        let [x, y, z] = self.axes.map(|axis| d.dot(&axis));
        // A hand's breadth before the eye nothing is seen sharply, and nothing may divide by zero.
        if z > -0.05 {
            return None;
        }
        let scale = 1.0 / (self.eye.pixel * -z);
        Some(Vector3::new(self.eye.width as f64 * 0.5 + x * scale, self.eye.height as f64 * 0.5 + y * scale, z))
    }

    pub(super) fn turn(&self, n: Dir<Head>) -> Vector3<f64> {
        let n = n.get().into_inner();
        Vector3::from(self.axes.map(|axis| n.dot(&axis)))
    }
}

#[cfg(test)]
mod tests {
    use frames::Metres;

    use super::super::splat::OWN;
    use super::*;

    const PIXEL: f64 = 0.4 * std::f64::consts::PI / 10_800.0;
    /// Half of the wall, metres.
    const HALF: f64 = 0.1;

    fn point(x: f64, z: f64) -> Point<Head> {
        Point::new(x, 0.0, z)
    }

    /// A wall that faces +y, seen from `distance` metres at `lean` degrees from straight before it.
    fn wall(distance: f64, lean: f64, side: usize) -> Ground {
        let vertices = [point(-HALF, -HALF), point(HALF, -HALF), point(HALF, HALF), point(-HALF, HALF)];
        let (normals, faces) = ([Dir::Y; 4], [[0, 2, 1], [0, 3, 2]]);
        let mesh = Mesh { vertices: &vertices, normals: &normals, faces: &faces, colour: [0; 3], tint: None };
        let (sin, cos) = lean.to_radians().sin_cos();
        let at = Point::new(sin * distance, cos * distance, 0.0);
        Ground::new(&mesh, &Eye { at, towards: Point::ORIGIN, up: Dir::Z, pixel: PIXEL, width: side, height: side })
    }

    /// Jittered rows, `per_cm2`, over the middle `2*reach` metres of the wall.
    fn marks(per_cm2: f64, taken_mm2: f64, sigma_mm: f64, reach: f64) -> Vec<Mark> {
        let step = 1e-2 / per_cm2.sqrt();
        let n = (reach / step) as i32;
        let jitter = |k: u64| (frames::unit(frames::Seed(5), 1, k) - 0.5) * 0.4 * step;
        (-n..=n)
            .flat_map(|i| (-n..=n).map(move |j| (i, j)))
            .enumerate()
            .map(|(k, (i, j))| {
                let k = 2 * k as u64;
                let at = point(f64::from(i) * step + jitter(k), f64::from(j) * step + jitter(k + 1));
                let (sigma, taken) = (Metres::from_mm(sigma_mm), [taken_mm2 * 1e-6; 3]);
                Mark { at, normal: Dir::Y, sigma, taken, half: None }
            })
            .collect()
    }

    /// What a patch loses is the sum of what its marks take: from any distance, at any angle, for marks far below a pixel
    /// and far above, and through the eye's blur.
    #[track_caller]
    fn check(distance: f64, lean: f64, taken_mm2: f64, sigma_mm: f64) {
        let side = 300;
        let ground = wall(distance, lean, side);
        // All of them inside the picture.
        let marks = marks(80.0, taken_mm2, sigma_mm, 0.3 * side as f64 * PIXEL * distance);
        let seen = ground.paint([0.5, 0.4, 0.3], &marks).through_the_eye(0.4, OWN);
        let bare = ground.paint([0.5, 0.4, 0.3], &[]);
        let pixel = (PIXEL * distance).powi(2) / lean.to_radians().cos();
        for k in 0..3 {
            let pixels = seen.pixels.iter().zip(&bare.pixels);
            let lost: f64 = pixels.map(|(s, b)| 1.0 - f64::from(s[k]) / f64::from(b[k])).sum::<f64>() * pixel;
            let want = marks.len() as f64 * taken_mm2 * 1e-6;
            assert!((lost / want - 1.0).abs() < 0.02, "{distance} m, {lean}: {lost} {want}");
        }
    }

    #[test]
    fn nothing_is_lost_near_or_far() {
        for distance in [0.5, 1.0, 2.0] {
            for (lean, taken, sigma) in [(0.0, 0.05, 0.15), (0.0, 0.20, 0.20), (50.0, 0.10, 0.15), (0.0, 0.03, 0.02)] {
                check(distance, lean, taken, sigma);
            }
        }
        check(0.3, 0.0, 0.20, 0.40);
        check(5.0, 0.0, 0.10, 0.15);
    }

    /// A mark that takes more light than its Gaussian could hold is nowhere darker than black, and still takes it.
    #[test]
    fn black_has_an_end() {
        let ground = wall(0.3, 0.0, 200);
        let mark = Mark { at: Point::ORIGIN, ..marks(80.0, 0.25, 0.15, 0.0)[0] };
        let (with, bare) = (ground.paint([1.0; 3], &[mark]), ground.paint([1.0; 3], &[]));
        let middle = f64::from(with.pixels[100 * 200 + 100][0]);
        assert!((0.01..0.3).contains(&middle), "{middle}");
        let metre = PIXEL * 0.3;
        let lost = (bare.mean()[0] - with.mean()[0]) * 200.0 * 200.0 * metre * metre * 1e6;
        assert!((lost / 0.25 - 1.0).abs() < 0.01, "{lost} mm2");
        let black = Mark { taken: [2e-6; 3], ..mark };
        assert!(ground.paint([1.0; 3], &[black]).pixels.iter().all(|p| p[0] >= 0.0));
    }

    #[test]
    fn skin_that_faces_the_eye_shows_its_colour() {
        let seen = wall(0.5, 0.0, 50).paint([0.5, 0.4, 0.3], &[]);
        for (got, want) in seen.pixels[25 * 50 + 25].iter().zip([0.5, 0.4, 0.3]) {
            assert!((f64::from(*got) - want).abs() < 1e-6);
        }
    }

    #[test]
    fn what_is_behind_is_not_drawn() {
        let behind = Mark { at: Point::new(0.0, -0.01, 0.0), ..marks(80.0, 0.2, 0.2, 0.0)[0] };
        let turned = Mark { normal: -Dir::Y, at: Point::ORIGIN, ..behind };
        let beside = Mark { at: point(5.0, 0.0), ..behind };
        let ground = wall(0.5, 0.0, 60);
        assert_eq!(ground.paint([0.5; 3], &[behind, turned, beside]), ground.paint([0.5; 3], &[]));
        // The eye looks away from it.
        let eye = Eye { at: Point::new(0.0, 1.0, 0.0), towards: Point::new(0.0, 2.0, 0.0), ..ground.eye };
        let away = Ground { eye, axes: eye.axes(), ..wall(0.5, 0.0, 60) };
        assert_eq!(away.project(Point::ORIGIN), None);
    }

    /// A hair of 0.4 mm at 0.3 m is 11 pixels long and one wide.
    #[test]
    fn a_line_is_long() {
        let ground = wall(0.3, 0.0, 61);
        let one = Mark { half: Some([0.0, 0.0, 0.2e-3]), ..marks(80.0, 0.03, 0.022, 0.0)[0] };
        let seen = ground.paint([1.0; 3], &[Mark { at: Point::ORIGIN, ..one }]);
        let dark = |x: usize, y: usize| 1.0 - seen.pixels[y * 61 + x][0];
        assert!(dark(30, 26) > 0.25 && dark(30, 34) > 0.25 && dark(26, 30) < 0.02, "{} {}", dark(30, 26), dark(26, 30));
    }
}
