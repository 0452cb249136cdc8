//! `[anatomy]`: what stays clear around ears, eyes and brows.
//!
//! In: TOML. Out: plain data. Absent: where they are; `compile` finds them from the landmarks.

use serde::Deserialize;

/// Margins around what no needle may come near: skin.md 1.4 (E), 20 each.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnatomySpec {
    /// Beyond the edge of each ear.
    pub ears_mm: f64,
    /// Beyond the edge of each eye socket.
    pub eyes_mm: f64,
    /// Beyond the edge of each brow.
    pub brows_mm: f64,
}

impl Default for AnatomySpec {
    fn default() -> Self {
        Self { ears_mm: 20.0, eyes_mm: 20.0, brows_mm: 20.0 }
    }
}
