//! Real heads and reference numbers, where they are.

use std::path::{Path, PathBuf};

use scan::{LandmarksIn, Unit};

/// A file or folder of the test data, or `None` with a word on stderr; under CI it must be there.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn data(what: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let path = std::env::var_os("PIGMENT_DATA").map_or_else(beside, PathBuf::from).join(what);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "no {}: set PIGMENT_DATA", path.display());
    eprintln!("SKIPPED: no {}; set PIGMENT_DATA to the folder of test data", path.display());
    None
}

/// How a file's coordinates differ from the landmarks' own: mm, +x right, +y face, +z up.
#[derive(Clone, Copy)]
pub(crate) enum Axes {
    Ras,
    /// +y up, +z face, +x subject's left.
    YUp,
}

/// The landmarks of a head, in the coordinates and unit of one of its files.
pub(crate) fn landmarks(json: &Path, unit: Unit, axes: Axes) -> LandmarksIn {
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    let point = |name: &str| {
        let p: [f64; 3] = std::array::from_fn(|k| file["points"][name][k].as_f64().unwrap());
        let turned = match axes {
            Axes::Ras => p,
            Axes::YUp => [-p[0], p[2], p[1]],
        };
        turned.map(|c| c * 1e-3 / unit.metres())
    };
    LandmarksIn {
        nasion: point("NAS"),
        inion: point("INI"),
        left_preauricular: point("LPA"),
        right_preauricular: point("RPA"),
    }
}
