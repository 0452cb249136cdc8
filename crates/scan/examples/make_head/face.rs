//! Nose, lids, lips and the small forms of the face, laid on the skull's skin.
//!
//! In: the distance so far and the place. Out: the distance with the feature. Millimetres.
//! Sizes: ANSUR II men (interpupillary breadth 64.0, menton to sellion 122.6); the rest is sculpted.

use crate::clay::{Axes, Push, Rod, Stroke, Vec3, carve, curve, ellipsoid, fall_off, join, step, v};

#[derive(Debug)]
pub(crate) struct Face {
    columella: Rod,
    wing_crease: Rod,
    upper_lip: Rod,
    lower_lip: Rod,
    strokes: Vec<Stroke>,
    pushes: Vec<Push>,
}

/// Height of the ridge of the nose over the face, by z.
const NOSE_HEIGHT: [[f64; 2]; 10] = [
    [-24.0, 0.0],
    [-18.0, 7.0],
    [-12.0, 17.0],
    [-7.0, 19.5],
    [2.0, 16.5],
    [12.0, 10.5],
    [20.0, 6.9],
    [26.0, 3.6],
    [32.0, 1.0],
    [40.0, 0.0],
];

/// Half breadth of its foot, by z.
const NOSE_HALF_BREADTH: [[f64; 2]; 5] = [[-20.0, 21.0], [-8.0, 22.0], [5.0, 19.0], [18.0, 15.5], [32.0, 14.0]];

/// Middle of the eyeball with its closed lids, right side.
const EYE: Vec3 = v(32.0, 70.5, 22.5);

impl Face {
    pub(crate) fn new() -> Self {
        Self {
            columella: Rod::through(&[[0.0, 109.0, -12.5, 5.0], [0.0, 104.0, -16.5, 4.0], [0.0, 98.0, -19.0, 4.0]]),
            wing_crease: Rod::through(&[
                [13.0, 106.0, -4.5, 0.5],
                [17.5, 100.5, -5.5, 1.0],
                [20.0, 95.0, -10.0, 1.2],
                [19.6, 92.8, -15.0, 0.6],
            ]),
            upper_lip: Rod::through(&[
                [24.0, 82.5, -41.8, 2.0],
                [16.0, 90.0, -40.3, 4.0],
                [8.0, 94.4, -38.9, 6.2],
                [3.5, 95.6, -38.3, 6.6],
                [0.0, 95.8, -38.6, 6.3],
                [-3.5, 95.6, -38.3, 6.6],
            ]),
            lower_lip: Rod::through(&[
                [24.0, 82.5, -43.5, 2.0],
                [16.0, 88.6, -45.9, 4.0],
                [8.0, 92.2, -47.4, 6.0],
                [0.0, 93.2, -47.8, 6.5],
                [-4.0, 93.0, -47.7, 6.3],
            ]),
            strokes: vec![
                // Between the lips.
                Stroke::new(
                    &[[27.0, -43.6, 1.4], [18.0, -42.7, 1.9], [9.0, -42.4, 2.2], [3.0, -43.2, 2.2], [-3.0, -43.2, 2.2]],
                    -1.0,
                ),
                // Between the lids, and the lashes' edge above it.
                Stroke::new(
                    &[[15.5, 22.0, 1.6], [23.0, 19.4, 2.0], [31.0, 18.4, 2.0], [39.0, 19.0, 2.0], [48.0, 22.0, 1.6]],
                    -1.1,
                ),
                Stroke::new(
                    &[[19.0, 22.8, 1.5], [26.0, 21.6, 2.6], [32.0, 21.0, 2.6], [39.0, 21.6, 2.6], [46.0, 24.0, 1.5]],
                    0.5,
                ),
                // Fold of the upper lid.
                Stroke::new(
                    &[[18.0, 27.0, 1.8], [25.0, 30.0, 3.2], [33.0, 31.0, 3.4], [41.0, 29.0, 3.2], [48.0, 25.0, 1.8]],
                    -1.5,
                ),
                // Below the lower lid.
                Stroke::new(&[[17.0, 17.0, 2.0], [24.0, 11.5, 5.0], [33.0, 9.5, 5.0], [43.0, 12.0, 2.5]], -0.5),
                // From the wing of the nose to beside the mouth.
                Stroke::new(&[[20.0, -8.0, 3.0], [25.0, -21.0, 8.5], [31.0, -36.0, 9.0], [33.0, -47.0, 7.0]], -0.7),
            ],
            pushes: vec![
                // Groove under the nose and its two ridges.
                Push::new([0.0, 99.0, -28.0], [4.5, 9.0, 10.0], -1.3),
                Push::new([5.5, 98.0, -29.0], [3.5, 8.0, 9.0], 0.6),
                // Corner of the mouth.
                Push::new([29.0, 84.0, -44.0], [11.0, 12.0, 9.0], -0.9),
                // Hollow between lower lip and chin; the chin's ball.
                Push::new([0.0, 92.0, -60.0], [17.0, 9.0, 7.0], -1.5),
                Push::new([0.0, 95.0, -76.0], [17.0, 12.0, 13.0], 1.2),
                // Temple behind the outer rim of the orbit.
                Push::new([66.0, 42.0, 36.0], [20.0, 26.0, 28.0], -1.2),
            ],
        }
    }

    /// `s` is the place folded to the right side, `p` the place itself.
    pub(crate) fn onto(&self, mut f: f64, p: &Vec3, s: &Vec3) -> f64 {
        for push in &self.pushes {
            f -= push.height(s);
        }
        if p.y < 40.0 || p.z > 75.0 || p.z < -110.0 {
            return f;
        }
        f = self.nose(f, p, s);
        f = eye(f, s);
        f = self.upper_lip.joined_to(f, s, 3.0);
        f = self.lower_lip.joined_to(f, s, 3.0);
        for stroke in &self.strokes {
            f -= stroke.height(s);
        }
        f
    }

    fn nose(&self, mut f: f64, p: &Vec3, s: &Vec3) -> f64 {
        let near = (p - v(0.0, 98.0, 5.0)).norm() - 42.0;
        if near > f + 12.0 {
            return f;
        }
        // The ridge is pushed out of the face, its flanks running out into the cheeks; then tip, columella, wings.
        let across = p.x / curve(&NOSE_HALF_BREADTH, p.z);
        f -= curve(&NOSE_HEIGHT, p.z) * fall_off(across * across) * step(60.0, 80.0, p.y);
        let mut nose = ellipsoid(&(s - v(2.6, 107.4, -8.8)), &v(7.0, 9.4, 7.8));
        nose = self.columella.joined_to(nose, p, 4.0);
        let wing = Axes::new(v(0.35, -1.0, -0.25), v(1.0, 0.35, 0.0));
        let wing = ellipsoid(&wing.local(&(s - v(12.6, 99.0, -13.0))), &v(9.5, 5.2, 7.0));
        nose = join(nose, wing, 8.0);
        f = join(f, nose, 9.0);
        f = self.wing_crease.carved_from(f, s, 3.0);
        let hole = Axes::new(v(0.45, -1.0, -0.1), v(1.0, 0.45, 0.25));
        let hole = ellipsoid(&hole.local(&(s - v(6.9, 102.5, -20.0))), &v(6.2, 3.0, 5.5));
        carve(f, hole, 2.5)
    }
}

fn eye(f: f64, s: &Vec3) -> f64 {
    let d = s - EYE;
    if d.norm() > f + 25.0 { f } else { join(f, ellipsoid(&d, &v(17.0, 14.0, 11.5)), 5.0) }
}
