//! `budget{..}` of `report.json`: ink, needle entries and time of one session.

use serde::Serialize;

/// What a session takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Budget {
    /// Needle entries of this session, one a dot.
    pub dots: usize,
    /// Tips of the needle group: each makes a hole of its own in every dot.
    pub needle_points: u32,
    /// Dots that a dip lasts.
    pub dots_per_dip: f64,
    /// To the cup.
    pub dips: usize,
    /// Looks at the tip, one every so many dots.
    pub tip_checks: usize,
    /// Dots between two of them.
    pub dots_per_tip_check: usize,
    /// The inks to mix, darkest first.
    pub inks: Vec<InkBudget>,
    /// Zone by zone, in the order of the scene; those that get no dot are absent.
    pub zones: Vec<ZoneBudget>,
    /// Most entries of this session in any window of 1 cm² of normal skin, per area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_per_m2: Option<f64>,
    /// What normal skin takes in a session, per area.
    pub limit_per_m2: f64,
    /// Most entries in any window of 1 cm², with those of earlier sessions that are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_all_sessions_per_m2: Option<f64>,
    /// More than this over all sessions needs a reason.
    pub limit_all_sessions_per_m2: f64,
    /// Middle of the fullest window of this session, head frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_at_m: Option<[f64; 3]>,
    /// Entries of earlier sessions that are known.
    pub earlier_entries: usize,
    /// The arm's own time.
    pub work_s: f64,
    /// Dips and looks at the tip.
    pub dips_s: f64,
    /// Breaks.
    pub breaks_s: f64,
    /// All of it.
    pub total_s: f64,
}

/// One strength of ink.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct InkBudget {
    /// Parts of water to one of concentrate.
    pub water_parts: f64,
    /// Zones that take it.
    pub zones: Vec<String>,
    /// Dots made with it.
    pub dots: usize,
    /// Dips into it.
    pub dips: usize,
    /// What the holes take.
    pub skin_m3: f64,
    /// What to mix, waste included.
    pub prepare_m3: f64,
    /// Of that, concentrate.
    pub concentrate_m3: f64,
    /// Of that, water.
    pub water_m3: f64,
}

/// One zone.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ZoneBudget {
    /// Its name.
    pub zone: String,
    /// Needle entries of this session.
    pub dots: usize,
    /// Where dots are wanted today.
    pub area_m2: f64,
    /// Entries over area.
    pub mean_per_m2: f64,
    /// Most entries of this session in any window of 1 cm² that holds a dot of the zone.
    pub most_per_m2: f64,
    /// The same with earlier sessions.
    pub most_all_sessions_per_m2: f64,
    /// Of a session; absent for scars, which have rules of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_per_m2: Option<f64>,
    /// Parts of water to one of concentrate; absent where undiluted ink is not black enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub water_parts: Option<f64>,
    /// Ink that the holes take.
    pub skin_m3: f64,
}
