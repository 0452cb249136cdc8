//! Ears, eyes and brows, from the landmarks.
//!
//! In: landmarks, `[anatomy]`. Out: tubes that hold them, margins included. Sizes: ANSUR II (ears 64 x 36 mm and 23 mm
//! out, pupils 64 mm apart), heights of facts.md (ear top 28 to 35 mm above the preauricular point, lobe 22 to 30 below;
//! the nasion at the height of the upper lid); brows at the height of the glabella. Rough: as good as the landmarks, about
//! 5 mm.

use nalgebra::Vector3;
use scan::Landmarks;

use crate::compile::number::Numbers;
use crate::error::{DesignError, Which};
use crate::scalp::Tube;
use crate::spec::AnatomySpec;

/// Millimetres from the preauricular point (outward, forward, up) to both ends of the ear's axis; half its breadth.
const EAR: Piece = ([[6.0, -12.0, -14.0], [6.0, -17.0, 18.0]], 17.0);
/// Millimetres from the nasion, on one side (outward, forward, up).
const EYE: Piece = ([[24.0, -8.0, -6.0], [42.0, -18.0, -6.0]], 14.0);
const BROWS: [Piece; 2] =
    [([[12.0, 0.0, 14.0], [40.0, -10.0, 22.0]], 6.0), ([[40.0, -10.0, 22.0], [60.0, -28.0, 14.0]], 6.0)];

/// Both ends of an axis and the radius around it, millimetres.
type Piece = ([[f64; 3]; 2], f64);

/// On both sides.
pub(super) fn anatomy(spec: &AnatomySpec, landmarks: &Landmarks) -> Result<Vec<Tube>, DesignError> {
    let which = Which("anatomy".to_owned());
    let margin = |key, value| Numbers { which: &which }.of(key, Some(value), 0.0, 0.0, 60.0).map(|mm| 1e-3 * mm);
    let (ears, eyes, brows) =
        (margin("ears_mm", spec.ears_mm)?, margin("eyes_mm", spec.eyes_mm)?, margin("brows_mm", spec.brows_mm)?);
    let nasion = landmarks.nasion.coords.coords;
    let mut out = Vec::new();
    for (side, ear) in [(-1.0, &landmarks.left_preauricular), (1.0, &landmarks.right_preauricular)] {
        let mut add = |from: Vector3<f64>, (ends, half): &Piece, margin: f64| {
            let ends = ends.map(|[out, forward, up]| from + 1e-3 * Vector3::new(side * out, forward, up));
            out.push(Tube { ends, radius: 1e-3 * half + margin });
        };
        add(ear.coords.coords, &EAR, ears);
        add(nasion, &EYE, eyes);
        BROWS.iter().for_each(|brow| add(nasion, brow, brows));
    }
    Ok(out)
}
