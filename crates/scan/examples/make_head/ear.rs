//! The outer ear: dish, rim (helix), inner fold (antihelix), bowl (concha), tragus, lobe.
//!
//! In: the distance so far and the place, folded to the right side. Out: the distance with the ear.
//! Sizes: ANSUR II men, length 64.2, breadth 36.1, protrusion 23.2 mm.

use crate::clay::{Axes, Rod, Vec3, carve, ellipsoid, join, v};

#[derive(Debug)]
pub(crate) struct Ear {
    axes: Axes,
    origin: Vec3,
    rim: Rod,
    fold: Rod,
    branch: Rod,
    groove: Rod,
}

/// Where the front of the ear meets the cheek, at the height of the tragion.
const ORIGIN: Vec3 = v(69.5, -5.0, 1.0);

impl Ear {
    pub(crate) fn new() -> Self {
        // x backwards along the dish and away from the head, y up and leaning backwards; z = outwards.
        let axes = Axes::left_handed(v(0.53, -0.83, -0.18), v(0.10, -0.20, 1.0));
        let rim = [
            [10.0, 1.5, 0.5, 1.6],
            [5.5, 5.0, 1.8, 2.0],
            [3.0, 11.0, 2.6, 2.3],
            [3.5, 19.0, 3.0, 2.5],
            [8.0, 26.5, 3.0, 2.7],
            [15.0, 30.0, 2.6, 2.8],
            [22.5, 28.5, 2.4, 2.8],
            [28.5, 22.5, 2.6, 2.7],
            [31.0, 14.0, 2.6, 2.5],
            [29.6, 5.0, 1.8, 2.4],
            [26.5, -4.0, 0.9, 2.4],
            [22.4, -12.5, 0.4, 2.3],
            [18.0, -20.5, 0.4, 2.4],
            [13.5, -25.0, 0.2, 2.4],
        ];
        let fold = [
            [16.0, 23.0, 0.6, 1.8],
            [20.0, 16.0, 2.4, 2.3],
            [22.0, 8.0, 3.4, 2.6],
            [21.5, -1.0, 3.4, 2.6],
            [18.0, -9.0, 2.8, 2.6],
            [12.5, -14.0, 2.6, 2.6],
            [9.0, -14.5, 2.0, 2.0],
        ];
        let branch = [[7.0, 15.0, 0.6, 1.5], [13.0, 14.5, 1.8, 1.9], [19.5, 12.0, 2.8, 2.2]];
        let groove = [
            [12.0, 25.0, 3.6, 0.6],
            [19.0, 24.8, 3.4, 1.4],
            [24.5, 20.0, 3.4, 1.8],
            [26.5, 12.0, 3.6, 1.8],
            [26.0, 3.5, 4.0, 1.4],
            [24.6, -3.5, 5.2, 0.6],
        ];
        let place = |points: &[[f64; 4]]| Rod::through(points).carried(&axes, &ORIGIN);
        Self {
            axes,
            origin: ORIGIN,
            rim: place(&rim),
            fold: place(&fold),
            branch: place(&branch),
            groove: place(&groove),
        }
    }

    pub(crate) fn onto(&self, mut f: f64, s: &Vec3) -> f64 {
        let middle = self.origin + self.axes.world(&v(15.0, 0.0, 0.0));
        if (s - middle).norm() - 42.0 > f + 6.0 {
            return f;
        }
        let q = self.axes.local(&(s - self.origin));
        // The dish: an upper and a lower disc, and the lobe.
        let upper = ellipsoid(&(q - v(16.5, 12.0, -1.6)), &v(14.6, 17.0, 4.4));
        let lower = ellipsoid(&(q - v(15.0, -4.0, -1.6)), &v(13.6, 14.5, 4.4));
        let lobe = ellipsoid(&(q - v(8.5, -20.0, -1.6)), &v(9.5, 9.5, 4.0));
        let mut ear = join(join(upper, lower, 4.0), lobe, 6.0);
        // The back wall of the bowl, standing on the skull.
        let back = ellipsoid(&(q - v(12.0, 2.0, -7.0)), &v(10.5, 14.5, 9.0));
        ear = join(ear, back, 4.0);
        ear = self.rim.joined_to(ear, s, 3.5);
        ear = self.fold.joined_to(ear, s, 2.5);
        ear = self.branch.joined_to(ear, s, 2.5);
        ear = self.groove.carved_from(ear, s, 1.5);
        f = join(f, ear, 5.0);
        // The bowl, its upper part above the foot of the helix, and the way in behind the tragus.
        let bowl = ellipsoid(&(q - v(12.3, -2.2, 2.2)), &v(7.4, 8.8, 7.6));
        let cymba = ellipsoid(&(q - v(12.5, 8.5, 3.0)), &v(6.5, 4.6, 5.5));
        f = carve(f, bowl, 2.5);
        f = carve(f, cymba, 2.0);
        let tragus = ellipsoid(&(q - v(2.6, -4.0, 1.6)), &v(3.6, 6.0, 2.8));
        join(f, tragus, 5.0)
    }
}
