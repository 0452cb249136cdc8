//! How dark a stipple looks.
//!
//! In: lightness of the skin, dots per area, diameter, where the pigment sits, how much the ink absorbs. Out: reflectance
//! and lightness of the stippled skin, by the embedded-column law; the surface-ink laws of printing for comparison.
//! Absent: colour (see `colour.rs`), single dots, light that is not diffuse.
//! Source: skin.md 3.5 (D: fitted to a Monte Carlo of columns in a turbid layer, standard error 0.0006 in R).

use frames::{Metres, PerSquareMetre};

use crate::SkinError;
use crate::deposit::Dilution;
use crate::error::within;

/// Absorption of undiluted carbon ink in the column, 1/m (skin.md 3.5: about 40/mm, E).
pub const BLACK: f64 = 40_000.0;
/// Reflectance of the dots in the surface-ink laws; reproduces the published comparison.
pub const INK_REFLECTANCE: f64 = 0.04;

/// Side-light factor at [`SHALLOW`], by L* of the skin (skin.md 3.5b): dark, medium, light.
const SIDE_LIGHT: [(f64, f64); 3] = [(32.0, 1.55), (54.0, 2.15), (72.0, 2.8)];
/// Middle of the columns at 0.1-0.5 mm, to which [`SIDE_LIGHT`] belongs.
const SHALLOW: Metres = Metres::from_mm(0.30);
/// Middle of the columns at 0.3-0.8 mm.
const DEEP: Metres = Metres::from_mm(0.55);
/// Side-light factor of light skin at [`DEEP`].
const SIDE_LIGHT_DEEP: f64 = 1.75;

/// One kind of dots on one kind of skin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stipple {
    /// CIE L* of the skin without dots.
    pub lightness: f64,
    /// Dots per area.
    pub density: PerSquareMetre,
    /// Of the healed dot.
    pub diameter: Metres,
    /// Where the pigment begins and ends below the surface; see [`crate::column`].
    pub column: [Metres; 2],
    /// Of the ink in the column, 1/m; see [`absorption`].
    pub absorption: f64,
}

/// Absorption of a column, 1/m: undiluted ink absorbs [`BLACK`], diluted ink in proportion (20-30 times: 1.3-1.9/mm, inside
/// the published 1-5), and so does a column that keeps the part `amount` of its pigment (E).
pub fn absorption(ink: Dilution, amount: f64) -> f64 {
    BLACK * ink.strength() * amount
}

/// Luminous reflectance of CIE lightness: `Y = ((L*+16)/116)^3`, below 8 `L*/903.3` (CIE 15).
pub fn reflectance_of(lightness: f64) -> f64 {
    if lightness > 8.0 { ((lightness + 16.0) / 116.0).powi(3) } else { lightness * (27.0 / 24_389.0) }
}

/// CIE lightness L* of luminous reflectance, 0-100 (CIE 15).
pub fn lightness_of(reflectance: f64) -> f64 {
    if reflectance > 216.0 / 24_389.0 { 116.0 * reflectance.cbrt() - 16.0 } else { reflectance * (24_389.0 / 27.0) }
}

/// Side-light factor `B`: how much of the light that a column takes comes from its sides. Linear in L* and in the depth of
/// the column's middle (skin.md 3.5b). On medium and dark skin the fall with depth is that of light skin, the only one
/// published; the deep rows of the table confirm it within 8 %.
pub fn side_light(lightness: f64, middle: Metres) -> f64 {
    let [dark, medium, light] = SIDE_LIGHT;
    let (a, b) = if lightness < medium.0 { (dark, medium) } else { (medium, light) };
    let shallow = a.1 + (b.1 - a.1) * (lightness - a.0) / (b.0 - a.0);
    let fall = (1.0 - SIDE_LIGHT_DEEP / light.1) / (DEEP - SHALLOW).get();
    shallow * (1.0 - fall * (middle - SHALLOW).get())
}

