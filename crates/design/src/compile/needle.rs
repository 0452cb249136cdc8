//! `needle = "1RL/0.25"`: which needle a zone is meant for.
//!
//! In: text; the needle group in the tool. Out: a needle group, or an error where the two differ.

use frames::Metres;
use skin::Group;

use crate::compile::number::which_zone;
use crate::error::{DesignError, Which};
use crate::spec::DesignSpec;

/// Refuses a zone that is meant for another needle than the tool's: the needle does not change in the middle of a session.
///
/// # Errors
/// [`DesignError::OtherNeedle`], or [`DesignError::Needle`] for one that is not understood.
pub fn check_needle(spec: &DesignSpec, tool: &Group) -> Result<(), DesignError> {
    for (index, zone) in spec.zone.iter().enumerate() {
        let Some(text) = &zone.needle else { continue };
        let which = which_zone(index, zone);
        let wanted = needle(&which, text)?;
        let same = wanted.points() == tool.points() && (wanted.diameter() - tool.diameter()).abs() < SAME;
        if !same {
            let tool = format!("{}RL/{}", tool.points(), (tool.diameter().mm() * 1e3).round() / 1e3);
            return Err(DesignError::OtherNeedle { which, text: text.clone(), tool });
        }
    }
    Ok(())
}

/// Needles are made in steps of 0.05 mm.
const SAME: Metres = Metres::from_mm(0.005);

/// So many needles of a diameter, as a maker prints it: `3RL/0.25` is three round liners of 0.25 mm.
pub(crate) fn needle(which: &Which, text: &str) -> Result<Group, DesignError> {
    let bad = || DesignError::Needle { which: which.clone(), text: text.to_owned() };
    let (points, mm) = text.split_once("RL/").ok_or_else(bad)?;
    let points: u32 = points.parse().map_err(|_| bad())?;
    let mm: f64 = mm.parse().map_err(|_| bad())?;
    Group::try_new(points, Metres::from_mm(mm)).map_err(|_| bad())
}
