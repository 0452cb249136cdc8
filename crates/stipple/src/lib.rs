//! Where the dots go: from fields of wanted density to sites, an exact count of them, blue-noise spaced, by seed.
//!
//! In: a checked surface, the design's fields, a seed, a preset. Out: [`Pattern`]: sites with their frame on the skin,
//! measured quality, and what was left out with the reason. Absent: order of treatment (`plan`); class labels (steps 9 and
//! 10 of stipple.md section 8: a session is laid as a pattern of its own among the dots before it, a zone has one
//! shade); any clock, any state: the same seed gives the same bytes on any number of threads.
//!
//! The way of a dot: `sheet` (where, how many) -> `cloud` (candidates) -> `eliminate` (who stays) -> `jitter` (as
//! irregular as hair) -> `place` (hard distances) -> `frame` (which way is up and along). stipple.md section 8.

mod blocks;
mod body;
mod classes;
mod cloud;
mod eliminate;
mod error;
mod frame;
mod grid;
mod jitter;
mod kernel;
mod measure;
mod mix;
mod place;
mod plain;
mod ply;
mod points;
mod progress;
mod sheet;
mod site;
mod table;
#[cfg(test)]
mod tests;
mod treatment;
mod walk;
mod weigh;

pub use body::test_body;
pub use error::{Over, StippleError};
pub use measure::{
    Bins, Edge, Metrics, Pair, Row, Soft, Spacing, Spectrum, Strip, covered, examine, human as human_pair_correlation,
    measure,
};
pub use plain::plain_sample_elimination;
pub use ply::{read_ply, write_ply};
pub use points::{Points, Said, read_points};
pub use progress::Progress;
pub use site::{Pattern, Preset, Quality, Reason, Rejected, Site};
pub use table::write_sites;

use design::Fields;
use frames::Seed;
use scan::Surface;

/// Lays this session's dots: as many as the density integrates to (rounded, exact in each zone), plus the sentinels.
///
/// No two are nearer than `fields.least_distance()`, none nearer to a frozen point than `fields.least_to(kind)`; a dot
/// for which there is no room is in [`Pattern::rejected`], so that sites + rejected is always the wanted count.
/// Quality is left unmeasured: see [`measure`].
///
/// # Errors
/// Nothing wanted, too much wanted, or a density that the least distance does not allow.
pub fn place(surface: &Surface, fields: &Fields, seed: Seed, preset: Preset) -> Result<Pattern, StippleError> {
    place_with(surface, fields, seed, preset, &Progress::none())
}

/// [`place`] of a job that may be stopped.
///
/// # Errors
/// Those of [`place`], and that it was stopped.
pub fn place_with(
    surface: &Surface,
    fields: &Fields,
    seed: Seed,
    preset: Preset,
    progress: &Progress<'_>,
) -> Result<Pattern, StippleError> {
    let placed = place::place(surface, fields, seed, preset, progress)?;
    let sites = frame::sites(surface, fields, &placed.dots);
    Ok(Pattern { sites, session: fields.session(), quality: Quality::default(), rejected: placed.rejected })
}

/// [`place`], then [`measure`].
///
/// # Errors
/// Those of [`place`].
pub fn stipple(surface: &Surface, fields: &Fields, seed: Seed, preset: Preset) -> Result<Pattern, StippleError> {
    stipple_with(surface, fields, seed, preset, &Progress::none())
}

/// [`stipple`] of a job that may be stopped.
///
/// # Errors
/// Those of [`place`], and that it was stopped.
pub fn stipple_with(
    surface: &Surface,
    fields: &Fields,
    seed: Seed,
    preset: Preset,
    progress: &Progress<'_>,
) -> Result<Pattern, StippleError> {
    let mut pattern = place_with(surface, fields, seed, preset, &progress.part(0.0, 0.6))?;
    pattern.quality = measure::report(surface, fields, &pattern.sites, &progress.part(0.6, 1.0))?;
    Ok(pattern)
}
