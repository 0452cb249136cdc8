//! What is scalp and what is face, ear or neck, from four landmarks.
//!
//! In: landmarks. Out: a yes or no for a place. Rough by nature (landmarks are good to about 5 mm): a guard against a
//! point on the face, not an anatomy.
//!
//! In the `Head` frame (z = 0 through nasion and both preauricular points) the scalp's lower border is a broken line in
//! y and z, the same on both sides:
//! - at the nasion, 30 mm up: above the brow (10 to 20 mm over the nasion) with room to spare;
//! - from 10 mm in front of to 35 mm behind the preauricular points, 40 mm up: above the ears (their tops are 28 to
//!   35 mm above the tragion);
//! - at the inion, 20 mm below it: the hairline of the nape.
//!
//! Beyond its ends the border goes on level.

use frames::{Head, Metres, Point};
use scan::Landmarks;

const BROW: f64 = 30e-3;
const EAR: f64 = 40e-3;
const EAR_FRONT: f64 = 10e-3;
const EAR_BACK: f64 = -35e-3;
const NAPE: f64 = -20e-3;

/// The border, back to front: (y, z).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scalp {
    border: [(f64, f64); 4],
}

impl Scalp {
    pub(crate) fn new(landmarks: &Landmarks) -> Self {
        let (nasion, inion) = (landmarks.nasion.coords, landmarks.inion.coords);
        Self {
            border: [
                // Strange landmarks must not turn the line around.
                (inion.y.min(EAR_BACK - 1e-3), inion.z + NAPE),
                (EAR_BACK, EAR),
                (EAR_FRONT, EAR),
                (nasion.y.max(EAR_FRONT + 1e-3), nasion.z + BROW),
            ],
        }
    }

    /// Height above the border along z; negative off the scalp.
    pub(crate) fn above(&self, p: Point<Head>) -> Metres {
        let (y, z) = (p.coords.y, p.coords.z);
        let [first, .., last] = self.border;
        let border = if y <= first.0 {
            first.1
        } else if y >= last.0 {
            last.1
        } else {
            self.border
                .windows(2)
                .find(|w| y <= w[1].0)
                .map_or(last.1, |w| w[0].1 + (w[1].1 - w[0].1) * (y - w[0].0) / (w[1].0 - w[0].0))
        };
        Metres::new(z - border)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(y: f64, z: f64, want_mm: f64) {
        let at = |x, y, z| Point::new(x, y, z);
        let scalp = Scalp::new(&Landmarks {
            nasion: at(0.0, 0.095, 0.0),
            inion: at(0.0, -0.085, 0.03),
            left_preauricular: at(-0.073, 0.0, 0.0),
            right_preauricular: at(0.073, 0.0, 0.0),
        });
        let got = scalp.above(at(0.02, y, z)).mm();
        assert!((got - want_mm).abs() < 1e-9, "{got} {want_mm}");
    }

    #[test]
    fn the_border() {
        check(0.095, 0.0, -30.0); // nasion
        check(0.110, 0.012, -18.0); // brow
        check(0.0525, 0.050, 15.0); // half way: border 35 mm
        check(0.0, 0.0, -40.0); // ear
        check(-0.02, 0.1, 60.0); // crown
        check(-0.085, 0.03, 20.0); // inion
        check(-0.120, 0.005, -5.0); // nape
    }
}
