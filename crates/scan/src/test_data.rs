//! Real heads and reference numbers for the tests, where they are.

use std::path::PathBuf;

/// The data folder, or `None` with a word on stderr; under CI it must be there.
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
