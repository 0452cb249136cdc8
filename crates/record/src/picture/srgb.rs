//! Light to screen values and back, as sRGB has it.
//!
//! In: linear light, 0 to 1. Out: 0 to 255, and back. Absent: other colour spaces.
//! IEC 61966-2-1, with the 2.4th power made of products and a fifth root by Newton's method, so that every machine finds
//! the same bytes.

use std::sync::LazyLock;

use super::Colour;

/// Light at which a screen value gives way to the next one.
static BETWEEN: LazyLock<Vec<f64>> = LazyLock::new(|| (0..255).map(|c| light(f64::from(c) + 0.5)).collect());

/// Linear light of a screen value.
pub fn linear(colour: Colour) -> [f64; 3] {
    colour.map(|c| light(f64::from(c)))
}

/// The screen value nearest to a linear light; what is brighter than white is white.
pub fn screen(light: [f64; 3]) -> Colour {
    light.map(|v| BETWEEN.partition_point(|b| *b <= v) as u8)
}

fn light(code: f64) -> f64 {
    let v = code / 255.0;
    if v <= 0.040_45 {
        return v / 12.92;
    }
    let x = (v + 0.055) / 1.055;
    x * x * fifth_root(x * x)
}

/// Of a number in 0.008..1.01: Newton's steps fall from 1 on without overshooting.
fn fifth_root(a: f64) -> f64 {
    (0..40).fold(1.0, |y: f64, _| {
        let y4 = y * y * y * y;
        y - (y4 * y - a) / (5.0 * y4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IEC 61966-2-1: code 188 is 0.5029, 128 is 0.2159, 10 is 0.00304 (linear part).
    #[test]
    fn published_values() {
        for (code, want) in [(0, 0.0), (10, 0.003_035), (128, 0.215_861), (188, 0.502_886), (255, 1.0)] {
            let [got, ..] = linear([code; 3]);
            assert!((got - want).abs() < 1e-6, "{code}: {got}");
        }
    }

    #[test]
    fn every_value_comes_back() {
        for code in 0..=255 {
            assert_eq!(screen(linear([code; 3])), [code; 3]);
        }
        assert_eq!(screen([-0.1, 7.0, f64::NAN]), [0, 255, 0]);
    }

    #[test]
    fn the_curve_is_the_published_power() {
        for code in 11..=255_u8 {
            let want = ((f64::from(code) / 255.0 + 0.055) / 1.055).powf(2.4);
            assert!((linear([code; 3])[0] - want).abs() < 1e-12, "{code}");
        }
    }
}
