//! Same seed, same bytes, whatever the thread count; another seed, other bytes.

use std::process::Command;

use crate::scenes::small;
use crate::support::{Bench, replace_line, text};

/// Sites, program and telemetry of one rehearsal.
fn bytes(bench: &Bench, out: &str, threads: &str) -> Vec<Vec<u8>> {
    let output = Command::new(env!("CARGO_BIN_EXE_pigment"))
        .current_dir(bench.dir.path())
        .env("RAYON_NUM_THREADS", threads)
        .arg("rehearse")
        .arg(&bench.scene)
        .args(["--out", out])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    ["sites.ply", "program.bin", "telemetry.mcap"]
        .iter()
        .map(|name| std::fs::read(bench.dir.path().join(out).join(name)).unwrap())
        .collect()
}

#[test]
fn same_seed_same_bytes() {
    let bench = Bench::new(small);
    assert!(bytes(&bench, "one", "1") == bytes(&bench, "two", "2"));
    let other = Bench::new(|t| replace_line(&small(t), "seed =", "seed = 7"));
    for (a, b) in bytes(&bench, "again", "2").iter().zip(bytes(&other, "one", "2")) {
        assert!(*a != b, "another seed must show");
    }
}
