//! The skin over skull and jaw, without nose, lids, lips and ears: a radius for every direction from the middle.
//!
//! In: published horizontal sections of the cranium (radii every 15 degrees, every 10 mm above the tragion) and the
//! anatomical points of the face below. Out: a C2 distance field.
//! Method: smoothing with the polyharmonic kernel |d|^3 over directions, each point with its own stiffness
//! (Duchon 1977; Carr et al. 2001, "Reconstruction and representation of 3D objects with radial basis functions").

use crate::clay::{Vec3, v};

/// Middle of the radii, mm.
const CENTRE: Vec3 = v(0.0, 5.0, 12.0);

/// Breadth, length and height of the head against the means in the table.
const SCALE: [f64; 3] = [0.985, 1.005, 0.975];

/// How much fuller the sections are half way between front and side, and side and back, mm: at the breadth and length
/// of this head 309 people of ANSUR II measure 569.5 (9.5) mm around; the two heads of the table measure 10 mm less.
const FULLER: f64 = 1.8;

/// Height above the tragion, y of the middle of the section, radii at 0 (front), 15 .. 180 degrees (back), mm.
/// Mean of the NIOSH medium headform and the ICT-FaceKit mean head, both sides.
const SECTIONS: [(f64, f64, [f64; 13]); 14] = [
    (0.0, 9.4, [100.9, 88.1, 81.7, 80.5, 76.8, 74.0, 76.6, 85.2, 92.7, 90.0, 93.7, 99.9, 101.0]),
    (10.0, 3.8, [99.3, 87.6, 82.6, 82.4, 78.6, 75.9, 78.6, 87.7, 91.8, 89.4, 93.2, 98.2, 99.3]),
    (20.0, -1.4, [97.1, 88.8, 85.8, 83.4, 79.3, 77.2, 80.5, 90.5, 89.0, 88.0, 92.2, 96.2, 97.1]),
    (30.0, -4.7, [95.6, 91.3, 91.7, 85.8, 79.5, 76.7, 78.3, 84.4, 84.6, 87.5, 91.6, 95.0, 95.7]),
    (40.0, -4.8, [96.6, 94.8, 95.1, 85.9, 78.7, 75.4, 76.2, 78.8, 83.0, 88.3, 92.8, 96.1, 96.6]),
    (50.0, -4.6, [97.1, 97.3, 93.8, 84.9, 78.7, 76.0, 76.9, 79.8, 83.8, 88.8, 93.5, 96.6, 97.1]),
    (60.0, -5.0, [96.0, 95.7, 91.0, 83.9, 78.6, 76.2, 76.9, 79.8, 83.6, 88.5, 92.8, 95.4, 96.0]),
    (70.0, -5.4, [93.8, 92.9, 88.3, 81.9, 77.5, 75.5, 75.8, 78.6, 82.7, 87.2, 91.2, 93.3, 93.8]),
    (80.0, -5.4, [90.7, 89.7, 84.9, 78.5, 74.5, 73.0, 73.5, 76.5, 80.9, 85.2, 88.4, 90.3, 90.7]),
    (90.0, -5.5, [86.0, 84.7, 79.8, 73.8, 70.0, 68.7, 69.7, 73.0, 77.7, 81.7, 84.3, 85.8, 86.0]),
    (100.0, -6.0, [79.3, 77.5, 72.9, 67.5, 64.0, 62.8, 64.0, 67.7, 72.0, 75.5, 78.0, 79.2, 79.3]),
    (110.0, -7.0, [70.2, 68.2, 63.6, 58.9, 55.9, 54.9, 56.1, 59.2, 62.9, 66.2, 68.5, 69.8, 70.2]),
    (120.0, -8.4, [57.2, 55.1, 50.9, 47.2, 44.8, 44.0, 45.1, 47.6, 50.4, 53.0, 55.2, 56.5, 57.2]),
    (130.0, -12.1, [34.2, 32.9, 30.6, 28.5, 27.1, 26.7, 27.1, 28.3, 29.8, 31.4, 32.5, 33.5, 34.2]),
];

