//! The whole head as one distance field: skull, neck, face, ears, flat cut.
//!
//! In: a place, mm, from the middle between the preauricular points (+x right, +y face, +z up).
//! Out: distance, negative inside; and the wished edge length of the mesh.

use crate::clay::{Rod, Vec3, join, meet, soft_abs, step, v};
use crate::ear::Ear;
use crate::face::Face;
use crate::skull::Skull;

/// Height of the flat cut through the neck, mm.
pub(crate) const CUT: f64 = -122.0;

#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) skull: Skull,
    face: Face,
    ear: Ear,
    muscle: Rod,
    throat: Rod,
}

impl Head {
    pub(crate) fn new() -> Option<Self> {
        Some(Self {
            skull: Skull::new()?,
            face: Face::new(),
            ear: Ear::new(),
            muscle: Rod::through(&[
                [58.0, -28.0, -18.0, 7.0],
                [49.0, -20.0, -52.0, 8.0],
                [37.0, -3.0, -90.0, 8.5],
                [20.0, 14.0, -140.0, 8.5],
            ]),
            throat: Rod::through(&[
                [0.0, 12.0, -82.0, 15.0],
                [0.0, 15.5, -97.0, 15.0],
                [0.0, 8.0, -118.0, 15.0],
                [0.0, 2.0, -145.0, 15.0],
            ]),
        })
    }

    pub(crate) fn distance(&self, p: &Vec3) -> f64 {
        let s = v(soft_abs(p.x), p.y, p.z);
        let mut f = self.skull_and_neck(p);
        f = self.face.onto(f, p, &s);
        f = self.ear.onto(f, &s);
        if p.z < CUT + 30.0 { meet(f, CUT - p.z, 12.0) } else { f }
    }

    fn skull_and_neck(&self, p: &Vec3) -> f64 {
        let f = self.skull.distance(p);
        let s = v(soft_abs(p.x), p.y, p.z);
        if p.z < 10.0 { join(f, self.neck(p, &s), 24.0) } else { f }
    }

    fn neck(&self, p: &Vec3, s: &Vec3) -> f64 {
        // An oval column, leaning forward as it rises, widening to the shoulders.
        let down = (-45.0 - p.z).max(0.0) / 80.0;
        let (a, b) = (53.0 + 8.0 * down * down, 53.0 + 3.0 * down * down);
        let middle = -24.0 - 5.0 * down - 3.0 * down * down;
        let (x, y) = (p.x / a, (p.y - middle) / b);
        let (k0, k1) = ((x * x + y * y).sqrt(), (x * x / (a * a) + y * y / (b * b)).sqrt());
        let column = if k1 < 1e-9 { -a } else { k0 * (k0 - 1.0) / k1 };
        let mut neck = meet(column, p.z + 25.0, 20.0);
        neck = self.muscle.joined_to(neck, s, 12.0);
        self.throat.joined_to(neck, p, 14.0)
    }

    /// Fine where the form is fine.
    pub(crate) fn edge(&self, p: &Vec3) -> f64 {
        let x = p.x.abs();
        let near = |c: Vec3, r: Vec3| {
            let d = (v(x, p.y, p.z) - c).component_div(&r);
            step(1.3, 0.9, d.norm())
        };
        let fine = near(v(82.0, -18.0, 2.0), v(20.0, 26.0, 40.0))
            .max(near(v(0.0, 104.0, -25.0), v(32.0, 22.0, 30.0)))
            .max(near(v(32.0, 82.0, 22.0), v(20.0, 16.0, 13.0)));
        let lines = near(v(13.0, 97.0, -43.0), v(17.0, 14.0, 8.0)).max(near(v(32.0, 82.0, 21.0), v(17.0, 14.0, 7.0)));
        let low = step(-55.0, -95.0, p.z) * step(60.0, 40.0, p.y).max(step(-95.0, -110.0, p.z));
        let cap = step(CUT + 1.0, CUT, p.z) * step(6.0, 18.0, -self.skull_and_neck(p));
        1.77 - 0.27 * fine - 0.3 * lines + 1.4 * low + 2.0 * cap
    }
}
