//! `mask = {..}` of a zone: a picture of the density.
//!
//! In: TOML. Out: plain data. Absent: the picture itself; `compile` reads it.

use std::path::PathBuf;

use serde::Deserialize;

/// Where a mask comes from: the scan's own colours, or a picture. Black is nothing, white the full density.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MaskSpec {
    /// A channel of the colours of the scan's vertices.
    pub colours: Option<Channel>,
    /// A PNG, grey or RGB; transparent is nothing. The reader of the scene makes the path absolute.
    pub image: Option<PathBuf>,
    /// How the picture lies on the head.
    pub by: Option<Projection>,
    /// `front`, `top`, ..: the place under the middle of the picture, in the coordinates and unit of the scan's file.
    /// Without it and `width_mm` the picture is fitted to the scalp.
    pub centre: Option<[f64; 3]>,
    /// `front`, `top`, ..: width of the picture on the head.
    pub width_mm: Option<f64>,
}

/// What of a colour counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// How light it is: 0.2126 R + 0.7152 G + 0.0722 B (Rec. 709) of the numbers as stored.
    Luminance,
    /// Red.
    Red,
    /// Green.
    Green,
    /// Blue.
    Blue,
}

/// How a picture lies on the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Projection {
    /// By the scan's texture coordinates.
    Uv,
    /// As seen from in front; up is up.
    Front,
    /// As seen from behind; up is up.
    Back,
    /// As seen from the subject's left; up is up.
    Left,
    /// As seen from the subject's right; up is up.
    Right,
    /// As seen from above; the face is at the upper edge, the subject's right on the right.
    Top,
}