/// Reflectance of stippled skin by the embedded-column law, `R = R0*exp(-B*N*d*h*(1-exp(-mu*d)))` (skin.md 3.5b; within
/// 7 % of the simulated change of R, 32 cases).
///
/// Range: L* 32-72; up to 150 dots/cm²; diameter 0.10-0.30 mm; column not below 0.80 mm, its middle at 0.20-0.60 mm (simulated:
/// 0.30 and 0.55); absorption up to 40/mm (simulated: 5 and 40; below 5 the law goes to its own limit of weak ink, N d² h mu).
/// Outside: [`SkinError::OutOfRange`].
pub fn reflectance(s: &Stipple) -> Result<f64, SkinError> {
    Ok(reflectance_of(s.lightness) * (-optical_load(s)?).exp())
}

/// The exponent of the embedded-column law, `B*N*d*h*(1-exp(-mu*d))` with the published `B`: `ln(R0/R)`. Range and error as
/// for [`reflectance`].
pub fn optical_load(s: &Stipple) -> Result<f64, SkinError> {
    let [top, bottom] = s.column;
    within("lightness of the skin", s.lightness, [32.0, 72.0], "L*")?;
    within("density", s.density.per_cm2(), [0.0, 150.0 + 1e-9], "dots/cm2")?;
    within("dot diameter", s.diameter.mm(), [0.10 - 1e-9, 0.30 + 1e-9], "mm")?;
    within("bottom of the column", bottom.mm(), [0.0, 0.80 + 1e-9], "mm")?;
    within("top of the column", top.mm(), [0.0, bottom.mm()], "mm")?;
    let middle = (top + bottom) / 2.0;
    within("middle of the column", middle.mm(), [0.20 - 1e-9, 0.60 + 1e-9], "mm")?;
    within("absorption", s.absorption * 1e-3, [0.0, 40.0 + 1e-9], "1/mm")?;
    let load = s.density.get() * s.diameter.get() * (bottom - top).get();
    let taken = -(-s.absorption * s.diameter.get()).exp_m1();
    Ok(side_light(s.lightness, middle) * load * taken)
}

/// How much darker the stipple makes the skin, in L*; see [`reflectance`] for the range.
pub fn darkening(s: &Stipple) -> Result<f64, SkinError> {
    Ok(s.lightness - lightness_of(reflectance(s)?))
}

/// Part of the area under dots thrown at random: `a = 1-exp(-N*pi*d^2/4)` (skin.md 3.5a).
pub fn coverage(density: PerSquareMetre, diameter: Metres) -> f64 {
    -(-density.get() * std::f64::consts::FRAC_PI_4 * diameter.get() * diameter.get()).exp_m1()
}

/// Murray-Davies: `R = (1-a)*Rs + a*Rd`. Ink on a surface; under-predicts dots in skin 4-12 times (skin.md 3.5a).
pub fn murray_davies(coverage: f64, skin: f64, dot: f64) -> f64 {
    (1.0 - coverage) * skin + coverage * dot
}

