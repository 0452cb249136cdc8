//! The nouns of stippling: [`Site`], [`Pattern`], [`Quality`], [`Preset`].

use frames::{Head, Metres, Penetration, Point, Pose, SiteId, Skin};
use serde::{Deserialize, Serialize};

/// One dot to be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Site {
    /// Unique inside one pattern; the index in [`Pattern::sites`].
    pub id: SiteId,
    /// Origin on the surface, +z outward along the needle's axis (normal smoothed over 5 mm), +x along the drawn hair.
    pub head_from_skin: Pose<Head, Skin>,
    /// The kind of skin.
    pub zone: skin::Zone,
    /// Which `[[zone]]` of the scene, from 0.
    pub zone_index: u16,
    /// Depth to aim at.
    pub target: Penetration,
    /// Shallowest useful depth.
    pub least: Penetration,
    /// Deepest tolerable depth.
    pub most: Penetration,
    /// Diameter of the dot once healed.
    pub healed: Metres,
    /// 0 clear, 1 black.
    pub shade: f64,
    /// Which of its zone's kinds of dot (`mix`), from 0; 0 where the zone has one kind.
    pub class: u8,
}

/// How regular the dots are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// As irregular as human follicles: nearest-neighbour CV about 0.165.
    #[default]
    Human,
    /// Truest to the wanted density.
    Faithful,
    /// Most evenly spaced.
    Even,
}

/// The dots of one session.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// In order of their ids: laid dots, then sentinels.
    pub sites: Vec<Site>,
    /// Which session they belong to, from 1.
    pub session: u16,
    /// Measured on these very sites.
    pub quality: Quality,
    /// Dots that were wanted and not laid.
    pub rejected: Vec<Rejected>,
}

/// Figures of stipple.md 1.3, each absent where it was not measured or cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Quality {
    /// Density error in Gaussian windows of sigma 4 mm, over that of random dots. 1 is random, 0.15 to 0.22 is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft_error_ratio: Option<f64>,
    /// Count error in bins of 1 cm², over that of random dots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bin_rms_ratio: Option<f64>,
    /// Power at wavelengths of 2.5 to 10 mean cells. 1 is random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s_low: Option<f64>,
    /// Standard deviation over mean of nearest-neighbour distance / local spacing, away from edges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nn_cv: Option<f64>,
    /// Least nearest-neighbour distance / local spacing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative_radius: Option<f64>,
    /// Root mean square difference of the pair correlation from that of human follicular units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gr_rms_to_human: Option<f64>,
    /// Dots / wanted dots within two mean spacings of an edge of the support. 1 is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_first_two: Option<f64>,
}

/// A dot that was wanted and not laid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rejected {
    /// Where it would have been.
    pub at: Point<Head>,
    /// Why it is not.
    pub reason: Reason,
}

/// Why a dot was not laid.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Reason {
    /// Another dot or a frozen point is nearer than the least distance.
    #[error("{gap} from its neighbour, least distance {least}")]
    TooClose {
        /// To the neighbour.
        gap: Metres,
        /// What was asked for.
        least: Metres,
    },
}
