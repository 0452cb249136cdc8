//! Colour and sharpness of a dot under skin, and from how far it is seen.
//!
//! In: wavelength, layer, depth, size. Out: absorption, scattering, reflectance of a stack, blur, distance of fusion.
//! Absent: what a dot looks like (see `tint.rs`); published coefficients differ by orders of magnitude (S118 A), so calibrate.
//! Source: skin.md 3.5c, 3.5d.

use frames::{Metres, Penetration};

use crate::SkinError;
use crate::error::within;

/// One arc minute, the acuity of a good eye, radians as skin.md 3.5d rounds it.
pub const ARC_MINUTE: f64 = 2.9e-4;
/// Deeper than this carbon is said to look bluer (skin.md 3.5c K). Photons know no such edge: see [`crate::hue_shift`].
pub const BLUE_BELOW: Penetration = Penetration::new(Metres::from_mm(0.8));

/// Absorption of skin without blood and melanin, 1/m. Published in 1/cm: `0.244+85.3*exp(-(nm-154)/66.2)` (Jacques 1998,
/// S117 A). Range 400-1000 nm.
pub fn baseline_absorption(wavelength: Metres) -> Result<f64, SkinError> {
    Ok(100.0 * (0.244 + 85.3 * (-(nanometres(wavelength)? - 154.0) / 66.2).exp()))
}

/// Reduced scattering of skin, 1/m. Published in 1/cm: `46*(nm/500)^-1.42` (skin.md 3.5c K). Range 400-1000 nm.
pub fn reduced_scattering(wavelength: Metres) -> Result<f64, SkinError> {
    Ok(100.0 * 46.0 * (nanometres(wavelength)? / 500.0).powf(-1.42))
}

fn nanometres(wavelength: Metres) -> Result<f64, SkinError> {
    within("wavelength", wavelength.get() * 1e9, [400.0 - 1e-6, 1_000.0 + 1e-6], "nm")
}

/// Reflectance and transmittance of a layer `thickness` thick by Kubelka and Munk, with `K = 2*mu_a`, `S = 0.75*mu_s'`
/// (skin.md 3.5c K), both in 1/m: up to 1e6/m, layers to 0.1 m.
pub fn layer(absorption: f64, scattering: f64, thickness: Metres) -> Result<[f64; 2], SkinError> {
    let k = 2e3 * within("absorption", 1e-3 * absorption, [0.0, 1_000.0], "1/mm")?;
    let s = 0.75e3 * within("scattering", 1e-3 * scattering, [0.0, 1_000.0], "1/mm")?;
    let x = 1e-3 * within("thickness of a layer", thickness.mm(), [0.0, 100.0], "mm")?;
    // With u = x*sqrt(K*(K+2S)) everything has a limit at u = 0, where nothing absorbs.
    let u = x * (k * (k + 2.0 * s)).sqrt();
    // So thick that nothing passes: beyond here the hyperbolic functions overflow, and only their ratio counts.
    if u > 300.0 {
        return Ok([s / (k + s + (k * (k + 2.0 * s)).sqrt()), 0.0]);
    }
    let sinhc = if u < 1e-3 { 1.0 + u * u / 6.0 } else { u.sinh() / u };
    let below = (k + s) * x * sinhc + u.cosh();
    Ok([s * x * sinhc / below, 1.0 / below])
}

/// Reflectance of a ground `ground` under a layer: `R = R1 + T1^2*Rd/(1-R1*Rd)` (skin.md 3.5c).
pub fn under_layer([reflectance, transmittance]: [f64; 2], ground: f64) -> Result<f64, SkinError> {
    let r = within("reflectance of a layer", reflectance, [0.0, 1.0], "")?;
    let t = within("transmittance of a layer", transmittance, [0.0, 1.0 - r + 1e-12], "")?;
    let ground = within("reflectance of the ground", ground, [0.0, 1.0], "")?;
    // A mirror on a mirror: nothing goes in.
    let between = 1.0 - r * ground;
    Ok(if between > 0.0 { r + t * t * ground / between } else { r })
}

/// Standard deviation of the blur of a dot at depth `z`: `0.35*z + 0.05 mm` (skin.md 3.5c E). Photons see another shape:
/// [`crate::spread`]. Down to the mechanical stop, 1.2 mm.
pub fn blur(z: Penetration) -> Result<Metres, SkinError> {
    let z = within("depth of a dot", z.length().mm(), [0.0, 1.2 + 1e-9], "mm")?;
    Ok(Metres::from_mm(0.35 * z + 0.05))
}

