//! How a hairline is drawn.
//!
//! In: TOML. Out: plain data.

use serde::Deserialize;

/// A hairline by rule instead of by `control_points`. What is left out comes from the preset.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LineSpec {
    /// Default `female` where `[person] sex` says so, else `mature`.
    pub preset: Option<LinePreset>,
    /// Seen from the front.
    #[serde(rename = "type")]
    pub shape: Option<LineType>,
    /// From the glabella up to the middle of the line, along the skin. `mature` 80, `juvenile` 70, `conservative` 90, `female`
    /// 63.
    pub mid_frontal_mm: Option<f64>,
    /// How much higher above the lateral points than the middle above the glabella the corners stand; 0 is the published rule.
    /// `linear` 0, `m` and `triangular` 10, `round` -8; `conservative` 5 more.
    pub recession_mm: Option<f64>,
    /// How far a peak in the middle points down. Default 0.
    pub widows_peak_mm: Option<f64>,
    /// How much higher one corner stands than the other; which one, the seed decides. Default 1 to 3 by seed.
    pub asymmetry_mm: Option<f64>,
    /// Adds a small, finer zone for each temporal peak.
    pub temporal_peaks: bool,
}

/// A kind of hairline: skin.md 1.10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinePreset {
    /// The "8 cm" rule (S79 A).
    #[default]
    Mature,
    /// 70 mm, the aggressive end of the rule.
    Juvenile,
    /// 90 mm, corners recede.
    Conservative,
    /// 63 mm (6.38 cm, S86 A; 6.2 cm, Kashiyama 2021), round, no recess.
    Female,
}

/// The shape of a hairline seen from the front (Kashiyama 2021; men: linear 46 %, M 43 %, round 11 %, triangular 1 %; women:
/// round 39 %, linear 36 %, M 18 %, triangular 7 %).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineType {
    /// Level between the corners.
    Linear,
    /// Recesses at both temples.
    M,
    /// Falls towards the temples, without recess.
    Round,
    /// Rises straight from the middle to the corners.
    Triangular,
}

/// Amplitudes and lengths of the three scales of irregularity: stipple.md 6.2, amplitudes to skin.md 1.10.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IrregularitySpec {
    /// Mounds and recesses, seen from far.
    pub macro_mm: f64,
    /// Half a period of them along the line.
    pub macro_length_mm: f64,
    /// Between the two.
    pub meso_mm: f64,
    /// Half a period along the line.
    pub meso_length_mm: f64,
    /// Single dots, clusters and gaps, seen close; half of it again at half the length.
    pub micro_mm: f64,
    /// Half a period, in every direction.
    pub micro_length_mm: f64,
}

impl Default for IrregularitySpec {
    fn default() -> Self {
        Self {
            macro_mm: 2.5,
            macro_length_mm: 14.0,
            meso_mm: 1.2,
            meso_length_mm: 5.0,
            micro_mm: 1.0,
            micro_length_mm: 2.0,
        }
    }
}
