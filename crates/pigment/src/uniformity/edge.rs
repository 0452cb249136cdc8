//! How soft an edge is: from 10 to 90 % of the load behind it.
//!
//! In: pieces of load with their distance behind the edge, and the area there. Out: a width. Absent: where the edge is; the
//! design says so.
//!
//! A few hundred dots make a ragged profile, and a ramp that ends in a long gentle slope crosses 90 % anywhere. So the dots'
//! width is not read off their profile: the designed profile is stretched and moved until it lies on theirs (least squares by
//! area), and its width is stretched with it.

/// Of the profile, metres.
const BIN: f64 = 0.5e-3;
/// From here to here ahead of and behind the edge, metres.
const AHEAD: f64 = 5e-3;
const BEHIND: f64 = 60e-3;
/// Behind the edge means: where at least this much of the greatest load is wanted.
const PLATEAU: f64 = 0.97;
/// A profile over less area than this is none, m².
const LEAST_AREA: f64 = 1e-4;
/// Stretches that are tried: from an eighth to eight times, in steps of 2 %.
const STRETCHES: i32 = 105;
const STRETCH: f64 = 1.02;
/// Moves that are tried, in bins: 5 mm either way.
const MOVES: i32 = 10;

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

    /// Against dots: distance behind and load.
    pub(super) fn width(&self, dots: impl IntoIterator<Item = (f64, f64)>) -> Option<Width> {
        if self.area.iter().sum::<f64>() < LEAST_AREA {
            return None;
        }
        let mut load = bins();
        for (behind, dot) in dots {
            if let Some(k) = bin(behind) {
                load[k] += dot;
            }
        }
        let per_area = |load: &[f64]| -> Vec<Option<f64>> {
            load.iter().zip(&self.area).map(|(load, area)| (*area > 0.0).then(|| load / area)).collect()
        };
        let (wanted, found) = (per_area(&self.wanted), per_area(&load));
        let most = wanted.iter().flatten().copied().fold(0.0, f64::max);
        let full: Vec<f64> = wanted.iter().flatten().copied().filter(|load| *load >= PLATEAU * most).collect();
        let designed = rise(&wanted, full.iter().sum::<f64>() / full.len().max(1) as f64)?;
        Some(Width { designed, found: designed * self.stretch(&wanted, &found)? })
    }

    /// How much wider than wanted; `None` without load.
    fn stretch(&self, wanted: &[Option<f64>], found: &[Option<f64>]) -> Option<f64> {
        let zero = AHEAD / BIN;
        // Ahead of the skin nothing, behind it all: the last load that is known.
        let last = wanted.iter().rposition(Option::is_some)?;
        let at = |x: f64| -> f64 {
            let k = x.floor();
            let value = |k: f64| {
                if k < 0.0 { 0.0 } else { wanted[(k as usize).min(last)].unwrap_or(0.0) }
            };
            value(k) + (x - k) * (value(k + 1.0) - value(k))
        };
        let mut best: Option<(f64, f64)> = None;
        for step in -STRETCHES..=STRETCHES {
            let stretch = STRETCH.powi(step);
            for moved in -MOVES..=MOVES {
                // The height that fits best, then what is left.
                let [mut ww, mut wf, mut ff] = [0.0; 3];
                for (k, (found, area)) in found.iter().zip(&self.area).enumerate() {
                    let Some(found) = found else { continue };
                    let model = at((k as f64 - zero - f64::from(moved)) / stretch + zero);
                    ww += area * model * model;
                    wf += area * model * found;
                    ff += area * found * found;
                }
                let left = if ww > 0.0 { ff - wf * wf / ww } else { ff };
                if wf > 0.0 && best.is_none_or(|(least, _)| left < least) {
                    best = Some((left, stretch));
                }
            }
        }
        best.map(|(_, stretch)| stretch)
    }
}

/// From the last 10 % before the middle of the rise to the first 90 % after it, in skin without a gap.
fn rise(load: &[Option<f64>], full: f64) -> Option<f64> {
    let [low, middle, high] = [0.1, 0.5, 0.9].map(|part| part * full);
    let middle = load.iter().position(|t| t.is_some_and(|t| t >= middle)).filter(|_| full > 0.0)?;
    let cross = |k: usize, level: f64| {
        let (from, to) = (load[k]?, (*load.get(k + 1)?)?);
        Some(k as f64 + (level - from) / (to - from))
    };
    let before = (0..middle).rev().find(|&k| load[k].is_none_or(|t| t < low))?;
    let after = (middle..load.len()).find(|&k| load[k].is_none_or(|t| t >= high))?;
    Some((cross(after.checked_sub(1)?, high)? - cross(before, low)?) * BIN)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    /// A straight ramp of a width on a strip of 100 mm, and dots on a grid that follow a ramp of another width, moved.
    #[track_caller]
    fn check(designed: f64, laid: f64, moved: f64) {
        let ramp = |x: f64, width: f64| (x / width).clamp(0.0, 1.0);
        let step = 0.1e-3;
        let pieces = (-50..500).map(|k| (f64::from(k) + 0.5) * step);
        let profile = Profile::new(pieces.clone().map(|x| (x, 0.1 * step, 0.1 * step * ramp(x, designed))));
        let width = profile.width(pieces.map(|x| (x, 0.1 * step * ramp(x - moved, laid)))).unwrap();
        assert!((width.designed - 0.8 * designed).abs() < 0.02 * designed, "{width:?}");
        assert!((width.found - 0.8 * laid).abs() < 0.06 * laid, "{width:?}");
    }

    #[test]
    fn ramps_are_as_wide_as_they_were_made() {
        check(10e-3, 10e-3, 0.0);
        check(10e-3, 20e-3, 0.0);
        check(20e-3, 6e-3, 0.0);
        check(8e-3, 10e-3, 2e-3);
        check(12e-3, 12e-3, -1.5e-3);
    }

    #[test]
    fn no_edge_has_no_width() {
        assert_eq!(Profile::new([]).width([]), None);
        // Full from the first place on, with no skin ahead.
        let flat: Vec<_> = (0..600).map(|k| (f64::from(k) * 1e-4, 1e-6, 1e-6)).collect();
        assert_eq!(Profile::new(flat.clone()).width(flat.iter().map(|f| (f.0, f.2))), None);
    }
}
