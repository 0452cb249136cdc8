//! The glue: a scene file through the whole pipeline.
//!
//! In: a scene file. Out: a folder with the sites, the program, the journal, the telemetry and the report.
//! Absent: any stage's own work, and the viewer.

mod as_built;
pub mod bench;
mod budget;
mod calibrate;
pub mod check;
pub mod cli;
pub mod commands;
mod even;
mod existing;
mod failure;
mod figures;
mod folder;
mod forecast;
mod gallery;
pub mod inputs;
pub mod looks;
mod metrics;
mod page;
mod person;
mod portrait;
mod probed;
mod progress;
mod recover;
mod registration;
mod rehearse;
mod scene;
mod sheet;
pub mod sign;
mod skin_file;
mod statistics;
mod streamed;
mod toml_file;
mod treatment;
mod uniformity;
mod views;
pub mod what_if;

use std::path::{Path, PathBuf};

pub use as_built::{Whose, calibrate_arm};
pub use calibrate::calibrate;
pub use existing::{Existing, Follicle, Tally};
pub use failure::Failure;
pub use forecast::forecast;
pub use gallery::gallery;
pub use metrics::metrics;
pub use person::{PersonTable, StubbleTable};
pub use portrait::preview;
pub use registration::{LandmarksTouched, Registered, RegistrationTable};
pub use rehearse::{Outputs, Rehearsed};
pub use scene::{Scene, SceneFile};
pub use sheet::sheet;
pub use streamed::Streamed;
pub use treatment::{Planned, Treatment};

/// A file of the repository: as given when it is there, else beside the manifest that `cargo run` names.
pub fn repository(path: &Path) -> PathBuf {
    let beside = std::env::var_os("CARGO_MANIFEST_DIR").map(|dir| Path::new(&dir).join(path));
    match beside {
        Some(other) if !path.exists() && other.exists() => other,
        _ => path.to_owned(),
    }
}
