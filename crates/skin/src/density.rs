//! How many dots.
//!
//! In: origin of the person's hair, zone, distance behind the drawn line, session. Out: dots per area, shares of sessions.
//! Absent: where each dot goes, follicles, the drawn line itself.
//! Source: skin.md 1.3.

use frames::{Metres, PerSquareMetre};
use serde::{Deserialize, Serialize};

use crate::error::within;
use crate::{SkinError, Zone};

/// Dots of a full head: 40 000, 30 000 to 50 000 (skin.md 1.3 D).
pub const FULL_HEAD: [u32; 3] = [30_000, 40_000, 50_000];
/// Dots of a full head in one session (S6 B).
pub const SESSION: u32 = 14_000;
/// Area of the scalp, m²: 500-516 cm² (S23, S24 B).
pub const SCALP_AREA: f64 = 0.0508;
/// Denser final densities than this need a reason (skin.md 6 D/E).
pub const CAP: PerSquareMetre = PerSquareMetre::from_per_cm2(100.0);
/// Denser than this, or closer than 0.6 mm, dots merge into a helmet (skin.md 1.3 K).
pub const HELMET: PerSquareMetre = PerSquareMetre::from_per_cm2(150.0);
/// Dots that normal skin takes in one session (skin.md 4.3 E).
pub const DOSE: PerSquareMetre = PerSquareMetre::from_per_cm2(40.0);
/// Final densities begin here (skin.md 6: 28-80/cm²).
pub const SPARSEST: PerSquareMetre = PerSquareMetre::from_per_cm2(28.0);
/// Least days between two sessions: 10 (skin.md 6 S1, S43).
pub const SESSION_REST_DAYS: f64 = 10.0;

/// Where a person's hair comes from, for the natural density of follicular units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ancestry {
    /// 80-100 FU/cm².
    Caucasian,
    /// About 75 FU/cm².
    Hispanic,
    /// 60-65 FU/cm².
    African,
    /// 74.4 FU/cm².
    HanChinese,
}

impl Ancestry {
    /// Follicular units per area where the hair is full (skin.md 1.3: S24, S34 B; D; S34; S35 A). The lower end of a range,
    /// which is what the published zone densities are computed from.
    pub fn follicular_units(self) -> PerSquareMetre {
        PerSquareMetre::from_per_cm2(match self {
            Self::Caucasian => 80.0,
            Self::Hispanic => 75.0,
            Self::African => 60.0,
            Self::HanChinese => 74.4,
        })
    }
}

/// Final dots over natural follicular units, least and most, behind any hairline ramp (skin.md 1.3 E). Sides and occiput: 0,
/// as they are only filled where the measured density lacks.
pub fn density_factor(zone: Zone) -> [f64; 2] {
    match zone {
        Zone::FrontalHairline => [0.65, 0.9],
        Zone::Temple => [0.45, 0.7],
        Zone::FrontalMid => [0.9, 1.0],
        Zone::Vertex => [0.75, 0.9],
        Zone::Occiput => [0.0, 0.0],
        Zone::FueScar | Zone::FutScar => [1.0, 1.2],
    }
}

/// Distances behind a line that a scalp has, mm: over the whole of it; negative lies in front.
pub const BEHIND: [f64; 2] = [-400.0, 400.0];

/// Final dots over natural follicular units at a distance behind the drawn line: 0 to 0.35 over the first 5 mm, to 0.65 at
/// 10 mm, to 0.9 at 30 mm and from there on (skin.md 1.3 E). Nothing in front of the line.
///
/// # Errors
/// Farther than [`BEHIND`].
pub fn hairline_factor(behind: Metres) -> Result<f64, SkinError> {
    const KNOTS: [(f64, f64); 4] = [(0.0, 0.0), (5.0, 0.35), (10.0, 0.65), (30.0, 0.9)];
    let x = within("distance behind the line", behind.mm(), BEHIND, "mm")?;
    for pair in KNOTS.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        if x < x1 {
            return Ok(y0 + (y1 - y0) * ((x - x0) / (x1 - x0)).max(0.0));
        }
    }
    Ok(0.9)
}

/// Shares of the final dots that the sessions place, in order: 30/40/30 % (30, 70, 100 % of the natural spacing, S1 A), in
/// scars 25/30/25/20 % (skin.md 1.3 E).
pub fn session_shares(zone: Zone) -> &'static [f64] {
    if zone.is_scar() { &[0.25, 0.30, 0.25, 0.20] } else { &[0.30, 0.40, 0.30] }
}

/// Densest that sessions with these shares can build: no session lays more than [`DOSE`], and never above [`CAP`]. Three
/// sessions of 30/40/30 % reach the cap.
pub fn densest(shares: &[f64]) -> PerSquareMetre {
    let largest = shares.iter().copied().fold(0.0, f64::max);
    if largest > 0.0 { CAP.min(DOSE / largest) } else { PerSquareMetre::ZERO }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn the_ramp() {
        for (mm, want) in [(-1.0, 0.0), (0.0, 0.0), (2.5, 0.175), (5.0, 0.35), (10.0, 0.65), (30.0, 0.9), (90.0, 0.9)] {
            let got = hairline_factor(Metres::from_mm(mm)).unwrap();
            assert!((got - want).abs() < 1e-12, "{mm}: {got}");
        }
    }

    /// The column "for FU 80" of skin.md 1.3.
    #[test]
    fn zone_densities() {
        let natural = Ancestry::Caucasian.follicular_units().per_cm2();
        for (zone, want) in [
            (Zone::FrontalHairline, [52.0, 72.0]),
            (Zone::FrontalMid, [72.0, 80.0]),
            (Zone::Vertex, [60.0, 72.0]),
            (Zone::Temple, [36.0, 56.0]),
            (Zone::FutScar, [80.0, 96.0]),
        ] {
            for (factor, want) in density_factor(zone).into_iter().zip(want) {
                assert!((factor * natural - want).abs() < 1e-9, "{zone}");
            }
        }
        assert!(Zone::ALL.iter().all(|&z| density_factor(z)[1] * natural < CAP.per_cm2()));
    }

    #[test]
    fn the_dose_of_a_session_bounds_the_whole() {
        for (shares, want) in
            [(&[1.0][..], 40.0), (&[0.5, 0.5], 80.0), (&[0.3, 0.4, 0.3], 100.0), (&[0.25; 4], 100.0), (&[], 0.0)]
        {
            assert!((densest(shares).per_cm2() - want).abs() < 1e-9, "{shares:?}");
        }
    }

    #[test]
    fn sessions_add_up() {
        for zone in Zone::ALL {
            assert!((session_shares(zone).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        // Three routes to one number (finding 4).
        let by_area = SCALP_AREA * Ancestry::Caucasian.follicular_units().get();
        let [least, _, most] = FULL_HEAD.map(f64::from);
        assert!((least..=most).contains(&by_area) && (least..=most).contains(&(3.0 * f64::from(SESSION))));
    }
}
