//! The design tables of a scene, as written: millimetres, dots per square centimetre, control points in the coordinates
//! and unit of the scan's file.
//!
//! In: TOML through serde; an unknown key is an error. Out: plain data, unchecked. Absent: geometry and judgement, which
//! are in `compile`.

use frames::Seed;
use serde::Deserialize;

/// All of a scene that `compile` reads. The scene's own `seed` goes into `seed`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignSpec {
    /// Seed of the hairline's irregularity and of its sentinels.
    #[serde(default = "default_seed")]
    pub seed: Seed,
    /// Zones, in order of their index.
    #[serde(default)]
    pub zone: Vec<ZoneSpec>,
    /// Places that stay clear whatever the zones say.
    #[serde(default)]
    pub keep_out: Vec<KeepOutSpec>,
    /// Which session of how many.
    #[serde(default)]
    pub session: SessionSpec,
}

/// What a zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// A band behind an open line, soft and irregular in front.
    Hairline,
    /// A patch inside a closed loop, with a feathered edge.
    Fill,
}

/// One `[[zone]]`. One flat table for both kinds, so that a reader can say line and column of a wrong key.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneSpec {
    /// `hairline` or `fill`.
    pub kind: ZoneKind,
    /// For messages.
    #[serde(default)]
    pub name: Option<String>,
    /// At least three points of the curve (`hairline`: open, from one end to the other; `fill`: closed, in order), in the
    /// coordinates and unit of the scan's file.
    pub control_points: Vec<[f64; 3]>,
    /// Full density over all sessions, dots per square centimetre.
    pub density_per_cm2: f64,
    /// `hairline`: how far the band reaches behind the line. Default 30.
    #[serde(default)]
    pub depth_mm: Option<f64>,
    /// `hairline`: width of the soft front, from nothing to full density. Default 10.
    #[serde(default)]
    pub ramp_mm: Option<f64>,
    /// `hairline`: width of the fade at the back and at both ends. Default 10. `fill`: width of the feather, inside the
    /// loop. Default 8.
    #[serde(default)]
    pub feather_mm: Option<f64>,
    /// Diameter of a healed dot. Default 0.15 (`hairline`), 0.25 (`fill`).
    #[serde(default)]
    pub healed_mm: Option<f64>,
    /// 0 clear, 1 black. Default 0.5.
    #[serde(default)]
    pub shade: Option<f64>,
    /// Kind of skin. Default `frontal_hairline` (`hairline`), `frontal_mid` (`fill`).
    #[serde(default)]
    pub skin: Option<skin::Zone>,
    /// Overrides the skin table's window.
    #[serde(default)]
    pub penetration_mm: Option<PenetrationSpec>,
    /// `hairline`: how far the line wanders.
    #[serde(default)]
    pub irregularity: Option<IrregularitySpec>,
    /// `hairline`: lone dots 1 to 3 mm ahead of the line, per centimetre, over all sessions. Default 1.
    #[serde(default)]
    pub sentinels_per_cm: Option<f64>,
}

/// Depths into the skin, millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenetrationSpec {
    /// Shallowest useful.
    pub least: f64,
    /// Aim.
    pub target: f64,
    /// Deepest tolerable.
    pub most: f64,
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

/// One `[[keep_out]]`: a point with a radius, or a loop.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepOutSpec {
    /// For messages.
    #[serde(default)]
    pub name: Option<String>,
    /// Middle of a round keep-out, file coordinates.
    #[serde(default)]
    pub point: Option<[f64; 3]>,
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
    /// Days since the session before.
    pub days_since: Option<f64>,
    /// Least distance of two dots of one session. Default 1.0.
    pub least_distance_mm: f64,
    /// Least distance to a dot of an earlier session. Default 0.6.
    pub least_overall_mm: f64,
}

impl Default for SessionSpec {
    fn default() -> Self {
        Self { number: 1, of: 3, ladder_percent: None, days_since: None, least_distance_mm: 1.0, least_overall_mm: 0.6 }
    }
}

const fn default_seed() -> Seed {
    Seed(1)
}
