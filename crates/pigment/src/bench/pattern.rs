//! Stippling thirty thousand sites.

use super::Figure;
use crate::Failure;

pub(super) fn measure() -> Result<Vec<(&'static str, Figure)>, Failure> {
    Ok(vec![])
}
