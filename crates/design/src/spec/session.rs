//! `[session]`: which session of how many.
//!
//! In: TOML. Out: plain data.

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
            days_since: None,
            least_distance_mm: 1.0,
            least_overall_mm: 0.6,
        }
    }
}
