//! What is on the scalp before today: hair, and dots of earlier sessions.
//!
//! In: points on the skin with how much each counts, or a description of the person's hair. Out: densities as continuous
//! functions of the place, which are taken off what is wanted. Absent: where new dots go; reading of journals.

mod cloud;
mod estimate;
mod follicles;
mod remaining;
mod there;

pub(crate) use cloud::patches;
pub(crate) use estimate::Estimate;
pub(crate) use follicles::{counted, read};
pub(crate) use remaining::{Loss, Remaining};
pub(crate) use there::{Growth, There};
