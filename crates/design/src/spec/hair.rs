//! `[hair]`: the hair that is there, as follicles in a file or as a description of the person.
//!
//! In: TOML. Out: plain data.

use std::path::PathBuf;

use serde::Deserialize;

/// The `[hair]` table: `follicles`, or `ancestry` (default: the person's) or `density_per_cm2`, with at most one of
/// `norwood` and `ludwig`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HairSpec {
    /// CSV with the columns x, y and z, or PLY with vertices; in the coordinates and unit of the scan's file.
    pub follicles: Option<PathBuf>,
    /// Where the person's hair comes from: decides the density of full hair.
    pub ancestry: Option<skin::Ancestry>,
    /// Follicular units where the hair is full, instead of the table's by ancestry.
    pub density_per_cm2: Option<f64>,
    /// Stage of male pattern hair loss. Default `I`, nothing lost.
    pub norwood: Option<Norwood>,
    /// Stage of female pattern hair loss.
    pub ludwig: Option<Ludwig>,
    /// Draws the follicles; the scene's own seed without it.
    pub seed: Option<u64>,
}

/// Hamilton-Norwood stage (Norwood 1975, South Med J 68:1359).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Norwood {
    /// Nothing lost.
    I,
    /// Triangular recessions at the temples.
    II,
    /// Deep recessions at the temples: the first stage of baldness.
    III,
    /// The same with loss at the vertex.
    #[serde(rename = "IIIv", alias = "III vertex", alias = "IIIV")]
    IIIVertex,
    /// Front and vertex apart by a full bridge.
    IV,
    /// The bridge is narrow and thin.
    V,
    /// The bridge is gone.
    VI,
    /// Only a narrow horseshoe is left.
    VII,
}

/// Ludwig stage (Ludwig 1977, Br J Dermatol 97:247).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Ludwig {
    /// Perceptible thinning of the crown, the frontal line kept.
    I,
    /// Pronounced thinning of the same area.
    II,
    /// Nearly bare crown, the frontal line kept.
    III,
}
