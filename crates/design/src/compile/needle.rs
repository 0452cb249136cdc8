//! `needle = "1RL/0.25"`: which needle a zone is meant for.
//!
//! In: text. Out: a needle group. Absent: the tool; whoever knows it compares, with [`crate::NeedleMismatch`]'s words.

use frames::Metres;
use skin::Group;

use crate::error::{DesignError, Which};

/// So many needles of a diameter, as a maker prints it: `3RL/0.25` is three round liners of 0.25 mm.
pub(crate) fn needle(which: &Which, text: &str) -> Result<Group, DesignError> {
    let bad = || DesignError::Needle { which: which.clone(), text: text.to_owned() };
    let (points, mm) = text.split_once("RL/").ok_or_else(bad)?;
    let points: u32 = points.parse().map_err(|_| bad())?;
    let mm: f64 = mm.parse().map_err(|_| bad())?;
    Group::try_new(points, Metres::from_mm(mm)).map_err(|_| bad())
}
