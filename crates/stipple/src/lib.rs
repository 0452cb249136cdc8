//! Where the dots go: from fields of wanted density to sites, an exact count of them, blue-noise spaced, by seed.
//!
//! In: a checked surface, the design's fields, a seed, a preset. Out: [`Pattern`]: sites with their frame on the skin,
//! measured quality, and what was left out with the reason. Absent: order of treatment (`plan`), any clock, any state:
//! the same seed gives the same bytes on any number of threads.

mod site;

pub use site::{Pattern, Preset, Quality, Reason, Rejected, Site};
