//! How dark a stipple looks.
//!
//! In: lightness of the skin, dots per area, diameter, where the pigment sits, how much the ink absorbs. Out: reflectance
//! and lightness of the stippled skin, by the embedded-column law; the surface-ink laws of printing for comparison.
//! Absent: colour (see `tint.rs`), where around a dot light is missing (see `spread.rs`), light that is not diffuse.
//! Source: skin.md 3.5; the law's numbers are fitted to `photons`, which see (D).

use frames::{Metres, PerSquareMetre};

use crate::SkinError;
use crate::deposit::Dilution;
use crate::error::within;

/// Absorption of undiluted carbon ink in the column, 1/m (skin.md 3.5: about 40/mm, E).
pub const BLACK: f64 = 40_000.0;
/// Reflectance of the dots in the surface-ink laws; reproduces the published comparison.
pub const INK_REFLECTANCE: f64 = 0.04;

/// How steeply light takes part by lightness of the skin: logarithm of the factor, its slope and its curve per 20 L* from 54.
const SIDE_LIGHT: [f64; 3] = [1.092, 0.310, -0.02];
/// Depth over which the light that comes back falls to 1/e, mm.
const FALL: f64 = 0.573;
/// How much of it the epidermis keeps away at the surface, on skin of L* 54, and more of it on skin 20 L* darker.
const SHADE: [f64; 2] = [0.62, 0.17];
/// Depth over which that ends, mm.
const SHADE_FALL: f64 = 0.08;
/// The top of a column takes light like so much more of its height: part of the diameter, and where that ends, 1/mm.
const TOP: [f64; 2] = [0.796, 1.92];
/// Ways through a column, over its mean chord: longer, for a photon comes back to it; and how even they are.
const CHORD: [f64; 2] = [1.263, 3.08];
/// Where light has met one column it meets the next: loads crowd from here on.
const CROWD: f64 = 1.02;

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

/// Reflectance of stippled skin by the embedded-column law, `R0*exp(-load)`; see [`optical_load`] for the law, its range and
/// its error.
pub fn reflectance(s: &Stipple) -> Result<f64, SkinError> {
    Ok(reflectance_of(s.lightness) * (-optical_load(s)?).exp())
}

/// The exponent of the embedded-column law, `ln(R0/R) = K*ln(1 + N*A/K)`, with `A` of [`dot_area`] and K = 1.02.
///
/// Range: L* 32-72; up to 150 dots/cm²; diameter 0.06-0.40 mm; columns of 0.01 mm or more that begin 0.05-0.70 mm below the
/// surface and end at 1.20 mm or above; absorption up to 40/mm. Outside: [`SkinError::OutOfRange`].
///
/// Fitted to 589 cases of [`crate::photons`], each known to 0.2-2 %. Where dots are set (0.10-0.30 mm, down to 0.80 mm,
/// 2-40/mm; 425 cases) the darkening is off by 2.9 % rms, 5.9 % in 95 of 100, 9.2 % at worst; in the rest of the range by up to
/// 14 %, for what darkens less than 0.02 L* by 25 %. Photons are a model: no stipple on skin has been measured against it.
pub fn optical_load(s: &Stipple) -> Result<f64, SkinError> {
    load_of(s.density.get() * dot_area(s)?)
}

/// Area of skin, m², whose light one dot takes: how much a stipple darkens per dot where dots are few. The density does not
/// change it; range and error as for [`optical_load`].
///
/// `A = a*d*(H + C)*T`, in mm: the column's face seen from the side, weighed by how much of the light that comes back has
/// been so deep, `b(z) = exp(-z/0.573)*(1 - s*exp(-z/0.08))`. `H` is the integral of b over the column, `C = b(top)*0.796*d/
/// (1+1.92*d)` its top, `a = exp(1.092 + 0.310*l - 0.02*l^2)` and `s = 0.62 - 0.17*l` with `l = (L*-54)/20`;
/// `T = 1-(1+1.263*mu*c/3.08)^-3.08` what it takes of the light on it, by its mean chord `c = d*h/(h+d/2)` (Cauchy).
/// The prototype's `B*d*h*(1-exp(-mu*d))` (skin.md 3.5b) has no top and no fall along the column: off by up to 57 % away from
/// its two columns, 0.1-0.5 and 0.3-0.8 mm.
pub fn dot_area(s: &Stipple) -> Result<f64, SkinError> {
    let [top, bottom] = s.column;
    within("density", s.density.per_cm2(), [0.0, 150.0 + 1e-9], "dots/cm2")?;
    within("lightness of the skin", s.lightness, [32.0, 72.0], "L*")?;
    within("dot diameter", s.diameter.mm(), [0.06 - 1e-9, 0.40 + 1e-9], "mm")?;
    within("bottom of the column", bottom.mm(), [0.06 - 1e-9, 1.20 + 1e-9], "mm")?;
    let lowest = (bottom.mm() - 0.01).min(0.70);
    within("top of the column", top.mm(), [0.05 - 1e-9, lowest + 1e-9], "mm")?;
    within("absorption", s.absorption * 1e-3, [0.0, 40.0 + 1e-9], "1/mm")?;
    Ok(1e-6 * area(s.lightness, s.diameter.mm(), s.column.map(Metres::mm), s.absorption * 1e-3))
}

