//! A first hairline for a head: control points from landmarks.
//!
//! In: a scan. Out: seven control points in file coordinates, to be pasted into a scene and moved by a person. The
//! middle lies 80 mm above the glabella along the skin (Garg, skin.md 1.10; the glabella is 12 mm above the nasion,
//! anthropometry); from there the line runs level in the `Head` frame and recedes at the corners. Absent: taste.

use frames::{Dir, Head, Metres, Point};
use scan::Scan;

/// Along the skin, metres.
const NASION_TO_GLABELLA: f64 = 12e-3;
const GLABELLA_TO_LINE: f64 = 80e-3;
/// Right of the middle and above it, metres.
const SHAPE: [(f64, f64); 7] = [
    (-60e-3, 8e-3),
    (-42e-3, 3e-3),
    (-22e-3, 0.0),
    (0.0, 0.0),
    (22e-3, 0.0),
    (42e-3, 3e-3),
    (60e-3, 8e-3),
];

/// Control points for `kind = "hairline"`, from the subject's left to the right. `None` where the scan has no skin on
/// the way.
pub fn propose_hairline(scan: &Scan) -> Option<Vec<[f64; 3]>> {
    let rise = rise_along_midline(scan, NASION_TO_GLABELLA + GLABELLA_TO_LINE)?;
    let middle = scan.landmarks.nasion.coords.x;
    SHAPE
        .iter()
        .map(|&(right, up)| {
            let from = Point::new(middle + right, 0.5, rise + up);
            let hit = scan.surface.cast(from, -Dir::Y, Metres::new(0.5))?;
            Some(crate::compile::to_file(scan, hit.point).0)
        })
        .collect()
}

/// Height (z) of the skin this far above the nasion, along the skin in the plane of the nasion.
fn rise_along_midline(scan: &Scan, arc: f64) -> Option<f64> {
    const STEP: f64 = 1e-3;
    let nasion = scan.landmarks.nasion.coords;
    let front = |z: f64| -> Option<Point<Head>> {
        let hit = scan.surface.cast(Point::new(nasion.x, 0.5, z), -Dir::Y, Metres::new(0.5))?;
        Some(hit.point)
    };
    let mut at = front(nasion.z)?;
    let mut gone = 0.0;
    for k in 1..200 {
        let next = front(nasion.z + STEP * f64::from(k))?;
        gone += (next - at).norm().get();
        at = next;
        if gone >= arc {
            return Some(at.coords.z);
        }
    }
    None
}