/// From here on a detail of `size` is no longer resolved (skin.md 3.5d D).
pub fn fusion_distance(size: Metres) -> Result<Metres, SkinError> {
    Ok(Metres::from_mm(within("size of a detail", size.mm(), [0.0, 100.0], "mm")? / ARC_MINUTE))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    fn nm(v: f64) -> Metres {
        Metres::new(v * 1e-9)
    }

    #[test]
    fn published_coefficients() {
        // 46/cm at 500 nm: mean free path 0.22 mm.
        assert!((1e3 / reduced_scattering(nm(500.0)).unwrap() - 0.217).abs() < 0.001);
        // 0.244 + 85.3*exp(-346/66.2) = 0.702/cm.
        assert!((baseline_absorption(nm(500.0)).unwrap() - 70.2).abs() < 0.1);
        assert!(baseline_absorption(nm(400.0)).unwrap() > baseline_absorption(nm(700.0)).unwrap());
    }

    #[test]
    fn layers() {
        // Nothing absorbs: what does not come back goes through; S*x = 3.
        let [r, t] = layer(0.0, 4_000.0, Metres::from_mm(1.0)).unwrap();
        assert!((r - 0.75).abs() < 1e-12 && (t - 0.25).abs() < 1e-12, "{r} {t}");
        // Thick: R = 1 + K/S - sqrt((K/S)^2 + 2K/S).
        let [r, t] = layer(70.0, 4_000.0, Metres::from_mm(50.0)).unwrap();
        let ratio: f64 = 140.0 / 3_000.0;
        assert!((r - (1.0 + ratio - (ratio * ratio + 2.0 * ratio).sqrt())).abs() < 1e-9 && t < 1e-9, "{r} {t}");
        // Nothing scatters: Beer's law for diffuse light.
        let [r, t] = layer(500.0, 0.0, Metres::from_mm(1.0)).unwrap();
        assert!(r.abs() < 1e-15 && (t - (-1.0_f64).exp()).abs() < 1e-12, "{r} {t}");
        // No layer.
        assert!((under_layer(layer(70.0, 4_000.0, Metres::ZERO).unwrap(), 0.3).unwrap() - 0.3).abs() < 1e-15);
        // Two halves make a whole.
        let half = layer(70.0, 4_000.0, Metres::from_mm(0.5)).unwrap();
        let whole = under_layer(layer(70.0, 4_000.0, Metres::from_mm(1.0)).unwrap(), 0.1).unwrap();
        assert!((under_layer(half, under_layer(half, 0.1).unwrap()).unwrap() - whole).abs() < 1e-12);
        // So they do where almost nothing absorbs, on either side of the series' end: u = 6e-4 and 1.2e-3.
        let half = layer(0.000_12, 4_000.0, Metres::from_mm(0.5)).unwrap();
        let whole = under_layer(layer(0.000_12, 4_000.0, Metres::from_mm(1.0)).unwrap(), 0.1).unwrap();
        assert!((under_layer(half, under_layer(half, 0.1).unwrap()).unwrap() - whole).abs() < 1e-12);
    }

    #[test]
    fn seen_from_afar() {
        for (size, want) in [(0.10, 0.34), (0.15, 0.52), (0.20, 0.69), (0.30, 1.03), (1.0, 3.4)] {
            let got = fusion_distance(Metres::from_mm(size)).unwrap().get();
            assert!((got - want).abs() < if want < 2.0 { 0.005_1 } else { 0.051 }, "{size}: {got}");
        }
        assert!((blur(Penetration::new(Metres::from_mm(0.5))).unwrap().mm() - 0.225).abs() < 1e-12);
    }

    #[track_caller]
    fn refused<T: std::fmt::Debug>(got: Result<T, SkinError>, named: &str) {
        match got {
            Err(SkinError::OutOfRange { what, .. }) => assert_eq!(what, named),
            other => panic!("{named}: {other:?}"),
        }
    }

    #[test]
    fn outside_their_range_the_laws_say_so() {
        let mm = Metres::from_mm;
        for wrong in [399.0, 1_001.0, f64::NAN] {
            refused(baseline_absorption(nm(wrong)), "wavelength");
            refused(reduced_scattering(nm(wrong)), "wavelength");
        }
        assert!(baseline_absorption(nm(400.0)).is_ok() && reduced_scattering(nm(1_000.0)).is_ok());
        refused(layer(-1.0, 4_000.0, mm(1.0)), "absorption");
        refused(layer(70.0, f64::NAN, mm(1.0)), "scattering");
        refused(layer(70.0, 4_000.0, mm(101.0)), "thickness of a layer");
        refused(under_layer([1.1, 0.0], 0.1), "reflectance of a layer");
        refused(under_layer([0.5, 0.6], 0.1), "transmittance of a layer");
        refused(under_layer([0.5, 0.4], -0.1), "reflectance of the ground");
        refused(fusion_distance(mm(-0.1)), "size of a detail");
        refused(blur(Penetration::new(mm(2.0))), "depth of a dot");
        refused(blur(Penetration::new(mm(-0.1))), "depth of a dot");
    }

    /// Where sinh is more than a number can hold.
    #[test]
    fn a_wall_is_a_number() {
        let [r, t] = layer(1e6, 1e6, Metres::from_mm(100.0)).unwrap();
        assert!((0.0..1.0).contains(&r) && t.abs() < 1e-300, "{r} {t}");
        assert!((under_layer([1.0, 0.0], 1.0).unwrap() - 1.0).abs() < 1e-15);
    }
}