/// Yule-Nielsen: `R = ((1-a)*Rs^(1/n) + a*Rd^(1/n))^n`, n 1-2. Ink on a scattering surface; for comparison (S114 B).
pub fn yule_nielsen(coverage: f64, skin: f64, dot: f64, n: f64) -> f64 {
    murray_davies(coverage, skin.powf(1.0 / n), dot.powf(1.0 / n)).powf(n)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    const SHALLOW_COLUMN: [Metres; 2] = [Metres::from_mm(0.1), Metres::from_mm(0.5)];
    const DEEP_COLUMN: [Metres; 2] = [Metres::from_mm(0.3), Metres::from_mm(0.8)];

    fn stipple(lightness: f64, per_cm2: f64, diameter: f64, column: [Metres; 2], mu: f64) -> Stipple {
        Stipple {
            lightness,
            density: PerSquareMetre::from_per_cm2(per_cm2),
            diameter: Metres::from_mm(diameter),
            column,
            absorption: mu * 1e3,
        }
    }

    /// A row of skin.md 3.5b: published darkening on light, medium and dark skin, and by the two surface-ink laws on light.
    /// The law must be within 7 % of the change of R of some value that rounds to the published one.
    #[track_caller]
    fn check(n: f64, d: f64, column: [Metres; 2], mu: f64, embedded: [Option<f64>; 3], surface: [f64; 2]) {
        for (lightness, published) in [72.0, 54.0, 32.0].into_iter().zip(embedded) {
            let Some(published) = published else { continue };
            let r0 = reflectance_of(lightness);
            let change = r0 - reflectance(&stipple(lightness, n, d, column, mu)).unwrap();
            let least = 0.93 * (r0 - reflectance_of(lightness - published + 0.05));
            let most = 1.07 * (r0 - reflectance_of(lightness - published - 0.05));
            assert!((least..=most).contains(&change), "{n} {d} {mu} on {lightness}: {least} {change} {most}");
        }
        let (a, skin) = (coverage(PerSquareMetre::from_per_cm2(n), Metres::from_mm(d)), reflectance_of(72.0));
        let md = 72.0 - lightness_of(murray_davies(a, skin, INK_REFLECTANCE));
        let yn = 72.0 - lightness_of(yule_nielsen(a, skin, INK_REFLECTANCE, 2.0));
        assert!((md - surface[0]).abs() < 0.08 && (yn - surface[1]).abs() < 0.08, "{n} {d}: {md} {yn} {surface:?}");
    }

    #[test]
    fn the_table_of_darkening() {
        let light = |v| [Some(v), None, None];
        let all = |a, b, c| [Some(a), Some(b), Some(c)];
        check(80.0, 0.12, SHALLOW_COLUMN, 40.0, light(2.9), [0.24, 0.35]);
        check(80.0, 0.15, SHALLOW_COLUMN, 40.0, all(3.7, 2.3, 1.2), [0.37, 0.55]);
        check(80.0, 0.15, SHALLOW_COLUMN, 5.0, light(2.0), [0.37, 0.55]);
        check(80.0, 0.15, DEEP_COLUMN, 40.0, all(3.1, 1.9, 1.0), [0.37, 0.55]);
        check(60.0, 0.20, SHALLOW_COLUMN, 40.0, all(3.9, 2.3, 1.2), [0.49, 0.73]);
        check(80.0, 0.20, SHALLOW_COLUMN, 40.0, light(5.1), [0.66, 0.98]);
        check(80.0, 0.20, SHALLOW_COLUMN, 5.0, light(3.1), [0.66, 0.98]);
        check(100.0, 0.20, SHALLOW_COLUMN, 40.0, all(6.3, 3.8, 1.9), [0.82, 1.22]);
        check(80.0, 0.25, SHALLOW_COLUMN, 40.0, light(6.6), [1.03, 1.53]);
        check(80.0, 0.25, SHALLOW_COLUMN, 5.0, light(4.3), [1.03, 1.53]);
        check(80.0, 0.30, SHALLOW_COLUMN, 40.0, all(8.1, 4.9, 2.5), [1.49, 2.20]);
        check(100.0, 0.30, SHALLOW_COLUMN, 40.0, all(9.9, 6.0, 3.0), [1.87, 2.76]);
        check(150.0, 0.30, SHALLOW_COLUMN, 40.0, all(13.8, 8.5, 4.2), [2.84, 4.16]);
    }

    /// skin.md 3.5a, per cent.
    #[test]
    fn the_table_of_coverage() {
        let diameters = [0.10, 0.12, 0.15, 0.20, 0.25, 0.30, 0.40];
        for (n, row) in [
            (30.0, [0.24, 0.34, 0.53, 0.94, 1.46, 2.10, 3.70]),
            (60.0, [0.47, 0.68, 1.05, 1.87, 2.90, 4.15, 7.26]),
            (80.0, [0.63, 0.90, 1.40, 2.48, 3.85, 5.50, 9.56]),
            (100.0, [0.78, 1.12, 1.75, 3.09, 4.79, 6.82, 11.8]),
            (150.0, [1.17, 1.68, 2.62, 4.60, 7.10, 10.1, 17.2]),
        ] {
            for (d, want) in diameters.into_iter().zip(row) {
                let got = 100.0 * coverage(PerSquareMetre::from_per_cm2(n), Metres::from_mm(d));
                assert!((got - want).abs() < if want < 10.0 { 0.0051 } else { 0.051 }, "{n} {d}: {got} {want}");
            }
        }
    }

    /// N d h of 0.09 makes the shade of shaved hair, 5-8 L* on light skin (skin.md 3.5).
    #[test]
    fn the_shade_of_shaved_hair() {
        for (n, d) in [(80.0, 0.28), (100.0, 0.22), (150.0, 0.15)] {
            let dark = darkening(&stipple(72.0, n, d, SHALLOW_COLUMN, 40.0)).unwrap();
            assert!((5.0..=8.0).contains(&dark), "{n} {d}: {dark}");
        }
    }

    #[test]
    fn deeper_is_lighter_and_diluted_is_lighter() {
        let at = |column, mu| darkening(&stipple(72.0, 80.0, 0.15, column, mu)).unwrap();
        let deep = [Metres::from_mm(0.3), Metres::from_mm(0.7)];
        assert!(at(deep, 40.0) < at(SHALLOW_COLUMN, 40.0));
        assert!(at(SHALLOW_COLUMN, 1.3) < at(SHALLOW_COLUMN, 5.0));
        assert!(at(SHALLOW_COLUMN, 0.0).abs() < 1e-9);
        let thin = absorption(Dilution::STEPS[4], 1.0) * 1e-3;
        assert!((1.0..=5.0).contains(&thin), "{thin}/mm for 1:30");
    }

    #[test]
    fn lightness_and_reflectance_are_inverse() {
        for (l, y) in [(0.0, 0.0), (8.0, 0.008_856), (50.0, 0.184_187), (72.0, 0.436_590), (100.0, 1.0)] {
            assert!((reflectance_of(l) - y).abs() < 2e-6, "{l}: {}", reflectance_of(l));
            assert!((lightness_of(reflectance_of(l)) - l).abs() < 1e-9, "{l}");
        }
    }

    #[track_caller]
    fn refused(s: Stipple, named: &str) {
        match reflectance(&s) {
            Err(SkinError::OutOfRange { what, .. }) => assert_eq!(what, named),
            other => panic!("{named}: {other:?}"),
        }
    }

    #[test]
    fn outside_its_range_the_law_says_so() {
        let good = stipple(72.0, 80.0, 0.15, SHALLOW_COLUMN, 40.0);
        let mm = Metres::from_mm;
        refused(Stipple { lightness: 72.1, ..good }, "lightness of the skin");
        refused(Stipple { lightness: 31.9, ..good }, "lightness of the skin");
        refused(Stipple { density: PerSquareMetre::from_per_cm2(151.0), ..good }, "density");
        refused(Stipple { density: PerSquareMetre::from_per_cm2(-1.0), ..good }, "density");
        refused(Stipple { diameter: mm(0.31), ..good }, "dot diameter");
        refused(Stipple { diameter: mm(0.09), ..good }, "dot diameter");
        refused(Stipple { column: [mm(0.3), mm(0.81)], ..good }, "bottom of the column");
        refused(Stipple { column: [mm(0.5), mm(0.4)], ..good }, "top of the column");
        refused(Stipple { column: [mm(0.1), mm(0.2)], ..good }, "middle of the column");
        refused(Stipple { absorption: 50_000.0, ..good }, "absorption");
        refused(Stipple { absorption: f64::NAN, ..good }, "absorption");
        assert!(reflectance(&Stipple { density: PerSquareMetre::ZERO, ..good }).is_ok());
    }
}
