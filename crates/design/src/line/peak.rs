//! Temporal peaks: a small soft triangle before each ear.
//!
//! In: a face, the corner of a hairline. Out: control points of a loop, and the zone that holds it: sparser (0.45 to 0.7 of the
//! natural density against 0.9 behind a hairline: skin.md 1.3 E) and finer than what stands behind the line. The tip lies on the
//! way from C to E, 50 mm from C (skin.md 1.10 S79 A).

use frames::{Metres, Point};
use nalgebra::Vector3;
use scan::Scan;

use crate::line::arc;
use crate::line::face::{Face, TO_PEAK, along};
use crate::scalp::Scalp;
use crate::spec::{ZoneKind, ZoneSpec};

/// Density over that of the hairline: the middle of 36-56 over 72 dots/cm2.
const DENSITY: f64 = 0.64;
/// Healed, millimetres: hairline sizes, skin.md 1.1.
const HEALED_MM: f64 = 0.14;
/// One step of dilution lighter than the hairline's own shade.
const LIGHTER: f64 = 0.75;
/// 4 to 6 mm: stipple.md 6.2 E.
const FEATHER_MM: f64 = 5.0;
/// The loop from its tip: along the way from C to E and back from it, metres.
const LOOP: [(f64, f64); 6] =
    [(0.0, 0.0), (-9e-3, 8e-3), (-16e-3, 18e-3), (-4e-3, 26e-3), (10e-3, 24e-3), (6e-3, 10e-3)];
/// Kept above the border of the scalp.
const CLEAR: f64 = 1e-3;

/// The loop of one side, `None` where the scan has no skin on the way.
pub(super) fn draw(scan: &Scan, face: &Face, side: usize, corner: &Vector3<f64>) -> Option<Vec<Vector3<f64>>> {
    let way = arc::section(&scan.surface, corner, &face.lateral[side])?;
    let scalp = Scalp::new(&scan.landmarks, Vec::new());
    LOOP.iter()
        .map(|&(down, back)| {
            let (p, normal) = arc::skin_at(&scan.surface, &along(&way, TO_PEAK + down)?);
            let behind = (-face.forward + normal * face.forward.dot(&normal)).try_normalize(1e-6)?;
            let (mut at, _) = arc::skin_at(&scan.surface, &(p + behind * back));
            // Landmarks that are some millimetres off may put the foot of the triangle on the border.
            for _ in 0..8 {
                let below = Metres::new(CLEAR) - scalp.above(Point::from(at));
                if below <= Metres::ZERO {
                    return Some(at);
                }
                at = arc::skin_at(&scan.surface, &(at + Vector3::z() * (below.get() + CLEAR))).0;
            }
            None
        })
        .collect()
}

/// The zone of a loop that belongs to a hairline.
pub(super) fn zone(hairline: &ZoneSpec, name: &str, control_points: Vec<[f64; 3]>) -> ZoneSpec {
    let name = hairline.name.as_ref().map_or_else(|| name.to_owned(), |line| format!("{line}, {name}"));
    ZoneSpec {
        kind: ZoneKind::Fill,
        name: Some(name),
        control_points,
        line: None,
        density_per_cm2: hairline.density_per_cm2.map(|d| DENSITY * d),
        density_factor: hairline.density_factor.map(|f| DENSITY * f),
        depth_mm: None,
        ramp_mm: None,
        feather_mm: Some(FEATHER_MM),
        // A wanted look finds its own dots, with the density of a temple.
        healed_mm: hairline.look.is_none().then(|| hairline.healed_mm.map_or(HEALED_MM, |mm| mm.min(HEALED_MM))),
        healed_front_mm: None,
        shade: (hairline.look.is_none() && hairline.dilution.is_none())
            .then(|| LIGHTER * hairline.shade.unwrap_or(0.5)),
        dilution: hairline.dilution.map(|parts| parts / LIGHTER),
        shade_front: None,
        skin: Some(skin::Zone::Temple),
        penetration_mm: None,
        irregularity: None,
        sentinels_per_cm: None,
        ..hairline.clone()
    }
}
