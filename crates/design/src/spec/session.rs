//! `[session]`: which session of how many.
//!
//! In: TOML. Out: plain data.

use std::path::PathBuf;

use serde::Deserialize;

/// The `[session]` table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSpec {
    /// From 1.
    pub number: u16,
    /// How many there will be.
    pub of: u16,
    /// Share of the full density laid in each session, per cent. Default by `of`: 100; 50/50; 30/40/30; 25/30/25/20.
    pub ladder_percent: Option<Vec<f64>>,
    /// Day of this session, `YYYY-MM-DD`: for the treatment sheet only.
    pub date: Option<frames::Date>,
    /// The same for zones whose skin is a scar. Default: the same ladder, begun at half of its first
    /// share, the rest made larger (skin.md 1.11).
    pub scar_ladder_percent: Option<Vec<f64>>,
    /// Strength of the ink in each session, per cent of that of the zones' shade. Default: 1:20, 1:15 .., 1:10 of the same ink (skin.md 1.8: light,
    /// mid, mid-dark), scaled so that all sessions together have the zones' shade.
    pub ink_percent: Option<Vec<f64>>,
    /// Folders of the runs before, oldest first; their journals say which dots are there. Paths as for every file.
    pub earlier: Vec<PathBuf>,
    /// CSV with the columns site, state (missing, faded, present) and optionally diameter_mm and run: what a person saw.
    pub observed: Option<PathBuf>,
    /// Days since the session before.
    pub days_since: Option<f64>,
    /// Least distance of two dots of one session. Default 1.0.
    pub least_distance_mm: f64,
    /// Least distance to a dot of an earlier session. Default 0.6.
    pub least_overall_mm: f64,
}

impl Default for SessionSpec {
    fn default() -> Self {
        Self {
            number: 1,
            of: 3,
            ladder_percent: None,
            date: None,
            scar_ladder_percent: None,
            ink_percent: None,
            earlier: Vec::new(),
            observed: None,
            days_since: None,
            least_distance_mm: 1.0,
            least_overall_mm: 0.6,
        }
    }
}
