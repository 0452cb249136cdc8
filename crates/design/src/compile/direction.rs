//! `[hair_direction]`: the whorl and the strokes, put on the skin.

use scan::Scan;

use crate::compile::point::on_skin;
use crate::error::{DesignError, Which};
use crate::hair::{Hair, Stroke};
use crate::spec::{DirectionSpec, Turn};

/// A shorter stroke has no direction, metres.
const SHORTEST: f64 = 1e-3;

pub(super) fn hair(spec: &DirectionSpec, scan: &Scan) -> Result<Hair, DesignError> {
    let which = |what: String| Which(format!("hair_direction: {what}"));
    let whorl = match spec.whorl {
        Some(at) => on_skin(&which("whorl".to_owned()), 0, at, scan)?,
        None => Hair::usual_whorl(&scan.surface),
    };
    let mut strokes = Vec::with_capacity(spec.strokes.len());
    for (index, &[from, to]) in spec.strokes.iter().enumerate() {
        let which = which(format!("stroke {index}"));
        let stroke = Stroke { from: on_skin(&which, 0, from, scan)?, to: on_skin(&which, 1, to, scan)? };
        if (stroke.to - stroke.from).norm() < SHORTEST {
            return Err(DesignError::NoDirection { which });
        }
        strokes.push(stroke);
    }
    let turn = match spec.turn {
        Turn::Clockwise => 1.0,
        Turn::CounterClockwise => -1.0,
    };
    Ok(Hair::new(whorl, turn, strokes))
}
