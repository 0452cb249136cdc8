//! The scan crate against real heads, broken files, reference numbers and noise.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bodies;

mod data;

mod noise;
mod reference;
mod repairs;
