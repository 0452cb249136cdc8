//! What is scalp and what is face, ear or neck, from four landmarks.
//!
//! In: landmarks. Out: how far inside a place is. Rough by nature (landmarks are good to about 5 mm): a guard against a
//! point on the face, not an anatomy.
//! Two things bound the scalp: a border, beyond which no control point may lie, and a margin around ears, eyes and brows
//! (see [`Tube`]), inside which no dot is laid. Zones that find their own edge fade towards the nearer of the two.
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
use nalgebra::Vector3;
use scan::Landmarks;

const BROW: f64 = 30e-3;
const EAR: f64 = 40e-3;
const EAR_FRONT: f64 = 10e-3;
const EAR_BACK: f64 = -35e-3;
const NAPE: f64 = -20e-3;

/// How high a place is above the lower border of the scalp, along z; negative on the face, the ears and the neck.
pub fn above_border(landmarks: &Landmarks, p: Point<Head>) -> Metres {
    Scalp::new(landmarks, Vec::new()).above(p)
}

/// The border, back to front: (y, z); and what stays clear of it.
#[derive(Debug, Clone)]
pub(crate) struct Scalp {
    border: [(f64, f64); 4],
    clear: Vec<Tube>,
}

/// All places nearer to a straight piece than a radius.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tube {
    pub(crate) ends: [Vector3<f64>; 2],
    pub(crate) radius: f64,
}

impl Tube {
    /// Distance beyond the radius; negative inside.
    pub(crate) fn beyond(&self, p: &Vector3<f64>) -> f64 {
        let [a, b] = self.ends;
        let (way, away) = (b - a, p - a);
        let t = (away.dot(&way) / way.norm_squared().max(1e-12)).clamp(0.0, 1.0);
        (away - way * t).norm() - self.radius
    }
}

impl Scalp {
    pub(crate) fn new(landmarks: &Landmarks, clear: Vec<Tube>) -> Self {
        let (nasion, inion) = (landmarks.nasion.coords, landmarks.inion.coords);
        Self {
            border: [
                // Strange landmarks must not turn the line around.
                (inion.y.min(EAR_BACK - 1e-3), inion.z + NAPE),
                (EAR_BACK, EAR),
                (EAR_FRONT, EAR),
                (nasion.y.max(EAR_FRONT + 1e-3), nasion.z + BROW),
            ],
            clear,
        }
    }

    /// Where the border passes in front of an ear, for a line that is drawn on to it: (y, z).
    pub(crate) fn before_ear(&self) -> (f64, f64) {
        self.border[2]
    }

    /// Distance inside the border and the margins, seen from the side; negative outside. No two places differ by more
    /// than they are apart.
    pub(crate) fn inside(&self, p: &Vector3<f64>) -> f64 {
        let flat = |(y, z): (f64, f64)| Vector3::new(0.0, y, z);
        let seen = flat((p.y, p.z));
        let [first, .., last] = self.border;
        // Level beyond the ends.
        let mut nearest = if p.y <= first.0 {
            (p.z - first.1).abs()
        } else if p.y >= last.0 {
            (p.z - last.1).abs()
        } else {
            f64::MAX
        };
        for w in self.border.windows(2) {
            nearest = nearest.min(Tube { ends: [flat(w[0]), flat(w[1])], radius: 0.0 }.beyond(&seen));
        }
        let border = if self.above(Point::from(*p)) < Metres::ZERO { -nearest } else { nearest };
        self.clear.iter().map(|tube| tube.beyond(p)).fold(border, f64::min)
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
        let landmarks = Landmarks {
            nasion: at(0.0, 0.095, 0.0),
            inion: at(0.0, -0.085, 0.03),
            left_preauricular: at(-0.073, 0.0, 0.0),
            right_preauricular: at(0.073, 0.0, 0.0),
        };
        let scalp = Scalp::new(&landmarks, Vec::new());
        let got = scalp.above(at(0.02, y, z)).mm();
        assert!((got - want_mm).abs() < 1e-9, "{got} {want_mm}");
        // Nearer than straight down, on the same side.
        let inside = 1e3 * scalp.inside(&Vector3::new(0.02, y, z));
        assert!(inside.abs() <= want_mm.abs() + 1e-9 && inside * want_mm > 0.0, "{inside} {want_mm}");
        let ear = Tube { ends: [Vector3::new(0.07, 0.0, 0.0), Vector3::new(0.07, 0.0, 0.04)], radius: 5e-3 };
        let clear = Scalp::new(&landmarks, vec![ear]);
        let beyond = 1e3 * ear.beyond(&Vector3::new(0.02, y, z));
        assert!((1e3 * clear.inside(&Vector3::new(0.02, y, z)) - inside.min(beyond)).abs() < 1e-9);
    }

    #[test]
    fn a_tube_is_as_near_as_its_nearest_end() {
        let tube = Tube { ends: [Vector3::zeros(), Vector3::new(0.0, 0.0, 0.01)], radius: 2e-3 };
        for (p, want_mm) in [
            ([0.0, 0.0, 0.005], -2.0),
            ([0.003, 0.0, 0.005], 1.0),
            ([0.003, 0.004, 0.01], 3.0),
            ([0.0, 0.0, -0.006], 4.0),
        ] {
            assert!((1e3 * tube.beyond(&Vector3::from(p)) - want_mm).abs() < 1e-9, "{p:?}");
        }
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
