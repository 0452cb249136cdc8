//! `mix` of a zone: kinds of dot that differ in size or shade, laid among each other.
//!
//! In: TOML. Out: plain data.

use serde::Deserialize;

/// One kind of dot of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixSpec {
    /// Of the zone's dots, 0 to 1; those of a zone add up to 1.
    pub share: f64,
    /// Diameter of a healed dot. Default: the zone's.
    #[serde(default)]
    pub healed_mm: Option<f64>,
    /// How black a healed dot is. Default: what the zone's ink makes of this diameter.
    #[serde(default)]
    pub shade: Option<f64>,
}
