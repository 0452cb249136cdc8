//! How density rises behind a hairline.
//!
//! In: distance behind the wandering line, metres. Out: a fraction of the full density, 0 to 1, that never falls with
//! distance. Only sums, products and quotients (stipple.md section 10).

use crate::noise::smoothstep;

/// skin.md 1.3: 0 to 0.35 of the natural density over 5 mm, to 0.65 at 10 mm, to 0.9 at 30 mm; over 0.9, because the full
/// density of a zone is what stands behind the line.
const PUBLISHED: [(f64, f64); 4] = [(0.0, 0.0), (5e-3, 0.35 / 0.9), (10e-3, 0.65 / 0.9), (30e-3, 1.0)];

/// Density across the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Profile {
    /// The published ramp.
    Published,
    /// One smooth step of this width.
    Smooth(f64),
}

impl Profile {
    /// Fraction of the full density.
    pub(crate) fn at(self, behind: f64) -> f64 {
        match self {
            Self::Smooth(width) => smoothstep(behind / width),
            Self::Published => {
                if behind <= 0.0 {
                    return 0.0;
                }
                let pair = PUBLISHED.windows(2).find(|pair| behind < pair[1].0);
                pair.map_or(1.0, |p| p[0].1 + (p[1].1 - p[0].1) * ((behind - p[0].0) / (p[1].0 - p[0].0)))
            }
        }
    }

    /// From here on the density is full, metres.
    pub(crate) const fn width(self) -> f64 {
        match self {
            Self::Published => PUBLISHED[3].0,
            Self::Smooth(width) => width,
        }
    }
}

#[cfg(test)]
mod tests {
    use frames::Metres;

    use super::*;

    /// One law, told twice: here as a fraction of the density behind, in `skin` as a fraction of the natural one.
    #[test]
    fn the_published_ramp() {
        for k in -20..500 {
            let d = 1e-4 * f64::from(k);
            let want = skin::hairline_factor(Metres::new(d)).map_or(f64::NAN, |f| f / 0.9);
            assert!((Profile::Published.at(d) - want).abs() < 1e-12, "{d}");
        }
        // 28, 52 and 72 of 72 dots/cm2, the column "for FU 80" of skin.md 1.3.
        for (mm, want) in [(5.0, 28.0), (10.0, 52.0), (30.0, 72.0)] {
            assert!((72.0 * Profile::Published.at(1e-3 * mm) - want).abs() < 1e-9, "{mm}");
        }
    }

    #[test]
    fn full_from_its_width_on() {
        for profile in [Profile::Published, Profile::Smooth(8e-3)] {
            assert!((profile.at(profile.width()) - 1.0).abs() < 1e-12 && profile.at(profile.width() - 1e-4) < 1.0);
            assert!(profile.at(0.0).abs() < 1e-12 && profile.at(-1.0).abs() < 1e-12);
        }
    }
}
