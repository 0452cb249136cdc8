//! `[[zone]]`: one flat table for every kind, so that a reader can say line and column of a wrong key.
//!
//! In: TOML. Out: plain data. Absent: which key belongs to which kind; `compile` refuses what does not.

use std::path::PathBuf;

use serde::Deserialize;

use crate::spec::{IrregularitySpec, LineSpec, MaskSpec, MixSpec};

/// What a zone is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// A band behind an open line, soft and irregular in front.
    #[default]
    Hairline,
    /// A patch inside a closed loop, with a feathered edge.
    Fill,
    /// The whole scalp behind a hairline zone, down to ears and nape: the shaved look.
    Scalp,
    /// A disc or an oval around the whorl.
    Crown,
    /// A line scar (FUT): a narrow band along an open line, fading beyond both edges.
    ScarLine,
    /// Dot scars (FUE): many small round spots, and the skin between them.
    ScarDots,
    /// A parting: a band along an open line between existing hair, fading far to both sides.
    Parting,
    /// As much as the scan's colours or a picture say.
    Mask,
}

/// One `[[zone]]`. One flat table for every kind, so that a reader can say line and column of a wrong key.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneSpec {
    /// What it is.
    pub kind: ZoneKind,
    /// For messages, and for `front` of another zone.
    #[serde(default)]
    pub name: Option<String>,
    /// At least three points of the curve (`fill`: closed, in order; `hairline`, `scar_line`, `parting`: open, from one end
    /// to the other), in the coordinates and unit of the scan's file.
    #[serde(default)]
    pub control_points: Vec<[f64; 3]>,
    /// `hairline`: drawn from the landmarks instead of through `control_points`.
    #[serde(default)]
    pub line: Option<LineSpec>,
    /// `scar_dots`: the spots, in the coordinates and unit of the scan's file.
    #[serde(default)]
    pub points: Vec<[f64; 3]>,
    /// `scar_dots`: the spots as a CSV file, `x,y,z` a line, in the coordinates and unit of the scan's file. The reader of
    /// the scene makes the path absolute.
    #[serde(default)]
    pub points_file: Option<PathBuf>,
    /// `scalp`: name of the hairline zone behind which it lies.
    #[serde(default)]
    pub front: Option<String>,
    /// `scalp`: density by region of the scalp; `regions = {}` takes the published factors.
    #[serde(default)]
    pub regions: Option<RegionsSpec>,
    /// `crown`: middle, in the coordinates and unit of the scan's file. Default: the whorl.
    #[serde(default)]
    pub centre: Option<[f64; 3]>,
    /// `crown`: radius, to where nothing is left. Default 45. `scar_dots`: radius of a spot, at most 1. Default 0.5.
    #[serde(default)]
    pub radius_mm: Option<f64>,
    /// `crown`: half axes of an oval, across and along, instead of `radius_mm`.
    #[serde(default)]
    pub radii_mm: Option<[f64; 2]>,
    /// `scar_line`: width of the scar, 0.5 to 10. `parting`: width of the full band. Default 3, 10.
    #[serde(default)]
    pub width_mm: Option<f64>,
    /// `mask`: where the picture comes from.
    #[serde(default)]
    pub mask: Option<MaskSpec>,
    /// Full density over all sessions, dots per square centimetre. This, `density_factor` or `look` is needed, except for
    /// scars (default: 1.1 of the natural density) and for `regions` (default: 1.0 of it).
    #[serde(default)]
    pub density_per_cm2: Option<f64>,
    /// Full density over all sessions as a part of the person's natural density of follicular units; instead of
    /// `density_per_cm2`.
    #[serde(default)]
    pub density_factor: Option<f64>,
    /// The wanted look instead of density, diameter and shade.
    #[serde(default)]
    pub look: Option<LookSpec>,
    /// `hairline`: how far the band reaches behind the line. Default 40.
    #[serde(default)]
    pub depth_mm: Option<f64>,
    /// `hairline`: width of one smooth step from nothing to full density, instead of the published ramp, which reaches 0.39 of
    /// it at 5 mm, 0.72 at 10 mm and all of it at 30 mm.
    #[serde(default)]
    pub ramp_mm: Option<f64>,
    /// Width of the fade. `hairline`: at the back and at both ends, default 10. `fill` (8), `crown` (20) and `scalp` (20):
    /// inside the edge. `scar_line` (7), `scar_dots` (6) and `parting` (20): beyond it. Not for `mask`.
    #[serde(default)]
    pub feather_mm: Option<f64>,
    /// Diameter of a healed dot. Default 0.15 (`scar_dots`, `parting`), 0.18 (`hairline`), 0.20 (`scar_line`), else 0.25.
    #[serde(default)]
    pub healed_mm: Option<f64>,
    /// `hairline`: the same at the very front, growing to `healed_mm` over 10 mm. Default 0.12, or `healed_mm` if less.
    #[serde(default)]
    pub healed_front_mm: Option<f64>,
    /// How black a healed dot is: the part of the light across it that it takes, 0 clear, 1 black. Default 0.5.
    #[serde(default)]
    pub shade: Option<f64>,
    /// `hairline`: the same at the very front. Default 0.75 of `shade`, one step of dilution lighter.
    #[serde(default)]
    pub shade_front: Option<f64>,
    /// Two to six kinds of dot instead of one, laid among each other.
    #[serde(default)]
    pub mix: Option<Vec<MixSpec>>,
    /// Parts of water to one of pigment, instead of `shade`.
    #[serde(default)]
    pub dilution: Option<f64>,
    /// The needle it is meant for, such as `"1RL/0.25"`. A tool with another one is refused.
    #[serde(default)]
    pub needle: Option<String>,
    /// Where the hair points, along the axes of the scan's file, instead of the natural direction.
    #[serde(default)]
    pub hair: Option<[f64; 3]>,
    /// How far the hair is turned from the natural direction, clockwise seen from outside; instead of `hair`.
    #[serde(default)]
    pub hair_deg: Option<f64>,
    /// Kind of skin. Default `frontal_hairline` (`hairline`), `vertex` (`crown`), `fut_scar`, `fue_scar`, by region
    /// (`scalp`, `mask`), else `frontal_mid`.
    #[serde(default)]
    pub skin: Option<skin::Zone>,
    /// Overrides the skin table's window.
    #[serde(default)]
    pub penetration_mm: Option<PenetrationSpec>,
    /// `hairline`: how far the line wanders.
    #[serde(default)]
    pub irregularity: Option<IrregularitySpec>,
    /// No hair grows here, whatever `norwood` or `ludwig` says: a bare patch. Default true for `scar_line`.
    #[serde(default)]
    pub bare: Option<bool>,
    /// `hairline`: lone dots 1 to 3 mm ahead of the line, per centimetre, over all sessions. Default 1.
    #[serde(default)]
    pub sentinels_per_cm: Option<f64>,
}

/// Density by region, as a part of `density_per_cm2` (default: the natural density): skin.md 1.3, the middle of each row.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegionsSpec {
    /// Behind the hairline to the crown. Published 0.9-1.0.
    pub frontal_mid: f64,
    /// Around the whorl. Published 0.75-0.9.
    pub crown: f64,
    /// In front of and above the ears. Published 0.45-0.7.
    pub temples: f64,
    /// Above and behind the ears, and the back of the head. Published: only where hair lacks, which no table knows, so 0.
    pub sides: f64,
}

impl Default for RegionsSpec {
    fn default() -> Self {
        Self { frontal_mid: 0.95, crown: 0.825, temples: 0.575, sides: 0.0 }
    }
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
