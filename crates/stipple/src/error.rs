//! Why stippling was refused.

use std::path::PathBuf;

use frames::{Metres, PerSquareMetre};

/// Which dots are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Those of one session.
    Session,
    /// Those of this session and the later ones.
    Treatment,
}

impl Over {
    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Session => ["in one session", "lower density_per_cm2, use more sessions, or lower least_distance_mm"],
            Self::Treatment => ["over all sessions", "lower density_per_cm2 or least_overall_mm"],
        }
    }
}

/// Why stippling was refused.
#[derive(Debug, thiserror::Error)]
pub enum StippleError {
    /// The fields are zero everywhere on the surface.
    #[error(
        "no dots are wanted ({mass:.3} in all): check that the zones lie on the scan, outside keep-outs, and have a density"
    )]
    Nothing {
        /// Integral of the density.
        mass: f64,
    },
    /// More than memory is planned for.
    #[error("{wanted} dots are wanted in one session, at most {most}: lower the density or split into sessions")]
    TooMany {
        /// Integral of the density.
        wanted: u64,
        /// Cap.
        most: u64,
    },
    /// The spacing of the wanted density is too near to the least distance.
    #[error(
        "density not reachable: {density} {} is a spacing of {spacing}, dots must be {least} apart; at most {most} can be reached: {}", over.words()[0], over.words()[1]
    )]
    TooDense {
        /// In one session, or in all.
        over: Over,
        /// Highest wanted.
        density: PerSquareMetre,
        /// Its hexagonal spacing.
        spacing: Metres,
        /// Least distance.
        least: Metres,
        /// Highest reachable.
        most: PerSquareMetre,
    },
    /// Somebody stopped it.
    #[error("stopped before the pattern was done; nothing was written")]
    Stopped,
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not a site list of ours.
    #[error("{path}: not a site file: {what}")]
    NotSites {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}
