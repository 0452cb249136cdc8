//! `[[zone]]`: one flat table for every kind, so that a reader can say line and column of a wrong key.
//!
//! In: TOML. Out: plain data. Absent: which key belongs to which kind; `compile` refuses what does not.

use serde::Deserialize;

use crate::spec::IrregularitySpec;

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
    /// Full density over all sessions, dots per square centimetre. Needed unless `look` is given.
    #[serde(default)]
    pub density_per_cm2: Option<f64>,
    /// The wanted look instead of density, diameter and shade.
    #[serde(default)]
    pub look: Option<LookSpec>,
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

/// A wanted look, by one of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LookSpec {
    /// CIE L* of the treated scalp, once healed.
    pub lightness: Option<f64>,
    /// L* darker than the untreated skin.
    pub darken: Option<f64>,
    /// As dark as the person's own shaved hair.
    pub match_stubble: bool,
}