/// Face, jaw and skull base, the subject's right half: x, y, z in mm from the middle between the preauricular points,
/// and a stiffness (0 = the skin passes through the point).
const POINTS: &[[f64; 4]] = &[
    // Brow ridge, from the glabella to the outer rim of the orbit.
    [0.0, 94.6, 42.0, 0.0],
    [11.0, 94.4, 42.0, 0.0],
    [22.0, 92.6, 42.5, 0.0],
    [34.0, 88.0, 43.5, 0.0],
    [46.0, 79.5, 42.0, 0.0],
    [55.0, 68.5, 37.0, 0.0],
    [0.0, 93.6, 50.0, 0.0],
    [20.0, 91.4, 51.0, 0.0],
    // Root of the nose and the floor of the orbit, behind the lids.
    [0.0, 89.0, 29.5, 0.0],
    [14.0, 81.5, 24.0, 0.0],
    [20.0, 85.0, 32.5, 0.0],
    [32.0, 83.5, 33.0, 0.0],
    [44.0, 76.0, 31.5, 0.0],
    [32.0, 79.5, 20.0, 0.0],
    [53.0, 65.0, 25.0, 0.0],
    [20.0, 81.5, 13.0, 0.0],
    [32.0, 81.5, 9.0, 0.0],
    [45.0, 75.0, 9.0, 0.0],
    // Upper jaw behind the nose.
    [0.0, 88.0, 14.0, 0.0],
    [0.0, 93.0, -5.0, 0.0],
    [0.0, 97.5, -21.0, 0.0],
    [16.0, 88.0, -4.0, 0.0],
    [18.0, 91.5, -18.0, 0.0],
    // Cheekbone and its arch back to the ear.
    [34.0, 83.5, -5.0, 0.0],
    [47.0, 74.5, -5.0, 0.0],
    [57.0, 61.0, -2.0, 0.0],
    [64.0, 44.0, 1.0, 0.0],
    [68.5, 25.0, 3.0, 0.0],
    [70.5, 8.0, 2.0, 0.0],
    // Temple.
    [64.0, 48.0, 28.0, 0.0],
    [68.5, 30.0, 26.0, 0.0],
    [71.5, 8.0, 24.0, 0.0],
    [73.0, -12.0, 14.0, 0.0],
    // Cheek.
    [30.0, 85.5, -20.0, 0.0],
    [44.0, 73.0, -22.0, 0.0],
    [56.0, 56.0, -22.0, 0.0],
    [63.5, 36.0, -22.0, 0.0],
    [67.5, 14.0, -24.0, 0.0],
    [68.5, -4.0, -20.0, 0.0],
    [43.0, 70.0, -40.0, 0.0],
    [52.0, 52.0, -42.0, 0.0],
    [58.5, 31.0, -44.0, 0.0],
    [61.0, 10.0, -42.0, 0.0],
    // The mouth without the lips.
    [0.0, 98.5, -30.0, 0.0],
    [14.0, 96.0, -30.0, 0.0],
    [0.0, 97.0, -43.0, 0.0],
    [15.0, 93.5, -43.0, 0.0],
    [28.0, 84.5, -43.0, 0.0],
    [0.0, 92.5, -58.0, 0.0],
    [15.0, 89.5, -58.0, 0.0],
    [29.0, 80.0, -58.0, 0.0],
    // Chin and jaw line.
    [0.0, 95.0, -75.0, 0.0],
    [12.0, 92.5, -75.0, 0.0],
    [22.8, 83.5, -74.0, 0.0],
    [31.5, 72.0, -70.0, 0.0],
    [0.0, 91.5, -87.0, 0.0],
    [13.0, 87.5, -86.0, 0.0],
    [24.5, 76.5, -82.5, 0.0],
    [0.0, 83.5, -93.0, 0.0],
    [42.0, 56.0, -69.0, 0.0],
    [49.0, 38.0, -66.0, 0.0],
    [53.5, 19.0, -62.0, 0.0],
    [55.0, 5.0, -56.0, 0.0],
    [57.0, -5.0, -44.0, 0.0],
    // Under the jaw.
    [0.0, 66.0, -88.0, 0.0],
    [16.0, 64.0, -86.0, 0.0],
    [30.0, 52.0, -80.0, 0.0],
    [0.0, 42.0, -82.0, 0.0],
    [24.0, 36.0, -78.0, 0.0],
    [42.0, 24.0, -70.0, 0.0],
    [0.0, 10.0, -80.0, 0.01],
    [30.0, 5.0, -74.0, 0.01],
    // Skull base, inside the neck; mastoid and nape.
    [0.0, -25.0, -72.0, 0.01],
    [30.0, -25.0, -62.0, 0.01],
    [0.0, -52.0, -52.0, 0.01],
    [48.0, -15.0, -46.0, 0.01],
    [66.0, -26.0, -18.0, 0.0],
    [55.0, -45.0, -26.0, 0.0],
    [35.0, -65.0, -24.0, 0.0],
    [0.0, -80.0, -22.0, 0.0],
    [20.0, -76.0, -22.0, 0.0],
];

/// How stiff the sections of the table are taken: the residue is what the two heads and the 0.1 mm of the table leave.
const TABLE_STIFFNESS: f64 = 0.0015;

/// The least stiffness of a point of the face: fairs what was put down by eye.
const FACE_STIFFNESS: f64 = 0.0008;

#[derive(Debug)]
pub(crate) struct Skull {
    /// Directions (right half; 1 when on the midline) and weights.
    centres: Vec<(Vec3, f64)>,
    flat: [f64; 3],
    /// Root mean square distance of the fit from the points of the table, mm.
    pub(crate) residue: f64,
}

