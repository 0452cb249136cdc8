//! How soft an edge is: from 10 to 90 % of the tone behind it.
//!
//! In: pieces of load with their distance behind the edge, and the area there. Out: a width. Absent: where the edge is; the
//! design says so.

/// Of the profile, metres.
const BIN: f64 = 0.5e-3;
/// Of the Gaussian by which both profiles are smoothed; it widens a sharp step to 2.6 mm.
const SIGMA: f64 = 1.0e-3;
/// From here to here ahead of and behind the edge, metres.
const AHEAD: f64 = 5e-3;
const BEHIND: f64 = 60e-3;
/// Behind the edge means: where at least this much of the greatest load is wanted.
const PLATEAU: f64 = 0.97;
/// A profile over less area than this, m², or from a designed edge of less load than this is none.
const LEAST_AREA: f64 = 1e-4;

/// Load and area by distance behind an edge.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    area: Vec<f64>,
    wanted: Vec<f64>,
}

/// From 10 to 90 %, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Width {
    pub(super) designed: f64,
    pub(super) found: f64,
}

fn bin(behind: f64) -> Option<usize> {
    let at = (behind + AHEAD) / BIN;
    (at >= 0.0 && behind < BEHIND).then_some(at as usize)
}

fn bins() -> Vec<f64> {
    vec![0.0; ((AHEAD + BEHIND) / BIN) as usize + 1]
}

impl Profile {
    /// Of pieces of skin: distance behind, area, wanted load.
    pub(super) fn new(pieces: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        let mut profile = Self { area: bins(), wanted: bins() };
        for (behind, area, load) in pieces {
            if let Some(k) = bin(behind) {
                profile.area[k] += area;
                profile.wanted[k] += load;
            }
        }
        profile
    }

    /// Against dots: distance behind and load. `darken` turns load per area into tone.
    pub(super) fn width(
        &self,
        dots: impl IntoIterator<Item = (f64, f64)>,
        darken: impl Fn(f64) -> f64,
    ) -> Option<Width> {
        if self.area.iter().sum::<f64>() < LEAST_AREA {
            return None;
        }
        let mut load = bins();
        for (behind, dot) in dots {
            if let Some(k) = bin(behind) {
                load[k] += dot;
            }
        }
        let tone = |load: &[f64]| self.smooth(load).into_iter().map(|l| l.map(&darken)).collect::<Vec<_>>();
        let (wanted, found) = (tone(&self.wanted), tone(&load));
        let most = wanted.iter().flatten().copied().fold(0.0, f64::max);
        let behind: Vec<usize> =
            (0..wanted.len()).filter(|&k| wanted[k].is_some_and(|tone| tone >= PLATEAU * most)).collect();
        let plateau = |tone: &[Option<f64>]| {
            let area: f64 = behind.iter().map(|&k| self.area[k]).sum();
            behind.iter().filter_map(|&k| Some(self.area[k] * tone[k]?)).sum::<f64>() / area
        };
        Some(Width { designed: rise(&wanted, plateau(&wanted))?, found: rise(&found, plateau(&found))? })
    }

    /// Load per area, both smoothed alike; `None` where there is no skin.
    fn smooth(&self, load: &[f64]) -> Vec<Option<f64>> {
        let reach = (4.0 * SIGMA / BIN) as usize;
        let around = |k: usize| k.saturating_sub(reach)..(k + reach + 1).min(load.len());
        let weight = |j: usize, k: usize| (-0.5 * (j.abs_diff(k) as f64 * BIN / SIGMA).powi(2)).exp();
        let mean = |k: usize| {
            let load: f64 = around(k).map(|j| weight(j, k) * load[j]).sum();
            let area: f64 = around(k).map(|j| weight(j, k) * self.area[j]).sum();
            (self.area[k] > 0.0).then(|| load / area)
        };
        (0..load.len()).map(mean).collect()
    }
}

/// From the last 10 % before the middle of the rise to the first 90 % after it, in skin without a gap.
fn rise(tone: &[Option<f64>], plateau: f64) -> Option<f64> {
    let [low, middle, high] = [0.1, 0.5, 0.9].map(|part| part * plateau);
    let middle = tone.iter().position(|t| t.is_some_and(|t| t >= middle)).filter(|_| plateau > 0.0)?;
    let cross = |k: usize, level: f64| {
        let (from, to) = (tone[k]?, (*tone.get(k + 1)?)?);
        Some(k as f64 + (level - from) / (to - from))
    };
    let before = (0..middle).rev().find(|&k| tone[k].is_none_or(|t| t < low))?;
    let after = (middle..tone.len()).find(|&k| tone[k].is_none_or(|t| t >= high))?;
    Some((cross(after.checked_sub(1)?, high)? - cross(before, low)?) * BIN)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    /// A straight ramp of a width on a strip of 100 mm, and dots on a grid that follow a ramp of another width.
    #[track_caller]
    fn check(designed: f64, laid: f64) {
        let ramp = |x: f64, width: f64| (x / width).clamp(0.0, 1.0);
        let step = 0.1e-3;
        let pieces = (-50..500).map(|k| (f64::from(k) + 0.5) * step);
        let profile = Profile::new(pieces.clone().map(|x| (x, 0.1 * step, 0.1 * step * ramp(x, designed))));
        let width = profile.width(pieces.map(|x| (x, 0.1 * step * ramp(x, laid))), |load| load).unwrap();
        // 10 to 90 % of a straight ramp, widened by the smoothing (2.56 sigma) in quadrature.
        let want = |width: f64| (0.8 * width).hypot(2.56 * SIGMA);
        assert!((width.designed - want(designed)).abs() < 0.07 * want(designed), "{width:?}");
        assert!((width.found - want(laid)).abs() < 0.08 * want(laid), "{width:?}");
    }

    #[test]
    fn ramps_are_as_wide_as_they_were_made() {
        check(10e-3, 10e-3);
        check(10e-3, 20e-3);
        check(20e-3, 6e-3);
        check(5e-3, 5e-3);
    }

    #[test]
    fn no_edge_has_no_width() {
        assert_eq!(Profile::new([]).width([], |load| load), None);
        // Full from the first place on.
        let flat: Vec<_> = (0..600).map(|k| (f64::from(k) * 1e-4, 1e-6, 1e-6)).collect();
        assert_eq!(
            Profile::new(flat.clone()).width(flat.iter().map(|f| (f.0, f.2)), |load| load).map(|w| w.found),
            None
        );
    }
}
