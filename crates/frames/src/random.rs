//! Random numbers by counter, without state: value `k` of a stage does not depend on who asked first, so results are
//! the same for any order and any thread count. SplitMix64: Steele, Lea, Flood (2014), OOPSLA, figure 16.

use crate::Seed;

/// SplitMix64's finaliser on the golden-ratio step.
pub const fn mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Value `k` of `stage` under `seed`: 64 even bits.
pub const fn hash(seed: Seed, stage: u64, k: u64) -> u64 {
    mix(mix(mix(seed.0) ^ stage) ^ k)
}

/// Even on [0, 1), 53 bits. Only integer operations and one exact product: the same on every machine.
pub const fn unit(seed: Seed, stage: u64, k: u64) -> f64 {
    (hash(seed, stage, k) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// Standard normal, from twelve uniforms (Irwin-Hall): no transcendental function, so the same on every machine; its
/// tails end at 6 sigma.
pub fn gauss(seed: Seed, stage: u64, k: u64) -> f64 {
    let mut sum = -6.0;
    let mut word = hash(seed, stage, k);
    for _ in 0..12 {
        word = mix(word);
        sum += (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First outputs of SplitMix64 from state 0, as published with its reference implementation.
    #[test]
    fn matches_the_published_sequence() {
        let gamma = 0x9E37_79B9_7F4A_7C15_u64;
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(mix(gamma), 0x6E78_9E6A_A1B9_65F4);
        assert_eq!(mix(gamma.wrapping_mul(2)), 0x06C4_5D18_8009_454F);
    }

    #[test]
    fn moments() {
        let n = 20_000;
        let (mut mean, mut square, mut even) = (0.0, 0.0, 0.0);
        for k in 0..n {
            let g = gauss(Seed(7), 3, k);
            mean += g / n as f64;
            square += g * g / n as f64;
            even += unit(Seed(7), 4, k) / n as f64;
        }
        assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.03 && (even - 0.5).abs() < 0.01);
    }
}
