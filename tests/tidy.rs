//! Rules of the repository, as tests: the allowed edges between crates, headers, scenes, the README's map.

use std::fs;
use std::path::{Path, PathBuf};

/// The table of the README's map: who may depend on whom (our crates only).
const EDGES: &[(&str, &[&str])] = &[
    ("frames", &[]),
    ("arm", &["frames"]),
    ("skin", &["frames"]),
    ("scan", &["frames"]),
    ("design", &["frames", "skin", "scan"]),
    ("stipple", &["frames", "skin", "scan", "design"]),
    ("plan", &["frames", "scan", "stipple", "arm"]),
    ("simulate", &["frames", "arm", "skin", "scan"]),
    ("stream", &["frames", "arm"]),
    ("record", &["frames", "arm", "skin", "stream"]),
    ("ur", &["frames", "arm"]),
    (
        "view",
        &[
            "frames", "arm", "skin", "scan", "design", "stipple", "plan", "simulate", "stream", "record", "ur",
            "pigment",
        ],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(dir: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("target") && !path.ends_with(".git") {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

fn rust_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for dir in ["crates", "tests"] {
        files(&root().join(dir), "rs", &mut found);
    }
    found
}

/// Our crates that a manifest names under `[dependencies]`; tests of a crate may use more.
fn dependencies(manifest: &str) -> Vec<String> {
    let table: toml::Table = manifest.parse().unwrap();
    let mut names: Vec<String> = table["dependencies"].as_table().unwrap().keys().cloned().collect();
    names.sort();
    names
}

#[test]
fn only_the_allowed_edges() {
    let ours: Vec<&str> = EDGES.iter().map(|(name, _)| *name).chain(["pigment"]).collect();
    for (name, allowed) in EDGES {
        let manifest = read(&root().join("crates").join(name).join("Cargo.toml"));
        for dependency in dependencies(&manifest).iter().filter(|d| ours.contains(&d.as_str())) {
            assert!(allowed.contains(&dependency.as_str()), "crates/{name} may not depend on {dependency}");
        }
    }
    let glue = dependencies(&read(&root().join("Cargo.toml")));
    assert!(!glue.iter().any(|d| d == "view"), "nothing depends on the viewer");
}

#[test]
fn bevy_stays_in_the_viewer() {
    for (name, _) in EDGES.iter().filter(|(name, _)| *name != "view") {
        let manifest = read(&root().join("crates").join(name).join("Cargo.toml"));
        assert!(!manifest.contains("bevy"), "crates/{name} knows bevy");
    }
    let manifest: toml::Table = read(&root().join("Cargo.toml")).parse().unwrap();
    assert!(!manifest["dependencies"].as_table().unwrap().keys().any(|k| k.contains("bevy")));
    let default: Vec<_> = manifest["workspace"]["default-members"].as_array().unwrap().iter().collect();
    assert!(default.iter().all(|m| m.as_str() != Some("crates/view")), "the viewer is no default member");
}

#[test]
fn every_file_says_what_it_is() {
    for path in rust_files() {
        let text = read(&path);
        assert!(text.starts_with("//!"), "{} does not open with `//!`", path.display());
    }
}

#[test]
fn no_glam_type_crosses_a_border() {
    for path in rust_files().iter().filter(|p| !p.to_string_lossy().contains("/view/")) {
        for (i, line) in read(path).lines().enumerate() {
            let leaks = line.trim_start().starts_with("pub fn") && (line.contains("glam") || line.contains("DVec3"));
            assert!(!leaks, "{}:{}: a glam type in a public signature", path.display(), i + 1);
        }
    }
}

#[test]
fn every_scene_says_what_it_shows() {
    let mut scenes = Vec::new();
    files(&root().join("scenes"), "toml", &mut scenes);
    assert!(!scenes.is_empty());
    for path in scenes {
        assert!(read(&path).starts_with("# "), "{} does not open with a comment", path.display());
    }
}

#[test]
fn the_readme_flow_is_the_member_order() {
    let readme = read(&root().join("README.md"));
    let flow = readme.lines().find(|l| l.trim_start().starts_with("scan ->")).expect("README: the line `scan -> ..`");
    let stages: Vec<&str> = flow.split("->").map(str::trim).collect();
    let manifest: toml::Table = read(&root().join("Cargo.toml")).parse().unwrap();
    let members: Vec<&str> = manifest["workspace"]["members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|m| m.as_str()?.strip_prefix("crates/"))
        .filter(|m| stages.contains(m))
        .collect();
    assert_eq!(members, stages);
}

#[test]
fn no_path_of_a_machine() {
    let mut found = rust_files();
    for (dir, ending) in [("crates", "toml"), ("scenes", "toml"), ("assets", "toml"), ("assets", "md")] {
        files(&root().join(dir), ending, &mut found);
    }
    found.push(root().join("README.md"));
    // Split so that this file does not find itself.
    let banned = [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/wo", "rk/")];
    for path in found {
        let text = read(&path);
        for word in banned {
            assert!(!text.contains(word), "{} holds `{word}`", path.display());
        }
    }
}