fn kernel(u: &Vec3, c: &Vec3) -> f64 {
    let near = u - c;
    let far = v(u.x + c.x, u.y - c.y, u.z - c.z);
    let (a, b) = (near.dot(&near), far.dot(&far));
    a * a.sqrt() + b * b.sqrt()
}

/// Points of the table that lie on the cranium: no face, no ears.
fn table() -> Vec<(Vec3, f64)> {
    // sine and cosine of 15 degrees
    let (s15, c15) = ((6f64.sqrt() - 2f64.sqrt()) / 4.0, (6f64.sqrt() + 2f64.sqrt()) / 4.0);
    let mut out = Vec::new();
    for (z, middle, radii) in SECTIONS {
        let (mut s, mut c) = (0.0, 1.0);
        for (step, r) in radii.iter().enumerate() {
            let least_step = if z > 55.0 {
                0
            } else if z > 45.0 {
                4
            } else if z > 35.0 {
                6
            } else {
                9
            };
            let coarse = z > 115.0 && step % 2 == 1;
            if step >= least_step && !coarse {
                let r = r * (1.0 + FULLER / 97.0 * 4.0 * s * s * c * c);
                let x = if step == 0 || step == 12 { 0.0 } else { r * s };
                out.push((v(x * SCALE[0], (middle + r * c) * SCALE[1], z * SCALE[2]), TABLE_STIFFNESS));
            }
            (s, c) = (s * c15 + c * s15, c * c15 - s * s15);
        }
    }
    out.push((v(0.0, -16.0, 134.5 * SCALE[2]), TABLE_STIFFNESS));
    out
}

impl Skull {
    pub(crate) fn new() -> Option<Self> {
        let table = table();
        let given = table.iter().copied().chain(POINTS.iter().map(|p| (v(p[0], p[1], p[2]), p[3])));
        let rows: Vec<(Vec3, f64, f64)> = given
            .map(|(p, stiff)| {
                let d = p - CENTRE;
                let r = d.norm();
                (d / r, r, stiff.max(FACE_STIFFNESS))
            })
            .collect();
        let n = rows.len();
        let mut a = vec![vec![0.0; n + 4]; n + 3];
        for (i, (u, r, stiff)) in rows.iter().enumerate() {
            for (j, (c, ..)) in rows.iter().enumerate() {
                a[i][j] = kernel(u, c);
            }
            a[i][i] += stiff;
            for (k, b) in [1.0, u.y, u.z].into_iter().enumerate() {
                a[i][n + k] = b;
                a[n + k][i] = b;
            }
            a[i][n + 3] = *r;
        }
        let x = solve(a)?;
        let mut skull = Self {
            centres: rows.iter().zip(&x).map(|(row, w)| (row.0, *w)).collect(),
            flat: [x[n], x[n + 1], x[n + 2]],
            residue: 0.0,
        };
        let sum: f64 = table.iter().map(|(p, _)| skull.distance(p) * skull.distance(p)).sum();
        skull.residue = (sum / table.len() as f64).sqrt();
        Some(skull)
    }

    /// To first order: height above the surface over the slope.
    pub(crate) fn distance(&self, p: &Vec3) -> f64 {
        let d = p - CENTRE;
        let rho = d.norm().max(1.0);
        let u = d / rho;
        let mut r = self.flat[0] + self.flat[1] * u.y + self.flat[2] * u.z;
        let mut slope = v(0.0, self.flat[1], self.flat[2]);
        for (c, w) in &self.centres {
            let near = u - c;
            let far = v(u.x + c.x, u.y - c.y, u.z - c.z);
            let (a2, b2) = (near.dot(&near), far.dot(&far));
            let (a, b) = (a2.sqrt(), b2.sqrt());
            r += w * (a2 * a + b2 * b);
            slope += (near * a + far * b) * (3.0 * w);
        }
        let along = slope - u * slope.dot(&u);
        (rho - r) / (1.0 + along.dot(&along) / (rho * rho)).sqrt()
    }
}

/// Gauss with row exchange; `a` is square with the right side as last column.
fn solve(mut a: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = a.len();
    for k in 0..n {
        let best = (k..n).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs()))?;
        a.swap(k, best);
        if a[k][k].abs() < 1e-12 {
            return None;
        }
        let (top, rest) = a.split_at_mut(k + 1);
        let pivot = &top[k];
        for row in rest {
            let f = row[k] / pivot[k];
            for j in k..=n {
                row[j] -= f * pivot[j];
            }
        }
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|j| a[k][j] * a[j][n]).sum();
        a[k][n] = (a[k][n] - known) / a[k][k];
    }
    Some(a.into_iter().map(|row| row[n]).collect())
}
