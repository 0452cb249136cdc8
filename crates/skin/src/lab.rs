//! Colour as people see it.
//!
//! In: CIE L\*a\*b\*, or linear light. Out: the other one, screen values, the ITA angle, differences; the colour of an
//! untreated scalp by its lightness. Absent: spectra, other observers, other lights than D65.
//! Source: CIE 15 (L\*a\*b\*), IEC 61966-2-1 (sRGB); skin by stipple.md 7.1.

use frames::Radians;

use crate::optics::{lightness_of, reflectance_of};

/// CIE 1976 L\*a\*b\*, D65, 2 degree observer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lab {
    /// Lightness, 0 black to 100 white.
    pub l: f64,
    /// Green to red.
    pub a: f64,
    /// Blue to yellow.
    pub b: f64,
}

/// Linear sRGB to XYZ, IEC 61966-2-1; a row's sum is the white point.
const XYZ: [[f64; 3]; 3] = [[0.412_4, 0.357_6, 0.180_5], [0.212_6, 0.715_2, 0.072_2], [0.019_3, 0.119_2, 0.950_5]];
/// Colours of untreated skin, L\*, a\*, b\*. The two dark ones are centres of clusters of facial skin (stipple.md 7.1, S43); the
/// light one has the b\* that puts it just into "very light", ITA 56 degrees, and the a\* of a reddish forehead (K).
const SKINS: [[f64; 3]; 3] = [[26.7, 14.6, 14.7], [52.5, 17.0, 18.9], [72.0, 11.0, 14.8]];

impl Lab {
    /// An untreated scalp of this L\*, by skins that were measured: people of one lightness differ by 2-4 in a\* and b\* (K), so a
    /// measured colour is better. Darker and lighter than the measured ones, the nearest one's a\* and b\* are taken.
    pub fn of_skin(lightness: f64) -> Self {
        let [dark, medium, light] = SKINS;
        let (low, high) = if lightness < medium[0] { (dark, medium) } else { (medium, light) };
        let t = ((lightness - low[0]) / (high[0] - low[0])).clamp(0.0, 1.0);
        Self { l: lightness, a: low[1] + t * (high[1] - low[1]), b: low[2] + t * (high[2] - low[2]) }
    }

    /// Red, green and blue light of sRGB, linear, white 1; below 0 or above 1 outside its gamut.
    pub fn linear(self) -> [f64; 3] {
        let y = (self.l + 16.0) / 116.0;
        let of = |f: f64| reflectance_of(116.0 * f - 16.0);
        let xyz = [of(y + self.a / 500.0), reflectance_of(self.l), of(y - self.b / 200.0)];
        let white = XYZ.map(|row| row.iter().sum::<f64>());
        solve([xyz[0] * white[0], xyz[1] * white[1], xyz[2] * white[2]])
    }

    /// The colour of linear sRGB light.
    pub fn of_linear(rgb: [f64; 3]) -> Self {
        let [x, y, z] = XYZ.map(|row| {
            let sum: f64 = row.iter().zip(rgb).map(|(m, c)| m * c).sum();
            // The cube root and the straight part below it, whichever holds, as L* says.
            (lightness_of(sum / row.iter().sum::<f64>()) + 16.0) / 116.0
        });
        Self { l: 116.0 * y - 16.0, a: 500.0 * (x - y), b: 200.0 * (y - z) }
    }

    /// As a screen shows it; cut at the edge of its gamut.
    pub fn srgb(self) -> [u8; 3] {
        self.linear().map(|c| (255.0 * screen(c.clamp(0.0, 1.0))).round() as u8)
    }

    /// Individual typology angle, `atan((L*-50)/b*)`: above 55 degrees very light, 41 light, 28 intermediate, 10 tan, -30 brown,
    /// below dark (stipple.md 7.1).
    pub fn ita(self) -> Radians {
        Radians::new((self.l - 50.0).atan2(self.b))
    }

    /// Colour difference, Delta E\*ab of 1976. About 1 is just seen side by side (K).
    pub fn difference(self, other: Self) -> f64 {
        (self.l - other.l).hypot(self.a - other.a).hypot(self.b - other.b)
    }
}

/// Screen value, 0 to 1, of linear light, 0 to 1. IEC 61966-2-1.
pub fn screen(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

/// `rgb` with `XYZ*rgb = xyz`, by Cramer's rule.
fn solve(xyz: [f64; 3]) -> [f64; 3] {
    let determinant = |m: [[f64; 3]; 3]| {
        let minor = |i: usize, j: usize| m[1][i] * m[2][j] - m[1][j] * m[2][i];
        m[0][0] * minor(1, 2) - m[0][1] * minor(0, 2) + m[0][2] * minor(0, 1)
    };
    let all = determinant(XYZ);
    std::array::from_fn(|column| {
        let mut m = XYZ;
        for (row, value) in m.iter_mut().zip(xyz) {
            row[column] = value;
        }
        determinant(m) / all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L\*a\*b\* of the sRGB primaries, as colour tables give them (Lindbloom's calculator, D65), to a tenth.
    #[track_caller]
    fn check(rgb: [f64; 3], want: [f64; 3]) {
        let got = Lab::of_linear(rgb);
        for (got, want) in [got.l, got.a, got.b].into_iter().zip(want) {
            assert!((got - want).abs() < 0.06, "{rgb:?}: {got} {want}");
        }
        for (back, was) in got.linear().into_iter().zip(rgb) {
            assert!((back - was).abs() < 1e-9, "{rgb:?}: {back}");
        }
        assert_eq!(got.srgb(), rgb.map(|c| (255.0 * screen(c)).round() as u8));
    }

    #[test]
    fn primaries_and_white() {
        check([1.0, 1.0, 1.0], [100.0, 0.0, 0.0]);
        check([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]);
        check([1.0, 0.0, 0.0], [53.24, 80.09, 67.20]);
        check([0.0, 1.0, 0.0], [87.73, -86.18, 83.18]);
        check([0.0, 0.0, 1.0], [32.30, 79.19, -107.86]);
        // sRGB 119 is L* 50.03.
        check([0.184_475; 3], [50.03, 0.0, 0.0]);
    }

    #[test]
    fn screen_values() {
        // 0.5 on a screen is 21.4 % of the light; the straight part ends at 0.04045.
        assert!((screen(0.214_041) - 0.5).abs() < 1e-6);
        assert!((screen(0.003_130_8) - 0.040_45).abs() < 1e-5 && screen(0.0).abs() < 1e-15);
        assert!((screen(1.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn skins() {
        assert!(Lab::of_skin(52.5).difference(Lab { l: 52.5, a: 17.0, b: 18.9 }) < 1e-12);
        assert!(Lab::of_skin(26.7).difference(Lab { l: 26.7, a: 14.6, b: 14.7 }) < 1e-12);
        // Very light above 55 degrees, dark below -30.
        assert!(Lab::of_skin(72.0).ita().degrees() > 55.0 && Lab::of_skin(32.0).ita().degrees() < -30.0);
        let ita = |l| Lab::of_skin(l).ita().degrees();
        assert!((20..72).all(|l| ita(f64::from(l)) < ita(f64::from(l) + 1.0)));
        // Every one is red more than blue.
        assert!((20..=72).all(|l| {
            let [r, g, b] = Lab::of_skin(f64::from(l)).linear();
            r > g && g > b && b > 0.0
        }));
    }
}