/// [`dot_area`] in millimetres, without its range.
pub(crate) fn area(lightness: f64, diameter: f64, column: [f64; 2], absorption: f64) -> f64 {
    area_in([1.0; 2], lightness, diameter, column, absorption)
}

/// [`area`] in light that takes part `side` times as much and comes from `fall` times as deep.
pub(crate) fn area_in(
    [side, fall]: [f64; 2],
    lightness: f64,
    diameter: f64,
    [top, bottom]: [f64; 2],
    absorption: f64,
) -> f64 {
    let fall = fall * FALL;
    let l = (lightness - 54.0) / 20.0;
    let shade = (SHADE[0] - SHADE[1] * l).clamp(0.0, 1.0);
    // Between the two depths, of an exponential.
    let sum = |fall: f64| fall * ((-top / fall).exp() - (-bottom / fall).exp());
    let height = sum(fall) - shade * sum(1.0 / (1.0 / fall + 1.0 / SHADE_FALL));
    let lid = (-top / fall).exp() * (1.0 - shade * (-top / SHADE_FALL).exp());
    let lid = lid * TOP[0] * diameter / (1.0 + TOP[1] * diameter);
    let chord = diameter * (bottom - top) / (bottom - top + 0.5 * diameter);
    let [longer, even] = CHORD;
    let taken = 1.0 - (1.0 + longer * absorption * chord / even).powf(-even);
    let side = side * (SIDE_LIGHT[0] + SIDE_LIGHT[1] * l + SIDE_LIGHT[2] * l * l).exp();
    side * diameter * (height + lid) * taken
}

/// `ln(R0/R)` of dots that alone would take the light of `share` of the skin: the sum of their areas ([`dot_area`], times
/// [`crate::ZoneFacts::side_light`]) over the area that they stand on. Dots crowd: `K*ln(1 + share/K)`, K = 1.02.
///
/// # Errors
/// A share below 0 or above 3: denser than photons were followed through.
pub fn load_of(share: f64) -> Result<f64, SkinError> {
    Ok(crowded(within("share of the light", share, [0.0, 3.0], "of the light")?))
}

/// [`load_of`] without its range: dots that together would take the light of `share` of the skin.
pub(crate) fn crowded(share: f64) -> f64 {
    CROWD * (share / CROWD).ln_1p()
}

/// The inverse of [`crowded`].
pub(crate) fn share_for(load: f64) -> f64 {
    CROWD * (load / CROWD).exp_m1()
}

/// How much darker the stipple makes the skin, in L*; see [`reflectance`] for the range.
pub fn darkening(s: &Stipple) -> Result<f64, SkinError> {
    Ok(s.lightness - lightness_of(reflectance(s)?))
}

/// Part of the area under dots thrown at random: `a = 1-exp(-N*pi*d^2/4)` (skin.md 3.5a).
pub fn coverage(density: PerSquareMetre, diameter: Metres) -> Result<f64, SkinError> {
    let n = within("density", density.per_cm2(), [0.0, 1_000.0], "dots/cm2")? * 1e4;
    let d = within("dot diameter", diameter.mm(), [0.0, 1.5], "mm")? * 1e-3;
    Ok(-(-n * std::f64::consts::FRAC_PI_4 * d * d).exp_m1())
}

/// Murray-Davies: `R = (1-a)*Rs + a*Rd`. Ink on a surface; under-predicts dots in skin 4-12 times (skin.md 3.5a).
pub fn murray_davies(coverage: f64, skin: f64, dot: f64) -> Result<f64, SkinError> {
    yule_nielsen(coverage, skin, dot, 1.0)
}

