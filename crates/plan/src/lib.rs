//! Plan: from sites to a program.
//!
//! In: arm, tool, scanned head, cell, sites. Out: [`arm::Program`], the sites that are not in it with the reason and what
//! would help ([`Rejected`]), and figures ([`Stats`]). Absent: any clock, any physics, the controller; results are the
//! same bytes on any number of threads.
//!
//! ```text
//! tour -> spin -> reach (IK, clear) -> ladder (DP) -> hops, route (ways) -> timing -> verify -> Program
//! ```

mod body;
mod choose;
mod clear;
mod detour;
mod door;
mod error;
mod family;
mod field;
#[cfg(test)]
mod fixture;
mod hops;
mod input;
mod ladder;
mod plan;
mod probe;
mod reach;
mod route;
mod spin;
#[cfg(test)]
mod tests;
mod timing;
mod tour;
mod verify;

pub use error::{Obstacle, PlanError, Reject, Rejected};
pub use input::{Cell, KeepOut, Options};
pub use plan::plan;
pub use probe::Probe;
pub use timing::{Pace, Stats};
pub use tour::{Effort, tour, tour_length};
