//! A dirty scan of 800 000 triangles, from the file to the checked surface.
//!
//! The bundled head as a bad scanner would have written it in binary STL: a thousand loose parts, holes, spikes, 0.1 mm of
//! noise, no shared vertices. The baseline is the reading alone. `crates/scan/examples/scan_cost` says the peak of memory.

use std::hint::black_box;
use std::path::Path;

use frames::{Metres, Seed};
use scan::scanner::{self, Scanner, rescan};
use scan::{Format, LandmarksIn, Unit, load_bytes, read, read_bytes};

use super::{Figure, fastest};
use crate::{Failure, repository};

/// Makes 800 000 triangles of the bundled head.
const LONGEST_EDGE: Metres = Metres::from_mm(0.93);
const FEWEST: usize = 800_000;
/// As in `scenes/hairline.toml`, mm.
const LANDMARKS: LandmarksIn = LandmarksIn {
    nasion: [0.000, 91.139, 28.000],
    inion: [0.000, -94.207, 5.000],
    left_preauricular: [-71.348, 0.000, 0.000],
    right_preauricular: [71.347, 0.000, 0.000],
};

/// `scan800k_s`: wall; both cores are used after the reading.
pub(super) fn measure() -> Result<Vec<(&'static str, Figure)>, Failure> {
    let input = |e: scan::ScanError| Failure::Input(e.to_string());
    let raw = read(&repository(Path::new("assets/heads/adult.ply"))).map_err(input)?;
    let scanner = Scanner { longest_edge: Some(LONGEST_EDGE), ..Scanner::BAD };
    let dirty = rescan(&raw, Unit::Millimetre, &scanner, Seed(1));
    if dirty.faces.len() < FEWEST {
        return Err(Failure::Input(format!("the bench's scan has {} triangles, wanted {FEWEST}", dirty.faces.len())));
    }
    let bytes = scanner::stl(&dirty);
    drop(dirty);
    let whole = || load_bytes(Format::Stl, bytes.clone(), Some(Unit::Millimetre), &LANDMARKS);
    // Once for the errors and to warm up.
    whole().map_err(input)?;
    let seconds = fastest(3, || drop(black_box(whole())));
    let reading = fastest(3, || drop(black_box(read_bytes(Format::Stl, bytes.clone()))));
    Ok(vec![("scan800k_s", Figure::against(seconds, reading, "s"))])
}
