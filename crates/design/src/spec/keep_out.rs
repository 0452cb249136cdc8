//! `[[keep_out]]`: what stays clear.
//!
//! In: TOML. Out: plain data.

use std::path::PathBuf;

use serde::Deserialize;

/// One `[[keep_out]]`: a point with a radius, a list of such points from a file, or a loop.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepOutSpec {
    /// For messages.
    #[serde(default)]
    pub name: Option<String>,
    /// Middle of a round keep-out, file coordinates.
    #[serde(default)]
    pub point: Option<[f64; 3]>,
    /// Many of them, such as the moles of a head: a CSV file, `x,y,z` a line, in the coordinates and unit of the scan's
    /// file; instead of `point`. The reader of the scene makes the path absolute.
    #[serde(default)]
    pub points_file: Option<PathBuf>,
    /// Radius of a round keep-out.
    #[serde(default)]
    pub radius_mm: Option<f64>,
    /// At least three points of a loop, file coordinates; instead of `point`.
    #[serde(default)]
    pub control_points: Vec<[f64; 3]>,
    /// Kept clear beyond the edge. Default 3 (lesions and moles: skin.md 1.4).
    #[serde(default)]
    pub margin_mm: Option<f64>,
}
