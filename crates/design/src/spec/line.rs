//! How a hairline is drawn.
//!
//! In: TOML. Out: plain data.

use serde::Deserialize;

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
    /// Clusters and gaps, seen close.
    pub micro_mm: f64,
    /// Half a period, in every direction.
    pub micro_length_mm: f64,
}

impl Default for IrregularitySpec {
    fn default() -> Self {
        Self {
            macro_mm: 2.5,
            macro_length_mm: 15.0,
            meso_mm: 1.0,
            meso_length_mm: 6.5,
            micro_mm: 0.5,
            micro_length_mm: 2.5,
        }
    }
}
