//! Why something could not be kept.

use std::path::PathBuf;

use frames::SiteId;

/// Why something could not be kept or read back.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The file system said no.
    #[error("{}: {source}; choose a folder that can be written with --out", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database said no.
    #[error("{}: {source}", path.display())]
    Database {
        /// Which file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A journal that was changed after it was written.
    #[error("{}: record {seq} does not match the hash chain; the journal was changed or damaged, do not resume from it", path.display())]
    Chain {
        /// Which file.
        path: PathBuf,
        /// First record that does not match.
        seq: i64,
    },
    /// A journal in which nothing was begun.
    #[error("{}: no run in it; name the folder of a run that was begun", path.display())]
    NoRun {
        /// Which file.
        path: PathBuf,
    },
    /// A second intent for the same dot in the same run.
    #[error("{site} already has an intent in this run; a dot is never placed twice")]
    Twice {
        /// Which dot.
        site: SiteId,
    },
    /// A value that has no JSON form.
    #[error("{what}: {source}")]
    Json {
        /// What was written.
        what: &'static str,
        /// What serde said.
        source: serde_json::Error,
    },
    /// The telemetry writer said no.
    #[error("{}: {source}", path.display())]
    Telemetry {
        /// Which file.
        path: PathBuf,
        /// What the writer said.
        source: mcap::McapError,
    },
    /// A picture or plot could not be drawn.
    #[error("cannot draw {what}: {why}")]
    Draw {
        /// Which one.
        what: String,
        /// What the library said.
        why: String,
    },
}
