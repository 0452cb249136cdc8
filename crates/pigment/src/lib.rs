//! The glue: a scene file through the whole pipeline.
//!
//! In: a scene file. Out: a folder with the sites, the program, the journal, the telemetry and the report.
//! Absent: any stage's own work, and the viewer.

pub mod cli;
mod failure;
mod scene;
mod statistics;
mod toml_file;

pub use failure::Failure;
pub use scene::{Scene, SceneFile};
