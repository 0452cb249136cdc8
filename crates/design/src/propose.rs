//! A first hairline for a head: control points from landmarks.
//!
//! In: a scan. Out: seven control points in file coordinates, to be pasted into a scene and moved by a person. The
//! middle lies 80 mm above the glabella along the skin (Garg, skin.md 1.10; the glabella is 12 mm above the nasion,
//! anthropometry); from there the line runs level in the `Head` frame and recedes at the corners. Absent: taste.

use frames::{Dir, Head, Metres, Point};
use nalgebra::Vector3;
use scan::Scan;

/// Along the skin, metres.
const NASION_TO_GLABELLA: f64 = 12e-3;
const GLABELLA_TO_LINE: f64 = 80e-3;
/// Right of the middle, in half breadths of the head at that height; above the middle, metres.
const SHAPE: [(f64, f64); 7] =
    [(-0.80, 6e-3), (-0.56, 2e-3), (-0.29, 0.0), (0.0, 0.0), (0.29, 0.0), (0.56, 2e-3), (0.80, 6e-3)];

/// Control points for `kind = "hairline"`, from the subject's left to the right. `None` where the scan has no skin on
/// the way.
pub fn propose_hairline(scan: &Scan) -> Option<Vec<[f64; 3]>> {
    let view = View::new(scan)?;
    let rise = view.rise(NASION_TO_GLABELLA + GLABELLA_TO_LINE)?;
    SHAPE
        .iter()
        .map(|&(right, up)| {
            let aside = right * view.half_breadth(rise + up, right)?;
            view.front(aside, rise + up).map(|p| crate::compile::to_file(scan, p).0)
        })
        .collect()
}

/// The head seen from the front, square to the line from inion to nasion: landmarks at the ears are often a few
/// millimetres off, and would turn the `Head` frame and so the proposal to one side.
struct View<'a> {
    scan: &'a Scan,
    forward: Dir<Head>,
    right: Vector3<f64>,
}

impl<'a> View<'a> {
    fn new(scan: &'a Scan) -> Option<Self> {
        let mut forward = (scan.landmarks.nasion - scan.landmarks.inion).vector;
        forward.z = 0.0;
        let forward = Dir::try_from_vector(forward)?;
        Some(Self { scan, forward, right: forward.get().cross(&Vector3::z()) })
    }

    /// The skin in front, this far right of the nasion and above it.
    fn front(&self, right: f64, up: f64) -> Option<Point<Head>> {
        let from = self.scan.landmarks.nasion.coords.coords
            + self.right * right
            + Vector3::z() * up
            + self.forward.get().into_inner() * 0.3;
        let hit = self.scan.surface.cast(Point::from(from), -self.forward, Metres::new(0.45))?;
        Some(hit.point)
    }

    /// From the middle to the skin of the left or right side, in the plane of the ears.
    fn half_breadth(&self, up: f64, side: f64) -> Option<f64> {
        let nasion = self.scan.landmarks.nasion.coords.coords;
        let out = if side < 0.0 { -self.right } else { self.right };
        let middle = nasion - self.forward.get().into_inner() * nasion.dot(self.forward.get());
        let from = middle + out * 0.3 + Vector3::z() * up;
        let hit = self.scan.surface.cast(Point::from(from), Dir::try_from_vector(-out)?, Metres::new(0.3))?;
        Some((hit.point.coords.coords - middle).dot(&out))
    }

    /// Height of the skin this far above the nasion, along the skin.
    fn rise(&self, arc: f64) -> Option<f64> {
        const STEP: f64 = 1e-3;
        let mut at = self.front(0.0, 0.0)?;
        let mut gone = 0.0;
        for k in 1..200 {
            let up = STEP * f64::from(k);
            let next = self.front(0.0, up)?;
            gone += (next - at).norm().get();
            at = next;
            if gone >= arc {
                return Some(up);
            }
        }
        None
    }
}
