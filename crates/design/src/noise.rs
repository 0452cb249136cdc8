//! Smooth value noise in [-1, 1], by counter: the same on every machine, no state.
//!
//! In: seed, stage, place. Out: one number. Only products and sums of exact hashes (stipple.md section 10).

use frames::{Seed, mix, unit};

/// Along a line; `x` in lattice steps.
pub(crate) fn along(seed: Seed, stage: u64, x: f64) -> f64 {
    let cell = x.floor();
    let t = smoothstep(x - cell);
    let corner = |k: i64| 2.0 * unit(seed, stage, k as u64) - 1.0;
    let k = cell as i64;
    corner(k) * (1.0 - t) + corner(k + 1) * t
}

/// Mounds and gaps that take turns along a line, one a step of `x` on average, each in [0.5, 1] of its sign: chance moves them by up
/// to a quarter of a step and makes them unequal, but leaves no stretch without one.
pub(crate) fn mounds(seed: Seed, stage: u64, x: f64) -> f64 {
    // Place and height of mound or gap k.
    let at = |k: i64| {
        let key = mix(k as u64);
        let place = k as f64 + 0.5 * (unit(seed, stage, key) - 0.5);
        let height = 0.5 + 0.5 * unit(seed, stage, !key);
        (place, if k & 1 == 0 { height } else { -height })
    };
    let near = x.floor() as i64;
    // The last one at or before x is one of these: a place is moved by less than half a step.
    let (mut from, mut to) = (at(near - 1), at(near));
    for k in near + 1..=near + 2 {
        if to.0 > x {
            break;
        }
        (from, to) = (to, at(k));
    }
    let t = smoothstep((x - from.0) / (to.0 - from.0));
    from.1 * (1.0 - t) + to.1 * t
}

/// In space; `p` in lattice steps.
pub(crate) fn solid(seed: Seed, stage: u64, p: [f64; 3]) -> f64 {
    let cell = p.map(f64::floor);
    let t = [0, 1, 2].map(|k| smoothstep(p[k] - cell[k]));
    let mut sum = 0.0;
    for corner in 0..8_usize {
        let bit = [corner & 1, corner >> 1 & 1, corner >> 2];
        let mut weight = 1.0;
        let mut key = 0;
        for k in 0..3 {
            weight *= if bit[k] == 1 { t[k] } else { 1.0 - t[k] };
            key = mix(key ^ (cell[k] as i64 + bit[k] as i64) as u64);
        }
        sum += weight * (2.0 * unit(seed, stage, key) - 1.0);
    }
    sum
}

/// 3t² - 2t³, held at 0 and 1 outside. A NaN gives 0.
pub(crate) fn smoothstep(t: f64) -> f64 {
    if t >= 1.0 {
        1.0
    } else if t > 0.0 {
        t * t * (3.0 - 2.0 * t)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_smooth_and_held() {
        for (t, want) in
            [(-1.0, 0.0), (0.0, 0.0), (0.25, 0.156_25), (0.5, 0.5), (1.0, 1.0), (9.0, 1.0), (f64::NAN, 0.0)]
        {
            assert!((smoothstep(t) - want).abs() < 1e-15, "{t}");
        }
    }

    #[test]
    fn noise_fills_its_range_and_has_no_jumps() {
        let (mut low, mut high, mut square) = (0.0_f64, 0.0_f64, 0.0);
        let mut last = (along(Seed(5), 1, -50.0), solid(Seed(5), 2, [-50.0, 3.3, -7.7]));
        for k in 1..10_000 {
            let x = -50.0 + 0.01 * f64::from(k);
            let now = (along(Seed(5), 1, x), solid(Seed(5), 2, [x, 3.3, -7.7]));
            assert!((now.0 - last.0).abs() < 0.031 && (now.1 - last.1).abs() < 0.031, "a jump at {x}");
            low = low.min(now.0);
            high = high.max(now.0);
            square += now.0 * now.0 / 1e4;
            last = now;
        }
        assert!(low < -0.9 && high > 0.9 && low >= -1.0 && high <= 1.0, "{low} {high}");
        assert!((0.15..0.4).contains(&square), "{square}");
    }

    /// No jump, no flat stretch of a step and a half (the widest way between two, hence half of the least rise on one side of a
    /// turn), one turn a step.
    #[test]
    fn mounds_take_turns() {
        let all: Vec<f64> = (0..40_000).map(|k| mounds(Seed(5), 1, -20.0 + 0.001 * f64::from(k))).collect();
        assert!(all.windows(2).all(|w| (w[1] - w[0]).abs() < 0.0065), "a jump");
        let range = |w: &[f64]| w.iter().copied().fold(f64::MIN, f64::max) - w.iter().copied().fold(f64::MAX, f64::min);
        assert!(all.windows(1500).step_by(50).all(|w| range(w) > 0.45));
        let crossings = all.windows(2).filter(|w| w[0] * w[1] < 0.0).count();
        assert!((39..=41).contains(&crossings), "{crossings}");
        assert!(all.iter().all(|v| v.abs() <= 1.0) && range(&all) > 1.8);
    }

    #[test]
    fn stages_differ() {
        assert!((along(Seed(5), 1, 0.3) - along(Seed(5), 2, 0.3)).abs() > 1e-6);
        assert!((along(Seed(5), 1, 0.3) - along(Seed(6), 1, 0.3)).abs() > 1e-6);
    }
}