/// Yule-Nielsen: `R = ((1-a)*Rs^(1/n) + a*Rd^(1/n))^n`, n 1-2. Ink on a scattering surface; for comparison (S114 B).
pub fn yule_nielsen(coverage: f64, skin: f64, dot: f64, n: f64) -> Result<f64, SkinError> {
    let a = within("coverage", coverage, [0.0, 1.0], "of the area")?;
    let skin = within("reflectance of the skin", skin, [0.0, 1.0], "")?;
    let dot = within("reflectance of a dot", dot, [0.0, 1.0], "")?;
    let n = within("Yule-Nielsen factor", n, [1.0, 3.0], "")?;
    Ok(((1.0 - a) * skin.powf(1.0 / n) + a * dot.powf(1.0 / n)).powf(n))
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
    #[track_caller]
    fn check(n: f64, d: f64, column: [Metres; 2], mu: f64, embedded: [Option<f64>; 3], surface: [f64; 2]) {
        for (lightness, published) in [72.0, 54.0, 32.0].into_iter().zip(embedded) {
            let Some(published) = published else { continue };
            let got = darkening(&stipple(lightness, n, d, column, mu)).unwrap();
            assert!((got / published - 1.0).abs() < 0.15, "{n} {d} {mu} on {lightness}: {got} {published}");
        }
        let (a, skin) = (coverage(PerSquareMetre::from_per_cm2(n), Metres::from_mm(d)).unwrap(), reflectance_of(72.0));
        let md = 72.0 - lightness_of(murray_davies(a, skin, INK_REFLECTANCE).unwrap());
        let yn = 72.0 - lightness_of(yule_nielsen(a, skin, INK_REFLECTANCE, 2.0).unwrap());
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
                let got = 100.0 * coverage(PerSquareMetre::from_per_cm2(n), Metres::from_mm(d)).unwrap();
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
        // As people ask: 2 mm deep, 400 dots/cm2, L* 95.
        refused(Stipple { column: [mm(0.1), mm(2.0)], ..good }, "bottom of the column");
        refused(Stipple { density: PerSquareMetre::from_per_cm2(400.0), ..good }, "density");
        refused(Stipple { lightness: 95.0, ..good }, "lightness of the skin");
        refused(Stipple { lightness: 72.1, ..good }, "lightness of the skin");
        refused(Stipple { lightness: 31.9, ..good }, "lightness of the skin");
        refused(Stipple { density: PerSquareMetre::from_per_cm2(151.0), ..good }, "density");
        refused(Stipple { density: PerSquareMetre::from_per_cm2(-1.0), ..good }, "density");
        refused(Stipple { diameter: mm(0.41), ..good }, "dot diameter");
        refused(Stipple { diameter: mm(0.059), ..good }, "dot diameter");
        refused(Stipple { column: [mm(0.3), mm(1.21)], ..good }, "bottom of the column");
        refused(Stipple { column: [mm(0.5), mm(0.4)], ..good }, "top of the column");
        refused(Stipple { column: [mm(0.2), mm(0.205)], ..good }, "top of the column");
        refused(Stipple { column: [mm(0.04), mm(0.2)], ..good }, "top of the column");
        refused(Stipple { column: [mm(0.71), mm(1.2)], ..good }, "top of the column");
        refused(Stipple { column: [mm(0.05), mm(0.055)], ..good }, "bottom of the column");
        refused(Stipple { absorption: 50_000.0, ..good }, "absorption");
        refused(Stipple { absorption: f64::NAN, ..good }, "absorption");
        assert!(reflectance(&Stipple { density: PerSquareMetre::ZERO, ..good }).is_ok());
    }

    #[track_caller]
    fn out<T: std::fmt::Debug>(got: Result<T, SkinError>, named: &str) {
        match got {
            Err(SkinError::OutOfRange { what, .. }) => assert_eq!(what, named),
            other => panic!("{named}: {other:?}"),
        }
    }

    #[test]
    fn so_do_the_laws_of_printing_and_of_crowds() {
        let (n, d) = (PerSquareMetre::from_per_cm2, Metres::from_mm);
        out(coverage(n(-1.0), d(0.1)), "density");
        out(coverage(n(1_001.0), d(0.1)), "density");
        out(coverage(n(80.0), d(2.0)), "dot diameter");
        out(coverage(n(80.0), d(f64::NAN)), "dot diameter");
        out(murray_davies(1.1, 0.4, 0.04), "coverage");
        out(murray_davies(0.1, 1.1, 0.04), "reflectance of the skin");
        out(yule_nielsen(0.1, 0.4, -0.1, 2.0), "reflectance of a dot");
        out(yule_nielsen(0.1, 0.4, 0.04, 0.5), "Yule-Nielsen factor");
        out(load_of(-0.1), "share of the light");
        out(load_of(3.1), "share of the light");
        out(load_of(f64::NAN), "share of the light");
        assert!((share_for(load_of(0.7).unwrap()) - 0.7).abs() < 1e-12);
        // Few dots do not crowd.
        assert!((load_of(0.001).unwrap() / 0.001 - 1.0).abs() < 1e-3);
    }
}
