//! `[hair_direction]`: where the drawn hair points.
//!
//! In: TOML. Out: plain data.

use serde::Deserialize;

/// The whorl, and strokes that comb the hair otherwise.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirectionSpec {
    /// In the coordinates and unit of the scan's file. Default: 62 mm behind the ears, 10 mm to the right.
    pub whorl: Option<[f64; 3]>,
    /// Which way the hair turns at the whorl, seen from outside.
    pub turn: Turn,
    /// From a place to another, in the coordinates and unit of the scan's file: hair within 25 mm points along the stroke,
    /// the nearer the more.
    pub strokes: Vec<[[f64; 3]; 2]>,
}

/// Of a whorl, seen from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// As five of six whorls do.
    #[default]
    Clockwise,
    /// The other way.
    CounterClockwise,
}
