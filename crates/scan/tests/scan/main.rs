//! The scan crate against real heads, broken files, reference numbers and noise.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod attributes;
mod bodies;

mod broken;
mod data;
mod dirty;
mod fuzz;
mod geodesic;
mod heads;
mod measures;
mod mutation;

mod noise;
mod noise_on_heads;
mod reference;
mod register;
mod repairs;
mod spikes;
