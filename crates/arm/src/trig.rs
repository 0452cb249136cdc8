//! Sine, cosine and arc tangent over several lanes at once.
//!
//! In: a row of angles or vectors. Out: the same to a few 1e-16. Only additions, products, quotients and selections, so the
//! compiler may use what vector unit there is and the bits are the same on every machine. Absent: huge angles (up to
//! 1e5 rad), signed zeros, infinities.
//!
//! Polynomials: Moshier, Cephes 2.8 (1984-2000), `sin.c` and `atan.c`; reduction by Cody and Waite (1980).

/// Eight branches side by side.
pub(crate) type Lanes = [f64; 8];

/// Adding and taking away 1.5 * 2^52 rounds to a whole number without a call.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Sine and cosine.
#[inline]
pub(crate) fn sin_cos<const N: usize>(x: &[f64; N]) -> ([f64; N], [f64; N]) {
    // pi/2 in three parts: products with a whole number below 2^20 are exact.
    const PARTS: [f64; 3] = [1.570_796_251_296_997, 7.549_789_415_861_596e-8, 5.390_302_858_158_3e-15];
    let (mut sin, mut cos) = ([0.0; N], [0.0; N]);
    for i in 0..N {
        let n = (x[i] * std::f64::consts::FRAC_2_PI + ROUND) - ROUND;
        let r = ((x[i] - n * PARTS[0]) - n * PARTS[1]) - n * PARTS[2];
        let z = r * r;
        let s = r + r
            * z
            * (-1.666_666_666_666_663e-1
                + z * (8.333_333_333_322_118e-3
                    + z * (-1.984_126_982_958_954e-4
                        + z * (2.755_731_362_138_572_5e-6
                            + z * (-2.505_074_776_285_780_7e-8 + z * 1.589_623_015_765_465_7e-10)))));
        let c = 1.0 - 0.5 * z
            + z * z
                * (4.166_666_666_666_659_5e-2
                    + z * (-1.388_888_888_887_305_6e-3
                        + z * (2.480_158_728_885_171_6e-5
                            + z * (-2.755_731_417_929_673_6e-7
                                + z * (2.087_570_084_197_473e-9 - z * 1.135_853_652_138_768_2e-11)))));
        // Quarter turns: odd ones swap, two of four change a sign. n mod 4 by halving, again without a call.
        let half = (0.5 * n - 0.25 + ROUND) - ROUND;
        let odd = n - 2.0 * half > 0.5;
        let half_odd = (half * 0.5 - 0.25 + ROUND) - ROUND;
        let low = half - 2.0 * half_odd > 0.5;
        let (a, b) = if odd { (c, -s) } else { (s, c) };
        sin[i] = if low { -a } else { a };
        cos[i] = if low { -b } else { b };
    }
    (sin, cos)
}

/// Angle of the vector `(x, y)`, in (-pi, pi]; 0 for no vector.
#[inline]
pub(crate) fn atan2<const N: usize>(y: &[f64; N], x: &[f64; N]) -> [f64; N] {
    use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
    const TAN_PI_8: f64 = 0.414_213_562_373_095_03;
    let mut out = [0.0; N];
    for i in 0..N {
        let (ax, ay) = (x[i].abs(), y[i].abs());
        let steep = ay > ax;
        let (low, high) = if steep { (ax, ay) } else { (ay, ax) };
        let high = if high > 0.0 { high } else { 1.0 };
        // Folded once more, to tangents of at most pi/8.
        let fold = low > TAN_PI_8 * high;
        let (n, d, base) = if fold { (low - high, low + high, FRAC_PI_4) } else { (low, high, 0.0) };
        let t = n / d;
        let z = t * t;
        let p = -6.485_021_904_942_025e1
            + z * (-1.228_866_684_490_136_1e2
                + z * (-7.500_855_792_314_705e1 + z * (-1.615_753_718_733_365e1 - z * 8.750_608_600_031_904e-1)));
        let q = 1.945_506_571_482_614e2
            + z * (4.853_903_996_359_137e2
                + z * (4.328_810_604_912_902_7e2
                    + z * (1.650_270_098_316_988_5e2 + z * (2.485_846_490_142_306_3e1 + z))));
        let r = base + (t + t * z * p / q);
        let r = if steep { FRAC_PI_2 - r } else { r };
        let r = if x[i] < 0.0 { PI - r } else { r };
        out[i] = if y[i] < 0.0 { -r } else { r };
    }
    out
}

/// `x` less as many whole turns as bring it nearest to `near`.
#[inline]
pub(crate) fn turn_to<const N: usize>(x: &[f64; N], near: f64) -> [f64; N] {
    let mut out = [0.0; N];
    for i in 0..N {
        let turns = ((x[i] - near) * (1.0 / std::f64::consts::TAU) + ROUND) - ROUND;
        out[i] = x[i] - turns * std::f64::consts::TAU;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use frames::{Seed, unit};

    #[test]
    fn agrees_with_the_library() {
        for k in 0..20_000 {
            let x: Lanes = std::array::from_fn(|i| 40.0 * (unit(Seed(1), i as u64, k) - 0.5));
            let (sin, cos) = sin_cos(&x);
            let y: Lanes = std::array::from_fn(|i| x[i].sin() * 3.0);
            let w: Lanes = std::array::from_fn(|i| x[i].cos() * 3.0);
            let angle = atan2(&y, &w);
            for i in 0..8 {
                assert!((sin[i] - x[i].sin()).abs() < 4e-16, "sin {}: {}", x[i], sin[i]);
                assert!((cos[i] - x[i].cos()).abs() < 4e-16, "cos {}: {}", x[i], cos[i]);
                assert!((angle[i] - y[i].atan2(w[i])).abs() < 1e-15, "atan2 {} {}", y[i], w[i]);
            }
        }
    }

    #[test]
    fn the_nearest_turn() {
        let turned = turn_to(&[0.0, 3.0, -3.0, 7.0], 6.0);
        let tau = std::f64::consts::TAU;
        for (got, want) in turned.iter().zip([tau, 3.0, tau - 3.0, 7.0]) {
            assert!((got - want).abs() < 1e-14);
        }
    }

    #[test]
    fn at_the_edges() {
        use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
        let y = [0.0, 0.0, 1.0, -1.0, 1.0, 1.0, 0.0, -1e-300];
        let x = [1.0, -1.0, 0.0, 0.0, 1.0, -1.0, 0.0, -1.0];
        let want = [0.0, PI, FRAC_PI_2, -FRAC_PI_2, FRAC_PI_4, 3.0 * FRAC_PI_4, 0.0, -PI];
        for (got, want) in atan2(&y, &x).iter().zip(want) {
            assert!((got - want).abs() < 1e-15, "{got} {want}");
        }
        let turns: Lanes = std::array::from_fn(|i| (i as f64 - 4.0) * FRAC_PI_2);
        let (sin, cos) = sin_cos(&turns);
        for i in 0..8 {
            assert!((sin[i] - turns[i].sin()).abs() < 4e-16 && (cos[i] - turns[i].cos()).abs() < 4e-16);
        }
        assert!(sin_cos(&[f64::NAN; 8]).0[0].is_nan());
    }
}
