//! `uniformity{..}` of `report.json`: how even the tone is in the band that the eye sees from 1 m, 3 to 9 mm (skin.md 3.5d).
//!
//! Lightness and differences of it are in CIE L* (`_l`), healed. What cannot be measured in a zone (too small, one-sided, no
//! edge) is absent.

use serde::Serialize;

/// Predicted for the pattern, and for the dots that a rehearsal really placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Uniformity {
    /// Wavelengths at which the power of the filter is halved.
    pub band_m: [f64; 2],
    /// Above this rms the unevenness alone is just noticeable.
    pub warn_above_l: f64,
    /// Every dot in its place, at its depth.
    pub planned: Evenness,
    /// Where and as deep as they really are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placed: Option<Evenness>,
}

/// Of one set of dots.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evenness {
    /// Everything that is treated.
    pub whole: ZoneEvenness,
    /// Zone by zone, in the order of the scene; those that get no dot are absent.
    pub zones: Vec<ZoneEvenness>,
}

/// Of one zone, or of all.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ZoneEvenness {
    /// Its name.
    pub zone: String,
    /// Where dots are wanted today.
    pub area_m2: f64,
    /// Mean over it, with hair and dots that were there.
    pub lightness_l: f64,
    /// Of the dots that were measured and of what was there: how much darker than bare skin.
    pub darkening_l: f64,
    /// Tone less wanted tone in the band, rms over the area.
    pub band_rms_l: f64,
    /// The same for as many random dots.
    pub random_rms_l: f64,
    /// `band_rms_l / random_rms_l`.
    pub random_ratio: f64,
    /// The same for the truest pattern that can be laid (preset `faithful`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_rms_l: Option<f64>,
    /// `band_rms_l / best_rms_l`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_ratio: Option<f64>,
    /// Load of the band over the mean load: the density error of skin.md section 6.
    pub density_error_ratio: f64,
    /// Right less its mirror image, in the band, rms; 1.41 of `band_rms_l` is chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror_band_rms_l: Option<f64>,
    /// Mean tone on the left less that on the right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror_mean_l: Option<f64>,
    /// The same as the design wants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror_mean_designed_l: Option<f64>,
    /// Across the soft edge, from 10 to 90 % of the tone behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_m: Option<f64>,
    /// The same of the designed ramp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_designed_m: Option<f64>,
}
